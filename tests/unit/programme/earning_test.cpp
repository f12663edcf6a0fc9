#include "core/programme/earning.h"

#include <gtest/gtest.h>

#include <array>

#include "core/programme/expiry.h"
#include "core/programme/tenure.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

TEST(Earning, WholeYuanOfAMonth) {
  const EarnRule rule;
  EXPECT_EQ(points_of(rule, Fen::of(12'000)).count(), 120);
  EXPECT_EQ(points_of(rule, Fen{}).count(), 0);
  // Of each month by itself: 12 x 99.99 yuan are 12 x 99 points, not 1,199.
  std::int64_t year = 0;
  for (int bill = 0; bill < 12; ++bill) {
    year += points_of(rule, Fen::of(9'999)).count();
  }
  EXPECT_EQ(year, 1'188);
  EXPECT_EQ(points_of(rule, Fen::of(kAmountMax)).count(), 1'000'000'000);
}

TEST(Earning, DropsLessThanAYuan) {
  const EarnRule rule;
  EXPECT_EQ(points_of(rule, Fen::of(99)).count(), 0);
  EXPECT_EQ(points_of(rule, Fen::of(100)).count(), 1);
  EXPECT_EQ(points_of(rule, Fen::of(8'860)).count(), 88);
  EXPECT_EQ(points_of(rule, Fen::of(42'055)).count(), 420);
  EXPECT_EQ(points_of(rule, Fen::of(199)).count(), consumption_points(199));
}

TEST(Earning, RoundsUpWhereToldTo) {
  const EarnRule rule{.round = Rounding::kUp};
  EXPECT_EQ(points_of(rule, Fen::of(1)).count(), 1);
  EXPECT_EQ(points_of(rule, Fen::of(100)).count(), 1);
  EXPECT_EQ(points_of(rule, Fen::of(101)).count(), 2);
  EXPECT_EQ(points_of(rule, Fen{}).count(), 0);
}

TEST(Earning, OfAnyUnitAndRatioRoundedOnce) {
  // 3 points for 2 units of 50 fen: 175 fen are 3.5 units, 5.25 points.
  const EarnRule rule{.unit_fen = 50, .points_per_unit = {3, 2}};
  EXPECT_EQ(points_of(rule, Fen::of(175)).count(), 5);
  EXPECT_EQ(
      points_of({.unit_fen = 50, .points_per_unit = {3, 2}, .round = Rounding::kUp}, Fen::of(175))
          .count(),
      6);
  // The largest there is: 10^11 fen, a million points a fen.
  EXPECT_EQ(
      points_of({.unit_fen = 1, .points_per_unit = {1'000'000, 1}}, Fen::of(kAmountMax)).count(),
      kAmountMax * 1'000'000);
}

TEST(Earning, ThirdPartyAndCollectedFeesGiveNone) {
  const auto rest = eligible(Fen::of(20'000), Fen::of(3'050), Fen::of(1'000));
  ASSERT_TRUE(rest);
  EXPECT_EQ(points_of({}, *rest).count(), 159);
  EXPECT_EQ(eligible(Fen::of(100), Fen::of(60), Fen::of(40)), Fen{});
  EXPECT_EQ(eligible(Fen::of(100), Fen::of(60), Fen::of(41)), std::nullopt);
}

TEST(Earning, ABillOf24MonthsAgoIsTooOld) {
  EXPECT_FALSE(is_too_old(month("2007-01"), month("2008-12")));
  EXPECT_TRUE(is_too_old(month("2006-12"), month("2008-12")));
  EXPECT_FALSE(is_too_old(month("2009-01"), month("2008-12")));
}

TEST(C12, YuanNotMinutes) {
  const EarnRule shipped;
  EXPECT_EQ(shipped.unit_fen, 100);
  EXPECT_EQ(points_of(shipped, Fen::of(100)).count(), 1);
}

TEST(Sp, ByTheTelecomsShare) {
  EXPECT_EQ(sp_points({}, Fen::of(10'000), {3, 10}).count(), 30);
}

TEST(Sp, FlooredOnce) {
  // 9.99 yuan x 3/10 = 2.997; floored before the share it would be the same, but not of 3.34.
  EXPECT_EQ(sp_points({}, Fen::of(999), {3, 10}).count(), 2);
  EXPECT_EQ(sp_points({}, Fen::of(334), {3, 10}).count(), 1);
  EXPECT_EQ(sp_points({}, Fen::of(333), {3, 10}).count(), 0);
}

TEST(Partner, SpendAtItsRatio) {
  EXPECT_EQ(partner_points(Fen::of(50'000), {1, 10}).count(), 50);
  EXPECT_EQ(partner_points(Fen::of(999), {1, 10}).count(), 0);
  EXPECT_EQ(partner_points(Fen::of(1'050), {2, 1}).count(), 21);
}

TEST(FixedLine, InAtTheRatio) {
  EXPECT_EQ(converted(Units::of(1'000), Ratio{1, 2}).count(), 500);
  EXPECT_EQ(converted(Units::of(999), Ratio{1, 2}).count(), 499);
}

TEST(FixedLine, OutAtTheRatio) {
  EXPECT_EQ(converted(Points::of(1'000), Ratio{1, 1}).count(), 1'000);
  EXPECT_EQ(converted(Points::of(1'001), Ratio{2, 3}).count(), 667);
}

TEST(Backfill, ItsWindowIsSixMonthsAndThatOfCompletion) {
  // Completed on 2008-11-10: May to October are credited, and November, if its bill is there; older
  // ones are lost.
  const MonthRange window = window_with(month("2008-11"), 6);
  EXPECT_EQ(window.size(), 7);
  EXPECT_FALSE(window.holds(month("2008-04")));
  EXPECT_TRUE(window.holds(month("2008-05")));
  EXPECT_TRUE(window.holds(month("2008-10")));
  EXPECT_TRUE(window.holds(month("2008-11")));
  EXPECT_FALSE(window.holds(month("2008-12")));
  EXPECT_EQ(points_of({}, Fen::of(5'000)).count(), 50);
  EXPECT_EQ(window_with(month("2008-11"), 0).size(), 1);
  EXPECT_EQ(window_with(month("2000-03"), 6).size(), 3);
}

TEST(Backfill, QuartersOfItsMonthsGiveItsExpiry) {
  const ExpiryRule rule;
  EXPECT_EQ(ph::expiry_of(rule, month("2008-05")), day("2011-07-01"));
  EXPECT_EQ(ph::expiry_of(rule, month("2008-07")), day("2011-10-01"));
  EXPECT_EQ(ph::expiry_of(rule, month("2008-10")), day("2012-01-01"));
  EXPECT_EQ(ph::expiry_of(rule, month("2008-12")), day("2012-01-01"));
}

TEST(Notice, ExactDatesOfTheSource) {
  const ExpiryRule rule;
  EXPECT_EQ(ph::expiry_of(rule, month("2004-01")), day("2007-04-01"));
  EXPECT_EQ(notice_day(1, day("2007-04-01")), day("2007-03-01"));
  EXPECT_EQ(ph::expiry_of(rule, month("2004-04")), day("2007-07-01"));
  EXPECT_EQ(notice_day(1, day("2007-07-01")), day("2007-06-01"));
  EXPECT_EQ(notice_day(0, day("2007-07-01")), day("2007-07-01"));
  EXPECT_EQ(notice_day(12, day("2000-04-01")), day("2000-01-01"));
  EXPECT_EQ(notice_day(1, BusinessDate(BusinessDate::kCount)), day("2099-12-01"));
}

TEST(Tenure, JoiningMonthIsZero) {
  EXPECT_EQ(complete_months(month("2008-08"), month("2008-08")), 0);
  EXPECT_EQ(complete_months(month("2008-08"), month("2008-12")), 4);
  EXPECT_EQ(complete_months(month("2003-12"), month("2008-12")), 60);
  EXPECT_LT(complete_months(month("2009-01"), month("2008-12")), 0);
  EXPECT_EQ(whole_years(11), 0);
  EXPECT_EQ(whole_years(12), 1);
  EXPECT_EQ(whole_years(119), 9);
  EXPECT_EQ(whole_years(-1), 0);
}

TEST(Tenure, EveryMonthHasItsBand) {
  const std::vector<TenureBand> bands = telecom_bands();
  const std::array<std::pair<int, int>, 14> edges{{{0, 0},
                                                   {6, 0},
                                                   {7, 1},
                                                   {12, 1},
                                                   {13, 2},
                                                   {24, 2},
                                                   {25, 3},
                                                   {36, 3},
                                                   {37, 4},
                                                   {48, 4},
                                                   {49, 5},
                                                   {60, 5},
                                                   {61, 6},
                                                   {1'200, 6}}};
  for (const auto& edge : edges) {
    EXPECT_EQ(band_of(bands, edge.first), edge.second) << edge.first;
  }
  EXPECT_EQ(band_of(bands, -1), kNoIndex);
}

// A year of an account under option A: the same bill each month of 2008.
struct OptionAYear {
  std::int64_t tenure{};
  std::int64_t level{};
};
OptionAYear option_a(const char* joined, const char* first, std::int64_t fen, std::uint16_t level) {
  const std::vector<TenureBand> bands = telecom_bands();
  OptionAYear sum;
  for (Month at = month(first); at <= month("2008-12"); at = at.next()) {
    const Points consumption = points_of({}, Fen::of(fen));
    const std::uint16_t band = band_of(bands, complete_months(month(joined), at));
    sum.tenure += uplift(consumption, *bands[band].rate).count();
    sum.level += uplift(consumption, rate_of(telecom_level_rates(), level)).count();
  }
  return sum;
}

TEST(OptionA, TenureUpliftMonthByMonth) {
  EXPECT_EQ(option_a("2008-08", "2008-08", 8'860, 0).tenure, 0);
  EXPECT_EQ(option_a("2008-01", "2008-01", 15'000, kVipCard).tenure, 75);
  EXPECT_EQ(option_a("2007-12", "2008-01", 10'050, kVipCard).tenure, 60);
  EXPECT_EQ(option_a("2007-06", "2008-01", 20'000, kSilver).tenure, 360);
  EXPECT_EQ(option_a("2006-03", "2008-01", 9'999, kSilver).tenure, 318);
  EXPECT_EQ(option_a("2005-07", "2008-01", 31'000, kSilver).tenure, 1'271);
  EXPECT_EQ(option_a("2003-12", "2008-01", 42'055, kGold).tenure, 2'520);
  EXPECT_EQ(option_a("2004-10", "2008-01", 8'000, kGold).tenure, 400);
  EXPECT_EQ(option_a("2003-05", "2008-01", 90'000, kDiamond).tenure, 6'030);
  EXPECT_EQ(option_a("2002-01", "2008-01", 33'333, kDiamond).tenure, 2'388);
}

TEST(OptionA, LevelUplift) {
  EXPECT_EQ(option_a("2007-12", "2008-01", 10'050, kVipCard).level, 0);
  EXPECT_EQ(option_a("2006-03", "2008-01", 9'999, kSilver).level, 108);
  EXPECT_EQ(option_a("2005-07", "2008-01", 31'000, kSilver).level, 372);
  EXPECT_EQ(option_a("2003-12", "2008-01", 42'055, kGold).level, 1'008);
  EXPECT_EQ(option_a("2002-01", "2008-01", 33'333, kDiamond).level, 1'992);
}

TEST(OptionA, EachAccountByItself) {
  // 99.99 and 200.00 yuan of one member: 9 + 20 points, not the 29.9 of both together.
  EXPECT_EQ(uplift(points_of({}, Fen::of(9'999)), {1, 10}).count() +
                uplift(points_of({}, Fen::of(20'099)), {1, 10}).count(),
            29);
}

TEST(OnEntry, OnceForEachBand) {
  std::vector<TenureBand> bands = telecom_bands();
  for (std::size_t i = 0; i < bands.size(); ++i) {
    bands[i].rate.reset();
    bands[i].points = static_cast<std::int64_t>(100 * i);
  }
  EXPECT_EQ(on_entry(bands, 0, kNoIndex), (Entered{.entered = 0, .points = {}}));
  EXPECT_EQ(on_entry(bands, 6, 0), std::nullopt);
  EXPECT_EQ(on_entry(bands, 7, 0), (Entered{.entered = 1, .points = Points::of(100)}));
  EXPECT_EQ(on_entry(bands, 8, 1), std::nullopt);
  EXPECT_EQ(on_entry(bands, 12, 1), std::nullopt);
  // Two bands passed without a bill: the one that it lies in gives.
  EXPECT_EQ(on_entry(bands, 40, 1), (Entered{.entered = 4, .points = Points::of(400)}));
  // A bill of before that comes late gives nothing again.
  EXPECT_EQ(on_entry(bands, 30, 4), std::nullopt);
  EXPECT_EQ(on_entry(bands, -1, kNoIndex), std::nullopt);
}

TEST(OnEntry, OnceForEachLevel) {
  std::vector<LevelRate> rates = telecom_level_rates();
  for (LevelRate& rate : rates) {
    rate.points = 1'000 * rate.level.index;
  }
  EXPECT_EQ(on_entry(rates, kGold, kVipCard), (Entered{kGold, Points::of(3'000)}));
  EXPECT_EQ(on_entry(rates, kGold, kGold), std::nullopt);
  EXPECT_EQ(on_entry(rates, kSilver, kGold), std::nullopt);
  EXPECT_EQ(on_entry(rates, 0, 0), std::nullopt);
}

}  // namespace PH_FILE
}  // namespace ph::programme
