// Refunds, reversals and exchanges that were never credited.
#include <gtest/gtest.h>

#include "core/match/judge.h"
#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const BusinessDate kNext = kDay.plus_days(1);
const TransactionId kGoods = id_of(kP2, kDay, "1");
const TransactionId kBack = id_of(kP2, kNext, "2");
const TransactionId kMore = id_of(kP2, kNext, "3");
const TransactionId kOut = id_of(kAir, kDay, "X");
const TransactionId kOutBack = own_id(kNext, 8);
const TransactionId kNote = id_of(kAir, kNext, "N");
const TransactionId kIn = id_of(kAir, kDay, "I");
const TransactionId kInBack = id_of(kAir, kNext, "U");

// P02 gave goods for 10 points of P01 and 5 of P03; settled.
class Refunds : public testing::Test {
 protected:
  Refunds() {
    world_.opened();
    send(kP1, {redeemed(kGoods, kAnn, {{kP1, 10}, {kP3, 5}}, kP2)});
    send(kP2, {delivered(kGoods, kAnn, 15)});
  }
  void send(Participant sender, std::vector<Report> reports) {
    world_.send(sender, kNext, std::move(reports));
    EXPECT_FALSE(world_.fault().has_value());
  }
  Texts suspense() { return suspense_of(world_.judged().suspended); }
  std::size_t settled() { return world_.judged().settled.size(); }

  World world_;
};

TEST_F(Refunds, AreAnsweredByTheGiversRefundOfTheSameParent) {
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP3, 5}, {kP1, 2}}, kP2)});
  EXPECT_EQ(suspense(), Texts{"MISSING_ACQUIRER 1 REFUND"});
  send(kP2, {took_back(kBack, kMore, kAnn, 7)});
  EXPECT_EQ(suspense(), (Texts{"MISSING_HOME 2 DELIVERY_REFUND", "MISSING_ACQUIRER 1 REFUND"}));
  send(kP2, {citing(Action::kCorrect, 2, 1, took_back(kBack, kGoods, kAnn, 7))});
  EXPECT_EQ(suspense(), Texts{});
  EXPECT_EQ(settled(), 2U);
}

TEST_F(Refunds, OfOtherPointsThanTheCounterpartsOrTheSlicesAreAmount) {
  Report wrong = refunded(kMore, kGoods, kAnn, {{kP1, 2}}, kP2);
  wrong.item.points = 3;
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP1, 2}}, kP2), wrong});
  send(kP2, {took_back(kBack, kGoods, kAnn, 1), took_back(kMore, kGoods, kAnn, 3)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 REFUND", "AMOUNT 1 REFUND", "AMOUNT 2 DELIVERY_REFUND",
                               "AMOUNT 2 DELIVERY_REFUND"}));
}

TEST_F(Refunds, TogetherTakeAllThatIsLeftButNoMoreInTheOrderOfIds) {
  const TransactionId last = id_of(kP2, kNext, "4");
  send(kP1, {refunded(last, kGoods, kAnn, {{kP1, 1}}, kP2),
             refunded(kMore, kGoods, kAnn, {{kP1, 5}}, kP2),
             refunded(kBack, kGoods, kAnn, {{kP3, 5}, {kP1, 5}}, kP2)});
  send(kP2, {took_back(kBack, kGoods, kAnn, 10), took_back(kMore, kGoods, kAnn, 5),
             took_back(last, kGoods, kAnn, 1)});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended),
            (Texts{"AMOUNT 1 REFUND", "AMOUNT 2 DELIVERY_REFUND"}));
  EXPECT_EQ(judgement.suspended.at(0).record.item->id, last);
}

TEST_F(Refunds, ThatSettledEarlierComeBeforeLowerIds) {
  send(kP1, {refunded(kMore, kGoods, kAnn, {{kP1, 10}}, kP2)});
  send(kP2, {took_back(kMore, kGoods, kAnn, 10)});
  EXPECT_EQ(settled(), 2U);
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP1, 10}}, kP2)});
  send(kP2, {took_back(kBack, kGoods, kAnn, 10)});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended),
            (Texts{"AMOUNT 1 REFUND", "AMOUNT 2 DELIVERY_REFUND"}));
  EXPECT_EQ(judgement.suspended.at(0).record.item->id, kBack);
}

TEST_F(Refunds, OneInSuspenseUsesUpNothing) {
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP1, 10}}, kP2),
             refunded(kMore, kGoods, kAnn, {{kP1, 10}}, kP2)});
  send(kP2, {took_back(kMore, kGoods, kAnn, 10)});
  EXPECT_EQ(suspense(), Texts{"MISSING_ACQUIRER 1 REFUND"});
}

TEST_F(Refunds, GiveNoIssuerMoreThanItHad) {
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP3, 6}}, kP2)});
  send(kP2, {took_back(kBack, kGoods, kAnn, 6)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 REFUND", "AMOUNT 2 DELIVERY_REFUND"}));
}

TEST_F(Refunds, OfPartOfAGiftAreAmountWholeOnesSettle) {
  const TransactionId gift = id_of(kP2, kDay, "G");
  send(kP1, {redeemed(gift, kAnn, {{kP1, 10}}, kP2, Form::kGift),
             refunded(kBack, gift, kAnn, {{kP1, 9}}, kP2),
             refunded(kMore, gift, kAnn, {{kP1, 10}}, kP2)});
  send(kP2, {gift_costs(delivered(gift, kAnn, 10, kP1, Form::kGift), 500, 0, 0),
             took_back(kBack, gift, kAnn, 9), took_back(kMore, gift, kAnn, 10)});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended),
            (Texts{"AMOUNT 1 REFUND", "AMOUNT 2 DELIVERY_REFUND"}));
  EXPECT_EQ(judgement.suspended.at(0).record.item->id, kBack);
}

TEST_F(Refunds, WithoutASettledParentAreParent) {
  const TransactionId open = id_of(kP2, kDay, "5");
  const TransactionId third = id_of(kP2, kNext, "4");
  Report anothers = refunded(third, kGoods, kBob, {{kP1, 1}}, kP2);
  anothers.slices.at(0).lot = LotId(kP1, kDay, 77);  // Of his own.
  send(kP1, {redeemed(open, kAnn, {{kP1, 10}}, kP2),
             refunded(kBack, open, kAnn, {{kP1, 11}}, kP2),                  // not settled
             refunded(kMore, id_of(kP2, kDay, "6"), kAnn, {{kP1, 1}}, kP2),  // unknown
             anothers});
  send(kP2, {took_back(kBack, open, kAnn, 11), took_back(kMore, id_of(kP2, kDay, "6"), kAnn, 1),
             took_back(third, kGoods, kBob, 1)});
  EXPECT_EQ(suspense(), (Texts{"MISSING_ACQUIRER 1 REDEEM", "PARENT 1 REFUND", "PARENT 1 REFUND",
                               "PARENT 1 REFUND", "PARENT 2 DELIVERY_REFUND",
                               "PARENT 2 DELIVERY_REFUND", "PARENT 2 DELIVERY_REFUND"}));
}

TEST_F(Refunds, OfAnotherGiverAreParent) {
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP1, 1}}, kP3)});
  send(kP3, {took_back(kBack, kGoods, kAnn, 1)});
  EXPECT_EQ(suspense(), (Texts{"PARENT 1 REFUND", "PARENT 3 DELIVERY_REFUND"}));
}

TEST_F(Refunds, OfAKindThatCannotBeRefundedSoAreParent) {
  send(kP1, {issued(Kind::kAccrual, kIn, kAnn, 30), refunded(kBack, kIn, kAnn, {{kP1, 5}}, kAir)});
  send(kAir,
       {from_partner(Kind::kPartnerAccrual, kIn, kAnn, 30), partner_refunded(kBack, kIn, kAnn, 5)});
  EXPECT_EQ(suspense(), (Texts{"PARENT 1 REFUND", "PARENT 101 PARTNER_REFUND"}));
}

TEST_F(Refunds, ThatStandAloneAreSubjectToAmountAndParent) {
  const TransactionId own = own_id(kDay, 5);
  send(kP1, {redeemed(own, kAnn, {{kP1, 10}}, kP1),
             refunded(own_id(kNext, 1), own, kAnn, {{kP1, 11}}, kP1),
             refunded(own_id(kNext, 2), own_id(kDay, 6), kAnn, {{kP1, 1}}, kP1),
             refunded(own_id(kNext, 3), own, kAnn, {{kP1, 10}}, kP1)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 REFUND", "PARENT 1 REFUND"}));
}

TEST_F(Refunds, ByAnotherHomeThanTheParentsSettleAfterAMove) {
  send(kP3, {refunded(kBack, kGoods, kAnn, {{kP1, 10}, {kP3, 5}}, kP2)});
  send(kP2, {took_back(kBack, kGoods, kAnn, 15, kP3)});
  EXPECT_EQ(suspense(), Texts{});
  EXPECT_EQ(settled(), 2U);
}

TEST_F(Refunds, OfSeveralHomesUnderTheParentsIdTheSettledOneIsMeant) {
  const TransactionId sale = id_of(kShop, kDay, "S");
  const TransactionId back = id_of(kShop, kNext, "B");
  const auto at_merchant = [&] {
    return redeemed(sale, kAnn, {{kP1, 10}}, kShop, Form::kMerchant);
  };
  send(kP3, {at_merchant()});
  send(kShop, {at_shop(sale, kAnn, 10)});
  EXPECT_EQ(settled(), 2U);
  send(kP1, {at_merchant(), refunded(back, sale, kAnn, {{kP1, 10}}, kShop)});
  send(kShop, {partner_refunded(back, sale, kAnn, 10, kShop)});
  EXPECT_EQ(suspense(), Texts{"MISSING_ACQUIRER 1 REDEEM"});
}

TEST_F(Refunds, FallBackIntoSuspenseWithTheirParent) {
  send(kP1, {refunded(kBack, kGoods, kAnn, {{kP1, 10}}, kP2)});
  send(kP2, {took_back(kBack, kGoods, kAnn, 10)});
  EXPECT_EQ(settled(), 2U);
  send(kP2, {citing(Action::kCorrect, 1, 1, delivered(kGoods, kAnn, 16))});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 REDEEM", "AMOUNT 2 DELIVERY", "PARENT 1 REFUND",
                               "PARENT 2 DELIVERY_REFUND"}));
}

TEST_F(Refunds, ReversalsTakeNoMoreThanTheirParentGave) {
  const TransactionId second = id_of(kAir, kNext, "V");
  send(kP1, {issued(Kind::kAccrual, kIn, kAnn, 30), unissued(kInBack, kIn, kAnn, 20),
             unissued(second, kIn, kAnn, 11)});
  send(kAir, {from_partner(Kind::kPartnerAccrual, kIn, kAnn, 30),
              partner_refunded(kInBack, kIn, kAnn, 20), partner_refunded(second, kIn, kAnn, 11)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 UNISSUE", "AMOUNT 101 PARTNER_REFUND"}));
}

TEST_F(Refunds, ReversalsOfPartOfAnExchangeInAreAmount) {
  Report in = issued(Kind::kExchangeIn, kIn, kAnn, 400);
  in.item.units = 50;
  in.item.rate_version = kAirIn;
  send(kP1, {in, unissued(kInBack, kIn, kAnn, 399)});
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeIn, kIn, kAnn, 400, 50),
              partner_refunded(kInBack, kIn, kAnn, 399)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 UNISSUE", "AMOUNT 101 PARTNER_REFUND"}));
}

// NOT_CREDITED.

class NotCredited : public Refunds {
 protected:
  void exchange() { send(kP1, {exchanged_out(kOut, kAnn, {{kP1, 1000}}, 100)}); }
  void give_back(std::int64_t points = 1000) {
    send(kP1, {refunded(kOutBack, kOut, kAnn, {{kP1, points}}, kAir)});
  }
  void note() { send(kAir, {not_credited(kNote, kOut, kAnn)}); }
};

TEST_F(NotCredited, ClosesTheExchangeAndItsWholeRefundAtZero) {
  exchange();
  give_back();
  note();
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended), Texts{});
  EXPECT_EQ(judgement.settled.size(), 1U);  // The goods.
}

TEST_F(NotCredited, WaitsAsMissingHomeUntilBothAreThere) {
  note();
  EXPECT_EQ(suspense(), Texts{"MISSING_HOME 101 NOT_CREDITED"});
  exchange();
  EXPECT_EQ(suspense(),
            (Texts{"MISSING_HOME 101 NOT_CREDITED", "MISSING_ACQUIRER 1 EXCHANGE_OUT"}));
  give_back();
  EXPECT_EQ(suspense(), Texts{});
}

TEST_F(NotCredited, ClosesNothingWithPartOfTheRefund) {
  exchange();
  give_back(999);
  note();
  EXPECT_EQ(suspense(), (Texts{"MISSING_HOME 101 NOT_CREDITED", "MISSING_ACQUIRER 1 EXCHANGE_OUT",
                               "MISSING_ACQUIRER 1 REFUND"}));
}

TEST_F(NotCredited, OfAnotherMemberClosesNothing) {
  exchange();
  give_back();
  send(kAir, {not_credited(kNote, kOut, kBob)});
  EXPECT_EQ(suspense(), (Texts{"MISSING_HOME 101 NOT_CREDITED", "MISSING_ACQUIRER 1 EXCHANGE_OUT",
                               "MISSING_ACQUIRER 1 REFUND"}));
}

TEST_F(NotCredited, WaitsAsParentIfThePartnerCreditedIt) {
  exchange();
  give_back();
  note();
  EXPECT_EQ(suspense(), Texts{});
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, 1000, 100)});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended),
            (Texts{"MISSING_ACQUIRER 1 REFUND", "PARENT 101 NOT_CREDITED"}));
  EXPECT_EQ(judgement.settled.size(), 2U);
}

TEST_F(NotCredited, WaitsAsParentThoughTheCreditNamesAnotherMember) {
  exchange();
  give_back();
  note();
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kBob, 1000, 100)});
  EXPECT_EQ(suspense(),
            (Texts{"MISSING_HOME 101 PARTNER_EXCHANGE_OUT", "MISSING_ACQUIRER 1 EXCHANGE_OUT",
                   "MISSING_ACQUIRER 1 REFUND", "PARENT 101 NOT_CREDITED"}));
}

TEST_F(NotCredited, ASecondNoteFindsNothingLeftToClose) {
  exchange();
  give_back();
  note();
  send(kAir, {not_credited(id_of(kAir, kNext, "O"), kOut, kAnn)});
  EXPECT_EQ(suspense(), Texts{"MISSING_HOME 101 NOT_CREDITED"});
}

TEST_F(NotCredited, NeedsNoPartnersRefundButOneThatIsThereLeavesToo) {
  exchange();
  give_back();
  note();
  EXPECT_EQ(suspense(), Texts{});
  send(kAir, {partner_refunded(kOutBack, kOut, kAnn, 1000)});
  EXPECT_EQ(suspense(), Texts{});
  EXPECT_EQ(settled(), 1U);  // The goods.
}

TEST_F(NotCredited, WhatCameTooLateForASettledExchangeIsParent) {
  exchange();
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, 1000, 100)});
  give_back();
  note();
  EXPECT_EQ(suspense(), (Texts{"MISSING_ACQUIRER 1 REFUND", "PARENT 101 NOT_CREDITED"}));
}

}  // namespace PH_FILE
}  // namespace ph::test
