// Redemptions at a home: redeem, hold, capture, void, refund, withdraw; and goods given to others'
// members.
#include <algorithm>

#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

// Takes points from the lots in their order and notes them as the entry's slices, and the item's.
void Home::take_slices(std::uint32_t entry, std::uint32_t account, std::int64_t points) {
  entries_[entry].left = static_cast<std::int64_t>(taken_.size());
  for (const auto& [node, part] : plan(accounts_[account], points)) {
    Lot lot = lots_.at(node);
    lot.remaining -= part;
    lots_.put(node, lot);
    take_slice(node, part);
  }
  taken_.back().last = 1;
}

void Home::take_slice(std::uint32_t node, std::int64_t points) {
  check(taken_.size() < FlatIndex::kNone, "slices of one home fit a 32-bit number");
  TakenRecord taken{.lot = node};
  taken.set_left(points);
  taken_.push_back(taken);
  add_slice(slice_of(lots_.at(node), Account::kRedeemed, -points));
}

// Of a redemption or exchange out.
std::size_t Home::taken_count(const EntryRecord& entry) const {
  std::size_t last = static_cast<std::size_t>(entry.left);
  while (taken_[last].last == 0) {
    ++last;
  }
  return last + 1 - static_cast<std::size_t>(entry.left);
}

// REDEEM and EXCHANGE_OUT.
Home::Outcome Home::redeem(const DayRow& row) {
  const bool exchange = row.kind == RowKind::kExchangeOut;
  const Class class_ = exchange ? Class::kExchangeOut : Class::kRedemption;
  if (const Outcome id = check_id(row, class_); id != kDone) {
    return id;
  }
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  if (row.points > available(accounts_[account])) {
    return ReturnCode::kInsufficientPoints;
  }
  const std::uint32_t entry = add_entry(row, class_, account);
  Item& item = add_item(row, exchange ? Kind::kExchangeOut : Kind::kRedeem, row.member);
  if (exchange) {
    item.form = Form::kExchangeOut;
    entries_[entry].form = Form::kExchangeOut;
  } else {
    item.authorisation = EntryId(province_, file_->date, row.serial);
  }
  take_slices(entry, account, row.points);
  return kDone;
}

Home::Outcome Home::hold(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kHold); id != kDone) {
    return id;
  }
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  if (row.points > available(accounts_[account])) {
    return ReturnCode::kInsufficientPoints;
  }
  const std::uint32_t entry = add_entry(row, Class::kHold, account);
  Hold held{.expires = row.expires, .authorisation = EntryId(province_, file_->date, row.serial)};
  for (const auto& [node, part] : plan(accounts_[account], row.points)) {
    Lot lot = lots_.at(node);
    lot.held += part;
    lots_.put(node, lot);
    held.slices.emplace_back(node, part);
  }
  entries_[entry].left = row.points;
  holds_.emplace(entry, std::move(held));
  holds_ending_.emplace(row.expires, entry);
  return kDone;
}

Home::Outcome Home::capture(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kRedemption); id != kDone) {
    return id;
  }
  const std::uint32_t held = find_entry(Class::kHold, row.parent);
  if (held == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  const std::uint32_t account = account_of(entries_[held]);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const auto hold = holds_.find(held);
  if (hold == holds_.end() || hold->second.expires < file_->date) {
    return ReturnCode::kHoldEnded;
  }
  if (row.points > entries_[held].left) {
    return ReturnCode::kExceedsParent;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const std::uint32_t entry = add_entry(row, Class::kRedemption, account);
  Item& item = add_item(row, Kind::kRedeem, accounts_[account].member);
  item.authorisation = hold->second.authorisation;
  entries_[entry].left = static_cast<std::int64_t>(taken_.size());
  std::int64_t points = row.points;
  for (auto& [node, left] : hold->second.slices) {
    const std::int64_t part = std::min(points, left);
    if (part > 0) {
      Lot lot = lots_.at(node);
      lot.remaining -= part;
      lot.held -= part;
      lots_.put(node, lot);
      left -= part;
      points -= part;
      take_slice(node, part);
    }
  }
  taken_.back().last = 1;
  check(points == 0, "a hold holds what it has left");
  entries_[held].left -= row.points;
  if (row.flag != 0 || entries_[held].left == 0) {
    release(held);
  }
  return kDone;
}

Home::Outcome Home::void_hold(const DayRow& row) {
  const std::uint32_t held = find_entry(Class::kHold, row.parent);
  if (held == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  if (const Outcome state = state_of(account_of(entries_[held]), false); state != kDone) {
    return state;
  }
  const auto hold = holds_.find(held);
  if (hold == holds_.end() || hold->second.expires < file_->date) {
    return ReturnCode::kHoldEnded;
  }
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
    return out;
  }
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    const ChildRow& child = file_->children[row.first_child + n];
    out.emplace_back(Lot{.id = child.lot,
                         .earned_month = child.earned_month,
                         .expires_on = child.expires_on,
                         .source = child.source,
                         .rating = child.rating,
                         .original = child.original},
                     child.points);
  }
  return out;
}

// Restores slices in the order given; a member who has left loses them at once.
void Home::put_back(std::uint32_t account, const LotPoints& slices) {
  std::vector<std::pair<std::uint32_t, std::int64_t>> restored;
  for (const auto& [lot, points] : slices) {
    restored.emplace_back(restore_slice(account, lot, points), points);
  }
  if (accounts_[account].state == State::kClosed) {
    forfeit_restored(account, restored);
  }
}

Home::Outcome Home::refund(const DayRow& row) {
  if (const Outcome id = check_id(row, Class::kRefund); id != kDone) {
    return id;
  }
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, true); state != kDone) {
    return state;
  }
  std::uint32_t parent = find_entry(Class::kRedemption, row.parent);
  if (parent == FlatIndex::kNone) {
    parent = find_entry(Class::kExchangeOut, row.parent);
  }
  const bool known = parent != FlatIndex::kNone;
  if ((known && member_of(entries_[parent]) != row.member) || (!known && row.child_count == 0)) {
    return ReturnCode::kUnknownParent;
  }
  const bool whole = known && (entries_[parent].form == Form::kGift ||
                               entries_[parent].form == Form::kExchangeOut);
  if (whole && row.points < entries_[parent].points) {
    return ReturnCode::kWholeOnly;
  }
  const LotPoints slices = refundable(row, parent);
  LotPoints restored;
  std::int64_t points = row.points;
  for (std::size_t n = slices.size(); n-- > 0 && points > 0;) {
    const auto& [lot, left] = slices[n];
    const std::int64_t part = std::min(points, left);
    const std::uint32_t node = lots_.find(accounts_[account].lots, lot.id);
    const std::int64_t there = node == LotBook::kEnd ? 0 : lots_.at(node).remaining;
    const std::int64_t original = node == LotBook::kEnd ? lot.original : lots_.at(node).original;
    if (there + part > original) {
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
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  if (known) {
    EntryRecord& entry = entries_[parent];
    entry.set(EntryRecord::kRefunded);
    std::int64_t rest = row.points;
    for (std::size_t n = taken_count(entry); n-- > 0 && rest > 0;) {
      TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
      const std::int64_t part = std::min(rest, taken.left());
      taken.set_left(taken.left() - part);
      rest -= part;
    }
  }
  add_entry(row, Class::kRefund, account);
  add_item(row, Kind::kRefund, row.member).parent = row.parent;
  put_back(account, restored);
  return kDone;
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
  add_entry(row, class_, kNoAccount);
  Item& item = add_item(row, refund ? Kind::kDeliveryRefund : Kind::kDelivery, row.member);
  item.counterparty = row.other;
  item.parent = row.parent;
  item.authorisation = row.authorisation;
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
  Item& item = add_item(row, refund ? Kind::kDeliveryRefund : Kind::kDelivery, row.member);
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
    const Lot lot = lots_.at(taken.lot);
    if (lot.remaining + taken.left() > lot.original) {
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
  result_.items.push_back(item);
  if (lots) {
    LotPoints slices;
    for (std::size_t n = taken_count(entry); n-- > 0;) {
      TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
      slices.emplace_back(lots_.at(taken.lot), taken.left());
      taken.set_left(0);
    }
    put_back(account_of(entry), slices);
  }
  return kDone;
}

}  // namespace ph
