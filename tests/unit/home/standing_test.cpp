// Who a member is to his province: plans, flags by review and of before, scoring sheets, the grade
// that counts (docs/decisions/0023-programme-format.md, section 2).
#include "tests/unit/home/standing.h"

#include <gtest/gtest.h>

#include "core/home/carried_out.h"
#include "core/home/member_columns.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Month kApril = month_of(2007, 4);
const BusinessDate kNext = kDay.plus_days(1);

Row joined(Member member, std::string_view account = "A-1") {
  return account_row(member, account, month_of(2006, 1));
}

TEST(Plan, GivesItsLevelAtOnceAndTakesItWhenItIsCancelled) {
  StandingNode node(standing_programme());
  node.take(kDay, {joined(kAnn), plan_row(kAnn, "p-129")});
  EXPECT_EQ(node.level(kAnn, "plan", kDay), "plan-silver");
  EXPECT_EQ(node.level(kAnn, "plan", on(2030, 1, 1)), "plan-silver");
  node.take(kNext, {plan_row(kAnn, "p-199"), plan_row(kAnn, "p-199")});
  EXPECT_EQ(node.level(kAnn, "plan", kDay), "plan-silver");
  EXPECT_EQ(node.level(kAnn, "plan", kNext), "plan-gold");
  node.reload();
  node.take(kDay.plus_days(2), {plan_row(kAnn, "")});
  EXPECT_EQ(node.level(kAnn, "plan", kDay.plus_days(2)), "no-plan");
  EXPECT_EQ(node.history(kAnn), (Texts{"PLAN_ENDED no-plan 2007-04-07", "PLAN plan-gold 2007-04-06",
                                       "PLAN plan-silver 2007-04-05"}));
}

TEST(Plan, OfSeveralAccountsTheHighestCountsWhileItIsTheMembers) {
  StandingNode node(standing_programme());
  node.take(kDay, {joined(kAnn), joined(kAnn, "A-2"), joined(kAnn, "A-3"), plan_row(kAnn, "p-129"),
                   plan_row(kAnn, "p-199", "A-2"), plan_row(kAnn, "p-199", "A-3")});
  EXPECT_EQ(node.level(kAnn, "plan", kDay), "plan-gold");
  node.take(kNext, {account_end(kAnn, "A-2")});
  EXPECT_EQ(node.level(kAnn, "plan", kNext), "plan-gold");
  const BusinessDate later = kDay.plus_days(2);
  node.take(later, {member_row(MemberKind::kOwner, kAnn, "A-3")});
  EXPECT_EQ(node.level(kAnn, "plan", later), "plan-silver");
  node.take(kDay.plus_days(3), {transfer(kAnn)});
  EXPECT_EQ(node.level(kAnn, "plan", kDay.plus_days(3)), "no-plan");
}

// A plan ends with its account: back, it has none until a row says so, whoever's row comes next.
TEST(Plan, AnAccountThatIsBackHasNone) {
  StandingNode node(standing_programme());
  const auto plan_of = [&node](std::uint32_t account) { return node.book().account(account).plan; };
  node.take(kDay, {joined(kAnn), joined(kAnn, "A-2"), plan_row(kAnn, "p-129"),
                   plan_row(kAnn, "p-199", "A-2")});
  EXPECT_NE(plan_of(0), 0);
  node.take(kNext, {account_end(kAnn, "A-1"), member_row(MemberKind::kOwner, kAnn, "A-2")});
  EXPECT_EQ(plan_of(0), 0);
  EXPECT_EQ(plan_of(1), 0);
  node.reload();
  const BusinessDate back = kDay.plus_days(2);
  node.take(back, {plan_row(kAnn, "p-199"), joined(kAnn), joined(kAnn, "A-2")});
  EXPECT_EQ(plan_of(0), 0);
  EXPECT_EQ(node.level(kAnn, "plan", back), "no-plan");
  // Something else happens to his plans.
  node.take(kDay.plus_days(3), {joined(kAnn, "A-3"), account_end(kAnn, "A-3")});
  EXPECT_EQ(node.level(kAnn, "plan", kDay.plus_days(3)), "no-plan");
  node.take(kDay.plus_days(4), {plan_row(kAnn, "p-129"), joined(kAnn)});  // Its ACCOUNT row again.
  EXPECT_EQ(node.level(kAnn, "plan", kDay.plus_days(4)), "plan-silver");
  EXPECT_NE(plan_of(0), 0);
}

TEST(Plan, IsOneOfTheVersionInForce) {
  programme::Rows rows = standing_programme();
  rows.entries[1].in_force.to = kDay;
  rows.entries.push_back(
      {.grading = named("plan"), .level = named("plan-silver"), .plan = "p-130"});
  rows.campaigns = {{.name = "launch", .title = "Launch", .plans = {"p-99"}, .points = 1}};
  StandingNode node(rows);
  const DayResult day = node.take(
      kDay, {joined(kAnn), plan_row(kAnn, "p-129"), plan_row(kAnn, "p-99"), plan_row(kAnn, "none"),
             plan_row(kAnn, "p-199", "A-2"), plan_row(kBob, "p-199")});
  EXPECT_EQ(returned_of(day),
            (Texts{"2 UNKNOWN_NAME", "4 UNKNOWN_NAME", "5 NO_ACCOUNT", "6 NOT_HOME"}));
  EXPECT_EQ(node.level(kAnn, "plan", kDay), "no-plan");
}

TEST(Plan, ALevelThatIsReachedGivesItsPointsOnce) {
  programme::Rows rows = standing_programme();
  rows.level_award = {.mode = programme::AwardMode::kOnEntry, .grading = named("plan")};
  rows.level_rates = {{.level = named("plan-silver"), .points = 20},
                      {.level = named("plan-gold"), .points = 70}};
  StandingNode node(rows);
  const DayResult day = node.take(kDay, {joined(kAnn), plan_row(kAnn, "p-199"),
                                         plan_row(kAnn, "p-129"), plan_row(kAnn, "p-199")});
  EXPECT_EQ(movements_of(day), Texts{"EARN 3000000000 ISSUED 3000000000 70"});
  EXPECT_EQ(node.rating_points(kAnn, kApril), 70);
}

// Why he is proposed: of certain rank, or a key person of a group customer.
TEST(Review, KeepsWhetherItIsForRankOrAsAKeyPerson) {
  StandingNode node(standing_programme());
  const auto columns = columns_of(MemberKind::kVipPropose);
  const auto why = std::ranges::find(columns, "why", &MemberColumn::name);
  ASSERT_NE(why, columns.end());
  const auto proposed = [&why](Member member, std::string_view word) {
    Row out = propose_row(member, "vip", kApril);
    const auto at = std::ranges::find(why->words, word) - why->words.begin();
    out.says[0].word = static_cast<std::uint8_t>(at + 1);
    return out;
  };
  node.take(kDay, {joined(kAnn), joined(kBob, "B-1"), proposed(kAnn, "RANK"),
                   proposed(kBob, "KEY_PERSON"), decide_row(own_id(kDay, 3), true),
                   decide_row(own_id(kDay, 4), true)});
  node.reload();
  const auto kept = [&](std::uint32_t number) {
    return std::string(why->words[node.book().proposal(number).why - 1U]);
  };
  EXPECT_EQ(kept(0), "RANK");
  EXPECT_EQ(kept(1), "KEY_PERSON");
  EXPECT_TRUE(node.has(kAnn, "vip", kDay));
  EXPECT_TRUE(node.has(kBob, "vip", kDay));
}

TEST(Review, AFlagIsProposedByOneAndApprovedByAnother) {
  StandingNode node(standing_programme());
  const Month august = month_of(2007, 8);
  const DayResult day =
      node.take(kDay, {joined(kAnn), propose_row(kAnn, "vip", august),
                       decide_row(own_id(kDay, 2), true, "S-1"), decide_row(own_id(kDay, 2), true),
                       decide_row(own_id(kDay, 2), false)});
  EXPECT_EQ(returned_of(day), (Texts{"3 ONE_PERSON", "5 STATE"}));
  // Three months are its validity, though August was proposed.
  EXPECT_TRUE(node.has(kAnn, "vip", on(2007, 6, 30)));
  EXPECT_FALSE(node.has(kAnn, "vip", on(2007, 7, 1)));
  EXPECT_FALSE(node.has(kAnn, "vip", on(2007, 3, 31)));
  EXPECT_EQ(node.history(kAnn), Texts{"REVIEW vip 2007-04-01 2007-07-01"});
  EXPECT_EQ(node.effective(kAnn, kDay), "vip");
  EXPECT_EQ(node.effective(kAnn, on(2007, 7, 1)), "ordinary");
  node.reload();
  const book::ProposalRecord& kept = node.book().proposal(0);
  EXPECT_EQ(kept.state, book::ProposalRecord::kApproved);
  EXPECT_EQ(kept.maker, officer_of("S-1"));
  EXPECT_EQ(kept.checker, officer_of("S-2"));
  EXPECT_EQ(kept.decided, kDay.count());
  EXPECT_EQ(returned_of(node.take(kNext, {decide_row(own_id(kDay, 2), true, "S-3")})),
            Texts{"1 STATE"});
}

TEST(Review, ItEndsWithTheMonthThatWasProposed) {
  StandingNode node(standing_programme());
  node.take(kDay, {joined(kAnn), propose_row(kAnn, "vip", kApril)});
  node.take(kNext, {decide_row(own_id(kDay, 2), true)});
  EXPECT_TRUE(node.has(kAnn, "vip", on(2007, 4, 30)));
  EXPECT_FALSE(node.has(kAnn, "vip", on(2007, 5, 1)));
}

TEST(Review, WhatIsDeclinedOrTooLateGivesNothing) {
  StandingNode node(standing_programme());
  node.take(kDay, {joined(kAnn), propose_row(kAnn, "vip", kApril), propose_row(kAnn, "vip", kApril),
                   decide_row(own_id(kDay, 2), false)});
  EXPECT_EQ(node.book().proposal(0).state, book::ProposalRecord::kDeclined);
  EXPECT_FALSE(node.has(kAnn, "vip", kDay));
  EXPECT_TRUE(node.history(kAnn).empty());
  const DayResult may = node.take(on(2007, 5, 1), {decide_row(own_id(kDay, 3), true)});
  EXPECT_EQ(returned_of(may), Texts{"1 STATE"});
  EXPECT_EQ(node.book().proposal(1).state, book::ProposalRecord::kOpen);
}

// Else what nobody can approve any more would wait for ever.
TEST(Review, DeclinedIsAlwaysPossible) {
  StandingNode node(standing_programme());
  programme::Rows rows = standing_programme(2, on(2007, 5, 2));
  rows.flags.erase(rows.flags.begin());
  std::erase_if(rows.effective_order, [](const programme::Ref& of) { return of.name == "vip"; });
  node.give(rows);
  node.take(kDay, {joined(kAnn), joined(kBob, "B-1"), propose_row(kAnn, "vip", kApril),
                   propose_row(kBob, "vip", month_of(2007, 9)),
                   propose_row(kAnn, "vip", month_of(2007, 9)), leave(kBob)});
  const TransactionId over = own_id(kDay, 3);
  EXPECT_EQ(
      returned_of(node.take(
          on(2007, 5, 1), {decide_row(over, true), decide_row(over, false, "S-1"),
                           decide_row(over, false), decide_row(over, false),
                           decide_row(own_id(kDay, 4), true), decide_row(own_id(kDay, 4), false)})),
      (Texts{"1 STATE", "2 ONE_PERSON", "4 STATE", "5 CLOSED"}));
  EXPECT_EQ(returned_of(node.take(on(2007, 5, 2), {decide_row(own_id(kDay, 5), true),
                                                   decide_row(own_id(kDay, 5), false)})),
            Texts{"1 UNKNOWN_NAME"});
  EXPECT_TRUE(node.book().open_proposals().empty());
  node.reload();
}

TEST(Review, NamesAndMembersMustBeThere) {
  StandingNode node(standing_programme());
  const DayResult day = node.take(
      kDay, {joined(kAnn), propose_row(kBob, "vip", kApril), propose_row(kAnn, "loyal", kApril),
             propose_row(kAnn, "none", kApril), decide_row(own_id(kDay, 9), true),
             propose_row(kAnn, "vip", kApril), leave(kAnn), decide_row(own_id(kDay, 6), true)});
  EXPECT_EQ(returned_of(day), (Texts{"2 NOT_HOME", "3 UNKNOWN_NAME", "4 UNKNOWN_NAME",
                                     "5 UNKNOWN_PARENT", "8 CLOSED"}));
}

TEST(Review, UnderAnIdOfItsOwnAProposalIsTakenOnce) {
  StandingNode node(standing_programme());
  Row row = propose_row(kAnn, "vip", kApril);
  row.row.id = row.says[0].id = id_of(kP1, kDay, "V-1");
  Row other = row;
  other.says[0].until = month_of(2007, 5).count();
  const DayResult day =
      node.take(kDay, {joined(kAnn), row, row, other, decide_row(id_of(kP1, kDay, "V-1"), true)});
  EXPECT_EQ(returned_of(day), (Texts{"3 COPY", "4 DUPLICATE"}));
  EXPECT_EQ(node.book().proposals(), 1U);
  EXPECT_TRUE(node.has(kAnn, "vip", kDay));
}

TEST(Review, AVersionWithoutTheFlagKnowsItNoMore) {
  StandingNode node(standing_programme());
  programme::Rows next = standing_programme(2, kNext);
  next.flags.erase(next.flags.begin());
  std::erase_if(next.effective_order, [](const programme::Ref& of) { return of.name == "vip"; });
  node.give(next);
  node.take(kDay, {joined(kAnn), propose_row(kAnn, "vip", kApril), propose_row(kAnn, "vip", kApril),
                   decide_row(own_id(kDay, 2), true)});
  EXPECT_EQ(node.effective(kAnn, kDay), "vip");
  EXPECT_EQ(node.effective(kAnn, kNext), "ordinary");
  const DayResult day =
      node.take(kNext, {decide_row(own_id(kDay, 3), true), propose_row(kAnn, "vip", kApril)});
  EXPECT_EQ(returned_of(day), (Texts{"1 UNKNOWN_NAME", "2 UNKNOWN_NAME"}));
  node.reload();
}

TEST(Legacy, StaysUntilItsMonthIsOver) {
  StandingNode node(standing_programme());
  const DayResult day =
      node.take(kDay, {joined(kAnn), legacy_row(kAnn, "old", month_of(2007, 12)),
                       legacy_row(kAnn, "old", month_of(2007, 5)), legacy_row(kAnn, "vip", kApril),
                       legacy_row(kBob, "old", kApril)});
  EXPECT_EQ(returned_of(day), (Texts{"4 UNKNOWN_NAME", "5 NOT_HOME"}));
  EXPECT_EQ(node.history(kAnn),
            (Texts{"LEGACY old 2007-04-01 2007-06-01", "LEGACY old 2007-04-01 2008-01-01"}));
  node.reload();
  EXPECT_TRUE(node.has(kAnn, "old", on(2007, 5, 31)));
  EXPECT_FALSE(node.has(kAnn, "old", on(2007, 6, 1)));
}

TEST(Effective, IsTheFirstOfTheOrderThatHeHas) {
  StandingNode node(standing_programme());
  const BusinessDate day = kDay;
  node.take(day, {joined(kAnn), account_row(kBob, "B-1", month_of(2005, 4))});
  EXPECT_EQ(node.effective(kAnn, day), "ordinary");
  EXPECT_EQ(node.effective(kBob, day), "loyal");  // 24 months
  EXPECT_EQ(node.effective(kBob, on(2007, 3, 31)), "ordinary");
  node.take(kNext, {plan_row(kBob, "p-199", "B-1"), grade_row(kBob, "card", "silver", kNext)});
  EXPECT_EQ(node.effective(kBob, kNext), "plan-gold");
  node.take(kDay.plus_days(2), {legacy_row(kBob, "old", kApril)});
  EXPECT_EQ(node.effective(kBob, kDay.plus_days(2)), "old");
  EXPECT_EQ(node.effective(kBob, on(2007, 5, 1)), "plan-gold");
  node.take(kDay.plus_days(3), {account_end(kBob, "B-1")});
  EXPECT_EQ(node.effective(kBob, on(2007, 5, 1)), "silver");  // neither the plan nor the tenure
  node.take(kDay.plus_days(4), {grade_row(kBob, "card", "gold", kDay.plus_days(4))});
  EXPECT_EQ(node.effective(kBob, on(2007, 5, 1)), "gold");
}

TEST(Effective, AGradeOutsideTheOrderCountsForNothing) {
  StandingNode node(standing_programme());
  node.take(kDay,
            {joined(kAnn), sheet_row(kAnn, "firm", "b2b",
                                     {input_row("nature", 2), input_row("profit", 100, 20)})});
  EXPECT_EQ(node.level(kAnn, "b2b", kDay), "a");
  EXPECT_EQ(node.effective(kAnn, kDay), "ordinary");
  EXPECT_EQ(node.book().held_on(0, kDay).size(), 3U);
}

TEST(SheetRow, ItsTotalGivesTheGradeOfTheGrading) {
  StandingNode node(standing_programme());
  const auto filled = [](std::int64_t nature, std::int64_t profit, std::int64_t points) {
    return sheet_row(kAnn, "firm", "b2b",
                     {input_row("nature", nature), input_row("profit", profit, points)});
  };
  node.take(kDay, {joined(kAnn), filled(1, 99, 6)});
  EXPECT_EQ(node.level(kAnn, "b2b", kDay), "c");  // 11
  node.take(kNext, {filled(1, 99, 7)});
  EXPECT_EQ(node.level(kAnn, "b2b", kNext), "b");               // 12
  EXPECT_EQ(node.level(kAnn, "b2b", on(2007, 10, 6)), "none");  // six months
  node.take(kDay.plus_days(2), {filled(2, 100, 10)});
  EXPECT_EQ(node.history(kAnn)[0], "SHEET a 2007-04-07 2007-10-07");
  // The same grade again is given anew; its record is the longer one.
  node.take(kDay.plus_days(3), {filled(2, 100, 20)});
  EXPECT_EQ(node.history(kAnn)[0], "SHEET a 2007-04-07 2007-10-08");
  EXPECT_EQ(node.history(kAnn).size(), 3U);
  EXPECT_EQ(node.book().grade_held_on(0, 2, kDay.plus_days(3)).from, kDay.plus_days(3));
  EXPECT_EQ(node.level(kAnn, "b2b", kDay.plus_days(2)), "a");
  node.reload();
}

TEST(SheetRow, WhatCantBeIsReturned) {
  StandingNode node(standing_programme());
  const auto with = [](std::string_view sheet, std::string_view grading,
                       std::vector<SheetInputRow> inputs) {
    return sheet_row(kAnn, sheet, grading, std::move(inputs));
  };
  const SheetInputRow nature = input_row("nature", 1);
  const SheetInputRow profit = input_row("profit", 0, 9);
  const DayResult day = node.take(
      kDay, {joined(kAnn), with("other", "b2b", {nature, profit}),
             with("firm", "none", {nature, profit}), with("firm", "card", {nature, profit}),
             with("firm", "b2b", {nature}), with("firm", "b2b", {nature, input_row("size", 1)}),
             with("firm", "b2b", {input_row("nature", 0), profit}),
             with("firm", "b2b", {nature, input_row("profit", 0, 10)}),
             with("firm", "b2b", {nature, input_row("profit", 0)}),
             with("firm", "b2b", {input_row("nature", 0), input_row("size", 1)}),
             with("firm", "", {nature, profit}), sheet_row(kBob, "firm", "", {nature, profit})});
  EXPECT_EQ(returned_of(day), (Texts{"2 UNKNOWN_NAME", "3 UNKNOWN_NAME", "4 UNKNOWN_NAME",
                                     "5 UNKNOWN_NAME", "6 UNKNOWN_NAME", "7 STATE", "8 STATE",
                                     "9 STATE", "10 UNKNOWN_NAME", "12 NOT_HOME"}));
  EXPECT_TRUE(node.history(kAnn).empty());
}

// --- Live ---------------------------------------------------------------------------------------

std::string code_of(const LiveAnswer& answer) {
  return answer.code == 0 ? "DONE" : std::string(word(static_cast<ReturnCode>(answer.code)));
}
BusinessTime noon(BusinessDate date) {
  return BusinessTime::of(date, 12 * 3600);
}
MemberRequest live_row(const Row& row, std::string_view reference, BusinessDate date = kNext) {
  MemberRequest out{.row = row.says[0], .inputs = row.inputs};
  out.row.id = id_of(kP1, date, reference);
  return out;
}

class LiveStanding : public ::testing::Test {
 protected:
  LiveStanding() {
    node_.take(kDay, {joined(kAnn)});
    node_.home().open_day(kNext, 2);
    EXPECT_FALSE(node_.home().take_rows(1));
  }
  LiveAnswer ask(const MemberRequest& request, BusinessDate on = kNext) {
    return node_.home().take_member(request, noon(on));
  }
  StandingNode node_{standing_programme()};
};

TEST_F(LiveStanding, AProposalAndItsDecision) {
  EXPECT_EQ(code_of(ask(live_row(propose_row(kAnn, "vip", kApril), "V-1"))), "DONE");
  const TransactionId proposal = id_of(kP1, kNext, "V-1");
  EXPECT_EQ(code_of(ask(live_row(decide_row(proposal, true, "S-1"), "D-1"))), "ONE_PERSON");
  const MemberRequest decision = live_row(decide_row(proposal, true), "D-2");
  const LiveAnswer done = ask(decision);
  EXPECT_EQ(code_of(done), "DONE");
  EXPECT_EQ(done.entry, EntryId(kP1, kNext, kLiveFrom + 1));
  node_.reload();
  EXPECT_EQ(ask(decision), done);
  EXPECT_EQ(code_of(ask(live_row(decide_row(proposal, false), "D-2"))), "DUPLICATE");
  EXPECT_EQ(code_of(ask(live_row(decide_row(proposal, true), "D-3"))), "STATE");
  EXPECT_EQ(node_.effective(kAnn, kNext), "vip");
}

TEST_F(LiveStanding, WithoutAnIdNothingIsDecided) {
  MemberRequest decision = live_row(decide_row(own_id(kDay, 1), true), "D-1");
  decision.row.id = {};
  EXPECT_EQ(code_of(ask(decision)), "INVALID");
  EXPECT_EQ(code_of(ask(live_row(decide_row(own_id(kDay, 1), true), "D-1"))), "UNKNOWN_PARENT");
  EXPECT_EQ(code_of(ask(live_row(propose_row(kAnn, "vip", month_of(2007, 3)), "V-1"))), "STATE");
  EXPECT_EQ(code_of(ask(live_row(plan_row(kAnn, "p-199"), "P-1"))), "INVALID");
}

// What makes no lots needs no day of its own: it is decided while another one is open.
TEST_F(LiveStanding, OnTheDayAfterTheOpenOneToo) {
  const BusinessDate after = kNext.plus_days(1);
  const MemberRequest proposal = live_row(propose_row(kAnn, "vip", kApril), "V-1", after);
  EXPECT_EQ(code_of(ask(proposal)), "AGAIN_LATER");  // the id's date
  const LiveAnswer done = ask(proposal, after);
  EXPECT_EQ(code_of(done), "DONE");
  EXPECT_EQ(done.entry, EntryId(kP1, after, kLiveFrom));
  EXPECT_EQ(
      code_of(ask(live_row(decide_row(proposal.row.id, true), "D-1", after), after.plus_days(1))),
      "AGAIN_LATER");
  node_.reload();
  DayFile file{.sender = kP1, .date = kNext, .sequence = 2};
  add_rows(file, {earn(kAnn, kApril, 5)});
  node_.home().bring_file(file);
  while (node_.home().take_rows(9)) {
  }
  EXPECT_EQ(movements_of(node_.home().end_day()), Texts{"EARN 1 ISSUED 1 5"});
  node_.home().open_day(after, 3);
  EXPECT_EQ(ask(proposal, after), done);
  const LiveAnswer decided = ask(live_row(decide_row(proposal.row.id, true), "D-1", after), after);
  EXPECT_EQ(code_of(decided), "DONE");
  EXPECT_EQ(decided.entry, EntryId(kP1, after, kLiveFrom + 1));
  EXPECT_TRUE(node_.has(kAnn, "vip", after));
}

// April's flag ends with April; decided anew live for the first of May, while its last day is open.
TEST(LiveReview, ARenewalForTheNextDayTakesNothingFromTheOpenOne) {
  StandingNode node(standing_programme());
  const BusinessDate last = on(2007, 4, 30);
  const BusinessDate may = on(2007, 5, 1);
  node.take(kDay, {joined(kAnn), propose_row(kAnn, "vip", kApril),
                   decide_row(own_id(kDay, 2), true), legacy_row(kAnn, "old", kApril)});
  node.home().open_day(last, 2);
  EXPECT_FALSE(node.home().take_rows(1));
  const auto ask = [&node](const Row& row, std::string_view reference, BusinessDate date) {
    return code_of(node.home().take_member(live_row(row, reference, date), noon(date)));
  };
  EXPECT_EQ(ask(propose_row(kAnn, "vip", month_of(2007, 6)), "V-1", last), "DONE");
  EXPECT_EQ(ask(decide_row(id_of(kP1, last, "V-1"), true), "D-1", may), "DONE");
  node.reload();
  EXPECT_TRUE(node.has(kAnn, "vip", last));
  EXPECT_TRUE(node.has(kAnn, "vip", on(2007, 4, 1)));
  EXPECT_FALSE(node.has(kAnn, "vip", on(2007, 3, 31)));
  EXPECT_TRUE(node.has(kAnn, "vip", on(2007, 6, 30)));
  EXPECT_FALSE(node.has(kAnn, "vip", on(2007, 7, 1)));
  EXPECT_EQ(node.effective(kAnn, may), "vip");
  const auto since = [&node](BusinessDate day) {
    const Programme& version = *node.book().programmes().of_day(day);
    const auto held = node.book().held_on(0, day);
    const auto vip = std::ranges::find(held, version.find_grade("vip"), &programme::Held::grade);
    return vip == held.end() ? BusinessDate{} : vip->from;
  };
  EXPECT_EQ(since(last), on(2007, 4, 1));
  EXPECT_EQ(since(may), may);
  // Who proposed and decided is known of what was given last alone.
  const std::uint16_t vip = node.book().names().flags.find("vip");
  EXPECT_EQ(node.book().flag_on(0, vip, may)->proposal, 1U);
  EXPECT_EQ(node.book().flag_on(0, vip, last)->proposal, book::kNone);
  EXPECT_EQ(node.book().flag_on(0, vip, last)->to, kApril.count());
  EXPECT_FALSE(node.book().flag_on(0, vip, on(2007, 3, 31)));
}

// What was given last by then counts, though something of before would last longer.
TEST(LiveReview, OfSeveralOfBeforeTheLastOneCounts) {
  StandingNode node(standing_programme());
  const auto give = [](std::uint32_t serial, BusinessDate date) {
    return decide_row(own_id(date, serial), true);
  };
  const BusinessDate june = on(2007, 6, 5);
  node.take(kDay, {joined(kAnn), propose_row(kAnn, "vip", month_of(2007, 6)), give(2, kDay),
                   propose_row(kAnn, "vip", kApril), give(4, kDay)});
  node.take(june, {propose_row(kAnn, "vip", month_of(2007, 6)), give(1, june)});
  EXPECT_TRUE(node.has(kAnn, "vip", kDay));
  EXPECT_FALSE(node.has(kAnn, "vip", on(2007, 5, 1)));
  EXPECT_TRUE(node.has(kAnn, "vip", june));
}

// While a day is opened what was put off is posted, and what it cites ascends.
TEST_F(LiveStanding, WhileADayIsBeingOpenedToo) {
  const BusinessDate after = kNext.plus_days(1);
  DayFile file{.sender = kP1, .date = kNext, .sequence = 2};
  LiveCommand redemption{.row = redeem(kAnn, 5).row};
  redemption.row.id = id_of(kP1, after, "R-1");
  add_rows(file, {earn(kAnn, kApril, 9)});
  node_.home().bring_file(file);
  while (node_.home().take_rows(9)) {
  }
  EXPECT_EQ(node_.home().take_live(redemption, noon(after)).code, 0);
  (void)node_.home().end_day();
  node_.home().open_day(after, 3);
  ASSERT_FALSE(node_.home().opening_is_over());
  const LiveAnswer done = ask(live_row(propose_row(kAnn, "vip", kApril), "V-1", after), after);
  EXPECT_EQ(code_of(done), "DONE");
  EXPECT_EQ(done.entry, EntryId(kP1, after, kLiveFrom + 1));
  EXPECT_EQ(code_of(ask(live_row(profile(kAnn), "P-1", after), after)), "AGAIN_LATER");
  while (node_.home().take_rows(9)) {
  }
  EXPECT_TRUE(node_.home().opening_is_over());
  EXPECT_EQ(code_of(ask(live_row(profile(kAnn), "P-1", after), after)), "DONE");
}

TEST(GradeRow, FromBeforeTheLastOneItIsAnotherRecord) {
  StandingNode node(standing_programme());
  node.take(kDay, {joined(kAnn), grade_row(kAnn, "card", "gold", on(2007, 4, 4)),
                   grade_row(kAnn, "card", "gold", on(2007, 4, 2))});
  EXPECT_EQ(node.history(kAnn),
            (Texts{"REVIEW gold 2007-04-02 2008-04-02", "REVIEW gold 2007-04-04 2008-04-04"}));
  EXPECT_EQ(node.level(kAnn, "card", on(2007, 4, 3)), "gold");
  EXPECT_EQ(node.level(kAnn, "card", on(2007, 4, 1)), "ordinary");
}

TEST(CarriedOut, RowsOfStandingAre) {
  for (const MemberKind kind : {MemberKind::kPlan, MemberKind::kVipPropose, MemberKind::kVipDecide,
                                MemberKind::kLegacy, MemberKind::kSheet}) {
    EXPECT_TRUE(carried_out(kind)) << word(kind);
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
