// The verifier's own arithmetic: exact fractions, apart from the code that settles.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/amount.h"

namespace ph::verify {

// `-?` and digits without a leading zero, never `-0`, within ±kMax of an amount.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);
[[nodiscard]] std::string text_of(Int128 n);

// Reduced; den >= 1.
struct Fraction {
  Int128 num{0};
  Int128 den{1};
};

// An integer or `num/den`, reduced, den >= 2, both within 10^12.
[[nodiscard]] std::optional<Fraction> parse_fraction(std::string_view text);
[[nodiscard]] Fraction reduced(Int128 num, Int128 den);
[[nodiscard]] std::string text_of(const Fraction& value);
// Half up, of the absolute value.
[[nodiscard]] Int128 round_half_up(const Fraction& value);

}  // namespace ph::verify
