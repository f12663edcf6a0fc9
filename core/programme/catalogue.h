// What points buy: items, prices by date and hour, what the supplier is paid (domain 3.4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/programme/grade.h"
#include "core/programme/programme_rows.h"
#include "core/programme/refusal.h"
#include "core/types/amount.h"
#include "core/types/time.h"

namespace ph::programme {

// The row in force for this quantity: of those that hold then the one with the fewest minutes a
// week, of equals the one with the later `from`. Null: not sold so, or not now.
[[nodiscard]] const Price* price_at(const CatalogueItem& item, std::int64_t quantity,
                                    BusinessTime at);

// Of an item with `credit`: what so many points top up, of whole steps alone; none otherwise.
[[nodiscard]] std::optional<Fen> credit_of(const CatalogueItem& item, Points points);

// An order as it is asked for. Of an item with `credit` the quantity is 1, and there is no cash.
struct Wanted {
  std::int64_t quantity{1};
  Points points{};
  Fen cash{};
  bool for_other{};  // a beneficiary who isn't the member
};
// kNone: it may be ordered, and the quantity is kQuantityMax at most. `stock`: pieces there are, of
// an item that is counted.
[[nodiscard]] Refusal may_order(const CatalogueItem& item, const Wanted& wanted,
                                std::span<const Held> held, std::int64_t stock, BusinessTime at);

}  // namespace ph::programme
