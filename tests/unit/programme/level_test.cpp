// Levels by shares and thresholds, the yearly run, applications, GoTone and the growth value.
#include "core/programme/level.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "core/programme/grade.h"
#include "core/programme/score.h"
#include "core/programme/tenure.h"
#include "core/programme/yearly.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

// Scores 1 to n, each once.
Histogram one_to(std::uint64_t n) {
  HistogramBuilder builder;
  for (Score score = 1; score <= n; ++score) {
    builder.add(score);
  }
  return std::move(builder).build();
}

TEST(Standards, ThousandCustomers) {
  const Grading grading = telecom_levels();
  const ShareCounts counts = share_counts(grading, 1'000);
  EXPECT_EQ(counts[kGold], (ShareCount{true, 16, 16}));
  EXPECT_EQ(counts[kSilver], (ShareCount{true, 83, 99}));
  EXPECT_EQ(counts[kVipCard], (ShareCount{true, 234, 333}));
  EXPECT_FALSE(counts[kDiamond].shared);
  EXPECT_FALSE(counts[0].shared);
  const LevelStandards standards =
      standards_of(one_to(1'000), counts, fixed_standards(grading, 1, day("2009-01-01")));
  EXPECT_EQ(standards.min[kGold], 985);
  EXPECT_EQ(standards.min[kSilver], 902);
  EXPECT_EQ(standards.min[kVipCard], 668);
  std::map<int, int> levels;
  for (int score = 1; score <= 1'000; ++score) {
    ++levels[level_for(score, standards)];
  }
  EXPECT_EQ(levels, (std::map<int, int>{{0, 667}, {kVipCard, 234}, {kSilver, 83}, {kGold, 16}}));
}

TEST(Standards, EqualPointsHaveTheLevelToo) {
  const Histogram scores = Histogram::from({{100, 10}, {50, 30}, {0, 60}}).value();
  const ShareCounts counts = share_counts(telecom_levels(), 100);
  EXPECT_EQ(counts[kVipCard].last_rank, 33U);
  const LevelStandards standards = standards_of(scores, counts, fixed_standards({}, 1, {}));
  EXPECT_EQ(standards.levels, 0);
  const LevelStandards shared =
      standards_of(scores, counts, fixed_standards(telecom_levels(), 1, day("2009-01-01")));
  EXPECT_EQ(shared.min[kVipCard], 50);  // 40 reach it, for 33 places
  EXPECT_EQ(shared.min[kSilver], 100);
}

TEST(Standards, TooFewHaveNoStandard) {
  const ShareCounts counts = share_counts(telecom_levels(), 11);
  EXPECT_EQ(counts[kVipCard], (ShareCount{true, 3, 3}));
  EXPECT_EQ(counts[kSilver], (ShareCount{true, 0, 0}));
  const LevelStandards standards =
      standards_of(one_to(11), counts, fixed_standards(telecom_levels(), 1, day("2009-01-01")));
  EXPECT_EQ(standards.min[kSilver], LevelStandards::kUnreachable);
  EXPECT_EQ(standards.min[kVipCard], 9);
  EXPECT_EQ(level_for(11, standards), kVipCard);
}

TEST(Standards, WhoeverHasNothingReachesNothing) {
  const Histogram idle = Histogram::from({{7, 1}, {0, 99}}).value();
  const LevelStandards standards =
      standards_of(idle, share_counts(telecom_levels(), 100),
                   fixed_standards(telecom_levels(), 1, day("2009-01-01")));
  EXPECT_EQ(standards.min[kVipCard], 1);
  EXPECT_EQ(level_for(0, standards), 0);
}

TEST(Standards, SharesBesideEachOtherNeverExceedTheWhole) {
  Grading grading = telecom_levels();
  grading.shares[1].ratio = {3, 4};
  grading.shares[2].ratio = {3, 4};
  // 333 in all: gold asks for 186, silver for 249, of which 147 are left; none for VIP cards.
  const ShareCounts counts = share_counts(grading, 1'000);
  EXPECT_EQ(counts[kGold], (ShareCount{true, 186, 186}));
  EXPECT_EQ(counts[kSilver], (ShareCount{true, 147, 333}));
  EXPECT_EQ(counts[kVipCard], (ShareCount{true, 0, 0}));
}

TEST(Standards, SharesOfAllAreWithinEachOther) {
  Grading grading = telecom_levels();
  grading.shares = {{.level = ref("vip-card", 1), .of = ref("all", kNoIndex), .ratio = {1, 3}},
                    {.level = ref("gold", 3), .of = ref("all", kNoIndex), .ratio = {1, 100}}};
  const ShareCounts counts = share_counts(grading, 1'000);
  EXPECT_EQ(counts[kGold], (ShareCount{true, 10, 10}));
  EXPECT_EQ(counts[kVipCard], (ShareCount{true, 323, 333}));
}

TEST(Standards, LevelWithoutShareTakesThreshold) {
  const Grading grading = telecom_levels();
  const LevelStandards standards = standards_of(one_to(1'000), share_counts(grading, 1'000),
                                                fixed_standards(grading, 1, day("2009-01-01")));
  EXPECT_EQ(standards.min[kDiamond], 30'000);
  EXPECT_EQ(level_for(29'999, standards), kGold);
  EXPECT_EQ(level_for(30'000, standards), kDiamond);
}

TEST(Standards, EachRegionClassHasItsOwn) {
  Grading grading = telecom_levels();
  const BusinessDate on = day("2009-01-01");
  EXPECT_EQ(fixed_standards(grading, 1, on).min[kDiamond], 30'000);
  EXPECT_EQ(fixed_standards(grading, 2, on).min[kDiamond], 24'000);
  EXPECT_EQ(fixed_standards(grading, 3, on).min[kDiamond], 18'000);
  EXPECT_EQ(fixed_standards(grading, 4, on).min[kDiamond], LevelStandards::kUnreachable);
  // A row for every class holds where a class has none of its own, wherever it stands.
  grading.thresholds.push_back(threshold(kDiamond, 40'000));
  grading.thresholds.insert(grading.thresholds.begin(), threshold(kGold, 9'000));
  grading.thresholds.push_back(threshold(kGold, 7'000, 3));
  EXPECT_EQ(fixed_standards(grading, 3, on).min[kDiamond], 18'000);
  EXPECT_EQ(fixed_standards(grading, 4, on).min[kDiamond], 40'000);
  EXPECT_EQ(fixed_standards(grading, 1, on).min[kGold], 9'000);
  EXPECT_EQ(fixed_standards(grading, 3, on).min[kGold], 7'000);
}

TEST(Standards, HoldWithinTheirDates) {
  Grading grading = telecom_levels();
  grading.thresholds = {threshold(kDiamond, 30'000)};
  grading.thresholds[0].in_force = {.from = day("2008-01-01"), .to = day("2009-01-01")};
  EXPECT_EQ(fixed_standards(grading, 1, day("2008-12-31")).min[kDiamond], 30'000);
  EXPECT_EQ(fixed_standards(grading, 1, day("2009-01-01")).min[kDiamond],
            LevelStandards::kUnreachable);
}

TEST(YearlyLevels, HoldsFromFirstOfJanuary) {
  const Grading grading = telecom_levels();
  const BusinessDate from = effective_from(*grading.effective, month("2008-12"));
  EXPECT_EQ(from, day("2009-01-01"));
  const Grade gold = annual(grading, kGold, from);
  EXPECT_EQ(gold, (Grade{kGold, GradeReason::kAnnual, day("2009-01-01"), day("2010-01-01")}));
  EXPECT_EQ(level_on(gold, day("2008-12-31")), 0);
  EXPECT_EQ(level_on(gold, day("2009-12-31")), kGold);
}

TEST(YearlyLevels, UpAndDownByLastYear) {
  const Grading grading = telecom_levels();
  const Grade gold = annual(grading, kGold, day("2009-01-01"));
  const Grade silver = annual(grading, kSilver, day("2010-01-01"));
  EXPECT_FALSE(is_confirmed(gold, silver));
  EXPECT_EQ(level_on(silver, day("2010-01-01")), kSilver);
  EXPECT_TRUE(is_confirmed(gold, annual(grading, kGold, day("2010-01-01"))));
  EXPECT_FALSE(is_confirmed(gold, annual(grading, kGold, day("2011-01-01"))));  // a year between
}

TEST(YearlyLevels, UpgradeWithoutApplication) {
  Grading grading = telecom_levels();
  grading.apply = false;
  EXPECT_EQ(annual(grading, kDiamond, day("2009-01-01")).level, kDiamond);
}

LevelStandards of_the_year() {
  LevelStandards standards;
  standards.levels = 5;
  standards.min = {0, 2'000, 4'000, 10'000, 30'000};
  return standards;
}

TEST(Application, AnyTwelveMonths) {
  const Month newest = month("2009-06");
  EXPECT_EQ(application_window(month("2008-03"), 12, newest),
            (MonthRange{month("2008-03"), month("2009-03")}));
  EXPECT_TRUE(application_window(month("2008-07"), 12, newest));
  EXPECT_FALSE(application_window(month("2008-08"), 12, newest));  // ends behind the newest bill
  EXPECT_TRUE(application_window(month("2007-07"), 12, newest));   // 23 months back
  EXPECT_FALSE(application_window(month("2007-06"), 12, newest));
}

TEST(Application, HoldsUntilTheRunThatCountsItsYear) {
  const Grading grading = telecom_levels();
  const Grade before = annual(grading, kVipCard, day("2009-01-01"));
  const auto grade = applied(grading, before, kSilver, 4'000, of_the_year(), day("2009-06-15"));
  ASSERT_TRUE(grade);
  EXPECT_EQ(*grade,
            (Grade{kSilver, GradeReason::kApplication, day("2009-06-15"), day("2010-01-01")}));
  // A year whose grades hold from 1 February.
  Grading february = grading;
  february.effective = EffectiveDay{.month = 2, .day = 1};
  EXPECT_EQ(applied(february, before, kSilver, 4'000, of_the_year(), day("2009-01-15"))->to,
            day("2010-02-01"));
}

TEST(Application, IsRefusedBelowTheStandard) {
  const Grading grading = telecom_levels();
  const Grade before = annual(grading, kSilver, day("2009-01-01"));
  const BusinessDate on = day("2009-06-15");
  const LevelStandards standards = of_the_year();
  EXPECT_EQ(applied(grading, before, kGold, 9'999, standards, on).error(), Refusal::kNotReached);
  EXPECT_TRUE(applied(grading, before, kGold, 10'000, standards, on));
  EXPECT_EQ(applied(grading, before, kSilver, 50'000, standards, on).error(),
            Refusal::kNotReached);  // not above the present one
  EXPECT_EQ(applied(grading, before, 5, 50'000, standards, on).error(), Refusal::kUnknownName);
  Grading none = grading;
  none.apply = false;
  EXPECT_EQ(applied(none, before, kGold, 10'000, standards, on).error(), Refusal::kNotReached);
  // What has ended isn't the present one.
  EXPECT_TRUE(applied(grading, before, kSilver, 4'000, standards, day("2010-01-02")));
}

TEST(C1, DowngradeOnlyInTheYearlyRun) {
  const Grading grading = telecom_levels();
  const Grade gold = annual(grading, kGold, day("2009-01-01"));
  for (std::uint8_t level = 0; level <= kGold; ++level) {
    EXPECT_FALSE(applied(grading, gold, level, 50'000, of_the_year(), day("2009-06-15")));
  }
  EXPECT_EQ(annual(grading, 0, day("2010-01-01")).level, 0);
}

TEST(C15, LevelAndStarSideBySide) {
  const std::vector<Held> both{{3, day("2025-02-01")}, {9, day("2025-05-01")}};
  EXPECT_EQ(effective_of(refs({5, 4, 3, 2, 1, 0}), both), 3);
}

TEST(GoTone, StarsAreAnotherAttribute) {
  // A star never counts as a level: it isn't in the order.
  const std::vector<Held> held{{.grade = 12}, {.grade = 1}};
  EXPECT_EQ(effective_of(refs({5, 4, 3, 2, 1, 0}), held), 1);
}

TEST(GoTone, ThreeExamplesOfTheSource) {
  const Grading grading = gotone_annual();
  const LevelStandards standards = fixed_standards(grading, 1, day("2024-12-31"));
  const auto level_of = [&](int years, std::int64_t expected) {
    const std::int64_t score = spend_score(385'000, years, grading.tenure_points);
    EXPECT_EQ(score, expected);
    return level_for(score, standards);
  };
  EXPECT_EQ(level_of(10, 4'150), 5);
  EXPECT_EQ(level_of(9, 4'050), 5);
  EXPECT_EQ(level_of(2, 3'950), 0);
}

TEST(GoTone, TenureHighestOnly) {
  const std::vector<TenurePoints> points = gotone_annual().tenure_points;
  const std::array<std::pair<int, int>, 6> expected{
      {{0, 0}, {1, 100}, {2, 100}, {3, 200}, {9, 200}, {10, 300}}};
  for (const auto& pair : expected) {
    EXPECT_EQ(spend_score(0, pair.first, points), pair.second);
  }
}

TEST(GoTone, ScoreDropsLessThanAYuan) {
  EXPECT_EQ(spend_score(399'999, 0, gotone_annual().tenure_points), 3'999);
}

TEST(GoTone, WithoutCutOffByPlanAlone) {
  const LevelStandards standards = fixed_standards(gotone_annual(), 1, day("2024-12-31"));
  EXPECT_EQ(level_for(3'999, standards), 0);
  EXPECT_EQ(level_for(4'000, standards), 5);
  EXPECT_EQ(level_of_plans(gotone_monthly(), {"gotone-199"}, day("2024-12-31")), 3);
}

TEST(GoTone, FullYearAndFebruary) {
  const Grading grading = gotone_annual();
  const BusinessDate from = effective_from(*grading.effective, month("2024-12"));
  EXPECT_EQ(from, day("2025-02-01"));
  const Grade diamond = annual(grading, 5, from);
  EXPECT_EQ(level_on(diamond, day("2026-01-31")), 5);
  EXPECT_EQ(level_on(diamond, day("2026-02-01")), 0);
  // Of tenure whole years alone count.
  const auto score = [&](int months) {
    return spend_score(385'000, whole_years(months), grading.tenure_points);
  };
  EXPECT_EQ(score(11), 3'850);
  EXPECT_EQ(score(12), 3'950);
  EXPECT_EQ(score(35), 3'950);
  EXPECT_EQ(score(36), 4'050);
  EXPECT_EQ(score(119), 4'050);
  EXPECT_EQ(score(120), 4'150);
}

TEST(GoTone, PlanGivesAndTakesTheLevel) {
  const Grading grading = gotone_monthly();
  const BusinessDate on = day("2025-03-15");
  const std::uint8_t gold = level_of_plans(grading, {"gotone-89", "gotone-199"}, on);
  EXPECT_EQ(gold, 3);
  const Grade given = planned({}, gold, on);
  EXPECT_EQ(given, (Grade{3, GradeReason::kPlan, on, Grade::kUntilCancelled}));
  EXPECT_EQ(level_on(given, on), 3);
  EXPECT_EQ(planned(given, 3, day("2025-04-01")), given);
  const Grade ended = planned(given, level_of_plans(grading, {}, on), day("2025-04-02"));
  EXPECT_EQ(ended.reason, GradeReason::kPlanEnded);
  EXPECT_EQ(level_on(ended, day("2025-04-02")), 0);
}

TEST(Grades, ValidityInMonths) {
  EXPECT_EQ(months_after(day("2008-01-31"), 1), day("2008-02-29"));
  EXPECT_EQ(months_after(day("2008-02-29"), 12), day("2009-02-28"));
  EXPECT_EQ(months_after(day("2099-06-01"), 12), Grade::kUntilCancelled);
  Grading open = telecom_levels();
  open.valid_months = 0;
  EXPECT_EQ(end_of_validity(open, day("2008-01-01")), Grade::kUntilCancelled);
  EXPECT_EQ(effective_from({.month = 12, .day = 31}, month("2008-12")), day("2009-12-31"));
  EXPECT_EQ(effective_from({.month = 2, .day = 29}, month("2008-12")), day("2009-02-28"));
  EXPECT_EQ(effective_from({.month = 4, .day = 1}, month("2008-03")), day("2008-04-01"));
}

TEST(Growth, FromTheMonthAfterJoining) {
  const Month reference = month("2025-06");
  EXPECT_EQ(growth_window(month("2020-01"), reference, 12),
            (MonthRange{month("2024-07"), month("2025-07")}));
  EXPECT_EQ(growth_window(month("2025-01"), reference, 12),
            (MonthRange{month("2025-02"), month("2025-07")}));
  EXPECT_EQ(growth_window(month("2025-06"), reference, 12).size(), 0);
}

TEST(Growth, ExampleOfTheSource) {
  const Grading grading = telecom_growth();
  const std::int64_t value =
      growth_value({.sum_fen = 360'000, .tenure_months = 40, .suspensions = 2}, grading.score);
  EXPECT_EQ(value, 3'980);
  EXPECT_EQ(level_for(value, fixed_standards(grading, 1, day("2025-07-01"))), 4);
}

TEST(Growth, SevenStars) {
  const LevelStandards standards = fixed_standards(telecom_growth(), 2, day("2025-07-01"));
  int star = 0;
  for (const int min : {600, 1'000, 1'500, 2'300, 4'000, 6'000, 8'000}) {
    EXPECT_EQ(level_for(min - 1, standards), star);
    EXPECT_EQ(level_for(min, standards), ++star);
  }
}

TEST(Growth, SuspensionsMayTakeMoreThanThereIs) {
  const Grading grading = telecom_growth();
  const std::int64_t value =
      growth_value({.sum_fen = 199, .tenure_months = -1, .suspensions = 3}, grading.score);
  EXPECT_EQ(value, -29);
  EXPECT_EQ(level_for(value, fixed_standards(grading, 1, day("2025-07-01"))), 0);
}

TEST(Growth, OnlyUpwardWithinItsYear) {
  const Grading grading = telecom_growth();
  const auto run = [&](const Grade& before, std::uint8_t level, const char* from) {
    const BeforeRun state{.grade = before,
                          .has = before.holds(day(from)),
                          .level = level_on(before, day(from)),
                          .on = day(from)};
    return run_grade(grading, state, level, GradeReason::kGrowth, day(from));
  };
  const Grade four = run({}, 4, "2025-02-01").value();
  EXPECT_EQ(four.to, day("2026-02-01"));
  EXPECT_EQ(run(four, 3, "2025-03-01"), std::nullopt);
  EXPECT_EQ(run(four, 4, "2025-03-01"), std::nullopt);  // nor does its year begin again
  const Grade five = run(four, 5, "2025-06-01").value();
  EXPECT_EQ(five, (Grade{5, GradeReason::kGrowth, day("2025-06-01"), day("2026-06-01")}));
  EXPECT_EQ(run(five, 2, "2026-05-01"), std::nullopt);
  EXPECT_EQ(run(five, 2, "2026-06-01").value().level, 2);
  EXPECT_EQ(run(five, 0, "2026-06-01"), std::nullopt);  // it is over by itself
  EXPECT_EQ(run({}, 0, "2026-06-01"), std::nullopt);
}

}  // namespace PH_FILE
}  // namespace ph::programme
