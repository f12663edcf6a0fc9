// OPENING_LOTS (docs/formats.md, section 4).
#include <utility>

#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::uint8_t kMemberKind = 0;
constexpr std::uint8_t kLotKind = 1;

class OpeningReader {
 public:
  explicit OpeningReader(const Reading& reading)
      : reading_(reading),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_),
        checks_(csv_) {}

  std::optional<Opening> run() {
    const bool right = read_rows(
        csv_, FileType::kOpeningLots, reading_.totals, [this](const CsvRow& row) { take(row); },
        [this] { end(); });
    if (!right) {
      return std::nullopt;
    }
    opening_.province = csv_.sender();
    opening_.date = csv_.header().date;
    return std::move(opening_);
  }

 private:
  void take(const CsvRow& row) {
    if (!row.right) {
      return;
    }
    if (row.is(kMemberKind)) {
      opening_.members.push_back(row.cells[0].member());
      members_.add(row.cells[0].number, row.line, row.cells[0].text);
    } else if (row.is(kLotKind)) {
      take_lot(row);
    } else {
      const Member member = row.cells[0].member();
      const Participant issuer = row.cells[1].participant();
      checks_.province(row, "issuer", issuer);
      opening_.debts.push_back({.member = member, .issuer = issuer, .points = row.cells[2].number});
      debts_.add({member, issuer}, row.line, row.cells[1].text);
    }
  }

  void take_lot(const CsvRow& row) {
    const auto& cells = row.cells;
    const OpeningLot lot{.lot = cells[0].entry_id(),
                         .member = cells[1].member(),
                         .earned_month = cells[2].month(),
                         .expires_on = cells[5].date(),
                         .source = static_cast<Source>(cells[3].number),
                         .rating = cells[4].small(),
                         .original = cells[6].number,
                         .remaining = cells[7].number};
    checks_.province(row, "lot", lot.lot.participant());
    checks_.not_newer(row, "lot", lot.lot.date());
    if (lot.remaining > lot.original) {
      csv_.fault(kLotAmounts, row, "remaining", cells[7].text,
                 "at most " + std::string(cells[6].text));
    }
    opening_.lots.push_back(lot);
    lots_.add(lot.lot.packed(), row.line, cells[0].text);
  }

  void end() {
    const auto refuse = [this](std::string_view column) {
      return [this, column](std::uint32_t line, std::string_view text, std::uint32_t before) {
        csv_.fault(kDuplicateRow, line, column, text,
                   "once a file; line " + std::to_string(before) + " has it");
      };
    };
    members_.find(refuse("member"));
    lots_.find(refuse("lot"));
    debts_.find(refuse("issuer"));
  }

  const Reading& reading_;
  FaultSink sink_;
  CsvReader csv_;
  RowChecks checks_;
  Opening opening_;
  Doubles<std::int64_t> members_;
  Doubles<std::uint64_t> lots_;
  Doubles<std::pair<Member, Participant>> debts_;
};

}  // namespace

std::optional<Opening> read_opening(const Reading& reading) {
  return OpeningReader(reading).run();
}

}  // namespace ph
