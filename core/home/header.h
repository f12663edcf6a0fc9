// What stands around a home's tables in its snapshot (docs/journal.md, section 3).
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "core/types/id.h"

namespace ph {

struct HomeHeader {
  std::array<char, 4> magic{'P', 'H', 'H', '1'};
  std::uint16_t layout{1};
  Participant province{};
  // How many records of each table follow, in this order.
  std::uint64_t members{};
  std::uint64_t lots{};
  std::uint64_t entries{};
  std::uint64_t given{};
  std::uint64_t taken{};
  std::uint64_t cited{};
  std::uint64_t files{};
  std::uint64_t bills{};
  std::uint64_t debts{};
  std::uint64_t holds{};
  std::uint64_t held{};
};

// By member and issuer.
struct DebtRecord {
  Member member{};
  std::int64_t points{};  // > 0
  Participant issuer{};
  std::array<std::uint16_t, 3> zero{};
};
// An open hold, by entry. Its slices are the next of the held ones.
struct HoldRecord {
  EntryId authorisation{};
  std::uint32_t entry{};
  std::uint32_t slices{};
  BusinessDate expires{};
  std::array<std::uint16_t, 3> zero{};
};
// In taking order.
struct HeldRecord {
  std::int64_t points{};
  std::uint32_t lot{};  // node
  std::uint32_t zero{};
};

static_assert(sizeof(HomeHeader) == 96 && std::is_trivially_copyable_v<HomeHeader>);
static_assert(sizeof(DebtRecord) == 24 && std::is_trivially_copyable_v<DebtRecord>);
static_assert(sizeof(HoldRecord) == 24 && sizeof(HeldRecord) == 16);

}  // namespace ph
