// What bare CURVE carries, as the measure for what runs over it.
#pragma once

#include <cstdint>

namespace ph::bench {

// Milliseconds for so many bytes, in chunks of 1 MiB from one thread to another over loopback: bare
// sockets, a window of eight chunks under way. The connection stands before.
[[nodiscard]] double bare_curve_ms(std::uint64_t bytes);

}  // namespace ph::bench
