// Redemptions at a home: redeem, hold, capture, void, refund, withdraw; and goods given to others'
// members.
#include <algorithm>

#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

// Takes points from the lots in their order and notes them as the entry's slices, and the item's.
void Home::take_slices(std::uint32_t entry, std::uint32_t account, std::int64_t points) {
  entries_[entry].first_taken = static_cast<std::uint32_t>(taken_.size());
  for (const auto& [node, part] : plan(accounts_[account], points)) {
    Lot& lot = lots_.at(node);
    lot.remaining -= part;
    lot.keeps();
    taken_.push_back({.lot = lot, .points = part, .left = part});
    add_slice(slice_of(lot, Account::kRedeemed, -part));
    ++entries_[entry].taken_count;
  }
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
    lots_.at(node).held += part;
    lots_.at(node).keeps();
    held.slices.emplace_back(lots_.at(node).id, part);
  }
  entries_[entry].left = row.points;
  ++accounts_[account].open_holds;
  holds_.emplace(entry, std::move(held));
  holds_ending_[row.expires].push_back(entry);
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
  const std::uint32_t account = entries_[held].account;
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  Hold& hold = holds_.at(held);
  if (!hold.open || hold.expires < file_->date) {
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
  item.authorisation = hold.authorisation;
  entries_[entry].first_taken = static_cast<std::uint32_t>(taken_.size());
  std::int64_t points = row.points;
  for (auto& [lot_id, left] : hold.slices) {
    const std::int64_t part = std::min(points, left);
    if (part > 0) {
      Lot& lot = lots_.at(lots_.find(accounts_[account].lots, lot_id));
      lot.remaining -= part;
      lot.held -= part;
      lot.keeps();
      left -= part;
      points -= part;
      taken_.push_back({.lot = lot, .points = part, .left = part});
      add_slice(slice_of(lot, Account::kRedeemed, -part));
      ++entries_[entry].taken_count;
    }
  }
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
  if (const Outcome state = state_of(entries_[held].account, false); state != kDone) {
    return state;
  }
  const Hold& hold = holds_.at(held);
  if (!hold.open || hold.expires < file_->date) {
    return ReturnCode::kHoldEnded;
  }
  release(held);
  return kDone;
}

// What is left of the parent's slices: from this home's own record, else from the rows below the
// refund.
std::vector<Home::Taken> Home::refundable(const DayRow& row, std::uint32_t parent) const {
  std::vector<Taken> out;
  if (parent != FlatIndex::kNone) {
    const Entry& entry = entries_[parent];
    const auto begin = taken_.begin() + entry.first_taken;
    out.assign(begin, begin + entry.taken_count);
    return out;
  }
  for (std::uint32_t n = 0; n < row.child_count; ++n) {
    const ChildRow& child = file_->children[row.first_child + n];
    out.push_back({.lot = {.id = child.lot,
                           .earned_month = child.earned_month,
                           .expires_on = child.expires_on,
                           .source = child.source,
                           .rating = child.rating,
                           .original = child.original},
                   .points = child.points,
                   .left = child.points});
  }
  return out;
}

// Restores slices in the order given; a member who has left loses them at once.
void Home::put_back(std::uint32_t account, std::vector<std::pair<Lot, std::int64_t>> slices) {
  std::vector<std::pair<LotId, std::int64_t>> restored;
  for (const auto& [lot, points] : slices) {
    restore_slice(account, lot, points);
    restored.emplace_back(lot.id, points);
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
  if ((known && entries_[parent].member != row.member) || (!known && row.child_count == 0)) {
    return ReturnCode::kUnknownParent;
  }
  const bool whole = known && (entries_[parent].form == Form::kGift ||
                               entries_[parent].form == Form::kExchangeOut);
  if (whole && row.points < entries_[parent].points) {
    return ReturnCode::kWholeOnly;
  }
  std::vector<Taken> slices = refundable(row, parent);
  std::vector<std::pair<Lot, std::int64_t>> restored;
  std::int64_t points = row.points;
  for (std::size_t n = slices.size(); n-- > 0 && points > 0;) {
    const std::int64_t part = std::min(points, slices[n].left);
    const std::uint32_t node = lots_.find(accounts_[account].lots, slices[n].lot.id);
    const std::int64_t there = node == LotBook::kEnd ? 0 : lots_.at(node).remaining;
    const Lot& named = node == LotBook::kEnd ? slices[n].lot : lots_.at(node);
    if (there + part > named.original) {
      return ReturnCode::kExceedsParent;
    }
    if (part > 0) {
      restored.emplace_back(slices[n].lot, part);
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
    Entry& entry = entries_[parent];
    entry.refunded = true;
    std::int64_t rest = row.points;
    for (std::uint32_t n = entry.taken_count; n-- > 0 && rest > 0;) {
      Taken& taken = taken_[entry.first_taken + n];
      const std::int64_t part = std::min(rest, taken.left);
      taken.left -= part;
      rest -= part;
    }
  }
  add_entry(row, Class::kRefund, account);
  add_item(row, Kind::kRefund, row.member).parent = row.parent;
  put_back(account, std::move(restored));
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
  const std::uint64_t key = static_cast<std::uint64_t>(row.cited_sequence) << 32 | row.cited_entry;
  const std::uint32_t found =
      cited_index_.find(key, [this](std::uint32_t n) { return cited_[n].first; });
  if (found == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  const std::uint32_t target = cited_[found].second;
  const Entry& entry = entries_[target];
  const bool own_id = row.id == TransactionId::of(EntryId(province_, file_->date, row.serial));
  if (entry.class_ != class_ || entry.member != row.member || entry.withdrawn ||
      (!own_id && entry.id != row.id)) {
    return ReturnCode::kUnknownParent;
  }
  if (row.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  const bool refund = class_ == Class::kDeliveryRefund;
  Item& item = add_item(row, refund ? Kind::kDeliveryRefund : Kind::kDelivery, row.member);
  item.action = Action::kCorrect;
  item.id = entry.id;
  item.counterparty = row.other;
  item.parent = row.parent;
  item.authorisation = row.authorisation;
  cite(row.serial, target);
  return kDone;
}

// False if another home has given some of the points back meanwhile: a lot would exceed its
// original.
bool Home::fits_back(const Entry& entry) const {
  for (std::uint32_t n = 0; n < entry.taken_count; ++n) {
    const Taken& taken = taken_[entry.first_taken + n];
    const std::uint32_t node = lots_.find(accounts_[entry.account].lots, taken.lot.id);
    const std::int64_t there = node == LotBook::kEnd ? 0 : lots_.at(node).remaining;
    if (there + taken.left > taken.lot.original) {
      return false;
    }
  }
  return true;
}

Home::Outcome Home::withdraw(const DayRow& row) {
  const std::uint64_t key = static_cast<std::uint64_t>(row.cited_sequence) << 32 | row.cited_entry;
  const std::uint32_t found =
      cited_index_.find(key, [this](std::uint32_t n) { return cited_[n].first; });
  if (found == FlatIndex::kNone) {
    return ReturnCode::kUnknownParent;
  }
  Entry& entry = entries_[cited_[found].second];
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
  const bool lots = entry.account != kNoAccount;
  if (lots) {
    if (const Outcome state = state_of(entry.account, true); state != kDone) {
      return state;
    }
  }
  if (entry.withdrawn || entry.refunded || (lots && !fits_back(entry))) {
    return ReturnCode::kAlreadyRefunded;
  }
  entry.withdrawn = true;
  Item item{.kind = kind,
            .action = Action::kWithdraw,
            .counterparty = !entry.partner.none() ? entry.partner
                            : lots                ? entry.giver
                                                  : entry.other,
            .partner = entry.partner,
            .member = entry.member,
            .id = entry.id,
            .entry = row.serial,
            .cited_sequence = row.cited_sequence,
            .cited_entry = row.cited_entry};
  result_.items.push_back(item);
  if (lots) {
    std::vector<std::pair<Lot, std::int64_t>> slices;
    for (std::uint32_t n = entry.taken_count; n-- > 0;) {
      Taken& taken = taken_[entry.first_taken + n];
      slices.emplace_back(taken.lot, taken.left);
      taken.left = 0;
    }
    put_back(entry.account, std::move(slices));
  }
  return kDone;
}

}  // namespace ph
