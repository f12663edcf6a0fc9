// Members who come and go: moves between provinces, ownership transfer, leaving the network.
#include <algorithm>

#include "core/home/home.h"
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
  MemberAccount& holder = accounts_[account];
  if (holder.open_holds > 0) {
    return ReturnCode::kHoldOpen;
  }
  if (holder.open_moves > 0) {
    return ReturnCode::kMoveOpen;
  }
  add_entry(row, Class::kMoveOut, account);
  add_item(row, Kind::kMoveOut, row.member).counterparty = row.other;
  for (const std::uint32_t node : lots_.canonical(holder.lots)) {
    Lot& lot = lots_.at(node);
    if (lot.remaining > 0) {
      add_slice(slice_of(lot, Account::kMoved, -lot.remaining));
      result_.items.back().points += lot.remaining;
      lot.remaining = 0;
    }
  }
  auto it = debts_.lower_bound({row.member, Participant()});
  while (it != debts_.end() && it->first.first == row.member) {
    add_slice(debt_slice(it->first.second, Account::kMoved, it->second));
    it = debts_.erase(it);
  }
  holder.has_debt = false;
  holder.state = State::kMoved;
  return kDone;
}

// False if a lot that was here before would come above its original.
bool Home::lots_fit(const DayRow& row, const MemberAccount& account) const {
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    const ChildRow& child = file_->children[row.first_child + n];
    const std::uint32_t node = lots_.find(account.lots, child.lot);
    if (node != LotBook::kEnd &&
        lots_.at(node).remaining + child.points > lots_.at(node).original) {
      return false;
    }
  }
  return true;
}

Home::Outcome Home::move_in(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kMoveIn); id != kDone) {
    return id;
  }
  std::uint32_t account = find_account(row.member);
  if (account != kNoAccount && accounts_[account].state == State::kClosed) {
    return ReturnCode::kClosed;
  }
  if (account != kNoAccount && accounts_[account].state == State::kHome) {
    return ReturnCode::kMoveOpen;
  }
  if (account != kNoAccount && !lots_fit(row, accounts_[account])) {
    return ReturnCode::kExceedsParent;
  }
  if (account == kNoAccount) {
    account = new_account(row.member, State::kHome);
  }
  MemberAccount& holder = accounts_[account];
  holder.state = State::kHome;
  ++holder.open_moves;
  move_confirmed_.push_back(false);
  const auto transit = static_cast<std::uint32_t>(move_confirmed_.size());
  const std::uint32_t entry = add_entry(row, Class::kMoveIn, account);
  move_number_[entry] = transit - 1;
  add_item(row, Kind::kMoveIn, row.member).counterparty = row.other;
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    const ChildRow& child = file_->children[row.first_child + n];
    if (child.source == Source::kDebt) {
      debts_[{row.member, child.lot.participant()}] += child.points;
      holder.has_debt = true;
      add_slice(debt_slice(child.lot.participant(), Account::kMoved, -child.points));
      continue;
    }
    std::uint32_t node = lots_.find(holder.lots, child.lot);
    if (node == LotBook::kEnd) {
      node = lots_.insert(holder.lots, {.id = child.lot,
                                        .earned_month = child.earned_month,
                                        .expires_on = child.expires_on,
                                        .source = child.source,
                                        .rating = child.rating,
                                        .original = child.original});
    } else if (child.expires_on > lots_.at(node).expires_on) {
      lots_.set_expiry(holder.lots, node, child.expires_on);
    }
    Lot& lot = lots_.at(node);
    lot.transit = transit;
    lot.remaining += child.points;
    lot.keeps();
    note_expiry(holder, lot.expires_on);
    add_slice(slice_of(lot, Account::kMoved, child.points));
    result_.items.back().points += child.points;
  }
  return kDone;
}

Home::Outcome Home::confirm(const DayRow& row) {
  const std::uint32_t entry = find_entry(Class::kMoveIn, row.parent);
  if (entry == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  if (const Outcome state = state_of(entries_[entry].account, false); state != kDone) {
    return state;
  }
  const std::uint32_t number = move_number_.at(entry);
  if (!move_confirmed_[number]) {
    move_confirmed_[number] = true;
    --accounts_[entries_[entry].account].open_moves;
  }
  return kDone;
}

// TRANSFER, and LEAVE which closes the account.
Home::Outcome Home::leave(const DayRow& row, bool closes) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  for (const auto& [entry, hold] : holds_) {
    if (hold.open && entries_[entry].account == account) {
      release(entry);
    }
  }
  forfeit_all(account, row.serial, closes);
  if (closes) {
    accounts_[account].has_debt = false;
    accounts_[account].state = State::kClosed;
  }
  return kDone;
}

}  // namespace ph
