// PROVINCE_DAY (docs/formats.md, section 2).
#include <algorithm>

#include "platform/files/day_slots.h"
#include "platform/files/member_rows.h"
#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

// The classes of transactions whose ids are apart (docs/events.md, Copies).
std::uint8_t class_of(RowKind kind) {
  return static_cast<std::uint8_t>(kind == RowKind::kCapture ? RowKind::kRedeem : kind);
}

struct ForeignId {
  TransactionId id{};
  std::uint8_t class_{};
  friend bool operator==(const ForeignId&, const ForeignId&) = default;
  friend auto operator<=>(const ForeignId&, const ForeignId&) = default;
};

class DayReader {
 public:
  explicit DayReader(const Reading& reading)
      : reading_(reading),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_),
        checks_(csv_),
        members_(csv_, checks_, day_) {}

  std::optional<DayFile> run() {
    const bool right = read_rows(
        csv_, FileType::kProvinceDay, reading_.totals, [this](const CsvRow& row) { take(row); },
        [this] { end(); });
    if (!right) {
      return std::nullopt;
    }
    day_.sender = csv_.sender();
    day_.date = csv_.header().date;
    day_.sequence = csv_.header().sequence;
    return std::move(day_);
  }

 private:
  void take(const CsvRow& row);
  void take_correct(const CsvRow& row);
  void take_child(const CsvRow& row);
  void take_entry(const CsvRow& row);
  void take_member(const CsvRow& row);
  void take_input(const CsvRow& row);
  void take_standing(const CsvRow& row);
  void check_place(const CsvRow& row, DayRow& entry);
  void end();
  void end_correct();
  void end_children();
  void check_entry(const CsvRow& row, DayRow& entry);
  void check_roles(const CsvRow& row, const DayRow& entry);
  void check_goods(const CsvRow& row, const DayRow& entry);
  void check_costs(const CsvRow& row, bool own_gift);
  void check_refund(const CsvRow& row, const DayRow& entry);
  void check_starter(const CsvRow& row, const DayRow& entry);
  void check_asked(const CsvRow& row, const DayRow& entry);
  void starter(const CsvRow& row, std::string_view column, const TransactionId& id,
               Participant right);
  void other_than_sender(const CsvRow& row, std::string_view column, Participant other);

  // Which row above takes LOT, DEBT, STANDING and INPUT rows.
  enum class Parent : std::uint8_t { kNone, kRefund, kMoveIn, kSheet, kFaulty };

  const Reading& reading_;
  FaultSink sink_;
  CsvReader csv_;
  RowChecks checks_;
  const DaySlots& slots_ = day_slots();
  DayFile day_;
  MemberRows members_;
  std::uint32_t last_serial_{0};
  bool id_given_{false};  // in the row being checked
  Parent parent_{Parent::kNone};
  std::uint32_t correct_line_{0};  // of a CORRECT row that waits for its row; 0 = none
  std::uint32_t cited_sequence_{0};
  std::uint32_t cited_entry_{0};
  Doubles<ForeignId> ids_;
  struct ChildLine {
    std::uint32_t line{};
    std::string_view text{};  // lot or issuer
  };
  std::vector<ChildLine> child_lines_;  // of the last parent's children
};

void DayReader::take(const CsvRow& row) {
  if (day_.rows.capacity() == 0) {
    constexpr std::uint64_t kRowBytesMin = 20;  // VOID and CONFIRM are the shortest.
    day_.rows.reserve(std::min(csv_.line_count(), reading_.file.bytes().size() / kRowBytesMin));
  }
  if (row.kind == nullptr) {
    parent_ = Parent::kFaulty;
    correct_line_ = 0;
  } else if (row.kind->number < kMemberKindFirst) {
    take_entry(row);
  } else if (row.kind->number <= kMemberKindLast) {
    take_member(row);
  } else if (row.is(kDayCorrect)) {
    take_correct(row);
  } else if (row.is(kDayInput)) {
    take_input(row);
  } else if (row.is(kDayStanding)) {
    take_standing(row);
  } else {
    take_child(row);
  }
}

void DayReader::take_correct(const CsvRow& row) {
  end_correct();
  end_children();
  correct_line_ = row.line;
  cited_sequence_ = 0;
  if (row.right) {
    cited_sequence_ = row.cells[0].u32();
    cited_entry_ = row.cells[1].u32();
    checks_.earlier_sequence(row, cited_sequence_);
  }
}

void DayReader::end_correct() {
  if (correct_line_ != 0) {
    csv_.fault(kCorrectWithoutRow, correct_line_, {}, "CORRECT",
               "a DELIVERY or DELIVERY_REFUND below it");
    correct_line_ = 0;
  }
}

void DayReader::take_child(const CsvRow& row) {
  end_correct();
  const bool debt = row.is(kDayDebt);
  if (parent_ == Parent::kNone || parent_ == Parent::kSheet ||
      (debt && parent_ == Parent::kRefund)) {
    csv_.fault(kChildWithoutParent, row, {}, row.kind->name,
               debt ? "a MOVE_IN above it" : "a MOVE_IN or REFUND above it");
    return;
  }
  if (!row.right || parent_ == Parent::kFaulty) {
    return;
  }
  ChildRow child;
  if (debt) {
    child.lot = LotId(row.cells[0].participant(), BusinessDate(), 0);
    child.source = Source::kDebt;
    child.points = row.cells[1].number;
    checks_.province(row, "issuer", row.cells[0].participant());
  } else {
    child = {.lot = row.cells[0].entry_id(),
             .earned_month = row.cells[1].month(),
             .expires_on = row.cells[4].date(),
             .source = static_cast<Source>(row.cells[2].number),
             .rating = row.cells[3].small(),
             .original = row.cells[5].number,
             .points = row.cells[6].number};
    checks_.province(row, "lot", child.lot.participant());
    checks_.not_newer(row, "lot", child.lot.date());
    if (child.points > child.original) {
      csv_.fault(kLotAmounts, row, "points", row.cells[6].text,
                 "at most " + std::string(row.cells[5].text));
    }
  }
  day_.children.push_back(child);
  child_lines_.push_back({.line = row.line, .text = row.cells[0].text});
  ++day_.rows.back().child_count;
}

void DayReader::take_input(const CsvRow& row) {
  end_correct();
  if (parent_ == Parent::kSheet) {
    members_.take_input(row);
  } else if (parent_ != Parent::kFaulty) {
    csv_.fault(kChildWithoutParent, row, {}, row.kind->name, "a SHEET above it");
  }
}

void DayReader::take_standing(const CsvRow& row) {
  end_correct();
  if (parent_ == Parent::kMoveIn) {
    members_.take_standing(row);
  } else if (parent_ != Parent::kFaulty) {
    csv_.fault(kChildWithoutParent, row, {}, row.kind->name, "a MOVE_IN above it");
  }
}

void DayReader::end_children() {
  if (parent_ == Parent::kSheet) {
    members_.end_sheet();
  }
  parent_ = Parent::kNone;
  if (child_lines_.size() > 1) {
    Doubles<std::uint64_t> lots;
    const std::size_t first = day_.children.size() - child_lines_.size();
    for (std::size_t i = 0; i < child_lines_.size(); ++i) {
      lots.add(day_.children[first + i].lot.packed(), child_lines_[i].line, child_lines_[i].text);
    }
    lots.find([this](std::uint32_t line, std::string_view text, std::uint32_t before) {
      csv_.fault(kDuplicateRow, line, {}, text,
                 "each lot and issuer once; line " + std::to_string(before) + " has it");
    });
  }
  child_lines_.clear();
}

void DayReader::take_entry(const CsvRow& row) {
  end_children();
  const auto kind = static_cast<RowKind>(row.kind->number);
  const bool can_correct = kind == RowKind::kDelivery || kind == RowKind::kDeliveryRefund;
  if (!can_correct) {
    end_correct();
  }
  if (!row.right) {
    correct_line_ = 0;
    parent_ = Parent::kFaulty;
    return;
  }
  DayRow& entry = day_.rows.emplace_back();
  entry.kind = kind;
  entry.line = row.line;
  entry.first_child = static_cast<std::uint32_t>(day_.children.size());
  const auto& slots = slots_[row.kind->number];
  for (std::size_t i = 0; i < row.kind->columns.size(); ++i) {
    put(entry, slots[i], row.cells[i]);
  }
  if (correct_line_ != 0) {
    entry.cited_sequence = cited_sequence_;
    entry.cited_entry = cited_entry_;
  }
  check_entry(row, entry);
  correct_line_ = 0;
  parent_ = kind == RowKind::kRefund   ? Parent::kRefund
            : kind == RowKind::kMoveIn ? Parent::kMoveIn
                                       : Parent::kNone;
}

void DayReader::take_member(const CsvRow& row) {
  end_correct();
  end_children();
  if (!row.right) {
    parent_ = Parent::kFaulty;
    return;
  }
  DayRow& entry = day_.rows.emplace_back();
  entry.kind = static_cast<RowKind>(row.kind->number);
  entry.line = row.line;
  members_.take(row);
  check_place(row, entry);
  members_.check(row, id_given_);
  parent_ = row.is(static_cast<std::uint8_t>(MemberKind::kSheet)) ? Parent::kSheet : Parent::kNone;
}

// Its serial among the others, and its id, which is filled in when it is empty.
void DayReader::check_place(const CsvRow& row, DayRow& entry) {
  if (entry.serial <= last_serial_) {
    csv_.fault(kSerialOrder, row, "serial", std::to_string(entry.serial),
               "above " + std::to_string(last_serial_));
  }
  last_serial_ = entry.serial;
  id_given_ = !entry.id.none();
  if (id_given_) {
    checks_.not_newer(row, "id", entry.id.date);
    ids_.add({.id = entry.id, .class_ = class_of(entry.kind)}, row.line,
             RowChecks::text_of(row, "id"));
  } else {
    entry.id = TransactionId::of(EntryId(csv_.sender(), csv_.header().date, entry.serial));
  }
}

void DayReader::check_entry(const CsvRow& row, DayRow& entry) {
  check_place(row, entry);
  if (entry.kind == RowKind::kBill) {
    return;
  }
  if (!entry.lot.none()) {
    checks_.province(row, "lot", entry.lot.participant());
    checks_.not_newer(row, "lot", entry.lot.date());
  }
  if (!entry.parent.none()) {
    const std::string_view column =
        entry.kind == RowKind::kConfirm                                   ? "move"
        : entry.kind == RowKind::kVoid || entry.kind == RowKind::kCapture ? "hold"
                                                                          : "parent";
    checks_.not_newer(row, column, entry.parent.date);
    if (entry.parent == entry.id) {
      csv_.fault(kParentSelf, row, column, RowChecks::text_of(row, column),
                 "the id of another transaction");
    }
  }
  if (entry.kind == RowKind::kWithdraw) {
    checks_.earlier_sequence(row, entry.cited_sequence);
  }
  check_roles(row, entry);
  if (!csv_.sender().none()) {
    check_starter(row, entry);
  }
}

void DayReader::check_roles(const CsvRow& row, const DayRow& entry) {
  if (!entry.giver.none()) {
    checks_.province(row, "giver", entry.giver);
  }
  if (!entry.partner.none()) {
    checks_.partner(row, "partner", entry.partner);
  }
  if (!entry.authorisation.none()) {
    checks_.province(row, "authorisation", entry.authorisation.participant());
  }
  if (!entry.other.none()) {
    const std::string_view column = entry.kind == RowKind::kMoveOut  ? "to"
                                    : entry.kind == RowKind::kMoveIn ? "from"
                                                                     : "home";
    checks_.province(row, column, entry.other);
    other_than_sender(row, column, entry.other);
  }
}

void DayReader::other_than_sender(const CsvRow& row, std::string_view column, Participant other) {
  if (!csv_.sender().none() && other == csv_.sender()) {
    csv_.fault(kParticipantRole, row, column, RowChecks::text_of(row, column),
               "a province other than the sender");
  }
}

// Who started a transaction: his code stands in its id; the sender's own ids are left empty.
void DayReader::check_starter(const CsvRow& row, const DayRow& entry) {
  const Participant sender = csv_.sender();
  const bool given = id_given_;
  switch (entry.kind) {
    case RowKind::kRedeem:
    case RowKind::kCapture:
      check_goods(row, entry);
      return;
    case RowKind::kDelivery:
      check_costs(row, entry.form == Form::kGift);
      if (given && entry.cited_sequence == 0) {
        starter(row, "id", entry.id, sender);
        check_asked(row, entry);
      }
      return;
    case RowKind::kHold:
      if (given && entry.id.participant == sender) {
        csv_.fault(kIdStarter, row, "id", RowChecks::text_of(row, "id"),
                   "an id of another participant, or nothing");
      }
      return;
    case RowKind::kDeliveryRefund:
      // A correction may repeat the sender's own id.
      if (given && entry.cited_sequence == 0) {
        check_asked(row, entry);
      }
      return;
    case RowKind::kExchangeOut:
    case RowKind::kAccrual:
    case RowKind::kExchangeIn:
    case RowKind::kUnissue:
      if (given) {
        starter(row, "id", entry.id, entry.partner);
      }
      return;
    case RowKind::kRefund:
      check_refund(row, entry);
      return;
    case RowKind::kMoveOut:
      starter(row, "id", entry.id, entry.other);
      return;
    case RowKind::kConfirm:
      starter(row, "move", entry.parent, sender);
      return;
    case RowKind::kBill:
    case RowKind::kRebill:
    case RowKind::kEarn:
    case RowKind::kUnearn:
    case RowKind::kTransfer:
    case RowKind::kLeave:
    case RowKind::kVoid:
    case RowKind::kMoveIn:
    case RowKind::kWithdraw:
      return;
  }
}

// An id of the sender's own that is given is one that its counter asked under: digits alone name
// entries of its files.
void DayReader::check_asked(const CsvRow& row, const DayRow& entry) {
  const bool digits =
      std::ranges::all_of(entry.id.reference_text(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && entry.id.participant == csv_.sender()) {
    csv_.fault(kIdStarter, row, "id", RowChecks::text_of(row, "id"),
               "an id under which a counter asked, with a letter or -; or nothing");
  }
}

void DayReader::starter(const CsvRow& row, std::string_view column, const TransactionId& id,
                        Participant right) {
  if (id.participant == right) {
    return;
  }
  std::string expected = "an id of the row's other participant";
  if (right == csv_.sender()) {
    expected = "an id of " + csv_.header().sender;
  } else if (csv_.book() != nullptr) {
    expected = "an id of " + csv_.book()->code(right);
  }
  csv_.fault(kIdStarter, row, column, RowChecks::text_of(row, column), std::move(expected));
}

// REDEEM and CAPTURE: who gave the goods, and so whose the id is and whether costs are given.
void DayReader::check_goods(const CsvRow& row, const DayRow& entry) {
  const bool merchant = entry.form == Form::kMerchant;
  const std::string form(RowChecks::text_of(row, "form"));
  const Participant other = merchant ? entry.partner : entry.giver;
  if (other.none()) {
    checks_.missing(row, merchant ? "partner" : "giver", "given with form " + form);
  }
  if (!(merchant ? entry.giver : entry.partner).none()) {
    checks_.unexpected(row, merchant ? "giver" : "partner", "empty with form " + form);
  }
  const bool own = !merchant && entry.giver == csv_.sender();
  if (entry.form == Form::kFixedLine && !other.none() && !own) {
    checks_.unexpected(row, "giver", csv_.header().sender + " with form " + form);
  }
  if (own && id_given_) {
    checks_.unexpected(row, "id", "empty when the giver is the sender");
  } else if (!own && !other.none() && !id_given_) {
    checks_.missing(row, "id", "the id of the giver or partner, who started it");
  } else if (!own && !other.none()) {
    starter(row, "id", entry.id, other);
  }
  check_costs(row, own && entry.form == Form::kGift);
}

// All three with a gift that the sender gave; none otherwise.
void DayReader::check_costs(const CsvRow& row, bool own_gift) {
  for (const std::string_view column : {"cost", "freight", "cash"}) {
    const bool given = !RowChecks::text_of(row, column).empty();
    if (own_gift && !given) {
      checks_.missing(row, column, "fen, 0 for none: the sender gave the gift");
    } else if (!own_gift && given) {
      checks_.unexpected(row, column, "empty: only a gift that the sender gave has costs");
    }
  }
}

void DayReader::check_refund(const CsvRow& row, const DayRow& entry) {
  if (entry.giver.none() == entry.partner.none()) {
    if (entry.giver.none()) {
      checks_.missing(row, "giver", "the parent's giver, or its partner in the next column");
    } else {
      checks_.unexpected(row, "partner", "empty beside a giver");
    }
    return;
  }
  const Participant other = entry.giver.none() ? entry.partner : entry.giver;
  if (!id_given_) {
    return;
  }
  if (other == csv_.sender()) {
    csv_.fault(kIdStarter, row, "id", RowChecks::text_of(row, "id"),
               "empty when the giver is the sender");
  } else {
    starter(row, "id", entry.id, other);
  }
}

void DayReader::end() {
  end_correct();
  end_children();
  ids_.find([this](std::uint32_t line, std::string_view text, std::uint32_t before) {
    csv_.fault(kDuplicateId, line, "id", text,
               "an id that line " + std::to_string(before) + " does not have");
  });
}

}  // namespace

std::optional<DayFile> read_day(const Reading& reading) {
  return DayReader(reading).run();
}

}  // namespace ph
