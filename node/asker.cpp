#include "node/asker.h"

#include <algorithm>

#include "platform/wire/message.h"

namespace ph {

void Asker::hurry(AskKind kind, const TransactionId& id) {
  const auto found = turns_.find({kind, id});
  if (found != turns_.end()) {
    found->second.pause_ms = settings_.repeat_ms;
  }
}

void Asker::tick(const IntentBook& intents, Participant province, std::int64_t steady_ms,
                 UplinkPort& port) {
  if (intents.pending_count() == 0) {
    return;
  }
  for (const IntentRecord* record : intents.pending()) {
    const auto [turn, first] = turns_.try_emplace({record->kind, record->id});
    if (!first && steady_ms - turn->second.sent_ms < turn->second.pause_ms) {
      continue;
    }
    turn->second.sent_ms = steady_ms;
    turn->second.pause_ms =
        first ? settings_.repeat_ms : std::min(turn->second.pause_ms * 2, settings_.repeat_max_ms);
    port.send(wire::encode(intent_of(*record, province).ask));  // One that is lost is repeated.
  }
}

}  // namespace ph
