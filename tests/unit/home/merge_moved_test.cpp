// Numbers that are merged, of members who came from another home or go to one
// (docs/decisions/0023-programme-format.md, rulings 133 to 136).
#include <gtest/gtest.h>

#include "core/home/standing.h"
#include "tests/unit/home/merges.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Month kMarch = month_of(2007, 3);
const Month kFebruary = month_of(2007, 2);
const Month kLong = month_of(2005, 5);
const BusinessDate kNext = kDay.plus_days(1);
const TransactionId kMerge = id_of(kP1, kDay, "m-1");

// A node at which members come live, with what is known of them.
class GuestNode : public TakenNode {
 public:
  using TakenNode::TakenNode;

  void comes(Member member, BusinessDate date, std::int64_t february) {
    Standing standing{.version = 1,
                      .joined = month_of(2005, 5).count(),
                      .accounts = 1,
                      .newest = date.month().count(),
                      .region = 1};
    std::ranges::copy(std::string_view("test"), standing.code.begin());
    for (std::size_t place = 0; place < Standing::kMonths; ++place) {
      if (standing.has_month(place) && standing.month(place) == kFebruary) {
        standing.months[place] = {.earned = february, .bills = StandingMonth::kEarned};
      }
    }
    const TransactionId id = id_of(kP2, date, std::to_string(++ids_));
    LiveCommand command = live_of(named(move_in(member, kP2, {}), id));
    command.standing = bytes_of(standing);
    EXPECT_EQ(home().take_live(command, at(date, 9)).code, 0);
  }
  [[nodiscard]] std::int64_t spend(Member of, Month month) const {
    std::int64_t fen = 0;
    for (std::uint32_t n = member(of).first_account; n != book::kNone; n = book().account(n).next) {
      fen += book().billed(n, month).value_or(0);
    }
    return fen;
  }
  DayResult day(BusinessDate date, std::vector<Row> rows) {
    open(date);
    return close(std::move(rows));
  }
  bool leaves(Member member, BusinessDate date) {
    const TransactionId id = id_of(kP2, date, std::to_string(++ids_));
    return home().take_live(live_of(named(move_out(id, member, kP2), id)), at(date, 10)).code == 0;
  }

 private:
  int ids_{0};
};

TEST(MergeMoved, WhoCameFromAnotherHomeIsLoadedAgain) {
  GuestNode node(plain());
  node.take(kDay, {earn(kBob, kMarch, 1)});
  node.open(kNext);
  node.comes(kAnn, kNext, 700);
  EXPECT_EQ(returned_of(node.close({merge_row(kAnn, kBob)})), Texts{});
  EXPECT_EQ(node.spend(kBob, kFebruary), 700);
  const std::vector<std::byte> saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  node.reload();
  // A telephone of the new number takes the months over, as it is the customer's.
  node.day(kNext.plus_days(1), {account_row(kBob, "B-9", kLong)});
  EXPECT_EQ(node.book().billed(node.book().find({account_of("B-9")}), kFebruary), 700);
  node.agree({kAnn, kBob});
}

TEST(MergeMoved, WhatWasCarriedForOneComesBackWithItsSpend) {
  GuestNode node(plain());
  node.take(kDay, {earn(kBob, kMarch, 1)});
  node.open(kNext);
  node.comes(kAnn, kNext, 700);
  EXPECT_EQ(returned_of(
                node.close({bill(kBob, kFebruary, 300, "B-1"), merge_row(kAnn, kBob, {}, kMerge)})),
            Texts{});
  const BusinessDate third = kNext.plus_days(1);
  node.open(third);
  EXPECT_TRUE(node.leaves(kBob, third));
  node.close();
  const BusinessDate fourth = third.plus_days(1);
  node.open(fourth);
  node.comes(kBob, fourth, 1'500);  // 1 000 that he had here, and 500 of there.
  node.close({unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.spend(kAnn, kFebruary), 700);
  EXPECT_EQ(node.spend(kBob, kFebruary), 800);
}

TEST(MergeMoved, AnAccountTakesOverOnlyWhatCameForItsOwner) {
  GuestNode node(plain());
  node.take(kDay, {account_row(kBob, "B-1", kLong), account_row(kAnn, "A-1", kLong)});
  node.open(kNext);
  EXPECT_TRUE(node.leaves(kAnn, kNext) && node.leaves(kBob, kNext));
  node.comes(kAnn, kNext, 700);
  node.comes(kBob, kNext, 50);
  node.close({merge_row(kAnn, kBob, {}, kMerge), account_row(kBob, "B-1", kLong)});
  const auto billed = [&](const char* text) {
    return node.book().billed(node.book().find({account_of(text)}), kFebruary);
  };
  EXPECT_EQ(billed("B-1"), 50);
  node.day(kNext.plus_days(1), {account_row(kBob, "A-1", kLong)});
  EXPECT_EQ(billed("A-1"), 700);
  node.day(kNext.plus_days(2), {unmerge_row(kMerge, kAnn)});
  EXPECT_EQ(node.spend(kAnn, kFebruary), 700);
  EXPECT_EQ(node.spend(kBob, kFebruary), 50);
}

// Points that come back tomorrow would be those of somebody who has left.
TEST(MergeMoved, NobodyLeavesWhileARefundUnderAFormerNumberIsPutOff) {
  for (const bool undone : {false, true}) {
    GuestNode node(plain());
    node.take(kDay, {earn(kAnn, kMarch, 50), earn(kBob, kMarch, 1),
                     merge_row(kAnn, kBob, {}, kMerge), redeem(kBob, 51)});
    if (undone) {
      node.day(kNext, {unmerge_row(kMerge, kAnn)});
    }
    const BusinessDate day = undone ? kNext.plus_days(1) : kNext;
    const TransactionId id = id_of(kP2, day.plus_days(1), "r");
    node.open(day);
    EXPECT_EQ(text_of(node.live(refund(own_id(kDay, 4), kBob, 51), id, at(day.plus_days(1), 1))),
              "OK 0: 2 1, 1 50");
    const Member leaves = undone ? kAnn : kBob;
    EXPECT_EQ(returned_of(node.close({move_out(id_of(kP2, day, "o"), leaves, kP2)})),
              Texts{"1 HOLD_OPEN"});
    node.day(day.plus_days(1), {});
    EXPECT_EQ(node.points(kAnn) + node.points(kBob), 51);
    node.agree({kAnn, kBob});
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
