// How long the switch keeps what was asked (docs/decisions/0020).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/switch/switch_book.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kHome{11};
constexpr Participant kShop{101};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);
const Member kAnn = Member::make(kHome, 7);

RuleRows rows() {
  const BusinessDate from = BusinessDate::of(2007, 1, 1);
  return {.participants =
              {{.code = "P11", .participant = kHome, .kind = ParticipantKind::kProvince},
               {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing},
               {.code = "MER1", .participant = kShop, .kind = ParticipantKind::kMerchant}},
          .contracts = {{.partner = kShop,
                         .acquirer = kHome,
                         .accumulating = true,
                         .use = true,
                         .from = from,
                         .to = BusinessDate(BusinessDate::kCount)}}};
}

std::vector<std::byte> bytes_of(const SwitchBook& book) {
  ByteWriter out;
  book.save(out);
  return out.take();
}

SwitchBook copy_of(const SwitchBook& book) {
  const std::vector<std::byte> bytes = bytes_of(book);
  SwitchBook out;
  ByteReader in(bytes);
  EXPECT_TRUE(out.load(in) && in.done());
  return out;
}

class KeptTest : public testing::Test {
 protected:
  static BusinessTime at(int days, std::int64_t seconds = 0) {
    return BusinessTime::of(kDay.plus_days(days), seconds);
  }
  static Ask ask(AskKind kind, std::string_view reference, int days = 0,
                 const TransactionId& parent = {}) {
    const bool goods = kind == AskKind::kRedeem || kind == AskKind::kCapture;
    Ask out{.kind = kind,
            .form = goods ? Form::kMerchant : Form::kNone,
            .id = {.participant = kShop, .date = kDay.plus_days(days)},
            .parent = parent,
            .member = kAnn,
            .partner = kShop,
            .seconds = kind == AskKind::kHold ? kHoldSecondsMax : 0,
            .points = kind == AskKind::kVoid ? 0 : 100};
    std::copy(reference.begin(), reference.end(), out.id.reference.begin());
    return out;
  }
  static void answer(SwitchBook& book, const Ask& ask, BusinessTime now, std::uint8_t code = 0) {
    const bool hold = ask.kind == AskKind::kHold && code == 0;
    EXPECT_TRUE(book.answered({.kind = ask.kind,
                               .id = ask.id,
                               .definite = true,
                               .code = code,
                               .home = kHome,
                               .authorisation = EntryId(kHome, now.date(), 3'500'000'000),
                               .at = now.seconds(),
                               .ends = hold ? now.seconds() + ask.seconds : 0},
                              now));
  }
  void grant(const Ask& ask, BusinessTime now) {
    book_.asked(ask, AskCode::kDone, now);
    answer(book_, ask, now);
  }
  void seal_all(int days) { book_.in_batch(kShop, book_.unsealed(kShop, kDay.plus_days(days))); }
  // Another day begins: something is refused, which nobody waits for.
  void begin_day(int days) {
    book_.asked(ask(AskKind::kRedeem, "begin", days), AskCode::kNoContract, at(days));
  }
  [[nodiscard]] SwitchBook::Decision judge(const Ask& ask, BusinessTime now) const {
    return book_.judge(ask, now, built_.value());
  }
  [[nodiscard]] bool knows(const Ask& ask) const { return book_.find(ask.id) != nullptr; }

  Result<RuleBook, std::vector<RuleFault>> built_{RuleBook::build(rows())};
  SwitchBook book_;
};

TEST_F(KeptTest, AnAnswerIsRepeatedForAHundredDaysThenTheIdIsTooOld) {
  const Ask redeem = ask(AskKind::kRedeem, "R1");
  grant(redeem, at(90));  // On the last day on which it may be asked first.
  const auto first = judge(redeem, at(91));
  EXPECT_EQ(first.what, SwitchBook::What::kAnswer);
  EXPECT_EQ(first.answer.code, 0);
  seal_all(90);
  begin_day(190);
  EXPECT_EQ(judge(redeem, at(190)), first);
  begin_day(191);
  const auto late = judge(redeem, at(191));
  EXPECT_EQ(late.what, SwitchBook::What::kAnswer);
  EXPECT_EQ(late.answer.code, static_cast<std::uint8_t>(AskCode::kTooOld));
  EXPECT_EQ(book_.size(), 2U);
}

TEST_F(KeptTest, WhatWasForgottenIsTooOldByClocksThatDifferByDays) {
  const Ask redeem = ask(AskKind::kRedeem, "R1");
  grant(redeem, at(0));
  seal_all(0);
  begin_day(101);
  EXPECT_FALSE(knows(redeem));
  EXPECT_EQ(judge(redeem, at(91)).answer.code, static_cast<std::uint8_t>(AskCode::kTooOld));
}

TEST_F(KeptTest, WhatIsStillNeededStaysHoweverOldItIs) {
  const Ask silent = ask(AskKind::kRedeem, "R1");
  const Ask unsealed = ask(AskKind::kAccrual, "A1");
  const Ask hold = ask(AskKind::kHold, "H1");
  const Ask capture = ask(AskKind::kCapture, "C1", 0, hold.id);
  book_.asked(silent, AskCode::kDone, at(0));
  grant(unsealed, at(0));
  grant(hold, at(0));
  book_.asked(capture, AskCode::kDone, at(40));  // Its end has passed by the clock here.
  begin_day(300);
  EXPECT_TRUE(knows(silent) && knows(unsealed) && knows(hold) && knows(capture));
  EXPECT_EQ(book_.pending().size(), 2U);
  EXPECT_EQ(book_.unsealed(kShop, kDay).size(), 1U);
  answer(book_, silent, at(300), 15);
  answer(book_, capture, at(300));
  seal_all(300);
  EXPECT_TRUE(knows(silent) && knows(unsealed) && knows(hold) && knows(capture));
  begin_day(301);
  EXPECT_EQ(book_.size(), 2U);  // The days' own.
}

TEST_F(KeptTest, AHoldThatIsOpenStays) {
  const Ask hold = ask(AskKind::kHold, "H1");
  book_.asked(hold, AskCode::kDone, at(0));
  answer(book_, hold, at(90));  // Thirty days more.
  begin_day(101);
  EXPECT_EQ(judge(ask(AskKind::kCapture, "C1", 101, hold.id), at(101)).what,
            SwitchBook::What::kForward);
  begin_day(121);
  EXPECT_FALSE(knows(hold));
}

TEST_F(KeptTest, WhatCitesSomethingForgottenIsToldNoMoreThanIsKnown) {
  const Ask hold = ask(AskKind::kHold, "H1");
  const Ask accrual = ask(AskKind::kAccrual, "A1");
  grant(hold, at(0));
  grant(accrual, at(0));
  const Ask capture = ask(AskKind::kCapture, "C1", 20, hold.id);
  const Ask reversal = ask(AskKind::kReversal, "N1", 20, accrual.id);
  grant(capture, at(20));
  grant(reversal, at(20));
  seal_all(20);
  EXPECT_EQ(book_.answer_of(*book_.find(reversal.id)).left, 0);
  begin_day(110);
  EXPECT_FALSE(knows(hold) || knows(accrual));
  for (const SwitchBook& book : {copy_of(book_), copy_of(copy_of(book_))}) {
    EXPECT_EQ(book.answer_of(*book.find(capture.id)).left, 0);
    EXPECT_EQ(book.answer_of(*book.find(reversal.id)).left, Answer::kNotSaid);
    EXPECT_EQ(bytes_of(book), bytes_of(book_));
  }
  Ask late = ask(AskKind::kReversal, "N2", 110, accrual.id);
  book_.cite_parent(late);
  EXPECT_TRUE(late.authorisation.none());
  EXPECT_EQ(judge(ask(AskKind::kCapture, "C2", 110, hold.id), at(110)).code,
            AskCode::kUnknownParent);
}

TEST_F(KeptTest, CapsForgetTheirDaysAndNoRoomIsLostOrMade) {
  const auto counted = [&](int days) {
    return book_.counted(kShop, CapKind::kTaken, CapSpan::kDay, kDay.plus_days(days));
  };
  const Ask silent = ask(AskKind::kRedeem, "R1");
  book_.asked(silent, AskCode::kDone, at(0));
  grant(ask(AskKind::kRedeem, "R2"), at(0));
  grant(ask(AskKind::kRedeem, "R3", 20), at(20));
  EXPECT_EQ(counted(0), 200);
  seal_all(20);
  begin_day(101);
  EXPECT_EQ(counted(0), 100);
  EXPECT_EQ(counted(20), 100);
  answer(book_, silent, at(101), 15);
  EXPECT_EQ(counted(0), 0);
  EXPECT_EQ(bytes_of(copy_of(book_)), bytes_of(book_));
}

TEST_F(KeptTest, ALookUpOfAnIdSoOldPromisesNothing) {
  const LookUp asked{.number = 9, .id = ask(AskKind::kRedeem, "R1").id};
  EXPECT_EQ(book_.look_up(asked, kDay.plus_days(90)), Found{.number = 9});
  const Found old = book_.look_up(asked, kDay.plus_days(91));
  EXPECT_FALSE(old.ask);
  EXPECT_EQ(old.answer.code, static_cast<std::uint8_t>(AskCode::kTooOld));
}

// Something of each kind a day, some of it answered days later, sealed days later, or never.
void live_a_day(SwitchBook& book, int day, const std::function<Ask(AskKind, int, int)>& make,
                const std::function<void(SwitchBook&, const Ask&, BusinessTime)>& answer) {
  const BusinessTime now = BusinessTime::of(kDay.plus_days(day), 60);
  const Ask hold = make(AskKind::kHold, day, 0);
  for (const AskKind kind : {AskKind::kHold, AskKind::kRedeem, AskKind::kAccrual}) {
    book.asked(make(kind, day, 0), AskCode::kDone, now);
    if (day % 7 != static_cast<int>(kind) % 7) {
      answer(book, make(kind, day, 0), now);
    }
  }
  if (book.find(hold.id)->carried_out()) {
    book.asked(make(AskKind::kCapture, day, day), AskCode::kDone, now);
  }
  for (const std::uint32_t number : book.pending()) {
    const Ask old = SwitchBook::ask_of(book.record(number));
    if (day - (old.id.date.count() - kDay.count()) >= (day % 3 == 0 ? 2 : 130)) {
      answer(book, old, now);
    }
  }
  if (day % 5 == 0) {
    book.in_batch(kShop, book.unsealed(kShop, kDay.plus_days(day - day % 2)));
  }
}

TEST_F(KeptTest, AReplayForgetsTheSameWhereverItBegins) {
  const auto make = [](AskKind kind, int day, int parent) {
    const bool capture = kind == AskKind::kCapture;
    const TransactionId cited = capture ? ask(AskKind::kHold, "7", parent).id : TransactionId{};
    return ask(kind, std::to_string(static_cast<int>(kind)), day, cited);
  };
  const auto say = [](SwitchBook& book, const Ask& ask, BusinessTime now) {
    answer(book, ask, now);
  };
  constexpr int kDays = 260;
  std::map<int, SwitchBook> begun;
  for (int day = 0; day < kDays; ++day) {
    live_a_day(book_, day, make, say);
    for (auto& [first, book] : begun) {
      live_a_day(book, day, make, say);
    }
    if (day % 37 == 0) {
      begun.emplace(day, copy_of(book_));
    }
  }
  EXPECT_LT(book_.size(), 4U * 110U);
  for (const auto& [first, book] : begun) {
    EXPECT_EQ(bytes_of(book), bytes_of(book_)) << first;
  }
}

TEST_F(KeptTest, HowMuchIsKeptDependsOnHowMuchIsAskedInAHundredDays) {
  constexpr int kAsks = 200;
  std::size_t most = 0;
  for (int day = 0; day < 320; ++day) {
    for (int n = 0; n < kAsks; ++n) {
      grant(ask(AskKind::kRedeem, std::to_string(n), day), at(day));
    }
    seal_all(day);
    most = std::max(most, book_.size());
  }
  EXPECT_EQ(most, 101U * kAsks);
}

}  // namespace PH_FILE
}  // namespace ph
