// Points given back: refunds, withdrawals; goods given to other provinces' members.
#include <gtest/gtest.h>

#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const BusinessDate kNext = kDay.plus_days(1);
const Member kAnn = member_of(1);
const TransactionId kFirst = own_id(kDay, 1);

// Three lots of ten; lot 1 is taken first.
Node three_lots() {
  Node node;
  node.opened(
      {.lots = {opening_lot_of(1, kAnn, 10, on(2008, 1, 1)),
                opening_lot_of(2, kAnn, 10, on(2009, 1, 1)), opening_lot_of(3, kAnn, 10, kLater)}});
  return node;
}

TEST(Refund, RestoresTheLastConsumedSliceFirst) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 25)});
  EXPECT_EQ(slices_of(node.take(kNext, {refund(kFirst, kAnn, 7)})),
            (Texts{"REDEEMED 3 5", "REDEEMED 2 2"}));
  EXPECT_EQ(slices_of(node.take(kNext.plus_days(1), {refund(kFirst, kAnn, 18)})),
            (Texts{"REDEEMED 2 8", "REDEEMED 1 10"}));
  EXPECT_EQ(node.remaining(opening_lot(1)), 10);
}

TEST(Refund, OfMoreThanIsLeftExceedsItsParent) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 25)});
  EXPECT_EQ(returned_of(node.take(
                kNext, {refund(kFirst, kAnn, 26), refund(kFirst, kAnn, 20), refund(kFirst, kAnn, 6),
                        refund(kFirst, kAnn, 0), refund(kFirst, kAnn, 5)})),
            (Texts{"1 EXCEEDS_PARENT", "3 EXCEEDS_PARENT", "4 ZERO_POINTS"}));
}

TEST(Refund, GivesAnExpiredLotThirtyDaysGrace) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kNext), opening_lot_of(2, kAnn, 10, kLater)}});
  node.take(kDay, {redeem(kAnn, 15)});
  const DayResult result = node.take(kNext, {refund(kFirst, kAnn, 15), redeem(kAnn, 20)});
  EXPECT_EQ(slices_of(result),
            (Texts{"REDEEMED 2 5", "REDEEMED 1 10", "REDEEMED 1 -10", "REDEEMED 2 -10"}));
  ASSERT_GE(result.slices.size(), 2U);
  EXPECT_EQ(result.slices[0].expires_on, kLater);
  EXPECT_EQ(result.slices[1].expires_on, kNext.plus_days(30));
}

TEST(Refund, AfterGraceTheLotExpiresAgain) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kNext)}});
  node.take(kDay, {redeem(kAnn, 10)});
  node.take(kNext, {refund(kFirst, kAnn, 10)});
  EXPECT_TRUE(node.take(kNext.plus_days(29), {}).movements.empty());
  EXPECT_EQ(movements_of(node.take(kNext.plus_days(30), {})),
            Texts{"EXPIRE 3000000000 EXPIRED 1 -10"});
}

TEST(Refund, ALaterExpiryStands) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 10)});
  const DayResult result = node.take(on(2007, 12, 31), {refund(kFirst, kAnn, 10)});
  ASSERT_EQ(result.slices.size(), 1U);
  EXPECT_EQ(result.slices[0].expires_on, on(2008, 1, 1));
}

TEST(Refund, GraceChangesTheOrderOfTaking) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kNext),
                        opening_lot_of(2, kAnn, 10, kNext.plus_days(10))}});
  node.take(kDay, {redeem(kAnn, 10)});
  EXPECT_EQ(slices_of(node.take(kNext, {refund(kFirst, kAnn, 10), redeem(kAnn, 15)})),
            (Texts{"REDEEMED 1 10", "REDEEMED 2 -10", "REDEEMED 1 -5"}));
}

TEST(Refund, OfGiftsAndExchangesIsWholeOnly) {
  Node node = three_lots();
  const TransactionId exchange = id_of(kAir, kDay, "X");
  node.take(kDay, {redeem(kAnn, 12, Form::kGift), exchange_out(exchange, kAnn, 10)});
  EXPECT_EQ(returned_of(node.take(kNext, {refund(kFirst, kAnn, 11), refund(exchange, kAnn, 9),
                                          refund(exchange, kAnn, 0), refund(kFirst, kAnn, 12),
                                          refund(exchange, kAnn, 10)})),
            (Texts{"1 WHOLE_ONLY", "2 WHOLE_ONLY", "3 WHOLE_ONLY"}));
}

TEST(Refund, NeverGoesToDebts) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kLater)}});
  node.take(kDay, {redeem(kAnn, 10), unearn(kAnn, opening_lot(1), 4)});
  EXPECT_EQ(slices_of(node.take(kNext, {refund(kFirst, kAnn, 10)})), Texts{"REDEEMED 1 10"});
  EXPECT_EQ(node.debt(kAnn, kP1), 4);
}

TEST(Refund, OfAnUnknownParentNeedsLotRows) {
  Node node = three_lots();
  const TransactionId elsewhere = own_id(kDay, 7, kP2);
  const LotId lot(kP2, on(2006, 1, 1), 50);
  const Month earned = month_of(2006, 1);
  const DayResult result =
      node.take(kNext, {refund(elsewhere, kAnn, 5),
                        refund(elsewhere, kAnn, 5,
                               {lot_row(lot, earned, kLater, 20, 4),
                                lot_row(opening_lot(9), earned, on(2007, 1, 1), 9, 3)})});
  EXPECT_EQ(returned_of(result), Texts{"1 UNKNOWN_PARENT"});
  EXPECT_EQ(slices_of(result), (Texts{"REDEEMED 9 3", "REDEEMED 50 2"}));
  ASSERT_EQ(result.slices.size(), 2U);
  EXPECT_EQ(result.slices[0].expires_on, kNext.plus_days(30));
  EXPECT_EQ(result.slices[1].original, 20);
  EXPECT_EQ(result.slices[1].lot.participant(), kP2);
}

TEST(Refund, BeyondTheLotRowsExceedsItsParent) {
  Node node = three_lots();
  const LotId lot(kP2, on(2006, 1, 1), 50);
  EXPECT_EQ(
      returned_of(node.take(kNext, {refund(own_id(kDay, 7, kP2), kAnn, 5,
                                           {lot_row(lot, month_of(2006, 1), kLater, 20, 4)})})),
      Texts{"1 EXCEEDS_PARENT"});
}

TEST(Refund, NeverBringsALotAboveItsOriginal) {
  Node node = three_lots();
  const ChildRow full = lot_row(opening_lot(1), month_of(2006, 12), on(2008, 1, 1), 10, 4);
  ChildRow wrong = full;
  wrong.original = 100;
  EXPECT_EQ(returned_of(node.take(kNext, {refund(own_id(kDay, 7, kP2), kAnn, 4, {full}),
                                          refund(own_id(kDay, 8, kP2), kAnn, 4, {wrong})})),
            (Texts{"1 EXCEEDS_PARENT", "2 EXCEEDS_PARENT"}));
}

TEST(Refund, AParentKnownHereWinsOverLotRows) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 5)});
  const LotId lot(kP2, on(2006, 1, 1), 50);
  EXPECT_EQ(slices_of(node.take(kNext, {refund(kFirst, kAnn, 5,
                                               {lot_row(lot, month_of(2006, 1), kLater, 20, 5)})})),
            Texts{"REDEEMED 1 5"});
}

TEST(Refund, OfAnothersRedemptionIsUnknownParent) {
  Node node = three_lots();
  const Member bob = member_of(2);
  node.take(kDay, {redeem(kAnn, 5), earn(bob, month_of(2007, 3), 5)});
  EXPECT_EQ(returned_of(node.take(kNext, {refund(kFirst, bob, 5)})), Texts{"1 UNKNOWN_PARENT"});
}

TEST(Refund, OfAMemberWhoLeftIsRestoredAndForfeitedAtOnce) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 15), leave(kAnn)});
  const DayResult result = node.take(kNext, {refund(kFirst, kAnn, 15)});
  EXPECT_EQ(slices_of(result), (Texts{"REDEEMED 2 5", "REDEEMED 1 10"}));
  EXPECT_EQ(movements_of(result),
            (Texts{"FORFEIT 3000000000 FORFEITED 2 -5", "FORFEIT 3000000001 FORFEITED 1 -10"}));
}

TEST(Refund, OfAMemberWhoMovedAwayIsNotHome) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 15), move_out(id_of(kP2, kDay, "1"), kAnn, kP2)});
  EXPECT_EQ(returned_of(node.take(kNext, {refund(kFirst, kAnn, 15)})), Texts{"1 NOT_HOME"});
}

TEST(Withdraw, GivesBackAllSlicesLastConsumedFirst) {
  Node node = three_lots();
  const TransactionId id = id_of(kP2, kDay, "5");
  node.take(kDay, {redeem_from(kP2, id, kAnn, 25)});
  const DayResult result = node.take(kNext, {withdraw(1, 1)});
  EXPECT_EQ(slices_of(result), (Texts{"REDEEMED 3 5", "REDEEMED 2 10", "REDEEMED 1 10"}));
  ASSERT_EQ(result.items.size(), 1U);
  const Item& item = result.items[0];
  EXPECT_EQ(item.action, Action::kWithdraw);
  EXPECT_EQ(item.kind, Kind::kRedeem);
  EXPECT_EQ(item.id, id);
  EXPECT_EQ(item.member, kAnn);
  EXPECT_EQ(item.counterparty, kP2);
  EXPECT_EQ(item.points, 0);
  EXPECT_EQ(item.cited_sequence, 1U);
  EXPECT_EQ(item.cited_entry, 1U);
}

TEST(Withdraw, IsReturnedOnceSomethingWasRefundedOrWithdrawn) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 5), redeem(kAnn, 5), redeem(kAnn, 5)});
  node.take(kNext, {refund(kFirst, kAnn, 1), withdraw(1, 2)});
  EXPECT_EQ(returned_of(node.take(kNext.plus_days(1), {withdraw(1, 1), withdraw(1, 2),
                                                       refund(own_id(kDay, 2), kAnn, 1)})),
            (Texts{"1 ALREADY_REFUNDED", "2 ALREADY_REFUNDED", "3 EXCEEDS_PARENT"}));
}

TEST(Withdraw, OfAnExchangeOutOrACaptureWorksToo) {
  Node node = three_lots();
  node.take(kDay, {exchange_out(id_of(kAir, kDay, "X"), kAnn, 10), hold(kAnn, 10, kDay),
                   capture(own_id(kDay, 2), 10, true)});
  const DayResult result = node.take(kNext, {withdraw(1, 3), withdraw(1, 1)});
  EXPECT_EQ(slices_of(result), (Texts{"REDEEMED 2 10", "REDEEMED 1 10"}));
  ASSERT_EQ(result.items.size(), 2U);
  EXPECT_EQ(result.items[1].kind, Kind::kExchangeOut);
  EXPECT_EQ(result.items[1].partner, kAir);
}

TEST(Withdraw, OfEntriesOfOtherKindsOrUnknownOnesIsUnknownParent) {
  Node node = three_lots();
  node.take(kDay, {hold(kAnn, 1, kDay), accrual(id_of(kAir, kDay, "A"), kAnn, 5),
                   earn(kAnn, month_of(2007, 3), 5), redeem(kAnn, 50)});
  EXPECT_EQ(returned_of(node.take(kNext, {withdraw(1, 1), withdraw(1, 2), withdraw(1, 3),
                                          withdraw(1, 4), withdraw(7, 1)})),
            (Texts{"1 UNKNOWN_PARENT", "2 UNKNOWN_PARENT", "3 UNKNOWN_PARENT", "4 UNKNOWN_PARENT",
                   "5 UNKNOWN_PARENT"}));
}

TEST(Withdraw, OfAMemberWhoLeftForfeitsWhatItGivesBack) {
  Node node = three_lots();
  node.take(kDay, {redeem(kAnn, 5), leave(kAnn)});
  const DayResult result = node.take(kNext, {withdraw(1, 1)});
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 5"});
  EXPECT_EQ(movements_of(result), Texts{"FORFEIT 3000000000 FORFEITED 1 -5"});
}

TEST(Withdraw, OfWhatAnotherHomeGaveBackMeanwhileIsReturned) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kLater)}});
  node.take(kDay, {redeem(kAnn, 5), move_out(id_of(kP2, kDay, "1"), kAnn, kP2)});
  // The member comes back with the whole lot: the five were refunded there.
  const DayResult result = node.take(
      kNext, {move_in(kAnn, kP2, {lot_row(opening_lot(1), month_of(2006, 12), kLater, 10, 10)}),
              withdraw(1, 1), refund(kFirst, kAnn, 5)});
  EXPECT_EQ(returned_of(result), (Texts{"2 ALREADY_REFUNDED", "3 EXCEEDS_PARENT"}));
}

TEST(Delivery, IsAnItemOfTheGiverForTheMembersHome) {
  Node node;
  const Member other = member_of(3, kP2);
  Row row = delivery(other, kP2, 40);
  row.row.authorisation = EntryId(kP2, kDay, 6);
  const DayResult result = node.take(kDay, {row});
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].kind, Kind::kDelivery);
  EXPECT_EQ(result.items[0].counterparty, kP2);
  EXPECT_EQ(result.items[0].id, own_id(kDay, 1));
  EXPECT_EQ(result.items[0].authorisation, EntryId(kP2, kDay, 6));
  EXPECT_EQ(result.items[0].slice_count, 0U);
}

TEST(Delivery, ACorrectionKeepsTheIdOfTheEntryItCites) {
  Node node;
  const Member other = member_of(3, kP2);
  node.take(kDay, {delivery(other, kP2, 40)});
  const DayResult result = node.take(kNext, {correct(1, 1, delivery(other, kP2, 50))});
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].action, Action::kCorrect);
  EXPECT_EQ(result.items[0].id, kFirst);
  EXPECT_EQ(result.items[0].points, 50);
  EXPECT_EQ(result.items[0].cited_entry, 1U);
  // The correction can be cited in its turn.
  EXPECT_EQ(node.take(kNext.plus_days(1), {correct(2, 1, delivery(other, kP2, 60))}).items.size(),
            1U);
}

TEST(Delivery, ACorrectionOfAnotherKindMemberOrEntryIsUnknownParent) {
  Node node;
  const Member other = member_of(3, kP2);
  node.take(kDay, {delivery(other, kP2, 40), delivery(other, kP2, 40)});
  node.take(kNext, {withdraw(1, 2)});
  EXPECT_EQ(returned_of(node.take(
                kNext.plus_days(1),
                {correct(1, 1, delivery_refund(kFirst, other, kP2, 40)),
                 correct(1, 1, delivery(member_of(4, kP2), kP2, 40)),
                 correct(1, 9, delivery(other, kP2, 40)), correct(1, 2, delivery(other, kP2, 40)),
                 correct(1, 1, delivery(other, kP2, 0)), withdraw(1, 2)})),
            (Texts{"1 UNKNOWN_PARENT", "2 UNKNOWN_PARENT", "3 UNKNOWN_PARENT", "4 UNKNOWN_PARENT",
                   "5 ZERO_POINTS", "6 ALREADY_REFUNDED"}));
}

TEST(Delivery, OfZeroPointsIsReturned) {
  Node node;
  EXPECT_EQ(returned_of(node.take(kDay, {delivery(member_of(3, kP2), kP2, 0)})),
            Texts{"1 ZERO_POINTS"});
}

TEST(DeliveryRefund, NamesItsParentAndCanBeWithdrawn) {
  Node node;
  const Member other = member_of(3, kP2);
  const TransactionId id = id_of(kP2, kDay, "9");
  const DayResult result =
      node.take(kDay, {delivery(other, kP2, 40), delivery_refund(kFirst, other, kP2, 10, id)});
  ASSERT_EQ(result.items.size(), 2U);
  EXPECT_EQ(result.items[1].parent, kFirst);
  EXPECT_EQ(result.items[1].id, id);
  const DayResult next = node.take(kNext, {withdraw(1, 2)});
  ASSERT_EQ(next.items.size(), 1U);
  EXPECT_EQ(next.items[0].kind, Kind::kDeliveryRefund);
  EXPECT_EQ(next.items[0].id, id);
  EXPECT_EQ(next.items[0].counterparty, kP2);
}

}  // namespace PH_FILE
}  // namespace ph::test
