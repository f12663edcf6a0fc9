// Growth values through a home: a run MONTHLY that begins by itself
// (docs/decisions/0023-programme-format.md, section 4.1).
#include <gtest/gtest.h>

#include "tests/unit/home/grades.h"
#include "tests/unit/home/merges.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCid = member_of(3);
const Month kMarch = month_of(2008, 3);
enum Counted : std::size_t { kMembers, kGraded, kWritten, kLapsed, kGone };

RunKey growth_of(Month month) {
  return {.kind = RunKind::kGrade, .reference = month};
}

// 10 a month of tenure, less 10 a suspension; three months of bills. Stars from 100, in class 3
// from 80; two from 200. Published by itself, from the 10th on.
programme::Rows growth_programme() {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  programme::Grading grading;
  grading.name = "level";
  grading.title = "Growth";
  grading.levels = {{.name = "none"}, {.name = "one"}, {.name = "two"}};
  grading.basis = programme::Basis::kGrowth;
  grading.run = programme::GradingRun::kMonthly;
  grading.effective = programme::EffectiveDay{};
  grading.standards = programme::Standards::kFixed;
  grading.publish = programme::Publish::kAuto;
  grading.up_only = true;
  grading.valid_months = 2;
  rows.gradings = {grading};
  rows.scores = {{.line = 1,
                  .grading = {.name = "level"},
                  .months = 3,
                  .per_tenure_month = 10,
                  .per_suspension = 10}};
  rows.thresholds = {least("one", 100, 1), least("one", 100, 2), least("one", 80, 3),
                     least("two", 200)};
  rows.effective_order = {{.name = "two"}, {.name = "one"}, {.name = "none"}};
  return rows;
}

Row both_ways(Member member, std::string_view account, bool on) {
  Row out = member_row(MemberKind::kArrears, member, account);
  out.says[0].word = on ? 3 : 1;
  return out;
}

// What is due behind the day's opening is begun, and counted, before its rows.
class GrowthNode : public GradedNode {
 public:
  explicit GrowthNode(programme::Rows rows = growth_programme()) : GradedNode(std::move(rows)) {}

  DayResult day(BusinessDate date, std::vector<Row> rows = {}, std::uint32_t slice = 1'000'000) {
    DayFile file{.sender = kP1, .date = date, .sequence = home().last_sequence() + 1};
    add_rows(file, std::move(rows));
    home().open_day(file.date, file.sequence);
    while (!home().opening_is_over()) {
      (void)home().take_rows(1);
    }
    for (auto due = home().due_run(date); due; due = home().due_run(date)) {
      begun_.push_back(date.text() + " of " + due->reference.text());
      home().begin_run(*due, date);
      while (home().run_under_way() != nullptr) {
        home().take_run_steps(slice);
      }
    }
    home().bring_file(file);
    while (home().take_rows(1'000'000)) {
    }
    return home().end_day();
  }
  [[nodiscard]] const std::vector<std::string>& begun() const { return begun_; }

 private:
  std::vector<std::string> begun_;
};

TEST(MonthlyRun, BeginsByItselfOnceAMonthAndPostsWhatItFinds) {
  GrowthNode node;
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2008, 1)),
                            account_row(kBob, "B-1", month_of(2008, 1), 3)});
  // The joining month's own bill doesn't count; those that gave no points do.
  node.day(on(2008, 4, 9), {bill(kAnn, month_of(2008, 1), 90'000, "A-1"),
                            bill(kAnn, month_of(2008, 2), 9'999, "A-1"),
                            bill(kBob, month_of(2008, 3), 6'000, "B-1")});
  const std::vector<std::string> early = node.begun();
  node.day(on(2008, 4, 10));
  node.day(on(2008, 4, 11));
  EXPECT_EQ(early, (std::vector<std::string>{}));
  EXPECT_EQ(node.begun(), std::vector<std::string>{"2008-04-10 of 2008-03"});
  EXPECT_EQ(node.state(), RunState::kDone);
  // Ann 99 + 20, Bob 60 + 20 in class 3.
  EXPECT_EQ(node.newest(kAnn), "one GROWTH 2008-04-01 2008-06-01");
  EXPECT_EQ(node.newest(kBob), "one GROWTH 2008-04-01 2008-06-01");
  EXPECT_EQ(node.lines(), (std::vector<std::string>{"STANDARD,1,one,100,1", "STANDARD,1,two,200,0",
                                                    "STANDARD,3,one,80,1", "STANDARD,3,two,200,0",
                                                    "COUNT,none,2,0,0,0", "COUNT,one,0,2,2,0",
                                                    "COUNT,two,0,0,0,0"}));
  node.reload();
  EXPECT_EQ(first_due(node.home(), on(2008, 4, 30)), std::nullopt);
  EXPECT_EQ(first_due(node.home(), on(2008, 5, 9)), std::nullopt);
  EXPECT_EQ(first_due(node.home(), on(2008, 5, 10)), growth_of(month_of(2008, 4)));
}

TEST(MonthlyRun, CountsTenureAndSuspensionsOfMobileAccountsThatAreLiving) {
  GrowthNode node;
  Row fixed = account_row(kAnn, "F-1", month_of(2000, 1));
  fixed.says[0].word = 6;
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 7)),
                            account_row(kAnn, "A-2", month_of(2007, 11)), fixed,
                            account_row(kBob, "B-1", month_of(2000, 1)),
                            account_row(kCid, "C-1", month_of(2008, 4))});
  node.day(on(2008, 1, 31), {account_end(kBob, "B-1")});
  node.day(on(2008, 2, 3), {both_ways(kAnn, "A-1", true), both_ways(kAnn, "A-1", false),
                            both_ways(kAnn, "A-1", true), both_ways(kAnn, "A-1", false)});
  // 8 months, two suspensions: 80 - 20 + 39 + 1.
  node.day(on(2008, 4, 9), {bill(kAnn, kMarch, 3'900, "A-1"), bill(kAnn, kMarch, 100, "A-2"),
                            bill(kAnn, kMarch, 70'000, "F-1")});
  node.day(on(2008, 4, 10));
  EXPECT_EQ(node.newest(kAnn), "one GROWTH 2008-04-01 2008-06-01");
  EXPECT_EQ(node.newest(kBob), "none LAPSED 2008-04-01 open");  // What January gave has ended.
  EXPECT_EQ(node.newest(kCid), "none");
  EXPECT_EQ(node.counted(kGraded, 2), 1);
  EXPECT_EQ(node.counted(kLapsed, 2), 1);
  EXPECT_EQ(node.counted(kMembers, 2), 3);
}

TEST(MonthlyRun, SuspensionsOfTheWholeWindowCostAndTheLowestClassCounts) {
  GrowthNode node;
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 7)),
                            account_row(kBob, "B-1", month_of(2007, 7), 3),
                            account_row(kBob, "B-2", month_of(2007, 7), 1)});
  node.day(on(2008, 2, 3), {both_ways(kAnn, "A-1", true), both_ways(kAnn, "A-1", false),
                            both_ways(kAnn, "A-1", true)});
  node.day(on(2008, 4, 9), {bill(kAnn, kMarch, 3'999, "A-1"), bill(kBob, kMarch, 1'999, "B-1")});
  node.day(on(2008, 4, 10));
  EXPECT_EQ(node.newest(kAnn), "none");  // 80 + 39 - 20
  EXPECT_EQ(node.newest(kBob), "none");  // 80 + 19: not enough in class 1
}

TEST(MonthlyRun, OneFenLessIsOneStarLess) {
  GrowthNode node;
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 11))});
  node.day(on(2008, 4, 10), {});
  EXPECT_EQ(node.newest(kAnn), "none");  // 40
  GrowthNode other;
  other.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 11))});
  other.day(on(2008, 4, 9), {bill(kAnn, kMarch, 15'999, "A-1")});
  other.day(on(2008, 4, 10));
  EXPECT_EQ(other.newest(kAnn), "one GROWTH 2008-04-01 2008-06-01");  // 199
}

TEST(MonthlyRun, RisesWithinTheValidityAndFallsBehindIt) {
  GrowthNode node;
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 12))});
  node.day(on(2008, 2, 9), {bill(kAnn, month_of(2008, 1), 12'000, "A-1")});
  node.day(on(2008, 2, 10));
  EXPECT_EQ(node.newest(kAnn), "one GROWTH 2008-02-01 2008-04-01");
  node.day(on(2008, 3, 9), {bill(kAnn, month_of(2008, 2), 12'000, "A-1")});
  node.day(on(2008, 3, 10));
  EXPECT_EQ(node.newest(kAnn), "two GROWTH 2008-03-01 2008-05-01");
  const std::uint32_t number =
      node.book().runs().number_for(growth_of(month_of(2008, 2)));  // A notice came between.
  EXPECT_EQ(
      node.lines(number),
      (std::vector<std::string>{"STANDARD,1,one,100,0", "STANDARD,1,two,200,1",
                                "COUNT,none,0,0,0,0", "COUNT,one,1,0,0,0", "COUNT,two,0,1,1,0"}));
  node.day(on(2008, 4, 10));
  EXPECT_EQ(node.newest(kAnn), "two GROWTH 2008-03-01 2008-05-01");  // 240 + 30 still
  node.day(on(2008, 5, 10));
  EXPECT_EQ(node.newest(kAnn), "one GROWTH 2008-05-01 2008-07-01");  // 120 + 40
  node.day(on(2008, 6, 10));
  node.day(on(2008, 7, 10));
  EXPECT_EQ(node.newest(kAnn), "none GROWTH 2008-07-01 2008-09-01");  // 60
}

TEST(MonthlyRun, WhatIsntPublishedByItselfWaitsForItsOperator) {
  programme::Rows rows = growth_programme();
  rows.gradings[0].publish = programme::Publish::kOperator;
  GrowthNode node(rows);
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 1))});
  node.day(on(2008, 2, 10));
  EXPECT_EQ(node.state(), RunState::kCounted);
  EXPECT_EQ(node.newest(kAnn), "none");
  node.reload();
  node.home().drop_run(1);
  node.reload();
  node.day(on(2008, 2, 11));  // What was dropped doesn't begin by itself.
  EXPECT_EQ(node.begun().size(), 1U);
  node.count(growth_of(month_of(2008, 1)), on(2008, 2, 11));
  node.home().publish_run(1);
  node.GradedNode::day(on(2008, 2, 12));
  EXPECT_EQ(node.newest(kAnn), "one GROWTH 2008-02-01 2008-04-01");  // 120
}

// One grading's month waits for its operator: what else is due begins all the same.
TEST(MonthlyRun, OneThatIsRefusedKeepsNoOtherFromBeginning) {
  programme::Rows rows = growth_programme();
  rows.gradings.push_back(rows.gradings[0]);
  rows.gradings[0].publish = programme::Publish::kOperator;
  rows.gradings[1].name = "second";
  rows.scores.push_back(rows.scores[0]);
  rows.scores[1].grading.name = "second";
  rows.thresholds.push_back(least("one", 100));
  rows.thresholds.back().grading.name = "second";
  GrowthNode node(rows);
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2007, 1))});
  node.day(on(2008, 2, 10));
  node.day(on(2008, 3, 10));
  const auto state_of = [&](std::uint8_t grading, int month) {
    const auto* run = node.book().runs().find(
        {.kind = RunKind::kGrade, .grading = grading, .reference = month_of(2008, month)});
    return run == nullptr ? "none" : std::string(word(run->state()));
  };
  EXPECT_EQ(state_of(0, 1), "COUNTED");
  EXPECT_EQ(state_of(1, 1), "DONE");
  EXPECT_EQ(state_of(0, 2), "none");
  EXPECT_EQ(state_of(1, 2), "DONE");
  const auto notice = [&](int month) {
    return node.book().runs().find({.kind = RunKind::kNotice, .reference = month_of(2008, month)});
  };
  EXPECT_NE(notice(4), nullptr);
  node.home().publish_run(node.book().runs().number_for(growth_of(month_of(2008, 1))));
  node.GradedNode::day(on(2008, 3, 11));
  node.day(on(2008, 3, 12));
  EXPECT_EQ(state_of(0, 1), "DONE");
  EXPECT_EQ(state_of(0, 2), "COUNTED");
}

TEST(MonthlyRun, IsOfAMonthThatIsOverAndStillThere) {
  GrowthNode node;
  node.day(on(2008, 3, 31), {account_row(kAnn, "A-1", month_of(2007, 1))});
  const auto refused = [&](Month month) {
    return !node.home().run_refusal(growth_of(month)).empty();
  };
  EXPECT_TRUE(refused(kMarch));
  EXPECT_TRUE(refused(month_of(2003, 12)));  // before the programme
  node.day(on(2008, 4, 1));
  EXPECT_FALSE(refused(kMarch));
  EXPECT_TRUE(refused(month_of(2008, 1)));  // February was run for: months go in their order.
  GrowthNode first;
  first.day(on(2008, 4, 1), {account_row(kAnn, "A-1", month_of(2007, 1))});
  EXPECT_EQ(first.home().run_refusal(growth_of(month_of(2006, 7))), "");
  EXPECT_NE(first.home().run_refusal(growth_of(month_of(2006, 6))), "");
  programme::Rows by_points = growth_programme();
  by_points.gradings[0].basis = programme::Basis::kRatingPoints;
  by_points.scores.clear();
  GrowthNode other(by_points);
  other.day(on(2008, 4, 10));
  EXPECT_TRUE(other.begun().empty());
  EXPECT_FALSE(other.home().run_refusal(growth_of(kMarch)).empty());
}

TEST(MonthlyRun, IsTheSameInSlicesAndFromASnapshotInBetween) {
  const auto story = [](std::uint32_t slice) {
    GrowthNode node;
    std::vector<Row> rows;
    for (std::uint64_t n = 1; n <= 9; ++n) {
      const std::string account = "A-" + std::to_string(n);
      rows.push_back(account_row(member_of(n), account, month_of(2007, 1 + static_cast<int>(n)),
                                 1 + static_cast<std::uint32_t>(n % 3)));
      rows.push_back(bill(member_of(n), month_of(2007, 12), 2'000 * static_cast<int>(n), account));
    }
    node.day(on(2008, 1, 2), rows);
    node.reload();
    node.day(on(2008, 1, 10), {}, slice);
    EXPECT_EQ(node.state(), RunState::kDone);
    return saved_bytes(node.home());
  };
  EXPECT_EQ(story(1), story(1'000'000));
  EXPECT_EQ(story(4), story(1'000'000));
}

// Stars by the thresholds that were published in 2015: 260, 140, 90, 30; in class 3 from 80 yuan on
// three. One star has none: whoever is rated has it.
programme::Rows stars_programme() {
  programme::Rows rows = growth_programme();
  rows.head.profile_required = false;
  programme::Grading& grading = rows.gradings[0];
  grading.levels = {{.name = "ordinary"}};
  rows.effective_order = {{.name = "ordinary"}};
  for (const char* star : {"one", "two", "three", "four", "five"}) {
    grading.levels.push_back({.name = star});
    rows.effective_order.insert(rows.effective_order.begin(), {.name = star});
  }
  grading.basis = programme::Basis::kProduct;
  grading.unit = programme::GradingUnit::kAccount;
  grading.up_only = false;
  grading.valid_months = 12;
  rows.scores = {{.line = 1, .grading = {.name = "level"}, .months = 12, .months_min = 6}};
  rows.factors = {{.grading = {.name = "level"}, .years_from = 0, .factor = Ratio(1, 1)},
                  {.grading = {.name = "level"}, .years_from = 1, .factor = Ratio(11, 10)}};
  rows.thresholds = {least("five", 260),    least("four", 140),    least("three", 90, 1),
                     least("three", 90, 2), least("three", 80, 3), least("two", 30)};
  return rows;
}
// Bills of the months from `joined` up to January 2008, and of a fen in February.
std::vector<Row> star_bills(std::uint64_t serial, std::string_view account, Month joined,
                            std::int64_t yuan, std::uint32_t region = 1) {
  const Month february = month_of(2008, 2);
  std::vector<Row> rows{account_row(member_of(serial), account, joined, region)};
  for (Month of = joined; of < february; of = of.next()) {
    rows.push_back(bill(member_of(serial), of, yuan * 100, account));
  }
  rows.push_back(bill(member_of(serial), february, 1, account));
  return rows;
}

TEST(MonthlyRun, GivesStarsByThresholdsOfItsOwn) {
  GrowthNode node(stars_programme());
  std::vector<Row> rows;
  const auto add = [&rows](std::vector<Row> more) {
    rows.insert(rows.end(), more.begin(), more.end());
  };
  std::uint64_t serial = 0;
  for (const int yuan : {260, 259, 140, 139, 90, 89, 30, 29, 0}) {
    ++serial;
    add(star_bills(serial, "A-" + std::to_string(serial), month_of(2007, 8), yuan));
  }
  add(star_bills(10, "A-10", month_of(2007, 8), 89, 3));
  // 27 and 28 yuan x 11/10; the better account counts; too new, and without a bill of the month.
  add(star_bills(11, "A-11", month_of(2007, 2), 27));
  add(star_bills(12, "A-12", month_of(2007, 2), 28));
  add(star_bills(13, "A-13", month_of(2007, 8), 20));
  add(star_bills(13, "B-13", month_of(2007, 8), 200));
  add(star_bills(14, "A-14", month_of(2007, 9), 200));
  add(star_bills(15, "A-15", month_of(2007, 8), 200));
  rows.pop_back();
  node.day(on(2008, 3, 9), std::move(rows));
  node.day(on(2008, 3, 10));
  // A notice comes before.
  EXPECT_EQ(node.begun(),
            (std::vector<std::string>{"2008-03-09 of 2008-04", "2008-03-10 of 2008-02"}));
  std::string levels;
  for (std::uint64_t n = 1; n <= 15; ++n) {
    levels += node.level(member_of(n), on(2008, 3, 10)) + " ";
  }
  EXPECT_EQ(levels,
            "five four four three three two two one one three one two four ordinary ordinary ");
  EXPECT_EQ(node.newest(member_of(1)), "five RATED 2008-03-01 2009-03-01");
  EXPECT_EQ(node.newest(member_of(14)), "none");
  const std::vector<std::string> lines =
      node.lines(node.book().runs().number_for(growth_of(month_of(2008, 2))));
  ASSERT_GT(lines.size(), 7U);
  EXPECT_EQ(lines.at(0), "STANDARD,1,one,,3");
  EXPECT_EQ(lines.at(1), "STANDARD,1,two,30,3");
  EXPECT_EQ(lines.at(7), "STANDARD,3,three,80,1");
  // Nobody is rated while his star holds; in its last month again, also downwards.
  node.reload();
  node.day(on(2008, 4, 10), {bill(member_of(1), month_of(2008, 3), 1, "A-1")});
  EXPECT_EQ(node.newest(member_of(1)), "five RATED 2008-03-01 2009-03-01");
  node.day(on(2009, 3, 9), {bill(member_of(1), month_of(2009, 2), 1, "A-1")});
  node.day(on(2009, 3, 10));
  EXPECT_EQ(node.newest(member_of(1)), "one RATED 2009-03-01 2010-03-01");
  EXPECT_EQ(node.newest(member_of(2)), "ordinary LAPSED 2009-03-01 open");
}

// A run that its operator hasn't published. 1 has accounts of 20 and 200 yuan, 2 100 and 200, 4 200
// and one without a bill of the month, 5 85 in class 3 and 200 in class 1, 6 as 1; 3 has 40, 7 20
// and 30.
class LostStars : public GrowthNode {
 public:
  explicit LostStars(bool by_account) : GrowthNode(programme_of_operator()) {
    struct Billed {
      std::uint64_t serial{};
      std::string_view account{};
      std::int64_t yuan{};
      std::uint32_t region{1};
    };
    std::vector<Row> rows;
    const std::vector<Billed> billed{
        {1, "A-1", 20},  {1, "B-1", 200},   {2, "A-2", 100}, {2, "B-2", 200}, {3, "A-3", 40},
        {4, "B-4", 200}, {5, "A-5", 85, 3}, {5, "B-5", 200}, {6, "A-6", 20},  {6, "B-6", 200},
        {7, "A-7", 20},  {7, "B-7", 30},    {4, "A-4", 200}};
    for (const Billed& of : billed) {
      const auto more = star_bills(of.serial, of.account, month_of(2007, 8), of.yuan, of.region);
      rows.insert(rows.end(), more.begin(), more.end());
    }
    rows.pop_back();  // A-4 has none of February.
    GradedNode::day(on(2008, 3, 9), std::move(rows));
    home().begin_run(growth_of(month_of(2008, 2)), on(2008, 3, 10), by_account);
    while (home().run_under_way() != nullptr) {
      reload();
      home().take_run_steps(3);
    }
    reload();
  }
  // What becomes of everybody, once it is published.
  std::string levels_behind(std::vector<Row> rows) {
    const auto lines_before = lines();
    GradedNode::day(on(2008, 3, 10), std::move(rows));
    reload();
    EXPECT_EQ(lines(), lines_before);
    home().publish_run(1);
    GradedNode::day(on(2008, 3, 11));
    EXPECT_EQ(state(), RunState::kDone);
    reload();
    std::string out;
    for (std::uint64_t n = 1; n <= 7; ++n) {
      out += level(member_of(n), on(2008, 3, 11)) + " ";
    }
    return out;
  }

 private:
  static programme::Rows programme_of_operator() {
    programme::Rows rows = stars_programme();
    rows.gradings[0].publish = programme::Publish::kOperator;
    return rows;
  }
};

std::vector<Row> best_ones_pass() {
  return {owner(member_of(1), "B-1"), merge_row(member_of(2), member_of(3), "B-2"),
          owner(member_of(4), "B-4"), owner(member_of(5), "B-5"), transfer(member_of(7))};
}

// Of 5 the class is that of the count, though he has none left in it; of 3 his own account counts.
TEST(MonthlyRun, AStarIsOfTheBestAccountThatIsLeft) {
  EXPECT_EQ(LostStars(true).levels_behind({}), "four four two four four four two ");
  LostStars node(true);
  EXPECT_EQ(node.levels_behind(best_ones_pass()), "one three two ordinary two four ordinary ");
  EXPECT_EQ(node.counted(kGone), 2);
  EXPECT_EQ(node.counted(kWritten), 5);
}

TEST(MonthlyRun, WhoBringsAnAccountBackHasLostIt) {
  const auto id = id_of(kP1, on(2008, 3, 10), "M-1");
  LostStars node(true);
  EXPECT_EQ(node.levels_behind({merge_row(member_of(2), member_of(3), "B-2", id),
                                unmerge_row(id, member_of(2)),
                                merge_row(member_of(6), member_of(3), "A-6")}),
            "four three two four four four two ");
}

// As those that a release before began: journals and snapshots have them.
TEST(MonthlyRun, OneThatBeganByMembersEndsSo) {
  LostStars node(false);
  EXPECT_EQ(node.levels_behind(best_ones_pass()), "four four two four four four ordinary ");
  EXPECT_EQ(node.counted(kGone), 1);
}

TEST(MonthlyRun, OfADamagedSnapshotOfStarsGivesNoHome) {
  for (const bool by_account : {true, false}) {
    LostStars node(by_account);
    const auto saved = saved_bytes(node.home());
    ASSERT_TRUE(node.loaded(saved).has_value());
    // At the end: the run's record, five standards a class and six counts, its results.
    const std::size_t results = saved.size() - std::size_t{by_account ? 13U : 7U} * 4;
    const std::size_t record = results - std::size_t{9 * 5 + 6} * 64 - 96;
    const auto refuses = [&](std::size_t at, int value) {
      auto bad = saved;
      bad[at] = static_cast<std::byte>(value);
      return !node.loaded(bad).has_value();
    };
    EXPECT_TRUE(refuses(results, 6));                       // a level that there isn't
    EXPECT_TRUE(refuses(record + 32, 6));                   // members
    EXPECT_EQ(refuses(record + 80, 12), by_account);        // accounts
    EXPECT_TRUE(refuses(record + 88, by_account ? 2 : 4));  // results of the others
    EXPECT_TRUE(refuses(record + 88, 3));                   // another kind of grading
    EXPECT_TRUE(refuses(record + 88, 5));
  }
}

TEST(MonthlyRun, OfStarsReadsNoMonthThatIsGone) {
  programme::Rows rows = stars_programme();
  rows.scores[0].months = 23;
  GrowthNode node(rows);
  node.day(on(2008, 3, 10), star_bills(1, "A-1", month_of(2007, 8), 200));
  EXPECT_EQ(node.begun(), std::vector<std::string>{"2008-03-10 of 2008-04"});  // a notice
  EXPECT_NE(node.home().run_refusal(growth_of(month_of(2008, 2))).find("at most 22 months"),
            std::string::npos);
  GrowthNode other(stars_programme());
  other.day(on(2008, 3, 9), star_bills(1, "A-1", month_of(2007, 8), 200));
  EXPECT_EQ(other.home().run_refusal(growth_of(month_of(2007, 4))), "");
  EXPECT_NE(other.home().run_refusal(growth_of(month_of(2007, 3))), "");
}

// What a home is after three months of bills and a run, to the byte.
std::vector<std::byte> state_by(programme::Rows rows) {
  GrowthNode node(std::move(rows));
  node.day(on(2008, 1, 2), {account_row(kAnn, "A-1", month_of(2008, 1)),
                            account_row(kBob, "B-1", month_of(2008, 1), 3)});
  node.day(on(2008, 3, 9), {bill(kAnn, month_of(2008, 2), 60'000, "A-1")});
  node.day(on(2008, 4, 10), {bill(kBob, kMarch, 9'000, "B-1")});
  EXPECT_EQ(node.state(), RunState::kDone);
  return saved_bytes(node.home());
}

TEST(Kpi, SegmentsDecideNothing) {
  programme::Rows with = growth_programme();
  with.segments = {{.line = 2, .name = "high", .from_fen = 50'000, .to_fen = 100'000'000},
                   {.line = 3, .name = "low", .from_fen = 0, .to_fen = 50'000},
                   {.line = 4, .name = "card", .income = "5.4", .credit = "2.4"}};
  programme::Rows other = growth_programme();
  other.thresholds[3].min = 1'000;
  EXPECT_EQ(state_by(std::move(with)), state_by(growth_programme()));
  EXPECT_NE(state_by(std::move(other)), state_by(growth_programme()));
}

}  // namespace PH_FILE
}  // namespace ph::test
