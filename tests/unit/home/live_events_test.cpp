// Live events on an open day: each kind as a file's row of that kind, posted at once; and the ends
// of live holds.
#include <gtest/gtest.h>

#include "tests/unit/home/live.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const Member kAnn = member_of(1);
const Member kGuest = member_of(7, kP2);
const BusinessTime kNoon = at(kDay, 12);

TransactionId name(std::string_view text) {
  return id_of(kP1, kDay, text);
}
TransactionId of_air(std::string_view text) {
  return id_of(kAir, kDay, text);
}

LiveHome with_points(std::int64_t points) {
  LiveHome home({.lots = {opening_lot_of(1, kAnn, points, kLater)}});
  home.open(kDay);
  return home;
}

TEST(LiveEvent, RedeemsAtOnce) {
  LiveHome home = with_points(100);
  const LiveAnswer answer = home.live(redeem(kAnn, 40), name("a"), kNoon);
  EXPECT_EQ(text_of(answer), "OK 60: 1 40");
  EXPECT_EQ(answer.entry, EntryId(kP1, kDay, kLiveFrom));
  EXPECT_EQ(answer.authorisation, answer.entry);
  EXPECT_EQ(answer.slices.front().lot.participant(), kP1);
  EXPECT_EQ(home.remaining(kAnn), 60);
  const DayResult day = home.close();
  EXPECT_EQ(slices_of(day), Texts{"REDEEMED 1 -40"});
  EXPECT_EQ(day.items.front().entry, kLiveFrom);
  EXPECT_EQ(day.items.front().authorisation, answer.authorisation);
  EXPECT_TRUE(day.returned.empty());
}

TEST(LiveEvent, RefusesAsARowOfAFileIsReturned) {
  LiveHome home = with_points(100);
  EXPECT_EQ(home.said(redeem(kAnn, 101), name("a"), kNoon), "INSUFFICIENT_POINTS 100");
  EXPECT_EQ(home.said(redeem(kAnn, 0), name("b"), kNoon), "ZERO_POINTS 100");
  EXPECT_EQ(home.said(redeem(kGuest, 1), name("c"), kNoon), "NOT_HOME 0");
  EXPECT_EQ(home.said(capture(name("x"), 1, true), name("d"), kNoon), "UNKNOWN_PARENT 0");
  EXPECT_EQ(home.said(void_hold(name("x")), name("e"), kNoon), "UNKNOWN_PARENT 0");
  EXPECT_EQ(home.said(refund(name("x"), kAnn, 1), name("f"), kNoon), "UNKNOWN_PARENT 100");
  const DayResult day = home.close();
  EXPECT_TRUE(day.items.empty() && day.returned.empty());
}

TEST(LiveEvent, HoldIsCapturedFromWhatItHolds) {
  LiveHome home = with_points(100);
  const LiveAnswer held = home.live(hold(kAnn, 70, {}), name("h"), kNoon);
  EXPECT_EQ(text_of(held), "OK 30: 1 70");
  EXPECT_EQ(home.held(kAnn), 70);
  const LiveAnswer first = home.live(capture(name("h"), 20, false), name("c1"), kNoon);
  EXPECT_EQ(text_of(first), "OK 30: 1 20");
  EXPECT_EQ(first.authorisation, held.authorisation);
  EXPECT_NE(first.entry, held.entry);
  EXPECT_EQ(home.held(kAnn), 50);
  EXPECT_EQ(home.said(capture(name("h"), 51, false), name("c2"), kNoon), "EXCEEDS_PARENT 30");
  EXPECT_EQ(home.said(capture(name("h"), 10, true), name("c3"), kNoon), "OK 70: 1 10");
  EXPECT_EQ(home.held(kAnn), 0);
  EXPECT_EQ(home.said(capture(name("h"), 1, true), name("c4"), kNoon), "HOLD_ENDED 70");
  EXPECT_EQ(slices_of(home.close()), (Texts{"REDEEMED 1 -20", "REDEEMED 1 -10"}));
}

TEST(LiveEvent, VoidFreesWhatIsLeft) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 70, {}), name("h"), kNoon);
  (void)home.live(capture(name("h"), 20, false), name("c"), kNoon);
  const LiveAnswer answer = home.live(void_hold(name("h")), name("v"), kNoon);
  EXPECT_EQ(text_of(answer), "OK 80");
  EXPECT_EQ(answer.points, 50);
  EXPECT_EQ(home.said(void_hold(name("h")), name("v2"), kNoon), "HOLD_ENDED 80");
}

TEST(LiveEvent, ExchangesAccruesAndReverses) {
  LiveHome home = with_points(100);
  EXPECT_EQ(home.said(exchange_out(of_air("o"), kAnn, 30, 3), of_air("o"), kNoon), "OK 70: 1 30");
  const LiveAnswer made = home.live(accrual(of_air("a"), kAnn, 25), of_air("a"), kNoon);
  EXPECT_EQ(text_of(made), "OK 95: 3500000001 25");
  EXPECT_EQ(text_of(home.live(exchange_in(of_air("i"), kAnn, 5, 1), of_air("i"), kNoon)),
            "OK 100: 3500000002 5");
  const Row back = unissue(of_air("a"), kAnn, made.slices.front().lot, 25);
  EXPECT_EQ(home.said(back, of_air("u"), kNoon), "OK 75");
  EXPECT_EQ(home.said(back, of_air("u2"), kNoon), "EXCEEDS_PARENT 75");
  const DayResult day = home.close();
  EXPECT_EQ(slices_of(day), (Texts{"REDEEMED 1 -30", "ISSUED 3500000001 25", "ISSUED 3500000002 5",
                                   "ISSUED 3500000001 -25"}));
}

TEST(LiveEvent, RefundsTheLastSliceFirst) {
  LiveHome home({.lots = {opening_lot_of(1, kAnn, 10, on(2009, 1, 1)),
                          opening_lot_of(2, kAnn, 10, on(2010, 1, 1))}});
  home.open(kDay);
  (void)home.live(redeem(kAnn, 15), name("r"), kNoon);
  EXPECT_EQ(home.said(refund(name("r"), kAnn, 7), name("b"), kNoon), "OK 12: 2 5, 1 2");
  EXPECT_EQ(home.said(refund(name("r"), kAnn, 9), name("b2"), kNoon), "EXCEEDS_PARENT 12");
  (void)home.close();
}

TEST(LiveEvent, RefundsAfterAMoveWithTheLotsItBrings) {
  LiveHome home = with_points(100);
  const LotId lot = opening_lot(9, kP2);
  Row row = refund(id_of(kP2, kDay, "far"), kAnn, 5,
                   {lot_row(lot, month_of(2006, 5), on(2009, 7, 1), 20, 8)});
  row.row.giver = kP2;
  EXPECT_EQ(home.said(row, id_of(kP2, kDay, "b"), kNoon), "OK 105: 9 5");
  const DayResult day = home.close();
  EXPECT_EQ(slices_of(day), Texts{"REDEEMED 9 5"});
}

TEST(LiveEvent, NotesWhatThisProvinceGaveToAnothersMember) {
  LiveHome home = with_points(100);
  const Row gave = delivery(kGuest, kP2, 12);
  EXPECT_EQ(home.said(gave, name("d"), kNoon), "OK 0");
  EXPECT_EQ(home.said(delivery_refund(name("d"), kGuest, kP2, 12), name("db"), kNoon), "OK 0");
  const DayResult day = home.close();
  ASSERT_EQ(day.items.size(), 2U);
  EXPECT_EQ(day.items[0].kind, Kind::kDelivery);
  EXPECT_EQ(day.items[0].counterparty, kP2);
  EXPECT_EQ(day.items[1].parent, name("d"));
}

TEST(LiveEvent, ComesBetweenTheRowsOfTheFile) {
  LiveHome home = with_points(100);
  DayFile file{.sender = kP1, .date = kDay, .sequence = 1};
  add_rows(file, {redeem(kAnn, 10), redeem(kAnn, 10), redeem(kAnn, 75)});
  home.home().bring_file(file);
  EXPECT_TRUE(home.home().take_rows(1));
  EXPECT_EQ(home.said(redeem(kAnn, 20), name("a"), kNoon), "OK 70: 1 20");
  EXPECT_TRUE(home.home().take_rows(1));
  EXPECT_EQ(home.said(redeem(kAnn, 5), name("b"), kNoon), "OK 55: 1 5");
  EXPECT_FALSE(home.home().take_rows(9));
  const DayResult day = home.home().end_day();
  EXPECT_EQ(returned_of(day), Texts{"3 INSUFFICIENT_POINTS"});
  EXPECT_EQ(slices_of(day).size(), 4U);
}

TEST(LiveEvent, IsWithdrawnByALaterFile) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 10, {}), name("h"), kNoon);
  const LiveAnswer taken = home.live(redeem(kAnn, 40), name("a"), kNoon);
  (void)home.close({redeem(kAnn, 1)});
  home.reload();
  home.open(kDay.plus_days(1));
  (void)home.live(redeem(kAnn, 2), name("z"), at(kDay.plus_days(1), 1));
  const DayResult day = home.close({withdraw(1, taken.entry.number()), withdraw(1, kLiveFrom + 9),
                                    withdraw(1, 1), withdraw(1, kLiveFrom)});
  EXPECT_EQ(returned_of(day), (Texts{"2 UNKNOWN_PARENT", "4 UNKNOWN_PARENT"}));
  EXPECT_EQ(home.remaining(kAnn), 98);
}

TEST(LiveEvent, WaitsForADayThatIsOpen) {
  LiveHome home({.lots = {opening_lot_of(1, kAnn, 100, kLater)}});
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("a"), kNoon), "AGAIN_LATER 0");
  home.open(kDay);
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("a"), at(kDay.plus_days(2), 0)), "AGAIN_LATER 0");
  EXPECT_EQ(home.said(redeem(kAnn, 1), name("a"), kNoon), "OK 99: 1 1");
}

TEST(LiveEvent, OfTomorrowsIdWaitsForTheClock) {
  LiveHome home = with_points(100);
  const TransactionId id = id_of(kP1, kDay.plus_days(1), "a");
  EXPECT_EQ(home.said(redeem(kAnn, 1), id, at(kDay, 23, 59)), "AGAIN_LATER 0");
  EXPECT_EQ(home.said(redeem(kAnn, 1), id, at(kDay.plus_days(1), 0)), "OK 99: 1 1");
}

TEST(LiveEvent, OlderThanNinetyDaysIsTooOld) {
  LiveHome home = with_points(100);
  const auto old = [](int days) {
    return id_of(kP1, BusinessDate(static_cast<std::uint16_t>(kDay.count() - days)), "a");
  };
  EXPECT_EQ(home.said(redeem(kAnn, 1), old(91), kNoon), "TOO_OLD 0");
  EXPECT_EQ(home.said(redeem(kAnn, 1), old(90), kNoon), "OK 99: 1 1");
}

TEST(LiveEvent, ThatIsNoneIsInvalid) {
  LiveHome home = with_points(100);
  EXPECT_EQ(home.said(leave(kAnn), name("a"), kNoon), "INVALID 0");
  EXPECT_EQ(home.said(redeem(kAnn, -1), name("a"), kNoon), "INVALID 0");
  EXPECT_EQ(home.said(redeem(kAnn, 1), own_id(kDay, 17), kNoon), "INVALID 0");
  EXPECT_EQ(home.said(hold(kAnn, 1, kDay), name("a"), kNoon), "INVALID 0");
  EXPECT_EQ(home.said(redeem(kAnn, 1), {}, kNoon), "INVALID 0");
}

TEST(LiveHold, EndsAQuarterOfAnHourAfterItCame) {
  LiveHome home = with_points(100);
  const LiveAnswer held = home.live(hold(kAnn, 70, {}), name("h"), at(kDay, 12));
  EXPECT_EQ(held.at, at(kDay, 12));
  EXPECT_EQ(held.ends, at(kDay, 12, 15));
  EXPECT_EQ(home.said(redeem(kAnn, 31), name("a"), at(kDay, 12, 14)), "INSUFFICIENT_POINTS 30");
  EXPECT_EQ(home.said(capture(name("h"), 1, false), name("c"), at(kDay, 12, 14)), "OK 30: 1 1");
  EXPECT_EQ(home.said(capture(name("h"), 1, true), name("d"), at(kDay, 12, 15)), "HOLD_ENDED 99");
  EXPECT_EQ(home.held(kAnn), 0);
}

TEST(LiveHold, EndsWhenItSays) {
  LiveHome home = with_points(100);
  const BusinessTime end = at(kDay, 18);
  (void)home.live(hold(kAnn, 70, {}), name("h"), kNoon, end);
  EXPECT_EQ(home.said(capture(name("h"), 1, false), name("c"), at(kDay, 17, 59)), "OK 30: 1 1");
  home.home().end_live_holds(at(kDay, 18));
  EXPECT_EQ(home.held(kAnn), 0);
}

TEST(LiveHold, LastsThirtyDaysAtMost) {
  LiveHome home = with_points(100);
  const BusinessTime last = kNoon.plus_seconds(30 * 86'400);
  EXPECT_EQ(home.said(hold(kAnn, 1, {}), name("h"), kNoon, last.plus_seconds(1)), "INVALID 0");
  EXPECT_EQ(home.said(hold(kAnn, 1, {}), name("h"), kNoon, last), "OK 99: 1 1");
  (void)home.close();
  EXPECT_EQ(home.held(kAnn), 1);
}

TEST(LiveHold, IsFreedBeforeRowsThatArePostedBehindItsEnd) {
  LiveHome home = with_points(100);
  (void)home.live(hold(kAnn, 70, {}), name("h"), kNoon);
  home.home().end_live_holds(at(kDay, 13));
  EXPECT_TRUE(home.close({redeem(kAnn, 100)}).returned.empty());
}

TEST(LiveHold, OfAFileLastsUntilItsDate) {
  LiveHome home = with_points(100);
  (void)home.close({hold(kAnn, 50, kDay.plus_days(1))});
  home.open(kDay.plus_days(1));
  const TransactionId held = own_id(kDay, 1);
  EXPECT_EQ(home.said(capture(held, 10, false), name("a"), at(kDay.plus_days(1), 23)),
            "OK 50: 1 10");
  // The day after it has ended, though its release comes with the file.
  EXPECT_EQ(home.said(capture(held, 10, false), name("b"), at(kDay.plus_days(2), 0)),
            "HOLD_ENDED 50");
  EXPECT_EQ(home.close({capture(held, 5, false)}).returned.size(), 0U);
  EXPECT_EQ(home.held(kAnn), 0);
}

}  // namespace PH_FILE
}  // namespace ph::test
