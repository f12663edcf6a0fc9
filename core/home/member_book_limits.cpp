// What of a member book concerns redemption: whose accounts are whose, arrears, blacklist, limits.
#include <algorithm>

#include "core/home/member_book.h"
#include "core/programme/grade.h"

namespace ph {

using book::AccountRecord;
using book::ProgrammeMember;

void MemberBook::set_blacklisted(std::uint32_t member, bool on) {
  ProgrammeMember& record = tables_.members[member];
  record.flags = static_cast<std::uint16_t>((record.flags & ~ProgrammeMember::kBlacklisted) |
                                            (on ? ProgrammeMember::kBlacklisted : 0));
}

void MemberBook::note_brand(std::uint32_t member, BusinessDate on) {
  std::uint32_t& last = tables_.members[member].last_history;
  tables_.history.push_back({.next = last,
                             .decided = on.count(),
                             .from = on.count(),
                             .to = BusinessDate::kCount,
                             .grading = book::kBrandGrading,
                             .reason = static_cast<std::uint8_t>(programme::GradeReason::kBrand)});
  last = static_cast<std::uint32_t>(tables_.history.size() - 1);
}

void MemberBook::lose(std::uint32_t account, Month last) {
  AccountRecord& record = tables_.accounts[account];
  record.ended = std::min(record.ended, last.count());
  record.plan = 0;
  record.flags |= AccountRecord::kLost;
  tell_runs_of_lost(account);
  update_member(record.member);
}

void MemberBook::lose_all(std::uint32_t member, Month last) {
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    if ((tables_.accounts[n].flags & AccountRecord::kLost) == 0) {
      lose(n, last);
    }
  }
  tell_runs_of_lost_member(member);
}

const programme::Limits* MemberBook::limits(BusinessDate on) const {
  const Programme* version = programmes_.of_day(on);
  return version == nullptr ? nullptr : &version->rows().limits;
}

programme::MemberFacts MemberBook::facts(std::uint32_t member, BusinessDate on) const {
  const ProgrammeMember& record = tables_.members[member];
  programme::MemberFacts out{.blacklisted = (record.flags & ProgrammeMember::kBlacklisted) != 0,
                             .in_arrears = (record.flags & ProgrammeMember::kInArrears) != 0,
                             .taken_today = Points::of(taken_on(member, on))};
  for (std::uint32_t n = record.first_account; n != kNone; n = tables_.accounts[n].next) {
    const std::uint16_t joined = tables_.accounts[n].joined;
    if (joined != book::kNoMonth && (!out.joined || joined < out.joined->count())) {
      out.joined = Month(joined);
    }
  }
  return out;
}

// Of two open days each has its sum: that of the earlier one steps aside for the later one's.
void MemberBook::note_taken(std::uint32_t member, BusinessDate on, std::int64_t points) {
  ProgrammeMember& record = tables_.members[member];
  const auto before = taken_before_.find(member);
  std::uint64_t* sum = record.taken_on == on.count() ? &record.taken
                       : before != taken_before_.end() && before->second.first == on
                           ? &before->second.second
                           : nullptr;
  if (sum == nullptr && points > 0) {
    if (record.taken_on > on.count()) {
      sum = &(taken_before_[member] = {on, 0}).second;
    } else {
      if (record.taken > 0) {
        taken_before_[member] = {BusinessDate(record.taken_on), record.taken};
      }
      record.taken_on = on.count();
      record.taken = 0;
      sum = &record.taken;
    }
  }
  if (sum != nullptr) {
    // What was taken on the day before the programme came isn't in the sum.
    const auto less = static_cast<std::uint64_t>(points < 0 ? -points : 0);
    *sum = points < 0 ? *sum - std::min(*sum, less) : *sum + static_cast<std::uint64_t>(points);
  }
}

std::int64_t MemberBook::taken_on(std::uint32_t member, BusinessDate on) const {
  const ProgrammeMember& record = tables_.members[member];
  if (record.taken_on == on.count()) {
    return static_cast<std::int64_t>(record.taken);
  }
  const auto before = taken_before_.find(member);
  const bool there = before != taken_before_.end() && before->second.first == on;
  return there ? static_cast<std::int64_t>(before->second.second) : 0;
}

void MemberBook::forget_taken_before(BusinessDate day) {
  std::erase_if(taken_before_, [day](const auto& of) { return of.second.first < day; });
}

}  // namespace ph
