#include "app/node/view.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/node/run_view.h"
#include "app/node/table.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDaysShown = 14;

Json day_json(const SealedDay& day) {
  return {{"sequence", day.sequence},
          {"date", day.date.text()},
          {"state", day.receipt ? "receipted" : "sealed"},
          {"empty", day.empty},
          {"rows", day.rows},
          {"returned_by_us", day.returned},
          {"bytes", day.size},
          {"batch", hex(day.batch)},
          {"receipt", day.receipt ? day.receipt->text : ""},
          {"returned_by_clearing", day.receipt ? day.receipt->returned.size() : 0}};
}

Json programme_json(const ProgrammeStatus& programme) {
  Json versions = Json::array();
  for (const ProgrammeStatus::Version& version : programme.versions) {
    versions.push_back({{"version", version.version},
                        {"effective", version.effective.text()},
                        {"sha256", hex(version.blob)}});
  }
  return {{"code", programme.code},
          {"members", programme.members},
          {"accounts", programme.accounts},
          {"versions", versions}};
}

// The version that holds today: the last one whose day has come. Nothing before the first's.
std::string in_force(const Json& programme, const std::string& today) {
  std::string out;
  for (const Json& version : programme.at("versions")) {
    if (version.at("effective").get<std::string>() <= today) {
      out = std::to_string(version.at("version").get<int>());
    }
  }
  return out;
}

std::string programme_line(const Json& in) {
  const Json& programme = in.at("programme");
  const Json& last = programme.at("versions").back();
  const std::string held = in_force(programme, in.at("now").get<std::string>().substr(0, 10));
  return "  programme " + programme.at("code").get<std::string>() +
         (held.empty() ? "" : ", version " + held) + "; newest version " +
         std::to_string(last.at("version").get<int>()) + " from " +
         last.at("effective").get<std::string>() + "; members " +
         std::to_string(programme.at("members").get<std::uint64_t>()) + ", accounts " +
         std::to_string(programme.at("accounts").get<std::uint64_t>()) + "\n";
}

std::string cell(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

}  // namespace

std::string node_view_json(const NodeView& view) {
  const NodeStatus& status = view.status;
  Json out;
  out["node"] = status.code;
  out["now"] = view.now.text();
  out["connected"] = view.connected;
  out["key_refused"] = view.key_refused;
  out["rule_book"] = status.has_rules;
  out["opened"] = status.opening ? Json(status.opening->date.text()) : Json();
  out["next_sequence"] = status.next_sequence;
  out["sealed"] = status.sealed;
  out["receipted"] = status.receipted;
  out["advices"] = status.advices;
  out["journal_blocks"] = status.journal_blocks;
  if (status.open_day) {
    out["open_day"] = {{"sequence", status.open_day->sequence},
                       {"date", status.open_day->date.text()},
                       {"rows", status.open_day->rows},
                       {"posted", status.open_posted},
                       {"returned", status.open_returned}};
  }
  out["under_way"] = Json::array();
  for (const FlightStatus& flight : status.flights) {
    out["under_way"].push_back({{"sequence", flight.sequence},
                                {"state", word(flight.state)},
                                {"sent", flight.sent},
                                {"size", flight.size},
                                {"why", flight.why}});
  }
  if (!status.asking.empty()) {
    const IntentRecord& oldest = status.asking.front();
    out["asking"] = {{"count", status.asking.size()},
                     {"since", BusinessTime(oldest.asked).text()},
                     {"oldest", status.code + "/" + oldest.id.date.compact_text() + "/" +
                                    std::string(oldest.id.reference_text())},
                     {"home", oldest.member.first_home().number()}};
  }
  if (status.programme) {
    out["programme"] = programme_json(*status.programme);
  }
  for (const RunStatus& run : status.runs) {
    out["runs"].push_back(run_json(run));
  }
  out["waiting"] = Json::array();
  for (const auto& [file, why] : view.waiting) {
    out["waiting"].push_back({{"file", file}, {"why", why}});
  }
  out["alarms"] = status.alarms;
  out["days"] = Json::array();
  const std::vector<SealedDay>& days = view.province->sealed();
  for (std::size_t n = days.size() - std::min(days.size(), kDaysShown); n < days.size(); ++n) {
    out["days"].push_back(day_json(days[n]));
  }
  return out.dump() + "\n";
}

std::string node_view_table(const std::string& json) {
  const Json in = Json::parse(json);
  std::string out = "node " + in.at("node").get<std::string>() + "  " +
                    in.at("now").get<std::string>() + "  " +
                    (in.at("connected").get<bool>()
                         ? "connected to the clearing"
                         : (in.at("key_refused").get<bool>()
                                ? "NOT connected to the clearing: it does not admit our transport "
                                  "key today; see the days of the keys (pointhouse registry show) "
                                  "and keys.transport"
                                : "NOT connected to the clearing")) +
                    "\n";
  if (!in.at("rule_book").get<bool>()) {
    out += "  no rule book yet: drop the clearing's RULEBOOK file into the inbox\n";
  } else if (in.at("opened").is_null()) {
    out += "  not opened yet: drop the OPENING_LOTS file into the inbox\n";
  }
  out += "  next day file: sequence " + std::to_string(in.at("next_sequence").get<int>()) +
         "; sealed up to " + std::to_string(in.at("sealed").get<int>()) + ", receipts up to " +
         std::to_string(in.at("receipted").get<int>()) + ", advices " +
         std::to_string(in.at("advices").get<std::uint64_t>()) + "\n";
  if (in.contains("programme")) {
    out += programme_line(in);
  }
  for (const Json& alarm : in.at("alarms")) {
    out += "  ALARM: " + alarm.get<std::string>() + "\n";
  }
  for (const Json& file : in.at("waiting")) {
    out += "  waits in the inbox: " + file.at("file").get<std::string>() + ": " +
           file.at("why").get<std::string>() + "\n";
  }
  if (in.contains("asking")) {
    const Json& asking = in.at("asking");
    out += "  counters wait for " + std::to_string(asking.at("count").get<int>()) +
           " answers of other homes; the oldest is " + asking.at("oldest").get<std::string>() +
           ", asked since " + asking.at("since").get<std::string>() + " of the home with number " +
           std::to_string(asking.at("home").get<int>()) +
           ": if it stays, ask the clearing whether that home is connected\n";
  }
  if (in.contains("open_day")) {
    const Json& day = in.at("open_day");
    out += "  " + day.at("date").get<std::string>() +
           (day.at("posted").get<bool>() ? " is posted, and sealed when the day is over"
                                         : " is being posted") +
           "; rows sent back so far: " + std::to_string(day.at("returned").get<std::uint64_t>()) +
           " (node returned lists them)\n";
  }
  out += runs_under_way(in);
  out += "\n  sequence  date        state       rows      sent back  by the clearing\n";
  for (const Json& day : in.at("days")) {
    out += "  " + cell(std::to_string(day.at("sequence").get<int>()), 10) +
           cell(day.at("date").get<std::string>(), 12) +
           cell(day.at("state").get<std::string>(), 12) +
           cell(std::to_string(day.at("rows").get<std::uint64_t>()), 10) +
           cell(std::to_string(day.at("returned_by_us").get<std::uint64_t>()), 11) +
           std::to_string(day.at("returned_by_clearing").get<std::uint64_t>()) +
           (day.at("empty").get<bool>() ? "  (sealed empty: no file came)" : "") + "\n";
  }
  for (const Json& flight : in.at("under_way")) {
    out +=
        "  sequence " + std::to_string(flight.at("sequence").get<int>()) + " is " +
        flight.at("state").get<std::string>() + ", " +
        std::to_string(flight.at("sent").get<std::uint64_t>()) + " of " +
        std::to_string(flight.at("size").get<std::uint64_t>()) + " bytes sent" +
        (flight.at("why").get<std::string>().empty() ? ""
                                                     : ": " + flight.at("why").get<std::string>()) +
        "\n";
  }
  return out;
}

std::string returned_table(const std::string& json) {
  const Json in = Json::parse(json);
  std::istringstream file(in.at("rows").get<std::string>());
  std::vector<Cells> rows;
  for (std::string line; std::getline(file, line);) {
    rows.push_back(cells_of(line));
  }
  return in.at("date").get<std::string>() +
         (in.at("sealed").get<bool>() ? ", sealed" : ", open: so far") +
         "; rows sent back: " + std::to_string(rows.size() - 1) + "\n" +
         (rows.size() == 1 ? ""
                           : "\n" + table_of(rows) +
                                 "\n  What each code means: events.md, \"Codes of returned "
                                 "rows\". Bring what was wrong anew with the next day.\n");
}

std::string programme_view_table(const std::string& json) {
  const Json in = Json::parse(json);
  if (!in.contains("programme")) {
    return "no programme: drop its file, called *.toml, into the inbox\n";
  }
  const Json& programme = in.at("programme");
  const std::string held = in_force(programme, in.at("now").get<std::string>().substr(0, 10));
  std::string out = programme_line(in) + "\n  version  effective   state         sha256\n";
  bool past = !held.empty();
  for (const Json& version : programme.at("versions")) {
    const std::string number = std::to_string(version.at("version").get<int>());
    const bool holds = number == held;
    out += "  " + cell(number, 9) + cell(version.at("effective").get<std::string>(), 12) +
           cell(holds ? "in force" : (past ? "was in force" : "to come"), 14) +
           version.at("sha256").get<std::string>() + "\n";
    past = past && !holds;
  }
  return out;
}

}  // namespace ph
