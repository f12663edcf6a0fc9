// Yearly gradings through a home (docs/decisions/0023-programme-format.md, section 4.1).
#include <gtest/gtest.h>

#include "tests/unit/home/grades.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCid = member_of(3);
const Member kDan = member_of(4);
const BusinessDate kPosted = on(2009, 1, 6);
enum Counted : std::size_t { kMembers, kGraded, kWritten, kLapsed, kGone };

std::vector<Row> beginnings() {
  return {profile(kAnn),
          profile(kBob),
          profile(kCid),
          account_row(kAnn, "A-1", month_of(2007, 6)),
          account_row(kBob, "B-1", month_of(2007, 6)),
          account_row(kCid, "C-1", month_of(2007, 6), 3)};
}

// Ann 300 points, Bob 120, Cid 60 in class 3, all of 2008.
GradedNode a_year(programme::Rows rows = graded_programme()) {
  GradedNode node(std::move(rows));
  node.day(on(2008, 1, 2), beginnings());
  node.day(on(2008, 7, 3), {bill(kAnn, month_of(2008, 6), 29'900, "A-1"),
                            bill(kBob, month_of(2008, 6), 12'000, "B-1"),
                            bill(kCid, month_of(2008, 6), 6'099, "C-1")});
  node.day(on(2009, 1, 3), {bill(kAnn, kDecember2008, 100, "A-1")});
  return node;
}
GradedNode posted_year(programme::Rows rows = graded_programme()) {
  GradedNode node = a_year(std::move(rows));
  node.count();
  node.home().publish_run(1);
  node.day(kPosted);
  return node;
}

TEST(YearlyRun, GradesByTheYearAndTheClass) {
  GradedNode node = a_year();
  node.count();
  EXPECT_EQ(node.lines(),
            (std::vector<std::string>{"STANDARD,1,silver,100,1", "STANDARD,1,gold,300,1",
                                      "STANDARD,3,silver,50,1", "STANDARD,3,gold,300,0",
                                      "COUNT,ordinary,3,0,0,0", "COUNT,silver,0,2,2,0",
                                      "COUNT,gold,0,1,1,0"}));
  EXPECT_EQ(node.state(), RunState::kCounted);
  EXPECT_EQ(node.newest(kAnn), "none");
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.state(), RunState::kDone);
  EXPECT_EQ(node.newest(kAnn), "gold ANNUAL 2009-01-01 2010-01-01");
  EXPECT_EQ(node.newest(kBob), "silver ANNUAL 2009-01-01 2010-01-01");
  EXPECT_EQ(node.newest(kCid), "silver ANNUAL 2009-01-01 2010-01-01");
  EXPECT_EQ(node.book().history(node.member(kAnn).last_history).run, 1);
  EXPECT_EQ(node.book().history(node.member(kAnn).last_history).decided, kPosted.count());
  EXPECT_EQ(node.counted(kWritten), 3);
  EXPECT_EQ(node.book().runs().at(1)->results.size(), 0U);
}

TEST(YearlyRun, PointsOfAwardsCountWhatWasTakenBackDoesNot) {
  GradedNode node = a_year();
  node.day(on(2009, 1, 4), {earn(kBob, month_of(2008, 5), 180, Source::kLevel, 1),
                            earn(kBob, month_of(2007, 5), 500, Source::kLevel, 1),
                            earn(kBob, month_of(2009, 1), 500, Source::kLevel, 1),
                            earn(kCid, month_of(2008, 5), 400, Source::kSp, 0),
                            earn(kCid, month_of(2008, 5), 10, Source::kTenure, 0)});
  node.count();
  EXPECT_EQ(node.lines()[1], "STANDARD,1,gold,300,2");
  EXPECT_EQ(node.lines()[2], "STANDARD,3,silver,50,1");
}

TEST(YearlyRun, SharesOfAClassGiveItsStandards) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].standards = programme::Standards::kRatios;
  rows.thresholds = {least("gold", 300)};
  rows.shares = {{.grading = {.name = "level"},
                  .level = {.name = "silver"},
                  .of = {.name = "all"},
                  .ratio = Ratio(1, 2)}};
  GradedNode node = a_year(rows);
  node.day(on(2009, 1, 4), {profile(kDan), account_row(kDan, "D-1", month_of(2007, 6), 2)});
  node.count();
  // One of two has silver in class 1; half of one is nobody.
  EXPECT_EQ(node.lines(),
            (std::vector<std::string>{
                "STANDARD,1,silver,300,0", "STANDARD,1,gold,300,1", "STANDARD,2,silver,,0",
                "STANDARD,2,gold,300,0", "STANDARD,3,silver,,0", "STANDARD,3,gold,300,0",
                "COUNT,ordinary,4,3,0,0", "COUNT,silver,0,0,0,0", "COUNT,gold,0,1,1,0"}));
}

TEST(YearlyRun, ThousandCustomersByTheSharesOfTheSource) {
  programme::Rows rows = graded_programme();
  programme::Grading& grading = rows.gradings[0];
  grading.levels = {{.name = "ordinary"},
                    {.name = "vip-card"},
                    {.name = "silver"},
                    {.name = "gold"},
                    {.name = "diamond"}};
  grading.standards = programme::Standards::kRatios;
  rows.thresholds = {least("diamond", 30'000)};
  const auto share = [](const char* level, const char* of, int part) {
    return programme::Share{.grading = {.name = "level"},
                            .level = {.name = level},
                            .of = {.name = of},
                            .ratio = Ratio(1, part)};
  };
  rows.shares = {share("vip-card", "all", 3), share("silver", "vip-card", 4),
                 share("gold", "silver", 5)};
  rows.effective_order = {{.name = "diamond"},
                          {.name = "gold"},
                          {.name = "silver"},
                          {.name = "vip-card"},
                          {.name = "ordinary"}};
  GradedNode node(rows);
  std::vector<Row> all;
  for (std::uint64_t n = 1; n <= 1'000; ++n) {
    const std::string account = "A-" + std::to_string(n);
    all.push_back(profile(member_of(n)));
    all.push_back(account_row(member_of(n), account, month_of(2008, 11)));
    all.push_back(bill(member_of(n), kDecember2008, static_cast<std::int64_t>(n * 100), account));
  }
  node.day(on(2009, 1, 3), std::move(all));
  node.count();
  EXPECT_EQ(
      node.lines(),
      (std::vector<std::string>{
          "STANDARD,1,vip-card,668,234", "STANDARD,1,silver,902,83", "STANDARD,1,gold,985,16",
          "STANDARD,1,diamond,30000,0", "COUNT,ordinary,1000,667,0,0", "COUNT,vip-card,0,234,234,0",
          "COUNT,silver,0,83,83,0", "COUNT,gold,0,16,16,0", "COUNT,diamond,0,0,0,0"}));
}

TEST(YearlyRun, SpendScoreIsOfMembersOrOfTheirBestAccount) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].basis = programme::Basis::kSpendScore;
  rows.thresholds = {least("silver", 250), least("gold", 350)};
  rows.tenure_points = {{.grading = {.name = "level"}, .years_from = 1, .points = 100},
                        {.grading = {.name = "level"}, .years_from = 3, .points = 200}};
  const auto second = [](GradedNode& node) {
    node.day(on(2009, 1, 4), {account_row(kBob, "B-2", month_of(2005, 12)),
                              bill(kBob, kDecember2008, 3'000, "B-2")});
  };
  // Ann 300 + 100; Bob 120 + 30 + 200, of an account 120 + 100 or 30 + 200; Cid 60 + 100.
  GradedNode of_member = a_year(rows);
  second(of_member);
  of_member.count();
  EXPECT_EQ(of_member.lines()[0], "STANDARD,1,silver,250,0");
  EXPECT_EQ(of_member.lines()[1], "STANDARD,1,gold,350,2");
  rows.gradings[0].unit = programme::GradingUnit::kAccount;
  rows.thresholds = {least("silver", 230), least("gold", 231)};
  GradedNode of_account = a_year(rows);
  second(of_account);
  of_account.count();
  EXPECT_EQ(of_account.lines()[0], "STANDARD,1,silver,230,1");
  EXPECT_EQ(of_account.lines()[1], "STANDARD,1,gold,231,1");
}

TEST(YearlyRun, SpendScoreIsOfTheCalendarYearAlone) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].basis = programme::Basis::kSpendScore;
  rows.thresholds = {least("silver", 100), least("gold", 400)};
  const auto lines_with = [&rows](std::initializer_list<Month> billed, std::int64_t fen) {
    std::vector<std::string> out;
    for (const auto unit : {programme::GradingUnit::kMember, programme::GradingUnit::kAccount}) {
      rows.gradings[0].unit = unit;
      GradedNode node(rows);
      node.day(on(2008, 1, 2), beginnings());
      std::vector<Row> bills{bill(kAnn, month_of(2008, 6), 29'900, "A-1"),
                             bill(kBob, month_of(2008, 6), 9'900, "B-1")};
      for (const Month month : billed) {
        bills.push_back(bill(kAnn, month, fen, "A-1"));
        bills.push_back(bill(kBob, month, fen, "B-1"));
      }
      node.day(on(2009, 2, 3), std::move(bills));
      node.count(kLevels2008, on(2009, 2, 5));
      for (std::string& line : node.lines())
        out.push_back(std::move(line));
    }
    return out;
  };
  const auto plain = lines_with({}, 0);
  EXPECT_EQ(plain.at(0), "STANDARD,1,silver,100,1");
  EXPECT_EQ(lines_with({month_of(2007, 12), month_of(2009, 1)}, 1'000'000), plain);
  for (const Month edge : {month_of(2008, 1), kDecember2008})
    EXPECT_EQ(lines_with({edge}, 100).at(0), "STANDARD,1,silver,100,2");
}

TEST(YearlyRun, ClassAndTenureAreTheBestOfHisAccountsWhateverTheirOrder) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].basis = programme::Basis::kSpendScore;
  rows.thresholds = {least("silver", 250, 1), least("gold", 900, 1),   least("silver", 10, 3),
                     least("gold", 20, 3),    least("silver", 900, 2), least("gold", 900, 2)};
  rows.tenure_points = {{.grading = {.name = "level"}, .years_from = 3, .points = 200}};
  GradedNode node = a_year(rows);
  // Bob: class 1 by the first, old by the first of two others; Cid: class 3 by the first, 1 by the
  // second.
  node.day(on(2009, 1, 4), {account_row(kBob, "B-2", month_of(2005, 12), 3),
                            account_row(kBob, "B-3", month_of(2008, 12), 3),
                            account_row(kCid, "C-2", month_of(2007, 12), 1)});
  node.count();
  EXPECT_EQ(node.lines()[0], "STANDARD,1,silver,250,2");  // Ann 300, Bob 120 + 200
  EXPECT_EQ(node.lines().size(), 2U + 3U);                // All are of class 1.
}

TEST(YearlyRun, ScoresThatAreTooLargeForFourBytesAreWhole) {
  GradedNode node(graded_programme());
  std::vector<Row> rows = beginnings();
  rows.push_back(earn(kAnn, month_of(2008, 5), 90'000'000'000, Source::kLevel, 1));
  rows.push_back(earn(kBob, month_of(2008, 5), 299, Source::kLevel, 1));
  node.day(on(2008, 7, 2), std::move(rows));
  node.day(on(2009, 1, 3));
  node.home().begin_run(kLevels2008, on(2009, 1, 5));
  node.home().take_run_steps(3);
  EXPECT_EQ(node.book().runs().at(1)->results.at(0), 90'000'000'000 * 16 + 1);
  EXPECT_EQ(node.book().runs().at(1)->results.at(2), 3);
  node.reload();
  node.home().take_run_steps(3);
  EXPECT_EQ(node.lines()[1], "STANDARD,1,gold,300,1");
  EXPECT_EQ(node.lines()[0], "STANDARD,1,silver,100,1");
}

TEST(YearlyRun, LevelsOfBeforeAreThoseOfTheLaterOfFirstDayAndBeginning) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].effective = programme::EffectiveDay{.month = 2, .day = 1};
  GradedNode node = a_year(rows);
  // Bob's grade ends before the run's first day.
  const std::uint16_t end = on(2009, 1, 20).count();
  node.day(on(2009, 1, 4), {grade_row(kBob, "level", "gold", on(2008, 6, 1), end)});
  node.count();
  const auto lines = node.lines();
  EXPECT_EQ(lines[4], "COUNT,ordinary,3,0,0,0");
  EXPECT_EQ(lines[5], "COUNT,silver,0,2,2,0");
  EXPECT_EQ(lines[6], "COUNT,gold,0,1,1,0");
}

TEST(YearlyRun, IsTheSameWhateverItsSlices) {
  GradedNode whole = a_year();
  GradedNode sliced = a_year();
  whole.count();
  sliced.count(kLevels2008, on(2009, 1, 5), 1);
  EXPECT_EQ(saved_bytes(whole.home()), saved_bytes(sliced.home()));
  for (GradedNode* node : {&whole, &sliced}) {
    node->home().publish_run(1);
    (void)node->day(kPosted, {}, node == &whole ? 1'000'000 : 1);
  }
  EXPECT_EQ(saved_bytes(whole.home()), saved_bytes(sliced.home()));
}

TEST(YearlyRun, AStartInItsMidstGoesOn) {
  GradedNode straight = a_year();
  const auto take = [](GradedNode& node) { node.home().take_run_steps(2); };
  straight.home().begin_run(kLevels2008, on(2009, 1, 5));
  GradedNode started = a_year();
  started.home().begin_run(kLevels2008, on(2009, 1, 5));
  // Counting, grading: three members each, two steps at a time.
  for (int n = 0; n < 4; ++n) {
    for (GradedNode* node : {&straight, &started}) {
      take(*node);
    }
    EXPECT_EQ(started.state(), n == 0   ? RunState::kCounting
                               : n == 3 ? RunState::kCounted
                                        : RunState::kGrading);
    started.reload();
    EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home())) << n;
  }
  for (GradedNode* node : {&straight, &started}) {
    node->home().publish_run(1);
    node->home().open_day(kPosted, node->home().last_sequence() + 1);
    (void)node->home().take_rows(1);
    take(*node);
  }
  started.reload();
  EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home()));
  for (GradedNode* node : {&straight, &started}) {
    take(*node);
  }
  EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home()));
  EXPECT_EQ(started.newest(kBob), "silver ANNUAL 2009-01-01 2010-01-01");
}

TEST(YearlyRun, DroppedItBeginsAnewToTheSameFile) {
  GradedNode node = a_year();
  node.count();
  const auto before = node.lines();
  const auto saved = saved_bytes(node.home());
  node.home().drop_run(1);
  node.reload();
  EXPECT_EQ(node.state(), RunState::kDropped);
  node.count(kLevels2008, on(2009, 1, 5), 2);
  EXPECT_EQ(node.lines(), before);
  EXPECT_EQ(saved_bytes(node.home()), saved);
  EXPECT_EQ(node.newest(kAnn), "none");
}

TEST(YearlyRun, WhoLeavesOrLosesHisAccountsMeanwhileGetsNothing) {
  GradedNode node = a_year();
  node.day(on(2009, 1, 4), {profile(kDan), account_row(kDan, "D-1", month_of(2007, 6)),
                            account_row(kDan, "D-2", month_of(2007, 6)),
                            bill(kDan, month_of(2008, 12), 10'000, "D-1")});
  node.count();
  // An account that came behind the count isn't one that he was graded for.
  node.day(on(2009, 1, 5), {leave(kAnn), bill(kBob, month_of(2008, 12), 100, "B-9"),
                            owner(kBob, "B-1"), owner(kDan, "D-1"), transfer(kCid)});
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.counted(kGone), 3);
  EXPECT_EQ(node.counted(kWritten), 1);
  EXPECT_EQ(node.newest(kAnn), "none");
  EXPECT_EQ(node.newest(kBob), "none");
  EXPECT_EQ(node.newest(kCid), "none");
  // One of his two is his still.
  EXPECT_EQ(node.newest(kDan), "silver ANNUAL 2009-01-01 2010-01-01");
}

TEST(YearlyRun, TheNewOwnerOfANumberDoesNotGetItsGrade) {
  GradedNode node = a_year();
  node.count();
  node.day(on(2009, 1, 5),
           {transfer(kAnn), profile(kAnn), account_row(kAnn, "A-9", month_of(2009, 1))});
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.counted(kGone), 1);
  EXPECT_EQ(node.newest(kAnn), "none");
}

TEST(YearlyRun, IsOfAccountsThatWereThereAtTheYearsEnd) {
  GradedNode node = a_year();
  node.day(on(2009, 1, 4), {profile(kDan), account_row(kDan, "D-1", month_of(2009, 1)),
                            earn(kDan, month_of(2008, 12), 500, Source::kLevel, 1),
                            account_end(kAnn, "A-1"),  // in January: it was there
                            account_row(kBob, "B-3", month_of(2009, 1), 3)});
  node.count();
  EXPECT_EQ(node.counted(kGraded), 3);
  EXPECT_EQ(node.lines()[1], "STANDARD,1,gold,300,1");
  EXPECT_EQ(node.lines()[0], "STANDARD,1,silver,100,1");  // Bob's class is still 1.
  GradedNode ended(graded_programme());
  ended.day(on(2008, 1, 2), beginnings());
  ended.day(on(2008, 12, 3),
            {bill(kAnn, month_of(2008, 6), 30'000, "A-1"), account_end(kAnn, "A-1")});
  ended.day(on(2009, 1, 3), {owner(kBob, "B-1")});
  ended.count();
  EXPECT_EQ(ended.counted(kGraded), 1);
}

TEST(YearlyRun, GradesGoOnUntilTheNextOneThenEnd) {
  GradedNode node = posted_year();
  const RunKey next{.kind = RunKind::kGrade, .reference = month_of(2009, 12)};
  node.day(on(2009, 5, 3),
           {bill(kBob, month_of(2009, 4), 30'000, "B-1"), account_end(kCid, "C-1")});
  node.day(on(2010, 1, 3));
  // Nobody falls because the run is late (ruling 44).
  EXPECT_EQ(node.level(kAnn, on(2010, 1, 3)), "gold");
  node.count(next, on(2010, 1, 3));
  EXPECT_EQ(node.lines(2),
            (std::vector<std::string>{"STANDARD,1,silver,100,0", "STANDARD,1,gold,300,1",
                                      "COUNT,ordinary,0,2,0,2", "COUNT,silver,2,0,0,0",
                                      "COUNT,gold,1,1,1,0"}));
  EXPECT_EQ(node.level(kCid, on(2010, 1, 4)), "silver");
  node.home().publish_run(2);
  node.day(on(2010, 1, 6));
  EXPECT_EQ(node.newest(kAnn), "ordinary ANNUAL 2010-01-01 2011-01-01");
  EXPECT_EQ(node.newest(kBob), "gold ANNUAL 2010-01-01 2011-01-01");
  EXPECT_EQ(node.newest(kCid), "ordinary LAPSED 2010-01-01 open");
  EXPECT_EQ(node.counted(kLapsed, 2), 1);
  EXPECT_EQ(node.level(kAnn, on(2009, 12, 31)), "gold");
}

TEST(YearlyRun, TheSameLevelIsOneRecord) {
  GradedNode node = posted_year();
  node.day(on(2009, 5, 3), {bill(kAnn, month_of(2009, 4), 30'000, "A-1")});
  node.day(on(2010, 1, 3));
  node.count({.kind = RunKind::kGrade, .reference = month_of(2009, 12)}, on(2010, 1, 3));
  node.home().publish_run(2);
  node.day(on(2010, 1, 6));
  EXPECT_EQ(node.newest(kAnn), "gold ANNUAL 2009-01-01 2011-01-01");
  EXPECT_EQ(node.book().history(node.member(kAnn).last_history).next, MemberBook::kNone);
}

TEST(YearlyRun, PostsNoSoonerThanItsGradesHold) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].effective = programme::EffectiveDay{.month = 2, .day = 1};
  GradedNode node = a_year(rows);
  node.count();
  node.home().publish_run(1);
  node.day(on(2009, 1, 31));
  EXPECT_EQ(node.state(), RunState::kPosting);
  node.reload();
  EXPECT_EQ(node.newest(kAnn), "none");
  node.day(on(2009, 2, 1));
  EXPECT_EQ(node.newest(kAnn), "gold ANNUAL 2009-02-01 2010-02-01");
  EXPECT_EQ(node.level(kAnn, on(2009, 1, 31)), "ordinary");
}

TEST(YearlyRun, ALevelThatIsEnteredGivesItsPointsOnce) {
  programme::Rows rows = graded_programme();
  rows.level_award.mode = programme::AwardMode::kOnEntry;
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "silver"}, .points = 10},
                      {.level = {.name = "gold"}, .points = 70}};
  GradedNode node = a_year(rows);
  node.count();
  node.home().publish_run(1);
  const DayResult day = node.day(kPosted);
  EXPECT_EQ(movements_of(day),
            (Texts{"EARN 3000000000 ISSUED 3000000000 70", "EARN 3000000001 ISSUED 3000000001 10",
                   "EARN 3000000002 ISSUED 3000000002 10"}));
  ASSERT_EQ(day.movements.size(), 3U);
  EXPECT_EQ(day.movements[0].slice.source, Source::kLevel);
  EXPECT_EQ(day.movements[0].slice.earned_month, month_of(2009, 1));
  node.day(on(2009, 5, 3), {bill(kAnn, month_of(2009, 4), 30'000, "A-1")});
  node.day(on(2010, 1, 3));
  node.count({.kind = RunKind::kGrade, .reference = month_of(2009, 12)}, on(2010, 1, 3));
  node.home().publish_run(2);
  EXPECT_EQ(movements_of(node.day(on(2010, 1, 6))), Texts{});
}

TEST(YearlyRun, PointsOfALevelAreOfTheMonthFromWhichItHolds) {
  programme::Rows rows = graded_programme();
  rows.level_award.mode = programme::AwardMode::kOnEntry;
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "silver"}, .points = 10},
                      {.level = {.name = "gold"}, .points = 70}};
  GradedNode node = a_year(rows);
  node.count();
  node.home().publish_run(1);
  const DayResult late = node.day(on(2009, 3, 6));
  ASSERT_EQ(late.movements.size(), 3U);
  EXPECT_EQ(late.movements[0].slice.earned_month, month_of(2009, 1));
  // A grade that is still to come: of the month in which it is brought.
  const DayResult early =
      node.day(on(2009, 3, 7), {grade_row(kBob, "level", "gold", on(2009, 9, 1))});
  ASSERT_EQ(early.movements.size(), 1U);
  EXPECT_EQ(early.movements[0].slice.earned_month, month_of(2009, 3));
}

TEST(Grades, OneThatIsStillToComeHidesNoneOfItsGrading) {
  programme::Rows rows = graded_programme();
  programme::Grading other;
  other.name = "other";
  other.title = "Other";
  other.levels = {{.name = "none"}, {.name = "some"}};
  other.basis = programme::Basis::kReview;
  rows.gradings.push_back(other);
  GradedNode node = a_year(rows);
  node.day(on(2009, 1, 4), {grade_row(kBob, "level", "gold", on(2009, 1, 1)),
                            grade_row(kBob, "other", "some", on(2009, 1, 2)),
                            grade_row(kBob, "level", "silver", on(2009, 6, 1))});
  EXPECT_EQ(node.level(kBob, on(2009, 1, 4)), "gold");
  EXPECT_EQ(node.level(kBob, on(2009, 6, 1)), "silver");
  EXPECT_EQ(node.level(kBob, on(2008, 12, 31)), "ordinary");
}

TEST(YearlyRun, PublishesItselfWhereTheProgrammeSaysSo) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].publish = programme::Publish::kAuto;
  GradedNode node = a_year(rows);
  node.count();
  EXPECT_EQ(node.state(), RunState::kPosting);
  node.day(kPosted);
  EXPECT_EQ(node.newest(kAnn), "gold ANNUAL 2009-01-01 2010-01-01");
}

TEST(YearlyRun, WhatWasAskedForBehindTheYearIsNotLowered) {
  GradedNode node = a_year();
  node.count();
  node.day(on(2009, 1, 5),
           {bill(kCid, month_of(2009, 1), 30'000, "C-1"), apply_row(kCid, "gold", kDecember2008)});
  EXPECT_EQ(node.newest(kCid), "gold APPLICATION 2009-01-05 2010-01-01");
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.newest(kCid), "gold APPLICATION 2009-01-05 2010-01-01");
  EXPECT_EQ(node.counted(kWritten), 2);
}

TEST(YearlyRun, IsRefusedWithAWordOfWhatToDo) {
  GradedNode node = a_year();
  Home& home = node.home();
  const auto of = [](Month month, std::uint8_t grading = 0) {
    return RunKey{.kind = RunKind::kGrade, .grading = grading, .reference = month};
  };
  const auto says = [&home](const RunKey& key, std::string_view what) {
    return home.run_refusal(key).find(what) != std::string::npos;
  };
  EXPECT_TRUE(says(of(month_of(2008, 11)), "December"));
  EXPECT_TRUE(says(of(month_of(2009, 12)), "behind 2009-12-31"));
  EXPECT_TRUE(says(of(month_of(2006, 12)), "too late"));
  EXPECT_TRUE(says(of(month_of(2003, 12)), "no such grading"));
  EXPECT_TRUE(says(of(kDecember2008, 1), "no such grading"));
  home.begin_run(kLevels2008, on(2009, 1, 5));
  home.take_run_steps(4);
  EXPECT_TRUE(says(kLevels2008, "COUNTING") || says(kLevels2008, "GRADING"));
  home.take_run_steps(4);
  home.publish_run(1);
  node.day(kPosted);
  EXPECT_TRUE(says(kLevels2008, "published once"));
}

TEST(YearlyRun, TellsHowManyBillsOfDecemberLack) {
  GradedNode node = a_year();
  EXPECT_EQ(node.home().run_warning(kLevels2008), "");
  node.day(on(2009, 1, 4), {bill(kBob, month_of(2008, 11), 100, "B-1")});
  EXPECT_EQ(node.home().run_warning(kLevels2008).substr(0, 11), "1 accounts ");
}

TEST(YearlyRun, WaitsForTheAwardOfItsYear) {
  programme::Rows rows = graded_programme();
  rows.level_award.mode = programme::AwardMode::kLump31Dec;
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "silver"}, .rate = Ratio(1, 10)},
                      {.level = {.name = "gold"}, .rate = Ratio(1, 1)}};
  GradedNode node = a_year(rows);
  node.day(on(2009, 1, 4), {grade_row(kBob, "level", "gold", on(2008, 1, 1))});
  EXPECT_NE(node.home().run_refusal(kLevels2008).find("--kind AWARD --of 2008-12"),
            std::string::npos);
  node.count({.kind = RunKind::kAward, .reference = kDecember2008});
  EXPECT_NE(node.home().run_refusal(kLevels2008).find("AWARD"), std::string::npos);
  node.home().publish_run(1);
  node.day(on(2009, 1, 5));
  // 120 of bills and as many of the award: no gold, but it counts.
  node.count();
  EXPECT_EQ(node.lines(2)[0], "STANDARD,1,silver,100,1");
  node.day(kPosted, {earn(kBob, kDecember2008, 60, Source::kLevel, 1)});
  node.home().drop_run(2);
  node.count();
  EXPECT_EQ(node.lines(2)[1], "STANDARD,1,gold,300,2");
}

TEST(C6, AwardPointsCountTowardsLevel) {
  programme::Rows rows = graded_programme();
  rows.level_award.mode = programme::AwardMode::kLump31Dec;
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "silver"}, .rate = Ratio(0, 1)},
                      {.level = {.name = "gold"}, .rate = Ratio(1, 1)}};
  rows.thresholds = {least("silver", 100), least("gold", 240)};
  for (const bool rating : {true, false}) {
    const auto level =
        std::ranges::find(rows.sources, Source::kLevel, &programme::SourceRow::source);
    level->rating = rating;
    GradedNode node = a_year(rows);
    node.day(on(2009, 1, 4), {grade_row(kBob, "level", "gold", on(2008, 1, 1))});
    node.count({.kind = RunKind::kAward, .reference = kDecember2008});
    node.home().publish_run(1);
    node.day(on(2009, 1, 5));
    node.count();
    // Bob's 120 of bills, and 120 of the award; Ann's 300.
    EXPECT_EQ(node.lines(2)[1], rating ? "STANDARD,1,gold,240,2" : "STANDARD,1,gold,240,1");
  }
}

TEST(YearlyRun, OfADamagedSnapshotGivesNoHome) {
  GradedNode node = a_year();
  node.count();
  const auto saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  // At the end: the run's record, standards of nine classes and the counts, a result a member.
  const std::size_t results = saved.size() - 4 * 3;
  const std::size_t levels = results - 3 * 64;
  const std::size_t cohorts = levels - 18 * 64;
  const std::size_t record = cohorts - 96;
  const auto refuses = [&](std::size_t at, int value) {
    auto bad = saved;
    bad[at] = static_cast<std::byte>(value);
    return !node.loaded(bad).has_value();
  };
  EXPECT_TRUE(refuses(results, 3));             // a level that isn't there
  EXPECT_TRUE(refuses(cohorts, 2));             // another table
  EXPECT_TRUE(refuses(cohorts + 2, 18));        // another level of the class
  EXPECT_TRUE(refuses(cohorts + 8 + 7, 0x7f));  // a standard without bound
  EXPECT_TRUE(refuses(cohorts + 16, 4));        // more than all reach it
  EXPECT_TRUE(refuses(cohorts + 32, 1));        // a sum that it hasn't
  EXPECT_TRUE(refuses(levels + 8 + 7, 0xff));   // below 0
  EXPECT_TRUE(refuses(record + 5, 1));          // a grading that isn't there
  EXPECT_TRUE(refuses(record + 6, 3));          // a state that it hasn't
  EXPECT_TRUE(refuses(record + 6, 1));          // levels, and it counts
  EXPECT_TRUE(refuses(record + 8, 106));        // of November
  EXPECT_TRUE(refuses(record + 14, 1));         // a revision, which ratings have alone
  EXPECT_TRUE(refuses(record + 20, 2));         // steps
  EXPECT_TRUE(refuses(record + 32, 4));         // members
  EXPECT_TRUE(refuses(record + 40, 4));         // graded
  EXPECT_TRUE(refuses(record + 88, 2));         // another kind of grading
}

}  // namespace PH_FILE
}  // namespace ph::test
