// The reader of PROVINCE_DAY: never a value beside a fault, and no row of a member that would be
// refused as bytes.
#include "core/home/member_columns.h"
#include "tests/fuzz/support.h"

namespace ph::fuzz {
namespace {

void check_members(const DayFile& day) {
  std::size_t members = 0;
  std::size_t inputs = 0;
  for (const DayRow& row : day.rows) {
    if (is_of_member(row.kind)) {
      need(row.first_child == members++);
      need(right_member_row(member_row_of(day, row), inputs_of(day, row)));
      inputs += member_row_of(day, row).inputs;
    }
  }
  need(members == day.member_rows.size() && inputs == day.inputs.size());
  std::size_t bytes = 0;
  for (const DayStanding& standing : day.standings) {
    need(day.rows.at(standing.row).kind == RowKind::kMoveIn && standing.first == bytes);
    bytes += standing.size;
  }
  need(bytes == day.standing_bytes.size());
}

}  // namespace
}  // namespace ph::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ph::fuzz::check_reader(data, size, [](const ph::Reading& reading) {
    auto day = ph::read_day(reading);
    if (day) {
      ph::fuzz::check_members(*day);
    }
    return day;
  });
  return 0;
}
