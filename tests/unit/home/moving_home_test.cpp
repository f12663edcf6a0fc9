// Members who move between homes with a programme: what leaves with them, what it is at the new
// home, and at the first one when they come back (docs/decisions/0023-programme-format.md, section
// 3.4 and rulings 90 to 97).
#include <gtest/gtest.h>

#include "tests/unit/home/moving.h"

namespace ph::test {
namespace PH_FILE {

using namespace moving;

TEST(Moving, LeavesWithWhatIsKnownOfHim) {
  MovingNode node;
  (void)node.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  const LiveAnswer left = node.leaves(kAnn, kJune);
  ASSERT_EQ(left.code, 0);
  const auto standing = read_standing(left.standing);
  ASSERT_TRUE(standing);
  EXPECT_EQ(ph::text_of(standing->code), "test");
  EXPECT_EQ(standing->joined, month_of(2005, 5).count());
  EXPECT_EQ(standing->ended, book::kNoMonth);
  EXPECT_EQ(standing->accounts, 1);
  EXPECT_EQ(standing->region, 2);
  EXPECT_EQ(standing->newest, kJune.month().count());
  EXPECT_EQ(standing->months[22].earned, 12'345);
  EXPECT_EQ(standing->months[22].rating, 123 + 30);
  EXPECT_EQ(standing->months[21].rating, 99);
  EXPECT_EQ(standing->months[20].bills, 0);
  EXPECT_EQ(standing->names, (std::vector<std::string>{"level", "silver", "old", "lounge"}));
  ASSERT_EQ(standing->grades.size(), 1U);
  EXPECT_EQ(standing->grades[0].to, on(2009, 1, 1).count());
  ASSERT_EQ(standing->of_flags.size(), 1U);
  ASSERT_EQ(standing->claims.size(), 1U);
  EXPECT_EQ(standing->history.size(), 2U);
  EXPECT_EQ(node.told_again(kAnn, kJune).standing, left.standing);
  node.reload();
  EXPECT_EQ(node.told_again(kAnn, kJune).standing, left.standing);
}

// Journals of before have no such moves, and replay to the bytes that they had.
TEST(Moving, TellsNothingUnlessTheCommandSaysSo) {
  MovingNode node;
  (void)node.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  EXPECT_TRUE(node.leaves(kAnn, kJune, false).standing.empty());
  node.expect_same_when_loaded();
}

TEST(Moving, CountsAtTheNewHomeAsIfHeHadAlwaysBeenThere) {
  MovingNode node;
  (void)node.day(on(2008, 6, 5), a_life(kBob, "B-1"));
  (void)node.comes(kAnn, kJune, life_of_ann());
  for (int month = 1; month <= 6; ++month) {
    EXPECT_EQ(node.rating_points(kAnn, month_of(2008, month)),
              node.rating_points(kBob, month_of(2008, month)));
    EXPECT_EQ(node.spend(kAnn, month_of(2008, month)), node.spend(kBob, month_of(2008, month)));
  }
  EXPECT_EQ(node.level(kAnn, kJune), "silver");
  EXPECT_EQ(node.history(kAnn), node.history(kBob));
  EXPECT_EQ(node.claims(kAnn), 1);
  EXPECT_TRUE(node.book().flag_on(node.home().number_of(kAnn), 1, kJune));
  EXPECT_EQ(node.book().region_now(node.home().number_of(kAnn)), 2);
  node.expect_same_when_loaded();
  EXPECT_EQ(node.points(kAnn), 0);  // His lots are another thing.
}

TEST(Moving, TheFirstTelephoneTakesTheMonthsOver) {
  MovingNode node;
  (void)node.comes(kAnn, kJune, life_of_ann());
  Row fixed = account_row(kAnn, "F-1", month_of(2008, 6));
  fixed.says[0].word = book::AccountRecord::kFixedLine;
  (void)node.day(kJune.plus_days(1), {fixed, account_row(kAnn, "N-1", month_of(2005, 5), 3),
                                      account_row(kAnn, "N-2", month_of(2008, 6))});
  const MemberBook& book = node.book();
  const std::uint32_t telephone = book.find({account_of("N-1")});
  EXPECT_EQ(book.billed(telephone, kMay), 12'345);
  EXPECT_EQ(book.billed(book.find({account_of("F-1")}), kMay), std::nullopt);
  EXPECT_EQ(book.billed(book.find({account_of("N-2")}), kMay), std::nullopt);
  EXPECT_EQ(node.spend(kAnn, kMay), 12'345);
  EXPECT_EQ(node.rating_points(kAnn, kMay), 153);
  EXPECT_EQ(book.region_now(node.home().number_of(kAnn)), 1);  // N-2's
  node.expect_same_when_loaded();
  // It is its own bill now; that of the month of the move is still to come.
  EXPECT_EQ(returned_of(node.day(kJuly, {bill(kAnn, kMay, 12'345, "N-1"),
                                         bill(kAnn, month_of(2008, 6), 500, "N-1")})),
            Texts{"1 DUPLICATE"});
}

// Domain C17: on a move between companies, and with a new account in another place.
TEST(C17, NewAccountElsewhereCarries) {
  for (const bool new_account : {false, true}) {
    MovingNode old_home;
    (void)old_home.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
    const LiveAnswer left = old_home.leaves(kAnn, kJune);
    const std::vector<ChildRow> lots = old_home.home().moved_slices(kAnn, left);
    MovingNode node;
    ASSERT_EQ(node.comes(kAnn, kJune, left.standing, lots).code, 0);
    if (new_account) {
      (void)node.day(kJuly, {account_row(kAnn, "N-1", month_of(2008, 6))});
    }
    EXPECT_EQ(node.points(kAnn), 123 + 99 + 30);
    EXPECT_EQ(node.home().lots(kAnn)[0].expires_on, old_home.home().lots(kAnn)[0].expires_on);
    EXPECT_EQ(node.rating_points(kAnn, kMay), 153);
    EXPECT_EQ(node.level(kAnn, kJuly), "silver");
  }
}

TEST(Moving, TheMonthOfTheMoveStaysWhereItWas) {
  MovingNode old_home;
  (void)old_home.day(on(2008, 6, 5), {bill(kAnn, month_of(2008, 6), 400, "A-1")});
  MovingNode node;
  (void)node.comes(kAnn, kJune, old_home.leaves(kAnn, kJune).standing);
  const DayResult day = node.day(kJuly, {account_row(kAnn, "N-1", month_of(2008, 6)),
                                         bill(kAnn, month_of(2008, 6), 300, "N-1")});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(node.spend(kAnn, month_of(2008, 6)), 700);
  EXPECT_EQ(node.rating_points(kAnn, month_of(2008, 6)), 7);
}

TEST(Moving, WhatWaitsForAProfileIsCreditedByTheNewHomes) {
  programme::Rows rows = rows_of();
  rows.head.profile_required = true;
  MovingNode old_home(rows);
  (void)old_home.day(on(2008, 6, 5),
                     {bill(kAnn, kMay, 12'345, "A-1"), bill(kAnn, kMay, 100, "A-2")});
  MovingNode node(rows);
  (void)node.comes(kAnn, kJune, old_home.leaves(kAnn, kJune).standing);
  EXPECT_EQ(node.rating_points(kAnn, kMay), 0);
  EXPECT_EQ(node.spend(kAnn, kMay), 12'445);
  node.expect_same_when_loaded();
  (void)node.day(kJuly, {account_row(kAnn, "N-1", month_of(2008, 6)), profile(kAnn)});
  EXPECT_EQ(node.points(kAnn), 124);
  EXPECT_EQ(node.rating_points(kAnn, kMay), 124);
}

TEST(Moving, BothSumsOfAMonthHaveARecordEach) {
  programme::Rows rows = rows_of();
  rows.earn.pause_in_arrears = true;
  Row stopped = member_row(MemberKind::kArrears, kAnn, "A-2");
  stopped.says[0].word = 2;
  MovingNode old_home(rows);
  (void)old_home.day(on(2008, 6, 5),
                     {account_row(kAnn, "A-2", month_of(2007, 1)), stopped,
                      bill(kAnn, kMay, 1'000, "A-1"), bill(kAnn, kMay, 500, "A-2")});
  MovingNode node(rows);
  (void)node.comes(kAnn, kJune, old_home.leaves(kAnn, kJune).standing);
  EXPECT_EQ(node.spend(kAnn, kMay), 1'500);
  EXPECT_EQ(node.rating_points(kAnn, kMay), 10);
  EXPECT_EQ(node.book().accounts(), 2U);
  (void)node.day(kJuly, {account_row(kAnn, "N-1", month_of(2007, 6))});
  EXPECT_EQ(node.book().billed(node.book().find({account_of("N-1")}), kMay), 1'000);
  EXPECT_EQ(node.spend(kAnn, kMay), 1'500);
  node.expect_same_when_loaded();
}

TEST(Moving, BackAgainWhatComesIsTheTruthAndNothingCountsTwice) {
  MovingNode first;
  (void)first.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  MovingNode second;
  (void)second.comes(kAnn, kJune, first.leaves(kAnn, kJune).standing);
  (void)second.day(
      kJune.plus_days(5),
      {account_row(kAnn, "N-1", month_of(2008, 6)), earn(kAnn, kMay, 7, Source::kAward, 1),
       grade_row(kAnn, "level", "gold", kJune.plus_days(5), on(2009, 1, 1).count()),
       lounge_of(kAnn)});
  (void)second.day(kJuly, {bill(kAnn, month_of(2008, 6), 2'000, "N-1")});
  (void)first.day(kJuly, {});
  const BusinessDate back = kJuly.plus_days(1);
  (void)first.comes(kAnn, back, second.leaves(kAnn, back).standing);
  EXPECT_EQ(first.spend(kAnn, kMay), 12'345);
  EXPECT_EQ(first.spend(kAnn, month_of(2008, 6)), 2'000);
  EXPECT_EQ(first.rating_points(kAnn, kMay), 123 + 30 + 7);
  EXPECT_EQ(first.rating_points(kAnn, month_of(2008, 6)), 20);
  EXPECT_EQ(first.level(kAnn, back), "gold");
  EXPECT_EQ(first.history(kAnn), (Texts{"MIGRATION gold 2008-06-15", "LEGACY old 2008-06-01",
                                        "MIGRATION silver 2008-01-01"}));
  EXPECT_EQ(first.claims(kAnn), 2);
  first.expect_same_when_loaded();
  // A bill that was taken before he left is a double still.
  EXPECT_EQ(returned_of(first.day(back.plus_days(1), {bill(kAnn, kMay, 12'345, "A-1")})),
            Texts{"1 DUPLICATE"});
  // And once more: what was carried in is in what comes now.
  MovingNode third;
  const BusinessDate again = back.plus_days(3);
  (void)third.comes(kAnn, again, first.leaves(kAnn, back.plus_days(2)).standing);
  (void)first.comes(kAnn, again.plus_days(2), third.leaves(kAnn, again.plus_days(1)).standing);
  EXPECT_EQ(first.spend(kAnn, month_of(2008, 6)), 2'000);
  EXPECT_EQ(first.rating_points(kAnn, kMay), 160);
  EXPECT_EQ(first.claims(kAnn), 2);
  EXPECT_EQ(first.history(kAnn).size(), 3U);
  first.expect_same_when_loaded();
}

TEST(Moving, WithoutAStandingWhatWasKnownHolds) {
  MovingNode node;
  (void)node.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  (void)node.leaves(kAnn, kJune);
  (void)node.comes(kAnn, kJuly, {});
  EXPECT_EQ(node.rating_points(kAnn, kMay), 153);
  EXPECT_EQ(node.level(kAnn, kJuly), "silver");
}

TEST(Moving, OfAnotherProgrammeNothingCounts) {
  programme::Rows other = rows_of();
  other.head.code = "other";
  MovingNode old_home(other);
  (void)old_home.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  MovingNode node;
  (void)node.comes(kAnn, kJune, old_home.leaves(kAnn, kJune).standing);
  EXPECT_EQ(node.rating_points(kAnn, kMay), 0);
  EXPECT_EQ(node.spend(kAnn, kMay), 0);
  EXPECT_EQ(node.level(kAnn, kJune), "ordinary");
  EXPECT_EQ(node.history(kAnn), Texts{"MOVED_IN ordinary 2008-06-10"});
  EXPECT_EQ(node.claims(kAnn), 0);
  node.expect_same_when_loaded();
}

TEST(Moving, NamesThatAreNotKnownHereAreLeftOut) {
  programme::Rows more = rows_of();
  more.gradings[0].levels.push_back(named_ref("platinum"));
  more.thresholds.push_back(least("platinum", 900));
  more.effective_order.insert(more.effective_order.begin(), named_ref("platinum"));
  MovingNode old_home(more);
  auto rows = a_life(kAnn, "A-1");
  rows.push_back(grade_row(kAnn, "level", "platinum", on(2008, 6, 1)));
  (void)old_home.day(on(2008, 6, 5), rows);
  MovingNode node;
  (void)node.comes(kAnn, kJune, old_home.leaves(kAnn, kJune).standing);
  EXPECT_EQ(node.history(kAnn), Texts{"LEGACY old 2008-06-01"});
  EXPECT_EQ(node.level(kAnn, kJune), "ordinary");
  EXPECT_EQ(node.rating_points(kAnn, kMay), 153);
  node.expect_same_when_loaded();
}

TEST(Moving, ByFileItStandsBelowTheMoveAndIsHeldToTheByte) {
  MovingNode node;
  Bytes_ torn = life_of_ann();
  torn.pop_back();
  EXPECT_EQ(node.comes_by_file(kAnn, kJune, torn), Texts{"1 INVALID"});
  EXPECT_EQ(node.home().state_of(kAnn), std::nullopt);
  EXPECT_EQ(node.comes_by_file(kAnn, kJune.plus_days(1), life_of_ann()), Texts{});
  EXPECT_EQ(node.rating_points(kAnn, kMay), 153);
  EXPECT_EQ(node.level(kAnn, kJune.plus_days(1)), "silver");
  node.expect_same_when_loaded();
}

TEST(Moving, LiveWhatCannotBeReadIsNotTakenIn) {
  MovingNode node;
  (void)node.day(on(2008, 5, 1));
  LiveCommand command = live_of(named(move_in(kAnn, kP2, {}), id_of(kP2, kJune, "m")));
  command.standing = life_of_ann();
  EXPECT_TRUE(node.home().can_take_in(command));
  command.standing.back() ^= std::byte{1};
  EXPECT_FALSE(node.home().can_take_in(command));
  MovingNode behind;  // Of June, and here is April.
  (void)behind.day(on(2008, 4, 30));
  command.standing = life_of_ann();
  EXPECT_FALSE(behind.home().can_take_in(command));
}

TEST(Moving, ASnapshotWhoseStandingsAreNoneIsRefused) {
  MovingNode node;
  (void)node.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  const LiveAnswer left = node.leaves(kAnn, kJune);
  const auto saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved));
  const auto found =
      std::search(saved.begin(), saved.end(), left.standing.begin(), left.standing.end());
  ASSERT_NE(found, saved.end());
  const auto place = static_cast<std::size_t>(found - saved.begin());
  for (const std::size_t at : {place - 4, place, place + 4, left.standing.size() + place - 3}) {
    auto other = saved;
    other[at] ^= std::byte{1};
    EXPECT_FALSE(node.loaded(other)) << at - place;
  }
}

// Who is in a run's count and has come back is another.
TEST(Moving, ARunThatCountedHimBeforeHeLeftGivesHimNothing) {
  MovingNode node;
  (void)node.day(on(2009, 1, 5), {account_row(kAnn, "A-1", month_of(2005, 5)),
                                  bill(kAnn, month_of(2008, 12), 40'000, "A-1")});
  node.count();
  const BusinessDate left = on(2009, 1, 6);
  const Bytes_ standing = node.leaves(kAnn, left).standing;
  (void)node.comes(kAnn, on(2009, 1, 7), standing);
  node.home().publish_run(1);
  (void)node.day(on(2009, 1, 8));
  EXPECT_EQ(node.state(), RunState::kDone);
  EXPECT_EQ(node.level(kAnn, on(2009, 1, 8)), "ordinary");
}

// The levels of a year, wherever its bills were.
TEST(Moving, TheYearlyRunCountsTheMonthsThatCameAlong) {
  MovingNode old_home;
  (void)old_home.day(on(2008, 12, 5), {account_row(kAnn, "A-1", month_of(2005, 5), 3),
                                       bill(kAnn, month_of(2008, 11), 6'000, "A-1")});
  MovingNode node;
  (void)node.day(on(2008, 12, 5), {account_row(kBob, "B-1", month_of(2005, 5), 3),
                                   bill(kBob, month_of(2008, 11), 6'000, "B-1")});
  const BusinessDate moved = on(2009, 1, 4);
  (void)node.comes(kAnn, moved, old_home.leaves(kAnn, moved).standing);
  // He has a telephone there since January alone.
  (void)node.day(on(2009, 1, 5), {account_row(kAnn, "N-1", month_of(2009, 1), 1)});
  node.count();
  node.home().publish_run(1);
  (void)node.day(on(2009, 1, 6));
  EXPECT_EQ(node.level(kBob, on(2009, 1, 6)), "silver");
  EXPECT_EQ(node.level(kAnn, on(2009, 1, 6)), "silver");
  node.expect_same_when_loaded();
}

}  // namespace PH_FILE
}  // namespace ph::test
