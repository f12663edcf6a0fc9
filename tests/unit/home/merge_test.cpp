// Numbers of one customer that are merged, and unmerged: what passes, what comes back, and that the
// clearing takes all of it (docs/decisions/0023-programme-format.md, section 2, rulings 83 to 89).
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/home/grades.h"
#include "tests/unit/home/merges.h"
#include "tests/unit/home/orders.h"
#include "tests/unit/home/standing.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCarl = member_of(3);
const Month kMarch = month_of(2007, 3);
const BusinessDate kNext = kDay.plus_days(1);
const TransactionId kMerge = id_of(kP1, kDay, "m-1");

TEST(Merge, PassesLotsDebtsAndAccountsAndGivesBackWhatIsLeftOfThem) {
  TakenNode node(plain());
  const DayResult day =
      node.take(kDay, {bill(kAnn, kMarch, 10'000), earn(kAnn, kMarch, 50), redeem(kAnn, 30),
                       bill(kBob, kMarch, 7'000, "B-1"), unearn(kAnn, lot(kDay, 2), 200),
                       earn(kAnn, kMarch, 90), merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(returned_of(day), Texts{});
  // 150 - 30 - 120 taken back leave a debt of 80, of which the next lot repays all.
  EXPECT_EQ(movements_of(day),
            (Texts{"EARN 1 ISSUED 1 100", "EARN 2 ISSUED 2 50", "EARN 4 ISSUED 4 70",
                   "UNEARN 5 ISSUED 2 -50", "UNEARN 5 ISSUED 1 -70", "UNEARN 5 ISSUED debt1 -80",
                   "EARN 6 ISSUED 6 90", "REPAY 6 REPAID 6 -80", "REPAY 6 REPAID debt1 80",
                   "REASSIGN 7 MOVED 6 -10", "REASSIGN 7 MOVED 6 10"}));
  EXPECT_EQ(node.points(kAnn), 0);
  EXPECT_EQ(node.points(kBob), 80);
  EXPECT_EQ(node.holder(lot(kDay, 6)), kBob);
  node.agree({kAnn, kBob});
  // The account earns at the new number, and what it earned goes back with it.
  const DayResult back = node.take(
      kNext, {bill(kBob, month_of(2007, 2), 2'000), redeem(kBob, 5), unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(returned_of(back), Texts{});
  EXPECT_EQ(node.points(kAnn), 25);
  EXPECT_EQ(node.points(kBob), 70);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 100);
  node.agree({kAnn, kBob});
  EXPECT_EQ(returned_of(node.take(kNext.plus_days(1),
                                  {unmerge_row(kMerge, kAnn), bill(kAnn, month_of(2007, 1), 100)})),
            Texts{"1 STATE"});
}

TEST(Merge, DebtsPassWithTheWholeNumberAndStay) {
  TakenNode node(plain());
  const DayResult day =
      node.take(kDay, {earn(kAnn, kMarch, 50), redeem(kAnn, 50), unearn(kAnn, lot(kDay, 1), 40),
                       earn(kBob, kMarch, 100), merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(movements_of(day).back(), "REASSIGN 5 MOVED debt1 -40");
  EXPECT_EQ(node.home().balance(kBob, kDay)->available, 60);
  EXPECT_EQ(node.home().balance(kAnn, kDay)->debts, 0);
  node.agree({kAnn, kBob});
  node.take(kNext, {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.home().balance(kBob, kNext)->debts, 40);
  node.agree({kAnn, kBob});
}

TEST(Merge, AnAccountTakesItsOwnLotsAlone) {
  TakenNode node(plain());
  const DayResult day = node.take(
      kDay, {bill(kAnn, kMarch, 10'000), bill(kAnn, kMarch, 20'000, "A-2"), earn(kAnn, kMarch, 7),
             merge_row(kAnn, kBob, "A-2"), bill(kBob, kMarch, 300, "B-1")});
  EXPECT_EQ(returned_of(day), Texts{"4 NOT_HOME"});
  const DayResult next =
      node.take(kNext, {merge_row(kAnn, kBob, "A-2"), bill(kAnn, month_of(2007, 2), 100, "A-2"),
                        bill(kBob, month_of(2007, 2), 100, "A-2"), merge_row(kAnn, kBob, "A-2"),
                        merge_row(kAnn, kBob, "Z-1")});
  EXPECT_EQ(returned_of(next), (Texts{"2 NO_ACCOUNT", "4 NO_ACCOUNT", "5 NO_ACCOUNT"}));
  EXPECT_EQ(node.points(kAnn), 107);
  EXPECT_EQ(node.points(kBob), 204);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 203);
  node.reload();
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 100);
  node.take(kNext.plus_days(1), {unmerge_row(own_id(kNext, 1), kAnn)});
  EXPECT_EQ(node.points(kAnn), 308);
  EXPECT_EQ(node.points(kBob), 3);
  node.agree({kAnn, kBob});
}

TEST(Merge, RowsOfAMergedNumberComeBackButRefunds) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), redeem(kAnn, 60), hold(kBob, 1, kNext),
                   bill(kBob, kMarch, 500, "B-1"), merge_row(kAnn, kBob, {}, kMerge)});
  const DayResult day = node.take(
      kNext, {bill(kAnn, month_of(2007, 2), 100), earn(kAnn, kMarch, 1), redeem(kAnn, 1),
              profile(kAnn), withdraw(1, 2), unearn(kAnn, lot(kDay, 1), 1), transfer(kAnn),
              merge_row(kAnn, kCarl), merge_row(kBob, kAnn), refund(own_id(kDay, 2), kBob, 10),
              refund(own_id(kDay, 2), kAnn, 25), unmerge_row(kMerge, kBob)});
  EXPECT_EQ(returned_of(day),
            (Texts{"1 MERGED", "2 MERGED", "3 MERGED", "4 MERGED", "5 MERGED", "6 MERGED",
                   "7 MERGED", "8 MERGED", "9 MERGED", "10 UNKNOWN_PARENT", "12 UNKNOWN_PARENT"}));
  EXPECT_EQ(slices_of(day), Texts{"REDEEMED 1 25"});
  EXPECT_EQ(movements_of(day), Texts{});
  EXPECT_EQ(node.points(kBob), 70);
  EXPECT_EQ(node.left(lot(kDay, 1)), 65);
  node.agree({kAnn, kBob});
}

TEST(Merge, WhatComesBackIntoAnEmptyLotFollowsAtOnce) {
  TakenNode node(plain());
  node.take(kDay,
            {bill(kAnn, kMarch, 10'000), redeem(kAnn, 100), earn(kAnn, kMarch, 8), redeem(kAnn, 8),
             bill(kBob, kMarch, 500, "B-1"), merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(node.holder(lot(kDay, 1)), kAnn);
  const DayResult day =
      node.take(kNext, {refund(own_id(kDay, 2), kAnn, 40), refund(own_id(kDay, 4), kAnn, 3)});
  EXPECT_EQ(movements_of(day),
            (Texts{"REASSIGN 3000000000 MOVED 1 -40", "REASSIGN 3000000000 MOVED 1 40",
                   "REASSIGN 3000000001 MOVED 3 -3", "REASSIGN 3000000001 MOVED 3 3"}));
  EXPECT_EQ(node.points(kBob), 48);
  node.agree({kAnn, kBob});
  node.reload();
  // All that came goes back, the lot of no account too; what is spent meanwhile comes back later.
  node.take(kNext.plus_days(1), {redeem(kBob, 46), unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.points(kAnn) + node.points(kBob), 2);
  node.reload();
  node.take(kNext.plus_days(2), {refund(own_id(kNext.plus_days(1), 1), kBob, 46)});
  EXPECT_EQ(node.points(kAnn), 43);
  EXPECT_EQ(node.points(kBob), 5);
  node.agree({kAnn, kBob});
}

TEST(Merge, ARefundAndAnUnmergeOnOneDayInWhateverOrderTheirEntriesLie) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), redeem(kAnn, 100), bill(kBob, kMarch, 500, "B-1"),
                   merge_row(kAnn, kBob, {}, kMerge)});
  const DayResult day =
      node.take(kNext, {refund(own_id(kDay, 2), kAnn, 40), unmerge_row(kMerge, kAnn),
                        merge_row(kAnn, kBob), refund(own_id(kDay, 2), kAnn, 1)});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(node.holder(lot(kDay, 1)), kBob);
  node.agree({kAnn, kBob});
}

TEST(Merge, LiveRefundsUnderTheOldNumber) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), redeem(kAnn, 100), bill(kBob, kMarch, 500, "B-1"),
                   merge_row(kAnn, kBob, {}, kMerge)});
  node.open(kNext);
  EXPECT_EQ(
      text_of(node.live(refund(own_id(kDay, 2), kAnn, 40), id_of(kP2, kNext, "r"), at(kNext, 9))),
      "OK 0: 1 40");
  EXPECT_EQ(text_of(node.live(redeem_from(kP2, id_of(kP2, kNext, "s"), kAnn, 1),
                              id_of(kP2, kNext, "s"), at(kNext, 9))),
            "MERGED 0");
  EXPECT_EQ(text_of(node.live(redeem_from(kP2, id_of(kP2, kNext, "t"), kBob, 44),
                              id_of(kP2, kNext, "t"), at(kNext, 9))),
            "OK 1: 1 40, 3 4");
  // One of tomorrow's is put off: until then nothing passes.
  EXPECT_EQ(text_of(node.live(refund(own_id(kDay, 2), kAnn, 10), id_of(kP2, kNext, "u"),
                              at(kNext.plus_days(1), 1))),
            "OK 0: 1 10");
  EXPECT_EQ(returned_of(node.close({unmerge_row(kMerge, kAnn)})), Texts{"1 HOLD_OPEN"});
  node.agree({kAnn, kBob});
  node.open(kNext.plus_days(1));
  EXPECT_EQ(returned_of(node.close({unmerge_row(kMerge, kAnn)})), Texts{});
  EXPECT_EQ(node.points(kAnn), 10);
  node.agree({kAnn, kBob});
}

TEST(Merge, ThroughSeveralNumbersTheLastOneIsUndoneFirst) {
  const TransactionId second = id_of(kP1, kDay, "m-2");
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), earn(kAnn, kMarch, 9), earn(kBob, kMarch, 20),
                   earn(kCarl, kMarch, 30), merge_row(kAnn, kBob, {}, kMerge),
                   merge_row(kBob, kCarl, {}, second)});
  EXPECT_EQ(node.points(kCarl), 159);
  node.reload();
  const DayResult day = node.take(kNext, {unmerge_row(kMerge, kAnn), redeem(kCarl, 159),
                                          unmerge_row(second, kBob), unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(returned_of(day), Texts{"1 MERGED"});
  node.reload();
  node.take(kNext.plus_days(1), {refund(own_id(kNext, 2), kCarl, 159)});
  EXPECT_EQ(node.points(kAnn), 109);
  EXPECT_EQ(node.points(kBob), 20);
  EXPECT_EQ(node.points(kCarl), 30);
  node.agree({kAnn, kBob, kCarl});
}

TEST(Merge, NothingIsHeldOrInTransit) {
  TakenNode node(plain());
  const DayResult day =
      node.take(kDay, {earn(kAnn, kMarch, 50), earn(kBob, kMarch, 20), hold(kBob, 5, kNext),
                       merge_row(kAnn, kBob), merge_row(kBob, kAnn), void_hold(own_id(kDay, 3)),
                       merge_row(kAnn, kBob)});
  EXPECT_EQ(returned_of(day), (Texts{"4 HOLD_OPEN", "5 HOLD_OPEN"}));
  TakenNode other(plain());
  const Member guest = member_of(1, kP2);
  EXPECT_EQ(returned_of(other.take(
                kDay, {earn(kAnn, kMarch, 50), move_in(guest, kP2, {}), merge_row(kAnn, guest),
                       merge_row(guest, kAnn), confirm(own_id(kDay, 2)), merge_row(guest, kAnn)})),
            (Texts{"3 MOVE_OPEN", "4 MOVE_OPEN"}));
}

TEST(Merge, NothingIsOrderedAndADeliveredOrderIsReturnedUnderTheOldNumber) {
  using namespace of_orders;
  TakenNode node(catalogue());
  const TransactionId ordered = id_of(kP1, kDay, "o-1");
  Row order = member_row(MemberKind::kOrder, kAnn);
  std::ranges::copy(std::string_view("handset"), order.says[0].name[0].begin());
  order.says[0].number[0] = 1;
  order.row.id = ordered;
  order.says[0].id = ordered;
  const auto& prices = node.book().programmes().of_day(kDay)->rows().prices;
  const auto found = std::ranges::find_if(
      prices, [](const programme::Price& one) { return one.item.name == "handset"; });
  ASSERT_NE(found, prices.end());
  order.says[0].points = found->points;
  order.says[0].fen[0] = found->cash;
  Row state = member_row(MemberKind::kOrderState, {});
  state.says[0].parent = ordered;
  state.says[0].word = 2;  // DELIVERED
  Row back = state;
  back.says[0].word = 3;  // RETURNED
  const DayResult day = node.take(kDay, {earn(kAnn, kMarch, 90'000), earn(kBob, kMarch, 1), order,
                                         merge_row(kAnn, kBob), state, merge_row(kAnn, kBob)});
  EXPECT_EQ(returned_of(day), Texts{"4 HOLD_OPEN"});
  EXPECT_EQ(returned_of(node.take(kNext, {back})), Texts{});
  EXPECT_EQ(node.points(kBob), 90'001);
  node.agree({kAnn, kBob});
}

TEST(Merge, WhatWasEarnedPassesWithTheWholeNumber) {
  programme::Rows rows = plain();
  rows.limits.earned_min = 100;
  TakenNode node(rows);
  const DayResult day =
      node.take(kDay, {earn(kAnn, kMarch, 120), redeem(kAnn, 120), earn(kBob, kMarch, 10),
                       redeem(kBob, 1), merge_row(kAnn, kBob, {}, kMerge), redeem(kBob, 1)});
  EXPECT_EQ(returned_of(day), Texts{"4 EARNED_TOO_LITTLE"});
  EXPECT_EQ(returned_of(node.take(kNext, {unmerge_row(kMerge, kAnn), redeem(kBob, 1)})),
            Texts{"2 EARNED_TOO_LITTLE"});
}

TEST(Merge, RatingPointsPassAndComeBack) {
  TakenNode node(plain());
  node.take(kDay, {earn(kAnn, kMarch, 40, Source::kAward, 1), bill(kAnn, kMarch, 1'000),
                   earn(kBob, kMarch, 2, Source::kAward, 1), merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(node.rating_points(kBob, kMarch), 52);
  node.reload();
  node.take(kNext, {earn(kBob, kMarch, 3, Source::kAward, 1), unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 50);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 5);
}

// --- what waited for a profile -------------------------------------------------------------------

TEST(Merge, WhatWaitedForAProfileIsCreditedByTheMergeIntoANumberWithOne) {
  for (const bool whole : {true, false}) {
    TakenNode node(small_programme(on(2004, 1, 1)));
    const DayResult day =
        node.take(kDay, {bill(kAnn, month_of(2006, 9), 700), bill(kAnn, month_of(2006, 10), 2'000),
                         bill(kAnn, kMarch, 10'000), bill(kAnn, kMarch, 400, "A-2"), profile(kBob),
                         merge_row(kAnn, kBob, whole ? "" : "A-1", kMerge)});
    EXPECT_EQ(returned_of(day), Texts{});
    Texts given{"EARN 3000000000 ISSUED 3000000000 20", "EARN 3000000001 ISSUED 3000000001 100"};
    if (whole) {
      given.push_back("EARN 3000000002 ISSUED 3000000002 4");
    }
    EXPECT_EQ(movements_of(day), given);
    EXPECT_EQ(node.points(kBob), whole ? 124 : 120);
    EXPECT_EQ(node.rating_points(kBob, kMarch), whole ? 104 : 100);
    node.agree({kAnn, kBob});
    node.reload();
    // It is the account's: it goes back with it, and nothing is credited a second time.
    const DayResult back = node.take(kNext, {unmerge_row(kMerge, kAnn), profile(kAnn)});
    EXPECT_EQ(returned_of(back), Texts{});
    EXPECT_EQ(node.points(kAnn), 124);
    EXPECT_EQ(node.points(kBob), 0);
    node.agree({kAnn, kBob});
  }
}

TEST(Merge, WhatWaitedUnderTheOtherNumberIsCreditedWhenItGoesBackToOneWithAProfile) {
  TakenNode node(small_programme(on(2004, 1, 1)));
  node.take(kDay, {profile(kAnn), bill(kAnn, kMarch, 1'000), bill(kBob, kMarch, 500, "B-1"),
                   merge_row(kAnn, kBob, {}, kMerge), bill(kBob, month_of(2007, 2), 300)});
  EXPECT_EQ(node.points(kBob), 10);
  node.take(kNext, {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.points(kAnn), 13);
  EXPECT_EQ(node.points(kBob), 0);
  node.agree({kAnn, kBob});
}

// A journal of before replays to the same batches.
TEST(Merge, ByTheRulesOfBeforeNothingIsCreditedAndLessStaysWithTheNumber) {
  TakenNode node(small_programme(on(2004, 1, 1)));
  node.use_rules(1);
  node.take(kDay, {bill(kAnn, kMarch, 10'000), profile(kBob), bill(kBob, kMarch, 500, "B-1"),
                   merge_row(kAnn, kBob, {}, kMerge), unearn(kBob, lot(kDay, 3), 2)});
  EXPECT_EQ(node.points(kBob), 3);
  node.take(kNext, {profile(kCarl), merge_row(kBob, kCarl, "B-1")});
  EXPECT_EQ(node.rating_points(kBob, kMarch), -2);
  EXPECT_EQ(node.rating_points(kCarl, kMarch), 5);
}

// Neither what waits for the end of arrears, nor what the number's own profile puts off for ever.
TEST(Merge, NothingElseThatWaitsIsCreditedByAMerge) {
  Row arrears = member_row(MemberKind::kArrears, kAnn, "A-1");
  arrears.says[0].word = 2;
  Row ended = member_row(MemberKind::kArrears, kBob, "A-1");
  ended.says[0].word = 1;
  TakenNode node(small_programme(on(2004, 1, 1)));
  node.take(kDay, {bill(kAnn, kMarch, 10'000), bill(kAnn, month_of(2007, 2), 900, "A-2"), arrears,
                   profile(kBob), merge_row(kAnn, kBob, "A-1", kMerge), merge_row(kAnn, kCarl)});
  EXPECT_EQ(node.points(kBob), 0);
  EXPECT_EQ(returned_of(node.take(kNext, {ended})), Texts{});
  EXPECT_EQ(node.points(kBob), 100);
  // Who waits in arrears has a profile: nothing waits for one.
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.earn.catch_up_months = 0;
  Row over = arrears;
  over.says[0].word = 1;
  TakenNode other(rows);
  other.take(kDay,
             {profile(kAnn), profile(kBob), account_row(kAnn, "A-1", month_of(2006, 1)), arrears,
              bill(kAnn, month_of(2007, 1), 700), over, merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(other.points(kAnn) + other.points(kBob), 0);
}

std::string level_of(const ProgrammeNode& node, Member member, std::string_view grading,
                     BusinessDate on) {
  const auto number =
      static_cast<std::uint8_t>(node.book().names().gradings.find(std::string(grading)));
  const programme::Grade grade =
      node.book().grade_held_on(node.home().number_of(member), number, on);
  return node.book().names().levels[number].name(grade.level) + " " +
         std::string(programme::word(grade.reason));
}

TEST(Merge, GradesAreTheHigherOfBothAndThenTheLower) {
  TakenNode node(graded_programme());
  node.take(kDay, {grade_row(kAnn, "level", "gold", on(2007, 1, 1), on(2008, 1, 1).count()),
                   earn(kAnn, kMarch, 1), earn(kBob, kMarch, 1)});
  node.take(kNext, {grade_row(kAnn, "level", "gold", on(2007, 1, 1), on(2008, 1, 1).count()),
                    grade_row(kBob, "level", "silver", on(2007, 1, 1)),
                    merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(level_of(node, kBob, "level", kNext), "gold MERGED");
  // Nobody falls because the run is late.
  EXPECT_EQ(level_of(node, kBob, "level", on(2008, 1, 20)), "gold MERGED");
  node.reload();
  node.take(kNext.plus_days(1), {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(level_of(node, kAnn, "level", kNext.plus_days(1)), "silver MERGED");
  EXPECT_EQ(level_of(node, kBob, "level", kNext.plus_days(1)), "silver MERGED");
}

TEST(Merge, ByPlanTheyFollowTheAccountsAndWithoutARunTheReasonStays) {
  Row plan = member_row(MemberKind::kPlan, kAnn, "A-1");
  std::ranges::copy(std::string_view("p-199"), plan.says[0].name[0].begin());
  TakenNode node(standing_programme());
  node.take(kDay, {bill(kAnn, kMarch, 100), bill(kBob, kMarch, 100, "B-1"), plan,
                   grade_row(kAnn, "card", "gold", kDay, on(2007, 6, 1).count()),
                   merge_row(kAnn, kBob, "A-1", kMerge)});
  EXPECT_EQ(level_of(node, kBob, "plan", kDay), "plan-gold PLAN");
  EXPECT_EQ(level_of(node, kAnn, "plan", kDay), "no-plan PLAN_ENDED");
  EXPECT_EQ(level_of(node, kBob, "card", kDay), "ordinary ");
  node.take(kNext, {unmerge_row(kMerge, kAnn), merge_row(kAnn, kBob)});
  EXPECT_EQ(level_of(node, kBob, "plan", kNext), "plan-gold PLAN");
  EXPECT_EQ(level_of(node, kBob, "card", kNext), "gold REVIEW");
  EXPECT_EQ(level_of(node, kBob, "card", on(2007, 6, 1)), "ordinary ");
}

TEST(Merge, ALevelIsAwardedOnceToOneCustomer) {
  programme::Rows rows = graded_programme();
  rows.head.profile_required = false;
  rows.level_award.mode = programme::AwardMode::kOnEntry;
  rows.level_award.grading = {.name = "level"};
  rows.level_rates = {{.level = {.name = "silver"}, .points = 5},
                      {.level = {.name = "gold"}, .points = 70}};
  TakenNode node(rows);
  node.take(kDay, {earn(kAnn, kMarch, 1), earn(kBob, kMarch, 1)});
  const DayResult day = node.take(
      kNext, {grade_row(kAnn, "level", "gold", kNext), merge_row(kAnn, kBob, {}, kMerge)});
  EXPECT_EQ(level_of(node, kBob, "level", kNext), "gold MERGED");
  EXPECT_EQ(node.points(kAnn) + node.points(kBob), 72);
  EXPECT_EQ(day.movements.size(), 5U);
}

TEST(Merge, ARunForgetsWhoWasMerged) {
  GradedNode node;
  const BusinessDate december = on(2008, 12, 30);
  node.day(december,
           {profile(kAnn), profile(kBob), profile(kCarl), bill(kAnn, month_of(2008, 11), 40'000),
            bill(kBob, month_of(2008, 11), 20'000, "B-1"),
            bill(kCarl, month_of(2008, 11), 20'000, "C-1")});
  node.day(on(2009, 1, 4));
  node.count();
  node.day(on(2009, 1, 5), {merge_row(kAnn, kBob, "A-1"), merge_row(kCarl, kBob),
                            unmerge_row(own_id(on(2009, 1, 5), 1), kAnn)});
  node.home().publish_run(1);
  node.day(on(2009, 1, 6));
  EXPECT_EQ(level_of(node, kBob, "level", on(2009, 1, 6)), "silver ANNUAL");
  EXPECT_EQ(level_of(node, kAnn, "level", on(2009, 1, 6)), "ordinary ");
  EXPECT_EQ(level_of(node, kCarl, "level", on(2009, 1, 6)), "ordinary ");
}

// A lot that left with one number and comes back under another, as they were merged elsewhere.
TEST(Merge, ALotComesBackUnderAnotherNumber) {
  const TransactionId out = id_of(kP2, kDay, "o");
  TakenNode node(plain());
  node.take(kDay, {earn(kAnn, kMarch, 50), earn(kBob, kMarch, 5), earn(kCarl, kMarch, 1),
                   move_out(out, kAnn, kP2)});
  const LotId its = lot(kDay, 1);
  const Lot as_it_was = node.home().lots(kAnn).front();
  const auto row = [&](std::int64_t points) {
    ChildRow one = lot_row(its, kMarch, as_it_was.expires_on, 50, points);
    one.source = Source::kTenure;
    return one;
  };
  node.take(kNext, {move_out(id_of(kP2, kNext, "p"), kBob, kP2)});
  const BusinessDate later = kNext.plus_days(1);
  node.take(later, {move_in(kBob, kP2, {row(40)}), confirm(own_id(later, 1)),
                    refund(id_of(kP2, kDay, "x"), kBob, 10, {row(10)}), merge_row(kBob, kCarl)});
  EXPECT_EQ(node.points(kCarl), 51);
  EXPECT_EQ(node.holder(its), kCarl);
  EXPECT_EQ(node.left(its), 50);
}

TEST(Merge, ADamagedSnapshotIsRefused) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), earn(kAnn, kMarch, 9), earn(kBob, kMarch, 20),
                   merge_row(kAnn, kBob, {}, kMerge)});
  std::vector<std::byte> saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  EXPECT_EQ(saved_bytes(*node.loaded(saved)), saved);
  // The tables of merges lie at the end: counts, a merge, its two parts.
  constexpr std::size_t kParts = 2 * sizeof(book::MergePart);
  const std::size_t merge = saved.size() - kParts - sizeof(book::MergeRecord);
  for (const auto& [at, value] : std::vector<std::pair<std::size_t, unsigned>>{
           {merge + 28, 3},                               // no such state
           {merge + 28, 2},                               // undone, but the number is away
           {merge + 29, 0},                               // of one account, with two parts
           {merge + 32, 1},                               // another member
           {merge + 36, 0},                               // into himself
           {merge + 44, 1},                               // fewer parts than there are
           {merge + 56, 200},                             // a first lot that isn't there
           {merge + 60, 1},                               // one behind an end that didn't come
           {merge + sizeof(book::MergeRecord), 7},        // no such part
           {merge + sizeof(book::MergeRecord) + 4, 200},  // a lot that isn't there
           {merge - sizeof(book::MergeHeader), 0}}) {     // no merges
    std::vector<std::byte> torn = saved;
    torn[at] = static_cast<std::byte>(value);
    EXPECT_FALSE(node.loaded(torn).has_value()) << at - merge;
  }
}

// Days in which anything may happen to four numbers and their accounts.
class RandomDays {
 public:
  explicit RandomDays(unsigned seed) : rng_(seed) {}

  std::vector<Row> rows_of(BusinessDate date) {
    date_ = date;
    rows_.clear();
    for (int n = 0; n < 8; ++n) {
      add_one(members_[pick(members_.size())]);
    }
    return std::move(rows_);
  }
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }

 private:
  std::size_t pick(std::size_t n) { return rng_() % n; }
  std::int64_t some(std::size_t n) { return static_cast<std::int64_t>(1 + pick(n)); }
  std::string_view an_account() { return accounts_[pick(accounts_.size())]; }
  [[nodiscard]] TransactionId next() const {
    return own_id(date_, static_cast<std::uint32_t>(rows_.size() + 1));
  }
  void add(Row row) { rows_.push_back(std::move(row)); }

  void add_one(Member one) {
    const std::size_t what = pick(9);
    if (what == 0) {
      const auto month = static_cast<std::uint16_t>(kMarch.count() - pick(20));
      add(bill(one, Month(month), 100 * some(90), an_account()));
    } else if (what == 1) {
      add(earn(one, kMarch, some(50), Source::kAward, 1));
    } else if (what <= 3) {
      redeemed_.emplace_back(next(), one);
      add(redeem(one, some(120)));
    } else if (what <= 5 && !redeemed_.empty()) {
      const auto& [id, whose] = redeemed_[pick(redeemed_.size())];
      add(refund(id, whose, some(60)));
    } else if (what == 6 && !merges_.empty() && pick(2) == 0) {
      const auto& [id, whose] = merges_[pick(merges_.size())];
      add(unmerge_row(id, whose));
    } else if (what <= 7) {
      merge(one, members_[pick(members_.size())]);
    } else if (pick(4) == 0) {
      add(transfer(one));
    } else {
      const TransactionId id = next();
      add(hold(one, some(20), date_));
      add(void_hold(id));
    }
  }
  void merge(Member one, Member into) {
    if (into != one) {
      merges_.emplace_back(next(), one);
      add(merge_row(one, into, pick(2) == 0 ? an_account() : std::string_view()));
    }
  }

  std::mt19937 rng_;
  std::vector<Member> members_{kAnn, kBob, kCarl, member_of(4)};
  std::vector<std::string_view> accounts_{"A-1", "A-2", "B-1", "C-1"};
  std::vector<std::pair<TransactionId, Member>> redeemed_;
  std::vector<std::pair<TransactionId, Member>> merges_;
  std::vector<Row> rows_;
  BusinessDate date_{};
};

TEST(Merge, RandomDaysAgreeWithTheClearing) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomDays days(seed);
    TakenNode node(plain());
    std::size_t passed = 0;
    for (int day = 0; day < 30; ++day) {
      const DayResult result = node.take(kDay.plus_days(day), days.rows_of(kDay.plus_days(day)));
      passed += static_cast<std::size_t>(std::ranges::count_if(
          result.movements, [](const Movement& one) { return one.kind == Kind::kReassign; }));
      node.agree(days.members());
      if (day % 7 == 0) {
        node.reload();
      }
    }
    EXPECT_GT(passed, 0U);
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
