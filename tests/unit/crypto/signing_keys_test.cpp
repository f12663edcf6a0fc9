// Of two keys the one signs that the registry has for the sequence.
#include "platform/crypto/signing_keys.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

const BusinessDate kSignedOn = BusinessDate::of(2026, 3, 1);

class SigningKeysTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(registry_.add({"P01", old_.open().key, 1, 10}, kSignedOn), std::nullopt);
    ASSERT_EQ(registry_.add({"P01", new_.open().key, 10, 20}, kSignedOn), std::nullopt);
  }
  static SecretKey key() { return SecretKey::generate(KeyRole::kSender, "P01"); }

  SecretKey old_ = key();
  SecretKey new_ = key();
  KeyRegistry registry_{"CLR", kSignedOn};
};

TEST_F(SigningKeysTest, OfTwoTheOneThatCountsSigns) {
  const SigningKeys both(old_, &new_);
  EXPECT_EQ(&both.at(registry_, 1), &old_);
  EXPECT_EQ(&both.at(registry_, 9), &old_);
  EXPECT_EQ(&both.at(registry_, 10), &new_);
  EXPECT_EQ(&both.at(registry_, 19), &new_);
}

TEST_F(SigningKeysTest, WhereNeitherCountsTheFirstSigns) {
  EXPECT_EQ(&SigningKeys(old_, &new_).at(registry_, 20), &old_);
  EXPECT_EQ(&SigningKeys(old_).at(registry_, 10), &old_);
}

TEST_F(SigningKeysTest, ThePeriodIsTheClearingsSequence) {
  const SecretKey march = SecretKey::generate(KeyRole::kClearing, "CLR");
  const SecretKey april = SecretKey::generate(KeyRole::kClearing, "CLR");
  ASSERT_EQ(registry_.add({"CLR", march.open().key, 202603, 202604}, kSignedOn), std::nullopt);
  ASSERT_EQ(registry_.add({"CLR", april.open().key, 202604, std::nullopt}, kSignedOn),
            std::nullopt);
  const SigningKeys both(march, &april);
  EXPECT_EQ(both.counting(registry_, kSignedOn.month()), &march);
  EXPECT_EQ(both.counting(registry_, kSignedOn.plus_days(31).month()), &april);
  EXPECT_EQ(SigningKeys(march).counting(registry_, kSignedOn.plus_days(31).month()), nullptr);
}

}  // namespace PH_FILE
}  // namespace ph
