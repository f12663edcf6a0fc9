// A province's programme: every rule of earning, levels, benefits, redemption, as data. Programme
// is a proof type: only `build` makes one, of rows whose sections agree with each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/programme/programme_rows.h"
#include "core/types/result.h"

namespace ph {

// What is wrong between sections; faults of a single value are the reader's. The numbers are those
// of files' faults (docs/formats.md, section 7).
enum class ProgrammeFaultCode : std::uint16_t {
  // Of a version against those before it.
  kVersionCode = 1012,
  kVersionPast = 1013,
  kVersionLevels = 1014,
  kSection = 1102,
  kKey = 1103,  // a key or row that its neighbours exclude
  kRange = 1105,
  kMissing = 1106,
  kTwice = 1108,
  kRoundTrip = 1110,
  kOverlap = 1111,
  kInterval = 1112,
  kBands = 1113,
  kLevelUnknown = 1114,
  kLevelOrder = 1115,
  kThresholdMissing = 1116,
  kCuts = 1117,
  kReference = 1118,
  kSum = 1119,
  kOnePerson = 1121,
  kTiers = 1122,
};

struct ProgrammeFault {
  ProgrammeFaultCode code{};
  std::uint32_t line{};        // of the row at fault, the later one of two
  std::uint32_t other_line{};  // of the row that it conflicts with, or 0
  std::string key{};           // `section.key`
  std::string value{};
  std::string expected{};  // what would be right
};

class Programme {
 public:
  [[nodiscard]] static Result<Programme, std::vector<ProgrammeFault>> build(programme::Rows rows);

  // All sections, each name's index filled in, each grading, sheet and item with what belongs to
  // it.
  [[nodiscard]] const programme::Rows& rows() const { return rows_; }
  // Names of all grades, once each: levels in the order of gradings, then flags. Levels of the same
  // name in two gradings are one grade.
  [[nodiscard]] const std::vector<std::string>& grades() const { return grades_; }
  // Of a grade: its place in `[effective] order`, 0 highest; kNoIndex: it has none.
  [[nodiscard]] std::uint16_t rank_of_grade(std::uint16_t grade) const { return ranks_[grade]; }
  // kNoIndex: none of this name.
  [[nodiscard]] std::uint16_t find_grading(std::string_view name) const;
  [[nodiscard]] std::uint16_t find_level(const programme::Grading& grading,
                                         std::string_view level) const;
  [[nodiscard]] std::uint16_t find_flag(std::string_view name) const;
  [[nodiscard]] std::uint16_t find_grade(std::string_view name) const;  // of `grades()`
  [[nodiscard]] bool is_rating(Source source) const;

 private:
  Programme() = default;

  programme::Rows rows_;
  std::vector<std::string> grades_;
  std::vector<std::uint16_t> ranks_;  // by grade
};

}  // namespace ph
