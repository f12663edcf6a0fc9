// A member book of the tables of a snapshot: what was damaged or made up gives none. Records that
// no row of this release makes are refused, too: whoever wrote them means something by them.
#include <algorithm>

#include "core/home/member_book.h"
#include "core/home/member_columns.h"
#include "core/home/run_work.h"
#include "core/programme/grade.h"
#include "core/types/amount.h"

namespace ph {

namespace {

using book::AccountRecord;
using book::kNoMonth;
using book::kRingMonths;
using book::OtherRecord;
using book::ProgrammeMember;

// Of rating points of a month, either way: sums of lots stay far within it.
constexpr std::int64_t kRatedMax = 1'000'000'000'000'000'000;
constexpr std::uint64_t kTakenMax = 1'000'000'000'000'000'000;
constexpr std::uint8_t kAccountFlagsMax = 127;
constexpr std::uint16_t kMemberFlags = ProgrammeMember::kBlacklisted | ProgrammeMember::kInArrears |
                                       ProgrammeMember::kMergedAway | ProgrammeMember::kCarriedIn |
                                       ProgrammeMember::kTold;
constexpr std::uint8_t kServicesMax = 6;
constexpr std::uint8_t kWhysMax = 2;  // of VIP_PROPOSE
constexpr std::uint8_t kRegionsMax = 9;

bool is_month(std::uint16_t month) {
  return month < Month::kCount;
}

// Text, then zero bytes.
bool right_text(const std::array<char, 16>& text) {
  const auto end = std::ranges::find(text, '\0');
  return end != text.begin() && std::all_of(end, text.end(), [](char c) { return c == '\0'; });
}

}  // namespace

std::optional<MemberBook> MemberBook::of(Tables tables, const ProgrammeOf& programme_of,
                                         std::size_t members, std::size_t lots) {
  MemberBook made;
  made.tables_ = std::move(tables);
  const auto& origins = made.tables_.origins;
  if (made.tables_.members.size() != members || origins.size() != lots ||
      !made.adopt_versions(programme_of) || !made.adopt_large() || !made.adopt_accounts() ||
      !made.adopt_members() || !made.adopt_proposals() || !made.adopt_flags() ||
      !made.adopt_calls() || !made.adopt_campaigns() || !made.adopt_suspensions() ||
      !made.adopt_taken_before() || !made.adopt_taken_back() || !made.adopt_merges(lots)) {
    return std::nullopt;
  }
  auto orders = OrderBook::of(std::move(made.tables_.orders), members, made.names_.items.size());
  made.tables_.orders = {};
  if (!orders) {
    return std::nullopt;
  }
  made.orders_ = std::move(*orders);
  auto registrations = RegisterBook::of(std::move(made.tables_.registrations), members,
                                        made.tables_.accounts.size());
  made.tables_.registrations = {};
  if (!registrations) {
    return std::nullopt;
  }
  made.registrations_ = std::move(*registrations);
  auto runs = RunBook::of(made.tables_.runs);
  made.tables_.runs = {};
  if (!runs) {
    return std::nullopt;
  }
  made.runs_ = std::move(*runs);
  if (!std::ranges::all_of(made.runs_.runs(), [&made](const Run& run) {
        const RunWork* work = work_of(run.key().kind);
        return work != nullptr && work->right(run, made);
      })) {
    return std::nullopt;
  }
  for (std::size_t n = 0; n < origins.size(); ++n) {
    if (origins[n] != kNone && origins[n] >= made.tables_.accounts.size()) {
      return std::nullopt;
    }
  }
  return made;
}

bool MemberBook::adopt_versions(const ProgrammeOf& programme_of) {
  for (const book::VersionRecord& record : tables_.versions) {
    const auto programme = programme_of ? programme_of(record.blob) : nullptr;
    if (programme == nullptr || programme->rows().head.effective != record.effective ||
        record.zero != decltype(record.zero){} ||
        programmes_.misfit(*programme) != ProgrammeBook::Misfit::kNone || !names_fit(*programme)) {
      return false;
    }
    take(record.blob, programme);
  }
  tables_.versions.clear();
  return !programmes_.versions().empty();
}

bool MemberBook::adopt_large() {
  for (const book::LargeRecord& record : tables_.large) {
    const std::pair key(record.account, record.month);
    if (record.fen + 1 < std::int64_t{AccountRecord::kLarge} || !is_amount(record.fen) ||
        record.zero != 0 || (!large_.empty() && large_.rbegin()->first >= key)) {
      return false;
    }
    large_.emplace_hint(large_.end(), key, record.fen);
  }
  tables_.large.clear();
  return true;
}

// Each place of the ring is of one of the 24 months that end with the newest one.
bool MemberBook::right_ring(const AccountRecord& record, std::uint32_t number,
                            std::size_t& large) const {
  if (!is_month(record.newest) || record.earned >> kRingMonths != 0) {
    return false;
  }
  for (int back = 0; back < kRingMonths; ++back) {
    const int month = record.newest - back;
    const auto slot = static_cast<std::size_t>((month + kRingMonths) % kRingMonths);
    const std::uint32_t fen = record.ring[slot];
    if (fen == 0) {
      if ((record.earned >> slot & 1U) != 0) {
        return false;
      }
      continue;
    }
    if (month < 0) {
      return false;
    }
    if (fen == AccountRecord::kLarge) {
      ++large;
      if (!large_.contains({number, static_cast<std::uint16_t>(month)})) {
        return false;
      }
    }
  }
  return true;
}

// Nobody's number; what it says is that of several accounts. It passes with a number that is merged
// to somebody who may have come with nothing.
bool MemberBook::right_carried(const AccountRecord& record) {
  return record.account == decltype(record.account){} && record.plan == 0 && record.service == 0 &&
         (record.flags &
          ~(AccountRecord::kCarriedIn | AccountRecord::kLost | AccountRecord::kInArrears)) == 0;
}

bool MemberBook::right_account(const AccountRecord& record, std::uint32_t number) const {
  const auto optional_month = [](std::uint16_t month) {
    return month == kNoMonth || is_month(month);
  };
  const bool carried = (record.flags & AccountRecord::kCarriedIn) != 0;
  return record.member < tables_.members.size() &&
         (carried ? right_carried(record) : right_text(record.account)) &&
         (record.next == kNone || (record.next > number && record.next < accounts())) &&
         optional_month(record.joined) && optional_month(record.ended) &&
         record.plan <= names_.plans.size() && record.service <= kServicesMax &&
         record.flags <= kAccountFlagsMax &&
         (record.flags & AccountRecord::kInArrears) != AccountRecord::kInArrears &&
         ((record.flags & AccountRecord::kLost) == 0 || record.ended != kNoMonth) &&
         record.region >= 1 && record.region <= kRegionsMax;
}

bool MemberBook::adopt_accounts() {
  std::size_t large = 0;
  account_by_text_.reserve(accounts());
  for (std::uint32_t n = 0; n < accounts(); ++n) {
    const AccountRecord& record = tables_.accounts[n];
    const AccountText text{record.account};
    if (!right_account(record, n) || !right_ring(record, n, large)) {
      return false;
    }
    if ((record.flags & AccountRecord::kCarriedIn) != 0) {
      continue;
    }
    // The same number again: the one before had ended, and it has another owner now.
    if (const std::uint32_t before = find(text); before != kNone) {
      if (tables_.accounts[before].ended == kNoMonth) {
        return false;
      }
      forget_text(text);
    }
    account_by_text_.insert(text, n);
  }
  return large == large_.size();
}

bool MemberBook::right_member(const ProgrammeMember& record) const {
  const std::uint16_t grading = record.entered == 0 ? NameTable::kNone : award_grading();
  const bool entered = grading == NameTable::kNone ? record.entered == 0
                                                   : record.entered < names_.levels[grading].size();
  return entered && record.profile < BusinessDate::kCount &&
         record.taken_on < BusinessDate::kCount && (record.flags & ~kMemberFlags) == 0 &&
         record.region <= kRegionsMax && record.taken <= kTakenMax && is_month(record.came) &&
         (record.came == 0 || (record.flags & ProgrammeMember::kCarriedIn) != 0) &&
         record.zero == 0 &&
         (record.merged_into == kNone ? (record.flags & ProgrammeMember::kMergedAway) == 0
                                      : record.merged_into < members() &&
                                            (record.flags & ProgrammeMember::kMergedAway) != 0);
}

// His accounts, by ascending numbers: so a chain ends, and meets no other one.
bool MemberBook::reach_accounts(std::uint32_t member, std::size_t& reached) const {
  std::uint32_t n = tables_.members[member].first_account;
  for (; n != kNone; n = tables_.accounts[n].next) {
    if (n >= accounts() || tables_.accounts[n].member != member) {
      return false;
    }
    ++reached;
  }
  return true;
}

bool MemberBook::reach_other(std::uint32_t member, std::vector<bool>& reached) const {
  std::uint32_t n = tables_.members[member].last_other;
  for (; n != kNone; n = tables_.other[n].next) {
    if (n >= reached.size() || reached[n]) {
      return false;
    }
    reached[n] = true;
    const OtherRecord& record = tables_.other[n];
    if (!is_month(record.month) || record.zero != 0 || record.points > kRatedMax ||
        record.points < -kRatedMax) {
      return false;
    }
    std::uint32_t before = tables_.members[member].last_other;
    for (; before != n; before = tables_.other[before].next) {
      if (tables_.other[before].month == record.month) {
        return false;
      }
    }
  }
  return true;
}

bool MemberBook::reach_claims(std::uint32_t member, std::vector<bool>& reached) const {
  std::uint32_t n = tables_.members[member].last_claim;
  for (; n != kNone; n = tables_.claims[n].next) {
    if (n >= reached.size() || reached[n]) {
      return false;
    }
    reached[n] = true;
    const book::ClaimRecord& record = tables_.claims[n];
    if (record.benefit >= names_.benefits.size() || record.day >= BusinessDate::kCount ||
        record.until < record.day || record.until > BusinessDate::kCount || record.count == 0 ||
        record.zero != 0) {
      return false;
    }
  }
  return true;
}

// Of a brand only the day is kept.
bool MemberBook::right_brand(const book::HistoryRecord& record) {
  return record.level == 0 && record.zero == 0 && record.run == 0 &&
         record.decided == record.from && record.to == BusinessDate::kCount &&
         record.from < BusinessDate::kCount &&
         record.reason == static_cast<std::uint8_t>(programme::GradeReason::kBrand);
}

// Of a flag its months, as days, and its number.
bool MemberBook::right_flag_history(const book::HistoryRecord& record) const {
  const auto reason = static_cast<programme::GradeReason>(record.reason);
  return record.level == 0 && record.zero == 0 && record.run < names_.flags.size() &&
         record.decided < BusinessDate::kCount && record.from <= record.decided &&
         record.from < record.to && record.to <= BusinessDate::kCount &&
         (reason == programme::GradeReason::kReview || reason == programme::GradeReason::kLegacy);
}

bool MemberBook::right_history(const book::HistoryRecord& record) const {
  if (record.grading == book::kBrandGrading) {
    return right_brand(record);
  }
  if (record.grading == book::kFlagGrading) {
    return right_flag_history(record);
  }
  return record.decided < BusinessDate::kCount && record.from < BusinessDate::kCount &&
         record.to <= BusinessDate::kCount && record.grading < names_.gradings.size() &&
         record.level < names_.levels[record.grading].size() &&
         record.reason >= static_cast<std::uint8_t>(programme::GradeReason::kAnnual) &&
         record.reason <= static_cast<std::uint8_t>(programme::GradeReason::kBrand) &&
         record.zero == 0;
}

// The present grade of each grading is the one that was written last; given anew it begins later.
bool MemberBook::reach_history(std::uint32_t member, std::vector<bool>& reached) const {
  std::array<book::GradeRecord, programme::kGradingsMax> present{};
  std::array<bool, programme::kGradingsMax> found{};
  std::uint32_t n = tables_.members[member].last_history;
  for (; n != kNone; n = tables_.history[n].next) {
    if (n >= reached.size() || reached[n] || !right_history(tables_.history[n])) {
      return false;
    }
    reached[n] = true;
    const book::HistoryRecord& record = tables_.history[n];
    if (record.grading < found.size() && !found[record.grading]) {
      found[record.grading] = true;
      present[record.grading] = {
          .level = record.level, .reason = record.reason, .from = record.from, .to = record.to};
    }
  }
  return std::ranges::equal(present, tables_.members[member].grades,
                            [](const book::GradeRecord& a, const book::GradeRecord& b) {
                              return a.level == b.level && a.reason == b.reason && a.to == b.to &&
                                     (a.from == b.from || (a.from < b.from && b.from <= a.to));
                            });
}

bool MemberBook::adopt_proposals() {
  for (std::uint32_t n = 0; n < tables_.proposals.size(); ++n) {
    const book::ProposalRecord& record = tables_.proposals[n];
    const bool open = record.state == book::ProposalRecord::kOpen;
    const bool right =
        valid_id(record.id) && record.member < members() && record.flag < names_.flags.size() &&
        record.state >= book::ProposalRecord::kOpen &&
        record.state <= book::ProposalRecord::kDeclined && is_month(record.until) &&
        record.proposed < BusinessDate::kCount && record.decided < BusinessDate::kCount &&
        record.zero == 0 && record.zero_32 == 0 && record.why >= 1 && record.why <= kWhysMax &&
        valid_officer(text_of(record.maker)) &&
        (open ? record.decided == 0 && record.checker == OfficerText{}
              : valid_officer(text_of(record.checker)) && record.checker != record.maker);
    if (!right || find_proposal(record.id) != kNone) {
      return false;
    }
    proposal_by_id_.insert(record.id, n);
    if (open) {
      open_proposals_.insert(open_proposals_.end(), n);
    }
  }
  return true;
}

// One of each member and flag; what gave it was approved for both.
bool MemberBook::adopt_flags() {
  for (std::uint32_t n = 0; n < tables_.flags.size(); ++n) {
    const book::FlagRecord& record = tables_.flags[n];
    if (record.member >= members() || record.flag >= names_.flags.size() ||
        !is_month(record.from) || !is_month(record.to) || record.to < record.from ||
        record.zero != 0 || find_flag(record.member, record.flag) != kNone) {
      return false;
    }
    if (record.proposal != kNone) {
      if (record.proposal >= tables_.proposals.size()) {
        return false;
      }
      const book::ProposalRecord& by = tables_.proposals[record.proposal];
      if (by.state != book::ProposalRecord::kApproved || by.member != record.member ||
          by.flag != record.flag) {
        return false;
      }
    }
    flag_by_member_.insert(key_of(record), n);
  }
  return true;
}

bool MemberBook::adopt_calls() {
  for (const book::CallsRecord& record : tables_.calls) {
    const CallsKey key{record.queue, record.month, record.grade};
    const bool graded = record.grade < names_.grades.size() ||
                        record.grade == book::CallsRecord::kOther ||
                        record.grade == book::CallsRecord::kBlacklist;
    if (record.queue >= names_.queues.size() || !is_month(record.month) || !graded ||
        record.zero != 0 || record.calls == 0 || record.answered > record.calls ||
        record.within > record.answered || record.called_back > record.calls ||
        record.in_time > record.called_back || (!calls_.empty() && calls_.rbegin()->first >= key)) {
      return false;
    }
    calls_.emplace_hint(calls_.end(), key, record);
  }
  tables_.calls.clear();
  return true;
}

bool MemberBook::adopt_campaigns() {
  for (std::uint32_t n = 0; n < tables_.campaigns_given.size(); ++n) {
    const book::CampaignGivenRecord& record = tables_.campaigns_given[n];
    const auto key_at = [this](std::uint32_t at) { return key_of(tables_.campaigns_given[at]); };
    if (record.member > 1 || record.to >= (record.member == 1 ? members() : accounts()) ||
        record.campaign >= names_.campaigns.size() ||
        campaign_given_.find(key_of(record), key_at) != FlatIndex::kNone) {
      return false;
    }
    campaign_given_.insert(key_of(record), n);
  }
  return tables_.campaigns_spent.size() <= names_.campaigns.size() &&
         std::ranges::all_of(tables_.campaigns_spent,
                             [](const auto& record) { return record.points <= kTakenMax; });
}

bool MemberBook::adopt_suspensions() {
  for (const book::SuspensionRecord& record : tables_.suspensions) {
    const std::pair key(record.account, record.month);
    if (record.account >= accounts() || !is_month(record.month) || record.times == 0 ||
        (!suspensions_.empty() && suspensions_.rbegin()->first >= key)) {
      return false;
    }
    suspensions_.emplace_hint(suspensions_.end(), key, record.times);
  }
  tables_.suspensions.clear();
  return true;
}

bool MemberBook::adopt_taken_before() {
  for (const book::TakenBeforeRecord& record : tables_.taken_before) {
    if (record.member >= members() || record.zero != 0 || record.points > kTakenMax ||
        record.day >= tables_.members[record.member].taken_on ||
        (!taken_before_.empty() && taken_before_.rbegin()->first >= record.member)) {
      return false;
    }
    taken_before_.emplace_hint(taken_before_.end(), record.member,
                               std::pair(BusinessDate(record.day), record.points));
  }
  tables_.taken_before.clear();
  return true;
}

bool MemberBook::adopt_members() {
  std::size_t accounts_reached = 0;
  std::vector<bool> other_reached(tables_.other.size());
  std::vector<bool> history_reached(tables_.history.size());
  std::vector<bool> claims_reached(tables_.claims.size());
  for (std::uint32_t n = 0; n < members(); ++n) {
    if (!right_member(tables_.members[n]) || !reach_accounts(n, accounts_reached) ||
        !reach_other(n, other_reached) || !reach_history(n, history_reached) ||
        !reach_claims(n, claims_reached)) {
      return false;
    }
  }
  return accounts_reached == accounts() &&
         std::ranges::all_of(other_reached, [](bool reached) { return reached; }) &&
         std::ranges::all_of(history_reached, [](bool reached) { return reached; }) &&
         std::ranges::all_of(claims_reached, [](bool reached) { return reached; });
}

}  // namespace ph
