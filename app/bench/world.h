// The country in which the benchmarks take place: 31 provinces, the clearing, and as many partners
// as a job wants. Its prices and contracts are nobody's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/rules/rulebook.h"

namespace ph::bench {

inline constexpr Month kPeriod{(2026 - 2000) * 12 + 2};  // 2026-03
inline constexpr std::uint16_t kFirstPartner = 101;
// Prices change in mid-month, so that lines of two versions stand side by side.
inline constexpr int kChangeDay = 16;

struct World {
  RuleBook rules;
  std::vector<Participant> provinces{};
  std::vector<Participant> partners{};  // every twentieth an airline, the others merchants
  std::vector<Participant> merchants{};
};

// Reads the rule book at `path`, or writes one for `partners` partners first. Throws when the disk
// fails or the file there is not a rule book.
[[nodiscard]] World open_world(const std::string& path, std::uint16_t partners);

}  // namespace ph::bench
