// Requests of the member service: the rows that bodies become, and what is told of the answer.
#include "node/member_posts.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/unit/node/live_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)
using Json = nlohmann::json;

std::string programme_text() {
  std::string out =
      "[programme]\nformat = 1\ncode = \"test\"\ntitle = \"Test\"\nversion = 1\n"
      "effective = \"2026-03-01\"\nmaker = \"G-1\"\nchecker = \"G-2\"\n";
  for (const char* source :
       {"CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN"}) {
    out += "[[source]]\nsource = \"" + std::string(source) + "\"\nrating = true\n";
  }
  return out +
         "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n"
         "[effective]\norder = []\n"
         "[[item]]\nname = \"minutes\"\ntitle = \"Minutes\"\nform = \"OWN_PRODUCT\"\n"
         "kind = \"OWN\"\nsupplier = \"own\"\nfrom = \"2026-01-01\"\n"
         "[[price]]\nitem = \"minutes\"\nquantity = 1\npoints = 100\ncash = 0\n"
         "from = \"2026-01-01\"\n"
         "[[price]]\nitem = \"minutes\"\nquantity = 1\npoints = 60\ncash = 0\n"
         "hours_from = \"10:00\"\nhours_to = \"11:00\"\nfrom = \"2026-01-01\"\n";
}

class MemberPosts : public LiveNodeTest {
 protected:
  MemberPosts() {
    PreparedFile file =
        prepare_file("test.toml", as_bytes(programme_text()), node_->rules(), node_->blobs());
    EXPECT_EQ(node_->take_file(file, at(kFirst, 8)).verdict, IntakeVerdict::kAccepted);
  }
  http::Response ask(MemberAsk ask, MemberKind kind, const std::string& key,
                     const std::string& body, BusinessTime now = at(kFirst, 9)) {
    const http::Request request{.method = "POST",
                                .content_type = "application/json",
                                .body = body,
                                .fields = {{"idempotency-key", key}}};
    const Member who = ask == MemberAsk::kStaff ? Member() : member(1);
    const http::Response answer = answer_post(
        {.ask = ask, .kind = kind, .member = who}, request,
        {.province = &node_->province(), .now = now, .take = [&](const MemberRequest& row) {
           ++taken_;
           return node_->take_member(row, now);
         }});
    node_->commit_live();
    return answer;
  }
  http::Response order(const std::string& key, const std::string& body,
                       BusinessTime now = at(kFirst, 9)) {
    return ask(MemberAsk::kNewOrder, MemberKind::kOrder, "P01/20260301/" + key, body, now);
  }
  int taken_{};
};

const std::string kMinutes = R"({"item":"minutes","quantity":1})";

TEST_F(MemberPosts, AnOrderHasThePriceOfItsMomentAndARepeatTheFirstAnswer) {
  const http::Response first = order("W-1", kMinutes);
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.body,
            "{\"id\":\"P01/20260301/W-1\",\"decided_at\":\"2026-03-01T09:00:00+08:00\","
            "\"member\":\"" +
                member(1).text() +
                "\",\"item\":\"minutes\",\"quantity\":1,\"points\":100,\"cash\":0,"
                "\"state\":\"DELIVERED\",\"available\":900}\n");
  const std::uint64_t blocks = node_->last_block();
  EXPECT_EQ(order("W-1", kMinutes, at(kFirst, 10)).body, first.body);
  EXPECT_EQ(node_->last_block(), blocks) << "nothing is journaled for a repeat";
  EXPECT_EQ(Json::parse(order("W-2", kMinutes, at(kFirst, 10)).body).at("points"), 60);
  restart();
  EXPECT_EQ(order("W-1", kMinutes, at(kFirst, 10, 30)).body, first.body);
  const http::Response other = order("W-1", R"({"item":"minutes","quantity":2})", at(kFirst, 11));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(Json::parse(other.body).at("code"), "ID_TAKEN");
  EXPECT_EQ(points(), 840);
}

// The customer was shown 60 at 10:30; at 11:00 it is 100 again.
TEST_F(MemberPosts, NothingIsTakenButWhatTheCustomerWasShown) {
  const std::string shown = R"({"item":"minutes","quantity":1,"points":60,"cash":0})";
  const http::Response late = order("W-1", shown, at(kFirst, 11));
  EXPECT_EQ(late.status, 422);
  EXPECT_EQ(Json::parse(late.body).at("code"), "PRICE");
  EXPECT_EQ(points(), 1'000);
  EXPECT_EQ(order("W-1", shown, at(kFirst, 10, 30)).body, late.body) << "it is recorded";
  const std::string cash = R"({"item":"minutes","quantity":1,"cash":1})";
  EXPECT_EQ(Json::parse(order("W-2", cash, at(kFirst, 10)).body).at("code"), "PRICE");
  const http::Response in_time = order("W-3", shown, at(kFirst, 10, 59));
  EXPECT_EQ(in_time.status, 200) << in_time.body;
  EXPECT_EQ(order("W-3", shown, at(kFirst, 11)).body, in_time.body);
  EXPECT_EQ(points(), 940);
  for (const char* wrong : {R"("points":0)", R"("points":100000000001)", R"("cash":-1)"}) {
    const std::string body = R"({"item":"minutes","quantity":1,)" + std::string(wrong) + "}";
    EXPECT_EQ(order("W-4", body).status, 400) << wrong;
  }
}

TEST_F(MemberPosts, ARefusalIsTheAnswerWhateverThePriceIsLater) {
  ASSERT_EQ(live(redeem("r", 950), at(kFirst, 9)).code, 0);
  const http::Response first = order("W-1", kMinutes);
  EXPECT_EQ(Json::parse(first.body).at("code"), "INSUFFICIENT_POINTS");
  EXPECT_EQ(Json::parse(first.body).at("repeat"), "NEW_KEY");
  EXPECT_EQ(order("W-1", kMinutes, at(kFirst, 10)).body, first.body);
}

TEST_F(MemberPosts, WhatIsWrongIsSaidBeforeAnythingIsDecided) {
  const auto field = [&](const std::string& key, const std::string& body) {
    const http::Response answer = ask(MemberAsk::kNewOrder, MemberKind::kOrder, key, body);
    EXPECT_EQ(answer.status, 400) << body;
    return Json::parse(answer.body).value("field", "");
  };
  EXPECT_EQ(field("P01/20260301/W-1", "{}"), "item");
  EXPECT_EQ(field("P01/20260301/W-1", R"({"item":"minutes"})"), "quantity");
  EXPECT_EQ(field("P01/20260301/W-1", R"({"item":"minutes","quantity":"1"})"), "quantity");
  EXPECT_EQ(field("P01/20260301/W-1", R"({"item":"minutes","quantity":1,"more":1})"), "more");
  EXPECT_EQ(field("P01/20260301/W-1", "[]"), "");
  for (const std::string& key :
       std::vector<std::string>{"P01/20260303/W-1", "P01/20260301/1", "P02/20260301/W-1", ""}) {
    EXPECT_EQ(field(key, kMinutes), "Idempotency-Key") << key;
  }
  EXPECT_EQ(taken_, 0);
  EXPECT_EQ(Json::parse(order("W-1", R"({"item":"minutes","quantity":3})").body).at("code"),
            "PRICE");
}

TEST_F(MemberPosts, WhatIsNotNowIsAskedAgain) {
  // The day after the open one: an order would have to be put off.
  ASSERT_EQ(order("W-1", kMinutes).status, 200);
  const http::Response later = order("W-2", kMinutes, at(kSecond, 0, 30));
  EXPECT_EQ(later.status, 503);
  EXPECT_EQ(later.retry_after_seconds, 60);
  EXPECT_EQ(Json::parse(later.body).at("repeat"), "SAME_KEY");
  EXPECT_NE(later.body.find("the day before isn't sealed yet"), std::string::npos) << later.body;
  EXPECT_NE(later.body.find("05:00"), std::string::npos);
  // A clock that is ahead: its day comes here, too.
  const http::Response ahead =
      ask(MemberAsk::kNewOrder, MemberKind::kOrder, "P01/20260302/W-3", kMinutes);
  EXPECT_EQ(ahead.status, 503);
  EXPECT_EQ(ahead.retry_after_seconds, 1);
  EXPECT_EQ(taken_, 2);
}

TEST_F(MemberPosts, AMonthToComeIsSaidByItsField) {
  const auto missing = [&](const std::string& month) {
    return ask(MemberAsk::kRegistration, MemberKind::kRegister, "P01/20260301/R-1",
               R"({"account":"A-1","bill_month":")" + month + R"(","why":"OTHER"})");
  };
  EXPECT_EQ(missing("2026-04").status, 400);
  EXPECT_EQ(Json::parse(missing("2026-04").body).at("field"), "bill_month");
  EXPECT_EQ(taken_, 0);
  EXPECT_EQ(missing("2026-03").status, 422);
}

// This programme makes a member of whoever earns; nobody becomes one by asking.
TEST_F(MemberPosts, AProfileMakesAMemberWhereOneAsksToBeOneAlone) {
  const http::Response stranger = answer_post(
      {.ask = MemberAsk::kProfile, .kind = MemberKind::kProfile, .member = member(77)},
      {.method = "POST",
       .content_type = "application/json",
       .body = "{}",
       .fields = {{"idempotency-key", "P01/20260301/P-1"}}},
      {.province = &node_->province(), .now = at(kFirst, 9), .take = [&](const MemberRequest& row) {
         return node_->take_member(row, at(kFirst, 9));
       }});
  EXPECT_EQ(stranger.status, 404);
  EXPECT_EQ(ask(MemberAsk::kProfile, MemberKind::kProfile, "P01/20260301/P-2", "{}").status, 200);
}

TEST_F(MemberPosts, ARecordedRefusalNeedsAnotherId) {
  const auto answered = [&](ReturnCode code) {
    const http::Response answer = answer_post(
        {.ask = MemberAsk::kStaff, .kind = MemberKind::kOrderState},
        {.method = "POST",
         .content_type = "application/json",
         .body = R"({"order":"P01/20260301/W-1","state":"DELIVERED"})",
         .fields = {{"idempotency-key", "P01/20260301/S-1"}}},
        {.province = &node_->province(), .now = at(kFirst, 9), .take = [&](const MemberRequest&) {
           return LiveAnswer{.code = static_cast<std::uint8_t>(code)};
         }});
    EXPECT_EQ(answer.status, 422);
    return Json::parse(answer.body);
  };
  EXPECT_EQ(answered(ReturnCode::kNotHome).at("code"), "NOT_HOME");
  EXPECT_EQ(answered(ReturnCode::kNotHome).at("repeat"), "NEW_KEY");
  EXPECT_NE(answered(ReturnCode::kState).at("detail").get<std::string>().find("FAILED"),
            std::string::npos);
}

TEST_F(MemberPosts, StaffTellsRowsByTheirColumns) {
  const auto staff = [&](MemberKind kind, const std::string& key, const std::string& body) {
    return ask(MemberAsk::kStaff, kind, "P01/20260301/" + key, body);
  };
  const std::string call = R"({"member":")" + member(1).text() + R"(","seconds":5,"answered":true)";
  EXPECT_EQ(staff(MemberKind::kCall, "C-1", call + "}").status, 200);
  EXPECT_EQ(staff(MemberKind::kCall, "C-2", call + R"(,"called_back":60})").status, 200);
  EXPECT_EQ(staff(MemberKind::kCall, "C-3", call + R"(,"called_back":0})").status, 400);
  const http::Response unknown =
      staff(MemberKind::kOrderState, "S-1", R"({"order":"P01/20260301/W-9","state":"SHIPPED"})");
  EXPECT_EQ(Json::parse(unknown.body).at("code"), "UNKNOWN_PARENT");
}

}  // namespace PH_FILE
}  // namespace ph
