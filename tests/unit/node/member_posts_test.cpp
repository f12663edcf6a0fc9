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
       std::vector<std::string>{"P01/20260302/W-1", "P01/20260301/1", "P02/20260301/W-1", ""}) {
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
  EXPECT_EQ(later.retry_after_seconds, 1);
  EXPECT_EQ(Json::parse(later.body).at("repeat"), "SAME_KEY");
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
