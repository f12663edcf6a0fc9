// Asks about members who have moved, and moves themselves: along the homes, oldest first.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "clearing/commands.h"
#include "clearing/switchboard.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kA{11};
constexpr Participant kB{12};
constexpr Participant kC{13};
constexpr Participant kShop{101};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);
const Member kAnn = Member::make(kA, 7);

RuleRows rows() {
  return {.participants =
              {{.code = "P11", .participant = kA, .kind = ParticipantKind::kProvince},
               {.code = "P12", .participant = kB, .kind = ParticipantKind::kProvince},
               {.code = "P13", .participant = kC, .kind = ParticipantKind::kProvince},
               {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing},
               {.code = "MER1", .participant = kShop, .kind = ParticipantKind::kMerchant}},
          .contracts = {{.partner = kShop,
                         .acquirer = kA,
                         .use = true,
                         .from = BusinessDate::of(2007, 1, 1),
                         .to = BusinessDate(BusinessDate::kCount)}}};
}
TransactionId id(std::string_view reference, Participant by) {
  TransactionId out{.participant = by, .date = kDay};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}
Ask move_to(Participant home, std::string_view name) {
  return {.kind = AskKind::kMove, .id = id(name, home), .member = kAnn, .giver = home};
}
Ask refund(std::string_view name, std::int64_t points) {
  return {.kind = AskKind::kRefund,
          .id = id(name, kC),
          .parent = id("p", kC),
          .member = kAnn,
          .giver = kC,
          .points = points};
}
Ask redeem(std::string_view name) {
  return {.kind = AskKind::kRedeem,
          .form = Form::kMerchant,
          .id = id(name, kShop),
          .member = kAnn,
          .partner = kShop,
          .points = 100};
}
AskSlice slice(std::uint32_t number, std::int64_t points, int days = 600) {
  return {.lot = LotId(kA, kDay, number),
          .earned_month = kDay.month(),
          .expires_on = kDay.plus_days(days),
          .source = Source::kConsumption,
          .original = 500,
          .points = points};
}
Answer answer_to(const Ask& ask, std::uint8_t code = 0) {
  return {.kind = ask.kind,
          .id = ask.id,
          .definite = code != 18 && code != 25,
          .code = code,
          .authorisation = EntryId(kA, kDay, 3'500'000'001),
          .at = BusinessTime::of(kDay, 5).seconds(),
          .points = ask.points};
}
Answer moved(const Ask& ask, std::vector<AskSlice> slices = {}) {
  Answer out = answer_to(ask, static_cast<std::uint8_t>(AskCode::kMoved));
  out.slices = std::move(slices);
  return out;
}

class SwitchboardMoves : public testing::Test {
 protected:
  // What has gone to that connection since the last look at anybody's.
  template <class T>
  std::vector<T> sent(const std::string& route) {
    std::vector<T> out;
    for (const auto& [peer, bytes] : out_.messages) {
      wire::Message message;
      EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
      if (const auto* one = std::get_if<T>(&message); one != nullptr && peer.route == route) {
        out.push_back(*one);
      }
    }
    return out;
  }
  // Who is asked now; empty: nobody.
  std::string asked() {
    std::string out;
    for (const char* code : {"P11", "P12", "P13"}) {
      out += sent<Ask>(code).empty() ? "" : code;
    }
    return out;
  }
  void ask(const std::string& who, const Ask& one) {
    out_ = {};
    board_.on_ask({.participant = who, .route = who}, one, turn(), out_);
  }
  void reply(const std::string& who, const Answer& answer) {
    out_ = {};
    board_.on_answer({.participant = who, .route = who}, answer, turn(), out_);
  }
  [[nodiscard]] SwitchTurn turn() const {
    return {.now = BusinessTime::of(kDay, steady_ms_ / 1'000),
            .steady_ms = steady_ms_,
            .rules = &built_.value()};
  }
  void know(std::string_view name, Participant from, Participant to, int hour = 1) {
    (void)directory_.moved(kAnn, {.id = id(name, to),
                                  .from = from,
                                  .to = to,
                                  .at = BusinessTime::of(kDay, hour * 3'600),
                                  .live = true});
  }

  Result<RuleBook, std::vector<RuleFault>> built_{RuleBook::build(rows())};
  std::int64_t steady_ms_{1'000};
  std::set<std::string> there_{"P11", "P12", "P13"};
  SwitchBook book_;
  HomeDirectory directory_;
  Switchboard board_{{}, {"GATE1"}, book_, directory_, [this](const std::string& code) {
                       return there_.contains(code)
                                  ? std::optional(Peer{.participant = code, .route = code})
                                  : std::nullopt;
                     }};
  Switchboard::Out out_;
};

TEST_F(SwitchboardMoves, AMoveIsInTheDirectoryDurablyBeforeTheNewHomeHears) {
  const Ask move = move_to(kB, "m");
  ask("P12", move);
  EXPECT_EQ(asked(), "P11");
  Answer left = answer_to(move);
  left.slices = {slice(1, 30)};
  reply("P11", left);
  ASSERT_EQ(out_.commands.size(), 1U);
  MemberMoved kept;
  ASSERT_TRUE(decode(out_.commands[0], kept));
  EXPECT_EQ(kept.member, kAnn);
  EXPECT_EQ(kept.move,
            (Move{.id = move.id, .from = kA, .to = kB, .at = BusinessTime(left.at), .live = true}));
  EXPECT_EQ(directory_.home_of(kAnn), kB);
  ASSERT_EQ(sent<Answer>("P12").size(), 1U);
  EXPECT_EQ(sent<Answer>("P12")[0].slices, left.slices);
  EXPECT_EQ(sent<Answer>("P12")[0].home, kA);
  // The new home hasn't heard it, and asks again: the old one is asked, and nothing kept twice.
  ask("P12", move);
  EXPECT_EQ(asked(), "P11");
  reply("P11", left);
  EXPECT_TRUE(out_.commands.empty());
  EXPECT_EQ(sent<Answer>("P12").size(), 1U);
}

TEST_F(SwitchboardMoves, ARefusedMoveChangesNothing) {
  const Ask move = move_to(kB, "m");
  ask("P12", move);
  reply("P11", answer_to(move, 8));
  EXPECT_TRUE(out_.commands.empty());
  EXPECT_EQ(sent<Answer>("P12").size(), 1U);
  EXPECT_EQ(directory_.size(), 0U);
}

TEST_F(SwitchboardMoves, NobodyMovesMembersToAnotherHomeThanHisOwn) {
  ask("P13", move_to(kB, "m"));
  EXPECT_EQ(asked(), "");
  ASSERT_EQ(sent<Answer>("P13").size(), 1U);
  EXPECT_EQ(sent<Answer>("P13")[0].code, static_cast<std::uint8_t>(AskCode::kNotYours));
}

TEST_F(SwitchboardMoves, AFormerHomeIsAskedFirstAndWhatItDecidedIsTheAnswer) {
  know("m", kA, kB);
  ask("GATE1", redeem("r"));
  EXPECT_EQ(asked(), "P11");
  reply("P11", answer_to(redeem("r")));
  EXPECT_EQ(out_.commands.size(), 1U);
  ASSERT_EQ(sent<Answer>("GATE1").size(), 1U);
  EXPECT_EQ(sent<Answer>("GATE1")[0].home, kA);
}

TEST_F(SwitchboardMoves, WhatAFormerHomeHasNothingOfIsTheNextOnesAndMovedIsNeverPassedOn) {
  know("m-1", kA, kB, 1);
  know("m-2", kB, kC, 2);
  ask("GATE1", redeem("r"));
  reply("P12", answer_to(redeem("r")));  // It wasn't asked.
  EXPECT_TRUE(out_.messages.empty());
  reply("P11", moved(redeem("r")));
  EXPECT_TRUE(sent<Answer>("GATE1").empty());
  EXPECT_EQ(asked(), "P12");
  reply("P11", moved(redeem("r")));  // Once more.
  EXPECT_TRUE(out_.messages.empty());
  reply("P12", moved(redeem("r")));
  EXPECT_EQ(asked(), "P13");
  reply("P13", answer_to(redeem("r"), 15));
  EXPECT_EQ(out_.commands.size(), 1U);
  ASSERT_EQ(sent<Answer>("GATE1").size(), 1U);
  EXPECT_EQ(sent<Answer>("GATE1")[0].home, kC);
  EXPECT_EQ(board_.waiting(), 0U);
}

// All at one instant, with ids that say nothing of who came first.
TEST_F(SwitchboardMoves, WhoGoesThereAndBackAndOnIsServedByHisLastHome) {
  know("m", kA, kC);
  know("m", kC, kA);
  know("m", kA, kB);
  ask("GATE1", redeem("r"));
  reply("P11", moved(redeem("r")));
  EXPECT_EQ(asked(), "P13");
  reply("P13", moved(redeem("r")));
  EXPECT_EQ(asked(), "P12");
  reply("P12", answer_to(redeem("r")));
  ASSERT_EQ(sent<Answer>("GATE1").size(), 1U);
  EXPECT_EQ(sent<Answer>("GATE1")[0].home, kB);
}

TEST_F(SwitchboardMoves, WhileAFormerHomeIsSilentNothingIsDecided) {
  know("m", kA, kB);
  there_.erase("P11");
  ask("GATE1", redeem("r"));
  EXPECT_EQ(asked(), "");
  ASSERT_EQ(sent<Answer>("GATE1").size(), 1U);
  EXPECT_EQ(sent<Answer>("GATE1")[0].code, static_cast<std::uint8_t>(AskCode::kHomeSilent));
  EXPECT_FALSE(sent<Answer>("GATE1")[0].definite);
  there_.insert("P11");
  steady_ms_ += 10'000;
  out_ = {};
  board_.tick(turn(), out_);
  EXPECT_EQ(asked(), "P11");
}

TEST_F(SwitchboardMoves, WhoseNextHomeIsNotKnownYetIsAskedForAgain) {
  ask("P13", refund("b", 5));
  reply("P11", moved(refund("b", 5)));
  ASSERT_EQ(sent<Answer>("P13").size(), 1U);
  EXPECT_FALSE(sent<Answer>("P13")[0].definite);
  EXPECT_EQ(sent<Answer>("P13")[0].code, static_cast<std::uint8_t>(AskCode::kAgainLater));
  know("m", kA, kB);
  ask("P13", refund("b", 5));
  EXPECT_EQ(asked(), "P11");
  reply("P11", moved(refund("b", 5)));
  EXPECT_EQ(asked(), "P12");
}

TEST_F(SwitchboardMoves, AMoveMeanwhileBeginsTheAskingAnew) {
  ask("GATE1", redeem("r"));
  know("m", kA, kB);
  reply("P11", moved(redeem("r")));
  EXPECT_EQ(asked(), "P11");
  reply("P11", moved(redeem("r")));
  EXPECT_EQ(asked(), "P12");
}

TEST_F(SwitchboardMoves, ARefundTakesAlongWhatFormerHomesSayOfItsParent) {
  know("m-1", kA, kB, 1);
  know("m-2", kB, kC, 2);
  const Ask asked_for = refund("b", 5);
  ask("P13", asked_for);
  reply("P11", moved(asked_for, {slice(1, 50), slice(2, 20)}));
  EXPECT_EQ(sent<Ask>("P12").at(0).slices, (std::vector<AskSlice>{slice(1, 50), slice(2, 20)}));
  reply("P12", moved(asked_for, {slice(2, -15, 630), slice(3, -1)}));
  ASSERT_EQ(sent<Ask>("P13").size(), 1U);
  EXPECT_EQ(sent<Ask>("P13")[0].slices,
            (std::vector<AskSlice>{slice(1, 50), slice(2, 5, 630), slice(3, -1)}));
  ask("P13", asked_for);  // A repeat is the same ask.
  EXPECT_EQ(sent<Ask>("P13").at(0).slices.size(), 3U);
  reply("P13", answer_to(asked_for));
  EXPECT_EQ(sent<Answer>("P13").at(0).code, 0);
}

TEST_F(SwitchboardMoves, WhoKnowsTheParentGivesTheOrderWheneverItIsAsked) {
  know("m-1", kB, kA, 1);
  know("m-2", kA, kC, 2);
  const Ask asked_for = refund("b", 5);
  ask("P13", asked_for);
  EXPECT_EQ(asked(), "P12");
  reply("P12", moved(asked_for, {slice(2, -15)}));
  reply("P11", moved(asked_for, {slice(1, 50), slice(2, 15), slice(3, 0)}));
  EXPECT_EQ(sent<Ask>("P13").at(0).slices,
            (std::vector<AskSlice>{slice(1, 50), slice(2, 0), slice(3, 0)}));
}

}  // namespace PH_FILE
}  // namespace ph
