#include "platform/files/member_rows.h"

#include <algorithm>

#include "core/types/ask.h"

namespace ph {

using enum FaultCode;

namespace {

template <std::size_t N>
void copy(std::array<char, N>& to, std::string_view text) {
  std::ranges::copy(text, to.begin());  // Its type says that it fits.
}

std::size_t place(MemberField field, MemberField first) {
  return static_cast<std::size_t>(field) - static_cast<std::size_t>(first);
}

bool has_column(MemberKind kind, MemberField field) {
  return std::ranges::any_of(columns_of(kind),
                             [field](const MemberColumn& column) { return column.field == field; });
}

std::string_view parent_column(MemberKind kind) {
  for (const MemberColumn& column : columns_of(kind)) {
    if (column.field == MemberField::kParent) {
      return column.name;
    }
  }
  return {};
}

// The kind of the row or request that a column of this name cites.
std::string_view cited_kind(std::string_view column) {
  return column == "merge"       ? "MERGE"
         : column == "proposal"  ? "VIP_PROPOSE"
         : column == "order"     ? "ORDER"
         : column == "complaint" ? "COMPLAINT"
                                 : "REGISTER";
}

std::byte byte_of(char high, char low) {
  const auto nibble = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  return std::byte(nibble(high) << 4U | nibble(low));
}

}  // namespace

void MemberRows::take(const CsvRow& row) {
  DayRow& entry = day_.rows.back();
  entry.first_child = static_cast<std::uint32_t>(day_.member_rows.size());
  entry.serial = row.cells[0].u32();
  make_room();
  MemberRow& out = day_.member_rows.emplace_back();
  out.kind = static_cast<MemberKind>(row.kind->number);
  const auto columns = columns_of(out.kind);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    put(row, i + 1, columns[i], entry, out);
  }
  if (out.kind == MemberKind::kSheet) {
    entry.cited_entry = static_cast<std::uint32_t>(day_.inputs.size());
    input_seen_ = false;
  }
}

// Rows are large: millions of them are copied as seldom as their share of the file so far allows.
void MemberRows::make_room() {
  constexpr std::size_t kFewRows = 1024;
  constexpr std::size_t kTimesMax = 8;
  auto& rows = day_.member_rows;
  if (rows.size() == rows.capacity() && rows.size() >= kFewRows) {
    const std::uint64_t expected = csv_.line_count() * rows.size() / day_.rows.size() + kFewRows;
    rows.reserve(std::clamp<std::uint64_t>(expected, 2 * rows.size(), kTimesMax * rows.size()));
  }
}

void MemberRows::put(const CsvRow& row, std::size_t cell, const MemberColumn& column, DayRow& entry,
                     MemberRow& out) {
  using F = MemberField;
  const Cell& value = row.cells[cell];
  switch (column.field) {
    case F::kMember:
      out.member = value.member();
      entry.member = out.member;
      return;
    case F::kOther:
      out.other = value.member();
      return;
    case F::kPartner:
      entry.partner = value.participant();
      return;
    case F::kAccount:
      copy(out.account, value.text);
      return;
    case F::kMonth:
      out.month = value.month();
      return;
    case F::kDate:
      out.date = value.date();
      return;
    case F::kUntilMonth:
    case F::kUntilDate:
      out.until = static_cast<std::uint16_t>(value.number);
      return;
    case F::kWord:
      out.word = value.small();
      return;
    case F::kFlag0:
    case F::kFlag1:
      out.flag.at(place(column.field, F::kFlag0)) = value.small();
      return;
    case F::kNumber0:
    case F::kNumber1:
    case F::kNumber2:
      out.number.at(place(column.field, F::kNumber0)) = value.u32();
      return;
    case F::kName0:
    case F::kName1:
    case F::kName2:
      copy(out.name.at(place(column.field, F::kName0)), value.text);
      return;
    case F::kId:
      entry.id = value.id;
      return;
    case F::kParent:
      out.parent = value.id;
      return;
    case F::kPoints:
    case F::kUnits:
    case F::kChange:
      out.points = value.number;
      return;
    case F::kFen0:
    case F::kFen1:
    case F::kFen2:
      out.fen.at(place(column.field, F::kFen0)) = value.number;
      if (column.optional) {
        out.flag.at(place(column.field, F::kFen0)) = value.given() ? 1 : 0;
      }
      return;
    case F::kOfficer:
      copy(out.officer, value.text);
      return;
  }
}

void MemberRows::check(const CsvRow& row, bool id_given) {
  const DayRow& entry = day_.rows.back();
  MemberRow& out = day_.member_rows.back();
  if (has_column(out.kind, MemberField::kId)) {
    out.id = entry.id;
  }
  if (id_given) {
    check_id(row, out);
  }
  if (!out.parent.none()) {
    check_parent(row, out);
  }
  check_months(row, out);
  check_together(row, out);
}

// A partner's spend is the partner's transaction; all others are this province's own, and digits
// alone name entries of its files.
void MemberRows::check_id(const CsvRow& row, const MemberRow& out) {
  const bool partners = out.kind == MemberKind::kPartnerSpend;
  const Participant partner = day_.rows.back().partner;
  if (partners) {
    checks_.partner(row, "partner", partner);
  }
  if (csv_.sender().none()) {
    return;
  }
  const bool digits =
      std::ranges::all_of(out.id.reference_text(), [](char c) { return c >= '0' && c <= '9'; });
  const bool right =
      partners ? out.id.participant == partner : out.id.participant == csv_.sender() && !digits;
  if (!right) {
    csv_.fault(kIdStarter, row, "id", RowChecks::text_of(row, "id"),
               partners ? "an id of " + std::string(RowChecks::text_of(row, "partner"))
                        : "an id of " + csv_.header().sender + " with a letter or -, or nothing");
  }
}

// What a row cites is another row or request of this province.
void MemberRows::check_parent(const CsvRow& row, const MemberRow& out) {
  const std::string_view column = parent_column(out.kind);
  checks_.not_newer(row, column, out.parent.date);
  if (!csv_.sender().none() && out.parent.participant != csv_.sender()) {
    const std::string sender = csv_.header().sender;
    csv_.fault(kIdStarter, row, column, RowChecks::text_of(row, column),
               "the id that the " + std::string(cited_kind(column)) + " of " + sender +
                   " got, or " + sender + "/<YYYYMMDD>/<serial> of its row");
  }
}

void MemberRows::check_months(const CsvRow& row, const MemberRow& out) {
  const Month now = csv_.header().date.month();
  switch (out.kind) {
    case MemberKind::kAccount:
      return month_not_newer(row, "joined", out.month);
    case MemberKind::kApply:
      return month_not_newer(row, "from", out.month);
    case MemberKind::kRegister:
    case MemberKind::kSpent:
      return month_not_newer(row, "bill_month", out.month);
    case MemberKind::kVipPropose:
    case MemberKind::kLegacy:
      if (csv_.header().date_known && out.until < now.count()) {
        csv_.fault(kValueUnexpected, row, "until", RowChecks::text_of(row, "until"),
                   now.text() + " or later");
      }
      return;
    // A bill may be of any month, as BILL; what a date says of a grade is the row's own matter.
    case MemberKind::kBillSplit:
    case MemberKind::kSpSpend:
    case MemberKind::kGrade:
    case MemberKind::kAccountEnd:
    case MemberKind::kProfile:
    case MemberKind::kPartnerSpend:
    case MemberKind::kFixedIn:
    case MemberKind::kEvent:
    case MemberKind::kPlan:
    case MemberKind::kBrand:
    case MemberKind::kMerge:
    case MemberKind::kUnmerge:
    case MemberKind::kOwner:
    case MemberKind::kArrears:
    case MemberKind::kBlacklist:
    case MemberKind::kVipDecide:
    case MemberKind::kSheet:
    case MemberKind::kOrder:
    case MemberKind::kOrderState:
    case MemberKind::kStock:
    case MemberKind::kComplaint:
    case MemberKind::kComplaintEnd:
    case MemberKind::kClaim:
    case MemberKind::kRegisterEnd:
    case MemberKind::kCall:
      return;
  }
}

void MemberRows::month_not_newer(const CsvRow& row, std::string_view column, Month month) {
  const Month now = csv_.header().date.month();
  if (month > now) {
    csv_.fault(kDateAfterFile, row, column, RowChecks::text_of(row, column),
               now.text() + " or before");
  }
}

void MemberRows::check_together(const CsvRow& row, const MemberRow& out) {
  const auto breach = breach_of(out);
  if (!breach) {
    return;
  }
  const auto fault = [&](FaultCode code, std::string expected) {
    csv_.fault(code, row, breach->column, RowChecks::text_of(row, breach->column),
               std::move(expected));
  };
  switch (breach->rule) {
    case MemberRule::kSplitNotBelowZero: {
      const std::int64_t before = breach->column == "collected" ? out.fen[1] : 0;
      return fault(kValueUnexpected, "at most " + std::to_string(out.fen[0] - before) +
                                         ": what is left of the total");
    }
    case MemberRule::kIntoAnother:
      return fault(kValueUnexpected, "another number than the member's own");
    case MemberRule::kEndsAfterItBegins:
      return fault(kEmptyInterval, "a day after " + out.date.text() + ", or nothing");
    case MemberRule::kCostsWhenDelivered:
      return fault(kValueUnexpected, "empty: costs are given with DELIVERED alone");
    case MemberRule::kCitesAnother:
      return fault(kParentSelf, "the id of an order");
  }
}

void MemberRows::take_input(const CsvRow& row) {
  input_seen_ = true;
  if (!row.right) {
    return;
  }
  MemberRow& sheet = day_.member_rows.back();
  if (sheet.inputs == kSheetInputsMax) {
    csv_.fault(kChildWithoutParent, row, {}, row.kind->name,
               "at most " + std::to_string(kSheetInputsMax) + " below one SHEET");
    return;
  }
  SheetInputRow input;
  copy(input.name, row.cells[0].text);
  input.value = row.cells[1].number;
  input.points = row.cells[2].given() ? row.cells[2].number : -1;
  const auto first = day_.inputs.end() - static_cast<std::ptrdiff_t>(sheet.inputs);
  const auto before = std::ranges::find(first, day_.inputs.end(), input.name, &SheetInputRow::name);
  if (before != day_.inputs.end()) {
    csv_.fault(kDuplicateRow, row, "input", row.cells[0].text, "each input once below its SHEET");
    return;
  }
  day_.inputs.push_back(input);
  ++sheet.inputs;
}

void MemberRows::end_sheet() {
  if (!input_seen_) {
    csv_.fault(kRowMissing, day_.rows.back().line, {}, "SHEET",
               "an INPUT row below it for each input");
  }
}

void MemberRows::take_standing(const CsvRow& row) {
  if (!row.right) {
    return;
  }
  const auto entry = static_cast<std::uint32_t>(day_.rows.size() - 1);
  if (day_.standings.empty() || day_.standings.back().row != entry) {
    day_.standings.push_back(
        {.row = entry, .first = static_cast<std::uint32_t>(day_.standing_bytes.size())});
  }
  const std::string_view text = row.cells[0].text;
  DayStanding& standing = day_.standings.back();
  if (standing.size + text.size() / 2 > kStandingBytesMax) {
    csv_.fault(kChildWithoutParent, row, {}, row.kind->name,
               "at most " + std::to_string(kStandingBytesMax) + " bytes below one MOVE_IN");
    return;
  }
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    day_.standing_bytes.push_back(byte_of(text[i], text[i + 1]));
  }
  standing.size += static_cast<std::uint32_t>(text.size() / 2);
}

}  // namespace ph
