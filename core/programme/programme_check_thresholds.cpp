// Thresholds over time and region classes: they ascend with levels, and every level can be entered
// on every day.
#include <algorithm>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

// A day on which something begins or ends, so that between two of them nothing changes.
class Days {
 public:
  explicit Days(BusinessDate first) : days_{first} {}
  void add(const InForce& in_force) {
    if (in_force.from > days_.front()) days_.push_back(in_force.from);
    if (in_force.to > days_.front() && in_force.to.count() < BusinessDate::kCount) {
      days_.push_back(in_force.to);
    }
  }
  [[nodiscard]] const std::vector<BusinessDate>& sorted() {
    std::ranges::sort(days_);
    days_.erase(std::unique(days_.begin(), days_.end()), days_.end());
    return days_;
  }

 private:
  std::vector<BusinessDate> days_;  // the first one is the earliest
};

// A grading's thresholds and entries, level by level: a file may have thousands of them.
struct Ways {
  explicit Ways(const Grading& of)
      : grading(of), thresholds(of.levels.size()), entries(of.levels.size()) {
    for (const Threshold& row : of.thresholds)
      thresholds[row.level.index].push_back(&row);
    for (const Entry& row : of.entries)
      entries[row.level.index].push_back(&row);
  }

  [[nodiscard]] const Threshold* threshold(std::size_t level, int region, BusinessDate on) const {
    for (const Threshold* row : thresholds[level]) {
      if ((row->region == region || row->region == kAllRegions) && row->in_force.holds(on)) {
        return row;
      }
    }
    return nullptr;
  }

  const Grading& grading;
  std::vector<std::vector<const Threshold*>> thresholds;
  std::vector<std::vector<const Entry*>> entries;
};

void check_single(const Rows& rows, const Grading& grading, ProgrammeFaults& faults) {
  for (const Threshold& row : grading.thresholds) {
    if (row.region > rows.head.region_classes) {
      faults.add(kRange, row.line, "threshold.region", std::to_string(row.region),
                 "0 to " + std::to_string(rows.head.region_classes) +
                     ", as `region_classes` of [programme] says",
                 rows.head.line);
    }
    if (row.level.index == 0) {
      faults.add(kKey, row.line, "threshold.level", row.level.name,
                 "a level above the lowest: that one everybody has");
    }
  }
}

// A higher level's threshold is never the lower one. Each pair of rows is named once.
void check_order(const Rows& rows, const Grading& grading, ProgrammeFaults& faults) {
  Days days(BusinessDate(0));
  for (const Threshold& row : grading.thresholds)
    days.add(row.in_force);
  const Ways ways(grading);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> named;
  for (const BusinessDate day : days.sorted()) {
    for (int region = 1; region <= rows.head.region_classes; ++region) {
      const Threshold* below = nullptr;
      for (std::size_t level = 1; level < grading.levels.size(); ++level) {
        const Threshold* row = ways.threshold(level, region, day);
        if (row == nullptr) continue;
        if (below != nullptr && row->min < below->min) {
          const std::pair lines(row->line, below->line);
          if (std::ranges::find(named, lines) == named.end()) {
            named.push_back(lines);
            faults.add(kLevelOrder, row->line, "threshold.min", std::to_string(row->min),
                       "at least " + std::to_string(below->min) + ", as the lower level " +
                           below->level.name + " has in class " + std::to_string(region) + " on " +
                           day.text(),
                       below->line);
          }
        }
        below = row;
      }
    }
  }
}

bool same_levels(const Grading& a, const Grading& b) {
  return std::ranges::equal(a.levels, b.levels, {}, &Ref::name, &Ref::name);
}

// Whether this grading lets somebody of the class into the level on that day.
bool can_enter(const Ways& ways, std::size_t level, int region, BusinessDate on) {
  const Grading& grading = ways.grading;
  if (grading.basis == Basis::kReview || grading.basis == Basis::kSheet) return true;
  if (std::ranges::any_of(ways.entries[level],
                          [&](const Entry* row) { return row->in_force.holds(on); })) {
    return true;
  }
  const auto of_level = [level](const auto& row) { return row.level.index == level; };
  if (grading.standards == Standards::kClearing) {
    return level == 1 || std::ranges::any_of(grading.cuts, of_level);
  }
  if (grading.basis == Basis::kProduct && level == 1) return true;
  if (grading.standards == Standards::kRatios && std::ranges::any_of(grading.shares, of_level)) {
    return true;
  }
  return ways.threshold(level, region, on) != nullptr;
}

// Gradings of the same levels count as one: what one leaves out another may give.
void check_entered(const Rows& rows, std::size_t first, ProgrammeFaults& faults) {
  const Grading& grading = rows.gradings[first];
  std::vector<Ways> together;
  Days days(rows.head.effective);
  for (const Grading& other : rows.gradings) {
    if (!same_levels(grading, other)) continue;
    together.emplace_back(other);
    for (const Threshold& row : other.thresholds)
      days.add(row.in_force);
    for (const Entry& row : other.entries)
      days.add(row.in_force);
  }
  if (&together.front().grading != &grading) return;
  const std::vector<BusinessDate>& all = days.sorted();
  for (std::size_t level = 1; level < grading.levels.size(); ++level) {
    bool missing = false;
    for (std::size_t i = 0; i < all.size() && !missing; ++i) {
      for (int region = 1; region <= rows.head.region_classes && !missing; ++region) {
        missing = std::ranges::none_of(
            together, [&](const Ways& each) { return can_enter(each, level, region, all[i]); });
        if (missing) {
          faults.add(kThresholdMissing, grading.line, "grading.levels", grading.levels[level].name,
                     "a [[threshold]], [[share]], [[cut]] or [[entry]] by which class " +
                         std::to_string(region) + " can reach this level on " + all[i].text());
        }
      }
    }
  }
}

}  // namespace

void check_thresholds(const Rows& rows, ProgrammeFaults& faults) {
  for (std::size_t i = 0; i < rows.gradings.size(); ++i) {
    check_single(rows, rows.gradings[i], faults);
    check_order(rows, rows.gradings[i], faults);
    check_entered(rows, i, faults);
  }
}

}  // namespace ph
