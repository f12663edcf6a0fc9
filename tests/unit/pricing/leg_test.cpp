// Obligations of each kind of transaction, refunds and reversals; gifts by largest remainder.
#include "core/pricing/leg.h"

#include <gtest/gtest.h>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const TransactionId kId = id_of(kP2, kDay, "1");
const TransactionId kBack = id_of(kP2, kDay.plus_days(1), "2");

class Legs : public testing::Test {
 protected:
  // The legs of a home's item; `other` is its counterpart's.
  std::vector<Leg> of(const Report& home, Participant sender = kP1, const Item* other = nullptr) {
    std::vector<Leg> legs;
    complete_ = append_legs(home.item, home.slices, sender, other, rules_, legs);
    return legs;
  }
  Texts refund_of(const Report& parent, const Report& refund, const Item* other = nullptr) {
    const std::vector<Leg> given = of(parent, kP1, other);
    std::vector<Leg> legs;
    append_refund_legs(refund.item, refund.slices, parent.item, given, legs);
    for (const Leg& leg : legs) {
      EXPECT_EQ(leg.id, refund.item.id);
    }
    return texts_of(legs);
  }

  RuleBook rules_ = rule_book();
  bool complete_{false};
};

TEST_F(Legs, EachIssuerOwesTheGiverAtThePriceOfFormAndPair) {
  EXPECT_EQ(texts_of(of(redeemed(kId, kAnn, {{kP1, 10}, {kP3, 5}, {kP2, 7}, {kP1, 2}}, kP2))),
            (Texts{"1>2 PHONE_CREDIT v3 12", "3>2 PHONE_CREDIT v4 5"}));
  EXPECT_TRUE(complete_);
}

TEST_F(Legs, FormsWithoutAPriceOfTheirOwnTakeTheDefault) {
  EXPECT_EQ(texts_of(of(redeemed(kId, kAnn, {{kP1, 10}}, kP2, Form::kOwnProduct))),
            Texts{"1>2 OWN_PRODUCT v1 10"});
  EXPECT_EQ(texts_of(of(redeemed(own_id(kDay, 1), kAnn, {{kP3, 10}}, kP1, Form::kFixedLine))),
            Texts{"3>1 FIXED_LINE v1 10"});
}

TEST_F(Legs, PricesAreThoseOfTheIdsDate) {
  const auto on_date = [&](BusinessDate date) {
    return texts_of(of(redeemed(id_of(kP2, date, "1"), kAnn, {{kP1, 1}}, kP2, Form::kOwnProduct)));
  };
  EXPECT_EQ(on_date(on(2007, 4, 30)), Texts{"1>2 OWN_PRODUCT v1 1"});
  EXPECT_EQ(on_date(on(2007, 5, 1)), Texts{"1>2 OWN_PRODUCT v2 1"});
  EXPECT_EQ(on_date(on(2006, 12, 31)), Texts{});
  EXPECT_FALSE(complete_);
}

TEST_F(Legs, AMerchantIsReimbursedAndPaysCommission) {
  EXPECT_EQ(texts_of(of(redeemed(kId, kAnn, {{kP1, 10}, {kP2, 5}}, kShop, Form::kMerchant))),
            (Texts{"1>2 MERCHANT_REDEMPTION v1 10", "2>102 MERCHANT_REIMBURSEMENT v20 15",
                   "102>2 MERCHANT_COMMISSION v20+21 15"}));
}

TEST_F(Legs, AnExchangeOutBuysUnitsFromThePartner) {
  EXPECT_EQ(texts_of(of(exchanged_out(kId, kAnn, {{kP1, 600}, {kP2, 400}}, 100))),
            (Texts{"1>2 EXCHANGE_OUT_101 v1 600", "2>101 PURCHASE_MILES_101 v11 100"}));
}

TEST_F(Legs, AnAccrualOrExchangeInIsSoldToThePartnerAndFundsTheHome) {
  const Texts expected{"101>2 SALE_POINTS_101 v10 30", "2>1 FUND_ISSUER_101 v5 30"};
  EXPECT_EQ(texts_of(of(issued(Kind::kAccrual, kId, kAnn, 30))), expected);
  EXPECT_EQ(texts_of(of(issued(Kind::kExchangeIn, kId, kAnn, 30))), expected);
}

TEST_F(Legs, AnAccrualAtTheAcquirersOwnHomeFundsNobody) {
  EXPECT_EQ(texts_of(of(issued(Kind::kAccrual, kId, kAnn, 30, kP2), kP2)),
            Texts{"101>2 SALE_POINTS_101 v10 30"});
}

TEST_F(Legs, AMoveOwesNothing) {
  Report out = report(Kind::kMoveOut, kId, kAnn, 30);
  out.item.counterparty = kP2;
  out.slices = {slice_of(kP1, Account::kMoved, -30)};
  EXPECT_EQ(texts_of(of(out)), Texts{});
  EXPECT_TRUE(complete_);
}

TEST_F(Legs, AMissingPriceLeavesNoLegAtAll) {
  RuleRows rows = rule_rows();
  std::erase_if(rows.prices, [](const PriceRow& row) { return row.version == kAirBuy; });
  rules_ = rule_book(rows);
  EXPECT_TRUE(of(exchanged_out(kId, kAnn, {{kP1, 1000}}, 100)).empty());
  EXPECT_FALSE(complete_);
}

TEST_F(Legs, TheClearingCanBeTheAcquirerAndHasPairsOfItsOwn) {
  RuleRows rows = rule_rows();
  rows.contracts[0].acquirer = kClearingHouse;
  PriceRow pair = inter(40, Form::kExchangeOut, 1, 3);
  pair.issuer = kP1;
  pair.acquirer = kClearingHouse;
  rows.prices.push_back(pair);
  rules_ = rule_book(rows);
  EXPECT_EQ(texts_of(of(exchanged_out(kId, kAnn, {{kP1, 600}, {kP2, 400}}, 100))),
            (Texts{"1>100 EXCHANGE_OUT_101 v40 600", "2>100 EXCHANGE_OUT_101 v1 400",
                   "100>101 PURCHASE_MILES_101 v11 100"}));
}

// Gifts.

class Gifts : public Legs {
 protected:
  Texts gift(const Shares& shares, std::int64_t cost, std::int64_t freight, std::int64_t cash) {
    const Report home = redeemed(kId, kAnn, shares, kP2, Form::kGift);
    const Report given =
        gift_costs(delivered(kId, kAnn, sum_of(shares), kP1, Form::kGift), cost, freight, cash);
    return texts_of(of(home, kP1, &given.item));
  }
};

TEST_F(Gifts, AreSharedByPointsAndLeaveOutTheGiversPart) {
  EXPECT_EQ(gift({{kP1, 50}, {kP2, 30}, {kP3, 20}}, 900, 200, 100),
            (Texts{"1>2 GIFT_COST 50 =500", "3>2 GIFT_COST 20 =200"}));
}

TEST_F(Gifts, TheLargestRemainderGetsTheOddFen) {
  // 100 over 5:4:2 is 45.45, 36.36, 18.18.
  EXPECT_EQ(gift({{kP3, 2}, {kP1, 5}, {kP2, 4}}, 100, 0, 0),
            (Texts{"3>2 GIFT_COST 2 =18", "1>2 GIFT_COST 5 =46"}));
}

TEST_F(Gifts, TiesGoToTheIssuerWhoseSliceComesFirst) {
  EXPECT_EQ(gift({{kP3, 1}, {kP1, 1}, {kP2, 1}}, 100, 0, 0),
            (Texts{"3>2 GIFT_COST 1 =34", "1>2 GIFT_COST 1 =33"}));
  EXPECT_EQ(gift({{kP1, 1}, {kP3, 1}, {kP2, 1}}, 101, 0, 0),
            (Texts{"1>2 GIFT_COST 1 =34", "3>2 GIFT_COST 1 =34"}));
  // The giver takes part in the tie.
  EXPECT_EQ(gift({{kP2, 1}, {kP1, 1}}, 1, 0, 0), Texts{"1>2 GIFT_COST 1 =0"});
}

TEST_F(Gifts, PaidInCashByTheMemberCostNothing) {
  EXPECT_EQ(gift({{kP1, 50}}, 900, 100, 1001), Texts{"1>2 GIFT_COST 50 =0"});
}

// Sold at 5,000 points + 1,500 yuan, which is what it costs: whose points it were, nothing is owed.
TEST_F(Gifts, ThePhoneAtItsCostSettlesAtNought) {
  EXPECT_EQ(gift({{kP1, 3'000}, {kP3, 2'000}}, 150'000, 0, 150'000),
            (Texts{"1>2 GIFT_COST 3000 =0", "3>2 GIFT_COST 2000 =0"}));
}

TEST_F(Gifts, OfTheHomeItselfTakeTheHomesCosts) {
  const Report home = gift_costs(
      redeemed(own_id(kDay, 1), kAnn, {{kP3, 5}, {kP1, 5}}, kP1, Form::kGift), 90, 10, 0);
  EXPECT_EQ(texts_of(of(home)), Texts{"3>1 GIFT_COST 5 =50"});
}

TEST(LargestRemainder, SplitsToTheLastFenOverHugeAmounts) {
  const std::int64_t huge = 100'000'000'000;
  EXPECT_EQ(split_by_largest_remainder(huge, {{kP1, huge}, {kP2, huge}, {kP3, huge}}),
            (std::vector<std::int64_t>{33'333'333'334, 33'333'333'333, 33'333'333'333}));
}

// Refunds and reversals.

TEST_F(Legs, ARefundTakesItsOwnQuantitiesAtTheParentsVersions) {
  const Report parent = redeemed(kId, kAnn, {{kP1, 10}, {kP3, 5}, {kP2, 3}}, kP2);
  EXPECT_EQ(refund_of(parent, refunded(kBack, kId, kAnn, {{kP3, 5}, {kP1, 2}, {kP2, 1}}, kP2)),
            (Texts{"1>2 PHONE_CREDIT v3 -2", "3>2 PHONE_CREDIT v4 -5"}));
  // An issuer that gets nothing back has no leg.
  EXPECT_EQ(refund_of(parent, refunded(kBack, kId, kAnn, {{kP3, 1}}, kP2)),
            Texts{"3>2 PHONE_CREDIT v4 -1"});
}

TEST_F(Legs, ARefundInMayOfAnAprilRedemptionKeepsAprilsPrice) {
  const Report parent = redeemed(kId, kAnn, {{kP1, 10}}, kP2, Form::kOwnProduct);
  const TransactionId may = id_of(kP2, on(2007, 5, 7), "2");
  EXPECT_EQ(refund_of(parent, refunded(may, kId, kAnn, {{kP1, 4}}, kP2)),
            Texts{"1>2 OWN_PRODUCT v1 -4"});
}

TEST_F(Legs, AMerchantsRefundTakesBackAllThreeLegs) {
  const Report parent = redeemed(kId, kAnn, {{kP1, 10}, {kP2, 5}}, kShop, Form::kMerchant);
  EXPECT_EQ(refund_of(parent, refunded(kBack, kId, kAnn, {{kP2, 5}, {kP1, 1}}, kShop)),
            (Texts{"1>2 MERCHANT_REDEMPTION v1 -1", "2>102 MERCHANT_REIMBURSEMENT v20 -6",
                   "102>2 MERCHANT_COMMISSION v20+21 -6"}));
}

TEST_F(Legs, AGiftsRefundIsExactlyItsParentNegative) {
  const Report parent = redeemed(kId, kAnn, {{kP3, 2}, {kP1, 5}, {kP2, 4}}, kP2, Form::kGift);
  const Report given = gift_costs(delivered(kId, kAnn, 11, kP1, Form::kGift), 100, 0, 0);
  EXPECT_EQ(refund_of(parent, refunded(kBack, kId, kAnn, {{kP2, 4}, {kP1, 5}, {kP3, 2}}, kP2),
                      &given.item),
            (Texts{"3>2 GIFT_COST -2 =-18", "1>2 GIFT_COST -5 =-46"}));
}

TEST_F(Legs, AnExchangesRefundGivesTheUnitsBack) {
  const Report parent = exchanged_out(kId, kAnn, {{kP1, 600}, {kP2, 400}}, 100);
  EXPECT_EQ(refund_of(parent, refunded(kBack, kId, kAnn, {{kP2, 400}, {kP1, 600}}, kAir)),
            (Texts{"1>2 EXCHANGE_OUT_101 v1 -600", "2>101 PURCHASE_MILES_101 v11 -100"}));
}

TEST_F(Legs, AReversalTakesBackSaleAndFunding) {
  EXPECT_EQ(refund_of(issued(Kind::kAccrual, kId, kAnn, 30), unissued(kBack, kId, kAnn, 12)),
            (Texts{"101>2 SALE_POINTS_101 v10 -12", "2>1 FUND_ISSUER_101 v5 -12"}));
}

}  // namespace PH_FILE
}  // namespace ph::test
