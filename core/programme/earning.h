// What a bill earns, and when points expire (domain 3.3, 3.5; docs/events.md, section 2).
#pragma once

#include "core/types/amount.h"
#include "core/types/date.h"

namespace ph {

// One point a whole yuan of a bill month's eligible spend of one account; the rest is dropped.
[[nodiscard]] constexpr std::int64_t consumption_points(std::int64_t fen) {
  return fen / 100;
}

// First day after the earned month's quarter, three years on.
[[nodiscard]] inline BusinessDate expiry_of(Month earned) {
  const int months = earned.count() / 3 * 3 + 3 + 36;
  if (months >= Month::kCount) {
    return BusinessDate(BusinessDate::kCount);  // Beyond the calendar: never within a period.
  }
  return first_day(Month(static_cast<std::uint16_t>(months)));
}

inline constexpr int kReversalGraceDays = 30;
inline constexpr int kLateDaysMax = 90;
// What was decided live is told again for so long: beyond the last day on which its id can come, by
// more than clocks differ (docs/decisions/0020).
inline constexpr int kAnswersKeptDays = 100;
static_assert(kAnswersKeptDays > kLateDaysMax + 1);

}  // namespace ph
