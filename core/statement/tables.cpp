#include "core/statement/tables.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/statement/csv.h"

namespace ph {

namespace {

bool is_exchange(Kind kind) {
  return kind == Kind::kExchangeOut || kind == Kind::kExchangeIn ||
         kind == Kind::kPartnerExchangeOut || kind == Kind::kPartnerExchangeIn;
}

}  // namespace

std::string version_text(std::uint32_t version, std::uint32_t second) {
  if (version == 0) {
    return "";
  }
  return second == 0 ? std::to_string(version)
                     : std::to_string(version) + "+" + std::to_string(second);
}

std::string unit_of(const Line& line, const RuleBook& rules) {
  if (line.reason != Reason::kPurchase) {
    return "point";
  }
  std::string unit = "unit";
  BusinessDate from;
  for (const ContractRow& row : rules.rows().contracts) {
    if (row.partner == line.partner && !row.unit.empty() && row.from >= from) {
      from = row.from;
      unit = row.unit;
    }
  }
  return unit;
}

std::string reason_of(const Line& line, const RuleBook& rules, const Names& names) {
  return reason_text(line.reason, names.code(line.partner), unit_of(line, rules));
}

std::string cutoff_csv(const Cutoff& cutoff, const Names& names) {
  std::string out =
      "POINTHOUSE,CUTOFF,1," + names.code(kClearingHouse) + "," + cutoff.close.text() + ",0\n";
  out += "PERIOD," + cutoff.period.text() + "\n";
  out += "RULEBOOK," + hex(cutoff.rulebook) + "\n";
  out += "CALENDAR," + hex(cutoff.calendar) + "\n";
  for (const CutoffOpening& row : cutoff.openings) {
    out += "OPENING," + names.code(row.province) + "," + hex(row.digest) + "\n";
  }
  for (const CutoffSender& row : cutoff.senders) {
    out += "SENDER," + names.code(row.sender) + "," + std::to_string(row.sequence) + "," +
           hex(row.batch) + "\n";
  }
  out += "END," + std::to_string(3 + cutoff.openings.size() + cutoff.senders.size()) + ",0,0\n";
  return out;
}

std::string items_csv(const PeriodResult& result, const RuleBook& rules, const Names& names) {
  std::string out = "debtor,creditor,reason,version,id,quantity,fen,prior\n";
  out.reserve(out.size() + result.legs.size() * 72);
  const BusinessDate first = first_day(result.period);
  CsvLine csv(out);
  std::string id;
  std::string head;
  std::size_t leaf = 0;
  for (const Line& line : result.lines) {
    head = names.code(line.debtor) + "," + names.code(line.creditor) + "," +
           reason_of(line, rules, names) + "," + version_text(line.version, line.second);
    for (std::uint64_t n = 0; n < line.items; ++n, ++leaf) {
      const Leg& leg = result.legs[leaf];
      id.clear();
      names.append(id, leg.id);
      csv.text(head).text(id).number(leg.quantity);
      if (line.at_cost()) {
        csv.number(leg.fen);
      } else {
        csv.text("");
      }
      csv.text(leg.id.date < first ? "1" : "0").end();
    }
  }
  return out;
}

std::string lines_csv(const PeriodResult& result, const RuleBook& rules, const Names& names) {
  std::string out =
      "debtor,creditor,reason,version,unit,quantity,price,exact,fen,residue,items,prior_items,"
      "prior_quantity\n";
  CsvLine csv(out);
  for (const Line& line : result.lines) {
    csv.text(names.code(line.debtor))
        .text(names.code(line.creditor))
        .text(reason_of(line, rules, names))
        .text(version_text(line.version, line.second))
        .text(unit_of(line, rules))
        .number(line.quantity)
        .text(line.at_cost() ? "cost" : line.price.text())
        .text(line.exact.text())
        .number(line.fen)
        .text((line.exact - Ratio(line.fen, 1)).text())
        .number(line.items)
        .number(line.prior_items)
        .number(line.prior_quantity)
        .end();
  }
  return out;
}

std::string matrix_csv(const PeriodResult& result, const Names& names) {
  std::map<std::pair<Participant, Participant>, std::int64_t> cells;
  for (const Line& line : result.lines) {
    cells[{line.debtor, line.creditor}] += line.fen;
  }
  std::string out = "debtor,creditor,fen\n";
  CsvLine csv(out);
  for (const auto& [pair, fen] : cells) {
    csv.text(names.code(pair.first)).text(names.code(pair.second)).number(fen).end();
  }
  return out;
}

std::string positions_csv(const PeriodResult& result, const Names& names) {
  std::string out =
      "participant,receivable,payable,net,brought_forward,carried_forward,pays,receives\n";
  CsvLine csv(out);
  for (const Position& row : result.positions) {
    csv.text(names.code(row.participant))
        .number(row.receivable)
        .number(row.payable)
        .number(row.net)
        .number(row.brought_forward)
        .number(row.carried_forward)
        .number(row.pays)
        .number(row.receives)
        .end();
  }
  return out;
}

std::string ledger_csv(const PeriodResult& result, const RuleBook& rules, const Names& names) {
  std::string out = "line,entity,account,counterparty,debit,credit\n";
  CsvLine csv(out);
  std::size_t number = 0;
  for (const Line& line : result.lines) {
    ++number;
    if (line.fen == 0) {
      continue;
    }
    const std::string reason = reason_of(line, rules, names);
    const std::string& debtor = names.code(line.debtor);
    const std::string& creditor = names.code(line.creditor);
    const std::int64_t amount = line.fen < 0 ? -line.fen : line.fen;
    const auto put = [&](const std::string& entity, const std::string& account,
                         const std::string& counterparty, bool debit) {
      const bool left = debit == (line.fen > 0);
      csv.number(number).text(entity).text(account).text(counterparty);
      csv.number(left ? amount : 0).number(left ? 0 : amount).end();
    };
    put(debtor, "COST:" + reason, creditor, true);
    put(debtor, "PAYABLE:" + creditor, creditor, false);
    put(creditor, "RECEIVABLE:" + debtor, debtor, true);
    put(creditor, "INCOME:" + reason, debtor, false);
  }
  return out;
}

std::string suspense_csv(const PeriodResult& result, const Names& names) {
  std::string out =
      "reason,sender,sequence,entry,kind,id,parent,member,counterparty,partner,points,units,"
      "age_days\n";
  CsvLine csv(out);
  for (const SuspendedItem& row : result.suspended) {
    const Item& item = *row.record.item;
    csv.text(word(row.reason))
        .text(names.code(row.record.sender))
        .number(row.record.sequence)
        .number(item.entry)
        .text(word(item.kind))
        .text(names.text(item.id))
        .text(names.text(item.parent))
        .text(item.member.text())
        .text(names.code(item.counterparty))
        .text(names.code(item.partner))
        .number(item.points)
        .text(is_exchange(item.kind) ? std::to_string(item.units) : "")
        .number(result.dates.close.count() - item.id.date.count())
        .end();
  }
  return out;
}

std::string returned_csv(std::vector<ReturnedLine> lines, const Names& names) {
  std::ranges::stable_sort(lines, [](const ReturnedLine& a, const ReturnedLine& b) {
    return std::tie(a.sender, a.sequence, a.entry, a.by_clearing) <
           std::tie(b.sender, b.sequence, b.entry, b.by_clearing);
  });
  std::string out = "by,sender,sequence,entry,kind,id,code\n";
  CsvLine csv(out);
  for (const ReturnedLine& line : lines) {
    csv.text(line.by_clearing ? "clearing" : "home")
        .text(names.code(line.sender))
        .number(line.sequence)
        .number(line.entry)
        .text(line.kind)
        .text(names.text(line.id))
        .text(word(line.code))
        .end();
  }
  return out;
}

}  // namespace ph
