#include "app/clearing/view.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "app/settle/report.h"
#include "core/statement/names.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

// Ages in days, as finance chases them: up to each of these, then beyond.
constexpr std::array<int, 4> kAges{1, 7, 30, 90};
// Items sent back that one answer lists.
constexpr std::size_t kReturnedShownMax = 10'000;
constexpr std::size_t kDaysShownMax = 400;

std::size_t returned_count(const SenderState* state) {
  std::size_t count = 0;
  if (state != nullptr) {
    for (const TakenBatch& batch : state->batches) {
      count += batch.returned.size();
    }
  }
  return count;
}

// What a batch was made of: sealed here, or at its sender.
std::string_view origin_of(const BatchTaken& taken) {
  if (taken.live_alone()) {
    return "API";
  }
  return taken.source == Digest{} ? "SENT" : "FILE";
}

Json participant_json(const Clearing& clearing, const ParticipantRow& row,
                      const ClearingViewInput& input) {
  const ClearingHouse& house = clearing.house();
  const SenderState* state = house.sender(row.participant);
  const PeerStatus peer = clearing.exchange().status(row.code);
  Json out;
  out["code"] = row.code;
  out["kind"] = word(row.kind);
  out["last_sequence"] = state == nullptr ? 0 : state->last();
  out["last_date"] = state == nullptr || state->batches.empty()
                         ? Json()
                         : Json(state->batches.back().taken.date.text());
  out["taken_at"] =
      state == nullptr || state->batches.empty() ? Json() : Json(state->batches.back().at.text());
  out["returned_last"] =
      state == nullptr || state->batches.empty() ? 0 : state->batches.back().returned.size();
  out["returned"] = returned_count(state);
  out["sealed_from"] = state == nullptr || state->batches.empty()
                           ? Json()
                           : Json(origin_of(state->batches.back().taken));
  out["in_period"] = house.last_in_period(row.participant);
  out["overdue_days"] = row.kind == ParticipantKind::kProvince
                            ? clearing.overdue_days(row.participant, input.now)
                            : 0;
  out["silent_s"] = peer.heard_ms ? Json((input.steady_ms - *peer.heard_ms) / 1000) : Json();
  out["staging"] = peer.staging;
  out["staged"] = peer.staged;
  out["held"] = peer.held;
  out["last_refusal"] = peer.last_refusal;
  return out;
}

Json gateways_json(const Clearing& clearing, std::int64_t steady_ms) {
  Json out = Json::array();
  for (const std::string& code : clearing.settings().gateways) {
    const auto heard_ms = clearing.exchange().status(code).heard_ms;
    out.push_back({{"code", code},
                   {"counts", clearing.is_gateway(code)},
                   {"silent_s", heard_ms ? Json((steady_ms - *heard_ms) / 1000) : Json()}});
  }
  return out;
}

int age_bucket(int days) {
  for (std::size_t n = 0; n < kAges.size(); ++n) {
    if (days <= kAges.at(n)) {
      return static_cast<int>(n);
    }
  }
  return static_cast<int>(kAges.size());
}

void put_running(Json& out, const ClearingHouse& house, BusinessTime now) {
  const Month period = *house.open_period();
  const auto dates = house.calendar().dates_of(period);
  if (!dates) {
    return;
  }
  const PeriodResult result = house.settlement().preview(period, *dates);
  out["positions"] = Json::array();
  for (const Position& row : result.positions) {
    out["positions"].push_back({{"code", house.rules().code(row.participant)},
                                {"receivable", row.receivable},
                                {"payable", row.payable},
                                {"net", row.net}});
  }
  std::map<std::uint8_t, std::array<std::int64_t, kAges.size() + 1>> ages;
  std::map<std::uint8_t, std::string> words;
  for (const SuspendedItem& item : result.suspended) {
    const auto reason = static_cast<std::uint8_t>(item.reason);
    const int days = now.date().count() - item.record.item->id.date.count();
    ++ages[reason].at(static_cast<std::size_t>(age_bucket(days)));
    words[reason] = std::string(word(item.reason));
  }
  out["suspense"] = Json::array();
  for (const auto& [reason, counts] : ages) {
    out["suspense"].push_back({{"reason", words[reason]}, {"by_age", counts}});
  }
  out["ages"] = kAges;
}

std::string cell(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() >= width ? " " + text : std::string(width - text.size(), ' ') + text;
}

std::string or_dash(const Json& value) {
  return value.is_null() ? "-" : value.get<std::string>();
}

void put_participants(std::string& out, const Json& in) {
  out += "\n  participant  last  date        overdue  heard      note\n";
  for (const Json& row : in.at("participants")) {
    const Json& silent = row.at("silent_s");
    const int overdue = row.at("overdue_days").get<int>();
    std::string note;
    if (!row.at("held").empty()) {
      note += "holds " + row.at("held").dump() + ", sequence " +
              std::to_string(row.at("last_sequence").get<int>() + 1) + " is missing  ";
    }
    if (row.at("staging").get<int>() != 0) {
      note += "receiving " + std::to_string(row.at("staging").get<int>()) + "  ";
    }
    if (const auto count = row.at("returned_last").get<std::uint64_t>(); count > 0) {
      note += std::to_string(count) + " items of sequence " +
              std::to_string(row.at("last_sequence").get<int>()) + " were sent back  ";
    }
    if (row.at("sealed_from") == "API") {
      note += "sealed from the events of the API  ";
    }
    if (const auto refusal = row.at("last_refusal").get<std::string>(); !refusal.empty()) {
      note += "refused " + refusal;
    }
    // A partner brings files unless it has a connection of its own.
    const char* never = row.at("kind") == "PROVINCE" ? "never" : "by file";
    out += "  " + cell(row.at("code").get<std::string>(), 13) +
           cell(std::to_string(row.at("last_sequence").get<int>()), 6) +
           cell(or_dash(row.at("last_date")), 12) +
           cell(overdue == 0 ? "" : std::to_string(overdue) + " d", 9) +
           cell(silent.is_null() ? never : std::to_string(silent.get<int>()) + " s ago", 11) +
           note + "\n";
  }
}

void put_gateways(std::string& out, const Json& in) {
  out += in.at("gateways").empty()
             ? "\n  no gateway: wire.gateways names none, so nobody may ask for partners\n"
             : "\n  gateway      heard\n";
  for (const Json& row : in.at("gateways")) {
    const Json& silent = row.at("silent_s");
    out += "  " + cell(row.at("code").get<std::string>(), 13) +
           (!row.at("counts").get<bool>()
                ? "doesn't count: a participant of the rule book has this code\n"
            : silent.is_null() ? "never\n"
                               : std::to_string(silent.get<int>()) + " s ago\n");
  }
}

void put_unsealed(std::string& out, const Json& in) {
  out += in.at("unsealed").empty() ? "" : "\n";
  for (const Json& row : in.at("unsealed")) {
    const auto waits = row.at("waits").get<std::string>();
    out += "  " + row.at("code").get<std::string>() + ": " +
           std::to_string(row.at("events").get<std::uint64_t>()) +
           " events of the API are in no batch; " + row.at("date").get<std::string>() +
           " is sealed " +
           (waits.empty() ? "at " + row.at("due").get<std::string>() +
                                ", or with a file of it that comes before\n"
                          : "when this is over: " + waits + "\n");
  }
}

void put_suspense(std::string& out, const Json& in) {
  if (!in.contains("suspense")) {
    return;
  }
  out += "\n  suspense          up to 1 d      7 d     30 d     90 d     more\n";
  for (const Json& row : in.at("suspense")) {
    out += "  " + cell(row.at("reason").get<std::string>(), 18);
    for (const Json& count : row.at("by_age")) {
      out += right(std::to_string(count.get<std::int64_t>()), 9);
    }
    out += "\n";
  }
  out += "\n  running positions    receivable          payable              net (yuan)\n";
  for (const Json& row : in.at("positions")) {
    if (row.at("receivable").get<std::int64_t>() == 0 &&
        row.at("payable").get<std::int64_t>() == 0) {
      continue;
    }
    out += "  " + cell(row.at("code").get<std::string>(), 14) +
           right(yuan(row.at("receivable").get<std::int64_t>()), 17) +
           right(yuan(row.at("payable").get<std::int64_t>()), 17) +
           right(yuan(row.at("net").get<std::int64_t>()), 17) + "\n";
  }
}

}  // namespace

std::string clearing_view_json(const ClearingViewInput& input) {
  const ClearingHouse& house = input.clearing->house();
  Json out;
  out["now"] = input.now.text();
  out["period"] = house.open_period() ? Json(house.open_period()->text()) : Json();
  const auto dates =
      house.open_period() ? house.calendar().dates_of(*house.open_period()) : std::nullopt;
  out["cut_off"] = dates ? Json(end_of(dates->close).text()) : Json();
  out["journal_blocks"] = input.clearing->last_block();
  out["closed"] = Json::array();
  for (const auto& [month, cutoff] : house.closed()) {
    out["closed"].push_back({{"period", month.text()}, {"cutoff", hex(cutoff)}});
  }
  out["waiting"] = Json::array();
  for (const auto& [file, why] : input.waiting) {
    out["waiting"].push_back({{"file", file}, {"why", why}});
  }
  out["gateways"] = gateways_json(*input.clearing, input.steady_ms);
  out["unsealed"] = Json::array();
  out["participants"] = Json::array();
  if (house.has_rules()) {
    for (const ParticipantRow& row : house.rules().participants()) {
      if (row.kind != ParticipantKind::kClearing) {
        out["participants"].push_back(participant_json(*input.clearing, row, input));
      }
    }
    for (const Clearing::LiveDay& day : input.clearing->live_days(input.now)) {
      out["unsealed"].push_back({{"code", house.rules().code(day.partner)},
                                 {"date", day.date.text()},
                                 {"sequence", day.sequence},
                                 {"events", day.items},
                                 {"due", day.due.text()},
                                 {"waits", day.waits}});
    }
    if (house.open_period()) {
      put_running(out, house, input.now);
    }
  }
  return out.dump() + "\n";
}

std::string clearing_view_table(const std::string& json) {
  const Json in = Json::parse(json);
  std::string out = "clearing  " + in.at("now").get<std::string>() + "  open period " +
                    or_dash(in.at("period")) + ", cut-off " + or_dash(in.at("cut_off")) + "\n";
  if (in.at("participants").empty()) {
    out += "  no rule book yet: drop the RULEBOOK file into the inbox\n";
  }
  for (const Json& file : in.at("waiting")) {
    out += "  waits in the inbox: " + file.at("file").get<std::string>() + ": " +
           file.at("why").get<std::string>() + "\n";
  }
  put_participants(out, in);
  put_gateways(out, in);
  put_unsealed(out, in);
  put_suspense(out, in);
  return out;
}

std::string days_json(const ClearingHouse& house, Participant participant) {
  Json out;
  out["code"] = house.rules().code(participant);
  out["days"] = Json::array();
  const SenderState* state = house.sender(participant);
  for (std::size_t n = state == nullptr ? 0 : state->batches.size();
       n > 0 && out["days"].size() < kDaysShownMax; --n) {
    const TakenBatch& batch = state->batches[n - 1];
    out["days"].push_back({{"sequence", batch.taken.sequence},
                           {"date", batch.taken.date.text()},
                           {"from", origin_of(batch.taken)},
                           {"items", view_of(state->blobs[n - 1].bytes()).header.items},
                           {"returned", batch.returned.size()},
                           {"taken_at", batch.at.text()},
                           {"batch", hex(batch.taken.batch)}});
  }
  return out.dump() + "\n";
}

std::string days_csv(const std::string& json) {
  const Json in = Json::parse(json);
  std::string out = "sequence,date,from,items,returned,taken_at,batch\n";
  for (const Json& day : in.at("days")) {
    out += std::to_string(day.at("sequence").get<std::uint32_t>()) + "," +
           day.at("date").get<std::string>() + "," + day.at("from").get<std::string>() + "," +
           std::to_string(day.at("items").get<std::uint64_t>()) + "," +
           std::to_string(day.at("returned").get<std::uint64_t>()) + "," +
           day.at("taken_at").get<std::string>() + "," + day.at("batch").get<std::string>() + "\n";
  }
  return out;
}

std::string returned_json(const ClearingHouse& house, Participant participant) {
  const Names names(house.rules());
  Json out;
  out["code"] = house.rules().code(participant);
  out["all"] = returned_count(house.sender(participant));
  out["items"] = Json::array();
  const SenderState* state = house.sender(participant);
  for (std::size_t n = state == nullptr ? 0 : state->batches.size(); n > 0; --n) {
    const TakenBatch& batch = state->batches[n - 1];
    for (const ReturnedItem& item : batch.returned) {
      if (out["items"].size() == kReturnedShownMax) {
        return out.dump() + "\n";
      }
      out["items"].push_back({{"sequence", batch.taken.sequence},
                              {"date", batch.taken.date.text()},
                              {"entry", item.entry},
                              {"kind", word_of(item)},
                              {"id", names.text(item.id)},
                              {"code", word(item.code)}});
    }
  }
  return out.dump() + "\n";
}

std::string returned_csv(const std::string& json) {
  const Json in = Json::parse(json);
  std::string out = "sequence,date,entry,kind,id,code\n";
  for (const Json& item : in.at("items")) {
    out += std::to_string(item.at("sequence").get<std::uint32_t>()) + "," +
           item.at("date").get<std::string>() + "," +
           std::to_string(item.at("entry").get<std::uint32_t>()) + "," +
           item.at("kind").get<std::string>() + "," + item.at("id").get<std::string>() + "," +
           item.at("code").get<std::string>() + "\n";
  }
  return out;
}

std::string close_answer_json(Month period, const CloseAnswer& answer,
                              const std::string& directory) {
  const auto list = [](const std::vector<Obstacle>& obstacles) {
    Json out = Json::array();
    for (const Obstacle& obstacle : obstacles) {
      out.push_back(
          {{"who", obstacle.who}, {"what", obstacle.what}, {"what_now", obstacle.what_now}});
    }
    return out;
  };
  Json out;
  out["period"] = period.text();
  out["closed"] = answer.closed;
  out["again"] = answer.again;
  out["obstacles"] = list(answer.obstacles);
  out["missing"] = list(answer.missing);
  out["cutoff"] = hex(answer.cutoff);
  out["directory"] = directory;
  return out.dump() + "\n";
}

std::string close_answer_text(const std::string& json) {
  const Json in = Json::parse(json);
  const auto period = in.at("period").get<std::string>();
  std::string out;
  for (const Json& row : in.at("obstacles")) {
    out += "  cannot be closed: " + row.at("who").get<std::string>() + ": " +
           row.at("what").get<std::string>() + "; " + row.at("what_now").get<std::string>() + "\n";
  }
  for (const Json& row : in.at("missing")) {
    out += "  missing: " + row.at("who").get<std::string>() + ": " +
           row.at("what").get<std::string>() + "; " + row.at("what_now").get<std::string>() + "\n";
  }
  if (!in.at("obstacles").empty()) {
    return "Period " + period + " stays open.\n" + out;
  }
  if (!in.at("closed").get<bool>()) {
    return "Period " + period + " can be closed; its cut-off record would be " +
           in.at("cutoff").get<std::string>() + ".\n" +
           (out.empty() ? "  Nothing is missing.\n"
                        : out + "  What is missing would settle in a later period.\n");
  }
  return "Period " + period + (in.at("again").get<bool>() ? " was closed before" : " is closed") +
         "; cut-off record " + in.at("cutoff").get<std::string>() + ".\n" + out +
         "  written: " + in.at("directory").get<std::string>() +
         "\n  check it: pointhouse verify " + in.at("directory").get<std::string>() + "\n";
}

}  // namespace ph
