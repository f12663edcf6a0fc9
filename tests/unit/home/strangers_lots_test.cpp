// Rows that name a lot which lies with a number that neither moved nor was merged: nobody else can
// have had it (docs/decisions/0023-programme-format.md, ruling 186).
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
const BusinessDate kExpires = on(2010, 4, 1);

// Of the opening's lot, 100 points, or of one of which nothing was left then.
Opening with_a_lot(std::int64_t left) {
  Opening opening;
  if (left > 0) {
    opening.lots.push_back(opening_lot_of(7, kBob, 100, kExpires, kMarch));
    opening.lots.back().remaining = left;
  }
  opening.members = {kAnn, kBob, kCarl};
  return opening;
}
Row refund_before(std::string_view of, Member member, std::int64_t points) {
  ChildRow row = lot_row(opening_lot(7), kMarch, kExpires, 100, points);
  row.rating = 1;
  return refund(id_of(kP1, on(2006, 12, 30), of), member, points, {row});
}

// Neither moved nor was merged: a lot that is named wrongly gives a stranger nothing.
TEST(StrangersLots, ARefundOfBeforeTheOpeningThatNamesAStrangersLotComesBack) {
  for (const std::int64_t left : {40, 0}) {
    TakenNode node(plain(), with_a_lot(left));
    const Member has = left > 0 ? kBob : kAnn;
    const Member other = left > 0 ? kAnn : kBob;
    EXPECT_EQ(returned_of(node.take(kDay, {refund_before("a", has, 10)})), Texts{});
    node.reload();
    // Also the empty one.
    EXPECT_EQ(
        returned_of(node.take(kNext, {refund_before("b", other, 20), redeem(has, left + 10),
                                      refund_before("c", other, 200), refund_before("d", has, 4),
                                      refund_before("e", has, 100)})),
        (Texts{"1 UNKNOWN_PARENT", "3 UNKNOWN_PARENT", "5 EXCEEDS_PARENT"}));
    EXPECT_EQ(node.points(has), 4);
    EXPECT_EQ(node.points(other), 0);
    node.agree({kAnn, kBob, kCarl});
    // One customer, or who has left: the lot may be meant (148).
    node.take(kThird, {merge_row(other, has), refund_before("f", other, 3), leave(has),
                       refund_before("g", kCarl, 2)});
    EXPECT_EQ(node.points(kCarl), 2);
    node.agree({kAnn, kBob, kCarl});
  }
}

TEST(StrangersLots, AMoveInThatBringsAStrangersLotComesBack) {
  TakenNode node(plain(), with_a_lot(40));
  ChildRow row = lot_row(opening_lot(7), kMarch, kExpires, 100, 30);
  row.rating = 1;
  LiveCommand comes = live_of(named(move_in(kGuest, kP2, {row}), id_of(kP2, kDay, "i")));
  node.open(kDay);
  EXPECT_FALSE(node.home().can_take_in(comes));
  EXPECT_EQ(returned_of(node.close({move_in(kGuest, kP2, {row}), move_in(kOther, kP2, {})})),
            Texts{"1 UNKNOWN_PARENT"});
  EXPECT_EQ(node.points(kBob), 40);
  node.agree({kBob, kOther});
}

// The first one that is put off gets it, when its day opens.
TEST(StrangersLots, APutOffRefundOfBeforeTheOpeningThatNamesAStrangersLotIsRefused) {
  for (const std::int64_t left : {40, 0}) {
    TakenNode node(plain(), with_a_lot(left));
    node.open(kDay);
    const auto live = [&](const char* name, Member member) {
      return text_of(
                 node.live(refund_before(name, member, 10), id_of(kP1, kNext, name), at(kNext, 1)))
          .substr(0, 5);
    };
    EXPECT_EQ(live("a", kBob), "OK " + std::to_string(left) + (left > 0 ? "" : ":"));
    EXPECT_EQ(live("b", kAnn), "UNKNO");
    EXPECT_EQ(live("c", kBob).substr(0, 2), "OK");
    EXPECT_EQ(returned_of(node.close({refund_before("d", kAnn, 10)})), Texts{"1 UNKNOWN_PARENT"});
    node.open(kNext);
    node.close();
    EXPECT_EQ(node.points(kBob), left + 20);
    node.agree({kAnn, kBob, kCarl});
  }
}

// A journal of before replays to the same batches: the clearing refuses them.
TEST(StrangersLots, ByTheRulesOfBeforeAStrangersLotHasTwoRecords) {
  ProgrammeNode node;
  node.opened(with_a_lot(40));
  node.give(plain());
  node.use_rules(1);
  EXPECT_EQ(returned_of(node.take(kDay, {refund_before("a", kAnn, 10)})), Texts{});
  EXPECT_EQ(node.points(kAnn), 10);
  EXPECT_EQ(node.points(kBob), 40);
}

}  // namespace PH_FILE
}  // namespace ph::test
