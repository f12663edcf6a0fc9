// From scores to levels: where standards come from, and which level a score reaches
// (docs/decisions/0023-programme-format.md, section 1.4).
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/programme/histogram.h"
#include "core/programme/programme_rows.h"
#include "core/types/amount.h"
#include "core/types/date.h"

namespace ph::programme {

inline constexpr std::size_t kLevelsMax = 16;

// Of one grading and one region class: from which score on each level is reached, inclusive.
struct LevelStandards {
  static constexpr std::int64_t kUnreachable = std::numeric_limits<std::int64_t>::max();

  std::array<std::int64_t, kLevelsMax> min = [] {
    std::array<std::int64_t, kLevelsMax> none{};
    none.fill(kUnreachable);
    return none;
  }();
  std::uint8_t levels{};
  std::uint8_t base{};     // level of whoever reaches none
  std::uint32_t scale{1};  // of the scores that are held against it; standards have none

  friend bool operator==(const LevelStandards&, const LevelStandards&) = default;
};

// Highest level whose standard the score reaches. Where two coincide the higher one wins.
[[nodiscard]] std::uint8_t level_for(Int128 score, const LevelStandards& standards);

// FIXED: the level of whoever reaches none of these: the lowest, but with PRODUCT, where whoever is
// rated has a star, the second lowest, unless that one has a standard itself.
[[nodiscard]] std::uint8_t base_of(const Grading& grading, const LevelStandards& standards);

// [[threshold]] in force; a row of the region's own goes before one of every region.
[[nodiscard]] LevelStandards fixed_standards(const Grading& grading, int region, BusinessDate on);

// RATIOS: how many have a level by their rank, and the last rank that has it.
struct ShareCount {
  bool shared{};  // false: the level takes its threshold
  std::uint64_t count{};
  std::uint64_t last_rank{};  // 0: nobody

  friend bool operator==(const ShareCount&, const ShareCount&) = default;
};
using ShareCounts = std::array<ShareCount, kLevelsMax>;

// Of n members of a region class. Counts are floored; they never are more than that of the share of
// all which they are parts of, the highest level taking first.
[[nodiscard]] ShareCounts share_counts(const Grading& grading, std::uint64_t n);

// The score at each level's last rank; levels without a share keep what `fixed` says. A standard is
// 1 at least: whoever has nothing reaches nothing.
[[nodiscard]] LevelStandards standards_of(const Histogram& scores, const ShareCounts& counts,
                                          const LevelStandards& fixed);

// CLEARING: what one cut found.
struct CutFound {
  std::uint16_t level{};
  int percent{};
  std::uint64_t rank{};
  Score score{};  // scaled
  std::int64_t threshold{};

  friend bool operator==(const CutFound&, const CutFound&) = default;
};
// In the order of the grading's cuts; empty when nobody is rated.
[[nodiscard]] std::vector<CutFound> cuts_of(const Histogram& scores, const Grading& grading,
                                            std::uint32_t scale);
// Whoever is rated and reaches none has the second lowest level.
[[nodiscard]] LevelStandards standards_of(const std::vector<CutFound>& cuts, const Grading& grading,
                                          std::uint32_t scale);

// PLAN: highest level that one of these plans gives on this day; 0: none of them.
[[nodiscard]] std::uint8_t level_of_plans(const Grading& grading,
                                          const std::vector<std::string>& plans, BusinessDate on);
// A plan that gives a level on this day, or that a campaign of the version names.
[[nodiscard]] bool is_plan(const Rows& rules, std::string_view plan, BusinessDate on);

}  // namespace ph::programme
