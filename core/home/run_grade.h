// Gradings as runs: one by its grading's calendar (run_grade.cpp), and the standards that those
// which were posted have found.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/home/run_work.h"
#include "core/programme/histogram.h"
#include "core/programme/level.h"
#include "core/programme/programme_rows.h"
#include "core/programme/score.h"

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

[[nodiscard]] programme::GradingRun mode_of(const Run& run);
// Does a run of this key that begins now keep a result for each account, though its steps are the
// members? Says so for one that has begun: it keeps one for each member, as earlier releases did.
[[nodiscard]] bool keeps_accounts(const RunKey& key, const MemberBook& book);
void keep_members(Run& run);

// What came of a member's accounts, in a run with a result for each of them: the best, and whether
// one was lost since it was counted. `lost`: more than any result, added to that of a lost one.
struct Best {
  std::optional<std::int64_t> result{};
  bool lost{};
};
[[nodiscard]] Best best_of(const Run& run, const MemberBook& book, std::uint32_t member,
                           std::int64_t lost);
// This account passes to another owner.
void lose_result(Run& run, std::uint32_t account, std::int64_t lost);
// What is posted of it: nothing, and one more in `gone`, of who isn't here any more, or has lost
// all that he was graded for.
[[nodiscard]] std::optional<std::int64_t> left_of(const Best& best, bool here, std::int64_t& gone);

[[nodiscard]] const RunWork& yearly_work();    // run_grade_yearly.cpp
[[nodiscard]] const RunWork& clearing_work();  // run_grade_clearing.cpp
[[nodiscard]] const RunWork& monthly_work();   // run_grade_monthly.cpp

// PRODUCT (run_grade_clearing.cpp): the score of an account that is rated in this month, over the
// factors' scale. nullopt: it isn't rated.
[[nodiscard]] std::optional<std::int64_t> rated_score(const MemberBook& book, std::uint32_t account,
                                                      const programme::Grading& grading,
                                                      const programme::FactorTable& factors,
                                                      Month rating);

// What both kinds of runs keep of levels and write into their files. `levels`: a cohort each, from
// the lowest: before, after, up, down.
enum LevelSum : std::size_t { kLevelBefore, kLevelAfter, kLevelUp, kLevelDown };
inline constexpr std::int64_t kNobodyReaches = -1;  // a standard that there is none of
// One more. Who wasn't graded counts if his grade ends.
void count_level(std::span<book::CohortRecord> levels, const programme::BeforeRun& before,
                 const std::optional<programme::Grade>& grade, bool graded);
[[nodiscard]] std::string standard_line(int region, const std::string& level, std::int64_t min,
                                        std::int64_t members);
[[nodiscard]] std::string level_line(const std::string& level, const book::CohortRecord& record);

// Of a run of the clearing's rating (run_grade_clearing.cpp), from its frozen scores: how many
// units have which score, over this scale; the same whenever it is asked for.
[[nodiscard]] programme::Histogram scores_of(const Run& run);
[[nodiscard]] std::uint32_t scale_of(const programme::Grading& grading);
// Are they of this grading's levels and cuts? None are when nobody is rated.
[[nodiscard]] bool thresholds_fit(const programme::Grading& grading,
                                  const std::vector<FoundThreshold>& found);
// Those that this home had last of the run's grading, of another month; none: it never had any.
[[nodiscard]] std::vector<FoundThreshold> last_thresholds(const MemberBook& book, const Run& run);
// False: they don't fit, or the run has none.
[[nodiscard]] bool put_thresholds(Run& run, const MemberBook& book,
                                  const std::vector<FoundThreshold>& found);

// The score that a yearly run has found for a level of a region class; kUnreachable: nobody can.
[[nodiscard]] std::int64_t yearly_standard(const Run& run, int region, std::size_t level);

}  // namespace ph
