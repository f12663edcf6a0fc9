// Which values a message may hold (docs/wire.md): the same for what is sent and what has come.
#pragma once

#include "platform/wire/message.h"

namespace ph::wire {

// kNone, kMalformed or kLimit.
[[nodiscard]] DecodeFault check_values(const Message& message);
// That are enough for all of a message; what isn't used costs nothing on the wire.
[[nodiscard]] std::size_t bytes_enough(const Message& message);

}  // namespace ph::wire
