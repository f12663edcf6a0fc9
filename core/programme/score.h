// What accounts and members are graded by (docs/decisions/0023-programme-format.md, section 1.4).
// Spend alone counts: no plan, no arrears, no kind of payment (C10).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/programme/histogram.h"
#include "core/programme/month_range.h"
#include "core/programme/programme_rows.h"
#include "core/types/amount.h"
#include "core/types/date.h"

namespace ph::programme {

// --- PRODUCT: the stars
// ---------------------------------------------------------------------------

// Bill months of the average: so many before the rating month, not before the account joined.
[[nodiscard]] constexpr MonthRange arpu_window(Month joined, Month rating, int months) {
  return MonthRange::of(std::max(rating.count() - months, int{joined.count()}), rating.count());
}

// Average bill of so many months in yuan, rounded half up.
[[nodiscard]] std::int64_t arpu_yuan(Int128 sum_fen, int months);

// All factors of a grading over one denominator, so that scores are integers.
class FactorTable {
 public:
  // None unless they ascend by years from 0 on and each fits over the common denominator.
  [[nodiscard]] static std::optional<FactorTable> of(std::span<const Factor> factors);

  [[nodiscard]] std::uint32_t scale() const { return scale_; }
  [[nodiscard]] std::uint64_t at(int years) const;

 private:
  // Times an average of at most 10^9 yuan it stays within a histogram's scores.
  static constexpr Int128 kMax = 4'000'000'000;
  struct Step {
    int years_from{};
    std::uint64_t factor{};
  };

  std::vector<Step> steps_;
  std::uint32_t scale_{1};
};

// Average x factor, over the table's scale; never rounded.
[[nodiscard]] Score star_score(std::int64_t arpu_yuan, const FactorTable& factors, int years);

// Why an account isn't rated in a month; the first that holds.
enum class NotRated : std::uint8_t {
  kNotRealName = 1,
  kDataCard = 2,
  kNotBilled = 3,
  kTooNew = 4,
  kLegacyHolds = 5,
  kGradeHolds = 6,
};
[[nodiscard]] std::string_view word(NotRated);

struct StarInput {
  bool real_name{};
  bool data_card{};
  std::optional<Fen> bill{};            // of the rating month
  std::optional<Month> joined{};        // unknown: without a tenure there is no score
  std::optional<Month> legacy_until{};  // last month of a grade of before
  BusinessDate grade_to{};              // first day without the grade of this grading
};
[[nodiscard]] std::optional<NotRated> why_not_rated(const StarInput& input, Month rating,
                                                    int months_min);

// --- SPEND_SCORE and GROWTH
// -----------------------------------------------------------------------

// A calendar year's eligible spend in whole yuan, and the highest tenure points alone.
[[nodiscard]] std::int64_t spend_score(Int128 year_fen, int years,
                                       std::span<const TenurePoints> tenure_points);

// Bill months of a growth value: the last ones up to the reference month, not before the month
// after joining.
[[nodiscard]] constexpr MonthRange growth_window(Month joined, Month reference, int months) {
  return MonthRange::of(std::max(reference.count() + 1 - months, joined.count() + 1),
                        reference.count() + 1);
}

struct GrowthInput {
  Int128 sum_fen{};            // of all bills in the window
  int tenure_months{};         // the longest of the member's mobile accounts
  std::int64_t suspensions{};  // both ways, in the window
};
// May be below 0: many suspensions.
[[nodiscard]] std::int64_t growth_value(const GrowthInput& input, const ScoreRule& rule);

// --- RATING_POINTS
// --------------------------------------------------------------------------------

// Bill months of an application, none when they aren't all known: they end at or before the newest
// one and begin no more than 23 before it.
[[nodiscard]] std::optional<MonthRange> application_window(Month from, int months, Month newest);

// What was taken back may be more than what was earned: nobody's score is below 0.
[[nodiscard]] constexpr Score rating_score(std::int64_t points) {
  return points < 0 ? 0 : static_cast<Score>(points);
}

}  // namespace ph::programme
