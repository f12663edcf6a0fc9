// An event that comes one at a time, between the files of days: a redemption at a counter, a hold,
// a partner's accrual (docs/events.md, section 2; decision 13). What is asked, what is answered,
// and the bytes in which a command stands in a journal (docs/journal.md, section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/home/day.h"
#include "core/home/fingerprint.h"
#include "core/home/records.h"
#include "core/types/ask.h"
#include "core/types/bytes.h"
#include "core/types/time.h"

namespace ph {

// Live entries' serials; below them those of files and of what a home makes itself.
inline constexpr std::uint32_t kGeneratedFrom = 3'000'000'000;
inline constexpr std::uint32_t kLiveFrom = 3'500'000'000;
// A live hold lasts so long unless it says how long; kHoldSecondsMax at most.
inline constexpr std::uint32_t kHoldSeconds = 15 * 60;

// A row as a day's file has it, of the kinds below; its id is always given. `serial`, `line` and
// `first_child` are the home's: 0.
struct LiveCommand {
  DayRow row{};
  // row.child_count: of a REFUND what other homes say of its parent, kSlicesPerAskMax at most; of a
  // MOVE_IN the lots and debts that come, kSlicesPerMoveMax at most.
  std::vector<ChildRow> children{};
  std::uint32_t hold_seconds{};  // how long a HOLD lasts; 0: kHoldSeconds
  // A MOVE_OUT whose answer tells what the programme knows of the member (core/home/standing.h); of
  // a MOVE_IN what the other home's answer told.
  bool tells_standing{};
  std::vector<std::byte> standing{};

  friend bool operator==(const LiveCommand&, const LiveCommand&) = default;
};

// Points of a lot that an event took, holds, gave back, made or sent elsewhere. The lot names its
// issuer; a debt is a lot without date and number.
struct LiveSlice {
  LotId lot{};
  std::int64_t points{};

  friend bool operator==(const LiveSlice&, const LiveSlice&) = default;
};

[[nodiscard]] inline bool is_debt(LotId lot) {
  return lot == LotId(lot.participant(), BusinessDate(), 0);
}

// `code` 0: done. Else a ReturnCode (core/home/home.h): nothing was done.
struct LiveAnswer {
  std::uint8_t code{};
  EntryId entry{};           // its own; what a withdrawal cites
  EntryId authorisation{};   // the home's code; of a capture that of its hold
  BusinessTime at{};         // when it was decided; 0: it wasn't
  BusinessTime ends{};       // of a hold: the first second when it is over
  std::int64_t points{};     // of a VOID those that are free again
  std::int64_t available{};  // the member's, after it; 0 of deliveries
  std::vector<LiveSlice> slices{};
  std::vector<std::byte> standing{};  // of a MOVE_OUT that tells it

  friend bool operator==(const LiveAnswer&, const LiveAnswer&) = default;
};

// nullopt: no kind that comes live.
[[nodiscard]] std::optional<EntryClass> live_class(RowKind kind);

// Its values are in their ranges, what its kind doesn't have is zero, and it fits a home of this
// province. Who the participants are isn't asked: that takes a rule book.
[[nodiscard]] bool well_formed(const LiveCommand& command, Participant province);

// What a copy of it has, too. Not what other homes say of a refund's parent: that isn't the
// asker's.
[[nodiscard]] Fingerprint content_of(const LiveCommand& command);

// To the byte (docs/journal.md, section 4). `get_live` makes the reader bad when it isn't one.
void put_live(ByteWriter& out, const LiveCommand& command);
void put_children(ByteWriter& out, const std::vector<ChildRow>& children);
[[nodiscard]] std::vector<ChildRow> get_children(ByteReader& in);
[[nodiscard]] LiveCommand get_live(ByteReader& in);

}  // namespace ph
