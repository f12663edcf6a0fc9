// Random programmes and months: what holds of awards, histograms, cuts, shares, prices, claims and
// orders whatever their figures are.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/programme/award.h"
#include "core/programme/benefit.h"
#include "core/programme/catalogue.h"
#include "core/programme/earning.h"
#include "core/programme/histogram.h"
#include "core/programme/level.h"
#include "core/programme/order.h"
#include "core/programme/score.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

using rc::gen::inRange;

TEST(EarningProperty, RoundsOnceByLessThanAPoint) {
  EXPECT_TRUE(rc::check("floor and up are less than one apart", [] {
    EarnRule rule{.unit_fen = *inRange<std::int64_t>(1, 100'001),
                  .points_per_unit = {*inRange<std::int64_t>(1, 1'000'001),
                                      *inRange<std::int64_t>(1, 1'000'001)}};
    const Fen fen = Fen::of(*inRange<std::int64_t>(0, kAmountMax + 1));
    const Int128 num = rule.points_per_unit.num() * fen.count();
    const Int128 den = rule.points_per_unit.den() * rule.unit_fen;
    const Int128 down = points_of(rule, fen).count();
    rule.round = Rounding::kUp;
    const Int128 up = points_of(rule, fen).count();
    RC_ASSERT(down * den <= num && num < (down + 1) * den);
    RC_ASSERT(up * den >= num && num > (up - 1) * den);
  }));
}

TEST(AwardProperty, NeverExceedsItsRateOfTheSum) {
  EXPECT_TRUE(rc::check("award x size <= rate x sum, and one point more would", [] {
    const auto size = *inRange<std::uint64_t>(1, 13'000'001);
    const Int128 sum = Int128{*inRange<std::int64_t>(0, 12 * kAmountMax)} *
                       static_cast<Int128>(*inRange<std::uint64_t>(1, size + 1));
    const auto num = *inRange<std::int64_t>(0, 1'000'001);
    const Ratio rate{num, *inRange<std::int64_t>(std::max<std::int64_t>(1, num / 10), 1'000'001)};
    const Int128 each = award_of(rate, Cohort(sum, size), 100).each.count();
    const auto units = static_cast<Int128>(size) * 100 * rate.den();
    RC_ASSERT(each * units <= rate.num() * sum);
    RC_ASSERT((each + 1) * units > rate.num() * sum);
  }));
}

using ByScore = std::map<Score, std::uint64_t, std::greater<>>;

Histogram built(const std::vector<Score>& scores) {
  HistogramBuilder builder;
  for (const Score score : scores) {
    builder.add(score);
  }
  return std::move(builder).build();
}

TEST(HistogramProperty, MergedIsThatOfAllUnitsWhateverTheSplitAndOrder) {
  EXPECT_TRUE(rc::check("31 provinces", [] {
    const auto scores = *rc::gen::container<std::vector<Score>>(inRange<Score>(0, 300));
    const auto provinces = *inRange<std::size_t>(1, 32);
    std::vector<std::vector<Score>> split(provinces);
    ByScore all;
    for (const Score score : scores) {
      split[*inRange<std::size_t>(0, provinces)].push_back(score);
      ++all[score];
    }
    std::vector<Histogram> parts;
    for (const std::vector<Score>& part : split) {
      parts.push_back(built(part));
      RC_ASSERT(Histogram::from(parts.back().entries()) == parts.back());
    }
    const Histogram merged = Histogram::merge(parts);
    RC_ASSERT(merged == built(scores));
    std::reverse(parts.begin(), parts.end());
    RC_ASSERT(Histogram::merge(parts) == merged);
    RC_ASSERT(merged.units() == scores.size());
    RC_ASSERT(merged.entries().size() == all.size());
    std::uint64_t rank = 0;
    for (const auto& entry : all) {
      rank += entry.second;
      RC_ASSERT(merged.at_rank(rank) == entry.first);
    }
  }));
}

TEST(CutsProperty, ThresholdsDescendAndCountAtLeastTheirShare) {
  EXPECT_TRUE(rc::check("cuts of random scores", [] {
    const auto scores =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<Score>>(inRange<Score>(0, 5'000)));
    const Histogram all = built(scores);
    const std::vector<CutFound> cuts = cuts_of(all, unicom_stars(), 10);
    for (std::size_t i = 1; i < cuts.size(); ++i) {
      RC_ASSERT(cuts[i].threshold <= cuts[i - 1].threshold);
      RC_ASSERT(cuts[i].rank >= cuts[i - 1].rank);
    }
    for (const CutFound& cut : cuts) {
      RC_ASSERT(cut.threshold % 10 == 0);
      // Half up: less than half a step below the score, at most half above.
      const Int128 twice = Int128{cut.threshold} * 20 - static_cast<Int128>(cut.score) * 2;
      RC_ASSERT(twice <= 100 && twice > -100);
    }
    const LevelStandards standards = standards_of(cuts, unicom_stars(), 10);
    std::uint8_t before = 1;
    for (Score score = 0; score < 5'000; score += 13) {
      const std::uint8_t level = level_for(static_cast<Int128>(score), standards);
      RC_ASSERT(level >= before);
      before = level;
    }
  }));
}

TEST(SharesProperty, CountsNeverExceedTheWhole) {
  EXPECT_TRUE(rc::check("random ratios, of all and of each other", [] {
    Grading grading = telecom_levels();
    grading.shares.clear();
    const auto n = *inRange<std::uint64_t>(0, 2'000);
    for (std::uint16_t level = 1; level < 5; ++level) {
      const auto of = *inRange<std::uint16_t>(0, level);
      const auto den = *inRange<std::int64_t>(2, 50);
      if (*inRange(0, 5) != 0) {
        grading.shares.push_back({.level = ref("level", level),
                                  .of = of == 0 ? ref("all", kNoIndex) : ref("of", of),
                                  .ratio = {*inRange<std::int64_t>(1, den), den}});
      }
    }
    const ShareCounts counts = share_counts(grading, n);
    std::uint64_t sum = 0;
    for (std::size_t level = kLevelsMax; level-- > 0;) {
      sum += counts.at(level).count;
      RC_ASSERT(counts.at(level).count == 0 || counts.at(level).last_rank == sum);
    }
    RC_ASSERT(sum <= n);
    // Members by rank have levels in the order of their scores.
    HistogramBuilder builder;
    for (std::uint64_t member = 0; member < n; ++member) {
      builder.add(*inRange<Score>(0, 100));
    }
    const Histogram scores = std::move(builder).build();
    const LevelStandards standards =
        standards_of(scores, counts, fixed_standards(grading, 9, day("2009-01-01")));
    std::uint64_t reached = 0;
    for (const Histogram::Entry& entry : scores.entries()) {
      reached += level_for(static_cast<Int128>(entry.score), standards) > 0 ? entry.units : 0;
    }
    const auto zeros = scores.entries().empty() || scores.entries().back().score != 0
                           ? 0
                           : scores.entries().back().units;
    RC_ASSERT(reached + zeros >= std::min(sum, n));
  }));
}

TEST(PriceProperty, NarrowestIsTheSameWhateverTheOrder) {
  EXPECT_TRUE(rc::check("a random catalogue at a random time", [] {
    CatalogueItem item;
    std::set<std::pair<int, int>> keys;
    for (int row = *inRange(0, 8); row > 0; --row) {
      Price price{.quantity = 1, .points = row, .cash = *inRange<std::int64_t>(0, 1'000)};
      price.in_force.from = BusinessDate(*inRange<std::uint16_t>(0, 20));
      price.minute_from = 60 * *inRange(0, 24);
      price.minute_to = 60 * *inRange(price.minute_from / 60 + 1, 25);
      price.weekdays = *inRange<std::uint8_t>(1, 128);
      // Rows as narrow that begin on one day are a fault of the file, 1111, if they can meet.
      if (keys.insert({price.minutes_a_week(), price.in_force.from.count()}).second) {
        item.prices.push_back(price);
      }
    }
    const BusinessTime at(*inRange<std::int64_t>(0, 30 * BusinessTime::kDaySeconds));
    const Price* found = price_at(item, 1, at);
    const std::int64_t points = found == nullptr ? -1 : found->points;
    std::reverse(item.prices.begin(), item.prices.end());
    const Price* again = price_at(item, 1, at);
    RC_ASSERT((again == nullptr ? -1 : again->points) == points);
    for (const Price& price : item.prices) {
      const auto minute = static_cast<int>(at.seconds_of_day() / 60);
      const bool holds = price.in_force.holds(at.date()) && price.minute_from <= minute &&
                         minute < price.minute_to &&
                         (price.weekdays & (1U << static_cast<unsigned>(at.date().weekday()))) != 0;
      RC_ASSERT(!holds || (again != nullptr && again->points > 0 && again->cash >= 0 &&
                           again->minutes_a_week() <= price.minutes_a_week()));
    }
  }));
}

TEST(BenefitProperty, NeverMoreThanItsCountAndOneBestOfEachGroup) {
  EXPECT_TRUE(rc::check("claims as they come", [] {
    std::vector<Benefit> benefits;
    for (int row = *inRange(1, 6); row > 0; --row) {
      Benefit benefit{.levels = refs({*inRange<std::uint16_t>(0, 3)}), .kind = BenefitKind::kClaim};
      benefit.per = *rc::gen::element(ClaimPer::kOnce, ClaimPer::kYear, ClaimPer::kGrade);
      benefit.count = *inRange<std::int64_t>(1, 3);
      benefit.group = *rc::gen::element<std::string>("", "a", "b");
      benefit.prefer = *rc::gen::element(Prefer::kNone, Prefer::kHours, Prefer::kCount);
      benefit.hours = *inRange(0, 3);
      benefits.push_back(benefit);
    }
    const std::vector<Held> held{{0, BusinessDate(10)}, {2, BusinessDate(20)}};
    std::vector<Claim> claims;
    for (int asked = 0; asked < 20; ++asked) {
      const auto index = *inRange<std::uint16_t>(0, static_cast<std::uint16_t>(benefits.size()));
      const auto made = claim(benefits, index, held, claims, "app", BusinessDate(30));
      if (made) {
        claims.push_back(*made);
      }
    }
    std::map<std::string, std::set<std::uint16_t>> of_group;
    std::map<std::uint16_t, std::int64_t> counts;
    for (const Claim& made : claims) {
      RC_ASSERT(++counts[made.benefit] <= benefits[made.benefit].count);
      RC_ASSERT(benefits[made.benefit].levels[0].index != 1);
      if (!benefits[made.benefit].group.empty()) {
        of_group[benefits[made.benefit].group].insert(made.benefit);
      }
    }
    for (const auto& group : of_group) {
      RC_ASSERT(group.second.size() == 1U);
    }
  }));
}

TEST(OrderProperty, NeverLeavesItsTable) {
  EXPECT_TRUE(rc::check("random steps", [] {
    using S = OrderState;
    const std::set<std::pair<S, S>> table{
        {S::kCreated, S::kShipped},   {S::kCreated, S::kDelivered}, {S::kCreated, S::kFailed},
        {S::kShipped, S::kDelivered}, {S::kShipped, S::kFailed},    {S::kDelivered, S::kReturned}};
    const OrderRule rule{.complaint_days = *inRange(0, 20), .hold_days = *inRange(0, 40)};
    OrderSteps order{.created = BusinessDate(100)};
    BusinessDate on(100);
    for (int i = 0; i < 8; ++i) {
      on = on.plus_days(*inRange(0, 12));
      const auto event = static_cast<OrderEvent>(*inRange(1, 6));
      const auto now = step(order, event, on, rule);
      if (now) {
        RC_ASSERT(table.count({order.state, now->state}) == 1U);
        RC_ASSERT(!is_overdue(order, on, rule) || now->state == S::kFailed);
        RC_ASSERT(now->state != S::kDelivered || now->delivered == on);
        order = *now;
      }
    }
    RC_ASSERT(order.created == BusinessDate(100));
  }));
}

TEST(ScoreProperty, IsExactOverTheCommonDenominator) {
  EXPECT_TRUE(rc::check("factors of any denominators", [] {
    std::vector<Factor> factors;
    const int steps = *inRange(1, 7);
    for (int years = 0; years < steps; ++years) {
      factors.push_back(
          {.years_from = years,
           .factor = {*inRange<std::int64_t>(1, 400), *inRange<std::int64_t>(1, 40)}});
    }
    const auto table = FactorTable::of(factors);
    RC_PRE(table.has_value());
    const auto arpu = *inRange<std::int64_t>(0, 1'000'000'001);
    const auto years = *inRange(0, 9);
    const std::size_t at = std::min(static_cast<std::size_t>(years), factors.size() - 1);
    const Ratio exact = factors[at].factor * arpu;
    const auto score = static_cast<Int128>(star_score(arpu, *table, years));
    RC_ASSERT(Ratio(score, Int128{table->scale()}) == exact);
  }));
}

}  // namespace PH_FILE
}  // namespace ph::programme
