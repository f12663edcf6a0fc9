// Points earned and taken back: bills, other sources, partners.
#include "core/home/home.h"
#include "core/programme/earning.h"

namespace ph {

void Home::earn_lot(std::uint32_t account, std::uint32_t entry, const MemberBook::Given& given) {
  note_made({&given, 1});
  MemberRecord& holder = accounts_[account];
  const LotId id(province_, date_, entry);
  const std::uint32_t node =
      make_lot(holder, id, given.source, given.rating, given.month, given.points, given.account);
  note_place(account, id);
  add_movement(entry, Kind::kEarn, holder.member,
               slice_of(lots_.at(node), Account::kIssued, given.points));
  tell(id, given.points);
  for (const Slice& slice : repay(holder, node)) {
    add_movement(entry, Kind::kRepay, holder.member, slice);
  }
  if (book_ && given.rating != 0 && given.source != Source::kConsumption) {
    book_->note_rated(account, given.month, given.points, date_.month());
  }
}

void Home::earn_lot(std::uint32_t account, const DayRow& row, Source source, std::uint8_t rating,
                    std::int64_t points) {
  earn_lot(account, row.serial,
           {.month = row.month, .points = points, .rating = rating, .source = source});
}

Home::Outcome Home::bill(const DayRow& row) {
  if (book_) {
    return bill_account(row, {row.account}, row.month, row.fen);
  }
  const BillKey key{.account = row.account, .month = row.month};
  const auto key_at = [this](std::uint32_t n) { return bills_[n].key(); };
  if (bill_by_key_.find(key, key_at) != FlatIndex::kNone) {
    return ReturnCode::kDuplicate;
  }
  const std::uint32_t account = account_for_earning(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  bills_.push_back(BillRecord::of(key, row.fen));
  bill_by_key_.insert(key, static_cast<std::uint32_t>(bills_.size() - 1));
  if (const std::int64_t points = consumption_points(row.fen); points > 0) {
    earn_lot(account, row, Source::kConsumption, 1, points);
  }
  return kDone;
}

Home::Outcome Home::rebill(const DayRow& row) {
  if (book_) {
    return rebill_account(row);
  }
  const std::uint32_t account = find_account(row.member);
  const std::int64_t points = consumption_points(row.corrected) - consumption_points(row.fen);
  if (const Outcome state = state_of(account, points <= 0); state != kDone) {
    return state;
  }
  if (points < 0 && find_own(account, row.lot).node == LotBook::kEnd) {
    return ReturnCode::kUnknownParent;
  }
  const BillKey key{.account = row.account, .month = row.month};
  const auto key_at = [this](std::uint32_t n) { return bills_[n].key(); };
  const std::uint32_t found = bill_by_key_.find(key, key_at);
  if (found != FlatIndex::kNone && bills_[found].fen() != row.fen) {
    return ReturnCode::kBillMismatch;
  }
  if (found != FlatIndex::kNone) {
    bills_[found] = BillRecord::of(key, row.corrected);
  } else {
    bills_.push_back(BillRecord::of(key, row.corrected));
    bill_by_key_.insert(key, static_cast<std::uint32_t>(bills_.size() - 1));
  }
  if (points > 0) {
    earn_lot(account, row, Source::kConsumption, 1, points);
  } else if (points < 0) {
    unearn_points(account, row, -points);
  }
  return kDone;
}

Home::Outcome Home::earn(const DayRow& row) {
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const std::uint32_t account = account_for_earning(row.member);
  earn_lot(account, row, row.source, row.flag, row.points);
  return kDone;
}

void Home::unearn_points(std::uint32_t account, const DayRow& row, std::int64_t points) {
  MemberRecord& holder = accounts_[account];
  if (holder.state == State::kClosed) {
    return;
  }
  for (const Slice& slice : take_back(holder, row.lot, row.lot.participant(), points)) {
    add_movement(row.serial, Kind::kUnearn, holder.member, slice);
  }
}

Home::Outcome Home::unearn(const DayRow& row) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, true); state != kDone) {
    return state;
  }
  const Placed at = find_own(account, row.lot);
  if (at.node == LotBook::kEnd) {
    return ReturnCode::kUnknownParent;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  if (accounts_[account].state != State::kClosed) {
    note_taken_back(account, at, row.points);
  }
  unearn_points(account, row, row.points);
  return kDone;
}

// ACCRUAL and EXCHANGE_IN: the lot, made on the clearing's advice.
Home::Outcome Home::issue(const DayRow& row) {
  const bool exchange = row.kind == RowKind::kExchangeIn;
  const Class class_ = exchange ? Class::kExchangeIn : Class::kAccrual;
  if (const Outcome id = check_id(row, class_); id != kDone) {
    return id;
  }
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const std::uint32_t account = account_for_earning(row.member);
  const std::uint32_t entry = add_entry(row, class_, account);
  entries_[entry].left = row.points;
  const Item item = item_of(row, exchange ? Kind::kExchangeIn : Kind::kAccrual, row.member);
  tell(LotId(province_, date_, row.serial), row.points);
  if (putting_off_) {
    put_off(item, entry, {});
  } else {
    make_issued(account, item);
  }
  return kDone;
}

// The lot of an ACCRUAL or EXCHANGE_IN. The account may have been closed since it was decided.
void Home::make_issued(std::uint32_t account, const Item& item, std::uint8_t rating) {
  MemberRecord& holder = accounts_[account];
  add_item(item);
  const bool exchange = item.kind == Kind::kExchangeIn;
  const std::uint32_t node = make_lot(holder, LotId(province_, date_, item.entry),
                                      exchange ? Source::kExchangeIn : Source::kPartner, rating,
                                      item.id.date.month(), item.points);
  note_place(account, LotId(province_, date_, item.entry));
  if (book_ && rating != 0) {
    book_->note_rated(account, item.id.date.month(), item.points, date_.month());
  }
  add_slice(slice_of(lots_.at(node), Account::kIssued, item.points));
  for (const Slice& slice : repay(holder, node)) {
    add_slice(slice);
  }
  if (holder.state == State::kClosed) {
    forfeit_restored(account, {{node, item.points}});
  }
}

Home::Outcome Home::unissue(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kReversal); id != kDone) {
    return id;
  }
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = refund_state_of(account); state != kDone) {
    return state;
  }
  std::uint32_t parent = find_entry(Class::kAccrual, row.parent);
  if (parent == FlatIndex::kNone) {
    parent = find_entry(Class::kExchangeIn, row.parent);
  }
  const bool known = parent != FlatIndex::kNone;
  if (known && (member_of(entries_[parent]) != row.member || not_posted(parent))) {
    return ReturnCode::kUnknownParent;
  }
  const PutOff* before = known ? put_off_of(parent) : nullptr;
  if (before != nullptr ? row.lot != LotId(province_, date_, before->item.entry)
                        : find_own(account, row.lot).node == LotBook::kEnd) {
    return ReturnCode::kUnknownParent;
  }
  if (known && entries_[parent].class_ == Class::kExchangeIn &&
      row.points < entries_[parent].points) {
    return ReturnCode::kWholeOnly;
  }
  if (known && row.points > entries_[parent].left) {
    return ReturnCode::kExceedsParent;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  if (known) {
    entries_[parent].left -= row.points;
  }
  const std::uint32_t entry = add_entry(row, Class::kReversal, account);
  Item item = item_of(row, Kind::kUnissue, row.member);
  item.parent = row.parent;
  if (putting_off_) {
    put_off(item, entry, {Slice{.lot = row.lot, .delta = -row.points}});
  } else {
    take_back_issued(account, item, row.lot);
  }
  return kDone;
}

void Home::take_back_issued(std::uint32_t account, const Item& item, LotId lot) {
  add_item(item);
  const std::uint32_t owner = book_ ? book_->present(account) : account;
  if (accounts_[owner].state == State::kClosed) {
    return;
  }
  note_taken_back(owner, find_own(account, lot), item.points);
  const std::vector<Slice> slices =
      owner == account ? take_back(accounts_[account], lot, lot.participant(), item.points)
                       : take_back_formerly(account, owner, lot, item.points);
  for (const Slice& slice : slices) {
    add_slice(slice);
  }
}

}  // namespace ph
