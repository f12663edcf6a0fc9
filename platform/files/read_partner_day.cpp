// PARTNER_DAY (docs/formats.md, section 3).
#include <array>

#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::uint8_t kWithdrawKind = 6;
constexpr std::uint8_t kCorrectKind = 7;
constexpr std::array<Kind, kWithdrawKind> kKinds{
    Kind::kPartnerAccrual,    Kind::kPartnerRedemption, Kind::kPartnerExchangeOut,
    Kind::kPartnerExchangeIn, Kind::kPartnerRefund,     Kind::kNotCredited};

struct IdOfKind {
  TransactionId id{};
  Kind kind{};
  friend bool operator==(const IdOfKind&, const IdOfKind&) = default;
  friend auto operator<=>(const IdOfKind&, const IdOfKind&) = default;
};

class PartnerDayReader {
 public:
  explicit PartnerDayReader(const Reading& reading)
      : reading_(reading),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_),
        checks_(csv_) {}

  std::optional<PartnerDay> run() {
    const bool right = read_rows(
        csv_, FileType::kPartnerDay, reading_.totals, [this](const CsvRow& row) { take(row); },
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
  void take(const CsvRow& row) {
    if (row.kind == nullptr || !row.right) {
      if (row.is(kCorrectKind)) {
        end_correct();
      }
      correct_line_ = row.is(kCorrectKind) ? row.line : 0;
      cited_sequence_ = 0;
      return;
    }
    if (row.is(kCorrectKind)) {
      end_correct();
      correct_line_ = row.line;
      cited_sequence_ = row.cells[0].u32();
      cited_entry_ = row.cells[1].u32();
      checks_.earlier_sequence(row, cited_sequence_);
    } else if (row.is(kWithdrawKind)) {
      end_correct();
      take_withdraw(row);
    } else {
      take_entry(row);
      correct_line_ = 0;
    }
  }

  void take_withdraw(const CsvRow& row) {
    checks_.earlier_sequence(row, row.cells[0].u32());
    Item& item = day_.items.emplace_back();
    item.action = Action::kWithdraw;
    item.partner = csv_.sender();
    item.entry = row.line;
    item.cited_sequence = row.cells[0].u32();
    item.cited_entry = row.cells[1].u32();
  }

  void take_entry(const CsvRow& row) {
    Item& item = day_.items.emplace_back();
    item.kind = kKinds.at(row.kind->number);
    item.partner = csv_.sender();
    item.entry = row.line;
    if (correct_line_ != 0) {
      item.action = Action::kCorrect;
      item.cited_sequence = cited_sequence_;
      item.cited_entry = cited_entry_;
    }
    const auto& cells = row.cells;
    item.id = cells[0].id;
    const bool cites = item.kind == Kind::kPartnerRefund || item.kind == Kind::kNotCredited;
    item.parent = cites ? cells[1].id : TransactionId();
    const std::size_t member = cites ? 2 : 1;
    item.member = cells.at(member).member();
    item.points = item.kind == Kind::kNotCredited ? 0 : cells.at(member + 1).number;
    if (item.kind == Kind::kPartnerRedemption) {
      item.authorisation = cells[3].entry_id();
      if (!item.authorisation.none()) {
        checks_.province(row, "authorisation", item.authorisation.participant());
      }
    }
    if (item.kind == Kind::kPartnerExchangeOut || item.kind == Kind::kPartnerExchangeIn) {
      item.units = cells[3].number;
      item.rate_version = cells[4].u32();
    }
    check_ids(row, item);
  }

  void check_ids(const CsvRow& row, const Item& item) {
    checks_.not_newer(row, "id", item.id.date);
    const bool own = item.kind != Kind::kPartnerExchangeOut && item.kind != Kind::kPartnerRefund;
    if (own && !csv_.sender().none() && item.id.participant != csv_.sender()) {
      csv_.fault(kIdStarter, row, "id", row.cells[0].text, "an id of " + csv_.header().sender);
    }
    if (!item.parent.none()) {
      checks_.not_newer(row, "parent", item.parent.date);
      if (item.parent == item.id) {
        csv_.fault(kParentSelf, row, "parent", row.cells[1].text, "the id of another transaction");
      }
    }
    ids_.add({.id = item.id, .kind = item.kind}, row.line, row.cells[0].text);
  }

  void end_correct() {
    if (correct_line_ != 0) {
      csv_.fault(kCorrectWithoutRow, correct_line_, {}, "CORRECT", "the corrected row below it");
      correct_line_ = 0;
    }
  }

  void end() {
    end_correct();
    ids_.find([this](std::uint32_t line, std::string_view text, std::uint32_t before) {
      csv_.fault(kDuplicateId, line, "id", text,
                 "an id that line " + std::to_string(before) + " does not have");
    });
  }

  const Reading& reading_;
  FaultSink sink_;
  CsvReader csv_;
  RowChecks checks_;
  PartnerDay day_;
  std::uint32_t correct_line_{0};  // of a CORRECT row that waits for its row; 0 = none
  std::uint32_t cited_sequence_{0};
  std::uint32_t cited_entry_{0};
  Doubles<IdOfKind> ids_;
};

}  // namespace

std::optional<PartnerDay> read_partner_day(const Reading& reading) {
  return PartnerDayReader(reading).run();
}

}  // namespace ph
