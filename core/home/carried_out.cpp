#include "core/home/carried_out.h"

#include "core/home/member_columns.h"

namespace ph {

namespace {

// The first row of members, or MOVE_IN with a standing, that `wanted` is true of.
template <class Wanted>
std::optional<RefusedRow> first_row(const DayFile& file, bool standings, Wanted wanted) {
  const DayRow* found = nullptr;
  for (std::size_t n = 0; found == nullptr && !file.member_rows.empty() && n < file.rows.size();
       ++n) {
    const DayRow& row = file.rows[n];
    found = is_of_member(row.kind) && wanted(static_cast<MemberKind>(row.kind)) ? &row : nullptr;
  }
  if (standings && !file.standings.empty()) {
    const DayRow& move = file.rows[file.standings.front().row];
    if (found == nullptr || move.line < found->line) {
      return RefusedRow{.line = move.line, .kind = "STANDING"};
    }
  }
  if (found == nullptr) {
    return std::nullopt;
  }
  return RefusedRow{.line = found->line, .kind = word(static_cast<MemberKind>(found->kind))};
}

}  // namespace

std::optional<RefusedRow> first_member_row(const DayFile& file) {
  return first_row(file, true, [](MemberKind) { return true; });
}

std::optional<RefusedRow> refused_row(const DayFile& file, bool programme_in_force) {
  if (!programme_in_force) {
    auto row = first_member_row(file);
    if (row) {
      row->no_programme = true;
    }
    return row;
  }
  return first_row(file, false, [](MemberKind kind) { return !carried_out(kind); });
}

}  // namespace ph
