// Members who move between running homes: what leaves in an answer, what comes with one, and
// refunds of what another home gave goods for (decision 18).
#include <gtest/gtest.h>

#include "core/types/bytes.h"
#include "tests/unit/home/live.h"

namespace ph::test {
namespace PH_FILE {

const BusinessDate kLater = on(2010, 1, 1);
const BusinessDate kNext = kDay.plus_days(1);
const Member kAnn = member_of(1);
const Member kGuest = member_of(7, kP2);
const BusinessTime kNoon = at(kDay, 12);
const TransactionId kMove = id_of(kP2, kDay, "m-1");
const LotId kFar(kP2, on(2006, 12, 31), 9);

LiveHome with_two_lots() {
  LiveHome home({.lots = {opening_lot_of(1, kAnn, 50, kLater), opening_lot_of(2, kAnn, 30, kLater)},
                 .debts = {{.member = kAnn, .issuer = kP3, .points = 4}}});
  home.open(kDay);
  return home;
}
Row come(std::vector<ChildRow> brought, Member member = kGuest) {
  return move_in(member, kP2, std::move(brought));
}
ChildRow far(std::int64_t points, LotId lot = kFar, BusinessDate expires_on = kLater) {
  return lot_row(lot, month_of(2006, 12), expires_on, 100, points);
}
// Asked by another province, for goods that it took back.
Row far_refund(std::string_view parent, std::int64_t points, std::vector<ChildRow> slices = {},
               Member member = kGuest) {
  Row out = refund(id_of(kP2, kDay, parent), member, points, std::move(slices));
  out.row.giver = kP2;
  return out;
}
Texts texts_of(const std::vector<ChildRow>& rows) {
  Texts out;
  for (const ChildRow& row : rows) {
    out.push_back(std::to_string(row.lot.number()) + " " + std::to_string(row.points));
  }
  return out;
}

TEST(LiveMove, EverythingLeavesInTheAnswerWhichIsTheSameForEver) {
  LiveHome home = with_two_lots();
  (void)home.live(redeem(kAnn, 20), id_of(kP1, kDay, "r"), kNoon);
  const LiveAnswer left = home.live(move_out(kMove, kAnn, kP2), kMove, kNoon);
  EXPECT_EQ(text_of(left), "OK 0: 1 30, 2 30, 0 4");
  EXPECT_EQ(left.points, 60);
  const std::vector<ChildRow> slices = home.home().moved_slices(kAnn, left);
  ASSERT_EQ(slices.size(), 3U);
  ChildRow lot = lot_row(opening_lot(1), month_of(2006, 12), kLater, 50, 30);
  lot.rating = 1;
  EXPECT_EQ(slices[0], lot);
  EXPECT_EQ(slices[2], debt_row(kP3, 4));
  EXPECT_EQ(home.remaining(kAnn), 0);
  EXPECT_EQ(home.home().state_of(kAnn), MemberState::kMoved);
  home.reload();
  const LiveAnswer again = home.live(move_out(kMove, kAnn, kP2), kMove, at(kDay, 13));
  EXPECT_EQ(again, left);
  EXPECT_EQ(home.home().moved_slices(kAnn, again), slices);
  const DayResult day = home.close();
  ASSERT_EQ(day.items.size(), 2U);
  EXPECT_EQ(day.items[1].kind, Kind::kMoveOut);
  EXPECT_EQ(day.items[1].id, kMove);
  EXPECT_EQ(day.items[1].counterparty, kP2);
  EXPECT_EQ(day.items[1].points, 60);
  EXPECT_EQ(slices_of(day),
            (Texts{"REDEEMED 1 -20", "MOVED 1 -30", "MOVED 2 -30", "MOVED debt3 4"}));
  home.open(kNext);
  EXPECT_EQ(home.live(move_out(kMove, kAnn, kP2), kMove, at(kNext, 9)), left);
}

// The new home may be away for longer than an id can come.
TEST(LiveMove, IsToldLongAfterItsIdIsTooOldAndNothingElseIs) {
  LiveHome home = with_two_lots();
  const TransactionId taken = id_of(kP1, kDay, "r");
  (void)home.live(redeem(kAnn, 20), taken, kNoon);
  const LiveAnswer left = home.live(move_out(kMove, kAnn, kP2), kMove, kNoon);
  const std::vector<ChildRow> slices = home.home().moved_slices(kAnn, left);
  (void)home.close();
  for (const int days : {101, 102, 500}) {
    const BusinessDate late = kDay.plus_days(days);
    home.open(late);
    EXPECT_EQ(home.live(move_out(kMove, kAnn, kP2), kMove, at(late, 9)), left);
    (void)home.close();
    home.reload();
    EXPECT_EQ(home.live(move_out(kMove, kAnn, kP2), kMove, at(late, 9)), left);
    EXPECT_EQ(home.home().moved_slices(kAnn, left), slices);
    EXPECT_EQ(home.said(redeem(kAnn, 20), taken, at(late, 9)), "TOO_OLD 0");
    const TransactionId other = id_of(kP2, kDay, "m-2");
    EXPECT_EQ(home.said(move_out(other, kAnn, kP2), other, at(late, 9)), "TOO_OLD 0");
  }
}

TEST(LiveMove, WhatComesIsTakenInHoweverOldItsId) {
  LiveHome home = with_two_lots();
  (void)home.close();
  const BusinessDate late = kDay.plus_days(300);
  home.open(late);
  const LiveAnswer in = home.live(come({far(40)}), kMove, at(late, 9));
  EXPECT_EQ(text_of(in), "OK 40");
  EXPECT_EQ(home.live(come({far(40)}), kMove, at(late, 10)), in);
  const DayResult day = home.close({named(come({far(5)}, member_of(8, kP2)), kMove)});
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].kind, Kind::kMoveIn);
  EXPECT_EQ(returned_of(day), Texts{"1 TOO_OLD"});  // By file nothing has left meanwhile.
}

TEST(LiveMove, IsRefusedWhileAHoldIsOpenAndTheRefusalStands) {
  LiveHome home = with_two_lots();
  const TransactionId held = id_of(kP1, kDay, "h");
  (void)home.live(hold(kAnn, 5, {}), held, kNoon, at(kDay, 13));
  EXPECT_EQ(home.said(move_out(kMove, kAnn, kP2), kMove, kNoon), "HOLD_OPEN 71");
  (void)home.live(void_hold(held), id_of(kP1, kDay, "v"), kNoon);
  EXPECT_EQ(home.said(move_out(kMove, kAnn, kP2), kMove, kNoon), "HOLD_OPEN 71");
  const TransactionId other = id_of(kP2, kDay, "m-2");
  EXPECT_EQ(home.live(move_out(other, kAnn, kP2), other, kNoon).code, 0);
  EXPECT_EQ(home.said(move_out(other, kAnn, kP3), other, kNoon), "DUPLICATE 0");
}

TEST(LiveMove, WaitsWhileYesterdayIsNotSealedAndWhileTheDayIsBeingOpened) {
  LiveHome home({.lots = {opening_lot_of(1, kAnn, 50, kNext)}});
  home.open(kDay);
  const auto later = static_cast<std::uint8_t>(ReturnCode::kAgainLater);
  EXPECT_EQ(home.live(move_out(kMove, kAnn, kP2), kMove, at(kNext, 1)).code, later);
  EXPECT_EQ(home.live(come({far(5)}), kMove, at(kNext, 1)).code, later);
  (void)home.close();
  home.home().open_day(kNext, 2);
  EXPECT_EQ(home.live(move_out(kMove, kAnn, kP2), kMove, at(kNext, 1)).code, later);
  while (home.home().take_rows(100)) {
  }
  EXPECT_EQ(text_of(home.live(move_out(kMove, kAnn, kP2), kMove, at(kNext, 1))), "OK 0");
}

TEST(LiveMove, WhatComesCanBeSpentAtOnceAndMovesOn) {
  LiveHome home = with_two_lots();
  const LiveAnswer in = home.live(come({far(40), debt_row(kP2, 3)}), kMove, kNoon);
  EXPECT_EQ(text_of(in), "OK 37");
  EXPECT_EQ(in.points, 40);
  home.reload();
  EXPECT_EQ(home.said(redeem(kGuest, 30), id_of(kP1, kDay, "r"), kNoon), "OK 7: 9 30");
  const TransactionId on_to = id_of(kP3, kDay, "m-3");
  EXPECT_EQ(home.said(move_out(on_to, kGuest, kP3), on_to, kNoon), "OK 0: 9 10, 0 3");
  const DayResult day = home.close();
  EXPECT_EQ(slices_of(day), (Texts{"MOVED 9 40", "MOVED debt2 -3", "REDEEMED 9 -30", "MOVED 9 -10",
                                   "MOVED debt2 3"}));
  EXPECT_EQ(day.items[0].kind, Kind::kMoveIn);
  EXPECT_EQ(day.items[0].counterparty, kP2);
}

TEST(LiveMove, WhatComesIsTakenInWhateverTheAccountHasBecome) {
  LiveHome home = with_two_lots();
  (void)home.live(accrual(id_of(kAir, kDay, "a"), kAnn, 5), id_of(kAir, kDay, "a"), kNoon);
  EXPECT_EQ(home.live(come({far(40)}, kAnn), kMove, kNoon).code, 0);
  EXPECT_EQ(home.remaining(kAnn), 125);
  (void)home.close({leave(kAnn)});
  home.open(kNext);
  const TransactionId again = id_of(kP2, kNext, "m-2");
  EXPECT_EQ(home.live(come({far(7), debt_row(kP2, 2)}, kAnn), again, at(kNext, 9)).code, 0);
  EXPECT_EQ(home.remaining(kAnn), 0);
  const DayResult day = home.close();
  EXPECT_EQ(slices_of(day), (Texts{"MOVED 9 7", "MOVED debt2 -2"}));
  EXPECT_EQ(movements_of(day),
            (Texts{"FORFEIT 3000000000 FORFEITED 9 -7", "WRITE_OFF 3000000000 FORFEITED debt2 2"}));
  EXPECT_EQ(home.home().state_of(kAnn), MemberState::kClosed);
}

TEST(LiveMove, ALotThatWouldComeAboveItsOriginalCannotBeTakenIn) {
  LiveHome home = with_two_lots();
  (void)home.live(come({far(40)}), kMove, kNoon);
  const auto more = [](std::int64_t points) {
    return live_of(named(come({far(points)}), id_of(kP2, kDay, "m-2")));
  };
  EXPECT_TRUE(home.home().can_take_in(more(60)));
  EXPECT_FALSE(home.home().can_take_in(more(61)));
}

TEST(LiveMove, ARefundOfWhatAnotherHomeKnowsTakesOffWhatWasGivenBackHere) {
  LiveHome home = with_two_lots();
  const LotId second(kP2, on(2006, 12, 31), 10);
  (void)home.live(come({far(40)}), kMove, kNoon);
  const auto said = [&](std::string_view name, std::int64_t points,
                        std::vector<ChildRow> left = {}) {
    return home.said(far_refund("p", points, std::move(left)), id_of(kP2, kDay, name), kNoon);
  };
  const std::vector<ChildRow> left{far(20), far(30, second)};
  EXPECT_EQ(said("b-0", 5), "UNKNOWN_PARENT 40");
  EXPECT_EQ(said("b-1", 35, left), "OK 75: 10 30, 9 5");
  home.reload();
  EXPECT_EQ(said("b-1", 35), "OK 75: 10 30, 9 5");  // Who asks has no part in what is left.
  EXPECT_EQ(said("b-2", 16, left), "EXCEEDS_PARENT 75");
  EXPECT_EQ(said("b-3", 15, left), "OK 90: 9 15");
  EXPECT_EQ(said("b-4", 1, left), "EXCEEDS_PARENT 90");
  EXPECT_EQ(texts_of(home.home().left_of(id_of(kP2, kDay, "p"), kGuest)),
            (Texts{"9 -20", "10 -30"}));
  EXPECT_EQ(slices_of(home.close()),
            (Texts{"MOVED 9 40", "REDEEMED 10 30", "REDEEMED 9 5", "REDEEMED 9 15"}));
}

TEST(LiveMove, ALotThatHasExpiredComesBackWithGraceAtTheNewHome) {
  LiveHome home = with_two_lots();
  (void)home.live(come({}), kMove, kNoon);
  (void)home.live(far_refund("p", 8, {far(8, kFar, kDay)}), id_of(kP2, kDay, "b"), kNoon);
  ASSERT_EQ(home.home().lots(kGuest).size(), 1U);
  EXPECT_EQ(home.home().lots(kGuest)[0].expires_on, kDay.plus_days(30));
  EXPECT_EQ(home.remaining(kGuest), 8);
}

TEST(LiveMove, WhoComesBackHasWhatOthersGaveBackTakenOff) {
  LiveHome home = with_two_lots();
  const TransactionId spent = id_of(kP1, kDay, "r");
  EXPECT_EQ(home.said(redeem(kAnn, 70), spent, kNoon), "OK 6: 1 50, 2 20");
  const LiveAnswer left = home.live(move_out(kMove, kAnn, kP2), kMove, kNoon);
  EXPECT_EQ(texts_of(home.home().left_of(spent, kAnn)), (Texts{"1 50", "2 20"}));
  EXPECT_TRUE(home.home().left_of(spent, kGuest).empty());
  std::vector<ChildRow> brought = home.home().moved_slices(kAnn, left);
  brought[0] = lot_row(opening_lot(1), month_of(2006, 12), kLater, 50, 5);  // Given back there,
  brought.push_back(lot_row(opening_lot(2), month_of(2006, 12), kLater, 30, 30));
  brought.erase(brought.begin() + 1);  // and of the second lot all that was spent.
  EXPECT_EQ(home.live(come(brought, kAnn), id_of(kP1, kDay, "m-2"), kNoon).code, 0);
  const std::vector<ChildRow> elsewhere{
      lot_row(opening_lot(1), month_of(2006, 12), kLater, 50, -5),
      lot_row(opening_lot(2), month_of(2006, 12), kLater, 30, -20)};
  const auto said = [&](std::string_view name, std::int64_t points) {
    return text_of(
        home.live(refund(spent, kAnn, points, elsewhere), id_of(kP1, kDay, name), kNoon));
  };
  EXPECT_EQ(said("b-1", 46), "EXCEEDS_PARENT 35");
  EXPECT_EQ(said("b-2", 30), "OK 65: 1 30");
  EXPECT_EQ(said("b-3", 16), "EXCEEDS_PARENT 65");
  EXPECT_EQ(said("b-4", 15), "OK 80: 1 15");
  (void)home.close();
}

TEST(LiveMove, AGiftIsGivenBackWholeAnywhere) {
  LiveHome home = with_two_lots();
  const TransactionId gift = id_of(kP1, kDay, "g");
  (void)home.live(redeem(kAnn, 30, Form::kGift), gift, kNoon);
  (void)home.live(redeem(kAnn, 10), id_of(kP1, kDay, "r"), kNoon);
  EXPECT_TRUE(home.home().is_less_than_whole(gift, kAnn, 29));
  EXPECT_FALSE(home.home().is_less_than_whole(gift, kAnn, 30));
  EXPECT_FALSE(home.home().is_less_than_whole(gift, kGuest, 29));
  EXPECT_FALSE(home.home().is_less_than_whole(id_of(kP1, kDay, "r"), kAnn, 9));
}

TEST(LiveMove, ASnapshotWhoseMoveCitesALotThatIsNotThereIsNone) {
  LiveHome home = with_two_lots();
  (void)home.live(move_out(kMove, kAnn, kP2), kMove, kNoon);
  std::vector<std::byte> saved = saved_bytes(home.home());
  ASSERT_TRUE(loaded_home(saved).has_value());
  const std::uint64_t lot = opening_lot(2).packed();
  std::size_t changed = 0;
  for (std::size_t at = 0; at + 16 <= saved.size(); at += 4) {
    const auto here = std::span(saved).subspan(at, 16);
    // In the answer it stands beside its points.
    const std::int64_t points = 30;
    if (std::memcmp(here.data(), &lot, 8) == 0 && std::memcmp(here.data() + 8, &points, 8) == 0) {
      here[0] = std::byte{99};
      ++changed;
    }
  }
  ASSERT_EQ(changed, 1U);
  EXPECT_FALSE(loaded_home(saved).has_value());
}

}  // namespace PH_FILE
}  // namespace ph::test
