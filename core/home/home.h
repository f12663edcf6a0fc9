// A home's state machine: a province's members, their lots, holds and debts. It takes day files in
// their order and gives, for each, what the province's batch says and which rows came back
// (docs/events.md, section 2). Deterministic: the same files give the same batches. One thread owns
// a Home.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/batch/item.h"
#include "core/home/day.h"
#include "core/home/records.h"
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
  // The same, row by row.
  void open_member(Member member);
  void open_lot(const OpeningLot& row);
  void open_debt(const OpeningDebt& row);

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
  // In taking order, the empty ones too.
  [[nodiscard]] std::vector<Lot> lots(Member member) const;

  [[nodiscard]] Participant province() const { return province_; }
  // Of the last file begun; 0 before the first.
  [[nodiscard]] std::uint32_t last_sequence() const {
    return files_.empty() ? 0 : files_.back().sequence;
  }

  // Between days: hands the state to the sink, in parts. The same state gives the same bytes.
  // HomeLoader (core/home/loader.h) reads them.
  void save(const std::function<void(Bytes)>& sink) const;

 private:
  friend class HomeLoader;
  using State = MemberState;
  using Class = EntryClass;
  // An open hold. Slices: node of the lot, points still held; in taking order.
  struct Hold {
    BusinessDate expires{};
    EntryId authorisation{};
    std::vector<std::pair<std::uint32_t, std::int64_t>> slices{};
  };
  using Outcome = ReturnCode;
  static constexpr Outcome kDone{};
  using LotPoints = std::vector<std::pair<Lot, std::int64_t>>;
  static constexpr std::uint32_t kNoAccount = FlatIndex::kNone;
  static constexpr std::uint32_t kGeneratedFrom = 3'000'000'000;

  // home.cpp: dispatch, accounts, ids
  [[nodiscard]] Outcome take_row(const DayRow& row);
  [[nodiscard]] Outcome check_id(const DayRow& row, Class class_);
  [[nodiscard]] std::uint32_t find_account(Member member) const;
  [[nodiscard]] Outcome may_earn(Member member) const;
  [[nodiscard]] std::uint32_t account_for_earning(Member member);
  std::uint32_t account_for_opening(Member member);
  std::uint32_t new_account(Member member, State state);
  [[nodiscard]] Outcome state_of(std::uint32_t account, bool closed_is_fine) const;
  [[nodiscard]] std::uint32_t find_entry(Class class_, const TransactionId& id) const;
  std::uint32_t add_entry(const DayRow& row, Class class_, std::uint32_t account);
  [[nodiscard]] bool own_id(const DayRow& row) const;
  [[nodiscard]] TransactionId id_of(const EntryRecord& entry) const;
  [[nodiscard]] EntryKey key_of(const EntryRecord& entry) const;
  [[nodiscard]] static std::uint32_t account_of(const EntryRecord& entry);
  [[nodiscard]] Member member_of(const EntryRecord& entry) const;
  [[nodiscard]] std::uint32_t find_cited(std::uint32_t sequence, std::uint32_t serial) const;
  void cite(std::uint32_t serial, std::uint32_t entry);
  Item& add_item(const DayRow& row, Kind kind, Member member);
  void add_slice(const Slice& slice);
  void add_movement(std::uint32_t entry, Kind kind, Member member, const Slice& slice);
  [[nodiscard]] static Slice slice_of(const Lot& lot, Account account, std::int64_t delta);
  [[nodiscard]] static Slice debt_slice(Participant issuer, Account account, std::int64_t delta);
  [[nodiscard]] static bool usable(const Lot& lot, BusinessDate on);

  // home_day.cpp: the day's frame
  void scan_expiry(std::uint32_t account);
  void expire_account(std::uint32_t account);
  [[nodiscard]] std::size_t run_expiry(std::size_t count);
  void end_holds(std::size_t count);
  [[nodiscard]] bool remains() const;
  void fetch_ahead() const;

  // home_lots.cpp: points in and out of lots
  [[nodiscard]] std::int64_t free_points(const MemberRecord& account, BusinessDate on) const;
  [[nodiscard]] std::int64_t debts_of(const MemberRecord& account) const;
  [[nodiscard]] std::int64_t available(const MemberRecord& account) const;
  [[nodiscard]] std::vector<std::pair<std::uint32_t, std::int64_t>> plan(
      const MemberRecord& account, std::int64_t points) const;
  std::uint32_t make_lot(MemberRecord& account, LotId id, Source source, std::uint8_t rating,
                         Month earned, std::int64_t points);
  // The slices that repay a debt from a new lot: none, or lot - and debt +.
  [[nodiscard]] std::vector<Slice> repay(MemberRecord& account, std::uint32_t node);
  [[nodiscard]] std::vector<Slice> take_back(MemberRecord& account, LotId own, Participant issuer,
                                             std::int64_t points);
  std::uint32_t restore_slice(std::uint32_t account, const Lot& lot, std::int64_t points);
  void forfeit_all(std::uint32_t account, std::uint32_t entry, bool write_off);
  void forfeit_restored(std::uint32_t account,
                        const std::vector<std::pair<std::uint32_t, std::int64_t>>& in);
  [[nodiscard]] bool has_holds(const MemberRecord& account) const;
  void release(std::uint32_t entry);
  void note_expiry(MemberRecord& account, BusinessDate expires_on);

  // home_earn.cpp
  [[nodiscard]] Outcome bill(const DayRow& row);
  [[nodiscard]] Outcome rebill(const DayRow& row);
  [[nodiscard]] Outcome earn(const DayRow& row);
  [[nodiscard]] Outcome unearn(const DayRow& row);
  [[nodiscard]] Outcome issue(const DayRow& row);
  [[nodiscard]] Outcome unissue(const DayRow& row);
  void earn_lot(MemberRecord& account, const DayRow& row, Source source, std::uint8_t rating,
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
  [[nodiscard]] bool fits_back(const EntryRecord& entry) const;
  [[nodiscard]] std::size_t taken_count(const EntryRecord& entry) const;
  [[nodiscard]] LotPoints refundable(const DayRow& row, std::uint32_t parent) const;
  void take_slices(std::uint32_t entry, std::uint32_t account, std::int64_t points);
  void take_slice(std::uint32_t node, std::int64_t points);
  void put_back(std::uint32_t account, const LotPoints& slices);
  // home_move.cpp
  [[nodiscard]] Outcome move_out(const DayRow& row);
  [[nodiscard]] Outcome move_in(const DayRow& row);
  [[nodiscard]] bool lots_fit(const DayRow& row, const MemberRecord& account) const;
  [[nodiscard]] Outcome confirm(const DayRow& row);
  void end_transit(MemberRecord& account);
  void release_all(std::uint32_t account);
  [[nodiscard]] Outcome leave(const DayRow& row, bool closes);

  Participant province_;
  LotBook lots_;
  Chunks<MemberRecord> accounts_;
  FlatIndex account_by_member_;
  Chunks<EntryRecord> entries_;
  FlatIndex entry_by_key_;
  Chunks<GivenRecord> given_;
  Chunks<TakenRecord> taken_;
  Chunks<CitedRecord> cited_;
  Chunks<FileRecord> files_;
  Chunks<BillRecord> bills_;
  FlatIndex bill_by_key_;
  std::map<std::pair<Member, Participant>, std::int64_t> debts_;   // > 0
  std::map<std::uint32_t, Hold> holds_;                            // open ones, by entry
  std::set<std::pair<BusinessDate, std::uint32_t>> holds_ending_;  // the same, by their end
  BusinessDate first_expiry_{BusinessDate::kCount};  // no lot with points expires before

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
