#include "core/programme/grade.h"

#include <algorithm>

namespace ph::programme {

std::string_view word(GradeReason reason) {
  switch (reason) {
    case GradeReason::kNone:
      return "";
    case GradeReason::kAnnual:
      return "ANNUAL";
    case GradeReason::kApplication:
      return "APPLICATION";
    case GradeReason::kPlan:
      return "PLAN";
    case GradeReason::kPlanEnded:
      return "PLAN_ENDED";
    case GradeReason::kReview:
      return "REVIEW";
    case GradeReason::kLegacy:
      return "LEGACY";
    case GradeReason::kRated:
      return "RATED";
    case GradeReason::kGrowth:
      return "GROWTH";
    case GradeReason::kSheet:
      return "SHEET";
    case GradeReason::kMigration:
      return "MIGRATION";
    case GradeReason::kMovedIn:
      return "MOVED_IN";
    case GradeReason::kMerged:
      return "MERGED";
    case GradeReason::kLapsed:
      return "LAPSED";
    case GradeReason::kBrand:
      return "BRAND";
  }
  return "";
}

BusinessDate months_after(BusinessDate from, int months) {
  const int month = from.month().count() + months;
  if (month >= Month::kCount) {
    return BusinessDate(BusinessDate::kCount);
  }
  const Month to(static_cast<std::uint16_t>(month));
  return std::min(first_day(to).plus_days(from.civil().day - 1), last_day(to));
}

BusinessDate end_of_validity(const Grading& grading, BusinessDate from) {
  return grading.valid_months == 0 ? Grade::kUntilCancelled
                                   : months_after(from, grading.valid_months);
}

BusinessDate effective_from(const EffectiveDay& effective, Month reference) {
  if (effective.month == 0) {
    return first_day(reference.next());
  }
  // The first such day behind the reference month: 1 February is of the year after December.
  const int after = (effective.month - 1 - reference.count() % 12 + 12 - 1) % 12 + 1;
  const Month month(static_cast<std::uint16_t>(reference.count() + after));
  return std::min(first_day(month).plus_days(effective.day - 1), last_day(month));
}

Grade annual(const Grading& grading, std::uint8_t level, BusinessDate from) {
  return {.level = level,
          .reason = GradeReason::kAnnual,
          .from = from,
          .to = end_of_validity(grading, from)};
}

Result<Grade, Refusal> applied(const Grading& grading, const Grade& before, std::uint8_t level,
                               std::int64_t window_points, const LevelStandards& standards,
                               BusinessDate on) {
  if (level >= standards.levels) return Fail{Refusal::kUnknownName};
  const std::int64_t min = standards.min[level];
  if (!grading.apply || level <= level_on(before, on) || min == LevelStandards::kUnreachable ||
      window_points < min) {
    return Fail{Refusal::kNotReached};
  }
  const Month december(static_cast<std::uint16_t>(on.month().count() / 12 * 12 + 11));
  const EffectiveDay effective = grading.effective.value_or(EffectiveDay{.month = 1, .day = 1});
  return Grade{.level = level,
               .reason = GradeReason::kApplication,
               .from = on,
               .to = effective_from(effective, december)};
}

Grade planned(const Grade& before, std::uint8_t level, BusinessDate on) {
  if (level == before.level) {
    return before;
  }
  return {.level = level,
          .reason = level == 0 ? GradeReason::kPlanEnded : GradeReason::kPlan,
          .from = on,
          .to = Grade::kUntilCancelled};
}

Refusal reviewed(std::string_view maker, std::string_view checker) {
  return maker == checker ? Refusal::kOnePerson : Refusal::kNone;
}

std::uint16_t effective_of(std::span<const Ref> order, std::span<const Held> held) {
  for (const Ref& grade : order) {
    const auto is_it = [&](const Held& has) { return has.grade == grade.index; };
    if (std::any_of(held.begin(), held.end(), is_it)) {
      return grade.index;
    }
  }
  return kNoIndex;
}

}  // namespace ph::programme
