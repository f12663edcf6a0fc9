// The lots of a home's members, 24 bytes each: each member's lots hang together in the order in
// which they are taken: expiry, earned month, lot (domain 3.5). Invariant I-1: 0 <= held <=
// remaining <= original.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/types/check.h"
#include "core/types/chunks.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

struct Lot {
  LotId id{};
  Month earned_month{};
  BusinessDate expires_on{};  // the date of the expiry run that cancels it
  Source source{};
  std::uint8_t rating{};
  bool transit{false};  // brought by a move in that is not confirmed
  std::int64_t original{};
  std::int64_t remaining{};
  std::int64_t held{};

  friend bool operator==(const Lot&, const Lot&) = default;

  [[nodiscard]] std::int64_t free() const { return remaining - held; }
  // I-1. `LotBook` asks it of whatever is put into it.
  void keeps() const {
    check(0 <= held && held <= remaining && remaining <= original,
          "I-1: 0 <= held <= remaining <= original");
  }
};

// A lot's bits as they lie in memory and in a snapshot (docs/journal.md, section 3).
struct LotRecord {
  std::uint64_t identity{};  // id 55, source 4, rating 1, transit 1, held 1, next's upper 2
  std::uint64_t origin{};    // original 37, earned month 11, expires on 16
  std::uint64_t state{};     // remaining 37, next's lower 27
};
static_assert(sizeof(LotRecord) == 24);

class LotBook {
 public:
  static constexpr std::uint32_t kEnd = (1U << 29U) - 1;

  static constexpr std::int64_t kPointsMax = (std::int64_t{1} << 37U) - 1;

  // A member's list: starts empty.
  struct List {
    std::uint32_t head{kEnd};
  };

  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] Lot at(std::uint32_t node) const;
  // What may change: remaining, held, transit. Checks I-1.
  void put(std::uint32_t node, const Lot& lot);
  [[nodiscard]] std::uint32_t next(std::uint32_t node) const { return next_of(records_[node]); }
  // Fetches the lot's memory, for a look at it soon. kEnd is fine.
  void prefetch(std::uint32_t node) const {
    if (node != kEnd) {
      __builtin_prefetch(&records_[node]);
    }
  }

  // kEnd if the list has no such lot.
  [[nodiscard]] std::uint32_t find(List list, LotId id) const;
  // In no list in particular: goes through all lots. kEnd if there is none.
  [[nodiscard]] std::uint32_t search(LotId id) const;
  [[nodiscard]] LotId id(std::uint32_t node) const { return LotId(id_bits(records_[node])); }
  // Inserts in taking order; returns the node. Checks I-1.
  std::uint32_t insert(List& list, const Lot& lot);
  // A new expiry date moves the lot in its list.
  void set_expiry(List& list, std::uint32_t node, BusinessDate expires_on);
  // The lot hangs in the other list from now on, in its place there.
  void pass(List& from, List& to, std::uint32_t node);
  // Nodes of a list in the canonical order of lots.
  [[nodiscard]] std::vector<std::uint32_t> canonical(List list) const;

  // The records as they lie in memory: out, and in again.
  template <class Visit>
  void visit_bytes(Visit&& visit) const {
    records_.visit_bytes(visit);
  }
  void append_bytes(Bytes records) { records_.append_bytes(records); }
  // After `append_bytes`: what is held, by node, > 0. False when a lot would not keep I-1 or isn't
  // one.
  [[nodiscard]] bool adopt(std::map<std::uint32_t, std::int64_t> held);
  // Marks what a head or link leads to: false when it leads nowhere, or where another one has led.
  // So no two lists meet, and each has an end.
  [[nodiscard]] static bool reach(std::uint32_t node, std::vector<bool>& reached);
  [[nodiscard]] bool reach_all(std::vector<bool>& reached) const;

 private:
  static constexpr std::uint64_t low(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }
  static constexpr unsigned kIdBits = 55;
  static constexpr unsigned kSourceAt = 55;
  static constexpr unsigned kRatingAt = 59;
  static constexpr unsigned kTransitAt = 60;
  static constexpr unsigned kHeldAt = 61;
  static constexpr unsigned kNextHighAt = 62;
  static constexpr unsigned kPointsBits = 37;
  static constexpr unsigned kMonthBits = 11;
  static constexpr unsigned kExpiresAt = kPointsBits + kMonthBits;
  static constexpr unsigned kNextLowBits = 64 - kPointsBits;

  static std::uint32_t next_of(const LotRecord& record) {
    return static_cast<std::uint32_t>(record.identity >> kNextHighAt << kNextLowBits |
                                      record.state >> kPointsBits);
  }
  static void set_next(LotRecord& record, std::uint32_t next) {
    record.identity = (record.identity & low(kNextHighAt)) | std::uint64_t{next >> kNextLowBits}
                                                                 << kNextHighAt;
    record.state = (record.state & low(kPointsBits)) | std::uint64_t{next} << kPointsBits;
  }
  static bool taken_before(const LotRecord& a, const LotRecord& b);
  static std::uint64_t id_bits(const LotRecord& record) { return record.identity & low(kIdBits); }
  [[nodiscard]] std::int64_t held(std::uint32_t node) const;
  void link(List& list, std::uint32_t node);
  void unlink(List& list, std::uint32_t node);

  Chunks<LotRecord> records_;
  std::map<std::uint32_t, std::int64_t> held_;  // by node, > 0: few lots have a hold
};

inline Lot LotBook::at(std::uint32_t node) const {
  const LotRecord& record = records_[node];
  return {.id = LotId(id_bits(record)),
          .earned_month =
              Month(static_cast<std::uint16_t>(record.origin >> kPointsBits & low(kMonthBits))),
          .expires_on = BusinessDate(static_cast<std::uint16_t>(record.origin >> kExpiresAt)),
          .source = static_cast<Source>(record.identity >> kSourceAt & low(4)),
          .rating = static_cast<std::uint8_t>(record.identity >> kRatingAt & 1),
          .transit = (record.identity >> kTransitAt & 1) != 0,
          .original = static_cast<std::int64_t>(record.origin & low(kPointsBits)),
          .remaining = static_cast<std::int64_t>(record.state & low(kPointsBits)),
          .held = (record.identity >> kHeldAt & 1) != 0 ? held(node) : 0};
}

}  // namespace ph
