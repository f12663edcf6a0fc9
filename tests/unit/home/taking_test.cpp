// Points taken from lots: order of taking, what is available, holds and captures.
#include <gtest/gtest.h>

#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const Member kAnn = member_of(1);

Node with_lots(std::vector<OpeningLot> lots, std::vector<OpeningDebt> debts = {}) {
  Node node;
  node.opened({.lots = std::move(lots), .debts = std::move(debts)});
  return node;
}
Node with_points(std::int64_t points) {
  return with_lots({opening_lot_of(1, kAnn, points, kLater)});
}

TEST(Redeem, TakesLastPointButNotOneMore) {
  Node node = with_points(100);
  EXPECT_EQ(returned_of(node.take(kDay, {redeem(kAnn, 101)})), Texts{"1 INSUFFICIENT_POINTS"});
  const DayResult result = node.take(kDay.plus_days(1), {redeem(kAnn, 100), redeem(kAnn, 1)});
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 -100"});
  EXPECT_EQ(returned_of(result), Texts{"2 INSUFFICIENT_POINTS"});
}

TEST(Redeem, ReturnsZeroPointsBeforeLookingAtWhatIsAvailable) {
  Node node = with_points(100);
  EXPECT_EQ(returned_of(node.take(kDay, {redeem(kAnn, 0), hold(kAnn, 0, kDay),
                                         exchange_out(id_of(kAir, kDay, "X"), kAnn, 0)})),
            (Texts{"1 ZERO_POINTS", "2 ZERO_POINTS", "3 ZERO_POINTS"}));
}

TEST(Redeem, TakesByExpiryThenEarnedMonthThenLot) {
  Node node = with_lots({opening_lot_of(4, kAnn, 10, on(2008, 1, 1), month_of(2005, 2)),
                         opening_lot_of(9, kAnn, 10, on(2008, 1, 1), month_of(2005, 1)),
                         opening_lot_of(2, kAnn, 10, on(2009, 1, 1), month_of(2004, 1)),
                         opening_lot_of(7, kAnn, 10, on(2008, 1, 1), month_of(2005, 1))});
  EXPECT_EQ(slices_of(node.take(kDay, {redeem(kAnn, 35)})),
            (Texts{"REDEEMED 7 -10", "REDEEMED 9 -10", "REDEEMED 4 -10", "REDEEMED 2 -5"}));
}

TEST(Redeem, TakesFromAnyIssuersLots) {
  Node node = with_lots({opening_lot_of(1, kAnn, 10, on(2008, 1, 1), month_of(2005, 1), kP2),
                         opening_lot_of(2, kAnn, 10, on(2009, 1, 1), month_of(2006, 1), kP1)});
  const DayResult result = node.take(kDay, {redeem(kAnn, 15)});
  ASSERT_EQ(result.slices.size(), 2U);
  EXPECT_EQ(result.slices[0].lot.participant(), kP2);
  EXPECT_EQ(result.slices[1].lot.participant(), kP1);
}

TEST(Redeem, UsesALotOnTheDayBeforeItsExpiryOnly) {
  const BusinessDate end = kDay.plus_days(1);
  Node node = with_lots({opening_lot_of(1, kAnn, 10, end)});
  EXPECT_EQ(slices_of(node.take(kDay, {redeem(kAnn, 4)})), Texts{"REDEEMED 1 -4"});
  const DayResult result = node.take(end, {redeem(kAnn, 1)});
  EXPECT_EQ(movements_of(result), Texts{"EXPIRE 3000000000 EXPIRED 1 -6"});
  EXPECT_EQ(returned_of(result), Texts{"1 INSUFFICIENT_POINTS"});
}

TEST(Redeem, SubtractsDebtsToAllIssuersFromWhatIsAvailable) {
  Node node = with_lots({opening_lot_of(1, kAnn, 100, kLater)},
                        {{.member = kAnn, .issuer = kP1, .points = 30},
                         {.member = kAnn, .issuer = kP2, .points = 20}});
  EXPECT_EQ(returned_of(node.take(kDay, {redeem(kAnn, 51)})), Texts{"1 INSUFFICIENT_POINTS"});
  EXPECT_EQ(slices_of(node.take(kDay, {redeem(kAnn, 50)})), Texts{"REDEEMED 1 -50"});
}

TEST(Redeem, AnothersDebtTakesNothingAway) {
  Node node = with_lots({opening_lot_of(1, kAnn, 100, kLater)},
                        {{.member = member_of(2), .issuer = kP1, .points = 30}});
  EXPECT_TRUE(node.take(kDay, {redeem(kAnn, 100)}).returned.empty());
}

TEST(Redeem, TheItemCarriesTheRowAndItsOwnEntryAsAuthorisation) {
  Node node = with_points(100);
  const TransactionId id = id_of(kP2, kDay, "17");
  Row row = redeem_from(kP2, id, kAnn, 30, Form::kOwnProduct);
  const DayResult result = node.take(kDay, {earn(kAnn, month_of(2007, 3), 5), row});
  ASSERT_EQ(result.items.size(), 1U);
  const Item& item = result.items[0];
  EXPECT_EQ(item.kind, Kind::kRedeem);
  EXPECT_EQ(item.form, Form::kOwnProduct);
  EXPECT_EQ(item.counterparty, kP2);
  EXPECT_TRUE(item.partner.none());
  EXPECT_EQ(item.id, id);
  EXPECT_EQ(item.entry, 2U);
  EXPECT_EQ(item.authorisation, EntryId(kP1, kDay, 2));
  EXPECT_EQ(item.points, 30);
  EXPECT_EQ(item.slice_count, 1U);
}

TEST(Redeem, AtAMerchantThePartnerIsTheCounterparty) {
  Node node = with_points(100);
  const DayResult result =
      node.take(kDay, {redeem_from(kShop, id_of(kShop, kDay, "R1"), kAnn, 30, Form::kMerchant)});
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].counterparty, kShop);
  EXPECT_EQ(result.items[0].partner, kShop);
}

TEST(ExchangeOut, TakesPointsInFormExchangeOutWithoutAuthorisation) {
  Node node = with_points(1000);
  const DayResult result =
      node.take(kDay, {exchange_out(id_of(kAir, kDay, "X1"), kAnn, 1000, 100)});
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].kind, Kind::kExchangeOut);
  EXPECT_EQ(result.items[0].form, Form::kExchangeOut);
  EXPECT_EQ(result.items[0].units, 100);
  EXPECT_TRUE(result.items[0].authorisation.none());
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 -1000"});
}

TEST(Hold, ReservesPointsWithoutTakingThem) {
  Node node = with_points(100);
  const DayResult result =
      node.take(kDay, {hold(kAnn, 60, kDay.plus_days(3)), redeem(kAnn, 41), redeem(kAnn, 40)});
  EXPECT_EQ(returned_of(result), Texts{"2 INSUFFICIENT_POINTS"});
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 -40"});
  ASSERT_EQ(result.items.size(), 1U);
}

TEST(Hold, CaptureTakesItsSlicesInTheirOrder) {
  Node node = with_lots({opening_lot_of(1, kAnn, 10, on(2008, 1, 1)),
                         opening_lot_of(2, kAnn, 10, on(2009, 1, 1)),
                         opening_lot_of(3, kAnn, 10, on(2009, 4, 1))});
  const TransactionId held = own_id(kDay, 1);
  const DayResult result =
      node.take(kDay, {hold(kAnn, 25, kDay), capture(held, 12, false), capture(held, 10, false)});
  EXPECT_EQ(slices_of(result),
            (Texts{"REDEEMED 1 -10", "REDEEMED 2 -2", "REDEEMED 2 -8", "REDEEMED 3 -2"}));
}

TEST(Hold, CapturesHaveTheHoldsAuthorisationAndMember) {
  Node node = with_points(100);
  const DayResult result =
      node.take(kDay, {hold(kAnn, 60, kDay), capture(own_id(kDay, 1), 10, false)});
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].authorisation, EntryId(kP1, kDay, 1));
  EXPECT_EQ(result.items[0].member, kAnn);
  EXPECT_EQ(result.items[0].kind, Kind::kRedeem);
}

TEST(Hold, FinalCaptureReleasesTheRest) {
  Node node = with_points(100);
  const TransactionId held = own_id(kDay, 1);
  const DayResult result =
      node.take(kDay, {hold(kAnn, 60, kDay), capture(held, 10, true), redeem(kAnn, 91),
                       redeem(kAnn, 90), capture(held, 1, false), void_hold(held)});
  EXPECT_EQ(returned_of(result), (Texts{"3 INSUFFICIENT_POINTS", "5 HOLD_ENDED", "6 HOLD_ENDED"}));
}

TEST(Hold, IsEndedOnceFullyCaptured) {
  Node node = with_points(100);
  const TransactionId held = own_id(kDay, 1);
  EXPECT_EQ(returned_of(node.take(
                kDay, {hold(kAnn, 60, kDay), capture(held, 60, false), capture(held, 1, false)})),
            Texts{"3 HOLD_ENDED"});
}

TEST(Hold, GivesNoMoreThanItHasLeft) {
  Node node = with_points(100);
  const TransactionId held = own_id(kDay, 1);
  EXPECT_EQ(returned_of(node.take(kDay, {hold(kAnn, 60, kDay), capture(held, 20, false),
                                         capture(held, 41, false), capture(held, 0, false)})),
            (Texts{"3 EXCEEDS_PARENT", "4 ZERO_POINTS"}));
}

TEST(Hold, VoidReleasesItOnce) {
  Node node = with_points(100);
  const TransactionId held = own_id(kDay, 1);
  EXPECT_EQ(returned_of(node.take(
                kDay, {hold(kAnn, 60, kDay), void_hold(held), redeem(kAnn, 100), void_hold(held)})),
            Texts{"4 HOLD_ENDED"});
}

TEST(Hold, CanBeCapturedUntilItsLastDayInclusive) {
  Node node = with_points(100);
  const TransactionId held = own_id(kDay, 1);
  const BusinessDate last = kDay.plus_days(2);
  EXPECT_TRUE(node.take(kDay, {hold(kAnn, 60, last)}).returned.empty());
  EXPECT_TRUE(node.take(last, {capture(held, 10, false)}).returned.empty());
  EXPECT_EQ(returned_of(node.take(last.plus_days(1),
                                  {capture(held, 10, false), void_hold(held), redeem(kAnn, 90)})),
            (Texts{"1 HOLD_ENDED", "2 HOLD_ENDED"}));
}

TEST(Hold, IsReleasedOnlyAfterTheLastRowOfItsLastDay) {
  Node node = with_points(100);
  EXPECT_EQ(returned_of(node.take(kDay, {hold(kAnn, 60, kDay), redeem(kAnn, 41)})),
            Texts{"2 INSUFFICIENT_POINTS"});
  EXPECT_TRUE(node.take(kDay.plus_days(1), {redeem(kAnn, 100)}).returned.empty());
}

TEST(Hold, CannotBeCapturedPastItsDayThoughNoFileCameMeanwhile) {
  Node node = with_points(100);
  EXPECT_TRUE(node.take(kDay, {hold(kAnn, 60, kDay.plus_days(1))}).returned.empty());
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(5), {capture(own_id(kDay, 1), 10, false)})),
            Texts{"1 HOLD_ENDED"});
}

TEST(Hold, UnknownHoldIsUnknownParent) {
  Node node = with_points(100);
  const TransactionId redemption = own_id(kDay, 1);
  EXPECT_EQ(returned_of(node.take(kDay, {redeem(kAnn, 1), capture(redemption, 10, false),
                                         void_hold(own_id(kDay, 9))})),
            (Texts{"2 UNKNOWN_PARENT", "3 UNKNOWN_PARENT"}));
}

TEST(Expiry, LeavesHeldPointsUntilTheyAreReleased) {
  const BusinessDate end = kDay.plus_days(1);
  Node node = with_lots({opening_lot_of(1, kAnn, 10, end)});
  const TransactionId held = own_id(kDay, 1);
  EXPECT_TRUE(node.take(kDay, {hold(kAnn, 7, end)}).returned.empty());
  // Three are free and go; a capture still takes what is held; the rest is freed after the rows.
  const DayResult result = node.take(end, {capture(held, 2, false)});
  EXPECT_EQ(movements_of(result), Texts{"EXPIRE 3000000000 EXPIRED 1 -3"});
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 -2"});
  EXPECT_EQ(movements_of(node.take(end.plus_days(1), {})), Texts{"EXPIRE 3000000000 EXPIRED 1 -5"});
}

TEST(Expiry, PointsVoidedIntoAnExpiredLotExpireAtTheNextRun) {
  const BusinessDate end = kDay.plus_days(1);
  Node node = with_lots({opening_lot_of(1, kAnn, 10, end)});
  EXPECT_TRUE(node.take(kDay, {hold(kAnn, 10, kDay.plus_days(9))}).returned.empty());
  const DayResult result = node.take(end, {void_hold(own_id(kDay, 1)), redeem(kAnn, 1)});
  EXPECT_TRUE(result.movements.empty());
  EXPECT_EQ(returned_of(result), Texts{"2 INSUFFICIENT_POINTS"});
  EXPECT_EQ(movements_of(node.take(end.plus_days(1), {})),
            Texts{"EXPIRE 3000000000 EXPIRED 1 -10"});
}

TEST(Expiry, RunsOverMembersAscendingAndLotsInCanonicalOrder) {
  const Member bob = member_of(2);
  Node node;
  node.opened(
      {.lots = {opening_lot_of(5, bob, 10, kDay), opening_lot_of(8, kAnn, 10, kDay.plus_days(-1)),
                opening_lot_of(3, kAnn, 10, kDay), opening_lot_of(1, bob, 10, kDay),
                opening_lot_of(2, bob, 10, kDay.plus_days(1))}});
  EXPECT_EQ(movements_of(node.take(kDay, {})),
            (Texts{"EXPIRE 3000000000 EXPIRED 3 -10", "EXPIRE 3000000001 EXPIRED 8 -10",
                   "EXPIRE 3000000002 EXPIRED 1 -10", "EXPIRE 3000000003 EXPIRED 5 -10"}));
  EXPECT_EQ(movements_of(node.take(kDay.plus_days(1), {})),
            Texts{"EXPIRE 3000000000 EXPIRED 2 -10"});
}

TEST(Expiry, RunsBeforeTheFirstRow) {
  Node node = with_lots({opening_lot_of(1, kAnn, 10, kDay)});
  const DayResult result = node.take(kDay, {transfer(kAnn)});
  EXPECT_EQ(movements_of(result), Texts{"EXPIRE 3000000000 EXPIRED 1 -10"});
}

}  // namespace PH_FILE
}  // namespace ph::test
