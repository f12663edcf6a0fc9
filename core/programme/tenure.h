// How long an account has been in the network, and what that gives (domain 3.3).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/programme/programme_rows.h"
#include "core/types/amount.h"
#include "core/types/date.h"

namespace ph::programme {

// Complete months since the joining month, which itself is 0. Below 0: it hasn't joined yet.
[[nodiscard]] constexpr int complete_months(Month joined, Month at) {
  return at.count() - joined.count();
}
// Whole years; of less than none, none.
[[nodiscard]] constexpr int whole_years(int months) {
  return months < 0 ? 0 : months / 12;
}

// Index of the band of so many complete months; kNoIndex: none, as before joining.
[[nodiscard]] std::uint16_t band_of(std::span<const TenureBand> bands, int months);

// What an account gets once: on entering a band, or a level. `entered` is then kept with it.
struct Entered {
  std::uint16_t entered{kNoIndex};
  Points points{};

  friend bool operator==(const Entered&, const Entered&) = default;
};
// ON_ENTRY, with a bill at this tenure. `entered`: the highest band so far, kNoIndex: none. Bands
// that were passed without a bill give nothing.
[[nodiscard]] std::optional<Entered> on_entry(std::span<const TenureBand> bands, int months,
                                              std::uint16_t entered);
// ON_ENTRY, with a change to this level of the award's grading. `entered`: the highest level so
// far; the lowest one, 0, is what everybody has.
[[nodiscard]] std::optional<Entered> on_entry(std::span<const LevelRate> rates, std::uint16_t level,
                                              std::uint16_t entered);

// Rate of a level in option A and in the award at the year's end; 0 where none is given.
[[nodiscard]] Ratio rate_of(std::span<const LevelRate> rates, std::uint16_t level);

// A flag that tenure gives.
[[nodiscard]] constexpr bool has_by_tenure(const Flag& flag, int months) {
  return flag.by == FlagBy::kTenure && months >= flag.months;
}

}  // namespace ph::programme
