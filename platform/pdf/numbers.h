// Figures as a finance officer reads them: separators, yuan with two decimals, exact fractions,
// capitals.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/amount.h"

namespace ph::pdf {

// `-1,234,567`.
[[nodiscard]] std::string grouped(Int128 value);

// Fen as yuan: `-1,234.05`.
[[nodiscard]] std::string yuan(Int128 fen);

// An exact `num/den` or integer as it stands in a statement. A finite decimal of at most six places
// is written as such (`13.2`), any other fraction as whole and rest (`1,059 7/30`); text that is
// not a number is given back unchanged. Nothing is rounded.
[[nodiscard]] std::string exact_number(std::string_view text);

// Fen in the capitals of Chinese bookkeeping: 1234005 is 壹万贰仟叁佰肆拾元零伍分. `fen` is not
// negative.
[[nodiscard]] std::string capitals(std::int64_t fen);

}  // namespace ph::pdf
