#include "core/intake/lot_ledger.h"

#include <algorithm>

#include "core/types/check.h"

namespace ph {

namespace {

// Movements whose lots are fetched from memory together before they are applied.
constexpr std::size_t kAheadMovements = 32;

std::size_t quarter_of(const Slice& slice) {
  return slice.source == Source::kDebt ? IssuerPoints::kDebtQuarter
                                       : std::size_t{slice.earned_month.count()} / 3;
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

void LotTable::reserve(std::size_t lots) {
  lots_.reserve(lots);
  index_.reserve(lots);
}

std::uint32_t LotTable::find(LotId lot) const {
  return index_.find(lot.packed(), [this](std::uint32_t n) { return lots_[n].lot.packed(); });
}

std::uint32_t LotTable::add(const LotState& lot) {
  const auto number = static_cast<std::uint32_t>(lots_.size());
  index_.insert(lot.lot.packed(), number,
                [this](std::uint32_t n) { return lots_[n].lot.packed(); });
  lots_.push_back(lot);
  return number;
}

void LotTable::truncate(std::size_t lots) {
  while (lots_.size() > lots) {
    index_.erase(lots_.back().lot.packed(),
                 [this](std::uint32_t n) { return lots_[n].lot.packed(); });
    lots_.pop_back();
  }
}

IssuerPoints& LotLedger::issuer_points(PartState& state, Participant issuer) {
  if (issuer.number() >= state.issuers.size()) {
    state.issuers.resize(issuer.number() + std::size_t{1});
  }
  auto& cell = state.issuers[issuer.number()];
  if (cell.empty()) {
    cell.emplace_back();
    new_issuers_.push_back(issuer);
  }
  return cell.front();
}

void LotLedger::open(const Opening& opening) {
  open_.lots.reserve(opening.lots.size());
  for (const OpeningLot& row : opening.lots) {
    open_.lots.add({.lot = row.lot,
                    .member = row.member,
                    .earned_month = row.earned_month,
                    .expires_on = row.expires_on,
                    .source = row.source,
                    .rating = row.rating,
                    .shown = true,
                    .original = row.original,
                    .remaining = row.remaining});
    issuer_points(open_, row.lot.participant())
        .opening.at(std::size_t{row.earned_month.count()} / 3) += row.remaining;
  }
  for (const OpeningDebt& row : opening.debts) {
    open_.debts[{row.member, row.issuer}] += row.points;
    issuer_points(open_, row.issuer).opening.at(IssuerPoints::kDebtQuarter) -= row.points;
  }
}

// Of the next part: the first time a lot is touched it comes over from the open one.
LotState& LotLedger::lot_state(Part part, const Slice& slice, Member member) {
  LotTable& lots = state_of(part).lots;
  std::uint32_t found = lots.find(slice.lot);
  bool known = found != LotTable::kNone;
  if (!known) {
    const std::uint32_t below = part == Part::kNext ? open_.lots.find(slice.lot) : LotTable::kNone;
    known = below != LotTable::kNone;
    found = lots.add(below != LotTable::kNone ? open_.lots[below]
                                              : LotState{.lot = slice.lot,
                                                         .member = maker_of(slice.lot, member),
                                                         .earned_month = slice.earned_month,
                                                         .expires_on = slice.expires_on,
                                                         .source = slice.source,
                                                         .rating = slice.rating,
                                                         .original = slice.original});
  }
  LotState& lot = lots[found];
  touched_.push_back({.lot = found, .expires_on = lot.expires_on, .shown = lot.shown});
  if (known || member != lot.member) {
    hold_against(part, found, slice, member);
  }
  return lot;
}

// Records lie by id, not in the order in which things happened: a slice from before a refund that
// let its lot expire later may come behind it.
void LotLedger::hold_against(Part part, std::uint32_t number, const Slice& slice, Member member) {
  const LotState& lot = state_of(part).lots[number];
  std::string_view other;
  if (member != lot.member && !may_name(part, lot, member)) {
    other = "member";
  } else if (slice.earned_month != lot.earned_month) {
    other = "earned_month";
  } else if (slice.source != lot.source) {
    other = "source";
  } else if (slice.rating != lot.rating) {
    other = "rating";
  } else if (slice.original != lot.original) {
    other = "original";
  } else if (slice.expires_on < lot.expires_on) {
    const auto before = expired_before_.find(number);
    const bool made = number >= lots_before_ &&
                      (part == Part::kOpen || open_.lots.find(slice.lot) == LotTable::kNone);
    const bool earlier = before == expired_before_.end() || slice.expires_on < before->second;
    other = !made && earlier ? "expires_on" : "";
  }
  if (!other.empty() && !told_otherwise_) {
    told_otherwise_ = LotFault{.lot = lot.lot,
                               .member = member,
                               .remaining = lot.remaining,
                               .original = lot.original,
                               .other = other};
  }
}

// Likewise a debt.
std::int64_t& LotLedger::debt(Part part, const DebtKey& key) {
  const auto [debt, made] = state_of(part).debts.try_emplace(key);
  if (made && part == Part::kNext) {
    const auto below = open_.debts.find(key);
    debt->second = below == open_.debts.end() ? 0 : below->second;
  }
  touched_debts_.push_back({.key = key, .made = made});
  return debt->second;
}

void LotLedger::apply_slice(Part part, const Slice& slice, Member member) {
  const Participant issuer = slice.lot.participant();
  issuer_points(state_of(part), issuer)
      .period.at(quarter_of(slice))
      .add(slice.account, slice.delta);
  if ((slice.account == Account::kExpired || slice.account == Account::kForfeited) &&
      issuer.number() < batch_breakage_.size()) {
    batch_breakage_.at(issuer.number()) -= slice.delta;
  }
  if (slice.source == Source::kDebt) {
    debt(part, {member, issuer}) -= slice.delta;
    return;
  }
  LotState& lot = lot_state(part, slice, member);
  lot.shown = true;
  lot.remaining += slice.delta;
  if (slice.expires_on > lot.expires_on) {
    expired_before_.try_emplace(touched_.back().lot, lot.expires_on);
    lot.expires_on = slice.expires_on;
  }
}

std::optional<LotFault> LotLedger::find_fault(Part part) {
  PartState& state = state_of(part);
  for (const TouchedLot& touched : touched_) {
    const LotState& lot = state.lots[touched.lot];
    if (lot.remaining < 0 || lot.remaining > lot.original) {
      return LotFault{.lot = lot.lot,
                      .member = lot.member,
                      .remaining = lot.remaining,
                      .original = lot.original};
    }
  }
  for (const TouchedDebt& touched : touched_debts_) {
    const auto& [member, issuer] = touched.key;
    const std::int64_t points = state.debts.at(touched.key);
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
void LotLedger::undo(PartState& state, const BatchView& batch, std::size_t lots_before) {
  auto touched = touched_.begin();
  for_each_slice(batch, [&](const Slice& slice, Member member) {
    const Participant issuer = slice.lot.participant();
    issuer_points(state, issuer).period.at(quarter_of(slice)).add(slice.account, -slice.delta);
    if (slice.source == Source::kDebt) {
      state.debts.at({member, issuer}) += slice.delta;
    } else {
      state.lots[(touched++)->lot].remaining -= slice.delta;
    }
  });
  for (auto lot = touched_.rbegin(); lot != touched_.rend(); ++lot) {
    state.lots[lot->lot].expires_on = lot->expires_on;
    state.lots[lot->lot].shown = lot->shown;
  }
  state.lots.truncate(lots_before);
  for (const TouchedDebt& debt : touched_debts_) {
    if (debt.made) {
      state.debts.erase(debt.key);
    }
  }
  for (const Participant issuer : new_issuers_) {
    state.issuers[issuer.number()].clear();
  }
}

// The batch stays. A debt of 0 is none; in the next part it says so of the open one's.
void LotLedger::keep(Part part, BusinessDate date) {
  PartState& state = state_of(part);
  for (const TouchedDebt& touched : touched_debts_) {
    const auto debt = state.debts.find(touched.key);
    if (part == Part::kOpen && debt != state.debts.end() && debt->second == 0) {
      state.debts.erase(debt);
    }
  }
  for (std::uint16_t issuer = 0; issuer < batch_breakage_.size(); ++issuer) {
    if (batch_breakage_.at(issuer) != 0) {
      state.breakage[{Participant(issuer), date}] += batch_breakage_.at(issuer);
    }
  }
  keep_passing(part);
}

// As it is before the batch in hand; nullptr: it isn't.
const LotState* LotLedger::find_known(Part part, LotId lot) const {
  const LotTable& lots = state_of(part).lots;
  if (const std::uint32_t found = lots.find(lot); found != LotTable::kNone) {
    return &lots.all()[found];
  }
  const std::uint32_t below = part == Part::kNext ? open_.lots.find(lot) : LotTable::kNone;
  return below == LotTable::kNone ? nullptr : &open_.lots.all()[below];
}

// nullptr: it has never passed.
const std::vector<Member>* LotLedger::find_had(Part part, LotId lot) const {
  const auto& had = state_of(part).had;
  if (const auto found = had.find(lot); found != had.end()) {
    return &found->second;
  }
  const auto below = part == Part::kNext ? open_.had.find(lot) : open_.had.end();
  return below == open_.had.end() ? nullptr : &below->second;
}

// Records lie by id, so a slice of a number that had the lot may come behind those that took it.
bool LotLedger::may_name(Part part, const LotState& lot, Member member) const {
  const std::vector<Member>* had = find_had(part, lot.lot);
  if (had != nullptr && std::ranges::binary_search(*had, member)) {
    return true;
  }
  const auto passing = passing_.find(lot.lot);
  const bool any = passing != passing_.end();
  const auto found = any ? passing->second.find(member) : std::map<Member, Passing>::iterator();
  return any && found != passing->second.end() && found->second.came;
}

// What the batch says itself of lots that pass.
void LotLedger::note_said(const BatchView& batch) {
  for (const Movement& movement : batch.movements) {
    if (movement.kind == Kind::kReassign && movement.slice.source != Source::kDebt) {
      Passing& passing = passing_[movement.slice.lot][movement.member];
      (movement.slice.delta > 0 ? passing.got : passing.gave) = true;
    }
  }
}

bool LotLedger::says_passed(LotId lot, Member from, Member into) const {
  const auto path = passing_.find(lot);
  if (path == passing_.end()) {
    return false;
  }
  const auto giver = path->second.find(from);
  const auto taker = path->second.find(into);
  return giver != path->second.end() && giver->second.gave && taker != path->second.end() &&
         taker->second.got;
}

// A lot that was here under one number comes back from a home where it has passed to another. Where
// the batch says by REASSIGN that it passed between both, that is all that passes.
void LotLedger::note_brought(Part part, const Item& item, const Slice& slice) {
  const auto left = left_.find(slice.lot);
  const LotState* lot = find_known(part, slice.lot);
  const bool was_left = left != left_.end();
  const bool empty = was_left ? left->second.gone : lot != nullptr && lot->remaining == 0;
  const Member from = was_left ? left->second.member : lot != nullptr ? lot->member : Member();
  if (!empty) {
    return;
  }
  if (was_left) {
    left->second = {.member = item.member};
  }
  if (from == item.member || says_passed(slice.lot, from, item.member)) {
    return;
  }
  const std::vector<Member>* had = find_had(part, slice.lot);
  const bool refunds =
      item.kind == Kind::kRefund && had != nullptr && std::ranges::binary_search(*had, item.member);
  auto& path = passing_[slice.lot];
  if (!refunds && (was_left || !path[item.member].came)) {
    path[item.member].net += 1;
    path[item.member].came = true;
    path[from].net -= 1;
  }
}

// Items lie in the order in which they were: a lot that left in the batch may come back.
void LotLedger::note_item(Part part, const Item& item, const Slice& slice) {
  if (slice.source == Source::kDebt) {
    return;
  }
  if (item.kind == Kind::kMoveOut) {
    left_[slice.lot] = {.member = item.member, .gone = true};
    return;
  }
  note_brought(part, item, slice);
}

// Under which number a lot that passes was made: whoever is first in the batch may have it later.
void LotLedger::note_makers(const BatchView& batch) {
  if (passing_.empty()) {
    return;
  }
  for_each_slice(batch, [&](const Slice& slice, Member member) {
    if (slice.account == Account::kIssued && slice.delta > 0) {
      if (const auto path = passing_.find(slice.lot); path != passing_.end()) {
        path->second[member].made = true;
      }
    }
  });
}

// Of a lot that the batch brings first: who made it, or passes it on more often than he gets it.
Member LotLedger::maker_of(LotId lot, Member first) const {
  const auto path = passing_.find(lot);
  if (path == passing_.end()) {
    return first;
  }
  const auto& numbers = path->second;
  auto found = std::ranges::find_if(numbers, [](const auto& of) { return of.second.made; });
  if (found == numbers.end()) {
    found = std::ranges::find_if(numbers, [](const auto& of) { return of.second.net == -1; });
  }
  return found == numbers.end() ? first : found->first;
}

// Which lots pass from number to number in this batch; false: one can't.
bool LotLedger::gather_passing(Part part, const BatchView& batch) {
  passing_.clear();
  left_.clear();
  note_said(batch);
  std::size_t at = 0;
  for (const Item& item : batch.items) {
    const bool moves = item.kind == Kind::kMoveIn || item.kind == Kind::kMoveOut;
    const bool counts = item.action == Action::kNew && (moves || item.kind == Kind::kRefund);
    for (std::uint32_t n = 0; counts && n < item.slice_count; ++n) {
      note_item(part, item, batch.slices[at + n]);
    }
    at += item.slice_count;
  }
  for (const Movement& movement : batch.movements) {
    if (movement.kind == Kind::kReassign && movement.slice.source != Source::kDebt) {
      Passing& passing = passing_[movement.slice.lot][movement.member];
      const bool comes = movement.slice.delta > 0;
      passing.net += comes ? 1 : -1;
      passing.came = passing.came || comes;
    }
  }
  std::erase_if(passing_, [](const auto& of) { return of.second.empty(); });
  note_makers(batch);
  const auto wrong = std::ranges::find_if(
      passing_, [&](const auto& of) { return !right_path(part, of.first, of.second); });
  if (wrong != passing_.end()) {
    const LotState* lot = find_known(part, wrong->first);
    told_otherwise_ = LotFault{.lot = wrong->first,
                               .member = wrong->second.begin()->first,
                               .remaining = lot == nullptr ? 0 : lot->remaining,
                               .original = lot == nullptr ? 0 : lot->original,
                               .other = "member"};
  }
  return wrong == passing_.end();
}

// It goes from hand to hand, in whatever order the movements lie: from whom it is with to one other
// number, or back.
bool LotLedger::right_path(Part part, LotId id, const std::map<Member, Passing>& path) const {
  const LotState* lot = find_known(part, id);
  int ends = 0;
  int begins = 0;
  for (const auto& [member, passing] : path) {
    const bool is_start =
        passing.net == -1 && member == (lot == nullptr ? maker_of(id, member) : lot->member);
    ends += passing.net == 1 ? 1 : 0;
    begins += is_start ? 1 : 0;
    if (passing.net > 1 || passing.net < -1 || (passing.net == -1 && !is_start)) {
      return false;
    }
  }
  return ends == begins && ends <= 1;
}

// The batch stays: who has each lot that passed, and who has had it.
void LotLedger::keep_passing(Part part) {
  PartState& state = state_of(part);
  for (const auto& [id, path] : passing_) {
    LotState& lot = state.lots[state.lots.find(id)];
    const std::vector<Member>* before = find_had(part, id);
    std::vector<Member> had = before == nullptr ? std::vector<Member>() : *before;
    had.push_back(lot.member);
    for (const auto& [member, passing] : path) {
      had.push_back(member);
      lot.member = passing.net == 1 ? member : lot.member;
    }
    std::ranges::sort(had);
    had.erase(std::unique(had.begin(), had.end()), had.end());
    state.had[id] = std::move(had);
  }
}

// Lots lie in the order in which they came, movements come in another: found one by one, each would
// be waited for. Changes nothing.
void LotLedger::fetch_ahead(Part part, const BatchView& batch, std::size_t first) const {
  const auto ahead =
      batch.movements.subspan(first, std::min(kAheadMovements, batch.movements.size() - first));
  const LotTable& lots = state_of(part).lots;
  for (const Movement& movement : ahead) {
    lots.prefetch_place(movement.slice.lot);
  }
  for (const Movement& movement : ahead) {
    lots.prefetch_lot(movement.slice.lot);
  }
}

std::optional<LotFault> LotLedger::apply(const BatchView& batch, Part part) {
  touched_.clear();
  touched_debts_.clear();
  new_issuers_.clear();
  told_otherwise_.reset();
  expired_before_.clear();
  batch_breakage_.fill(0);
  lots_before_ = state_of(part).lots.all().size();
  if (!gather_passing(part, batch)) {
    return told_otherwise_;
  }
  touched_.reserve(batch.movements.size() + batch.slices.size());
  std::size_t at = 0;
  for_each_slice(batch, [&](const Slice& slice, Member member) {
    if (at < batch.movements.size() && at % kAheadMovements == 0) {
      fetch_ahead(part, batch, at);
    }
    ++at;
    apply_slice(part, slice, member);
  });
  std::optional<LotFault> fault = told_otherwise_ ? told_otherwise_ : find_fault(part);
  if (fault) {
    undo(state_of(part), batch, lots_before_);
  } else {
    keep(part, batch.header.date);
  }
  return fault;
}

void LotLedger::next_period() {
  for (auto& cell : open_.issuers) {
    for (IssuerPoints& points : cell) {
      for (std::size_t q = 0; q <= IssuerPoints::kDebtQuarter; ++q) {
        points.opening.at(q) += points.period.at(q).total();
        points.period.at(q) = {};
      }
    }
  }
  for (std::uint16_t issuer = 0; issuer < next_.issuers.size(); ++issuer) {
    for (const IssuerPoints& points : next_.issuers[issuer]) {
      issuer_points(open_, Participant(issuer)).period = points.period;
    }
  }
  for (std::uint32_t n = 0; n < open_.lots.all().size(); ++n) {
    open_.lots[n].shown = false;
  }
  for (const LotState& lot : next_.lots.all()) {
    const std::uint32_t found = open_.lots.find(lot.lot);
    if (found == LotTable::kNone) {
      open_.lots.add(lot);
    } else {
      open_.lots[found] = lot;
    }
  }
  for (const auto& [key, points] : next_.debts) {
    if (points == 0) {
      open_.debts.erase(key);
    } else {
      open_.debts[key] = points;
    }
  }
  for (auto& [lot, had] : next_.had) {
    open_.had[lot] = std::move(had);
  }
  open_.breakage = std::move(next_.breakage);
  next_ = {};
}

}  // namespace ph
