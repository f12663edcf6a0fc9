#include "platform/pdf/numbers.h"

#include <array>
#include <cstddef>
#include <optional>

#include "core/types/check.h"

namespace ph::pdf {

namespace {

constexpr std::size_t kDigitsMax = 37;  // Any number of so many digits fits 128 bits.
constexpr int kPlacesMax = 6;

constexpr std::array<std::string_view, 10> kCapitals = {"零", "壹", "贰", "叁", "肆",
                                                        "伍", "陆", "柒", "捌", "玖"};
constexpr std::int64_t kWan = 10'000;
constexpr std::int64_t kYi = 100'000'000;

std::string_view capital(std::int64_t digit) {
  return kCapitals[static_cast<std::size_t>(digit)];
}

// Digits alone; nullopt when there is anything else, or too many.
std::optional<Int128> parse_digits(std::string_view text) {
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  Int128 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The digits after the point of rest/den, rest < den; nullopt when they don't end soon.
std::optional<std::string> decimal_places(Int128 rest, Int128 den) {
  std::string places;
  for (int place = 0; place < kPlacesMax && rest != 0; ++place) {
    rest *= 10;
    places.push_back(static_cast<char>('0' + static_cast<int>(rest / den)));
    rest %= den;
  }
  if (rest != 0) return std::nullopt;
  return places;
}

// 1 to 9999.
std::string capitals_of_four(std::int64_t value) {
  constexpr std::array<std::string_view, 4> kPlaces = {"仟", "佰", "拾", ""};
  std::string out;
  bool zero = false;  // A zero stands between what is written and what follows.
  std::int64_t power = 1000;
  for (const std::string_view unit : kPlaces) {
    const std::int64_t digit = value / power % 10;
    power /= 10;
    if (digit == 0) {
      zero = !out.empty();
      continue;
    }
    if (zero) out.append(kCapitals[0]);
    zero = false;
    out.append(capital(digit)).append(unit);
  }
  return out;
}

// 1 to 99,999,999.
std::string capitals_of_eight(std::int64_t value) {
  std::string out;
  const std::int64_t high = value / kWan;
  const std::int64_t low = value % kWan;
  if (high != 0) out = capitals_of_four(high) + "万";
  if (low != 0) {
    if (high != 0 && low < kWan / 10) out.append(kCapitals[0]);
    out.append(capitals_of_four(low));
  }
  return out;
}

std::string capitals_of_yuan(std::int64_t value) {
  const std::int64_t high = value / kYi;
  const std::int64_t low = value % kYi;
  std::string out;
  if (high != 0) out = (high < kYi ? capitals_of_eight(high) : capitals_of_yuan(high)) + "亿";
  if (low != 0) {
    if (high != 0 && low < kYi / 10) out.append(kCapitals[0]);
    out.append(capitals_of_eight(low));
  }
  return out;
}

}  // namespace

std::string grouped(Int128 value) {
  const bool negative = value < 0;
  std::string reversed;
  int count = 0;
  do {
    if (count != 0 && count % 3 == 0) reversed.push_back(',');
    const int digit = static_cast<int>(value % 10);
    reversed.push_back(static_cast<char>('0' + (negative ? -digit : digit)));
    value /= 10;
    ++count;
  } while (value != 0);
  if (negative) reversed.push_back('-');
  return {reversed.rbegin(), reversed.rend()};
}

std::string yuan(Int128 fen) {
  const Int128 magnitude = fen < 0 ? -fen : fen;
  const int cents = static_cast<int>(magnitude % 100);
  std::string out = (fen < 0 ? "-" : "") + grouped(magnitude / 100) + ".";
  out.push_back(static_cast<char>('0' + cents / 10));
  out.push_back(static_cast<char>('0' + cents % 10));
  return out;
}

std::string exact_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view magnitude = text.substr(negative ? 1 : 0);
  const std::size_t slash = magnitude.find('/');
  const auto num = parse_digits(magnitude.substr(0, slash));
  const auto den = slash == std::string_view::npos ? std::optional<Int128>(1)
                                                   : parse_digits(magnitude.substr(slash + 1));
  if (!num || !den || *den == 0) return std::string(text);
  const std::string sign = negative ? "-" : "";
  const Int128 whole = *num / *den;
  const Int128 rest = *num % *den;
  if (rest == 0) return sign + grouped(whole);
  if (*den <= static_cast<Int128>(1'000'000'000'000'000'000)) {
    if (const auto places = decimal_places(rest, *den)) {
      return sign + grouped(whole) + "." + *places;
    }
  }
  const std::string fraction = grouped(rest) + "/" + grouped(*den);
  return sign + (whole == 0 ? fraction : grouped(whole) + " " + fraction);
}

std::string capitals(std::int64_t fen) {
  check(fen >= 0, "an amount in capitals is not negative");
  const std::int64_t whole = fen / 100;
  const std::int64_t jiao = fen / 10 % 10;
  const std::int64_t rest = fen % 10;
  if (fen == 0) return "零元整";
  std::string out;
  if (whole != 0) out = capitals_of_yuan(whole) + "元";
  if (jiao != 0) out.append(capital(jiao)).append("角");
  if (jiao == 0 && rest != 0 && whole != 0) out.append(kCapitals[0]);
  if (rest != 0) {
    out.append(capital(rest)).append("分");
  } else {
    out.append("整");
  }
  return out;
}

}  // namespace ph::pdf
