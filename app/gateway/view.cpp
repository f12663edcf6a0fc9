#include "app/gateway/view.h"

#include <nlohmann/json.hpp>

#include "platform/sys/clock.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

std::string count_of(const Json& json, const char* name) {
  return std::to_string(json.at(name).get<std::uint64_t>());
}

}  // namespace

std::string not_listed(const std::string& code) {
  return "the clearing takes " + code +
         " for no gateway: its wire.gateways must name it, and no "
         "participant of the rule book may have that code";
}

std::string gateway_view_json(const GatewayView& view) {
  const Json json{{"gateway", view.code},
                  {"clearing", view.clearing},
                  {"now", view.now.text()},
                  {"connected", view.connected},
                  {"key_refused", view.key_refused},
                  {"unlisted", view.unlisted},
                  {"endpoint", view.endpoint},
                  {"api", view.api},
                  {"certificate_ends_s", view.certificate_ends_s},
                  {"certificate_days",
                   (view.certificate_ends_s - unix_seconds(view.now)) / BusinessTime::kDaySeconds},
                  {"registry_revision", view.registry_revision},
                  {"participants", view.participants},
                  {"under_way", view.questions},
                  {"asked", view.counts.asked},
                  {"repeated", view.counts.repeated},
                  {"answered", view.counts.answered},
                  {"expired", view.counts.expired},
                  {"unasked", view.counts.unasked},
                  {"connections", view.http.open},
                  {"requests", view.http.requests},
                  {"refused", view.http.refused},
                  {"turned_away", view.http.turned_away},
                  {"timed_out", view.http.timed_out}};
  return json.dump() + "\n";
}

std::string gateway_view_text(const std::string& text) {
  const Json in = Json::parse(text);
  const auto code = in.at("gateway").get<std::string>();
  std::string out = "gateway " + code + " of " + in.at("clearing").get<std::string>() + "  " +
                    in.at("now").get<std::string>() + "  " +
                    (in.at("connected").get<bool>() ? "connected to the clearing"
                     : in.at("key_refused").get<bool>()
                         ? "NOT connected: the clearing does not admit our transport key today; "
                           "see the days of the keys (pointhouse registry show) and keys.transport"
                     : in.at("unlisted").get<bool>() ? "NOT admitted: " + not_listed(code)
                                                     : "NOT connected to the clearing at " +
                                                           in.at("endpoint").get<std::string>() +
                                                           ": partners get UNAVAILABLE") +
                    "\n";
  out += "  partners at " + in.at("api").get<std::string>() + ": " + count_of(in, "connections") +
         " connections, " + count_of(in, "requests") + " requests, " + count_of(in, "refused") +
         " refused by their header, " + count_of(in, "turned_away") + " turned away, " +
         count_of(in, "timed_out") + " timed out\n";
  out += "  the clearing: " + count_of(in, "asked") + " questions, " + count_of(in, "answered") +
         " answered, " + count_of(in, "under_way") + " under way, " + count_of(in, "repeated") +
         " sent again, " + count_of(in, "expired") + " without an answer in time\n";
  out += "  registry revision " + count_of(in, "registry_revision") + ", " +
         count_of(in, "participants") + " participants known, certificate for " +
         std::to_string(in.at("certificate_days").get<std::int64_t>()) + " days more\n";
  return out;
}

}  // namespace ph
