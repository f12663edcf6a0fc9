#include "core/types/time.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

TEST(BusinessTime, TextComesBack) {
  for (const char* text :
       {"2000-01-01T00:00:00+08:00", "2026-02-28T23:59:59+08:00", "2099-12-31T12:30:01+08:00"}) {
    const auto time = BusinessTime::parse(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(time->text(), text);
  }
}

TEST(BusinessTime, RefusesOtherForms) {
  for (const char* text :
       {"2026-02-29T00:00:00+08:00", "2026-03-01T24:00:00+08:00", "2026-03-01T00:60:00+08:00",
        "2026-03-01T00:00:60+08:00", "2026-03-01T00:00:00Z", "2026-03-01 00:00:00+08:00",
        "2026-03-01T00:00:00+09:00", "2026-03-01T0:00:00+08:00", ""}) {
    EXPECT_FALSE(BusinessTime::parse(text).has_value()) << text;
  }
}

TEST(BusinessTime, ADayEndsWhereTheNextBegins) {
  const BusinessDate date = BusinessDate::of(2026, 3, 31);
  EXPECT_EQ(end_of(date), BusinessTime::of(date.plus_days(1), 0));
  EXPECT_EQ(end_of(date).plus_seconds(-1).date(), date);
  EXPECT_EQ(end_of(date).date(), BusinessDate::of(2026, 4, 1));
}

}  // namespace PH_FILE
}  // namespace ph
