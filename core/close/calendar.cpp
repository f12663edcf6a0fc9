#include "core/close/calendar.h"

#include <algorithm>
#include <array>

namespace ph {

std::optional<bool> Calendar::is_working_day(BusinessDate date) const {
  const int year = date.civil().year;
  const auto found = std::ranges::find(years_, year, &CalendarYear::year);
  if (found == years_.end()) {
    return std::nullopt;
  }
  constexpr int kSaturday = 5;
  if (date.weekday() >= kSaturday) {
    return std::ranges::find(found->workdays, date) != found->workdays.end();
  }
  return std::ranges::find(found->holidays, date) == found->holidays.end();
}

std::optional<PeriodDates> Calendar::dates_of(Month period) const {
  if (period.count() + 1 >= Month::kCount) {
    return std::nullopt;
  }
  constexpr int kLastWanted = 15;
  std::array<BusinessDate, kLastWanted + 1> working_day{};
  const BusinessDate last = last_day(period.next());
  int count = 0;
  for (BusinessDate date = first_day(period.next()); count < kLastWanted;
       date = date.plus_days(1)) {
    const std::optional<bool> works = is_working_day(date);
    if (!works || date > last) {
      return std::nullopt;
    }
    if (*works) {
      working_day.at(static_cast<std::size_t>(++count)) = date;
    }
  }
  return PeriodDates{.close = working_day[3],
                     .draft = working_day[5],
                     .disputes = working_day[10],
                     .final = working_day[12],
                     .payment = working_day[15]};
}

}  // namespace ph
