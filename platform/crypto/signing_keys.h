// What a participant signs with: one key, and two while it changes from one to the next. The
// registry says which of them counts for a sequence.
#pragma once

#include <cstdint>

#include "core/types/date.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"

namespace ph {

// The keys outlive it.
class SigningKeys {
 public:
  // Implicit: who has one key needs no word more.
  SigningKeys(const SecretKey& key)  // NOLINT(google-explicit-constructor)
      : key_(&key) {}
  SigningKeys(const SecretKey& key, const SecretKey* next) : key_(&key), next_(next) {}

  // For a sender's sequence, or the clearing's period YYYYMM. Where the registry has neither key,
  // the first: whoever checks the signature says what is wrong.
  [[nodiscard]] const SecretKey& at(const KeyRegistry& registry, std::uint32_t sequence) const {
    const RegistryKey* row = registry.at(key_->open().participant, sequence);
    return row != nullptr && next_ != nullptr && row->key == next_->open().key ? *next_ : *key_;
  }
  [[nodiscard]] const SecretKey& at(const KeyRegistry& registry, Month period) const {
    return at(registry, static_cast<std::uint32_t>(period.year() * 100 + period.month()));
  }

 private:
  const SecretKey* key_;
  const SecretKey* next_{nullptr};
};

}  // namespace ph
