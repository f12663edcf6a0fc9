#include "core/programme/yearly.h"

namespace ph::programme {

LevelStandards yearly_standards(const Grading& grading, int region, const Histogram& scores,
                                BusinessDate from) {
  const LevelStandards fixed = fixed_standards(grading, region, from);
  return grading.standards == Standards::kRatios
             ? standards_of(scores, share_counts(grading, scores.units()), fixed)
             : fixed;
}

std::optional<Grade> run_grade(const Grading& grading, const BeforeRun& before, std::uint8_t level,
                               GradeReason reason, BusinessDate from) {
  const Grade& grade = before.grade;
  const bool applied = grade.reason == GradeReason::kApplication;
  // The end of an application of a later year lies behind this run's first day.
  const bool of_later_year = before.has && applied && grade.to > from && level <= before.level;
  const bool never_lower = before.has && !grading.lapse && level < before.level;
  const bool kept = grading.up_only && grade.holds(before.on) && level <= grade.level;
  const bool none_before_and_now = level == 0 && !before.has;
  if (of_later_year || never_lower || kept || none_before_and_now) {
    return std::nullopt;
  }
  Grade out = annual(grading, level, from);
  out.reason = reason;
  return out;
}

std::optional<Grade> lapsed_grade(const Grading& grading, const BeforeRun& before,
                                  BusinessDate from) {
  const bool over = before.has && before.level > 0 && waits_for_its_run(before.grade.reason) &&
                    before.grade.to <= from;
  return over && grading.lapse ? std::optional(Grade{.reason = GradeReason::kLapsed, .from = from})
                               : std::nullopt;
}

}  // namespace ph::programme
