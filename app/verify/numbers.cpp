#include "app/verify/numbers.h"

#include <algorithm>
#include <charconv>

namespace ph::verify {

namespace {

constexpr std::int64_t kFractionMax = 1'000'000'000'000;

Int128 greatest_common_divisor(Int128 a, Int128 b) {
  while (b != 0) {
    const Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t n = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, n);
  if (error != std::errc() || end != last || n > Fen::kMax || n < -Fen::kMax) return std::nullopt;
  const std::string_view digits = n < 0 ? text.substr(1) : text;
  if (text == "-0" || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  return n;
}

std::string text_of(Int128 n) {
  std::string out;
  Int128 rest = n < 0 ? -n : n;
  do {
    out.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (n < 0) {
    out.push_back('-');
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::optional<Fraction> parse_fraction(std::string_view text) {
  const auto slash = text.find('/');
  const auto num = parse_integer(text.substr(0, slash));
  const auto den = slash == text.npos ? 1 : parse_integer(text.substr(slash + 1));
  if (!num || !den || *den < 1 || *den > kFractionMax || *num > kFractionMax ||
      *num < -kFractionMax) {
    return std::nullopt;
  }
  const Fraction value = reduced(*num, *den);
  if (text_of(value) != text) return std::nullopt;
  return value;
}

Fraction reduced(Int128 num, Int128 den) {
  const Int128 common = greatest_common_divisor(num < 0 ? -num : num, den);
  return {num / common, den / common};
}

std::string text_of(const Fraction& value) {
  std::string out = text_of(value.num);
  if (value.den != 1) {
    out.append("/").append(text_of(value.den));
  }
  return out;
}

Int128 round_half_up(const Fraction& value) {
  const Int128 magnitude = value.num < 0 ? -value.num : value.num;
  const Int128 whole = magnitude / value.den;
  const Int128 rounded = (magnitude % value.den) * 2 >= value.den ? whole + 1 : whole;
  return value.num < 0 ? -rounded : rounded;
}

}  // namespace ph::verify
