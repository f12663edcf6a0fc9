#include "core/intake/lot_ledger.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

namespace {

std::size_t quarter_of(const Slice& slice) {
  return slice.source == Source::kDebt ? IssuerPoints::kDebtQuarter
                                       : std::size_t{slice.earned_month.count()} / 3;
}

// Movements, then the slices of the items, each with whose they are.
template <class Visit>
void for_each_slice(const BatchView& batch, Visit&& visit) {
  for (const Movement& movement : batch.movements) {
    visit(movement.slice, movement.member);
  }
  std::size_t at = 0;
  for (const Item& item : batch.items) {
    for (std::uint32_t n = 0; n < item.slice_count; ++n) {
      visit(batch.slices[at++], item.member);
    }
  }
}

}  // namespace

void PointSums::add(Account account, std::int64_t delta) {
  switch (account) {
    case Account::kIssued:
      issued += delta;
      return;
    case Account::kRedeemed:
      redeemed += delta;
      return;
    case Account::kExpired:
      expired += delta;
      return;
    case Account::kForfeited:
      forfeited += delta;
      return;
    case Account::kMoved:
      moved += delta;
      return;
    case Account::kRepaid:
      repaid += delta;
      return;
    case Account::kNone:
      break;
  }
  check(false, "a slice has an account");
}

IssuerPoints& LotLedger::issuer_points(Participant issuer) {
  if (issuer.number() >= issuers_.size()) {
    issuers_.resize(issuer.number() + std::size_t{1});
  }
  auto& cell = issuers_[issuer.number()];
  if (cell.empty()) {
    cell.emplace_back();
    new_issuers_.push_back(issuer);
  }
  return cell.front();
}

void LotLedger::open(const Opening& opening) {
  const auto key_at = [this](std::uint32_t n) { return lots_[n].lot.packed(); };
  lots_.reserve(opening.lots.size());
  lot_index_.reserve(opening.lots.size());
  for (const OpeningLot& row : opening.lots) {
    lot_index_.insert(row.lot.packed(), static_cast<std::uint32_t>(lots_.size()), key_at);
    lots_.push_back({.lot = row.lot,
                     .member = row.member,
                     .earned_month = row.earned_month,
                     .expires_on = row.expires_on,
                     .source = row.source,
                     .rating = row.rating,
                     .shown = true,
                     .original = row.original,
                     .remaining = row.remaining});
    issuer_points(row.lot.participant()).opening.at(std::size_t{row.earned_month.count()} / 3) +=
        row.remaining;
  }
  for (const OpeningDebt& row : opening.debts) {
    debts_[{row.member, row.issuer}] += row.points;
    issuer_points(row.issuer).opening.at(IssuerPoints::kDebtQuarter) -= row.points;
  }
}

LotState& LotLedger::lot_state(const Slice& slice, Member member) {
  const auto key_at = [this](std::uint32_t n) { return lots_[n].lot.packed(); };
  std::uint32_t found = lot_index_.find(slice.lot.packed(), key_at);
  if (found == FlatIndex::kNone) {
    found = static_cast<std::uint32_t>(lots_.size());
    lot_index_.insert(slice.lot.packed(), found, key_at);
    lots_.push_back({.lot = slice.lot,
                     .member = member,
                     .earned_month = slice.earned_month,
                     .expires_on = slice.expires_on,
                     .source = slice.source,
                     .rating = slice.rating,
                     .original = slice.original});
  }
  LotState& lot = lots_[found];
  touched_.push_back({.lot = found, .expires_on = lot.expires_on, .shown = lot.shown});
  return lot;
}

void LotLedger::apply_slice(const Slice& slice, Member member) {
  const Participant issuer = slice.lot.participant();
  issuer_points(issuer).period.at(quarter_of(slice)).add(slice.account, slice.delta);
  if ((slice.account == Account::kExpired || slice.account == Account::kForfeited) &&
      issuer.number() < batch_breakage_.size()) {
    batch_breakage_.at(issuer.number()) -= slice.delta;
  }
  if (slice.source == Source::kDebt) {
    const auto [debt, made] = debts_.try_emplace({member, issuer});
    debt->second -= slice.delta;
    touched_debts_.push_back({.key = debt->first, .made = made});
    return;
  }
  LotState& lot = lot_state(slice, member);
  lot.shown = true;
  lot.remaining += slice.delta;
  lot.expires_on = std::max(lot.expires_on, slice.expires_on);
}

std::optional<LotFault> LotLedger::find_fault() const {
  for (const TouchedLot& touched : touched_) {
    const LotState& lot = lots_[touched.lot];
    if (lot.remaining < 0 || lot.remaining > lot.original) {
      return LotFault{.lot = lot.lot,
                      .member = lot.member,
                      .remaining = lot.remaining,
                      .original = lot.original};
    }
  }
  for (const TouchedDebt& touched : touched_debts_) {
    const auto& [member, issuer] = touched.key;
    const std::int64_t points = debts_.at(touched.key);
    if (points < 0) {
      return LotFault{.lot = LotId(issuer, BusinessDate(), 0),
                      .member = member,
                      .remaining = -points,
                      .original = 0};
    }
  }
  return std::nullopt;
}

// All that the batch changed, back to what it was before: the rare path, so it may walk through the
// batch again.
void LotLedger::undo(const BatchView& batch, std::size_t lots_before) {
  auto touched = touched_.begin();
  for_each_slice(batch, [&](const Slice& slice, Member member) {
    const Participant issuer = slice.lot.participant();
    issuer_points(issuer).period.at(quarter_of(slice)).add(slice.account, -slice.delta);
    if (slice.source == Source::kDebt) {
      debts_.at({member, issuer}) += slice.delta;
    } else {
      lots_[(touched++)->lot].remaining -= slice.delta;
    }
  });
  for (auto lot = touched_.rbegin(); lot != touched_.rend(); ++lot) {
    lots_[lot->lot].expires_on = lot->expires_on;
    lots_[lot->lot].shown = lot->shown;
  }
  while (lots_.size() > lots_before) {
    lot_index_.erase(lots_.back().lot.packed(),
                     [this](std::uint32_t n) { return lots_[n].lot.packed(); });
    lots_.pop_back();
  }
  for (const TouchedDebt& debt : touched_debts_) {
    if (debt.made) {
      debts_.erase(debt.key);
    }
  }
  for (const Participant issuer : new_issuers_) {
    issuers_[issuer.number()].clear();
  }
}

// The batch stays: what its last look at debts and breakage leaves.
void LotLedger::keep(BusinessDate date) {
  for (const TouchedDebt& touched : touched_debts_) {
    const auto debt = debts_.find(touched.key);
    if (debt != debts_.end() && debt->second == 0) {
      debts_.erase(debt);
    }
  }
  for (std::uint16_t issuer = 0; issuer < batch_breakage_.size(); ++issuer) {
    if (batch_breakage_.at(issuer) != 0) {
      breakage_[{Participant(issuer), date}] += batch_breakage_.at(issuer);
    }
  }
}

std::optional<LotFault> LotLedger::apply(const BatchView& batch) {
  touched_.clear();
  touched_debts_.clear();
  new_issuers_.clear();
  batch_breakage_.fill(0);
  const std::size_t lots_before = lots_.size();
  for_each_slice(batch, [this](const Slice& slice, Member member) { apply_slice(slice, member); });
  std::optional<LotFault> fault = find_fault();
  if (fault) {
    undo(batch, lots_before);
  } else {
    keep(batch.header.date);
  }
  return fault;
}

void LotLedger::next_period() {
  for (auto& cell : issuers_) {
    for (IssuerPoints& points : cell) {
      for (std::size_t q = 0; q <= IssuerPoints::kDebtQuarter; ++q) {
        points.opening.at(q) += points.period.at(q).total();
        points.period.at(q) = {};
      }
    }
  }
  for (LotState& lot : lots_) {
    lot.shown = false;
  }
  breakage_.clear();
}

}  // namespace ph
