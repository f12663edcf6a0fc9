// What stands around a home's tables in its snapshot (docs/journal.md, section 3).
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "core/batch/item.h"
#include "core/types/id.h"
#include "core/types/time.h"

namespace ph {

struct HomeHeader {
  std::array<char, 4> magic{'P', 'H', 'H', '1'};
  // 2: of a home that has had live events, or whose day is open; 3: that has given points back live
  // for what another home gave goods for; 4: with a programme, whose member book follows behind the
  // tables of all these.
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

// Behind the tables of layout 1: what live events and an open day add.
struct LiveHeader {
  BusinessDate day{};  // the open one
  std::uint8_t open{};
  std::uint8_t live{};         // there was a live event
  BusinessDate put_off_day{};  // 0: nothing is put off
  std::uint16_t zero{};
  std::uint32_t generated{};   // the next entry that the home makes itself
  std::uint32_t live_today{};  // the next live serial of the open day
  std::uint32_t live_tomorrow{};
  std::uint32_t restored{};  // how many records of layout 3 follow behind all tables
  // How many records of each table follow, in this order.
  std::uint64_t ends{};
  std::uint64_t days{};
  std::uint64_t cited{};
  std::uint64_t put_off{};
  std::uint64_t put_off_slices{};
  std::uint64_t answers{};
  std::uint64_t answer_slices{};
  std::uint64_t movements{};
  std::uint64_t items{};
  std::uint64_t slices{};
};

// When a live hold ends, by entry.
struct EndRecord {
  BusinessTime ends{};
  std::uint32_t entry{};
  std::uint32_t zero{};
};
// What was given back of a lot for a parent that another home knows, by parent and lot.
struct RestoredRecord {
  TransactionId parent{};
  std::uint32_t zero{};
  LotId lot{};
  std::int64_t points{};  // > 0
};
// An event that is decided and not posted, by entry; `item.slice_count` of its slices follow.
struct PutOffRecord {
  Item item{};
  std::uint32_t entry{};
  std::uint32_t zero{};
};

static_assert(sizeof(LiveHeader) == 104 && std::is_trivially_copyable_v<LiveHeader>);
static_assert(sizeof(RestoredRecord) == 48 && std::is_trivially_copyable_v<RestoredRecord>);
static_assert(sizeof(EndRecord) == 16 && sizeof(PutOffRecord) == 152);
static_assert(sizeof(HomeHeader) == 96 && std::is_trivially_copyable_v<HomeHeader>);
static_assert(sizeof(DebtRecord) == 24 && std::is_trivially_copyable_v<DebtRecord>);
static_assert(sizeof(HoldRecord) == 24 && sizeof(HeldRecord) == 16);

}  // namespace ph
