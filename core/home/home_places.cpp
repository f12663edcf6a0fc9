// Lots that another number brings or names than the one that has them, as both were merged at
// another home: each lot has one record here (docs/decisions/0023-programme-format.md, rulings 147
// and 148).
#include <algorithm>

#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

// Whose lots another home may know under another number.
bool Home::may_share_lots(std::uint32_t account) const {
  return accounts_[account].state == State::kMoved || moved_in_.contains(account) ||
         book_->merges().concerns(account);
}

void Home::note_place(std::uint32_t account, LotId lot) {
  if (book_ && may_share_lots(account)) {
    places_.put(lot, account);
  }
}

void Home::note_places(std::uint32_t account) {
  if (!book_ || !may_share_lots(account)) {
    return;
  }
  std::uint32_t node = accounts_[account].lots.head;
  for (; node != LotBook::kEnd; node = lots_.next(node)) {
    places_.put(lots_.at(node).id, account);
  }
}

void Home::note_all_places() {
  for (std::uint32_t n = 0; n < accounts_.size(); ++n) {
    note_places(n);
  }
}

// Of the account, or where merges lead from it; else of whoever has it. `account` kNoAccount: of a
// number that has never been here.
Home::Placed Home::find_anywhere(std::uint32_t account, LotId lot) const {
  const Placed near = account == kNoAccount ? Placed{.holder = account, .node = LotBook::kEnd}
                                            : find_lot(account, lot);
  const std::uint32_t holder =
      near.node != LotBook::kEnd || !book_ ? LotPlaces::kNone : places_.find(lot);
  if (holder == LotPlaces::kNone || !may_share_lots(holder)) {
    return near;
  }
  const std::uint32_t node = lots_.find(accounts_[holder].lots, lot);
  return node == LotBook::kEnd ? near : Placed{.holder = holder, .node = node};
}

// Rows of a lot that lies with a number which has neither moved nor been merged: nobody else can
// have had it. An index of all lots would be a third of their memory, so they are gone through,
// once the sieve can't say that it is in vain.
bool Home::names_stranger(std::uint32_t account, const std::vector<ChildRow>& children,
                          std::size_t first, std::size_t count) const {
  const auto rows = std::span(children).subspan(first, count);
  return book_ && by_rules_of_today() && std::ranges::any_of(rows, [&](const ChildRow& row) {
           return find_anywhere(account, row.lot).node == LotBook::kEnd &&
                  ((sieve_.may_have(lots_, row.lot) && lots_.search(row.lot) != LotBook::kEnd) ||
                   comes_to_stranger(account, row.lot));
         });
}

// By a refund that is put off.
bool Home::comes_to_stranger(std::uint32_t account, LotId lot) const {
  if (!ahead_.contains(lot)) {
    return false;
  }
  const std::vector<std::uint32_t> own = book_->merges().connected(account);
  return std::ranges::any_of(put_off_, [&](const PutOff& event) {
    return event.item.kind == Kind::kRefund &&
           std::ranges::find(own, account_of(entries_[event.entry])) == own.end() &&
           std::ranges::find(event.slices, lot, &Slice::lot) != event.slices.end();
  });
}

// Found, but by no merge that leads there from the account.
bool Home::is_far(const Placed& at, std::uint32_t account, LotId lot) const {
  return at.node != LotBook::kEnd &&
         (account == kNoAccount || find_lot(account, lot).node == LotBook::kEnd);
}

// What a MOVE_IN says of lots that are here: none is a stranger's or comes above its original, and
// of what it takes from another number nothing is held or in transit.
Home::Outcome Home::fault_of_brought(const std::vector<ChildRow>& children, std::size_t first,
                                     std::size_t count, std::uint32_t account) const {
  if (names_stranger(account, children, first, count)) {
    return ReturnCode::kUnknownParent;
  }
  Outcome open = kDone;
  for (const ChildRow& child : std::span(children).subspan(first, count)) {
    const Placed at = find_anywhere(account, child.lot);
    if (at.node == LotBook::kEnd) {
      continue;
    }
    const Lot lot = lots_.at(at.node);
    if (lot.remaining + child.points > lot.original) {
      return ReturnCode::kExceedsParent;
    }
    const bool taken = is_far(at, account, child.lot) || taker_of(at, account, false) != at.holder;
    if (open == kDone && taken && (lot.held > 0 || lot.transit)) {
      open = lot.held > 0 ? ReturnCode::kHoldOpen : ReturnCode::kMoveOpen;
    }
  }
  return open;
}

// All that remains of a lot goes from one number to another, and stays where it is or passes: the
// clearing takes slices of those alone that have had it.
void Home::say_passed(std::uint32_t entry, std::uint32_t node, std::uint32_t from,
                      std::uint32_t into) {
  const Lot lot = lots_.at(node);
  add_movement(entry, Kind::kReassign, accounts_[from].member,
               slice_of(lot, Account::kMoved, -lot.remaining));
  add_movement(entry, Kind::kReassign, accounts_[into].member,
               slice_of(lot, Account::kMoved, lot.remaining));
}

// `account` has named a lot that lies with another number, and may not have had it here.
void Home::say_named(const Placed& at, std::uint32_t account) {
  say_passed(next_generated(), at.node, at.holder, account);
  say_passed(next_generated(), at.node, account, at.holder);
}

// Behind the item that names it: what remains of a lot goes to whom it is now. `far`: no merge here
// leads to it, so that it is this number's own. Returns where it is then.
Home::Placed Home::follow(const Placed& at, std::uint32_t owner, bool far) {
  if (owner == at.holder) {
    return at;
  }
  if (far) {
    book_->forget_origin(at.node);
  }
  const LotId id = lots_.at(at.node).id;
  reassign(next_generated(), at.node, at.holder, owner);
  return {.holder = owner, .node = lots_.find(accounts_[owner].lots, id)};
}

// To whom points come that a number brings into a lot which lies with another one: where a merge
// leads to it, as a refund's do; else to who brings them, unless something of it isn't free.
std::uint32_t Home::taker_of(const Placed& at, std::uint32_t account, bool far) const {
  const Lot lot = lots_.at(at.node);
  if (at.holder == account || far) {
    return at.holder == account || (lot.held == 0 && !lot.transit) ? account : at.holder;
  }
  const std::uint32_t owner = lot.remaining > 0 ? at.holder : owner_of(at);
  return accounts_[owner].state == State::kHome ? owner : account;
}

// A lot or debt of a move in.
void Home::bring_in(const ChildRow& child, std::uint32_t account) {
  MemberRecord& holder = accounts_[account];
  if (child.source == Source::kDebt) {
    debts_[{holder.member, child.lot.participant()}] += child.points;
    holder.set(MemberRecord::kHasDebt, true);
    add_slice(debt_slice(child.lot.participant(), Account::kMoved, -child.points));
    return;
  }
  Placed at = find_anywhere(account, child.lot);
  const bool far = is_far(at, account, child.lot);
  if (at.node == LotBook::kEnd) {
    at = {.holder = account,
          .node = insert_lot(holder.lots, {.id = child.lot,
                                           .earned_month = child.earned_month,
                                           .expires_on = child.expires_on,
                                           .source = child.source,
                                           .rating = child.rating,
                                           .original = child.original})};
    note_place(account, child.lot);
  } else if (child.expires_on > lots_.at(at.node).expires_on) {
    lots_.set_expiry(accounts_[at.holder].lots, at.node, child.expires_on);
  }
  const std::uint32_t taker = taker_of(at, account, far);
  Lot lot = lots_.at(at.node);
  lot.transit = taker == account ? telling_ == nullptr : lot.transit;
  lot.remaining += child.points;
  lots_.put(at.node, lot);
  note_expiry(accounts_[at.holder], lot.expires_on);
  add_slice(slice_of(lot, Account::kMoved, child.points));
  result_.items.back().points += child.points;
  if (taker != account) {
    say_named(at, account);
  }
  (void)follow(at, taker, far);
}

// Gives points back to a lot, with grace if its day has passed. Adds the item's slice. Returns the
// lot, and whose it is: of one that lay empty with a former number it passes to the present one.
// `elsewhere`: they were taken at another home.
Home::Placed Home::restore_slice(std::uint32_t account, const Lot& lot, std::int64_t points,
                                 bool elsewhere) {
  Placed at = find_anywhere(account, lot.id);
  const bool far = is_far(at, account, lot.id);
  if (at.node == LotBook::kEnd) {
    Lot made = lot;
    made.remaining = 0;
    made.held = 0;
    made.transit = false;
    at.node = insert_lot(accounts_[at.holder].lots, made);
    note_place(at.holder, lot.id);
  }
  if (lots_.at(at.node).expires_on <= date_) {
    lots_.set_expiry(accounts_[at.holder].lots, at.node, date_.plus_days(kReversalGraceDays));
  }
  Lot restored = lots_.at(at.node);
  std::uint32_t owner = restored.remaining == 0 ? owner_of(at) : at.holder;
  if (far && restored.remaining == 0 && accounts_[owner].state != State::kHome) {
    owner = account;
  }
  restored.remaining += points;
  lots_.put(at.node, restored);
  note_expiry(accounts_[at.holder], restored.expires_on);
  add_slice(slice_of(restored, Account::kRedeemed, points));
  if (elsewhere && at.holder != account && owner != account) {
    say_named(at, account);
  }
  return follow(at, owner, far && owner == account);
}

}  // namespace ph
