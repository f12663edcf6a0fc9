#include "app/node/kpi_view.h"

#include <array>
#include <cstdint>
#include <sstream>
#include <vector>

#include "app/node/table.h"
#include "core/types/ratio.h"

namespace ph {

// A namespace of its own, as this file may be compiled together with others.
namespace kpi_tables {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kFenPerYuan = 100;

std::int64_t number_of(const std::string& cell) {
  return std::stoll(cell);
}

std::int64_t count_of(const Json& counts, const char* name) {
  return counts.value(name, std::int64_t{0});
}

// `num/den`; empty where there is nothing to divide by.
std::string fraction(Int128 num, Int128 den) {
  return den <= 0 ? std::string() : Ratio(num, den).text();
}

// Points of what leaves stand below 0 in the counts; a rate is of how many they are.
Json rates_json(const Json& counts) {
  const Int128 issued = count_of(counts, "issued");
  const Int128 had = count_of(counts, "opening") + issued;
  return {{"issue", fraction(issued * kFenPerYuan, count_of(counts, "spend_fen"))},
          {"redemption", fraction(-Int128{count_of(counts, "redeemed")}, had)},
          {"expiry", fraction(-Int128{count_of(counts, "expired")}, had)},
          {"active", fraction(count_of(counts, "active"), count_of(counts, "members"))},
          {"cost_of_a_point_fen",
           fraction(count_of(counts, "redeemed_fen"), count_of(counts, "redeemed_points"))}};
}

// A fraction with so many digits behind the point, half up.
std::string decimal(const std::string& of, int digits) {
  if (of.empty()) {
    return "-";
  }
  const std::size_t slash = of.find('/');
  const Int128 num = number_of(of.substr(0, slash));
  const Int128 den = slash == std::string::npos ? 1 : number_of(of.substr(slash + 1));
  std::int64_t scale = 1;
  for (int n = 0; n < digits; ++n) {
    scale *= 10;
  }
  const Int128 all = Ratio(num * scale, den).round_half_up();
  const auto shown = static_cast<std::int64_t>(all < 0 ? -all : all);
  std::string rest = std::to_string(shown % scale);
  rest.insert(0, static_cast<std::size_t>(digits) - rest.size(), '0');
  return (all < 0 ? "-" : "") + grouped(std::to_string(shown / scale)) + "." + rest;
}

std::string percent(const std::string& of) {
  if (of.empty()) {
    return "-";
  }
  const std::size_t slash = of.find('/');
  const Int128 num = number_of(of.substr(0, slash));
  const Int128 den = slash == std::string::npos ? 1 : number_of(of.substr(slash + 1));
  return decimal(Ratio(num * 100, den).text(), 2) + " %";
}

std::string signed_text(std::int64_t value) {
  return value < 0 ? "-" + grouped(std::to_string(-value)) : grouped(std::to_string(value));
}

std::string yuan(std::int64_t fen) {
  return decimal(Ratio(fen, kFenPerYuan).text(), 2);
}

std::string counts_table(const Json& counts) {
  const auto points = [&counts](const char* name) { return signed_text(count_of(counts, name)); };
  std::vector<Cells> rows{
      {"points", ""},
      {"  opening", points("opening")},
      {"  issued", points("issued")},
      {"  redeemed", points("redeemed")},
      {"  expired", points("expired")},
      {"  forfeited", points("forfeited")},
      {"  moved", points("moved")},
      {"  closing", points("closing")},
      {"members", points("members")},
      {"  active", points("active")},
      {"spend, yuan", yuan(count_of(counts, "spend_fen"))},
      {"cost of what was redeemed, yuan", yuan(count_of(counts, "redeemed_fen"))}};
  return table_of(rows);
}

std::string rates_table(const Json& rates) {
  const auto text = [&rates](const char* name) { return rates.at(name).get<std::string>(); };
  return table_of(
      {{"rates", "", ""},
       {"  issue: points for a yuan of spend", decimal(text("issue"), 3), text("issue")},
       {"  redemption: of opening + issued", percent(text("redemption")), text("redemption")},
       {"  expiry: of opening + issued", percent(text("expiry")), text("expiry")},
       {"  active members", percent(text("active")), text("active")},
       {"  cost of a point, fen", decimal(text("cost_of_a_point_fen"), 3),
        text("cost_of_a_point_fen")}});
}

// Names that begin so, each a row.
std::string named_table(const Json& counts, const char* title, const std::string& begin) {
  std::vector<Cells> rows{{title, "members"}};
  for (const auto& [name, value] : counts.items()) {
    if (name.rfind(begin, 0) == 0) {
      rows.push_back({"  " + name.substr(begin.size()), signed_text(value.get<std::int64_t>())});
    }
  }
  return rows.size() == 1 ? std::string() : "\n" + table_of(rows);
}

std::string liability_table(const Json& in) {
  std::vector<Cells> rows{{"liability", "earned in", "points"}};
  for (const Json& row : in.at("liability")) {
    const auto quarter = row.at("quarter").get<std::string>();
    rows.push_back({"  " + row.at("issuer").get<std::string>(), quarter == "-" ? "debts" : quarter,
                    signed_text(row.at("points").get<std::int64_t>())});
  }
  return rows.size() == 1 ? std::string() : "\n" + table_of(rows);
}

std::string breakage_table(const Json& in) {
  std::vector<Cells> rows{{"breakage", "points", "yuan"}};
  for (const Json& row : in.at("breakage")) {
    rows.push_back({"  " + row.at("issuer").get<std::string>(),
                    signed_text(row.at("points").get<std::int64_t>()),
                    yuan(row.at("fen").get<std::int64_t>())});
  }
  return rows.size() == 1 ? std::string() : "\n" + table_of(rows);
}

std::string queues_table(const Json& in) {
  std::vector<Cells> rows{
      {"queue", "calls", "answered", "in time", "of all", "target", "called back", "in its hours"}};
  for (const Json& row : in.at("queues")) {
    const auto value = [&row](const char* name) { return row.at(name).get<std::int64_t>(); };
    rows.push_back({"  " + row.at("queue").get<std::string>(), signed_text(value("calls")),
                    signed_text(value("answered")), signed_text(value("within")),
                    percent(fraction(value("within"), value("calls"))),
                    std::to_string(value("percent")) + " %", signed_text(value("called_back")),
                    signed_text(value("in_time"))});
  }
  return rows.size() == 1 ? std::string() : "\n" + table_of(rows);
}

Json json_of(const std::string& of, const std::string& file) {
  Json out{{"of", of},
           {"counts", Json::object()},
           {"rates", Json::object()},
           {"liability", Json::array()},
           {"breakage", Json::array()},
           {"queues", Json::array()}};
  std::istringstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const Cells cells = cells_of(line);
    if (cells.front() == "COUNT") {
      out["counts"][cells.at(1)] = number_of(cells.at(2));
    } else if (cells.front() == "LIABILITY") {
      out["liability"].push_back(
          {{"issuer", cells.at(1)}, {"quarter", cells.at(2)}, {"points", number_of(cells.at(3))}});
    } else if (cells.front() == "BREAKAGE") {
      out["breakage"].push_back({{"issuer", cells.at(1)},
                                 {"points", number_of(cells.at(2))},
                                 {"fen", number_of(cells.at(3))}});
    } else if (cells.front() == "QUEUE") {
      Json row{{"queue", cells.at(1)}};
      std::size_t at = 2;
      for (const char* name :
           {"calls", "answered", "within", "percent", "called_back", "in_time"}) {
        row[name] = number_of(cells.at(at++));
      }
      out["queues"].push_back(row);
    }
  }
  out["rates"] = rates_json(out["counts"]);
  return out;
}

std::string table(const std::string& json) {
  const Json in = Json::parse(json);
  const Json& counts = in.at("counts");
  return "figures of " + in.at("of").get<std::string>() + "\n\n" + counts_table(counts) + "\n" +
         rates_table(in.at("rates")) + named_table(counts, "grades that count", "grade-") +
         named_table(counts, "segments by spend", "segment-") + liability_table(in) +
         breakage_table(in) + queues_table(in) + "\n  file: " + in.at("path").get<std::string>() +
         "\n";
}

}  // namespace
}  // namespace kpi_tables

nlohmann::ordered_json kpi_json(const std::string& of, const std::string& file) {
  return kpi_tables::json_of(of, file);
}

std::string kpi_table(const std::string& json) {
  return kpi_tables::table(json);
}

}  // namespace ph
