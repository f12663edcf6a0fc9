#include "core/programme/programme_version.h"

#include <algorithm>

#include "core/programme/programme_check.h"

namespace ph {

namespace {

using namespace programme;
using enum ProgrammeFaultCode;

std::string levels_text(const Grading& grading) {
  std::string out;
  for (const Ref& level : grading.levels) {
    out += (out.empty() ? "" : " ") + level.name;
  }
  return out;
}

// The grading of this name as it was last said.
const Grading* last_said(std::span<const Programme* const> before, std::string_view name) {
  for (std::size_t i = before.size(); i > 0; --i) {
    const std::uint16_t index = before[i - 1]->find_grading(name);
    if (index != kNoIndex) return &before[i - 1]->rows().gradings[index];
  }
  return nullptr;
}

void check_head(const Head& before, const Head& after, ProgrammeFaults& faults) {
  if (after.code != before.code) {
    faults.add(kVersionCode, after.line, "programme.code", after.code, before.code);
  }
  if (after.version != before.version + 1) {
    faults.add(kVersionCode, after.line, "programme.version", std::to_string(after.version),
               std::to_string(before.version + 1) + ", the next one");
  }
  if (after.effective <= before.effective) {
    faults.add(kVersionPast, after.line, "programme.effective", after.effective.text(),
               "a day behind " + before.effective.text() + ", when version " +
                   std::to_string(before.version) + " begins");
  }
}

}  // namespace

std::vector<std::string> grading_places(std::span<const Programme* const> versions) {
  std::vector<std::string> places;
  for (const Programme* version : versions) {
    for (const Grading& grading : version->rows().gradings) {
      if (place_of(places, grading.name) == kNoIndex) places.push_back(grading.name);
    }
  }
  return places;
}

std::vector<ProgrammeFault> version_faults(std::span<const Programme* const> before,
                                           const Programme& after) {
  check(!before.empty(), "a version before this one");
  ProgrammeFaults faults;
  check_head(before.back()->rows().head, after.rows().head, faults);
  std::vector<std::string> places = grading_places(before);
  for (const Grading& grading : after.rows().gradings) {
    const Grading* said = last_said(before, grading.name);
    if (said == nullptr) {
      places.push_back(grading.name);
      if (places.size() > kGradingsMax) {
        faults.add(kVersionLevels, grading.line, "grading.name", grading.name,
                   "one of the 4 gradings of all versions");
      }
    } else if (!std::ranges::equal(said->levels, grading.levels, {}, &Ref::name, &Ref::name)) {
      faults.add(kVersionLevels, grading.line, "grading.levels", levels_text(grading),
                 levels_text(*said) + ", as before; other levels take a grading of another name");
    }
  }
  return std::move(faults).sorted();
}

std::optional<ProgrammeFault> version_fault(const Programme& before, const Programme& after) {
  const std::vector<const Programme*> versions = {&before};
  std::vector<ProgrammeFault> faults = version_faults(versions, after);
  return faults.empty() ? std::nullopt : std::optional(std::move(faults.front()));
}

}  // namespace ph
