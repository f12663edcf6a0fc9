// What a member is entitled to by all grades that he has, and what he claims of it (domain 3.8, 4,
// 5; docs/decisions/0023-programme-format.md, `[[benefit]]`).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/programme/grade.h"
#include "core/programme/programme_rows.h"
#include "core/programme/refusal.h"
#include "core/types/date.h"
#include "core/types/result.h"

namespace ph::programme {

// A benefit that was claimed: a day's claims of one benefit count together.
struct Claim {
  std::uint16_t benefit{};  // index in the programme's benefits
  BusinessDate day{};
  BusinessDate until{BusinessDate::kCount};  // last day on which it may be used
  std::uint16_t count{1};

  [[nodiscard]] bool usable(BusinessDate on) const { return day <= on && on <= until; }
  friend bool operator==(const Claim&, const Claim&) = default;
};

struct Entitled {
  std::uint16_t benefit{};
  bool best{};                         // of its group; one without a group is
  std::optional<std::int64_t> left{};  // claims; none: unlimited

  friend bool operator==(const Entitled&, const Entitled&) = default;
};

// In the order of the file. Which one is best doesn't hang on what was claimed: when that one is
// used up, none of its group takes its place.
[[nodiscard]] std::vector<Entitled> benefits_of(std::span<const Benefit> benefits,
                                                std::span<const Held> held,
                                                std::span<const Claim> claims, BusinessDate on);

// A claim of one of them now, through this channel; empty: it isn't known, and isn't asked.
[[nodiscard]] Result<Claim, Refusal> claim(std::span<const Benefit> benefits, std::uint16_t index,
                                           std::span<const Held> held,
                                           std::span<const Claim> claims, std::string_view channel,
                                           BusinessDate on);

}  // namespace ph::programme
