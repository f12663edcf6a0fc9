// What goes over the wire between a node and the clearing (docs/wire.md), as plain values. Cap'n
// Proto's types stay behind `encode` and `decode`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/types/ask.h"
#include "core/types/digest.h"
#include "core/types/id.h"

namespace ph::wire {

inline constexpr std::uint16_t kWireVersion = 1;
inline constexpr std::size_t kMessageBytesMax = 2U << 20U;
inline constexpr std::size_t kChunkBytesMax = 1U << 20U;
inline constexpr std::uint64_t kBatchBytesMax = 8ULL << 30U;
inline constexpr std::size_t kTextBytesMax = 4'096;
inline constexpr std::size_t kReturnedPerReceiptMax = 4'096;
inline constexpr std::size_t kAdvicesPerMessageMax = 256;
inline constexpr std::uint64_t kDayFileBytesMax = 64U << 20U;
inline constexpr std::size_t kFaultsPerDayFileMax = 1'001;
inline constexpr std::size_t kFaultTextBytesMax = 512;
inline constexpr std::uint32_t kSequenceMax = 999'999'999;
inline constexpr std::size_t kGradingBytesMax = 24;
inline constexpr std::uint64_t kScoresBytesMin = 96;
inline constexpr std::uint64_t kScoresBytesMax = 96 + 16 * 1'000'000;
// What this release understands, as its heartbeat says: ratings, too.
inline constexpr std::uint16_t kSpeaksRatings = 1;
// Depth of structs and lists within a message that is still followed.
inline constexpr int kNestingMax = 8;

// node -> clearing: I have this batch for you.
struct Offer {
  std::uint32_t sequence{};
  BusinessDate date{};
  std::uint64_t size{};     // bytes of the `.phb` file
  Digest digest{};          // the batch's
  std::string signature{};  // the signature's line without LF, kind BATCH (docs/proof.md, 5)
  friend bool operator==(const Offer&, const Offer&) = default;
};
// clearing -> node: send from this byte on, not beyond `until`.
struct Want {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint64_t offset{};
  std::uint64_t until{};
  friend bool operator==(const Want&, const Want&) = default;
};
// node -> clearing.
struct Chunk {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint64_t offset{};
  std::vector<std::byte> bytes{};  // 1 to kChunkBytesMax
  friend bool operator==(const Chunk&, const Chunk&) = default;
};
// An item that the clearing sent back (docs/events.md, section 3).
struct Returned {
  std::uint32_t entry{};
  std::uint8_t kind{};  // number of the item's kind
  std::uint8_t code{};  // number of the return code
  TransactionId id{};
  friend bool operator==(const Returned&, const Returned&) = default;
};
// clearing -> node: the batch is taken, durably.
struct Receipt {
  std::uint32_t sequence{};
  std::string text{};       // the receipt's line without LF
  std::string signature{};  // its signature's line without LF, kind RECEIPT
  std::vector<Returned> returned{};
  bool more{};  // there are more returned items than fit
  friend bool operator==(const Receipt&, const Receipt&) = default;
};
// clearing -> node: it is not taken. `retry`: the same bytes may be taken later.
struct Refusal {
  std::uint32_t sequence{};
  Digest digest{};       // zeros (on the wire: empty) when the message wasn't understood
  std::uint16_t code{};  // RefusalCode
  bool retry{};
  std::string detail{};  // for people; `encode` makes it clean_text
  friend bool operator==(const Refusal&, const Refusal&) = default;
};
// clearing -> node: it lies here, but batches before it are missing, the first of them `missing`.
struct Held {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint32_t missing{};
  friend bool operator==(const Held&, const Held&) = default;
};
// Both ways.
struct Heartbeat {
  std::uint32_t last_receipted{};  // node: the last it has a receipt for; clearing: taken
  std::uint64_t last_advice{};     // node: the last it keeps; clearing: the last there is
  std::int64_t at{};               // business time in seconds, of the sender's clock
  std::uint16_t speaks{};          // 0: no message of a rating; kSpeaksRatings: those, too
  friend bool operator==(const Heartbeat&, const Heartbeat&) = default;
};
// node -> clearing.
struct AdviceRequest {
  std::uint64_t after{};
  friend bool operator==(const AdviceRequest&, const AdviceRequest&) = default;
};
// What a batch of another home did to an issuer's points, summed.
struct Advice {
  std::uint64_t number{};
  Participant home{};
  std::uint32_t sequence{};
  BusinessDate date{};
  std::int64_t issued{};
  std::int64_t redeemed{};
  std::int64_t expired{};
  std::int64_t forfeited{};
  std::int64_t moved{};
  std::int64_t repaid{};
  friend bool operator==(const Advice&, const Advice&) = default;
};
struct Advices {
  std::vector<Advice> advices{};  // ascending numbers, the first `after` + 1
  friend bool operator==(const Advices&, const Advices&) = default;
};

// gateway -> clearing: a part of the file that a partner brings for a day. Without bytes: from
// where on is it wanted?
struct DayFilePart {
  std::uint64_t number{};  // the gateway's own, which comes back
  Participant partner{};
  BusinessDate date{};
  std::uint64_t size{};     // of the file: 1 to kDayFileBytesMax
  Digest digest{};          // its SHA-256
  std::string signature{};  // the line of its .sig without LF, kind DAY
  std::uint64_t offset{};
  std::vector<std::byte> bytes{};  // up to kChunkBytesMax
  friend bool operator==(const DayFilePart&, const DayFilePart&) = default;
};
// gateway -> clearing: what became of it?
struct DayFileRequest {
  std::uint64_t number{};
  Participant partner{};
  BusinessDate date{};
  friend bool operator==(const DayFileRequest&, const DayFileRequest&) = default;
};
enum class DayFileState : std::uint8_t {
  kNone,
  kWanted,
  kReading,
  kAccepted,
  kRefused,
  kOther,  // another one of this day was accepted
  kBusy,   // ask again later
};
struct DayFileFault {
  std::uint16_t number{};  // of its FaultCode
  std::uint32_t line{};
  std::string column{};  // `encode` makes the texts clean, and cuts them
  std::string value{};
  std::string expected{};
  friend bool operator==(const DayFileFault&, const DayFileFault&) = default;
};
// clearing -> gateway.
struct DayFile {
  std::uint64_t number{};
  DayFileState state{};
  Digest digest{};           // of the file that this is about; zeros when about none
  std::uint32_t sequence{};  // of its batch; 0: not known
  std::uint64_t offset{};    // kWanted: from this byte on
  std::uint64_t rows{};      // kAccepted; 0: not known
  std::string why{};         // for people; `encode` makes it clean_text
  std::vector<DayFileFault> faults{};
  friend bool operator==(const DayFile&, const DayFile&) = default;
};

// node -> clearing: a part of the histogram of a province's scores. Without bytes: from where on is
// it wanted? Sent to who speaks of ratings alone, as the three behind it.
struct Scores {
  std::string grading{};
  Month month{};
  Digest programme{};  // SHA-256 of its file
  std::uint32_t revision{};
  Digest digest{};  // of the whole histogram
  std::uint64_t size{};
  std::string signature{};  // the signature's line without LF, kind SCORES
  std::uint64_t offset{};
  std::vector<std::byte> bytes{};  // up to kChunkBytesMax
  std::uint32_t sequence{};        // whose key signed
  friend bool operator==(const Scores&, const Scores&) = default;
};
enum class ScoresState : std::uint8_t {
  kWanted = 1,          // from `offset` on
  kTaken = 2,           // all of it, durably
  kNotOpen = 3,         // no rating of this province, grading and month
  kOtherProgramme = 4,  // than the one that is in force for the month
  kOther = 5,           // another histogram was taken
  kWrong = 6,           // the bytes, or their signature
  kBusy = 7,            // send it again later
};
[[nodiscard]] std::string_view word(ScoresState state);
// clearing -> node.
struct ScoresTaken {
  std::string grading{};
  Month month{};
  Digest digest{};
  std::uint64_t offset{};
  ScoresState state{};
  std::string detail{};  // for people; `encode` makes it clean_text
  friend bool operator==(const ScoresTaken&, const ScoresTaken&) = default;
};
// node -> clearing.
struct ThresholdsRequest {
  std::string grading{};
  Month month{};
  friend bool operator==(const ThresholdsRequest&, const ThresholdsRequest&) = default;
};
enum class ThresholdsState : std::uint8_t { kPublished = 1, kWaits = 2, kNotOpen = 3 };
// clearing -> node.
struct Thresholds {
  std::string grading{};
  Month month{};
  ThresholdsState state{};
  std::string text{};                  // kPublished: platform/wire/thresholds.h
  std::string signature{};             // kPublished: its line without LF, kind THRESHOLDS
  std::vector<Participant> waiting{};  // kWaits: provinces that have not sent, ascending
  friend bool operator==(const Thresholds&, const Thresholds&) = default;
};

enum class RefusalCode : std::uint16_t {
  kMalformed = 1,
  kVersion = 2,
  kTooLarge = 3,
  kNotASender = 4,
  kSenderMismatch = 5,
  kSignature = 6,
  kKeyNotValid = 7,
  kSequenceTaken = 8,
  kDigest = 9,
  kBatchFault = 10,
  kPoints = 11,
  kChain = 12,
  kDateOrder = 13,
  kDateFuture = 14,
  kPeriodAhead = 15,
  kBusy = 16,
  kGapTooWide = 17,
  kNotAGateway = 18,
};
[[nodiscard]] std::string_view word(RefusalCode code);

using Message =
    std::variant<Offer, Want, Chunk, Receipt, Refusal, Held, Heartbeat, AdviceRequest, Advices, Ask,
                 Answer, LookUp, Found, QuoteRequest, Quote, RosterRequest, Roster, DayFilePart,
                 DayFileRequest, DayFile, Scores, ScoresTaken, ThresholdsRequest, Thresholds>;

// One message as it goes over the wire. A value that `decode` would refuse is a bug of the caller.
[[nodiscard]] std::vector<std::byte> encode(const Message& message);

// What may stand as a text: bytes that are no UTF-8 and control characters become '?', and what is
// longer than `bytes_max` is cut between two characters.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t bytes_max = kTextBytesMax);

// kTooLarge: the frame. kMalformed: no message, or a value that can't be. kVersion: another one.
// kLimit: a chunk, text, list or offset beyond its limit.
enum class DecodeFault : std::uint8_t { kNone, kTooLarge, kMalformed, kVersion, kLimit };
[[nodiscard]] std::string_view word(DecodeFault fault);
// How the clearing answers it.
[[nodiscard]] RefusalCode refusal_of(DecodeFault fault);
// Any bytes may come: lengths, nesting and values are bounded before anything is kept. On a fault
// `message` is not to be used.
[[nodiscard]] DecodeFault decode(Bytes bytes, Message& message);

}  // namespace ph::wire
