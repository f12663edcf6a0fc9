// Numbers that are merged once more behind an end, or through several: which lots of no account
// come along with each merge, the empty ones that lie with another number too
// (docs/decisions/0023-programme-format.md, rulings 85, 88, 154 and 190).
#include <gtest/gtest.h>

#include "tests/unit/home/merges.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCarl = member_of(3);
const Month kMarch = month_of(2007, 3);
const BusinessDate kNext = kDay.plus_days(1);
const BusinessDate kThird = kDay.plus_days(2);
const BusinessDate kFourth = kDay.plus_days(3);
const TransactionId kMerge = id_of(kP1, kDay, "m-1");
const TransactionId kAgain = id_of(kP1, kNext, "m-2");

Row award(Member member) {
  return earn(member, kMarch, 40, Source::kAward, 1);
}
Row opened_with(Member member, std::string_view account) {
  return account_row(member, account, kMarch);
}

// Ann's 40 points were spent as Bob; the lot lies empty with Bob, the merge is undone, and both are
// merged again: Bob into Ann, or as before.
void begin(TakenNode& node, bool same) {
  EXPECT_EQ(returned_of(node.take(
                kDay, {award(kAnn), opened_with(kBob, "B-1"), merge_row(kAnn, kBob, {}, kMerge)})),
            Texts{});
  EXPECT_EQ(returned_of(
                node.take(kNext, {redeem(kBob, 40), unmerge_row(kMerge, kAnn),
                                  merge_row(same ? kAnn : kBob, same ? kBob : kAnn, {}, kAgain)})),
            Texts{});
  node.reload();
}

TEST(MergeAgain, WhatComesBackIsHisWhoseItWasWhicheverRowComesFirst) {
  for (const bool same : {false, true}) {
    for (const bool refund_first : {true, false}) {
      SCOPED_TRACE(same ? "as before" : "the other way");
      SCOPED_TRACE(refund_first ? "refund first" : "end first");
      TakenNode node(plain());
      begin(node, same);
      std::vector<Row> rows{refund(own_id(kNext, 1), kBob, 40),
                            unmerge_row(kAgain, same ? kAnn : kBob)};
      if (!refund_first) {
        std::swap(rows[0], rows[1]);
      }
      EXPECT_EQ(returned_of(node.take(kThird, rows)), Texts{});
      EXPECT_EQ(node.points(kAnn), 40);
      EXPECT_EQ(node.points(kBob), 0);
      EXPECT_EQ(node.holder(lot(kDay, 1)), kAnn);
      node.agree({kAnn, kBob});
    }
  }
}

TEST(MergeAgain, RatingPointsAreLessWhereTheyWereGiven) {
  for (const bool same : {false, true}) {
    SCOPED_TRACE(same ? "as before" : "the other way");
    TakenNode node(plain());
    begin(node, same);
    std::vector<Row> rows{unearn(same ? kBob : kAnn, lot(kDay, 1), 15),
                          unmerge_row(kAgain, same ? kAnn : kBob)};
    if (same) {
      rows.insert(rows.begin(), refund(own_id(kNext, 1), kBob, 40));
    }
    EXPECT_EQ(returned_of(node.take(kThird, rows)), Texts{});
    EXPECT_EQ(node.rating_points(kAnn, kMarch), 25);
    EXPECT_EQ(node.rating_points(kBob, kMarch), 0);
    EXPECT_EQ(node.points(kAnn), same ? 25 : 0);
    node.agree({kAnn, kBob});
  }
}

// A journal of before replays to the same batches.
TEST(MergeAgain, ByTheRulesOfBeforeALotComesAlongWithWhoHasIt) {
  for (const bool same : {false, true}) {
    TakenNode node(plain());
    node.use_rules(1);
    begin(node, same);
    node.take(kThird,
              {refund(own_id(kNext, 1), kBob, 40), unmerge_row(kAgain, same ? kAnn : kBob)});
    EXPECT_EQ(node.points(kBob), 40);
    node.agree({kAnn, kBob});
  }
}

// It lies empty with Ann, who is Bob, who becomes Carl.
TEST(MergeAgain, AnEmptyLotOfANumberMergedBeforePassesAndGoesBackThroughAllMerges) {
  TakenNode node(plain());
  node.take(kDay, {award(kAnn), redeem(kAnn, 40), opened_with(kBob, "B-1"),
                   opened_with(kCarl, "C-1"), merge_row(kAnn, kBob, {}, kMerge)});
  node.take(kNext, {merge_row(kBob, kCarl, {}, kAgain)});
  node.reload();
  EXPECT_EQ(returned_of(node.take(
                kThird, {refund(own_id(kDay, 2), kAnn, 40), unearn(kCarl, lot(kDay, 1), 10)})),
            Texts{});
  EXPECT_EQ(node.points(kCarl), 30);
  EXPECT_EQ(node.rating_points(kCarl, kMarch), 30);
  node.take(kFourth, {unmerge_row(kAgain, kBob)});
  EXPECT_EQ(node.points(kBob), 30);
  EXPECT_EQ(node.rating_points(kCarl, kMarch), 0);
  EXPECT_EQ(node.rating_points(kBob, kMarch), 30);
  node.take(kFourth.plus_days(1), {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.points(kAnn), 30);
  EXPECT_EQ(node.rating_points(kAnn, kMarch), 30);
  node.agree({kAnn, kBob, kCarl});
}

TEST(MergeAgain, AnEmptyLotThatLiesWithAFormerNumberComesAlongToAThirdOne) {
  for (const bool refund_first : {true, false}) {
    TakenNode node(plain());
    node.take(kDay, {award(kAnn), opened_with(kBob, "B-1"), opened_with(kCarl, "C-1"),
                     merge_row(kAnn, kBob, {}, kMerge)});
    node.take(kNext,
              {redeem(kBob, 40), unmerge_row(kMerge, kAnn), merge_row(kAnn, kCarl, {}, kAgain)});
    node.reload();
    const Row back = refund(own_id(kNext, 1), kBob, 40);
    node.take(kThird, {refund_first ? back : unmerge_row(kAgain, kAnn)});
    EXPECT_EQ(node.points(kCarl), refund_first ? 40 : 0);
    node.take(kFourth, {refund_first ? unmerge_row(kAgain, kAnn) : back});
    EXPECT_EQ(node.points(kAnn), 40);
    node.agree({kAnn, kBob, kCarl});
  }
}

// Of an account that passed it is whose the account is, whatever becomes of the number.
TEST(MergeAgain, AnEmptyLotOfAnAccountThatPassedIsNoPartOfALaterMerge) {
  for (const bool refund_first : {true, false}) {
    TakenNode node(plain());
    node.take(kDay, {bill(kAnn, kMarch, 4'000), redeem(kAnn, 40), opened_with(kCarl, "C-1"),
                     merge_row(kAnn, kCarl, "A-1", kMerge), merge_row(kAnn, kCarl, {}, kAgain)});
    node.reload();
    std::vector<Row> rows{refund(own_id(kDay, 2), kAnn, 40), unmerge_row(kAgain, kAnn)};
    if (!refund_first) {
      std::swap(rows[0], rows[1]);
    }
    EXPECT_EQ(returned_of(node.take(kNext, rows)), Texts{});
    EXPECT_EQ(node.points(kCarl), 40);
    EXPECT_EQ(node.points(kAnn), 0);
    node.agree({kAnn, kCarl});
  }
}

// Bob brings a lot that lies empty with Ann, and has never had it: the clearing takes no slice of
// it under his number before it was his.
TEST(MergeAgain, APartnerReversesUnderANumberThatBroughtALotItNeverHad) {
  const TransactionId first = id_of(kAir, kDay, "a-1");
  TakenNode node(plain());
  node.take(kDay, {accrual(first, kAnn, 100), redeem(kAnn, 100), opened_with(kBob, "B-1"),
                   opened_with(kCarl, "C-1"), merge_row(kAnn, kBob, {}, kMerge)});
  node.take(kNext, {merge_row(kBob, kCarl, {}, kAgain)});
  node.reload();
  const DayResult day = node.take(
      kThird, {refund(own_id(kDay, 2), kAnn, 100),
               unissue(id_of(kAir, kDay, "x"), kBob, lot(kDay, 1), 30, id_of(kAir, kThird, "r"))});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(node.points(kCarl), 70);
  node.agree({kAnn, kBob, kCarl});
}

}  // namespace PH_FILE
}  // namespace ph::test
