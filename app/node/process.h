// The process of a node: sockets, files, clock and timers around node/node.h. One thread turns the
// node; what a file says is read on a second one, so that questions are answered meanwhile.
#pragma once

#include <filesystem>

#include "app/node/config.h"

namespace ph {

// Runs until it is told to stop (SIGTERM, SIGINT). The exit code: 0 stopped, 3 failure of the
// world, told on standard error and in the log.
[[nodiscard]] int run_node(NodeConfig config);

}  // namespace ph
