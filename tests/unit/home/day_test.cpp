// A day in slices, and what a home says of a member in between.
#include <gtest/gtest.h>

#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCat = member_of(3);

DayFile file_of(BusinessDate date, std::uint32_t sequence, std::vector<Row> rows) {
  DayFile file{.sender = kP1, .date = date, .sequence = sequence};
  add_rows(file, std::move(rows));
  return file;
}

Home home_with(std::vector<OpeningLot> lots, std::vector<OpeningDebt> debts = {}) {
  Home home(kP1);
  home.open({.province = kP1, .lots = std::move(lots), .debts = std::move(debts)});
  return home;
}

std::int64_t points_of(const Home& home, Member member) {
  return home.balance(member, kDay)->points;
}

TEST(Day, ASliceCarriesOutAsManyRowsAsAskedFor) {
  Home home(kP1);
  const DayFile file = file_of(kDay, 1,
                               {earn(kAnn, month_of(2007, 3), 1), earn(kAnn, month_of(2007, 3), 2),
                                earn(kAnn, month_of(2007, 3), 4)});
  home.begin_day(file);
  EXPECT_TRUE(home.take_rows(2));
  EXPECT_EQ(points_of(home, kAnn), 3);
  EXPECT_FALSE(home.take_rows(1));
  EXPECT_EQ(points_of(home, kAnn), 7);
  EXPECT_EQ(home.end_day().movements.size(), 3U);
}

TEST(Day, AnEmptyFileIsADayToo) {
  Home home(kP1);
  const DayFile file = file_of(kDay, 1, {});
  home.begin_day(file);
  EXPECT_FALSE(home.take_rows(1));
  EXPECT_TRUE(home.end_day().movements.empty());
}

TEST(Day, TheExpiryRunIsSlicedAndComesBeforeTheFirstRow) {
  Home home = home_with({opening_lot_of(1, kCat, 10, kDay), opening_lot_of(2, kAnn, 20, kDay),
                         opening_lot_of(3, kBob, 30, kDay)});
  const DayFile file = file_of(kDay, 1, {redeem(kAnn, 20)});
  home.begin_day(file);
  EXPECT_TRUE(home.take_rows(1));
  EXPECT_EQ(points_of(home, kAnn), 0);
  EXPECT_EQ(points_of(home, kBob), 30);
  EXPECT_TRUE(home.take_rows(1));
  EXPECT_EQ(points_of(home, kBob), 0);
  EXPECT_EQ(points_of(home, kCat), 10);
  EXPECT_TRUE(home.take_rows(1));
  EXPECT_EQ(points_of(home, kCat), 0);
  EXPECT_FALSE(home.take_rows(1));
  const DayResult result = home.end_day();
  EXPECT_EQ(movements_of(result),
            (Texts{"EXPIRE 3000000000 EXPIRED 2 -20", "EXPIRE 3000000001 EXPIRED 3 -30",
                   "EXPIRE 3000000002 EXPIRED 1 -10"}));
  EXPECT_EQ(returned_of(result), Texts{"1 INSUFFICIENT_POINTS"});
}

TEST(Day, WhoOpensAnAccountDuringTheDayIsNoPartOfItsExpiryRun) {
  Home home = home_with({opening_lot_of(1, kAnn, 10, kDay)});
  const DayFile file = file_of(kDay, 1, {earn(kBob, month_of(2000, 1), 5)});
  home.begin_day(file);
  while (home.take_rows(1)) {
  }
  EXPECT_EQ(movements_of(home.end_day()),
            (Texts{"EXPIRE 3000000000 EXPIRED 1 -10", "EARN 1 ISSUED 1 5"}));
  const DayFile next = file_of(kDay.plus_days(1), 2, {});
  EXPECT_EQ(movements_of(home.take(next)), (Texts{"EXPIRE 3000000000 EXPIRED 1 -5"}));
}

TEST(Day, TheEndOfHoldsIsSlicedToo) {
  Home home = home_with({opening_lot_of(1, kAnn, 10, kDay.plus_days(9))});
  const DayFile file = file_of(kDay, 1, {hold(kAnn, 3, kDay), hold(kAnn, 4, kDay)});
  home.begin_day(file);
  EXPECT_TRUE(home.take_rows(2));
  EXPECT_EQ(home.balance(kAnn, kDay)->held, 7);
  EXPECT_TRUE(home.take_rows(1));
  EXPECT_LT(home.balance(kAnn, kDay)->held, 7);
  EXPECT_FALSE(home.take_rows(1));
  EXPECT_EQ(home.balance(kAnn, kDay)->held, 0);
  EXPECT_EQ(home.end_day().returned.size(), 0U);
}

TEST(Balance, IsNoneOfWhoWasNeverHere) {
  const Home home(kP1);
  EXPECT_FALSE(home.balance(kAnn, kDay).has_value());
  EXPECT_TRUE(home.lots(kAnn).empty());
}

TEST(Balance, LeavesOutWhatIsHeldOwedOrExpired) {
  Home home = home_with({opening_lot_of(1, kAnn, 10, kDay.plus_days(1)),
                         opening_lot_of(2, kAnn, 20, kDay.plus_days(2))},
                        {{.member = kAnn, .issuer = kP2, .points = 5}});
  EXPECT_EQ(home.balance(kAnn, kDay), (Balance{.points = 30, .available = 25, .debts = 5}));
  EXPECT_EQ(home.balance(kAnn, kDay.plus_days(1))->available, 15);
  EXPECT_EQ(home.balance(kAnn, kDay.plus_days(2))->available, 0);
  const DayFile file = file_of(kDay, 1, {hold(kAnn, 12, kDay.plus_days(1))});
  EXPECT_TRUE(home.take(file).returned.empty());
  EXPECT_EQ(home.balance(kAnn, kDay),
            (Balance{.points = 30, .available = 13, .held = 12, .debts = 5}));
}

TEST(Balance, OfLotsInTransitCanNotBeSpent) {
  Home home(kP1);
  const ChildRow lot = lot_row(opening_lot(7, kP2), month_of(2006, 12), kDay.plus_days(9), 50, 40);
  const DayFile moved = file_of(kDay, 1, {move_in(kAnn, kP2, {lot})});
  EXPECT_TRUE(home.take(moved).returned.empty());
  EXPECT_EQ(home.balance(kAnn, kDay), (Balance{.points = 40}));
  EXPECT_NE(home.lots(kAnn).front().transit, 0U);
  const DayFile confirmed = file_of(kDay.plus_days(1), 2, {confirm(own_id(kDay, 1))});
  EXPECT_TRUE(home.take(confirmed).returned.empty());
  EXPECT_EQ(home.balance(kAnn, kDay), (Balance{.points = 40, .available = 40}));
  EXPECT_EQ(home.lots(kAnn).front().transit, 0U);
}

TEST(Balance, SaysWhoMovedAndWhoLeft) {
  Home home = home_with({opening_lot_of(1, kAnn, 10, kDay.plus_days(9)),
                         opening_lot_of(2, kBob, 10, kDay.plus_days(9))});
  const DayFile file = file_of(kDay, 1, {move_out(id_of(kP2, kDay, "m"), kAnn, kP2), leave(kBob)});
  EXPECT_TRUE(home.take(file).returned.empty());
  EXPECT_EQ(home.balance(kAnn, kDay), (Balance{.state = MemberState::kMoved}));
  EXPECT_EQ(home.balance(kBob, kDay), (Balance{.state = MemberState::kClosed}));
}

TEST(Balance, ListsLotsInTheOrderInWhichTheyAreTaken) {
  const Home home = home_with({opening_lot_of(1, kAnn, 10, kDay.plus_days(9)),
                               opening_lot_of(2, kAnn, 20, kDay.plus_days(2))});
  const std::vector<Lot> lots = home.lots(kAnn);
  ASSERT_EQ(lots.size(), 2U);
  EXPECT_EQ(lots[0].id, opening_lot(2));
  EXPECT_EQ(lots[1].remaining, 10);
}

}  // namespace PH_FILE
}  // namespace ph::test
