// Rows of a province's day in a few words, and a node that takes them: what tests of the home
// share. The node keeps its own tally of lots and debts, made from movements and slices alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/home/home.h"
#include "core/home/loader.h"

namespace ph::test {

inline constexpr Participant kP1{1};
inline constexpr Participant kP2{2};
inline constexpr Participant kP3{3};
inline constexpr Participant kAir{101};
inline constexpr Participant kShop{102};

inline Member member_of(std::uint64_t serial, Participant home = kP1) {
  return Member::make(home, serial);
}
inline BusinessDate on(int year, int month, int day) {
  return BusinessDate::of(year, month, day);
}
inline Month month_of(int year, int month) {
  return on(year, month, 1).month();
}

// Most tests happen around this day.
inline const BusinessDate kDay = BusinessDate::of(2007, 4, 5);

inline TransactionId id_of(Participant who, BusinessDate date, std::string_view reference) {
  TransactionId id{.participant = who, .date = date};
  std::memcpy(id.reference.data(), reference.data(), reference.size());
  return id;
}
inline TransactionId own_id(BusinessDate date, std::uint32_t serial, Participant who = kP1) {
  return TransactionId::of(EntryId(who, date, serial));
}

struct Row {
  DayRow row{};
  std::vector<ChildRow> children{};
  std::vector<MemberRow> says{};  // of a member's row, one
  std::vector<SheetInputRow> inputs{};
};

inline Row row_of(RowKind kind, Member member) {
  Row out;
  out.row.kind = kind;
  out.row.member = member;
  return out;
}
inline std::array<char, 16> account_of(std::string_view text) {
  std::array<char, 16> out{};
  std::ranges::copy(text, out.begin());
  return out;
}
inline Row bill(Member member, Month month, std::int64_t fen, std::string_view account = "A-1") {
  Row out = row_of(RowKind::kBill, member);
  out.row.month = month;
  out.row.fen = fen;
  out.row.account = account_of(account);
  return out;
}
inline Row rebill(Member member, Month month, LotId lot, std::int64_t billed,
                  std::int64_t corrected, std::string_view account = "A-1") {
  Row out = bill(member, month, billed, account);
  out.row.kind = RowKind::kRebill;
  out.row.lot = lot;
  out.row.corrected = corrected;
  return out;
}
inline Row earn(Member member, Month month, std::int64_t points, Source source = Source::kTenure,
                std::uint8_t rating = 0) {
  Row out = row_of(RowKind::kEarn, member);
  out.row.month = month;
  out.row.points = points;
  out.row.source = source;
  out.row.flag = rating;
  return out;
}
inline Row unearn(Member member, LotId lot, std::int64_t points) {
  Row out = row_of(RowKind::kUnearn, member);
  out.row.lot = lot;
  out.row.points = points;
  return out;
}
inline Row transfer(Member member) {
  return row_of(RowKind::kTransfer, member);
}
inline Row leave(Member member) {
  return row_of(RowKind::kLeave, member);
}
// Given by the home itself.
inline Row redeem(Member member, std::int64_t points, Form form = Form::kPhoneCredit) {
  Row out = row_of(RowKind::kRedeem, member);
  out.row.points = points;
  out.row.form = form;
  out.row.giver = kP1;
  return out;
}
inline Row redeem_from(Participant giver, const TransactionId& id, Member member,
                       std::int64_t points, Form form = Form::kPhoneCredit) {
  Row out = redeem(member, points, form);
  out.row.id = id;
  (form == Form::kMerchant ? out.row.partner : out.row.giver) = giver;
  if (form == Form::kMerchant) {
    out.row.giver = {};
  }
  return out;
}
inline Row hold(Member member, std::int64_t points, BusinessDate expires,
                const TransactionId& id = {}) {
  Row out = row_of(RowKind::kHold, member);
  out.row.points = points;
  out.row.expires = expires;
  out.row.id = id;
  return out;
}
inline Row capture(const TransactionId& held, std::int64_t points, bool final) {
  Row out = redeem({}, points);
  out.row.kind = RowKind::kCapture;
  out.row.parent = held;
  out.row.flag = final ? 1 : 0;
  return out;
}
inline Row void_hold(const TransactionId& held) {
  Row out = row_of(RowKind::kVoid, {});
  out.row.parent = held;
  return out;
}
inline Row with_partner(RowKind kind, const TransactionId& id, Member member, std::int64_t points,
                        Participant partner = kAir) {
  Row out = row_of(kind, member);
  out.row.id = id;
  out.row.points = points;
  out.row.partner = partner;
  return out;
}
inline Row exchange_out(const TransactionId& id, Member member, std::int64_t points,
                        std::int64_t units = 0) {
  Row out = with_partner(RowKind::kExchangeOut, id, member, points);
  out.row.units = units;
  return out;
}
inline Row accrual(const TransactionId& id, Member member, std::int64_t points) {
  return with_partner(RowKind::kAccrual, id, member, points);
}
inline Row exchange_in(const TransactionId& id, Member member, std::int64_t points,
                       std::int64_t units = 0) {
  Row out = with_partner(RowKind::kExchangeIn, id, member, points);
  out.row.units = units;
  return out;
}
inline Row refund(const TransactionId& parent, Member member, std::int64_t points,
                  std::vector<ChildRow> slices = {}, const TransactionId& id = {}) {
  Row out = row_of(RowKind::kRefund, member);
  out.row.parent = parent;
  out.row.points = points;
  out.row.giver = kP1;
  out.row.id = id;
  out.children = std::move(slices);
  return out;
}
inline Row unissue(const TransactionId& parent, Member member, LotId lot, std::int64_t points,
                   const TransactionId& id = {}) {
  Row out = with_partner(RowKind::kUnissue, id, member, points);
  out.row.parent = parent;
  out.row.lot = lot;
  return out;
}
inline Row move_out(const TransactionId& id, Member member, Participant to) {
  Row out = row_of(RowKind::kMoveOut, member);
  out.row.id = id;
  out.row.other = to;
  return out;
}
inline Row move_in(Member member, Participant from, std::vector<ChildRow> brought) {
  Row out = row_of(RowKind::kMoveIn, member);
  out.row.other = from;
  out.children = std::move(brought);
  return out;
}
inline Row confirm(const TransactionId& move) {
  Row out = row_of(RowKind::kConfirm, {});
  out.row.parent = move;
  return out;
}
inline Row delivery(Member member, Participant home, std::int64_t points) {
  Row out = row_of(RowKind::kDelivery, member);
  out.row.other = home;
  out.row.points = points;
  out.row.form = Form::kPhoneCredit;
  return out;
}
inline Row delivery_refund(const TransactionId& parent, Member member, Participant home,
                           std::int64_t points, const TransactionId& id = {}) {
  Row out = delivery(member, home, points);
  out.row.kind = RowKind::kDeliveryRefund;
  out.row.form = {};
  out.row.parent = parent;
  out.row.id = id;
  return out;
}
inline Row correct(std::uint32_t sequence, std::uint32_t entry, Row row) {
  row.row.cited_sequence = sequence;
  row.row.cited_entry = entry;
  return row;
}
inline Row withdraw(std::uint32_t sequence, std::uint32_t entry) {
  return correct(sequence, entry, row_of(RowKind::kWithdraw, {}));
}

inline ChildRow lot_row(LotId lot, Month earned, BusinessDate expires_on, std::int64_t original,
                        std::int64_t points) {
  return {.lot = lot,
          .earned_month = earned,
          .expires_on = expires_on,
          .source = Source::kConsumption,
          .original = original,
          .points = points};
}
inline ChildRow debt_row(Participant issuer, std::int64_t points) {
  return {.lot = LotId(issuer, BusinessDate(), 0), .source = Source::kDebt, .points = points};
}

inline LotId opening_lot(std::uint32_t number, Participant issuer = kP1) {
  return LotId(issuer, on(2006, 12, 31), number);
}

// `REDEEMED 7 -50`: account, number of the lot (`debt1`: the debt to participant 1), delta.
inline std::string text_of(const Slice& slice) {
  const std::string what = slice.source == Source::kDebt
                               ? "debt" + std::to_string(slice.lot.participant().number())
                               : std::to_string(slice.lot.number());
  return std::string(word(slice.account)) + " " + what + " " + std::to_string(slice.delta);
}
using Texts = std::vector<std::string>;
inline Texts slices_of(const DayResult& result) {
  Texts out;
  for (const Slice& slice : result.slices) {
    out.push_back(text_of(slice));
  }
  return out;
}
// `EXPIRE 3000000000 EXPIRED 7 -50`: kind, entry, slice.
inline Texts movements_of(const DayResult& result) {
  Texts out;
  for (const Movement& m : result.movements) {
    out.push_back(std::string(word(m.kind)) + " " + std::to_string(m.entry) + " " +
                  text_of(m.slice));
  }
  return out;
}
// `3 NOT_HOME`: serial, code.
inline Texts returned_of(const DayResult& result) {
  Texts out;
  for (const ReturnedRow& row : result.returned) {
    out.push_back(std::to_string(row.serial) + " " + std::string(word(row.code)));
  }
  return out;
}

// Serials are given from 1 on, empty ids filled in with the row's entry, as a reader does.
inline void add_rows(DayFile& file, std::vector<Row> rows) {
  for (Row& row : rows) {
    row.row.serial = static_cast<std::uint32_t>(file.rows.size() + 1);
    row.row.line = row.row.serial + 1;
    if (row.row.id.none()) {
      row.row.id = own_id(file.date, row.row.serial, file.sender);
    }
    row.row.first_child = static_cast<std::uint32_t>(file.children.size());
    row.row.child_count = static_cast<std::uint32_t>(row.children.size());
    file.children.insert(file.children.end(), row.children.begin(), row.children.end());
    if (!row.says.empty()) {
      row.row.first_child = static_cast<std::uint32_t>(file.member_rows.size());
      row.row.cited_entry = static_cast<std::uint32_t>(row.inputs.empty() ? 0 : file.inputs.size());
      row.says.front().inputs = static_cast<std::uint32_t>(row.inputs.size());
      file.member_rows.push_back(row.says.front());
      file.inputs.insert(file.inputs.end(), row.inputs.begin(), row.inputs.end());
    }
    file.rows.push_back(row.row);
  }
}

inline std::vector<std::byte> saved_bytes(const Home& home) {
  std::vector<std::byte> out;
  home.save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
  return out;
}
inline std::optional<Home> loaded_home(Bytes saved) {
  HomeLoader loader;
  (void)loader.take(saved);
  return loader.finish();
}

class Node {
 public:
  struct Tally {
    std::int64_t original{};
    std::int64_t remaining{};
    BusinessDate expires_on{};
  };

  explicit Node(Participant province = kP1) : province_(province), home_(province) {}

  // Opens with these lots alone; `opened` must come before the first day.
  Node& opened(Opening opening) {
    opening.province = province_;
    for (const OpeningLot& lot : opening.lots) {
      lots_[lot.lot] = {
          .original = lot.original, .remaining = lot.remaining, .expires_on = lot.expires_on};
    }
    for (const OpeningDebt& debt : opening.debts) {
      debts_[{debt.member, debt.issuer}] += debt.points;
    }
    home_.open(opening);
    return *this;
  }

  // DayFile::rules of the days to come.
  void use_rules(std::uint16_t rules) { rules_ = rules; }
  DayResult take(BusinessDate date, std::vector<Row> rows) {
    DayFile file{.sender = province_, .date = date, .sequence = ++sequence_};
    file.rules = rules_;
    add_rows(file, std::move(rows));
    home_.begin_day(file);
    while (home_.take_rows(slice_)) {
    }
    DayResult result = home_.end_day();
    for (const Movement& movement : result.movements) {
      count(movement.slice, movement.member);
    }
    std::size_t at = 0;
    for (const Item& item : result.items) {
      for (std::uint32_t n = 0; n < item.slice_count; ++n) {
        count(result.slices.at(at++), item.member);
      }
    }
    return result;
  }

  // From now on days are taken in slices of so many rows.
  void slice(std::size_t rows) { slice_ = rows; }
  [[nodiscard]] const Home& home() const { return home_; }
  [[nodiscard]] Home& home() { return home_; }
  void use_expiry(ExpiryRules rules) { home_.use_expiry(std::move(rules)); }
  // Goes on with the home that its own snapshot gives.
  void reload() { home_ = loaded_home(saved_bytes(home_)).value(); }
  [[nodiscard]] std::uint32_t sequence() const { return sequence_; }
  [[nodiscard]] std::int64_t remaining(LotId lot) const {
    const auto it = lots_.find(lot);
    return it == lots_.end() ? 0 : it->second.remaining;
  }
  [[nodiscard]] BusinessDate expires_on(LotId lot) const { return lots_.at(lot).expires_on; }
  [[nodiscard]] std::int64_t debt(Member member, Participant issuer) const {
    const auto it = debts_.find({member, issuer});
    return it == debts_.end() ? 0 : it->second;
  }
  [[nodiscard]] const std::map<LotId, Tally>& lots() const { return lots_; }
  [[nodiscard]] const std::map<std::pair<Member, Participant>, std::int64_t>& debts() const {
    return debts_;
  }

 private:
  void count(const Slice& slice, Member member) {
    if (slice.source == Source::kDebt) {
      debts_[{member, slice.lot.participant()}] -= slice.delta;
      return;
    }
    Tally& lot = lots_[slice.lot];
    lot.original = std::max(lot.original, slice.original);
    lot.remaining += slice.delta;
    lot.expires_on = std::max(lot.expires_on, slice.expires_on);
  }

  Participant province_;
  Home home_;
  std::uint16_t rules_{DayFile::kRulesOfToday};
  std::uint32_t sequence_{0};
  std::size_t slice_{std::numeric_limits<std::size_t>::max()};
  std::map<LotId, Tally> lots_;
  std::map<std::pair<Member, Participant>, std::int64_t> debts_;
};

inline OpeningLot opening_lot_of(std::uint32_t number, Member member, std::int64_t points,
                                 BusinessDate expires_on, Month earned = month_of(2006, 12),
                                 Participant issuer = kP1) {
  return {.lot = opening_lot(number, issuer),
          .member = member,
          .earned_month = earned,
          .expires_on = expires_on,
          .source = Source::kConsumption,
          .rating = 1,
          .original = points,
          .remaining = points};
}

}  // namespace ph::test
