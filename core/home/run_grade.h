// Gradings as runs: one by its grading's calendar (run_grade.cpp), and the standards that those
// which were posted have found.
#pragma once

#include <cstdint>

#include "core/home/run_work.h"
#include "core/programme/level.h"
#include "core/programme/programme_rows.h"

namespace ph {

// Of a grading and region class on a day, for applications: the thresholds that are in force; of a
// level with a share that of the last run whose grades hold. `number`: the grading's in the book.
[[nodiscard]] programme::LevelStandards standards_on(const MemberBook& book, std::uint8_t number,
                                                     const programme::Grading& grading, int region,
                                                     BusinessDate on);

// The grading of a run by the version of its reference month's last day. nullptr: it hasn't it.
[[nodiscard]] const programme::Grading* grading_of(const RunKey& key, const MemberBook& book);

// From when its grades hold. It has its grading.
[[nodiscard]] BusinessDate holds_from(const RunKey& key, const MemberBook& book);

// Among a run's counts: which run of a grading it is, from 1 on.
inline constexpr std::size_t kModeCount = 7;
[[nodiscard]] programme::GradingRun mode_of(const Run& run);

[[nodiscard]] const RunWork& yearly_work();  // run_grade_yearly.cpp
// The score that a yearly run has found for a level of a region class; kUnreachable: nobody can.
[[nodiscard]] std::int64_t yearly_standard(const Run& run, int region, std::size_t level);

}  // namespace ph
