// What a sender reports for a day: the records of the canonical layout (docs/formats.md, section
// 6). The structs are the layout: fixed offsets, little-endian, no padding that is not zero.
#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

// A change of one lot, or of a debt (source kDebt, lot = issuer << 48).
struct Slice {
  LotId lot{};
  Month earned_month{};
  BusinessDate expires_on{};
  Source source{};
  std::uint8_t rating{};
  Account account{};
  std::uint8_t zero{};
  std::int64_t original{};  // points, when the lot was made
  std::int64_t delta{};     // points, signed

  friend bool operator==(const Slice&, const Slice&) = default;
};

// A one-sided change of one lot at its home.
struct Movement {
  Member member{};
  std::uint32_t entry{};
  Kind kind{};
  std::array<std::uint8_t, 3> zero{};
  Slice slice{};
};

// One side's record of a transaction. Its slices follow in the batch's slice section.
struct Item {
  Kind kind{};
  Form form{};
  Action action{};
  std::uint8_t zero{};
  Participant counterparty{};
  Participant partner{};
  Member member{};
  TransactionId id{};
  TransactionId parent{};
  EntryId authorisation{};
  std::uint32_t entry{};
  std::uint32_t rate_version{};
  std::int64_t points{};
  std::int64_t units{};
  std::int64_t cost{};     // fen
  std::int64_t freight{};  // fen
  std::int64_t cash{};     // fen
  std::uint32_t cited_sequence{};
  std::uint32_t cited_entry{};
  std::uint32_t slice_count{};
  std::uint32_t zero_end{};
};

struct BatchHeader {
  std::array<char, 4> magic{'P', 'H', 'B', '1'};
  std::uint16_t layout{1};
  Participant sender{};
  BusinessDate date{};
  std::uint16_t zero{};
  std::uint32_t sequence{};
  std::uint64_t movements{};
  std::uint64_t items{};
  std::uint64_t slices{};
  std::int64_t points{};
  std::int64_t fen{};
  Digest previous{};
  std::uint64_t zero_end{};
};

static_assert(sizeof(Slice) == 32 && std::is_trivially_copyable_v<Slice>);
static_assert(sizeof(Movement) == 48 && std::is_trivially_copyable_v<Movement>);
static_assert(sizeof(Item) == 144 && std::is_trivially_copyable_v<Item>);
static_assert(sizeof(BatchHeader) == 96 && std::is_trivially_copyable_v<BatchHeader>);

// A sealed batch, or a view of one that lies in memory: whoever holds it owns the bytes behind the
// spans.
struct BatchView {
  BatchHeader header{};
  std::span<const Movement> movements{};
  std::span<const Item> items{};
  std::span<const Slice> slices{};  // in the order of the items
  Digest digest{};
};

}  // namespace ph
