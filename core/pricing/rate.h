// Whether an exchange keeps to the ratio in force on its id's date (docs/events.md, section 4).
#pragma once

#include <cstdint>

#include "core/rules/rulebook.h"

namespace ph {

struct RatedExchange {
  Participant partner{};
  BusinessDate date{};
  std::uint32_t version{};  // of the row that it cites
  std::int64_t points{};
  std::int64_t units{};
};

// Both directions' rows are in force, the version is the one's that counts, units and points are in
// its ratio, and what the member gives is a whole number of blocks and not below the least.
[[nodiscard]] bool rate_fits(const RatedExchange& exchange, bool out, const RuleBook& rules);

}  // namespace ph
