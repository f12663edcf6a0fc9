#include "core/programme/sheet.h"

#include <algorithm>

namespace ph::programme {

namespace {

Result<std::int64_t, SheetFault> points_of_answer(const SheetInput& input,
                                                  const SheetAnswer& answer) {
  const SheetBand* band = nullptr;
  for (const SheetBand& candidate : input.bands) {
    if (answer.value >= candidate.from) {
      band = &candidate;
    }
  }
  if (band == nullptr) return Fail{SheetFault::kBelowBands};
  if (!answer.points) {
    if (band->min != band->max) return Fail{SheetFault::kPointsMissing};
    return band->min;
  }
  if (*answer.points < band->min || *answer.points > band->max) {
    return Fail{SheetFault::kPointsOutside};
  }
  return *answer.points;
}

}  // namespace

std::string_view word(SheetFault fault) {
  switch (fault) {
    case SheetFault::kUnknownInput:
      return "UNKNOWN_INPUT";
    case SheetFault::kTwice:
      return "TWICE";
    case SheetFault::kMissingInput:
      return "MISSING_INPUT";
    case SheetFault::kBelowBands:
      return "BELOW_BANDS";
    case SheetFault::kPointsMissing:
      return "POINTS_MISSING";
    case SheetFault::kPointsOutside:
      return "POINTS_OUTSIDE";
    case SheetFault::kNoGrade:
      return "NO_GRADE";
  }
  return "";
}

Result<SheetTotal, SheetFault> sheet_total(const Sheet& sheet,
                                           std::span<const SheetAnswer> answers) {
  for (const SheetAnswer& answer : answers) {
    const auto is_it = [&](const SheetInput& input) { return input.name == answer.input; };
    if (std::none_of(sheet.inputs.begin(), sheet.inputs.end(), is_it)) {
      return Fail{SheetFault::kUnknownInput};
    }
  }
  // What is answered comes before what the answers are.
  for (const SheetInput& input : sheet.inputs) {
    const auto is_its = [&](const SheetAnswer& answer) { return answer.input == input.name; };
    const auto count = std::count_if(answers.begin(), answers.end(), is_its);
    if (count == 0) return Fail{SheetFault::kMissingInput};
    if (count > 1) return Fail{SheetFault::kTwice};
  }
  SheetTotal result;
  for (const SheetInput& input : sheet.inputs) {
    const auto is_its = [&](const SheetAnswer& answer) { return answer.input == input.name; };
    const auto found = std::find_if(answers.begin(), answers.end(), is_its);
    const Result<std::int64_t, SheetFault> points = points_of_answer(input, *found);
    if (!points) return Fail{points.error()};
    result.total += *points;
  }
  const auto reached = [&](const SheetCut& cut) { return result.total >= cut.from; };
  const auto cut = std::find_if(sheet.cuts.begin(), sheet.cuts.end(), reached);
  if (cut == sheet.cuts.end()) return Fail{SheetFault::kNoGrade};
  result.cut = static_cast<std::uint16_t>(cut - sheet.cuts.begin());
  return result;
}

}  // namespace ph::programme
