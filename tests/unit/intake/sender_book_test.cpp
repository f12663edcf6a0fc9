// What the clearing takes from a sender and what it sends back.
#include "core/intake/sender_book.h"

#include <gtest/gtest.h>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const BusinessDate kNext = kDay.plus_days(1);

TransactionId named(std::string_view reference, Participant who = kP2, BusinessDate date = kDay) {
  return id_of(who, date, reference);
}

TEST(Intake, AnIdOfNinetyDaysIsTakenOneOfNinetyOneIsTooOld) {
  World world;
  world.send(kP2, kDay,
             {delivered(named("1", kP2, kDay.plus_days(-90)), kAnn, 5),
              delivered(named("2", kP2, kDay.plus_days(-91)), kAnn, 5)});
  EXPECT_EQ(returned_of(world.book(kP2)), Texts{"2 TOO_OLD"});
  EXPECT_EQ(world.book(kP2).records().size(), 1U);
}

TEST(Intake, TheSameAgainIsACopyButForEntryAndAuthorisation) {
  World world;
  Report again = delivered(named("1"), kAnn, 5);
  again.item.authorisation = {};
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5), again});
  world.send(kP2, kNext, {delivered(named("1"), kAnn, 5), delivered(named("1"), kAnn, 6)});
  EXPECT_EQ(returned_of(world.book(kP2)), (Texts{"2 COPY", "1 COPY", "2 DUPLICATE"}));
  EXPECT_EQ(world.book(kP2).records()[0].item->authorisation, kCode);
}

TEST(Intake, OtherSlicesMakeADuplicate) {
  World world;
  world.opened();
  world.send(kP1, kDay, {redeemed(named("1"), kAnn, {{kP1, 10}}, kP2)});
  world.send(kP1, kNext, {redeemed(named("1"), kAnn, {{kP3, 10}}, kP2)});
  EXPECT_EQ(returned_of(world.book(kP1)), Texts{"1 DUPLICATE"});
}

TEST(Intake, AMoveInIsNeverTooOldAndItsSecondStillACopy) {
  World world;
  Report move = delivered(named("1"), kAnn, 0);
  move.item.kind = Kind::kMoveIn;
  move.item.form = Form::kNone;
  move.item.authorisation = EntryId();
  world.send(kP2, kDay.plus_days(300), {move});
  EXPECT_TRUE(world.book(kP2).returned().empty());
  world.send(kP2, kDay.plus_days(301), {move});
  EXPECT_EQ(returned_of(world.book(kP2)), Texts{"1 COPY"});
}

TEST(Intake, TheSameIdOfAnotherKindIsTaken) {
  World world;
  world.send(kP2, kDay,
             {delivered(named("1"), kAnn, 5), took_back(named("1"), named("0"), kAnn, 5)});
  EXPECT_TRUE(world.book(kP2).returned().empty());
}

TEST(Intake, TooOldIsSaidBeforeCopy) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5)});
  world.send(kP2, kDay.plus_days(91), {delivered(named("1"), kAnn, 5)});
  EXPECT_EQ(returned_of(world.book(kP2)), Texts{"1 TOO_OLD"});
}

TEST(Intake, APartnerNeedsAContractOfTheItemsTypeOnTheIdsDate) {
  RuleRows rows = rule_rows();
  rows.contracts[0].to = kNext;  // AIR1: A and X until today.
  World world(rows);
  world.opened();
  const auto item = [](Kind kind, BusinessDate date, Participant partner) {
    return issued(kind, id_of(partner, date, "1"), kAnn, 10, kP1, partner);
  };
  world.send(kP1, kNext,
             {item(Kind::kAccrual, kDay, kAir), item(Kind::kAccrual, kNext, kAir),
              item(Kind::kExchangeIn, kDay, kAir), item(Kind::kExchangeIn, kDay, kShop),
              redeemed(named("5"), kAnn, {{kP1, 5}}, kAir, Form::kMerchant),
              redeemed(named("6"), kAnn, {{kP1, 5}}, kShop, Form::kMerchant)});
  EXPECT_EQ(returned_of(world.book(kP1)),
            (Texts{"2 NO_CONTRACT", "4 NO_CONTRACT", "5 NO_CONTRACT"}));
  world.send(kAir, kNext,
             {from_partner(Kind::kPartnerAccrual, id_of(kAir, kNext, "1"), kAnn, 10),
              from_partner(Kind::kPartnerAccrual, id_of(kAir, kDay, "2"), kAnn, 10)});
  EXPECT_EQ(returned_of(world.book(kAir)), Texts{"1 NO_CONTRACT"});
}

// A partner does what each of its types allows; discounts alone move no points.
TEST(Intake, APartnerOfAllTypesDoesAllADiscountMerchantMovesNoPoints) {
  const auto returned_by = [](std::string_view types) {
    RuleRows rows = rule_rows();
    rows.contracts[0] = contract(kAir, kP2, types, types.ends_with('X') ? "mile" : "");
    World world(rows);
    world.opened();
    world.send(kP1, kDay,
               {issued(Kind::kAccrual, named("1", kAir), kAnn, 10, kP1, kAir),
                issued(Kind::kExchangeIn, named("2", kAir), kAnn, 10, kP1, kAir),
                redeemed(named("3"), kAnn, {{kP1, 5}}, kAir, Form::kMerchant),
                exchanged_out(named("4"), kAnn, {{kP1, 1'000}}, 100)});
    return returned_of(world.book(kP1));
  };
  EXPECT_EQ(returned_by("AUDX"), Texts{});
  EXPECT_EQ(returned_by("D"),
            (Texts{"1 NO_CONTRACT", "2 NO_CONTRACT", "3 NO_CONTRACT", "4 NO_CONTRACT"}));
  EXPECT_EQ(returned_by("AD"), (Texts{"2 NO_CONTRACT", "3 NO_CONTRACT", "4 NO_CONTRACT"}));
}

TEST(Intake, RefundsReversalsAndNotesOutliveContracts) {
  RuleRows rows = rule_rows();
  rows.contracts[0].to = kDay;
  World world(rows);
  world.opened();
  const TransactionId old = named("1", kAir, kDay.plus_days(-1));
  world.send(
      kP1, kDay,
      {refunded(named("2"), old, kAnn, {{kP1, 5}}, kAir), unissued(named("3"), old, kAnn, 5)});
  world.send(
      kAir, kDay,
      {partner_refunded(named("2"), old, kAnn, 5), not_credited(named("4", kAir), old, kAnn)});
  EXPECT_TRUE(world.book(kP1).returned().empty());
  EXPECT_TRUE(world.book(kAir).returned().empty());
}

TEST(Intake, ParticipantsMustBeOfTheKindTheItemNeeds) {
  World world;
  world.opened();
  Report to_partner = delivered(named("1"), kAnn, 5, kAir);
  Report by_province = redeemed(named("2"), kAnn, {{kP1, 5}}, kP3, Form::kMerchant);
  world.send(kP2, kDay, {to_partner, by_province});
  EXPECT_EQ(returned_of(world.book(kP2)), (Texts{"1 NO_CONTRACT", "2 NO_CONTRACT"}));
}

TEST(Intake, AnItemThatNeedsAPartnerAndNamesNoneIsReturned) {
  World world;
  world.opened();
  Report merchant = redeemed(named("1"), kAnn, {{kP1, 5}}, kP2);
  merchant.item.form = Form::kMerchant;
  Report exchange = exchanged_out(named("2"), kAnn, {{kP1, 1000}}, 100);
  Report accrual = issued(Kind::kAccrual, named("3"), kAnn, 10);
  Report in = issued(Kind::kExchangeIn, named("4"), kAnn, 80);
  for (Report* report : {&exchange, &accrual, &in}) {
    report->item.counterparty = kP2;
    report->item.partner = {};
  }
  world.send(kP1, kDay, {merchant, exchange, accrual, in});
  EXPECT_EQ(returned_of(world.book(kP1)),
            (Texts{"1 NO_CONTRACT", "2 NO_CONTRACT", "3 NO_CONTRACT", "4 NO_CONTRACT"}));
}

TEST(Intake, AnItemWhosePartnerIsNotItsCounterpartyOrSenderIsReturned) {
  World world;
  world.opened();
  Report accrual = issued(Kind::kAccrual, named("1"), kAnn, 10);
  accrual.item.counterparty = kShop;
  world.send(kP1, kDay, {accrual});
  EXPECT_EQ(returned_of(world.book(kP1)), Texts{"1 NO_CONTRACT"});
  world.send(kShop, kDay, {from_partner(Kind::kPartnerAccrual, named("2"), kAnn, 10, kAir)});
  EXPECT_EQ(returned_of(world.book(kShop)), Texts{"1 NO_CONTRACT"});
}

TEST(Correction, TakesThePlaceOfTheOriginalOrOfAnEarlierCorrection) {
  World world;
  world.send(kP2, kDay, {delivered(named("0"), kAnn, 1), delivered(named("1"), kAnn, 5)});
  world.send(kP2, kNext, {citing(Action::kCorrect, 1, 2, delivered(named("1"), kAnn, 6))});
  ASSERT_EQ(world.book(kP2).records().size(), 2U);
  EXPECT_EQ(world.book(kP2).records()[1].item->points, 6);
  EXPECT_EQ(world.book(kP2).records()[1].sequence, 2U);
  world.send(kP2, kNext, {citing(Action::kCorrect, 1, 2, delivered(named("1"), kAnn, 7))});
  EXPECT_EQ(world.book(kP2).records()[1].item->points, 7);
  world.send(kP2, kNext, {citing(Action::kCorrect, 3, 1, delivered(named("1"), kAnn, 8))});
  EXPECT_EQ(world.book(kP2).records()[1].item->points, 8);
  EXPECT_TRUE(world.book(kP2).returned().empty());
}

TEST(Correction, IsNeverTooOld) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5), delivered(named("2"), kAnn, 5)});
  world.send(kP2, kDay.plus_days(200),
             {citing(Action::kCorrect, 1, 1, delivered(named("1"), kAnn, 6)),
              citing(Action::kWithdraw, 1, 2, delivered(named("2"), kAnn, 0))});
  EXPECT_TRUE(world.book(kP2).returned().empty());
}

TEST(Correction, OfAnotherKindIdMemberOrEntryIsUnknownCited) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5)});
  world.send(kP2, kNext,
             {citing(Action::kCorrect, 1, 1, took_back(named("1"), named("0"), kAnn, 5)),
              citing(Action::kCorrect, 1, 1, delivered(named("2"), kAnn, 5)),
              citing(Action::kCorrect, 1, 1, delivered(named("1"), member_of(2), 5)),
              citing(Action::kCorrect, 1, 2, delivered(named("1"), kAnn, 5)),
              citing(Action::kWithdraw, 7, 1, delivered(named("1"), kAnn, 0))});
  EXPECT_EQ(returned_of(world.book(kP2)),
            (Texts{"1 UNKNOWN_CITED", "2 UNKNOWN_CITED", "3 UNKNOWN_CITED", "4 UNKNOWN_CITED",
                   "5 UNKNOWN_CITED"}));
  EXPECT_EQ(world.book(kP2).records()[0].item->points, 5);
}

TEST(Correction, WhatWasReturnedOrWithdrawnCannotBeCited) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5), delivered(named("1"), kAnn, 6)});
  world.send(kP2, kNext,
             {citing(Action::kCorrect, 1, 2, delivered(named("1"), kAnn, 7)),
              citing(Action::kWithdraw, 1, 1, delivered(named("1"), kAnn, 0)),
              citing(Action::kWithdraw, 1, 1, delivered(named("1"), kAnn, 0)),
              citing(Action::kCorrect, 1, 1, delivered(named("1"), kAnn, 7))});
  EXPECT_EQ(returned_of(world.book(kP2)),
            (Texts{"2 DUPLICATE", "1 UNKNOWN_CITED", "3 UNKNOWN_CITED", "4 UNKNOWN_CITED"}));
  EXPECT_TRUE(world.book(kP2).records()[0].removed);
}

TEST(Correction, CopiesAreHeldAgainstTheItemAsFirstSent) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5)});
  world.send(kP2, kNext,
             {citing(Action::kCorrect, 1, 1, delivered(named("1"), kAnn, 6)),
              delivered(named("1"), kAnn, 5), delivered(named("1"), kAnn, 6)});
  EXPECT_EQ(returned_of(world.book(kP2)), (Texts{"2 COPY", "3 DUPLICATE"}));
}

TEST(Withdrawal, DoesNotFreeTheId) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5)});
  world.send(kP2, kNext,
             {citing(Action::kWithdraw, 1, 1, delivered(named("1"), kAnn, 0)),
              delivered(named("1"), kAnn, 5), delivered(named("1"), kAnn, 6)});
  EXPECT_EQ(returned_of(world.book(kP2)), (Texts{"2 COPY", "3 DUPLICATE"}));
}

TEST(Intake, ItemsAreTakenByEntryHoweverTheBatchSortsThem) {
  World world;
  BatchView view = world.hold(
      kP2, kDay, 1, {delivered(named("1"), kAnn, 5, kP3), delivered(named("1"), kAnn, 5)});
  std::vector<Item> sorted(view.items.begin(), view.items.end());
  std::swap(sorted[0], sorted[1]);  // By counterparty.
  view.items = sorted;
  EXPECT_FALSE(world.book(kP2).take(view, world.rules(), Part::kOpen).fault);
  EXPECT_EQ(returned_of(world.book(kP2)), Texts{"2 DUPLICATE"});
}

TEST(Intake, OfARefusedBatchNothingIsTaken) {
  World world;
  world.opened();
  Report too_much = redeemed(named("2"), kAnn, {{kP2, kDeep}}, kP2);
  world.send(kP1, kDay, {redeemed(named("1"), kAnn, {{kP1, 10}}, kP2), too_much});
  EXPECT_TRUE(world.fault().has_value());
  EXPECT_TRUE(world.book(kP1).records().empty());
  EXPECT_TRUE(world.book(kP1).returned().empty());
  world.send(kP1, kDay, {redeemed(named("1"), kAnn, {{kP1, 11}}, kP2)});
  EXPECT_FALSE(world.fault().has_value());
  EXPECT_TRUE(world.book(kP1).returned().empty());
  EXPECT_EQ(world.book(kP1).ledger().lots().at(0).remaining, kDeep / 2 - 11);
}

TEST(Intake, SaysWhatItSentBackOfTheBatchInHand) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5), delivered(named("1"), kAnn, 5)});
  EXPECT_EQ(texts_of(world.taken().returned), Texts{"2 COPY"});
  world.send(kP2, kNext, {delivered(named("2"), kAnn, 5), delivered(named("1"), kAnn, 6)});
  EXPECT_EQ(texts_of(world.taken().returned), Texts{"2 DUPLICATE"});
  world.send(kP2, kNext, {delivered(named("3"), kAnn, 5)});
  EXPECT_TRUE(world.taken().returned.empty());
}

// Batches of the next period.

const auto send_ahead = [](World& world, std::vector<Report> reports) {
  world.send(kP2, kNext, std::move(reports), {}, Part::kNext);
};

TEST(NextPart, IsNotSeenInTheOpenPeriod) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5)});
  send_ahead(world, {citing(Action::kCorrect, 1, 1, delivered(named("1"), kAnn, 6)),
                     delivered(named("2"), kAnn, 5), delivered(named("2"), kAnn, 5)});
  const SenderBook& book = world.book(kP2);
  ASSERT_EQ(book.records().size(), 1U);
  EXPECT_EQ(book.records()[0].item->points, 5);
  EXPECT_EQ(book.records()[0].sequence, 1U);
  EXPECT_TRUE(book.returned().empty());
  world.settlement().next_period();
  ASSERT_EQ(book.records().size(), 2U);
  EXPECT_EQ(book.records()[0].item->points, 6);
  EXPECT_EQ(book.records()[0].sequence, 2U);
  EXPECT_EQ(returned_of(book), Texts{"3 COPY"});
}

TEST(NextPart, KnowsAtTakingWhatCameBefore) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5), delivered(named("2"), kAnn, 5)});
  send_ahead(world, {delivered(named("1"), kAnn, 5),
                     citing(Action::kWithdraw, 1, 1, delivered(named("1"), kAnn, 0)),
                     citing(Action::kCorrect, 1, 2, delivered(named("2"), kAnn, 6)),
                     delivered(named("3"), kAnn, 5)});
  EXPECT_EQ(texts_of(world.taken().returned), Texts{"1 COPY"});
  send_ahead(world, {citing(Action::kWithdraw, 1, 1, delivered(named("1"), kAnn, 0)),
                     citing(Action::kCorrect, 2, 3, delivered(named("2"), kAnn, 7)),
                     citing(Action::kCorrect, 2, 4, delivered(named("3"), kAnn, 6)),
                     delivered(named("3"), kAnn, 5), delivered(named("3"), kAnn, 6)});
  EXPECT_EQ(texts_of(world.taken().returned), (Texts{"1 UNKNOWN_CITED", "4 COPY", "5 DUPLICATE"}));
  world.settlement().next_period();
  const SenderBook& book = world.book(kP2);
  EXPECT_TRUE(book.records()[0].removed);
  EXPECT_EQ(book.records()[1].item->points, 7);
  EXPECT_EQ(book.records()[2].item->points, 6);
  EXPECT_EQ(returned_of(book), (Texts{"1 COPY", "1 UNKNOWN_CITED", "4 COPY", "5 DUPLICATE"}));
}

TEST(NextPart, BeginsOnlyWithABatchThatIsTaken) {
  World world;
  world.opened();
  world.send(kP1, kNext, {redeemed(named("1"), kAnn, {{kP2, kDeep}}, kP2)}, {}, Part::kNext);
  EXPECT_TRUE(world.fault().has_value());
  world.send(kP1, kDay, {redeemed(named("2"), kAnn, {{kP1, 10}}, kP2)});
  EXPECT_EQ(world.book(kP1).records().size(), 1U);
}

TEST(NextPartDeathTest, EndsTheProcessIfTheOpenPeriodIsTakenUpAgain) {
  World world;
  send_ahead(world, {delivered(named("1"), kAnn, 5)});
  EXPECT_DEATH(world.send(kP2, kNext, {delivered(named("2"), kAnn, 5)}), "behind its end");
}

TEST(Intake, ReturnedItemsAreForgottenWithThePeriod) {
  World world;
  world.send(kP2, kDay, {delivered(named("1"), kAnn, 5), delivered(named("1"), kAnn, 5)});
  world.settlement().next_period();
  EXPECT_TRUE(world.book(kP2).returned().empty());
}

}  // namespace PH_FILE
}  // namespace ph::test
