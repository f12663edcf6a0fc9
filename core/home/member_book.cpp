#include "core/home/member_book.h"

#include <algorithm>

#include "core/programme/earning.h"
#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::AccountRecord;
using book::kRingMonths;
using book::OtherRecord;
using book::ProgrammeMember;
using programme::MonthRange;

// Older than what is kept in the month `now`.
bool is_past(Month month, Month now) {
  return month.count() + kRingMonths <= now.count();
}

}  // namespace

// Members' records have levels that were entered by their numbers: of one grading.
bool MemberBook::names_fit(const Programme& next) const {
  const programme::AwardRule& award = next.rows().level_award;
  const std::uint16_t entered = award_grading();
  if (award.mode == programme::AwardMode::kOnEntry && entered != NameTable::kNone &&
      names_.gradings.find(award.grading.name) != entered) {
    return false;
  }
  ProgrammeNames names = names_;
  return names.take(next);
}

void MemberBook::take(const Digest& blob, std::shared_ptr<const Programme> programme) {
  check(names_.take(*programme), "a version's names fit their numbers");
  programmes_.take(blob, std::move(programme));
}

std::uint32_t MemberBook::find(const AccountText& text) const {
  return account_by_text_.find(
      text, [this](std::uint32_t n) { return AccountText{tables_.accounts[n].account}; });
}

void MemberBook::prefetch_account(const AccountText& text) const {
  const std::uint32_t found = account_by_text_.guess(text);
  if (found != kNone) {
    const AccountRecord& record = tables_.accounts[found];
    __builtin_prefetch(&record);
    __builtin_prefetch(&record.ring[8]);
  }
}

// The number has another owner: who had it before keeps his record, by the member alone.
void MemberBook::forget_text(const AccountText& text) {
  if (find(text) != kNone) {
    account_by_text_.erase(
        text, [this](std::uint32_t n) { return AccountText{tables_.accounts[n].account}; });
  }
}

std::uint32_t MemberBook::add_account(const AccountText& text, std::uint32_t member) {
  const auto number = static_cast<std::uint32_t>(tables_.accounts.size());
  forget_text(text);
  tables_.accounts.push_back({.account = text.text, .member = member});
  account_by_text_.insert(text, number);
  append_account(member, number);
  return number;
}

// Behind the member's other accounts.
void MemberBook::append_account(std::uint32_t member, std::uint32_t number) {
  std::uint32_t* link = &tables_.members[member].first_account;
  while (*link != kNone) {
    link = &tables_.accounts[*link].next;
  }
  *link = number;
  update_member(member);
}

MemberBook::Code MemberBook::may_earn(std::uint32_t account, std::uint32_t member) const {
  return tables_.accounts[account].member == member ? kDone : Code::kNoAccount;
}

// An account that has ended earns for the months until then alone: their bills come behind it.
MemberBook::Code MemberBook::may_earn(std::uint32_t account, std::uint32_t member,
                                      Month month) const {
  const AccountRecord& record = tables_.accounts[account];
  const bool over = record.ended != book::kNoMonth && month.count() > record.ended;
  return record.member != member ? Code::kNoAccount : over ? Code::kClosed : kDone;
}

// Nobody gains by a second number: the lowest class has the highest standards.
void MemberBook::update_member(std::uint32_t member) {
  ProgrammeMember& record = tables_.members[member];
  std::uint8_t lowest = 0;
  bool in_arrears = false;
  for (std::uint32_t n = record.first_account; n != kNone; n = tables_.accounts[n].next) {
    const AccountRecord& account = tables_.accounts[n];
    if (account.ended == book::kNoMonth) {
      lowest = lowest == 0 ? account.region : std::min(lowest, account.region);
    }
    // Those that came along last until a row says that they ended, whoever has their months.
    const bool counts =
        account.ended == book::kNoMonth || (account.flags & AccountRecord::kCarriedIn) != 0;
    in_arrears = in_arrears || (counts && (account.flags & AccountRecord::kInArrears) != 0 &&
                                (account.flags & AccountRecord::kLost) == 0);
  }
  record.region = lowest == 0 ? record.region : lowest;
  record.flags = static_cast<std::uint16_t>((record.flags & ~ProgrammeMember::kInArrears) |
                                            (in_arrears ? ProgrammeMember::kInArrears : 0));
}

MemberBook::Code MemberBook::region_fault(const AccountSays& says, BusinessDate on) const {
  const Programme* version = programmes_.of_day(on);
  const auto classes =
      version == nullptr ? 0U : static_cast<std::uint32_t>(version->rows().head.region_classes);
  return says.region >= 1 && says.region <= classes ? kDone : Code::kUnknownName;
}

void MemberBook::describe(std::uint32_t account, const AccountSays& says) {
  AccountRecord& record = tables_.accounts[account];
  // Tenure decides about points that were given: it is told late, but never otherwise.
  const bool billed = std::ranges::any_of(record.ring, [](std::uint32_t fen) { return fen != 0; });
  if (record.joined == book::kNoMonth || !billed) {
    record.joined = says.joined.count();
  }
  // What was said of its plan since it ended is nothing of the account that is back.
  record.plan = record.ended == book::kNoMonth ? record.plan : std::uint16_t{0};
  record.ended = book::kNoMonth;
  record.service = says.service;
  record.flags = static_cast<std::uint8_t>(
      (record.flags &
       ~(AccountRecord::kPrepaid | AccountRecord::kRealName | AccountRecord::kLost)) |
      (says.prepaid ? AccountRecord::kPrepaid : 0) |
      (says.real_name ? AccountRecord::kRealName : 0));
  record.region = static_cast<std::uint8_t>(says.region);
  update_member(record.member);
}

void MemberBook::end(std::uint32_t account, Month last) {
  AccountRecord& record = tables_.accounts[account];
  record.ended = record.ended == book::kNoMonth ? last.count() : record.ended;
  record.plan = 0;
  update_member(record.member);
}

// Of a month within the ring.
std::optional<std::int64_t> MemberBook::ring_at(std::uint32_t account, Month month) const {
  const std::uint32_t fen = tables_.accounts[account].ring[book::slot_of(month)];
  if (fen == 0) {
    return std::nullopt;
  }
  return fen == AccountRecord::kLarge ? large_.at({account, month.count()}) : std::int64_t{fen} - 1;
}

std::optional<std::int64_t> MemberBook::billed(std::uint32_t account, Month month) const {
  const int newest = tables_.accounts[account].newest;
  const bool within = month.count() <= newest && newest - month.count() < kRingMonths;
  return within ? ring_at(account, month) : std::nullopt;
}

bool MemberBook::is_too_old(std::uint32_t account, Month month) const {
  return is_past(month, Month(tables_.accounts[account].newest));
}

void MemberBook::forget_large(std::uint32_t account, Month month) {
  if (tables_.accounts[account].ring[book::slot_of(month)] == AccountRecord::kLarge) {
    large_.erase({account, month.count()});
  }
}

// A newer month clears those whose places it passes.
void MemberBook::advance(std::uint32_t account, Month month) {
  AccountRecord& record = tables_.accounts[account];
  const int gone = std::min(month.count() - record.newest, kRingMonths);
  for (int n = 1; n <= gone; ++n) {
    // What lay there is of the month 24 before the one that passes.
    const int passed = record.newest + n;
    const Month place(static_cast<std::uint16_t>(passed));
    if (passed >= kRingMonths) {
      forget_large(account, Month(static_cast<std::uint16_t>(passed - kRingMonths)));
    }
    record.ring[book::slot_of(place)] = 0;
    record.earned &= ~book::bit_of(place);
  }
  record.newest = month.count();
}

void MemberBook::put(std::uint32_t account, Month month, std::int64_t fen) {
  check(!is_too_old(account, month) && is_amount(fen), "a bill that is kept has its place");
  if (month.count() > tables_.accounts[account].newest) {
    advance(account, month);
  }
  forget_large(account, month);
  std::uint32_t& place = tables_.accounts[account].ring[book::slot_of(month)];
  if (fen + 1 < std::int64_t{AccountRecord::kLarge}) {
    place = static_cast<std::uint32_t>(fen + 1);
  } else {
    place = AccountRecord::kLarge;
    large_[{account, month.count()}] = fen;
  }
}

void MemberBook::keep(std::uint32_t account, Month month, std::int64_t fen, bool earned) {
  put(account, month, fen);
  AccountRecord& record = tables_.accounts[account];
  record.earned =
      earned ? record.earned | book::bit_of(month) : record.earned & ~book::bit_of(month);
}

void MemberBook::note_rated(std::uint32_t member, Month earned, std::int64_t points, Month now) {
  if (is_past(earned, now)) {
    return;
  }
  std::uint32_t past = kNone;
  std::uint32_t& last = tables_.members[member].last_other;
  for (std::uint32_t n = last; n != kNone; n = tables_.other[n].next) {
    OtherRecord& record = tables_.other[n];
    if (record.month == earned.count()) {
      record.points += points;
      return;
    }
    past = is_past(Month(record.month), now) ? n : past;
  }
  if (past != kNone) {
    tables_.other[past].month = earned.count();
    tables_.other[past].points = points;
    return;
  }
  tables_.other.push_back({.next = last, .month = earned.count(), .points = points});
  last = static_cast<std::uint32_t>(tables_.other.size() - 1);
}

std::int64_t MemberBook::rating_points(std::uint32_t member, Month month) const {
  return rating_points(member, MonthRange{.first = month, .end = month.next()});
}

std::int64_t MemberBook::rating_points(std::uint32_t member, const MonthRange& months) const {
  const ProgrammeMember& record = tables_.members[member];
  std::int64_t points = 0;
  for (Month month = months.first; month < months.end; month = month.next()) {
    const bool any = record.first_account != kNone && rating_of(month) != 0;
    for (std::uint32_t n = any ? record.first_account : kNone; n != kNone;
         n = tables_.accounts[n].next) {
      const auto fen = billed(n, month);
      const bool earned = (tables_.accounts[n].earned & book::bit_of(month)) != 0;
      points += fen && earned ? points_of(month, *fen) : 0;
    }
  }
  for (std::uint32_t n = record.last_other; n != kNone; n = tables_.other[n].next) {
    points += months.holds(Month(tables_.other[n].month)) ? tables_.other[n].points : 0;
  }
  std::uint32_t n = taken_back_.empty() ? kNone : record.first_account;
  for (; n != kNone; n = tables_.accounts[n].next) {
    const auto from = taken_back_.lower_bound({n, months.first.count()});
    for (auto it = from; it != taken_back_.end() && it->first.first == n; ++it) {
      points += months.holds(Month(it->first.second)) ? it->second : 0;
    }
  }
  return points;
}

std::int64_t MemberBook::spend(std::uint32_t account, const MonthRange& months) const {
  std::int64_t fen = 0;
  for (Month month = months.first; month < months.end; month = month.next()) {
    fen += billed(account, month).value_or(0);
  }
  return fen;
}

std::optional<Month> MemberBook::newest_bill(std::uint32_t member) const {
  std::optional<Month> newest;
  std::uint32_t n = tables_.members[member].first_account;
  for (; n != kNone; n = tables_.accounts[n].next) {
    const Month of(tables_.accounts[n].newest);
    if (tables_.accounts[n].ring[book::slot_of(of)] != 0) {
      newest = std::max(newest.value_or(of), of);
    }
  }
  return newest;
}

bool MemberBook::is_living(std::uint32_t account, Month at) const {
  const AccountRecord& record = tables_.accounts[account];
  const bool begun = record.joined == book::kNoMonth || record.joined <= at.count();
  const bool ended = record.ended != book::kNoMonth && record.ended <= at.count();
  return begun && !ended && (record.flags & AccountRecord::kLost) == 0;
}

int MemberBook::region_now(std::uint32_t member) const {
  int lowest = 0;
  std::uint32_t n = tables_.members[member].first_account;
  for (; n != kNone; n = tables_.accounts[n].next) {
    const AccountRecord& record = tables_.accounts[n];
    if (record.ended == book::kNoMonth) {
      lowest = lowest == 0 ? record.region : std::min<int>(lowest, record.region);
    }
  }
  return std::max(lowest, 1);
}

}  // namespace ph
