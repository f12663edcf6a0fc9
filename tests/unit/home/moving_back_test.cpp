// Nothing that a home knew of a member is lost when he comes back, or counts twice, and nothing is
// paid twice, whatever came with him and in whatever order rows come
// (docs/decisions/0023-programme-format.md, rulings 120 to 125).
#include <gtest/gtest.h>

#include "tests/unit/home/moving.h"

namespace ph::test {
namespace PH_FILE {

using namespace moving;

const Month kApril = month_of(2008, 4);
const BusinessDate kFirst = on(2008, 6, 5);

std::uint32_t place_of(const MovingNode& node, std::string_view account) {
  return node.book().find({account_of(account)});
}
// Lots aside: what a home without a programme, or by a file without STANDING, would tell.
Bytes_ of_nothing(BusinessDate date) {
  MovingNode other;
  (void)other.day(kFirst, {earn(kAnn, kMay, 1)});
  return other.leaves(kAnn, date).standing;
}
Row rebill_of(std::string_view account, Month month, std::int64_t fen, std::int64_t corrected,
              LotId lot = {}) {
  return rebill(kAnn, month, lot, fen, corrected, account);
}

// Ruling 120.
TEST(MovingBack, AStandingThatNeverHadWhatIsKnownTakesNothing) {
  for (const bool told : {false, true}) {
    MovingNode node;
    std::vector<Row> rows = a_life(kAnn, "A-1");
    rows.push_back(member_row(MemberKind::kBlacklist, kAnn));
    rows.back().says[0].flag[0] = 1;
    (void)node.day(kFirst, rows);
    (void)node.leaves(kAnn, kJune, told);
    (void)node.comes(kAnn, kJuly, of_nothing(kJuly));
    EXPECT_EQ(node.rating_points(kAnn, kMay), 153) << told;
    EXPECT_EQ(node.spend(kAnn, kMay), 12'345) << told;
    EXPECT_EQ(node.level(kAnn, kJuly), "silver");
    EXPECT_TRUE(node.member(kAnn).flags & book::ProgrammeMember::kBlacklisted) << told;
    node.expect_same_when_loaded();
    EXPECT_EQ(returned_of(node.day(kJuly.plus_days(1), {bill(kAnn, kMay, 12'345, "A-1")})),
              Texts{"1 DUPLICATE"});
  }
}

TEST(MovingBack, WhatLeftWithHimIsTheStandingsToSay) {
  MovingNode first;
  Row listed = member_row(MemberKind::kBlacklist, kAnn);
  listed.says[0].flag[0] = 1;
  std::vector<Row> rows = a_life(kAnn, "A-1");
  rows.push_back(listed);
  (void)first.day(kFirst, rows);
  MovingNode second;
  (void)second.comes(kAnn, kJune, first.leaves(kAnn, kJune).standing);
  Row free = listed;
  free.says[0].flag[0] = 0;
  (void)second.day(kJune.plus_days(2), {free});
  (void)first.comes(kAnn, kJuly, second.leaves(kAnn, kJuly).standing);
  EXPECT_FALSE(first.member(kAnn).flags & book::ProgrammeMember::kBlacklisted);
  EXPECT_EQ(first.spend(kAnn, kMay), 12'345);
}

TEST(MovingBack, WhoWasOpenedMeanwhileHasBoth) {
  MovingNode node;
  (void)node.day(kFirst, {bill(kAnn, kMay, 700, "B-1")});
  (void)node.comes(kAnn, kJune, life_of_ann());
  EXPECT_EQ(node.spend(kAnn, kMay), 13'045);
  EXPECT_EQ(node.rating_points(kAnn, kMay), 160);
  EXPECT_EQ(node.spend(kAnn, kApril), 9'999);
  node.expect_same_when_loaded();
}

// A correction at the other home makes the bill here less, and it is known as before.
TEST(MovingBack, WhatWasCorrectedElsewhereIsLess) {
  MovingNode first;
  (void)first.day(kFirst, a_life(kAnn, "A-1"));
  const LiveAnswer left = first.leaves(kAnn, kJune);
  MovingNode second;
  (void)second.comes(kAnn, kJune, left.standing, first.home().moved_slices(kAnn, left));
  const LotId lot = second.home().lots(kAnn)[0].id;
  EXPECT_EQ(
      returned_of(second.day(kJune.plus_days(1), {rebill_of("A-1", kMay, 12'345, 10'000, lot)})),
      Texts{});
  EXPECT_EQ(second.spend(kAnn, kMay), 10'000);
  (void)first.comes(kAnn, kJuly, second.leaves(kAnn, kJuly).standing);
  EXPECT_EQ(first.spend(kAnn, kMay), 10'000);
  EXPECT_EQ(first.rating_points(kAnn, kMay), 130);
  first.expect_same_when_loaded();
  EXPECT_EQ(returned_of(first.day(kJuly.plus_days(1), {bill(kAnn, kMay, 12'345, "A-1")})),
            Texts{"1 DUPLICATE"});
}

// Ruling 120: credited elsewhere, its bill is known here and gives nothing more.
TEST(MovingBack, WhatWasCreditedElsewhereIsEarned) {
  programme::Rows rows = rows_of();
  rows.head.profile_required = true;
  MovingNode first(rows);
  (void)first.day(kFirst,
                  {account_row(kAnn, "A-1", month_of(2005, 5)), bill(kAnn, kMay, 12'345, "A-1")});
  MovingNode second(rows);
  (void)second.comes(kAnn, kJune, first.leaves(kAnn, kJune).standing);
  (void)second.day(kJune.plus_days(1), {profile(kAnn)});
  EXPECT_EQ(second.points(kAnn), 123);
  (void)first.comes(kAnn, kJuly, second.leaves(kAnn, kJuly).standing);
  EXPECT_EQ(first.spend(kAnn, kMay), 12'345);
  EXPECT_EQ(first.rating_points(kAnn, kMay), 123);
  EXPECT_EQ(first.book().billed(place_of(first, "A-1"), kMay), 12'345);
  first.expect_same_when_loaded();
  const DayResult day = first.day(kJuly.plus_days(1), {bill(kAnn, kMay, 12'345, "A-1")});
  EXPECT_EQ(returned_of(day), Texts{"1 DUPLICATE"});
  EXPECT_EQ(first.points(kAnn), 0);
}

// Ruling 122, whatever comes first: ACCOUNT, or rows of its months.
TEST(MovingMonths, ABillOfAMonthThatCameAlongIsADouble) {
  for (const bool described : {false, true}) {
    MovingNode node;
    (void)node.comes(kAnn, kJune, life_of_ann());
    const Row account = account_row(kAnn, "N-1", month_of(2005, 5), 3);
    std::vector<Row> rows = {bill(kAnn, kMay, 10'000, "N-1"),
                             spent(kAnn, "N-2", kApril, 10'000, true),
                             bill(kAnn, month_of(2008, 3), 300, "N-1")};
    rows.insert(described ? rows.begin() : rows.end(), account);
    const int from = described ? 2 : 1;
    EXPECT_EQ(returned_of(node.day(kJuly, rows)), (Texts{std::to_string(from) + " DUPLICATE",
                                                         std::to_string(from + 1) + " DUPLICATE"}));
    EXPECT_EQ(node.spend(kAnn, kMay), 12'345);
    EXPECT_EQ(node.spend(kAnn, kApril), 9'999);
    EXPECT_EQ(node.spend(kAnn, month_of(2008, 3)), 300);  // Nobody had billed it.
    node.expect_same_when_loaded();
  }
}

TEST(MovingMonths, ACorrectionComesOffTheSumWhoeverHasIt) {
  MovingNode old_home;
  (void)old_home.day(kFirst, {bill(kAnn, kMay, 10'000, "A-1"), bill(kAnn, kMay, 5'000, "A-2")});
  const LiveAnswer left = old_home.leaves(kAnn, kJune);
  for (const bool described : {false, true}) {
    MovingNode node;
    (void)node.comes(kAnn, kJune, left.standing, old_home.home().moved_slices(kAnn, left));
    const LotId lot = node.home().lots(kAnn)[0].id;
    std::vector<Row> rows = {rebill_of("A-1", kMay, 10'000, 8'000, lot),
                             rebill_of("A-2", kMay, 5'000, 5'100),
                             rebill_of("A-2", kMay, 13'101, 1, lot)};
    const Row account = account_row(kAnn, "A-1", month_of(2005, 5));
    rows.insert(described ? rows.begin() : rows.end(), account);
    EXPECT_EQ(returned_of(node.day(kJuly, rows)),
              Texts{described ? "4 BILL_MISMATCH" : "3 BILL_MISMATCH"});
    EXPECT_EQ(node.spend(kAnn, kMay), 13'100);
    EXPECT_EQ(node.rating_points(kAnn, kMay), 131);
    EXPECT_EQ(node.points(kAnn), 131);
    node.expect_same_when_loaded();
  }
}

// An account of before he left has bills of its own.
TEST(MovingMonths, AnAccountThatWasKnownHereIsBilledAsBefore) {
  MovingNode first;
  (void)first.day(kFirst, {account_row(kAnn, "A-1", month_of(2005, 5))});
  MovingNode second;
  (void)second.comes(kAnn, kJune, first.leaves(kAnn, kJune).standing);
  (void)second.day(kJune.plus_days(1),
                   {account_row(kAnn, "N-1", month_of(2005, 5)), bill(kAnn, kMay, 200, "N-1")});
  (void)first.comes(kAnn, kJuly, second.leaves(kAnn, kJuly).standing);
  EXPECT_EQ(returned_of(first.day(kJuly.plus_days(1),
                                  {bill(kAnn, kMay, 300, "A-1"), bill(kAnn, kMay, 300, "A-9")})),
            Texts{"2 DUPLICATE"});
  EXPECT_EQ(first.spend(kAnn, kMay), 500);
}

// Ruling 123: months that the account's windows wouldn't count stay the member's.
TEST(MovingMonths, WhatLiesBeforeTheAccountJoinedStaysWhereItCounts) {
  MovingNode node;
  (void)node.comes(kAnn, kJune, life_of_ann());
  (void)node.day(kJuly, {account_row(kAnn, "N-1", kApril)});
  EXPECT_EQ(node.book().billed(place_of(node, "N-1"), kMay), 12'345);
  EXPECT_EQ(node.book().billed(place_of(node, "N-1"), kApril), std::nullopt);
  EXPECT_EQ(node.spend(kAnn, kApril), 9'999);
}

// Ruling 124.
TEST(MovingArrears, GoAlongAndEndWithAnyAccountOfHis) {
  programme::Rows rows = rows_of();
  rows.earn.pause_in_arrears = true;
  const auto arrears = [](std::string_view account, std::uint8_t state) {
    Row out = member_row(MemberKind::kArrears, kAnn, account);
    out.says[0].word = state;
    return out;
  };
  MovingNode old_home(rows);
  (void)old_home.day(kFirst, {account_row(kAnn, "A-1", month_of(2007, 1)), arrears("A-1", 3),
                              bill(kAnn, kMay, 1'000, "A-1")});
  const LiveAnswer left = old_home.leaves(kAnn, kJune);
  EXPECT_EQ(read_standing(left.standing)->flags, Standing::kBothWays);
  MovingNode node(rows);
  (void)node.comes(kAnn, kJune, left.standing);
  EXPECT_TRUE(node.member(kAnn).flags & book::ProgrammeMember::kInArrears);
  (void)node.day(kJune.plus_days(1), {account_row(kAnn, "N-1", month_of(2007, 1))});
  EXPECT_TRUE(node.member(kAnn).flags & book::ProgrammeMember::kInArrears);
  node.expect_same_when_loaded();
  EXPECT_EQ(node.points(kAnn), 0);
  (void)node.day(kJune.plus_days(2), {arrears("N-1", 1)});
  EXPECT_FALSE(node.member(kAnn).flags & book::ProgrammeMember::kInArrears);
  EXPECT_EQ(node.points(kAnn), 10);
  node.expect_same_when_loaded();
  // At the first home they have ended, too.
  (void)old_home.comes(kAnn, kJuly, node.leaves(kAnn, kJuly).standing);
  EXPECT_FALSE(old_home.member(kAnn).flags & book::ProgrammeMember::kInArrears);
  EXPECT_EQ(old_home.rating_points(kAnn, kMay), 10);
}

// Ruling 121: levels that were entered are of one grading.
TEST(MovingLevels, AnotherGradingOfEntryIsNoVersionOfTheSame) {
  programme::Rows rows = rows_of();
  rows.level_award = {.mode = programme::AwardMode::kOnEntry, .grading = named_ref("level")};
  rows.level_rates = {{.level = named_ref("silver"), .points = 20},
                      {.level = named_ref("gold"), .points = 30}};
  programme::Grading other;
  other.name = "small";
  other.title = "Small";
  other.levels = {named_ref("none"), named_ref("some")};
  other.basis = programme::Basis::kReview;
  MovingNode node(rows);
  programme::Rows next = rows;
  next.head.version = 2;
  next.head.effective = on(2008, 1, 1);
  next.gradings.push_back(other);
  EXPECT_TRUE(node.book().names_fit(*built(next)));
  next.level_award.grading = named_ref("small");
  next.level_rates = {{.level = named_ref("some"), .points = 20}};
  EXPECT_FALSE(node.book().names_fit(*built(next)));
  next.level_award = {.mode = programme::AwardMode::kLump31Dec, .grading = named_ref("small")};
  next.level_rates = {{.level = named_ref("some"), .rate = Ratio(1, 2)}};
  node.give(next);
  (void)node.day(kFirst, {account_row(kAnn, "A-1", month_of(2005, 5)),
                          grade_row(kAnn, "level", "gold", on(2008, 6, 1))});
  EXPECT_EQ(node.leaves(kAnn, kJune).code, 0);
}

// Months that came along pass with a number that is merged; the other one's bills are its own.
TEST(MovingMonths, PassWithANumberThatIsMerged) {
  MovingNode node;
  (void)node.comes(kAnn, kJune, life_of_ann());
  (void)node.day(kJune.plus_days(1), {account_row(kBob, "B-1", month_of(2005, 5))});
  Row merge = member_row(MemberKind::kMerge, kAnn);
  merge.says[0].other = kBob;
  EXPECT_EQ(returned_of(node.day(kJune.plus_days(2), {merge})), Texts{});
  node.expect_same_when_loaded();
  EXPECT_EQ(node.spend(kBob, kMay), 12'345);
  EXPECT_EQ(returned_of(node.day(kJuly, {bill(kBob, kMay, 100, "B-1")})), Texts{});
  EXPECT_EQ(node.spend(kBob, kMay), 12'445);
}

// What was entered at the other home isn't entered again here.
TEST(MovingBack, ABandOfTenureGivesOnce) {
  MovingNode first;
  (void)first.day(kFirst, a_life(kAnn, "A-1"));
  Standing standing = *read_standing(first.leaves(kAnn, kJune).standing);
  standing.band = 3;
  (void)first.comes(kAnn, kJuly, bytes_of(standing));
  EXPECT_EQ(first.book().account(place_of(first, "A-1")).entered, 3);
}

// Tenure is of accounts that count.
TEST(Moving, TenureIsOfAccountsThatCountHere) {
  MovingNode node;
  Row line = account_row(kAnn, "F-1", month_of(2001, 1));
  line.says[0].word = book::AccountRecord::kFixedLine;
  (void)node.day(kFirst, {account_row(kAnn, "A-1", month_of(2002, 1)), line,
                          account_row(kAnn, "A-2", month_of(2003, 1)),
                          account_row(kAnn, "A-3", month_of(2006, 1)), account_end(kAnn, "A-2"),
                          member_row(MemberKind::kOwner, kAnn, "A-1")});
  const auto standing = read_standing(node.leaves(kAnn, kJune).standing);
  EXPECT_EQ(standing->joined, month_of(2006, 1).count());
}

// Ruling 125.
TEST(Moving, AMonthThatHasNotBegunIsRefused) {
  MovingNode node;
  EXPECT_EQ(node.comes_by_file(kAnn, on(2008, 5, 31), life_of_ann()), Texts{"1 INVALID"});
  EXPECT_EQ(node.comes_by_file(kAnn, on(2008, 6, 1), life_of_ann()), Texts{});
}

}  // namespace PH_FILE
}  // namespace ph::test
