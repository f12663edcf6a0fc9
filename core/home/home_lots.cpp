// Points into and out of lots: taking, taking back, restoring, forfeiting.
#include <algorithm>

#include "core/home/home.h"
#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

std::int64_t Home::free_points(const MemberRecord& account, BusinessDate on) const {
  std::int64_t points = 0;
  for (std::uint32_t node = account.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
    const Lot lot = lots_.at(node);
    points += usable(lot, on) ? lot.free() : 0;
  }
  return points;
}

std::int64_t Home::debts_of(const MemberRecord& account) const {
  if (!account.has(MemberRecord::kHasDebt)) {
    return 0;
  }
  std::int64_t points = 0;
  const auto from = debts_.lower_bound({account.member, Participant()});
  for (auto it = from; it != debts_.end() && it->first.first == account.member; ++it) {
    points += it->second;
  }
  return points;
}

// What may be taken today; below zero when debts are more.
std::int64_t Home::available(const MemberRecord& account) const {
  return free_points(account, date_) - debts_of(account);
}

bool Home::has_holds(const MemberRecord& account) const {
  std::uint32_t node = account.lots.head;
  while (node != LotBook::kEnd && lots_.at(node).held == 0) {
    node = lots_.next(node);
  }
  return node != LotBook::kEnd;
}

// Ends an open hold: what it still holds is free again.
void Home::release(std::uint32_t entry) {
  const auto found = holds_.find(entry);
  check(found != holds_.end(), "an open hold has its slices");
  MemberRecord& account = accounts_[account_of(entries_[entry])];
  for (const auto& [node, points] : found->second.slices) {
    Lot lot = lots_.at(node);
    lot.held -= points;
    lots_.put(node, lot);
    if (points > 0) {
      note_expiry(account, lot.expires_on);
    }
  }
  if (found->second.ends == BusinessTime()) {
    holds_ending_.erase({found->second.expires, entry});
  } else {
    live_ending_.erase({found->second.ends, entry});
  }
  holds_.erase(found);
  entries_[entry].left = 0;
}

// Which lots give `points`, in taking order; the caller has checked that they are available.
Home::Parts Home::plan(const MemberRecord& account, std::int64_t points) const {
  Parts out;
  for (std::uint32_t node = account.lots.head; node != LotBook::kEnd && points > 0;
       node = lots_.next(node)) {
    const Lot lot = lots_.at(node);
    const std::int64_t part = usable(lot, date_) ? std::min(points, lot.free()) : 0;
    if (part > 0) {
      out.emplace_back(node, part);
      points -= part;
    }
  }
  check(points == 0, "available points are in the lots");
  return out;
}

// Every lot that comes to be here. `device`: the account that it comes from, with a programme.
std::uint32_t Home::insert_lot(LotBook::List& list, const Lot& lot, std::uint32_t device) {
  if (book_) {
    book_->add_origin(device);
  }
  return lots_.insert(list, lot);
}

std::uint32_t Home::make_lot(MemberRecord& account, LotId id, Source source, std::uint8_t rating,
                             Month earned, std::int64_t points, std::uint32_t device) {
  const BusinessDate expires_on = expiry_.expiry_of(earned);
  note_expiry(account, expires_on);
  return insert_lot(account.lots,
                    {.id = id,
                     .earned_month = earned,
                     .expires_on = expires_on,
                     .source = source,
                     .rating = rating,
                     .original = points,
                     .remaining = points},
                    device);
}

std::vector<Slice> Home::repay(MemberRecord& account, std::uint32_t node) {
  if (!account.has(MemberRecord::kHasDebt)) {
    return {};
  }
  const auto debt = debts_.find({account.member, province_});
  if (debt == debts_.end()) {
    return {};
  }
  Lot lot = lots_.at(node);
  const std::int64_t points = std::min(debt->second, lot.remaining);
  std::vector<Slice> slices{slice_of(lot, Account::kRepaid, -points),
                            debt_slice(province_, Account::kRepaid, points)};
  lot.remaining -= points;
  lots_.put(node, lot);
  debt->second -= points;
  if (debt->second == 0) {
    debts_.erase(debt);
  }
  return slices;
}

// From the lot itself, if it is with him, then from the issuer's other lots, free points only; the
// rest becomes a debt.
std::vector<Slice> Home::take_back(MemberRecord& account, LotId own, Participant issuer,
                                   std::int64_t points) {
  std::vector<Slice> slices;
  const auto take_from = [&](std::uint32_t node) {
    Lot lot = lots_.at(node);
    const std::int64_t part = lot.transit ? 0 : std::min(points, lot.free());
    if (part > 0) {
      slices.push_back(slice_of(lot, Account::kIssued, -part));
      lot.remaining -= part;
      lots_.put(node, lot);
      points -= part;
    }
  };
  if (const std::uint32_t node = lots_.find(account.lots, own); node != LotBook::kEnd) {
    take_from(node);
  }
  for (std::uint32_t node = account.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
    const Lot lot = lots_.at(node);
    if (lot.id != own && lot.id.participant() == issuer && lot.expires_on > date_) {
      take_from(node);
    }
  }
  if (points > 0) {
    slices.push_back(debt_slice(issuer, Account::kIssued, -points));
    debts_[{account.member, issuer}] += points;
    account.set(MemberRecord::kHasDebt, true);
  }
  return slices;
}

// The holds are released: what is still held was set aside by events that are put off.
void Home::forfeit_all(std::uint32_t account, std::uint32_t entry, bool write_off) {
  const Member member = accounts_[account].member;
  for (const std::uint32_t node : lots_.canonical(accounts_[account].lots)) {
    Lot lot = lots_.at(node);
    if (lot.free() > 0) {
      const Slice slice = slice_of(lot, Account::kForfeited, -lot.free());
      add_movement(entry, Kind::kForfeit, member, slice);
      lot.remaining = lot.held;
      lots_.put(node, lot);
    }
  }
  if (!write_off) {
    return;
  }
  auto it = debts_.lower_bound({member, Participant()});
  while (it != debts_.end() && it->first.first == member) {
    add_movement(entry, Kind::kWriteOff, member,
                 debt_slice(it->first.second, Account::kForfeited, it->second));
    it = debts_.erase(it);
  }
}

// A refund to a member who left: what was restored goes at once.
void Home::forfeit_restored(std::uint32_t account, const Parts& in) {
  for (const auto& [node, points] : in) {
    Lot lot = lots_.at(node);
    add_movement(next_generated(), Kind::kForfeit, accounts_[account].member,
                 slice_of(lot, Account::kForfeited, -points));
    lot.remaining -= points;
    lots_.put(node, lot);
  }
}

}  // namespace ph
