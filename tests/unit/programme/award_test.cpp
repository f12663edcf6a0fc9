// The year 2008 of six members with ten accounts: what the run of 31 December gives.
#include "core/programme/award.h"

#include <gtest/gtest.h>

#include <array>

#include "core/programme/earning.h"
#include "core/programme/tenure.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

struct AccountOf2008 {
  char member;
  const char* joined;
  std::int64_t year_fen;
  int band;
  std::int64_t award;
};
constexpr std::array<AccountOf2008, 10> kAccounts{{{'A', "2008-08", 44'300, 0, 0},
                                                   {'B', "2008-01", 180'000, 1, 150},
                                                   {'B', "2007-12", 120'600, 1, 150},
                                                   {'C', "2007-06", 240'000, 2, 480},
                                                   {'C', "2006-03", 119'988, 3, 359},
                                                   {'D', "2005-07", 372'000, 4, 1'488},
                                                   {'E', "2003-12", 504'660, 5, 1'501},
                                                   {'E', "2004-10", 96'000, 5, 1'501},
                                                   {'F', "2003-05", 1'080'000, 6, 4'439},
                                                   {'F', "2002-01", 399'996, 6, 4'439}}};

std::vector<Cohort> tenure_cohorts() {
  std::vector<Cohort> cohorts(7);
  for (const AccountOf2008& account : kAccounts) {
    const int months = complete_months(month(account.joined), month("2008-12"));
    cohorts.at(band_of(telecom_bands(), months)).add(Fen::of(account.year_fen));
  }
  return cohorts;
}

// Members by their level: one each, all accounts added.
std::vector<Cohort> level_cohorts() {
  std::vector<Cohort> cohorts(5);
  const std::array<std::pair<char, std::uint16_t>, 6> levels{
      {{'A', 0}, {'B', kVipCard}, {'C', kSilver}, {'D', kSilver}, {'E', kGold}, {'F', kDiamond}}};
  for (const auto& member : levels) {
    std::int64_t sum = 0;
    for (const AccountOf2008& account : kAccounts) {
      sum += account.member == member.first ? account.year_fen : 0;
    }
    cohorts.at(member.second).add(Fen::of(sum));
  }
  return cohorts;
}

TEST(Award, EveryTenureBand) {
  const std::vector<Cohort> cohorts = tenure_cohorts();
  const std::array<const char*, 7> exact{"0",    "1503/10",  "480",        "89991/250",
                                         "1488", "30033/20", "1109997/250"};
  const std::array<const char*, 7> average{"44300",  "150300", "240000", "119988",
                                           "372000", "300330", "739998"};
  const std::array<std::int64_t, 7> each{0, 150, 480, 359, 1'488, 1'501, 4'439};
  for (std::size_t band = 0; band < 7; ++band) {
    const AwardOf award = award_of(*telecom_bands()[band].rate, cohorts[band], 100);
    EXPECT_EQ(award.average.text(), average.at(band)) << band;
    EXPECT_EQ(award.exact.text(), exact.at(band)) << band;
    EXPECT_EQ(award.each.count(), each.at(band)) << band;
  }
}

TEST(Award, EachAccountHasThatOfItsCohort) {
  const std::vector<Cohort> cohorts = tenure_cohorts();
  for (const AccountOf2008& account : kAccounts) {
    const int months = complete_months(month(account.joined), month("2008-12"));
    const std::uint16_t band = band_of(telecom_bands(), months);
    EXPECT_EQ(band, account.band);
    EXPECT_EQ(award_of(*telecom_bands()[band].rate, cohorts[band], 100).each.count(),
              account.award);
  }
}

TEST(Award, EveryLevelRate) {
  const std::vector<Cohort> cohorts = level_cohorts();
  const std::array<const char*, 5> exact{"0", "0", "182997/500", "30033/25", "369999/50"};
  const std::array<std::int64_t, 5> each{0, 0, 365, 1'201, 7'399};
  for (std::uint16_t level = 0; level < 5; ++level) {
    const AwardOf award = award_of(rate_of(telecom_level_rates(), level), cohorts[level], 100);
    EXPECT_EQ(award.exact.text(), exact.at(level)) << level;
    EXPECT_EQ(award.each.count(), each.at(level)) << level;
  }
  EXPECT_EQ(award_of({1, 10}, cohorts[kSilver], 100).average.text(), "365994");
}

TEST(LevelAward, SameForAllOfALevel) {
  // C spent 3,599.88 yuan, D 3,720: each silver member gets a tenth of what both spent on average.
  const Cohort silver = level_cohorts()[kSilver];
  EXPECT_EQ(silver.size(), 2U);
  EXPECT_EQ(award_of({1, 10}, silver, 100).each.count(), 365);
}

TEST(Award, LevelsAreOfMembers) {
  // Diamond is one member with two accounts: half of both, not of their average.
  const Cohort diamond = level_cohorts()[kDiamond];
  EXPECT_EQ(diamond, Cohort(1'479'996, 1));
  EXPECT_EQ(award_of({1, 2}, diamond, 100).each.count(), 7'399);
}

TEST(Award, FlooredOnce) {
  // 3 accounts of 0.99 yuan at 10 to 1: 9.9 points each; yuan first would make nothing of it.
  Cohort cohort;
  for (int i = 0; i < 3; ++i) {
    cohort.add(Fen::of(99));
  }
  EXPECT_EQ(award_of({10, 1}, cohort, 100).each.count(), 9);
  EXPECT_EQ(award_of({10, 1}, cohort, 100).exact.text(), "99/10");
}

TEST(Award, WhoeverSpentNothingCounts) {
  Cohort cohort(20'000, 1);
  cohort.add(Fen{});
  EXPECT_EQ(award_of({1, 10}, cohort, 100).each.count(), 10);
  EXPECT_EQ(award_of({1, 10}, Cohort{}, 100).each.count(), 0);
}

TEST(Award, OfMoreThan64Bits) {
  // 13,000,000 accounts with 12 bills of 10^11 fen, at the highest rate: 10 x 1.2 x 10^12 / 100.
  const Cohort cohort(Int128{13'000'000} * 12 * kAmountMax, 13'000'000);
  EXPECT_EQ(award_of({10, 1}, cohort, 100).each.count(), 120'000'000'000);
  const AwardOf awkward = award_of({999'983, 999'979}, cohort, 100);
  EXPECT_EQ(awkward.each.count(), 12'000'048'001);
}

TEST(Award, PartsOfACohortAddUp) {
  Cohort left(100, 2);
  left.merge(Cohort(50, 3));
  EXPECT_EQ(left, Cohort(150, 5));
}

TEST(C3, AwardIsOfTheAverage) {
  // Not 10,000 for gold whatever it spent: a fifth of the average.
  EXPECT_EQ(award_of({1, 5}, Cohort(600'660, 1), 100).each.count(), 1'201);
  EXPECT_EQ(award_of({1, 5}, Cohort(60'066, 1), 100).each.count(), 120);
}

TEST(C2, OrdinaryVipSilverGoldDiamond) {
  const std::vector<LevelRate> rates = telecom_level_rates();
  EXPECT_EQ(rate_of(rates, 0), (Ratio{0, 1}));
  EXPECT_EQ(rate_of(rates, kVipCard), (Ratio{0, 1}));
  EXPECT_EQ(rate_of(rates, kSilver), (Ratio{1, 10}));
  EXPECT_EQ(rate_of(rates, kGold), (Ratio{1, 5}));
  EXPECT_EQ(rate_of(rates, kDiamond), (Ratio{1, 2}));
}

}  // namespace PH_FILE
}  // namespace ph::programme
