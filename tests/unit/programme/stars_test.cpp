// Star ratings of March 2016: twenty accounts that are rated, five that aren't, and who has what.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "core/programme/grade.h"
#include "core/programme/level.h"
#include "core/programme/score.h"
#include "core/programme/tenure.h"
#include "core/programme/yearly.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

const Month kMarch = *Month::parse("2016-03");

struct Rated {
  const char* joined;
  std::int64_t sum_fen;
  bool vip;
  std::int64_t arpu;
  const char* score;
  std::uint8_t star;
  std::uint16_t effective;
};
constexpr std::array<Rated, 20> kRated{{{"2010-05", 249'540, false, 208, "312", 5, 5},
                                        {"2009-01", 192'000, true, 160, "240", 4, kVip},
                                        {"2015-01", 191'940, false, 160, "176", 3, 3},
                                        {"2014-02", 161'940, false, 135, "162", 3, 3},
                                        {"2013-01", 139'200, false, 116, "754/5", 3, 3},
                                        {"2015-07", 107'200, false, 134, "134", 3, 3},
                                        {"2015-09", 78'600, false, 131, "131", 3, 3},
                                        {"2012-06", 118'800, false, 99, "1287/10", 2, 2},
                                        {"2011-06", 105'600, false, 88, "616/5", 2, 2},
                                        {"2011-03", 90'000, false, 75, "225/2", 2, kLoyal},
                                        {"2013-09", 84'000, false, 70, "84", 2, 2},
                                        {"2014-05", 71'400, false, 60, "66", 2, 2},
                                        {"2015-05", 50'000, false, 50, "50", 2, 2},
                                        {"2006-08", 36'000, false, 30, "45", 1, kLoyal},
                                        {"2013-04", 43'200, false, 36, "216/5", 1, 1},
                                        {"2012-02", 34'800, false, 29, "203/5", 1, 1},
                                        {"2014-10", 42'000, true, 35, "77/2", 1, kVip},
                                        {"2015-06", 22'500, false, 25, "25", 1, 1},
                                        {"2008-12", 14'400, false, 12, "18", 1, kLoyal},
                                        {"2012-12", 6'480, false, 5, "13/2", 1, 1}}};

FactorTable factors() {
  return FactorTable::of(unicom_stars().factors).value();
}
Score score_of(const Rated& account) {
  const Month joined = month(account.joined);
  const std::int64_t arpu = arpu_yuan(account.sum_fen, arpu_window(joined, kMarch, 12).size());
  return star_score(arpu, factors(), whole_years(complete_months(joined, kMarch)));
}
Histogram scores_of_march() {
  HistogramBuilder builder;
  for (const Rated& account : kRated) {
    builder.add(score_of(account));
  }
  return std::move(builder).build();
}
StarInput ratable() {
  return {.real_name = true, .bill = Fen::of(5'000), .joined = month("2012-01")};
}

TEST(Stars, ArpuRoundsHalfUp) {
  EXPECT_EQ(arpu_yuan(71'400, 12), 60);  // 59.5
  EXPECT_EQ(arpu_yuan(71'399, 12), 59);
  EXPECT_EQ(arpu_yuan(6'480, 12), 5);  // 5.4
  EXPECT_EQ(arpu_yuan(0, 12), 0);
  for (const Rated& account : kRated) {
    const int months = arpu_window(month(account.joined), kMarch, 12).size();
    EXPECT_EQ(arpu_yuan(account.sum_fen, months), account.arpu) << account.joined;
  }
}

TEST(Stars, TenureFactorIsExact) {
  const FactorTable table = factors();
  EXPECT_EQ(table.scale(), 10U);
  const std::array<std::uint64_t, 8> tenths{10, 11, 12, 13, 14, 15, 15, 15};
  for (int years = 0; years < 8; ++years) {
    EXPECT_EQ(table.at(years), tenths.at(static_cast<std::size_t>(years)));
  }
  for (const Rated& account : kRated) {
    const Ratio exact{static_cast<Int128>(score_of(account)), Int128{table.scale()}};
    EXPECT_EQ(exact.text(), account.score) << account.joined;
  }
}

TEST(Stars, FactorsOverOneDenominator) {
  const std::vector<Factor> odd{{.years_from = 0, .factor = {1, 3}},
                                {.years_from = 2, .factor = {5, 4}}};
  const FactorTable table = FactorTable::of(odd).value();
  EXPECT_EQ(table.scale(), 12U);
  EXPECT_EQ(star_score(100, table, 1), 400U);
  EXPECT_EQ(star_score(100, table, 2), 1'500U);
  EXPECT_FALSE(FactorTable::of({}));
  const std::vector<Factor> late{{.years_from = 1, .factor = {1, 1}}};
  EXPECT_FALSE(FactorTable::of(late));
  const std::vector<Factor> twice{{.years_from = 0, .factor = {1, 1}},
                                  {.years_from = 0, .factor = {2, 1}}};
  EXPECT_FALSE(FactorTable::of(twice));
  // Two large primes: their product has more than 32 bits.
  const std::vector<Factor> wide{{.years_from = 0, .factor = {1, 999'983}},
                                 {.years_from = 1, .factor = {1, 999'979}}};
  EXPECT_FALSE(FactorTable::of(wide));
  const std::vector<Factor> large{{.years_from = 0, .factor = {1'000'000, 999'983}},
                                  {.years_from = 1, .factor = {1'000'000, 1}}};
  EXPECT_FALSE(FactorTable::of(large));
}

TEST(Stars, ThresholdsOfTwenty) {
  const Histogram scores = scores_of_march();
  EXPECT_EQ(scores.units(), 20U);
  const std::vector<CutFound> cuts = cuts_of(scores, unicom_stars(), factors().scale());
  const std::vector<CutFound> expected{
      {.level = 5, .percent = 5, .rank = 1, .score = 3'120, .threshold = 310},
      {.level = 4, .percent = 15, .rank = 3, .score = 1'760, .threshold = 180},
      {.level = 3, .percent = 30, .rank = 6, .score = 1'340, .threshold = 130},
      {.level = 2, .percent = 70, .rank = 14, .score = 450, .threshold = 50}};
  EXPECT_EQ(cuts, expected);
  const LevelStandards standards = standards_of(cuts, unicom_stars(), factors().scale());
  std::map<int, int> stars;
  for (const Rated& account : kRated) {
    const std::uint8_t star = level_for(static_cast<Int128>(score_of(account)), standards);
    EXPECT_EQ(star, account.star) << account.joined;
    ++stars[star];
  }
  EXPECT_EQ(stars, (std::map<int, int>{{5, 1}, {4, 1}, {3, 5}, {2, 6}, {1, 7}}));
}

TEST(Stars, NobodyRatedNoThresholds) {
  EXPECT_TRUE(cuts_of({}, unicom_stars(), 10).empty());
}

TEST(Stars, UnroundedScoreAgainstThreshold) {
  LevelStandards standards;
  standards.levels = 6;
  standards.base = 1;
  standards.scale = 10;
  standards.min[3] = 130;
  EXPECT_EQ(level_for(1'300, standards), 3);
  EXPECT_EQ(level_for(1'299, standards), 1);  // 129.9 isn't 130
}

TEST(Stars, ThresholdsThatCoincideGiveTheHigherStar) {
  LevelStandards standards;
  standards.levels = 6;
  standards.base = 1;
  standards.min[4] = 130;
  standards.min[3] = 130;
  EXPECT_EQ(level_for(130, standards), 4);
  EXPECT_EQ(level_for(129, standards), 1);
}

TEST(Stars, PublishedThresholdsOf2015) {
  Grading grading = unicom_stars();
  grading.thresholds = {threshold(5, 260), threshold(4, 140), threshold(3, 90), threshold(2, 30)};
  const LevelStandards standards = fixed_standards(grading, 1, day("2015-07-01"));
  const std::array<std::pair<int, int>, 8> levels{
      {{260, 5}, {259, 4}, {140, 4}, {139, 3}, {90, 3}, {89, 2}, {30, 2}, {29, 1}}};
  for (const auto& expected : levels) {
    EXPECT_EQ(level_for(expected.first, standards), expected.second) << expected.first;
  }
  // A threshold of its own is one star's, too.
  grading.thresholds.push_back(threshold(1, 10));
  EXPECT_EQ(level_for(9, fixed_standards(grading, 1, day("2015-07-01"))), 0);
}

TEST(Stars, WindowEndsBeforeTheRatingMonth) {
  const MonthRange window = arpu_window(month("2010-01"), kMarch, 12);
  EXPECT_EQ(window, (MonthRange{month("2015-03"), kMarch}));
  EXPECT_FALSE(window.holds(kMarch));
  EXPECT_EQ(arpu_window(month("2015-09"), kMarch, 12).size(), 6);
  EXPECT_EQ(arpu_window(month("2015-03"), kMarch, 12).size(), 12);
}

TEST(Stars, WhoIsEligible) {
  EXPECT_EQ(why_not_rated(ratable(), kMarch, 6), std::nullopt);
  StarInput input = ratable();
  input.real_name = false;
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kNotRealName);
  input = ratable();
  input.joined.reset();
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kTooNew);
  input = ratable();
  input.grade_to = day("2016-04-02");
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kGradeHolds);
  input.grade_to = day("2016-04-01");
  EXPECT_EQ(why_not_rated(input, kMarch, 6), std::nullopt);
  // Of several reasons the first one in their order.
  EXPECT_EQ(why_not_rated({}, kMarch, 6), NotRated::kNotRealName);
  EXPECT_EQ(word(NotRated::kDataCard), "DATA_CARD");
}

TEST(Stars, NoDataCards) {
  StarInput input = ratable();
  input.data_card = true;
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kDataCard);
}

TEST(Stars, BilledInTheRatingMonth) {
  StarInput input = ratable();
  input.bill.reset();
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kNotBilled);
  input.bill = Fen{};  // Nothing was charged.
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kNotBilled);
  input.bill = Fen::of(1);
  EXPECT_EQ(why_not_rated(input, kMarch, 6), std::nullopt);
}

TEST(Stars, SeventhMonthEffectiveInTheEighth) {
  StarInput input = ratable();
  input.joined = month("2015-09");
  EXPECT_EQ(why_not_rated(input, kMarch, 6), std::nullopt);
  input.joined = month("2015-10");  // in its 6th month
  EXPECT_EQ(why_not_rated(input, kMarch, 6), NotRated::kTooNew);
  EXPECT_EQ(effective_from({}, kMarch), day("2016-04-01"));
}

TEST(Stars, OrdinaryBefore) {
  const Grade none;
  EXPECT_EQ(level_on(none, day("2016-03-31")), 0);
  // One who is rated and reaches nothing has one star.
  EXPECT_EQ(level_for(0, standards_of({}, unicom_stars(), 10)), 1);
}

TEST(Stars, NothingToAverageInTheJoiningMonth) {
  StarInput input = ratable();
  input.joined = kMarch;
  EXPECT_EQ(why_not_rated(input, kMarch, 0), NotRated::kTooNew);
}

TEST(Stars, LegacyIsRatedInItsLastMonth) {
  StarInput input = ratable();
  input.legacy_until = month("2016-06");
  EXPECT_EQ(why_not_rated(input, month("2016-03"), 6), NotRated::kLegacyHolds);
  EXPECT_EQ(why_not_rated(input, month("2016-05"), 6), NotRated::kLegacyHolds);
  EXPECT_EQ(why_not_rated(input, month("2016-06"), 6), std::nullopt);
  EXPECT_EQ(effective_from({}, month("2016-06")), day("2016-07-01"));
}

TEST(C14, LegacyUntilItExpires) {
  EXPECT_TRUE(flag_holds(month("2015-01"), month("2016-06"), month("2016-06")));
  EXPECT_FALSE(flag_holds(month("2015-01"), month("2016-06"), month("2016-07")));
  EXPECT_FALSE(flag_holds(month("2015-01"), month("2016-06"), month("2014-12")));
}

TEST(Stars, LoyalAtSixtyMonths) {
  const Flag loyal{.name = "loyal", .by = FlagBy::kTenure, .months = 60};
  EXPECT_TRUE(has_by_tenure(loyal, complete_months(month("2011-03"), kMarch)));
  EXPECT_FALSE(has_by_tenure(loyal, complete_months(month("2011-04"), kMarch)));
  EXPECT_FALSE(has_by_tenure({.name = "vip", .by = FlagBy::kReview}, 100));
}

std::uint16_t effective(std::initializer_list<std::uint16_t> grades) {
  std::vector<Held> held;
  for (const std::uint16_t grade : grades) {
    held.push_back({.grade = grade});
  }
  return effective_of(unicom_order(), held);
}

TEST(Stars, OneStarLoyalAboveTwoStar) {
  EXPECT_EQ(effective({1, kLoyal}), kLoyal);
  EXPECT_EQ(effective({2, kLoyal}), kLoyal);
  EXPECT_EQ(effective({4, kLoyal}), kLoyal);
  EXPECT_EQ(effective({2}), 2);
  EXPECT_EQ(effective({5, kVip, kLoyal}), 5);
  EXPECT_EQ(effective({5, kLegacyDiamond}), kLegacyDiamond);
  EXPECT_EQ(effective({4, kLegacySilver}), kLegacySilver);
  EXPECT_EQ(effective({}), kNoIndex);
}

TEST(C11, VipAboveFourStar) {
  EXPECT_EQ(effective({4, kVip}), kVip);
  EXPECT_EQ(effective({kLegacyGold, kVip}), kLegacyGold);
}

TEST(Stars, EffectiveOfTheTwenty) {
  const Flag loyal{.name = "loyal", .by = FlagBy::kTenure, .months = 60};
  for (const Rated& account : kRated) {
    std::vector<Held> held{{.grade = account.star}};
    if (account.vip) {
      held.push_back({.grade = kVip});
    }
    if (has_by_tenure(loyal, complete_months(month(account.joined), kMarch))) {
      held.push_back({.grade = kLoyal});
    }
    EXPECT_EQ(effective_of(unicom_order(), held), account.effective) << account.joined;
  }
}

TEST(Stars, NewRatingReplacesAlsoDownwards) {
  const Grading grading = unicom_stars();
  const auto run = [&](const Grade& before, std::uint8_t level, BusinessDate from) {
    const BeforeRun state{
        .grade = before, .has = before.holds(from), .level = level_on(before, from), .on = from};
    return run_grade(grading, state, level, GradeReason::kRated, from).value();
  };
  const Grade five = run({}, 5, day("2016-04-01"));
  EXPECT_EQ(five, (Grade{5, GradeReason::kRated, day("2016-04-01"), day("2017-04-01")}));
  EXPECT_EQ(level_on(five, day("2017-03-31")), 5);
  EXPECT_EQ(level_on(five, day("2017-04-01")), 0);
  const Grade two = run(five, 2, day("2017-04-01"));
  EXPECT_EQ(two.level, 2);
  EXPECT_EQ(two.to, day("2018-04-01"));
  EXPECT_FALSE(is_confirmed(five, two));
  EXPECT_TRUE(is_confirmed(five, run(five, 5, five.to)));
}

// Of 21 one more than a twentieth is needed for the first; of 3 the best is in all shares but 70 %.
TEST(Stars, RanksOfSharesThatAreNoWholeNumber) {
  const auto ranks = [](std::uint64_t units) {
    HistogramBuilder builder;
    for (std::uint64_t n = 1; n <= units; ++n)
      builder.add(n * 10);
    const Histogram scores = std::move(builder).build();
    std::string out;
    for (const CutFound& cut : cuts_of(scores, unicom_stars(), factors().scale())) {
      EXPECT_EQ(cut.score, (units + 1 - cut.rank) * 10);
      out += std::to_string(cut.rank) + " ";
    }
    return out;
  };
  EXPECT_EQ(ranks(21), "2 4 7 15 ");
  EXPECT_EQ(ranks(20), "1 3 6 14 ");
  EXPECT_EQ(ranks(3), "1 1 1 3 ");
  EXPECT_EQ(ranks(1), "1 1 1 1 ");
}

TEST(Review, TwoPeople) {
  EXPECT_EQ(reviewed("G-0001", "G-0002"), Refusal::kNone);
}
TEST(Review, OnePersonIsRefused) {
  EXPECT_EQ(reviewed("G-0001", "G-0001"), Refusal::kOnePerson);
}

}  // namespace PH_FILE
}  // namespace ph::programme
