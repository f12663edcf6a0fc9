#include "app/verify/statements.h"

#include <algorithm>
#include <array>
#include <utility>

#include "app/verify/points.h"
#include "core/types/date.h"

namespace ph::verify {

namespace {

constexpr std::string_view kSuspenseColumns =
    "reason,sender,sequence,entry,kind,id,parent,member,counterparty,partner,points,units,"
    "age_days";
constexpr std::array<std::string_view, 6> kSuspenseReasons{
    "MISSING_HOME", "MISSING_ACQUIRER", "AMOUNT", "RATE", "AUTHORISATION", "PARENT"};

struct Waiting {
  std::uint64_t count{0};
  std::int64_t points{0};
};
// By participant: one entry a reason, in the reasons' order.
using Suspense = std::map<std::string, std::array<Waiting, kSuspenseReasons.size()>, std::less<>>;

Suspense read_suspense(std::string_view text, Report& report) {
  CsvReader row("suspense.csv", text, kSuspenseColumns, report);
  Suspense suspense;
  std::size_t previous = 0;
  while (row.next()) {
    if (!row.ok()) continue;
    const auto at = std::find(kSuspenseReasons.begin(), kSuspenseReasons.end(), row[0]);
    const auto reason = static_cast<std::size_t>(at - kSuspenseReasons.begin());
    if (at == kSuspenseReasons.end() || reason < previous) {
      row.fault("item " + std::string(row[5]) + ": not a reason, in the order of reasons");
      continue;
    }
    previous = reason;
    const std::int64_t points = row.integer(10);
    // Who sent it, or is named in it, once each.
    const std::array<std::string_view, 3> named{row[1], row[8], row[9]};
    for (std::size_t i = 0; i < named.size(); ++i) {
      if (named[i].empty() ||
          std::find(named.begin(), named.begin() + i, named[i]) != named.begin() + i) {
        continue;
      }
      Waiting& waiting = suspense[std::string(named[i])][reason];
      ++waiting.count;
      waiting.points += points;
    }
  }
  return suspense;
}

Json suspense_json(const Suspense& suspense, const std::string& code) {
  Json out = Json::array();
  const auto at = suspense.find(code);
  for (std::size_t i = 0; at != suspense.end() && i < kSuspenseReasons.size(); ++i) {
    const Waiting& waiting = at->second[i];
    if (waiting.count != 0) {
      Json entry;
      entry["reason"] = kSuspenseReasons[i];
      entry["count"] = waiting.count;
      entry["points"] = waiting.points;
      out.push_back(std::move(entry));
    }
  }
  return out;
}

std::map<std::string, Json, std::less<>> rollforward_json(std::string_view text) {
  Report ignored;  // The table's own faults are told where it is checked.
  const auto columns = split(kRollforwardColumns, ',');
  CsvReader row("rollforward.csv", text, kRollforwardColumns, ignored);
  std::map<std::string, Json, std::less<>> out;
  while (row.next()) {
    Json entry;
    for (std::size_t i = 1; row.ok() && i < columns.size(); ++i) {
      entry[std::string(columns[i])] = row.integer(i);
    }
    out[std::string(row[0])] = std::move(entry);
  }
  return out;
}

Json line_json(const Line& line, const std::string& counterparty) {
  Json out;
  out["counterparty"] = counterparty;
  out["reason"] = line.reason;
  out["version"] = line.version;
  out["unit"] = line.unit;
  out["quantity"] = line.quantity;
  out["price"] = line.price;
  out["exact"] = line.exact;
  out["fen"] = line.fen;
  out["residue"] = line.residue;
  out["items"] = line.items;
  out["prior_items"] = line.prior_items;
  out["prior_quantity"] = line.prior_quantity;
  out["first_leaf"] = line.first_leaf;
  return out;
}

std::vector<const Line*> lines_of(const std::vector<Line>& lines, const std::string& code) {
  std::vector<const Line*> out;
  for (const Line& line : lines) {
    if (line.debtor == code || line.creditor == code) {
      out.push_back(&line);
    }
  }
  return out;
}

// What can't be derived from the other outputs is taken from the statement itself.
Json statement_json(const Position& position, const std::vector<const Line*>& lines,
                    const StatementSources& sources, const Json& actual, Json rollforward,
                    Json suspense) {
  const auto own = [&](const char* key) {
    return actual.contains(key) ? actual.at(key) : Json(nullptr);
  };
  Json out;
  out["version"] = 1;
  out["period"] = sources.period.period;
  out["participant"] = position.participant;
  for (const char* key : {"number", "kind", "name_zh", "name_en", "calendar"}) {
    out[key] = own(key);
  }
  Json receivable = Json::array();
  Json payable = Json::array();
  for (const Line* line : lines) {
    if (line->creditor == position.participant) {
      receivable.push_back(line_json(*line, line->debtor));
    } else {
      payable.push_back(line_json(*line, line->creditor));
    }
  }
  out["receivable"] = std::move(receivable);
  out["receivable_total"] = position.receivable;
  out["payable"] = std::move(payable);
  out["payable_total"] = position.payable;
  out["net"] = position.net;
  out["brought_forward"] = position.brought_forward;
  out["carried_forward"] = position.carried_forward;
  out["pays"] = position.pays;
  out["receives"] = position.receives;
  out["suspense"] = std::move(suspense);
  out["rollforward"] = std::move(rollforward);
  out["tree_size"] = sources.period.tree_size;
  out["root"] = hex(sources.period.root);
  out["cutoff"] = hex(sources.period.cutoff);
  return out;
}

// What the statement says of itself and of the calendar: in form, and the same for everyone.
bool read_head(const Json& statement, const std::string& code, const std::string& close,
               StatementHeads& heads, std::int64_t& previous_number, Report& report) {
  const std::string file = "statements/" + code + ".json";
  for (const char* key : {"number", "kind", "name_zh", "name_en", "calendar"}) {
    if (!statement.is_object() || !statement.contains(key)) {
      report.fault(file, 0, "isn't a statement: it has no " + std::string(key));
      return false;
    }
  }
  Members calendar(statement["calendar"], {"close", "draft", "disputes", "final", "payment"}, file,
                   report);
  std::string days;
  std::string previous;
  for (const char* key : {"close", "draft", "disputes", "final", "payment"}) {
    const std::string day = calendar.text(key);
    if (calendar.ok() && (!BusinessDate::parse(day) || day <= previous)) {
      calendar.wrong("calendar." + std::string(key) + " isn't a date after the one before");
    }
    days.append(days.empty() ? "" : ",").append(day);
    previous = day;
  }
  if (calendar.ok() && calendar.text("close") != close) {
    calendar.wrong("calendar.close isn't the date of cutoff.csv, " + close);
  }
  if (heads.calendar.empty()) {
    heads.calendar = days;
  } else if (calendar.ok() && days != heads.calendar) {
    calendar.wrong("calendar isn't that of the other statements");
  }
  const Json& number = statement["number"];
  if (!number.is_number_integer() || number.get<std::int64_t>() <= previous_number) {
    report.fault(file, 0, "number doesn't ascend in the order of positions.csv");
    return true;
  }
  previous_number = number.get<std::int64_t>();
  std::string& head = heads.participants[code];
  head = std::to_string(previous_number);
  for (const char* key : {"kind", "name_zh", "name_en"}) {
    const Json& value = statement[key];
    head.append(",").append(value.is_string() ? value.get<std::string>() : compact(value));
  }
  return true;
}

std::optional<Line> read_line(const Json& entry, const std::string& code, bool receivable,
                              const std::string& file, Report& report) {
  Members m(entry,
            {"counterparty", "reason", "version", "unit", "quantity", "price", "exact", "fen",
             "residue", "items", "prior_items", "prior_quantity", "first_leaf"},
            file, report);
  Line line;
  line.debtor = receivable ? m.text("counterparty") : code;
  line.creditor = receivable ? code : m.text("counterparty");
  line.reason = m.text("reason");
  line.version = m.text("version");
  line.unit = m.text("unit");
  line.quantity = m.integer("quantity");
  line.price = m.text("price");
  line.exact = m.text("exact");
  line.fen = m.integer("fen");
  line.residue = m.text("residue");
  line.items = m.count("items");
  line.prior_items = m.count("prior_items");
  line.prior_quantity = m.integer("prior_quantity");
  line.first_leaf = m.count("first_leaf");
  if (!m.ok()) return std::nullopt;
  return line;
}

}  // namespace

std::string statement_csv(const std::vector<const Line*>& lines, const std::string& code) {
  std::string out = "side,counterparty," + std::string(kFigureColumns) + "\n";
  for (const bool receivable : {true, false}) {
    for (const Line* line : lines) {
      if ((line->creditor == code) != receivable) continue;
      out.append(receivable ? "receivable," : "payable,");
      out.append(receivable ? line->debtor : line->creditor);
      for (const std::string& field :
           {line->reason, line->version, line->unit, std::to_string(line->quantity), line->price,
            line->exact, std::to_string(line->fen), line->residue, std::to_string(line->items),
            std::to_string(line->prior_items), std::to_string(line->prior_quantity)}) {
        out.append(",").append(field);
      }
      out.append("\n");
    }
  }
  return out;
}

StatementHeads check_statements(Directory& directory, const StatementSources& sources,
                                Report& report) {
  const Claim claim(report);
  const Suspense suspense = read_suspense(sources.suspense, report);
  auto rollforward = rollforward_json(sources.rollforward);
  StatementHeads heads;
  std::int64_t previous_number = 0;
  for (const Position& position : sources.positions) {
    const std::string& code = position.participant;
    const std::string file = "statements/" + code;
    const auto lines = lines_of(sources.lines, code);
    if (const auto csv = directory.need(file + ".csv", report)) {
      expect_text(file + ".csv", *csv, statement_csv(lines, code), "lines.csv", report);
    }
    const auto text = directory.need(file + ".json", report);
    const auto json = text ? parse_canonical(file + ".json", *text, report) : std::nullopt;
    if (!json || !read_head(*json, code, sources.close, heads, previous_number, report)) continue;
    const auto flow = rollforward.find(code);
    const Json expected =
        statement_json(position, lines, sources, *json,
                       flow == rollforward.end() ? Json(nullptr) : std::move(flow->second),
                       suspense_json(suspense, code));
    const std::string what = difference(*json, expected);
    if (!what.empty()) {
      report.fault(file + ".json", 0, what);
    } else if (compact(expected) + "\n" != *text) {
      report.fault(file + ".json", 0, "a number is written otherwise than as an integer");
    }
  }
  claim.proven("statements: JSON and CSV of " + std::to_string(sources.positions.size()) +
               " participants are what lines, positions, suspense and roll-forward make of them");
  return heads;
}

std::optional<std::vector<Line>> read_statement(std::string_view text, const std::string& code,
                                                const Period& period, Report& report) {
  const std::string file = "statements/" + code + ".json";
  const auto json = parse_canonical(file, text, report);
  if (!json) return std::nullopt;
  Members m(*json,
            {"version", "period",        "participant", "number",          "kind",
             "name_zh", "name_en",       "calendar",    "receivable",      "receivable_total",
             "payable", "payable_total", "net",         "brought_forward", "carried_forward",
             "pays",    "receives",      "suspense",    "rollforward",     "tree_size",
             "root",    "cutoff"},
            file, report);
  if (m.text("period") != period.period) m.wrong("period isn't that of proof/period.json");
  if (m.text("participant") != code) m.wrong("participant isn't " + code);
  if (m.count("tree_size") != period.tree_size || m.digest("root") != period.root ||
      m.digest("cutoff") != period.cutoff) {
    m.wrong("tree_size, root or cutoff isn't that of proof/period.json");
  }
  std::vector<Line> lines;
  std::array<Int128, 2> totals{};
  for (const bool receivable : {true, false}) {
    for (const Json& entry : m.array(receivable ? "receivable" : "payable")) {
      auto line = read_line(entry, code, receivable, file, report);
      if (!line) return std::nullopt;
      totals[receivable ? 0 : 1] += line->fen;
      lines.push_back(std::move(*line));
    }
  }
  if (m.integer("receivable_total") != totals[0]) m.wrong("receivable_total isn't its lines' sum");
  if (m.integer("payable_total") != totals[1]) m.wrong("payable_total isn't its lines' sum");
  if (m.integer("net") != totals[0] - totals[1]) m.wrong("net isn't receivable less payable");
  if (!m.ok()) return std::nullopt;
  std::stable_sort(lines.begin(), lines.end(),
                   [](const Line& a, const Line& b) { return a.first_leaf < b.first_leaf; });
  return lines;
}

}  // namespace ph::verify
