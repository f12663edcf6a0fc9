#include "core/switch/switch_book.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/types/amount.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kHome{11};
constexpr Participant kShop{101};
constexpr Participant kAirline{102};
constexpr BusinessDate kOpen{BusinessDate::kCount};

BusinessTime at(int day, std::int64_t seconds = 0) {
  return BusinessTime::of(BusinessDate::of(2007, 4, day), seconds);
}

TransactionId id(std::string_view reference, Participant by = kShop, int day = 5) {
  TransactionId out{.participant = by, .date = BusinessDate::of(2007, 4, day)};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}

PriceRow ratio(std::uint32_t version, PriceKind kind, std::int64_t num, std::int64_t den,
               std::int64_t block) {
  return {.version = version,
          .kind = kind,
          .partner = kAirline,
          .num = num,
          .den = den,
          .block = block,
          .min = block,
          .from = BusinessDate::of(2007, 1, 1),
          .to = kOpen};
}

RuleRows rows() {
  const BusinessDate from = BusinessDate::of(2007, 1, 1);
  RuleRows out;
  out.participants = {
      {.code = "P11", .participant = kHome, .kind = ParticipantKind::kProvince},
      {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing},
      {.code = "MER1", .participant = kShop, .kind = ParticipantKind::kMerchant},
      {.code = "AIR1", .participant = kAirline, .kind = ParticipantKind::kAirline}};
  out.contracts = {{.partner = kShop,
                    .acquirer = kHome,
                    .accumulating = true,
                    .use = true,
                    .from = from,
                    .to = kOpen},
                   {.partner = kAirline,
                    .acquirer = kClearingHouse,
                    .exchanging = true,
                    .unit = "mile",
                    .from = from,
                    .to = kOpen}};
  out.prices = {ratio(1, PriceKind::kOut, 2, 25, 25), ratio(2, PriceKind::kIn, 10, 1, 1)};
  out.caps = {{.partner = kShop,
               .kind = CapKind::kTaken,
               .span = CapSpan::kDay,
               .points = 1'000,
               .from = from,
               .to = kOpen},
              {.partner = kShop,
               .kind = CapKind::kTaken,
               .span = CapSpan::kMonth,
               .points = 1'500,
               .from = from,
               .to = kOpen}};
  return out;
}

class SwitchBookTest : public testing::Test {
 protected:
  static Ask ask(AskKind kind, std::string_view reference, std::int64_t points) {
    const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
    return {.kind = kind,
            .form = goods ? Form::kMerchant : Form::kNone,
            .id = id(reference),
            .member = Member::make(kHome, 7),
            .partner = kShop,
            .seconds = kind == AskKind::kHold ? 900U : 0U,
            .points = points};
  }
  static Ask capture(std::string_view reference, std::string_view hold, std::int64_t points,
                     bool final = false) {
    Ask out = ask(AskKind::kCapture, reference, points);
    out.parent = id(hold);
    out.final = final;
    return out;
  }

  [[nodiscard]] SwitchBook::Decision judge(const Ask& ask, BusinessTime now = at(5)) const {
    return book_.judge(ask, now, *rules_);
  }
  [[nodiscard]] AskCode refused(const Ask& ask, BusinessTime now = at(5)) const {
    const auto decision = judge(ask, now);
    return decision.what == SwitchBook::What::kRefuse ? decision.code : AskCode::kDone;
  }
  // Records the ask as judged; it has to be one that the home is asked.
  void forward(const Ask& ask, BusinessTime now = at(5)) {
    ASSERT_EQ(judge(ask, now).what, SwitchBook::What::kForward);
    book_.asked(ask, AskCode::kDone, now);
  }
  void answer(const Ask& ask, std::uint8_t code = 0, BusinessTime now = at(5)) {
    const bool hold = ask.kind == AskKind::kHold && code == 0;
    EXPECT_TRUE(book_.answered({.kind = ask.kind,
                                .id = ask.id,
                                .definite = true,
                                .code = code,
                                .home = kHome,
                                .authorisation = EntryId(kHome, now.date(), 3'500'000'000),
                                .at = now.seconds(),
                                .ends = hold ? now.seconds() + ask.seconds : 0},
                               now));
  }
  void grant(const Ask& ask, BusinessTime now = at(5)) {
    forward(ask, now);
    answer(ask, 0, now);
  }
  // What is saved is taken back, and counts the same.
  void expect_kept() const {
    ByteWriter out;
    book_.save(out);
    SwitchBook loaded;
    ByteReader in(out.bytes());
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(loaded.counted(kShop, CapKind::kTaken, CapSpan::kDay, BusinessDate::of(2007, 4, 5)),
              taken());
  }
  [[nodiscard]] std::int64_t taken(int day = 5) const {
    return book_.counted(kShop, CapKind::kTaken, CapSpan::kDay, BusinessDate::of(2007, 4, day));
  }

  Result<RuleBook, std::vector<RuleFault>> built_{RuleBook::build(rows())};
  const RuleBook* rules_{&built_.value()};
  SwitchBook book_;
};

TEST_F(SwitchBookTest, ARepeatGetsTheFirstAnswerAndNothingHappensTwice) {
  const Ask hold = ask(AskKind::kHold, "H1", 400);
  forward(hold);
  EXPECT_EQ(judge(hold).what, SwitchBook::What::kPending);
  answer(hold);
  const auto again = judge(hold, at(9));
  ASSERT_EQ(again.what, SwitchBook::What::kAnswer);
  EXPECT_TRUE(again.answer.definite);
  EXPECT_EQ(again.answer.code, 0);
  EXPECT_EQ(again.answer.ends, at(5).seconds() + 900);
  EXPECT_EQ(again.answer.authorisation, EntryId(kHome, at(5).date(), 3'500'000'000));
  EXPECT_FALSE(book_.answered(again.answer, at(9)));  // The home's answer came twice.
  EXPECT_EQ(book_.size(), 1U);
}

TEST_F(SwitchBookTest, TheSameIdWithOtherContentIsADuplicate) {
  const Ask hold = ask(AskKind::kHold, "H1", 400);
  grant(hold);
  const auto is_duplicate = [&](const Ask& other) {
    const auto decision = judge(other);
    return decision.what == SwitchBook::What::kAnswer && decision.answer.definite &&
           decision.answer.code == static_cast<std::uint8_t>(AskCode::kDuplicate);
  };
  Ask other = hold;
  other.points = 401;
  EXPECT_TRUE(is_duplicate(other));
  other = hold;
  other.member = Member::make(kHome, 8);
  EXPECT_TRUE(is_duplicate(other));
  other = hold;
  other.seconds = 901;
  EXPECT_TRUE(is_duplicate(other));
  grant(capture("C1", "H1", 100));
  Ask redeem = ask(AskKind::kRedeem, "C1", 100);  // Captures and redemptions share ids.
  EXPECT_TRUE(is_duplicate(redeem));
  // Homes know ids by kind; to a partner an id is one transaction.
  EXPECT_TRUE(is_duplicate(ask(AskKind::kAccrual, "C1", 100)));
}

TEST_F(SwitchBookTest, ARefusalIsKeptToo) {
  const Ask much = ask(AskKind::kHold, "H1", 1'001);
  ASSERT_EQ(refused(much), AskCode::kCapReached);
  book_.asked(much, AskCode::kCapReached, at(5));
  const auto again = judge(much, at(6));  // Another day, with room for it.
  ASSERT_EQ(again.what, SwitchBook::What::kAnswer);
  EXPECT_EQ(again.answer.code, static_cast<std::uint8_t>(AskCode::kCapReached));
  EXPECT_EQ(taken(), 0);
}

TEST_F(SwitchBookTest, CapsCountWhatIsHeldAndWhatIsTakenAndNoMore) {
  grant(ask(AskKind::kHold, "H1", 600));
  EXPECT_EQ(refused(ask(AskKind::kHold, "H2", 401)), AskCode::kCapReached);
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R1", 401)), AskCode::kCapReached);
  forward(ask(AskKind::kRedeem, "R2", 400));  // While the home is asked, it counts already.
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R3", 1)), AskCode::kCapReached);
  answer(ask(AskKind::kRedeem, "R2", 400), 15);  // Too few points: it doesn't count any more.
  EXPECT_EQ(taken(), 600);
  grant(capture("C1", "H1", 200));
  EXPECT_EQ(taken(), 600);
  grant(capture("C2", "H1", 100, true));  // The last one: 300 of the hold are free again.
  EXPECT_EQ(taken(), 300);
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R4", 700)), AskCode::kDone);
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R4", 701)), AskCode::kCapReached);
  // Another day has its own; the month's cap of 1,500 has 1,200 left.
  grant(ask(AskKind::kRedeem, "R5", 1'000), at(6));
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R6", 201), at(7)), AskCode::kCapReached);
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R6", 200), at(7)), AskCode::kDone);
  // What isn't taken isn't capped by it.
  EXPECT_EQ(refused(ask(AskKind::kAccrual, "A1", 90'000)), AskCode::kDone);
}

TEST_F(SwitchBookTest, AVoidedOrEndedHoldGivesItsRoomBack) {
  grant(ask(AskKind::kHold, "H1", 600));
  Ask release = ask(AskKind::kVoid, "V1", 0);
  release.parent = id("H1");
  grant(release);
  EXPECT_EQ(taken(), 0);
  grant(ask(AskKind::kHold, "H2", 500));
  grant(capture("C1", "H2", 100), at(5, 60));
  grant(ask(AskKind::kAccrual, "A1", 1), at(5, 899));
  EXPECT_EQ(taken(), 500);
  grant(ask(AskKind::kAccrual, "A2", 1), at(5, 900));  // The first command behind its end.
  EXPECT_EQ(taken(), 100);
}

TEST_F(SwitchBookTest, NoTimeOutGivesBackWhatMayHaveBeenGranted) {
  grant(ask(AskKind::kHold, "H1", 600));
  const Ask late = capture("C1", "H1", 250);
  forward(late, at(5, 899));
  grant(ask(AskKind::kAccrual, "A1", 1), at(5, 2'000));
  EXPECT_EQ(taken(), 600);  // The home may have captured at 899.
  answer(late, 0, at(5, 3'000));
  EXPECT_EQ(taken(), 250);
}

// The home granted both, and the answer of the first was lost: it comes with the repeat.
TEST_F(SwitchBookTest, ACaptureThatWasGrantedBeforeTheFinalOneCountsThoughItsAnswerComesLater) {
  grant(ask(AskKind::kHold, "H1", 600));
  const Ask first = capture("C1", "H1", 100);
  const Ask last = capture("C2", "H1", 200, true);
  forward(first);
  forward(last);
  answer(last);
  EXPECT_EQ(taken(), 600);  // As much as may have been granted.
  answer(first);
  EXPECT_EQ(taken(), 300);
  expect_kept();
}

TEST_F(SwitchBookTest, ACaptureThatIsRefusedBehindTheFinalOneGivesTheRestBack) {
  grant(ask(AskKind::kHold, "H1", 600));
  const Ask last = capture("C1", "H1", 200, true);
  const Ask late = capture("C2", "H1", 100);
  forward(last);
  forward(late);
  answer(last);
  answer(late, 7);
  EXPECT_EQ(taken(), 200);
  expect_kept();
}

// The clock of the home is a moment behind the one here.
TEST_F(SwitchBookTest, ACaptureGrantedBehindTheEndByTheClockHereIsCountedAgain) {
  grant(ask(AskKind::kHold, "H1", 600));
  const Ask late = capture("C1", "H1", 500);
  forward(late, at(5, 900));
  EXPECT_EQ(taken(), 0);
  answer(late, 0, at(5, 900));
  EXPECT_EQ(taken(), 500);
  expect_kept();
  EXPECT_EQ(refused(ask(AskKind::kRedeem, "R1", 501)), AskCode::kCapReached);
}

TEST_F(SwitchBookTest, AnAnswerThatNoHomeCanGiveIsNotBelieved) {
  const Ask hold = ask(AskKind::kHold, "H1", 600);
  forward(hold);
  Answer said{.kind = AskKind::kHold,
              .id = hold.id,
              .definite = true,
              .home = kHome,
              .authorisation = EntryId(kHome, BusinessDate::of(2007, 4, 5), 3'500'000'000),
              .at = at(5).seconds(),
              .ends = at(5, 900).seconds()};
  EXPECT_TRUE(book_.could_be(said));
  const auto with = [&](auto change) {
    Answer other = said;
    change(other);
    return book_.could_be(other);
  };
  EXPECT_FALSE(with([](Answer& a) { a.id = id("H2"); }));
  EXPECT_FALSE(with([](Answer& a) { a.definite = false; }));
  EXPECT_FALSE(with([](Answer& a) { a.authorisation = {}; }));
  EXPECT_FALSE(with([](Answer& a) { a.ends = a.at; }));
  EXPECT_FALSE(with([](Answer& a) { a.ends = a.at + 901; }));
  EXPECT_FALSE(with([](Answer& a) { a.code = 18; }));
  EXPECT_FALSE(with([](Answer& a) { a.code = 23; }));
  EXPECT_FALSE(with([](Answer& a) { a.code = 25; }));
  EXPECT_TRUE(with([](Answer& a) { a.code = 26; }));
  EXPECT_TRUE(with([](Answer& a) { a.code = 15; }));
  EXPECT_TRUE(with([](Answer& a) { a.code = 24; }));
  answer(hold);
  // Of a home that has forgotten a capture: 400 of 600 were taken already.
  grant(capture("C1", "H1", 400));
  const Ask more = capture("C2", "H1", 201);
  forward(more);
  said.kind = AskKind::kCapture;
  said.id = more.id;
  EXPECT_FALSE(book_.could_be(said));
}

TEST_F(SwitchBookTest, ACaptureNeedsAHoldOfThisPartnerAndMember) {
  EXPECT_EQ(refused(capture("C1", "H1", 10)), AskCode::kUnknownParent);
  const Ask hold = ask(AskKind::kHold, "H1", 600);
  forward(hold);
  const auto early = judge(capture("C1", "H1", 10));
  ASSERT_EQ(early.what, SwitchBook::What::kAnswer);
  EXPECT_FALSE(early.answer.definite);
  EXPECT_EQ(early.answer.code, static_cast<std::uint8_t>(AskCode::kAgainLater));
  answer(hold);
  EXPECT_EQ(refused(capture("C1", "H1", 10)), AskCode::kDone);
  Ask other = capture("C1", "H1", 10);
  other.member = Member::make(kHome, 8);
  EXPECT_EQ(refused(other), AskCode::kUnknownParent);
  other = capture("C1", "H1", 10);
  other.partner = kAirline;
  EXPECT_EQ(refused(other), AskCode::kUnknownParent);
  grant(ask(AskKind::kHold, "H2", 100));
  const Ask poor = ask(AskKind::kHold, "H3", 100);
  forward(poor);
  answer(poor, 15);
  EXPECT_EQ(refused(capture("C3", "H3", 10)), AskCode::kUnknownParent);
}

TEST_F(SwitchBookTest, AnExchangeKeepsToTheRatioOfItsDate) {
  Ask out = ask(AskKind::kExchangeOut, "X1", 12'500);
  out.partner = kAirline;
  out.id = id("X1", kAirline);
  out.units = 1'000;
  out.rate = 1;
  EXPECT_EQ(refused(out), AskCode::kDone);
  Ask wrong = out;
  wrong.rate = 2;
  EXPECT_EQ(refused(wrong), AskCode::kRate);
  wrong = out;
  wrong.units = 1'001;
  EXPECT_EQ(refused(wrong), AskCode::kRate);
  Ask in = out;
  in.kind = AskKind::kExchangeIn;
  in.rate = 2;
  in.units = 500;
  in.points = 5'000;
  EXPECT_EQ(refused(in), AskCode::kDone);
  in.partner = kShop;
  EXPECT_EQ(refused(in), AskCode::kNoContract);
}

TEST_F(SwitchBookTest, DatesHaveToBeTodaysOrUpToNinetyDaysOld) {
  Ask tomorrow = ask(AskKind::kRedeem, "R1", 1);
  tomorrow.id = id("R1", kShop, 6);
  EXPECT_FALSE(judge(tomorrow).answer.definite);
  EXPECT_EQ(judge(tomorrow, at(6)).what, SwitchBook::What::kForward);
  const Ask old = ask(AskKind::kRedeem, "R1", 1);
  const BusinessTime last = BusinessTime::of(BusinessDate::of(2007, 4, 5).plus_days(90), 0);
  EXPECT_EQ(judge(old, last).what, SwitchBook::What::kForward);
  const auto late = judge(old, BusinessTime::of(last.date().plus_days(1), 0));
  ASSERT_EQ(late.what, SwitchBook::What::kAnswer);
  EXPECT_EQ(late.answer.code, static_cast<std::uint8_t>(AskCode::kTooOld));
}

TEST_F(SwitchBookTest, ARefundOrReversalCitesWhatItsParentWasAnswered) {
  grant(ask(AskKind::kRedeem, "R1", 100));
  Ask refund = ask(AskKind::kRefund, "F1", 100);
  refund.parent = id("R1");
  book_.cite_parent(refund);
  EXPECT_EQ(refund.authorisation, EntryId(kHome, at(5).date(), 3'500'000'000));
  Ask reversal = ask(AskKind::kReversal, "F2", 100);
  reversal.parent = id("R1");  // A redemption, which no reversal takes back.
  book_.cite_parent(reversal);
  EXPECT_TRUE(reversal.authorisation.none());
  grant(ask(AskKind::kAccrual, "A1", 100));
  reversal.parent = id("A1");
  book_.cite_parent(reversal);
  EXPECT_FALSE(reversal.authorisation.none());
  refund.authorisation = EntryId(kHome, at(4).date(), 3'500'000'009);  // Who says it is believed.
  const Ask said = refund;
  book_.cite_parent(refund);
  EXPECT_EQ(refund, said);
}

TEST_F(SwitchBookTest, ThePartnersDayHoldsWhatWasCarriedOutOnIt) {
  grant(ask(AskKind::kHold, "H1", 600));
  grant(capture("C1", "H1", 200), at(5, 10));
  const Ask poor = ask(AskKind::kRedeem, "R1", 100);
  forward(poor, at(5, 11));
  answer(poor, 15, at(5, 12));
  grant(ask(AskKind::kAccrual, "A1", 50), at(5, 13));
  Ask refund = ask(AskKind::kRefund, "F1", 200);
  refund.parent = id("C1");
  forward(refund, at(5, 86'399));
  answer(refund, 0, at(6, 1));  // Decided on the sixth.
  const auto fifth = book_.unsealed(kShop, BusinessDate::of(2007, 4, 5));
  ASSERT_EQ(fifth.size(), 2U);
  EXPECT_EQ(fifth[0].kind, Kind::kPartnerRedemption);
  EXPECT_EQ(fifth[0].id, id("C1"));
  EXPECT_EQ(fifth[0].points, 200);
  EXPECT_EQ(fifth[0].entry, kLiveEntry);
  EXPECT_EQ(fifth[0].authorisation, EntryId(kHome, at(5).date(), 3'500'000'000));
  EXPECT_EQ(fifth[0].parent, TransactionId{});
  EXPECT_EQ(fifth[1].kind, Kind::kPartnerAccrual);
  EXPECT_EQ(fifth[1].entry, kLiveEntry + 1);
  EXPECT_TRUE(fifth[1].authorisation.none());
  const auto both = book_.unsealed(kShop, BusinessDate::of(2007, 4, 6));
  ASSERT_EQ(both.size(), 3U);
  EXPECT_EQ(both[2].kind, Kind::kPartnerRefund);
  EXPECT_EQ(both[2].parent, id("C1"));
  EXPECT_TRUE(book_.unsealed(kShop, BusinessDate::of(2007, 4, 4)).empty());
  EXPECT_TRUE(book_.unsealed(kAirline, BusinessDate::of(2007, 4, 6)).empty());
  EXPECT_EQ(book_.unsealed().at(kShop).first, BusinessDate::of(2007, 4, 5));
  EXPECT_EQ(book_.unsealed().at(kShop).items, 3U);
}

TEST_F(SwitchBookTest, WhatIsAnsweredWhenItsIdHasBecomeTooOldIsOfTheLastDayThatItWasNot) {
  const BusinessDate last = BusinessDate::of(2007, 4, 5).plus_days(90);
  forward(ask(AskKind::kRedeem, "R1", 1), BusinessTime::of(last, 86'399));
  answer(ask(AskKind::kRedeem, "R1", 1), 0, BusinessTime::of(last.plus_days(1), 1));
  EXPECT_EQ(book_.unsealed().at(kShop).first, last);
}

TEST_F(SwitchBookTest, WhatIsInABatchIsInNoFurtherOne) {
  const BusinessDate until = BusinessDate::of(2007, 4, 6);
  grant(ask(AskKind::kRedeem, "R1", 100));
  grant(ask(AskKind::kRedeem, "R2", 100), at(6, 1));
  forward(ask(AskKind::kRedeem, "R3", 100), at(6, 2));
  auto items = book_.unsealed(kShop, until);
  ASSERT_EQ(items.size(), 2U);
  items[0].id.participant = kAirline;  // Another's id, or another's item, is none of these.
  items[1].partner = kAirline;
  book_.in_batch(kShop, items);
  EXPECT_EQ(book_.unsealed(kShop, until).size(), 2U);
  items = book_.unsealed(kShop, until);
  book_.in_batch(kAirline, items);
  EXPECT_EQ(book_.unsealed(kShop, until).size(), 2U);
  book_.in_batch(kShop, std::span(items).first(1));
  ASSERT_EQ(book_.unsealed(kShop, until).size(), 1U);
  EXPECT_EQ(book_.unsealed(kShop, until)[0].id, id("R2"));
  EXPECT_EQ(book_.unsealed(kShop, until)[0].entry, kLiveEntry);
  items.push_back(SwitchBook::item_of(*book_.find(AskKind::kRedeem, id("R3"))));
  book_.in_batch(kShop, items);  // The third is pending: a file had it before its answer came.
  EXPECT_TRUE(book_.unsealed(kShop, until).empty());
  EXPECT_TRUE(book_.unsealed().empty());
  answer(ask(AskKind::kRedeem, "R3", 100), 0, at(6, 3));
  EXPECT_TRUE(book_.unsealed(kShop, until).empty());
  book_.in_batch(kShop, items);
  EXPECT_TRUE(book_.unsealed().empty());
}

// Both are a PARTNER_REFUND on the partner's side: under one id the second would come to nothing.
TEST_F(SwitchBookTest, RefundsAndReversalsShareTheirIds) {
  grant(ask(AskKind::kRedeem, "R1", 100));
  grant(ask(AskKind::kAccrual, "A1", 100));
  Ask refund = ask(AskKind::kRefund, "F1", 100);
  refund.parent = id("R1");
  grant(refund);
  Ask reversal = ask(AskKind::kReversal, "F1", 100);
  reversal.parent = id("A1");
  const auto decision = judge(reversal);
  ASSERT_EQ(decision.what, SwitchBook::What::kAnswer);
  EXPECT_EQ(decision.answer.code, static_cast<std::uint8_t>(AskCode::kDuplicate));
}

TEST_F(SwitchBookTest, WhatIsSavedComesBackAndGoesOnAlike) {
  grant(ask(AskKind::kHold, "H1", 600));
  grant(capture("C1", "H1", 200), at(5, 10));
  forward(capture("C2", "H1", 100), at(5, 20));
  grant(ask(AskKind::kHold, "H2", 100), at(5, 30));
  book_.asked(ask(AskKind::kHold, "H3", 5'000), AskCode::kCapReached, at(5, 40));
  grant(ask(AskKind::kAccrual, "A2", 1), at(5, 50));
  const auto sealed = book_.unsealed(kShop, at(5).date());
  book_.in_batch(kShop, std::span(sealed).first(1));
  ByteWriter out;
  book_.save(out);
  SwitchBook back;
  ByteReader in(out.bytes());
  ASSERT_TRUE(back.load(in));
  EXPECT_TRUE(in.done());
  ByteWriter again;
  back.save(again);
  EXPECT_TRUE(std::ranges::equal(out.bytes(), again.bytes()));
  EXPECT_EQ(back.pending(), book_.pending());
  EXPECT_EQ(back.unsealed(kShop, at(5).date()).size(), 1U);
  EXPECT_EQ(SwitchBook::ask_of(back.record(2)), capture("C2", "H1", 100));
  // Both end H2 by time, and H1 with the answer to its last capture.
  for (SwitchBook* book : {&book_, &back}) {
    book->asked(ask(AskKind::kAccrual, "A1", 1), AskCode::kDone, at(5, 2'000));
    EXPECT_EQ(book->counted(kShop, CapKind::kTaken, CapSpan::kDay, at(5).date()), 600);
    EXPECT_TRUE(
        book->answered({.kind = AskKind::kCapture, .id = id("C2"), .definite = true, .home = kHome},
                       at(5, 2'001)));
    EXPECT_EQ(book->counted(kShop, CapKind::kTaken, CapSpan::kMonth, at(5).date()), 300);
  }
}

TEST_F(SwitchBookTest, ASnapshotThatCanNotBeIsRefused) {
  grant(ask(AskKind::kHold, "H1", 600));
  grant(capture("C1", "H1", 200), at(5, 10));
  ByteWriter out;
  book_.save(out);
  const std::vector<std::byte> good = out.take();
  const auto loads = [](std::vector<std::byte> bytes) {
    SwitchBook book;
    ByteReader in(bytes);
    return book.load(in) && in.done();
  };
  EXPECT_TRUE(loads(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(loads({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)})) << size;
  }
  const auto with = [&](std::size_t record, std::size_t offset, int value) {
    std::vector<std::byte> bad = good;
    bad[8 + record * sizeof(SwitchRecord) + offset] = static_cast<std::byte>(value);
    return loads(bad);
  };
  EXPECT_FALSE(with(0, offsetof(SwitchRecord, kind), 99));
  EXPECT_FALSE(with(0, offsetof(SwitchRecord, used) + 7, 0x80));
  EXPECT_FALSE(with(0, offsetof(SwitchRecord, released) + 3, 1));
  EXPECT_FALSE(with(1, offsetof(SwitchRecord, hold), 1));
  EXPECT_FALSE(with(1, offsetof(SwitchRecord, answered), 1));
  EXPECT_FALSE(with(1, offsetof(SwitchRecord, flags), SwitchRecord::kInBatch));
}

}  // namespace PH_FILE
}  // namespace ph
