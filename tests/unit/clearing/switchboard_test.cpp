#include "clearing/switchboard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clearing/commands.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kHome{11};
constexpr Participant kOther{12};
constexpr Participant kShop{101};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);
// Two gateways; and three codes that are those of participants.
const std::vector<std::string> kGateways{"GATE1", "GATE2", "P12", "MER1", "CLR"};

RuleRows rows() {
  return {.participants =
              {{.code = "P11", .participant = kHome, .kind = ParticipantKind::kProvince},
               {.code = "P12", .participant = kOther, .kind = ParticipantKind::kProvince},
               {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing},
               {.code = "MER1", .participant = kShop, .kind = ParticipantKind::kMerchant}},
          .contracts = {{.partner = kShop,
                         .acquirer = kHome,
                         .use = true,
                         .from = BusinessDate::of(2007, 1, 1),
                         .to = BusinessDate(BusinessDate::kCount)}}};
}

TransactionId id(std::string_view reference, Participant by = kShop) {
  TransactionId out{.participant = by, .date = kDay};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}

Ask redeem(std::string_view reference, std::int64_t points = 100) {
  return {.kind = AskKind::kRedeem,
          .form = Form::kMerchant,
          .id = id(reference),
          .member = Member::make(kHome, 7),
          .partner = kShop,
          .points = points};
}

// P12's counter, for a member of P11.
Ask counter(std::string_view reference, std::int64_t points = 100) {
  return {.kind = AskKind::kRedeem,
          .form = Form::kPhoneCredit,
          .id = id(reference, kOther),
          .member = Member::make(kHome, 7),
          .giver = kOther,
          .points = points};
}

Answer done(const Ask& ask, std::uint8_t code = 0) {
  return {.kind = ask.kind,
          .id = ask.id,
          .definite = true,
          .code = code,
          .home = kHome,
          .authorisation = EntryId(kHome, kDay, 3'500'000'001),
          .at = BusinessTime::of(kDay, 5).seconds(),
          .points = ask.points};
}

class SwitchboardTest : public testing::Test {
 protected:
  // What went to each connection since the last look.
  std::vector<wire::Message> sent(const std::string& route) {
    std::vector<wire::Message> to;
    for (const auto& [peer, bytes] : out_.messages) {
      wire::Message message;
      EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
      if (peer.route == route) {
        to.push_back(std::move(message));
      }
    }
    return to;
  }
  std::vector<Answer> answers(const std::string& route) {
    std::vector<Answer> out;
    for (const wire::Message& message : sent(route)) {
      if (const auto* answer = std::get_if<Answer>(&message)) {
        out.push_back(*answer);
      }
    }
    return out;
  }
  void ask(const std::string& who, const std::string& route, const Ask& ask) {
    board_.on_ask({.participant = who, .route = route}, ask, turn(), out_);
  }
  void reply(const std::string& who, const Answer& answer) {
    board_.on_answer({.participant = who, .route = "home"}, answer, turn(), out_);
  }
  void wait(std::int64_t ms) {
    steady_ms_ += ms;
    board_.tick(turn(), out_);
  }
  [[nodiscard]] SwitchTurn turn() const {
    return {.now = BusinessTime::of(kDay, steady_ms_ / 1'000),
            .steady_ms = steady_ms_,
            .rules = &built_.value()};
  }
  // Nothing was decided, and no home asked.
  bool told_that_it_is_no_gateway(const std::string& who, const Ask& one) {
    out_ = {};
    ask(who, "x", one);
    const auto told = sent("x");
    const auto* refusal = told.size() == 1 ? std::get_if<wire::Refusal>(&told[0]) : nullptr;
    return out_.commands.empty() && out_.messages.size() == 1 && refusal != nullptr &&
           refusal->code == static_cast<std::uint16_t>(wire::RefusalCode::kNotAGateway);
  }
  static AskCode code(const Answer& answer) { return static_cast<AskCode>(answer.code); }

  Result<RuleBook, std::vector<RuleFault>> built_{RuleBook::build(rows())};
  std::int64_t steady_ms_{1'000};
  bool home_there_{true};
  SwitchBook book_;
  HomeDirectory directory_;
  Switchboard board_{{.waiting_max = 4, .waiting_of_silent_max = 2},
                     kGateways,
                     book_,
                     directory_,
                     [this](const std::string& code) {
                       return home_there_ && code == "P11"
                                  ? std::optional(Peer{.participant = code, .route = "home"})
                                  : std::nullopt;
                     }};
  Switchboard::Out out_;
};

TEST_F(SwitchboardTest, APartnersAskIsKeptThenTheHomeAskedThenTheAnswerKeptThenTold) {
  ask("GATE1", "gate", redeem("R1"));
  ASSERT_EQ(out_.commands.size(), 1U);
  Asked asked;
  ASSERT_TRUE(decode(out_.commands[0], asked));
  EXPECT_EQ(asked.ask, redeem("R1"));
  EXPECT_EQ(asked.refused, AskCode::kDone);
  ASSERT_EQ(sent("home").size(), 1U);
  EXPECT_EQ(std::get<Ask>(sent("home")[0]), redeem("R1"));
  EXPECT_TRUE(sent("gate").empty());
  out_ = {};
  reply("P11", done(redeem("R1")));
  ASSERT_EQ(out_.commands.size(), 1U);
  Answered answered;
  ASSERT_TRUE(decode(out_.commands[0], answered));
  EXPECT_EQ(answered.answer, done(redeem("R1")));
  ASSERT_EQ(answers("gate").size(), 1U);
  Answer told = done(redeem("R1"));
  told.member = redeem("R1").member;
  EXPECT_EQ(answers("gate")[0], told);
  EXPECT_EQ(board_.waiting(), 0U);
}

TEST_F(SwitchboardTest, ARepeatAfterwardsIsAnsweredFromTheBook) {
  ask("GATE1", "gate", redeem("R1"));
  reply("P11", done(redeem("R1"), 15));
  out_ = {};
  ask("GATE1", "another", redeem("R1"));
  EXPECT_TRUE(out_.commands.empty());
  EXPECT_TRUE(sent("home").empty());
  ASSERT_EQ(answers("another").size(), 1U);
  EXPECT_EQ(answers("another")[0].code, 15);
  reply("P11", done(redeem("R1")));  // The home's answer again, and not the same one.
  EXPECT_TRUE(out_.commands.empty());
}

TEST_F(SwitchboardTest, EverybodyWhoAskedIsTold) {
  ask("GATE1", "gate", redeem("R1"));
  ask("GATE1", "gate", redeem("R1"));
  ask("GATE2", "other gate", redeem("R1"));
  EXPECT_EQ(out_.commands.size(), 1U);
  reply("P11", done(redeem("R1")));
  EXPECT_EQ(answers("gate").size(), 1U);
  EXPECT_EQ(answers("other gate").size(), 1U);
}

TEST_F(SwitchboardTest, WhoAsksForAnotherIsToldSoAndNothingIsKept) {
  const auto refused = [&](const std::string& who, const Ask& one) {
    out_ = {};
    ask(who, "x", one);
    return out_.commands.empty() && sent("home").empty() && answers("x").size() == 1 &&
           answers("x")[0].definite && code(answers("x")[0]) == AskCode::kNotYours;
  };
  EXPECT_TRUE(refused("GATE1", counter("R1")));  // A gateway as a province,
  EXPECT_TRUE(refused("P11", counter("R1")));    // a province as another,
  EXPECT_TRUE(refused("MER1", counter("R1")));   // a partner as a province,
  EXPECT_TRUE(refused("GATE3", counter("R1")));  // nobody as a province.
  Ask foreign = redeem("R1");
  foreign.id = id("R1", Participant(102));
  EXPECT_TRUE(refused("GATE1", foreign));
  foreign = redeem("C1");
  foreign.kind = AskKind::kCapture;
  foreign.parent = id("H1", Participant(102));  // Another partner's hold.
  EXPECT_TRUE(refused("GATE1", foreign));
  foreign = redeem("R1");
  foreign.partner = Participant(102);  // Nobody.
  foreign.id = id("R1", Participant(102));
  EXPECT_TRUE(refused("GATE1", foreign));
  EXPECT_EQ(book_.size(), 0U);
}

TEST_F(SwitchboardTest, AGatewayAloneAsksForPartners) {
  for (const char* who : {"P11", "CLR", "MER1", "GATE3", ""}) {
    EXPECT_TRUE(told_that_it_is_no_gateway(who, redeem("R1"))) << who;
  }
  EXPECT_TRUE(told_that_it_is_no_gateway("P12", redeem("R1")));  // Listed, and a participant.
  EXPECT_EQ(book_.size(), 0U);
  ask("GATE2", "x", redeem("R1"));
  EXPECT_EQ(sent("home").size(), 1U);
}

TEST_F(SwitchboardTest, AParticipantsCodeNeverCountsAsAGateways) {
  const RuleBook& rules = built_.value();
  EXPECT_TRUE(board_.is_gateway("GATE1", &rules));
  EXPECT_TRUE(board_.is_gateway("GATE2", &rules));
  EXPECT_FALSE(board_.is_gateway("GATE3", &rules));
  for (const char* participant : {"P11", "P12", "MER1", "CLR"}) {
    EXPECT_FALSE(board_.is_gateway(participant, &rules)) << participant;
  }
  EXPECT_TRUE(board_.is_gateway("GATE1", nullptr));  // Before the first rule book.
}

TEST_F(SwitchboardTest, TheHomeAloneMayAnswer) {
  ask("GATE1", "gate", redeem("R1"));
  out_ = {};
  reply("P12", done(redeem("R1")));
  reply("GATE1", done(redeem("R1")));
  reply("CLR", done(redeem("R1")));
  EXPECT_TRUE(out_.commands.empty());
  EXPECT_TRUE(out_.messages.empty());
  Answer boasts = done(redeem("R1"));
  boasts.home = kOther;  // What it says of itself counts for nothing.
  reply("P11", boasts);
  EXPECT_EQ(answers("gate").at(0).home, kHome);
}

TEST_F(SwitchboardTest, AProvincesAskIsHandedOnAndNotKept) {
  ask("P12", "counter", counter("R1"));
  EXPECT_TRUE(out_.commands.empty());
  EXPECT_EQ(sent("home").size(), 1U);
  reply("P11", done(counter("R1")));
  EXPECT_TRUE(out_.commands.empty());
  EXPECT_EQ(answers("counter").size(), 1U);
  EXPECT_EQ(board_.waiting(), 0U);
}

TEST_F(SwitchboardTest, OfOneIdUnderWayThereIsOneContent) {
  ask("P12", "counter", counter("R1"));
  ask("P12", "counter", counter("R1", 101));
  ASSERT_EQ(answers("counter").size(), 1U);
  EXPECT_EQ(code(answers("counter")[0]), AskCode::kDuplicate);
  EXPECT_EQ(sent("home").size(), 1U);
}

TEST_F(SwitchboardTest, ASilentHomeIsSaidAndAskedWhenItIsThere) {
  home_there_ = false;
  ask("GATE1", "gate", redeem("R1"));
  ask("P12", "counter", counter("R2"));
  for (const char* route : {"gate", "counter"}) {
    ASSERT_EQ(answers(route).size(), 1U) << route;
    EXPECT_FALSE(answers(route)[0].definite);
    EXPECT_EQ(code(answers(route)[0]), AskCode::kHomeSilent);
  }
  home_there_ = true;
  out_ = {};
  wait(1'000);
  ASSERT_EQ(sent("home").size(), 1U);  // The partner's, which is kept; the counter asks again.
  EXPECT_EQ(std::get<Ask>(sent("home")[0]).id, id("R1"));
  reply("P11", done(redeem("R1")));
  EXPECT_EQ(answers("gate").size(), 1U);
}

TEST_F(SwitchboardTest, AHomeThatDoesNotAnswerIsAskedAgainAfterEverLongerPauses) {
  ask("GATE1", "gate", redeem("R1"));
  std::vector<std::int64_t> asked;
  for (int n = 0; n < 200'000; n += 100) {
    out_ = {};
    wait(100);
    if (!sent("home").empty()) {
      asked.push_back(steady_ms_ - 1'000);
    }
  }
  ASSERT_GE(asked.size(), 7U);
  EXPECT_EQ(asked[0], 1'000);
  EXPECT_EQ(asked[1], 3'000);
  EXPECT_EQ(asked[2], 7'000);
  EXPECT_LE(asked.back() - asked[asked.size() - 2], 60'100);
}

TEST_F(SwitchboardTest, WhatIsNotDecidedIsAskedAgain) {
  ask("GATE1", "gate", redeem("R1"));
  Answer later = done(redeem("R1"), static_cast<std::uint8_t>(AskCode::kAgainLater));
  later.definite = false;
  out_ = {};
  reply("P11", later);
  EXPECT_TRUE(out_.commands.empty());
  ASSERT_EQ(answers("gate").size(), 1U);
  EXPECT_FALSE(answers("gate")[0].definite);
  EXPECT_EQ(board_.waiting(), 1U);
  out_ = {};
  wait(1'000);
  EXPECT_EQ(sent("home").size(), 1U);
}

TEST_F(SwitchboardTest, NobodyHasMoreUnderWayThanHisShare) {
  for (const char* reference : {"R1", "R2", "R3", "R4"}) {
    ask("GATE1", "gate", redeem(reference));
  }
  out_ = {};
  ask("GATE1", "gate", redeem("R5"));
  ASSERT_EQ(answers("gate").size(), 1U);
  EXPECT_EQ(code(answers("gate")[0]), AskCode::kBusy);
  EXPECT_FALSE(answers("gate")[0].definite);
  EXPECT_TRUE(out_.commands.empty());
  out_ = {};
  ask("P12", "counter", counter("R5"));  // Others are not his concern.
  EXPECT_EQ(sent("home").size(), 1U);
  reply("P11", done(redeem("R1")));
  out_ = {};
  ask("GATE1", "gate", redeem("R5"));
  EXPECT_EQ(sent("home").size(), 1U);
}

TEST_F(SwitchboardTest, ASilentHomeTakesItsOwnShareAndLeavesTheOthersTheirs) {
  const auto elsewhere = [](std::string_view reference) {
    Ask out = redeem(reference);
    out.member = Member::make(kOther, 7);
    return out;
  };
  for (const char* reference : {"S1", "S2", "S3"}) {  // P12 isn't there.
    ask("GATE1", "gate", elsewhere(reference));
  }
  ASSERT_EQ(answers("gate").size(), 3U);
  EXPECT_EQ(code(answers("gate")[1]), AskCode::kHomeSilent);
  EXPECT_EQ(code(answers("gate")[2]), AskCode::kBusy);
  EXPECT_EQ(book_.size(), 2U);
  out_ = {};
  for (const char* reference : {"R1", "R2", "R3", "R4"}) {
    ask("GATE1", "gate", redeem(reference));
  }
  EXPECT_EQ(sent("home").size(), 4U);
  EXPECT_TRUE(answers("gate").empty());
  home_there_ = false;  // What is under way stays so; more than its share isn't taken.
  out_ = {};
  ask("GATE1", "gate", redeem("R5"));
  ask("GATE1", "gate", redeem("R1"));
  ASSERT_EQ(answers("gate").size(), 2U);
  EXPECT_EQ(code(answers("gate")[0]), AskCode::kBusy);
  EXPECT_EQ(code(answers("gate")[1]), AskCode::kHomeSilent);
  reply("P11", done(redeem("R1")));
  reply("P11", done(redeem("R2")));
  reply("P11", done(redeem("R3")));
  out_ = {};
  ask("GATE1", "gate", redeem("R5"));
  ASSERT_EQ(answers("gate").size(), 1U);
  EXPECT_EQ(code(answers("gate")[0]), AskCode::kHomeSilent);
}

TEST_F(SwitchboardTest, AProvincesAskThatNobodyRepeatsIsForgotten) {
  ask("P12", "counter", counter("R1"));
  wait(59'999);
  EXPECT_EQ(board_.waiting(), 1U);
  wait(1);
  EXPECT_EQ(board_.waiting(), 0U);
}

TEST_F(SwitchboardTest, AfterAStartWhatIsPendingIsAskedAgainAndToldToWhoAsksThen) {
  ask("GATE1", "gate", redeem("R1"));
  Switchboard started({.waiting_max = 1}, {"GATE1"}, book_, directory_,
                      [](const std::string& code) {
                        return std::optional(Peer{.participant = code, .route = "home"});
                      });
  out_ = {};
  started.tick(turn(), out_);  // Whether anybody asks again or not.
  EXPECT_EQ(started.waiting(), 1U);
  EXPECT_EQ(sent("home").size(), 1U);
  started.on_ask({.participant = "GATE1", .route = "gate"}, redeem("R1"), turn(), out_);
  EXPECT_EQ(started.waiting(), 1U);
  started.on_answer({.participant = "P11", .route = "home"}, done(redeem("R1")), turn(), out_);
  EXPECT_EQ(answers("gate").size(), 1U);
  EXPECT_EQ(started.waiting(), 0U);
  out_ = {};
  started.on_ask({.participant = "GATE1", .route = "gate"}, redeem("R2"), turn(), out_);
  EXPECT_EQ(sent("home").size(), 1U);  // The share of one is free again.
}

}  // namespace PH_FILE
}  // namespace ph
