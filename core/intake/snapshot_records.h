// The tables of a sender's book in a snapshot (docs/journal.md, section 7): the structs are the
// layout, little-endian, without padding.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "core/types/digest.h"
#include "core/types/id.h"

namespace ph {

struct BatchRow {
  std::uint32_t sequence{};
  std::uint32_t zero{};
  Digest digest{};
};

// Where an item in effect lies: a batch, the item's and its first slice's number there.
struct PlaceRow {
  std::uint32_t sequence{};
  std::uint32_t item{};
  std::uint64_t slice{};
};

struct RecordRow {
  static constexpr std::uint32_t kRemoved = 1;
  static constexpr std::uint32_t kSettled = 2;

  PlaceRow in_effect{};
  std::uint32_t first_sequence{};  // as first sent
  std::uint32_t first_item{};
  std::uint32_t flags{};
  std::uint32_t zero{};
};

// What the next part makes of a record of the open one.
struct ChangeRow {
  PlaceRow in_effect{};
  std::uint32_t record{};
  std::uint32_t flags{};  // kRemoved
};

struct CorrectionRow {
  std::uint32_t sequence{};
  std::uint32_t entry{};
  std::uint32_t record{};
};

struct DebtRow {
  std::uint64_t member{};
  std::int64_t points{};
  Participant issuer{};
  std::array<std::uint8_t, 6> zero{};
};

struct SumsRow {
  Participant issuer{};
  std::uint16_t quarter{};
  std::uint32_t zero{};
  std::int64_t opening{};
  std::int64_t issued{};
  std::int64_t redeemed{};
  std::int64_t expired{};
  std::int64_t forfeited{};
  std::int64_t moved{};
  std::int64_t repaid{};
};

struct BreakageRow {
  Participant issuer{};
  BusinessDate date{};
  std::uint32_t zero{};
  std::int64_t points{};
};

// Of a lot that passed from number to number: one that had it before.
struct FormerRow {
  std::uint64_t lot{};
  std::uint64_t member{};
};

static_assert(sizeof(FormerRow) == 16);
static_assert(sizeof(BatchRow) == 40 && sizeof(PlaceRow) == 16 && sizeof(RecordRow) == 32 &&
              sizeof(ChangeRow) == 24 && sizeof(CorrectionRow) == 12 && sizeof(DebtRow) == 24 &&
              sizeof(SumsRow) == 64 && sizeof(BreakageRow) == 16);

}  // namespace ph
