// What goes over the wire between a node and the clearing (docs/wire.md), as plain values. Cap'n
// Proto's types stay behind `encode` and `decode`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

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

// node -> clearing: I have this batch for you.
struct Offer {
  std::uint32_t sequence{};
  BusinessDate date{};
  std::uint64_t size{};     // bytes of the `.phb` file
  Digest digest{};          // the batch's
  std::string signature{};  // text of the signature file, kind BATCH (docs/proof.md, section 5)
};
// clearing -> node: send from this byte on, not beyond `until`.
struct Want {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint64_t offset{};
  std::uint64_t until{};
};
// node -> clearing.
struct Chunk {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint64_t offset{};
  std::vector<std::byte> bytes{};
};
// An item that the clearing sent back (docs/events.md, section 3).
struct Returned {
  std::uint32_t entry{};
  std::uint8_t kind{};  // number of the item's kind
  std::uint8_t code{};  // number of the return code
  TransactionId id{};
};
// clearing -> node: the batch is taken, durably.
struct Receipt {
  std::uint32_t sequence{};
  std::string text{};       // the receipt's line
  std::string signature{};  // text of its signature file, kind RECEIPT
  std::vector<Returned> returned{};
  bool more{};  // there are more returned items than fit
};
// clearing -> node: it is not taken. `retry`: the same bytes may be taken later.
struct Refusal {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint16_t code{};  // RefusalCode
  bool retry{};
  std::string detail{};
};
// clearing -> node: it lies here, but batches before it are missing, the first of them `missing`.
struct Held {
  std::uint32_t sequence{};
  Digest digest{};
  std::uint32_t missing{};
};
// Both ways.
struct Heartbeat {
  std::uint32_t last_receipted{};  // node: the last it has a receipt for; clearing: taken
  std::uint64_t last_advice{};     // node: the last it keeps; clearing: the last there is
  std::int64_t at{};               // business time in seconds, of the sender's clock
};
// node -> clearing.
struct AdviceRequest {
  std::uint64_t after{};
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
};
struct Advices {
  std::vector<Advice> advices{};  // ascending numbers, the first `after` + 1
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
};
[[nodiscard]] std::string_view word(RefusalCode code);

using Message =
    std::variant<Offer, Want, Chunk, Receipt, Refusal, Held, Heartbeat, AdviceRequest, Advices>;

// One message as it goes over the wire.
[[nodiscard]] std::vector<std::byte> encode(const Message& message);

enum class DecodeFault : std::uint8_t { kNone, kTooLarge, kMalformed, kVersion, kLimit };
[[nodiscard]] std::string_view word(DecodeFault fault);
// Any bytes may come: lengths, nesting and values are bounded before anything is kept. On a fault
// `message` is not to be used.
[[nodiscard]] DecodeFault decode(Bytes bytes, Message& message);

}  // namespace ph::wire
