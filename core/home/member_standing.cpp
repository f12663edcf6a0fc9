// What of a member book says who a member is to his province: plans of his accounts, flags that
// were proposed and decided or are of before, all grades that he has, and the one that counts
// (docs/decisions/0023-programme-format.md, sections 2 and 3.2).
#include <algorithm>

#include "core/home/member_book.h"
#include "core/programme/grade.h"
#include "core/programme/tenure.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::FlagRecord;
using book::ProposalRecord;
using programme::GradeReason;

}  // namespace

void MemberBook::set_plan(std::uint32_t account, std::string_view plan) {
  const std::uint16_t number = plan.empty() ? NameTable::kNone : names_.plans.find(plan);
  check(plan.empty() || number != NameTable::kNone, "a plan has its number");
  // 0 is none.
  tables_.accounts[account].plan =
      plan.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(number + 1);
}

std::vector<std::string> MemberBook::plans_of(std::uint32_t member) const {
  std::vector<std::string> out;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& account = tables_.accounts[n];
    if (account.ended == book::kNoMonth && account.plan != 0) {
      out.push_back(names_.plans.name(static_cast<std::uint16_t>(account.plan - 1)));
    }
  }
  return out;
}

void MemberBook::propose(const ProposalRecord& proposal) {
  check(find_proposal(proposal.id) == kNone, "a proposal has an id of its own");
  const auto number = static_cast<std::uint32_t>(tables_.proposals.size());
  tables_.proposals.push_back(proposal);
  proposal_by_id_.insert(proposal.id, number);
  open_proposals_.insert(open_proposals_.end(), number);
}

std::uint32_t MemberBook::find_proposal(const TransactionId& id) const {
  return proposal_by_id_.find(id, [this](std::uint32_t n) { return tables_.proposals[n].id; });
}

void MemberBook::approve(std::uint32_t proposal, const OfficerText& checker, Month last,
                         BusinessDate on) {
  ProposalRecord& record = tables_.proposals[proposal];
  check(record.state == ProposalRecord::kOpen, "a proposal is decided once");
  record.state = ProposalRecord::kApproved;
  open_proposals_.erase(proposal);
  record.decided = on.count();
  record.checker = checker;
  give_flag(record.member, record.flag, last, on, proposal);
}

void MemberBook::decline(std::uint32_t proposal, const OfficerText& checker, BusinessDate on) {
  ProposalRecord& record = tables_.proposals[proposal];
  check(record.state == ProposalRecord::kOpen, "a proposal is decided once");
  record.state = ProposalRecord::kDeclined;
  open_proposals_.erase(proposal);
  record.decided = on.count();
  record.checker = checker;
}

std::uint32_t MemberBook::find_flag(std::uint32_t member, std::uint16_t flag) const {
  return flag_by_member_.find(key_of(FlagRecord{.member = member, .flag = flag}),
                              [this](std::uint32_t n) { return key_of(tables_.flags[n]); });
}

// The table has what was given last; the history all.
void MemberBook::give_flag(std::uint32_t member, std::uint16_t flag, Month last, BusinessDate on,
                           std::uint32_t proposal) {
  const FlagRecord given{.member = member,
                         .flag = flag,
                         .from = on.month().count(),
                         .to = last.count(),
                         .proposal = proposal};
  if (const std::uint32_t found = find_flag(member, flag); found != kNone) {
    tables_.flags[found] = given;
  } else {
    tables_.flags.push_back(given);
    flag_by_member_.insert(key_of(given), static_cast<std::uint32_t>(tables_.flags.size() - 1));
  }
  const GradeReason reason = proposal == kNone ? GradeReason::kLegacy : GradeReason::kReview;
  std::uint32_t& newest = tables_.members[member].last_history;
  tables_.history.push_back({.next = newest,
                             .decided = on.count(),
                             .from = first_day(on.month()).count(),
                             .to = first_day(last.next()).count(),
                             .grading = book::kFlagGrading,
                             .reason = static_cast<std::uint8_t>(reason),
                             .run = flag});
  newest = static_cast<std::uint32_t>(tables_.history.size() - 1);
}

// A decision that came live for the day after the open one may be of another month: the open day
// has what was given before, which the history alone still knows.
std::optional<FlagRecord> MemberBook::flag_on(std::uint32_t member, std::uint16_t flag,
                                              BusinessDate on) const {
  const std::uint32_t found = find_flag(member, flag);
  if (found == kNone) {
    return std::nullopt;
  }
  FlagRecord given = tables_.flags[found];
  if (given.from <= on.month().count()) {
    return given;
  }
  for (std::uint32_t n = tables_.members[member].last_history; n != kNone;
       n = tables_.history[n].next) {
    const book::HistoryRecord& record = tables_.history[n];
    if (record.grading == book::kFlagGrading && record.run == flag && record.from <= on.count()) {
      given.from = BusinessDate(record.from).month().count();
      given.to = BusinessDate(record.to).plus_days(-1).month().count();
      given.proposal = kNone;
      return given;
    }
  }
  return std::nullopt;
}

std::optional<Month> MemberBook::legacy_until(std::uint32_t member,
                                              std::span<const programme::Flag> flags,
                                              BusinessDate on) const {
  std::optional<Month> until;
  for (const programme::Flag& flag : flags) {
    if (flag.by != programme::FlagBy::kLegacy || !has_flag(member, flag, on)) {
      continue;
    }
    const auto given = flag_on(member, names_.flags.find(flag.name), on);
    until = std::max(until, std::optional(Month(given->to)));
  }
  return until;
}

bool MemberBook::has_flag(std::uint32_t member, const programme::Flag& flag,
                          BusinessDate on) const {
  if (flag.by != programme::FlagBy::kTenure) {
    const auto given = flag_on(member, names_.flags.find(flag.name), on);
    return given && programme::flag_holds(Month(given->from), Month(given->to), on.month());
  }
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& account = tables_.accounts[n];
    if (account.ended == book::kNoMonth && account.joined != book::kNoMonth &&
        programme::has_by_tenure(flag,
                                 programme::complete_months(Month(account.joined), on.month()))) {
      return true;
    }
  }
  return false;
}

std::vector<programme::Held> MemberBook::held_on(std::uint32_t member, BusinessDate on) const {
  std::vector<programme::Held> out;
  const Programme* version = programmes_.of_day(on);
  if (version == nullptr) {
    return out;
  }
  for (const programme::Grading& grading : version->rows().gradings) {
    const auto number = static_cast<std::uint8_t>(names_.gradings.find(grading.name));
    const programme::Grade grade = grade_held_on(member, number, on);
    out.push_back(
        {.grade = version->find_grade(grading.levels[grade.level].name), .from = grade.from});
  }
  for (const programme::Flag& flag : version->rows().flags) {
    if (!has_flag(member, flag, on)) {
      continue;
    }
    // A review gives it anew; tenure does once.
    const auto given = flag_on(member, names_.flags.find(flag.name), on);
    const bool by_row = flag.by != programme::FlagBy::kTenure;
    out.push_back({.grade = version->find_grade(flag.name),
                   .from = by_row ? first_day(Month(given->from)) : BusinessDate{}});
  }
  return out;
}

std::uint16_t MemberBook::effective_on(std::uint32_t member, BusinessDate on) const {
  const Programme* version = programmes_.of_day(on);
  return version == nullptr
             ? programme::kNoIndex
             : programme::effective_of(version->rows().effective_order, held_on(member, on));
}

}  // namespace ph
