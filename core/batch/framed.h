// A batch that was checked when it was stored, as it lies there now: lengths alone are held against
// its bytes, so that no record is looked for beyond them. Where its records stand.
#pragma once

#include "core/batch/item.h"

namespace ph {

// Whether a batch with this header has so many bytes.
[[nodiscard]] bool is_framed(const BatchHeader& header, std::uint64_t size);

// Byte of the first of each, of one that is framed.
[[nodiscard]] constexpr std::uint64_t movements_at() {
  return sizeof(BatchHeader);
}
[[nodiscard]] constexpr std::uint64_t items_at(const BatchHeader& header) {
  return movements_at() + header.movements * sizeof(Movement);
}
[[nodiscard]] constexpr std::uint64_t slices_at(const BatchHeader& header) {
  return items_at(header) + header.items * sizeof(Item);
}
[[nodiscard]] constexpr std::uint64_t digest_at(const BatchHeader& header) {
  return slices_at(header) + header.slices * sizeof(Slice);
}

}  // namespace ph
