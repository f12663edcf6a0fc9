// A sealed batch on its way from a node to the clearing, over CURVE on loopback.
#pragma once

#include "app/bench/processes.h"

namespace ph::bench {

// Pushes what the node has sealed last, as both processes do: offer, chunks in the window, receipt.
// Milliseconds from the first offer on a connection that stands until the node has journaled the
// clearing's signed receipt: the batch is durable there, checked, and shown by its status.
// Throws when it isn't over in time.
[[nodiscard]] double push_batch(BenchNode& node, BenchClearing& clearing, const BenchKeys& keys);

}  // namespace ph::bench
