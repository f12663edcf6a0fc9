// Closed types for quantities: points, fen and partner units never mix and never overflow.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "core/types/check.h"

namespace ph {

__extension__ using Int128 = __int128;

// Largest amount, of points, fen or units, in a row of a file or in a message.
inline constexpr std::int64_t kAmountMax = 100'000'000'000;
[[nodiscard]] constexpr bool is_amount(std::int64_t value) {
  return value >= 0 && value <= kAmountMax;
}

// A whole number of one unit. Invariant: |n_| <= kMax, so adding two never overflows int64.
template <class Unit>
class Amount {
 public:
  static constexpr std::int64_t kMax = 4'000'000'000'000'000'000;

  constexpr Amount() = default;

  [[nodiscard]] static constexpr std::optional<Amount> from(std::int64_t n) {
    if (n > kMax || n < -kMax) {
      return std::nullopt;
    }
    return Amount(n);
  }
  // For values whose bound is known at the call: a literal, or a checked field of a file.
  [[nodiscard]] static constexpr Amount of(std::int64_t n) {
    check(n <= kMax && n >= -kMax, "amount within its bound");
    return Amount(n);
  }

  [[nodiscard]] constexpr std::int64_t count() const { return n_; }
  [[nodiscard]] constexpr std::optional<Amount> plus(Amount other) const {
    return from(n_ + other.n_);
  }

  // Sums of values that came through checked files cannot pass kMax; passing it is a bug of ours.
  friend constexpr Amount operator+(Amount a, Amount b) { return of(a.n_ + b.n_); }
  friend constexpr Amount operator-(Amount a, Amount b) { return of(a.n_ - b.n_); }
  constexpr Amount operator-() const { return Amount(-n_); }
  constexpr Amount& operator+=(Amount other) { return *this = *this + other; }
  constexpr Amount& operator-=(Amount other) { return *this = *this - other; }

  friend constexpr auto operator<=>(Amount, Amount) = default;

 private:
  constexpr explicit Amount(std::int64_t n) : n_(n) {}
  std::int64_t n_{0};
};

using Points = Amount<struct PointsTag>;  // 1 = one point
using Fen = Amount<struct FenTag>;        // 1 = CNY 0.01
using Units = Amount<struct UnitsTag>;    // 1 = one unit of a partner: a mile, a bank point

}  // namespace ph
