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

  // For a sender's sequence. Where the registry has neither key, the first: the clearing checks the
  // signature and says what is wrong.
  [[nodiscard]] const SecretKey& at(const KeyRegistry& registry, std::uint32_t sequence) const {
    const SecretKey* key = counting(registry, sequence);
    return key == nullptr ? *key_ : *key;
  }
  // For the clearing's period: null when neither key is the one that the registry has for it. What
  // the clearing signs stays as it is for ever, so it must not sign then.
  [[nodiscard]] const SecretKey* counting(const KeyRegistry& registry, Month period) const {
    return counting(registry, static_cast<std::uint32_t>(period.year() * 100 + period.month()));
  }

 private:
  [[nodiscard]] const SecretKey* counting(const KeyRegistry& registry,
                                          std::uint32_t sequence) const {
    const RegistryKey* row = registry.at(key_->open().participant, sequence);
    for (const SecretKey* key : {key_, next_}) {
      if (row != nullptr && key != nullptr && row->key == key->open().key) {
        return key;
      }
    }
    return nullptr;
  }

  const SecretKey* key_;
  const SecretKey* next_{nullptr};
};

}  // namespace ph
