// When points expire (domain 3.5, C8): a rule of the whole network, since every lot that is made is
// held against it at the clearing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

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

inline constexpr int kExpiryYearsMax = 10;

// From which earned month on a rule holds.
struct ExpiryFrom {
  Month from{};
  ExpiryRule rule{};

  friend bool operator==(const ExpiryFrom&, const ExpiryFrom&) = default;
};

// Which rule holds for which earned month. Before the first row, and without any, points expire
// three years after their quarter. A value: a home keeps a copy of its rule book's.
class ExpiryRules {
 public:
  ExpiryRules() = default;
  // Ascending by `from`, each once.
  explicit ExpiryRules(std::vector<ExpiryFrom> rows) : rows_(std::move(rows)) {}

  [[nodiscard]] ExpiryRule rule(Month earned) const {
    const auto after = std::ranges::upper_bound(rows_, earned, {}, &ExpiryFrom::from);
    return after == rows_.begin() ? ExpiryRule{} : (after - 1)->rule;
  }
  [[nodiscard]] BusinessDate expiry_of(Month earned) const {
    return ph::expiry_of(rule(earned), earned);
  }

  friend bool operator==(const ExpiryRules&, const ExpiryRules&) = default;

 private:
  std::vector<ExpiryFrom> rows_;
};

// Do points of some month expire on this day? It is the first of a month then.
[[nodiscard]] inline bool is_expiry_run(const ExpiryRules& rules, BusinessDate day) {
  const Month before(static_cast<std::uint16_t>(std::max(0, day.month().count() - 1)));
  for (int back = 0; back < 12 * (kExpiryYearsMax + 1) && back <= before.count(); ++back) {
    if (rules.expiry_of(Month(static_cast<std::uint16_t>(before.count() - back))) == day) {
      return true;
    }
  }
  return false;
}

// Is there any rule by which points of this month expire so? All that can be said of a lot by who
// has no rule book. What lies beyond the calendar isn't judged.
[[nodiscard]] inline bool may_expire(Month earned, BusinessDate expires_on) {
  for (const ExpiryPolicy policy : {ExpiryPolicy::kQuarter, ExpiryPolicy::kYear}) {
    for (int years = 1; years <= kExpiryYearsMax; ++years) {
      const BusinessDate day = expiry_of({.policy = policy, .years = years}, earned);
      if (day == expires_on || day.count() >= BusinessDate::kCount) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace ph
