// One message of each kind, with values at the edge of what may be.
#pragma once

#include <string_view>
#include <vector>

#include "platform/wire/message.h"

namespace ph::wire {

struct Sample {
  std::string_view name;
  Message message;
};

[[nodiscard]] std::vector<Sample> samples();

}  // namespace ph::wire
