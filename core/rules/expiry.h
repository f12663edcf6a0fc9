// When points expire (domain 3.5, C8): a rule of the whole network, since every lot that is made is
// held against it at the clearing.
#pragma once

#include <cstdint>

#include "core/types/date.h"

namespace ph {

enum class ExpiryPolicy : std::uint8_t {
  kQuarter = 1,  // the day after the earned month's quarter, so many years on
  kYear = 2,     // 1 January after the earned year and so many years
};

struct ExpiryRule {
  ExpiryPolicy policy{ExpiryPolicy::kQuarter};
  int years{3};  // 1 to 10

  friend bool operator==(const ExpiryRule&, const ExpiryRule&) = default;
};

// The day on which unused points of this earned month are cancelled: the first on which they can't
// be used.
[[nodiscard]] inline BusinessDate expiry_of(const ExpiryRule& rule, Month earned) {
  const int of_year = earned.count() % 12;
  const int to_end = rule.policy == ExpiryPolicy::kQuarter ? 3 - of_year % 3 : 12 - of_year;
  const int months = earned.count() + to_end + 12 * rule.years;
  if (months >= Month::kCount) {
    return BusinessDate(BusinessDate::kCount);  // Beyond the calendar: never within a period.
  }
  return first_day(Month(static_cast<std::uint16_t>(months)));
}

}  // namespace ph
