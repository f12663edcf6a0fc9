// Matching: which items answer each other, and why items wait.
#include "core/match/judge.h"

#include <gtest/gtest.h>

#include <ostream>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const TransactionId kGoods = id_of(kP2, kDay, "1");
const TransactionId kSale = id_of(kShop, kDay, "S");
const TransactionId kOut = id_of(kAir, kDay, "X");
const TransactionId kIn = id_of(kAir, kDay, "I");

class Matching : public testing::Test {
 protected:
  Matching() { world_.opened(); }
  void send(Participant sender, std::vector<Report> reports) {
    world_.send(sender, kDay, std::move(reports));
    EXPECT_FALSE(world_.fault().has_value());
  }
  Texts suspense() { return suspense_of(world_.judged().suspended); }
  // One settled transaction and nothing in suspense.
  void expect_settled() {
    const Judgement judgement = world_.judged();
    EXPECT_EQ(suspense_of(judgement.suspended), Texts{});
    EXPECT_EQ(judgement.settled.size(), 1U);
  }

  World world_;
};

Report goods(std::int64_t points = 10) {
  return redeemed(kGoods, kAnn, {{kP1, points}}, kP2);
}
Report sale(std::int64_t points = 10) {
  return redeemed(kSale, kAnn, {{kP1, points}}, kShop, Form::kMerchant);
}

// Each kind with its counterpart.

TEST_F(Matching, ARedemptionIsAnsweredByItsGiversDelivery) {
  send(kP1, {goods()});
  send(kP2, {delivered(kGoods, kAnn, 10)});
  expect_settled();
}

TEST_F(Matching, AMerchantRedemptionIsAnsweredByTheMerchant) {
  send(kP1, {sale()});
  send(kShop, {at_shop(kSale, kAnn, 10)});
  expect_settled();
}

TEST_F(Matching, AnExchangeOutIsAnsweredByThePartner) {
  send(kP1, {exchanged_out(kOut, kAnn, {{kP1, 1000}}, 100)});
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, 1000, 100)});
  expect_settled();
}

TEST_F(Matching, AnAccrualIsAnsweredByThePartner) {
  send(kP1, {issued(Kind::kAccrual, kIn, kAnn, 30)});
  send(kAir, {from_partner(Kind::kPartnerAccrual, kIn, kAnn, 30)});
  expect_settled();
}

TEST_F(Matching, AMoveIsAnsweredByTheNewHome) {
  const TransactionId move = id_of(kP2, kDay, "9");
  Report out = report(Kind::kMoveOut, move, kAnn, 30);
  out.item.counterparty = kP2;
  out.slices = {slice_of(kP1, Account::kMoved, -20), slice_of(kP3, Account::kMoved, -10)};
  Report in = report(Kind::kMoveIn, move, kAnn, 30);
  in.item.counterparty = kP1;
  in.slices = {slice_of(kP3, Account::kMoved, 10), slice_of(kP1, Account::kMoved, 20)};
  send(kP1, {out});
  send(kP2, {in});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(judgement.settled.size(), 1U);
  EXPECT_TRUE(judgement.legs.empty());
}

TEST_F(Matching, WhatTheHomeGaveItselfStandsAlone) {
  send(kP1, {redeemed(own_id(kDay, 1), kAnn, {{kP1, 10}}, kP1)});
  expect_settled();
}

// Order of the reasons.

TEST_F(Matching, WithoutTheOtherSideEachIsMissing) {
  send(kP1, {goods(), sale(), exchanged_out(kOut, kAnn, {{kP1, 1}}, 7),
             issued(Kind::kAccrual, id_of(kAir, kDay, "A"), kAnn, 30)});
  send(kP2, {delivered(id_of(kP2, kDay, "2"), kAnn, 10)});
  send(kAir, {from_partner(Kind::kPartnerAccrual, id_of(kAir, kDay, "B"), kAnn, 30)});
  EXPECT_EQ(suspense(), (Texts{"MISSING_HOME 2 DELIVERY", "MISSING_HOME 101 PARTNER_ACCRUAL",
                               "MISSING_ACQUIRER 1 REDEEM", "MISSING_ACQUIRER 1 REDEEM",
                               "MISSING_ACQUIRER 1 EXCHANGE_OUT", "MISSING_ACQUIRER 1 ACCRUAL"}));
}

TEST_F(Matching, TheOldHomeCountsAsTheHomeOfAMove) {
  Report in = report(Kind::kMoveIn, id_of(kP2, kDay, "9"), kAnn, 0);
  in.item.counterparty = kP1;
  send(kP2, {in});
  Report out = report(Kind::kMoveOut, id_of(kP2, kDay, "8"), kAnn, 0);
  out.item.counterparty = kP2;
  send(kP1, {out});
  EXPECT_EQ(suspense(), (Texts{"MISSING_HOME 2 MOVE_IN", "MISSING_ACQUIRER 1 MOVE_OUT"}));
}

TEST_F(Matching, AnotherMemberFormOrHomeIsNoCounterpart) {
  const TransactionId two = id_of(kP2, kDay, "2");
  const TransactionId three = id_of(kP2, kDay, "3");
  send(kP1,
       {goods(), redeemed(two, kAnn, {{kP1, 10}}, kP2), redeemed(three, kAnn, {{kP1, 1}}, kP2)});
  send(kP2, {delivered(kGoods, kBob, 10), delivered(two, kAnn, 10, kP1, Form::kOwnProduct),
             delivered(three, kAnn, 1, kP3)});
  EXPECT_EQ(suspense(), (Texts{"MISSING_HOME 2 DELIVERY", "MISSING_HOME 2 DELIVERY",
                               "MISSING_HOME 2 DELIVERY", "MISSING_ACQUIRER 1 REDEEM",
                               "MISSING_ACQUIRER 1 REDEEM", "MISSING_ACQUIRER 1 REDEEM"}));
}

TEST_F(Matching, OtherPointsPutBothInAmount) {
  send(kP1, {goods(10)});
  send(kP2, {delivered(kGoods, kAnn, 11)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 REDEEM", "AMOUNT 2 DELIVERY"}));
}

TEST_F(Matching, AMoveWithOtherSlicesOrDebtsIsAmount) {
  const auto move = [this](std::string_view name, std::vector<Slice> out_slices,
                           std::vector<Slice> in_slices) {
    Report out = report(Kind::kMoveOut, id_of(kP2, kDay, name), kAnn, 10);
    out.item.counterparty = kP2;
    out.slices = std::move(out_slices);
    Report in = report(Kind::kMoveIn, id_of(kP2, kDay, name), kAnn, 10);
    in.item.counterparty = kP1;
    in.slices = std::move(in_slices);
    send(kP1, {out});
    send(kP2, {in});
  };
  Slice debt{.lot = LotId(kP1, BusinessDate(), 0), .source = Source::kDebt};
  debt.account = Account::kMoved;
  debt.delta = -4;
  move("1", {slice_of(kP1, Account::kMoved, -10)}, {slice_of(kP3, Account::kMoved, 10)});
  move("2", {slice_of(kP1, Account::kMoved, -10)}, {slice_of(kP1, Account::kMoved, 10), debt});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 MOVE_OUT", "AMOUNT 1 MOVE_OUT", "AMOUNT 2 MOVE_IN",
                               "AMOUNT 2 MOVE_IN"}));
}

TEST_F(Matching, AnExchangeOfOtherUnitsIsAmountBeforeItsRateIsLookedAt) {
  send(kP1, {exchanged_out(kOut, kAnn, {{kP1, 1000}}, 100)});
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, 1000, 99)});
  EXPECT_EQ(suspense(), (Texts{"AMOUNT 1 EXCHANGE_OUT", "AMOUNT 101 PARTNER_EXCHANGE_OUT"}));
}

// Rates. What the home and the partner say of an exchange, and the reason it waits for.
struct Exchange {
  std::string_view name{};
  std::int64_t points{};
  std::int64_t units{};
  std::uint32_t rate{};
  bool right{};

  friend void PrintTo(const Exchange& exchange, std::ostream* out) { *out << exchange.name; }
};

class RateOut : public Matching, public testing::WithParamInterface<Exchange> {};

TEST_P(RateOut, KeepsToTheRowInForce) {
  const Exchange& what = GetParam();
  for (const bool by_home : {true, false}) {
    World world;
    world.opened();
    Report home = exchanged_out(kOut, kAnn, {{kP1, what.points}}, what.units);
    Report partner =
        partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, what.points, what.units);
    (by_home ? home : partner).item.rate_version = what.rate;
    world.send(kP1, kDay, {home});
    world.send(kAir, kDay, {partner});
    EXPECT_EQ(
        suspense_of(world.judged().suspended),
        what.right ? Texts{} : (Texts{"RATE 1 EXCHANGE_OUT", "RATE 101 PARTNER_EXCHANGE_OUT"}))
        << what.name;
  }
}

INSTANTIATE_TEST_SUITE_P(, RateOut,
                         testing::Values(Exchange{"at the ratio", 1000, 100, kAirOut, true},
                                         Exchange{"another version", 1000, 100, kAirIn, false},
                                         Exchange{"not the ratio", 1000, 101, kAirOut, false},
                                         Exchange{"not whole blocks", 1050, 105, kAirOut, false},
                                         Exchange{"below the minimum", 900, 90, kAirOut, false},
                                         Exchange{"a block above the minimum", 1100, 110, kAirOut,
                                                  true}));

class RateIn : public Matching, public testing::WithParamInterface<Exchange> {};

TEST_P(RateIn, KeepsToTheRowInForce) {
  const Exchange& what = GetParam();
  Report home = issued(Kind::kExchangeIn, kIn, kAnn, what.points);
  home.item.units = what.units;
  home.item.rate_version = what.rate;
  send(kP1, {home});
  send(kAir, {partner_exchanged(Kind::kPartnerExchangeIn, kIn, kAnn, what.points, what.units)});
  EXPECT_EQ(suspense(),
            what.right ? Texts{} : (Texts{"RATE 1 EXCHANGE_IN", "RATE 101 PARTNER_EXCHANGE_IN"}))
      << what.name;
}

INSTANTIATE_TEST_SUITE_P(, RateIn,
                         testing::Values(Exchange{"at the ratio", 400, 50, kAirIn, true},
                                         Exchange{"another version", 400, 50, kAirOut, false},
                                         Exchange{"not the ratio", 401, 50, kAirIn, false},
                                         Exchange{"not whole blocks", 440, 55, kAirIn, false},
                                         Exchange{"below the minimum", 320, 40, kAirIn, false}));

TEST_F(Matching, AnExchangeNeedsTheRowsOfBothDirections) {
  RuleRows rows = rule_rows();
  std::erase_if(rows.prices, [](const PriceRow& row) { return row.version == kAirIn; });
  World world(rows);
  world.opened();
  world.send(kP1, kDay, {exchanged_out(kOut, kAnn, {{kP1, 1000}}, 100)});
  world.send(kAir, kDay, {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, 1000, 100)});
  EXPECT_EQ(suspense_of(world.judged().suspended),
            (Texts{"RATE 1 EXCHANGE_OUT", "RATE 101 PARTNER_EXCHANGE_OUT"}));
}

TEST_F(Matching, APriceThatIsNotInForceIsRate) {
  for (const std::uint32_t missing : {kShopReimburse, kShopCommission}) {
    RuleRows rows = rule_rows();
    std::erase_if(rows.prices, [missing](const PriceRow& row) { return row.version == missing; });
    World world(rows);
    world.opened();
    Report without_code = at_shop(kSale, kAnn, 10);
    without_code.item.authorisation = {};  // A later reason.
    world.send(kP1, kDay, {sale()});
    world.send(kShop, kDay, {without_code});
    const Judgement judgement = world.judged();
    EXPECT_EQ(suspense_of(judgement.suspended),
              (Texts{"RATE 1 REDEEM", "RATE 102 PARTNER_REDEMPTION"}));
    EXPECT_TRUE(judgement.legs.empty());
  }
}

TEST_F(Matching, APriceIsNeededForARedemptionThatStandsAloneToo) {
  RuleRows rows = rule_rows();
  std::erase_if(rows.prices, [](const PriceRow& row) { return row.kind == PriceKind::kInter; });
  World world(rows);
  world.opened();
  const TransactionId id = own_id(kDay, 1);
  world.send(
      kP1, kDay,
      {redeemed(id, kAnn, {{kP3, 10}}, kP1), redeemed(own_id(kDay, 2), kAnn, {{kP1, 10}}, kP1)});
  // None for what the giver issued himself.
  EXPECT_EQ(suspense_of(world.judged().suspended), Texts{"RATE 1 REDEEM"});
}

TEST_F(Matching, AWrongOrMissingCodeIsAuthorisation) {
  for (const EntryId code : {EntryId(), EntryId(kP1, kDay, 78)}) {
    World world;
    world.opened();
    Report given = delivered(kGoods, kAnn, 10);
    Report sold = at_shop(kSale, kAnn, 10);
    given.item.authorisation = sold.item.authorisation = code;
    world.send(kP1, kDay, {goods(), sale()});
    world.send(kP2, kDay, {given});
    world.send(kShop, kDay, {sold});
    EXPECT_EQ(suspense_of(world.judged().suspended),
              (Texts{"AUTHORISATION 1 REDEEM", "AUTHORISATION 1 REDEEM", "AUTHORISATION 2 DELIVERY",
                     "AUTHORISATION 102 PARTNER_REDEMPTION"}));
  }
}

// Several homes.

TEST_F(Matching, OfSeveralHomesTheLowestNumberTakesThePartnersItem) {
  send(kP3, {sale()});
  send(kP1, {sale()});
  send(kShop, {at_shop(kSale, kAnn, 10)});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended), Texts{"MISSING_ACQUIRER 3 REDEEM"});
  ASSERT_EQ(judgement.settled.size(), 1U);
  EXPECT_EQ(judgement.settled[0].home, kP1);
}

TEST_F(Matching, OneThatSettledEarlierKeepsThePartnersItem) {
  send(kP3, {sale()});
  send(kShop, {at_shop(kSale, kAnn, 10)});
  EXPECT_EQ(world_.judged().settled.size(), 1U);
  send(kP1, {sale()});
  const Judgement judgement = world_.judged();
  EXPECT_EQ(suspense_of(judgement.suspended), Texts{"MISSING_ACQUIRER 1 REDEEM"});
  ASSERT_EQ(judgement.settled.size(), 1U);
  EXPECT_EQ(judgement.settled[0].home, kP3);
}

TEST_F(Matching, DoesNotDependOnTheOrderInWhichSendersCame) {
  const auto run = [](const std::vector<Participant>& order) {
    World world;
    world.opened();
    std::map<Participant, std::vector<Report>> reports;
    reports[kP1] = {goods(), sale(), exchanged_out(kOut, kAnn, {{kP1, 900}, {kP2, 100}}, 100)};
    reports[kP2] = {delivered(kGoods, kAnn, 10)};
    reports[kP3] = {sale()};
    reports[kShop] = {at_shop(kSale, kAnn, 10)};
    reports[kAir] = {partner_exchanged(Kind::kPartnerExchangeOut, kOut, kAnn, 1000, 100)};
    for (const Participant sender : order) {
      world.send(sender, kDay, reports.at(sender));
    }
    const Judgement judgement = world.judged();
    Texts out = texts_of(judgement.legs);
    const Texts waiting = suspense_of(judgement.suspended);
    out.insert(out.end(), waiting.begin(), waiting.end());
    return out;
  };
  EXPECT_EQ(run({kP1, kP2, kP3, kAir, kShop}), run({kShop, kAir, kP3, kP2, kP1}));
}

TEST_F(Matching, JudgingTwiceGivesTheSame) {
  send(kP1, {goods(), sale()});
  send(kP2, {delivered(kGoods, kAnn, 10)});
  const Judgement first = world_.judged();
  const Judgement second = world_.judged();
  EXPECT_EQ(texts_of(first.legs), texts_of(second.legs));
  EXPECT_EQ(suspense_of(first.suspended), suspense_of(second.suspended));
}

TEST_F(Matching, AWithdrawnItemIsNotThere) {
  send(kP1, {goods()});
  send(kP2, {delivered(kGoods, kAnn, 10)});
  send(kP2, {citing(Action::kWithdraw, 1, 1, delivered(kGoods, kAnn, 0))});
  EXPECT_EQ(suspense(), Texts{"MISSING_ACQUIRER 1 REDEEM"});
}

}  // namespace PH_FILE
}  // namespace ph::test
