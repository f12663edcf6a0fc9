#include "core/programme/histogram.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/types/amount.h"

namespace ph::programme {
namespace PH_FILE {

Histogram of(std::vector<Histogram::Entry> entries) {
  return Histogram::from(std::move(entries)).value();
}

TEST(Histogram, RanksCountFromTheHighest) {
  const Histogram scores = of({{90, 1}, {70, 3}, {10, 2}});
  EXPECT_EQ(scores.units(), 6U);
  EXPECT_EQ(scores.at_rank(0), std::nullopt);
  EXPECT_EQ(scores.at_rank(1), 90U);
  EXPECT_EQ(scores.at_rank(2), 70U);
  EXPECT_EQ(scores.at_rank(4), 70U);
  EXPECT_EQ(scores.at_rank(5), 10U);
  EXPECT_EQ(scores.at_rank(6), 10U);
  EXPECT_EQ(scores.at_rank(7), std::nullopt);
  EXPECT_EQ(Histogram{}.at_rank(1), std::nullopt);
}

TEST(Histogram, MergedIsThatOfAll) {
  const std::vector<Histogram> parts{of({{90, 1}, {10, 2}}), of({{90, 2}, {50, 1}}), Histogram{},
                                     of({{100, 1}})};
  EXPECT_EQ(Histogram::merge(parts), of({{100, 1}, {90, 3}, {50, 1}, {10, 2}}));
  EXPECT_EQ(Histogram::merge({}), Histogram{});
  EXPECT_EQ(Histogram::merge({parts.data(), 1}), parts[0]);
}

TEST(Histogram, IsBuiltOfScoresInAnyOrder) {
  HistogramBuilder builder;
  for (const Score score : {5U, 9U, 5U, 7U, 9U, 9U}) {
    builder.add(score);
  }
  builder.add(7, 0);
  builder.add(1, 4);
  EXPECT_EQ(std::move(builder).build(), of({{9, 3}, {7, 1}, {5, 2}, {1, 4}}));
}

TEST(Histogram, SettlesManyScoresOnTheWay) {
  HistogramBuilder builder;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    builder.add(i * 7'919 % 1'000);
  }
  const Histogram scores = std::move(builder).build();
  EXPECT_EQ(scores.entries().size(), 1'000U);
  EXPECT_EQ(scores.units(), 300'000U);
  EXPECT_EQ(scores.entries().front(), (Histogram::Entry{999, 300}));
}

TEST(Histogram, IsRefusedUnlessItDescends) {
  EXPECT_FALSE(Histogram::from({{5, 1}, {5, 1}}));
  EXPECT_FALSE(Histogram::from({{5, 1}, {6, 1}}));
  EXPECT_FALSE(Histogram::from({{5, 0}}));
  EXPECT_FALSE(Histogram::from({{5, Histogram::kUnitsMax}, {4, 1}}));
  EXPECT_FALSE(Histogram::from({{5, 1}, {4, std::numeric_limits<std::uint64_t>::max()}}));
  EXPECT_TRUE(Histogram::from({{5, Histogram::kUnitsMax}}));
  EXPECT_TRUE(Histogram::from({{Histogram::kScoreMax, 1}}));
  EXPECT_FALSE(Histogram::from({{Histogram::kScoreMax + 1, 1}}));
}

TEST(Histogram, RankOfAPercentageRoundsUp) {
  EXPECT_EQ(rank_of(20, 5), 1U);
  EXPECT_EQ(rank_of(20, 15), 3U);
  EXPECT_EQ(rank_of(20, 30), 6U);
  EXPECT_EQ(rank_of(20, 70), 14U);
  EXPECT_EQ(rank_of(21, 5), 2U);
  EXPECT_EQ(rank_of(1, 1), 1U);
  EXPECT_EQ(rank_of(0, 50), 1U);
  EXPECT_EQ(rank_of(Histogram::kUnitsMax, 99), (Histogram::kUnitsMax * 99 + 99) / 100);
}

TEST(Histogram, ThresholdIsRoundedHalfUp) {
  EXPECT_EQ(threshold_of(3'120, 10, 10), 310);
  EXPECT_EQ(threshold_of(1'760, 10, 10), 180);
  EXPECT_EQ(threshold_of(450, 10, 10), 50);    // 45
  EXPECT_EQ(threshold_of(449, 10, 10), 40);    // 44.9
  EXPECT_EQ(threshold_of(49, 10, 10), 0);      // 4.9
  EXPECT_EQ(threshold_of(1'255, 10, 1), 126);  // 125.5
  EXPECT_EQ(threshold_of(Histogram::kScoreMax, 1, 1), 4'000'000'000'000'000'000);
  EXPECT_EQ(threshold_of(Histogram::kScoreMax, 1, kAmountMax), 4'000'000'000'000'000'000);
}

}  // namespace PH_FILE
}  // namespace ph::programme
