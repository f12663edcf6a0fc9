#include "core/programme/score.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/programme/earning.h"
#include "core/programme/rounding.h"
#include "core/programme/tenure.h"

namespace ph::programme {

std::int64_t arpu_yuan(Int128 sum_fen, int months) {
  check(months > 0, "an average of some months");
  return rounded_half_up(sum_fen, Int128{months} * 100);
}

std::optional<FactorTable> FactorTable::of(std::span<const Factor> factors) {
  std::uint64_t scale = 1;
  for (const Factor& factor : factors) {
    scale = std::lcm(scale, static_cast<std::uint64_t>(factor.factor.den()));
    if (scale > std::numeric_limits<std::uint32_t>::max()) {
      return std::nullopt;
    }
  }
  FactorTable table;
  table.scale_ = static_cast<std::uint32_t>(scale);
  for (const Factor& factor : factors) {
    const Int128 over = factor.factor.num() * (static_cast<Int128>(scale) / factor.factor.den());
    const bool ascends = table.steps_.empty() ? factor.years_from == 0
                                              : factor.years_from > table.steps_.back().years_from;
    if (!ascends || over < 0 || over > kMax) {
      return std::nullopt;
    }
    table.steps_.push_back(
        {.years_from = factor.years_from, .factor = static_cast<std::uint64_t>(over)});
  }
  return table.steps_.empty() ? std::nullopt : std::optional(std::move(table));
}

std::uint64_t FactorTable::at(int years) const {
  std::uint64_t factor = 0;
  for (const Step& step : steps_) {
    if (years < step.years_from) {
      break;
    }
    factor = step.factor;
  }
  return factor;
}

Score star_score(std::int64_t arpu_yuan, const FactorTable& factors, int years) {
  const Int128 score = Int128{arpu_yuan} * static_cast<Int128>(factors.at(years));
  check(score >= 0 && score <= static_cast<Int128>(Histogram::kScoreMax),
        "score of a bill within its bound");
  return static_cast<Score>(score);
}

std::string_view word(NotRated why) {
  switch (why) {
    case NotRated::kNotRealName:
      return "NOT_REAL_NAME";
    case NotRated::kDataCard:
      return "DATA_CARD";
    case NotRated::kNotBilled:
      return "NOT_BILLED";
    case NotRated::kTooNew:
      return "TOO_NEW";
    case NotRated::kLegacyHolds:
      return "LEGACY_HOLDS";
    case NotRated::kGradeHolds:
      return "GRADE_HOLDS";
  }
  return "";
}

std::optional<NotRated> why_not_rated(const StarInput& input, Month rating, int months_min) {
  if (!input.real_name) return NotRated::kNotRealName;
  if (input.data_card) return NotRated::kDataCard;
  if (input.bill.value_or(Fen{}) <= Fen{}) return NotRated::kNotBilled;
  // In the joining month no bill month lies behind it: there is nothing to average.
  const int least = std::max(months_min, 1);
  if (!input.joined || complete_months(*input.joined, rating) < least) return NotRated::kTooNew;
  if (input.legacy_until && *input.legacy_until > rating) return NotRated::kLegacyHolds;
  if (input.grade_to > first_day(rating.next())) return NotRated::kGradeHolds;
  return std::nullopt;
}

std::int64_t spend_score(Int128 year_fen, int years, std::span<const TenurePoints> tenure_points) {
  std::int64_t points = 0;
  for (const TenurePoints& step : tenure_points) {
    if (years >= step.years_from) {
      points = step.points;
    }
  }
  return rounded_down(year_fen, 100) + points;
}

std::int64_t growth_value(const GrowthInput& input, const ScoreRule& rule) {
  const Int128 tenure = std::max(input.tenure_months, 0);
  const Int128 value = input.sum_fen / 100 + tenure * rule.per_tenure_month -
                       Int128{input.suspensions} * rule.per_suspension;
  check(value <= Points::kMax && value >= -Int128{Points::kMax}, "growth value within its bound");
  return static_cast<std::int64_t>(value);
}

std::optional<MonthRange> application_window(Month from, int months, Month newest) {
  const int end = from.count() + months;
  const bool known = from.count() + kRingMonths > newest.count() && end <= newest.count() + 1;
  return known && months > 0 ? std::optional(MonthRange::of(from.count(), end)) : std::nullopt;
}

}  // namespace ph::programme
