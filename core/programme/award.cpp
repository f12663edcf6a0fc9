#include "core/programme/award.h"

#include "core/programme/rounding.h"

namespace ph::programme {

AwardOf award_of(Ratio rate, const Cohort& cohort, std::int64_t unit_fen) {
  if (cohort.size() == 0) {
    return {};
  }
  const Ratio average{cohort.sum_fen(), static_cast<Int128>(cohort.size())};
  const Ratio exact = rate * average * Ratio{1, unit_fen};
  return {.average = average,
          .exact = exact,
          .each = Points::of(rounded_down(exact.num(), exact.den()))};
}

}  // namespace ph::programme
