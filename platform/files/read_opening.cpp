// OPENING_LOTS (docs/formats.md, section 4).
#include <algorithm>
#include <utility>

#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::uint8_t kMemberKind = 0;
constexpr std::uint8_t kLotKind = 1;
constexpr std::uint64_t kLotBytesMin = 60;

class OpeningReader {
 public:
  // `visit`: gets the rows as they come; they are kept nowhere, and what comes twice isn't looked
  // for. Without it rows are kept, if `keep`.
  OpeningReader(const Reading& reading, bool keep, const OpeningVisitor* visit)
      : reading_(reading),
        keep_(keep),
        visit_(visit),
        sink_(reading.file.name(), reading.faults),
        csv_(reading.file, reading.book, sink_),
        checks_(csv_) {
    if (reading.warnings != nullptr) {
      warnings_.emplace(reading.file.name(), *reading.warnings);
    }
  }

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
      take_member(row);
    } else if (row.is(kLotKind)) {
      take_lot(row);
    } else {
      const Member member = row.cells[0].member();
      const Participant issuer = row.cells[1].participant();
      checks_.province(row, "issuer", issuer);
      const OpeningDebt debt{.member = member, .issuer = issuer, .points = row.cells[2].number};
      if (visit_ != nullptr) {
        if (visit_->debt) {
          visit_->debt(debt);
        }
        return;
      }
      if (keep_) {
        opening_.debts.push_back(debt);
      }
      debts_.add({member, issuer}, row.line, row.cells[1].text);
    }
  }

  void take_member(const CsvRow& row) {
    if (visit_ != nullptr) {
      if (visit_->member) {
        visit_->member(row.cells[0].member());
      }
      return;
    }
    if (keep_) {
      opening_.members.push_back(row.cells[0].member());
    }
    members_.add(row.cells[0].number, row.line, row.cells[0].text);
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
    if (reading_.taken) {
      checks_.not_newer(row, "lot", lot.lot.date());
    } else {
      checks_.older(row, "lot", lot.lot.date());
    }
    if (reading_.warnings != nullptr) {
      look_at_expiry(row, lot);
    }
    if (lot.remaining > lot.original) {
      csv_.fault(kLotAmounts, row, "remaining", cells[7].text,
                 "at most " + std::string(cells[6].text));
    }
    if (visit_ != nullptr) {
      if (visit_->lot) {
        visit_->lot(lot);
      }
      return;
    }
    if (lots_.empty()) {
      const auto rows = std::min(csv_.line_count(), reading_.file.bytes().size() / kLotBytesMin);
      lots_.reserve(rows);
      opening_.lots.reserve(keep_ ? rows : 0);
    }
    if (keep_) {
      opening_.lots.push_back(lot);
    }
    lots_.add(lot.lot.packed(), row.line, cells[0].text);
  }

  // The day is believed: an older system may have given another one.
  void look_at_expiry(const CsvRow& row, const OpeningLot& lot) {
    const ExpiryRules rules = csv_.book() != nullptr ? csv_.book()->expiry() : ExpiryRules();
    const BusinessDate right = rules.expiry_of(lot.earned_month);
    const bool odd = csv_.book() != nullptr ? lot.expires_on != right
                                            : !may_expire(lot.earned_month, lot.expires_on);
    if (odd && right.count() < BusinessDate::kCount) {
      warnings_->add(kWarnExpiry, row.line, "expires_on", row.cells[5].text,
                     right.text() + ", for points earned in " + lot.earned_month.text());
    }
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
  bool keep_;
  const OpeningVisitor* visit_;
  FaultSink sink_;
  std::optional<FaultSink> warnings_{};
  CsvReader csv_;
  RowChecks checks_;
  Opening opening_;
  Doubles<std::int64_t> members_;
  Doubles<std::uint64_t> lots_;
  Doubles<std::pair<Member, Participant>> debts_;
};

}  // namespace

std::optional<Opening> read_opening(const Reading& reading) {
  return OpeningReader(reading, true, nullptr).run();
}

std::optional<Opening> check_opening(const InputFile& file, const RuleBook& book,
                                     std::vector<Fault>& faults) {
  const Reading reading{.file = file, .book = &book, .faults = faults};
  return OpeningReader(reading, false, nullptr).run();
}

bool visit_opening(const InputFile& file, const RuleBook& book, const OpeningVisitor& visit) {
  std::vector<Fault> faults;
  const Reading reading{.file = file, .book = &book, .faults = faults, .taken = true};
  const OpeningVisitor members{.member = visit.member};
  const bool any = file.text().find("\nMEMBER,") != std::string_view::npos;
  if (any && !OpeningReader(reading, false, &members).run()) {
    return false;
  }
  std::vector<OpeningDebt> debts;
  const OpeningVisitor rest{.lot = visit.lot,
                            .debt = [&debts](const OpeningDebt& debt) { debts.push_back(debt); }};
  if (!OpeningReader(reading, false, &rest).run()) {
    return false;
  }
  std::ranges::for_each(debts, visit.debt);
  return true;
}

}  // namespace ph
