// What a gateway asks the clearing besides: look-ups, quotes, who is who; numbers that come back.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "clearing/switchboard.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kHome{11};
constexpr Participant kShop{101};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);

RuleRows rows(std::uint16_t partners) {
  RuleRows out{
      .participants = {
          {.code = "P11", .participant = kHome, .kind = ParticipantKind::kProvince},
          {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing}}};
  for (std::uint16_t n = 0; n < partners; ++n) {
    const Participant partner(static_cast<std::uint16_t>(kShop.number() + n));
    out.participants.push_back({.code = "MER" + std::to_string(n + 1),
                                .participant = partner,
                                .kind = ParticipantKind::kMerchant});
  }
  out.contracts = {{.partner = kShop,
                    .acquirer = kHome,
                    .use = true,
                    .from = BusinessDate::of(2007, 1, 1),
                    .to = BusinessDate(BusinessDate::kCount)}};
  out.prices = {{.version = 7,
                 .kind = PriceKind::kReimburse,
                 .partner = kShop,
                 .num = 3,
                 .den = 5,
                 .from = BusinessDate::of(2007, 1, 1),
                 .to = BusinessDate(BusinessDate::kCount)}};
  return out;
}

TransactionId id(std::string_view reference) {
  TransactionId out{.participant = kShop, .date = kDay};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}

Ask redeem(std::uint64_t number, std::int64_t points = 100) {
  return {.kind = AskKind::kRedeem,
          .form = Form::kMerchant,
          .id = id("R1"),
          .member = Member::make(kHome, 7),
          .partner = kShop,
          .points = points,
          .number = number};
}

class QuestionsTest : public testing::Test {
 protected:
  // What a route was sent since the last look.
  std::vector<wire::Message> sent(const std::string& route) {
    std::vector<wire::Message> to;
    for (const auto& [peer, bytes] : out_.messages) {
      wire::Message message;
      EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
      if (peer.route == route) to.push_back(std::move(message));
    }
    return to;
  }
  template <class T>
  T only(const std::string& route) {
    const auto messages = sent(route);
    out_ = {};
    EXPECT_EQ(messages.size(), 1U);
    return messages.empty() || !std::holds_alternative<T>(messages[0]) ? T{}
                                                                       : std::get<T>(messages[0]);
  }
  bool question(const wire::Message& message, const std::string& who = "GATE1") {
    return board_.on_question({.participant = who, .route = "gate"}, message, turn(), out_);
  }
  void ask(const std::string& route, const Ask& ask) {
    board_.on_ask({.participant = "GATE1", .route = route}, ask, turn(), out_);
  }
  void reply() {
    board_.on_answer({.participant = "P11", .route = "home"},
                     {.kind = AskKind::kRedeem,
                      .id = id("R1"),
                      .definite = true,
                      .authorisation = EntryId(kHome, kDay, 3'500'000'001),
                      .points = 100},
                     turn(), out_);
  }
  [[nodiscard]] SwitchTurn turn() const {
    return {.now = BusinessTime::of(kDay, 5), .steady_ms = 1'000, .rules = &built_.value()};
  }

  Result<RuleBook, std::vector<RuleFault>> built_{RuleBook::build(rows(1'200))};
  SwitchBook book_;
  HomeDirectory directory_;
  Switchboard board_{{}, {"GATE1", "MER1"}, book_, directory_, [](const std::string& code) {
                       return std::optional(Peer{.participant = code, .route = "home"});
                     }};
  Switchboard::Out out_;
};

TEST_F(QuestionsTest, EachAskerGetsItsOwnNumberBack) {
  ask("gate", redeem(5));
  ask("other gate", redeem(8));
  ask("gate", redeem(6));  // The partner asks again; nobody waits for 5 any more.
  for (const wire::Message& message : sent("home")) {
    EXPECT_EQ(std::get<Ask>(message).number, 0U);
  }
  out_ = {};
  reply();
  ASSERT_EQ(sent("gate").size(), 1U);
  EXPECT_EQ(std::get<Answer>(sent("gate")[0]).number, 6U);
  ASSERT_EQ(sent("other gate").size(), 1U);
  EXPECT_EQ(std::get<Answer>(sent("other gate")[0]).number, 8U);
  out_ = {};
  ask("gate", redeem(7));
  EXPECT_EQ(only<Answer>("gate").number, 7U);
  ask("gate", redeem(9, 101));
  const Answer duplicate = only<Answer>("gate");
  EXPECT_EQ(duplicate.number, 9U);
  EXPECT_EQ(duplicate.code, static_cast<std::uint8_t>(AskCode::kDuplicate));
}

TEST_F(QuestionsTest, OtherContentUnderWayIsToldUnderItsOwnNumber) {
  ask("gate", redeem(5));
  out_ = {};
  ask("gate", redeem(6, 101));
  EXPECT_EQ(only<Answer>("gate").number, 6U);
  reply();
  const Answer first = only<Answer>("gate");
  EXPECT_EQ(first.number, 5U);
  EXPECT_EQ(first.code, 0);
}

TEST_F(QuestionsTest, ALookUpFindsWhatWasAsked) {
  ASSERT_TRUE(question(LookUp{.number = 4, .id = id("R1")}));
  EXPECT_EQ(only<Found>("gate"), Found{.number = 4});
  ask("gate", redeem(5));
  out_ = {};
  ASSERT_TRUE(question(LookUp{.number = 4, .id = id("R1")}));
  const Found pending = only<Found>("gate");
  EXPECT_EQ(pending.ask, redeem(0));
  EXPECT_FALSE(pending.answer.definite);
  reply();
  out_ = {};
  ASSERT_TRUE(question(LookUp{.number = 4, .id = id("R1")}));
  const Found found = only<Found>("gate");
  EXPECT_TRUE(found.answer.definite);
  EXPECT_EQ(found.answer.authorisation, EntryId(kHome, kDay, 3'500'000'001));
}

TEST_F(QuestionsTest, AQuoteIsThatOfTheRuleBook) {
  ASSERT_TRUE(question(QuoteRequest{
      .number = 4, .kind = AskKind::kRedeem, .partner = kShop, .date = kDay, .fen = 1'500}));
  const Quote quote = only<Quote>("gate");
  EXPECT_EQ(quote.number, 4U);
  EXPECT_EQ(quote.points, 2'500);
  EXPECT_EQ(quote.rate, 7U);
}

TEST_F(QuestionsTest, WhoIsWhoComesPageByPage) {
  ASSERT_TRUE(question(RosterRequest{}));
  const Roster first = only<Roster>("gate");
  EXPECT_EQ(first.rows.size(), kRosterMax);
  EXPECT_EQ(first.rows[0].code, "P11");
  EXPECT_TRUE(first.more);
  ASSERT_TRUE(question(RosterRequest{.after = first.rows.back().participant}));
  const Roster second = only<Roster>("gate");
  EXPECT_EQ(first.rows.size() + second.rows.size(), 1'202U);
  EXPECT_FALSE(second.more);
  EXPECT_EQ(second.after, first.rows.back().participant);
}

TEST_F(QuestionsTest, AGatewayAloneIsAnswered) {
  const std::vector<wire::Message> questions{
      LookUp{.number = 4, .id = id("R1")},
      QuoteRequest{.kind = AskKind::kRedeem, .partner = kShop, .date = kDay, .fen = 1'500},
      RosterRequest{}};
  for (const char* who : {"P11", "MER1", "CLR", "GATE2"}) {
    for (const wire::Message& each : questions) {
      EXPECT_TRUE(question(each, who));
      const auto refusal = only<wire::Refusal>("gate");
      EXPECT_EQ(refusal.code, static_cast<std::uint16_t>(wire::RefusalCode::kNotAGateway)) << who;
      EXPECT_TRUE(refusal.retry);
      EXPECT_TRUE(refusal.detail.starts_with(who)) << refusal.detail;
    }
  }
}

TEST_F(QuestionsTest, WhatIsNoQuestionIsAnsweredToNobody) {
  EXPECT_FALSE(question(wire::Heartbeat{}));
  EXPECT_FALSE(question(wire::Heartbeat{}, "P11"));
  EXPECT_TRUE(out_.messages.empty());
}

}  // namespace PH_FILE
}  // namespace ph
