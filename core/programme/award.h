// The award at the year's end: a share of what a cohort spent on average, the same points to each
// of it (domain 3.3, the table of 3.4.3 of the source).
#pragma once

#include <cstdint>

#include "core/types/amount.h"
#include "core/types/ratio.h"

namespace ph::programme {

// Accounts of a tenure band, or members of a level. All of them count, those without spend too.
class Cohort {
 public:
  constexpr Cohort() = default;
  // 13,000,000 accounts of 12 bills of 10^11 fen are more than Fen holds, hence 128 bits.
  constexpr Cohort(Int128 sum_fen, std::uint64_t size) : sum_fen_(sum_fen), size_(size) {}

  constexpr void add(Fen spend) {
    sum_fen_ += spend.count();
    ++size_;
  }
  constexpr void merge(const Cohort& other) {
    sum_fen_ += other.sum_fen_;
    size_ += other.size_;
  }

  [[nodiscard]] constexpr Int128 sum_fen() const { return sum_fen_; }
  [[nodiscard]] constexpr std::uint64_t size() const { return size_; }

  friend constexpr bool operator==(const Cohort&, const Cohort&) = default;

 private:
  Int128 sum_fen_{0};
  std::uint64_t size_{0};
};

struct AwardOf {
  Ratio average{};  // fen of each
  Ratio exact{};    // points of each, before the rest is dropped
  Points each{};
};

// floor(rate x sum / size), the sum in units of `unit_fen`, rounded once. Of an empty cohort: 0.
[[nodiscard]] AwardOf award_of(Ratio rate, const Cohort& cohort, std::int64_t unit_fen);

}  // namespace ph::programme
