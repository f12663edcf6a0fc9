// What is asked of a member's points now, and what is answered (docs/wire.md, section 6), as plain
// values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/child_row.h"
#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

inline constexpr std::size_t kSlicesPerAskMax = 1'024;
// Lots and debts that leave with a member who moves live; who has more moves by files.
inline constexpr std::size_t kSlicesPerMoveMax = 16'384;
// What the programme knows of him, which leaves with him.
inline constexpr std::size_t kStandingBytesMax = 8'192;
inline constexpr std::uint32_t kHoldSecondsMax = 30 * 86'400;

// What can be asked. The numbers are those of the rows of a province's day (docs/journal.md,
// section 3).
enum class AskKind : std::uint8_t {
  kRedeem = 6,
  kHold = 7,
  kCapture = 8,
  kVoid = 9,
  kExchangeOut = 10,
  kAccrual = 11,
  kExchangeIn = 12,
  kRefund = 13,
  kReversal = 14,
  kMove = 15,  // of the member to the asker, who becomes its home (docs/decisions/0018)
};
[[nodiscard]] std::string_view word(AskKind kind);
// A capture or void: its parent is a hold.
[[nodiscard]] bool cites_hold(AskKind kind);

// Why not. 1 to 17 are the return codes of docs/events.md, which the home gives; these are named
// here because the switch gives them, too.
enum class AskCode : std::uint8_t {
  kDone = 0,
  kTooOld = 1,
  kDuplicate = 3,
  kUnknownParent = 6,
  kNoContract = 16,
  kAgainLater = 18,
  kHomeSilent = 19,
  kBusy = 20,
  kNotYours = 21,
  kRate = 22,
  kCapReached = 23,
  kInvalid = 24,
  kMoved = 25,  // of a former home, to the clearing alone: ask the next one
};

// Of a refund's parent, by what other homes say of it: what is left of a slice, or, below zero,
// what was given back of it. Of a move: a lot or debt that leaves.
using AskSlice = ChildRow;

// Asker -> clearing -> the member's home.
struct Ask {
  AskKind kind{};
  Form form{};
  bool final{};  // of a capture: the rest of the hold is freed
  TransactionId id{};
  TransactionId parent{};   // hold of a capture or void; what a refund or reversal takes back
  Member member{};          // none: that of the hold, of a partner's capture or void
  Participant giver{};      // the acquiring province, or
  Participant partner{};    // the partner: exactly one of them
  std::uint32_t rate{};     // of an exchange: the version of its row
  std::uint32_t seconds{};  // of a hold: how long it lasts, from 1 to kHoldSecondsMax
  std::int64_t points{};
  std::int64_t units{};
  EntryId authorisation{};  // of a refund or reversal: the code that its parent's answer had
  std::vector<AskSlice> slices{};
  Digest request{};  // SHA-256 of the partner's signed request; zeros when no partner asks
  // The asker's own, given back with each answer: the same id may be asked with other content while
  // an answer is on its way. 0: none.
  std::uint64_t number{};
  friend bool operator==(const Ask&, const Ask&) = default;
};

// Home -> clearing -> asker; or of the clearing itself. Not `definite`: nothing is decided, and the
// same ask may be sent again.
struct Answer {
  AskKind kind{};
  TransactionId id{};
  bool definite{};
  std::uint8_t code{};      // 0: done; else why not
  Participant home{};       // who decided; none when the clearing did
  EntryId authorisation{};  // the home's code; of an accrual or exchange in, the lot it made
  std::int64_t at{};        // business time of the decision, in seconds
  std::int64_t ends{};      // of a hold: the first second when it is over; else 0
  std::int64_t points{};    // of a void: those that are free again; of a move: those that leave
  std::string detail{};     // for people; the wire makes it clean
  // To a partner: what can still be captured of the hold, or given back of the parent, when this is
  // said. kNotSaid: of no hold and no parent that the clearing knows.
  std::int64_t left{kNotSaid};
  Member member{};         // to a partner: whose points
  std::uint64_t number{};  // that of the ask
  // Of a move that is done: all that leaves. Of a refund that gets kMoved: what is left of its
  // parent, as far as this home knows.
  std::vector<AskSlice> slices{};
  // Of a move that is done: what the old home's programme knows of the member. Read by the new home
  // alone.
  std::vector<std::byte> standing{};

  static constexpr std::int64_t kNotSaid = -1;
  friend bool operator==(const Answer&, const Answer&) = default;
};

// --- what the gateway asks the clearing besides; `number` is its own, and comes back

// What is known of a partner's transaction?
struct LookUp {
  std::uint64_t number{};
  TransactionId id{};
  friend bool operator==(const LookUp&, const LookUp&) = default;
};
struct Found {
  std::uint64_t number{};
  std::optional<Ask> ask{};  // none: nothing is known
  // To it; not definite: the home has not answered yet. Without an ask there is a code at most:
  // kTooOld, something may have been known of an id that is so old.
  Answer answer{};
  friend bool operator==(const Found&, const Found&) = default;
};

// What do a partner's prices make of an amount? One of points, units, fen is above 0.
struct QuoteRequest {
  std::uint64_t number{};
  AskKind kind{};  // kRedeem, kAccrual, kExchangeOut, kExchangeIn
  Participant partner{};
  BusinessDate date{};
  std::int64_t points{};
  std::int64_t units{};  // of an exchange
  std::int64_t fen{};    // of a redemption
  friend bool operator==(const QuoteRequest&, const QuoteRequest&) = default;
};
struct Quote {
  std::uint64_t number{};
  AskCode code{};  // kDone; kNoContract: no contract or price; kRate: no amount that can be
  std::int64_t points{};
  std::int64_t units{};
  std::int64_t fen{};    // rounded half up; statements round once a line
  std::uint32_t rate{};  // version of the price row
  std::int64_t num{};
  std::int64_t den{};
  std::int64_t block{};  // of an exchange: in what the member gives
  std::int64_t min{};
  friend bool operator==(const Quote&, const Quote&) = default;
};

// Who is who, by the rule book in force?
struct RosterRequest {
  Participant after{};
  friend bool operator==(const RosterRequest&, const RosterRequest&) = default;
};
inline constexpr std::size_t kRosterMax = 1'024;
struct Roster {
  struct Row {
    Participant participant{};
    std::string code{};
    friend bool operator==(const Row&, const Row&) = default;
  };
  Participant after{};
  std::vector<Row> rows{};  // ascending
  bool more{};              // there are others behind them
  friend bool operator==(const Roster&, const Roster&) = default;
};

}  // namespace ph
