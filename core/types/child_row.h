// A `LOT` or `DEBT` row below a move in or refund, of a file (docs/formats.md, section 2) or of an
// ask.
#pragma once

#include <cstdint>

#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

// A debt has source kDebt and lot = issuer << 48.
struct ChildRow {
  LotId lot{};
  Month earned_month{};
  BusinessDate expires_on{};
  Source source{};
  std::uint8_t rating{};
  std::int64_t original{};
  std::int64_t points{};

  friend bool operator==(const ChildRow&, const ChildRow&) = default;
};

// A lot's, with its values in their ranges.
[[nodiscard]] bool valid_lot_row(const ChildRow& row);
// A debt's.
[[nodiscard]] bool valid_debt_row(const ChildRow& row);
// What is left of a lot's slice: as a lot's, but nothing may be left, and below zero it is what was
// given back.
[[nodiscard]] bool valid_left_row(const ChildRow& row);

}  // namespace ph
