#include "tests/simulation/key_ring.h"

#include "core/types/check.h"

namespace ph::sim {

KeyRing::KeyRing() : registry_("CLR", BusinessDate::of(2000, 1, 1)) {
  for (const char* code :
       {"CLR", "P11", "P44", "P31", "P53", "P2", "P99", "AIR1", "MER1", "BNK1"}) {
    const bool clearing = std::string(code) == "CLR";
    const SecretKey& key =
        keys_
            .emplace(code,
                     SecretKey::generate(clearing ? KeyRole::kClearing : KeyRole::kSender, code))
            .first->second;
    const auto refused =
        registry_.add({.participant = code, .key = key.open().key, .from = 1, .to = {}},
                      BusinessDate::of(2000, 1, 1));
    check(!refused, "a key that the registry takes");
  }
}

const KeyRing& KeyRing::shared() {
  static const KeyRing ring;
  return ring;
}

}  // namespace ph::sim
