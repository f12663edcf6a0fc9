// Who may ask what of a member, in the order of the checks, and what he is told.
#include "node/member_service.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "node/member_views.h"
#include "platform/crypto/token.h"
#include "tests/unit/node/live_node.h"

namespace ph {
namespace PH_FILE {

using Texts = std::vector<std::string>;

using namespace live_node;  // NOLINT(google-build-using-namespace)
using Json = nlohmann::json;

const std::string kIvr(43, 'i');
const std::string kSms(43, 's');
const std::string kOld(43, 'o');
const std::string kSlow(43, 'z');

std::string line(const std::string& name, const std::string& token, const std::string& rest) {
  return name + "," + hex(token_digest(token)) + "," + rest + "\n";
}

class MemberServiceTest : public LiveNodeTest {
 protected:
  MemberServiceTest() {
    auto channels = Channels::parse(line("ivr", kIvr, "level balance,1000,2026-03-01,") +
                                    line("sms", kSms, "level,1000,2026-03-01,") +
                                    line("old", kOld, "balance,1000,2026-03-02,2026-03-03") +
                                    line("slow", kSlow, "balance,2,2026-03-01,"));
    EXPECT_TRUE(channels.ok());
    service_.set_channels(std::move(channels).value());
  }

  static std::string path(Member who, const std::string& what = "balance") {
    return "/v1/members/" + who.text() + "/" + what;
  }
  http::Response ask(const std::string& path, const std::string& token,
                     BusinessTime now = at(kFirst, 9), const std::string& method = "GET") {
    http::Request request{.method = method, .path = path};
    if (!token.empty()) request.fields["authorization"] = "Bearer " + token;
    return ask(request, now);
  }
  http::Response ask(const http::Request& request, BusinessTime now = at(kFirst, 9)) {
    const auto admission = service_.admit(request, now);
    look_up_ = admission.is_look_up;
    if (!admission.admitted) return admission.admitted.error();
    return service_.answer(*admission.admitted, request, {&node_->province(), now}, steady_);
  }
  static std::string code_of(const http::Response& answer) {
    return answer.status == 200 ? "" : Json::parse(answer.body).at("code").get<std::string>();
  }

  MemberService service_{};
  MemberService::Steady steady_{std::chrono::seconds(100)};
  bool look_up_{};
};

TEST_F(MemberServiceTest, TellsPointsHoldsAndWhatExpiresWhen) {
  EXPECT_EQ(code(hold("h", 300), at(kFirst, 9)), 0);
  EXPECT_EQ(code(redeem("r", 100), at(kFirst, 9)), 0);
  const http::Response answer = ask(path(member(1)), kIvr);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, "{\"member\":\"" + member(1).text() +
                             "\",\"time\":\"2026-03-01T09:00:00+08:00\",\"state\":\"HOME\","
                             "\"points\":900,\"available\":600,\"held\":300,\"debts\":0,"
                             "\"expiry\":[{\"expires_on\":\"2029-04-01\",\"points\":900,"
                             "\"held\":300}]}\n");
}

TEST_F(MemberServiceTest, TellsTheNextTwoRunsWithWhatTheyTake) {
  const BusinessTime late = BusinessTime::of(BusinessDate::of(2029, 1, 1), 0);
  Json answer = Json::parse(ask(path(member(1), "expiring"), kIvr, late).body);
  EXPECT_EQ(answer.at("expiring"),
            Json::parse(R"([{"expires_on":"2029-04-01","points":1000,"held":0},
                            {"expires_on":"2029-07-01","points":0,"held":0}])"));
  answer = Json::parse(ask(path(member(1), "expiring"), kIvr).body);
  EXPECT_EQ(answer.at("expiring"), Json::parse(R"([{"expires_on":"2026-04-01","points":0,"held":0},
                            {"expires_on":"2026-07-01","points":0,"held":0}])"));
  // On its day a run is over, and what it takes can't be used.
  const BusinessTime on = BusinessTime::of(BusinessDate::of(2029, 4, 1), 0);
  answer = Json::parse(ask(path(member(1), "expiring"), kIvr, on).body);
  EXPECT_EQ(answer.at("expiring")[0].at("expires_on"), "2029-07-01");
}

std::string runs(const ExpiryRules& rules, int year, int month, int day) {
  const auto two = next_runs(rules, BusinessDate::of(year, month, day));
  return two.first.text() + " " + two.second.text();
}

TEST(NextRuns, AreTheFirstDaysBehindToday) {
  const ExpiryRules quarters;
  EXPECT_EQ(runs(quarters, 2026, 3, 31), "2026-04-01 2026-07-01");
  EXPECT_EQ(runs(quarters, 2026, 4, 1), "2026-07-01 2026-10-01");
  EXPECT_EQ(runs(quarters, 2026, 12, 31), "2027-01-01 2027-04-01");
  for (const int years : {1, 3, kExpiryYearsMax}) {
    const ExpiryRules by_year(
        {{.from = Month(0), .rule = {.policy = ExpiryPolicy::kYear, .years = years}}});
    EXPECT_EQ(runs(by_year, 2026, 1, 1), "2027-01-01 2028-01-01") << years;
    EXPECT_EQ(runs(by_year, 2026, 12, 31), "2027-01-01 2028-01-01") << years;
  }
}

TEST(NextRuns, FollowTheRuleOfWhatIsEarned) {
  const ExpiryRules rules(
      {{.from = *Month::parse("2025-01"), .rule = {.policy = ExpiryPolicy::kYear, .years = 3}}});
  EXPECT_EQ(runs(rules, 2027, 7, 1), "2027-10-01 2028-01-01");
  EXPECT_EQ(runs(rules, 2027, 11, 15), "2028-01-01 2029-01-01");
  EXPECT_EQ(runs(rules, 2028, 1, 1), "2029-01-01 2030-01-01");
}

TEST(NextRuns, EndWithTheCalendar) {
  EXPECT_EQ(next_runs({}, BusinessDate::of(2099, 11, 1)).second.count(), BusinessDate::kCount);
  EXPECT_EQ(runs({}, 2000, 1, 1), "2003-04-01 2003-07-01") << "nothing was earned before 2000";
}

TEST_F(MemberServiceTest, KnowsNobodyByAnotherTokenOrOnAnotherDay) {
  const std::string who = path(member(1));
  for (const std::string& token :
       Texts{std::string(), kIvr + "i", kIvr.substr(1), std::string(43, 'x'), kIvr.substr(1) + " ",
             hex(token_digest(kIvr))}) {
    EXPECT_EQ(code_of(ask(who, token)), "NO_TOKEN") << token;
    EXPECT_TRUE(look_up_);
  }
  http::Request request{.method = "GET", .path = who};
  for (const std::string& field : Texts{"Basic " + kIvr, kIvr, "Bearer", "Bearer  " + kIvr,
                                        "Bearer " + kIvr + ", Bearer " + kIvr}) {
    request.fields["authorization"] = field;
    EXPECT_EQ(code_of(ask(request)), "NO_TOKEN") << field;
  }
  request.fields["authorization"] = "bEARER " + kIvr;
  EXPECT_EQ(ask(request).status, 200);
  EXPECT_EQ(code_of(ask(who, kOld, at(kFirst, 23, 59))), "NO_TOKEN");
  EXPECT_EQ(ask(who, kOld, at(kSecond, 0)).status, 200);
  EXPECT_EQ(ask(who, kOld, at(kSecond, 23, 59)).status, 200);
  EXPECT_EQ(code_of(ask(who, kOld, at(kSecond.plus_days(1), 0))), "NO_TOKEN");
}

TEST_F(MemberServiceTest, TellsWhoHasNoTokenNothingElse) {
  for (const std::string& number : Texts{member(1).text(), member(77).text(), std::string("1")}) {
    EXPECT_EQ(code_of(ask("/v1/members/" + number + "/balance", "")), "NO_TOKEN") << number;
  }
}

TEST_F(MemberServiceTest, AnswersWithinScopesAlone) {
  EXPECT_EQ(code_of(ask(path(member(1)), kSms)), "SCOPE");
  EXPECT_EQ(code_of(ask(path(member(1), "expiring"), kSms)), "SCOPE");
  EXPECT_TRUE(look_up_);
  // Before the number is looked at: it is told to nobody who may not ask.
  EXPECT_EQ(code_of(ask(path(member(77)), kSms)), "SCOPE");
  EXPECT_EQ(code_of(ask("/v1/members/1/balance", kSms)), "SCOPE");
}

TEST_F(MemberServiceTest, CountsTheRequestsOfASecond) {
  const std::string who = path(member(1));
  EXPECT_EQ(ask(who, kSlow).status, 200);
  EXPECT_EQ(ask(who, kSlow).status, 200);
  const http::Response refused = ask(who, kSlow);
  EXPECT_EQ(code_of(refused), "TOO_MANY");
  EXPECT_EQ(refused.retry_after_seconds, 1);
  EXPECT_EQ(ask(who, kIvr).status, 200) << "another channel's";
  steady_ += std::chrono::milliseconds(500);
  EXPECT_EQ(ask(who, kSlow).status, 200);
  EXPECT_EQ(code_of(ask(who, kSlow)), "TOO_MANY");
  // A file that is read anew gives nobody a second again.
  Channels same = service_.channels();
  service_.set_channels(same);
  EXPECT_EQ(code_of(ask(who, kSlow)), "TOO_MANY");
  steady_ += std::chrono::seconds(60);
  EXPECT_EQ(ask(who, kSlow).status, 200);
  EXPECT_EQ(ask(who, kSlow).status, 200);
  EXPECT_EQ(code_of(ask(who, kSlow)), "TOO_MANY") << "a pause is worth one second";
}

TEST_F(MemberServiceTest, AChannelThatIsTakenOutAsksNoMore) {
  const http::Request request{
      .method = "GET", .path = path(member(1)), .fields = {{"authorization", "Bearer " + kIvr}}};
  const auto admission = service_.admit(request, at(kFirst, 9));
  ASSERT_TRUE(admission.admitted.ok());
  service_.set_channels(Channels());
  const auto answer =
      service_.answer(*admission.admitted, request, {&node_->province(), at(kFirst, 9)}, steady_);
  EXPECT_EQ(code_of(answer), "NO_TOKEN");
  EXPECT_EQ(code_of(ask(request)), "NO_TOKEN");
}

TEST_F(MemberServiceTest, RefusesNumbersThatAreNoneAndMembersOfOtherHomes) {
  std::string wrong_digit = member(1).text();
  wrong_digit.back() = wrong_digit.back() == '0' ? '1' : '0';
  for (const std::string& number :
       Texts{std::string("1"), std::string(), wrong_digit, "0" + member(1).text(),
             std::string("%30"), std::string("..")}) {
    const http::Response answer = ask("/v1/members/" + number + "/balance", kIvr);
    EXPECT_EQ(code_of(answer), "INVALID") << number;
    EXPECT_EQ(Json::parse(answer.body).at("field"), "number");
  }
  EXPECT_EQ(code_of(ask(path(Member::make(Participant(2), 1)), kIvr)), "NOT_HOME");
  EXPECT_EQ(code_of(ask(path(member(77)), kIvr)), "NOT_HOME");
}

TEST_F(MemberServiceTest, WhoMovedAwayIsNotAtHomeAndWhoLeftTheNetworkHasNothing) {
  const std::string rows = "LEAVE,1," + member(1).text() + "\nMOVE_OUT,2,P02/20260301/M-1," +
                           member(2).text() + ",P02\n";
  ASSERT_EQ(
      bring("POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1\n" + rows + "END,2,0,0\n", at(kFirst, 8)),
      IntakeVerdict::kAccepted);
  turn(at(kFirst, 9));
  const Json left = Json::parse(ask(path(member(1)), kIvr).body);
  EXPECT_EQ(left.at("state"), "CLOSED");
  EXPECT_EQ(left.at("points"), 0);
  EXPECT_TRUE(left.at("expiry").empty());
  EXPECT_EQ(code_of(ask(path(member(2)), kIvr)), "NOT_HOME");
  EXPECT_EQ(code_of(ask(path(member(2), "expiring"), kIvr)), "NOT_HOME");
}

TEST_F(MemberServiceTest, KnowsItsPathsAndNoOthers) {
  const std::string who = "/v1/members/" + member(1).text();
  for (const std::string& path :
       Texts{std::string("/"), std::string("/v1"), who, who + "/", who + "/balance/",
             who + "//balance", who + "/Balance", who + "/x/balance", who + "/histories",
             "/v1/members/balance", "/v1//members/" + member(1).text() + "/balance",
             who + "/%62alance", who + "/../balance", std::string("/v1/health/"),
             std::string("/metrics"), std::string("/v1/status")}) {
    const http::Response answer = ask(path, kIvr);
    EXPECT_EQ(code_of(answer), "NO_SUCH_PATH") << path;
    EXPECT_FALSE(look_up_) << path;
  }
  for (const std::string& method : Texts{"POST", "PUT", "DELETE", "HEAD", "get", ""}) {
    const http::Response answer = ask(path(member(1)), kIvr, at(kFirst, 9), method);
    EXPECT_EQ(code_of(answer), "METHOD") << method;
    EXPECT_EQ(answer.allow, "GET");
  }
}

TEST_F(MemberServiceTest, TellsBackNoBytesOfAQuery) {
  http::Request request{.method = "GET",
                        .path = path(member(1)),
                        .query = {{"limit", "5"}},
                        .fields = {{"authorization", "Bearer " + kIvr}}};
  EXPECT_EQ(Json::parse(ask(request).body).at("field"), "limit");
  EXPECT_EQ(code_of(ask(request)), "INVALID");
  request.query = {{"<script>", "5"}};
  EXPECT_EQ(Json::parse(ask(request).body).at("field"), "query");
}

TEST_F(MemberServiceTest, SaysThatItIsThereWithoutAToken) {
  EXPECT_EQ(ask("/v1/health", "").body,
            "{\"state\":\"UP\",\"time\":\"2026-03-01T09:00:00+08:00\",\"province\":\"P01\"}\n");
  EXPECT_FALSE(look_up_);
}

TEST(MemberService, CanAnswerNothingBeforeTheProvinceIsOpen) {
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  const Province province("P01", *storage.blobs);
  MemberService service;
  auto channels = Channels::parse(line("ivr", kIvr, "balance,5,2026-03-01,"));
  service.set_channels(std::move(channels).value());
  for (const std::string& path :
       Texts{std::string("/v1/health"), "/v1/members/" + member(1).text() + "/balance"}) {
    const http::Request request{
        .method = "GET", .path = path, .fields = {{"authorization", "Bearer " + kIvr}}};
    const auto admission = service.admit(request, at(kFirst, 9));
    ASSERT_TRUE(admission.admitted.ok());
    const auto answer =
        service.answer(*admission.admitted, request, {&province, at(kFirst, 9)}, {});
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.retry_after_seconds, 1);
  }
}

}  // namespace PH_FILE
}  // namespace ph
