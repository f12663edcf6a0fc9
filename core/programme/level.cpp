#include "core/programme/level.h"

#include <algorithm>

namespace ph::programme {

namespace {

std::uint8_t levels_of(const Grading& grading) {
  check(grading.levels.size() <= kLevelsMax, "levels of a grading within their bound");
  return static_cast<std::uint8_t>(grading.levels.size());
}

const Share* share_of(const Grading& grading, std::uint16_t level) {
  const auto is_its = [&](const Share& share) { return share.level.index == level; };
  const auto found = std::find_if(grading.shares.begin(), grading.shares.end(), is_its);
  return found == grading.shares.end() ? nullptr : &*found;
}

// How many a share asks for, and at most for how many the share of all that it is a part of.
struct Asked {
  std::uint64_t count{};
  std::uint64_t of_all{};
};

Asked asked(const Grading& grading, const Share& share, std::uint64_t n, std::size_t depth = 0) {
  Asked of{.count = n, .of_all = n};
  if (share.of.index != kNoIndex) {
    const Share* base = share_of(grading, share.of.index);
    if (base == nullptr || depth == kLevelsMax) {
      return {};  // Of a level that has no share itself: nobody.
    }
    of = asked(grading, *base, n, depth + 1);
  }
  const Int128 count = share.ratio.num() * static_cast<Int128>(of.count) / share.ratio.den();
  const auto floored = static_cast<std::uint64_t>(count);
  return {.count = floored, .of_all = share.of.index == kNoIndex ? floored : of.of_all};
}

}  // namespace

std::uint8_t level_for(Int128 score, const LevelStandards& standards) {
  for (std::uint8_t level = standards.levels; level-- > standards.base + 1;) {
    const std::int64_t min = standards.min[level];
    if (min != LevelStandards::kUnreachable && score >= Int128{min} * standards.scale) {
      return level;
    }
  }
  return standards.base;
}

std::uint8_t base_of(const Grading& grading, const LevelStandards& standards) {
  const bool rated = grading.basis == Basis::kProduct;
  return rated && standards.min[1] == LevelStandards::kUnreachable ? 1 : 0;
}

LevelStandards fixed_standards(const Grading& grading, int region, BusinessDate on) {
  LevelStandards standards;
  standards.levels = levels_of(grading);
  std::array<bool, kLevelsMax> own{};
  for (const Threshold& row : grading.thresholds) {
    const bool of_region = row.region == region;
    const std::size_t level = row.level.index;
    if (!row.in_force.holds(on) || level >= standards.levels ||
        !(of_region || (row.region == kAllRegions && !own[level]))) {
      continue;
    }
    standards.min[level] = row.min;
    own[level] = of_region;
  }
  standards.base = base_of(grading, standards);
  return standards;
}

ShareCounts share_counts(const Grading& grading, std::uint64_t n) {
  ShareCounts counts{};
  std::uint64_t ranked = 0;  // by the levels above
  for (std::size_t level = levels_of(grading); level-- > 0;) {
    const Share* share = share_of(grading, static_cast<std::uint16_t>(level));
    if (share == nullptr) {
      continue;
    }
    const Asked wanted = asked(grading, *share, n);
    // A share of all counts those above it; the others are parts beside each other.
    const std::uint64_t last =
        share->of.index == kNoIndex ? wanted.count : std::min(ranked + wanted.count, wanted.of_all);
    const std::uint64_t count = last > ranked ? last - ranked : 0;
    ranked += count;
    counts[level] = {.shared = true, .count = count, .last_rank = count == 0 ? 0 : ranked};
  }
  return counts;
}

LevelStandards standards_of(const Histogram& scores, const ShareCounts& counts,
                            const LevelStandards& fixed) {
  LevelStandards standards = fixed;
  for (std::size_t level = 0; level < standards.levels; ++level) {
    if (!counts[level].shared) {
      continue;
    }
    const std::optional<Score> last = scores.at_rank(counts[level].last_rank);
    standards.min[level] =
        last ? static_cast<std::int64_t>(std::max<Score>(*last, 1)) : LevelStandards::kUnreachable;
  }
  return standards;
}

std::vector<CutFound> cuts_of(const Histogram& scores, const Grading& grading,
                              std::uint32_t scale) {
  std::vector<CutFound> found;
  if (scores.units() == 0) {
    return found;
  }
  for (const Cut& cut : grading.cuts) {
    const std::uint64_t rank = rank_of(scores.units(), cut.percent);
    const Score score = scores.at_rank(rank).value_or(0);
    found.push_back({.level = cut.level.index,
                     .percent = cut.percent,
                     .rank = rank,
                     .score = score,
                     .threshold = threshold_of(score, scale, grading.score.threshold_round)});
  }
  return found;
}

LevelStandards standards_of(const std::vector<CutFound>& cuts, const Grading& grading,
                            std::uint32_t scale) {
  LevelStandards standards;
  standards.levels = levels_of(grading);
  standards.base = 1;
  standards.scale = scale;
  for (const CutFound& cut : cuts) {
    check(cut.level < standards.levels, "level of a cut is one of its grading");
    standards.min[cut.level] = cut.threshold;
  }
  return standards;
}

std::uint8_t level_of_plans(const Grading& grading, const std::vector<std::string>& plans,
                            BusinessDate on) {
  std::uint16_t level = 0;
  for (const Entry& entry : grading.entries) {
    const bool has = std::find(plans.begin(), plans.end(), entry.plan) != plans.end();
    if (has && entry.in_force.holds(on) && entry.level.index < grading.levels.size()) {
      level = std::max(level, entry.level.index);
    }
  }
  return static_cast<std::uint8_t>(level);
}

bool is_plan(const Rows& rules, std::string_view plan, BusinessDate on) {
  const auto enters = [&](const Entry& entry) {
    return entry.plan == plan && entry.in_force.holds(on);
  };
  const auto names = [&](const Campaign& campaign) {
    return std::find(campaign.plans.begin(), campaign.plans.end(), plan) != campaign.plans.end();
  };
  return std::any_of(rules.entries.begin(), rules.entries.end(), enters) ||
         std::any_of(rules.campaigns.begin(), rules.campaigns.end(), names);
}

}  // namespace ph::programme
