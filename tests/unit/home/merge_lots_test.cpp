// Lots of numbers that are merged, here or elsewhere: each has one record at a home, what is taken
// back of it is owed by whoever has it now, and rating points go with what they were given for
// (docs/decisions/0023-programme-format.md, rulings 146 to 150).
#include <gtest/gtest.h>

#include "tests/unit/home/merges.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCarl = member_of(3);
const Member kGuest = member_of(1, kP2);
const Member kOther = member_of(2, kP2);
const Month kMarch = month_of(2007, 3);
const BusinessDate kNext = kDay.plus_days(1);
const BusinessDate kThird = kDay.plus_days(2);
const TransactionId kMerge = id_of(kP1, kDay, "m-1");
const TransactionId kThere = id_of(kP2, kDay.plus_days(-5), "x");
const LotId kBrought(kP2, kDay.plus_days(-9), 7);
const BusinessDate kExpires = on(2010, 4, 1);

// Of the lot that was earned elsewhere, 100 points.
ChildRow some_of_it(std::int64_t points, BusinessDate expires_on = kExpires) {
  return lot_row(kBrought, kMarch, expires_on, 100, points);
}
Row refund_there(Member member, std::int64_t points) {
  return refund(kThere, member, points, {some_of_it(60)});
}
// Redeemed there by the guest, 60, and merged there into the other one, who brings the rest.
std::vector<Row> both_come(std::int64_t rest) {
  return {move_in(kGuest, kP2, {}), confirm(own_id(kDay, 1)),
          move_in(kOther, kP2, {some_of_it(rest)}), confirm(own_id(kDay, 3))};
}

// --- what was given wrongly ---------------------------------------------------------------------

TEST(MergeLots, WhatWasGivenWronglyAndIsSpentIsADebtOfWhoHasTheNumberNow) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), earn(kAnn, kMarch, 8), redeem(kAnn, 108),
                   bill(kBob, kMarch, 500, "B-1"), merge_row(kAnn, kBob, {}, kMerge)});
  const DayResult day = node.take(
      kNext, {unearn(kAnn, lot(kDay, 1), 1), unearn(kBob, lot(kDay, 1), 40),
              unearn(kBob, lot(kDay, 2), 8), rebill(kBob, kMarch, lot(kDay, 1), 10'000, 9'000)});
  EXPECT_EQ(returned_of(day), Texts{"1 MERGED"});
  EXPECT_EQ(movements_of(day), (Texts{"UNEARN 2 ISSUED 4 -5", "UNEARN 2 ISSUED debt1 -35",
                                      "UNEARN 3 ISSUED debt1 -8", "UNEARN 4 ISSUED debt1 -10"}));
  EXPECT_EQ(node.home().balance(kBob, kNext)->debts, 53);
  node.agree({kAnn, kBob});
  node.reload();
  EXPECT_EQ(returned_of(node.take(kThird, {unmerge_row(kMerge, kAnn), unearn(kBob, lot(kDay, 1), 1),
                                           unearn(kAnn, lot(kDay, 1), 2)})),
            Texts{"2 UNKNOWN_PARENT"});
  EXPECT_EQ(node.home().balance(kAnn, kThird)->debts, 2);
  node.agree({kAnn, kBob});
}

TEST(MergeLots, OfAnAccountThatPassedItIsADebtOfWhoHasTheAccount) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), redeem(kAnn, 100), earn(kBob, kMarch, 1),
                   merge_row(kAnn, kBob, "A-1", kMerge)});
  const DayResult day =
      node.take(kNext, {unearn(kAnn, lot(kDay, 1), 40), unearn(kBob, lot(kDay, 1), 40)});
  EXPECT_EQ(returned_of(day), Texts{"1 UNKNOWN_PARENT"});
  EXPECT_EQ(node.home().balance(kBob, kNext)->debts, 39);
  EXPECT_EQ(node.home().balance(kAnn, kNext)->debts, 0);
  node.agree({kAnn, kBob});
}

TEST(MergeLots, APartnerReversesUnderTheNumberThatItGaveTo) {
  const TransactionId first = id_of(kAir, kDay, "a-1");
  const TransactionId second = id_of(kAir, kDay, "a-2");
  TakenNode node(plain());
  node.take(kDay, {accrual(first, kAnn, 100), accrual(second, kAnn, 50), redeem(kAnn, 120),
                   earn(kBob, kMarch, 200), merge_row(kAnn, kBob, {}, kMerge)});
  const DayResult day =
      node.take(kNext, {unissue(first, kBob, lot(kDay, 1), 1, id_of(kAir, kNext, "r-1")),
                        unissue(first, kAnn, lot(kDay, 1), 70, id_of(kAir, kNext, "r-2")),
                        unissue(second, kAnn, lot(kDay, 2), 40, id_of(kAir, kNext, "r-3"))});
  EXPECT_EQ(returned_of(day), Texts{"1 UNKNOWN_PARENT"});
  EXPECT_EQ(slices_of(day), (Texts{"ISSUED debt1 -70", "ISSUED 2 -30", "ISSUED debt1 -10"}));
  EXPECT_EQ(movements_of(day),
            (Texts{"REASSIGN 3000000000 MOVED debt1 70", "REASSIGN 3000000000 MOVED debt1 -70",
                   "REASSIGN 3000000001 MOVED debt1 10", "REASSIGN 3000000001 MOVED debt1 -10"}));
  EXPECT_EQ(node.home().balance(kBob, kNext)->debts, 80);
  EXPECT_EQ(node.home().balance(kBob, kNext)->available, 120);
  node.agree({kAnn, kBob});
  node.reload();
  node.take(kThird, {unmerge_row(kMerge, kAnn),
                     unissue(first, kAnn, lot(kDay, 1), 30, id_of(kAir, kThird, "r-4"))});
  EXPECT_EQ(node.home().balance(kAnn, kThird)->debts, 30);
  node.agree({kAnn, kBob});
}

TEST(MergeLots, APartnerReversesLiveUnderTheNumberThatItGaveTo) {
  const TransactionId first = id_of(kAir, kDay, "a-1");
  TakenNode node(plain());
  node.take(kDay, {accrual(first, kAnn, 100), redeem(kAnn, 70), earn(kBob, kMarch, 200),
                   merge_row(kAnn, kBob, {}, kMerge)});
  node.open(kNext);
  EXPECT_EQ(text_of(node.live(unissue(first, kAnn, lot(kDay, 1), 60, id_of(kAir, kNext, "r")),
                              id_of(kAir, kNext, "r"), at(kNext, 9))),
            "OK 0");
  EXPECT_EQ(text_of(node.live(unissue(first, kAnn, lot(kDay, 1), 20, id_of(kAir, kNext, "s")),
                              id_of(kAir, kNext, "s"), at(kThird, 1))),
            "OK 0");
  node.close();
  EXPECT_EQ(node.home().balance(kBob, kNext)->debts, 30);
  node.agree({kAnn, kBob});
  node.open(kThird);
  node.close();
  EXPECT_EQ(node.home().balance(kBob, kNext)->debts, 50);
  node.agree({kAnn, kBob});
}

// Merged into the other one at another home, and here: this number never had the lot here.
TEST(MergeLots, APartnerReversesUnderANumberThatNeverHadTheLotHere) {
  const TransactionId there = id_of(kAir, kDay.plus_days(-9), "a");
  TakenNode node(plain());
  node.take(kDay, both_come(40));
  node.take(kNext, {merge_row(kGuest, kOther, {}, kMerge)});
  const DayResult day =
      node.take(kThird, {unissue(there, kGuest, kBrought, 30, id_of(kAir, kThird, "r-1")),
                         unissue(there, kGuest, kBrought, 10, id_of(kAir, kThird, "r-2"))});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(slices_of(day), (Texts{"ISSUED 7 -30", "ISSUED 7 -10"}));
  EXPECT_EQ(node.points(kOther), 0);
  node.agree({kGuest, kOther});
  node.reload();
  node.take(kThird.plus_days(1), {unmerge_row(kMerge, kGuest)});
  node.agree({kGuest, kOther});
  TakenNode other(plain());
  other.take(kDay,
             {earn(kAnn, kMarch, 1), earn(kBob, kMarch, 100), merge_row(kAnn, kBob, {}, kMerge)});
  const DayResult last =
      other.take(kNext, {unissue(there, kAnn, lot(kDay, 2), 30, id_of(kAir, kNext, "r-1")),
                         unissue(there, kAnn, lot(kDay, 2), 80, id_of(kAir, kNext, "r-2"))});
  EXPECT_EQ(slices_of(last), (Texts{"ISSUED 2 -30", "ISSUED 2 -70", "ISSUED debt1 -10"}));
  EXPECT_EQ(other.points(kBob), 1);
  other.agree({kAnn, kBob});
}

// --- rating points ------------------------------------------------------------------------------

TEST(MergeLots, RatingPointsOfWhatWasTakenBackGoBackWithTheAccount) {
  for (const bool whole : {true, false}) {
    TakenNode node(plain());
    node.take(kDay, {bill(kAnn, kMarch, 10'000), bill(kBob, kMarch, 500, "B-1"),
                     merge_row(kAnn, kBob, whole ? "" : "A-1", kMerge)});
    node.take(kNext, {unearn(kBob, lot(kDay, 1), 30)});
    EXPECT_EQ(node.rating_points(kBob, kMarch), 75);
    node.reload();
    node.take(kThird, {unmerge_row(kMerge, kAnn)});
    EXPECT_EQ(node.rating_points(kAnn, kMarch), 70);
    EXPECT_EQ(node.rating_points(kBob, kMarch), 5);
  }
}

// What is less of a bill goes with it, whenever its account passes.
TEST(MergeLots, RatingPointsOfWhatWasTakenBackBeforePassWithTheAccount) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), bill(kAnn, kMarch, 300, "A-2"),
                   bill(kBob, kMarch, 500, "B-1"), unearn(kAnn, lot(kDay, 1), 30)});
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 73);
  const std::vector<std::byte> saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  EXPECT_EQ(saved_bytes(*node.loaded(saved)), saved);
  node.reload();
  node.take(kNext, {merge_row(kAnn, kBob, "A-1", kMerge)});
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 3);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 75);
  node.reload();
  node.take(kThird, {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 73);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 5);
  node.agree({kAnn, kBob});
}

Row spent_on_rings(Member member, std::int64_t fen) {
  Row out = member_row(MemberKind::kSpSpend, member, "A-1");
  out.says[0].month = kMarch;
  out.says[0].fen[0] = fen;
  std::ranges::copy(std::string_view("ring"), out.says[0].name[0].begin());
  return out;
}
programme::Rows rated_rings() {
  programme::Rows rows = plain();
  rows.sources[static_cast<std::size_t>(Source::kSp) - 1].rating = true;
  rows.sp_shares.push_back(
      {.service = "ring",
       .share = Ratio(1, 1),
       .in_force = {.from = on(2004, 1, 1), .to = BusinessDate(BusinessDate::kCount)}});
  return rows;
}

// Given before the merge, behind it and behind its end: less is where each was given.
TEST(MergeLots, RatingPointsOfALotOfTheDayOfAMergeAreLessWhereTheyWereGiven) {
  for (const bool whole : {true, false}) {
    for (const bool later : {false, true}) {
      TakenNode node(rated_rings());
      std::vector<Row> rows{
          account_row(kAnn, "A-1", kMarch), earn(kBob, kMarch, 1), spent_on_rings(kAnn, 10'000),
          merge_row(kAnn, kBob, whole ? "" : "A-1", kMerge), spent_on_rings(kBob, 2'000)};
      const std::vector<Row> back{unearn(kBob, lot(kDay, 3), 1), unearn(kBob, lot(kDay, 5), 4)};
      const std::vector<Row> end{unmerge_row(kMerge, kAnn), spent_on_rings(kAnn, 500)};
      if (!later) {
        rows.insert(rows.end(), back.begin(), back.end());
        rows.insert(rows.end(), end.begin(), end.end());
        rows.push_back(unearn(kAnn, lot(kDay, 9), 2));
        EXPECT_EQ(returned_of(node.take(kDay, rows)), Texts{});
        node.reload();
      } else {
        EXPECT_EQ(returned_of(node.take(kDay, rows)), Texts{});
        node.reload();
        EXPECT_EQ(returned_of(node.take(kNext, back)), Texts{});
        EXPECT_EQ(node.rating_points(kBob, kMarch), whole ? 115 : 16);
        EXPECT_EQ(returned_of(node.take(kThird, end)), Texts{});
        node.reload();
        node.take(kThird.plus_days(1), {unearn(kAnn, lot(kThird, 2), 2)});
      }
      EXPECT_EQ(node.rating_points(kAnn, kMarch), 102);
      EXPECT_EQ(node.rating_points(kBob, kMarch), 16);
      node.agree({kAnn, kBob});
    }
  }
}

// What stands beside a bill, taken back by a correction that names the bill's lot.
TEST(MergeLots, RatingPointsBesideABillOfTheDayOfAMergeAreLessWhereTheyWereGiven) {
  programme::Rows rows = plain();
  rows.tenure_award.mode = programme::AwardMode::kOptionA;
  rows.tenure_bands = {{.from = 0, .rate = Ratio(1, 10)}};
  for (const bool before : {false, true}) {
    TakenNode node(rows);
    std::vector<Row> all{account_row(kAnn, "A-1", month_of(2006, 1)), earn(kBob, kMarch, 1),
                         bill(kAnn, kMarch, 10'000), merge_row(kAnn, kBob, {}, kMerge)};
    if (!before) {
      all[2] = all[3];
      all[3] = bill(kBob, kMarch, 10'000);
    }
    EXPECT_EQ(returned_of(node.take(kDay, all)), Texts{});
    EXPECT_EQ(node.rating_points(kBob, kMarch), 110);
    node.take(kNext, {rebill(kBob, kMarch, lot(kDay, before ? 3 : 4), 10'000, 6'000)});
    EXPECT_EQ(node.rating_points(kBob, kMarch), 66);
    node.reload();
    node.take(kThird, {unmerge_row(kMerge, kAnn)});
    EXPECT_EQ(node.rating_points(kAnn, kMarch), before ? 66 : 60);
    EXPECT_EQ(node.rating_points(kBob, kMarch), before ? 0 : 6);
    node.agree({kAnn, kBob});
  }
}

// Without a merge: what is less stands behind counts of merges that are 0.
TEST(MergeLots, ADamagedSnapshotOfWhatIsLessWithoutAMergeIsRefused) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), unearn(kAnn, lot(kDay, 1), 30)});
  const std::vector<std::byte> saved = saved_bytes(node.home());
  const std::size_t counts = saved.size() - sizeof(book::TakenBackRecord) -
                             sizeof(book::TakenBackHeader) - sizeof(book::MergeHeader);
  for (const std::size_t at : {counts, counts + 8}) {
    std::vector<std::byte> torn = saved;
    torn[at] = std::byte{1};
    EXPECT_FALSE(node.loaded(torn).has_value()) << at - counts;
  }
}

TEST(MergeLots, ADamagedSnapshotOfWhatWasTakenBackIsRefused) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), earn(kBob, kMarch, 1),
                   merge_row(kAnn, kBob, {}, kMerge), unearn(kBob, lot(kDay, 1), 30)});
  const std::vector<std::byte> saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  EXPECT_EQ(saved_bytes(*node.loaded(saved)), saved);
  const std::size_t record = saved.size() - sizeof(book::TakenBackRecord);
  for (const auto& [at, value] :
       std::vector<std::pair<std::size_t, unsigned>>{{record, 9},         // no such account
                                                     {record + 5, 0xff},  // no such month
                                                     {record + 6, 1},     // what is zero
                                                     {record - 8, 0},     // no records
                                                     {record - 8, 2}}) {  // one more than there is
    std::vector<std::byte> torn = saved;
    torn[at] = static_cast<std::byte>(value);
    EXPECT_FALSE(node.loaded(torn).has_value()) << at - record;
  }
}

TEST(MergeLots, RatingPointsOfALotOfNoAccountGoBackThroughAllMerges) {
  const TransactionId second = id_of(kP1, kDay, "m-2");
  TakenNode node(plain());
  node.take(kDay,
            {earn(kAnn, kMarch, 40, Source::kAward, 1), earn(kBob, kMarch, 2, Source::kAward, 1),
             earn(kCarl, kMarch, 5, Source::kAward, 1), merge_row(kAnn, kBob, {}, kMerge),
             merge_row(kBob, kCarl, {}, second)});
  node.take(kNext, {unearn(kCarl, lot(kDay, 1), 15), unearn(kCarl, lot(kDay, 2), 1)});
  EXPECT_EQ(node.rating_points(kCarl, kMarch), 31);
  node.reload();
  node.take(kThird, {unmerge_row(second, kBob)});
  EXPECT_EQ(node.rating_points(kCarl, kMarch), 5);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 26);
  node.take(kThird.plus_days(1), {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 25);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 1);
}

// It stays in the list of the number that spent it: no merge brought it to the later ones.
TEST(MergeLots, RatingPointsOfAnEmptyLotGoBackThroughAllMerges) {
  const TransactionId second = id_of(kP1, kDay, "m-2");
  for (const bool later : {false, true}) {
    TakenNode node(plain());
    node.take(
        kDay,
        {earn(kAnn, kMarch, 40, Source::kAward, 1), earn(kBob, kMarch, 2, Source::kAward, 1),
         earn(kCarl, kMarch, 5, Source::kAward, 1), redeem(later ? kCarl : kAnn, later ? 5 : 40),
         merge_row(kAnn, kBob, {}, kMerge), merge_row(kBob, kCarl, {}, second)});
    node.take(kNext, {redeem(kCarl, later ? 42 : 7)});
    node.take(kThird, {unearn(kCarl, lot(kDay, 1), 15)});
    EXPECT_EQ(node.rating_points(kCarl, kMarch), 32);
    node.reload();
    node.take(kThird.plus_days(1), {unmerge_row(second, kBob)});
    EXPECT_EQ(node.rating_points(kCarl, kMarch), 5);
    EXPECT_EQ(node.rating_points(kBob, kMarch), 27);
    node.take(kThird.plus_days(2), {unmerge_row(kMerge, kAnn)});
    EXPECT_EQ(node.rating_points(kAnn, kMarch), 25);
    EXPECT_EQ(node.rating_points(kBob, kMarch), 2);
  }
}

// --- lots that are known under another number ---------------------------------------------------

TEST(MergeLots, ARefundUnderANumberThatWasMergedElsewhereFindsTheLotWhereItIs) {
  TakenNode node(plain());
  node.take(kDay, both_come(40));
  const DayResult day = node.take(kNext, {refund_there(kGuest, 10)});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(node.points(kOther), 50);
  EXPECT_EQ(node.points(kGuest), 0);
  EXPECT_EQ(node.holder(kBrought), kOther);
  node.agree({kGuest, kOther});
  node.reload();
  // Emptied, and again; the number that it lies with is at home.
  node.take(kThird, {redeem(kOther, 50), refund_there(kGuest, 20)});
  EXPECT_EQ(node.points(kOther), 20);
  node.agree({kGuest, kOther});
  node.take(kThird.plus_days(1),
            {refund(own_id(kThird, 1), kOther, 50), redeem(kOther, 70), refund_there(kGuest, 5)});
  EXPECT_EQ(node.points(kOther), 5);
  node.agree({kGuest, kOther});
}

TEST(MergeLots, WithDaysOfGraceTheLotExpiresOnce) {
  const BusinessDate expires = kThird;
  TakenNode node(plain());
  node.take(kDay, {move_in(kGuest, kP2, {}), confirm(own_id(kDay, 1)),
                   move_in(kOther, kP2, {some_of_it(40, expires)}), confirm(own_id(kDay, 3)),
                   redeem(kOther, 30)});
  node.take(expires.plus_days(1), {refund(kThere, kGuest, 10, {some_of_it(60, expires)})});
  EXPECT_EQ(node.points(kOther), 10);
  node.agree({kGuest, kOther});
  node.take(expires.plus_days(9), {refund(own_id(kDay, 5), kOther, 30)});
  EXPECT_EQ(node.points(kOther), 40);
  node.agree({kGuest, kOther});
  node.take(expires.plus_days(31), {});
  EXPECT_EQ(node.points(kOther), 0);
  node.agree({kGuest, kOther});
}

TEST(MergeLots, WhoBringsALotHasAllOfIt) {
  for (const bool at_once : {false, true}) {
    TakenNode node(plain());
    node.take(kDay, {move_in(kGuest, kP2, {}), confirm(own_id(kDay, 1)), refund_there(kGuest, 10)});
    if (at_once) {
      node.take(kNext, {redeem(kGuest, 10)});
    }
    node.reload();
    std::vector<Row> rows;
    if (at_once) {
      rows.push_back(refund(own_id(kNext, 1), kGuest, 10));
    }
    rows.push_back(move_in(kOther, kP2, {some_of_it(40)}));
    const DayResult day = node.take(kThird, std::move(rows));
    EXPECT_EQ(returned_of(day), Texts{});
    EXPECT_EQ(node.points(kOther), 50);
    EXPECT_EQ(node.points(kGuest), 0);
    node.agree({kGuest, kOther});
    node.reload();
    // What the former number spent comes back to where the lot is.
    node.take(kThird.plus_days(1), {refund_there(kGuest, 7)});
    EXPECT_EQ(node.points(kOther), 57);
    node.agree({kGuest, kOther});
  }
}

// Nothing remained of it when it left; all of it is spent on the day on which it comes.
TEST(MergeLots, ALotThatLeftEmptyAndOneThatIsEmptiedOnTheDay) {
  TakenNode node(plain());
  node.take(kDay, {move_in(kGuest, kP2, {}), confirm(own_id(kDay, 1)), refund_there(kGuest, 10)});
  node.take(kNext, {redeem(kGuest, 10), move_in(kOther, kP2, {some_of_it(40)}),
                    confirm(own_id(kNext, 2)), redeem(kOther, 15)});
  EXPECT_EQ(node.points(kOther), 25);
  node.agree({kGuest, kOther});
  node.take(kThird, {move_out(id_of(kP2, kThird, "o"), kOther, kP2)});
  node.reload();
  node.take(kThird.plus_days(1), {refund(own_id(kNext, 1), kGuest, 10)});
  EXPECT_EQ(node.points(kGuest), 10);
  node.agree({kGuest});
}

TEST(MergeLots, NobodyTakesALotOfWhichAnotherNumberHoldsSomething) {
  TakenNode node(plain());
  node.take(kDay, {move_in(kGuest, kP2, {}), confirm(own_id(kDay, 1)), refund_there(kGuest, 10),
                   hold(kGuest, 4, kNext)});
  LiveCommand comes =
      live_of(named(move_in(kOther, kP2, {some_of_it(40)}), id_of(kP2, kNext, "i")));
  node.open(kNext);
  EXPECT_FALSE(node.home().can_take_in(comes));
  EXPECT_EQ(returned_of(node.close({move_in(kOther, kP2, {some_of_it(40)})})),
            Texts{"1 HOLD_OPEN"});
  node.open(kThird);
  EXPECT_TRUE(node.home().can_take_in(comes));
  EXPECT_EQ(returned_of(node.close({move_in(kOther, kP2, {some_of_it(40)})})), Texts{});
  EXPECT_EQ(node.points(kOther), 50);
  node.agree({kGuest, kOther});
}

// Where a merge leads to it, too: what is put off takes from who has it.
TEST(MergeLots, NobodyTakesALotOfWhichAFormerNumberThatLeftHoldsSomething) {
  TakenNode node(plain());
  node.take(kDay, {bill(kAnn, kMarch, 10'000), redeem(kAnn, 50), earn(kBob, kMarch, 1),
                   merge_row(kAnn, kBob, "A-1", kMerge)});
  ChildRow refunded =
      lot_row(lot(kDay, 1), kMarch, node.home().lots(kBob).front().expires_on, 100, 50);
  refunded.rating = 1;
  node.take(kNext, {move_out(id_of(kP2, kNext, "o"), kAnn, kP2)});
  const BusinessDate fourth = kThird.plus_days(1);
  node.open(kThird);
  EXPECT_EQ(
      text_of(node.live(redeem(kBob, 31), id_of(kP1, fourth, "x"), at(fourth, 1))).substr(0, 5),
      "OK 20");
  EXPECT_EQ(returned_of(node.close({leave(kBob), move_in(kAnn, kP2, {refunded})})),
            Texts{"2 HOLD_OPEN"});
  node.reload();
  node.open(fourth);
  EXPECT_EQ(returned_of(node.close({move_in(kAnn, kP2, {refunded})})), Texts{});
  EXPECT_EQ(node.points(kAnn), 50);
  node.agree({kAnn, kBob});
}

TEST(MergeLots, APutOffRefundFindsTheLotWhereItIsThen) {
  TakenNode node(plain());
  node.take(kDay, both_come(40));
  node.open(kNext);
  const TransactionId id = id_of(kP2, kThird, "r");
  EXPECT_EQ(text_of(node.live(refund_there(kGuest, 10), id, at(kThird, 1))).substr(0, 5), "OK 0:");
  node.close({move_out(id_of(kP2, kNext, "o"), kOther, kP2)});
  node.agree({kGuest});
  node.open(kThird);
  node.close();
  EXPECT_EQ(node.points(kGuest), 10);
  node.agree({kGuest});
}

// Merged here: the home knows whose the account is.
TEST(MergeLots, WhatComesBackToTheHomeOfTheMergeGoesToWhoHasTheAccount) {
  for (const bool empty : {false, true}) {
    TakenNode node(plain());
    node.take(kDay, {bill(kAnn, kMarch, 10'000), redeem(kAnn, 60), earn(kBob, kMarch, 1),
                     merge_row(kAnn, kBob, "A-1", kMerge)});
    const Lot as_it_was = node.home().lots(kBob).front();
    ChildRow some = lot_row(lot(kDay, 1), kMarch, as_it_was.expires_on, 100, 10);
    some.rating = 1;
    node.take(kNext, {move_out(id_of(kP2, kNext, "o"), kAnn, kP2)});
    std::vector<Row> rows{move_in(kAnn, kP2, {some}), confirm(own_id(kThird, 1)), redeem(kBob, 5)};
    if (empty) {
      rows.insert(rows.begin(), redeem(kBob, 41));
      rows[2] = confirm(own_id(kThird, 2));
    }
    EXPECT_EQ(returned_of(node.take(kThird, std::move(rows))), Texts{});
    EXPECT_EQ(node.points(kAnn), 0);
    EXPECT_EQ(node.points(kBob), empty ? 5 : 46);
    node.agree({kAnn, kBob});
  }
}

// Merged there, and here as well: it lies with one of them, whichever way they are merged.
TEST(MergeLots, OneLotOfTwoNumbersThatAreMergedAndUnmergedHere) {
  programme::Rows rows = plain();
  rows.limits.earned_min = 150;
  for (const bool back : {false, true}) {
    TakenNode node(rows);
    node.take(kDay, both_come(40));
    const Member from = back ? kOther : kGuest;
    const Member into = back ? kGuest : kOther;
    node.take(kNext, {refund_there(kGuest, 10), merge_row(from, into, {}, kMerge), redeem(into, 1),
                      refund_there(kGuest, 5)});
    EXPECT_EQ(node.points(into), 55);
    node.agree({kGuest, kOther});
    node.reload();
    const DayResult day =
        node.take(kThird, {redeem(into, 1), unmerge_row(kMerge, from), redeem(kOther, 1)});
    EXPECT_EQ(returned_of(day), (Texts{"1 EARNED_TOO_LITTLE", "3 EARNED_TOO_LITTLE"}));
    EXPECT_EQ(node.points(kOther), 55);
    EXPECT_EQ(node.points(kGuest), 0);
    node.agree({kGuest, kOther});
  }
}

TEST(MergeLots, ARefundUnderANumberThatNeverHadTheLotAndIsMergedHere) {
  TakenNode node(plain());
  node.take(kDay, both_come(40));
  node.take(kNext, {merge_row(kGuest, kOther, {}, kMerge)});
  node.take(kThird, {redeem(kOther, 40), refund_there(kGuest, 10)});
  EXPECT_EQ(node.points(kOther), 10);
  node.agree({kGuest, kOther});
  node.take(kThird.plus_days(1), {refund_there(kGuest, 10)});
  EXPECT_EQ(node.points(kOther), 20);
  node.agree({kGuest, kOther});
}

}  // namespace PH_FILE
}  // namespace ph::test
