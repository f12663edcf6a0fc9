// Members who move between running homes (decision 18): what leaves in an answer, and refunds at a
// home of what another one gave goods for.
#include <algorithm>

#include "core/home/home.h"
#include "core/home/standing.h"
#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

namespace {

ChildRow row_of(const Lot& lot, std::int64_t points) {
  return {.lot = lot.id,
          .earned_month = lot.earned_month,
          .expires_on = lot.expires_on,
          .source = lot.source,
          .rating = lot.rating,
          .original = lot.original,
          .points = points};
}

}  // namespace

std::optional<MemberState> Home::state_of(Member member) const {
  const std::uint32_t account = find_account(member);
  return account == kNoAccount ? std::nullopt : std::optional(accounts_[account].state);
}

// All that leaves fits into one answer.
bool Home::can_be_told(const MemberRecord& holder) const {
  std::size_t count = 0;
  std::int64_t points = 0;
  for (std::uint32_t node = holder.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
    const Lot lot = lots_.at(node);
    if (lot.remaining == 0) {
      continue;
    }
    points += lot.remaining;
    if (++count > kSlicesPerMoveMax || points > kAmountMax ||
        !valid_lot_row(row_of(lot, lot.remaining))) {
      return false;
    }
  }
  const auto from = debts_.lower_bound({holder.member, Participant()});
  for (auto it = from; it != debts_.end() && it->first.first == holder.member; ++it) {
    if (++count > kSlicesPerMoveMax || !is_amount(it->second)) {
      return false;
    }
  }
  return true;
}

// The lots are still there, empty, and as they were until the member comes back.
std::vector<ChildRow> Home::moved_slices(Member member, const LiveAnswer& answer) const {
  std::vector<ChildRow> out;
  const std::uint32_t account = find_account(member);
  check(account != kNoAccount || answer.slices.empty(), "who moved was at home here");
  for (const LiveSlice& slice : answer.slices) {
    if (is_debt(slice.lot)) {
      out.push_back({.lot = slice.lot, .source = Source::kDebt, .points = slice.points});
      continue;
    }
    const std::uint32_t node = find_anywhere(account, slice.lot).node;
    check(node != LotBook::kEnd, "a lot that left was here");
    out.push_back(row_of(lots_.at(node), slice.points));
  }
  return out;
}

bool Home::can_take_in(const LiveCommand& command) const {
  const std::uint32_t account = find_account(command.row.member);
  if (!command.standing.empty()) {
    // The old home may be a day ahead; never a month.
    const auto standing = read_standing(command.standing);
    if (!standing || standing->newest > date_.month().count() + 1) {
      return false;
    }
  }
  return fault_of_brought(command.children, 0, command.children.size(), account) == kDone;
}

// A closed account: all of it goes at once, and debts are written off.
void Home::forfeit_moved_in(std::uint32_t account) {
  forfeit_all(account, next_generated(), true);
  accounts_[account].set(MemberRecord::kHasDebt, false);
}

// Of this member, known here as a redemption or exchange out.
const EntryRecord* Home::parent_of(const TransactionId& parent, Member member) const {
  const std::uint32_t found = find_parent(parent);
  const bool is_theirs = found != FlatIndex::kNone && member_of(entries_[found]) == member;
  return is_theirs ? &entries_[found] : nullptr;
}

std::vector<ChildRow> Home::left_of(const TransactionId& parent, Member member) const {
  std::vector<ChildRow> out;
  if (const EntryRecord* entry = parent_of(parent, member)) {
    for (std::size_t n = 0; n < taken_count(*entry); ++n) {
      const TakenRecord& taken = taken_[static_cast<std::size_t>(entry->left) + n];
      out.push_back(row_of(lots_.at(taken.lot), taken.left()));
    }
  } else if (const std::uint32_t account = find_account(member); account != kNoAccount) {
    const auto from = restored_.lower_bound({parent, LotId()});
    for (auto it = from; it != restored_.end() && it->first.first == parent; ++it) {
      const std::uint32_t node = find_anywhere(account, it->first.second).node;
      if (node != LotBook::kEnd) {
        out.push_back(row_of(lots_.at(node), -it->second));
      }
    }
  }
  const bool right = out.size() <= kSlicesPerAskMax && std::ranges::all_of(out, valid_left_row);
  return right ? out : std::vector<ChildRow>();
}

bool Home::is_less_than_whole(const TransactionId& parent, Member member,
                              std::int64_t points) const {
  const EntryRecord* entry = parent_of(parent, member);
  return entry != nullptr && (entry->form == Form::kGift || entry->form == Form::kExchangeOut) &&
         points < entry->points;
}

// What other homes have given back of a parent that is known here; of another one, what this home
// has. Rows of a file know of everything themselves.
void Home::take_off(const DayRow& row, bool known, LotPoints& slices) const {
  if (telling_ == nullptr) {
    return;
  }
  for (auto& [lot, left] : slices) {
    if (!known) {
      const auto found = restored_.find({row.parent, lot.id});
      left -= found == restored_.end() ? 0 : found->second;
    }
    for (std::uint32_t n = 0; known && n < row.child_count; ++n) {
      const ChildRow& child = (*children_)[row.first_child + n];
      left += child.lot == lot.id ? std::min<std::int64_t>(child.points, 0) : 0;
    }
    left = std::max<std::int64_t>(left, 0);
  }
}

void Home::note_restored(const TransactionId& parent, const LotPoints& restored) {
  for (const auto& [lot, points] : restored) {
    restored_[{parent, lot.id}] += points;
  }
}

}  // namespace ph
