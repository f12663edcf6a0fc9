// When members are told what will expire (domain 3.5). The day of the run itself is that of the
// rule book: core/rules/expiry.h.
#pragma once

#include <algorithm>

#include "core/rules/expiry.h"
#include "core/types/date.h"

namespace ph::programme {

// So many months before the run, which is on the first of a month; never before the calendar.
[[nodiscard]] inline BusinessDate notice_day(int notice_months, BusinessDate run) {
  return first_day(
      Month(static_cast<std::uint16_t>(std::max(0, run.month().count() - notice_months))));
}

}  // namespace ph::programme
