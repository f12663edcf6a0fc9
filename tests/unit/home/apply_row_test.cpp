// Rows APPLY: a higher level by any months in a row (docs/programme-file.md, section 5).
#include <gtest/gtest.h>

#include "tests/unit/home/grades.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const BusinessDate kAsked = on(2008, 9, 5);
const Month kMay = month_of(2008, 5);
const Month kJune = month_of(2008, 6);
const Month kJuly = month_of(2008, 7);

// Ann has 60 points of May, 50 of June, 20 of July.
GradedNode asking(programme::Rows rows = graded_programme()) {
  GradedNode node(std::move(rows));
  node.day(on(2008, 1, 2), {profile(kAnn), account_row(kAnn, "A-1", month_of(2007, 6))});
  node.day(on(2008, 8, 3), {bill(kAnn, kMay, 6'000, "A-1"), bill(kAnn, kJune, 5'000, "A-1"),
                            bill(kAnn, kJuly, 2'000, "A-1")});
  return node;
}
Texts asked(GradedNode& node, const Row& row, BusinessDate on = kAsked) {
  return returned_of(node.day(on, {row}));
}

TEST(ApplyRow, AnyMonthsInARowThatReachTheStandard) {
  GradedNode node = asking();
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kMay)), Texts{});
  EXPECT_EQ(node.newest(kAnn), "silver APPLICATION 2008-09-05 2009-01-01");
  EXPECT_EQ(node.level(kAnn, kAsked), "silver");
  EXPECT_EQ(node.level(kAnn, kAsked.plus_days(-1)), "ordinary");
  // It goes on until the run that counts its year.
  EXPECT_EQ(node.level(kAnn, on(2009, 1, 9)), "silver");
}

TEST(Application, HasItsReasonInTheHistory) {
  GradedNode node = asking();
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kMay)), Texts{});
  const book::HistoryRecord& record = node.book().history(node.member(kAnn).last_history);
  EXPECT_EQ(record.reason, static_cast<std::uint8_t>(programme::GradeReason::kApplication));
  EXPECT_EQ(record.decided, kAsked.count());
  EXPECT_EQ(record.run, 0);
}

TEST(ApplyRow, BelowTheStandardOrNotAboveItComesBack) {
  GradedNode node = asking();
  EXPECT_EQ(returned_of(node.day(
                kAsked, {apply_row(kAnn, "silver", kJune),              // 70
                         apply_row(kAnn, "gold", kMay),                 // 110
                         apply_row(kAnn, "ordinary", kMay),             // what he has
                         apply_row(kAnn, "silver", kJuly),              // ends behind the last bill
                         apply_row(kAnn, "silver", month_of(2006, 9)),  // 24 months back
                         apply_row(kAnn, "silver", kMay), apply_row(kAnn, "silver", kMay)})),
            (Texts{"1 NOT_REACHED", "2 NOT_REACHED", "3 NOT_REACHED", "4 NOT_REACHED",
                   "5 NOT_REACHED", "7 NOT_REACHED"}));
}

TEST(ApplyRow, OfUnknownNamesOrAnotherHomeComesBack) {
  GradedNode node = asking();
  EXPECT_EQ(returned_of(node.day(
                kAsked, {apply_row(kAnn, "platinum", kMay), apply_row(kAnn, "silver", kMay, "star"),
                         apply_row(kBob, "silver", kMay)})),
            (Texts{"1 UNKNOWN_NAME", "2 UNKNOWN_NAME", "3 NOT_HOME"}));
}

TEST(ApplyRow, WhereNothingIsAskedForNothingIsReached) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].apply = false;
  GradedNode node = asking(rows);
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kMay)), Texts{"1 NOT_REACHED"});
}

TEST(ApplyRow, WindowsEndAtTwentyThreeMonthsBack) {
  GradedNode node = asking();
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kMay), on(2010, 5, 5)), Texts{"1 NOT_REACHED"});
  GradedNode sooner = asking();
  EXPECT_EQ(asked(sooner, apply_row(kAnn, "silver", kMay), on(2010, 4, 30)), Texts{});
}

TEST(ApplyRow, TheClassIsThatOfTheAccountsThatHaveNotEnded) {
  GradedNode node = asking();
  node.day(on(2008, 8, 4), {account_row(kAnn, "A-3", kMay, 3)});
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kJune)), Texts{"1 NOT_REACHED"});
  node.day(kAsked.plus_days(1), {account_end(kAnn, "A-1")});
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kJune), kAsked.plus_days(2)), Texts{});
}

TEST(ApplyRow, SpendCountsWhereTheGradingIsBySpend) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].basis = programme::Basis::kSpendScore;
  GradedNode node = asking(rows);
  node.day(on(2008, 8, 4),
           {earn(kAnn, kMay, 900, Source::kLevel, 1), spent(kAnn, "A-2", kMay, 18'900, false)});
  EXPECT_EQ(asked(node, apply_row(kAnn, "gold", kMay)), Texts{"1 NOT_REACHED"});  // 299
  node.day(kAsked.plus_days(1), {spent(kAnn, "A-2", kJune, 100, false)});
  EXPECT_EQ(asked(node, apply_row(kAnn, "gold", kMay), kAsked.plus_days(2)), Texts{});
}

TEST(ApplyRow, SharesHaveTheStandardOfTheLastRun) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].standards = programme::Standards::kRatios;
  rows.thresholds = {least("gold", 300)};
  rows.shares = {{.grading = {.name = "level"},
                  .level = {.name = "silver"},
                  .of = {.name = "all"},
                  .ratio = Ratio(1, 2)}};
  GradedNode node = asking(rows);
  // Before the first run a share has no standard.
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kMay)), Texts{"1 NOT_REACHED"});
  node.day(on(2009, 1, 3),
           {profile(kBob), account_row(kBob, "B-1", month_of(2007, 6)),
            bill(kBob, kDecember2008, 20'000, "B-1"), bill(kBob, month_of(2009, 1), 3'000, "B-1"),
            bill(kAnn, month_of(2009, 1), 8'000, "A-1")});
  node.count();
  EXPECT_EQ(node.lines()[0], "STANDARD,1,silver,200,1");
  node.home().publish_run(1);
  node.day(on(2009, 1, 6));
  EXPECT_EQ(node.level(kAnn, on(2009, 1, 6)), "ordinary");
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", kDecember2008), on(2009, 2, 6)),
            Texts{"1 NOT_REACHED"});  // 80
  node.reload();
  node.day(on(2009, 3, 3), {bill(kAnn, month_of(2009, 2), 12'000, "A-1")});
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", month_of(2009, 1)), on(2009, 3, 6)), Texts{});
}

TEST(ApplyRow, TheLastRunsStandardCountsOnceItsGradesHold) {
  programme::Rows rows = graded_programme();
  rows.gradings[0].standards = programme::Standards::kRatios;
  rows.thresholds = {least("gold", 30'000)};
  rows.shares = {{.grading = {.name = "level"},
                  .level = {.name = "silver"},
                  .of = {.name = "all"},
                  .ratio = Ratio(99, 100)}};
  GradedNode node = asking(rows);
  node.day(on(2008, 9, 3), {profile(kBob), account_row(kBob, "B-1", month_of(2007, 6)),
                            bill(kBob, kJuly, 90'000, "B-1")});
  node.day(on(2009, 1, 3), {bill(kBob, month_of(2009, 1), 10'000, "B-1"),
                            bill(kAnn, month_of(2009, 1), 100, "A-1")});
  node.count();  // The last of two hasn't it: 900.
  node.home().publish_run(1);
  node.day(on(2009, 1, 6));
  node.day(on(2010, 1, 3), {bill(kAnn, month_of(2009, 12), 15'000, "A-1"),
                            bill(kAnn, month_of(2010, 1), 100, "A-1")});
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", month_of(2009, 12)), on(2010, 1, 4)),
            Texts{"1 NOT_REACHED"});
  node.count({.kind = RunKind::kGrade, .reference = month_of(2009, 12)}, on(2010, 1, 5));
  EXPECT_EQ(node.lines(2)[0], "STANDARD,1,silver,151,1");  // of 100 and 151
  EXPECT_EQ(asked(node, apply_row(kAnn, "silver", month_of(2009, 12)), on(2010, 1, 5)),
            Texts{"1 NOT_REACHED"});  // It isn't published: 900 still.
  node.home().publish_run(2);
  node.day(on(2010, 1, 6));
  EXPECT_EQ(node.newest(kBob), "ordinary ANNUAL 2010-01-01 2011-01-01");
  EXPECT_EQ(asked(node, apply_row(kBob, "silver", month_of(2008, 12)), on(2010, 1, 7)),
            Texts{"1 NOT_REACHED"});  // 100
  node.day(on(2010, 1, 8), {bill(kBob, month_of(2009, 2), 5'100, "B-1")});
  EXPECT_EQ(asked(node, apply_row(kBob, "silver", month_of(2009, 1)), on(2010, 1, 9)), Texts{});
}

TEST(ApplyRow, ALevelThatIsEnteredGivesItsPoints) {
  programme::Rows rows = graded_programme();
  rows.level_award.mode = programme::AwardMode::kOnEntry;
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "silver"}, .points = 10},
                      {.level = {.name = "gold"}, .points = 70}};
  GradedNode node = asking(rows);
  EXPECT_EQ(movements_of(node.day(kAsked, {apply_row(kAnn, "silver", kMay)})),
            Texts{"EARN 3000000000 ISSUED 3000000000 10"});
}

TEST(ApplyRow, ComesLiveButNotWhileARunIsUnderWay) {
  GradedNode node = asking();
  node.day(on(2009, 1, 3), {bill(kAnn, month_of(2009, 1), 30'000, "A-1")});
  const BusinessDate today = on(2009, 1, 5);
  const auto ask = [&](std::string_view reference, std::string_view level) {
    MemberRequest out;
    out.row = apply_row(kAnn, level, kDecember2008).says[0];
    out.row.id = id_of(kP1, today, reference);
    const LiveAnswer answer = node.home().take_member(out, BusinessTime::of(today, 12 * 3600));
    return answer.code == 0 ? "DONE" : std::string(word(static_cast<ReturnCode>(answer.code)));
  };
  node.home().open_day(today, node.home().last_sequence() + 1);
  EXPECT_FALSE(node.home().take_rows(1));
  node.home().begin_run(kLevels2008, today);
  EXPECT_EQ(ask("A-1", "gold"), "RUN_OPEN");
  node.home().take_run_steps(9);
  EXPECT_EQ(node.state(), RunState::kGrading);
  EXPECT_EQ(ask("A-1", "gold"), "RUN_OPEN");
  node.home().take_run_steps(9);
  node.home().publish_run(1);
  EXPECT_EQ(ask("A-1", "gold"), "RUN_OPEN");
  node.home().take_run_steps(9);
  EXPECT_EQ(node.newest(kAnn), "silver ANNUAL 2009-01-01 2010-01-01");
  EXPECT_EQ(ask("A-1", "gold"), "DONE");
  EXPECT_EQ(ask("A-1", "gold"), "DONE");
  EXPECT_EQ(ask("A-2", "gold"), "NOT_REACHED");
  EXPECT_EQ(node.newest(kAnn), "gold APPLICATION 2009-01-05 2010-01-01");
}

}  // namespace PH_FILE
}  // namespace ph::test
