// Gradings by runs: what a member's year is, which standards a region class has, and what a run
// makes of the grade that he has (docs/programme-file.md, section 5; docs/decisions/
// 0023-programme-format.md, section 4.1 and rulings 3, 6, 7, 44).
#pragma once

#include <cstdint>
#include <optional>

#include "core/programme/grade.h"
#include "core/programme/histogram.h"
#include "core/programme/level.h"
#include "core/programme/month_range.h"
#include "core/programme/programme_rows.h"
#include "core/types/date.h"

namespace ph::programme {

// The calendar year that ends with this December.
[[nodiscard]] constexpr MonthRange year_of(Month december) {
  return MonthRange::of(december.count() - 11, december.count() + 1);
}

// Standards of one region class: by the shares of those who were scored there, else by the
// thresholds in force on the day from which the grades hold.
[[nodiscard]] LevelStandards yearly_standards(const Grading& grading, int region,
                                              const Histogram& scores, BusinessDate from);

// What a run finds of a member's grade. What a run gave goes on behind its end until the next run
// of its grading writes anew (ruling 44); `level` and `has` say so, `grade` has the end as given.
struct BeforeRun {
  Grade grade{};         // that was given last of those from before `on`; kNone: none
  bool has{};            // it holds on `on`
  std::uint8_t level{};  // that holds; 0: the lowest
  BusinessDate on{};     // the later one of the run's first day, and the day
};

// Of a member who was graded: each grade is given anew, up or down. nullopt: nothing is written,
// as what he has stays. That of an application stays until the run that counts its year.
[[nodiscard]] std::optional<Grade> run_grade(const Grading& grading, const BeforeRun& before,
                                             std::uint8_t level, GradeReason reason,
                                             BusinessDate from);

// Of one who wasn't: what a run, or an application, gave him and has come to its end, ends.
[[nodiscard]] std::optional<Grade> lapsed_grade(const Grading& grading, const BeforeRun& before,
                                                BusinessDate from);

// A grade that holds behind its end until the next run: of a run itself, of an application, or of a
// number that was merged.
[[nodiscard]] constexpr bool waits_for_its_run(GradeReason reason) {
  return reason == GradeReason::kAnnual || reason == GradeReason::kApplication ||
         reason == GradeReason::kRated || reason == GradeReason::kGrowth ||
         reason == GradeReason::kMerged;
}

}  // namespace ph::programme
