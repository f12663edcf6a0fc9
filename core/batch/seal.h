// Sealing: from a day's records to the canonical batch (docs/formats.md, section 6): sorted,
// summed, digested.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/batch/item.h"
#include "core/types/amount.h"

namespace ph {

// A sealed batch in its canonical bytes: header, movements, items, slices, digest. What is written
// to a
// `.phb` file is exactly `bytes()`.
class OwnedBatch {
 public:
  // Takes bytes whose layout has been checked: by `seal`, or by the readers of platform/files.
  [[nodiscard]] static OwnedBatch from_checked_bytes(std::vector<std::byte> bytes);

  [[nodiscard]] Bytes bytes() const { return bytes_; }
  // Spans into this object: valid as long as it lives (a move keeps them valid).
  [[nodiscard]] BatchView view() const;

 private:
  std::vector<std::byte> bytes_;
};

// The view of bytes whose lengths are known to be right, and which are aligned to 8 bytes.
[[nodiscard]] BatchView view_of(Bytes checked);

// The sums of the header: points over items and movements' |delta|; fen of cost, freight and cash.
// nullopt beyond Amount's bound.
struct BatchSums {
  std::int64_t points{};
  std::int64_t fen{};
};
[[nodiscard]] std::optional<BatchSums> sums_of(std::span<const Movement> movements,
                                               std::span<const Item> items);

// The order of items in a batch: counterparty, id, entry.
[[nodiscard]] bool item_before(const Item& a, const Item& b);

// Sorts movements by entry (the order within an entry stays) and items by `item_before` (their
// slices go with them), fills in the header's counts and sums, and takes the digest. Of `proto`
// sender, date, sequence and previous are used. `slices` are in the order of `items`,
// item.slice_count each.
[[nodiscard]] OwnedBatch seal(BatchHeader proto, std::vector<Movement> movements,
                              std::vector<Item> items, std::vector<Slice> slices, Sha256 sha256);

}  // namespace ph
