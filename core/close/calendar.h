// Working days, and the dates of a period's close (domain 8.6). Past the last year given it fails
// closed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/types/date.h"

namespace ph {

// One CALENDAR file: complete for its year.
struct CalendarYear {
  int year{};
  std::vector<BusinessDate> holidays{};  // Monday to Friday, not worked
  std::vector<BusinessDate> workdays{};  // Saturday or Sunday, worked
};

struct PeriodDates {
  BusinessDate close{};     // working day 3 of the next month, 24:00
  BusinessDate draft{};     // 5
  BusinessDate disputes{};  // 10
  BusinessDate final{};     // 12
  BusinessDate payment{};   // 15
};

class Calendar {
 public:
  explicit Calendar(std::vector<CalendarYear> years) : years_(std::move(years)) {}
  // nullopt: the year is not in the calendar.
  [[nodiscard]] std::optional<bool> is_working_day(BusinessDate date) const;
  // nullopt: the calendar has no year for the month after `period`, or fewer than 15 working days
  // in it.
  [[nodiscard]] std::optional<PeriodDates> dates_of(Month period) const;

 private:
  std::vector<CalendarYear> years_;
};

}  // namespace ph
