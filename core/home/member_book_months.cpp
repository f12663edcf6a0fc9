// Months that come with a member: beside what his accounts have here, in one sum, until a telephone
// takes them over (docs/decisions/0023-programme-format.md, section 3.4 and rulings 120 to 123).
#include <algorithm>

#include "core/home/member_book.h"
#include "core/home/standing.h"
#include "core/types/amount.h"

namespace ph {

// Files of this folder may be compiled as one.
namespace months {

namespace {

using book::AccountRecord;

constexpr std::uint8_t kMobileMax = 4;  // of the services: those of telephones

bool is_carried(const AccountRecord& account) {
  return (account.flags & AccountRecord::kCarriedIn) != 0;
}

// Of a month: both, or the greater one of each.
StandingMonth together(const StandingMonth& a, const StandingMonth& b, bool both) {
  const auto of = [both](std::int64_t x, std::int64_t y) { return both ? x + y : std::max(x, y); };
  StandingMonth out{.earned = std::min(of(a.earned, b.earned), kAmountMax),
                    .waiting = std::min(of(a.waiting, b.waiting), kAmountMax),
                    .rating = of(a.rating, b.rating)};
  out.bills = a.bills | b.bills;
  out.suspensions =
      static_cast<std::uint8_t>(std::min<std::int64_t>(of(a.suspensions, b.suspensions), 255));
  return out;
}

}  // namespace

}  // namespace months

void MemberBook::note_left(std::uint32_t member, bool told) {
  book::ProgrammeMember& record = tables_.members[member];
  record.flags = static_cast<std::uint16_t>((record.flags & ~book::ProgrammeMember::kTold) |
                                            (told ? book::ProgrammeMember::kTold : 0));
}

// A standing left with him, and what comes has a bill of each month that had one.
bool MemberBook::is_held(std::uint32_t member, const Standing& standing) const {
  if ((tables_.members[member].flags & book::ProgrammeMember::kTold) == 0) {
    return false;
  }
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    if (!standing.has_month(place)) {
      continue;
    }
    const std::uint8_t known = standing_month(member, standing.month(place), true).bills;
    const std::uint8_t comes = standing.months[place].bills;
    if ((known & ~comes & StandingMonth::kEarned) != 0 || (known != 0 && comes == 0)) {
      return false;
    }
  }
  return true;
}

MemberBook::Known MemberBook::known_beside(std::uint32_t member, const Standing& standing,
                                           bool at_home) const {
  return is_held(member, standing) ? Known::kHeld : at_home ? Known::kBeside : Known::kPerhaps;
}

// What comes, with what was known here where that isn't in it.
Standing MemberBook::whole_of(std::uint32_t member, const Standing& standing, Known known) const {
  Standing out = standing;
  if (known == Known::kHeld) {
    return out;
  }
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& account = tables_.accounts[n];
    out.newest = months::is_carried(account) ? std::max(out.newest, account.newest) : out.newest;
  }
  out.months = {};
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    if (!out.has_month(place)) {
      continue;
    }
    const Month month = out.month(place);
    const std::size_t later = std::size_t{out.newest} - standing.newest;
    const StandingMonth comes =
        place + later < Standing::kMonths ? standing.months[place + later] : StandingMonth{};
    StandingMonth here = standing_month(member, month, true);
    here.rating = rating_points(member, month);
    StandingMonth& whole = out.months[place];
    whole = months::together(comes, here, known == Known::kBeside);
    if (known == Known::kPerhaps && comes.earned >= here.earned &&
        comes.earned + comes.waiting >= here.earned + here.waiting) {
      // All of it is in what comes: what waited gave its points elsewhere.
      whole.waiting = comes.waiting;
      whole.bills = static_cast<std::uint8_t>((whole.bills & ~StandingMonth::kWaiting) |
                                              (comes.bills & StandingMonth::kWaiting));
    }
  }
  return out;
}

// A number of what is carried in: none of its accounts has it.
std::uint32_t MemberBook::add_carried(std::uint32_t member) {
  const auto number = static_cast<std::uint32_t>(tables_.accounts.size());
  tables_.accounts.push_back({.member = member, .flags = book::AccountRecord::kCarriedIn});
  append_account(member, number);
  return number;
}

void MemberBook::forget_month(std::uint32_t account, Month month) {
  if (billed(account, month)) {
    forget_large(account, month);
    tables_.accounts[account].ring[book::slot_of(month)] = 0;
    tables_.accounts[account].earned &= ~book::bit_of(month);
  }
}

// Those that merges brought go back with them.
bool MemberBook::is_carried_for(std::uint32_t account, std::uint32_t member) const {
  const book::AccountRecord& record = tables_.accounts[account];
  return months::is_carried(record) && merges_.first_owner(account, record.member) == member;
}

// What came before is in what comes now.
std::vector<std::uint32_t> MemberBook::empty_carried(std::uint32_t member) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    book::AccountRecord& account = tables_.accounts[n];
    if (!is_carried_for(n, member)) {
      account.flags |= months::is_carried(account) ? std::uint8_t{0} : book::AccountRecord::kKnown;
      continue;
    }
    for (int back = 0; back < book::kRingMonths && back <= account.newest; ++back) {
      forget_month(n, Month(static_cast<std::uint16_t>(account.newest - back)));
    }
    account.newest = 0;
    account.flags = book::AccountRecord::kCarriedIn;
    std::erase_if(suspensions_, [n](const auto& of) { return of.first.first == n; });
    taken_back_.erase(taken_back_.lower_bound({n, 0}), taken_back_.lower_bound({n + 1, 0}));
    out.push_back(n);
  }
  return out;
}

// A bill is never forgotten. What waited here and waits no more gave its points elsewhere, or never
// will; where the whole is less than what accounts here have, it was corrected elsewhere.
void MemberBook::settle_known(std::uint32_t member, Month month, const StandingMonth& whole) {
  StandingMonth own = standing_month(member, month, false);
  const std::uint32_t first = tables_.members[member].first_account;
  for (std::uint32_t n = first; n != kNone; n = tables_.accounts[n].next) {
    book::AccountRecord& account = tables_.accounts[n];
    const auto fen = billed(n, month);
    const bool waits = fen && !is_carried_for(n, member) &&
                       (account.flags & book::AccountRecord::kLost) == 0 &&
                       (account.earned & book::bit_of(month)) == 0;
    const bool more = own.waiting > whole.waiting || (whole.bills & StandingMonth::kWaiting) == 0;
    if (waits && more) {
      account.earned |= book::bit_of(month);
      own.waiting -= *fen;
      own.earned += *fen;
    }
  }
  for (std::uint32_t n = first; n != kNone && own.earned > whole.earned;
       n = tables_.accounts[n].next) {
    const auto fen = billed(n, month);
    if (fen && !is_carried_for(n, member) &&
        (tables_.accounts[n].earned & book::bit_of(month)) != 0) {
      const std::int64_t less = std::min(*fen, own.earned - whole.earned);
      keep(n, month, *fen - less, true);
      own.earned -= less;
    }
  }
}

// What accounts here don't have themselves.
StandingMonth MemberBook::rest_of(std::uint32_t member, Month month,
                                  const StandingMonth& whole) const {
  const StandingMonth own = standing_month(member, month, false);
  StandingMonth out = whole;
  out.suspensions = static_cast<std::uint8_t>(std::max(whole.suspensions - own.suspensions, 0));
  out.earned = std::max<std::int64_t>(whole.earned - own.earned, 0);
  out.waiting = std::max<std::int64_t>(whole.waiting - own.waiting, 0);
  const auto settled = [](std::int64_t rest, std::uint8_t bill) {
    return rest == 0 ? bill : std::uint8_t{0};
  };
  out.bills &=
      static_cast<std::uint8_t>(~(own.bills & (settled(out.earned, StandingMonth::kEarned) |
                                               settled(out.waiting, StandingMonth::kWaiting))));
  return out;
}

// One record has the sums of bills that gave their points, a second one those that wait, if any do.
void MemberBook::carry_months(std::uint32_t member, const Standing& standing,
                              const Standing& whole) {
  std::vector<std::uint32_t> carried = empty_carried(member);
  std::array<StandingMonth, Standing::kMonths> rest{};
  std::uint8_t bills = 0;
  bool suspended = false;
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    if (whole.has_month(place)) {
      settle_known(member, whole.month(place), whole.months[place]);
      rest[place] = rest_of(member, whole.month(place), whole.months[place]);
      bills |= rest[place].bills;
      suspended = suspended || rest[place].suspensions > 0;
    }
  }
  const bool any = bills != 0 || suspended || standing.accounts > 0;
  const std::size_t needed = (bills & StandingMonth::kWaiting) != 0 ? 2 : any ? 1 : 0;
  while (carried.size() < needed) {
    carried.push_back(add_carried(member));
  }
  for (const std::uint32_t n : carried) {
    book::AccountRecord& record = tables_.accounts[n];
    const bool lost = standing.accounts == 0;
    record.joined = standing.joined;
    record.ended = lost ? standing.newest : standing.ended;
    record.flags |= lost ? book::AccountRecord::kLost : standing.arrears();
    record.entered = standing.band;
    record.region = std::max<std::uint8_t>(standing.region, 1);
  }
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    const StandingMonth& month = rest[place];
    if ((month.bills & StandingMonth::kEarned) != 0) {
      keep(carried[0], whole.month(place), month.earned, true);
    }
    if ((month.bills & StandingMonth::kWaiting) != 0) {
      keep(carried[1], whole.month(place), month.waiting, false);
    }
    if (month.suspensions > 0) {
      suspensions_[{carried[0], whole.month(place).count()}] = month.suspensions;
    }
  }
}

// What of a month's rating points isn't that of its bills.
void MemberBook::carry_rating(std::uint32_t member, const Standing& whole, BusinessDate on) {
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    if (!whole.has_month(place)) {
      continue;
    }
    const Month month = whole.month(place);
    const std::int64_t more = whole.months[place].rating - rating_points(member, month);
    if (more != 0) {
      note_rated(member, month, more, on.month());
    }
  }
}

// Once, by the first account of a telephone. The month of the move isn't over for it; months that
// it has bills of itself, or that don't lie behind its joining month, stay where they are.
void MemberBook::take_over(std::uint32_t account, bool is_new, BusinessDate on) {
  const std::uint32_t member = tables_.accounts[account].member;
  const std::uint8_t service = tables_.accounts[account].service;
  if (service == 0 || service > months::kMobileMax) {
    return;
  }
  const std::uint32_t owner = merges_.first_owner(account, member);
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    book::AccountRecord& carried = tables_.accounts[n];
    const std::uint32_t whose = merges_.first_owner(n, member);
    if (!is_carried_for(n, whose) || carried.ended != book::kNoMonth ||
        (whose != owner && !is_new)) {
      continue;
    }
    const Month came(tables_.members[whose].came);
    const int newest = carried.newest;
    for (int m = std::max(newest - book::kRingMonths + 1, 0); m <= newest; ++m) {
      take_over_month(n, account, Month(static_cast<std::uint16_t>(m)), came);
    }
    carried.ended = on.month().count();
    tables_.accounts[account].entered =
        std::max(tables_.accounts[account].entered, carried.entered);
  }
  update_member(member);
}

// Where it lay a bill of nothing stays: the month's bills are known.
void MemberBook::take_over_month(std::uint32_t carried, std::uint32_t account, Month month,
                                 Month came) {
  const book::AccountRecord& from = tables_.accounts[carried];
  const auto fen = billed(carried, month);
  const bool earned = (from.earned & book::bit_of(month)) != 0;
  const bool pauses = !earned && (from.flags & book::AccountRecord::kInArrears) != 0;
  if (month >= came || month.count() <= tables_.accounts[account].joined || !fen || pauses ||
      billed(account, month) || is_too_old(account, month)) {
    return;
  }
  keep(account, month, *fen, earned);
  keep(carried, month, 0, true);
  pass_taken_back(carried, account, month);
  if (const int times = suspensions(carried, month); times > 0) {
    suspensions_.erase({carried, month.count()});
    suspensions_[{account, month.count()}] =
        static_cast<std::uint16_t>(std::min(suspensions(account, month) + times, 0xffff));
  }
}

bool MemberBook::is_of_standing(std::uint32_t account, std::uint32_t member, Month month) const {
  if (member >= members() ||
      (tables_.members[member].flags & book::ProgrammeMember::kCarriedIn) == 0 ||
      month.count() >= tables_.members[member].came) {
    return false;
  }
  if (account != kNone && (tables_.accounts[account].member != member ||
                           (tables_.accounts[account].flags & book::AccountRecord::kKnown) != 0)) {
    return false;
  }
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& of = tables_.accounts[n];
    const bool before = months::is_carried(of) || (of.flags & book::AccountRecord::kKnown) != 0;
    if (before && billed(n, month)) {
      return true;
    }
  }
  return false;
}

// One that gave its points before one that waits.
std::uint32_t MemberBook::holder_of(std::uint32_t member, Month month, std::int64_t fen) const {
  std::uint32_t waiting = kNone;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& of = tables_.accounts[n];
    const auto sum = billed(n, month);
    if (!sum || *sum < fen || (of.flags & book::AccountRecord::kKnown) != 0) {
      continue;
    }
    if ((of.earned & book::bit_of(month)) != 0) {
      return n;
    }
    waiting = waiting == kNone ? n : waiting;
  }
  return waiting;
}

// Rating points change by what the bill's points do, whatever its sum is rounded to.
void MemberBook::correct_sum(std::uint32_t holder, Month month, std::int64_t fen,
                             std::int64_t corrected, Month now, bool with_account) {
  const std::uint32_t member = tables_.accounts[holder].member;
  const bool gave = (tables_.accounts[holder].earned & book::bit_of(month)) != 0;
  const std::int64_t before = rating_points(member, month);
  keep(holder, month, billed(holder, month).value_or(0) - fen + corrected, gave);
  const std::int64_t change = rating_points(member, month) - before;
  const std::int64_t right = points_of(month, corrected) - points_of(month, fen);
  if (gave && rating_of(month) != 0 && change != right) {
    if (with_account || merges_.has_passed(holder)) {
      note_of_account(holder, month, right - change, now);
    } else {
      note_rated(member, month, right - change, now);
    }
  }
}

}  // namespace ph
