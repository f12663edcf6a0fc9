// Members who come and go: moves between provinces, ownership transfer, leaving the network.
#include <algorithm>
#include <span>

#include "core/home/home.h"
#include "core/home/standing.h"
#include "core/types/check.h"

namespace ph {

Home::Outcome Home::move_out(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kMoveOut); id != kDone) {
    return id;
  }
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  MemberRecord& holder = accounts_[account];
  if (has_holds(holder) || has_put_off(account)) {
    return ReturnCode::kHoldOpen;
  }
  if (holder.has(MemberRecord::kMoveOpen)) {
    return ReturnCode::kMoveOpen;
  }
  if (telling_ != nullptr && !can_be_told(holder)) {
    return ReturnCode::kInvalid;
  }
  add_entry(row, Class::kMoveOut, account);
  add_move_item(row, Kind::kMoveOut);
  for (const std::uint32_t node : lots_.canonical(holder.lots)) {
    Lot lot = lots_.at(node);
    if (lot.remaining > 0) {
      add_slice(slice_of(lot, Account::kMoved, -lot.remaining));
      tell(lot.id, lot.remaining);
      result_.items.back().points += lot.remaining;
      lot.remaining = 0;
      lots_.put(node, lot);
    }
  }
  auto it = debts_.lower_bound({row.member, Participant()});
  while (it != debts_.end() && it->first.first == row.member) {
    const Slice debt = debt_slice(it->first.second, Account::kMoved, it->second);
    add_slice(debt);
    tell(debt.lot, it->second);
    it = debts_.erase(it);
  }
  holder.set(MemberRecord::kHasDebt, false);
  holder.state = State::kMoved;
  note_places(account);
  if (telling_ != nullptr) {
    telling_->points = result_.items.back().points;
  }
  const bool tells = telling_ != nullptr && live_row_->tells_standing;
  if (tells && book_) {
    telling_->standing = bytes_of(book_->standing_of(account, date_));
  }
  if (telling_ == nullptr && book_ && book_->programmes().of_day(date_) != nullptr) {
    result_.left.push_back({.id = row.id,
                            .member = row.member,
                            .to = row.other,
                            .standing = bytes_of(book_->standing_of(account, date_))});
  }
  if (book_) {
    book_->note_left(account, tells);
  }
  return kDone;
}

// Its points are those of the lots that go or come, whatever the row says.
void Home::add_move_item(const DayRow& row, Kind kind) {
  Item& item = add_item(item_of(row, kind, row.member));
  item.counterparty = row.other;
  item.points = 0;
}

Home::Outcome Home::move_in(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kMoveIn); id != kDone) {
    return id;
  }
  // What the old home's answer brings live has left it already: it is taken in whatever has become
  // of the account meanwhile, and can be spent at once, as the answer is the confirmation.
  const bool live = telling_ != nullptr;
  std::uint32_t account = find_account(row.member);
  const State state = account == kNoAccount ? State::kMoved : accounts_[account].state;
  if (state == State::kClosed && !live) {
    return ReturnCode::kClosed;
  }
  if (state == State::kHome && !live) {
    return ReturnCode::kMoveOpen;
  }
  const Bytes below = standing_below(row);
  const auto standing = below.empty() ? std::nullopt : read_standing(below);
  const bool later = standing && standing->newest > date_.month().count();
  if (!below.empty() && (!standing || later) && !live) {
    return ReturnCode::kInvalid;  // A live one was read before it was journaled.
  }
  const Outcome fault = fault_of_brought(*children_, row.first_child, row.child_count, account);
  if (fault == ReturnCode::kUnknownParent || fault == ReturnCode::kExceedsParent ||
      (fault != kDone && !live)) {
    return fault;
  }
  if (account == kNoAccount) {
    account = new_account(row.member, State::kHome);
  }
  MemberRecord& holder = accounts_[account];
  holder.state = state == State::kClosed ? State::kClosed : State::kHome;
  holder.set(MemberRecord::kMoveOpen, !live || holder.has(MemberRecord::kMoveOpen));
  const std::uint32_t entry = add_entry(row, Class::kMoveIn, account);
  moved_in_.insert(account);
  note_places(account);
  add_move_item(row, Kind::kMoveIn);
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    bring_in((*children_)[row.first_child + n], account);
  }
  if (live) {
    entries_[entry].set(EntryRecord::kConfirmed);
    telling_->points = result_.items.back().points;
  }
  if (live && state == State::kClosed) {
    forfeit_moved_in(account);
  } else if (standing && book_) {
    carry_in(account, *standing, state == State::kHome);
  }
  if (book_) {
    book_->note_left(account, false);
  }
  return kDone;
}

// What the STANDING rows of a MOVE_IN, or the old home's answer, say of who comes; empty: nothing.
Bytes Home::standing_below(const DayRow& row) const {
  if (telling_ != nullptr) {
    return live_row_->standing;
  }
  const auto place = static_cast<std::uint32_t>(&row - file_->rows.data());
  const auto found = std::ranges::lower_bound(file_->standings, place, {}, &DayStanding::row);
  const bool any = found != file_->standings.end() && found->row == place;
  return any ? Bytes(file_->standing_bytes).subspan(found->first, found->size) : Bytes();
}

void Home::carry_in(std::uint32_t account, const Standing& standing, bool at_home) {
  if (book_->is_of_programme(standing)) {
    book_->carry_in(account, standing, date_, at_home);
  } else {
    book_->note_moved_in(account, date_);
  }
}

// A member has one open move at most: every lot in transit came with it.
void Home::end_transit(MemberRecord& account) {
  account.set(MemberRecord::kMoveOpen, false);
  for (std::uint32_t node = account.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
    Lot lot = lots_.at(node);
    lot.transit = false;
    lots_.put(node, lot);
  }
}

Home::Outcome Home::confirm(const DayRow& row) {
  const std::uint32_t entry = find_entry(Class::kMoveIn, row.parent);
  if (entry == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  const std::uint32_t account = account_of(entries_[entry]);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  if (!entries_[entry].has(EntryRecord::kConfirmed)) {
    entries_[entry].set(EntryRecord::kConfirmed);
    end_transit(accounts_[account]);
  }
  return kDone;
}

void Home::release_all(std::uint32_t account) {
  if (!has_holds(accounts_[account])) {
    return;
  }
  for (auto it = holds_.begin(); it != holds_.end();) {
    const std::uint32_t entry = (it++)->first;
    if (account_of(entries_[entry]) == account) {
      release(entry);
    }
  }
}

// TRANSFER, and LEAVE which closes the account.
Home::Outcome Home::leave(const DayRow& row, bool closes) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  release_all(account);
  forfeit_all(account, row.serial, closes);
  if (book_) {
    book_->lose_all(account, programme::month_before(date_.month()));
    plans_changed(account);
  }
  if (closes) {
    accounts_[account].set(MemberRecord::kHasDebt, false);
    accounts_[account].state = State::kClosed;
  }
  return kDone;
}

}  // namespace ph
