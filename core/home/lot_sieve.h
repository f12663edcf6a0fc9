// Which lots a home surely doesn't have: two bits for each that it has, among 16 to 64 times as
// many as there are lots. It is made when it is asked first, then goes along with the lots: what it
// says depends on them alone, and nothing of it is saved.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "core/lots/lot_book.h"
#include "core/types/flat_index.h"
#include "core/types/id.h"

namespace ph {

class LotSieve {
 public:
  // False: none of these lots, which are never forgotten, has this id.
  [[nodiscard]] bool may_have(const LotBook& lots, LotId id) {
    if (words_.empty() || lots.size() * kBitsMin > words_.size() * kWordBits) {
      words_.assign(std::bit_ceil(lots.size() * 2 * kBitsMin / kWordBits + 1), 0);
      seen_ = 0;
    }
    for (; seen_ < lots.size(); ++seen_) {
      const std::uint64_t hash = hash_of(lots.id(seen_).packed());
      word_of(hash) |= bit_of(hash);
      word_of(other(hash)) |= bit_of(other(hash));
    }
    const std::uint64_t hash = hash_of(id.packed());
    return (word_of(hash) & bit_of(hash)) != 0 && (word_of(other(hash)) & bit_of(other(hash))) != 0;
  }

 private:
  static constexpr std::size_t kBitsMin = 16;  // for a lot
  static constexpr std::size_t kWordBits = 64;
  static std::uint64_t other(std::uint64_t hash) { return std::rotl(hash, 32); }
  static std::uint64_t bit_of(std::uint64_t hash) { return std::uint64_t{1} << (hash >> 58U); }
  std::uint64_t& word_of(std::uint64_t hash) { return words_[hash & (words_.size() - 1)]; }

  std::vector<std::uint64_t> words_;
  std::uint32_t seen_{0};
};

}  // namespace ph
