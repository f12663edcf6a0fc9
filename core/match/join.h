// Matching by id over sealed batches as they lie in memory. A batch's items are sorted by
// (counterparty, id), so the items that two senders have about each other are runs that need no
// index: between two provinces the days' runs are merged, between homes and a partner the partner's
// day goes into a table that fits the cache. Nothing is copied; full ids are compared, never hashes
// alone. No thread and no lock: a caller with several threads gives each a Joiner and RunCursors of
// its own, and partitions of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/batch/item.h"
#include "core/match/judge.h"
#include "core/match/pairing.h"

namespace ph {

// --- runs ---------------------------------------------------------------------------------------

// Neighbouring items of one batch with one counterparty: ascending by id.
struct ItemRun {
  std::span<const Item> items{};
  Participant sender{};
  BusinessDate date{};  // of the batch
};

// Does the run, sorted by id, hold what answers `home`?
[[nodiscard]] bool answered_in(const ItemRun& others, const SentItem& home);

// Walks through one batch's items, a counterparty at a time. The batch outlives the cursor.
class RunCursor {
 public:
  RunCursor() = default;
  explicit RunCursor(const BatchView& batch)
      : items_(batch.items), sender_(batch.header.sender), date_(batch.header.date) {}

  // The run of `counterparty`; empty if the batch has none. Cheap when counterparties are asked for
  // in ascending order, right in any.
  [[nodiscard]] ItemRun take(Participant counterparty);
  // Fetches the first lines of what is likely to be taken next.
  void prefetch() const;

 private:
  std::span<const Item> items_{};
  std::size_t at_{0};
  Participant sender_{};
  Participant last_{};  // taken
  BusinessDate date_{};
};

// --- the join -----------------------------------------------------------------------------------

// Both sides mostly report on the same day: so days are joined with each other, in the cache, and
// what is left over then across days. `Visit` has three functions, called in an order that depends
// on the items alone:
//   pair(home, other)   two items under one id, one of which answers the other
//   unanswered(home)    a home's item without a counterpart
//   unclaimed(other)    the other side's item without a counterpart
// A sender's items of one kind have different ids, as intake leaves them (docs/events.md, section
// 3).
class Joiner {
 public:
  // What two provinces have about each other. Runs ascending by date, one a batch; in them either
  // side's redemptions and deliveries may stand mixed.
  template <class Visit>
  void join_provinces(std::span<const ItemRun> a, std::span<const ItemRun> b, Visit& visit);

  // What homes have about a partner, day by day: the partner's items, and the homes' runs of that
  // day. Then `finish_partner` with all of the partner's batches.
  void start_partner() { clear(); }
  template <class Visit>
  void join_day(const ItemRun& others, std::span<const ItemRun> homes, Visit& visit);
  // False if items of several homes would be answered by one of the partner's: then what was
  // visited doesn't count, and `join_partner` gives the answer.
  template <class Visit>
  [[nodiscard]] bool finish_partner(std::span<const ItemRun> others, Visit& visit);
  // The same in whatever time it takes; `homes` ascending by home: the first to claim gets it.
  template <class Visit>
  void join_partner(std::span<const ItemRun> others, std::span<const ItemRun> homes, Visit& visit);

 private:
  struct Slot {
    const Item* item{nullptr};  // nullptr: free
    std::uint32_t tag{};
    Participant sender{};
    bool open{false};  // offered and not claimed yet
  };
  __extension__ using Product = unsigned __int128;
  static constexpr std::size_t kBlock = 16;  // Ids whose slots are fetched together.

  [[nodiscard]] static std::uint64_t hash_of(const TransactionId& id);
  [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
  }
  void clear() {
    homes_left_.clear();
    others_left_.clear();
    contested_ = false;
  }
  // An empty table for so many items.
  void start(std::size_t offered);
  void offer(const ItemRun& others);
  void offer(const SentItem& other, std::uint64_t hash);
  // The item that would answer; nullptr if there is none.
  [[nodiscard]] Slot* find(const SentItem& home, std::uint64_t hash);
  // False if nothing answers, or what does is another's.
  template <class Visit>
  [[nodiscard]] bool claim(const SentItem& home, std::uint64_t hash, Visit& visit);
  template <class Visit>
  void claim(const ItemRun& homes, Visit& visit);  // Who gets nothing is left over.
  void collect_unclaimed();
  template <class Visit>
  void merge(const ItemRun& a, const ItemRun& b, Visit& visit);
  void leave(const Item& item, Participant sender) {
    (is_home_item(item) ? homes_left_ : others_left_).push_back({&item, sender});
  }
  // Joins what is left over; afterwards `homes_left_` and `others_left_` have no counterpart.
  template <class Visit>
  void join_left(Visit& visit);
  template <class Visit>
  void report_left(Visit& visit) const;

  std::vector<Slot> slots_;  // open addressing; a power of two of them, `mask_` + 1 in use
  std::size_t mask_{0};
  std::vector<SentItem> homes_left_;
  std::vector<SentItem> others_left_;
  bool contested_{false};
};

// --- exceptions ---------------------------------------------------------------------------------

// A transaction that the two sides' items alone keep from settling.
struct MatchException {
  SuspenseReason reason{};
  Participant home{};   // none: MISSING_HOME
  Participant other{};  // who should answer
  Kind kind{};          // the home's item's, or of MISSING_HOME the other side's
  TransactionId id{};

  friend bool operator==(const MatchException&, const MatchException&) = default;
};

// By id, kind, reason, home, other: one order, whatever the partitions were.
void sort_exceptions(std::vector<MatchException>& exceptions);

// A visitor of Joiner that collects exceptions and counts the rest.
class ExceptionFinder {
 public:
  void reserve(std::size_t exceptions) { exceptions_.reserve(exceptions); }

  void pair(const SentItem& home, const SentItem& other) {
    if (!amounts_agree(*home.item, *other.item)) [[unlikely]] {
      add(SuspenseReason::kAmount, home.sender, other.sender, *home.item);
    } else if (!authorised(*home.item, *other.item)) [[unlikely]] {
      add(SuspenseReason::kAuthorisation, home.sender, other.sender, *home.item);
    } else {
      ++matched_;
      points_ += home.item->points;
    }
  }
  void unanswered(const SentItem& home) {
    add(SuspenseReason::kMissingAcquirer, home.sender, home.item->counterparty, *home.item);
  }
  void unclaimed(const SentItem& other) {
    add(SuspenseReason::kMissingHome, {}, other.sender, *other.item);
  }

  // What another one found.
  void add(const ExceptionFinder& other) {
    matched_ += other.matched_;
    points_ += other.points_;
    exceptions_.insert(exceptions_.end(), other.exceptions_.begin(), other.exceptions_.end());
  }

  [[nodiscard]] std::uint64_t matched() const { return matched_; }
  [[nodiscard]] std::int64_t matched_points() const { return points_; }
  [[nodiscard]] const std::vector<MatchException>& exceptions() const { return exceptions_; }

 private:
  void add(SuspenseReason reason, Participant home, Participant other, const Item& item) {
    exceptions_.push_back(
        {.reason = reason, .home = home, .other = other, .kind = item.kind, .id = item.id});
  }

  std::uint64_t matched_{0};
  std::int64_t points_{0};
  std::vector<MatchException> exceptions_;
};

// --- templates ----------------------------------------------------------------------------------

// Two multiplications over the whole id. The table compares full ids: a hash only says where.
inline std::uint64_t Joiner::hash_of(const TransactionId& id) {
  std::array<std::uint64_t, 3> reference{};
  std::memcpy(reference.data(), id.reference.data(), sizeof reference);
  const std::uint64_t head =
      static_cast<std::uint64_t>(id.participant.number()) << 16 | id.date.count();
  const auto fold = [](Product product) {
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  return fold(Product{reference[0] ^ 0x9e3779b97f4a7c15} * (reference[1] ^ 0xbf58476d1ce4e5b9)) ^
         fold(Product{reference[2] ^ 0x94d049bb133111eb} * (head ^ 0xd6e8feb86659fd93));
}

inline Joiner::Slot* Joiner::find(const SentItem& home, std::uint64_t hash) {
  const std::uint32_t tag = tag_of(hash);
  Slot* const slots = slots_.data();
  for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
    Slot& slot = slots[at];
    if (slot.item == nullptr) {
      return nullptr;
    }
    if (slot.tag == tag && slot.item->id == home.item->id &&
        answers(home, {slot.item, slot.sender})) {
      return &slot;
    }
  }
}

template <class Visit>
bool Joiner::claim(const SentItem& home, std::uint64_t hash, Visit& visit) {
  Slot* slot = find(home, hash);
  if (slot == nullptr || !slot->open) {
    contested_ = contested_ || slot != nullptr;
    return false;
  }
  slot->open = false;
  visit.pair(home, SentItem{slot->item, slot->sender});
  return true;
}

template <class Visit>
void Joiner::claim(const ItemRun& homes, Visit& visit) {
  std::array<std::uint64_t, kBlock> hashes;
  const Item* item = homes.items.data();
  for (std::size_t left = homes.items.size(); left != 0;) {
    const std::size_t block = left < kBlock ? left : kBlock;
    for (std::size_t n = 0; n < block; ++n) {
      hashes[n] = hash_of(item[n].id);
      __builtin_prefetch(slots_.data() + (hashes[n] & mask_));
    }
    for (std::size_t n = 0; n < block; ++n) {
      if (const Item* likely = slots_.data()[hashes[n] & mask_].item) {
        __builtin_prefetch(likely);
        __builtin_prefetch(&likely->points);
      }
    }
    for (std::size_t n = 0; n < block; ++n) {
      const SentItem home{item + n, homes.sender};
      if (is_home_item(item[n]) && !claim(home, hashes[n], visit)) {
        homes_left_.push_back(home);
      }
    }
    item += block;
    left -= block;
  }
}

// Both ascending by id. What finds no answer here may find it in another day's run.
template <class Visit>
void Joiner::merge(const ItemRun& a, const ItemRun& b, Visit& visit) {
  const Item* x = a.items.data();
  const Item* y = b.items.data();
  const Item* const x_end = x + a.items.size();
  const Item* const y_end = y + b.items.size();
  while (x != x_end && y != y_end) {
    if (x->id == y->id) [[likely]] {
      const SentItem left{x++, a.sender};
      const SentItem right{y++, b.sender};
      if (answers(left, right)) {
        visit.pair(left, right);
      } else if (answers(right, left)) {
        visit.pair(right, left);
      } else {
        leave(*left.item, left.sender);
        leave(*right.item, right.sender);
      }
    } else if (x->id < y->id) {
      leave(*x++, a.sender);
    } else {
      leave(*y++, b.sender);
    }
  }
  for (; x != x_end; ++x) {
    leave(*x, a.sender);
  }
  for (; y != y_end; ++y) {
    leave(*y, b.sender);
  }
}

template <class Visit>
void Joiner::join_left(Visit& visit) {
  start(others_left_.size());
  for (const SentItem& other : others_left_) {
    offer(other, hash_of(other.item->id));
  }
  std::erase_if(homes_left_,
                [&](const SentItem& home) { return claim(home, hash_of(home.item->id), visit); });
  others_left_.clear();
  collect_unclaimed();
}

template <class Visit>
void Joiner::report_left(Visit& visit) const {
  for (const SentItem& home : homes_left_) {
    visit.unanswered(home);
  }
  for (const SentItem& other : others_left_) {
    visit.unclaimed(other);
  }
}

template <class Visit>
void Joiner::join_provinces(std::span<const ItemRun> a, std::span<const ItemRun> b, Visit& visit) {
  clear();
  std::size_t x = 0;
  std::size_t y = 0;
  while (x < a.size() || y < b.size()) {
    if (y == b.size() || (x < a.size() && a[x].date < b[y].date)) {
      merge(a[x++], {}, visit);
    } else if (x == a.size() || b[y].date < a[x].date) {
      merge({}, b[y++], visit);
    } else {
      merge(a[x++], b[y++], visit);
    }
  }
  join_left(visit);
  report_left(visit);
}

template <class Visit>
void Joiner::join_day(const ItemRun& others, std::span<const ItemRun> homes, Visit& visit) {
  start(others.items.size());
  offer(others);
  for (const ItemRun& run : homes) {
    claim(run, visit);
  }
  collect_unclaimed();
}

template <class Visit>
bool Joiner::finish_partner(std::span<const ItemRun> others, Visit& visit) {
  join_left(visit);
  // Does something answer them that another home has claimed on another day?
  for (const SentItem& home : homes_left_) {
    for (const ItemRun& run : others) {
      contested_ = contested_ || answered_in(run, home);
    }
  }
  report_left(visit);
  return !contested_;
}

template <class Visit>
void Joiner::join_partner(std::span<const ItemRun> others, std::span<const ItemRun> homes,
                          Visit& visit) {
  clear();
  std::size_t offered = 0;
  for (const ItemRun& run : others) {
    offered += run.items.size();
  }
  start(offered);
  for (const ItemRun& run : others) {
    offer(run);
  }
  for (const ItemRun& run : homes) {
    claim(run, visit);
  }
  collect_unclaimed();
  report_left(visit);
}

}  // namespace ph
