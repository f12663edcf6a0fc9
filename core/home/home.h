// A home's state machine: a province's members, their lots, holds and debts. It takes day files in
// their order and gives, for each, what the province's batch says and which rows came back
// (docs/events.md, section 2). Deterministic: the same files give the same batches. One thread owns
// a Home.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/batch/item.h"
#include "core/home/day.h"
#include "core/lots/lot_book.h"
#include "core/types/flat_index.h"

namespace ph {

// Why a row came back. Stable: written into returned.csv by name (docs/events.md).
enum class ReturnCode : std::uint8_t {
  kTooOld = 1,
  kCopy = 2,
  kDuplicate = 3,
  kNotHome = 4,
  kClosed = 5,
  kUnknownParent = 6,
  kHoldEnded = 7,
  kHoldOpen = 8,
  kMoveOpen = 9,
  kBillMismatch = 10,
  kAlreadyRefunded = 11,
  kWholeOnly = 12,
  kExceedsParent = 13,
  kZeroPoints = 14,
  kInsufficientPoints = 15,
  // At the clearing.
  kNoContract = 16,
  kUnknownCited = 17,
};
[[nodiscard]] std::string_view word(ReturnCode code);
[[nodiscard]] std::string_view word(RowKind kind);

struct ReturnedRow {
  RowKind kind{};
  ReturnCode code{};
  std::uint32_t serial{};
  TransactionId id{};
};

// What one day file became. Slices lie in the order of the items.
struct DayResult {
  std::vector<Movement> movements{};
  std::vector<Item> items{};
  std::vector<Slice> slices{};
  std::vector<ReturnedRow> returned{};
};

enum class MemberState : std::uint8_t { kHome, kMoved, kClosed };

// What a member has here. `available` is what a redemption of that day may take: free points of
// lots that are neither expired nor in transit, less debts; 0 when debts are more.
struct Balance {
  MemberState state{};
  std::int64_t points{};  // all that is left in the lots
  std::int64_t available{};
  std::int64_t held{};
  std::int64_t debts{};

  friend bool operator==(const Balance&, const Balance&) = default;
};

class Home {
 public:
  explicit Home(Participant province) : province_(province) {}

  // Before the first day. Amounts were checked by the reader.
  void open(const Opening& opening);

  // A day in slices. Files in the order of their sequence; a file lives until the day's end.
  void begin_day(const DayFile& file);
  // Carries out at most `count` further rows: true while something remains. A slice's work is
  // bounded by `count`: the expiry run before the first row, and the end of holds after the last,
  // count as rows.
  [[nodiscard]] bool take_rows(std::size_t count);
  // When nothing remains.
  [[nodiscard]] DayResult end_day();
  // The three at once.
  [[nodiscard]] DayResult take(const DayFile& file);

  // Between slices too. nullopt: the member was never at home here.
  [[nodiscard]] std::optional<Balance> balance(Member member, BusinessDate on) const;
  // In taking order, the empty ones too. `transit` is 0 once the move is confirmed.
  [[nodiscard]] std::vector<Lot> lots(Member member) const;

 private:
  using State = MemberState;
  struct MemberAccount {
    Member member{};
    State state{};
    bool has_debt{false};
    BusinessDate first_expiry{BusinessDate::kCount};  // none of its points expire before
    std::uint32_t open_holds{0};
    std::uint32_t open_moves{0};  // moves in that are not confirmed
    LotBook::List lots{};
  };
  // Slices that a redemption or exchange took: what of each is not restored yet.
  struct Taken {
    Lot lot{};  // attributes when it was taken
    std::int64_t points{};
    std::int64_t left{};
  };
  enum class Class : std::uint8_t {
    kRedemption,
    kHold,
    kExchangeOut,
    kAccrual,
    kExchangeIn,
    kRefund,
    kReversal,
    kMoveOut,
    kMoveIn,
    kDelivery,
    kDeliveryRefund,
  };
  // A transaction this home has carried out, for copies, parents and citations.
  struct Entry {
    Class class_{};
    bool withdrawn{false};
    bool refunded{false};
    Form form{};
    std::uint32_t account{};      // index; kNoAccount for deliveries
    std::uint32_t row{};          // index in contents_ + 1 when a copy can come; 0 = own id
    std::uint32_t first_taken{};  // in taken_
    std::uint32_t taken_count{};
    std::uint32_t next_same_id{FlatIndex::kNone};
    TransactionId id{};
    Participant giver{};
    Participant partner{};
    Participant other{};
    Member member{};
    std::int64_t points{};
    std::int64_t left{};  // of a hold, accrual or exchange in
  };
  struct Hold {
    BusinessDate expires{};
    bool open{true};
    EntryId authorisation{};
    std::vector<std::pair<LotId, std::int64_t>>
        slices{};  // lot, points still held; in taking order
  };
  struct Content {
    DayRow row{};
    std::vector<ChildRow> children{};
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
  struct Bill {
    BillKey key{};
    std::int64_t fen{};
  };
  using Outcome = ReturnCode;
  static constexpr Outcome kDone{};
  static constexpr std::uint32_t kNoAccount = FlatIndex::kNone;
  static constexpr std::uint32_t kGeneratedFrom = 3'000'000'000;

  // home.cpp: dispatch, accounts, ids
  [[nodiscard]] Outcome take_row(const DayRow& row);
  [[nodiscard]] Outcome check_id(const DayRow& row, Class class_);
  [[nodiscard]] std::uint32_t find_account(Member member) const;
  [[nodiscard]] Outcome may_earn(Member member) const;
  [[nodiscard]] std::uint32_t account_for_earning(Member member);
  std::uint32_t new_account(Member member, State state);
  [[nodiscard]] Outcome state_of(std::uint32_t account, bool closed_is_fine) const;
  [[nodiscard]] std::uint32_t find_entry(Class class_, const TransactionId& id) const;
  std::uint32_t add_entry(const DayRow& row, Class class_, std::uint32_t account);
  void cite(std::uint32_t serial, std::uint32_t entry);
  Item& add_item(const DayRow& row, Kind kind, Member member);
  void add_slice(const Slice& slice);
  void add_movement(std::uint32_t entry, Kind kind, Member member, const Slice& slice);
  [[nodiscard]] static Slice slice_of(const Lot& lot, Account account, std::int64_t delta);
  [[nodiscard]] static Slice debt_slice(Participant issuer, Account account, std::int64_t delta);
  [[nodiscard]] bool in_transit(const Lot& lot) const;
  [[nodiscard]] bool usable(const Lot& lot, BusinessDate on) const;

  // home_day.cpp: the day's frame
  void scan_expiry(std::uint32_t account);
  void expire_account(std::uint32_t account);
  [[nodiscard]] std::size_t run_expiry(std::size_t count);
  void end_holds(std::size_t count);
  [[nodiscard]] bool remains() const;

  // home_lots.cpp: points in and out of lots
  [[nodiscard]] std::int64_t free_points(const MemberAccount& account, BusinessDate on) const;
  [[nodiscard]] std::int64_t debts_of(const MemberAccount& account) const;
  [[nodiscard]] std::int64_t available(const MemberAccount& account) const;
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::int64_t>> plan(
      const MemberAccount& account, std::int64_t points) const;
  std::uint32_t make_lot(MemberAccount& account, LotId id, Source source, std::uint8_t rating,
                         Month earned, std::int64_t points);
  // The slices that repay a debt from a new lot: none, or lot - and debt +.
  [[nodiscard]] std::vector<Slice> repay(MemberAccount& account, std::uint32_t node);
  [[nodiscard]] std::vector<Slice> take_back(MemberAccount& account, LotId own, Participant issuer,
                                             std::int64_t points);
  void restore_slice(std::uint32_t account, const Lot& lot, std::int64_t points);
  void forfeit_all(std::uint32_t account, std::uint32_t entry, bool write_off);
  void forfeit_restored(std::uint32_t account,
                        const std::vector<std::pair<LotId, std::int64_t>>& in);
  void release(std::uint32_t entry);
  void note_expiry(MemberAccount& account, BusinessDate expires_on);

  // home_earn.cpp
  [[nodiscard]] Outcome bill(const DayRow& row);
  [[nodiscard]] Outcome rebill(const DayRow& row);
  [[nodiscard]] Outcome earn(const DayRow& row);
  [[nodiscard]] Outcome unearn(const DayRow& row);
  [[nodiscard]] Outcome issue(const DayRow& row);
  [[nodiscard]] Outcome unissue(const DayRow& row);
  void earn_lot(MemberAccount& account, const DayRow& row, Source source, std::uint8_t rating,
                std::int64_t points);
  void unearn_points(std::uint32_t account, const DayRow& row, std::int64_t points);
  // home_redeem.cpp
  [[nodiscard]] Outcome redeem(const DayRow& row);
  [[nodiscard]] Outcome hold(const DayRow& row);
  [[nodiscard]] Outcome capture(const DayRow& row);
  [[nodiscard]] Outcome void_hold(const DayRow& row);
  [[nodiscard]] Outcome refund(const DayRow& row);
  [[nodiscard]] Outcome delivery(const DayRow& row);
  [[nodiscard]] Outcome correct_delivery(const DayRow& row, Class class_);
  [[nodiscard]] Outcome withdraw(const DayRow& row);
  [[nodiscard]] bool fits_back(const Entry& entry) const;
  [[nodiscard]] std::vector<Taken> refundable(const DayRow& row, std::uint32_t parent) const;
  void take_slices(std::uint32_t entry, std::uint32_t account, std::int64_t points);
  void put_back(std::uint32_t account, std::vector<std::pair<Lot, std::int64_t>> slices);
  // home_move.cpp
  [[nodiscard]] Outcome move_out(const DayRow& row);
  [[nodiscard]] Outcome move_in(const DayRow& row);
  [[nodiscard]] bool lots_fit(const DayRow& row, const MemberAccount& account) const;
  [[nodiscard]] Outcome confirm(const DayRow& row);
  [[nodiscard]] Outcome leave(const DayRow& row, bool closes);

  Participant province_;
  LotBook lots_;
  std::vector<MemberAccount> accounts_;
  FlatIndex account_by_member_;
  std::vector<Entry> entries_;
  FlatIndex entry_by_id_;  // first entry of each id; the others hang on next_same_id
  std::vector<std::pair<std::uint64_t, std::uint32_t>> cited_;  // (sequence, serial) -> entry
  FlatIndex cited_index_;
  std::vector<Content> contents_;
  std::vector<Taken> taken_;
  std::vector<Bill> bills_;
  FlatIndex bill_index_;
  std::map<std::pair<Member, Participant>, std::int64_t> debts_;  // > 0
  std::map<std::uint32_t, Hold> holds_;                           // by entry
  std::map<BusinessDate, std::vector<std::uint32_t>> holds_ending_;
  std::vector<bool> move_confirmed_;                    // by number of the move in
  std::map<std::uint32_t, std::uint32_t> move_number_;  // entry -> number
  BusinessDate first_expiry_{BusinessDate::kCount};     // no lot with points expires before

  // Of the day being taken.
  struct Due {
    Member member{};
    std::uint32_t account{};
    friend bool operator>(const Due& a, const Due& b) { return a.member > b.member; }
  };
  const DayFile* file_{nullptr};
  DayResult result_;
  std::uint32_t scanned_{0};  // accounts that the expiry run has looked at
  std::uint32_t to_scan_{0};
  std::vector<Due> due_;  // a heap, lowest member first: their points expire today
  std::size_t next_row_{0};
  std::uint32_t generated_{kGeneratedFrom};
};

}  // namespace ph
