// What this province's counters ask of other homes' members, as its journal knows it: each intent
// once, with its answer when it has come, for as long as its id can come (docs/decisions/0016).
// Deterministic: time is an argument. One thread owns a book.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/home/live.h"
#include "core/home/records.h"
#include "core/types/ask.h"
#include "core/types/bytes.h"
#include "core/types/flat_index.h"
#include "core/types/time.h"

namespace ph {

// Of one node: as many as the clearing takes of an asker to one home; and of one home, so that a
// silent one leaves room for the others.
inline constexpr std::size_t kIntentsMax = 256;
inline constexpr std::size_t kIntentsOfHomeMax = 64;

// What a counter wants: the ask, whose giver is this province, and what a gift costs it, in fen,
// which is nobody else's affair. Of a move the giver is the new home.
struct Intent {
  Ask ask{};
  std::int64_t cost{};
  std::int64_t freight{};
  std::int64_t cash{};
  friend bool operator==(const Intent&, const Intent&) = default;
};

// An intent that was journaled, and what became of it. As it lies in memory, it lies in a snapshot
// (docs/journal.md, section 3).
struct IntentRecord {
  static constexpr std::uint8_t kFinal = 1;
  static constexpr std::uint8_t kPending = 2;  // no definite answer has come
  static constexpr std::uint8_t kFlagsMax = 3;

  TransactionId id{};
  TransactionId parent{};
  AskKind kind{};
  Form form{};
  std::uint8_t flags{};
  std::uint8_t code{};  // of the answer; 0: done
  Participant home{};   // who decided
  std::uint8_t own{};   // what became of our own record: 0, or the ReturnCode of the DELIVERY
  std::uint8_t zero_8{};
  std::uint32_t seconds{};
  std::uint32_t zero_32{};
  Member member{};
  std::int64_t points{};
  std::int64_t cost{};
  std::int64_t freight{};
  std::int64_t cash{};
  EntryId authorisation{};  // of the answer
  std::int64_t asked{};     // business time, in seconds
  std::int64_t at{};        // when the home decided; 0: it only refused
  std::int64_t ends{};      // of a hold
  std::int64_t told{};      // points of the answer

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] bool pending() const { return has(kPending); }
  [[nodiscard]] bool done() const { return !pending() && code == 0; }
};
static_assert(sizeof(IntentRecord) == 152 && std::is_trivially_copyable_v<IntentRecord>);

class IntentBook {
 public:
  // nullptr: no such intent. Kinds don't share ids, but REDEEM and CAPTURE do.
  [[nodiscard]] const IntentRecord* find(const EntryKey& key) const;
  [[nodiscard]] const IntentRecord* find(AskKind kind, const TransactionId& id) const;
  // What a capture, void or refund cites.
  [[nodiscard]] const IntentRecord* find_parent(const Ask& ask) const;

  // The two commands. An intent that is new; a definite answer to one that is pending.
  void asking(const Intent& intent, BusinessTime at);
  void answered(const Answer& answer, std::uint8_t own);

  // Those without an answer, oldest first.
  [[nodiscard]] std::vector<const IntentRecord*> pending() const;
  [[nodiscard]] std::size_t pending_count() const { return pending_.size(); }
  [[nodiscard]] std::size_t pending_of(Participant home) const;  // by the member's first home
  // The member is moving in here, and what leaves the other home isn't here yet.
  [[nodiscard]] bool moving_in(Member member) const;
  [[nodiscard]] bool empty() const { return by_date_.empty(); }

  // The same commands give the same bytes. Into a book that is empty; false: they can't be one of
  // `province`.
  void save(ByteWriter& out) const;
  [[nodiscard]] bool load(ByteReader& in, Participant province);

 private:
  struct Day {
    std::vector<IntentRecord> records{};
    FlatIndex index{};
  };
  using Place = std::pair<BusinessDate, std::uint32_t>;

  void add(const IntentRecord& record);
  void forget_before(BusinessDate date);

  std::map<BusinessDate, Day> by_date_;  // of the ids; in the order in which they came
  std::set<Place> pending_;
};

// The same, whatever was answered. A capture or void takes its member from its hold.
[[nodiscard]] bool same_content(const IntentRecord& record, const Intent& intent);
[[nodiscard]] Intent intent_of(const IntentRecord& record, Participant province);
// Of a record that isn't pending; a pending one has none: not definite, without a code.
[[nodiscard]] Answer answer_of(const IntentRecord& record);
// The province's own side of what was done, under the same id: a DELIVERY or DELIVERY_REFUND; of a
// move a MOVE_IN of what the answer brings. None of what gives no goods, and of what this province
// decided as the home.
[[nodiscard]] std::optional<LiveCommand> own_record(const Intent& intent, const Answer& answer);

}  // namespace ph
