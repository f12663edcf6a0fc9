// Events of the day after, while a day is still open: decided at once, put off, posted when their
// day opens; and what rows of the open day's file see of them (decision 13, points 3 to 5).
#include <gtest/gtest.h>

#include "tests/unit/home/live.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const BusinessDate kNext = kDay.plus_days(1);
const BusinessTime kNight = at(kNext, 0, 10);
const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kNew = member_of(77);

TransactionId name(std::string_view text) {
  return id_of(kP1, kNext, text);
}
TransactionId of_air(std::string_view text) {
  return id_of(kAir, kNext, text);
}

LiveHome open_with(std::vector<OpeningLot> lots) {
  LiveHome home({.lots = std::move(lots)});
  home.open(kDay);
  return home;
}
LiveHome with_points(std::int64_t points) {
  return open_with(
      {opening_lot_of(1, kAnn, points, kLater), opening_lot_of(2, kBob, points, kLater)});
}
// The open day ends, the next one opens and ends: what the second batch says.
DayResult next_day(LiveHome& home, std::vector<Row> rows = {}) {
  (void)home.close(std::move(rows));
  home.open(kNext);
  return home.close();
}

TEST(LiveOverlap, RedemptionIsSetAsideAndPostedWhenItsDayOpens) {
  LiveHome home = with_points(100);
  const LiveAnswer answer = home.live(redeem(kAnn, 40), name("a"), kNight);
  EXPECT_EQ(text_of(answer), "OK 60: 1 40");
  EXPECT_EQ(answer.authorisation, EntryId(kP1, kNext, kLiveFrom));
  EXPECT_EQ(home.remaining(kAnn), 100);
  EXPECT_EQ(home.held(kAnn), 40);
  EXPECT_EQ(home.home().put_off_day(), kNext);
  const DayResult first = home.close();
  EXPECT_TRUE(first.items.empty() && first.slices.empty());
  home.open(kNext);
  EXPECT_EQ(home.home().put_off_day(), std::nullopt);
  EXPECT_EQ(home.remaining(kAnn), 60);
  EXPECT_EQ(home.held(kAnn), 0);
  EXPECT_EQ(home.said(redeem(kAnn, 5), name("b"), at(kNext, 9)), "OK 55: 1 5");
  const DayResult second = home.close();
  EXPECT_EQ(slices_of(second), (Texts{"REDEEMED 1 -40", "REDEEMED 1 -5"}));
  EXPECT_EQ(second.items[0].entry, kLiveFrom);
  EXPECT_EQ(second.items[0].authorisation, answer.authorisation);
  EXPECT_EQ(second.items[1].entry, kLiveFrom + 1);
}

TEST(LiveOverlap, RowsOfTheOpenDaySeeLessFreePoints) {
  LiveHome home = with_points(100);
  (void)home.live(redeem(kAnn, 40), name("a"), kNight);
  const DayResult day = home.close(
      {redeem(kAnn, 61), redeem(kAnn, 60), hold(kAnn, 1, kNext), unearn(kAnn, opening_lot(1), 10)});
  EXPECT_EQ(returned_of(day), (Texts{"1 INSUFFICIENT_POINTS", "3 INSUFFICIENT_POINTS"}));
  // The 10 taken back become a debt: none of them were free.
  EXPECT_EQ(movements_of(day), Texts{"UNEARN 4 ISSUED debt1 -10"});
  home.open(kNext);
  EXPECT_EQ(home.remaining(kAnn), 0);
  (void)home.close();
}

TEST(LiveOverlap, CaptureKeepsItsPointsAndFreesTheRest) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 70, {}), name("h"), kNight);
  EXPECT_EQ(home.said(capture(name("h"), 20, false), name("c"), kNight), "OK 30: 1 20");
  EXPECT_EQ(home.held(kAnn), 70);
  EXPECT_EQ(home.said(capture(name("h"), 10, true), name("d"), kNight), "OK 70: 1 10");
  EXPECT_EQ(home.held(kAnn), 30);
  EXPECT_EQ(home.remaining(kAnn), 100);
  EXPECT_EQ(slices_of(next_day(home)), (Texts{"REDEEMED 1 -20", "REDEEMED 1 -10"}));
  EXPECT_EQ(home.held(kAnn), 0);
}

TEST(LiveOverlap, CaptureOfAHoldOfTheOpenDay) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 70, {}), id_of(kP1, kDay, "h"), at(kDay, 23, 59));
  const LiveAnswer answer = home.live(capture(id_of(kP1, kDay, "h"), 70, true), name("c"), kNight);
  EXPECT_EQ(answer.authorisation, EntryId(kP1, kDay, kLiveFrom));
  EXPECT_EQ(answer.entry, EntryId(kP1, kNext, kLiveFrom));
  EXPECT_EQ(slices_of(next_day(home)), Texts{"REDEEMED 1 -70"});
}

TEST(LiveOverlap, VoidAndEndOfAHoldFreeAtOnce) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 70, {}), name("h"), kNight);
  EXPECT_EQ(home.said(void_hold(name("h")), name("v"), kNight), "OK 100");
  (void)home.live(hold(kAnn, 70, {}), name("g"), kNight);
  EXPECT_EQ(home.said(redeem(kAnn, 100), name("a"), at(kNext, 0, 25)), "OK 0: 1 100");
  EXPECT_EQ(slices_of(next_day(home)), Texts{"REDEEMED 1 -100"});
}

TEST(LiveOverlap, RefundLowersItsParentAtOnceAndGivesBackLater) {
  LiveHome home = with_points(100);
  (void)home.live(redeem(kAnn, 40), id_of(kP1, kDay, "r"), at(kDay, 9));
  const TransactionId parent = id_of(kP1, kDay, "r");
  EXPECT_EQ(home.said(refund(parent, kAnn, 30), name("b"), kNight), "OK 60: 1 30");
  EXPECT_EQ(home.remaining(kAnn), 60);
  EXPECT_EQ(home.said(refund(parent, kAnn, 11), name("c"), kNight), "EXCEEDS_PARENT 60");
  const DayResult day =
      home.close({refund(parent, kAnn, 11), refund(parent, kAnn, 4), withdraw(1, kLiveFrom)});
  EXPECT_EQ(returned_of(day), (Texts{"1 EXCEEDS_PARENT", "3 ALREADY_REFUNDED"}));
  home.open(kNext);
  EXPECT_EQ(home.remaining(kAnn), 94);
  EXPECT_EQ(slices_of(home.close()), Texts{"REDEEMED 1 30"});
}

TEST(LiveOverlap, RefundOfWhatIsPutOffItself) {
  LiveHome home = with_points(100);
  (void)home.live(redeem(kAnn, 100), name("r"), kNight);
  EXPECT_EQ(home.said(refund(name("r"), kAnn, 100), name("b"), kNight), "OK 0: 1 100");
  EXPECT_EQ(home.said(refund(name("r"), kAnn, 1), name("c"), kNight), "EXCEEDS_PARENT 0");
  const DayResult day = home.close({refund(name("r"), kAnn, 1)});
  EXPECT_EQ(returned_of(day), Texts{"1 UNKNOWN_PARENT"});
  home.open(kNext);
  EXPECT_EQ(slices_of(home.close()), (Texts{"REDEEMED 1 -100", "REDEEMED 1 100"}));
  EXPECT_EQ(home.remaining(kAnn), 100);
}

TEST(LiveOverlap, PointsThatWillComeBackLeaveNoRoomForOthers) {
  LiveHome home = with_points(100);
  const LotId far = opening_lot(9, kP2);
  const auto back = [&](std::int64_t points, std::int64_t original, std::string_view parent) {
    Row row = refund(id_of(kP2, kDay, parent), kAnn, points,
                     {lot_row(far, month_of(2006, 5), on(2009, 7, 1), original, points)});
    row.row.giver = kP2;
    return row;
  };
  EXPECT_EQ(home.said(back(8, 10, "one"), id_of(kP2, kNext, "b"), kNight), "OK 100: 9 8");
  EXPECT_EQ(home.said(back(3, 10, "two"), id_of(kP2, kNext, "c"), kNight), "EXCEEDS_PARENT 100");
  EXPECT_EQ(home.said(back(3, 99, "two"), id_of(kP2, kNext, "d"), kNight), "EXCEEDS_PARENT 100");
  const auto row = [&](std::int64_t points, std::int64_t original, std::string_view parent) {
    return named(back(points, original, parent), id_of(kP2, kDay, "f" + std::string(parent)));
  };
  const DayResult day = home.close({row(3, 10, "three"), row(2, 5, "four"), row(2, 10, "five")});
  EXPECT_EQ(returned_of(day), (Texts{"1 EXCEEDS_PARENT", "2 EXCEEDS_PARENT"}));
  home.open(kNext);
  (void)home.close();
  EXPECT_EQ(home.remaining(kAnn), 110);
}

TEST(LiveOverlap, AccrualIsKnownAtOnceAndItsLotComesLater) {
  LiveHome home = with_points(100);
  const LiveAnswer made = home.live(accrual(of_air("a"), kAnn, 25), of_air("a"), kNight);
  EXPECT_EQ(text_of(made), "OK 100: 3500000000 25");
  EXPECT_EQ(home.said(redeem(kAnn, 101), name("r"), kNight), "INSUFFICIENT_POINTS 100");
  EXPECT_EQ(home.said(exchange_in(of_air("i"), kNew, 9, 1), of_air("i"), kNight),
            "OK 0: 3500000001 9");
  const DayResult second = next_day(home, {redeem(kAnn, 101)});
  EXPECT_EQ(slices_of(second), (Texts{"ISSUED 3500000000 25", "ISSUED 3500000001 9"}));
  EXPECT_EQ(second.slices.front().lot, made.slices.front().lot);
  EXPECT_EQ(home.remaining(kAnn), 125);
  EXPECT_EQ(home.remaining(kNew), 9);
}

TEST(LiveOverlap, ReversalTakesBackWhenItsDayOpensAndOwesWhatIsMissing) {
  LiveHome home = with_points(100);
  const TransactionId first = id_of(kAir, kDay, "a");
  const LiveAnswer made = home.live(accrual(first, kAnn, 25), first, at(kDay, 9));
  const LotId lot = made.slices.front().lot;
  EXPECT_EQ(home.said(unissue(first, kAnn, lot, 20), of_air("u"), kNight), "OK 125");
  EXPECT_EQ(home.said(unissue(first, kAnn, lot, 6), of_air("v"), kNight), "EXCEEDS_PARENT 125");
  const DayResult day =
      home.close({unissue(first, kAnn, lot, 6, id_of(kAir, kDay, "w")), redeem(kAnn, 125)});
  EXPECT_EQ(returned_of(day), Texts{"1 EXCEEDS_PARENT"});
  home.open(kNext);
  EXPECT_EQ(slices_of(home.close()), Texts{"ISSUED debt1 -20"});
}

TEST(LiveOverlap, ReversalOfWhatIsPutOffItself) {
  LiveHome home = with_points(100);
  const LiveAnswer made = home.live(accrual(of_air("a"), kAnn, 25), of_air("a"), kNight);
  const LotId lot = made.slices.front().lot;
  EXPECT_EQ(home.said(unissue(of_air("a"), kAnn, opening_lot(1), 5), of_air("t"), kNight),
            "UNKNOWN_PARENT 100");
  EXPECT_EQ(home.said(unissue(of_air("a"), kAnn, lot, 25), of_air("u"), kNight), "OK 100");
  const DayResult day =
      home.close({unissue(of_air("a"), kAnn, opening_lot(1), 1, id_of(kAir, kDay, "w"))});
  EXPECT_EQ(returned_of(day), Texts{"1 UNKNOWN_PARENT"});
  home.open(kNext);
  EXPECT_EQ(slices_of(home.close()), (Texts{"ISSUED 3500000000 25", "ISSUED 3500000000 -25"}));
}

TEST(LiveOverlap, GoodsGivenStandInTheirOwnDaysBatch) {
  LiveHome home = with_points(100);
  const Member guest = member_of(7, kP2);
  EXPECT_EQ(home.said(delivery(guest, kP2, 12), name("d"), kNight), "OK 0");
  const DayResult day = home.close({correct(1, kLiveFrom, delivery(guest, kP2, 13))});
  EXPECT_EQ(returned_of(day), Texts{"1 UNKNOWN_PARENT"});
  home.open(kNext);
  const DayResult second = home.close();
  ASSERT_EQ(second.items.size(), 1U);
  EXPECT_EQ(second.items.front().kind, Kind::kDelivery);
  home.open(kNext.plus_days(1));
  EXPECT_TRUE(home.close({correct(2, kLiveFrom, delivery(guest, kP2, 13))}).returned.empty());
}

TEST(LiveOverlap, NobodyMovesWithSomethingPutOff) {
  const auto moves = [](const Row& row, const TransactionId& id) {
    LiveHome home = with_points(100);
    (void)home.live(redeem(kAnn, 10), id_of(kP1, kDay, "r"), at(kDay, 9));
    EXPECT_EQ(home.live(row, id, kNight).code, 0);
    const Row move = move_out(id_of(kP2, kDay, "m"), kAnn, kP2);
    const Texts returned = returned_of(home.close({move}));
    home.open(kNext);
    // A day later nothing is in the way.
    EXPECT_TRUE(home.close({named(move, id_of(kP2, kNext, "m"))}).returned.empty());
    return returned;
  };
  const Texts stays{"1 HOLD_OPEN"};
  EXPECT_EQ(moves(redeem(kAnn, 1), name("a")), stays);
  EXPECT_EQ(moves(exchange_out(of_air("o"), kAnn, 1, 1), of_air("o")), stays);
  EXPECT_EQ(moves(refund(id_of(kP1, kDay, "r"), kAnn, 1), name("b")), stays);
  EXPECT_EQ(moves(accrual(of_air("c"), kAnn, 1), of_air("c")), stays);
}

TEST(LiveOverlap, WhoLeavesKeepsWhatIsSetAsideAndNothingElse) {
  LiveHome home = with_points(100);
  (void)home.live(redeem(kAnn, 10), id_of(kP1, kDay, "r"), at(kDay, 9));
  (void)home.live(hold(kAnn, 30, {}), name("h"), kNight);
  (void)home.live(capture(name("h"), 20, false), name("c"), kNight);
  (void)home.live(refund(id_of(kP1, kDay, "r"), kAnn, 4), name("b"), kNight);
  const LiveAnswer made = home.live(accrual(of_air("a"), kAnn, 25), of_air("a"), kNight);
  (void)home.live(unissue(of_air("a"), kAnn, made.slices.front().lot, 5), of_air("u"), kNight);
  EXPECT_EQ(movements_of(home.close({leave(kAnn)})), Texts{"FORFEIT 1 FORFEITED 1 -70"});
  EXPECT_EQ(home.held(kAnn), 20);
  EXPECT_EQ(home.said(capture(name("h"), 1, true), name("e"), kNight), "AGAIN_LATER 0");
  home.open(kNext);
  EXPECT_EQ(home.said(capture(name("h"), 1, true), name("e"), at(kNext, 5)), "CLOSED 0");
  const DayResult second = home.close();
  EXPECT_EQ(slices_of(second), (Texts{"REDEEMED 1 -20", "REDEEMED 1 4", "ISSUED 3500000003 25"}));
  EXPECT_EQ(movements_of(second), (Texts{"FORFEIT 3000000000 FORFEITED 1 -4",
                                         "FORFEIT 3000000001 FORFEITED 3500000003 -25"}));
  EXPECT_EQ(home.remaining(kAnn), 0);
}

TEST(LiveOverlap, TransferLeavesWhatIsSetAside) {
  LiveHome home = with_points(100);
  (void)home.live(redeem(kAnn, 40), name("a"), kNight);
  EXPECT_EQ(movements_of(home.close({transfer(kAnn)})), Texts{"FORFEIT 1 FORFEITED 1 -60"});
  home.open(kNext);
  EXPECT_EQ(slices_of(home.close()), Texts{"REDEEMED 1 -40"});
}

TEST(LiveOverlap, TakesNothingThatExpiresOnItsDay) {
  LiveHome home =
      open_with({opening_lot_of(1, kAnn, 50, kNext), opening_lot_of(2, kAnn, 20, kLater)});
  EXPECT_EQ(home.said(redeem(kAnn, 21), name("a"), kNight), "INSUFFICIENT_POINTS 20");
  EXPECT_EQ(home.said(redeem(kAnn, 20), name("b"), kNight), "OK 0: 2 20");
  // The day that is still open may.
  EXPECT_TRUE(home.close({redeem(kAnn, 49)}).returned.empty());
  home.open(kNext);
  const DayResult second = home.close();
  EXPECT_EQ(movements_of(second), Texts{"EXPIRE 3000000000 EXPIRED 1 -1"});
  EXPECT_EQ(slices_of(second), Texts{"REDEEMED 2 -20"});
}

TEST(LiveOverlap, HoldsOfItsDayAreNotKnownToRowsOfTheOneBefore) {
  LiveHome home = with_points(100);
  const TransactionId held = id_of(kP2, kDay, "h");  // The id may be older than the hold.
  (void)home.live(hold(kAnn, 30, {}), held, kNight, at(kNext, 20));
  const DayResult day = home.close({capture(held, 5, false), void_hold(held)});
  EXPECT_EQ(returned_of(day), (Texts{"1 UNKNOWN_PARENT", "2 UNKNOWN_PARENT"}));
  home.open(kNext);
  EXPECT_TRUE(home.close({capture(held, 5, false), void_hold(held)}).returned.empty());
}

TEST(LiveOverlap, WhatComesWhileTheDayOpensIsPutOffToTheEndOfItsOpening) {
  LiveHome home = open_with({opening_lot_of(1, kAnn, 50, kLater), opening_lot_of(2, kAnn, 7, kNext),
                             opening_lot_of(3, kBob, 9, kNext)});
  (void)home.live(redeem(kAnn, 10), name("a"), kNight);
  (void)home.live(redeem(kAnn, 10), name("b"), kNight);
  (void)home.close();
  home.home().open_day(kNext, 2);
  EXPECT_EQ(home.said(redeem(kAnn, 10), name("c"), at(kNext, 4)), "OK 20: 1 10");
  int steps = 0;
  for (; home.home().take_rows(1); ++steps) {
    if (steps < 4) {
      const TransactionId id = name("r" + std::to_string(steps));
      EXPECT_EQ(home.live(refund(name("a"), kAnn, 1), id, at(kNext, 4)).code, 0);
    }
  }
  EXPECT_EQ(steps, 8);  // Two members expire, seven events are posted: the last step ends it.
  EXPECT_TRUE(home.home().opening_is_over());
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("d"), at(kNext, 4)).substr(0, 2), "OK");
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("e"), at(kNext.plus_days(1), 0)).substr(0, 2), "OK");
}

TEST(LiveOverlapDeathTest, NoOtherDayIsOpenedBeforeWhatIsPutOff) {
  LiveHome home = with_points(100);
  (void)home.live(redeem(kAnn, 40), name("a"), kNight);
  (void)home.close();
  EXPECT_DEATH(home.home().open_day(kNext.plus_days(1), 2), "posted on its day");
}

}  // namespace PH_FILE
}  // namespace ph::test
