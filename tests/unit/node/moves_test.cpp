// Members who move between running nodes: the one that they come to asks, the one that they leave
// answers, and what leaves is at one of them or in the answer (decision 18).
#include "tests/unit/node/counter_node.h"

namespace ph {
namespace PH_FILE {

using namespace live_node;  // NOLINT(google-build-using-namespace)

const Member kGuest = Member::make(kOther, 1);

class MovesTest : public CounterTest {
 protected:
  // What a former home or the last one is asked comes over the wire.
  class Answered final : public UplinkPort {
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

  static Intent move_in(std::string_view name, Member member = kGuest) {
    return {.ask = {.kind = AskKind::kMove, .id = id_of(kFirst, name), .member = member}};
  }
  static AskSlice far(std::int64_t points) {
    return {.lot = LotId(kOther, BusinessDate::of(2026, 1, 10), 1),
            .earned_month = *Month::parse("2026-01"),
            .expires_on = BusinessDate::of(2029, 4, 1),
            .source = Source::kConsumption,
            .rating = 1,
            .original = 1'000,
            .points = points};
  }
  static Answer left(const Intent& intent, std::vector<AskSlice> slices,
                     BusinessTime now = at(kFirst, 9)) {
    Answer answer = done(intent, now);
    answer.authorisation = EntryId();
    answer.slices = std::move(slices);
    answer.points = 0;
    for (const AskSlice& slice : answer.slices) {
      answer.points += slice.points;
    }
    return answer;
  }
  // Another province asks, through the clearing, about a member.
  static Ask from_other(AskKind kind, std::string_view name, std::int64_t points,
                        Member member = live_node::member(1), std::string_view parent = "") {
    return {.kind = kind,
            .form = kind == AskKind::kRedeem ? Form::kPhoneCredit : Form::kNone,
            .id = id_of(kFirst, name, kOther),
            .parent = parent.empty() ? TransactionId{} : id_of(kFirst, parent, kOther),
            .member = member,
            .giver = kOther,
            .seconds = kind == AskKind::kHold ? 900U : 0U,
            .points = points};
  }
  Answer answer_to(const Ask& ask, BusinessTime now) {
    Answered port;
    node_->on_message(wire::encode(ask), now, steady_ms_, port);
    node_->commit_live(steady_ms_, port);
    EXPECT_EQ(port.answers.size(), 1U);
    return port.answers.empty() ? Answer{} : port.answers.front();
  }
  [[nodiscard]] std::int64_t points_of(Member member) const {
    const auto balance = node_->province().poster()->home().balance(member, kFirst);
    return balance ? balance->available : -1;
  }
  // A day is open: the node's first live event opens it.
  void open_day() { EXPECT_EQ(code(redeem("open", 1), at(kFirst, 8)), 0); }
};

TEST_F(MovesTest, TheAnswerAndWhatComesWithItAreOneBlock) {
  const Intent wanted = move_in("m");
  EXPECT_TRUE(ask(wanted, at(kFirst, 9)).pending);
  ASSERT_EQ(port_.asks.size(), 1U);
  EXPECT_EQ(port_.asks[0].giver, kHome);
  const Answer answer = left(wanted, {far(400)});
  const std::uint64_t blocks = node_->last_block();
  const std::vector<Answer> told = hear(answer, at(kFirst, 9));
  ASSERT_EQ(told.size(), 1U);
  EXPECT_TRUE(told[0].slices.empty());
  EXPECT_EQ(told[0].points, 400);
  EXPECT_EQ(node_->last_block(), blocks + 1);
  EXPECT_EQ(points_of(kGuest), 400);
  const std::vector<std::byte> before = state();
  restart();
  EXPECT_EQ(state(), before);
  EXPECT_EQ(points_of(kGuest), 400);
  EXPECT_EQ(ask(wanted, at(kFirst, 10)).answer.points, 400);
  EXPECT_TRUE(hear(answer, at(kFirst, 10)).empty());  // The clearing says it again.
  EXPECT_EQ(points_of(kGuest), 400);
  // Without that block nothing of it is there, and it is asked for again.
  EXPECT_NE(state_after(blocks), before);
  snapshot();
  restart();
  EXPECT_EQ(state(), before);
  Intent spent = redeem_at("r", 400);
  spent.ask.member = kGuest;
  const CounterAnswer here = ask(spent, at(kFirst, 11));
  EXPECT_FALSE(here.pending);
  EXPECT_EQ(here.answer.code, 0);
  turn(at(kSecond, 6));
  const std::vector<Item> batch = items(0);
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch[1].kind, Kind::kMoveIn);
  EXPECT_EQ(batch[1].counterparty, kOther);
  EXPECT_EQ(batch[1].points, 400);
}

TEST_F(MovesTest, ADeathBeforeTheAnswerIsDurableAsksOnceMoreAndTakesItInOnce) {
  const Intent wanted = move_in("m");
  (void)ask(wanted, at(kFirst, 9));
  (void)port_.take();
  node_->on_message(wire::encode(left(wanted, {far(400)})), at(kFirst, 9), steady_ms_, port_);
  restart();
  EXPECT_EQ(points_of(kGuest), -1);
  tick(at(kFirst, 9), 0);
  EXPECT_EQ(port_.take().size(), 1U);
  (void)hear(left(wanted, {far(400)}), at(kFirst, 9));
  EXPECT_EQ(points_of(kGuest), 400);
}

// What has left the other home is in its answer alone, however late that comes.
TEST_F(MovesTest, AnAnswerIsTakenInLongAfterTheIdIsTooOld) {
  const Intent wanted = move_in("m");
  EXPECT_TRUE(ask(wanted, at(kFirst, 9)).pending);
  const BusinessDate late = kFirst.plus_days(180);
  turn(at(late, 6));
  EXPECT_EQ(code(redeem("open", 1, late), at(late, 8)), 0);
  snapshot();
  restart();
  (void)port_.take();
  tick(at(late, 9), 0);
  EXPECT_EQ(port_.take().size(), 1U);  // It has asked all the time.
  ASSERT_EQ(hear(left(wanted, {far(400)}), at(late, 9)).size(), 1U);
  EXPECT_EQ(points_of(kGuest), 400);
  const std::vector<std::byte> before = state();
  restart();
  EXPECT_EQ(state(), before);
  const std::size_t sealed = node_->province().sealed().size();
  turn(at(late.plus_days(1), 6));
  ASSERT_GT(node_->province().sealed().size(), sealed);
  EXPECT_EQ(items(sealed).back().kind, Kind::kMoveIn);
}

TEST_F(MovesTest, WhatHasLeftIsToldLongAfterTheIdIsTooOld) {
  open_day();
  const Ask asked = from_other(AskKind::kMove, "m", 0);
  const Answer first = answer_to(asked, at(kFirst, 9));
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(first.slices.size(), 1U);
  const BusinessDate late = kFirst.plus_days(180);
  turn(at(late, 6));
  EXPECT_EQ(answer_to(asked, at(late, 9)), first);
  snapshot();
  restart();
  EXPECT_EQ(answer_to(asked, at(late, 10)), first);
}

TEST_F(MovesTest, WhoIsHereOrOnHisWayIsNotAskedFor) {
  const CounterAnswer here = ask(move_in("m-1", member(1)), at(kFirst, 9));
  EXPECT_TRUE(here.answer.definite);
  EXPECT_EQ(here.answer.code, static_cast<std::uint8_t>(ReturnCode::kMoveOpen));
  EXPECT_TRUE(ask(move_in("m-2"), at(kFirst, 9)).pending);
  const CounterAnswer second = ask(move_in("m-3"), at(kFirst, 9));
  EXPECT_FALSE(second.pending);
  EXPECT_FALSE(second.answer.definite);
  EXPECT_EQ(node_->status().asking.size(), 1U);
  const CounterAnswer digits = ask(move_in("12", Member::make(kOther, 2)), at(kFirst, 9));
  EXPECT_EQ(digits.answer.code, static_cast<std::uint8_t>(ReturnCode::kInvalid));
}

TEST_F(MovesTest, WhatCannotBeTakenInIsNotBelievedAndAskedForAgain) {
  const Intent first = move_in("m-1");
  (void)ask(first, at(kFirst, 9));
  AskSlice unknown = far(5);
  unknown.lot = LotId(Participant(77), kFirst, 1);  // No province of the rule book.
  EXPECT_TRUE(hear(left(first, {unknown}), at(kFirst, 9)).empty());
  EXPECT_EQ(node_->status().alarms.size(), 1U);
  Answer twice = left(first, {far(400)});
  twice.slices.push_back(far(5));
  EXPECT_TRUE(hear(twice, at(kFirst, 9)).empty());
  EXPECT_EQ(node_->status().asking.size(), 1U);
  EXPECT_EQ(hear(left(first, {far(400)}), at(kFirst, 9)).size(), 1U);
}

TEST_F(MovesTest, WhoComesBackWithMoreOfALotThanItEverHadIsNotBelieved) {
  open_day();
  Answer away = answer_to(from_other(AskKind::kMove, "m", 0), at(kFirst, 9));
  const Intent back = move_in("b", member(1));
  (void)ask(back, at(kFirst, 9));
  std::vector<AskSlice> brought = away.slices;
  brought.at(0).original = 2'000;
  brought.at(0).points = 1'001;
  EXPECT_TRUE(hear(left(back, brought), at(kFirst, 9)).empty());
  EXPECT_EQ(node_->status().alarms.size(), 1U);
  EXPECT_EQ(points_of(member(1)), 0);
  EXPECT_EQ(hear(left(back, away.slices), at(kFirst, 9)).size(), 1U);
  EXPECT_EQ(points_of(member(1)), 999);
}

TEST_F(MovesTest, NobodyMovesInWhileYesterdayIsNotSealed) {
  open_day();
  EXPECT_FALSE(ask(move_in("m-1"), at(kSecond, 1)).pending);
  const Intent wanted = move_in("m-2");
  EXPECT_TRUE(ask(wanted, at(kFirst, 23)).pending);
  EXPECT_TRUE(hear(left(wanted, {far(400)}), at(kSecond, 1)).empty());  // It comes again later.
  EXPECT_EQ(points_of(kGuest), -1);
  turn(at(kSecond, 6));
  (void)hear(left(wanted, {far(400)}), at(kSecond, 7));
  EXPECT_EQ(points_of(kGuest), 400);
}

TEST_F(MovesTest, WhileSomebodyMovesInNothingIsDecidedAboutHimHere) {
  open_day();
  const auto code_of = [this](const Ask& ask) {
    const Answer answer = answer_to(ask, at(kFirst, 9));
    EXPECT_FALSE(answer.definite);
    return static_cast<AskCode>(answer.code);
  };
  (void)ask(move_in("m"), at(kFirst, 9));
  EXPECT_EQ(code_of(from_other(AskKind::kRedeem, "r", 5, kGuest)), AskCode::kMoved);
  // One's own member, who has left, comes back: the clearing asks this home first, as the oldest.
  (void)answer_to(from_other(AskKind::kMove, "m", 0), at(kFirst, 9));
  Intent back = move_in("b", member(1));
  EXPECT_TRUE(ask(back, at(kFirst, 9)).pending);
  back.ask.giver = kHome;
  EXPECT_EQ(code_of(back.ask), AskCode::kMoved);
}

TEST_F(MovesTest, TheOldHomeGivesTheSameAnswerForEverDurablyBeforeItIsSent) {
  open_day();
  const Ask wanted = from_other(AskKind::kMove, "m", 0);
  const std::uint64_t blocks = node_->last_block();
  const Answer answer = answer_to(wanted, at(kFirst, 9));
  EXPECT_EQ(node_->last_block(), blocks + 1);
  EXPECT_TRUE(answer.definite);
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.points, 999);
  ASSERT_EQ(answer.slices.size(), 1U);
  EXPECT_EQ(answer.slices[0].points, 999);
  EXPECT_EQ(answer.slices[0].original, 1'000);
  restart();
  EXPECT_EQ(answer_to(wanted, at(kFirst, 10)), answer);
  snapshot();
  restart();
  EXPECT_EQ(answer_to(wanted, at(kSecond, 10)), answer);
  EXPECT_EQ(points_of(member(1)), 0);
  EXPECT_EQ(node_->last_block(), blocks + 1);
}

TEST_F(MovesTest, AFormerHomeRepeatsWhatItDecidedAndOfAnythingElseSaysThatHeHasMoved) {
  open_day();
  const Ask before = from_other(AskKind::kRedeem, "r", 10);
  const Ask refused = from_other(AskKind::kRedeem, "r-0", 10'000);
  const Answer first = answer_to(before, at(kFirst, 9));
  const Answer no = answer_to(refused, at(kFirst, 9));
  EXPECT_EQ(no.code, static_cast<std::uint8_t>(ReturnCode::kInsufficientPoints));
  (void)answer_to(from_other(AskKind::kMove, "m", 0), at(kFirst, 9));
  const std::uint64_t blocks = node_->last_block();
  EXPECT_EQ(answer_to(before, at(kFirst, 10)), first);
  EXPECT_EQ(answer_to(refused, at(kFirst, 10)), no);
  const Answer moved = answer_to(from_other(AskKind::kHold, "h", 10), at(kFirst, 10));
  EXPECT_FALSE(moved.definite);
  EXPECT_EQ(moved.code, static_cast<std::uint8_t>(AskCode::kMoved));
  EXPECT_EQ(node_->last_block(), blocks);
  // A counter of this province asks elsewhere now, though the number is this province's.
  EXPECT_TRUE(ask(intent(AskKind::kRedeem, "own", 5), at(kFirst, 10)).pending);
  Intent own = redeem_at("o", 5);
  own.ask.member = member(1);
  EXPECT_TRUE(ask(own, at(kFirst, 10)).pending);
  EXPECT_EQ(port_.asks.back().member, member(1));
}

TEST_F(MovesTest, AFormerHomeTellsWhatIsLeftOfARefundsParent) {
  open_day();
  (void)answer_to(from_other(AskKind::kRedeem, "p", 100), at(kFirst, 9));
  (void)answer_to(from_other(AskKind::kRefund, "b-0", 30, member(1), "p"), at(kFirst, 9));
  Ask gift = from_other(AskKind::kRedeem, "g", 50);
  gift.form = Form::kGift;
  (void)answer_to(gift, at(kFirst, 9));
  (void)answer_to(from_other(AskKind::kMove, "m", 0), at(kFirst, 9));
  const auto refund = [&](std::string_view name, std::int64_t points, std::string_view parent,
                          Member whose = live_node::member(1)) {
    return answer_to(from_other(AskKind::kRefund, name, points, whose, parent), at(kFirst, 10));
  };
  const Answer left = refund("b-1", 20, "p");
  EXPECT_EQ(left.code, static_cast<std::uint8_t>(AskCode::kMoved));
  ASSERT_EQ(left.slices.size(), 1U);
  EXPECT_EQ(left.slices[0].points, 70);
  EXPECT_TRUE(refund("b-2", 20, "other").slices.empty());
  const Answer part = refund("b-3", 49, "g");
  EXPECT_TRUE(part.definite);
  EXPECT_EQ(part.code, static_cast<std::uint8_t>(ReturnCode::kWholeOnly));
  EXPECT_FALSE(refund("b-4", 50, "g").definite);
}

TEST_F(MovesTest, TheLastHomeRefundsWhatAFormerOneKnows) {
  const Intent wanted = move_in("m");
  (void)ask(wanted, at(kFirst, 9));
  (void)hear(left(wanted, {far(400)}), at(kFirst, 9));
  Ask refund = from_other(AskKind::kRefund, "b", 60, kGuest, "p");
  EXPECT_EQ(answer_to(refund, at(kFirst, 9)).code,
            static_cast<std::uint8_t>(ReturnCode::kUnknownParent));
  refund.id = id_of(kFirst, "b-2", kOther);
  refund.slices = {far(100)};
  const Answer answer = answer_to(refund, at(kFirst, 9));
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(points_of(kGuest), 460);
  restart();
  refund.slices.clear();
  EXPECT_EQ(answer_to(refund, at(kFirst, 9)), answer);
  refund.id = id_of(kFirst, "b-3", kOther);
  refund.slices = {far(100)};
  refund.points = 41;
  EXPECT_EQ(answer_to(refund, at(kFirst, 9)).code,
            static_cast<std::uint8_t>(ReturnCode::kExceedsParent));
}

TEST_F(MovesTest, ARefundToWhoHasMovedInGoesAlongHisHomesThoughHeIsHere) {
  const Intent wanted = move_in("m");
  (void)ask(wanted, at(kFirst, 9));
  (void)hear(left(wanted, {far(400)}), at(kFirst, 9));
  (void)port_.take();
  snapshot();
  restart();
  const Intent refund = intent(AskKind::kRefund, "b", 60, "p");
  EXPECT_TRUE(ask(refund, at(kFirst, 9)).pending);
  std::vector<Ask> asks = port_.take();
  ASSERT_EQ(asks.size(), 1U);
  asks[0].slices = {far(100)};
  const Answer answer = answer_to(asks[0], at(kFirst, 9));  // It is the last home itself.
  EXPECT_EQ(answer.code, 0);
  EXPECT_EQ(answer.home, kHome);
  EXPECT_EQ(hear(answer, at(kFirst, 9)).size(), 1U);
  EXPECT_EQ(points_of(kGuest), 460);
  turn(at(kSecond, 6));
  EXPECT_EQ(items(0).size(), 2U);  // Home and giver are one: there is no refund of a delivery.
  EXPECT_FALSE(ask(intent(AskKind::kHold, "h", 60), at(kSecond, 7)).pending);
}

TEST_F(MovesTest, TheJournalSaysWhatCame) {
  const Intent wanted = move_in("m");
  (void)ask(wanted, at(kFirst, 9));
  Answer answer = left(wanted, {far(400)});
  answer.slices.push_back(
      {.lot = LotId(kHome, BusinessDate(), 0), .source = Source::kDebt, .points = 3});
  const JournalCommand command = encode(MoveAnswered{.answer = answer}, at(kFirst, 9));
  const auto again = decode<MoveAnswered>(command);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->answer, answer);
  JournalCommand cut = command;
  cut.payload.pop_back();
  EXPECT_FALSE(decode<MoveAnswered>(cut).has_value());
  EXPECT_EQ(command.version, 1);
}

TEST_F(MovesTest, AVersionOfItsOwnSaysThatAStandingCame) {
  const Intent wanted = move_in("m");
  (void)ask(wanted, at(kFirst, 9));
  Answer answer = left(wanted, {far(400)});
  answer.standing.assign(500, std::byte{7});
  const JournalCommand command = encode(MoveAnswered{.answer = answer}, at(kFirst, 9));
  EXPECT_EQ(command.version, 2);
  const auto again = decode<MoveAnswered>(command);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->answer, answer);
  for (const std::size_t size : {std::size_t{1}, std::size_t{500}, std::size_t{504}}) {
    JournalCommand cut = command;
    cut.payload.resize(cut.payload.size() - size);
    EXPECT_FALSE(decode<MoveAnswered>(cut).has_value()) << size;
  }
  answer.standing.assign(kStandingBytesMax + 1, std::byte{7});
  EXPECT_FALSE(decode<MoveAnswered>(encode(MoveAnswered{.answer = answer}, at(kFirst, 9))));
}

TEST_F(MovesTest, AndThatOneIsToBeTold) {
  LiveTaken taken{.command = {.row = {.kind = RowKind::kMoveOut}}};
  EXPECT_EQ(encode(taken, at(kFirst, 9)).version, 1);
  taken.command.tells_standing = true;
  const JournalCommand command = encode(taken, at(kFirst, 9));
  EXPECT_EQ(command.version, 2);
  EXPECT_EQ(decode<LiveTaken>(command)->command, taken.command);
}

// Without a programme there is nobody who would read it: the journal has what it had before.
TEST_F(MovesTest, ANodeWithoutAProgrammeLeavesTheStandingAside) {
  const Intent wanted = move_in("m");
  (void)ask(wanted, at(kFirst, 9));
  Answer answer = left(wanted, {far(400)});
  answer.standing.assign(500, std::byte{7});
  EXPECT_EQ(hear(answer, at(kFirst, 9)).size(), 1U);
  std::vector<std::uint16_t> versions;
  storage_->journal->read(1, 1, [&](std::uint64_t, Bytes bytes) {
    JournalBlock block;
    EXPECT_EQ(decode_block(bytes, &sha256, block), BlockFault::kNone);
    for (const JournalCommand& command : block.commands) {
      if (command.kind == static_cast<std::uint16_t>(NodeCommand::kMoved)) {
        versions.push_back(command.version);
      }
    }
    return true;
  });
  EXPECT_EQ(versions, std::vector<std::uint16_t>{1});
}

}  // namespace PH_FILE
}  // namespace ph
