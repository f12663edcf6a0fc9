// Orders from the catalogue through a home (docs/decisions/0023-programme-format.md, section 2):
// each way through the table of states, pieces, complaints, what settles and what is given back.
#include "tests/unit/home/orders.h"

namespace ph::test {
namespace PH_FILE {

using namespace of_orders;

// Created, shipped, delivered: settled on delivery, at cost + freight less cash.
TEST_F(HomeOrders, SettlesOnDelivery) {
  const TransactionId id = ordered("kettle", 900, 4'000, 2);
  EXPECT_EQ(stock(), 1);
  EXPECT_EQ(balance().points, 10'000);
  EXPECT_EQ(balance().held, 900);
  EXPECT_EQ(balance().available, 9'100);
  EXPECT_EQ(take(kDay.plus_days(1), {shipped(id)}).items.size(), 0U);
  EXPECT_EQ(state(id), "SHIPPED");
  const DayResult day = take(kDay.plus_days(2), {delivered(id)});
  EXPECT_EQ(returned_of(day), Texts{});
  ASSERT_EQ(day.items.size(), 1U);
  const Item& item = day.items.front();
  EXPECT_EQ(item.kind, Kind::kRedeem);
  EXPECT_EQ(item.form, Form::kGift);
  EXPECT_EQ(item.id, id);
  EXPECT_EQ(item.member, kAnn);
  EXPECT_EQ(item.counterparty, kP1);
  EXPECT_EQ(item.authorisation, EntryId(kP1, kDay, 1));
  EXPECT_EQ(item.points, 900);
  EXPECT_EQ(item.cost + item.freight - item.cash, 5'000 + 800 - 4'000);
  EXPECT_EQ(slices_of(day), Texts{"REDEEMED 1 -900"});
  EXPECT_EQ(state(id), "DELIVERED");
  EXPECT_EQ(balance().points, 9'100);
  EXPECT_EQ(balance().held, 0);
}

// Phone, 5,000 points + 1,500 yuan, cost 1,500: nothing is left to settle.
TEST_F(HomeOrders, TheHandsetSettlesAtNought) {
  const TransactionId id = ordered("handset", 5'000, 150'000);
  const DayResult day = take(kDay.plus_days(1), {delivered(id)});
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].cost + day.items[0].freight - day.items[0].cash, 0);
}

TEST_F(HomeOrders, WhatItCostIsSaidOnDelivery) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  Row costs = delivered(id);
  costs.says[0].fen = {4'000, 0, 0};
  costs.says[0].flag = {1, 1};
  const DayResult day = take(kDay.plus_days(1), {costs});
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].cost, 4'000);
  EXPECT_EQ(day.items[0].freight, 0);
  EXPECT_EQ(day.items[0].cash, 2'000);
}

TEST_F(HomeOrders, FailedFreesPointsAndPieces) {
  const TransactionId id = ordered("kettle", 900, 4'000, 2);
  const DayResult day = take(kDay.plus_days(1), {failed(id), order(kAnn, "kettle", 500, 2'000)});
  EXPECT_EQ(returned_of(day), Texts{});
  EXPECT_EQ(day.items.size(), 0U);
  EXPECT_EQ(state(id), "FAILED");
  EXPECT_EQ(stock(), 2);
  EXPECT_EQ(balance().held, 500);
  EXPECT_EQ(balance().points, 10'000);
}

TEST_F(HomeOrders, ReturnedWithinItsDaysIsRefundedWhole) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  take(kDay.plus_days(1), {delivered(id)});
  EXPECT_EQ(returned_of(take(kDay.plus_days(17), {sent_back(id)})), Texts{"1 STATE"});
  const DayResult day = take(kDay.plus_days(18), {});
  EXPECT_EQ(state(id), "DELIVERED");
  ProgrammeNode other(catalogue());
  other.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000), pieces("kettle", 3)});
  other.take(kDay, {under(order(kAnn, "kettle", 500, 2'000), "O-1")});
  other.take(kDay.plus_days(1), {delivered(id)});
  const DayResult back = other.take(kDay.plus_days(16), {sent_back(id)});
  ASSERT_EQ(back.items.size(), 1U);
  EXPECT_EQ(back.items[0].kind, Kind::kRefund);
  EXPECT_EQ(back.items[0].id, own_id(kDay.plus_days(16), 1));
  EXPECT_EQ(back.items[0].parent, id);
  EXPECT_EQ(back.items[0].points, 500);
  EXPECT_EQ(slices_of(back), Texts{"REDEEMED 1 500"});
  EXPECT_EQ(other.points(kAnn), 10'000);
  // The piece comes by a row of its own, as somebody has to look at it.
  EXPECT_EQ(other.book().orders().stock(0), 2);
}

// Each way that the table has, and none that it hasn't.
TEST_F(HomeOrders, EachStateHasItsSteps) {
  const auto code_behind = [](const std::vector<Row>& before, const Row& row) {
    ProgrammeNode node(catalogue());
    node.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000), pieces("kettle", 3)});
    node.take(kDay, {under(order(kAnn, "kettle", 500, 2'000), "O-1")});
    EXPECT_EQ(returned_of(node.take(kDay.plus_days(1), before)), Texts{});
    const Texts codes = returned_of(node.take(kDay.plus_days(2), {row}));
    return codes.empty() ? std::string("DONE") : codes.front().substr(2);
  };
  const auto tries = [&code_behind](int number, const std::vector<Row>& before,
                                    const Texts& expected) {
    const TransactionId of = id_of(kP1, kDay, "O-1");
    EXPECT_EQ((Texts{code_behind(before, shipped(of)), code_behind(before, delivered(of)),
                     code_behind(before, sent_back(of)), code_behind(before, failed(of))}),
              expected)
        << number;
  };
  const TransactionId id = id_of(kP1, kDay, "O-1");
  tries(1, {}, {"DONE", "DONE", "STATE", "DONE"});
  tries(2, {shipped(id)}, {"STATE", "DONE", "STATE", "DONE"});
  tries(3, {delivered(id)}, {"STATE", "STATE", "DONE", "STATE"});
  tries(4, {failed(id)}, {"STATE", "STATE", "STATE", "STATE"});
  tries(5, {delivered(id), sent_back(id)}, {"STATE", "STATE", "STATE", "STATE"});
  EXPECT_EQ(returned_of(take(kDay, {shipped(id), complain(id), ended(id, 1)})),
            (Texts{"1 UNKNOWN_PARENT", "2 UNKNOWN_PARENT", "3 UNKNOWN_PARENT"}));
}

// Behind its days the node makes it FAILED itself, with the day's opening, before any row.
TEST_F(HomeOrders, FailsByItselfBehindItsDays) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  take(kDay.plus_days(10), {});
  EXPECT_EQ(state(id), "CREATED");
  const DayResult day =
      take(kDay.plus_days(11), {delivered(id), order(kAnn, "kettle", 900, 4'000, 2)});
  EXPECT_EQ(returned_of(day), Texts{"1 STATE"});
  EXPECT_EQ(state(id), "FAILED");
  EXPECT_EQ(stock(), 1);
  EXPECT_EQ(balance().held, 900);
}

// However small the slices of the opening are.
TEST_F(HomeOrders, FailByThemselvesInSlices) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  take(kDay.plus_days(1), {under(order(kBob, "kettle", 500, 2'000), "O-2"),
                           under(order(kBob, "handset", 5'000, 150'000), "O-3")});
  node_.slice(1);
  take(kDay.plus_days(12), {});
  EXPECT_EQ(state(id), "FAILED");
  EXPECT_EQ(state(id_of(kP1, kDay, "O-2")), "FAILED");
  EXPECT_EQ(state(id_of(kP1, kDay, "O-3")), "FAILED");
  EXPECT_EQ(stock(), 3);
  EXPECT_EQ(balance(kBob).held, 0);
}

// An account passes to another owner, and with it a part of what the order holds.
TEST_F(HomeOrders, WhoseHoldHasLostAPartIsNotDelivered) {
  const Member cid = member_of(3);
  take(on(2007, 4, 2),
       {account_row(cid, "C-1", month_of(2006, 1)), bill(cid, month_of(2007, 3), 30'000, "C-1"),
        earn(cid, month_of(2007, 4), 300)});
  EXPECT_EQ(returned_of(take(kDay, {under(order(cid, "kettle", 500, 2'000), "O-1")})), Texts{});
  const TransactionId id = id_of(kP1, kDay, "O-1");
  const DayResult day = take(
      kDay.plus_days(1), {member_row(MemberKind::kOwner, cid, "C-1"), delivered(id), failed(id)});
  EXPECT_EQ(returned_of(day), Texts{"2 HOLD_ENDED"});
  EXPECT_EQ(movements_of(day), Texts{"FORFEIT 1 FORFEITED 2 -300"});
  EXPECT_EQ(balance(cid).points, 300);
  EXPECT_EQ(balance(cid).held, 0);
}

TEST_F(HomeOrders, OwnProductsAndPhoneCreditAreDeliveredAtOnce) {
  const DayResult day = take(
      kDay, {order(kAnn, "minutes", 60), under(order(kAnn, "credit", 5'000, 0, 1, kBob), "C-1")});
  EXPECT_EQ(returned_of(day), Texts{});
  ASSERT_EQ(day.items.size(), 2U);
  EXPECT_EQ(day.items[0].form, Form::kOwnProduct);
  EXPECT_EQ(day.items[0].id, own_id(kDay, 1));
  EXPECT_EQ(day.items[1].form, Form::kPhoneCredit);
  EXPECT_EQ(day.items[1].member, kAnn);
  EXPECT_EQ(day.items[1].points, 5'000);
  EXPECT_EQ(state(id_of(kP1, kDay, "C-1")), "DELIVERED");
  const OrderBook& orders = node_.book().orders();
  EXPECT_EQ(orders.order(orders.find(id_of(kP1, kDay, "C-1"))).beneficiary, kBob.number());
  EXPECT_EQ(balance().points, 10'000 - 5'060);
  EXPECT_EQ(balance().held, 0);
}

TEST_F(HomeOrders, PointsAndCashAreThoseOfThePriceOfTheDay) {
  EXPECT_EQ(
      returned_of(take(kDay, {order(kAnn, "kettle", 500, 1'999), order(kAnn, "kettle", 499, 2'000),
                              order(kAnn, "kettle", 500, 2'000, 3), order(kAnn, "credit", 5'050),
                              order(kAnn, "credit", 100, 1), order(kAnn, "credit", 100, 0, 2),
                              order(kAnn, "credit", 0), order(kAnn, "minutes", 40),
                              order(kAnn, "minutes", 30), order(kAnn, "teapot", 1)})),
      (Texts{"1 PRICE", "2 PRICE", "3 PRICE", "4 PRICE", "5 PRICE", "6 PRICE", "7 PRICE", "8 PRICE",
             "9 PRICE", "10 UNKNOWN_NAME"}));
  // In June it is cheaper.
  EXPECT_EQ(returned_of(take(on(2007, 6, 1), {order(kAnn, "minutes", 40)})), Texts{});
}

TEST_F(HomeOrders, PiecesAreCounted) {
  EXPECT_EQ(returned_of(
                take(kDay, {order(kAnn, "kettle", 900, 4'000, 2),
                            order(kBob, "kettle", 900, 4'000, 2), order(kBob, "kettle", 500, 2'000),
                            pieces("kettle", -1), pieces("teapot", 1), pieces("kettle", 2)})),
            (Texts{"2 OUT_OF_STOCK", "4 OUT_OF_STOCK", "5 UNKNOWN_NAME"}));
  EXPECT_EQ(stock(), 2);
}

TEST_F(HomeOrders, SomeItemsAreForALevelAndForOneselfAlone) {
  EXPECT_EQ(
      returned_of(
          take(kDay, {order(kAnn, "club", 120), grade_row(kAnn, "level", "gold", on(2007, 1, 1)),
                      order(kAnn, "club", 120, 0, 1, kBob), order(kAnn, "club", 120, 0, 1, kAnn)})),
      (Texts{"1 NOT_ENTITLED", "3 NOT_ENTITLED"}));
}

TEST_F(HomeOrders, NeedsTheMemberHisPointsAndAnIdOfItsOwn) {
  EXPECT_EQ(returned_of(take(
                kDay, {order(member_of(9), "minutes", 60), leave(kBob), order(kBob, "minutes", 60),
                       redeem(kAnn, 9'950), order(kAnn, "minutes", 60),
                       redeem_from(kP1, id_of(kP1, kDay, "R-1"), kAnn, 1),
                       under(order(kAnn, "credit", 100), "R-1")})),
            (Texts{"1 NOT_HOME", "3 CLOSED", "5 INSUFFICIENT_POINTS", "7 DUPLICATE"}));
}

TEST_F(HomeOrders, UnderAnIdItComesOnce) {
  EXPECT_EQ(returned_of(take(kDay, {under(order(kAnn, "kettle", 500, 2'000), "O-1"),
                                    under(order(kAnn, "kettle", 500, 2'000), "O-1"),
                                    under(order(kBob, "kettle", 500, 2'000), "O-1")})),
            (Texts{"2 COPY", "3 DUPLICATE"}));
  EXPECT_EQ(stock(), 2);
}

// Somebody redeemed under its id meanwhile: it can't be delivered, and fails in the end.
TEST_F(HomeOrders, WhoseIdWasTakenIsNotDelivered) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  EXPECT_EQ(returned_of(take(kDay.plus_days(1), {redeem_from(kP1, id, kAnn, 1), delivered(id)})),
            Texts{"2 STATE"});
  take(kDay.plus_days(11), {});
  EXPECT_EQ(state(id), "FAILED");
  EXPECT_EQ(balance().held, 0);
}

// A day's limit is of what was taken or held on it, less what came back on the same day.
TEST_F(HomeOrders, CountForTheLimitOfTheirDay) {
  programme::Rows rows = catalogue();
  rows.limits.daily_max = 1'000;
  ProgrammeNode node(rows);
  node.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000), pieces("kettle", 9)});
  const TransactionId one = id_of(kP1, kDay, "O-1");
  EXPECT_EQ(returned_of(node.take(
                kDay, {under(order(kAnn, "kettle", 900, 4'000, 2), "O-1"), redeem(kAnn, 101),
                       failed(one), redeem(kAnn, 900), under(order(kAnn, "minutes", 60), "O-2"),
                       under(order(kAnn, "minutes", 60), "O-3")})),
            (Texts{"2 OVER_DAILY", "6 OVER_DAILY"}));
  // Of the day before nothing comes off the day's sum.
  const BusinessDate next = kDay.plus_days(1);
  const TransactionId four = id_of(kP1, next, "O-4");
  EXPECT_EQ(
      returned_of(node.take(next, {under(order(kAnn, "kettle", 900, 4'000, 2), "O-4", next)})),
      Texts{});
  EXPECT_EQ(returned_of(
                node.take(kDay.plus_days(2), {redeem(kAnn, 1'000), failed(four), redeem(kAnn, 1)})),
            Texts{"3 OVER_DAILY"});
  EXPECT_EQ(returned_of(node.take(
                kDay.plus_days(3),
                {redeem(kAnn, 1'000), sent_back(id_of(kP1, kDay, "O-2")), redeem(kAnn, 1)})),
            Texts{"3 OVER_DAILY"});
}

// No row but its own reaches an order's hold.
TEST_F(HomeOrders, ItsHoldCantBeCitedByOthers) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  const TransactionId hold = own_id(kDay, 1);
  EXPECT_EQ(
      returned_of(take(kDay.plus_days(1), {void_hold(hold), capture(hold, 500, true), void_hold(id),
                                           withdraw(2, 1), refund(id, kAnn, 500)})),
      (Texts{"1 UNKNOWN_PARENT", "2 UNKNOWN_PARENT", "3 UNKNOWN_PARENT", "4 UNKNOWN_PARENT",
             "5 UNKNOWN_PARENT"}));
  EXPECT_EQ(state(id), "CREATED");
  EXPECT_EQ(balance().held, 500);
}

TEST_F(HomeOrders, OfAMemberWhoLeavesCantBeDelivered) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  EXPECT_EQ(returned_of(take(kDay.plus_days(1), {leave(kAnn), shipped(id), delivered(id)})),
            (Texts{"2 CLOSED", "3 CLOSED"}));
  EXPECT_EQ(stock(), 2);
  take(kDay.plus_days(11), {});
  EXPECT_EQ(state(id), "FAILED");
  EXPECT_EQ(stock(), 3);
}

// The number has a new owner: what was held is gone.
TEST_F(HomeOrders, OfANewOwnersNumberHasNoHoldAnyMore) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  EXPECT_EQ(returned_of(take(kDay.plus_days(1), {transfer(kAnn), delivered(id)})),
            Texts{"2 HOLD_ENDED"});
}

TEST_F(HomeOrders, ReturnedByWhoHasLeftIsForfeitedAtOnce) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  take(kDay.plus_days(1), {delivered(id), leave(kAnn)});
  const DayResult day = take(kDay.plus_days(2), {sent_back(id)});
  EXPECT_EQ(slices_of(day), Texts{"REDEEMED 1 500"});
  ASSERT_EQ(day.movements.size(), 1U);
  EXPECT_EQ(day.movements[0].slice.account, Account::kForfeited);
  EXPECT_EQ(day.movements[0].slice.delta, -500);
}

TEST_F(HomeOrders, ComplaintsAreTakenForFifteenDays) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  EXPECT_EQ(returned_of(take(kDay.plus_days(1), {complain(id), delivered(id)})), Texts{"1 STATE"});
  EXPECT_EQ(returned_of(take(kDay.plus_days(16), {under(complain(id), "K-1"), complain(id)})),
            Texts{"2 STATE"})
      << "one is open";
  EXPECT_EQ(returned_of(take(kDay.plus_days(17), {complain(id)})), Texts{"1 STATE"});
  // Taken in time, it may end later; once.
  const TransactionId first = id_of(kP1, kDay, "K-1");
  const DayResult day = take(kDay.plus_days(40), {ended(first, 3), ended(first, 1)});
  EXPECT_EQ(returned_of(day), Texts{"2 STATE"});
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].parent, id);
  EXPECT_EQ(day.items[0].id, own_id(kDay.plus_days(40), 1));
  EXPECT_EQ(state(id), "RETURNED");
  EXPECT_EQ(balance().points, 10'000);
}

TEST_F(HomeOrders, ReplacedChangesNothingOfTheOrder) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  take(kDay.plus_days(1), {delivered(id), complain(id)});
  EXPECT_EQ(take(kDay.plus_days(2), {ended(own_id(kDay.plus_days(1), 2), 2)}).items.size(), 0U);
  EXPECT_EQ(state(id), "DELIVERED");
}

// What was given back by another row isn't replaced, too.
TEST_F(HomeOrders, AComplaintAboutWhatWasReturnedEndsRefusedAlone) {
  const TransactionId id = ordered("kettle", 500, 2'000);
  const BusinessDate next = kDay.plus_days(1);
  take(next, {delivered(id), complain(id), sent_back(id)});
  EXPECT_EQ(
      returned_of(take(kDay.plus_days(2), {ended(own_id(next, 2), 2), ended(own_id(next, 2), 3),
                                           ended(own_id(next, 2), 1)})),
      (Texts{"1 STATE", "2 STATE"}));
  EXPECT_TRUE(node_.book().orders().open_complaints().empty());
}

TEST_F(HomeOrders, AComplaintOfWhoHasMovedEndsRefusedOrReplaced) {
  for (const std::uint8_t outcome : {std::uint8_t{1}, std::uint8_t{2}}) {
    ProgrammeNode node(catalogue());
    node.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000), pieces("kettle", 3)});
    const TransactionId id = id_of(kP1, kDay, "O-1");
    const BusinessDate next = kDay.plus_days(1);
    node.take(kDay, {under(order(kAnn, "kettle", 500, 2'000), "O-1"), delivered(id)});
    EXPECT_EQ(
        returned_of(node.take(next, {complain(id), move_out(id_of(kP2, next, "M-1"), kAnn, kP2)})),
        Texts{});
    EXPECT_EQ(returned_of(node.take(kDay.plus_days(2),
                                    {ended(own_id(next, 1), 3), ended(own_id(next, 1), outcome)})),
              Texts{"1 NOT_HOME"});
    EXPECT_TRUE(node.book().orders().open_complaints().empty());
  }
}

// Live: at its hour, off-peak prices too.
TEST_F(HomeOrders, LiveHasThePriceOfItsHour) {
  node_.home().open_day(kDay, 2);
  const auto ask = [this](std::string_view reference, std::int64_t points, int hour) {
    MemberRequest out;
    out.row = order(kAnn, "minutes", points).says[0];
    out.row.id = id_of(kP1, kDay, reference);
    return node_.home().take_member(out, BusinessTime::of(kDay, hour * 3600));
  };
  EXPECT_EQ(ask("L-1", 30, 7).code, static_cast<std::uint8_t>(ReturnCode::kPrice));
  EXPECT_EQ(ask("L-2", 60, 6).code, static_cast<std::uint8_t>(ReturnCode::kPrice));
  const LiveAnswer answer = ask("L-3", 30, 6);
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.points, 30);
  EXPECT_EQ(answer.available, 9'970);
  EXPECT_EQ(ask("L-3", 30, 9), answer);
  node_.reload();
  EXPECT_EQ(ask("L-3", 30, 9), answer);
  MemberRequest kettle;
  kettle.row = order(kBob, "kettle", 500, 2'000).says[0];
  kettle.row.id = id_of(kP1, kDay, "L-4");
  EXPECT_EQ(node_.home().take_member(kettle, BusinessTime::of(kDay, 3600)).available, 9'500);
  EXPECT_EQ(balance(kBob).held, 500);
}

}  // namespace PH_FILE
}  // namespace ph::test
