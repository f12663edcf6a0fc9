// What this machine's disk and memory give by themselves: absolute rates mean little without it.
#pragma once

#include <string>

#include "app/bench/store.h"

namespace ph::bench {

// `fdatasync_4k_ms`: a write of 4 KiB made durable, the median of many; `disk_write_mib_per_s`: 64
// MiB written and made durable; `memory_copy_mib_per_s`, by one thread, from and to memory.
// Writes and removes a file in `directory`. Throws std::system_error.
void add_probe(Figures& figures, const std::string& directory);

}  // namespace ph::bench
