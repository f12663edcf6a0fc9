// What the member service tells of grades that a run gave.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "node/member_views.h"
#include "platform/journal/memory.h"
#include "tests/unit/home/grades.h"
#include "tests/unit/home/standing.h"

namespace ph {
namespace PH_FILE {

using Json = nlohmann::json;

const Member kAnn = test::member_of(1);
const Member kCid = test::member_of(3);
const Member kDan = test::member_of(4);

Json level_of(test::GradedNode& node, Member member, BusinessDate on) {
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  const Province province("P01", *storage.blobs);
  const Home& home = node.home();
  return Json::parse(level_answer({.province = province,
                                   .home = home,
                                   .member = member,
                                   .number = home.number_of(member),
                                   .programme = home.book()->programmes().of_day(on),
                                   .now = BusinessTime::of(on, 9 * 3600)})
                         .body);
}

// Ann 300 points in class 1, Cid 60 in class 3, Dan none, all of 2008.
test::GradedNode a_graded_year() {
  test::GradedNode node;
  const Month joined = test::month_of(2007, 6);
  node.day(test::on(2008, 1, 2),
           {test::profile(kAnn), test::profile(kCid), test::profile(kDan),
            test::account_row(kAnn, "A-1", joined), test::account_row(kCid, "C-1", joined, 3),
            test::account_row(kDan, "D-1", joined)});
  node.day(test::on(2008, 7, 3), {test::bill(kAnn, test::month_of(2008, 6), 30'000, "A-1"),
                                  test::bill(kCid, test::month_of(2008, 6), 6'000, "C-1")});
  node.day(test::on(2009, 1, 3), {});
  node.count();
  node.home().publish_run(1);
  node.day(test::on(2009, 1, 6));
  return node;
}

TEST(MemberLevel, TellsTheStandardOfTheRunAndOfHisClass) {
  test::GradedNode node = a_graded_year();
  const BusinessDate on = test::on(2009, 2, 1);
  EXPECT_EQ(level_of(node, kAnn, on).at("grades"), Json::parse(R"([
    {"grading":"level","title":"Level","level":"gold","reason":"ANNUAL","from":"2009-01-01",
     "to":"2010-01-01","standard":300}])"));
  EXPECT_EQ(level_of(node, kAnn, on).at("effective"), "gold");
  EXPECT_EQ(level_of(node, kCid, on).at("grades")[0].at("standard"), 50);
  EXPECT_EQ(level_of(node, kDan, on).at("grades"),
            Json::parse(R"([{"grading":"level","title":"Level","level":"ordinary"}])"));
}

TEST(MemberLevel, OfAGradeThatNoRunGaveHasNone) {
  test::GradedNode node = a_graded_year();
  node.day(test::on(2009, 1, 7), {test::grade_row(kDan, "level", "silver", test::on(2009, 1, 1))});
  const Json told = level_of(node, kDan, test::on(2009, 2, 1)).at("grades")[0];
  EXPECT_EQ(told.at("reason"), "MIGRATION");
  EXPECT_FALSE(told.contains("standard"));
}

// Claimed at the day's last second, 48 hours end with the second day behind it.
TEST(MemberEntitlements, AClaimOfHoursIsOverOnceTheyAre) {
  programme::Rows rows = test::standing_programme();
  programme::Benefit reactivation;
  reactivation.name = reactivation.title = "reactivation";
  reactivation.levels = test::names_of({"ordinary"});
  reactivation.kind = programme::BenefitKind::kClaim;
  reactivation.per = programme::ClaimPer::kYear;
  reactivation.count = 5;
  reactivation.hours = 48;
  rows.benefits = {reactivation};
  test::StandingNode node(rows);
  test::Row claim = test::member_row(MemberKind::kClaim, kAnn);
  test::put_name(claim, 0, "reactivation");
  const BusinessDate day = test::kDay;
  const DayResult taken =
      node.take(day, {test::account_row(kAnn, "A-1", test::month_of(2006, 1)), claim});
  ASSERT_EQ(test::returned_of(taken), test::Texts{});
  const auto claims = [&node](BusinessDate on) {
    MemoryDisk disk;
    Storage storage = open_memory_storage(disk);
    const Province province("P01", *storage.blobs);
    const Home& home = std::as_const(node).home();
    const http::Response answer =
        entitlements_answer({.province = province,
                             .home = home,
                             .member = kAnn,
                             .number = home.number_of(kAnn),
                             .programme = home.book()->programmes().of_day(on),
                             .now = BusinessTime::of(on, 0)});
    return Json::parse(answer.body).at("claims");
  };
  ASSERT_EQ(claims(day.plus_days(2)).size(), 1U);
  EXPECT_EQ(claims(day)[0].at("usable_until"), day.plus_days(2).text());
  EXPECT_EQ(claims(day.plus_days(3)), Json::array());
}

}  // namespace PH_FILE
}  // namespace ph
