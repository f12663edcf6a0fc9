// Records under ascending numbers, of which old ones are erased: each stays where it is, no number
// is used again, and memory is given back by blocks, once all of one are erased.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <type_traits>

#include "core/types/check.h"

namespace ph {

template <class T>
class Numbered {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  // How many are there.
  [[nodiscard]] std::size_t size() const { return size_; }
  // The number that the next one gets; above those of all.
  [[nodiscard]] std::uint32_t end() const { return end_; }
  // The first one from `n` on; end() for none.
  [[nodiscard]] std::uint32_t next(std::uint32_t n) const {
    std::size_t at = n / kPerBlock <= first_ ? 0 : n / kPerBlock - first_;
    std::uint32_t from = n / kPerBlock < first_ ? 0 : n % kPerBlock;
    for (; at < blocks_.size(); ++at, from = 0) {
      const std::uint64_t there = blocks_[at] ? blocks_[at]->there >> from : 0;
      if (there != 0) {
        return static_cast<std::uint32_t>((first_ + at) * kPerBlock + from) +
               static_cast<std::uint32_t>(std::countr_zero(there));
      }
    }
    return end_;
  }
  [[nodiscard]] bool has(std::uint32_t n) const {
    return n < end_ && n / kPerBlock >= first_ && blocks_[n / kPerBlock - first_] &&
           (block(n).there & bit(n)) != 0;
  }

  [[nodiscard]] T& operator[](std::uint32_t n) { return block(n).records[n % kPerBlock]; }
  [[nodiscard]] const T& operator[](std::uint32_t n) const {
    return block(n).records[n % kPerBlock];
  }

  // Returns its number.
  std::uint32_t add(const T& record) {
    check(end_ < std::numeric_limits<std::uint32_t>::max(), "numbers of records fit 32 bits");
    if (end_ / kPerBlock == first_ + blocks_.size()) {
      blocks_.push_back(std::make_unique<Block>());
    }
    block(end_).records[end_ % kPerBlock] = record;
    block(end_).there |= bit(end_);
    ++size_;
    return end_++;
  }
  // It must be there. A block that more are added to stays.
  void erase(std::uint32_t n) {
    check(has(n), "what is erased is there");
    block(n).there &= ~bit(n);
    --size_;
    if (block(n).there == 0 && n / kPerBlock != end_ / kPerBlock) {
      blocks_[n / kPerBlock - first_].reset();
    }
    while (!blocks_.empty() && !blocks_.front()) {
      blocks_.pop_front();
      ++first_;
    }
  }

 private:
  static constexpr std::uint32_t kPerBlock = 64;
  struct Block {
    std::uint64_t there{};  // a bit for each that is
    std::array<T, kPerBlock> records{};
  };

  static std::uint64_t bit(std::uint32_t n) { return std::uint64_t{1} << n % kPerBlock; }
  [[nodiscard]] Block& block(std::uint32_t n) { return *blocks_[n / kPerBlock - first_]; }
  [[nodiscard]] const Block& block(std::uint32_t n) const {
    return *blocks_[n / kPerBlock - first_];
  }

  std::deque<std::unique_ptr<Block>> blocks_;  // null: all of it are erased
  std::size_t first_{0};                       // which one is in front
  std::size_t size_{0};
  std::uint32_t end_{0};
};

}  // namespace ph
