#include "core/close/calendar.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

CalendarYear year_2007() {
  return {.year = 2007,
          .holidays = {BusinessDate::of(2007, 5, 1), BusinessDate::of(2007, 5, 2),
                       BusinessDate::of(2007, 5, 3), BusinessDate::of(2007, 5, 4),
                       BusinessDate::of(2007, 5, 7)},
          .workdays = {BusinessDate::of(2007, 4, 28), BusinessDate::of(2007, 4, 29)}};
}

TEST(Calendar, KnowsWeekendsHolidaysAndWorkedWeekends) {
  const Calendar calendar({year_2007()});
  EXPECT_EQ(calendar.is_working_day(BusinessDate::of(2007, 4, 27)), true);
  EXPECT_EQ(calendar.is_working_day(BusinessDate::of(2007, 4, 28)), true);
  EXPECT_EQ(calendar.is_working_day(BusinessDate::of(2007, 5, 1)), false);
  EXPECT_EQ(calendar.is_working_day(BusinessDate::of(2007, 5, 5)), false);
}

TEST(Calendar, CountsWorkingDaysOfTheNextMonth) {
  const auto dates = Calendar({year_2007()}).dates_of(*Month::parse("2007-04"));
  ASSERT_TRUE(dates.has_value());
  EXPECT_EQ(dates->close, BusinessDate::of(2007, 5, 10));
  EXPECT_EQ(dates->draft, BusinessDate::of(2007, 5, 14));
  EXPECT_EQ(dates->disputes, BusinessDate::of(2007, 5, 21));
  EXPECT_EQ(dates->final, BusinessDate::of(2007, 5, 23));
  EXPECT_EQ(dates->payment, BusinessDate::of(2007, 5, 28));
}

TEST(Calendar, FailsClosedPastItsYears) {
  const Calendar calendar({year_2007()});
  EXPECT_EQ(calendar.is_working_day(BusinessDate::of(2008, 1, 2)), std::nullopt);
  EXPECT_TRUE(calendar.dates_of(*Month::parse("2007-11")).has_value());
  EXPECT_EQ(calendar.dates_of(*Month::parse("2007-12")), std::nullopt);
  EXPECT_EQ(calendar.dates_of(*Month::parse("2099-12")), std::nullopt);
}

TEST(Calendar, AMonthOfTooFewWorkingDaysHasNoDates) {
  CalendarYear year{.year = 2007};
  for (int day = 1; day <= 14; ++day) {
    year.holidays.push_back(BusinessDate::of(2007, 5, day));
  }
  EXPECT_EQ(Calendar({year}).dates_of(*Month::parse("2007-04")), std::nullopt);
}

}  // namespace PH_FILE
}  // namespace ph
