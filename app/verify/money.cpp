#include "app/verify/money.h"

#include <algorithm>
#include <map>
#include <utility>

namespace ph::verify {

namespace {

using Cell = std::pair<std::string, std::string>;

std::map<Cell, Int128> cells_of(const std::vector<Line>& lines) {
  std::map<Cell, Int128> cells;
  for (const Line& line : lines) {
    cells[{line.debtor, line.creditor}] += line.fen;
  }
  return cells;
}

void append_row(std::string& out, std::size_t number, std::string_view entity,
                const std::string& account, std::string_view counterparty, bool debit, Int128 fen) {
  out.append(std::to_string(number)).append(",").append(entity).append(",").append(account);
  out.append(",").append(counterparty).append(",");
  out.append(debit ? text_of(fen) : "0").append(",").append(debit ? "0" : text_of(fen));
  out.append("\n");
}

// The payments that the figures allow: netted, gross, or carried (docs/events.md, section 5). Which
// of them applies stands in the contract, not in the outputs.
bool payments_allowed(const Position& p) {
  using Pair = std::pair<std::int64_t, std::int64_t>;
  const Pair paid{p.pays, p.receives};
  const std::int64_t due = p.net + p.brought_forward;
  const Pair netted{std::max<std::int64_t>(-due, 0), std::max<std::int64_t>(due, 0)};
  const Pair gross{std::max<std::int64_t>(p.payable, 0) + std::max<std::int64_t>(-p.receivable, 0),
                   std::max<std::int64_t>(p.receivable, 0) + std::max<std::int64_t>(-p.payable, 0)};
  const bool carried = p.carried_forward == std::min<std::int64_t>(due, 0) &&
                       (due < 0 ? paid == Pair{0, 0} : paid == netted || paid == gross);
  const bool plain =
      p.brought_forward == 0 && p.carried_forward == 0 && (paid == netted || paid == gross);
  return carried || plain;
}

}  // namespace

std::vector<Position> read_positions(std::string_view text, Report& report) {
  CsvReader row("positions.csv", text, kPositionColumns, report);
  std::vector<Position> positions;
  while (row.next()) {
    if (!row.ok()) continue;
    positions.push_back({std::string(row[0]), row.integer(1), row.integer(2), row.integer(3),
                         row.integer(4), row.integer(5), row.integer(6), row.integer(7),
                         row.line()});
  }
  return positions;
}

void check_matrix(std::string_view text, const std::vector<Line>& lines,
                  const Participants& participants, Report& report) {
  std::vector<std::pair<std::pair<std::size_t, std::size_t>, std::string>> rows;
  for (const auto& [cell, fen] : cells_of(lines)) {
    const auto debtor = participants.place(cell.first);
    const auto creditor = participants.place(cell.second);
    if (!debtor || !creditor) return;  // A fault of lines.csv, reported there.
    rows.push_back({{*debtor, *creditor}, cell.first + "," + cell.second + "," + text_of(fen)});
  }
  std::sort(rows.begin(), rows.end());
  std::string expected = "debtor,creditor,fen\n";
  for (const auto& [place, row] : rows) {
    expected.append(row).append("\n");
  }
  const Claim claim(report);
  expect_text("matrix.csv", text, expected, "the sums of lines.csv", report);
  claim.proven("matrix.csv: every cell is the sum of its lines");
}

void check_positions(const std::vector<Position>& positions, const std::vector<Line>& lines,
                     std::string_view clearing, Report& report) {
  const Claim claim(report);
  std::map<std::string_view, Int128> receivable;
  std::map<std::string_view, Int128> payable;
  for (const Line& line : lines) {
    receivable[line.creditor] += line.fen;
    payable[line.debtor] += line.fen;
  }
  Int128 nets = 0;
  Int128 pays = 0;
  Int128 receives = 0;
  for (const Position& p : positions) {
    const auto wrong = [&](std::string_view column, Int128 is, Int128 derived) {
      if (is == derived) return;
      report.fault("positions.csv", p.at_line,
                   p.participant + ": " + std::string(column) + " is " + text_of(is) +
                       "; lines.csv gives " + text_of(derived));
    };
    wrong("receivable", p.receivable, receivable[p.participant]);
    wrong("payable", p.payable, payable[p.participant]);
    wrong("net", p.net, receivable[p.participant] - payable[p.participant]);
    nets += p.net;
    if (p.participant == clearing) continue;
    pays += p.pays;
    receives += p.receives;
    if (!payments_allowed(p)) {
      report.fault("positions.csv", p.at_line,
                   p.participant + ": pays, receives and carried_forward don't follow from net");
    }
  }
  if (nets != 0) {
    report.fault("positions.csv", 0, "the nets add up to " + text_of(nets) + ", not 0");
  }
  for (const Position& p : positions) {
    if (p.participant == clearing && (p.pays != receives || p.receives != pays ||
                                      p.brought_forward != 0 || p.carried_forward != 0)) {
      report.fault("positions.csv", p.at_line,
                   p.participant + ": pays and receives must be the others' sums " +
                       text_of(receives) + " and " + text_of(pays));
    }
  }
  claim.proven("positions.csv: nets follow from the lines and add up to 0");
}

void check_brought_forward(const std::vector<Position>& positions,
                           const std::vector<Position>& previous, Report& report) {
  const Claim claim(report);
  std::map<std::string_view, std::int64_t> carried;
  for (const Position& p : previous) {
    carried[p.participant] = p.carried_forward;
  }
  for (const Position& p : positions) {
    if (p.brought_forward != carried[p.participant]) {
      report.fault("positions.csv", p.at_line,
                   p.participant + ": brought_forward is " + text_of(p.brought_forward) +
                       "; the period before carried " + text_of(carried[p.participant]));
    }
  }
  claim.proven("positions.csv: brought_forward is what the previous period carried forward");
}

void check_ledger(std::string_view text, const std::vector<Line>& lines, Report& report) {
  const Claim claim(report);
  std::string expected = "line,entity,account,counterparty,debit,credit\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    if (line.fen == 0) continue;
    const bool up = line.fen > 0;
    const Int128 fen = up ? line.fen : -line.fen;
    append_row(expected, i + 1, line.debtor, "COST:" + line.reason, line.creditor, up, fen);
    append_row(expected, i + 1, line.debtor, "PAYABLE:" + line.creditor, line.creditor, !up, fen);
    append_row(expected, i + 1, line.creditor, "RECEIVABLE:" + line.debtor, line.debtor, up, fen);
    append_row(expected, i + 1, line.creditor, "INCOME:" + line.reason, line.debtor, !up, fen);
  }
  expect_text("ledger.csv", text, expected, "the lines", report);
  // The same from the ledger's side: balances of entities, and of payables against the cells.
  Report ignored;
  CsvReader row("ledger.csv", text, expected.substr(0, expected.find('\n')), ignored);
  std::map<std::string, Int128> balances;
  auto cells = cells_of(lines);
  while (row.next()) {
    if (!row.ok()) continue;
    const Int128 balance = Int128{row.integer(4)} - row.integer(5);
    balances[std::string(row[1])] += balance;
    if (row[2] == "PAYABLE:" + std::string(row[3])) {
      cells[{std::string(row[1]), std::string(row[3])}] += balance;
    }
  }
  for (const auto& [entity, balance] : balances) {
    if (balance != 0) {
      report.fault("ledger.csv", 0, entity + ": debits less credits are " + text_of(balance));
    }
  }
  for (const auto& [cell, rest] : cells) {
    if (rest != 0) {
      report.fault("ledger.csv", 0,
                   "what " + cell.first + " owes " + cell.second + " differs from the cell by " +
                       text_of(rest));
    }
  }
  claim.proven("ledger.csv: balanced for every entity, and equal to the cells");
}

}  // namespace ph::verify
