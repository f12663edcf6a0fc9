#include "core/home/programme_names.h"

#include <algorithm>

namespace ph {

std::uint16_t NameTable::find(std::string_view name) const {
  const auto found = std::ranges::find(names_, name);
  return found == names_.end() ? kNone : static_cast<std::uint16_t>(found - names_.begin());
}

void NameTable::add(std::string_view name) {
  if (std::ranges::find(names_, name) == names_.end()) {
    names_.emplace_back(name);
  }
}

bool ProgrammeNames::take(const Programme& version) {
  const programme::Rows& rows = version.rows();
  for (const programme::Grading& grading : rows.gradings) {
    gradings.add(grading.name);
    levels.resize(gradings.size());
    NameTable& of_grading = levels[gradings.find(grading.name)];
    std::ranges::for_each(grading.levels, [&](const auto& level) { of_grading.add(level.name); });
  }
  std::ranges::for_each(rows.flags, [this](const auto& row) { flags.add(row.name); });
  std::ranges::for_each(rows.benefits, [this](const auto& row) { benefits.add(row.name); });
  std::ranges::for_each(rows.campaigns, [this](const auto& row) { campaigns.add(row.name); });
  std::ranges::for_each(rows.entries, [this](const auto& row) { plans.add(row.plan); });
  for (const programme::Campaign& campaign : rows.campaigns) {
    std::ranges::for_each(campaign.plans, [this](const auto& plan) { plans.add(plan); });
  }
  std::ranges::for_each(rows.items, [this](const auto& row) { items.add(row.name); });
  std::ranges::for_each(rows.queues, [this](const auto& row) { queues.add(row.name); });
  std::ranges::for_each(rows.effective_order, [this](const auto& of) { grades.add(of.name); });
  const auto fits = [](const NameTable& table) { return table.size() < NameTable::kNone; };
  return gradings.size() <= programme::kGradingsMax &&
         std::ranges::all_of(levels, [](const auto& of) { return of.size() <= kLevelsMax; }) &&
         fits(flags) && fits(benefits) && fits(campaigns) && fits(plans) && fits(items) &&
         fits(queues) && fits(grades);
}

}  // namespace ph
