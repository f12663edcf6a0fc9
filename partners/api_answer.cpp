#include <nlohmann/json.hpp>
#include <utility>

#include "partners/api.h"
#include "platform/http/json_writer.h"
#include "platform/http/problem.h"

namespace ph {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kPendingSeconds = 1;
constexpr int kBusySeconds = 2;

// What isn't UTF-8 in a text for people is replaced, never thrown at.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

ApiReply json_reply(int status, const Json& json) {
  return {.status = status, .body = text_of(json)};
}

std::string_view word(ApiState state) {
  switch (state) {
    case ApiState::kDone:
      return "DONE";
    case ApiState::kPending:
      return "PENDING";
    case ApiState::kRefused:
      return "REFUSED";
  }
  return {};
}

void add_done(http::JsonWriter& json, const ApiAnswer& answer) {
  json.add("time", answer.time.text());
  if (!answer.authorisation.empty()) json.add("authorisation", answer.authorisation);
  if (!answer.parent.none()) json.add("parent", answer.parent.text());
  if (!answer.member.none()) json.add("member", answer.member.text());
  switch (answer.action) {
    case ApiAction::kHold:
      json.add("points", answer.points.count());
      if (answer.left_known) json.add("left", answer.left.count());
      json.add("held_until", answer.held_until.text());
      break;
    case ApiAction::kCapture:
    case ApiAction::kVoid:
    case ApiAction::kRefund:
    case ApiAction::kReversal:
      json.add("points", answer.points.count());
      if (answer.left_known) json.add("left", answer.left.count());
      break;
    case ApiAction::kExchangeOut:
    case ApiAction::kExchangeIn:
      json.add("points", answer.points.count());
      json.add("units", answer.units.count());
      json.add("rate", answer.rate);
      break;
    case ApiAction::kRedemption:
    case ApiAction::kAccrual:
    case ApiAction::kMove:
      json.add("points", answer.points.count());
      break;
    case ApiAction::kHealth:
    case ApiAction::kQuote:
    case ApiAction::kLookUp:
    case ApiAction::kUploadDay:
    case ApiAction::kLookUpDay:
      break;
  }
}

std::string text_of(const ApiAnswer& answer) {
  http::JsonWriter json;
  json.add("id", answer.id.text());
  json.add("kind", word(answer.action));
  json.add("state", word(answer.state));
  if (answer.state == ApiState::kDone) add_done(json, answer);
  return json.take();
}

std::string_view word(ApiDayState state) {
  switch (state) {
    case ApiDayState::kReading:
      return "READING";
    case ApiDayState::kAccepted:
      return "ACCEPTED";
    case ApiDayState::kRefused:
      return "REFUSED";
  }
  return {};
}

}  // namespace

ApiReply problem_reply(const Problem& problem, const ApiId& id) {
  const ProblemRow& row = row_of(problem.code);
  const std::string name = id.none() ? std::string() : id.text();
  const bool later = row.status == 503 || row.status == 429;
  http::ProblemView view = http::view_of(row);
  view.detail = problem.detail;
  view.field = problem.field;
  view.id = name;
  return {.status = row.status,
          .content_type = "application/problem+json",
          .body = http::problem_text(view),
          .retry_after_seconds = later ? kBusySeconds : 0};
}

ApiReply answer_reply(const ApiAnswer& answer) {
  switch (answer.state) {
    case ApiState::kDone:
      return {.status = 200, .body = text_of(answer)};
    case ApiState::kPending:
      return {.status = 202, .body = text_of(answer), .retry_after_seconds = kPendingSeconds};
    case ApiState::kRefused:
      return problem_reply({answer.refusal, answer.detail, {}}, answer.id);
  }
  return problem_reply({ProblemCode::kInternal, {}, {}}, answer.id);
}

ApiReply look_up_reply(const ApiAnswer& answer) {
  if (answer.state != ApiState::kRefused) return {.status = 200, .body = text_of(answer)};
  const ProblemRow& row = row_of(answer.refusal);
  Json json{{"id", answer.id.text()},
            {"kind", word(answer.action)},
            {"state", word(answer.state)},
            {"code", row.word},
            {"what_now", row.what_now}};
  if (!answer.detail.empty()) json["detail"] = answer.detail;
  return json_reply(200, json);
}

ApiReply quote_reply(const ApiQuote& quote) {
  Json json{
      {"kind", word(quote.quoted)}, {"date", quote.date.text()}, {"points", quote.points.count()}};
  const bool exchange =
      quote.quoted == ApiAction::kExchangeOut || quote.quoted == ApiAction::kExchangeIn;
  if (exchange) {
    json["units"] = quote.units.count();
  } else {
    json["fen"] = quote.fen.count();
  }
  json["rate"] = quote.rate;
  json["ratio"] = {{"num", quote.num}, {"den", quote.den}};
  if (exchange) {
    json["block"] = quote.block;
    json["min"] = quote.min;
  }
  return json_reply(200, json);
}

ApiReply day_reply(const ApiDay& day) {
  Json json{{"date", day.date.text()}, {"state", word(day.state)}, {"sha256", hex(day.digest)}};
  if (day.sequence != 0) json["sequence"] = day.sequence;
  if (day.rows != 0) json["rows"] = day.rows;
  if (!day.detail.empty()) json["detail"] = day.detail;
  if (day.state == ApiDayState::kRefused) {
    json["faults"] = Json::array();
    for (const ApiDayFault& fault : day.faults) {
      json["faults"].push_back({{"line", fault.line},
                                {"number", fault.number},
                                {"name", fault.name},
                                {"column", fault.column},
                                {"value", fault.value},
                                {"expected", fault.expected},
                                {"remedy", fault.remedy}});
    }
  }
  const bool reading = day.state == ApiDayState::kReading;
  ApiReply reply = json_reply(reading ? 202 : 200, json);
  reply.retry_after_seconds = reading ? kPendingSeconds : 0;
  return reply;
}

ApiReply health_reply(BusinessTime now, const std::string& participant, const std::string& key_id) {
  Json json{{"state", "UP"}, {"time", now.text()}};
  if (!participant.empty()) {
    json["participant"] = participant;
    json["keyid"] = key_id;
  }
  return json_reply(200, json);
}

}  // namespace ph
