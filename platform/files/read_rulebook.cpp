// RULEBOOK (docs/formats.md, section 4). Participants are named before or after the rows that cite
// them, so codes are resolved when all rows have been read.
#include <algorithm>

#include "platform/files/reading.h"

namespace ph {

namespace {

using enum FaultCode;

constexpr std::uint8_t kParticipantKind = 0;
constexpr std::uint8_t kContractKind = 1;
constexpr std::uint8_t kPriceKind = 2;
constexpr std::uint8_t kCapKind = 3;
constexpr std::uint8_t kExpiryKind = 4;

FaultCode fault_of(RuleFaultCode code) {
  switch (code) {
    case RuleFaultCode::kDuplicateCode:
      return kDuplicateCode;
    case RuleFaultCode::kDuplicateNumber:
      return kDuplicateNumber;
    case RuleFaultCode::kNumberOfKind:
      return kNumberOfKind;
    case RuleFaultCode::kNoClearing:
      return kNoClearing;
    case RuleFaultCode::kUnknownParticipant:
      return kRuleParticipant;
    case RuleFaultCode::kRoleOfParticipant:
      return kRuleRole;
    case RuleFaultCode::kEmptyInterval:
      return kEmptyInterval;
    case RuleFaultCode::kOverlap:
      return kOverlap;
    case RuleFaultCode::kDuplicateVersion:
      return kDuplicateVersion;
    case RuleFaultCode::kColumnsOfKind:
      return kColumnsOfKind;
    case RuleFaultCode::kRoundTrip:
      return kRoundTrip;
    case RuleFaultCode::kExpiryOrder:
      return kExpiryOrder;
  }
  check_failed("rule fault", __FILE__, __LINE__);
}

class RulebookReader {
 public:
  RulebookReader(const Reading& reading, FaultSink& sink)
      : reading_(reading), csv_(reading.file, nullptr, sink) {}

  std::optional<RuleRows> run() {
    const bool right = read_rows(
        csv_, FileType::kRulebook, reading_.totals, [this](const CsvRow& row) { take(row); },
        [this] { end(); });
    return right ? std::optional(std::move(rows_)) : std::nullopt;
  }

 private:
  // A code that a row cites, and where its number goes.
  struct Citation {
    std::string_view code{};
    std::string_view column{};
    std::uint32_t line{};
    std::uint8_t kind{};  // of the row
    std::size_t row{};
    Participant ContractRow::*in_contract{};
    Participant PriceRow::*in_price{};
  };

  void take(const CsvRow& row) {
    if (!row.right) {
      broken_ = true;
    } else if (row.is(kParticipantKind)) {
      take_participant(row);
    } else if (row.is(kContractKind)) {
      take_contract(row);
    } else if (row.is(kCapKind)) {
      take_cap(row);
    } else if (row.is(kExpiryKind)) {
      take_expiry(row);
    } else {
      take_price(row);
    }
  }

  void take_participant(const CsvRow& row) {
    const auto& cells = row.cells;
    rows_.participants.push_back({.code = std::string(cells[0].text),
                                  .participant = cells[1].participant(),
                                  .kind = static_cast<ParticipantKind>(cells[2].number),
                                  .name_zh = std::string(cells[3].text),
                                  .name_en = std::string(cells[4].text),
                                  .line = row.line});
  }

  void take_contract(const CsvRow& row) {
    const auto& cells = row.cells;
    const auto type = [&](unsigned bit) { return (cells[2].number >> bit & 1) != 0; };
    const std::size_t index = rows_.contracts.size();
    rows_.contracts.push_back({.partner = {},
                               .acquirer = {},
                               .accumulating = type(0),
                               .use = type(1),
                               .discount = type(2),
                               .exchanging = type(3),
                               .netted = cells[3].number != 0,
                               .carry = cells[4].number != 0,
                               .unit = std::string(cells[5].text),
                               .from = cells[6].date(),
                               .to = until(cells[7]),
                               .line = row.line});
    const auto cite = [&](std::size_t cell, Participant ContractRow::*field) {
      citations_.push_back({.code = cells.at(cell).text,
                            .column = row.kind->columns[cell].name,
                            .line = row.line,
                            .kind = kContractKind,
                            .row = index,
                            .in_contract = field});
    };
    cite(0, &ContractRow::partner);
    cite(1, &ContractRow::acquirer);
  }

  void take_price(const CsvRow& row) {
    const auto& cells = row.cells;
    const std::size_t index = rows_.prices.size();
    rows_.prices.push_back({.version = cells[0].u32(),
                            .kind = static_cast<PriceKind>(cells[1].number),
                            .partner = {},
                            .form = static_cast<Form>(cells[3].number),
                            .issuer = {},
                            .acquirer = {},
                            .num = cells[6].number,
                            .den = cells[7].number,
                            .block = cells[8].number,
                            .min = cells[9].number,
                            .from = cells[10].date(),
                            .to = until(cells[11]),
                            .line = row.line});
    const auto cite = [&](std::size_t cell, Participant PriceRow::*field) {
      if (cells.at(cell).given()) {
        citations_.push_back({.code = cells.at(cell).text,
                              .column = row.kind->columns[cell].name,
                              .line = row.line,
                              .kind = kPriceKind,
                              .row = index,
                              .in_price = field});
      }
    };
    cite(2, &PriceRow::partner);
    cite(4, &PriceRow::issuer);
    cite(5, &PriceRow::acquirer);
  }

  void take_cap(const CsvRow& row) {
    const auto& cells = row.cells;
    citations_.push_back({.code = cells[0].text,
                          .column = row.kind->columns[0].name,
                          .line = row.line,
                          .kind = kCapKind,
                          .row = rows_.caps.size()});
    rows_.caps.push_back({.partner = {},
                          .kind = static_cast<CapKind>(cells[1].number),
                          .span = static_cast<CapSpan>(cells[2].number),
                          .points = cells[3].number,
                          .from = cells[4].date(),
                          .to = until(cells[5]),
                          .line = row.line});
  }

  void take_expiry(const CsvRow& row) {
    const auto& cells = row.cells;
    rows_.expiries.push_back({.rule = {.policy = static_cast<ExpiryPolicy>(cells[0].number),
                                       .years = static_cast<int>(cells[1].number)},
                              .from = cells[2].month(),
                              .line = row.line});
  }

  static BusinessDate until(const Cell& to) {
    return to.given() ? to.date() : BusinessDate(BusinessDate::kCount);
  }

  void end() {
    std::vector<const ParticipantRow*> by_code;
    for (const ParticipantRow& row : rows_.participants) {
      by_code.push_back(&row);
    }
    const auto code_of = [](const ParticipantRow* row) -> std::string_view { return row->code; };
    std::ranges::sort(by_code, {}, code_of);
    for (const Citation& citation : citations_) {
      const auto found = std::ranges::lower_bound(by_code, citation.code, {}, code_of);
      if (found == by_code.end() || (*found)->code != citation.code) {
        if (!broken_) {  // The row that names it may be one that could not be read.
          csv_.fault(kRuleParticipant, citation.line, citation.column, citation.code,
                     "the code of a PARTICIPANT row");
        }
      } else if (citation.kind == kCapKind) {
        rows_.caps[citation.row].partner = (*found)->participant;
      } else if (citation.kind == kContractKind) {
        rows_.contracts[citation.row].*citation.in_contract = (*found)->participant;
      } else {
        rows_.prices[citation.row].*citation.in_price = (*found)->participant;
      }
    }
    const auto sender = std::ranges::lower_bound(by_code, csv_.header().sender, {}, code_of);
    const bool any_clearing = std::ranges::any_of(
        by_code, [](const ParticipantRow* row) { return row->kind == ParticipantKind::kClearing; });
    if (!broken_ && any_clearing && !csv_.header().sender.empty() &&
        (sender == by_code.end() || (*sender)->code != csv_.header().sender ||
         (*sender)->kind != ParticipantKind::kClearing)) {
      csv_.fault(kSenderRole, 1, "sender", csv_.header().sender, "the clearing of this book");
    }
  }

  const Reading& reading_;
  CsvReader csv_;
  RuleRows rows_;
  std::vector<Citation> citations_;
  bool broken_{false};
};

// Which columns a row must have, by its line: a price of this kind, or a contract.
std::string columns_at(const RuleRows& rows, std::uint32_t line) {
  for (const PriceRow& row : rows.prices) {
    if (row.line == line) {
      switch (row.kind) {
        case PriceKind::kInter:
          return "form, issuer and acquirer, or form, or none of them; no partner, block and min";
        case PriceKind::kSale:
        case PriceKind::kReimburse:
        case PriceKind::kCommission:
        case PriceKind::kBuy:
          return "partner; no form, issuer, acquirer, block and min";
        case PriceKind::kOut:
        case PriceKind::kIn:
          return "partner, block, min and a num from 1; no form, issuer and acquirer";
      }
    }
  }
  return "unit with type X, and only then";
}

std::string expected_of(const RuleRows& rows, const RuleFault& fault) {
  if (fault.code == RuleFaultCode::kColumnsOfKind) {
    return columns_at(rows, fault.line);
  }
  if (fault.code == RuleFaultCode::kExpiryOrder) {
    return "a month behind that of line " + std::to_string(fault.other_line);
  }
  return fault.other_line == 0 ? std::string()
                               : "no conflict with line " + std::to_string(fault.other_line);
}

}  // namespace

std::optional<RuleRows> read_rulebook(const Reading& reading) {
  FaultSink sink(reading.file.name(), reading.faults);
  return RulebookReader(reading, sink).run();
}

std::optional<RuleBook> load_rulebook(const Reading& reading) {
  FaultSink sink(reading.file.name(), reading.faults);
  std::optional<RuleRows> rows = RulebookReader(reading, sink).run();
  if (!rows) {
    return std::nullopt;
  }
  Result<RuleBook, std::vector<RuleFault>> book = RuleBook::build(*rows);
  if (book) {
    return std::move(book).value();
  }
  for (const RuleFault& fault : book.error()) {
    sink.add(fault_of(fault.code), fault.line, {}, {}, expected_of(*rows, fault));
  }
  return std::nullopt;
}

}  // namespace ph
