// The process of the clearing: sockets, files, clock and timers around clearing/clearing.h. One
// thread turns the clearing; what a file says is read on a second one.
#pragma once

#include "app/clearing/config.h"

namespace ph {

// Runs until it is told to stop (SIGTERM, SIGINT). The exit code: 0 stopped, 3 failure of the
// world, told on standard error and in the log.
[[nodiscard]] int run_clearing(ClearingConfig config);

}  // namespace ph
