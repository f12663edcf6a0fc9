// Live events at a node: decided at once, durable together, replayed to the same state; days that
// open with them, and files that come behind them.
#include <gtest/gtest.h>

#include "node/asks.h"
#include "tests/unit/node/live_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)
using test::day_text;

constexpr Participant kAir{101};

TEST_F(LiveNodeTest, OpensTheDayWithTheFirstEventInOneBlock) {
  const std::uint64_t blocks = node_->last_block();
  const LiveAnswer answer = node_->take_live(redeem("a", 100), at(kFirst, 9));
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(node_->take_live(redeem("b", 100), at(kFirst, 9)).code, 0);
  EXPECT_EQ(node_->last_block(), blocks);
  node_->commit_live();
  EXPECT_EQ(node_->last_block(), blocks + 1);
  node_->commit_live();
  EXPECT_EQ(node_->last_block(), blocks + 1);
  EXPECT_EQ(points(), 800);
  ASSERT_TRUE(node_->province().open().has_value());
  EXPECT_EQ(node_->province().open()->taken.date, kFirst);
  EXPECT_EQ(node_->province().next_sequence(), 1U);
}

TEST_F(LiveNodeTest, WhatWasNotCommittedIsGoneAndWhatWasIsThere) {
  const LiveAnswer first = live(redeem("a", 100), at(kFirst, 9));
  (void)node_->take_live(redeem("b", 100), at(kFirst, 9));
  restart();
  EXPECT_EQ(points(), 900);
  EXPECT_EQ(live(redeem("a", 100), at(kFirst, 10)), first);
  EXPECT_EQ(points(), 900);
  EXPECT_EQ(code(redeem("b", 100), at(kFirst, 10)), 0);
  EXPECT_EQ(points(), 800);
}

TEST_F(LiveNodeTest, RepeatsAndWhatIsNothingAreNotJournaled) {
  (void)live(redeem("a", 100), at(kFirst, 9));
  (void)live(redeem("no", 5'000), at(kFirst, 9));
  const std::uint64_t blocks = node_->last_block();
  (void)live(redeem("a", 100), at(kFirst, 9));
  (void)live(redeem("no", 5'000), at(kFirst, 9));
  (void)live(redeem("a", 101), at(kFirst, 9));
  (void)live(redeem("z", 1, kSecond), at(kFirst, 9));
  EXPECT_EQ(node_->last_block(), blocks);
}

TEST_F(LiveNodeTest, KnowsWhoTakesPartByTheRuleBook) {
  const auto invalid = static_cast<std::uint8_t>(ReturnCode::kInvalid);
  LiveCommand stranger = redeem("a", 1);
  stranger.row.giver = Participant(50);
  stranger.row.id.participant = Participant(50);
  EXPECT_EQ(code(stranger, at(kFirst, 9)), invalid);
  LiveCommand others = redeem("b", 1);
  others.row.id.participant = kAir;
  EXPECT_EQ(code(others, at(kFirst, 9)), invalid);
  LiveCommand shop = redeem("c", 1);
  shop.row.form = Form::kMerchant;
  shop.row.giver = Participant();
  shop.row.partner = Participant(2);
  EXPECT_EQ(code(shop, at(kFirst, 9)), invalid);
  shop.row.partner = Participant(102);
  EXPECT_EQ(code(shop, at(kFirst, 9)), 0);
  EXPECT_EQ(code(hold("h", 1), at(kFirst, 9)), 0);
}

TEST_F(LiveNodeTest, FileOfTheOpenDayAddsItsRowsAndTheDayIsSealed) {
  (void)live(redeem("a", 100), at(kFirst, 9));
  EXPECT_EQ(bring(day_text(1, kFirst, 1, 5'000), at(kFirst, 20)), IntakeVerdict::kAccepted);
  turn(at(kFirst, 20));
  (void)live(redeem("b", 30), at(kFirst, 21));
  EXPECT_EQ(points(), 920);
  EXPECT_TRUE(node_->province().sealed().empty());
  turn(end_of(kFirst));
  ASSERT_EQ(node_->province().sealed().size(), 1U);
  EXPECT_EQ(node_->province().sealed().front().rows, 1U);
  EXPECT_FALSE(node_->province().sealed().front().empty);
}

TEST_F(LiveNodeTest, EventsBehindMidnightShareTheNightWithTheFile) {
  (void)live(redeem("a", 100), at(kFirst, 9));
  const LiveAnswer night = live(redeem("n", 200, kSecond), at(kSecond, 0, 10));
  EXPECT_EQ(night.authorisation, EntryId(kHome, kSecond, kLiveFrom));
  EXPECT_EQ(points(), 900);
  EXPECT_EQ(bring(day_text(1, kFirst, 1, 5'000), at(kSecond, 3)), IntakeVerdict::kAccepted);
  EXPECT_EQ(code(redeem("m", 50, kSecond), at(kSecond, 3)), 0);
  turn(at(kSecond, 3));  // Seals the first day and opens the second.
  EXPECT_EQ(node_->province().sealed().size(), 1U);
  ASSERT_TRUE(node_->province().open().has_value());
  EXPECT_EQ(node_->province().open()->taken.date, kSecond);
  EXPECT_EQ(points(), 700);
  restart();
  EXPECT_EQ(points(), 700);
  EXPECT_EQ(live(redeem("n", 200, kSecond), at(kSecond, 4)), night);
  EXPECT_EQ(bring(day_text(1, kSecond, 2, 100), at(kSecond, 23)), IntakeVerdict::kAccepted);
  turn(end_of(kSecond));
  EXPECT_EQ(node_->province().sealed().size(), 2U);
  EXPECT_FALSE(node_->province().open().has_value());
}

TEST_F(LiveNodeTest, DayWithoutAFileIsSealedAtItsCutOff) {
  (void)live(redeem("a", 100), at(kFirst, 9));
  (void)live(redeem("n", 200, kSecond), at(kSecond, 0, 10));
  turn(at(kSecond, 4, 59));
  EXPECT_TRUE(node_->province().sealed().empty());
  turn(at(kSecond, 5));
  ASSERT_EQ(node_->province().sealed().size(), 1U);
  EXPECT_TRUE(node_->province().sealed().front().empty);
  EXPECT_EQ(points(), 700);
}

TEST_F(LiveNodeTest, DayThatIsOverIsOpenedForItsFileWhenTheNextOneHasEvents) {
  EXPECT_EQ(code(redeem("n", 200, kSecond), at(kSecond, 0, 10)), 0);
  EXPECT_EQ(node_->province().open()->taken.date, kFirst);
  EXPECT_EQ(bring(day_text(1, kFirst, 1, 5'000), at(kSecond, 3)), IntakeVerdict::kAccepted);
  turn(at(kSecond, 3));
  EXPECT_EQ(points(), 850);
}

TEST_F(LiveNodeTest, AnswersAgainLaterBeforeEarlierDaysAreSealed) {
  const auto again = static_cast<std::uint8_t>(ReturnCode::kAgainLater);
  const BusinessDate third = kFirst.plus_days(2);
  EXPECT_EQ(code(redeem("a", 1, third), at(third, 0, 10)), again);
  EXPECT_FALSE(node_->province().open().has_value());
  turn(at(third, 0, 10));  // The first day is sealed empty; the second may still get its file.
  EXPECT_EQ(code(redeem("a", 1, third), at(third, 0, 10)), 0);
  // A clock that stood too far ahead, and is right again.
  EXPECT_EQ(code(redeem("b", 1), at(kFirst, 12)), again);
}

TEST_F(LiveNodeTest, FileOfAnotherDayDoesNotTakeTheOpenOnesNumber) {
  (void)live(redeem("a", 100), at(kFirst, 9));
  const IntakeAnswer later = answer(day_text(1, kSecond, 1, 5'000), at(kSecond, 9));
  EXPECT_EQ(later.verdict, IntakeVerdict::kRefused);
  EXPECT_EQ(later.faults.front().code, FaultCode::kIntakeDateOrder);
  EXPECT_EQ(bring(day_text(1, kSecond, 2, 5'000), at(kSecond, 9)), IntakeVerdict::kWaiting);
  EXPECT_EQ(bring(day_text(1, kFirst, 1, 5'000), at(kSecond, 9)), IntakeVerdict::kAccepted);
}

TEST_F(LiveNodeTest, RuleBookIsTakenWhileADayIsOpen) {
  (void)live(redeem("a", 100), at(kFirst, 9));
  const std::string more = test::rulebook_text("PARTICIPANT,BNK1,103,BANK,银行,Bank");
  EXPECT_EQ(bring(more, at(kFirst, 10)), IntakeVerdict::kAccepted);
  EXPECT_EQ(code(redeem("b", 100), at(kFirst, 11)), 0);
}

TEST_F(LiveNodeTest, RuleOfExpiryBeginsBehindWhatIsOpenAndWhatIsPutOff) {
  const BusinessDate last = BusinessDate::of(2026, 3, 31);
  const BusinessDate april = last.plus_days(1);
  const auto verdict = [this, april](const char* row) {
    return bring(test::rulebook_text(row), at(april, 12));
  };
  EXPECT_EQ(bring(day_text(1, last.plus_days(-1), 1, 5'000), at(last, 1)),
            IntakeVerdict::kAccepted);
  turn(at(last, 1));
  EXPECT_EQ(code(redeem("b", 100, last), at(last, 9)), 0);
  EXPECT_EQ(verdict("EXPIRY,YEAR,2,2026-03"), IntakeVerdict::kRefused);
  EXPECT_EQ(verdict("EXPIRY,YEAR,2,2026-04"), IntakeVerdict::kAccepted);
  EXPECT_EQ(code(redeem("n", 100, april), at(april, 0, 10)), 0);
  EXPECT_EQ(verdict("EXPIRY,YEAR,1,2026-04"), IntakeVerdict::kRefused);
}

TEST_F(LiveNodeTest, RuleOfExpiryBeginsBehindTheFirstDayOnceThatIsOpen) {
  const auto verdict = [this](const char* row) {
    return bring(test::rulebook_text(row), at(kFirst, 10));
  };
  EXPECT_EQ(verdict("EXPIRY,YEAR,2,2026-03"), IntakeVerdict::kAccepted);
  (void)live(redeem("a", 100), at(kFirst, 9));
  EXPECT_EQ(verdict("EXPIRY,YEAR,1,2026-03"), IntakeVerdict::kRefused);
  EXPECT_EQ(verdict(""), IntakeVerdict::kRefused);
}

TEST_F(LiveNodeTest, StartsFromASnapshotOfTheOpenDay) {
  const LiveAnswer first = live(redeem("a", 100), at(kFirst, 9));
  (void)live(redeem("n", 200, kSecond), at(kSecond, 0, 10));
  const std::vector<std::byte> before = state();
  snapshot();
  (void)live(redeem("m", 5, kSecond), at(kSecond, 0, 11));
  const std::vector<std::byte> after = state();
  EXPECT_NE(before, after);
  restart();
  EXPECT_EQ(state(), after);
  EXPECT_EQ(live(redeem("a", 100), at(kSecond, 1)), first);
  EXPECT_EQ(bring(day_text(1, kFirst, 1, 5'000), at(kSecond, 3)), IntakeVerdict::kAccepted);
  turn(at(kSecond, 3));
  EXPECT_EQ(points(), 745);
}

TEST_F(LiveNodeTest, NoSnapshotWhileSomethingIsPostedOrNotDurable) {
  (void)node_->take_live(redeem("a", 100), at(kFirst, 9));
  EXPECT_FALSE(node_->snapshot_due());
  node_->commit_live();
  EXPECT_TRUE(node_->snapshot_due());  // The opening file has come.
  EXPECT_EQ(bring(day_text(1, kFirst, 1, 5'000), at(kFirst, 20)), IntakeVerdict::kAccepted);
  EXPECT_FALSE(node_->snapshot_due());
}

// Blocks of live events come by the second: they are counted by what they hold.
TEST_F(LiveNodeTest, LiveBlocksAloneAreNoReasonForASnapshot) {
  snapshot();
  for (int n = 0; n < 200; ++n) {
    (void)live(redeem("a" + std::to_string(n), 1), at(kFirst, 9));
  }
  EXPECT_FALSE(node_->snapshot_due());
}

TEST_F(LiveNodeTest, OpeningIsPostedInSlices) {
  slice_steps_ = 1;
  restart();
  (void)live(redeem("a", 1), at(kFirst, 9));
  for (int n = 0; n < 5; ++n) {
    (void)live(redeem("n" + std::to_string(n), 10, kSecond), at(kSecond, 0, 10));
  }
  turn(at(kSecond, 5));
  EXPECT_EQ(points(), 949);
  restart();
  EXPECT_EQ(points(), 949);
}

// Who asks waits for one slice at most: they are short then, and the rows are posted all the same.
TEST_F(LiveNodeTest, SlicesAreShortWhileSomebodyAsks) {
  asked_steps_ = 1;
  restart();
  const std::string row = ",," + test::member_text(1, 1) + ",10,PHONE_CREDIT,P01,,,,";
  const std::string rows =
      test::file_text("POINTHOUSE,PROVINCE_DAY,1,P01," + kFirst.text() + ",1",
                      {"REDEEM,1" + row, "REDEEM,2" + row, "REDEEM,3" + row}, 30, 0);
  EXPECT_EQ(bring(rows, at(kFirst, 9)), IntakeVerdict::kAccepted);
  EXPECT_TRUE(node_->post_slice(at(kFirst, 9), true));
  EXPECT_EQ(points(), 990);
  restart();
  EXPECT_EQ(points(), 990);
  EXPECT_TRUE(node_->post_slice(at(kFirst, 9), true));
  EXPECT_FALSE(node_->post_slice(at(kFirst, 9), false));
  EXPECT_EQ(points(), 970);
}

TEST_F(LiveNodeTest, HoldEndsBeforeRowsPostedBehindItsTime) {
  EXPECT_EQ(code(hold("h", 1'000), at(kFirst, 9)), 0);
  const std::string rows = test::file_text(
      "POINTHOUSE,PROVINCE_DAY,1,P01," + kFirst.text() + ",1",
      {"REDEEM,1,," + test::member_text(1, 1) + ",1000,PHONE_CREDIT,P01,,,,"}, 1'000, 0);
  EXPECT_EQ(bring(rows, at(kFirst, 9, 20)), IntakeVerdict::kAccepted);
  turn(at(kFirst, 9, 20));
  EXPECT_EQ(points(), 0);
  turn(end_of(kFirst));
  EXPECT_EQ(node_->province().sealed().front().returned, 0U);
}

// --- commands
// -------------------------------------------------------------------------------------

TEST(LiveCommands, ComeBackFromTheirBytes) {
  LiveCommand command = redeem("a", 7);
  command.row.kind = RowKind::kRefund;
  command.row.form = Form::kNone;
  command.row.parent = id_of(kFirst, "p");
  command.row.child_count = 2;
  command.children = {{.lot = LotId(Participant(2), kFirst, 5),
                       .earned_month = kFirst.month(),
                       .expires_on = kSecond,
                       .source = Source::kAward,
                       .rating = 1,
                       .original = 50,
                       .points = 9},
                      {.lot = LotId(Participant(3), kFirst, 5), .original = 1, .points = 1}};
  const JournalCommand journaled = encode(LiveTaken{.command = command}, at(kFirst, 9));
  EXPECT_EQ(journaled.payload.size(), 141U + 2 * 30U);
  const auto again = decode<LiveTaken>(journaled);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->command, command);
  JournalCommand cut = journaled;
  cut.payload.pop_back();
  EXPECT_FALSE(decode<LiveTaken>(cut).has_value());
  EXPECT_FALSE(decode<DayOpened>(journaled).has_value());
  const JournalCommand opened = encode(DayOpened{.sequence = 3, .date = kSecond}, at(kFirst, 9));
  EXPECT_EQ(opened.payload.size(), 6U);
  EXPECT_EQ(decode<DayOpened>(opened)->date, kSecond);
}

class Sent final : public UplinkPort {
 public:
  bool send(const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    if (const auto* answer = std::get_if<Answer>(&message)) {
      answers.push_back(*answer);
    }
    return true;
  }
  void reconnect() override {}
  std::vector<Answer> answers{};
};

class AskedNodeTest : public LiveNodeTest {
 protected:
  static Ask ask(AskKind kind, std::string_view name, std::int64_t points,
                 std::string_view parent = "") {
    const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
    return {.kind = kind,
            .form = goods ? Form::kMerchant : Form::kNone,
            .id = id_of(kFirst, name, kAir),
            .parent = parent.empty() ? TransactionId{} : id_of(kFirst, parent, kAir),
            .member = member(1),
            .partner = kAir,
            .seconds = kind == AskKind::kHold ? 900U : 0U,
            .points = points};
  }
  void bring_ask(const Ask& ask, BusinessTime now) {
    node_->on_message(wire::encode(ask), now, 0, port_);
  }
  Answer answer_of(const Ask& ask, BusinessTime now) {
    port_.answers.clear();
    bring_ask(ask, now);
    EXPECT_TRUE(port_.answers.empty());  // Nothing is said before it is durable.
    EXPECT_TRUE(node_->answers_wait());
    node_->commit_live(0, port_);
    EXPECT_EQ(port_.answers.size(), 1U);
    return port_.answers.empty() ? Answer{} : port_.answers.front();
  }
  Sent port_;
};

TEST_F(AskedNodeTest, EveryKindIsCarriedOutAndAnswered) {
  const BusinessTime now = at(kFirst, 10);
  const std::int64_t before = points();
  const Answer accrual = answer_of(ask(AskKind::kAccrual, "A1", 100), now);
  EXPECT_TRUE(accrual.definite);
  ASSERT_EQ(accrual.code, 0);
  EXPECT_EQ(accrual.home, kHome);
  EXPECT_EQ(accrual.authorisation.participant(), kHome);  // The lot that it made.
  const Answer hold = answer_of(ask(AskKind::kHold, "H1", 40), now);
  ASSERT_EQ(hold.code, 0);
  EXPECT_EQ(hold.ends, now.seconds() + 900);
  const Answer capture = answer_of(ask(AskKind::kCapture, "C1", 30, "H1"), now);
  ASSERT_EQ(capture.code, 0);
  EXPECT_EQ(capture.authorisation, hold.authorisation);
  ASSERT_EQ(answer_of(ask(AskKind::kVoid, "V1", 0, "H1"), now).code, 0);
  EXPECT_EQ(points(), before + 70);
  Ask refund = ask(AskKind::kRefund, "F1", 30, "C1");
  refund.authorisation = capture.authorisation;
  ASSERT_EQ(answer_of(refund, now).code, 0);
  ASSERT_EQ(answer_of(ask(AskKind::kRedeem, "R1", 10), now).code, 0);
  Ask out = ask(AskKind::kExchangeOut, "X1", 20);
  out.units = 2;
  out.rate = 1;
  ASSERT_EQ(answer_of(out, now).code, 0);
  Ask in = ask(AskKind::kExchangeIn, "X2", 50);
  in.units = 5;
  in.rate = 2;
  const Answer made = answer_of(in, now);
  ASSERT_EQ(made.code, 0);
  Ask reversal = ask(AskKind::kReversal, "F2", 50, "X2");
  reversal.authorisation = made.authorisation;
  ASSERT_EQ(answer_of(reversal, now).code, 0);
  EXPECT_EQ(points(), before + 70);
  const auto again = answer_of(ask(AskKind::kCapture, "C1", 30, "H1"), at(kFirst, 11));
  EXPECT_EQ(again, capture);
}

TEST_F(AskedNodeTest, ManyShareABlockAndAreThereAfterAStart) {
  const std::uint64_t block = node_->last_block();
  for (const char* name : {"A1", "A2", "A3"}) {
    bring_ask(ask(AskKind::kAccrual, name, 10), at(kFirst, 9));
  }
  EXPECT_EQ(node_->last_block(), block);
  node_->commit_live(0, port_);
  EXPECT_EQ(port_.answers.size(), 3U);
  const std::vector<Answer> first = port_.answers;
  const std::int64_t then = points();
  restart();
  EXPECT_EQ(points(), then);
  for (std::size_t n = 0; n < first.size(); ++n) {
    const char* names[] = {"A1", "A2", "A3"};
    EXPECT_EQ(answer_of(ask(AskKind::kAccrual, names[n], 10), at(kFirst, 9, 30)), first[n]);
  }
  EXPECT_EQ(points(), then);
}

TEST_F(AskedNodeTest, WhatIsNotDurableWasNotSaidAndDidNotHappen) {
  const std::int64_t before = points();
  bring_ask(ask(AskKind::kAccrual, "A1", 10), at(kFirst, 9));
  restart();
  EXPECT_EQ(points(), before);
  EXPECT_FALSE(node_->answers_wait());
  EXPECT_EQ(answer_of(ask(AskKind::kAccrual, "A1", 10), at(kFirst, 9)).code, 0);
  EXPECT_EQ(points(), before + 10);
}

TEST_F(AskedNodeTest, ARefusalIsDefiniteAndAnotherDayIsNot) {
  const Answer poor = answer_of(ask(AskKind::kRedeem, "R1", 90'000'000), at(kFirst, 9));
  EXPECT_TRUE(poor.definite);
  EXPECT_EQ(poor.code, static_cast<std::uint8_t>(ReturnCode::kInsufficientPoints));
  EXPECT_EQ(poor.detail, "INSUFFICIENT_POINTS");
  Ask tomorrow = ask(AskKind::kAccrual, "A1", 10);
  tomorrow.id = id_of(kSecond, "A1", kAir);
  const Answer later = answer_of(tomorrow, at(kFirst, 23, 59));
  EXPECT_FALSE(later.definite);
  EXPECT_EQ(later.code, static_cast<std::uint8_t>(AskCode::kAgainLater));
  Ask unlike = ask(AskKind::kReversal, "F9", 10, "A9");  // Without the lot.
  EXPECT_EQ(answer_of(unlike, at(kFirst, 23, 59)).code,
            static_cast<std::uint8_t>(ReturnCode::kInvalid));
}

}  // namespace PH_FILE
}  // namespace ph
