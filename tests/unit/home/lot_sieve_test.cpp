// What the sieve of a home's lots says of ids that are there, and of others.
#include "core/home/lot_sieve.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

constexpr std::uint32_t kMany = 5'000;

LotId lot(std::uint32_t number) {
  return LotId(Participant(1), BusinessDate::of(2007, 4, 5), number);
}
void add(LotBook& lots, LotBook::List& list, std::uint32_t number) {
  lots.insert(list, {.id = lot(number), .original = 1, .remaining = 1});
}

TEST(LotSieve, NeverDeniesALotThatIsThere) {
  LotBook lots;
  LotSieve sieve;
  for (std::uint32_t n = 0; n < kMany; ++n) {
    LotBook::List list;
    add(lots, list, n);
    ASSERT_TRUE(sieve.may_have(lots, lot(n))) << n;
  }
  for (std::uint32_t n = 0; n < kMany; ++n) {
    ASSERT_TRUE(sieve.may_have(lots, lot(n))) << n;
  }
}

TEST(LotSieve, DeniesNearlyAllOthers) {
  LotBook lots;
  LotSieve sieve;
  EXPECT_FALSE(sieve.may_have(lots, lot(0)));
  for (std::uint32_t n = 0; n < kMany; ++n) {
    LotBook::List list;
    add(lots, list, n);
  }
  std::uint32_t wrong = 0;
  for (std::uint32_t n = kMany; n < 2 * kMany; ++n) {
    wrong += sieve.may_have(lots, lot(n)) ? 1U : 0U;
  }
  EXPECT_LT(wrong, kMany / 50);
}

}  // namespace PH_FILE
}  // namespace ph
