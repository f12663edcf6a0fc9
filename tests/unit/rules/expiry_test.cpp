#include "core/rules/expiry.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

constexpr ExpiryRule kQuarters{.policy = ExpiryPolicy::kQuarter, .years = 3};
constexpr ExpiryRule kYears{.policy = ExpiryPolicy::kYear, .years = 2};

Month month_named(const char* text) {
  return *Month::parse(text);
}

TEST(Expiry, QuarterPlusThreeYears) {
  const auto expiry = [](const char* text) {
    return expiry_of(kQuarters, month_named(text)).text();
  };
  EXPECT_EQ(expiry("2004-01"), "2007-04-01");
  EXPECT_EQ(expiry("2004-02"), "2007-04-01");
  EXPECT_EQ(expiry("2004-03"), "2007-04-01");
  EXPECT_EQ(expiry("2004-04"), "2007-07-01");
  EXPECT_EQ(expiry("2004-12"), "2008-01-01");
  EXPECT_EQ(ExpiryRules().expiry_of(month_named("2004-02")).text(), "2007-04-01");
}

// Earned in 2020: last usable on 2022-12-31, cancelled by the run of the day after.
TEST(C8, CalendarYearPolicy) {
  for (int m = 1; m <= 12; ++m) {
    const BusinessDate run = expiry_of(kYears, BusinessDate::of(2020, m, 1).month());
    EXPECT_EQ(run.plus_days(-1).text(), "2022-12-31");
    EXPECT_EQ(run.text(), "2023-01-01");
  }
  EXPECT_EQ(expiry_of(kYears, month_named("2019-12")).text(), "2022-01-01");
  EXPECT_EQ(expiry_of(kYears, month_named("2021-01")).text(), "2024-01-01");
}

TEST(Expiry, LiesBeyondTheCalendarWhenItsYearDoes) {
  EXPECT_EQ(expiry_of(kQuarters, month_named("2096-09")).text(), "2099-10-01");
  EXPECT_EQ(expiry_of(kQuarters, month_named("2096-10")).count(), BusinessDate::kCount);
  EXPECT_EQ(expiry_of(kYears, month_named("2096-12")).text(), "2099-01-01");
  EXPECT_EQ(expiry_of(kYears, month_named("2097-01")).count(), BusinessDate::kCount);
}

TEST(ExpiryRules, ARowHoldsFromItsMonthUntilTheNextOne) {
  const ExpiryRule longer{.policy = ExpiryPolicy::kQuarter, .years = 5};
  const ExpiryRules rules({{.from = month_named("2020-01"), .rule = kYears},
                           {.from = month_named("2022-07"), .rule = longer}});
  EXPECT_EQ(rules.rule(month_named("2019-12")), kQuarters);
  EXPECT_EQ(rules.rule(month_named("2020-01")), kYears);
  EXPECT_EQ(rules.rule(month_named("2022-06")), kYears);
  EXPECT_EQ(rules.rule(month_named("2022-07")), longer);
  EXPECT_EQ(rules.rule(month_named("2099-12")), longer);
  EXPECT_EQ(rules.expiry_of(month_named("2019-12")).text(), "2023-01-01");
  EXPECT_EQ(rules.expiry_of(month_named("2022-06")).text(), "2025-01-01");
  EXPECT_EQ(rules.expiry_of(month_named("2022-07")).text(), "2027-10-01");
}

// The days on which there is something to cancel, by whichever rule it was earned under.
TEST(ExpiryRules, SayOnWhichDaysPointsExpire) {
  const auto run = [](const ExpiryRules& rules, int year, int month, int day = 1) {
    return is_expiry_run(rules, BusinessDate::of(year, month, day));
  };
  EXPECT_TRUE(run({}, 2007, 4));
  EXPECT_FALSE(run({}, 2007, 4, 2));
  EXPECT_FALSE(run({}, 2007, 5));
  EXPECT_TRUE(run({}, 2008, 1));
  EXPECT_FALSE(run({}, 2002, 4));  // nothing was earned three years before
  const ExpiryRules years({{.from = month_named("2020-03"), .rule = kYears}});
  EXPECT_TRUE(run(years, 2023, 1));
  EXPECT_TRUE(run(years, 2023, 4));  // January and February of 2020, still by the quarter
  EXPECT_FALSE(run(years, 2023, 7));
  EXPECT_TRUE(run(years, 2024, 1));
  EXPECT_FALSE(run(years, 2024, 4));
}

// Without a rule book: some rule's day, or none.
TEST(ExpiryRules, SayWhichDaysAnyRuleCouldGive) {
  const Month earned = month_named("2020-02");
  EXPECT_TRUE(may_expire(earned, BusinessDate::of(2021, 4, 1)));
  EXPECT_TRUE(may_expire(earned, BusinessDate::of(2030, 4, 1)));
  EXPECT_TRUE(may_expire(earned, BusinessDate::of(2022, 1, 1)));
  EXPECT_TRUE(may_expire(earned, BusinessDate::of(2031, 1, 1)));
  EXPECT_FALSE(may_expire(earned, BusinessDate::of(2020, 4, 1)));
  EXPECT_FALSE(may_expire(earned, BusinessDate::of(2031, 4, 1)));
  EXPECT_FALSE(may_expire(earned, BusinessDate::of(2021, 1, 1)));
  EXPECT_FALSE(may_expire(earned, BusinessDate::of(2032, 1, 1)));
  EXPECT_FALSE(may_expire(earned, BusinessDate::of(2023, 7, 1)));
  EXPECT_TRUE(may_expire(month_named("2097-01"), BusinessDate::of(2099, 5, 5)));
}

}  // namespace PH_FILE
}  // namespace ph
