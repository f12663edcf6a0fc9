#include "core/types/ratio.h"

#include <algorithm>

namespace ph {

namespace {

std::string decimal(Int128 value) {
  if (value == 0) {
    return "0";
  }
  const bool negative = value < 0;
  std::string digits;
  for (; value != 0; value /= 10) {
    const auto digit = static_cast<int>(value % 10);
    digits.push_back(static_cast<char>('0' + (digit < 0 ? -digit : digit)));
  }
  if (negative) {
    digits.push_back('-');
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

std::string Ratio::text() const {
  return den_ == 1 ? decimal(num_) : decimal(num_) + "/" + decimal(den_);
}

}  // namespace ph
