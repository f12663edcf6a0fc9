#include "core/home/home.h"

#include <algorithm>

#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

std::string_view word(ReturnCode code) {
  switch (code) {
    case ReturnCode::kTooOld:
      return "TOO_OLD";
    case ReturnCode::kCopy:
      return "COPY";
    case ReturnCode::kDuplicate:
      return "DUPLICATE";
    case ReturnCode::kNotHome:
      return "NOT_HOME";
    case ReturnCode::kClosed:
      return "CLOSED";
    case ReturnCode::kUnknownParent:
      return "UNKNOWN_PARENT";
    case ReturnCode::kHoldEnded:
      return "HOLD_ENDED";
    case ReturnCode::kHoldOpen:
      return "HOLD_OPEN";
    case ReturnCode::kMoveOpen:
      return "MOVE_OPEN";
    case ReturnCode::kBillMismatch:
      return "BILL_MISMATCH";
    case ReturnCode::kAlreadyRefunded:
      return "ALREADY_REFUNDED";
    case ReturnCode::kWholeOnly:
      return "WHOLE_ONLY";
    case ReturnCode::kExceedsParent:
      return "EXCEEDS_PARENT";
    case ReturnCode::kZeroPoints:
      return "ZERO_POINTS";
    case ReturnCode::kInsufficientPoints:
      return "INSUFFICIENT_POINTS";
    case ReturnCode::kNoContract:
      return "NO_CONTRACT";
    case ReturnCode::kUnknownCited:
      return "UNKNOWN_CITED";
  }
  return "";
}

std::string_view word(RowKind kind) {
  switch (kind) {
    case RowKind::kBill:
      return "BILL";
    case RowKind::kRebill:
      return "REBILL";
    case RowKind::kEarn:
      return "EARN";
    case RowKind::kUnearn:
      return "UNEARN";
    case RowKind::kTransfer:
      return "TRANSFER";
    case RowKind::kLeave:
      return "LEAVE";
    case RowKind::kRedeem:
      return "REDEEM";
    case RowKind::kHold:
      return "HOLD";
    case RowKind::kCapture:
      return "CAPTURE";
    case RowKind::kVoid:
      return "VOID";
    case RowKind::kExchangeOut:
      return "EXCHANGE_OUT";
    case RowKind::kAccrual:
      return "ACCRUAL";
    case RowKind::kExchangeIn:
      return "EXCHANGE_IN";
    case RowKind::kRefund:
      return "REFUND";
    case RowKind::kUnissue:
      return "UNISSUE";
    case RowKind::kMoveOut:
      return "MOVE_OUT";
    case RowKind::kMoveIn:
      return "MOVE_IN";
    case RowKind::kConfirm:
      return "CONFIRM";
    case RowKind::kDelivery:
      return "DELIVERY";
    case RowKind::kDeliveryRefund:
      return "DELIVERY_REFUND";
    case RowKind::kWithdraw:
      return "WITHDRAW";
  }
  return "";
}

void Home::open(const Opening& opening) {
  for (const Member member : opening.members) {
    if (find_account(member) == kNoAccount) {
      new_account(member, State::kHome);
    }
  }
  for (const OpeningLot& row : opening.lots) {
    std::uint32_t account = find_account(row.member);
    if (account == kNoAccount) {
      account = new_account(row.member, State::kHome);
    }
    lots_.insert(accounts_[account].lots, {.id = row.lot,
                                           .earned_month = row.earned_month,
                                           .expires_on = row.expires_on,
                                           .source = row.source,
                                           .rating = row.rating,
                                           .original = row.original,
                                           .remaining = row.remaining});
    note_expiry(accounts_[account], row.expires_on);
  }
  for (const OpeningDebt& row : opening.debts) {
    std::uint32_t account = find_account(row.member);
    if (account == kNoAccount) {
      account = new_account(row.member, State::kHome);
    }
    accounts_[account].has_debt = true;
    debts_[{row.member, row.issuer}] += row.points;
  }
}

Home::Outcome Home::take_row(const DayRow& row) {
  switch (row.kind) {
    case RowKind::kBill:
      return bill(row);
    case RowKind::kRebill:
      return rebill(row);
    case RowKind::kEarn:
      return earn(row);
    case RowKind::kUnearn:
      return unearn(row);
    case RowKind::kTransfer:
      return leave(row, false);
    case RowKind::kLeave:
      return leave(row, true);
    case RowKind::kRedeem:
      return redeem(row);
    case RowKind::kHold:
      return hold(row);
    case RowKind::kCapture:
      return capture(row);
    case RowKind::kVoid:
      return void_hold(row);
    case RowKind::kExchangeOut:
      return redeem(row);
    case RowKind::kAccrual:
      return issue(row);
    case RowKind::kExchangeIn:
      return issue(row);
    case RowKind::kRefund:
      return refund(row);
    case RowKind::kUnissue:
      return unissue(row);
    case RowKind::kMoveOut:
      return move_out(row);
    case RowKind::kMoveIn:
      return move_in(row);
    case RowKind::kConfirm:
      return confirm(row);
    case RowKind::kDelivery:
      return delivery(row);
    case RowKind::kDeliveryRefund:
      return delivery(row);
    case RowKind::kWithdraw:
      return withdraw(row);
  }
  check(false, "every row kind is carried out");
  return kDone;
}

// The first three codes of the list: too old, copy, duplicate. Own ids are new by their serial.
Home::Outcome Home::check_id(const DayRow& row, Class class_) {
  const int age = file_->date.count() - row.id.date.count();
  if (age > kLateDaysMax) {
    return ReturnCode::kTooOld;
  }
  const std::uint32_t found = find_entry(class_, row.id);
  if (found == FlatIndex::kNone) {
    return kDone;
  }
  const std::uint32_t at = entries_[found].row;
  if (at == 0) {
    return ReturnCode::kDuplicate;
  }
  const Content& first = contents_[at - 1];
  DayRow same = row;
  same.serial = first.row.serial;
  same.line = first.row.line;
  same.first_child = first.row.first_child;
  const auto begin = file_->children.begin() + row.first_child;
  const bool copy =
      same == first.row && std::equal(begin, begin + row.child_count, first.children.begin());
  return copy ? ReturnCode::kCopy : ReturnCode::kDuplicate;
}

std::uint32_t Home::find_account(Member member) const {
  return account_by_member_.find(member.number(),
                                 [this](std::uint32_t n) { return accounts_[n].member.number(); });
}

std::uint32_t Home::new_account(Member member, State state) {
  const auto index = static_cast<std::uint32_t>(accounts_.size());
  accounts_.push_back({.member = member, .state = state});
  account_by_member_.insert(member.number(), index,
                            [this](std::uint32_t n) { return accounts_[n].member.number(); });
  return index;
}

// As state_of, but an account that an earning row would open is fine: a row that is returned opens
// none.
Home::Outcome Home::may_earn(Member member) const {
  const std::uint32_t account = find_account(member);
  const bool opens = account == kNoAccount && member.first_home() == province_;
  return opens ? kDone : state_of(account, false);
}

// The account, opened now if the number's prefix is this province's; kNoAccount if it isn't at home
// here.
std::uint32_t Home::account_for_earning(Member member) {
  const std::uint32_t found = find_account(member);
  if (found == kNoAccount && member.first_home() == province_) {
    return new_account(member, State::kHome);
  }
  return found;
}

Home::Outcome Home::state_of(std::uint32_t account, bool closed_is_fine) const {
  if (account == kNoAccount || accounts_[account].state == State::kMoved) {
    return ReturnCode::kNotHome;
  }
  if (accounts_[account].state == State::kClosed && !closed_is_fine) {
    return ReturnCode::kClosed;
  }
  return kDone;
}

std::uint32_t Home::find_entry(Class class_, const TransactionId& id) const {
  std::uint32_t entry = entry_by_id_.find(id, [this](std::uint32_t n) { return entries_[n].id; });
  while (entry != FlatIndex::kNone && entries_[entry].class_ != class_) {
    entry = entries_[entry].next_same_id;
  }
  return entry;
}

std::uint32_t Home::add_entry(const DayRow& row, Class class_, std::uint32_t account) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  const auto key_at = [this](std::uint32_t n) { return entries_[n].id; };
  const std::uint32_t first = entry_by_id_.find(row.id, key_at);
  entries_.push_back({.class_ = class_,
                      .form = row.form,
                      .account = account,
                      .id = row.id,
                      .giver = row.giver,
                      .partner = row.partner,
                      .other = row.other,
                      .member = account == kNoAccount ? row.member : accounts_[account].member,
                      .points = row.points});
  if (first == FlatIndex::kNone) {
    entry_by_id_.insert(row.id, index, key_at);
  } else {
    entries_[index].next_same_id = entries_[first].next_same_id;
    entries_[first].next_same_id = index;
  }
  if (row.id != TransactionId::of(EntryId(province_, file_->date, row.serial))) {
    const auto begin = file_->children.begin() + row.first_child;
    contents_.push_back({.row = row, .children = {begin, begin + row.child_count}});
    entries_[index].row = static_cast<std::uint32_t>(contents_.size());
  }
  cite(row.serial, index);
  return index;
}

// From now on (this file's sequence, serial) names the entry.
void Home::cite(std::uint32_t serial, std::uint32_t entry) {
  const std::uint64_t key = static_cast<std::uint64_t>(file_->sequence) << 32 | serial;
  const auto number = static_cast<std::uint32_t>(cited_.size());
  cited_.emplace_back(key, entry);
  cited_index_.insert(key, number, [this](std::uint32_t n) { return cited_[n].first; });
}

Item& Home::add_item(const DayRow& row, Kind kind, Member member) {
  Item item{.kind = kind,
            .form = row.form,
            .counterparty = row.partner.none() ? row.giver : row.partner,
            .partner = row.partner,
            .member = member,
            .id = row.id,
            .entry = row.serial,
            .rate_version = row.rate,
            .points = row.points,
            .units = row.units,
            .cost = row.cost,
            .freight = row.freight,
            .cash = row.cash,
            .cited_sequence = row.cited_sequence,
            .cited_entry = row.cited_entry};
  result_.items.push_back(item);
  return result_.items.back();
}

void Home::add_slice(const Slice& slice) {
  result_.slices.push_back(slice);
  ++result_.items.back().slice_count;
}

void Home::add_movement(std::uint32_t entry, Kind kind, Member member, const Slice& slice) {
  result_.movements.push_back({.member = member, .entry = entry, .kind = kind, .slice = slice});
}

Slice Home::slice_of(const Lot& lot, Account account, std::int64_t delta) {
  return {.lot = lot.id,
          .earned_month = lot.earned_month,
          .expires_on = lot.expires_on,
          .source = lot.source,
          .rating = lot.rating,
          .account = account,
          .original = lot.original,
          .delta = delta};
}

Slice Home::debt_slice(Participant issuer, Account account, std::int64_t delta) {
  return {.lot = LotId(issuer, BusinessDate(), 0),
          .source = Source::kDebt,
          .account = account,
          .delta = delta};
}

bool Home::in_transit(const Lot& lot) const {
  return lot.transit != 0 && !move_confirmed_[lot.transit - 1];
}

bool Home::usable(const Lot& lot, BusinessDate on) const {
  return lot.expires_on > on && !in_transit(lot);
}

void Home::note_expiry(MemberAccount& account, BusinessDate expires_on) {
  account.first_expiry = std::min(account.first_expiry, expires_on);
  first_expiry_ = std::min(first_expiry_, expires_on);
}

}  // namespace ph
