// Benefits that are claimed and calls that are counted, through a home
// (docs/decisions/0023-programme-format.md, section 2).
#include <gtest/gtest.h>

#include "core/home/carried_out.h"
#include "tests/unit/home/standing.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Month kApril = month_of(2007, 4);
const BusinessDate kNext = kDay.plus_days(1);

programme::Benefit claim_of(const char* name, const std::vector<std::string>& levels,
                            programme::ClaimPer per, std::int64_t count) {
  programme::Benefit out;
  out.name = name;
  out.title = name;
  out.levels = names_of(levels);
  out.kind = programme::BenefitKind::kClaim;
  out.per = per;
  out.count = count;
  return out;
}
programme::Benefit reactivation(const char* name, const std::vector<std::string>& levels,
                                int hours) {
  programme::Benefit out = claim_of(name, levels, programme::ClaimPer::kGrade, 1);
  out.hours = hours;
  out.group = "reactivation";
  out.prefer = programme::Prefer::kHours;
  return out;
}

programme::Rows service_programme(std::uint32_t version = 1,
                                  BusinessDate effective = on(2004, 1, 1)) {
  programme::Rows rows = standing_programme(version, effective);
  rows.benefits = {reactivation("re-48", {"silver", "vip"}, 48),
                   reactivation("re-72", {"gold"}, 72),
                   claim_of("pack", {"silver", "gold"}, programme::ClaimPer::kOnce, 1),
                   claim_of("lounge", {"ordinary", "silver"}, programme::ClaimPer::kYear, 2)};
  rows.benefits[2].usable_days = 90;
  programme::Benefit counter;
  counter.name = counter.title = "counter";
  counter.levels = names_of({"gold"});
  rows.benefits.push_back(counter);
  rows.queues = {{.name = "high",
                  .position = programme::QueuePosition::kFirst,
                  .grades = names_of({"gold", "vip", "old", "plan-gold"}),
                  .answer_seconds = 20,
                  .answer_percent = 90},
                 {.name = "normal",
                  .position = programme::QueuePosition::kNormal,
                  .grades = names_of({"loyal", "silver", "plan-silver", "ordinary"}),
                  .other = true,
                  .answer_seconds = 20,
                  .answer_percent = 85,
                  .call_back_hours = 24},
                 {.name = "last", .position = programme::QueuePosition::kLast, .blacklist = true}};
  return rows;
}

Row claim_row(Member member, std::string_view benefit) {
  Row out = member_row(MemberKind::kClaim, member);
  put_name(out, 0, benefit);
  return out;
}
Row call_row(Member member, std::uint32_t seconds, bool answered, std::uint32_t called_back = 0) {
  Row out = member_row(MemberKind::kCall, member);
  out.says[0].number = {seconds, called_back, 0};
  out.says[0].flag[0] = answered ? 1 : 0;
  return out;
}
Row blacklist_row(Member member) {
  Row out = member_row(MemberKind::kBlacklist, member);
  out.says[0].flag[0] = 1;
  return out;
}
Row card(Member member, std::string_view level, BusinessDate from) {
  return grade_row(member, "card", level, from);
}
Row here(Member member) {
  return account_row(member, member == kAnn ? "A-1" : "B-1", month_of(2006, 1));
}

// `pack 2007-04-05 2007-07-04 1`, newest first.
Texts claims_of(const ProgrammeNode& node, Member member) {
  Texts out;
  for (std::uint32_t n = node.member(member).last_claim; n != book::kNone;
       n = node.book().claim(n).next) {
    const book::ClaimRecord& record = node.book().claim(n);
    out.push_back(node.book().names().benefits.name(record.benefit) + " " +
                  BusinessDate(record.day).text() + " " +
                  (record.until == BusinessDate::kCount ? "" : BusinessDate(record.until).text()) +
                  " " + std::to_string(record.count));
  }
  return out;
}

TEST(ClaimRow, OnceAndUsableForNinetyDays) {
  StandingNode node(service_programme());
  const DayResult day = node.take(kDay, {here(kAnn), card(kAnn, "silver", kDay),
                                         claim_row(kAnn, "pack"), claim_row(kAnn, "pack")});
  EXPECT_EQ(returned_of(day), Texts{"4 NOT_ENTITLED"});
  node.reload();
  EXPECT_EQ(returned_of(node.take(on(2007, 10, 1), {claim_row(kAnn, "pack")})),
            Texts{"1 NOT_ENTITLED"});
  EXPECT_EQ(claims_of(node, kAnn), Texts{"pack 2007-04-05 2007-07-04 1"});
}

TEST(ClaimRow, TheBestOfItsGroupAppliesAndOnlyOnceAGrade) {
  StandingNode node(service_programme());
  const DayResult day =
      node.take(kDay, {here(kAnn), card(kAnn, "gold", kDay), propose_row(kAnn, "vip", kApril),
                       decide_row(own_id(kDay, 3), true), claim_row(kAnn, "re-48"),
                       claim_row(kAnn, "re-72"), claim_row(kAnn, "re-72")});
  EXPECT_EQ(returned_of(day), (Texts{"5 NOT_ENTITLED", "7 NOT_ENTITLED"}));
  // Not additive: as silver what he had as gold counts, until the grade is given.
  node.take(kNext, {card(kAnn, "silver", kNext)});
  node.reload();
  const BusinessDate later = kDay.plus_days(2);
  const DayResult silver = node.take(later, {claim_row(kAnn, "re-48"), claim_row(kAnn, "re-48")});
  EXPECT_EQ(returned_of(silver), Texts{"2 NOT_ENTITLED"});
  // Given anew, the same level too; from before its day it can't be.
  const BusinessDate anew = on(2007, 5, 1);
  EXPECT_EQ(returned_of(
                node.take(on(2007, 4, 30), {card(kAnn, "silver", anew), claim_row(kAnn, "re-48")})),
            Texts{"2 NOT_ENTITLED"});
  node.reload();
  EXPECT_EQ(returned_of(node.take(anew, {claim_row(kAnn, "re-48")})), Texts{});
  EXPECT_EQ(claims_of(node, kAnn),
            (Texts{"re-48 2007-05-01  1", "re-48 2007-04-07  1", "re-72 2007-04-05  1"}));
}

// Who lifts a suspension knows of it; what was brought here of arrears is of yesterday.
TEST(ClaimRow, ArrearsNeitherGiveNorForbidIt) {
  StandingNode node(service_programme());
  Row suspended = member_row(MemberKind::kArrears, kAnn, "A-1");
  suspended.says[0].word = static_cast<std::uint8_t>(MemberBook::Arrears::kBothWays);
  const DayResult day =
      node.take(kDay, {here(kAnn), here(kBob), card(kAnn, "gold", kDay), card(kBob, "gold", kDay),
                       suspended, bill(kBob, kApril, 100, "B-1"), redeem(kAnn, 1),
                       claim_row(kAnn, "re-72"), claim_row(kBob, "re-72")});
  EXPECT_EQ(returned_of(day), Texts{"7 IN_ARREARS"});
  EXPECT_EQ(claims_of(node, kAnn), Texts{"re-72 2007-04-05  1"});
  EXPECT_EQ(claims_of(node, kBob), Texts{"re-72 2007-04-05  1"});
}

TEST(ClaimRow, AFlagThatIsGivenAnewIsAGradeGivenAnew) {
  StandingNode node(service_programme());
  const auto give = [](std::uint32_t serial, BusinessDate date) {
    return decide_row(own_id(date, serial), true);
  };
  node.take(kDay, {here(kAnn), propose_row(kAnn, "vip", month_of(2007, 9)), give(2, kDay),
                   claim_row(kAnn, "re-48")});
  EXPECT_EQ(claims_of(node, kAnn).size(), 1U);
  EXPECT_EQ(returned_of(node.take(
                on(2007, 6, 3),
                {claim_row(kAnn, "re-48"), propose_row(kAnn, "vip", month_of(2007, 9)),
                 give(2, on(2007, 6, 3)), claim_row(kAnn, "re-48"), claim_row(kAnn, "re-48")})),
            (Texts{"1 NOT_ENTITLED", "5 NOT_ENTITLED"}));
}

TEST(ClaimRow, ADaysClaimsStandTogetherAndAYearHasSoMany) {
  StandingNode node(service_programme());
  const DayResult day = node.take(kDay, {here(kAnn), claim_row(kAnn, "lounge"),
                                         claim_row(kAnn, "lounge"), claim_row(kAnn, "lounge")});
  EXPECT_EQ(returned_of(day), Texts{"4 NOT_ENTITLED"});
  EXPECT_EQ(claims_of(node, kAnn), Texts{"lounge 2007-04-05  2"});
  node.reload();
  EXPECT_EQ(returned_of(node.take(on(2007, 12, 31), {claim_row(kAnn, "lounge")})),
            Texts{"1 NOT_ENTITLED"});
  EXPECT_EQ(returned_of(node.take(on(2008, 1, 1), {claim_row(kAnn, "lounge")})), Texts{});
  EXPECT_EQ(claims_of(node, kAnn).size(), 2U);
}

TEST(ClaimRow, WhatCantBeIsReturned) {
  StandingNode node(service_programme());
  programme::Rows next = service_programme(2, kNext);
  next.benefits[3].in_force.from = on(2008, 1, 1);
  node.give(next);
  const DayResult day =
      node.take(kDay, {here(kAnn), claim_row(kAnn, "none"), claim_row(kAnn, "pack"),
                       claim_row(kBob, "lounge"), card(kAnn, "gold", kDay),
                       claim_row(kAnn, "counter"), leave(kAnn), claim_row(kAnn, "pack")});
  EXPECT_EQ(returned_of(day), (Texts{"2 UNKNOWN_NAME", "3 NOT_ENTITLED", "4 NOT_HOME",
                                     "6 NOT_ENTITLED", "8 CLOSED"}));
  EXPECT_EQ(returned_of(node.take(kNext, {here(kBob), claim_row(kBob, "lounge")})),
            Texts{"2 UNKNOWN_NAME"});
}

// A claim is of its name, whatever row of it gave it.
TEST(ClaimRow, OfALaterRowOfItsNameCountsTheEarlierOnes) {
  programme::Rows rows = service_programme();
  programme::Benefit later = rows.benefits[3];
  rows.benefits[3].in_force.to = kNext;
  later.in_force.from = kNext;
  later.count = 3;
  rows.benefits.push_back(later);
  StandingNode node(rows);
  node.take(kDay, {here(kAnn), claim_row(kAnn, "lounge"), claim_row(kAnn, "lounge")});
  EXPECT_EQ(returned_of(node.take(kNext, {claim_row(kAnn, "lounge"), claim_row(kAnn, "lounge")})),
            Texts{"2 NOT_ENTITLED"});
}

// `high vip 3 2 1 1 0`: queue, grade, calls, answered, within, called back, in time.
Texts calls_of(const ProgrammeNode& node, Month month) {
  Texts out;
  for (const book::CallsRecord& row : node.book().calls(month)) {
    const std::string grade = row.grade == book::CallsRecord::kBlacklist ? "blacklist"
                              : row.grade == book::CallsRecord::kOther
                                  ? "other"
                                  : node.book().names().grades.name(row.grade);
    out.push_back(node.book().names().queues.name(row.queue) + " " + grade + " " +
                  std::to_string(row.calls) + " " + std::to_string(row.answered) + " " +
                  std::to_string(row.within) + " " + std::to_string(row.called_back) + " " +
                  std::to_string(row.in_time));
  }
  return out;
}

TEST(CallRow, IsCountedByQueueMonthAndGrade) {
  StandingNode node(service_programme());
  const DayResult day =
      node.take(kDay, {here(kAnn), here(kBob), card(kBob, "gold", kDay), call_row(kAnn, 20, true),
                       call_row(kAnn, 21, true), call_row(kAnn, 5, false, 86'400),
                       call_row(kAnn, 5, false, 86'401), call_row(kBob, 3, true),
                       call_row(member_of(3), 1, true)});
  EXPECT_EQ(returned_of(day), Texts{"9 NOT_HOME"});
  EXPECT_EQ(calls_of(node, kApril), (Texts{"high gold 1 1 1 0 0", "normal ordinary 4 2 1 2 1"}));
  node.reload();
  node.take(on(2007, 5, 2), {card(kAnn, "silver", on(2007, 5, 2)), call_row(kAnn, 20, true),
                             blacklist_row(kBob), call_row(kBob, 1, true)});
  node.reload();
  EXPECT_EQ(calls_of(node, kApril).size(), 2U);
  EXPECT_EQ(calls_of(node, month_of(2007, 5)),
            (Texts{"normal silver 1 1 1 0 0", "last blacklist 1 1 0 0 0"}));
}

TEST(CallRow, WithoutQueuesNothingIsCounted) {
  programme::Rows rows = service_programme();
  rows.queues.clear();
  StandingNode node(rows);
  EXPECT_EQ(returned_of(node.take(kDay, {here(kAnn), call_row(kAnn, 1, true)})), Texts{});
  EXPECT_TRUE(calls_of(node, kApril).empty());
}

TEST(CallRow, WhoHasNoGradeOfTheOrderWaitsWithTheOthers) {
  programme::Rows rows = service_programme();
  std::erase_if(rows.effective_order, [](const auto& of) { return of.name == "ordinary"; });
  std::erase_if(rows.queues[1].grades, [](const auto& of) { return of.name == "ordinary"; });
  StandingNode node(rows);
  node.take(kDay, {here(kAnn), call_row(kAnn, 1, true)});
  EXPECT_EQ(calls_of(node, kApril), Texts{"normal other 1 1 1 0 0"});
  node.reload();
}

// --- Live ---------------------------------------------------------------------------------------

BusinessTime noon(BusinessDate date) {
  return BusinessTime::of(date, 12 * 3600);
}
MemberRequest live_of(const Row& row, std::string_view reference, BusinessDate date = kNext) {
  MemberRequest out{.row = row.says[0]};
  out.row.id = id_of(kP1, date, reference);
  return out;
}

TEST(LiveClaim, TellsUntilWhenItMayBeUsed) {
  StandingNode node(service_programme());
  node.take(kDay, {here(kAnn), card(kAnn, "gold", kDay)});
  node.home().open_day(kNext, 2);
  EXPECT_FALSE(node.home().take_rows(1));
  const auto ask = [&](const Row& row, std::string_view reference) {
    return node.home().take_member(live_of(row, reference), noon(kNext));
  };
  const LiveAnswer hours = ask(claim_row(kAnn, "re-72"), "C-1");
  EXPECT_EQ(hours.code, 0);
  EXPECT_EQ(hours.ends, noon(kNext.plus_days(3)));
  const LiveAnswer days = ask(claim_row(kAnn, "pack"), "C-2");
  EXPECT_EQ(days.ends, BusinessTime::of(kNext.plus_days(91), 0));
  EXPECT_EQ(ask(claim_row(kAnn, "re-72"), "C-3").code,
            static_cast<std::uint8_t>(ReturnCode::kNotEntitled));
  EXPECT_EQ(ask(call_row(kAnn, 9, true), "T-1").code, 0);
  node.reload();
  EXPECT_EQ(ask(claim_row(kAnn, "re-72"), "C-1"), hours);
  EXPECT_EQ(ask(call_row(kAnn, 9, true), "T-1").code, 0);
  EXPECT_EQ(calls_of(node, kApril), Texts{"high gold 1 1 1 0 0"});
}

TEST(LiveClaim, OnTheDayAfterTheOpenOneToo) {
  StandingNode node(service_programme());
  node.take(kDay, {here(kAnn)});
  node.home().open_day(kNext, 2);
  EXPECT_FALSE(node.home().take_rows(1));
  const BusinessDate after = kNext.plus_days(1);
  const MemberRequest asked = live_of(claim_row(kAnn, "lounge"), "C-1", after);
  const LiveAnswer done = node.home().take_member(asked, noon(after));
  EXPECT_EQ(done.code, 0);
  EXPECT_EQ(done.entry, EntryId(kP1, after, kLiveFrom));
  EXPECT_EQ(claims_of(node, kAnn), Texts{"lounge 2007-04-07  1"});
}

TEST(LiveClaim, OnTheFirstOfJanuaryTakesNothingFromTheOldYear) {
  StandingNode node(service_programme());
  const BusinessDate last = on(2007, 12, 31);
  const BusinessDate first = on(2008, 1, 1);
  node.take(kDay, {here(kAnn)});
  node.home().open_day(last, 2);
  EXPECT_FALSE(node.home().take_rows(1));
  for (const char* reference : {"C-1", "C-2"}) {
    EXPECT_EQ(node.home()
                  .take_member(live_of(claim_row(kAnn, "lounge"), reference, first), noon(first))
                  .code,
              0);
  }
  node.reload();
  DayFile file{.sender = kP1, .date = last, .sequence = 2};
  add_rows(file, {claim_row(kAnn, "lounge"), claim_row(kAnn, "lounge"), claim_row(kAnn, "lounge")});
  node.home().bring_file(file);
  while (node.home().take_rows(9)) {
  }
  EXPECT_EQ(returned_of(node.home().end_day()), Texts{"3 NOT_ENTITLED"});
  EXPECT_EQ(claims_of(node, kAnn), (Texts{"lounge 2007-12-31  2", "lounge 2008-01-01  2"}));
  node.reload();
}

TEST(CarriedOut, RowsOfServiceAre) {
  EXPECT_TRUE(carried_out(MemberKind::kClaim));
  EXPECT_TRUE(carried_out(MemberKind::kCall));
}

// --- What was damaged ---------------------------------------------------------------------------

TEST(StandingSnapshot, RefusesWhatLeadsAstray) {
  StandingNode node(service_programme());
  node.take(kDay, {here(kAnn), propose_row(kAnn, "vip", month_of(2007, 9)),
                   decide_row(own_id(kDay, 2), true), claim_row(kAnn, "lounge"),
                   call_row(kAnn, 5, true)});
  const std::vector<std::byte> saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  // From the end: calls 48, a proposal 80, no lots, a flag 16, a claim 16, a record of the history.
  const std::size_t calls = saved.size() - 48;
  const std::size_t proposal = calls - 80;
  const std::size_t flag = proposal - 16;
  const std::size_t claim = flag - 16;
  const std::size_t history = claim - 16;
  struct Damage {
    const char* what{};
    std::size_t at{};
    std::vector<int> bytes{};
  };
  const std::vector<Damage> all{
      {"calls of no queue", calls, {9}},
      {"calls of no month", calls + 2, {255, 255}},
      {"calls of no grade", calls + 4, {99, 0}},
      {"no calls", calls + 8, {0}},
      {"more answered than called", calls + 16, {2}},
      {"more within than answered", calls + 24, {2}},
      {"more called back than called", calls + 32, {2}},
      {"more in time than called back", calls + 40, {1}},
      {"a proposal of nobody", proposal + 28, {9}},
      {"a proposal of no flag", proposal + 32, {9}},
      {"why of no word", proposal + 34, {3}},
      {"no such state", proposal + 35, {4}},
      {"open, with a checker", proposal + 35, {1}},
      {"declined, and the flag is there", proposal + 35, {3}},
      {"no such month", proposal + 36, {255, 255}},
      {"a maker without a name", proposal + 48, {0}},
      {"one person", proposal + 64, {'S', '-', '1'}},
      {"a flag of nobody", flag, {9}},
      {"a flag that no version has", flag + 4, {9}},
      {"a flag that ends before it begins", flag + 8, {0, 0}},
      {"by a proposal of another flag", flag + 4, {1}},
      {"by no proposal", flag + 12, {1}},
      {"a claim of nobody", claim, {0, 0, 0, 0}},
      {"a claim of no benefit", claim + 4, {99}},
      {"usable before its day", claim + 8, {0, 0}},
      {"none claimed", claim + 10, {0}},
      {"a flag's level", history + 11, {1}},
      {"a flag for a run's reason", history + 12, {1}},
      {"a flag's number", history + 14, {77}},
  };
  for (const Damage& damage : all) {
    std::vector<std::byte> bytes = saved;
    for (std::size_t n = 0; n < damage.bytes.size(); ++n) {
      bytes.at(damage.at + n) = static_cast<std::byte>(damage.bytes[n]);
    }
    EXPECT_TRUE(bytes != saved) << damage.what;
    EXPECT_FALSE(node.loaded(bytes).has_value()) << damage.what;
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
