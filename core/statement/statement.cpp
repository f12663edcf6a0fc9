#include "core/statement/statement.h"

namespace ph {

namespace {

// Appends canonical JSON. Strings here are codes, words and names: control characters never reach
// them.
class Json {
 public:
  explicit Json(std::string& out) : out_(out) {}

  Json& raw(std::string_view text) {
    out_.append(text);
    return *this;
  }
  Json& key(std::string_view name) {
    if (!out_.empty() && out_.back() != '{' && out_.back() != '[') {
      out_.push_back(',');
    }
    string(name);
    out_.push_back(':');
    return *this;
  }
  Json& string(std::string_view text) {
    out_.push_back('"');
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        out_.push_back('\\');
      }
      out_.push_back(c);
    }
    out_.push_back('"');
    return *this;
  }
  Json& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  Json& field(std::string_view name, const char* text) { return key(name).string(text); }
  Json& number(std::string_view name, std::int64_t value) {
    return key(name).raw(std::to_string(value));
  }
  Json& number(std::string_view name, std::uint64_t value) {
    return key(name).raw(std::to_string(value));
  }

 private:
  std::string& out_;
};

void put_lines(Json& json, std::string_view name, const std::vector<StatementLine>& lines) {
  json.key(name).raw("[");
  bool first = true;
  for (const StatementLine& line : lines) {
    json.raw(first ? "{" : ",{");
    first = false;
    json.field("counterparty", line.counterparty)
        .field("reason", line.reason)
        .field("version", line.version)
        .field("unit", line.unit)
        .number("quantity", line.quantity)
        .field("price", line.price)
        .field("exact", line.exact)
        .number("fen", line.fen)
        .field("residue", line.residue)
        .number("items", line.items)
        .number("prior_items", line.prior_items)
        .number("prior_quantity", line.prior_quantity)
        .number("first_leaf", line.first_leaf)
        .raw("}");
  }
  json.raw("]");
}

void put_calendar(Json& json, const PeriodDates& dates) {
  json.key("calendar").raw("{");
  json.field("close", dates.close.text())
      .field("draft", dates.draft.text())
      .field("disputes", dates.disputes.text())
      .field("final", dates.final.text())
      .field("payment", dates.payment.text())
      .raw("}");
}

void put_rollforward(Json& json, const std::optional<RollForward>& roll) {
  json.key("rollforward");
  if (!roll) {
    json.raw("null");
    return;
  }
  json.raw("{")
      .number("opening", roll->opening)
      .number("issued", roll->issued)
      .number("redeemed", roll->redeemed)
      .number("expired", roll->expired)
      .number("forfeited", roll->forfeited)
      .number("moved", roll->moved)
      .number("closing", roll->closing)
      .number("breakage_fen", roll->breakage_fen)
      .raw("}");
}

void put_csv_line(std::string& out, std::string_view side, const StatementLine& line) {
  const auto put = [&out](std::string_view text) { out.append(",").append(text); };
  out.append(side);
  put(line.counterparty);
  put(line.reason);
  put(line.version);
  put(line.unit);
  put(std::to_string(line.quantity));
  put(line.price);
  put(line.exact);
  put(std::to_string(line.fen));
  put(line.residue);
  put(std::to_string(line.items));
  put(std::to_string(line.prior_items));
  put(std::to_string(line.prior_quantity));
  out.push_back('\n');
}

}  // namespace

std::string statement_json(const Statement& statement) {
  std::string out = "{";
  Json json(out);
  json.number("version", std::int64_t{1})
      .field("period", statement.period.text())
      .field("participant", statement.participant)
      .number("number", std::uint64_t{statement.number.number()})
      .field("kind", word(statement.kind))
      .field("name_zh", statement.name_zh)
      .field("name_en", statement.name_en);
  put_calendar(json, statement.calendar);
  put_lines(json, "receivable", statement.receivable);
  json.number("receivable_total", statement.receivable_total);
  put_lines(json, "payable", statement.payable);
  json.number("payable_total", statement.payable_total)
      .number("net", statement.net)
      .number("brought_forward", statement.brought_forward)
      .number("carried_forward", statement.carried_forward)
      .number("pays", statement.pays)
      .number("receives", statement.receives);
  json.key("suspense").raw("[");
  bool first = true;
  for (const SuspenseCount& row : statement.suspense) {
    json.raw(first ? "{" : ",{");
    first = false;
    json.field("reason", row.reason).number("count", row.count).number("points", row.points);
    json.raw("}");
  }
  json.raw("]");
  put_rollforward(json, statement.rollforward);
  json.number("tree_size", statement.tree_size)
      .field("root", hex(statement.root))
      .field("cutoff", hex(statement.cutoff));
  out.append("}\n");
  return out;
}

std::string statement_csv(const Statement& statement) {
  std::string out =
      "side,counterparty,reason,version,unit,quantity,price,exact,fen,residue,items,prior_items,"
      "prior_quantity\n";
  for (const StatementLine& line : statement.receivable) {
    put_csv_line(out, "receivable", line);
  }
  for (const StatementLine& line : statement.payable) {
    put_csv_line(out, "payable", line);
  }
  return out;
}

}  // namespace ph
