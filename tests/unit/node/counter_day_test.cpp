// What counters ask, beside the day's file and over midnight; and after any start.
#include <map>

#include "tests/unit/node/counter_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)

// --- beside the day's file -----------------------------------------------------------------------

TEST_F(CounterTest, ARowOfTheFileForTheSameDeliveryIsACopy) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const Answer answer = done(wanted, at(kFirst, 9));
  (void)hear(answer, at(kFirst, 9));
  ASSERT_EQ(bring(day_file(delivery_row("a", 100, answer), 100), at(kFirst, 20)),
            IntakeVerdict::kAccepted);
  turn(at(kSecond, 0, 1));
  EXPECT_EQ(items(0).size(), 1U);
  ASSERT_EQ(node_->province().last_returned()->size(), 1U);
  EXPECT_EQ(node_->province().last_returned()->front().code, ReturnCode::kCopy);
}

TEST_F(CounterTest, ARowOfTheFileThatSaysOtherwiseIsReturned) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const Answer answer = done(wanted, at(kFirst, 9));
  (void)hear(answer, at(kFirst, 9));
  ASSERT_EQ(bring(day_file(delivery_row("a", 99, answer), 99), at(kFirst, 20)),
            IntakeVerdict::kAccepted);
  turn(at(kSecond, 0, 1));
  ASSERT_EQ(items(0).size(), 1U);
  EXPECT_EQ(items(0)[0].points, 100);
  EXPECT_EQ(node_->province().last_returned()->front().code, ReturnCode::kDuplicate);
}

TEST_F(CounterTest, ARowThatCameBeforeTheAnswerStands) {
  for (const std::int64_t row_points : {100, 99}) {
    SCOPED_TRACE(row_points);
    const std::string name = "n" + std::to_string(row_points);
    const BusinessDate day = row_points == 100 ? kFirst : kSecond;
    const Intent wanted = redeem_at(name, 100);
    (void)ask(wanted, at(day, 9));
    const Answer answer = done(wanted, at(kFirst, 9), static_cast<std::uint32_t>(kLiveFrom));
    ASSERT_EQ(bring(day_file(delivery_row(name, row_points, answer), row_points, day,
                             row_points == 100 ? 1 : 2),
                    at(day, 20)),
              IntakeVerdict::kAccepted);
    turn(at(day, 20));
    EXPECT_EQ(hear(answer, at(day, 21)).size(), 1U);
    const auto own = row_points == 100 ? ReturnCode::kCopy : ReturnCode::kDuplicate;
    EXPECT_EQ(node_->province().intents().find(AskKind::kRedeem, wanted.ask.id)->own,
              static_cast<std::uint8_t>(own));
    turn(end_of(day));
    ASSERT_EQ(items(row_points == 100 ? 0 : 1).size(), 1U);
    EXPECT_EQ(items(row_points == 100 ? 0 : 1)[0].points, row_points);
  }
}

TEST_F(CounterTest, TheRecordsDayIsThatOfTheAnswer) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 23, 59));
  (void)hear(done(wanted, at(kFirst, 23, 59)), at(kSecond, 0, 10));  // The first isn't sealed.
  turn(at(kSecond, 6));
  EXPECT_TRUE(items(0).empty());
  restart();
  turn(at(kSecond.plus_days(1), 6));
  ASSERT_EQ(items(1).size(), 1U);
  EXPECT_EQ(items(1)[0].id.date, kFirst);
}

TEST_F(CounterTest, WhileNoDayCanTakeARecordAnAnswerIsDroppedAndNoIntentIsTaken) {
  const Intent wanted = redeem_at("a", 100);
  (void)ask(wanted, at(kFirst, 9));
  const BusinessDate third = kSecond.plus_days(1);
  const Answer answer = done(wanted, at(kFirst, 9));
  ASSERT_EQ(bring(day_file("EARN,1," + test::member_text(1, 1) + ",AWARD,2026-02,1,0", 1),
                  at(kFirst, 12)),
            IntakeVerdict::kAccepted);  // Nobody posts it.
  EXPECT_TRUE(hear(answer, at(third, 9)).empty());
  EXPECT_TRUE(ask(wanted, at(third, 9)).pending);
  const CounterAnswer late = ask(redeem_at("b", 100, third), at(third, 9));
  EXPECT_FALSE(late.pending);
  EXPECT_EQ(late.answer.code, static_cast<std::uint8_t>(AskCode::kAgainLater));
  EXPECT_TRUE(ask(intent(AskKind::kHold, "h", 10, "", third), at(third, 9)).pending);
  turn(at(third, 9));
  EXPECT_EQ(hear(answer, at(third, 9)).size(), 1U);
  EXPECT_EQ(ask(wanted, at(third, 9)).answer, answer);
}

// --- replay
// ---------------------------------------------------------------------------------------

TEST_F(CounterTest, EveryPrefixOfTheJournalMakesTheStateThatWasThere) {
  std::map<std::uint64_t, std::vector<std::byte>> states;
  const auto note = [&] {
    if (!node_->province().between()) {
      states[node_->last_block()] = state();
    }
  };
  const auto step = [&](const Intent& wanted, BusinessTime now) {
    (void)ask(wanted, now);
    note();
    return wanted;
  };
  const auto told = [&](const Answer& answer, BusinessTime now) {
    (void)hear(answer, now);
    note();
  };
  const Intent a = step(redeem_at("a", 100), at(kFirst, 9));
  const Intent h = step(intent(AskKind::kHold, "h", 50), at(kFirst, 9));
  told(done(h, at(kFirst, 9), kLiveFrom + 1), at(kFirst, 9));
  const Intent c = step(intent(AskKind::kCapture, "c", 50, "h"), at(kFirst, 9));
  told(refused(c, ReturnCode::kHoldEnded), at(kFirst, 10));
  told(done(a, at(kFirst, 9)), at(kFirst, 10));
  Intent own = redeem_at("o", 10);
  own.ask.member = member(1);
  (void)step(own, at(kFirst, 10));
  const Intent r = step(intent(AskKind::kRefund, "r", 100, "a"), at(kSecond, 0, 5));
  told(done(r, at(kSecond, 0, 5)), at(kSecond, 0, 6));
  blobs_.push_back("POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1\nEND,0,0,0\n");
  turn(at(kSecond, 6));
  note();
  (void)step(redeem_at("z", 1, kSecond), at(kSecond, 7));
  ASSERT_GT(states.size(), 10U);
  for (const auto& [blocks, expected] : states) {
    SCOPED_TRACE(blocks);
    EXPECT_EQ(state_after(blocks), expected);
  }
  snapshot();
  restart();
  EXPECT_EQ(state(), states.rbegin()->second);
}

TEST_F(CounterTest, CommandsComeBackFromTheirBytes) {
  Intent wanted = intent(AskKind::kCapture, "c", 50, "h");
  wanted.ask.final = true;
  wanted.ask.member = Member::make(kOther, 1);
  wanted.ask.form = Form::kGift;
  wanted.cost = 1;
  wanted.freight = 2;
  wanted.cash = 3;
  const JournalCommand asking = encode(IntentTaken{.intent = wanted}, at(kFirst, 9));
  EXPECT_EQ(asking.payload.size(), 103U);
  ASSERT_TRUE(decode<IntentTaken>(asking).has_value());
  EXPECT_EQ(decode<IntentTaken>(asking)->intent, wanted);
  const Answer answer = done(wanted, at(kFirst, 9));
  const JournalCommand answered = encode(IntentAnswered{.answer = answer}, at(kFirst, 9));
  EXPECT_EQ(answered.payload.size(), 64U);
  ASSERT_TRUE(decode<IntentAnswered>(answered).has_value());
  EXPECT_EQ(decode<IntentAnswered>(answered)->answer, answer);
  for (JournalCommand cut : {asking, answered}) {
    cut.payload.pop_back();
    EXPECT_FALSE(decode<IntentTaken>(cut).has_value());
    EXPECT_FALSE(decode<IntentAnswered>(cut).has_value());
  }
}

}  // namespace PH_FILE
}  // namespace ph
