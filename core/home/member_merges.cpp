// What of a member book concerns numbers of one customer that are merged: accounts that pass with
// all that is kept of them, and other rating points (docs/decisions/0023-programme-format.md,
// section 2).
#include <algorithm>

#include "core/home/member_book.h"
#include "core/types/check.h"

namespace ph {

using book::MergeRecord;
using book::ProgrammeMember;

std::vector<std::uint32_t> MemberBook::accounts_of(std::uint32_t member) const {
  std::vector<std::uint32_t> out;
  std::uint32_t n = tables_.members[member].first_account;
  for (; n != kNone; n = tables_.accounts[n].next) {
    out.push_back(n);
  }
  return out;
}

// Runs are told while it is known whose it was, and isn't among his any more.
void MemberBook::pass(std::uint32_t account, std::uint32_t into) {
  book::AccountRecord& record = tables_.accounts[account];
  const std::uint32_t from = record.member;
  std::uint32_t* link = &tables_.members[from].first_account;
  while (*link != account) {
    check(*link != kNone, "an account is among its member's");
    link = &tables_.accounts[*link].next;
  }
  *link = record.next;
  tell_runs_of_lost(account);
  record.member = into;
  link = &tables_.members[into].first_account;
  while (*link != kNone && *link < account) {
    link = &tables_.accounts[*link].next;
  }
  record.next = *link;
  *link = account;
  update_member(from);
  update_member(into);
}

// Nobody looks at those of the number itself while it is merged: they stay what they were.
void MemberBook::set_merged(std::uint32_t member, std::uint32_t into, Month now) {
  ProgrammeMember& record = tables_.members[member];
  record.merged_into = into;
  record.flags |= ProgrammeMember::kMergedAway;
  for (std::uint32_t n = record.last_other; n != kNone; n = tables_.other[n].next) {
    const book::OtherRecord other = tables_.other[n];
    note_rated(into, Month(other.month), other.points, now);
  }
  tell_runs_of_lost_member(member);
}

void MemberBook::end_merged(std::uint32_t member, Month now) {
  ProgrammeMember& record = tables_.members[member];
  for (std::uint32_t n = record.last_other; n != kNone; n = tables_.other[n].next) {
    const book::OtherRecord other = tables_.other[n];
    note_rated(record.merged_into, Month(other.month), -other.points, now);
  }
  record.merged_into = kNone;
  record.flags &= static_cast<std::uint16_t>(~ProgrammeMember::kMergedAway);
}

void MemberBook::note_less(std::uint32_t member, Month earned, std::int64_t points, Month now) {
  for (; member != kNone; member = tables_.members[member].merged_into) {
    note_rated(member, earned, -points, now);
  }
}

void MemberBook::note_of_account(std::uint32_t account, Month earned, std::int64_t points,
                                 Month now) {
  const int oldest = now.count() - book::kRingMonths;
  if (oldest > taken_back_until_) {  // Once a month, as all are looked through.
    std::erase_if(taken_back_, [&](const auto& of) { return of.first.second <= oldest; });
    taken_back_until_ = oldest;
  }
  if (points == 0 || earned.count() <= oldest) {
    return;
  }
  const auto [kept, made] = taken_back_.try_emplace({account, earned.count()});
  kept->second += points;
  if (kept->second == 0) {
    taken_back_.erase(kept);
  }
}

// Of a month that an account takes over from what was carried in.
void MemberBook::pass_taken_back(std::uint32_t from, std::uint32_t into, Month month) {
  if (const auto found = taken_back_.find({from, month.count()}); found != taken_back_.end()) {
    const std::int64_t points = found->second;
    taken_back_.erase(found);
    note_of_account(into, month, points, month);
  }
}

std::uint32_t MemberBook::present(std::uint32_t member) const {
  while (tables_.members[member].merged_into != kNone) {
    member = tables_.members[member].merged_into;
  }
  return member;
}

void MemberBook::share_entered(std::uint32_t from, std::uint32_t into) {
  std::uint8_t& entered = tables_.members[into].entered;
  entered = std::max(entered, tables_.members[from].entered);
}

bool MemberBook::adopt_taken_back() {
  for (const book::TakenBackRecord& record : tables_.taken_back) {
    const std::pair key(record.account, record.month);
    if (record.account >= accounts() || record.month >= Month::kCount || record.zero != 0 ||
        record.points == 0 || (!taken_back_.empty() && taken_back_.rbegin()->first >= key)) {
      return false;
    }
    taken_back_.emplace_hint(taken_back_.end(), key, record.points);
  }
  tables_.taken_back.clear();
  return true;
}

// Who is merged away is so by one merge that wasn't undone, and nobody into himself.
bool MemberBook::adopt_merges(std::size_t lots) {
  auto made = MergeBook::of(std::move(tables_.merges),
                            {.members = members(), .accounts = accounts(), .lots = lots});
  tables_.merges = {};
  if (!made) {
    return false;
  }
  merges_ = std::move(*made);
  for (std::uint32_t n = 0; n < accounts(); ++n) {
    const book::AccountRecord& record = tables_.accounts[n];
    const ProgrammeMember& of = tables_.members[merges_.first_owner(n, record.member)];
    if ((record.flags & book::AccountRecord::kCarriedIn) != 0 &&
        (of.flags & ProgrammeMember::kCarriedIn) == 0) {
      return false;
    }
  }
  std::size_t merged = 0;
  for (std::uint32_t n = 0; n < merges_.size(); ++n) {
    const MergeRecord& merge = merges_.merge(n);
    if (merge.whole == 1 && merge.state == MergeRecord::kMerged) {
      ++merged;
      if (tables_.members[merge.member].merged_into != merge.into) {
        return false;
      }
    }
  }
  std::size_t away = 0;
  for (std::uint32_t n = 0; n < members(); ++n) {
    std::size_t steps = 0;
    for (std::uint32_t at = n; tables_.members[at].merged_into != kNone; ++steps) {
      at = tables_.members[at].merged_into;
      if (steps > merged) {
        return false;
      }
    }
    away += steps > 0 ? 1 : 0;
  }
  return away == merged;
}

}  // namespace ph
