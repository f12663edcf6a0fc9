// Points earned and taken back: bills and their corrections, other sources, partners, debts.
#include <gtest/gtest.h>

#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const Month kMarch = month_of(2007, 3);
const Member kAnn = member_of(1);
constexpr ExpiryRule kCalendarYear{.policy = ExpiryPolicy::kYear, .years = 2};

LotId lot_of(std::uint32_t serial, BusinessDate date = kDay) {
  return LotId(kP1, date, serial);
}

TEST(Bill, GivesOnePointAWholeYuan) {
  Node node;
  const DayResult result = node.take(kDay, {bill(kAnn, kMarch, 18650)});
  EXPECT_EQ(movements_of(result), Texts{"EARN 1 ISSUED 1 186"});
  const Slice& slice = result.movements.at(0).slice;
  EXPECT_EQ(slice.lot, lot_of(1));
  EXPECT_EQ(slice.source, Source::kConsumption);
  EXPECT_EQ(slice.rating, 1);
  EXPECT_EQ(slice.original, 186);
  EXPECT_EQ(slice.earned_month, kMarch);
}

TEST(Bill, ExpiresThreeYearsAfterTheEarnedQuarter) {
  Node node;
  node.take(kDay,
            {bill(kAnn, month_of(2004, 12), 100, "A"), bill(kAnn, month_of(2005, 1), 100, "B"),
             bill(kAnn, month_of(2005, 3), 100, "C")});
  EXPECT_EQ(node.expires_on(lot_of(1)), on(2008, 1, 1));
  EXPECT_EQ(node.expires_on(lot_of(2)), on(2008, 4, 1));
  EXPECT_EQ(node.expires_on(lot_of(3)), on(2008, 4, 1));
}

TEST(Expiry, ByBillMonthNotByPosting) {
  Node node;
  node.take(kDay, {bill(kAnn, month_of(2005, 12), 100)});  // A bill that comes in April 2007.
  EXPECT_EQ(node.expires_on(lot_of(1)), on(2009, 1, 1));
  node.use_expiry(ExpiryRules({{.from = month_of(2006, 1), .rule = kCalendarYear}}));
  const BusinessDate next = kDay.plus_days(1);
  node.take(next, {bill(kAnn, month_of(2005, 12), 100, "B"), bill(kAnn, month_of(2006, 1), 100)});
  EXPECT_EQ(node.expires_on(lot_of(1, next)), on(2009, 1, 1));
  EXPECT_EQ(node.expires_on(lot_of(2, next)), on(2009, 1, 1));
}

// The rule of the earned month, in whichever row the points come.
TEST(Expiry, IsTheRuleOfTheEarnedMonthInEveryRow) {
  Node node;
  node.take(kDay, {bill(kAnn, month_of(2006, 8), 100), bill(kAnn, kMarch, 100)});
  node.use_expiry(ExpiryRules({{.from = month_of(2006, 9), .rule = kCalendarYear}}));
  const BusinessDate next = kDay.plus_days(1);
  const LotId brought(kP2, on(2007, 3, 1), 9);
  node.take(next,
            {rebill(kAnn, month_of(2006, 8), lot_of(1), 100, 300),
             rebill(kAnn, kMarch, lot_of(2), 100, 300), earn(kAnn, month_of(2006, 9), 5),
             accrual(id_of(kAir, kDay, "a"), kAnn, 5), exchange_in(id_of(kAir, kDay, "x"), kAnn, 5),
             move_in(member_of(1, kP2), kP2, {lot_row(brought, kMarch, on(2010, 4, 1), 20, 12)})});
  EXPECT_EQ(node.expires_on(lot_of(1, next)), on(2009, 10, 1));
  EXPECT_EQ(node.expires_on(lot_of(2, next)), on(2010, 1, 1));
  EXPECT_EQ(node.expires_on(lot_of(3, next)), on(2009, 1, 1));
  EXPECT_EQ(node.expires_on(lot_of(4, next)), on(2010, 1, 1));
  EXPECT_EQ(node.expires_on(lot_of(5, next)), on(2010, 1, 1));
  EXPECT_EQ(node.expires_on(brought), on(2010, 4, 1));    // As it came.
  EXPECT_EQ(node.expires_on(lot_of(2)), on(2010, 4, 1));  // Made before: it stays.
}

TEST(Bill, OfLessThanAYuanMakesNoLotButCountsAsTheBill) {
  Node node;
  const DayResult result =
      node.take(kDay, {bill(kAnn, kMarch, 99), bill(kAnn, kMarch, 500), redeem(kAnn, 1)});
  EXPECT_TRUE(result.movements.empty());
  // The account is open since the bill.
  EXPECT_EQ(returned_of(result), (Texts{"2 DUPLICATE", "3 INSUFFICIENT_POINTS"}));
}

TEST(Bill, IsOneAnAccountAndMonth) {
  Node node;
  EXPECT_EQ(returned_of(node.take(
                kDay, {bill(kAnn, kMarch, 500), bill(kAnn, kMarch, 500),
                       bill(kAnn, kMarch, 500, "A-2"), bill(kAnn, month_of(2007, 2), 500)})),
            Texts{"2 DUPLICATE"});
}

TEST(Bill, OfAMemberOfAnotherProvinceIsNotHome) {
  Node node;
  const Member other = member_of(1, kP2);
  EXPECT_EQ(
      returned_of(node.take(kDay, {bill(other, kMarch, 500), earn(other, kMarch, 5),
                                   accrual(id_of(kAir, kDay, "A"), other, 5), redeem(other, 5)})),
      (Texts{"1 NOT_HOME", "2 NOT_HOME", "3 NOT_HOME", "4 NOT_HOME"}));
}

TEST(Account, AnOpeningRowMakesAMemberOfAnotherPrefixAtHome) {
  const Member other = member_of(1, kP2);
  Node node;
  node.opened({.members = {other}});
  EXPECT_TRUE(node.take(kDay, {bill(other, kMarch, 500)}).returned.empty());
}

TEST(Account, OnlyEarningRowsOpenOne) {
  Node node;
  EXPECT_EQ(
      returned_of(node.take(kDay, {redeem(kAnn, 1), transfer(kAnn), leave(kAnn),
                                   hold(kAnn, 1, kDay), rebill(kAnn, kMarch, lot_of(1), 0, 500),
                                   move_out(id_of(kP2, kDay, "1"), kAnn, kP2)})),
      (Texts{"1 NOT_HOME", "2 NOT_HOME", "3 NOT_HOME", "4 NOT_HOME", "5 NOT_HOME", "6 NOT_HOME"}));
}

TEST(Account, AReturnedEarningRowOpensNone) {
  Node node;
  EXPECT_EQ(
      returned_of(node.take(kDay, {earn(kAnn, kMarch, 0), redeem(kAnn, 1),
                                   accrual(id_of(kAir, kDay, "A"), kAnn, 0), redeem(kAnn, 1)})),
      (Texts{"1 ZERO_POINTS", "2 NOT_HOME", "3 ZERO_POINTS", "4 NOT_HOME"}));
}

TEST(Earn, MakesTheLotTheRowSays) {
  Node node;
  const DayResult result = node.take(kDay, {earn(kAnn, month_of(2006, 5), 70, Source::kAward, 1)});
  EXPECT_EQ(movements_of(result), Texts{"EARN 1 ISSUED 1 70"});
  const Slice& slice = result.movements.at(0).slice;
  EXPECT_EQ(slice.source, Source::kAward);
  EXPECT_EQ(slice.rating, 1);
  EXPECT_EQ(slice.earned_month, month_of(2006, 5));
  EXPECT_EQ(slice.expires_on, on(2009, 7, 1));
}

TEST(Accrual, MakesALotOfTheIdsMonthInTheItemsSlices) {
  Node node;
  const BusinessDate march = on(2007, 3, 30);
  const DayResult result = node.take(kDay, {accrual(id_of(kAir, march, "A"), kAnn, 70),
                                            exchange_in(id_of(kAir, march, "A"), kAnn, 80, 10)});
  EXPECT_TRUE(result.movements.empty());
  EXPECT_EQ(slices_of(result), (Texts{"ISSUED 1 70", "ISSUED 2 80"}));
  EXPECT_EQ(result.slices[0].source, Source::kPartner);
  EXPECT_EQ(result.slices[1].source, Source::kExchangeIn);
  EXPECT_EQ(result.slices[0].rating, 0);
  EXPECT_EQ(result.slices[0].earned_month, kMarch);
  ASSERT_EQ(result.items.size(), 2U);
  EXPECT_EQ(result.items[0].counterparty, kAir);
  EXPECT_EQ(result.items[0].partner, kAir);
  EXPECT_EQ(result.items[1].units, 10);
}

TEST(Debt, ANewLotRepaysWhatIsOwedToThisProvinceFirst) {
  Node node;
  node.opened({.debts = {{.member = kAnn, .issuer = kP1, .points = 30},
                         {.member = kAnn, .issuer = kP2, .points = 7}}});
  EXPECT_EQ(movements_of(node.take(kDay, {earn(kAnn, kMarch, 20), bill(kAnn, kMarch, 1500)})),
            (Texts{"EARN 1 ISSUED 1 20", "REPAY 1 REPAID 1 -20", "REPAY 1 REPAID debt1 20",
                   "EARN 2 ISSUED 2 15", "REPAY 2 REPAID 2 -10", "REPAY 2 REPAID debt1 10"}));
  EXPECT_EQ(node.debt(kAnn, kP1), 0);
  EXPECT_EQ(node.debt(kAnn, kP2), 7);
  EXPECT_EQ(node.remaining(lot_of(2)), 5);
}

TEST(Debt, AnAccrualsRepaymentIsInItsItem) {
  Node node;
  node.opened({.debts = {{.member = kAnn, .issuer = kP1, .points = 30}}});
  const DayResult result = node.take(kDay, {accrual(id_of(kAir, kDay, "A"), kAnn, 50)});
  EXPECT_TRUE(result.movements.empty());
  EXPECT_EQ(slices_of(result), (Texts{"ISSUED 1 50", "REPAID 1 -30", "REPAID debt1 30"}));
}

TEST(Unearn, TakesTheNamedLotThenOthersOfTheIssuerThenOwes) {
  Node node;
  node.opened(
      {.lots = {opening_lot_of(1, kAnn, 10, on(2008, 1, 1)),
                opening_lot_of(2, kAnn, 10, on(2009, 1, 1)), opening_lot_of(3, kAnn, 10, kLater),
                opening_lot_of(4, kAnn, 10, on(2008, 1, 1), month_of(2005, 1), kP2)}});
  EXPECT_EQ(movements_of(node.take(kDay, {unearn(kAnn, opening_lot(2), 34)})),
            (Texts{"UNEARN 1 ISSUED 2 -10", "UNEARN 1 ISSUED 1 -10", "UNEARN 1 ISSUED 3 -10",
                   "UNEARN 1 ISSUED debt1 -4"}));
  EXPECT_EQ(node.debt(kAnn, kP1), 4);
  EXPECT_EQ(node.remaining(opening_lot(4, kP2)), 10);
}

TEST(Unearn, LeavesHeldPointsAlone) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kLater)}});
  const DayResult result = node.take(kDay, {hold(kAnn, 6, kDay), unearn(kAnn, opening_lot(1), 10),
                                            capture(own_id(kDay, 1), 6, true)});
  EXPECT_EQ(movements_of(result), (Texts{"UNEARN 2 ISSUED 1 -4", "UNEARN 2 ISSUED debt1 -6"}));
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 -6"});
}

TEST(Unearn, SkipsOtherLotsThatHaveExpired) {
  Node node;
  const BusinessDate end = kDay.plus_days(1);
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, end), opening_lot_of(2, kAnn, 10, kLater)}});
  EXPECT_TRUE(node.take(kDay, {hold(kAnn, 10, kDay.plus_days(9))}).returned.empty());
  // Lot 1 is free again after its day, and expired.
  EXPECT_EQ(
      movements_of(node.take(end, {void_hold(own_id(kDay, 1)), unearn(kAnn, opening_lot(2), 15)})),
      (Texts{"UNEARN 2 ISSUED 2 -10", "UNEARN 2 ISSUED debt1 -5"}));
}

TEST(Unearn, OfAnUnknownLotIsUnknownParent) {
  Node node;
  node.opened(
      {.lots = {opening_lot_of(1, kAnn, 10, kLater), opening_lot_of(2, member_of(2), 10, kLater)}});
  EXPECT_EQ(returned_of(node.take(
                kDay, {unearn(kAnn, opening_lot(2), 5), unearn(kAnn, opening_lot(1), 0)})),
            (Texts{"1 UNKNOWN_PARENT", "2 ZERO_POINTS"}));
}

TEST(Rebill, DownwardsTakesTheDifferenceOfWholeYuan) {
  Node node;
  node.take(kDay, {bill(kAnn, kMarch, 18650)});
  EXPECT_EQ(
      movements_of(node.take(kDay.plus_days(1), {rebill(kAnn, kMarch, lot_of(1), 18650, 10099)})),
      Texts{"UNEARN 1 ISSUED 1 -86"});
}

TEST(Rebill, UpwardsMakesALotOfItsOwnEntryAndTheBillsMonth) {
  Node node;
  node.take(kDay, {bill(kAnn, month_of(2006, 12), 150)});
  const DayResult result =
      node.take(kDay.plus_days(1), {rebill(kAnn, month_of(2006, 12), lot_of(1), 150, 500)});
  EXPECT_EQ(movements_of(result), Texts{"EARN 1 ISSUED 1 4"});
  EXPECT_EQ(result.movements[0].slice.lot, lot_of(1, kDay.plus_days(1)));
  EXPECT_EQ(result.movements[0].slice.earned_month, month_of(2006, 12));
  EXPECT_EQ(result.movements[0].slice.expires_on, on(2010, 1, 1));
}

TEST(Rebill, OfAMonthThatHasExpiredExpiresAtTheNextRun) {
  Node node;
  const Month old = month_of(2004, 1);
  node.take(kDay, {bill(kAnn, old, 0)});
  EXPECT_EQ(
      movements_of(node.take(kDay.plus_days(1), {rebill(kAnn, old, {}, 0, 500), redeem(kAnn, 1)})),
      Texts{"EARN 1 ISSUED 1 5"});
  EXPECT_EQ(movements_of(node.take(kDay.plus_days(2), {})),
            Texts{"EXPIRE 3000000000 EXPIRED 1 -5"});
}

TEST(Rebill, MustSayWhatWasBilledAndThenCountsAsTheBill) {
  Node node;
  node.take(kDay, {bill(kAnn, kMarch, 18650)});
  const DayResult result = node.take(
      kDay.plus_days(1),
      {rebill(kAnn, kMarch, lot_of(1), 18600, 10000), rebill(kAnn, kMarch, lot_of(1), 18650, 18600),
       rebill(kAnn, kMarch, lot_of(1), 18600, 10000), bill(kAnn, kMarch, 100)});
  EXPECT_EQ(returned_of(result), (Texts{"1 BILL_MISMATCH", "4 DUPLICATE"}));
  EXPECT_EQ(movements_of(result), Texts{"UNEARN 3 ISSUED 1 -86"});
}

TEST(Rebill, WithAnUnknownLotIsUnknownParentBeforeTheBillIsLookedAt) {
  Node node;
  node.take(kDay, {bill(kAnn, kMarch, 18650)});
  EXPECT_EQ(
      returned_of(node.take(kDay.plus_days(1), {rebill(kAnn, kMarch, lot_of(9), 1, 0),
                                                rebill(kAnn, kMarch, lot_of(9), 18600, 10000)})),
      (Texts{"1 BILL_MISMATCH", "2 UNKNOWN_PARENT"}));
}

TEST(Rebill, BelievesABillThatIsNotKnownHere) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kLater)}});
  EXPECT_EQ(movements_of(node.take(kDay, {rebill(kAnn, kMarch, opening_lot(1), 1000, 400)})),
            Texts{"UNEARN 1 ISSUED 1 -6"});
}

TEST(Unissue, TakesFromTheNamedLotAndCitesItsParent) {
  Node node;
  const TransactionId parent = id_of(kAir, kDay, "A");
  node.take(kDay, {accrual(parent, kAnn, 50)});
  const DayResult result =
      node.take(kDay.plus_days(1), {unissue(parent, kAnn, lot_of(1), 20, id_of(kAir, kDay, "U"))});
  EXPECT_EQ(slices_of(result), Texts{"ISSUED 1 -20"});
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].kind, Kind::kUnissue);
  EXPECT_EQ(result.items[0].parent, parent);
}

TEST(Unissue, TakesNoMoreThanIsLeftOfItsParent) {
  Node node;
  const TransactionId parent = id_of(kAir, kDay, "A");
  node.take(kDay, {accrual(parent, kAnn, 50)});
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(1), {unissue(parent, kAnn, lot_of(1), 30),
                                                      unissue(parent, kAnn, lot_of(1), 21),
                                                      unissue(parent, kAnn, lot_of(1), 20)})),
            Texts{"2 EXCEEDS_PARENT"});
}

TEST(Unissue, OfAnExchangeInIsWholeOnly) {
  Node node;
  const TransactionId parent = id_of(kAir, kDay, "E");
  node.take(kDay, {exchange_in(parent, kAnn, 80, 10)});
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(1), {unissue(parent, kAnn, lot_of(1), 79),
                                                      unissue(parent, kAnn, lot_of(1), 80)})),
            Texts{"1 WHOLE_ONLY"});
}

TEST(Unissue, WhatWasSpentMeanwhileIsOwed) {
  Node node;
  const TransactionId parent = id_of(kAir, kDay, "A");
  node.take(kDay, {accrual(parent, kAnn, 50), redeem(kAnn, 45)});
  EXPECT_EQ(slices_of(node.take(kDay.plus_days(1), {unissue(parent, kAnn, lot_of(1), 50)})),
            (Texts{"ISSUED 1 -5", "ISSUED debt1 -45"}));
}

TEST(Unissue, OfAnothersAccrualIsUnknownParent) {
  Node node;
  const TransactionId parent = id_of(kAir, kDay, "A");
  const Member bob = member_of(2);
  node.take(kDay, {accrual(parent, kAnn, 50), earn(bob, kMarch, 50)});
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(1), {unissue(parent, bob, lot_of(2), 5),
                                                      unissue(parent, kAnn, lot_of(2), 5)})),
            (Texts{"1 UNKNOWN_PARENT", "2 UNKNOWN_PARENT"}));
}

}  // namespace PH_FILE
}  // namespace ph::test
