// Exact fractions: prices in fen per point, ratios of an exchange. Nothing is rounded but in
// `round_half_up`.
#pragma once

#include <cstdint>
#include <numeric>
#include <string>

#include "core/types/amount.h"

namespace ph {

// num/den with den > 0, kept reduced. 128 bits: a sum of quantities times a price always fits.
class Ratio {
 public:
  constexpr Ratio() = default;
  constexpr Ratio(Int128 num, Int128 den) : num_(num), den_(den) {
    check(den > 0, "denominator above zero");
    reduce();
  }

  [[nodiscard]] constexpr Int128 num() const { return num_; }
  [[nodiscard]] constexpr Int128 den() const { return den_; }

  friend constexpr Ratio operator*(Ratio a, Ratio b) { return {a.num_ * b.num_, a.den_ * b.den_}; }
  friend constexpr Ratio operator*(Ratio a, std::int64_t n) { return {a.num_ * n, a.den_}; }
  friend constexpr Ratio operator+(Ratio a, Ratio b) {
    return {a.num_ * b.den_ + b.num_ * a.den_, a.den_ * b.den_};
  }
  friend constexpr Ratio operator-(Ratio a, Ratio b) {
    return {a.num_ * b.den_ - b.num_ * a.den_, a.den_ * b.den_};
  }
  friend constexpr bool operator==(Ratio a, Ratio b) {
    return a.num_ == b.num_ && a.den_ == b.den_;
  }
  friend constexpr bool operator<=(Ratio a, Ratio b) { return a.num_ * b.den_ <= b.num_ * a.den_; }

  // Half up; of a negative value its absolute value is rounded (domain 8.3).
  [[nodiscard]] constexpr std::int64_t round_half_up() const {
    const Int128 magnitude = num_ < 0 ? -num_ : num_;
    const Int128 rounded = (magnitude * 2 + den_) / (den_ * 2);
    check(rounded <= Fen::kMax, "rounded amount within its bound");
    const auto value = static_cast<std::int64_t>(rounded);
    return num_ < 0 ? -value : value;
  }

  // `num/den`, or an integer when den = 1.
  [[nodiscard]] std::string text() const;

 private:
  constexpr void reduce() {
    Int128 a = num_ < 0 ? -num_ : num_;
    Int128 b = den_;
    while (b != 0) {
      const Int128 rest = a % b;
      a = b;
      b = rest;
    }
    num_ /= a;
    den_ /= a;
  }

  Int128 num_{0};
  Int128 den_{1};
};

}  // namespace ph
