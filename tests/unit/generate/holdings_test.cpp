// The generator's model of lots against docs/events.md, section 2; and its random numbers.
#include "app/generate/holdings.h"

#include <gtest/gtest.h>

#include "app/generate/random.h"

namespace ph::generate {
namespace PH_FILE {

const BusinessDate kToday = BusinessDate::of(2026, 3, 10);
const Participant kIssuer(11);
const Participant kOther(31);

Lot lot_of(Participant issuer, std::uint32_t number, std::uint32_t points, BusinessDate expires) {
  return {.id = EntryId(issuer, BusinessDate::of(2025, 1, 5), number).packed(),
          .original = points,
          .remaining = points,
          .expires = expires,
          .earned = Month(299),
          .source = Source::kConsumption,
          .rating = true};
}

class HoldingsTest : public testing::Test {
 protected:
  void SetUp() override { (void)holdings_.add_holder({.number = 11'000'000'000'010}); }
  std::uint32_t add(std::uint32_t number, std::uint32_t points, int days) {
    return holdings_.add_lot(0, lot_of(kIssuer, number, points, kToday.plus_days(days)));
  }

  Holdings holdings_{};
};

TEST_F(HoldingsTest, TakesTheEarliestExpiryFirstAndGivesTheLastConsumedBackFirst) {
  const std::uint32_t late = add(1, 100, 90);
  const std::uint32_t soon = add(2, 40, 30);
  Slices slices = holdings_.take(0, 60, kToday);
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(slices[0].lot, soon);
  EXPECT_EQ(slices[1].points, 20U);
  holdings_.restore(0, slices, 30, kToday);
  EXPECT_EQ(holdings_.lot(late).remaining, 100U);
  EXPECT_EQ(holdings_.lot(soon).remaining, 10U);
  EXPECT_EQ(sum(slices), 30U);
}

TEST_F(HoldingsTest, DoesNotCountWhatExpiresToday) {
  (void)add(1, 100, 0);
  (void)add(2, 7, 1);
  EXPECT_EQ(holdings_.available(0, kToday), 7U);
}

TEST_F(HoldingsTest, GivesThirtyDaysToALotThatExpiredMeanwhile) {
  const std::uint32_t lot = add(1, 100, 5);
  Slices slices = holdings_.take(0, 100, kToday);
  holdings_.restore(0, slices, 100, kToday.plus_days(5));
  EXPECT_EQ(holdings_.lot(lot).expires, kToday.plus_days(35));
  EXPECT_EQ(holdings_.available(0, kToday.plus_days(5)), 100U);
}

TEST_F(HoldingsTest, KeepsHeldPointsThroughExpiryUntilTheyAreReleased) {
  const std::uint32_t lot = add(1, 100, 5);
  Slices held = holdings_.hold(0, 60, kToday);
  holdings_.expire(0, kToday.plus_days(5));
  EXPECT_EQ(holdings_.lot(lot).remaining, 60U);
  (void)holdings_.capture(held, 25);
  holdings_.release(held);
  holdings_.expire(0, kToday.plus_days(6));
  EXPECT_EQ(holdings_.lot(lot).remaining, 0U);
}

TEST_F(HoldingsTest, TurnsWhatIsMissingIntoADebtThatTheSameIssuersNextLotRepays) {
  const std::uint32_t lot = add(1, 50, 90);
  (void)holdings_.add_lot(0, lot_of(kOther, 2, 500, kToday.plus_days(60)));
  holdings_.take_back(0, lot, 80, kToday);
  ASSERT_EQ(holdings_.debts(0).size(), 1U);
  EXPECT_EQ(holdings_.debts(0)[0].points, 30U);
  EXPECT_EQ(holdings_.available(0, kToday), 470U);
  const std::uint32_t next = holdings_.earn(0, lot_of(kIssuer, 3, 100, kToday.plus_days(99)));
  EXPECT_EQ(holdings_.lot(next).remaining, 70U);
  EXPECT_TRUE(holdings_.debts(0).empty());
}

TEST_F(HoldingsTest, LeavesNothingToAMemberWhoLeft) {
  const std::uint32_t lot = add(1, 50, 90);
  Slices slices = holdings_.take(0, 20, kToday);
  holdings_.close(0);
  holdings_.restore(0, slices, 20, kToday);
  holdings_.take_back(0, lot, 10, kToday);
  EXPECT_EQ(holdings_.lot(lot).remaining, 0U);
  EXPECT_TRUE(holdings_.debts(0).empty());
}

// The reference outputs of SplitMix64 and xoshiro256** by their authors' own code.
TEST(GeneratorRandom, IsTheSameEverywhere) {
  EXPECT_EQ(mixed(1234567), 6457827717110365317U);
  Random random(0);
  EXPECT_EQ(random.next(), 11091344671253066420U);
  EXPECT_EQ(random.next(), 13793997310169335082U);
  EXPECT_EQ(random.next(), 1900383378846508768U);
}

TEST(GeneratorRandom, StaysBelowItsBound) {
  Random random(42);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_LT(random.below(7), 7U);
    const std::uint32_t value = random.between(3, 5);
    EXPECT_TRUE(value >= 3 && value <= 5);
  }
}

}  // namespace PH_FILE
}  // namespace ph::generate
