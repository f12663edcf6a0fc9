// The reader of the programme file: never a programme beside a fault, the same faults each time,
// and what it gives is whole.
#include "platform/files/read_programme.h"

#include <string>

#include "tests/fuzz/support.h"

namespace {

using namespace ph;

std::string text_of(const std::vector<Fault>& faults) {
  std::string out;
  for (const Fault& fault : faults) {
    out += std::to_string(static_cast<int>(fault.code)) + ' ' + std::to_string(fault.line) + ' ' +
           fault.column + ' ' + fault.value + ' ' + fault.expected + '\n';
  }
  return out;
}

// Every reference leads to what it names.
void check_whole(const Programme& made) {
  const programme::Rows& rows = made.rows();
  for (const programme::Ref& ref : rows.effective_order) {
    fuzz::need(made.grades().at(ref.index) == ref.name);
    fuzz::need(made.rank_of_grade(ref.index) != programme::kNoIndex);
  }
  for (const programme::Grading& grading : rows.gradings) {
    for (const programme::Threshold& row : grading.thresholds) {
      fuzz::need(grading.levels.at(row.level.index).name == row.level.name);
    }
  }
  for (const programme::Benefit& row : rows.benefits) {
    for (const programme::Ref& ref : row.levels) {
      fuzz::need(made.grades().at(ref.index) == ref.name);
    }
  }
  for (const programme::Price& row : rows.prices) {
    fuzz::need(rows.items.at(row.item.index).name == row.item.name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ph::InputFile file("fuzz.toml", ph::fuzz::input(data, size));
  std::vector<ph::Fault> faults;
  const auto made = ph::read_programme(file, faults);
  ph::fuzz::need(made.has_value() == faults.empty());
  ph::fuzz::need(faults.size() <= ph::kFaultsPerFileMax + 1);
  std::vector<ph::Fault> again;
  (void)ph::read_programme(file, again);
  ph::fuzz::need(text_of(faults) == text_of(again));
  if (made) {
    check_whole(*made);
    ph::check_programme_rules(*made, ph::fuzz::book(), "fuzz.toml", again);
  }
  return 0;
}
