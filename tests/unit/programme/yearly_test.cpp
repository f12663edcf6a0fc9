// What becomes of a grade in a yearly run (docs/decisions/0023-programme-format.md, section 4.1).
#include "core/programme/yearly.h"

#include <gtest/gtest.h>

#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

const BusinessDate kFrom = day("2009-01-01");
const BusinessDate kPosted = day("2009-01-20");

BeforeRun had(std::uint8_t level, GradeReason reason, const char* from, const char* to,
              bool has = true) {
  return {.grade = {level, reason, day(from), day(to)},
          .has = has,
          .level = has ? level : std::uint8_t{0},
          .on = kPosted};
}

std::optional<Grade> yearly_grade(const Grading& grading, const BeforeRun& before,
                                  std::uint8_t level, BusinessDate from) {
  return run_grade(grading, before, level, GradeReason::kAnnual, from);
}

TEST(Yearly, GivesEachGradeAnew) {
  const Grading grading = telecom_levels();
  const BeforeRun gold = had(kGold, GradeReason::kAnnual, "2008-01-01", "2009-01-01");
  for (std::uint8_t level = 0; level <= kDiamond; ++level) {
    EXPECT_EQ(yearly_grade(grading, gold, level, kFrom), annual(grading, level, kFrom));
  }
  EXPECT_EQ(yearly_grade(grading, {.on = kPosted}, kGold, kFrom), annual(grading, kGold, kFrom));
}

TEST(Yearly, NothingIsWrittenOfWhoHadNothingAndHasNothing) {
  const Grading grading = telecom_levels();
  EXPECT_EQ(yearly_grade(grading, {.on = kPosted}, 0, kFrom), std::nullopt);
  const BeforeRun ended = had(kGold, GradeReason::kMigration, "2008-01-01", "2009-01-01", false);
  EXPECT_EQ(yearly_grade(grading, ended, 0, kFrom), std::nullopt);
}

TEST(Yearly, AnApplicationOfALaterYearIsNotLowered) {
  const Grading grading = telecom_levels();
  const BeforeRun later = had(kSilver, GradeReason::kApplication, "2009-01-10", "2010-01-01");
  EXPECT_EQ(yearly_grade(grading, later, kVipCard, kFrom), std::nullopt);
  EXPECT_EQ(yearly_grade(grading, later, kSilver, kFrom), std::nullopt);
  EXPECT_EQ(yearly_grade(grading, later, kGold, kFrom), annual(grading, kGold, kFrom));
  const BeforeRun counted = had(kSilver, GradeReason::kApplication, "2008-06-10", "2009-01-01");
  EXPECT_EQ(yearly_grade(grading, counted, kVipCard, kFrom), annual(grading, kVipCard, kFrom));
}

TEST(Yearly, WithoutLapseNobodyFalls) {
  Grading grading = telecom_levels();
  grading.lapse = false;
  const BeforeRun gold = had(kGold, GradeReason::kAnnual, "2008-01-01", "2009-01-01");
  EXPECT_EQ(yearly_grade(grading, gold, kSilver, kFrom), std::nullopt);
  EXPECT_EQ(yearly_grade(grading, gold, kGold, kFrom), annual(grading, kGold, kFrom));
  EXPECT_EQ(yearly_grade(grading, gold, kDiamond, kFrom), annual(grading, kDiamond, kFrom));
  EXPECT_EQ(lapsed_grade(grading, gold, kFrom), std::nullopt);
}

TEST(Yearly, UpOnlyCountsWithinTheValidityAlone) {
  Grading grading = telecom_levels();
  grading.up_only = true;
  const BeforeRun within = had(kSilver, GradeReason::kMigration, "2008-06-01", "2009-06-01");
  EXPECT_EQ(yearly_grade(grading, within, kVipCard, kFrom), std::nullopt);
  EXPECT_EQ(yearly_grade(grading, within, kSilver, kFrom), std::nullopt);
  EXPECT_EQ(yearly_grade(grading, within, kGold, kFrom), annual(grading, kGold, kFrom));
  const BeforeRun behind = had(kSilver, GradeReason::kAnnual, "2008-01-01", "2009-01-01");
  EXPECT_EQ(yearly_grade(grading, behind, kVipCard, kFrom), annual(grading, kVipCard, kFrom));
}

TEST(Yearly, WhatARunGaveEndsWithTheNextOneThatDoesNotGradeHim) {
  const Grading grading = telecom_levels();
  const Grade lapsed{.level = 0, .reason = GradeReason::kLapsed, .from = kFrom};
  for (const auto reason : {GradeReason::kAnnual, GradeReason::kApplication}) {
    EXPECT_EQ(lapsed_grade(grading, had(kGold, reason, "2008-01-01", "2009-01-01"), kFrom), lapsed);
    EXPECT_EQ(lapsed_grade(grading, had(kGold, reason, "2008-01-01", "2009-01-02"), kFrom),
              std::nullopt);
    EXPECT_EQ(lapsed_grade(grading, had(0, reason, "2008-01-01", "2009-01-01"), kFrom),
              std::nullopt);
  }
  EXPECT_EQ(lapsed_grade(grading, {.on = kPosted}, kFrom), std::nullopt);
  EXPECT_EQ(
      lapsed_grade(grading, had(kGold, GradeReason::kReview, "2008-01-01", "2009-01-01"), kFrom),
      std::nullopt);
}

TEST(Yearly, StandardsAreThoseOfTheDayFromWhichGradesHold) {
  Grading grading = telecom_levels();
  grading.standards = Standards::kFixed;
  grading.thresholds = {threshold(kGold, 500)};
  grading.thresholds[0].in_force = {.from = kFrom};
  const Histogram scores = Histogram::from({{900, 10}}).value();
  EXPECT_EQ(yearly_standards(grading, 1, scores, kFrom).min[kGold], 500);
  EXPECT_EQ(yearly_standards(grading, 1, scores, day("2008-12-31")).min[kGold],
            LevelStandards::kUnreachable);
  EXPECT_EQ(yearly_standards(telecom_levels(), 1, scores, kFrom).min[kVipCard], 900);
}

TEST(Yearly, AYearEndsWithItsDecember) {
  EXPECT_EQ(year_of(month("2008-12")), (MonthRange{month("2008-01"), month("2009-01")}));
}

TEST(Application, EachLevelHasItsOwnStandard) {
  LevelStandards standards;
  standards.levels = 5;
  standards.min[kVipCard] = 100;
  standards.min[kDiamond] = 500;
  const BusinessDate on = day("2009-06-15");
  EXPECT_TRUE(applied(telecom_levels(), {}, kDiamond, 500, standards, on));
  EXPECT_TRUE(applied(telecom_levels(), {}, kVipCard, 500, standards, on));
  // Nobody reaches what has none, whatever he would reach above it.
  EXPECT_FALSE(applied(telecom_levels(), {}, kGold, 500, standards, on));
}

}  // namespace PH_FILE
}  // namespace ph::programme
