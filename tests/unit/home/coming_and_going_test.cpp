// Members who leave or move, and ids that come again.
#include <gtest/gtest.h>

#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const BusinessDate kNext = kDay.plus_days(1);
const Month kMarch = month_of(2007, 3);
const Member kAnn = member_of(1);
const TransactionId kMove = id_of(kP2, kDay, "1");

Node two_lots(std::int64_t debt = 0) {
  Node node;
  Opening opening{
      .lots = {opening_lot_of(2, kAnn, 10, on(2008, 1, 1)), opening_lot_of(1, kAnn, 10, kLater)}};
  if (debt > 0) {
    opening.debts = {{.member = kAnn, .issuer = kP1, .points = debt}};
  }
  node.opened(opening);
  return node;
}

TEST(Transfer, ReleasesHoldsAndForfeitsAllButKeepsTheAccountAndDebts) {
  Node node = two_lots(3);
  const DayResult result =
      node.take(kDay, {hold(kAnn, 15, kNext), transfer(kAnn), capture(own_id(kDay, 1), 1, false),
                       earn(kAnn, kMarch, 5)});
  EXPECT_EQ(movements_of(result),
            (Texts{"FORFEIT 2 FORFEITED 1 -10", "FORFEIT 2 FORFEITED 2 -10", "EARN 4 ISSUED 4 5",
                   "REPAY 4 REPAID 4 -3", "REPAY 4 REPAID debt1 3"}));
  EXPECT_EQ(returned_of(result), Texts{"3 HOLD_ENDED"});
}

TEST(Leave, WritesOffDebtsAndClosesTheAccount) {
  Node node;
  node.opened({.lots = {opening_lot_of(1, kAnn, 10, kLater)},
               .debts = {{.member = kAnn, .issuer = kP2, .points = 4},
                         {.member = kAnn, .issuer = kP1, .points = 3}}});
  EXPECT_EQ(movements_of(node.take(kDay, {leave(kAnn)})),
            (Texts{"FORFEIT 1 FORFEITED 1 -10", "WRITE_OFF 1 FORFEITED debt1 3",
                   "WRITE_OFF 1 FORFEITED debt2 4"}));
  const TransactionId id = id_of(kAir, kDay, "A");
  EXPECT_EQ(returned_of(node.take(
                kNext, {bill(kAnn, kMarch, 500), earn(kAnn, kMarch, 5), accrual(id, kAnn, 5),
                        exchange_in(id, kAnn, 5), redeem(kAnn, 0), hold(kAnn, 1, kDay),
                        exchange_out(id, kAnn, 1), transfer(kAnn), leave(kAnn),
                        move_out(kMove, kAnn, kP2), move_in(kAnn, kP2, {})})),
            (Texts{"1 CLOSED", "2 CLOSED", "3 CLOSED", "4 CLOSED", "5 CLOSED", "6 CLOSED",
                   "7 CLOSED", "8 CLOSED", "9 CLOSED", "10 CLOSED", "11 CLOSED"}));
}

TEST(Leave, ClosesHoldsAgainstCaptureAndVoid) {
  Node node = two_lots();
  EXPECT_EQ(
      returned_of(node.take(kDay, {hold(kAnn, 5, kNext), leave(kAnn),
                                   capture(own_id(kDay, 1), 5, true), void_hold(own_id(kDay, 1))})),
      (Texts{"3 CLOSED", "4 CLOSED"}));
}

TEST(Leave, AfterwardsNothingIsTakenBackAndNothingOwed) {
  Node node;
  const TransactionId id = id_of(kAir, kDay, "A");
  node.take(kDay,
            {accrual(id, kAnn, 50), bill(kAnn, kMarch, 5000), earn(kAnn, kMarch, 50), leave(kAnn)});
  const DayResult result = node.take(kNext, {unissue(id, kAnn, LotId(kP1, kDay, 1), 20),
                                             rebill(kAnn, kMarch, LotId(kP1, kDay, 2), 5000, 0),
                                             unearn(kAnn, LotId(kP1, kDay, 3), 50),
                                             rebill(kAnn, kMarch, LotId(kP1, kDay, 2), 0, 500)});
  EXPECT_EQ(returned_of(result), Texts{"4 CLOSED"});
  EXPECT_TRUE(result.movements.empty());
  EXPECT_TRUE(result.slices.empty());
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].kind, Kind::kUnissue);
  EXPECT_EQ(result.items[0].points, 20);
}

TEST(MoveOut, SendsAllLotsInCanonicalOrderAndAllDebts) {
  Node node;
  node.opened(
      {.lots = {opening_lot_of(2, kAnn, 10, on(2008, 1, 1)), opening_lot_of(1, kAnn, 10, kLater),
                opening_lot_of(1, kAnn, 5, kLater, month_of(2006, 1), kP2)},
       .debts = {{.member = kAnn, .issuer = kP1, .points = 3}}});
  const DayResult result = node.take(kDay, {move_out(kMove, kAnn, kP2), redeem(kAnn, 1),
                                            earn(kAnn, kMarch, 5), bill(kAnn, kMarch, 500)});
  EXPECT_EQ(slices_of(result),
            (Texts{"MOVED 1 -10", "MOVED 2 -10", "MOVED 1 -5", "MOVED debt1 3"}));
  EXPECT_EQ(returned_of(result), (Texts{"2 NOT_HOME", "3 NOT_HOME", "4 NOT_HOME"}));
  ASSERT_EQ(result.items.size(), 1U);
  EXPECT_EQ(result.items[0].counterparty, kP2);
  EXPECT_EQ(result.items[0].points, 25);
}

TEST(MoveOut, IsReturnedWhileAHoldIsOpen) {
  Node node = two_lots();
  EXPECT_EQ(returned_of(node.take(kDay, {hold(kAnn, 5, kDay), move_out(kMove, kAnn, kP2)})),
            Texts{"2 HOLD_OPEN"});
  EXPECT_TRUE(node.take(kNext, {move_out(kMove, kAnn, kP2)}).returned.empty());
}

TEST(MoveIn, BringsLotsThatCountOnlyOnceConfirmed) {
  const Member guest = member_of(1, kP2);
  const LotId lot(kP2, on(2006, 12, 31), 9);
  Node node;
  const DayResult result = node.take(
      kDay,
      {move_in(guest, kP2, {lot_row(lot, month_of(2006, 12), kLater, 20, 12), debt_row(kP2, 2)}),
       redeem(guest, 1), earn(guest, kMarch, 5), redeem(guest, 4), redeem(guest, 3)});
  EXPECT_EQ(slices_of(result), (Texts{"MOVED 9 12", "MOVED debt2 -2", "REDEEMED 3 -3"}));
  EXPECT_EQ(returned_of(result), (Texts{"2 INSUFFICIENT_POINTS", "4 INSUFFICIENT_POINTS"}));
  EXPECT_EQ(result.items.at(0).points, 12);
  EXPECT_EQ(result.items.at(0).counterparty, kP2);
  EXPECT_EQ(returned_of(
                node.take(kNext, {confirm(own_id(kDay, 1)), redeem(guest, 13), redeem(guest, 12)})),
            Texts{"2 INSUFFICIENT_POINTS"});
}

TEST(MoveIn, LotsInTransitExpireAndAreForfeitedButNotTakenBack) {
  const Member guest = member_of(1, kP2);
  const LotId one(kP2, on(2006, 12, 31), 1);
  const LotId two(kP2, on(2006, 12, 31), 2);
  Node node;
  node.take(kDay, {move_in(guest, kP2,
                           {lot_row(one, month_of(2004, 1), kNext, 10, 10),
                            lot_row(two, month_of(2006, 1), kLater, 10, 10)})});
  const DayResult result = node.take(kNext, {unearn(guest, two, 4), transfer(guest)});
  EXPECT_EQ(movements_of(result), (Texts{"EXPIRE 3000000000 EXPIRED 1 -10",
                                         "UNEARN 1 ISSUED debt2 -4", "FORFEIT 2 FORFEITED 2 -10"}));
}

TEST(MoveIn, AMemberCannotMoveOnBeforeItIsConfirmed) {
  const Member guest = member_of(1, kP2);
  Node node;
  const TransactionId on_to = id_of(kP3, kDay, "1");
  EXPECT_EQ(returned_of(node.take(kDay, {move_in(guest, kP2, {}), move_out(on_to, guest, kP3),
                                         move_in(guest, kP3, {}), confirm(own_id(kDay, 1)),
                                         confirm(own_id(kDay, 1)), move_out(on_to, guest, kP3)})),
            (Texts{"2 MOVE_OPEN", "3 MOVE_OPEN"}));
}

TEST(MoveIn, AMemberWhoComesBackFindsTheLotsUnderTheirNames) {
  Node node = two_lots();
  node.take(kDay, {move_out(kMove, kAnn, kP2)});
  node.take(kNext,
            {move_in(kAnn, kP2, {lot_row(opening_lot(1), month_of(2006, 12), kLater, 10, 7)}),
             confirm(own_id(kNext, 1))});
  const DayResult result = node.take(kNext.plus_days(1), {redeem(kAnn, 8), redeem(kAnn, 7)});
  EXPECT_EQ(returned_of(result), Texts{"1 INSUFFICIENT_POINTS"});
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 1 -7"});
}

TEST(Confirm, OfAnUnknownMoveInIsUnknownParent) {
  Node node = two_lots();
  EXPECT_EQ(returned_of(node.take(kDay, {move_out(kMove, kAnn, kP2), confirm(kMove)})),
            Texts{"2 UNKNOWN_PARENT"});
}

TEST(Confirm, OfAMemberWhoLeftMeanwhileIsClosed) {
  const Member guest = member_of(1, kP2);
  Node node;
  EXPECT_EQ(returned_of(
                node.take(kDay, {move_in(guest, kP2, {}), leave(guest), confirm(own_id(kDay, 1))})),
            Texts{"3 CLOSED"});
}

TEST(Id, OlderThanNinetyDaysIsTooOld) {
  Node node = two_lots();
  const TransactionId just = id_of(kP2, kDay.plus_days(-90), "1");
  const TransactionId old = id_of(kP2, kDay.plus_days(-91), "1");
  const Member other = member_of(9, kP3);
  EXPECT_EQ(returned_of(node.take(
                kDay, {redeem_from(kP2, old, kAnn, 1), redeem_from(kP2, just, kAnn, 1),
                       hold(kAnn, 1, kDay, old), exchange_out(old, kAnn, 1), accrual(old, other, 1),
                       refund(old, kAnn, 1, {}, old), unissue(old, kAnn, {}, 1, old),
                       move_out(old, other, kP2), delivery_refund(old, other, kP3, 1, old)})),
            (Texts{"1 TOO_OLD", "3 TOO_OLD", "4 TOO_OLD", "5 TOO_OLD", "6 TOO_OLD", "7 TOO_OLD",
                   "8 TOO_OLD", "9 TOO_OLD"}));
}

TEST(Id, TheSameContentAgainIsACopyAndDoesNothing) {
  Node node = two_lots();
  const TransactionId id = id_of(kP2, kDay, "1");
  node.take(kDay, {redeem_from(kP2, id, kAnn, 5)});
  const DayResult result = node.take(
      kNext,
      {redeem(kAnn, 1), redeem_from(kP2, id, kAnn, 5), redeem_from(kP2, id, kAnn, 6),
       redeem_from(kP2, id, kAnn, 5, Form::kOwnProduct), redeem_from(kP3, id, member_of(2), 0)});
  EXPECT_EQ(returned_of(result), (Texts{"2 COPY", "3 DUPLICATE", "4 DUPLICATE", "5 DUPLICATE"}));
  EXPECT_EQ(slices_of(result), Texts{"REDEEMED 2 -1"});
}

TEST(Id, LotRowsAreContentToo) {
  Node node = two_lots();
  const TransactionId id = id_of(kP2, kDay, "1");
  const TransactionId parent = id_of(kP2, kDay, "0");
  const LotId lot(kP2, kDay, 50);
  const ChildRow one = lot_row(lot, kMarch, kLater, 20, 4);
  const ChildRow two = lot_row(lot, kMarch, kLater, 20, 5);
  EXPECT_EQ(returned_of(node.take(
                kDay, {refund(parent, kAnn, 2, {one}, id), refund(parent, kAnn, 2, {one}, id),
                       refund(parent, kAnn, 2, {two}, id), refund(parent, kAnn, 2, {}, id)})),
            (Texts{"2 COPY", "3 DUPLICATE", "4 DUPLICATE"}));
}

TEST(Id, KindsDoNotShareIds) {
  Node node = two_lots();
  const TransactionId id = id_of(kAir, kDay, "1");
  Row held = hold(kAnn, 1, kDay, id);
  EXPECT_TRUE(
      node.take(kDay, {redeem_from(kP2, id, kAnn, 1), held, exchange_out(id, kAnn, 1),
                       accrual(id, kAnn, 9), exchange_in(id, kAnn, 9), refund(id, kAnn, 1, {}, id),
                       unissue(id, kAnn, LotId(kP1, kDay, 4), 1, id)})
          .returned.empty());
}

TEST(Id, RedemptionsAndCapturesShareIds) {
  Node node = two_lots();
  const TransactionId id = id_of(kP2, kDay, "1");
  Row taken = capture(own_id(kDay, 2), 1, false);
  taken.row.id = id;
  EXPECT_EQ(
      returned_of(node.take(kDay, {redeem_from(kP2, id, kAnn, 1), hold(kAnn, 5, kDay), taken})),
      Texts{"3 DUPLICATE"});
}

TEST(Id, ARowThatWasReturnedCanComeAgain) {
  Node node = two_lots();
  const TransactionId id = id_of(kP2, kDay, "1");
  node.take(kDay, {redeem_from(kP2, id, kAnn, 50)});
  EXPECT_TRUE(node.take(kNext, {redeem_from(kP2, id, kAnn, 20)}).returned.empty());
}

TEST(Id, TheFirstCodeOfTheListIsGiven) {
  Node node = two_lots();
  const TransactionId id = id_of(kP2, kDay, "1");
  node.take(kDay, {redeem_from(kP2, id, kAnn, 1), leave(kAnn)});
  // Too old before copy, copy before closed, closed before zero points.
  EXPECT_EQ(returned_of(node.take(kNext, {redeem_from(kP2, id, kAnn, 1),
                                          redeem_from(kP2, id, kAnn, 0), redeem(kAnn, 0)})),
            (Texts{"1 COPY", "2 DUPLICATE", "3 CLOSED"}));
  EXPECT_EQ(returned_of(node.take(kDay.plus_days(91), {redeem_from(kP2, id, kAnn, 1)})),
            Texts{"1 TOO_OLD"});
}

TEST(Day, TheSameFilesGiveTheSameResult) {
  const auto run = [] {
    Node node = two_lots(3);
    Texts out;
    for (int n = 0; n < 3; ++n) {
      const DayResult result = node.take(
          kDay.plus_days(n), {earn(kAnn, kMarch, 5), redeem(kAnn, 3), hold(kAnn, 2, kDay)});
      for (const Texts& texts : {movements_of(result), slices_of(result), returned_of(result)}) {
        out.insert(out.end(), texts.begin(), texts.end());
      }
    }
    return out;
  };
  EXPECT_EQ(run(), run());
}

}  // namespace PH_FILE
}  // namespace ph::test
