// Months in a row: what a backfill, an average or an application looks at.
#pragma once

#include <algorithm>

#include "core/types/date.h"

namespace ph::programme {

// From `first` on, until the month before `end`; empty when they are equal.
struct MonthRange {
  Month first{};
  Month end{};

  // Months count from 2000-01: what would begin before it begins there.
  [[nodiscard]] static constexpr MonthRange of(int first, int end) {
    const int from = std::clamp(first, 0, int{Month::kCount});
    const int to = std::clamp(end, from, int{Month::kCount});
    return {.first = Month(static_cast<std::uint16_t>(from)),
            .end = Month(static_cast<std::uint16_t>(to))};
  }
  [[nodiscard]] constexpr bool holds(Month month) const { return first <= month && month < end; }
  [[nodiscard]] constexpr int size() const { return end.count() - first.count(); }

  friend constexpr bool operator==(const MonthRange&, const MonthRange&) = default;
};

// The first month that there is has none before it.
[[nodiscard]] constexpr Month month_before(Month month) {
  return MonthRange::of(month.count() - 1, month.count()).first;
}

}  // namespace ph::programme
