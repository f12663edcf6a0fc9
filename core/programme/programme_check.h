// What `Programme::build` checks, an idea a function. Private to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/programme/programme.h"

namespace ph {

// Faults as they are found; `build` puts them in the order of the file.
class ProgrammeFaults {
 public:
  void add(ProgrammeFaultCode code, std::uint32_t line, std::string_view key,
           std::string_view value, std::string expected, std::uint32_t other_line = 0) {
    list_.push_back(
        {code, line, other_line, std::string(key), std::string(value), std::move(expected)});
  }
  [[nodiscard]] bool any() const { return !list_.empty(); }
  // By line, then code; equal ones as they were found.
  [[nodiscard]] std::vector<ProgrammeFault> sorted() &&;

 private:
  std::vector<ProgrammeFault> list_;
};

// Of a list of names: where it stands, or kNoIndex.
[[nodiscard]] std::uint16_t place_of(const std::vector<std::string>& names, std::string_view name);

// Fills in all references and gathers what belongs to a grading, sheet or item there.
void resolve_gradings(programme::Rows& rows, ProgrammeFaults& faults);
void resolve_grades(programme::Rows& rows, const std::vector<std::string>& grades,
                    ProgrammeFaults& faults);
void resolve_sheets(programme::Rows& rows, ProgrammeFaults& faults);
void resolve_items(programme::Rows& rows, ProgrammeFaults& faults);

// What holds between rows whose references are known.
void check_earning(const programme::Rows& rows, ProgrammeFaults& faults);
void check_dated(const programme::Rows& rows, ProgrammeFaults& faults);
void check_gradings(const programme::Rows& rows, ProgrammeFaults& faults);
void check_thresholds(const programme::Rows& rows, ProgrammeFaults& faults);
void check_shares_and_cuts(const programme::Rows& rows, ProgrammeFaults& faults);
void check_benefits(const programme::Rows& rows, ProgrammeFaults& faults);
void check_queues(const programme::Rows& rows, const std::vector<std::string>& grades,
                  ProgrammeFaults& faults);
void check_sheets(const programme::Rows& rows, ProgrammeFaults& faults);
void check_catalogue(const programme::Rows& rows, ProgrammeFaults& faults);

// Calls `found(row, earlier)` for each row of which one before it has the same key.
template <class Row, class Same, class Found>
void find_doubles(const std::vector<Row>& rows, Same same, Found found) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (same(rows[i], rows[k])) {
        found(rows[i], rows[k]);
        break;
      }
    }
  }
}

}  // namespace ph
