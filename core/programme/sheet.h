// Grades by a scoring sheet: weighted inputs, bands, cut-offs on the total (domain 6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/programme/programme_rows.h"
#include "core/types/result.h"

namespace ph::programme {

struct SheetAnswer {
  std::string_view input{};
  std::int64_t value{};
  std::optional<std::int64_t> points{};  // where the band leaves them to the grader
};

enum class SheetFault : std::uint8_t {
  kUnknownInput = 1,
  kTwice = 2,
  kMissingInput = 3,
  kBelowBands = 4,
  kPointsMissing = 5,
  kPointsOutside = 6,  // of the band: more, less, or others than it gives
  kNoGrade = 7,        // a total below every cut-off
};
[[nodiscard]] std::string_view word(SheetFault);

struct SheetTotal {
  std::int64_t total{};
  std::uint16_t cut{};  // index in Sheet::cuts, whose grade it is

  friend bool operator==(const SheetTotal&, const SheetTotal&) = default;
};

// Each input of the sheet is answered once. Lower bounds are inclusive.
[[nodiscard]] Result<SheetTotal, SheetFault> sheet_total(const Sheet& sheet,
                                                         std::span<const SheetAnswer> answers);

}  // namespace ph::programme
