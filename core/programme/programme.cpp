#include "core/programme/programme.h"

#include <algorithm>
#include <tuple>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

std::vector<std::string> grades_of(const programme::Rows& rows) {
  std::vector<std::string> grades;
  const auto add = [&grades](const std::string& name) {
    if (place_of(grades, name) == programme::kNoIndex) {
      grades.push_back(name);
    }
  };
  for (const programme::Grading& grading : rows.gradings) {
    for (const programme::Ref& level : grading.levels) {
      add(level.name);
    }
  }
  for (const programme::Flag& flag : rows.flags) {
    add(flag.name);
  }
  return grades;
}

}  // namespace

std::uint16_t place_of(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? programme::kNoIndex
                              : static_cast<std::uint16_t>(found - names.begin());
}

std::vector<ProgrammeFault> ProgrammeFaults::sorted() && {
  std::ranges::stable_sort(
      list_, {}, [](const ProgrammeFault& fault) { return std::tuple(fault.line, fault.code); });
  return std::move(list_);
}

Result<Programme, std::vector<ProgrammeFault>> Programme::build(programme::Rows rows) {
  ProgrammeFaults faults;
  Programme made;
  made.grades_ = grades_of(rows);
  resolve_gradings(rows, faults);
  resolve_grades(rows, made.grades_, faults);
  resolve_sheets(rows, faults);
  resolve_items(rows, faults);
  check_earning(rows, faults);
  check_dated(rows, faults);
  check_gradings(rows, faults);
  check_thresholds(rows, faults);
  check_shares_and_cuts(rows, faults);
  check_benefits(rows, faults);
  check_queues(rows, made.grades_, faults);
  check_sheets(rows, faults);
  check_catalogue(rows, faults);
  if (faults.any()) {
    return Fail{std::move(faults).sorted()};
  }
  made.ranks_.assign(made.grades_.size(), programme::kNoIndex);
  for (std::size_t i = 0; i < rows.effective_order.size(); ++i) {
    made.ranks_[rows.effective_order[i].index] = static_cast<std::uint16_t>(i);
  }
  made.rows_ = std::move(rows);
  return made;
}

std::uint16_t Programme::find_grading(std::string_view name) const {
  const auto found = std::ranges::find(rows_.gradings, name, &programme::Grading::name);
  return found == rows_.gradings.end() ? programme::kNoIndex
                                       : static_cast<std::uint16_t>(found - rows_.gradings.begin());
}

std::uint16_t Programme::find_level(const programme::Grading& grading,
                                    std::string_view level) const {
  const auto found = std::ranges::find(grading.levels, level, &programme::Ref::name);
  return found == grading.levels.end() ? programme::kNoIndex
                                       : static_cast<std::uint16_t>(found - grading.levels.begin());
}

std::uint16_t Programme::find_flag(std::string_view name) const {
  const auto found = std::ranges::find(rows_.flags, name, &programme::Flag::name);
  return found == rows_.flags.end() ? programme::kNoIndex
                                    : static_cast<std::uint16_t>(found - rows_.flags.begin());
}

std::uint16_t Programme::find_grade(std::string_view name) const {
  const auto found = std::ranges::find(grades_, name);
  return found == grades_.end() ? programme::kNoIndex
                                : static_cast<std::uint16_t>(found - grades_.begin());
}

bool Programme::is_rating(Source source) const {
  return std::ranges::any_of(rows_.sources, [source](const programme::SourceRow& row) {
    return row.source == source && row.rating;
  });
}

}  // namespace ph
