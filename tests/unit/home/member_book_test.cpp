// The member book through a home: accounts, bills in the ring, what waits for a profile
// (docs/decisions/0023-programme-format.md, sections 2 and 3.2).
#include <gtest/gtest.h>

#include "core/programme/earning.h"
#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const BusinessDate kBegin = on(2004, 1, 1);
const Month kMarch = month_of(2007, 3);

Month before(Month month, int months) {
  return Month(static_cast<std::uint16_t>(month.count() - months));
}
programme::Rows without_profile() {
  programme::Rows rows = small_programme(kBegin);
  rows.head.profile_required = false;
  return rows;
}

TEST(Enrolment, FirstRowMakesAMember) {
  ProgrammeNode node(small_programme(kBegin));
  EXPECT_EQ(returned_of(node.take(kDay, {bill(kAnn, kMarch, 12'345, "A-1")})), Texts{});
  EXPECT_EQ(node.book().members(), 1U);
  ASSERT_EQ(node.book().accounts(), 1U);
  EXPECT_EQ(node.book().account(0).member, 0U);
  EXPECT_EQ(node.book().account(0).joined, book::kNoMonth);
  EXPECT_EQ(node.book().account(0).region, 1);
  // Of another province's number a first row makes none.
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(1),
                                  {account_row(member_of(9, kP2), "B-1", month_of(2006, 1)),
                                   profile(member_of(9, kP2))})),
            (Texts{"1 NOT_HOME", "2 NOT_HOME"}));
  EXPECT_EQ(node.book().accounts(), 1U);
}

TEST(C4, MemberWithoutProfileHasNoPoints) {
  ProgrammeNode node(small_programme(kBegin));
  const DayResult day = node.take(kDay, {bill(kAnn, kMarch, 12'345)});
  EXPECT_TRUE(day.movements.empty());
  EXPECT_TRUE(day.returned.empty());
  EXPECT_EQ(node.points(kAnn), 0);
  EXPECT_EQ(node.book().billed(0, kMarch), 12'345);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 0);
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(1), {bill(kAnn, kMarch, 12'345)})),
            Texts{"1 DUPLICATE"});
}

TEST(Profile, PointsWaitUntilItIsComplete) {
  ProgrammeNode node(small_programme(kBegin));
  node.take(kDay, {bill(kAnn, kMarch, 12'345)});
  const DayResult day = node.take(kDay.plus_days(1), {profile(kAnn)});
  EXPECT_EQ(movements_of(day), Texts{"EARN 3000000000 ISSUED 3000000000 123"});
  EXPECT_EQ(node.points(kAnn), 123);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 123);
  // From now on a bill earns at once, of an older month, too, but never of one before the window
  // of the profile; a second profile changes nothing.
  const Month first = before(kDay.month(), 6);
  const DayResult next = node.take(kDay.plus_days(2), {profile(kAnn), bill(kAnn, first, 5'000),
                                                       bill(kAnn, before(first, 1), 6'000)});
  EXPECT_EQ(movements_of(next), Texts{"EARN 2 ISSUED 2 50"});
  EXPECT_EQ(node.rating_points(kAnn, before(first, 1)), 0);
  EXPECT_TRUE(node.take(kDay.plus_days(3), {profile(kAnn)}).movements.empty());
}

TEST(Enrolment, OnRequestTheProfileMakesAMember) {
  programme::Rows rows = small_programme(kBegin);
  rows.head.enrolment = programme::Enrolment::kOnRequest;
  ProgrammeNode node(rows);
  const DayResult day =
      node.take(kDay, {bill(kAnn, kMarch, 500), earn(kAnn, kMarch, 9),
                       account_row(kAnn, "A-1", kMarch), profile(kAnn), bill(kAnn, kMarch, 500)});
  EXPECT_EQ(returned_of(day), (Texts{"1 NOT_HOME", "2 NOT_HOME", "3 NOT_HOME"}));
  EXPECT_EQ(movements_of(day), Texts{"EARN 5 ISSUED 5 5"});
}

TEST(Backfill, SixMonthsBeforeTheMonthOfCompletion) {
  ProgrammeNode node(small_programme(kBegin));
  std::vector<Row> rows;
  for (int back = 8; back >= 0; --back) {
    rows.push_back(bill(kAnn, before(kDay.month(), back), 10'000 + back * 100, "A-2"));
    rows.push_back(bill(kAnn, before(kDay.month(), back), 20'000 + back * 100, "A-1"));
  }
  EXPECT_TRUE(node.take(kDay, rows).movements.empty());
  const DayResult day = node.take(kDay.plus_days(1), {profile(kAnn)});
  // In the order of the accounts, A-2 came first, then months, that of completion with its bill
  // that is there; what is older never comes.
  Texts expected;
  std::uint32_t entry = kGeneratedFrom;
  for (const int account : {10'000, 20'000}) {
    for (int back = 6; back >= 0; --back, ++entry) {
      const std::string name = std::to_string(entry);
      expected.push_back("EARN " + name + " ISSUED " + name + " " +
                         std::to_string(account / 100 + back));
    }
  }
  EXPECT_EQ(movements_of(day), expected);
  EXPECT_EQ(node.rating_points(kAnn, before(kDay.month(), 7)), 0);
  EXPECT_EQ(node.rating_points(kAnn, before(kDay.month(), 6)), 106 + 206);
  EXPECT_EQ(node.rating_points(kAnn, kDay.month()), 100 + 200);
}

TEST(Backfill, OfTheYearsBeginAsksForMonthsThatThereAre) {
  programme::Rows rows = small_programme(on(2000, 1, 1));
  rows.head.backfill_months = 23;
  ProgrammeNode node(rows);
  node.take(on(2000, 2, 3), {bill(kAnn, month_of(2000, 1), 700)});
  EXPECT_EQ(movements_of(node.take(on(2000, 2, 4), {profile(kAnn)})).size(), 1U);
}

TEST(Backfill, ExpiresWithItsOwnQuarter) {
  ProgrammeNode node(small_programme(kBegin));
  const Month december = month_of(2006, 12);
  node.take(kDay, {bill(kAnn, december, 10'000), bill(kAnn, kMarch, 10'000)});
  const DayResult day = node.take(kDay.plus_days(1), {profile(kAnn)});
  ASSERT_EQ(day.movements.size(), 2U);
  EXPECT_EQ(day.movements[0].slice.earned_month, december);
  EXPECT_EQ(day.movements[0].slice.expires_on, on(2010, 1, 1));
  EXPECT_EQ(day.movements[1].slice.expires_on, on(2010, 4, 1));
  EXPECT_EQ(day.movements[0].slice.source, Source::kConsumption);
  EXPECT_EQ(day.movements[0].slice.rating, 1);
}

TEST(Expiry, WithAProgrammeByBillMonthNotByPosting) {
  ProgrammeNode node(without_profile());
  const DayResult day = node.take(on(2007, 4, 2), {bill(kAnn, kMarch, 10'000)});
  ASSERT_EQ(day.movements.size(), 1U);
  EXPECT_EQ(day.movements[0].slice.expires_on, on(2010, 4, 1));
}

TEST(MemberBook, BillsOfBeforeTheActivationAreDoublesStill) {
  ProgrammeNode node;
  node.take(kDay, {bill(kAnn, kMarch, 10'000), bill(kAnn, before(kMarch, 30), 3'000)});
  programme::Rows rows = small_programme(kDay.plus_days(1));
  node.give(rows);
  const DayResult day = node.take(
      kDay.plus_days(1), {bill(kAnn, kMarch, 10'000), bill(kAnn, before(kMarch, 30), 3'000),
                          bill(kAnn, before(kMarch, 29), 3'000), bill(kAnn, kDay.month(), 500)});
  EXPECT_EQ(returned_of(day), (Texts{"1 DUPLICATE", "2 DUPLICATE", "3 TOO_OLD"}));
  // Its own account brought them along: they gave their points then.
  EXPECT_EQ(node.book().billed(0, kMarch), 10'000);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 100);
  EXPECT_TRUE(node.take(kDay.plus_days(2), {profile(kAnn)}).movements.empty());
}

TEST(MemberBook, CorrectsBillsOfBeforeTheActivation) {
  ProgrammeNode node;
  const Month old = before(kMarch, 30);
  node.take(kDay, {bill(kAnn, kMarch, 10'000), bill(kAnn, old, 3'000)});
  node.give(small_programme(kDay.plus_days(1)));
  const LotId lot(kP1, kDay, 1);
  const LotId old_lot(kP1, kDay, 2);
  const DayResult day =
      node.take(kDay.plus_days(1),
                {rebill(kAnn, kMarch, lot, 9'000, 8'000), rebill(kAnn, kMarch, lot, 10'000, 8'000),
                 rebill(kAnn, old, old_lot, 3'000, 2'000), rebill(kAnn, old, old_lot, 3'000, 1'000),
                 rebill(kAnn, before(old, 1), old_lot, 400, 200)});
  // Of a month that nothing is known of any more the row is believed.
  EXPECT_EQ(returned_of(day), (Texts{"1 BILL_MISMATCH", "4 BILL_MISMATCH"}));
  EXPECT_EQ(movements_of(day),
            (Texts{"UNEARN 2 ISSUED 1 -20", "UNEARN 3 ISSUED 2 -10", "UNEARN 5 ISSUED 2 -2"}));
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 80);
}

TEST(MemberBook, RingKeeps24MonthsAndRefusesOlderOnes) {
  ProgrammeNode node(without_profile());
  node.take(kDay, {bill(kAnn, before(kMarch, 24), 2'400), bill(kAnn, before(kMarch, 23), 2'300)});
  const DayResult day =
      node.take(kDay.plus_days(1),
                {bill(kAnn, kMarch, 100), bill(kAnn, before(kMarch, 24), 2'400),
                 bill(kAnn, before(kMarch, 23), 2'300), bill(kAnn, before(kMarch, 22), 1)});
  EXPECT_EQ(returned_of(day), (Texts{"2 TOO_OLD", "3 DUPLICATE"}));
  EXPECT_EQ(node.book().billed(0, before(kMarch, 24)), std::nullopt);
  EXPECT_EQ(node.rating_points(kAnn, before(kMarch, 24)), 0);
  EXPECT_EQ(node.book().billed(0, before(kMarch, 22)), 1);
  const DayResult other =
      node.take(kDay.plus_days(2),
                {bill(kBob, kMarch, 100, "B-1"), bill(kBob, before(kMarch, 23), 2'300, "B-1"),
                 bill(kBob, before(kMarch, 24), 2'400, "B-1")});
  EXPECT_EQ(returned_of(other), Texts{"3 TOO_OLD"});
  EXPECT_EQ(node.book().billed(1, before(kMarch, 23)), 2'300);
  EXPECT_EQ(node.book().billed(1, kMarch), 100);
}

TEST(MemberBook, KeepsAmountsThatDontFitTheRing) {
  ProgrammeNode node(without_profile());
  const std::int64_t large = 4'294'967'294;
  node.take(kDay, {bill(kAnn, kMarch, large), bill(kAnn, before(kMarch, 1), large - 1),
                   bill(kAnn, before(kMarch, 2), 100'000'000'000)});
  node.reload();
  EXPECT_EQ(node.book().billed(0, kMarch), large);
  EXPECT_EQ(node.book().billed(0, before(kMarch, 1)), large - 1);
  EXPECT_EQ(node.book().billed(0, before(kMarch, 2)), 100'000'000'000);
  const LotId lot(kP1, kDay, 1);
  node.take(kDay.plus_days(1), {rebill(kAnn, kMarch, lot, large, 300)});
  node.take(on(2009, 1, 2), {bill(kAnn, before(kMarch, -22), 100)});
  EXPECT_EQ(node.book().billed(0, before(kMarch, 2)), std::nullopt);
  node.reload();
  EXPECT_EQ(node.book().billed(0, kMarch), 300);
}

TEST(MemberBook, OneAccountHasOneMember) {
  ProgrammeNode node(small_programme(kBegin));
  const DayResult day = node.take(
      kDay, {account_row(kAnn, "A-1", month_of(2005, 5), 2), bill(kBob, kMarch, 100, "A-1"),
             account_row(kBob, "A-1", month_of(2005, 5)), account_end(kBob, "A-1"),
             spent(kBob, "A-1", kMarch, 100, true), rebill(kBob, kMarch, {}, 100, 300, "A-1"),
             account_row(kBob, "B-1", month_of(2005, 5), 4)});
  EXPECT_EQ(returned_of(day), (Texts{"2 NO_ACCOUNT", "3 NO_ACCOUNT", "4 NOT_HOME", "5 NO_ACCOUNT",
                                     "6 NOT_HOME", "7 UNKNOWN_NAME"}));
  EXPECT_EQ(node.book().accounts(), 1U);
  EXPECT_EQ(node.book().members(), 1U);
}

TEST(MemberBook, AccountSaysWhatHasChanged) {
  ProgrammeNode node(small_programme(kBegin));
  node.take(kDay, {account_row(kAnn, "A-1", month_of(2005, 5), 3),
                   account_row(kAnn, "A-1", month_of(2005, 6), 3),
                   account_row(kAnn, "A-2", month_of(2006, 6), 2)});
  EXPECT_EQ(node.book().account(0).joined, month_of(2005, 6).count());
  EXPECT_EQ(node.member(kAnn).region, 2);
  // After a bill the joining month stays; that of an account that began with a bill is told once.
  node.take(kDay.plus_days(1), {bill(kAnn, kMarch, 100), account_row(kAnn, "A-1", kMarch, 1),
                                bill(kBob, kMarch, 100, "B-1"), account_row(kBob, "B-1", kMarch),
                                account_row(kBob, "B-1", month_of(2001, 1))});
  EXPECT_EQ(node.book().account(0).joined, month_of(2005, 6).count());
  EXPECT_EQ(node.book().account(2).joined, kMarch.count());
  EXPECT_EQ(node.member(kAnn).region, 1);
  node.take(kDay.plus_days(2), {account_end(kAnn, "A-1")});
  EXPECT_EQ(node.book().account(0).ended, kDay.month().count());
  EXPECT_EQ(node.member(kAnn).region, 2);
}

TEST(MemberBook, AnAccountThatHasEndedEarnsUntilItsLastMonth) {
  ProgrammeNode node(small_programme(kBegin));
  const Month april = kDay.month();
  const DayResult day =
      node.take(kDay, {bill(kAnn, kMarch, 1'000, "A-1"), bill(kAnn, kMarch, 2'000, "A-2"),
                       account_end(kAnn, "A-1"), account_end(kAnn, "A-9"), profile(kAnn)});
  EXPECT_EQ(returned_of(day), Texts{"4 NO_ACCOUNT"});
  EXPECT_EQ(movements_of(day), (Texts{"EARN 3000000000 ISSUED 3000000000 10",
                                      "EARN 3000000001 ISSUED 3000000001 20"}));
  // Its last bill comes behind; a second end changes nothing.
  const BusinessDate may = on(2007, 5, 2);
  EXPECT_EQ(movements_of(node.take(may, {account_end(kAnn, "A-1"), bill(kAnn, april, 100, "A-1")})),
            Texts{"EARN 2 ISSUED 2 1"});
  EXPECT_EQ(node.book().account(0).ended, april.count());
  EXPECT_EQ(returned_of(node.take(may.plus_days(1), {bill(kAnn, may.month(), 100, "A-1"),
                                                     spent(kAnn, "A-1", may.month(), 1, true)})),
            (Texts{"1 CLOSED", "2 CLOSED"}));
  // It comes back with its row.
  EXPECT_EQ(movements_of(node.take(may.plus_days(2), {account_row(kAnn, "A-1", kMarch),
                                                      bill(kAnn, may.month(), 100, "A-1")})),
            Texts{"EARN 2 ISSUED 2 1"});
}

TEST(MemberBook, AMonthThatHasntBegunIsRefusedBeforeAllElse) {
  ProgrammeNode node(without_profile());
  const Month next = kDay.month().next();
  const DayResult day =
      node.take(kDay, {bill(kAnn, kMarch, 700), bill(kAnn, next, 100), bill(kBob, next, 100, "A-1"),
                       rebill(kAnn, next, {}, 100, 300), spent(kAnn, "A-1", next, 100, true),
                       bill(member_of(9, kP2), next, 100, "B-1")});
  EXPECT_EQ(returned_of(day),
            (Texts{"2 INVALID", "3 INVALID", "4 INVALID", "5 INVALID", "6 INVALID"}));
  EXPECT_EQ(node.book().billed(0, kMarch), 700);
}

TEST(MemberBook, SpentIsKeptAndMakesNoLot) {
  ProgrammeNode node(small_programme(kBegin));
  const DayResult day = node.take(
      kDay, {spent(kAnn, "A-1", kMarch, 1'000, true), spent(kAnn, "A-1", kMarch, 1'000, true),
             spent(kAnn, "A-1", before(kMarch, 1), 700, false),
             spent(kAnn, "A-1", before(kMarch, 24), 700, false), bill(kAnn, kMarch, 1'000)});
  EXPECT_EQ(returned_of(day), (Texts{"2 DUPLICATE", "4 TOO_OLD", "5 DUPLICATE"}));
  EXPECT_TRUE(day.movements.empty());
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 10);
  // What it hadn't earned there, it earns here.
  EXPECT_EQ(movements_of(node.take(kDay.plus_days(1), {profile(kAnn)})),
            Texts{"EARN 3000000000 ISSUED 3000000000 7"});
}

TEST(MemberBook, ARebillOfWhatWaitsMovesNoPoints) {
  ProgrammeNode node(small_programme(kBegin));
  const DayResult day =
      node.take(kDay, {bill(kAnn, kMarch, 1'000), rebill(kAnn, kMarch, {}, 1'000, 600),
                       rebill(kAnn, kMarch, {}, 600, 800)});
  EXPECT_TRUE(day.returned.empty());
  EXPECT_TRUE(day.movements.empty());
  // A bill that nobody knows is believed to have given its points: it was elsewhere.
  EXPECT_EQ(movements_of(
                node.take(kDay.plus_days(1), {rebill(kAnn, before(kMarch, 1), {}, 0, 400, "A-2")})),
            Texts{"EARN 1 ISSUED 1 4"});
  EXPECT_EQ(movements_of(node.take(kDay.plus_days(2), {profile(kAnn)})),
            Texts{"EARN 3000000000 ISSUED 3000000000 8"});
}

TEST(MemberBook, EachMonthEarnsByItsOwnVersion) {
  programme::Rows first = without_profile();
  first.earn.round = programme::Rounding::kUp;
  ProgrammeNode node(first);
  programme::Rows second = without_profile();
  second.head.version = 2;
  second.head.effective = on(2007, 4, 1);
  second.earn.points_per_unit = Ratio(3, 2);
  second.sources[0].rating = false;
  node.give(second);
  const DayResult day =
      node.take(on(2007, 5, 3), {bill(kAnn, kMarch, 101), bill(kAnn, month_of(2007, 4), 101),
                                 bill(kAnn, month_of(2003, 12), 199, "A-2")});
  EXPECT_EQ(movements_of(day),
            (Texts{"EARN 1 ISSUED 1 2", "EARN 2 ISSUED 2 1", "EARN 3 ISSUED 3 1"}));
  EXPECT_EQ(day.movements[0].slice.rating, 1);
  EXPECT_EQ(day.movements[1].slice.rating, 0);
  EXPECT_EQ(node.rating_points(kAnn, month_of(2007, 4)), 0);
}

TEST(MemberBook, ALotNeverHasMoreThanAnAmount) {
  programme::Rows rows = without_profile();
  rows.earn.unit_fen = 1;
  rows.earn.points_per_unit = Ratio(1'000'000, 1);
  ProgrammeNode node(rows);
  node.take(kDay, {bill(kAnn, kMarch, 100'000'000'000)});
  EXPECT_EQ(node.points(kAnn), 100'000'000'000);
}

TEST(MemberBook, CountsRatingPointsThatCameOfNoBill) {
  ProgrammeNode node;
  node.take(kDay, {earn(kAnn, kMarch, 30, Source::kTenure, 1), earn(kAnn, kMarch, 9),
                   earn(kAnn, before(kMarch, 24), 7, Source::kLevel, 1),
                   bill(kAnn, kMarch, 5'000, "A-1")});
  node.give(small_programme(kDay.plus_days(1)));
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 30);
  node.take(kDay.plus_days(1),
            {earn(kAnn, kMarch, 8, Source::kAward, 1), unearn(kAnn, LotId(kP1, kDay, 1), 40),
             account_row(kAnn, "A-1", kMarch)});
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 50 + 30 + 8 - 40);
  // A record of a month that is over is used again.
  const BusinessDate later = on(2009, 4, 1);
  node.take(later, {earn(kAnn, month_of(2009, 3), 5, Source::kAward, 1)});
  EXPECT_EQ(node.rating_points(kAnn, month_of(2009, 3)), 5);
  EXPECT_EQ(node.rating_points(kAnn, kMarch) - 50, 0);
}

TEST(MemberBook, EachLotKnowsItsAccount) {
  ProgrammeNode node;
  node.take(kDay, {bill(kAnn, before(kMarch, 1), 5'000)});
  node.give(small_programme(kDay.plus_days(1)));
  node.take(kDay.plus_days(1),
            {profile(kAnn), bill(kAnn, kMarch, 5'000, "A-2"), earn(kAnn, kMarch, 9),
             move_in(member_of(9, kP2), kP2,
                     {lot_row(opening_lot(7, kP2), kMarch, on(2010, 4, 1), 50, 40)})});
  EXPECT_EQ(node.book().origin(0), MemberBook::kNone);
  EXPECT_EQ(node.book().origin(1), node.book().find({account_of("A-2")}));
  EXPECT_EQ(node.book().origin(2), MemberBook::kNone);
  EXPECT_EQ(node.book().origin(3), MemberBook::kNone);
  EXPECT_EQ(node.book().members(), 2U);
}

TEST(MemberBook, RowsOfMembersNeedAProgramme) {
  ProgrammeNode node;
  EXPECT_EQ(returned_of(node.take(kDay, {profile(kAnn), spent(kAnn, "A-1", kMarch, 1, true)})),
            (Texts{"1 INVALID", "2 INVALID"}));
}

TEST(ProgrammeBook, TheVersionBeforeHoldsUntilTheNextOnesDay) {
  ProgrammeBook book;
  EXPECT_EQ(book.of_day(kDay), nullptr);
  const auto first = built(small_programme(on(2004, 1, 1)));
  book.take(blob_of_version(1), first);
  programme::Rows rows = small_programme(on(2007, 4, 2), 2);
  const auto second = built(rows);
  EXPECT_EQ(book.misfit(*second), ProgrammeBook::Misfit::kNone);
  book.take(blob_of_version(2), second);
  EXPECT_EQ(book.of_day(on(2003, 12, 31)), nullptr);
  EXPECT_EQ(book.of_day(on(2004, 1, 1)), first.get());
  EXPECT_EQ(book.of_day(on(2007, 4, 1)), first.get());
  EXPECT_EQ(book.of_day(on(2007, 4, 2)), second.get());
  EXPECT_EQ(book.of_month(month_of(2007, 4)), first.get());
  EXPECT_EQ(book.of_month(month_of(2007, 5)), second.get());
  rows.head.version = 4;
  EXPECT_EQ(book.misfit(*built(rows)), ProgrammeBook::Misfit::kVersion);
  rows.head.version = 3;
  EXPECT_EQ(book.misfit(*built(rows)), ProgrammeBook::Misfit::kDay);
  rows.head.code = "another";
  EXPECT_EQ(book.misfit(*built(rows)), ProgrammeBook::Misfit::kCode);
}

TEST(ProgrammeNames, KeepTheirNumbersOverVersions) {
  programme::Rows rows = small_programme(kBegin);
  rows.campaigns = {{.name = "b", .points = 1}, {.name = "a", .plans = {"p", "q"}, .points = 1}};
  ProgrammeNames names;
  EXPECT_TRUE(names.take(*built(rows)));
  rows.campaigns = {{.name = "c", .points = 1}, {.name = "a", .plans = {"r", "q"}, .points = 1}};
  EXPECT_TRUE(names.take(*built(rows)));
  EXPECT_EQ(names.campaigns.find("b"), 0);
  EXPECT_EQ(names.campaigns.find("a"), 1);
  EXPECT_EQ(names.campaigns.find("c"), 2);
  EXPECT_EQ(names.plans.find("r"), 2);
  EXPECT_EQ(names.campaigns.find("d"), NameTable::kNone);
}

}  // namespace PH_FILE
}  // namespace ph::test
