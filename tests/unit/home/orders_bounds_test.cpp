// Orders at the bounds of what there may be: quantities, pieces, ages of ids, days in their order,
// restarts, damaged snapshots (docs/decisions/0023-programme-format.md, sections 2 and 9.1).
#include "tests/unit/home/orders.h"

namespace ph::test {
namespace PH_FILE {

using namespace of_orders;

// Its item would have an id that the clearing takes no more: points and fen would be lost there.
TEST_F(HomeOrders, OfAnIdThatIsTooOldIsNotDelivered) {
  const BusinessDate dated(static_cast<std::uint16_t>(kDay.count() - 30));
  programme::Rows rows = catalogue();
  rows.orders.hold_days = 70;
  const auto begin = [dated](ProgrammeNode& node) {
    node.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000), pieces("kettle", 3)});
    EXPECT_EQ(
        returned_of(node.take(kDay, {under(order(kAnn, "kettle", 500, 2'000), "O-1", dated)})),
        Texts{});
  };
  const TransactionId id = id_of(kP1, dated, "O-1");
  ProgrammeNode in_time(rows);
  begin(in_time);
  EXPECT_EQ(in_time.take(kDay.plus_days(60), {delivered(id)}).items.size(), 1U);
  ProgrammeNode late(rows);
  begin(late);
  const DayResult day = late.take(kDay.plus_days(61), {delivered(id)});
  EXPECT_EQ(returned_of(day), Texts{"1 TOO_OLD"});
  EXPECT_EQ(day.items.size(), 0U);
  EXPECT_EQ(late.home().balance(kAnn, kDay)->held, 500);
  late.take(kDay.plus_days(71), {});
  EXPECT_EQ(late.home().balance(kAnn, kDay)->held, 0);
  EXPECT_EQ(late.points(kAnn), 10'000);
}

// Ten days its points are held here: under an older id there is no time to deliver it.
TEST_F(HomeOrders, WhatIsHeldNeedsAnIdThatLeavesTimeForItsDelivery) {
  const auto dated = [](int days) {
    return BusinessDate(static_cast<std::uint16_t>(kDay.count() - days));
  };
  EXPECT_EQ(returned_of(take(kDay, {under(order(kAnn, "kettle", 500, 2'000), "O-1", dated(81)),
                                    under(order(kAnn, "kettle", 500, 2'000), "O-2", dated(80)),
                                    under(order(kAnn, "minutes", 60), "O-3", dated(81))})),
            Texts{"1 TOO_OLD"});
  EXPECT_EQ(returned_of(take(kDay.plus_days(10), {delivered(id_of(kP1, dated(80), "O-2"))})),
            Texts{});
}

// Each behind its own days, whatever became of those before it.
TEST_F(HomeOrders, FailByThemselvesEachInItsTurn) {
  const BusinessDate next = kDay.plus_days(1);
  take(kDay, {under(order(kAnn, "handset", 5'000, 150'000), "O-1"),
              under(order(kAnn, "kettle", 500, 2'000), "O-2")});
  take(next, {under(order(kBob, "kettle", 500, 2'000), "O-3", next),
              under(order(kBob, "kettle", 500, 2'000), "O-4", next)});
  take(kDay.plus_days(2), {delivered(id_of(kP1, kDay, "O-1"))});
  const auto states = [this, next] {
    Texts out;
    for (const char* name : {"O-1", "O-2"}) {
      out.push_back(state(id_of(kP1, kDay, name)));
    }
    for (const char* name : {"O-3", "O-4"}) {
      out.push_back(state(id_of(kP1, next, name)));
    }
    return out;
  };
  take(kDay.plus_days(11), {});
  EXPECT_EQ(states(), (Texts{"DELIVERED", "FAILED", "CREATED", "CREATED"}));
  take(kDay.plus_days(12), {});
  EXPECT_EQ(states(), (Texts{"DELIVERED", "FAILED", "FAILED", "FAILED"}));
}

// An order's record has 16 bits for them: more are no price, whatever the programme says.
TEST_F(HomeOrders, OfMorePiecesThanAnOrderHasComesBack) {
  programme::Rows rows = catalogue();
  rows.items.push_back(item("beads", Form::kOwnProduct, programme::ItemKind::kBought, {}));
  rows.prices.push_back(price("beads", 65'535, 1'000));
  rows.prices.push_back(price("beads", 65'536, 1'000));
  ProgrammeNode node(rows);
  node.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000)});
  EXPECT_EQ(returned_of(node.take(kDay, {order(kAnn, "beads", 1'000, 0, 65'536),
                                         order(kAnn, "beads", 1'000, 0, 65'535)})),
            Texts{"1 PRICE"});
  EXPECT_EQ(node.book().orders().order(0).quantity, 65'535);
}

// What there is stays within what a snapshot may say; what a failed order puts back is beside it.
TEST_F(HomeOrders, MorePiecesThanAnybodyStoresAreRefused) {
  constexpr std::int64_t kMost = 1'000'000'000'000'000;
  const TransactionId id = ordered("kettle", 500, 2'000);
  EXPECT_EQ(returned_of(take(kDay.plus_days(1), {pieces("kettle", kMost - 1), pieces("kettle", 1),
                                                 pieces("kettle", kMost - 2)})),
            (Texts{"1 INVALID", "3 INVALID"}));
  EXPECT_EQ(stock(), 3);
  take(kDay.plus_days(2), {pieces("kettle", kMost - 3)});
  EXPECT_EQ(stock(), kMost);
  take(kDay.plus_days(3), {failed(id)});
  EXPECT_EQ(stock(), kMost + 1);
  EXPECT_EQ(returned_of(take(kDay.plus_days(4), {pieces("kettle", 1), pieces("kettle", -1)})),
            Texts{"1 INVALID"});
}

// What an order took goes back with the order alone, whole.
TEST_F(HomeOrders, IsNotRefundedByItsId) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  const TransactionId credit = id_of(kP1, kDay, "C-2");
  EXPECT_EQ(
      returned_of(take(kDay.plus_days(1), {delivered(id), under(order(kAnn, "credit", 200), "C-2"),
                                           refund(id, kAnn, 500), refund(credit, kAnn, 50)})),
      (Texts{"3 UNKNOWN_PARENT", "4 UNKNOWN_PARENT"}));
  EXPECT_EQ(returned_of(
                take(kDay.plus_days(2), {sent_back(id), sent_back(credit), refund(id, kAnn, 500)})),
            Texts{"3 UNKNOWN_PARENT"});
  EXPECT_EQ(balance().points, 10'000);
}

// A redemption that has the id of an order that was never delivered is none of the order's.
TEST_F(HomeOrders, WhatOthersTookUnderItsIdIsRefunded) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  EXPECT_EQ(returned_of(take(kDay.plus_days(1), {redeem_from(kP1, id, kAnn, 5)})), Texts{});
  EXPECT_EQ(returned_of(take(kDay.plus_days(2), {refund(id, kAnn, 5)})), Texts{});
  EXPECT_EQ(balance().points, 10'000);
}

// A restart between a live order and the day's file forgets nothing of the day's sum.
TEST_F(HomeOrders, GivenBackOnItsDayMayBeTakenAgainBehindARestartToo) {
  programme::Rows rows = catalogue();
  rows.limits.daily_max = 100;
  const auto taken_after = [&rows](bool restart) {
    ProgrammeNode node(rows);
    node.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000)});
    node.home().open_day(kDay, 2);
    while (node.home().take_rows(1)) {
    }
    MemberRequest minutes;
    minutes.row = order(kAnn, "minutes", 60).says[0];
    minutes.row.id = id_of(kP1, kDay, "L-1");
    EXPECT_EQ(node.home().take_member(minutes, BusinessTime::of(kDay, 9 * 3600)).code, 0);
    if (restart) {
      node.reload();
    }
    DayFile file{.sender = kP1, .date = kDay, .sequence = 2};
    add_rows(file, {redeem(kAnn, 41), sent_back(id_of(kP1, kDay, "L-1")), redeem(kAnn, 100),
                    redeem(kAnn, 1)});
    node.home().bring_file(file);
    while (node.home().take_rows(1)) {
    }
    EXPECT_EQ(returned_of(node.home().end_day()), (Texts{"1 OVER_DAILY", "4 OVER_DAILY"}));
    return saved_bytes(node.home());
  };
  EXPECT_EQ(taken_after(true), taken_after(false));
}

TEST_F(HomeOrders, OfADamagedSnapshotGiveNoHome) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  take(kDay.plus_days(1), {delivered(id), complain(id)});
  const auto saved = saved_bytes(node_.home());
  ASSERT_TRUE(node_.loaded(saved).has_value());
  // At the end lie the order, the complaint, one item's stock.
  const std::size_t pieces_at = saved.size() - 8;
  const std::size_t complaint = pieces_at - 40;
  const std::size_t order_at = complaint - 96;
  const auto refuses = [&](std::size_t at, int value) {
    auto bad = saved;
    EXPECT_NE(bad[at], static_cast<std::byte>(value));
    bad[at] = static_cast<std::byte>(value);
    return !node_.loaded(bad).has_value();
  };
  EXPECT_TRUE(refuses(pieces_at + 7, 0x80));  // pieces below none
  EXPECT_TRUE(refuses(complaint + 28, 1));    // of an order that isn't there
  EXPECT_TRUE(refuses(complaint + 36, 5));    // why
  EXPECT_TRUE(refuses(complaint + 37, 4));    // outcome
  EXPECT_TRUE(refuses(complaint + 38, 1));    // zero
  EXPECT_TRUE(refuses(order_at + 4, 'x'));    // nothing was captured under such an id
  EXPECT_TRUE(refuses(order_at + 28, 200));   // no entry
  EXPECT_TRUE(refuses(order_at + 40, 7));     // no member
  EXPECT_TRUE(refuses(order_at + 44, 9));     // no item
  EXPECT_TRUE(refuses(order_at + 46, 0));     // no quantity
  EXPECT_TRUE(refuses(order_at + 56, 6));     // a state that there isn't
  EXPECT_TRUE(refuses(order_at + 57, 0));     // a form
  EXPECT_TRUE(refuses(order_at + 58, 2));     // counted
  EXPECT_TRUE(refuses(order_at + 59, 1));     // zero
  EXPECT_TRUE(refuses(order_at + 71, 0x80));  // points below 0
}

// They come day by day.
TEST_F(HomeOrders, OfASnapshotThatMixesTheirDaysGiveNoHome) {
  ordered("kettle", 500, 2'000);
  take(kDay.plus_days(1), {order(kBob, "kettle", 500, 2'000)});
  auto saved = saved_bytes(node_.home());
  const std::size_t first_day = saved.size() - 8 - std::size_t{2} * 96 + 48;  // its day
  ASSERT_TRUE(node_.loaded(saved).has_value());
  saved[first_day] = static_cast<std::byte>(static_cast<int>(saved[first_day]) + 2);
  EXPECT_FALSE(node_.loaded(saved).has_value());
}

}  // namespace PH_FILE
}  // namespace ph::test
