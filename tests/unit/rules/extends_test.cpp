#include "core/rules/extends.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

constexpr ExpiryRule kTwoYears{.policy = ExpiryPolicy::kYear, .years = 2};
constexpr ExpiryRule kByQuarter{.policy = ExpiryPolicy::kQuarter, .years = 3};
const BusinessDate kExtendedOn = BusinessDate::of(2026, 11, 26);
const Month kUsedUpTo = BusinessDate::of(2026, 11, 25).month();

RuleBook book_with(std::vector<ExpiryRuleRow> expiries) {
  RuleRows rows;
  rows.participants = {{.code = "CLR",
                        .participant = kClearingHouse,
                        .kind = ParticipantKind::kClearing,
                        .line = 2}};
  rows.expiries = std::move(expiries);
  for (std::uint32_t i = 0; i < rows.expiries.size(); ++i) {
    rows.expiries[i].line = 3 + i;
  }
  return std::move(RuleBook::build(std::move(rows))).value();
}

ExpiryRuleRow row_from(const char* from, ExpiryRule rule) {
  return {.rule = rule, .from = *Month::parse(from)};
}

std::optional<ExtensionFault> fault_between(const std::vector<ExpiryRuleRow>& before,
                                            const std::vector<ExpiryRuleRow>& after,
                                            std::optional<Month> used = kUsedUpTo) {
  return extension_fault(book_with(before), book_with(after), kExtendedOn, used);
}

TEST(ExtendsExpiry, TakesARowOfAMonthThatHasNotBegun) {
  EXPECT_FALSE(fault_between({}, {}));
  EXPECT_FALSE(fault_between({}, {row_from("2026-12", kTwoYears)}));
  EXPECT_FALSE(fault_between({row_from("2020-01", kTwoYears)},
                             {row_from("2020-01", kTwoYears), row_from("2027-01", kByQuarter)}));
}

TEST(ExtendsExpiry, RefusesARowOfAMonthThatMayHavePoints) {
  const auto found = fault_between({}, {row_from("2026-11", kTwoYears)});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->line, 3U);
  EXPECT_EQ(found->what, "EXPIRY YEAR, 2 years, from 2026-11");
  EXPECT_NE(found->expected.find("behind 2026-11"), std::string::npos) << found->expected;
  EXPECT_TRUE(fault_between({}, {row_from("2020-01", kTwoYears)}));
}

// Even one that says what held before: nobody has to weigh whether it changes anything.
TEST(ExtendsExpiry, RefusesAnEarlyRowThatChangesNothing) {
  EXPECT_TRUE(fault_between({}, {row_from("2020-01", kByQuarter)}));
}

// The month of the newest day counts, whatever the clock says: who was late can still follow.
TEST(ExtendsExpiry, CountsTheNewestDayAlone) {
  const Month next = BusinessDate::of(2026, 12, 1).month();
  EXPECT_TRUE(fault_between({}, {row_from("2026-12", kTwoYears)}, next));
  EXPECT_FALSE(fault_between({}, {row_from("2027-01", kTwoYears)}, next));
  const Month april = BusinessDate::of(2026, 4, 1).month();
  EXPECT_TRUE(fault_between({}, {row_from("2026-04", kTwoYears)}, april));
  EXPECT_FALSE(fault_between({}, {row_from("2026-05", kTwoYears)}, april));
}

TEST(ExtendsExpiry, BindsNobodyBeforeTheFirstDay) {
  EXPECT_FALSE(fault_between({}, {row_from("2000-01", kTwoYears)}, std::nullopt));
  EXPECT_FALSE(fault_between({row_from("2000-01", kTwoYears)}, {}, std::nullopt));
}

TEST(ExtendsExpiry, RowsThatHaveBegunStay) {
  const std::vector<ExpiryRuleRow> before{row_from("2020-01", kTwoYears),
                                          row_from("2026-11", kByQuarter)};
  const auto missing = fault_between(before, {row_from("2020-01", kTwoYears)});
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->line, 0U);
  EXPECT_EQ(missing->what, "no row for EXPIRY QUARTER, 3 years, from 2026-11");
  const auto changed =
      fault_between(before, {row_from("2020-01", kTwoYears), row_from("2026-11", kTwoYears)});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->line, 4U);
  EXPECT_NE(changed->expected.find("QUARTER, 3 years, from 2026-11, as it was"), std::string::npos);
  EXPECT_TRUE(
      fault_between(before, {row_from("2020-01", {.policy = ExpiryPolicy::kYear, .years = 3}),
                             row_from("2026-11", kByQuarter)}));
}

TEST(ExtendsExpiry, ARowThatHasNotBegunMayStillChange) {
  EXPECT_FALSE(fault_between({row_from("2026-12", kTwoYears)}, {row_from("2026-12", kByQuarter)}));
  EXPECT_FALSE(fault_between({row_from("2026-12", kTwoYears)}, {}));
  EXPECT_FALSE(fault_between({row_from("2026-12", kTwoYears)}, {row_from("2027-02", kTwoYears)}));
}

}  // namespace PH_FILE
}  // namespace ph
