// Redemptions at a home: redeem, hold, capture, void, refund, withdraw; and goods given to others'
// members.
#include <algorithm>

#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

// What an entry takes, for refunds of it: also of one that is put off.
void Home::note_taken(std::uint32_t entry, const Parts& parts) {
  entries_[entry].left = static_cast<std::int64_t>(taken_.size());
  for (const auto& [node, points] : parts) {
    check(taken_.size() < FlatIndex::kNone, "slices of one home fit a 32-bit number");
    TakenRecord taken{.lot = node};
    taken.set_left(points);
    taken_.push_back(taken);
  }
  taken_.back().last = 1;
}

// `held`: they are held for it already.
void Home::take_parts(const Item& item, const Parts& parts, bool held) {
  add_item(item);
  for (const auto& [node, points] : parts) {
    Lot lot = lots_.at(node);
    lot.remaining -= points;
    lot.held -= held ? points : 0;
    lots_.put(node, lot);
    add_slice(slice_of(lot, Account::kRedeemed, -points));
  }
}

// Now, or set aside until the item's day opens: what is set aside is held.
void Home::take(const Item& item, std::uint32_t entry, const Parts& parts, bool held) {
  note_taken(entry, parts);
  tell_parts(parts);
  if (!putting_off_) {
    return take_parts(item, parts, held);
  }
  std::vector<Slice> slices;
  for (const auto& [node, points] : parts) {
    Lot lot = lots_.at(node);
    lot.held += held ? 0 : points;
    lots_.put(node, lot);
    slices.push_back(slice_of(lot, Account::kRedeemed, -points));
  }
  put_off(item, entry, std::move(slices));
}

// Of a redemption or exchange out.
std::size_t Home::taken_count(const EntryRecord& entry) const {
  std::size_t last = static_cast<std::size_t>(entry.left);
  while (taken_[last].last == 0) {
    ++last;
  }
  return last + 1 - static_cast<std::size_t>(entry.left);
}

// Is the id a new one, and does the member have the points?
Home::Outcome Home::may_take(const DayRow& row, Class class_, std::uint32_t account) const {
  if (const Outcome id = check_id(row, class_); id != kDone) {
    return id;
  }
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  if (const Outcome limit = may_redeem(row, account); limit != kDone) {
    return limit;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  return row.points > available(accounts_[account]) ? ReturnCode::kInsufficientPoints : kDone;
}

// REDEEM and EXCHANGE_OUT.
Home::Outcome Home::redeem(const DayRow& row) {
  const bool exchange = row.kind == RowKind::kExchangeOut;
  const Class class_ = exchange ? Class::kExchangeOut : Class::kRedemption;
  const std::uint32_t account = find_account(row.member);
  if (const Outcome fault = may_take(row, class_, account); fault != kDone) {
    return fault;
  }
  const std::uint32_t entry = add_entry(row, class_, account);
  Item item = item_of(row, exchange ? Kind::kExchangeOut : Kind::kRedeem, row.member);
  if (exchange) {
    item.form = Form::kExchangeOut;
    entries_[entry].form = Form::kExchangeOut;
  } else {
    item.authorisation = EntryId(province_, date_, row.serial);
  }
  take(item, entry, plan(accounts_[account], row.points), false);
  count_taken(account, row.points);
  return kDone;
}

Home::Outcome Home::hold(const DayRow& row) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome fault = may_take(row, Class::kHold, account); fault != kDone) {
    return fault;
  }
  const std::uint32_t entry = add_entry(row, Class::kHold, account);
  open_hold(entry, row.points,
            {.expires = row.expires,
             .authorisation = EntryId(province_, date_, row.serial),
             .ends = telling_ == nullptr ? BusinessTime() : hold_ends_});
  tell_parts(holds_.at(entry).slices);
  return kDone;
}

// Holds that many points, which there are.
void Home::open_hold(std::uint32_t entry, std::int64_t points, Hold held) {
  const std::uint32_t account = account_of(entries_[entry]);
  held.slices = plan(accounts_[account], points);
  for (const auto& [node, part] : held.slices) {
    Lot lot = lots_.at(node);
    lot.held += part;
    lots_.put(node, lot);
  }
  entries_[entry].left = points;
  if (held.ends == BusinessTime()) {
    holds_ending_.emplace(held.expires, entry);
  } else {
    live_ending_.emplace(held.ends, entry);
  }
  holds_.emplace(entry, std::move(held));
  count_taken(account, points);
}

// Why nothing can be captured of it. Of a live one that is open the time was looked at before.
Home::Outcome Home::hold_fault(std::uint32_t held) const {
  if (held == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  if (const Outcome state = state_of(account_of(entries_[held]), false); state != kDone) {
    return state;
  }
  const auto hold = holds_.find(held);
  const bool over =
      hold == holds_.end() || (hold->second.ends == BusinessTime() && hold->second.expires < date_);
  return over ? ReturnCode::kHoldEnded : kDone;
}

Home::Outcome Home::capture(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kRedemption); id != kDone) {
    return id;
  }
  const std::uint32_t held = find_hold(row.parent);
  if (const Outcome fault = hold_fault(held); fault != kDone) {
    return fault;
  }
  if (row.points > entries_[held].left) {
    return ReturnCode::kExceedsParent;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const std::uint32_t account = account_of(entries_[held]);
  const std::uint32_t entry = add_entry(row, Class::kRedemption, account);
  capture_hold(item_of(row, Kind::kRedeem, accounts_[account].member), entry, held, row.flag != 0);
  return kDone;
}

// The item's points of what is held; its entry has them from now on.
void Home::capture_hold(Item item, std::uint32_t entry, std::uint32_t held, bool final) {
  const auto hold = holds_.find(held);
  item.authorisation = hold->second.authorisation;
  Parts parts;
  std::int64_t points = item.points;
  for (auto& [node, left] : hold->second.slices) {
    const std::int64_t part = std::min(points, left);
    if (part > 0) {
      left -= part;
      points -= part;
      parts.emplace_back(node, part);
    }
  }
  check(points == 0, "a hold holds what it has left");
  if (telling_ != nullptr) {
    telling_->authorisation = item.authorisation;
  }
  take(item, entry, parts, true);
  if (book_ && hold->second.authorisation.date() != date_) {
    entries_[entry].set(EntryRecord::kHeldBefore);
  }
  entries_[held].left -= item.points;
  if (final || entries_[held].left == 0) {
    count_released(held, hold->second, date_);
    release(held);
  }
}

// FlatIndex::kNone, too, of a hold of the day after: its code can't stand in this day's batch.
std::uint32_t Home::find_hold(const TransactionId& id) const {
  const std::uint32_t held = find_entry(Class::kHold, id);
  const auto hold = holds_.find(held);
  const bool later = hold != holds_.end() && hold->second.authorisation.date() > date_;
  const bool of_order = held != FlatIndex::kNone && entries_[held].has(EntryRecord::kOfOrder);
  return later || of_order ? FlatIndex::kNone : held;
}

Home::Outcome Home::void_hold(const DayRow& row) {
  const bool live = telling_ != nullptr;
  if (const Outcome id = live ? check_id(row, Class::kVoid) : kDone; id != kDone) {
    return id;
  }
  const std::uint32_t held = find_hold(row.parent);
  if (const Outcome fault = hold_fault(held); fault != kDone) {
    return fault;
  }
  if (live) {
    const std::uint32_t entry = add_entry(row, Class::kVoid, account_of(entries_[held]));
    entries_[entry].points = entries_[held].left;
    telling_->points = entries_[held].left;
  }
  count_released(held, holds_.at(held), date_);
  release(held);
  return kDone;
}

// What is left of the parent's slices: from this home's own record, else from the rows below the
// refund.
Home::LotPoints Home::refundable(const DayRow& row, std::uint32_t parent) const {
  LotPoints out;
  if (parent != FlatIndex::kNone) {
    const EntryRecord& entry = entries_[parent];
    for (std::size_t n = 0; n < taken_count(entry); ++n) {
      const TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
      out.emplace_back(lots_.at(taken.lot), taken.left());
    }
    take_off(row, true, out);
    return out;
  }
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    const ChildRow& child = (*children_)[row.first_child + n];
    out.emplace_back(Lot{.id = child.lot,
                         .earned_month = child.earned_month,
                         .expires_on = child.expires_on,
                         .source = child.source,
                         .rating = child.rating,
                         .original = child.original},
                     child.points);
  }
  take_off(row, false, out);
  return out;
}

// Restores slices in the order given; a member who has left loses them at once.
// `elsewhere`: taken at another home.
void Home::put_back(std::uint32_t account, const LotPoints& slices, bool elsewhere) {
  std::vector<std::pair<Placed, std::int64_t>> restored;
  for (const auto& [lot, points] : slices) {
    restored.emplace_back(restore_slice(account, lot, points, elsewhere), points);
  }
  for (const auto& [at, points] : restored) {
    if (accounts_[at.holder].state == State::kClosed) {
      forfeit_restored(at.holder, {{at.node, points}});
    }
  }
}

Home::Outcome Home::refund(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kRefund); id != kDone) {
    return id;
  }
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = refund_state_of(account); state != kDone) {
    return state;
  }
  const std::uint32_t parent = find_parent(row.parent);
  const bool known = parent != FlatIndex::kNone;
  if (known ? member_of(entries_[parent]) != row.member || not_posted(parent) || is_of_order(parent)
            : row.child_count == 0 ||
                  names_stranger(account, *children_, row.first_child, row.child_count)) {
    return ReturnCode::kUnknownParent;
  }
  const bool whole = known && (entries_[parent].form == Form::kGift ||
                               entries_[parent].form == Form::kExchangeOut);
  if (whole && row.points < entries_[parent].points) {
    return ReturnCode::kWholeOnly;
  }
  LotPoints restored;
  if (const Outcome fault = restorable(row, account, parent, restored); fault != kDone) {
    return fault;
  }
  if (known) {
    lower_parent(parent, restored);
  } else if (telling_ != nullptr) {
    note_restored(row.parent, restored);
  }
  if (known) {
    count_given_back(parent, row.points);
  }
  const std::uint32_t entry = add_entry(row, Class::kRefund, account);
  Item item = item_of(row, Kind::kRefund, row.member);
  item.parent = row.parent;
  give_back(item, entry, account, restored);
  return kDone;
}

// The slices that the refund gives back, the last consumed first.
Home::Outcome Home::restorable(const DayRow& row, std::uint32_t account, std::uint32_t parent,
                               LotPoints& restored) const {
  const LotPoints slices = refundable(row, parent);
  std::int64_t points = row.points;
  for (std::size_t n = slices.size(); n-- > 0 && points > 0;) {
    const auto& [lot, left] = slices[n];
    const std::int64_t part = std::min(points, left);
    if (part > 0 && is_with_moved(account, lot.id)) {
      return ReturnCode::kNotHome;
    }
    const std::uint32_t node = find_anywhere(account, lot.id).node;
    if (!fits(node == LotBook::kEnd ? lot : lots_.at(node), part)) {
      return ReturnCode::kExceedsParent;
    }
    if (part > 0) {
      restored.emplace_back(lot, part);
      points -= part;
    }
  }
  if (points > 0) {
    return ReturnCode::kExceedsParent;
  }
  return row.points == 0 ? ReturnCode::kZeroPoints : kDone;
}

// Now, or when the item's day opens.
void Home::give_back(const Item& item, std::uint32_t entry, std::uint32_t account,
                     const LotPoints& restored) {
  std::vector<Slice> slices;
  for (const auto& [lot, points] : restored) {
    tell(lot.id, points);
    if (putting_off_) {
      slices.push_back(slice_of(lot, Account::kRedeemed, points));
    }
  }
  if (putting_off_) {
    return put_off(item, entry, std::move(slices));
  }
  add_item(item);
  put_back(account, restored, find_parent(item.parent) == FlatIndex::kNone);
}

// What an order took: with the order alone it goes back, whole.
bool Home::is_of_order(std::uint32_t entry) const {
  if (!book_ || entries_[entry].class_ != Class::kRedemption) {
    return false;
  }
  const OrderBook& orders = book_->orders();
  const std::uint32_t order = orders.find(id_of(entries_[entry]));
  return order != OrderBook::kNone && orders.order(order).dates[book::OrderRecord::kDelivered] != 0;
}

// The redemption or exchange out under this id.
std::uint32_t Home::find_parent(const TransactionId& id) const {
  const std::uint32_t redemption = find_entry(Class::kRedemption, id);
  return redemption != FlatIndex::kNone ? redemption : find_entry(Class::kExchangeOut, id);
}

// What is left of its slices. Both lists lie the other way round.
void Home::lower_parent(std::uint32_t parent, const LotPoints& restored) {
  EntryRecord& entry = entries_[parent];
  entry.set(EntryRecord::kRefunded);
  auto given = restored.begin();
  for (std::size_t n = taken_count(entry); n-- > 0 && given != restored.end();) {
    TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
    if (lots_.at(taken.lot).id == given->first.id) {
      taken.set_left(taken.left() - given->second);
      ++given;
    }
  }
  check(given == restored.end(), "what is given back of a parent is of its slices");
}

// DELIVERY and DELIVERY_REFUND, new or correcting.
Home::Outcome Home::delivery(const DayRow& row) {
  const bool refund = row.kind == RowKind::kDeliveryRefund;
  const Class class_ = refund ? Class::kDeliveryRefund : Class::kDelivery;
  if (row.cited_sequence != 0) {
    return correct_delivery(row, class_);
  }
  if (const Outcome id = check_id(row, class_); id != kDone) {
    return id;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const std::uint32_t entry = add_entry(row, class_, kNoAccount);
  Item item = item_of(row, refund ? Kind::kDeliveryRefund : Kind::kDelivery, row.member);
  item.counterparty = row.other;
  item.parent = row.parent;
  item.authorisation = row.authorisation;
  if (putting_off_) {
    put_off(item, entry, {});
  } else {
    add_item(item);
  }
  return kDone;
}

Home::Outcome Home::correct_delivery(const DayRow& row, Class class_) {
  const std::uint32_t target = find_cited(row.cited_sequence, row.cited_entry);
  if (target == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  const EntryRecord& entry = entries_[target];
  if (entry.class_ != class_ || member_of(entry) != row.member ||
      entry.has(EntryRecord::kWithdrawn) || (!own_id(row) && id_of(entry) != row.id)) {
    return ReturnCode::kUnknownParent;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const bool refund = class_ == Class::kDeliveryRefund;
  Item& item = add_item(item_of(row, refund ? Kind::kDeliveryRefund : Kind::kDelivery, row.member));
  item.action = Action::kCorrect;
  item.id = id_of(entry);
  item.counterparty = row.other;
  item.parent = row.parent;
  item.authorisation = row.authorisation;
  cite(row.serial, target);
  return kDone;
}

// False if another home has given some of the points back meanwhile: a lot would exceed its
// original.
bool Home::fits_back(const EntryRecord& entry) const {
  for (std::size_t n = 0; n < taken_count(entry); ++n) {
    const TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
    if (!fits(lots_.at(taken.lot), taken.left())) {
      return false;
    }
  }
  return true;
}

Home::Outcome Home::withdraw(const DayRow& row) {
  const std::uint32_t found = find_cited(row.cited_sequence, row.cited_entry);
  if (found == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  EntryRecord& entry = entries_[found];
  Kind kind{};
  switch (entry.class_) {
    case Class::kRedemption:
      kind = Kind::kRedeem;
      break;
    case Class::kExchangeOut:
      kind = Kind::kExchangeOut;
      break;
    case Class::kDelivery:
      kind = Kind::kDelivery;
      break;
    case Class::kDeliveryRefund:
      kind = Kind::kDeliveryRefund;
      break;
    case Class::kHold:
    case Class::kAccrual:
    case Class::kExchangeIn:
    case Class::kRefund:
    case Class::kReversal:
    case Class::kMoveOut:
    case Class::kMoveIn:
    case Class::kVoid:
    case Class::kMember:
      return ReturnCode::kUnknownParent;
  }
  const bool lots = !entry.delivers();
  if (lots) {
    if (const Outcome state = state_of(account_of(entry), true); state != kDone) {
      return state;
    }
  }
  if (entry.has(EntryRecord::kWithdrawn) || entry.has(EntryRecord::kRefunded) ||
      (lots && !fits_back(entry))) {
    return ReturnCode::kAlreadyRefunded;
  }
  if (lots && took_from_moved(entry)) {
    return ReturnCode::kNotHome;
  }
  entry.set(EntryRecord::kWithdrawn);
  Item item{.kind = kind,
            .action = Action::kWithdraw,
            .counterparty = !entry.partner.none() ? entry.partner
                            : lots                ? entry.giver
                                                  : entry.other,
            .partner = entry.partner,
            .member = member_of(entry),
            .id = id_of(entry),
            .entry = row.serial,
            .cited_sequence = row.cited_sequence,
            .cited_entry = row.cited_entry};
  add_item(item);
  if (lots) {
    count_given_back(found, entry.points);
    LotPoints slices;
    for (std::size_t n = taken_count(entry); n-- > 0;) {
      TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
      slices.emplace_back(lots_.at(taken.lot), taken.left());
      taken.set_left(0);
    }
    put_back(account_of(entry), slices, false);
  }
  return kDone;
}

}  // namespace ph
