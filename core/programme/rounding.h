// Whole numbers of an exact quotient. Each says its direction in its name: nothing is rounded by
// the way. Numbers are never negative here.
#pragma once

#include <cstdint>

#include "core/types/amount.h"

namespace ph::programme {

// An amount within what Points and Fen can hold; more is a bug, since every factor has a bound.
[[nodiscard]] constexpr std::int64_t narrowed(Int128 value) {
  check(value >= 0 && value <= Points::kMax, "rounded amount within its bound");
  return static_cast<std::int64_t>(value);
}
[[nodiscard]] constexpr std::int64_t rounded_down(Int128 num, Int128 den) {
  check(num >= 0 && den > 0, "quotient of amounts");
  return narrowed(num / den);
}
[[nodiscard]] constexpr std::int64_t rounded_up(Int128 num, Int128 den) {
  check(num >= 0 && den > 0, "quotient of amounts");
  return narrowed(num / den + (num % den != 0 ? 1 : 0));
}
[[nodiscard]] constexpr std::int64_t rounded_half_up(Int128 num, Int128 den) {
  check(num >= 0 && den > 0, "quotient of amounts");
  return narrowed((num * 2 + den) / (den * 2));
}

}  // namespace ph::programme
