// An index from keys to numbers: open addressing in one array. It finds, inserts and erases; it
// never iterates, so the order of its slots can't leak into any result. The keys themselves lie
// with the owner.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/types/check.h"
#include "core/types/id.h"

namespace ph {

// Finalizer of splitmix64 (Steele, Lea, Flood 2014): mixes every bit into every other.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9;
  x ^= x >> 27;
  x *= 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

[[nodiscard]] inline std::uint64_t hash_of(std::uint64_t key) {
  return mix(key);
}
[[nodiscard]] inline std::uint64_t hash_of(const TransactionId& id) {
  std::array<std::uint64_t, 3> reference{};
  std::memcpy(reference.data(), id.reference.data(), sizeof reference);
  const std::uint64_t head =
      static_cast<std::uint64_t>(id.participant.number()) << 16 | id.date.count();
  return mix(mix(mix(mix(head) ^ reference[0]) ^ reference[1]) ^ reference[2]);
}

// Key: any type with hash_of and ==. `key_at(n)` gives the owner's key number n.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  void reserve(std::size_t count) {
    if (count * 8 > slots_.size() * 5) {
      grow(count * 8 / 5 + 1);
    }
  }

  template <class Key, class KeyAt>
  [[nodiscard]] std::uint32_t find(const Key& key, KeyAt&& key_at) const {
    if (slots_.empty()) {
      return kNone;
    }
    const std::uint32_t tag = tag_of(hash_of(key));
    for (std::size_t at = tag & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.value == kNone) {
        return kNone;
      }
      if (slot.tag == tag && key_at(slot.value) == key) {
        return slot.value;
      }
    }
  }

  // Fetches the memory that `find` or `insert` of this key will look at: for keys whose turn comes.
  template <class Key>
  void prefetch(const Key& key) const {
    if (!slots_.empty()) {
      __builtin_prefetch(&slots_[tag_of(hash_of(key)) & mask_]);
    }
  }
  // The number that `find` would look at first, kNone if none: right but for one time in 2^32. For
  // fetching the owner's record ahead.
  template <class Key>
  [[nodiscard]] std::uint32_t guess(const Key& key) const {
    if (slots_.empty()) {
      return kNone;
    }
    const std::uint32_t tag = tag_of(hash_of(key));
    std::size_t at = tag & mask_;
    while (slots_[at].value != kNone && slots_[at].tag != tag) {
      at = (at + 1) & mask_;
    }
    return slots_[at].value;
  }

  // `key` must not be there yet.
  template <class Key>
  void insert(const Key& key, std::uint32_t value) {
    if ((size_ + 1) * 8 > slots_.size() * 5) {
      grow(slots_.size() * 2);
    }
    place({.value = value, .tag = tag_of(hash_of(key))});
    ++size_;
  }
  // Likewise; the owner's keys aren't needed.
  template <class Key, class KeyAt>
  void insert(const Key& key, std::uint32_t value, KeyAt&& /*key_at*/) {
    insert(key, value);
  }

  // `key` must be there, and the owner must still have it. Those behind it close up, so that
  // no gap cuts them off from where they are looked for.
  template <class Key, class KeyAt>
  void erase(const Key& key, KeyAt&& key_at) {
    const std::uint32_t tag = tag_of(hash_of(key));
    std::size_t gap = tag & mask_;
    for (;; gap = (gap + 1) & mask_) {
      check(size_ > 0 && slots_[gap].value != kNone, "what is erased is there");
      if (slots_[gap].tag == tag && key_at(slots_[gap].value) == key) {
        break;
      }
    }
    for (std::size_t at = (gap + 1) & mask_; slots_[at].value != kNone; at = (at + 1) & mask_) {
      const std::size_t home = slots_[at].tag & mask_;
      if (((at - home) & mask_) >= ((at - gap) & mask_)) {
        slots_[gap] = slots_[at];
        gap = at;
      }
    }
    slots_[gap] = Slot{};
    --size_;
  }

 private:
  struct Slot {
    std::uint32_t value{kNone};
    std::uint32_t tag{};
  };

  // Half of the hash is enough to place a slot anew: a growing index doesn't ask for keys.
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  void grow(std::size_t wanted) {
    const std::vector<Slot> old = std::move(slots_);
    slots_.assign(std::bit_ceil(std::max(wanted, std::size_t{64})), Slot{});
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.value != kNone) {
        place(slot);
      }
    }
  }
  void place(const Slot& slot) {
    std::size_t at = slot.tag & mask_;
    while (slots_[at].value != kNone) {
      at = (at + 1) & mask_;
    }
    slots_[at] = slot;
  }

  std::vector<Slot> slots_;
  std::size_t mask_{0};
  std::size_t size_{0};
};

}  // namespace ph
