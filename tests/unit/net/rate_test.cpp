#include "platform/net/rate.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TokenBucket::Clock::time_point kStart{seconds(1'000)};

TEST(TokenBucket, HoldsASecondsWorthAtFirstAndNotOneMore) {
  TokenBucket bucket(10);
  bucket.fill(kStart);
  EXPECT_TRUE(bucket.has(10));
  EXPECT_FALSE(bucket.has(11));
  bucket.take(10);
  EXPECT_FALSE(bucket.has(1));
}

TEST(TokenBucket, FillsAtItsRateAndLosesNoFraction) {
  TokenBucket bucket(10);
  bucket.fill(kStart);
  bucket.take(10);
  bucket.fill(kStart + milliseconds(99));
  EXPECT_FALSE(bucket.has(1));
  bucket.fill(kStart + milliseconds(100));
  EXPECT_TRUE(bucket.has(1));
  EXPECT_FALSE(bucket.has(2));
}

TEST(TokenBucket, NeverHoldsMoreThanASecondsWorth) {
  TokenBucket bucket(TokenBucket::kPerSecondMax);
  bucket.fill(kStart);
  bucket.fill(kStart + seconds(3'600));
  EXPECT_TRUE(bucket.has(TokenBucket::kPerSecondMax));
  EXPECT_FALSE(bucket.has(TokenBucket::kPerSecondMax + 1));
}

TEST(TokenBucket, AStepBackOfTheClockGivesNothing) {
  TokenBucket bucket(10);
  bucket.fill(kStart);
  bucket.take(10);
  bucket.fill(kStart - seconds(5));
  bucket.fill(kStart);
  EXPECT_FALSE(bucket.has(1));
}

}  // namespace PH_FILE
}  // namespace ph
