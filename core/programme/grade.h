// A member's grade in one grading, how it changes, and which of all that he has counts
// (docs/decisions/0023-programme-format.md, sections 1.4 and 3.2).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/programme/level.h"
#include "core/programme/programme_rows.h"
#include "core/programme/refusal.h"
#include "core/types/date.h"
#include "core/types/result.h"

namespace ph::programme {

// Why a grade is what it is; stable numbers.
enum class GradeReason : std::uint8_t {
  kNone = 0,
  kAnnual = 1,
  kApplication = 2,
  kPlan = 3,
  kPlanEnded = 4,
  kReview = 5,
  kLegacy = 6,
  kRated = 7,
  kGrowth = 8,
  kSheet = 9,
  kMigration = 10,
  kMovedIn = 11,
  kMerged = 12,
  kLapsed = 13,
  kBrand = 14,
};
[[nodiscard]] std::string_view word(GradeReason);

// From `from` on, until the day before `to`; `to` = kUntilCancelled: open. Level 0 is what
// everybody has.
struct Grade {
  static constexpr BusinessDate kUntilCancelled{BusinessDate::kCount};

  std::uint8_t level{};
  GradeReason reason{};
  BusinessDate from{};
  BusinessDate to{kUntilCancelled};

  [[nodiscard]] bool holds(BusinessDate on) const { return from <= on && on < to; }
  friend bool operator==(const Grade&, const Grade&) = default;
};

// The level on a day; the lowest one when the grade doesn't hold.
[[nodiscard]] inline std::uint8_t level_on(const Grade& grade, BusinessDate on) {
  return grade.holds(on) ? grade.level : std::uint8_t{0};
}

// The same day so many months later, or that month's last day; at most the calendar's end.
[[nodiscard]] BusinessDate months_after(BusinessDate from, int months);
// First day without a grade that is given from `from` on.
[[nodiscard]] BusinessDate end_of_validity(const Grading& grading, BusinessDate from);

// From when a run's grades hold: `reference` is its last month.
[[nodiscard]] BusinessDate effective_from(const EffectiveDay& effective, Month reference);

// A yearly run: up and down, each grade is given anew.
[[nodiscard]] Grade annual(const Grading& grading, std::uint8_t level, BusinessDate from);

// An application on day `on` for a level above the present one, by the points of its window. It
// holds until the yearly run that counts the year of the application takes effect.
[[nodiscard]] Result<Grade, Refusal> applied(const Grading& grading, const Grade& before,
                                             std::uint8_t level, std::int64_t window_points,
                                             const LevelStandards& standards, BusinessDate on);

// PLAN: at once with the plan, void with it.
[[nodiscard]] Grade planned(const Grade& before, std::uint8_t level, BusinessDate on);

// Same level without a gap: the last record of the history is made longer instead of a new one.
[[nodiscard]] inline bool is_confirmed(const Grade& before, const Grade& now) {
  return before.level == now.level && now.from <= before.to;
}

// A review: the one who approves isn't the one who proposed.
[[nodiscard]] Refusal reviewed(std::string_view maker, std::string_view checker);

// A flag by review or of before holds until its month is over.
[[nodiscard]] constexpr bool flag_holds(Month from, Month until, Month at) {
  return from <= at && at <= until;
}

// What a member has: an index of Programme::grades(), and since when.
struct Held {
  std::uint16_t grade{kNoIndex};
  BusinessDate from{};

  friend bool operator==(const Held&, const Held&) = default;
};
// First of `[effective] order` that is held; kNoIndex: none of it.
[[nodiscard]] std::uint16_t effective_of(std::span<const Ref> order, std::span<const Held> held);

}  // namespace ph::programme
