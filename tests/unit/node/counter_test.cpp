// A node whose counters ask for points of other homes' members: an intent is durable before it is
// sent and repeated until it is answered, and the answer and the province's own record are one.
#include "tests/unit/node/counter_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)

TEST_F(CounterTest, AnIntentIsDurableBeforeItIsSent) {
  const std::uint64_t blocks = node_->last_block();
  EXPECT_TRUE(node_->take_counter(redeem_at("a", 100), at(kFirst, 9)).pending);
  EXPECT_TRUE(port_.asks.empty());
  EXPECT_TRUE(node_->answers_wait());
  node_->commit_live(steady_ms_, port_);
  EXPECT_EQ(node_->last_block(), blocks + 1);
  const std::vector<Ask> asks = port_.take();
  ASSERT_EQ(asks.size(), 1U);
  Ask expected = redeem_at("a", 100).ask;
  expected.giver = kHome;
  EXPECT_EQ(asks.front(), expected);
}

TEST_F(CounterTest, WhatWasNotDurableWasNeverSent) {
  (void)node_->take_counter(redeem_at("a", 100), at(kFirst, 9));
  restart();
  tick(at(kFirst, 9), 0);
  EXPECT_TRUE(port_.asks.empty());
  EXPECT_FALSE(node_->look_up(id_of(kFirst, "a")).has_value());
}

TEST_F(CounterTest, ItIsAskedAgainWithPausesThatDouble) {
  (void)ask(redeem_at("a", 100), at(kFirst, 9));
  EXPECT_EQ(port_.take().size(), 1U);
  std::vector<std::int64_t> pauses;
  for (std::int64_t waited = 0; pauses.size() < 8;) {
    tick(at(kFirst, 9), kSecondMs);
    waited += kSecondMs;
    if (!port_.take().empty()) {
      pauses.push_back(std::exchange(waited, 0) / kSecondMs);
    }
  }
  EXPECT_EQ(pauses, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 60, 60}));
  node_->on_connected(steady_ms_);
  tick(at(kFirst, 9), 0);
  EXPECT_EQ(port_.take().size(), 1U);
}

TEST_F(CounterTest, ACounterThatAsksAgainDoesNotWaitForTheNextRepeat) {
  (void)ask(redeem_at("a", 100), at(kFirst, 9));
  for (int n = 0; n < 100; ++n) {
    tick(at(kFirst, 9), kSecondMs);
  }
  (void)port_.take();
  steady_ms_ += 2 * kSecondMs;
  EXPECT_TRUE(ask(redeem_at("a", 100), at(kFirst, 9)).pending);
  EXPECT_TRUE(ask(redeem_at("a", 100), at(kFirst, 9)).pending);
  EXPECT_EQ(port_.take().size(), 1U);
}

TEST_F(CounterTest, AfterADeathTheNodeGoesOnAskingByItself) {
  (void)ask(redeem_at("a", 100), at(kFirst, 9));
  const std::vector<Ask> first = port_.take();
  restart();
  tick(at(kFirst, 10), 0);
  EXPECT_EQ(port_.take(), first);
  snapshot();
  restart();
  tick(at(kFirst, 10), 0);
  EXPECT_EQ(port_.take(), first);
}

TEST_F(CounterTest, TheAnswerAndTheDeliveryAreDurableTogetherBeforeTheCounterIsTold) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  (void)port_.take();
  const Answer answer = done(wanted, at(kFirst, 9));
  const std::uint64_t blocks = node_->last_block();
  node_->on_message(wire::encode(answer), at(kFirst, 9), steady_ms_, port_);
  EXPECT_EQ(node_->last_block(), blocks);
  node_->commit_live(steady_ms_, port_);
  EXPECT_EQ(node_->take_counter_answers(), std::vector<Answer>{answer});
  EXPECT_EQ(node_->last_block(), blocks + 1);
  restart();
  const CounterAnswer again = ask(wanted, at(kFirst, 11));
  EXPECT_FALSE(again.pending);
  EXPECT_EQ(again.answer, answer);
  tick(at(kFirst, 11), 100 * kSecondMs);
  EXPECT_TRUE(port_.take().empty());
  turn(at(kSecond, 6));
  const std::vector<Item> batch = items(0);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].kind, Kind::kDelivery);
  EXPECT_EQ(batch[0].id, wanted.ask.id);
  EXPECT_EQ(batch[0].counterparty, kOther);
  EXPECT_EQ(batch[0].member, wanted.ask.member);
  EXPECT_EQ(batch[0].authorisation, answer.authorisation);
  EXPECT_EQ(batch[0].form, Form::kPhoneCredit);
  EXPECT_EQ(batch[0].points, 100);
}

TEST_F(CounterTest, ADeathBeforeTheAnswerIsDurableAsksForItOnceMore) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const Answer answer = done(wanted, at(kFirst, 9));
  node_->on_message(wire::encode(answer), at(kFirst, 9), steady_ms_, port_);
  restart();
  EXPECT_TRUE(ask(wanted, at(kFirst, 9)).pending);
  EXPECT_EQ(hear(answer, at(kFirst, 9)), std::vector<Answer>{answer});
  EXPECT_TRUE(hear(answer, at(kFirst, 9)).empty());  // It came twice.
  turn(at(kSecond, 6));
  EXPECT_EQ(items(0).size(), 1U);
}

TEST_F(CounterTest, ARefusalStandsAndMakesNoRecord) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const Answer answer = refused(wanted, ReturnCode::kInsufficientPoints);
  (void)hear(answer, at(kFirst, 9));
  EXPECT_TRUE(hear(done(wanted, at(kFirst, 9)), at(kFirst, 9)).empty());
  restart();
  EXPECT_EQ(ask(wanted, at(kFirst, 11)).answer, answer);
  turn(at(kSecond, 6));
  EXPECT_TRUE(items(0).empty());
}

TEST_F(CounterTest, AnAnswerThatIsNotDefiniteIsToldAndAskedForAgain) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const Answer later = refused(wanted, ReturnCode::kAgainLater, false);
  const std::uint64_t blocks = node_->last_block();
  EXPECT_EQ(hear(later, at(kFirst, 9)), std::vector<Answer>{later});
  EXPECT_EQ(node_->last_block(), blocks);
  (void)port_.take();
  tick(at(kFirst, 9), kSecondMs);
  EXPECT_EQ(port_.take().size(), 1U);
  EXPECT_EQ(node_->status().asking.size(), 1U);
}

TEST_F(CounterTest, TheSameIdWithOtherContentIsRefusedAndTheFirstStands) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const auto duplicate = static_cast<std::uint8_t>(AskCode::kDuplicate);
  Intent dearer = wanted;
  dearer.cash = 5;
  for (const Intent& other :
       {redeem_at("a", 99), intent(AskKind::kCapture, "a", 100, "h"), dearer}) {
    const CounterAnswer answer = ask(other, at(kFirst, 9));
    EXPECT_TRUE(answer.answer.definite);
    EXPECT_EQ(answer.answer.code, duplicate);
  }
  EXPECT_EQ(hear(done(wanted, at(kFirst, 9)), at(kFirst, 9)).size(), 1U);
  EXPECT_EQ(ask(redeem_at("a", 99), at(kFirst, 9)).answer.code, duplicate);
  EXPECT_EQ(ask(wanted, at(kFirst, 9)).answer.code, 0);
}

TEST_F(CounterTest, OnesOwnMemberIsDecidedAtHomeAtOnce) {
  Intent wanted = redeem_at("a", 100);
  wanted.ask.member = member(1);
  const CounterAnswer answer = ask(wanted, at(kFirst, 9));
  EXPECT_FALSE(answer.pending);
  EXPECT_EQ(answer.answer.code, 0);
  EXPECT_EQ(answer.answer.home, kHome);
  EXPECT_EQ(points(), 900);
  EXPECT_TRUE(port_.asks.empty());
  restart();
  EXPECT_EQ(ask(wanted, at(kFirst, 11)), answer);
  Intent elsewhere = redeem_at("a", 100);  // The id is taken, whoever's member it was.
  EXPECT_EQ(ask(elsewhere, at(kFirst, 11)).answer.code,
            static_cast<std::uint8_t>(AskCode::kDuplicate));
  EXPECT_EQ(node_->look_up(wanted.ask.id)->second.answer.authorisation,
            answer.answer.authorisation);
  turn(at(kSecond, 6));
  const std::vector<Item> batch = items(0);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].kind, Kind::kRedeem);
}

TEST_F(CounterTest, AnIdOfAnotherHomesMemberIsTakenForOnesOwn) {
  (void)ask(redeem_at("a", 100), at(kFirst, 9));
  Intent wanted = redeem_at("a", 100);
  wanted.ask.member = member(1);
  EXPECT_EQ(ask(wanted, at(kFirst, 9)).answer.code, static_cast<std::uint8_t>(AskCode::kDuplicate));
  EXPECT_EQ(points(), 1'000);
}

TEST_F(CounterTest, AHoldIsCapturedWithoutNamingItsMemberAgain) {
  const Intent held = intent(AskKind::kHold, "h", 500);
  const Intent taken = intent(AskKind::kCapture, "c", 200, "h");
  (void)ask(held, at(kFirst, 9));
  EXPECT_EQ(ask(taken, at(kFirst, 9)).answer.code, static_cast<std::uint8_t>(AskCode::kAgainLater));
  Answer hold_answer = done(held, at(kFirst, 9));
  hold_answer.ends = at(kFirst, 9, 15).seconds();
  (void)hear(hold_answer, at(kFirst, 9));
  EXPECT_EQ(ask(held, at(kFirst, 9)).answer.ends, hold_answer.ends);
  (void)port_.take();
  EXPECT_TRUE(ask(taken, at(kFirst, 9)).pending);
  ASSERT_EQ(port_.asks.size(), 1U);
  EXPECT_EQ(port_.take().front().member, held.ask.member);
  EXPECT_TRUE(ask(taken, at(kFirst, 9)).pending);  // The same, though it names no member.
  Answer answer = done(taken, at(kFirst, 9));
  answer.authorisation = hold_answer.authorisation;
  (void)hear(answer, at(kFirst, 9));
  const Intent rest = intent(AskKind::kVoid, "v", 0, "h");
  EXPECT_TRUE(ask(rest, at(kFirst, 9)).pending);
  Answer freed = done(rest, at(kFirst, 9));
  freed.points = 300;
  (void)hear(freed, at(kFirst, 9));
  EXPECT_EQ(ask(rest, at(kFirst, 10)).answer.points, 300);
  const Intent back = intent(AskKind::kRefund, "r", 50, "c");
  EXPECT_TRUE(ask(back, at(kFirst, 9)).pending);
  (void)hear(done(back, at(kFirst, 9)), at(kFirst, 9));
  turn(at(kSecond, 6));
  const std::vector<Item> batch = items(0);
  ASSERT_EQ(batch.size(), 2U);  // By id: the capture, the refund.
  EXPECT_EQ(batch[0].kind, Kind::kDelivery);
  EXPECT_EQ(batch[0].member, held.ask.member);
  EXPECT_EQ(batch[0].points, 200);
  EXPECT_EQ(batch[1].kind, Kind::kDeliveryRefund);
  EXPECT_EQ(batch[1].parent, taken.ask.id);
  EXPECT_EQ(batch[1].points, 50);
  EXPECT_TRUE(batch[1].authorisation.none());
}

TEST_F(CounterTest, CapturesOfAHoldThatIsNotKnownAreRefusedForGood) {
  const Intent taken = intent(AskKind::kCapture, "c", 200, "h");
  const auto unknown = static_cast<std::uint8_t>(AskCode::kUnknownParent);
  EXPECT_EQ(ask(taken, at(kFirst, 9)).answer.code, unknown);
  (void)ask(intent(AskKind::kHold, "h", 500), at(kFirst, 9));
  (void)hear(done(intent(AskKind::kHold, "h", 500), at(kFirst, 9)), at(kFirst, 9));
  EXPECT_EQ(ask(taken, at(kFirst, 9)).answer.code, unknown);
}

TEST_F(CounterTest, WhatAGiftCostsIsItsGiversAffairAlone) {
  Intent wanted = redeem_at("a", 100);
  wanted.ask.form = Form::kGift;
  wanted.cost = 900;
  wanted.freight = 80;
  wanted.cash = 7;
  (void)ask(wanted, at(kFirst, 9));
  (void)hear(done(wanted, at(kFirst, 9)), at(kFirst, 9));
  turn(at(kSecond, 6));
  const std::vector<Item> batch = items(0);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].cost, 900);
  EXPECT_EQ(batch[0].freight, 80);
  EXPECT_EQ(batch[0].cash, 7);
}

TEST_F(CounterTest, WhatCannotBeIsRefusedAndNotRecorded) {
  const auto invalid = static_cast<std::uint8_t>(ReturnCode::kInvalid);
  Intent fixed_line = redeem_at("a", 100);
  fixed_line.ask.form = Form::kFixedLine;
  Intent costs = redeem_at("a", 100);
  costs.cost = 1;
  Intent digits = redeem_at("17", 100);
  Intent negative = redeem_at("a", -1);
  for (const Intent& bad : {fixed_line, costs, digits, negative}) {
    EXPECT_EQ(ask(bad, at(kFirst, 9)).answer.code, invalid);
  }
  Intent nobody = redeem_at("a", 100);
  nobody.ask.member = Member::make(Participant(77), 1);
  EXPECT_EQ(ask(nobody, at(kFirst, 9)).answer.code,
            static_cast<std::uint8_t>(ReturnCode::kNotHome));
  Intent accrual = redeem_at("a", 100);
  accrual.ask.kind = AskKind::kAccrual;
  Intent others = redeem_at("a", 100);
  others.ask.id.participant = kOther;
  for (const Intent& bad : {accrual, others}) {
    EXPECT_EQ(ask(bad, at(kFirst, 9)).answer.code, static_cast<std::uint8_t>(AskCode::kNotYours));
  }
  EXPECT_EQ(ask(redeem_at("a", 100, kSecond), at(kFirst, 9)).answer.code,
            static_cast<std::uint8_t>(AskCode::kAgainLater));
  EXPECT_TRUE(port_.asks.empty());
  EXPECT_TRUE(ask(redeem_at("a", 100), at(kFirst, 9)).pending);
}

TEST_F(CounterTest, AnswersThatCannotBeAreNotBelieved) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  Answer nobody = done(wanted, at(kFirst, 9));
  nobody.home = Participant();
  Answer stranger = done(wanted, at(kFirst, 9));
  stranger.home = Participant(77);
  Answer code = done(wanted, at(kFirst, 9));
  code.authorisation = EntryId(Participant(101), kFirst, 1);
  for (const Answer& bad : {nobody, stranger, code}) {
    EXPECT_TRUE(hear(bad, at(kFirst, 9)).empty());
  }
  EXPECT_EQ(node_->status().alarms.size(), 1U);
  EXPECT_TRUE(ask(wanted, at(kFirst, 9)).pending);
  Answer capture = done(wanted, at(kFirst, 9));  // REDEEM and CAPTURE share their ids.
  capture.kind = AskKind::kCapture;
  EXPECT_TRUE(hear(capture, at(kFirst, 9)).empty());
  EXPECT_EQ(hear(done(wanted, at(kFirst, 9)), at(kFirst, 9)).size(), 1U);
}

// --- bounds
// ---------------------------------------------------------------------------------------

TEST_F(CounterTest, ASilentHomeLeavesRoomForTheOthers) {
  for (std::size_t n = 0; n < kIntentsOfHomeMax; ++n) {
    ASSERT_TRUE(ask(redeem_at("a" + std::to_string(n), 1), at(kFirst, 9)).pending);
  }
  const auto busy = static_cast<std::uint8_t>(AskCode::kBusy);
  EXPECT_EQ(ask(redeem_at("b", 1), at(kFirst, 9)).answer.code, busy);
  EXPECT_FALSE(ask(redeem_at("b", 1), at(kFirst, 9)).answer.definite);
  EXPECT_TRUE(ask(redeem_at("a0", 1), at(kFirst, 9)).pending);
  Intent third = redeem_at("b", 1);
  third.ask.member = Member::make(Participant(3), 1);
  EXPECT_TRUE(ask(third, at(kFirst, 9)).pending);
  (void)hear(done(redeem_at("a0", 1), at(kFirst, 9)), at(kFirst, 9));
  EXPECT_TRUE(ask(redeem_at("c", 1), at(kFirst, 9)).pending);
}

TEST_F(CounterTest, AnswersAreKeptForAHundredDaysAndWhatHasNoneForEver) {
  const auto take = [](IntentBook& book, const Intent& intent, BusinessDate day) {
    book.asking(intent, at(day, 9));
  };
  const Intent answered = redeem_at("a", 100);
  const Intent waits = redeem_at("w", 100);
  IntentBook book;
  take(book, answered, kFirst);
  book.answered(done(answered, at(kFirst, 9)), 0);
  take(book, redeem_at("l", 1, kFirst.plus_days(100)), kFirst.plus_days(100));
  EXPECT_NE(book.find(AskKind::kRedeem, answered.ask.id), nullptr);
  take(book, redeem_at("m", 1, kFirst.plus_days(101)), kFirst.plus_days(101));
  EXPECT_EQ(book.find(AskKind::kRedeem, answered.ask.id), nullptr);
  IntentBook other;
  take(other, waits, kFirst);
  take(other, redeem_at("m", 1, kFirst.plus_days(101)), kFirst.plus_days(101));
  EXPECT_NE(other.find(AskKind::kRedeem, waits.ask.id), nullptr);
  EXPECT_EQ(other.pending_count(), 2U);
}

}  // namespace PH_FILE
}  // namespace ph
