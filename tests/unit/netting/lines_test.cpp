// Lines multiplied and rounded once, the difference of two cut-offs, and net positions.
#include "core/netting/lines.h"

#include <gtest/gtest.h>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const TransactionId kId = id_of(kP2, kDay, "1");

Leg leg(std::int64_t quantity, std::uint32_t version = kPhone, std::string_view reference = "1",
        BusinessDate date = kDay) {
  return {.debtor = kP1,
          .creditor = kP2,
          .reason = Reason::kPhoneCredit,
          .version = version,
          .id = id_of(kP2, date, reference),
          .quantity = quantity};
}

class Lines : public testing::Test {
 protected:
  std::vector<Line> of(const std::vector<Leg>& legs, Month period = kApril) const {
    return lines_of(legs, period, rules_);
  }
  Line line(Participant debtor, Participant creditor, std::int64_t fen) const {
    Line out{.debtor = debtor, .creditor = creditor, .reason = Reason::kPhoneCredit};
    out.fen = fen;
    return out;
  }
  // receivable, payable, net, brought, carried, pays, receives
  std::vector<std::int64_t> position(Participant who, const std::vector<Line>& lines,
                                     std::int64_t brought = 0) const {
    std::map<Participant, std::int64_t> carried;
    if (brought != 0) {
      carried[who] = brought;
    }
    for (const Position& p : positions_of(lines, kApril, rules_, carried)) {
      if (p.participant == who) {
        return {p.receivable,      p.payable, p.net,     p.brought_forward,
                p.carried_forward, p.pays,    p.receives};
      }
    }
    return {};
  }

  RuleBook rules_ = rule_book();
};
using Numbers = std::vector<std::int64_t>;

TEST_F(Lines, SumTheQuantitiesBeforeTheyMultiplyAndRoundOnce) {
  // Each alone, 0.6 would round to 1.
  const std::vector<Line> lines =
      of({leg(1, kPhone, "1"), leg(1, kPhone, "2"), leg(1, kPhone, "3")});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].quantity, 3);
  EXPECT_EQ(lines[0].exact.text(), "9/5");
  EXPECT_EQ(lines[0].fen, 2);
  EXPECT_EQ((lines[0].exact - Ratio(lines[0].fen, 1)).text(), "-1/5");
  EXPECT_EQ(lines[0].items, 3U);
}

TEST_F(Lines, RoundHalvesUpAndNegativeOnesByTheirAbsoluteValue) {
  const auto fen = [this](std::int64_t quantity) { return of({leg(quantity, kPhonePair)})[0].fen; };
  EXPECT_EQ(fen(1), 1);    // 1/2
  EXPECT_EQ(fen(3), 2);    // 3/2
  EXPECT_EQ(fen(-1), -1);  // -1/2
  EXPECT_EQ(fen(-3), -2);
  EXPECT_EQ(fen(2), 1);
  EXPECT_EQ(of({leg(2)})[0].fen, 1);    // 6/5
  EXPECT_EQ(of({leg(-2)})[0].fen, -1);  // -6/5
  EXPECT_EQ(of({leg(-1)})[0].fen, -1);  // -3/5
}

TEST_F(Lines, OfOneKeyStandTogetherAndOthersApart) {
  Leg other = leg(5);
  other.reason = Reason::kOwnProduct;
  Leg partner = leg(5);
  partner.reason = Reason::kExchangeOut;
  partner.partner = kAir;
  Leg commission = leg(5, kShopReimburse);
  commission.reason = Reason::kMerchantCommission;
  commission.second = kShopCommission;
  const std::vector<Line> lines = of({leg(1), leg(2, kPhonePair), other, commission, partner});
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(lines[3].price.text(), "1/25");  // 4/5 x 1/20
  EXPECT_EQ(lines[4].first_leaf, 4U);
}

TEST_F(Lines, OfGiftsSumFenWithoutAPrice) {
  Leg one{.debtor = kP1, .creditor = kP2, .reason = Reason::kGiftCost, .id = kId};
  one.quantity = 5;
  one.fen = 46;
  Leg two = one;
  two.quantity = -2;
  two.fen = -18;
  const std::vector<Line> lines = of({one, two});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].at_cost());
  EXPECT_EQ(lines[0].quantity, 3);
  EXPECT_EQ(lines[0].fen, 28);
  EXPECT_EQ(lines[0].exact.text(), "28");
}

TEST_F(Lines, CountItemsOfBeforeThePeriodAsPrior) {
  const std::vector<Line> lines =
      of({leg(1, kPhone, "1", on(2007, 3, 31)), leg(-4, kPhone, "2", on(2007, 3, 1)),
          leg(16, kPhone, "3", on(2007, 4, 1))});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].items, 3U);
  EXPECT_EQ(lines[0].prior_items, 2U);
  EXPECT_EQ(lines[0].prior_quantity, -3);
}

TEST_F(Lines, ThatCancelOutStandWithZero) {
  const std::vector<Line> lines = of({leg(4), leg(-4)});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].fen, 0);
  EXPECT_EQ(lines[0].items, 2U);
}

// The difference of two cut-offs.

Judgement settled(const std::vector<std::pair<std::string, std::vector<Leg>>>& transactions) {
  Judgement out;
  for (const auto& [reference, legs] : transactions) {
    out.settled.push_back({.id = id_of(kP2, kDay, reference),
                           .kind = Kind::kRedeem,
                           .home = kP1,
                           .first_leg = out.legs.size(),
                           .leg_count = static_cast<std::uint32_t>(legs.size())});
    out.legs.insert(out.legs.end(), legs.begin(), legs.end());
  }
  return out;
}

TEST(PeriodLegs, AreAllOfThemAtTheFirstCutoff) {
  EXPECT_EQ(
      texts_of(period_legs(settled({{"1", {leg(5)}}, {"2", {leg(3, kPhone, "2")}}}), nullptr)),
      (Texts{"1>2 PHONE_CREDIT v3 5", "1>2 PHONE_CREDIT v3 3"}));
}

TEST(PeriodLegs, OfAnUnchangedTransactionAreNone) {
  const Judgement before = settled({{"1", {leg(5)}}, {"3", {leg(1, kPhone, "3")}}});
  const Judgement now =
      settled({{"1", {leg(5)}}, {"2", {leg(3, kPhone, "2")}}, {"3", {leg(1, kPhone, "3")}}});
  EXPECT_EQ(texts_of(period_legs(now, &before)), Texts{"1>2 PHONE_CREDIT v3 3"});
}

TEST(PeriodLegs, OfAChangedTransactionAreAllOldNegativeAndAllNew) {
  Leg kept = leg(7, kPhonePair);
  kept.debtor = kP3;
  const Judgement before = settled({{"1", {leg(5), kept}}});
  const Judgement now = settled({{"1", {leg(6), kept}}});
  EXPECT_EQ(texts_of(period_legs(now, &before)),
            (Texts{"1>2 PHONE_CREDIT v3 -5", "1>2 PHONE_CREDIT v3 6", "3>2 PHONE_CREDIT v4 -7",
                   "3>2 PHONE_CREDIT v4 7"}));
}

TEST(PeriodLegs, OfATransactionThatIsSettledNoMoreAreNegative) {
  const Judgement before = settled({{"1", {leg(5)}}, {"2", {leg(3, kPhone, "2")}}});
  const Judgement now = settled({{"2", {leg(3, kPhone, "2")}}});
  EXPECT_EQ(texts_of(period_legs(now, &before)), Texts{"1>2 PHONE_CREDIT v3 -5"});
  const Judgement none;
  EXPECT_EQ(texts_of(period_legs(none, &before)),
            (Texts{"1>2 PHONE_CREDIT v3 -5", "1>2 PHONE_CREDIT v3 -3"}));
}

TEST(PeriodLegs, AreInCanonicalOrder) {
  Leg far = leg(1);
  far.debtor = kP3;
  Leg exchange = leg(1);
  exchange.reason = Reason::kExchangeOut;
  exchange.partner = kShop;
  Leg lower = exchange;
  lower.partner = kAir;
  lower.version = 99;
  const std::vector<Leg> legs = period_legs(
      settled({{"1", {far, exchange, lower, leg(2, 9), leg(1, 9), leg(4, 8, "2"), leg(3, 8)}}}),
      nullptr);
  EXPECT_EQ(texts_of(legs),
            (Texts{"1>2 PHONE_CREDIT v8 3", "1>2 PHONE_CREDIT v8 4", "1>2 PHONE_CREDIT v9 1",
                   "1>2 PHONE_CREDIT v9 2", "1>2 EXCHANGE_OUT_101 v99 1",
                   "1>2 EXCHANGE_OUT_102 v3 1", "3>2 PHONE_CREDIT v3 1"}));
}

// Positions.

TEST_F(Lines, NetsArePaidToOrByTheClearing) {
  const std::vector<Line> lines{line(kP1, kP2, 100), line(kP2, kP1, 30), line(kP1, kP3, -5)};
  EXPECT_EQ(position(kP1, lines), (Numbers{30, 95, -65, 0, 0, 65, 0}));
  EXPECT_EQ(position(kP2, lines), (Numbers{100, 30, 70, 0, 0, 0, 70}));
  EXPECT_EQ(position(kP3, lines), (Numbers{-5, 0, -5, 0, 0, 5, 0}));
  EXPECT_EQ(position(kClearingHouse, lines), (Numbers{0, 0, 0, 0, 0, 70, 70}));
}

TEST_F(Lines, WhoIsNotNettedPaysAndReceivesApart) {
  EXPECT_EQ(position(kShop, {line(kP2, kShop, 100), line(kShop, kP2, 30)}),
            (Numbers{100, 30, 70, 0, 0, 30, 100}));
  // A negative one the other way round.
  EXPECT_EQ(position(kShop, {line(kP2, kShop, -100), line(kShop, kP2, 30)}),
            (Numbers{-100, 30, -130, 0, 0, 130, 0}));
  EXPECT_EQ(position(kShop, {line(kP2, kShop, 100), line(kShop, kP2, -30)}),
            (Numbers{100, -30, 130, 0, 0, 0, 130}));
}

TEST_F(Lines, ANegativeSumIsCarriedForwardWhereTheContractSaysSo) {
  EXPECT_EQ(position(kBank, {line(kBank, kP1, 80)}), (Numbers{0, 80, -80, 0, -80, 0, 0}));
  EXPECT_EQ(position(kBank, {line(kBank, kP1, 10)}, -80), (Numbers{0, 10, -10, -80, -90, 0, 0}));
  EXPECT_EQ(position(kBank, {line(kP1, kBank, 70)}, -80), (Numbers{70, 0, 70, -80, -10, 0, 0}));
  EXPECT_EQ(position(kBank, {line(kP1, kBank, 80)}, -80), (Numbers{80, 0, 80, -80, 0, 0, 0}));
  EXPECT_EQ(position(kBank, {line(kP1, kBank, 90)}, -80), (Numbers{90, 0, 90, -80, 0, 0, 10}));
}

TEST_F(Lines, WhatWasBroughtForwardIsPaidOnceTheContractCarriesNoMore) {
  EXPECT_EQ(position(kAir, {line(kAir, kP2, 10)}, -80), (Numbers{0, 10, -10, -80, 0, 90, 0}));
}

}  // namespace PH_FILE
}  // namespace ph::test
