// What the runs of gradings have in common that give each member a level by the standards of his
// region class: what they keep, their file, how grades are written, who is lost meanwhile. Steps
// are the members as they were when it began; a result ends as a level, of stars each account's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "core/home/run_grade.h"
#include "core/programme/grade.h"

namespace ph {

class LevelsWork : public RunWork {
 public:
  [[nodiscard]] std::uint32_t begin(Run& run, const RunScene& scene) const override;
  void visit_lines(const Run& run, const RunScene& scene,
                   const std::function<void(const RunLine&)>& visit) const override;
  [[nodiscard]] std::uint32_t posting_steps(const Run& run) const override;
  void post(Run& run, RunScene& scene, std::uint32_t first, std::uint32_t last) const override;
  // Of whom one result is kept: he is who was graded as long as one of the accounts is his that he
  // was graded for.
  void account_lost(Run& run, const MemberBook& book, std::uint32_t account) const override;
  void member_lost(Run& run, std::uint32_t member) const override;

 protected:
  static constexpr std::uint16_t kStandard = 1;  // of a class and level: index = class x 16 + level
  static constexpr std::uint16_t kLevelCount = 2;
  // Of a member who was graded and isn't who he was since; of an account added to its level.
  static constexpr std::int64_t kLost = 0xffff;
  static constexpr int kRegions = 9;
  // Far more than anybody earns in a year; times 16 a result.
  static constexpr std::int64_t kScoreMax = 200'000'000'000'000'000;
  // counts of its record, one more is a kind's own; the last one is kModeCount
  enum Count : std::size_t { kMembers, kGraded, kWritten, kLapsed, kGone, kAccounts = 6 };
  // sums of a standard
  enum StandardSum : std::size_t { kMin, kReached, kOfClass };

  [[nodiscard]] virtual programme::GradeReason reason(const programme::Grading& grading) const = 0;

  static std::int64_t& count_of(Run& run, Count what) { return run.record.counts[what]; }
  static std::size_t levels_above(const programme::Grading& grading) {
    return grading.levels.size() - 1;
  }
  // Class by class, then level by level from the second lowest.
  static std::size_t place_of(const programme::Grading& grading, int region, std::size_t level) {
    return static_cast<std::size_t>(region - 1) * levels_above(grading) + level - 1;
  }
  // Of a class: as they are kept, and as they are found.
  static programme::LevelStandards standards_of(const Run& run, const programme::Grading& grading,
                                                int region);
  static void keep_standards(Run& run, const programme::Grading& grading, int region,
                             const programme::LevelStandards& standards, std::int64_t of_class);
  // The lines that count members by their levels.
  static std::span<book::CohortRecord> level_counts(Run& run, const programme::Grading& grading) {
    return std::span(run.cohorts).subspan(kRegions * levels_above(grading));
  }
  static void fetch_ahead(const RunScene& scene, std::uint32_t member, std::uint32_t last);
  [[nodiscard]] static bool right_cohorts(const Run& run, const programme::Grading& grading);
  // Of a run over members: no more of anything than there is, and its lines. `counts`: it goes on.
  [[nodiscard]] static bool right_sizes(const Run& run, const MemberBook& book,
                                        const programme::Grading& grading, bool counts);
  [[nodiscard]] static bool is_level(std::int64_t result, const programme::Grading& grading) {
    return result < 2 * kLost && result % kLost < static_cast<std::int64_t>(grading.levels.size());
  }
  // What a member has reached, of his accounts that are left if there is a result for each.
  [[nodiscard]] static Best reached_by(const Run& run, const MemberBook& book,
                                       std::uint32_t member);

  friend std::int64_t yearly_standard(const Run& run, int region, std::size_t level);
};

}  // namespace ph
