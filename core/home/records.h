// What a home keeps of its members and of what it has carried out: fixed records without padding.
// As they lie in memory, they lie in a snapshot (docs/journal.md, section 3).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "core/home/fingerprint.h"
#include "core/lots/lot_book.h"
#include "core/types/flat_index.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

enum class MemberState : std::uint8_t { kHome = 0, kMoved = 1, kClosed = 2 };

struct MemberRecord {
  static constexpr std::uint8_t kHasDebt = 1;   // debts may be there; without it there are none
  static constexpr std::uint8_t kMoveOpen = 2;  // a move in that is not confirmed; at most one

  Member member{};
  LotBook::List lots{};
  BusinessDate first_expiry{BusinessDate::kCount};  // none of its points expire before
  MemberState state{};
  std::uint8_t flags{};

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  void set(std::uint8_t flag, bool on) {
    flags = static_cast<std::uint8_t>(on ? flags | flag : flags & ~flag);
  }
};

// Kinds of transactions that don't share ids.
enum class EntryClass : std::uint8_t {
  kRedemption = 0,
  kHold = 1,
  kExchangeOut = 2,
  kAccrual = 3,
  kExchangeIn = 4,
  kRefund = 5,
  kReversal = 6,
  kMoveOut = 7,
  kMoveIn = 8,
  kDelivery = 9,
  kDeliveryRefund = 10,
  kVoid = 11,    // live ones alone: the rows of files have no id
  kMember = 12,  // rows of members with an id of their own
};

// A transaction that was carried out, for copies, parents and citations.
struct EntryRecord {
  static constexpr std::uint8_t kGiven = 1;  // its id was given, and a copy can come
  static constexpr std::uint8_t kWithdrawn = 2;
  static constexpr std::uint8_t kRefunded = 4;   // in part or whole
  static constexpr std::uint8_t kConfirmed = 8;  // of a move in
  static constexpr std::uint8_t kFlagsMax = 15;
  static constexpr std::uint8_t kPutOff = 16;  // decided, and posted when the next day opens
  static constexpr std::uint8_t kLiveFlagsMax = 31;
  // Of a home with a programme: a capture of what was held on an earlier day, when it was counted.
  static constexpr std::uint8_t kHeldBefore = 32;
  // Likewise: a hold that an order has, which no row can cite.
  static constexpr std::uint8_t kOfOrder = 64;
  static constexpr std::uint8_t kBookFlagsMax = 127;

  EntryClass class_{};
  std::uint8_t flags{};
  Form form{};
  std::uint8_t zero{};
  Participant giver{};
  Participant partner{};
  Participant other{};
  BusinessDate date{};     // the id: an entry of this province
  std::uint32_t number{};  // its number; of a given id, which of those
  std::uint64_t holder{};  // number of the account; of deliveries the member
  std::int64_t points{};
  std::int64_t
      left{};  // points of a hold, accrual or exchange in; elsewhere where its slices begin

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  void set(std::uint8_t flag) { flags = static_cast<std::uint8_t>(flags | flag); }
  void clear(std::uint8_t flag) { flags = static_cast<std::uint8_t>(flags & ~flag); }
  [[nodiscard]] bool takes() const {
    return class_ == EntryClass::kRedemption || class_ == EntryClass::kExchangeOut;
  }
  [[nodiscard]] bool delivers() const {
    return class_ == EntryClass::kDelivery || class_ == EntryClass::kDeliveryRefund;
  }
};

// What entries are found by.
struct EntryKey {
  EntryClass class_{};
  TransactionId id{};
  friend bool operator==(const EntryKey&, const EntryKey&) = default;
  friend std::uint64_t hash_of(const EntryKey& key) {
    return mix(hash_of(key.id) + static_cast<std::uint64_t>(key.class_));
  }
};

// The id of a transaction that somebody else named, and what its row said.
struct GivenRecord {
  TransactionId id{};
  Fingerprint content{};
};

// A slice that a redemption or exchange took: what of it is not restored yet. An entry's slices lie
// side by side.
struct TakenRecord {
  std::uint32_t lot{};       // node
  std::uint32_t left_low{};  // points
  std::uint16_t left_high{};
  std::uint16_t last{};  // 1: the entry's last one

  [[nodiscard]] std::int64_t left() const {
    return static_cast<std::int64_t>(std::uint64_t{left_high} << 32U | left_low);
  }
  void set_left(std::int64_t points) {
    left_low = static_cast<std::uint32_t>(points);
    left_high = static_cast<std::uint16_t>(points >> 32);
  }
};

// Which entry a serial of a file, or of a day's live events, named: serials ascend within one.
struct CitedRecord {
  std::uint32_t serial{};
  std::uint32_t entry{};
};
// A file, or a day's live events: sequences ascend.
struct FileRecord {
  std::uint32_t sequence{};
  std::uint32_t first_cited{};
};

struct BillKey {
  std::array<char, 16> account{};
  Month month{};
  friend bool operator==(const BillKey&, const BillKey&) = default;
  friend std::uint64_t hash_of(const BillKey& key) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), key.account.data(), sizeof words);
    return mix(mix(mix(words[0]) ^ words[1]) ^ key.month.count());
  }
};
struct BillRecord {
  std::array<char, 16> account{};
  std::uint64_t month_fen{};  // month << 48 | fen

  static BillRecord of(const BillKey& key, std::int64_t fen) {
    return {.account = key.account,
            .month_fen = std::uint64_t{key.month.count()} << 48U | static_cast<std::uint64_t>(fen)};
  }
  [[nodiscard]] BillKey key() const {
    return {.account = account, .month = Month(static_cast<std::uint16_t>(month_fen >> 48U))};
  }
  [[nodiscard]] std::int64_t fen() const {
    return static_cast<std::int64_t>(month_fen & ((std::uint64_t{1} << 48U) - 1));
  }
};

static_assert(sizeof(MemberRecord) == 16 && std::is_trivially_copyable_v<MemberRecord>);
static_assert(sizeof(EntryRecord) == 40 && std::is_trivially_copyable_v<EntryRecord>);
static_assert(sizeof(GivenRecord) == 44 && std::is_trivially_copyable_v<GivenRecord>);
static_assert(sizeof(TakenRecord) == 12 && sizeof(CitedRecord) == 8 && sizeof(FileRecord) == 8);
static_assert(sizeof(BillRecord) == 24 && std::is_trivially_copyable_v<BillRecord>);

}  // namespace ph
