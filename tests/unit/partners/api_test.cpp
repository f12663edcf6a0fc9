// What a partner's request may look like, and that all else is refused with the field's name; what
// is answered.
#include "partners/api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ph {
namespace PH_FILE {

using Json = nlohmann::json;

const BusinessDate kToday = BusinessDate::of(2026, 3, 5);
const std::string kMember = "01000000000012";

// `WORD field`, or `OK`; the request comes out in `out`.
std::string parsed(const std::string& path, const std::string& body,
                   const std::string& key = "MER1/20260305/A-17", ApiRequest* out = nullptr) {
  const auto target = parse_target_of_api("POST", path);
  if (!target) return std::string(row_of(target.error().problem.code).word);
  ApiInput input{.target = *target, .content_type = "application/json", .body = body};
  if (!key.empty()) input.idempotency_key = key;
  const auto request = parse_api_request(input, "MER1", kToday);
  if (!request) {
    const Problem& problem = request.error();
    const std::string field = problem.field.empty() ? "" : " " + problem.field;
    return std::string(row_of(problem.code).word) + field;
  }
  if (out != nullptr) *out = *request;
  return "OK";
}

std::string hold(const std::string& body) {
  return parsed("/v1/holds", body);
}

std::string asked(std::map<std::string, std::string> query, ApiRequest* out = nullptr) {
  ApiInput input{.target = *parse_target_of_api("GET", "/v1/quote"), .query = std::move(query)};
  const auto request = parse_api_request(input, "MER1", kToday);
  if (!request) {
    return std::string(row_of(request.error().code).word) + " " + request.error().field;
  }
  if (out != nullptr) *out = *request;
  return "OK";
}

TEST(ApiTarget, IsTheActionThatThePathNames) {
  const std::string id = "MER1/20260305/A-17";
  const std::vector<std::tuple<std::string, std::string, ApiAction>> known{
      {"GET", "/v1/health", ApiAction::kHealth},
      {"GET", "/v1/quote", ApiAction::kQuote},
      {"POST", "/v1/holds", ApiAction::kHold},
      {"POST", "/v1/holds/" + id + "/captures", ApiAction::kCapture},
      {"POST", "/v1/holds/" + id + "/void", ApiAction::kVoid},
      {"POST", "/v1/redemptions", ApiAction::kRedemption},
      {"POST", "/v1/refunds", ApiAction::kRefund},
      {"POST", "/v1/accruals", ApiAction::kAccrual},
      {"POST", "/v1/exchanges-out", ApiAction::kExchangeOut},
      {"POST", "/v1/exchanges-in", ApiAction::kExchangeIn},
      {"POST", "/v1/reversals", ApiAction::kReversal},
      {"GET", "/v1/transactions/" + id, ApiAction::kLookUp},
      {"PUT", "/v1/days/2026-03-05", ApiAction::kUploadDay},
      {"GET", "/v1/days/2026-03-05", ApiAction::kLookUpDay}};
  for (const auto& [method, path, action] : known) {
    const auto target = parse_target_of_api(method, path);
    ASSERT_TRUE(target.ok()) << path;
    EXPECT_EQ(target->action, action) << path;
    EXPECT_EQ(target->id.none(), path.find(id) == std::string::npos) << path;
    const auto other = parse_target_of_api("DELETE", path);
    EXPECT_EQ(other.error().problem.code, ProblemCode::kMethod) << path;
  }
  EXPECT_EQ(parse_target_of_api("DELETE", "/v1/days/2026-03-05").error().allow, "PUT, GET");
  for (const std::string& path : std::vector<std::string>{
           "", "/", "/v1", "/v1/", "/v2/holds", "/v1/holds/", "/v1//holds", "/v1/hold",
           "/v1/holds/MER1/20260305/A-17", "/v1/holds/MER1/20260305/captures",
           "/v1/holds/mer1/20260305/A-17/void", "/v1/holds/MER1/20260230/A-17/void",
           "/v1/holds/MER1/20260305/A_17/void", "/v1/holds/MER1/20260305//void",
           "/v1/transactions/MER1/20260305/" + std::string(25, 'a'),
           "/v1/transactions/MER1/20260305/A/17", "/v1/days/2026-02-30", "/v1/days/20260305"}) {
    EXPECT_EQ(parse_target_of_api("POST", path).error().problem.code, ProblemCode::kNoSuchPath)
        << path;
  }
}

TEST(ApiRequestTest, HasWhatTheBodySays) {
  ApiRequest request;
  ASSERT_EQ(parsed("/v1/holds", R"({"points":2500,"member":"01000000000012"})",
                   "MER1/20260305/A-17", &request),
            "OK");
  EXPECT_EQ(request.action, ApiAction::kHold);
  EXPECT_EQ(request.participant, "MER1");
  EXPECT_EQ(request.id.text(), "MER1/20260305/A-17");
  EXPECT_EQ(request.member.text(), kMember);
  EXPECT_EQ(request.points, Points::of(2500));
  EXPECT_EQ(request.hold_seconds, 900);
  ASSERT_EQ(parsed("/v1/holds/MER1/20260304/A-1/captures", R"({"points":1,"final":true})",
                   "MER1/20260304/A-2", &request),
            "OK");
  EXPECT_EQ(request.parent.text(), "MER1/20260304/A-1");
  EXPECT_TRUE(request.final);
  ASSERT_EQ(parsed("/v1/exchanges-out",
                   R"({"member":"01000000000012","points":12500,"units":1000,"rate":7})",
                   "MER1/20260305/A", &request),
            "OK");
  EXPECT_EQ(request.units, Units::of(1000));
  EXPECT_EQ(request.rate, 7U);
  ASSERT_EQ(
      parsed("/v1/refunds", R"({"parent":"P01/20260301/17","member":"01000000000012","points":3})",
             "MER1/20260305/R", &request),
      "OK");
  EXPECT_EQ(request.parent.text(), "P01/20260301/17");
  EXPECT_EQ(parsed("/v1/holds/MER1/20260304/A-1/void", "{}"), "OK");
}

TEST(ApiRequestTest, RefusesTheBodyByTheFieldsName) {
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1,"seconds":60})"), "OK");
  EXPECT_EQ(hold(R"({"member":"01000000000012"})"), "FIELD_MISSING points");
  EXPECT_EQ(hold(R"({"points":1})"), "FIELD_MISSING member");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1,"x":1})"), "FIELD_UNKNOWN x");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1,"points":2})"), "FIELD_TWICE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1,"p\u006fints":2})"),
            "FIELD_TWICE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1.0})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1e3})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":"1"})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":null})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":[1]})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":{"a":1}})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":true})"), "FIELD_TYPE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":0})"), "FIELD_RANGE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":-1})"), "FIELD_RANGE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":-0})"), "FIELD_RANGE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":100000000000})"), "OK");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":100000000001})"), "FIELD_RANGE points");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":18446744073709551616})"),
            "FIELD_RANGE points");
  EXPECT_EQ(hold(R"({"member":"01000000000013","points":1})"), "FIELD_SYNTAX member");
  EXPECT_EQ(hold(R"({"member":1000000000012,"points":1})"), "FIELD_TYPE member");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1,"seconds":59})"), "FIELD_RANGE seconds");
  EXPECT_EQ(hold(R"({"member":"01000000000012","points":1,"seconds":2592001})"),
            "FIELD_RANGE seconds");
  EXPECT_EQ(hold(R"({"member":")" + std::string(300, '1') + R"(","points":1})"),
            "FIELD_SYNTAX member");
}

TEST(ApiRequestTest, IsOneObjectAndNothingElse) {
  const std::string good = R"({"member":"01000000000012","points":1})";
  EXPECT_EQ(hold(" \r\n\t" + good + "\n"), "OK");
  for (const std::string& bad : std::vector<std::string>{"",
                                                         " ",
                                                         "1",
                                                         "\"a\"",
                                                         "true",
                                                         "null",
                                                         "-1",
                                                         "1.5",
                                                         "99999999999999999999",
                                                         "[]",
                                                         "[" + good + "]",
                                                         good + good,
                                                         good + ",",
                                                         good + "x",
                                                         "{",
                                                         "{\"member\"}",
                                                         "\xEF\xBB\xBF" + good,
                                                         good + std::string(1, '\0'),
                                                         "// a\n" + good,
                                                         good.substr(0, good.size() - 1) + ",}",
                                                         "{'points':1}",
                                                         "{\"points\":01}",
                                                         "{\"points\":+1}",
                                                         "{\"points\":NaN}",
                                                         "{\"a\xff\":1}",
                                                         "{\"a\\ud800\":1}",
                                                         std::string(100'000, '['),
                                                         "{\"a\\u0000b\":1}"}) {
    EXPECT_EQ(hold(bad).substr(0, 11), "JSON_SYNTAX") << bad.substr(0, 80);
  }
  std::string many = "{";
  for (int i = 0; i < 40; ++i)
    many += "\"f" + std::to_string(i) + "\":1,";
  many.back() = '}';
  EXPECT_EQ(hold(many), "JSON_SYNTAX");
  EXPECT_EQ(hold("{\"" + std::string(65, 'a') + "\":1}"), "JSON_SYNTAX");
}

TEST(ApiRequestTest, HasTheIdOfItsSenderAndOfADayThatHasCome) {
  const std::string body = R"({"member":"01000000000012","points":1})";
  const auto with = [&](const std::string& key) { return parsed("/v1/accruals", body, key); };
  EXPECT_EQ(with("MER1/20200101/1"), "OK");  // Who decides says that it is too old.
  EXPECT_EQ(with(""), "KEY_MISSING Idempotency-Key");
  EXPECT_EQ(with("AIR1/20260305/1"), "KEY_PARTICIPANT Idempotency-Key");
  EXPECT_EQ(with("MER1/20260306/1"), "CLOCKS_DIFFER Idempotency-Key");
  EXPECT_EQ(with("MER1/20260307/1"), "KEY_DATE Idempotency-Key");
  for (const std::string& bad : std::vector<std::string>{
           "\"MER1/20260305/1\"", "MER1/20260305/1, MER1/20260305/1", "MER1/2026-03-05/1",
           "MER1/20260305/", "MER1/20260305/a b", "MER1/20260305/a/b", "mer1/20260305/1"}) {
    EXPECT_EQ(with(bad), "KEY_SYNTAX Idempotency-Key") << bad;
  }
}

TEST(ApiRequestTest, IsJson) {
  ApiInput input{.target = *parse_target_of_api("POST", "/v1/holds/MER1/20260305/A/void"),
                 .idempotency_key = "MER1/20260305/B",
                 .content_type = "application/json; charset=utf-8",
                 .body = "{}"};
  EXPECT_TRUE(parse_api_request(input, "MER1", kToday).ok());
  for (const char* type :
       {"", "text/json", "application/jsonx", "application/x-www-form-urlencoded"}) {
    input.content_type = type;
    EXPECT_EQ(parse_api_request(input, "MER1", kToday).error().code, ProblemCode::kContentType);
  }
  input.content_type = "application/json";
  input.query = {{"a", "b"}};
  EXPECT_EQ(parse_api_request(input, "MER1", kToday).error().code, ProblemCode::kFieldUnknown);
}

TEST(ApiQuoteTest, IsAskedByOneAmount) {
  ApiRequest request;
  EXPECT_EQ(asked({{"kind", "REDEMPTION"}, {"fen", "1500"}}, &request), "OK");
  EXPECT_EQ(request.fen, Fen::of(1500));
  EXPECT_EQ(request.date, kToday);
  EXPECT_EQ(asked({{"kind", "EXCHANGE_OUT"}, {"units", "10"}, {"date", "2026-03-01"}}, &request),
            "OK");
  EXPECT_EQ(request.quoted, ApiAction::kExchangeOut);
  EXPECT_EQ(request.date, BusinessDate::of(2026, 3, 1));
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}, {"points", "10"}}), "OK");
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}}), "FIELD_MISSING points");
  EXPECT_EQ(asked({{"kind", "HOLD"}, {"points", "10"}}), "FIELD_SYNTAX kind");
  EXPECT_EQ(asked({{"points", "10"}}), "FIELD_MISSING kind");
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}, {"points", "10"}, {"fen", "1"}}), "FIELD_UNKNOWN fen");
  EXPECT_EQ(asked({{"kind", "EXCHANGE_IN"}, {"points", "1"}, {"units", "1"}}),
            "FIELD_UNKNOWN points");
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}, {"points", "010"}}), "FIELD_TYPE points");
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}, {"points", "-1"}}), "FIELD_TYPE points");
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}, {"points", "0"}}), "FIELD_RANGE points");
  EXPECT_EQ(asked({{"kind", "ACCRUAL"}, {"points", "1"}, {"date", "2026-3-1"}}),
            "FIELD_SYNTAX date");
}

TEST(ApiAnswerTest, SaysWhatIsDone) {
  ApiAnswer answer{.action = ApiAction::kCapture,
                   .id = *ApiId::parse("MER1/20260305/A-18"),
                   .time = BusinessTime::of(kToday, 43'207),
                   .parent = *ApiId::parse("MER1/20260305/A-17"),
                   .member = *Member::parse(kMember),
                   .points = Points::of(2500),
                   .authorisation = "P01/20260305/3500000017"};
  EXPECT_EQ(answer_reply(answer).body,
            R"({"id":"MER1/20260305/A-18","kind":"CAPTURE","state":"DONE",)"
            R"("time":"2026-03-05T12:00:07+08:00","authorisation":"P01/20260305/3500000017",)"
            R"("parent":"MER1/20260305/A-17","member":"01000000000012","points":2500,"left":0})"
            "\n");
  EXPECT_EQ(answer_reply(answer).status, 200);
  EXPECT_EQ(look_up_reply(answer).body, answer_reply(answer).body);
  answer.state = ApiState::kPending;
  EXPECT_EQ(answer_reply(answer).status, 202);
  EXPECT_EQ(answer_reply(answer).retry_after_seconds, 1);
  EXPECT_EQ(look_up_reply(answer).status, 200);
}

TEST(ApiAnswerTest, SaysWhyNotAndWhatNow) {
  const ApiAnswer refused{.state = ApiState::kRefused,
                          .action = ApiAction::kHold,
                          .id = *ApiId::parse("MER1/20260305/A-18"),
                          .refusal = ProblemCode::kInsufficientPoints,
                          .detail = "\xff<\"\n"};
  const ApiReply reply = answer_reply(refused);
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  const Json json = Json::parse(reply.body);
  EXPECT_EQ(json.at("code"), "INSUFFICIENT_POINTS");
  EXPECT_EQ(json.at("repeat"), "NEW_KEY");
  EXPECT_EQ(json.at("status"), 422);
  EXPECT_EQ(json.at("id"), "MER1/20260305/A-18");
  const ApiReply found = look_up_reply(refused);
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(Json::parse(found.body).at("state"), "REFUSED");
  EXPECT_EQ(Json::parse(found.body).at("code"), "INSUFFICIENT_POINTS");
}

TEST(ApiAnswerTest, SaysWhatBecameOfADay) {
  ApiDay day{.date = kToday, .sequence = 5, .rows = 3};
  EXPECT_EQ(day_reply(day).status, 202);
  day.state = ApiDayState::kAccepted;
  EXPECT_EQ(day_reply(day).status, 200);
  EXPECT_EQ(Json::parse(day_reply(day).body).at("rows"), 3);
  day.state = ApiDayState::kRefused;
  day.faults.push_back({.line = 2, .number = 412, .name = "MEMBER_CHECK_DIGIT"});
  EXPECT_EQ(Json::parse(day_reply(day).body).at("faults").at(0).at("number"), 412);
}

TEST(ApiAnswerTest, QuotesAnExchangeWithItsRatio) {
  const ApiQuote quote{.quoted = ApiAction::kExchangeOut,
                       .date = kToday,
                       .points = Points::of(12500),
                       .units = Units::of(1000),
                       .rate = 7,
                       .num = 2,
                       .den = 25,
                       .block = 250,
                       .min = 250};
  EXPECT_EQ(quote_reply(quote).body,
            R"({"kind":"EXCHANGE_OUT","date":"2026-03-05","points":12500,"units":1000,"rate":7,)"
            R"("ratio":{"num":2,"den":25},"block":250,"min":250})"
            "\n");
}

}  // namespace PH_FILE
}  // namespace ph
