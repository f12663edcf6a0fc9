// The tables of points: roll-forward, quarters, closing lots and debts; and the statements.
#include <algorithm>

#include "core/statement/csv.h"
#include "core/statement/tables.h"

namespace ph {

namespace {

struct QuarterRow {
  std::int64_t opening{};
  PointSums sums{};

  [[nodiscard]] bool any() const {
    return opening != 0 || sums.issued + sums.repaid != 0 || sums.redeemed != 0 ||
           sums.expired != 0 || sums.forfeited != 0 || sums.moved != 0;
  }
};

std::vector<QuarterRow> quarters_of(Participant issuer,
                                    const std::vector<const SenderBook*>& books) {
  std::vector<QuarterRow> rows(IssuerPoints::kDebtQuarter + 1);
  for (const SenderBook* book : books) {
    const IssuerPoints* points = book->ledger().issuer(issuer.number());
    if (points == nullptr) {
      continue;
    }
    for (std::size_t q = 0; q < rows.size(); ++q) {
      const PointSums& sums = points->period.at(q);
      rows[q].opening += points->opening.at(q);
      rows[q].sums.issued += sums.issued;
      rows[q].sums.redeemed += sums.redeemed;
      rows[q].sums.expired += sums.expired;
      rows[q].sums.forfeited += sums.forfeited;
      rows[q].sums.moved += sums.moved;
      rows[q].sums.repaid += sums.repaid;
    }
  }
  return rows;
}

// Points expired and forfeited at the default price of their batch's date, rounded once.
std::int64_t breakage_fen(Participant issuer, const std::vector<const SenderBook*>& books,
                          const RuleBook& rules) {
  Ratio exact;
  for (const SenderBook* book : books) {
    for (const auto& [key, points] : book->ledger().breakage()) {
      const PriceRow* price =
          key.first == issuer ? rules.inter_price(Form::kNone, {}, {}, key.second) : nullptr;
      if (price != nullptr) {
        exact = exact + price->ratio() * points;
      }
    }
  }
  return exact.round_half_up();
}

void put_sums(CsvLine& csv, std::int64_t opening, const PointSums& sums) {
  csv.number(opening)
      .number(sums.issued + sums.repaid)
      .number(sums.redeemed)
      .number(sums.expired)
      .number(sums.forfeited)
      .number(sums.moved)
      .number(opening + sums.total());
}

StatementLine statement_line(const Line& line, Participant counterparty, const RuleBook& rules,
                             const Names& names) {
  return {.counterparty = names.code(counterparty),
          .reason = reason_of(line, rules, names),
          .version = version_text(line.version, line.second),
          .unit = unit_of(line, rules),
          .quantity = line.quantity,
          .price = line.at_cost() ? "cost" : line.price.text(),
          .exact = line.exact.text(),
          .fen = line.fen,
          .residue = (line.exact - Ratio(line.fen, 1)).text(),
          .items = line.items,
          .prior_items = line.prior_items,
          .prior_quantity = line.prior_quantity,
          .first_leaf = line.first_leaf};
}

}  // namespace

RollForward rollforward_of(Participant issuer, const std::vector<const SenderBook*>& books,
                           const RuleBook& rules) {
  RollForward roll;
  for (const QuarterRow& row : quarters_of(issuer, books)) {
    roll.opening += row.opening;
    roll.issued += row.sums.issued + row.sums.repaid;
    roll.redeemed += row.sums.redeemed;
    roll.expired += row.sums.expired;
    roll.forfeited += row.sums.forfeited;
    roll.moved += row.sums.moved;
    roll.closing += row.opening + row.sums.total();
  }
  roll.breakage_fen = breakage_fen(issuer, books, rules);
  return roll;
}

std::string rollforward_csv(const std::vector<const SenderBook*>& books, const RuleBook& rules,
                            const Names& names) {
  std::string out = "issuer,opening,issued,redeemed,expired,forfeited,moved,closing,breakage_fen\n";
  CsvLine csv(out);
  for (const ParticipantRow& row : rules.participants()) {
    if (row.kind == ParticipantKind::kProvince) {
      const RollForward roll = rollforward_of(row.participant, books, rules);
      csv.text(names.code(row.participant))
          .number(roll.opening)
          .number(roll.issued)
          .number(roll.redeemed)
          .number(roll.expired)
          .number(roll.forfeited)
          .number(roll.moved)
          .number(roll.closing)
          .number(roll.breakage_fen)
          .end();
    }
  }
  return out;
}

std::string quarters_csv(const std::vector<const SenderBook*>& books, const RuleBook& rules,
                         const Names& names) {
  std::string out = "issuer,quarter,opening,issued,redeemed,expired,forfeited,moved,closing\n";
  CsvLine csv(out);
  for (const ParticipantRow& row : rules.participants()) {
    if (row.kind != ParticipantKind::kProvince) {
      continue;
    }
    const std::vector<QuarterRow> quarters = quarters_of(row.participant, books);
    for (std::size_t q = 0; q < quarters.size(); ++q) {
      if (quarters[q].any()) {
        const bool debt = q == IssuerPoints::kDebtQuarter;
        csv.text(names.code(row.participant));
        csv.text(debt ? "-" : Month(static_cast<std::uint16_t>(q * 3)).quarter_text());
        put_sums(csv, quarters[q].opening, quarters[q].sums);
        csv.end();
      }
    }
  }
  return out;
}

std::string_view closing_lots_head() {
  return "home,lot,member,issuer,earned_month,expires_on,source,rating,original,remaining\n";
}

std::string closing_lots_of(const SenderBook& book, const Names& names) {
  const std::vector<LotState>& all = book.ledger().lots();
  std::vector<std::pair<LotId, std::uint32_t>> lots;
  lots.reserve(all.size());
  for (std::uint32_t n = 0; n < all.size(); ++n) {
    if (all[n].remaining > 0 || all[n].shown) {
      lots.emplace_back(all[n].lot, n);
    }
  }
  std::ranges::sort(lots);
  std::vector<std::string> months(Month::kCount);
  std::vector<std::string> dates(BusinessDate::kCount + 1);
  const auto cached = [](std::vector<std::string>& texts, auto value) -> const std::string& {
    std::string& text = texts.at(value.count());
    if (text.empty()) {
      text = value.text();
    }
    return text;
  };
  std::string out;
  out.reserve(lots.size() * 88);
  CsvLine csv(out);
  std::string id;
  for (const auto& [lot_id, n] : lots) {
    const LotState* lot = &all[n];
    id.clear();
    names.append(id, lot->lot);
    csv.text(names.code(book.sender()))
        .text(id)
        .text(lot->member.text())
        .text(names.code(lot->lot.participant()))
        .text(cached(months, lot->earned_month))
        .text(cached(dates, lot->expires_on))
        .text(word(lot->source))
        .number(lot->rating)
        .number(lot->original)
        .number(lot->remaining)
        .end();
  }
  return out;
}

std::string closing_debts_csv(const std::vector<const SenderBook*>& books, const Names& names) {
  std::string out = "home,member,issuer,points\n";
  CsvLine csv(out);
  for (const SenderBook* book : books) {
    for (const auto& [key, points] : book->ledger().debts()) {
      csv.text(names.code(book->sender()))
          .text(key.first.text())
          .text(names.code(key.second))
          .number(points)
          .end();
    }
  }
  return out;
}

std::vector<Statement> statements_of(const PeriodResult& result,
                                     const std::vector<const SenderBook*>& books,
                                     const RuleBook& rules, const Names& names) {
  std::vector<Statement> statements;
  for (std::size_t n = 0; n < result.positions.size(); ++n) {
    const Position& position = result.positions[n];
    const ParticipantRow& row = rules.participants()[n];
    Statement statement{.period = result.period,
                        .participant = row.code,
                        .number = row.participant,
                        .kind = row.kind,
                        .name_zh = row.name_zh,
                        .name_en = row.name_en,
                        .calendar = result.dates,
                        .receivable_total = position.receivable,
                        .payable_total = position.payable,
                        .net = position.net,
                        .brought_forward = position.brought_forward,
                        .carried_forward = position.carried_forward,
                        .pays = position.pays,
                        .receives = position.receives};
    for (const Line& line : result.lines) {
      if (line.creditor == row.participant) {
        statement.receivable.push_back(statement_line(line, line.debtor, rules, names));
      }
      if (line.debtor == row.participant) {
        statement.payable.push_back(statement_line(line, line.creditor, rules, names));
      }
    }
    for (const SuspendedItem& item : result.suspended) {
      const Item& what = *item.record.item;
      if (item.record.sender == row.participant || what.counterparty == row.participant ||
          what.partner == row.participant) {
        if (statement.suspense.empty() || statement.suspense.back().reason != word(item.reason)) {
          statement.suspense.push_back({.reason = std::string(word(item.reason))});
        }
        ++statement.suspense.back().count;
        statement.suspense.back().points += what.points;
      }
    }
    if (row.kind == ParticipantKind::kProvince) {
      statement.rollforward = rollforward_of(row.participant, books, rules);
    }
    statements.push_back(std::move(statement));
  }
  return statements;
}

}  // namespace ph
