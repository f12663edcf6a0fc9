// What a partner is told of his own transactions: whose points, what is left, and the same for
// ever.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "core/switch/switch_book.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kHome{11};
constexpr Participant kShop{101};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);

BusinessTime at(std::int64_t seconds) {
  return BusinessTime::of(kDay, seconds);
}

TransactionId id(std::string_view reference) {
  TransactionId out{.participant = kShop, .date = kDay};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}

RuleRows rows() {
  return {.participants =
              {{.code = "P11", .participant = kHome, .kind = ParticipantKind::kProvince},
               {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing},
               {.code = "MER1", .participant = kShop, .kind = ParticipantKind::kMerchant}},
          .contracts = {{.partner = kShop,
                         .acquirer = kHome,
                         .accumulating = true,
                         .use = true,
                         .from = BusinessDate::of(2007, 1, 1),
                         .to = BusinessDate(BusinessDate::kCount)}}};
}

class LookUpTest : public testing::Test {
 protected:
  static Ask ask(AskKind kind, std::string_view reference, std::int64_t points,
                 std::string_view parent = {}) {
    const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
    const bool of_hold = kind == AskKind::kCapture || kind == AskKind::kVoid;
    return {.kind = kind,
            .form = goods ? Form::kMerchant : Form::kNone,
            .id = id(reference),
            .parent = parent.empty() ? TransactionId{} : id(parent),
            .member = of_hold ? Member() : Member::make(kHome, 7),
            .partner = kShop,
            .seconds = kind == AskKind::kHold ? 900U : 0U,
            .points = points};
  }
  // As the switch does it: completed, judged, recorded, answered by the home.
  Answer tell(Ask ask, std::uint8_t code = 0, std::int64_t freed = 0, BusinessTime now = at(0)) {
    book_.complete(ask);
    const auto decision = book_.judge(ask, now, *rules_);
    if (decision.what == SwitchBook::What::kAnswer) return decision.answer;
    if (decision.what == SwitchBook::What::kRefuse) {
      book_.asked(ask, decision.code, now);
    } else {
      book_.asked(ask, AskCode::kDone, now);
      const bool hold = ask.kind == AskKind::kHold && code == 0;
      EXPECT_TRUE(book_.answered({.kind = ask.kind,
                                  .id = ask.id,
                                  .definite = true,
                                  .code = code,
                                  .home = kHome,
                                  .authorisation = EntryId(kHome, kDay, 3'500'000'000),
                                  .at = now.seconds(),
                                  .ends = hold ? now.seconds() + ask.seconds : 0,
                                  .points = ask.kind == AskKind::kVoid ? freed : ask.points},
                                 now));
    }
    return book_.answer_of(*book_.find(ask.kind, ask.id));
  }
  [[nodiscard]] Found look_up(std::string_view reference) const {
    return book_.look_up({.number = 9, .id = id(reference)}, kDay);
  }

  Result<RuleBook, std::vector<RuleFault>> built_{RuleBook::build(rows())};
  const RuleBook* rules_{&built_.value()};
  SwitchBook book_;
};

TEST_F(LookUpTest, ACaptureNeedNotSayWhosePointsItIsAbout) {
  tell(ask(AskKind::kHold, "H1", 400));
  const Answer first = tell(ask(AskKind::kCapture, "C1", 100, "H1"));
  EXPECT_EQ(first.code, 0);
  EXPECT_EQ(first.member, Member::make(kHome, 7));
  EXPECT_EQ(first.left, 300);
  EXPECT_EQ(tell(ask(AskKind::kCapture, "C1", 100, "H1")), first);  // A repeat.
  const Answer none = tell(ask(AskKind::kCapture, "C2", 100, "H9"));
  EXPECT_EQ(none.code, static_cast<std::uint8_t>(AskCode::kUnknownParent));
  EXPECT_TRUE(none.member.none());
  // The hold comes after all: the refusal stands.
  tell(ask(AskKind::kHold, "H9", 400));
  EXPECT_EQ(tell(ask(AskKind::kCapture, "C2", 100, "H9")), none);
}

TEST_F(LookUpTest, WhatIsLeftOfAHoldIsWhatCanStillBeCaptured) {
  EXPECT_EQ(tell(ask(AskKind::kHold, "H1", 400)).left, 400);
  EXPECT_EQ(tell(ask(AskKind::kCapture, "C1", 150, "H1")).left, 250);
  EXPECT_EQ(look_up("H1").answer.left, 250);
  const Answer released = tell(ask(AskKind::kVoid, "V1", 0, "H1"), 0, 250);
  EXPECT_EQ(released.left, 0);
  EXPECT_EQ(released.points, 250);
  EXPECT_EQ(tell(ask(AskKind::kVoid, "V1", 0, "H1")), released);
  EXPECT_EQ(look_up("H1").answer.left, 0);
  EXPECT_EQ(look_up("C1").answer.left, 0);
  // By its time.
  tell(ask(AskKind::kHold, "H2", 10));
  tell(ask(AskKind::kAccrual, "A1", 1), 0, 0, at(900));
  EXPECT_EQ(look_up("H2").answer.left, 0);
}

TEST_F(LookUpTest, WhatIsLeftOfAParentIsWhatCanStillBeGivenBack) {
  tell(ask(AskKind::kRedeem, "R1", 500));
  EXPECT_EQ(tell(ask(AskKind::kRefund, "F1", 200, "R1")).left, 300);
  EXPECT_EQ(tell(ask(AskKind::kRefund, "F2", 250, "R1"), 13).left, Answer::kNotSaid);  // Refused.
  EXPECT_EQ(tell(ask(AskKind::kRefund, "F3", 300, "R1")).left, 0);
  EXPECT_EQ(look_up("F1").answer.left, 0);
  EXPECT_EQ(tell(ask(AskKind::kRefund, "F4", 10, "R9")).left, Answer::kNotSaid);  // By file.
  tell(ask(AskKind::kAccrual, "A1", 80));
  EXPECT_EQ(tell(ask(AskKind::kReversal, "N1", 30, "A1")).left, 50);
}

TEST_F(LookUpTest, AnExchangeOutIsAnsweredWithoutACode) {
  for (const AskKind kind : {AskKind::kExchangeOut, AskKind::kRedeem, AskKind::kExchangeIn}) {
    const std::string reference = "X" + std::to_string(static_cast<int>(kind));
    book_.asked(ask(kind, reference, 100), AskCode::kDone, at(0));
    EXPECT_EQ(book_.could_be({.kind = kind, .id = id(reference), .definite = true, .points = 100}),
              kind == AskKind::kExchangeOut);
  }
}

TEST_F(LookUpTest, ALookUpSaysWhatIsKnownAndNothingElse) {
  const Found nothing = look_up("R1");
  EXPECT_EQ(nothing.number, 9U);
  EXPECT_FALSE(nothing.ask);
  const Ask redeem = ask(AskKind::kRedeem, "R1", 500);
  book_.asked(redeem, AskCode::kDone, at(5));
  const Found pending = look_up("R1");
  EXPECT_EQ(pending.ask, redeem);
  EXPECT_FALSE(pending.answer.definite);
  const Answer told = tell(ask(AskKind::kHold, "H1", 400), 15);
  const Found refused = look_up("H1");
  EXPECT_EQ(refused.ask, ask(AskKind::kHold, "H1", 400));
  EXPECT_EQ(refused.answer, told);
  EXPECT_EQ(refused.answer.code, 15);
}

}  // namespace PH_FILE
}  // namespace ph
