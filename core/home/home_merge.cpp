// Numbers of one customer that are merged, and unmerged: accounts, lots, debts and grades pass from
// one to the other (docs/decisions/0023-programme-format.md, section 2). A lot hangs in the list of
// the number under which the clearing knows it; one of which nothing remains stays where it is,
// until points come back into it.
#include <algorithm>

#include "core/home/home.h"
#include "core/home/member_columns.h"
#include "core/programme/grade.h"
#include "core/programme/yearly.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::MergePart;
using book::MergeRecord;
using programme::Grade;
using programme::GradeReason;
using programme::Grading;

}  // namespace

// A lot of this account, or one that came from it and has passed to another number. Not found: it
// would be the account's.
Home::Placed Home::find_lot(std::uint32_t account, LotId lot) const {
  const std::uint32_t own = lots_.find(accounts_[account].lots, lot);
  if (own != LotBook::kEnd || !book_ || book_->merges().empty()) {
    return {.holder = account, .node = own};
  }
  for (const std::uint32_t other : book_->merges().connected(account)) {
    const std::uint32_t node = lots_.find(accounts_[other].lots, lot);
    if (node != LotBook::kEnd) {
      return {.holder = other, .node = node};
    }
  }
  return {.holder = account, .node = LotBook::kEnd};
}

// Whose a lot is: the member's of the account that it comes from; of a lot of no account it is who
// has it, but for merges that were undone since, and for those that weren't.
std::uint32_t Home::owner_of(const Placed& lot) const {
  if (!book_ || book_->merges().empty()) {
    return lot.holder;
  }
  const std::uint32_t device = book_->origin(lot.node);
  return device != MemberBook::kNone
             ? book_->present(book_->account(device).member)
             : book_->present(book_->merges().before_undone(lot.holder, lot.node));
}

// The lot of a row that takes back what was given wrongly: who has the number now has it, or it
// lies empty and would be his. Node kEnd: it is none of his.
Home::Placed Home::find_own(std::uint32_t account, LotId lot) const {
  const Placed at = find_lot(account, lot);
  if (!book_ || at.node == LotBook::kEnd) {
    return at;
  }
  const std::uint32_t owner = lots_.at(at.node).remaining > 0 ? at.holder : owner_of(at);
  return owner == book_->present(account) ? at : Placed{.holder = account, .node = LotBook::kEnd};
}

// Under which number its points were given, before merges that weren't undone passed them on. An
// empty one lies with a number that may have been merged since.
std::uint32_t Home::giver_of(std::uint32_t owner, const Placed& at) const {
  const MergeBook& merges = book_->merges();
  const std::uint32_t device = book_->origin(at.node);
  if (device != MemberBook::kNone) {
    return merges.owner_when(device, owner, at.node, lots_.at(at.node).id.date());
  }
  const bool empty = lots_.at(at.node).remaining == 0;
  return merges.before_merged(empty ? merges.before_undone(at.holder, at.node) : at.holder,
                              at.node);
}

// Rating points of the lot that a row takes back from: less where they are counted.
void Home::note_taken_back(std::uint32_t owner, const Placed& at, std::int64_t points) {
  if (!book_ || at.node == LotBook::kEnd || lots_.at(at.node).rating == 0) {
    return;
  }
  const Lot lot = lots_.at(at.node);
  const std::uint32_t device = book_->origin(at.node);
  if (device != MemberBook::kNone && lot.source == Source::kConsumption &&
      (by_rules_of_today() || book_->merges().has_passed(device))) {
    book_->note_of_account(device, lot.earned_month, -points, date_.month());
  } else {
    book_->note_less(giver_of(owner, at), lot.earned_month, points, date_.month());
  }
}

// Under the number that it was given to, which was merged since: two sides have to name the same
// member, and the clearing takes no other lots of this one. What is owed passes at once.
std::vector<Slice> Home::take_back_formerly(std::uint32_t account, std::uint32_t owner, LotId id,
                                            std::int64_t points) {
  std::vector<Slice> slices;
  const Placed at = find_own(account, id);
  Lot lot = at.node == LotBook::kEnd ? Lot() : lots_.at(at.node);
  if (const std::int64_t part = lot.transit ? 0 : std::min(points, lot.free()); part > 0) {
    if (!book_->merges().has_brought(account, at.node)) {
      say_named(at, account);
    }
    slices.push_back(slice_of(lot, Account::kIssued, -part));
    lot.remaining -= part;
    lots_.put(at.node, lot);
    points -= part;
  }
  if (points > 0) {
    const Participant issuer = id.participant();
    slices.push_back(debt_slice(issuer, Account::kIssued, -points));
    pass_debt(next_generated(), account, owner, issuer, points);
  }
  return slices;
}

// Points that came back into it would be those of somebody who has left with all others.
bool Home::is_with_moved(std::uint32_t account, LotId lot) const {
  if (!book_ || book_->merges().empty()) {
    return false;
  }
  const Placed at = find_lot(account, lot);
  const std::uint32_t owner = at.node == LotBook::kEnd          ? book_->present(account)
                              : lots_.at(at.node).remaining > 0 ? at.holder
                                                                : owner_of(at);
  return accounts_[owner].state == State::kMoved;
}

// Of a redemption or exchange out.
bool Home::took_from_moved(const EntryRecord& entry) const {
  for (std::size_t n = 0; book_ && n < taken_count(entry); ++n) {
    const TakenRecord& taken = taken_[static_cast<std::size_t>(entry.left) + n];
    if (is_with_moved(account_of(entry), lots_.at(taken.lot).id)) {
      return true;
    }
  }
  return false;
}

// What was redeemed under a number that was merged since is refunded under it: two sides have to
// name the same member.
Home::Outcome Home::refund_state_of(std::uint32_t account) const {
  if (book_ && account != kNoAccount && book_->present(account) != account) {
    if (const Outcome state = own_state_of(book_->present(account), true); state != kDone) {
      return state;
    }
  }
  return own_state_of(account, true);
}

bool Home::orders_anything(std::uint32_t account) const {
  const OrderBook& orders = book_->orders();
  return std::ranges::any_of(
      orders.open(), [&](std::uint32_t number) { return orders.order(number).member == account; });
}

// Nothing of either is held, put off or ordered, nor in transit.
Home::Outcome Home::may_pass(std::uint32_t from, std::uint32_t into) const {
  for (const std::uint32_t account : {from, into}) {
    if (has_holds(accounts_[account]) || has_put_off(account) || orders_anything(account)) {
      return ReturnCode::kHoldOpen;
    }
  }
  const bool moves =
      accounts_[from].has(MemberRecord::kMoveOpen) || accounts_[into].has(MemberRecord::kMoveOpen);
  return moves ? ReturnCode::kMoveOpen : kDone;
}

// All that remains of a lot, under one entry. In snapshots of before a lot may have a record with
// both numbers: it is one again.
void Home::reassign(std::uint32_t entry, std::uint32_t node, std::uint32_t from,
                    std::uint32_t into) {
  Lot lot = lots_.at(node);
  MemberRecord& taker = accounts_[into];
  say_passed(entry, node, from, into);
  places_.put(lot.id, into);
  note_expiry(taker, lot.expires_on);
  const std::uint32_t same = lots_.find(taker.lots, lot.id);
  if (same == LotBook::kEnd) {
    return lots_.pass(accounts_[from].lots, taker.lots, node);
  }
  if (lots_.at(same).expires_on < lot.expires_on) {
    lots_.set_expiry(taker.lots, same, lot.expires_on);
  }
  Lot whole = lots_.at(same);
  whole.remaining += lot.remaining;
  lots_.put(same, whole);
  lot.remaining = 0;
  lots_.put(node, lot);
}

// Lots of a whole number that none of its accounts says whose they are: what it has, and empty
// ones, whose points may come back later, if they would be its own, wherever they lie.
std::vector<MergePart> Home::lots_brought(std::uint32_t from) const {
  std::vector<MergePart> parts;
  const bool today = by_rules_of_today();
  for (const std::uint32_t holder :
       today ? book_->merges().connected(from) : std::vector<std::uint32_t>{from}) {
    for (const std::uint32_t node : lots_.canonical(accounts_[holder].lots)) {
      const std::uint32_t origin = book_->origin(node);
      const bool of_account = origin != MemberBook::kNone && book_->account(origin).member == from;
      const bool empty = lots_.at(node).remaining == 0;
      const std::uint32_t owner =
          today && empty ? owner_of({.holder = holder, .node = node}) : holder;
      if (!of_account && owner == from) {
        parts.push_back(
            {.what = holder == from ? MergePart::kLot : MergePart::kLotElsewhere, .number = node});
      }
    }
  }
  return parts;
}

// `device`: of this account alone; kNone: all.
void Home::pass_lots(std::uint32_t entry, std::uint32_t from, std::uint32_t into,
                     std::uint32_t device) {
  for (const std::uint32_t node : lots_.canonical(accounts_[from].lots)) {
    if (lots_.at(node).remaining > 0 &&
        (device == MemberBook::kNone || book_->origin(node) == device)) {
      reassign(entry, node, from, into);
    }
  }
}

// What is left of what came: `from` gives it back. Accounts have passed back already.
void Home::pass_lots_back(std::uint32_t entry, std::uint32_t from, std::uint32_t into,
                          std::span<const MergePart> parts) {
  const auto came = [&](bool lot, std::uint32_t number) {
    return std::ranges::any_of(parts, [&](const MergePart& part) {
      return part.number == number && (part.what != MergePart::kAccount) == lot;
    });
  };
  for (const std::uint32_t node : lots_.canonical(accounts_[from].lots)) {
    const std::uint32_t origin = book_->origin(node);
    const bool of_account =
        origin != MemberBook::kNone && book_->account(origin).member == into && came(false, origin);
    if (lots_.at(node).remaining > 0 && (of_account || came(true, node))) {
      reassign(entry, node, from, into);
    }
  }
}

void Home::pass_debts(std::uint32_t entry, std::uint32_t from, std::uint32_t into) {
  const Member old = accounts_[from].member;
  auto it = debts_.lower_bound({old, Participant()});
  while (it != debts_.end() && it->first.first == old) {
    const Participant issuer = it->first.second;
    const std::int64_t points = it->second;
    it = debts_.erase(it);
    pass_debt(entry, from, into, issuer, points);
  }
  accounts_[from].set(MemberRecord::kHasDebt, false);
}

void Home::pass_debt(std::uint32_t entry, std::uint32_t from, std::uint32_t into,
                     Participant issuer, std::int64_t points) {
  MemberRecord& taker = accounts_[into];
  add_movement(entry, Kind::kReassign, accounts_[from].member,
               debt_slice(issuer, Account::kMoved, points));
  add_movement(entry, Kind::kReassign, taker.member, debt_slice(issuer, Account::kMoved, -points));
  debts_[{taker.member, issuer}] += points;
  taker.set(MemberRecord::kHasDebt, true);
}

// What waited for a profile, of accounts that have passed to who has one.
void Home::credit_passed(std::span<const std::uint32_t> devices, std::uint32_t from,
                         std::uint32_t into) {
  if (by_rules_of_today()) {
    earn_all(into, book_->credit_passed(devices, from, date_), 0);
  }
}

Home::Outcome Home::merge(const DayRow& row, const MemberRow& says) {
  const std::uint32_t from = find_account(row.member);
  const std::uint32_t into = find_account(says.other);
  for (const std::uint32_t account : {from, into}) {
    if (const Outcome state = state_of(account, false); state != kDone) {
      return state;
    }
  }
  check(from != into, "a number is merged into another");
  if (const Outcome open = may_pass(from, into); open != kDone) {
    return open;
  }
  const AccountText text{says.account};
  const bool whole = text == AccountText{};
  const std::uint32_t device = whole ? MemberBook::kNone : book_->find(text);
  if (!whole && (device == MemberBook::kNone || book_->account(device).member != from)) {
    return ReturnCode::kNoAccount;
  }
  MergeRecord merge{.id = row.id,
                    .whole = whole ? std::uint8_t{1} : std::uint8_t{0},
                    .member = from,
                    .into = into,
                    .day = date_.count()};
  note_levels(merge);
  std::vector<MergePart> parts = whole ? lots_brought(from) : std::vector<MergePart>();
  pass_lots(row.serial, from, into, device);
  const auto devices = whole ? book_->accounts_of(from) : std::vector<std::uint32_t>{device};
  for (const std::uint32_t account : devices) {
    book_->pass(account, into);
    parts.push_back({.what = MergePart::kAccount, .number = account});
  }
  if (whole) {
    pass_debts(row.serial, from, into);
    book_->set_merged(from, into, date_.month());
  }
  book_->merges().add(merge, parts);
  note_places(from);
  note_places(into);
  book_->share_entered(from, into);
  plans_changed(from);
  plans_changed(into);
  if (whole) {
    take_higher(merge);
  }
  credit_passed(devices, from, into);
  return kDone;
}

Home::Outcome Home::unmerge(const DayRow& row, const MemberRow& says) {
  const std::uint32_t number = book_->merges().find(says.parent);
  if (number == MergeBook::kNone ||
      accounts_[book_->merges().merge(number).member].member != row.member) {
    return ReturnCode::kUnknownParent;
  }
  const MergeRecord merge = book_->merges().merge(number);
  if (merge.state != MergeRecord::kMerged) {
    return ReturnCode::kState;
  }
  const bool whole = merge.whole == 1;
  const Outcome own = whole ? own_state_of(merge.member, false) : state_of(merge.member, false);
  if (own != kDone) {
    return own;
  }
  if (const Outcome state = state_of(merge.into, false); state != kDone) {
    return state;
  }
  if (const Outcome open = may_pass(merge.member, merge.into); open != kDone) {
    return open;
  }
  book_->merges().undo(number, date_);
  const auto parts = book_->merges().parts(number);
  std::vector<std::uint32_t> devices;
  for (const MergePart& part : parts) {
    if (part.what == MergePart::kAccount && book_->account(part.number).member == merge.into) {
      book_->pass(part.number, merge.member);
      devices.push_back(part.number);
    }
  }
  pass_lots_back(row.serial, merge.into, merge.member, parts);
  if (whole) {
    book_->end_merged(merge.member, date_.month());
  }
  plans_changed(merge.member);
  plans_changed(merge.into);
  if (whole) {
    take_lower(merge);
  }
  credit_passed(devices, merge.into, merge.member);
  return kDone;
}

// --- grades -------------------------------------------------------------------------------------

void Home::note_levels(MergeRecord& merge) const {
  for (const Grading& grading : rules().gradings) {
    const std::uint16_t number = book_->names().gradings.find(grading.name);
    const auto place = [&](std::uint32_t account) {
      const auto level = book_->level_on(account, static_cast<std::uint8_t>(number), date_);
      return static_cast<std::uint8_t>(level + 1);
    };
    merge.levels.at(number) = {.member = place(merge.member), .into = place(merge.into)};
  }
}

// It ends as the one that it comes from, and waits for its run as that one; where no run writes
// grades, it stays what it was.
void Home::write_merged(std::uint32_t account, std::uint8_t grading, std::uint8_t level,
                        const Grade& of) {
  const std::string& name = book_->names().gradings.name(grading);
  const auto rule = std::ranges::find(rules().gradings, name, &Grading::name);
  const bool by_run = rule->run != programme::GradingRun::kNone;
  write_grade(account, grading,
              {.level = level,
               .reason = !by_run && level > 0 ? of.reason : GradeReason::kMerged,
               .from = date_,
               .to = of.to},
              0);
}

// By plan it follows the accounts.
void Home::take_higher(const MergeRecord& merge) {
  for (const Grading& grading : rules().gradings) {
    const auto number = static_cast<std::uint8_t>(book_->names().gradings.find(grading.name));
    const MergeRecord::Levels& levels = merge.levels.at(number);
    if (grading.basis != programme::Basis::kPlan && levels.member > levels.into) {
      const Grade held = book_->grade_held_on(merge.member, number, date_);
      write_merged(merge.into, number, held.level, held);
    }
  }
}

// Until the next run neither has more than both had.
void Home::take_lower(const MergeRecord& merge) {
  for (const Grading& grading : rules().gradings) {
    const auto number = static_cast<std::uint8_t>(book_->names().gradings.find(grading.name));
    const MergeRecord::Levels& levels = merge.levels.at(number);
    const std::uint8_t lower = std::min(levels.member, levels.into);
    if (grading.basis == programme::Basis::kPlan || lower == 0) {
      continue;
    }
    for (const std::uint32_t account : {merge.member, merge.into}) {
      const Grade held = book_->grade_held_on(account, number, date_);
      if (held.level + 1 > lower) {
        write_merged(account, number, static_cast<std::uint8_t>(lower - 1), held);
      }
    }
  }
}

}  // namespace ph
