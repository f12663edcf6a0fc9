// Bugs that are planted to see whether the simulator finds them: through decorators of the ports,
// so that nothing in production knows of them.
#pragma once

#include <cstdint>
#include <memory>

#include "clearing/clearing.h"
#include "platform/journal/journal.h"

namespace ph::sim {

enum class Bug : std::uint8_t {
  kNone,
  // The clearing's journal says "durable" before it is: the receipt is sent too early.
  kReceiptBeforeDurable,
  // The clearing doesn't know a batch again that it has taken.
  kTakenBatchForgotten,
  // A node's journal says "durable" before it is: a file leaves the folder too early.
  kFileBeforeDurable,
  // The clearing's store keeps the first part alone of what comes in several.
  kLaterChunksLost,
  // A node's snapshot is said to stand one block after the one that it stands at.
  kSnapshotTooNew,
  // The clearing's snapshot has no advices in it.
  kAdvicesNotInSnapshot,
};

// The storage of a node's process, and of the clearing's, with the bug in it.
void plant_in_node(Bug bug, Storage& storage);
void plant_in_clearing(Bug bug, Storage& storage);
// The clearing, with the bug in it.
[[nodiscard]] std::unique_ptr<Clearing> planted_clearing(
    Bug bug, const ClearingSettings& settings, Storage& storage, const SecretKey& signing,
    const KeyRegistry& registry, std::function<void(const ClosedPeriod&)> on_closed);

}  // namespace ph::sim
