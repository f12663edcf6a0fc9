// What a bill earns, and how long things are waited for (domain 3.3; docs/events.md, section 2).
#pragma once

#include <optional>

#include "core/programme/month_range.h"
#include "core/programme/programme_rows.h"
#include "core/types/amount.h"
#include "core/types/date.h"
#include "core/types/ratio.h"

namespace ph {

// One point a whole yuan of a bill month's eligible spend of one account; the rest is dropped.
[[nodiscard]] constexpr std::int64_t consumption_points(std::int64_t fen) {
  return fen / 100;
}

inline constexpr int kReversalGraceDays = 30;
inline constexpr int kLateDaysMax = 90;
// What was decided live is told again for so long: beyond the last day on which its id can come, by
// more than clocks differ (docs/decisions/0020).
inline constexpr int kAnswersKeptDays = 100;
static_assert(kAnswersKeptDays > kLateDaysMax + 1);

// With a programme its [earn], [[sp]], [[partner]], [fixed_line] say how much is earned
// (docs/decisions/0023-programme-format.md, section 1.3).
namespace programme {

// Bill months that a home remembers of an account, its newest one included.
inline constexpr int kRingMonths = 24;

// Of one account and bill month, 0 fen and more; rounded once.
[[nodiscard]] Points points_of(const EarnRule& rule, Fen eligible);

// What of a bill earns; none when third parties' and collected fees are more than the bill.
[[nodiscard]] std::optional<Fen> eligible(Fen total, Fen third_party, Fen collected);

// Option A: beside the points of a bill month.
[[nodiscard]] Points uplift(Points consumption, Ratio rate);

// Of one row of spend on a service provider's service.
[[nodiscard]] Points sp_points(const EarnRule& rule, Fen spend, Ratio share);

// Of one row of spend at a partner.
[[nodiscard]] Points partner_points(Fen spend, Ratio points_per_yuan);

// Fixed-line points that become mobile ones, and the other way.
[[nodiscard]] Points converted(Units fixed_line, Ratio in);
[[nodiscard]] Units converted(Points mobile, Ratio out);

// Bill months that are credited when a profile is completed, or arrears end, on a day of
// `completed`: so many before that month, and itself. Older ones are lost.
[[nodiscard]] constexpr MonthRange window_with(Month completed, int months) {
  return MonthRange::of(completed.count() - months, completed.count() + 1);
}

// A bill is too old when its month has left the ring.
[[nodiscard]] constexpr bool is_too_old(Month bill, Month newest) {
  return bill.count() + kRingMonths <= newest.count();
}

}  // namespace programme
}  // namespace ph
