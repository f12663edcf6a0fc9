// What partners ask of members' points, as the clearing's switch knows it: each ask once, with its
// answer, as long as it may be repeated (docs/decisions/0020); the room that caps leave; and what
// of it is the partner's own side of a day (docs/wire.md, section 6; docs/decisions/0014). It
// decides on caps, contracts and ratios; the home alone decides on points. Deterministic: time is
// an argument. One thread owns a book.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/batch/item.h"
#include "core/rules/rulebook.h"
#include "core/types/ask.h"
#include "core/types/bytes.h"
#include "core/types/flat_index.h"
#include "core/types/numbered.h"
#include "core/types/time.h"

namespace ph {

// Entries of a batch that nobody's file has a line for: those of live items begin here, as at a
// home.
inline constexpr std::uint32_t kLiveEntry = 3'500'000'000;

// An ask that was journaled, and what became of it. As it lies in memory, it lies in a snapshot.
struct SwitchRecord {
  static constexpr std::uint8_t kFinal = 1;
  static constexpr std::uint8_t kPending = 2;  // the home has not answered
  static constexpr std::uint8_t kEnded = 4;    // of a hold: nothing of it can be captured any more
  static constexpr std::uint8_t kInBatch = 8;  // the partner's side is in a batch that was taken
  static constexpr std::uint8_t kOver = 16;    // of a hold: by a final capture, or a void
  static constexpr std::uint32_t kNoHold = FlatIndex::kNone;

  TransactionId id{};
  TransactionId parent{};
  AskKind kind{};
  Form form{};
  std::uint8_t flags{};
  std::uint8_t code{};  // 0 unless refused
  Participant partner{};
  Participant home{};       // who decided
  BusinessDate asked{};     // the day whose caps it counts for
  BusinessDate answered{};  // the day of the partner's side, when it was carried out
  std::uint32_t rate{};
  std::uint32_t seconds{};
  std::uint32_t hold{kNoHold};  // of a capture or void: the record of its hold, while there is one
  Member member{};
  std::int64_t points{};
  std::int64_t units{};
  std::int64_t released{};  // of `points`: no longer counted by the cap
  std::int64_t used{};      // of a hold: captured; of a void: freed; of others: given back since
  EntryId authorisation{};  // of the answer; while it is pending, what the ask cited
  std::int64_t at{};        // the home's time of its decision
  std::int64_t ends{};      // of a hold

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  [[nodiscard]] bool carried_out() const { return !has(kPending) && code == 0; }
};
static_assert(sizeof(SwitchRecord) == 144 && std::is_trivially_copyable_v<SwitchRecord>);

class SwitchBook {
 public:
  enum class What : std::uint8_t {
    kAnswer,   // say it; nothing is recorded
    kRefuse,   // record `code`, durably, then say it
    kForward,  // record the ask, durably, then ask the home
    kPending,  // recorded before: ask the home again
  };
  struct Decision {
    What what{};
    AskCode code{};   // of kRefuse
    Answer answer{};  // of kAnswer
    friend bool operator==(const Decision&, const Decision&) = default;
  };

  // What is to be done with an ask of `ask.partner`, whose id it is. Changes nothing.
  [[nodiscard]] Decision judge(const Ask& ask, BusinessTime now, const RuleBook& rules) const;

  // The two commands; the first ask of a day makes old ones be forgotten. `refused` is kDone for an
  // ask that the home is asked.
  void asked(const Ask& ask, AskCode refused, BusinessTime at);
  // Whether a home can answer so to what it was asked, as far as is known here. What it said comes
  // from outside: of an answer that can't be nothing is believed.
  [[nodiscard]] bool could_be(const Answer& answer) const;
  // The home's definite answer to a pending ask. False when there is none: a repeat.
  bool answered(const Answer& answer, BusinessTime at);

  // A partner's capture or void need not say whose points: its hold does.
  void complete(Ask& ask) const;

  // nullptr when there is no such ask, or none any more. Homes know ids by kind (REDEEM and CAPTURE
  // share them); a partner's id names one transaction here, whatever its kind.
  [[nodiscard]] const SwitchRecord* find(AskKind kind, const TransactionId& id) const;
  [[nodiscard]] const SwitchRecord* find(const TransactionId& id) const;
  // What is told of it to who looks it up; of what isn't known whether it may have been.
  [[nodiscard]] Found look_up(const LookUp& asked, BusinessDate today) const;
  // What the home has to be asked, of a record that is pending.
  [[nodiscard]] static Ask ask_of(const SwitchRecord& record);
  // Of a refund or reversal that doesn't say its parent's code: the one that was answered.
  void cite_parent(Ask& ask) const;
  // What its asker is told, of one that isn't pending: always the same, but for what is left.
  [[nodiscard]] Answer answer_of(const SwitchRecord& record) const;
  // Numbers of the pending records, oldest first; for the repeats after a start.
  [[nodiscard]] std::vector<std::uint32_t> pending() const;
  [[nodiscard]] const SwitchRecord& record(std::uint32_t number) const { return records_[number]; }
  [[nodiscard]] std::size_t size() const { return records_.size(); }

  // The partner's side of what was carried out up to a date and is in no batch yet, in the order of
  // the answers; `entry` counts from kLiveEntry.
  [[nodiscard]] std::vector<Item> unsealed(Participant partner, BusinessDate until) const;
  // The first day of which something is in no batch yet, and how much there is in all, of each
  // partner that has such.
  struct Unsealed {
    BusinessDate first{};
    std::uint64_t items{};
  };
  [[nodiscard]] std::map<Participant, Unsealed> unsealed() const;
  // What this partner asked live under the kind and id of an item of its own; nullptr: nothing.
  [[nodiscard]] const SwitchRecord* asked_as(Participant partner, const Item& item) const;
  // The item that a record is on the partner's side, without its entry.
  [[nodiscard]] static Item item_of(const SwitchRecord& record);
  // A batch of this partner was taken: what of it was asked live is in no further one.
  void in_batch(Participant partner, std::span<const Item> items);
  // Points that a partner's cap of that kind and span counts at a date.
  [[nodiscard]] std::int64_t counted(Participant partner, CapKind kind, CapSpan span,
                                     BusinessDate date) const;

  // The same asks and answers give the same bytes. Into a book that is empty; false: they can't be.
  void save(ByteWriter& out) const;
  [[nodiscard]] bool load(ByteReader& in);

 private:
  // What ids are unique in.
  enum class Class : std::uint8_t {
    kRedemption,
    kHold,
    kVoid,
    kExchangeOut,
    kAccrual,
    kExchangeIn,
    kRefund,  // and reversals: the partner's side of both is a PARTNER_REFUND
  };
  struct Key {
    Class class_{};
    TransactionId id{};
    friend bool operator==(const Key&, const Key&) = default;
    friend std::uint64_t hash_of(const Key& key) {
      return mix(hash_of(key.id) + static_cast<std::uint64_t>(key.class_));
    }
  };
  // Partner, kind, span, first day of the span.
  using CapKey = std::tuple<Participant, CapKind, CapSpan, BusinessDate>;

  [[nodiscard]] static Class class_of(AskKind kind);
  [[nodiscard]] Key key_of(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t find_number(AskKind kind, const TransactionId& id) const;
  [[nodiscard]] std::uint32_t number_as(Participant partner, const Item& item) const;
  [[nodiscard]] std::optional<AskCode> refusal(const Ask& ask, BusinessTime now,
                                               const RuleBook& rules) const;
  [[nodiscard]] std::optional<AskCode> hold_refusal(const Ask& ask) const;
  [[nodiscard]] bool waits_for_parent(const Ask& ask) const;
  [[nodiscard]] bool fits_caps(const Ask& ask, BusinessTime now, const RuleBook& rules) const;
  [[nodiscard]] std::uint32_t parent_of(AskKind kind, const TransactionId& id) const;
  [[nodiscard]] std::int64_t left_of(const SwitchRecord& record) const;
  [[nodiscard]] static bool waits_for_batch(const SwitchRecord& record);
  [[nodiscard]] bool is_needed(std::uint32_t number) const;
  void forget(BusinessDate today);
  void took(std::uint32_t number);
  void index(std::uint32_t number);
  void count(const SwitchRecord& record, std::int64_t points);
  void release(SwitchRecord& record, std::int64_t points);
  void of_hold_done(const SwitchRecord& record);
  void end_hold(std::uint32_t number);
  void end_holds(BusinessTime at);
  [[nodiscard]] bool could_be() const;

  Numbered<SwitchRecord> records_;
  FlatIndex by_key_;
  std::set<std::uint32_t> pending_;
  std::set<std::pair<std::int64_t, std::uint32_t>> holds_ending_;  // granted and not ended
  std::map<std::uint32_t, std::uint32_t> captures_pending_;        // of a hold; > 0
  std::map<CapKey, std::int64_t> counted_;
  // What was carried out and is in no batch, by the day of its answer.
  std::map<std::pair<Participant, BusinessDate>, std::vector<std::uint32_t>> days_;
};

}  // namespace ph
