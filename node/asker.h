// What a node asks other homes for its counters (docs/wire.md, section 6): each intent without an
// answer is sent, and sent again until the answer is definite. Keeps nothing that must survive: the
// intents are the province's (node/counter.h). One thread owns it; steady time in milliseconds is
// an argument.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "core/types/ask.h"
#include "node/counter.h"
#include "node/uplink.h"

namespace ph {

struct AskerSettings {
  std::int64_t repeat_ms{1'000};  // then twice as long each time, up to
  std::int64_t repeat_max_ms{60'000};
};

class Asker {
 public:
  explicit Asker(AskerSettings settings) : settings_(settings) {}

  // A new connection: everything is asked at once.
  void on_connected() { turns_.clear(); }
  // Its counter asks once more: no waiting any longer, though not more often than at first.
  void hurry(AskKind kind, const TransactionId& id);
  // It has its answer.
  void forget(AskKind kind, const TransactionId& id) { turns_.erase({kind, id}); }
  // Sends what is due of the intents, which are durable.
  void tick(const IntentBook& intents, Participant province, std::int64_t steady_ms,
            UplinkPort& port);

 private:
  struct Turn {
    std::int64_t sent_ms{};
    std::int64_t pause_ms{};
  };

  AskerSettings settings_;
  std::map<std::pair<AskKind, TransactionId>, Turn> turns_;  // of those that were sent
};

}  // namespace ph
