// What a channel is told of a member's history by a node in memory.
#include "node/member_history.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "node/member_service.h"
#include "platform/crypto/token.h"
#include "tests/unit/node/history_world.h"
#include "tests/unit/node/live_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)
using Json = nlohmann::json;

const std::string kWeb(43, 'w');
const std::string kSms(43, 's');
const BusinessDate kThird = kFirst.plus_days(2);

class MemberHistoryTest : public LiveNodeTest {
 protected:
  MemberHistoryTest() {
    auto channels = Channels::parse("web," + hex(token_digest(kWeb)) +
                                    ",history balance,1000,2026-03-01,\nsms," +
                                    hex(token_digest(kSms)) + ",balance,1000,2026-03-01,\n");
    EXPECT_TRUE(channels.ok());
    service_.set_channels(std::move(channels).value());
    book_.emplace(*storage_->blobs);
  }

  // A day with these rows is posted and sealed, and its lines are told.
  void day(BusinessDate date, const std::vector<std::string>& rows, std::int64_t points,
           std::int64_t fen = 0) {
    const std::string head =
        "POINTHOUSE,PROVINCE_DAY,1,P01," + date.text() + "," + std::to_string(++sequence_);
    ASSERT_EQ(bring(test::file_text(head, rows, points, fen), at(date, 8)),
              IntakeVerdict::kAccepted);
    turn(at(date.plus_days(1), 6));
    ASSERT_EQ(node_->province().sealed().size(), sequence_);
    auto set = std::make_shared<HistorySet>();
    for (const SealedDay& sealed : node_->province().sealed()) {
      const Blob blob = *storage_->blobs->get(sealed.blob, true);
      set->files.push_back(history::opened(
          history::file_of(history_records(view_of(blob.bytes())), sealed.date, sealed.date)));
    }
    set->complete = true;
    book_->use(set);
  }
  http::Response ask(Member who, const std::map<std::string, std::string>& query = {},
                     const std::string& token = kWeb, const std::string& what = "history") {
    http::Request request{
        .method = "GET", .path = "/v1/members/" + who.text() + "/" + what, .query = query};
    request.fields["authorization"] = "Bearer " + token;
    const auto admission = service_.admit(request, at(kThird, 9));
    if (!admission.admitted) return admission.admitted.error();
    MemberMoment moment{.province = &node_->province(), .now = at(kThird, 9)};
    if (book_) moment.history = &*book_;
    return service_.answer(*admission.admitted, request, moment, steady_);
  }
  Json entries(Member who, const std::map<std::string, std::string>& query = {}) {
    const http::Response answer = ask(who, query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body).at("entries");
  }
  void expect_refused(const std::map<std::string, std::string>& query, const std::string& field,
                      const std::string& says) {
    const http::Response answer = ask(member(1), query);
    EXPECT_EQ(answer.status, 400) << answer.body;
    const Json told = Json::parse(answer.body);
    EXPECT_EQ(told.at("code"), "INVALID");
    EXPECT_EQ(told.at("field"), field);
    EXPECT_NE(told.at("detail").get<std::string>().find(says), std::string::npos) << answer.body;
  }

  MemberService service_{};
  MemberService::Steady steady_{std::chrono::seconds(100)};
  std::optional<HistoryBook> book_;
  std::uint32_t sequence_{};
};

TEST_F(MemberHistoryTest, TellsLinesWithPointsIssuersAndIds) {
  const std::string who = member(1).text();
  day(kFirst, {"EARN,1," + who + ",AWARD,2026-02,50,1"}, 50);
  ASSERT_EQ(code(redeem("W-1", 20, kSecond), at(kSecond, 9)), 0);
  day(kSecond, {"BILL,1,A1," + who + ",2026-02,7000"}, 0, 7'000);
  const http::Response answer = ask(member(1));
  EXPECT_EQ(answer.body,
            "{\"member\":\"" + who +
                "\",\"time\":\"2026-03-03T09:00:00+08:00\",\"as_of\":\"2026-03-02\",\"entries\":["
                "{\"entry\":\"20260302-1\",\"day\":\"2026-03-02\",\"kind\":\"REDEEM\","
                "\"id\":\"P01/20260302/W-1\",\"points\":-20,\"source\":\"CONSUMPTION\","
                "\"earned_month\":\"2026-01\",\"expires_on\":\"2029-04-01\","
                "\"form\":\"PHONE_CREDIT\",\"issuers\":[{\"issuer\":\"P01\",\"points\":-20}]},"
                "{\"entry\":\"20260302-0\",\"day\":\"2026-03-02\",\"kind\":\"EARN\","
                "\"id\":\"P01/20260302/1\",\"points\":70,\"source\":\"CONSUMPTION\","
                "\"earned_month\":\"2026-02\",\"expires_on\":\"2029-04-01\","
                "\"issuers\":[{\"issuer\":\"P01\",\"points\":70}]},"
                "{\"entry\":\"20260301-0\",\"day\":\"2026-03-01\",\"kind\":\"EARN\","
                "\"id\":\"P01/20260301/1\",\"points\":50,\"source\":\"AWARD\","
                "\"earned_month\":\"2026-02\",\"expires_on\":\"2029-04-01\","
                "\"issuers\":[{\"issuer\":\"P01\",\"points\":50}]}],\"more\":false}\n");
}

TEST_F(MemberHistoryTest, LinesAddUpToPointsAndDebts) {
  const std::string who = member(1).text();
  day(kFirst, {"EARN,1," + who + ",AWARD,2026-02,50,1"}, 50);
  ASSERT_EQ(code(redeem("W-1", 1'050, kSecond), at(kSecond, 9)), 0);
  day(kSecond, {}, 0);
  // Taken back of what is spent: a debt, which the next points pay in part.
  day(kThird, {"UNEARN,1," + who + ",P01/20260301/1,40", "EARN,2," + who + ",AWARD,2026-02,15,1"},
      55);
  std::int64_t points = 1'000;
  std::int64_t debts = 0;
  for (const Json& line : entries(member(1))) {
    points += line.at("points").get<std::int64_t>();
    debts += line.value("debts", std::int64_t{0});
    std::int64_t by_issuer = 0;
    for (const Json& of : line.at("issuers"))
      by_issuer += of.at("points").get<std::int64_t>();
    EXPECT_EQ(by_issuer, line.at("points").get<std::int64_t>());
  }
  const Json balance = Json::parse(ask(member(1), {}, kWeb, "balance").body);
  EXPECT_EQ(points, balance.at("points").get<std::int64_t>());
  EXPECT_EQ(debts, balance.at("debts").get<std::int64_t>());
  EXPECT_EQ(debts, 25);
}

TEST_F(MemberHistoryTest, TellsWhatOfALineIsWhoseAndNoLotOfSeveral) {
  const Member mover = Member::make(Participant(2), 7);
  day(kFirst,
      {"MOVE_IN,1," + mover.text() + ",P02",
       "LOT,P02/20260105/1,2026-01,CONSUMPTION,1,2029-04-01,100,80",
       "LOT,P03/20260105/9,2026-01,AWARD,0,2029-04-01,30,30", "DEBT,P02,5"},
      100 + 80 + 30 + 30 + 5);
  const Json lines = entries(mover);
  ASSERT_EQ(lines.size(), 1U);
  const Json& line = lines[0];
  EXPECT_EQ(line.at("kind"), "MOVE_IN");
  EXPECT_EQ(line.at("counterparty"), "P02");
  EXPECT_EQ(line.at("points"), 110);
  EXPECT_EQ(line.at("debts"), 5);
  EXPECT_EQ(line.at("issuers"), Json::parse(R"([{"issuer":"P02","points":80,"debts":5},
                                                {"issuer":"P03","points":30}])"));
  EXPECT_FALSE(line.contains("source") || line.contains("expires_on") || line.contains("form"));
}

TEST_F(MemberHistoryTest, TakesPagesByTheirLastEntry) {
  const std::string who = member(1).text();
  std::vector<std::string> rows;
  for (int n = 1; n <= 101; ++n) {
    rows.push_back("EARN," + std::to_string(n) + "," + who + ",AWARD,2026-02,1,1");
  }
  day(kFirst, rows, 101);
  EXPECT_EQ(entries(member(1)).size(), 20U) << "unless told";
  EXPECT_EQ(entries(member(1), {{"limit", "1"}}).size(), 1U);
  const Json page = Json::parse(ask(member(1), {{"limit", "100"}}).body);
  EXPECT_EQ(page.at("entries").size(), 100U);
  EXPECT_EQ(page.at("more"), true);
  const std::string last = page.at("entries").back().at("entry");
  const Json rest = Json::parse(ask(member(1), {{"before", last}, {"limit", "100"}}).body);
  EXPECT_EQ(rest.at("entries").size(), 1U);
  EXPECT_EQ(rest.at("more"), false);
  EXPECT_EQ(entries(member(2)).size(), 0U);
}

TEST_F(MemberHistoryTest, SaysWhatWouldBeRight) {
  day(kFirst, {"EARN,1," + member(2).text() + ",AWARD,2026-02,50,1"}, 50);
  for (const char* limit : {"0", "101", "", "x", "1x", "-1", "+1", "18446744073709551617", " 1"}) {
    expect_refused({{"limit", limit}}, "limit", "from 1 to 100");
  }
  for (const char* before : {"", "x", "20260301-0", "20260301-00", "20260302-0"}) {
    expect_refused({{"before", before}}, "before", "such as 20260305-17");
  }
  expect_refused({{"after", "20260301-0"}}, "after", "?before=&limit=");
  expect_refused({{"member", "1"}}, "member", "?before=&limit=");
}

TEST_F(MemberHistoryTest, IsForItsScopeAndForMembersAtHomeHere) {
  day(kFirst,
      {"LEAVE,1," + member(1).text(), "MOVE_OUT,2,P02/20260301/M-1," + member(2).text() + ",P02"},
      0);
  EXPECT_EQ(ask(member(1), {}, kSms).status, 403);
  EXPECT_EQ(ask(member(2)).status, 404);
  EXPECT_EQ(ask(member(9)).status, 404);
  const Json left = entries(member(1));
  ASSERT_EQ(left.size(), 1U) << "who has left the network has his lines";
  EXPECT_EQ(left[0].at("kind"), "FORFEIT");
  EXPECT_EQ(left[0].at("points"), -1'000);
}

TEST_F(MemberHistoryTest, IsNotThereWhileItIsBeingMade) {
  http::Response answer = ask(member(1));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.retry_after_seconds, 1);
  book_.reset();
  answer = ask(member(1));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ask(member(1), {}, kWeb, "balance").status, 200);
}

}  // namespace PH_FILE
}  // namespace ph
