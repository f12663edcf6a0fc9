// Everybody's signing keys, and the registry that has them. Random like all keys; made once a test
// process, since nothing that a run decides depends on them.
#pragma once

#include <map>
#include <string>

#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"

namespace ph::sim {

class KeyRing {
 public:
  [[nodiscard]] static const KeyRing& shared();

  [[nodiscard]] const SecretKey& key_of(const std::string& code) const { return keys_.at(code); }
  [[nodiscard]] const KeyRegistry& registry() const { return registry_; }

 private:
  KeyRing();

  std::map<std::string, SecretKey> keys_;
  KeyRegistry registry_;
};

}  // namespace ph::sim
