#include "app/generate/holdings.h"

#include <algorithm>
#include <tuple>

#include "core/types/check.h"

namespace ph::generate {

namespace {

constexpr int kGraceDays = 30;

}  // namespace

std::uint32_t sum(std::span<const Slice> slices) {
  std::uint32_t total = 0;
  for (const Slice& slice : slices) {
    total += slice.points;
  }
  return total;
}

void Holdings::reserve(std::size_t holders, std::size_t lots) {
  holders_.reserve(holders);
  lots_.reserve(lots);
}

std::uint32_t Holdings::add_holder(const Holder& holder) {
  holders_.push_back(holder);
  return size() - 1;
}

std::uint32_t Holdings::add_lot(std::uint32_t holder, const Lot& lot) {
  const auto index = static_cast<std::uint32_t>(lots_.size());
  lots_.push_back(lot);
  link(holder, index);
  holders_[holder].set(Holder::kKnown);
  return index;
}

void Holdings::add_debt(std::uint32_t holder, Debt debt) {
  if (debt.points == 0) return;
  std::vector<Debt>& debts = debts_[holder];
  holders_[holder].set(Holder::kInDebt);
  const auto at =
      std::lower_bound(debts.begin(), debts.end(), debt,
                       [](const Debt& a, const Debt& b) { return a.issuer < b.issuer; });
  if (at != debts.end() && at->issuer == debt.issuer) {
    at->points += debt.points;
  } else {
    debts.insert(at, debt);
  }
}

std::uint32_t Holdings::earn(std::uint32_t holder, const Lot& lot) {
  const std::uint32_t index = add_lot(holder, lot);
  if (!holders_[holder].is(Holder::kInDebt)) return index;
  std::vector<Debt>& debts = debts_[holder];
  for (Debt& debt : debts) {
    if (debt.issuer != lot.name().participant()) continue;
    const std::uint32_t repaid = std::min(debt.points, lots_[index].remaining);
    debt.points -= repaid;
    lots_[index].remaining -= repaid;
  }
  std::erase_if(debts, [](const Debt& debt) { return debt.points == 0; });
  if (debts.empty()) holders_[holder].clear(Holder::kInDebt);
  return index;
}

void Holdings::expire(std::uint32_t holder, BusinessDate today) {
  for (std::uint32_t at = holders_[holder].first_lot; at != kNoLot; at = lots_[at].next) {
    Lot& lot = lots_[at];
    if (lot.expires > today) return;
    lot.remaining = lot.held;
  }
}

std::uint32_t Holdings::available(std::uint32_t holder, BusinessDate today) {
  const Holder& who = holders_[holder];
  if (!who.is(Holder::kKnown) || who.is(Holder::kClosed | Holder::kInTransit | Holder::kLost)) {
    return 0;
  }
  expire(holder, today);
  std::uint32_t total = 0;
  for (std::uint32_t at = who.first_lot; at != kNoLot; at = lots_[at].next) {
    if (lots_[at].expires > today) total += lots_[at].free();
  }
  const std::uint32_t debt = owed(holder);
  return total > debt ? total - debt : 0;
}

Slices Holdings::take(std::uint32_t holder, std::uint32_t points, BusinessDate today) {
  Slices slices = hold(holder, points, today);
  for (const Slice& slice : slices) {
    lots_[slice.lot].held -= slice.points;
    lots_[slice.lot].remaining -= slice.points;
  }
  return slices;
}

Slices Holdings::hold(std::uint32_t holder, std::uint32_t points, BusinessDate today) {
  Slices slices;
  for (std::uint32_t at = holders_[holder].first_lot; at != kNoLot && points > 0;
       at = lots_[at].next) {
    Lot& lot = lots_[at];
    if (lot.expires <= today || lot.free() == 0) continue;
    const std::uint32_t taken = std::min(lot.free(), points);
    lot.held += taken;
    points -= taken;
    slices.push_back({.lot = at, .points = taken});
  }
  check(points == 0, "points that were available");
  return slices;
}

Slices Holdings::capture(Slices& held, std::uint32_t points) {
  Slices slices;
  for (Slice& slice : held) {
    const std::uint32_t taken = std::min(slice.points, points);
    if (taken == 0) continue;
    slice.points -= taken;
    points -= taken;
    lots_[slice.lot].held -= taken;
    lots_[slice.lot].remaining -= taken;
    slices.push_back({.lot = slice.lot, .points = taken});
  }
  check(points == 0, "points that were held");
  return slices;
}

void Holdings::release(Slices& held) {
  for (const Slice& slice : held) {
    lots_[slice.lot].held -= slice.points;
  }
  held.clear();
}

void Holdings::restore(std::uint32_t holder, Slices& slices, std::uint32_t points,
                       BusinessDate today) {
  const bool closed = holders_[holder].is(Holder::kClosed);
  for (std::size_t i = slices.size(); i-- > 0;) {
    Slice& slice = slices[i];
    const std::uint32_t given = std::min(slice.points, points);
    if (given == 0) continue;
    slice.points -= given;
    points -= given;
    if (closed) continue;  // Restored and at once forfeited.
    Lot& lot = lots_[slice.lot];
    lot.remaining += given;
    check(lot.remaining <= lot.original, "no lot above what it was");
    if (lot.expires <= today) {
      unlink(holder, slice.lot);
      lot.expires = today.plus_days(kGraceDays);
      link(holder, slice.lot);
    }
  }
  check(points == 0, "points that are left of the parent");
}

void Holdings::take_back(std::uint32_t holder, std::uint32_t lot, std::uint32_t points,
                         BusinessDate today) {
  if (holders_[holder].is(Holder::kClosed)) return;
  const Participant issuer = lots_[lot].name().participant();
  const std::uint32_t first = std::min(points, lots_[lot].free());
  lots_[lot].remaining -= first;
  points -= first;
  for (std::uint32_t at = holders_[holder].first_lot; at != kNoLot && points > 0;
       at = lots_[at].next) {
    Lot& other = lots_[at];
    if (other.name().participant() != issuer || other.expires <= today) continue;
    const std::uint32_t taken = std::min(points, other.free());
    other.remaining -= taken;
    points -= taken;
  }
  add_debt(holder, {.issuer = issuer, .points = points});
}

void Holdings::forfeit_all(std::uint32_t holder) {
  for (std::uint32_t at = holders_[holder].first_lot; at != kNoLot; at = lots_[at].next) {
    lots_[at].remaining = 0;
    lots_[at].held = 0;
  }
}

void Holdings::close(std::uint32_t holder) {
  forfeit_all(holder);
  debts_.erase(holder);
  holders_[holder].clear(Holder::kInDebt);
  holders_[holder].set(Holder::kClosed);
}

std::vector<std::uint32_t> Holdings::lots_left(std::uint32_t holder) const {
  std::vector<std::uint32_t> left;
  for (std::uint32_t at = holders_[holder].first_lot; at != kNoLot; at = lots_[at].next) {
    if (lots_[at].remaining > 0) left.push_back(at);
  }
  std::sort(left.begin(), left.end(),
            [this](std::uint32_t a, std::uint32_t b) { return lots_[a].id < lots_[b].id; });
  return left;
}

std::vector<Debt> Holdings::debts(std::uint32_t holder) const {
  if (!holders_[holder].is(Holder::kInDebt)) return {};
  return debts_.at(holder);
}

bool Holdings::before(std::uint32_t a, std::uint32_t b) const {
  const Lot& x = lots_[a];
  const Lot& y = lots_[b];
  return std::tie(x.expires, x.earned, x.id) < std::tie(y.expires, y.earned, y.id);
}

void Holdings::link(std::uint32_t holder, std::uint32_t lot) {
  std::uint32_t* at = &holders_[holder].first_lot;
  while (*at != kNoLot && before(*at, lot)) {
    at = &lots_[*at].next;
  }
  lots_[lot].next = *at;
  *at = lot;
}

void Holdings::unlink(std::uint32_t holder, std::uint32_t lot) {
  std::uint32_t* at = &holders_[holder].first_lot;
  while (*at != lot) {
    check(*at != kNoLot, "a lot of this holder");
    at = &lots_[*at].next;
  }
  *at = lots_[lot].next;
}

std::uint32_t Holdings::owed(std::uint32_t holder) const {
  if (!holders_[holder].is(Holder::kInDebt)) return 0;
  std::uint32_t total = 0;
  for (const Debt& debt : debts_.at(holder)) {
    total += debt.points;
  }
  return total;
}

}  // namespace ph::generate
