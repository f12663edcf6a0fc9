// Periods one after the other: what is new, what was corrected, what is carried.
#include "core/close/settlement.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const TransactionId kGoods = id_of(kP2, kDay, "1");
const BusinessDate kInMay = on(2007, 5, 7);

class Periods : public testing::Test {
 protected:
  Periods() {
    world_.opened();
    world_.send(kP1, kDay, {redeemed(kGoods, kAnn, {{kP1, 100}}, kP2, Form::kOwnProduct)});
    world_.send(kP2, kDay, {delivered(kGoods, kAnn, 100, kP1, Form::kOwnProduct)});
  }
  PeriodResult close(Month period) {
    PeriodResult result = world_.closed(period);
    world_.settlement().next_period();
    return result;
  }

  World world_;
};

TEST_F(Periods, SettleATransactionOnce) {
  EXPECT_EQ(texts_of(close(kApril).legs), Texts{"1>2 OWN_PRODUCT v1 100"});
  const PeriodResult may = close(kMay);
  EXPECT_TRUE(may.legs.empty());
  EXPECT_TRUE(may.lines.empty());
}

TEST_F(Periods, ACorrectionThatAgreesComesAsOldNegativeAndNew) {
  EXPECT_EQ(close(kApril).positions.at(1).net, 70);
  // P01 withdraws its record and sends another under P02's corrected id: both sides must agree.
  world_.send(
      kP2, kInMay,
      {citing(Action::kCorrect, 1, 1, delivered(kGoods, kAnn, 60, kP1, Form::kOwnProduct))});
  const PeriodResult may = close(kMay);
  // The home still says 100: the April legs go back, and both wait.
  EXPECT_EQ(texts_of(may.legs), Texts{"1>2 OWN_PRODUCT v1 -100"});
  EXPECT_EQ(may.lines.at(0).prior_items, 1U);
  EXPECT_EQ(may.lines.at(0).prior_quantity, -100);
  EXPECT_EQ(may.positions.at(1).net, -70);
  EXPECT_EQ(suspense_of(may.suspended), (Texts{"AMOUNT 1 REDEEM", "AMOUNT 2 DELIVERY"}));
}

TEST_F(Periods, ACorrectedGiftGivesTheDifferenceAtApril) {
  const TransactionId gift = id_of(kP2, kDay, "G");
  const auto given = [&](std::int64_t cost) {
    return gift_costs(delivered(gift, kAnn, 10, kP1, Form::kGift), cost, 0, 0);
  };
  world_.send(kP1, kDay, {redeemed(gift, kAnn, {{kP1, 10}}, kP2, Form::kGift)});
  const std::uint32_t sequence = world_.send(kP2, kDay, {given(900)});
  EXPECT_EQ(texts_of(close(kApril).legs),
            (Texts{"1>2 OWN_PRODUCT v1 100", "1>2 GIFT_COST 10 =900"}));
  world_.send(kP2, kInMay, {citing(Action::kCorrect, sequence, 1, given(850))});
  const PeriodResult may = close(kMay);
  EXPECT_EQ(texts_of(may.legs), (Texts{"1>2 GIFT_COST -10 =-900", "1>2 GIFT_COST 10 =850"}));
  EXPECT_EQ(may.lines.at(0).fen, -50);
  EXPECT_EQ(may.lines.at(0).quantity, 0);
  EXPECT_EQ(may.lines.at(0).prior_items, 2U);
}

TEST_F(Periods, ACorrectionThatChangesNoLegGivesNothing) {
  EXPECT_EQ(close(kApril).legs.size(), 1U);
  Report corrected = delivered(kGoods, kAnn, 100, kP1, Form::kOwnProduct);
  corrected.item.cost = 5;  // Not a gift: nobody looks at it.
  world_.send(kP2, kInMay, {citing(Action::kCorrect, 1, 1, corrected)});
  EXPECT_TRUE(close(kMay).legs.empty());
}

TEST_F(Periods, AWithdrawalGivesTheLegsBack) {
  EXPECT_EQ(close(kApril).legs.size(), 1U);
  world_.send(kP2, kInMay, {citing(Action::kWithdraw, 1, 1, delivered(kGoods, kAnn, 0))});
  const PeriodResult may = close(kMay);
  EXPECT_EQ(texts_of(may.legs), Texts{"1>2 OWN_PRODUCT v1 -100"});
  EXPECT_EQ(suspense_of(may.suspended), Texts{"MISSING_ACQUIRER 1 REDEEM"});
}

TEST_F(Periods, ALateRecordSettlesInItsPeriodAtTheIdsPrice) {
  const TransactionId late = id_of(kP2, kDay, "2");
  world_.send(kP1, kDay, {redeemed(late, kAnn, {{kP1, 10}}, kP2, Form::kOwnProduct)});
  const PeriodResult april = close(kApril);
  EXPECT_EQ(april.legs.size(), 1U);
  EXPECT_EQ(suspense_of(april.suspended), Texts{"MISSING_ACQUIRER 1 REDEEM"});
  world_.send(kP2, kInMay, {delivered(late, kAnn, 10, kP1, Form::kOwnProduct)});
  const PeriodResult may = close(kMay);
  EXPECT_EQ(texts_of(may.legs), Texts{"1>2 OWN_PRODUCT v1 10"});
  EXPECT_EQ(may.lines.at(0).prior_items, 1U);
}

TEST_F(Periods, ARefundInMayOfAprilIsACurrentItemAtAprilsPrice) {
  const TransactionId back = id_of(kP2, kInMay, "2");
  EXPECT_EQ(close(kApril).legs.size(), 1U);
  world_.send(kP1, kInMay, {refunded(back, kGoods, kAnn, {{kP1, 30}}, kP2)});
  world_.send(kP2, kInMay, {took_back(back, kGoods, kAnn, 30)});
  const PeriodResult may = close(kMay);
  EXPECT_EQ(texts_of(may.legs), Texts{"1>2 OWN_PRODUCT v1 -30"});
  EXPECT_EQ(may.lines.at(0).fen, -21);
  EXPECT_EQ(may.lines.at(0).prior_items, 0U);
}

TEST_F(Periods, WhatIsCarriedComesBackInTheNext) {
  const TransactionId accrued = id_of(kBank, kDay, "A");
  world_.send(kP1, kDay, {issued(Kind::kAccrual, accrued, kAnn, 30, kP1, kBank)});
  world_.send(kBank, kDay, {from_partner(Kind::kPartnerAccrual, accrued, kAnn, 30, kBank)});
  const auto bank = [](const PeriodResult& result) { return result.positions.at(6); };
  const Position april = bank(close(kApril));
  EXPECT_EQ(april.participant, kBank);
  EXPECT_EQ(april.carried_forward, -30);
  EXPECT_EQ(april.pays, 0);
  for (int n = 0; n < 2; ++n) {  // It stays until something else comes.
    const Position later = bank(close(kMay));
    EXPECT_EQ(later.brought_forward, -30);
    EXPECT_EQ(later.carried_forward, -30);
  }
}

// A period that is open, with batches of the next.

class Overlap : public Periods {
 protected:
  void send_ahead(Participant sender, std::vector<Report> reports) {
    world_.send(sender, kInMay, std::move(reports), {}, Part::kNext);
    EXPECT_FALSE(world_.fault().has_value());
  }
};

TEST_F(Overlap, AnItemOfTheNextPeriodDoesNotMatchInTheOpenOne) {
  const TransactionId late = id_of(kP2, kDay, "2");
  world_.send(kP1, kDay, {redeemed(late, kAnn, {{kP1, 10}}, kP2, Form::kOwnProduct)});
  send_ahead(kP2, {delivered(late, kAnn, 10, kP1, Form::kOwnProduct)});
  const PeriodResult april = close(kApril);
  EXPECT_EQ(texts_of(april.legs), Texts{"1>2 OWN_PRODUCT v1 100"});
  EXPECT_EQ(suspense_of(april.suspended), Texts{"MISSING_ACQUIRER 1 REDEEM"});
  EXPECT_EQ(texts_of(close(kMay).legs), Texts{"1>2 OWN_PRODUCT v1 10"});
}

TEST_F(Overlap, ACorrectionOrWithdrawalOfTheNextPeriodLeavesTheOpenOneAsItWas) {
  send_ahead(kP2,
             {citing(Action::kCorrect, 1, 1, delivered(kGoods, kAnn, 60, kP1, Form::kOwnProduct))});
  send_ahead(kP1, {citing(Action::kWithdraw, 1, 1,
                          redeemed(kGoods, kAnn, {{kP1, 0}}, kP2, Form::kOwnProduct))});
  EXPECT_EQ(texts_of(close(kApril).legs), Texts{"1>2 OWN_PRODUCT v1 100"});
  const PeriodResult may = close(kMay);
  EXPECT_EQ(texts_of(may.legs), Texts{"1>2 OWN_PRODUCT v1 -100"});
  EXPECT_EQ(suspense_of(may.suspended), Texts{"MISSING_HOME 2 DELIVERY"});
}

TEST_F(Overlap, OneThatSettledInTheOpenPeriodComesFirstInTheNext) {
  const TransactionId sale = id_of(kShop, kDay, "S");
  const auto sold = [&] { return redeemed(sale, kAnn, {{kP1, 10}}, kShop, Form::kMerchant); };
  world_.send(kP3, kDay, {sold()});
  world_.send(kShop, kDay, {at_shop(sale, kAnn, 10)});
  send_ahead(kP1, {sold()});
  send_ahead(kP3, {citing(Action::kCorrect, 1, 1, sold())});
  EXPECT_TRUE(close(kApril).suspended.empty());
  EXPECT_EQ(suspense_of(close(kMay).suspended), Texts{"MISSING_ACQUIRER 1 REDEEM"});
}

TEST_F(Overlap, ALookChangesNothing) {
  const auto look = [this] {
    return std::as_const(world_.settlement()).preview(kApril, {.close = on(2007, 5, 8)});
  };
  const TransactionId sale = id_of(kShop, kDay, "S");
  const auto sold = [&] { return redeemed(sale, kAnn, {{kP1, 10}}, kShop, Form::kMerchant); };
  world_.send(kP3, kDay, {sold()});
  world_.send(kShop, kDay, {at_shop(sale, kAnn, 10)});
  EXPECT_EQ(look().legs.size(), 4U);
  world_.send(kP1, kDay, {sold()});
  EXPECT_EQ(suspense_of(look().suspended), Texts{"MISSING_ACQUIRER 3 REDEEM"});
  const PeriodResult april = close(kApril);
  // Had the look marked P03's, it would have kept the shop's item.
  EXPECT_EQ(suspense_of(april.suspended), Texts{"MISSING_ACQUIRER 3 REDEEM"});
  EXPECT_EQ(april.legs.size(), 4U);
  EXPECT_EQ(april.positions.at(1).brought_forward, 0);
}

TEST(Participants, ThatTheRuleBookGetsLaterGetBooks) {
  RuleBook rules = rule_book();
  Settlement settlement(rules);
  const SenderBook* inn = &settlement.book(kInn);
  RuleRows rows = rule_rows();
  rows.participants.insert(rows.participants.begin() + 3, {.code = "P05",
                                                           .participant = Participant(5),
                                                           .kind = ParticipantKind::kProvince,
                                                           .name_zh = "某",
                                                           .name_en = "Late"});
  rules = rule_book(rows);
  settlement.rules_grew();
  settlement.rules_grew();
  EXPECT_EQ(settlement.book(Participant(5)).sender(), Participant(5));
  EXPECT_EQ(&settlement.book(kInn), inn);
  EXPECT_EQ(std::as_const(settlement).books().size(), 8U);
}

TEST_F(Periods, NetsSumToZeroAndTheClearingPassesOnWhatItGets) {
  const PeriodResult result = close(kApril);
  std::int64_t net = 0;
  std::int64_t pays = 0;
  std::int64_t receives = 0;
  for (const Position& position : result.positions) {
    net += position.net;
    pays += position.pays;
    receives += position.receives;
  }
  EXPECT_EQ(net, 0);
  EXPECT_EQ(pays, receives);
}

}  // namespace PH_FILE
}  // namespace ph::test
