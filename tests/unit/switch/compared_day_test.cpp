#include "core/switch/compared_day.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "core/types/amount.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kHome{11};
constexpr Participant kShop{101};
constexpr Participant kOther{102};
constexpr BusinessDate kDay = BusinessDate::of(2007, 4, 5);

TransactionId id(std::string_view reference, Participant by = kShop) {
  TransactionId out{.participant = by, .date = kDay};
  std::copy(reference.begin(), reference.end(), out.reference.begin());
  return out;
}

class ComparedDayTest : public testing::Test {
 protected:
  void forward(AskKind kind, std::string_view reference, std::int64_t points) {
    book_.asked({.kind = kind,
                 .id = id(reference),
                 .parent = kind == AskKind::kRefund ? id("R1") : TransactionId{},
                 .member = Member::make(kHome, 7),
                 .partner = kShop,
                 .points = points},
                AskCode::kDone, BusinessTime::of(kDay, 10));
  }
  void answer(AskKind kind, std::string_view reference, std::uint8_t code = 0, int day = 0) {
    ASSERT_TRUE(book_.answered({.kind = kind,
                                .id = id(reference),
                                .definite = true,
                                .code = code,
                                .home = kHome,
                                .authorisation = EntryId(kHome, kDay, 3'500'000'001)},
                               BusinessTime::of(kDay.plus_days(day), 20)));
  }
  void redeem(std::string_view reference, std::int64_t points = 100) {
    forward(AskKind::kRedeem, reference, points);
    answer(AskKind::kRedeem, reference);
  }
  // A row of the partner's file.
  static Item row(std::uint32_t line, std::string_view reference, std::int64_t points = 100) {
    return {.kind = Kind::kPartnerRedemption,
            .partner = kShop,
            .member = Member::make(kHome, 7),
            .id = id(reference),
            .entry = line,
            .points = points};
  }
  [[nodiscard]] ComparedDay compare(std::vector<Item> rows, int day = 0) const {
    return compare_day(book_, kShop, kDay.plus_days(day), std::move(rows));
  }

  SwitchBook book_;
};

TEST_F(ComparedDayTest, AFileAndTheLiveEventsMakeEachItemOnce) {
  redeem("R1");
  redeem("R2");
  const ComparedDay day = compare({row(2, "R2"), row(3, "S1")});
  EXPECT_TRUE(day.conflicts.empty());
  ASSERT_EQ(day.items.size(), 3U);
  EXPECT_EQ(day.items[0].id, id("R2"));
  EXPECT_EQ(day.items[0].entry, 2U);  // As its file names it: a correction may cite that.
  EXPECT_EQ(day.items[0].authorisation, EntryId(kHome, kDay, 3'500'000'001));
  EXPECT_EQ(day.items[1].id, id("S1"));
  EXPECT_TRUE(day.items[1].authorisation.none());
  EXPECT_EQ(day.items[2].id, id("R1"));
  EXPECT_EQ(day.items[2].entry, kLiveEntry);
  EXPECT_EQ(day.both, 1U);
  EXPECT_EQ(day.added, 1U);
  EXPECT_EQ(day.alone, std::vector<std::uint32_t>{3});
  EXPECT_EQ(day.before + day.pending, 0U);
}

TEST_F(ComparedDayTest, WithoutAFileTheLiveEventsAreTheDay) {
  redeem("R1");
  forward(AskKind::kRefund, "F1", 100);
  answer(AskKind::kRefund, "F1", 0, 1);  // Of the day after.
  ASSERT_EQ(compare({}).items.size(), 1U);
  EXPECT_EQ(compare({}).items[0].id, id("R1"));
  const ComparedDay both = compare({}, 1);
  ASSERT_EQ(both.items.size(), 2U);
  EXPECT_EQ(both.items[1].entry, kLiveEntry + 1);
  EXPECT_EQ(both.added, 2U);
}

TEST_F(ComparedDayTest, ARowOfAnEarlierBatchIsLeftOut) {
  redeem("R1");
  book_.in_batch(kShop, compare({}).items);
  const ComparedDay day = compare({row(2, "R1"), row(3, "S1")}, 1);
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].id, id("S1"));
  EXPECT_EQ(day.before, 1U);
  EXPECT_EQ(day.added, 0U);
}

// The partner dates by its ask, the clearing by the answer: a row may be of the day before.
TEST_F(ComparedDayTest, ARowAnsweredAfterMidnightIsTakenWithItsFile) {
  forward(AskKind::kRedeem, "R1", 100);
  answer(AskKind::kRedeem, "R1", 0, 1);
  const ComparedDay day = compare({row(2, "R1")});
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.both, 1U);
  book_.in_batch(kShop, day.items);
  EXPECT_TRUE(compare({}, 1).items.empty());
}

TEST_F(ComparedDayTest, OtherContentIsAContradictionAndSaysWhere) {
  redeem("R1");
  forward(AskKind::kRefund, "F1", 40);
  answer(AskKind::kRefund, "F1");
  forward(AskKind::kRedeem, "P1", 5);
  const auto field = [this](const Item& item) {
    const ComparedDay day = compare({item});
    EXPECT_EQ(day.conflicts.size(), 1U);
    return day.conflicts.empty() ? std::nullopt : std::optional(day.conflicts[0].field);
  };
  EXPECT_EQ(field(row(2, "R1", 99)), LiveField::kPoints);
  EXPECT_EQ(field(row(2, "P1", 6)), LiveField::kPoints);  // Pending or not.
  Item item = row(2, "R1");
  item.member = Member::make(kHome, 8);
  EXPECT_EQ(field(item), LiveField::kMember);
  item = row(2, "R1");
  item.authorisation = EntryId(kHome, kDay, 3'500'000'002);
  EXPECT_EQ(field(item), LiveField::kAuthorisation);
  item.authorisation = EntryId(kHome, kDay, 3'500'000'001);
  EXPECT_TRUE(compare({item}).conflicts.empty());
  Item refund = row(3, "F1", 40);
  refund.kind = Kind::kPartnerRefund;
  refund.parent = id("R2");
  EXPECT_EQ(field(refund), LiveField::kParent);
  refund.parent = id("R1");
  EXPECT_TRUE(compare({refund}).conflicts.empty());
  item = row(2, "R1");
  item.units = 1;
  EXPECT_EQ(field(item), LiveField::kUnits);
  item = row(2, "R1");
  item.rate_version = 1;
  EXPECT_EQ(field(item), LiveField::kRate);
}

TEST_F(ComparedDayTest, WhatIsPendingOrRefusedComesFromTheFileAlone) {
  forward(AskKind::kRedeem, "P1", 100);
  forward(AskKind::kRedeem, "X1", 100);
  answer(AskKind::kRedeem, "X1", 15);
  const ComparedDay day = compare({row(2, "P1"), row(3, "X1", 70)});
  EXPECT_TRUE(day.conflicts.empty());
  EXPECT_EQ(day.items.size(), 2U);
  EXPECT_EQ(day.pending, 1U);
  EXPECT_EQ(day.alone, (std::vector<std::uint32_t>{2, 3}));
  book_.in_batch(kShop, day.items);
  answer(AskKind::kRedeem, "P1");
  EXPECT_TRUE(compare({}).items.empty());
}

// One that corrects or withdraws is about what stood in a batch, whatever came live.
TEST_F(ComparedDayTest, CorrectionsAndOthersIdsAreNobodysLiveEvents) {
  redeem("R1");
  Item correct = row(3, "R1", 50);
  correct.action = Action::kCorrect;
  correct.cited_sequence = 1;
  correct.cited_entry = kLiveEntry;
  const ComparedDay day = compare({correct});
  EXPECT_TRUE(day.conflicts.empty());
  ASSERT_EQ(day.items.size(), 2U);
  EXPECT_EQ(day.items[0].points, 50);
  Item other = row(2, "R1", 1);
  other.partner = kOther;
  EXPECT_TRUE(compare_day(book_, kOther, kDay, {other}).conflicts.empty());
}

TEST_F(ComparedDayTest, NoBatchHoldsMorePointsThanItMay) {
  constexpr std::int64_t kHuge = Points::kMax / 2;
  redeem("R1", kHuge);
  redeem("R2", kHuge);
  redeem("R3", 10);
  ComparedDay day = compare({});
  ASSERT_EQ(day.items.size(), 2U);
  book_.in_batch(kShop, day.items);
  day = compare({}, 1);
  ASSERT_EQ(day.items.size(), 1U);
  EXPECT_EQ(day.items[0].id, id("R3"));
}

}  // namespace PH_FILE
}  // namespace ph
