// What keeps members from redeeming, and what becomes of accounts: arrears, the blacklist, limits,
// owners, brands (docs/decisions/0023-programme-format.md, section 2).
#include <gtest/gtest.h>

#include "tests/unit/home/live.h"
#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const BusinessDate kBegin = on(2004, 1, 1);
const Month kMarch = month_of(2007, 3);

Row arrears(Member member, MemberBook::Arrears state, std::string_view account = "A-1") {
  Row out = member_row(MemberKind::kArrears, member, account);
  out.says[0].word = static_cast<std::uint8_t>(state);
  return out;
}
Row blacklist(Member member, bool on) {
  Row out = member_row(MemberKind::kBlacklist, member);
  out.says[0].flag[0] = on ? 1 : 0;
  return out;
}
Row owner(Member member, std::string_view account) {
  return member_row(MemberKind::kOwner, member, account);
}
Row brand(Member member, std::string_view account) {
  Row out = member_row(MemberKind::kBrand, member, account);
  out.says[0].name[0][0] = 'e';
  return out;
}
programme::Rows plain() {
  programme::Rows rows = small_programme(kBegin);
  rows.head.profile_required = false;
  rows.limits.arrears = programme::Redeeming::kBlock;
  return rows;
}

using Arrears = MemberBook::Arrears;

TEST(Member, ArrearsPauseAndBlock) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, month_of(2007, 1), 500), bill(kAnn, kMarch, 300, "A-2")});
  const DayResult day = node.take(
      kDay.plus_days(1), {arrears(kAnn, Arrears::kOneWay), bill(kAnn, kMarch, 700), redeem(kAnn, 1),
                          arrears(kAnn, Arrears::kBothWays), arrears(kAnn, Arrears::kBothWays),
                          bill(kAnn, month_of(2007, 2), 200, "A-2")});
  EXPECT_EQ(returned_of(day), Texts{"3 IN_ARREARS"});
  EXPECT_EQ(movements_of(day), Texts{"EARN 6 ISSUED 6 2"});
  EXPECT_EQ(node.book().suspensions(0, kDay.month()), 1);
  node.reload();
  EXPECT_EQ(node.book().suspensions(0, kDay.month()), 1);
  // Look-ups always go; what waited comes with the end of arrears, and redemption too.
  EXPECT_EQ(node.points(kAnn), 10);
  const DayResult over =
      node.take(kDay.plus_days(2), {arrears(kAnn, Arrears::kNone), redeem(kAnn, 17)});
  EXPECT_EQ(returned_of(over), Texts{});
  EXPECT_EQ(movements_of(over), Texts{"EARN 3000000000 ISSUED 3000000000 7"});
  EXPECT_EQ(node.points(kAnn), 0);
}

TEST(Member, ArrearsMayEarnAndCatchUpNothing) {
  programme::Rows rows = plain();
  rows.earn.catch_up_months = 0;
  ProgrammeNode node(rows);
  node.take(kDay, {bill(kAnn, month_of(2007, 1), 500), arrears(kAnn, Arrears::kOneWay),
                   bill(kAnn, kMarch, 700)});
  EXPECT_TRUE(node.take(kDay.plus_days(1), {arrears(kAnn, Arrears::kNone)}).movements.empty());
  rows.earn.pause_in_arrears = false;
  ProgrammeNode other(rows);
  EXPECT_EQ(other
                .take(kDay, {bill(kAnn, month_of(2007, 1), 500), arrears(kAnn, Arrears::kOneWay),
                             bill(kAnn, kMarch, 700)})
                .movements.size(),
            2U);
}

TEST(Member, BrandChangeMovesNothing) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 5'000)});
  const std::vector<Lot> before = node.home().lots(kAnn);
  const DayResult day = node.take(kDay.plus_days(1), {brand(kAnn, "A-1"), brand(kBob, "A-1")});
  EXPECT_TRUE(day.movements.empty());
  EXPECT_EQ(returned_of(day), Texts{"2 NOT_HOME"});
  EXPECT_EQ(node.home().lots(kAnn), before);
  EXPECT_NE(node.member(kAnn).last_history, book::kNone);
  node.reload();
}

TEST(C7, BrandChangeWithinTheNetwork) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 5'000)});
  node.take(kDay.plus_days(1), {brand(kAnn, "A-1")});
  EXPECT_EQ(node.points(kAnn), 50);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 50);
}

TEST(Member, NewOwnerGetsNoPoints) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 5'000, "A-1"), bill(kAnn, kMarch, 3'000, "A-2"),
                   earn(kAnn, kMarch, 9)});
  const DayResult day = node.take(kDay.plus_days(1), {owner(kAnn, "A-1"), owner(kBob, "A-2")});
  EXPECT_EQ(movements_of(day), Texts{"FORFEIT 1 FORFEITED 1 -50"});
  EXPECT_EQ(returned_of(day), Texts{"2 NOT_HOME"});
  EXPECT_EQ(node.points(kAnn), 39);
  // The number is the new owner's from his first row on; the old one's bills of before still earn.
  const DayResult next = node.take(kDay.plus_days(2), {bill(kBob, kDay.month(), 800, "A-1"),
                                                       bill(kAnn, month_of(2007, 2), 1, "A-1")});
  EXPECT_EQ(returned_of(next), Texts{"2 NO_ACCOUNT"});
  EXPECT_EQ(node.points(kBob), 8);
  EXPECT_EQ(node.book().accounts(), 3U);
  node.reload();
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(3), {bill(kBob, kDay.month(), 800, "A-1")})),
            Texts{"1 DUPLICATE"});
}

TEST(C9, OldOwnerKeepsNothing) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 5'000, "A-1"), bill(kAnn, kMarch, 3'000, "A-2")});
  // A hold of both accounts' points: what it has of the lost one goes, the rest stays held.
  node.take(kDay.plus_days(1), {hold(kAnn, 70, on(2007, 5, 1), id_of(kP1, kDay, "H-1"))});
  const DayResult day = node.take(kDay.plus_days(2), {owner(kAnn, "A-1")});
  EXPECT_EQ(movements_of(day), Texts{"FORFEIT 1 FORFEITED 1 -50"});
  EXPECT_EQ(node.home().balance(kAnn, kDay)->held, 20);
  node.reload();
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(3), {capture(id_of(kP1, kDay, "H-1"), 21, true),
                                                      capture(id_of(kP1, kDay, "H-1"), 20, true)})),
            Texts{"1 EXCEEDS_PARENT"});
  EXPECT_EQ(node.points(kAnn), 10);
  const DayResult gone = node.take(kDay.plus_days(4), {transfer(kAnn)});
  EXPECT_EQ(movements_of(gone), Texts{"FORFEIT 1 FORFEITED 2 -10"});
  EXPECT_EQ(node.book().account(1).ended, kMarch.count());
}

// a) redeemed on the spot, b) eliminated: what was redeemed on the same day stays so.
TEST(C9, WhatIsRedeemedOnTheSpotStays) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 5'000, "A-1")});
  const DayResult day =
      node.take(kDay.plus_days(1), {redeem(kAnn, 30), owner(kAnn, "A-1"), redeem(kAnn, 1)});
  EXPECT_EQ(slices_of(day), Texts{"REDEEMED 1 -30"});
  EXPECT_EQ(movements_of(day), Texts{"FORFEIT 2 FORFEITED 1 -20"});
  EXPECT_EQ(returned_of(day), Texts{"3 INSUFFICIENT_POINTS"});
  EXPECT_EQ(node.points(kAnn), 0);
}

TEST(Member, OneDeviceLeavesAlone) {
  ProgrammeNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 5'000, "A-1"), bill(kAnn, kMarch, 3'000, "A-2")});
  const DayResult day = node.take(kDay.plus_days(1), {account_end(kAnn, "A-1")});
  EXPECT_TRUE(day.movements.empty());
  EXPECT_EQ(node.points(kAnn), 80);
  EXPECT_EQ(movements_of(node.take(on(2007, 5, 3), {bill(kAnn, kDay.month(), 100, "A-2")})),
            Texts{"EARN 1 ISSUED 1 1"});
}

TEST(Limits, EachComesBackWithItsCode) {
  programme::Rows rows = plain();
  rows.limits = {.single_max = 40, .daily_max = 60, .earned_min = 100, .new_days = 10};
  ProgrammeNode node(rows);
  node.take(kDay, {account_row(kAnn, "A-1", kMarch), bill(kAnn, kMarch, 9'900)});
  // 31 March and ten days.
  EXPECT_EQ(returned_of(node.take(on(2007, 4, 10), {redeem(kAnn, 1)})), Texts{"1 NEW_ACCOUNT"});
  EXPECT_EQ(returned_of(node.take(on(2007, 4, 11),
                                  {redeem(kAnn, 1), earn(kAnn, kMarch, 1), redeem(kAnn, 1)})),
            Texts{"1 EARNED_TOO_LITTLE"});
  const DayResult day =
      node.take(on(2007, 4, 12),
                {redeem(kAnn, 41), redeem(kAnn, 40), hold(kAnn, 21, on(2007, 4, 20)),
                 hold(kAnn, 20, on(2007, 4, 20), id_of(kP1, kDay, "H-1")), redeem(kAnn, 1),
                 void_hold(id_of(kP1, kDay, "H-1")), redeem(kAnn, 20), redeem(kAnn, 0),
                 refund(own_id(on(2007, 4, 12), 2), kAnn, 15), redeem(kAnn, 16), redeem(kAnn, 15)});
  EXPECT_EQ(returned_of(day), (Texts{"1 OVER_SINGLE", "3 OVER_DAILY", "5 OVER_DAILY",
                                     "8 ZERO_POINTS", "10 OVER_DAILY"}));
  node.reload();
  EXPECT_EQ(returned_of(node.take(on(2007, 4, 13), {blacklist(kAnn, true), redeem(kAnn, 1),
                                                    blacklist(kAnn, false), redeem(kAnn, 1)})),
            Texts{"2 BLACKLISTED"});
}

TEST(Limits, ACaptureIsCountedWithItsHold) {
  programme::Rows rows = plain();
  rows.limits.daily_max = 60;
  ProgrammeNode node(rows);
  node.take(kDay, {bill(kAnn, kMarch, 90'000)});
  const TransactionId held = id_of(kP1, kDay, "H-1");
  node.take(kDay.plus_days(1), {hold(kAnn, 60, on(2007, 4, 20), held)});
  // On the next day nothing of it counts, neither when it is captured nor when it comes back.
  const BusinessDate next = kDay.plus_days(2);
  const DayResult day = node.take(next, {capture(held, 50, true), redeem(kAnn, 60),
                                         refund(own_id(next, 1), kAnn, 50), redeem(kAnn, 1)});
  EXPECT_EQ(returned_of(day), Texts{"4 OVER_DAILY"});
}

LiveCommand live_redeem(std::string_view name, std::int64_t points, BusinessDate date) {
  LiveCommand out;
  out.row = redeem(kAnn, points).row;
  out.row.id = id_of(kP1, date, name);
  return out;
}

TEST(Limits, EachOfTwoOpenDaysHasItsSum) {
  programme::Rows rows = plain();
  rows.limits.daily_max = 60;
  ProgrammeNode node(rows);
  node.take(kDay, {bill(kAnn, kMarch, 90'000)});
  const BusinessDate today = kDay.plus_days(1);
  const BusinessDate tomorrow = kDay.plus_days(2);
  const auto code = [&](std::string_view name, std::int64_t points, BusinessDate date) {
    const LiveAnswer answer =
        node.home().take_live(live_redeem(name, points, date), BusinessTime::of(date, 40'000));
    return answer.code == 0 ? "" : std::string(word(static_cast<ReturnCode>(answer.code)));
  };
  node.home().open_day(today, 2);
  EXPECT_FALSE(node.home().take_rows(1));
  EXPECT_EQ(code("R-1", 50, today), "");
  EXPECT_EQ(code("R-2", 40, tomorrow), "");
  EXPECT_EQ(code("R-3", 21, tomorrow), "OVER_DAILY");
  node.reload();
  // The file of the day that is over comes behind midnight.
  DayFile file{.sender = kP1, .date = today, .sequence = 2};
  add_rows(file, {redeem(kAnn, 11), redeem(kAnn, 10), refund(id_of(kP1, today, "R-1"), kAnn, 30),
                  redeem(kAnn, 31), redeem(kAnn, 30)});
  node.home().bring_file(file);
  while (node.home().take_rows(9)) {
  }
  EXPECT_EQ(returned_of(node.home().end_day()), (Texts{"1 OVER_DAILY", "4 OVER_DAILY"}));
  // What was put off is of its own day, whatever is posted when.
  node.home().open_day(tomorrow, 3);
  EXPECT_FALSE(node.home().take_rows(9));
  EXPECT_EQ(code("R-4", 21, tomorrow), "OVER_DAILY");
  EXPECT_EQ(code("R-5", 20, tomorrow), "");
}

}  // namespace PH_FILE
}  // namespace ph::test
