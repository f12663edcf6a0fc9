// An index from keys to numbers: open addressing. It finds, inserts and erases; it
// never iterates, so the order of its slots can't leak into any result. The keys themselves lie
// with the owner.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
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

// Memory that is zero and isn't touched before it is used: a large table costs nothing when it is
// made.
template <class T>
struct ZeroedAllocator {
  using value_type = T;

  ZeroedAllocator() = default;
  template <class U>
  explicit ZeroedAllocator(const ZeroedAllocator<U>& /*other*/) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));
    void* memory = std::calloc(count, sizeof(T));
    if (memory == nullptr) {
      throw std::bad_alloc();
    }
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t /*count*/) { std::free(memory); }
  template <class U>
  void construct(U* /*at*/) {}
  template <class U>
  void construct(U* at, const U& from) {
    *at = from;
  }
  bool operator==(const ZeroedAllocator& /*other*/) const { return true; }
};

// Key: any type with hash_of and ==. `key_at(n)` gives the owner's key number n. No insertion waits
// until millions have been placed anew: a table that has grown takes over some slots of the one
// before with each, and until it has them all both are looked through.
class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  // A table for `count` keys.
  void reserve(std::size_t count) {
    if (count * 8 > slots_.size() * 5) {
      grow(count * 8 / 5 + 1);
    }
  }

  template <class Key, class KeyAt>
  [[nodiscard]] std::uint32_t find(const Key& key, KeyAt&& key_at) const {
    const std::uint32_t tag = tag_of(hash_of(key));
    const Place found = find_in(slots_, tag, key, key_at);
    if (found.there || before_.empty()) {
      return found.there ? slots_[found.at].value() : kNone;
    }
    const Place old = find_in(before_, tag, key, key_at);
    return old.there ? before_[old.at].value() : kNone;
  }

  // Fetches the memory that `find` or `insert` of this key will look at: for keys whose turn comes.
  template <class Key>
  void prefetch(const Key& key) const {
    const std::uint32_t tag = tag_of(hash_of(key));
    if (!slots_.empty()) {
      __builtin_prefetch(&slots_[tag & (slots_.size() - 1)]);
    }
    if (!before_.empty()) {
      __builtin_prefetch(&before_[tag & (before_.size() - 1)]);
    }
  }
  // The number that `find` would look at first, kNone if none: right but for one time in 2^32. For
  // fetching the owner's record ahead.
  template <class Key>
  [[nodiscard]] std::uint32_t guess(const Key& key) const {
    const std::uint32_t tag = tag_of(hash_of(key));
    const std::uint32_t found = guess_in(slots_, tag);
    return found != kNone ? found : guess_in(before_, tag);
  }

  // `key` must not be there yet.
  template <class Key>
  void insert(const Key& key, std::uint32_t value) {
    if ((size_ + 1) * 8 > slots_.size() * 5) {
      grow(slots_.size() * 2);
    }
    take_over(kTakenAtOnce);
    place(Slot(value, tag_of(hash_of(key))));
    ++size_;
  }
  // Likewise; the owner's keys aren't needed.
  template <class Key, class KeyAt>
  void insert(const Key& key, std::uint32_t value, KeyAt&& /*key_at*/) {
    insert(key, value);
  }

  // `key` must be there, and the owner must still have it.
  template <class Key, class KeyAt>
  void erase(const Key& key, KeyAt&& key_at) {
    const std::uint32_t tag = tag_of(hash_of(key));
    if (const Place found = find_in(slots_, tag, key, key_at); found.there) {
      close_gap(found.at);
    } else {
      const Place old = find_in(before_, tag, key, key_at);
      check(old.there, "what is erased is there");
      before_[old.at] = Slot::gone();
    }
    --size_;
  }

 private:
  // All zero: free.
  class Slot {
   public:
    Slot() = default;
    Slot(std::uint32_t value, std::uint32_t tag) : flipped_(~value), tag_(tag) {}
    // Was taken over, or erased, of the table before: what lies behind it is looked for on.
    [[nodiscard]] static Slot gone() { return {kGone, 0}; }

    [[nodiscard]] bool is_free() const { return flipped_ == 0; }
    [[nodiscard]] bool is_gone() const { return value() == kGone; }
    [[nodiscard]] std::uint32_t value() const { return ~flipped_; }
    [[nodiscard]] std::uint32_t tag() const { return tag_; }

   private:
    static constexpr std::uint32_t kGone = kNone - 1;

    std::uint32_t flipped_;
    std::uint32_t tag_;
  };
  using Table = std::vector<Slot, ZeroedAllocator<Slot>>;  // its size: 0, or a power of two

  struct Place {
    std::size_t at{0};
    bool there{false};
  };

  // Slots that an insertion takes over. The next growth comes no sooner than after 5/8 of the
  // table's slots were inserted: it finds nothing that is left.
  static constexpr std::size_t kTakenAtOnce = 16;

  // Half of the hash is enough to place a slot anew: a growing index doesn't ask for keys.
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  template <class Key, class KeyAt>
  static Place find_in(const Table& table, std::uint32_t tag, const Key& key, KeyAt& key_at) {
    if (table.empty()) {
      return {};
    }
    const std::size_t mask = table.size() - 1;
    for (std::size_t at = tag & mask;; at = (at + 1) & mask) {
      const Slot& slot = table[at];
      if (slot.is_free()) {
        return {};
      }
      if (slot.tag() == tag && !slot.is_gone() && key_at(slot.value()) == key) {
        return {.at = at, .there = true};
      }
    }
  }

  static std::uint32_t guess_in(const Table& table, std::uint32_t tag) {
    if (table.empty()) {
      return kNone;
    }
    const std::size_t mask = table.size() - 1;
    std::size_t at = tag & mask;
    while (!table[at].is_free() && (table[at].tag() != tag || table[at].is_gone())) {
      at = (at + 1) & mask;
    }
    return table[at].value();
  }

  void grow(std::size_t wanted) {
    take_over(before_.size());
    before_ = std::move(slots_);
    taken_over_ = 0;
    slots_ = Table(std::bit_ceil(std::max(wanted, std::size_t{64})));
  }

  void take_over(std::size_t count) {
    if (before_.empty()) {
      return;
    }
    const std::size_t end = std::min(taken_over_ + count, before_.size());
    for (; taken_over_ < end; ++taken_over_) {
      Slot& slot = before_[taken_over_];
      if (!slot.is_free() && !slot.is_gone()) {
        place(slot);
        slot = Slot::gone();
      }
    }
    if (end == before_.size()) {
      before_ = Table();
    }
  }

  void place(const Slot& slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.tag() & mask;
    while (!slots_[at].is_free()) {
      at = (at + 1) & mask;
    }
    slots_[at] = slot;
  }

  // Those behind a slot that becomes free close up, so that no gap cuts them off from where they
  // are looked for.
  void close_gap(std::size_t gap) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = (gap + 1) & mask; !slots_[at].is_free(); at = (at + 1) & mask) {
      const std::size_t home = slots_[at].tag() & mask;
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        slots_[gap] = slots_[at];
        gap = at;
      }
    }
    slots_[gap] = Slot(kNone, 0);
  }

  Table slots_;
  Table before_;               // the smaller table, until all of it is taken over
  std::size_t taken_over_{0};  // slots of `before_`
  std::size_t size_{0};
};

}  // namespace ph
