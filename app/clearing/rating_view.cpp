#include "app/clearing/rating_view.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/programme/histogram_bytes.h"
#include "platform/wire/thresholds.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

std::string padded(const std::string& text, std::size_t width) {
  return text.size() >= width ? text + " " : text + std::string(width - text.size(), ' ');
}

Json province_json(const Clearing& clearing, const RatingKey& key, const Rating& rating,
                   Participant province) {
  const std::string& code = clearing.house().rules().code(province);
  const auto sent = rating.scores.find(province);
  Json out{{"code", code}, {"sent", sent != rating.scores.end()}};
  if (sent != rating.scores.end()) {
    out["revision"] = sent->second.revision;
    out["units"] = sent->second.units;
    out["at"] = sent->second.at.text();
    out["histogram"] = hex(sent->second.blob);
    return out;
  }
  out["speaks"] = clearing.exchange().status(code).speaks >= wire::kSpeaksRatings;
  const auto under_way = clearing.score_desk().under_way();
  const auto part = under_way.find(code);
  const bool coming = part != under_way.end() && part->second.grading == key.grading &&
                      part->second.month == key.month;
  out["bytes"] = coming ? part->second.offset : 0;
  out["size"] = coming ? part->second.size : 0;
  return out;
}

void put_cuts(Json& out, const std::string& thresholds) {
  out["cuts"] = Json::array();
  if (const auto parsed = wire::parse_thresholds(thresholds)) {
    out["units"] = parsed->units;
    for (const wire::ThresholdsText::Cut& cut : parsed->cuts) {
      out["cuts"].push_back({{"level", cut.level},
                             {"percent", cut.percent},
                             {"rank", cut.rank},
                             {"threshold", cut.threshold}});
    }
  }
}

Json rating_json(const Clearing& clearing, const RatingKey& key, const Rating& rating) {
  Json out{{"grading", key.grading},
           {"month", key.month.text()},
           {"opened", rating.opened.text()},
           {"published", rating.published()}};
  if (const auto rules = clearing.house().rating_book().rules_of(key)) {
    const auto& head = rules->version->programme->rows().head;
    out["programme"] = head.code + " " + std::to_string(head.version);
    out["programme_sha256"] = hex(rules->version->blob);
  }
  out["provinces"] = Json::array();
  for (const Participant province : rating.provinces) {
    out["provinces"].push_back(province_json(clearing, key, rating, province));
  }
  out["thresholds"] = rating.thresholds;
  out["signature"] = rating.signature;
  put_cuts(out, rating.thresholds);
  const auto waits = clearing.rating_waits(key);
  out["waits"] =
      waits ? Json{{"who", waits->who}, {"what", waits->what}, {"what_now", waits->what_now}}
            : Json();
  return out;
}

std::string province_text(const Json& row) {
  std::string out = "  " + padded(row.at("code").get<std::string>(), 10);
  if (row.at("sent").get<bool>()) {
    return out + padded("sent", 10) +
           padded(std::to_string(row.at("revision").get<std::uint32_t>()), 10) +
           padded(std::to_string(row.at("units").get<std::uint64_t>()), 14) +
           row.at("at").get<std::string>() + "\n";
  }
  out += padded("lacks", 10);
  if (const auto size = row.at("size").get<std::uint64_t>(); size > 0) {
    return out + std::to_string(row.at("bytes").get<std::uint64_t>()) + " of " +
           std::to_string(size) + " bytes have come\n";
  }
  return out +
         (row.at("speaks").get<bool>()
              ? "nothing has come yet\n"
              : "nothing has come; its node isn't heard, or is of a release without ratings\n");
}

std::string rating_text(const Json& rating) {
  std::string out =
      rating.at("grading").get<std::string>() + " of " + rating.at("month").get<std::string>() +
      ": " + (rating.at("published").get<bool>() ? "published" : "waits") + "; programme " +
      rating.value("programme", "-") + ", opened " + rating.at("opened").get<std::string>() + "\n";
  out += "  province  scores    revision  units         taken\n";
  for (const Json& row : rating.at("provinces")) {
    out += province_text(row);
  }
  if (!rating.at("waits").is_null()) {
    const Json& waits = rating.at("waits");
    out += "  waits for " + waits.at("who").get<std::string>() + ": " +
           waits.at("what").get<std::string>() + "; " + waits.at("what_now").get<std::string>() +
           "\n";
  }
  if (rating.at("published").get<bool>()) {
    out += rating.at("cuts").empty()
               ? "  nobody is rated: no thresholds\n"
               : "  level                    share  rank          from score\n";
    for (const Json& cut : rating.at("cuts")) {
      out += "  " + padded(cut.at("level").get<std::string>(), 25) +
             padded(std::to_string(cut.at("percent").get<int>()) + " %", 7) +
             padded(std::to_string(cut.at("rank").get<std::uint64_t>()), 14) +
             std::to_string(cut.at("threshold").get<std::int64_t>()) + "\n";
    }
    out += "  the nodes ask for them by themselves, and grade\n";
  }
  return out;
}

}  // namespace

std::string rating_target(const RatingRequest& request) {
  std::string out = "/v1/ratings/" + request.key.grading + "_" + request.key.month.text();
  for (const std::string& code : request.provinces) {
    out += "_" + code;
  }
  return out;
}

std::optional<RatingRequest> parse_rating_request(std::string_view parameter) {
  RatingRequest out;
  std::vector<std::string> parts;
  for (bool more = true; more;) {
    const std::size_t end = parameter.find('_');
    more = end != std::string_view::npos;
    parts.emplace_back(parameter.substr(0, end));
    parameter = more ? parameter.substr(end + 1) : std::string_view();
  }
  const auto month = parts.size() < 2 ? std::nullopt : Month::parse(parts[1]);
  if (!month || !programme::valid_grading_name(parts[0]) ||
      !std::all_of(parts.begin() + 2, parts.end(), valid_code)) {
    return std::nullopt;
  }
  out.key = {.grading = parts[0], .month = *month};
  out.provinces.assign(parts.begin() + 2, parts.end());
  return out;
}

std::string rating_answer_json(const RatingKey& key, const RatingAnswer& answer) {
  Json out{{"grading", key.grading},
           {"month", key.month.text()},
           {"opened", answer.opened},
           {"again", answer.again}};
  if (answer.obstacle) {
    out["obstacle"] = {{"who", answer.obstacle->who},
                       {"what", answer.obstacle->what},
                       {"what_now", answer.obstacle->what_now}};
  }
  return out.dump() + "\n";
}

std::string rating_answer_text(const std::string& json) {
  const Json in = Json::parse(json);
  const std::string name =
      in.at("grading").get<std::string>() + " of " + in.at("month").get<std::string>();
  if (!in.at("opened").get<bool>()) {
    const Json& obstacle = in.at("obstacle");
    return "The rating " + name + " isn't opened: " + obstacle.at("who").get<std::string>() + ": " +
           obstacle.at("what").get<std::string>() + "; " +
           obstacle.at("what_now").get<std::string>() + ".\n";
  }
  return "The rating " + name +
         (in.at("again").get<bool>() ? " was opened before, for the same provinces.\n"
                                     : " is open. Thresholds are published by themselves once "
                                       "every province has sent its scores: pointhouse clearing "
                                       "rating status.\n");
}

std::string ratings_json(const Clearing& clearing, BusinessTime now) {
  Json out{{"now", now.text()}, {"ratings", Json::array()}};
  std::vector<const std::pair<const RatingKey, Rating>*> sorted;
  for (const auto& rating : clearing.house().rating_book().ratings()) {
    sorted.push_back(&rating);
  }
  std::ranges::stable_sort(sorted, std::ranges::greater(),
                           [](const auto* rating) { return rating->first.month; });
  for (const auto* rating : sorted) {
    out["ratings"].push_back(rating_json(clearing, rating->first, rating->second));
  }
  return out.dump() + "\n";
}

std::string ratings_text(const std::string& json) {
  const Json in = Json::parse(json);
  std::string out;
  for (const Json& rating : in.at("ratings")) {
    out += (out.empty() ? "" : "\n") + rating_text(rating);
  }
  return out.empty() ? "No rating was opened: pointhouse clearing rating open --grading NAME "
                       "--month YYYY-MM.\n"
                     : out;
}

std::int64_t ratings_waiting_s(const Clearing& clearing, BusinessTime now) {
  std::int64_t longest = 0;
  for (const auto& [key, rating] : clearing.house().rating_book().ratings()) {
    if (!rating.published()) {
      longest = std::max(longest, now.seconds() - rating.opened.seconds());
    }
  }
  return longest;
}

}  // namespace ph
