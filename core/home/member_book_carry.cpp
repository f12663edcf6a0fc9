// What of a member book moves with a member, and what becomes of it at the new home
// (docs/decisions/0023-programme-format.md, section 3.4 and rulings 90 to 95).
#include <algorithm>

#include "core/home/member_book.h"
#include "core/home/standing.h"
#include "core/programme/earning.h"
#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

// Files of this folder may be compiled as one.
namespace carry {

namespace {

using book::ClaimRecord;
using book::FlagRecord;
using book::HistoryRecord;
using programme::GradeReason;

NameText padded(std::string_view name) {
  NameText out{};
  std::ranges::copy(name, out.begin());
  return out;
}

template <class Record>
StandingLists::Named<Record> named(const std::string& name, std::uint8_t Record::*number) {
  return {.name = name, .number = number};
}

// The same record of a history, whatever became of its end since.
bool is_same(const HistoryRecord& a, const HistoryRecord& b) {
  return a.decided == b.decided && a.from == b.from && a.grading == b.grading &&
         (a.grading != book::kFlagGrading || a.run == b.run);
}
bool is_same(const ClaimRecord& a, const ClaimRecord& b) {
  return a.day == b.day && a.benefit == b.benefit && a.until == b.until;
}

// Behind what came along what is known here alone: each record once. Newest first, both.
template <class Record, class Take>
void add_known(std::vector<Record>& fresh, const std::vector<Record>& known, Take take) {
  std::vector<bool> taken(fresh.size());
  const std::size_t count = fresh.size();
  for (const Record& record : known) {
    std::size_t n = 0;
    while (n < count && (taken[n] || !is_same(fresh[n], record))) {
      ++n;
    }
    if (n < count) {
      taken[n] = true;
      take(fresh[n], record);
    } else {
      fresh.push_back(record);
    }
  }
}

// Lays a member's records anew, newest first: the places that he had are among those he has.
template <class Record>
void lay(Chunks<Record>& table, std::uint32_t& first, const std::vector<Record>& records) {
  std::vector<std::uint32_t> places;
  for (std::uint32_t n = first; n != book::kNone; n = table[n].next) {
    places.push_back(n);
  }
  check(places.size() <= records.size(), "nothing that is known of a member is lost");
  while (places.size() < records.size()) {
    places.push_back(static_cast<std::uint32_t>(table.size()));
    table.push_back({});
  }
  for (std::size_t n = 0; n < records.size(); ++n) {
    table[places[n]] = records[n];
    table[places[n]].next = n + 1 < records.size() ? places[n + 1] : book::kNone;
  }
  first = records.empty() ? book::kNone : places.front();
}

template <class Record>
std::vector<Record> chain(const Chunks<Record>& table, std::uint32_t first) {
  std::vector<Record> out;
  for (std::uint32_t n = first; n != book::kNone; n = table[n].next) {
    out.push_back(table[n]);
  }
  return out;
}

}  // namespace

}  // namespace carry

bool MemberBook::is_of_programme(const Standing& standing) const {
  return text_of(standing.code) == programmes_.versions().front().programme->rows().head.code;
}

// Bills of an account that was lost and that wait will never give anything.
StandingMonth MemberBook::standing_month(std::uint32_t member, Month month,
                                         bool with_carried) const {
  StandingMonth out;
  int times = 0;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& account = tables_.accounts[n];
    if (!with_carried && is_carried_for(n, member)) {
      continue;
    }
    times += suspensions(n, month);
    const auto fen = billed(n, month);
    const bool earned = (account.earned & book::bit_of(month)) != 0;
    if (!fen || (!earned && (account.flags & book::AccountRecord::kLost) != 0)) {
      continue;
    }
    std::int64_t& sum = earned ? out.earned : out.waiting;
    sum = std::min(sum + *fen, kAmountMax);
    out.bills |= earned ? StandingMonth::kEarned : StandingMonth::kWaiting;
  }
  out.suspensions = static_cast<std::uint8_t>(std::min(times, 255));
  return out;
}

void MemberBook::put_accounts(std::uint32_t member, Standing& standing) const {
  std::uint16_t last = 0;
  bool living = false;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& account = tables_.accounts[n];
    if ((account.flags & book::AccountRecord::kLost) == 0) {
      standing.band = std::max(standing.band, account.entered);
      standing.accounts = static_cast<std::uint16_t>(std::min(standing.accounts + 1, 0xffff));
      living = living || account.ended == book::kNoMonth;
      last = account.ended == book::kNoMonth ? last : std::max(last, account.ended);
    }
  }
  standing.ended = living || standing.accounts == 0 ? book::kNoMonth : last;
  put_tenure(member, standing, living);
}

// Of those that count here: none that another owner has; while one hasn't ended, none that has;
// while one is a telephone's, no fixed line.
void MemberBook::put_tenure(std::uint32_t member, Standing& standing, bool living) const {
  std::uint16_t fixed = book::kNoMonth;
  bool any = false;
  std::uint8_t arrears = 0;
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    const book::AccountRecord& account = tables_.accounts[n];
    if ((account.flags & book::AccountRecord::kLost) != 0) {
      continue;
    }
    const bool carried = (account.flags & book::AccountRecord::kCarriedIn) != 0;
    const bool ended = account.ended != book::kNoMonth;
    arrears |= !ended || carried ? account.flags : std::uint8_t{0};
    if (living && ended) {
      continue;
    }
    const bool line = account.service == book::AccountRecord::kFixedLine;
    std::uint16_t& first = line ? fixed : standing.joined;
    first = std::min(first, account.joined);
    any = any || !line;
  }
  standing.joined = any ? standing.joined : fixed;
  standing.flags |= (arrears & book::AccountRecord::kBothWays) != 0 ? Standing::kBothWays
                    : (arrears & book::AccountRecord::kOneWay) != 0 ? Standing::kOneWay
                                                                    : std::uint8_t{0};
}

// The present grades with what their history has of them first, then all else, newest first.
void MemberBook::put_grades(std::uint32_t member, Standing& standing, StandingLists& lists) const {
  const book::ProgrammeMember& record = tables_.members[member];
  for (std::size_t g = 0; g < names_.gradings.size(); ++g) {
    const book::GradeRecord& grade = record.grades[g];
    if (grade.reason != 0) {
      check(lists.add(standing.grades,
                      StandingGrade{.reason = grade.reason, .from = grade.from, .to = grade.to},
                      {carry::named(names_.gradings.name(static_cast<std::uint16_t>(g)),
                                    &StandingGrade::grading),
                       carry::named(names_.levels[g].name(grade.level), &StandingGrade::level)}) &&
                lists.reserve(sizeof(StandingHistory)),
            "the present grades fit a standing");
    }
  }
}

void MemberBook::put_history(std::uint32_t member, Standing& standing, StandingLists& lists) const {
  std::array<bool, programme::kGradingsMax> seen{};
  bool fits = true;
  for (std::uint32_t n = tables_.members[member].last_history; n != kNone;
       n = tables_.history[n].next) {
    const book::HistoryRecord& record = tables_.history[n];
    StandingHistory out{.decided = record.decided,
                        .from = record.from,
                        .to = record.to,
                        .grading = record.grading,
                        .reason = record.reason};
    if (record.grading < seen.size() && !seen[record.grading]) {
      seen[record.grading] = true;  // Of the present grade: room and names are there.
      lists.release(sizeof out);
      check(
          lists.add(standing.history, out,
                    {carry::named(names_.gradings.name(record.grading), &StandingHistory::grading),
                     carry::named(names_.levels[record.grading].name(record.level),
                                  &StandingHistory::level)}),
          "there is room for what was kept free");
      continue;
    }
    if (fits && record.grading == book::kFlagGrading) {
      fits = lists.add(standing.history, out,
                       {carry::named(names_.flags.name(record.run), &StandingHistory::level)});
    } else if (fits && record.grading == book::kBrandGrading) {
      fits = lists.add(standing.history, out, {});
    } else if (fits) {
      fits =
          lists.add(standing.history, out,
                    {carry::named(names_.gradings.name(record.grading), &StandingHistory::grading),
                     carry::named(names_.levels[record.grading].name(record.level),
                                  &StandingHistory::level)});
    }
  }
}

void MemberBook::put_flags(std::uint32_t member, Standing& standing, StandingLists& lists) const {
  for (std::uint16_t flag = 0; flag < names_.flags.size(); ++flag) {
    if (const std::uint32_t found = find_flag(member, flag); found != kNone) {
      const book::FlagRecord& given = tables_.flags[found];
      if (!lists.add(standing.of_flags, StandingFlag{.from = given.from, .to = given.to},
                     {carry::named(names_.flags.name(flag), &StandingFlag::flag)})) {
        return;
      }
    }
  }
}

void MemberBook::put_claims(std::uint32_t member, Standing& standing, StandingLists& lists) const {
  for (std::uint32_t n = tables_.members[member].last_claim; n != kNone;
       n = tables_.claims[n].next) {
    const book::ClaimRecord& claim = tables_.claims[n];
    if (!lists.add(standing.claims,
                   StandingClaim{.day = claim.day, .until = claim.until, .count = claim.count},
                   {carry::named(names_.benefits.name(claim.benefit), &StandingClaim::benefit)})) {
      return;
    }
  }
}

// Whose levels give points once: the same one in all versions. kNone of NameTable: there is none.
std::uint16_t MemberBook::award_grading() const {
  for (const ProgrammeBook::Version& version : programmes_.versions()) {
    const programme::AwardRule& award = version.programme->rows().level_award;
    if (award.mode == programme::AwardMode::kOnEntry) {
      return names_.gradings.find(award.grading.name);
    }
  }
  return NameTable::kNone;
}

Standing MemberBook::standing_of(std::uint32_t member, BusinessDate on) const {
  const book::ProgrammeMember& record = tables_.members[member];
  const Programme* version = programmes_.of_day(on);
  version = version == nullptr ? &*programmes_.versions().front().programme : version;
  Standing out{.code = carry::padded(version->rows().head.code),
               .version = version->rows().head.version,
               .profile = record.profile,
               .newest = on.month().count(),
               .region = record.region,
               .flags = (record.flags & book::ProgrammeMember::kBlacklisted) != 0
                            ? Standing::kBlacklisted
                            : std::uint8_t{0}};
  put_accounts(member, out);
  for (std::size_t place = 0; place < Standing::kMonths; ++place) {
    if (out.has_month(place)) {
      out.months[place] = standing_month(member, out.month(place), true);
      out.months[place].rating = rating_points(member, out.month(place));
    }
  }
  StandingLists lists(out);
  if (const std::uint16_t grading = award_grading();
      record.entered > 0 && grading != NameTable::kNone &&
      record.entered < names_.levels[grading].size()) {
    out.entered = lists.add_name(names_.levels[grading].name(record.entered));
  }
  put_grades(member, out, lists);
  put_flags(member, out, lists);
  put_claims(member, out, lists);
  put_history(member, out, lists);
  return out;
}

// Of a grading, level or flag that no version here has: none.
std::optional<book::HistoryRecord> MemberBook::history_of(const Standing& standing,
                                                          const StandingHistory& record) const {
  book::HistoryRecord out{.decided = record.decided,
                          .from = record.from,
                          .to = record.to,
                          .grading = record.grading,
                          .reason = record.reason};
  if (record.grading == book::kBrandGrading) {
    return out;
  }
  const std::string& level = standing.names[record.level];
  if (record.grading == book::kFlagGrading) {
    out.run = names_.flags.find(level);
    return out.run == NameTable::kNone ? std::nullopt : std::optional(out);
  }
  const auto found = grade_numbers(standing.names[record.grading], level);
  if (!found) {
    return std::nullopt;
  }
  out.grading = found->first;
  out.level = found->second;
  return out;
}

std::optional<std::pair<std::uint8_t, std::uint8_t>> MemberBook::grade_numbers(
    std::string_view grading, std::string_view level) const {
  const std::uint16_t number = names_.gradings.find(grading);
  const std::uint16_t of_level =
      number == NameTable::kNone ? NameTable::kNone : names_.levels[number].find(level);
  return of_level == NameTable::kNone
             ? std::nullopt
             : std::optional(std::pair(static_cast<std::uint8_t>(number),
                                       static_cast<std::uint8_t>(of_level)));
}

void MemberBook::carry_grades(std::uint32_t member, const Standing& standing) {
  std::array<std::optional<book::GradeRecord>, programme::kGradingsMax> given;
  std::vector<std::uint8_t> unknown;  // gradings whose present level isn't known here
  for (const StandingGrade& grade : standing.grades) {
    const auto found = grade_numbers(standing.names[grade.grading], standing.names[grade.level]);
    if (found) {
      given[found->first] = book::GradeRecord{
          .level = found->second, .reason = grade.reason, .from = grade.from, .to = grade.to};
    } else {
      unknown.push_back(grade.grading);
    }
  }
  std::vector<book::HistoryRecord> history;
  for (const StandingHistory& record : standing.history) {
    const auto known = std::ranges::find(unknown, record.grading) != unknown.end()
                           ? std::nullopt
                           : history_of(standing, record);
    if (known) {
      history.push_back(*known);
    }
  }
  book::ProgrammeMember& record = tables_.members[member];
  carry::add_known(
      history, carry::chain(tables_.history, record.last_history),
      [](book::HistoryRecord& fresh, const book::HistoryRecord& known) { fresh.run = known.run; });
  carry::lay(tables_.history, record.last_history, history);
  for (std::uint8_t g = 0; g < record.grades.size(); ++g) {
    const auto newest = std::ranges::find(history, g, &book::HistoryRecord::grading);
    record.grades[g] = given[g]                  ? *given[g]
                       : newest == history.end() ? book::GradeRecord{}
                                                 : book::GradeRecord{.level = newest->level,
                                                                     .reason = newest->reason,
                                                                     .from = newest->from,
                                                                     .to = newest->to};
  }
}

void MemberBook::carry_flags(std::uint32_t member, const Standing& standing) {
  for (const StandingFlag& flag : standing.of_flags) {
    const std::uint16_t number = names_.flags.find(standing.names[flag.flag]);
    if (number == NameTable::kNone) {
      continue;
    }
    book::FlagRecord given{.member = member, .flag = number, .from = flag.from, .to = flag.to};
    if (const std::uint32_t found = find_flag(member, number); found != kNone) {
      const book::FlagRecord& before = tables_.flags[found];
      const bool same = before.from == given.from && before.to == given.to;
      given.proposal = same ? before.proposal : kNone;
      tables_.flags[found] = given;
    } else {
      flag_by_member_.insert(key_of(given), static_cast<std::uint32_t>(tables_.flags.size()));
      tables_.flags.push_back(given);
    }
  }
}

void MemberBook::carry_claims(std::uint32_t member, const Standing& standing) {
  std::vector<book::ClaimRecord> claims;
  for (const StandingClaim& claim : standing.claims) {
    const std::uint16_t number = names_.benefits.find(standing.names[claim.benefit]);
    if (number != NameTable::kNone) {
      claims.push_back(
          {.benefit = number, .day = claim.day, .until = claim.until, .count = claim.count});
    }
  }
  std::uint32_t& last = tables_.members[member].last_claim;
  carry::add_known(claims, carry::chain(tables_.claims, last),
                   [](book::ClaimRecord&, const book::ClaimRecord&) {});
  carry::lay(tables_.claims, last, claims);
}

// Of what was known here alone nothing is lost, the first day of his profile and the blacklist too.
void MemberBook::carry_profile(std::uint32_t member, const Standing& standing, Known known) {
  book::ProgrammeMember& record = tables_.members[member];
  const bool first = known != Known::kHeld && record.profile != 0;
  record.profile = standing.profile == 0 ? record.profile
                   : first               ? std::min(record.profile, standing.profile)
                                         : standing.profile;
  const bool listed =
      known != Known::kHeld && (record.flags & book::ProgrammeMember::kBlacklisted) != 0;
  set_blacklisted(member, listed || (standing.flags & Standing::kBlacklisted) != 0);
}

void MemberBook::carry_in(std::uint32_t member, const Standing& standing, BusinessDate on,
                          bool at_home) {
  const Known known = known_beside(member, standing, at_home);
  // Open runs have counted who he was when he left.
  for (std::uint32_t n = tables_.members[member].first_account; n != kNone;
       n = tables_.accounts[n].next) {
    tell_runs_of_lost(n);
    book::AccountRecord& account = tables_.accounts[n];
    account.entered = std::max(account.entered, standing.band);  // No band gives twice.
    account.flags &= static_cast<std::uint8_t>(
        ~(known == Known::kHeld ? book::AccountRecord::kInArrears : std::uint8_t{0}));
  }
  tell_runs_of_lost_member(member);
  const Standing whole = whole_of(member, standing, known);
  carry_months(member, standing, whole);
  carry_rating(member, whole, on);
  carry_grades(member, standing);
  carry_flags(member, standing);
  carry_claims(member, standing);
  book::ProgrammeMember& record = tables_.members[member];
  carry_profile(member, standing, known);
  record.came = on.month().count();
  record.region = standing.region != 0 ? standing.region : record.region;
  record.flags |= book::ProgrammeMember::kCarriedIn;
  const std::uint16_t grading = award_grading();
  if (standing.entered > 0 && grading != NameTable::kNone) {
    const std::uint16_t level = names_.levels[grading].find(standing.names[standing.entered - 1U]);
    record.entered = level == NameTable::kNone
                         ? record.entered
                         : std::max(record.entered, static_cast<std::uint8_t>(level));
  }
  update_member(member);
}

void MemberBook::note_moved_in(std::uint32_t member, BusinessDate on) {
  for (std::uint8_t g = 0; g < names_.gradings.size(); ++g) {
    if (tables_.members[member].grades[g].reason == 0) {
      (void)write_grade(member, g, {.reason = programme::GradeReason::kMovedIn, .from = on}, on);
    }
  }
}

}  // namespace ph
