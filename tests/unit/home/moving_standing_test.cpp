// The bytes of what moves with a member (docs/journal.md, section 13): what was written is read,
// and what is torn, or says what can't be, is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "core/home/standing.h"
#include "core/programme/grade.h"
#include "tests/support/checkout.h"
#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

NameText name_of(std::string_view text) {
  NameText out{};
  std::ranges::copy(text, out.begin());
  return out;
}

Standing full() {
  Standing out{.code = name_of("test"),
               .version = 2,
               .profile = 2'000,
               .joined = 60,
               .accounts = 1,
               .newest = 87,
               .region = 2,
               .flags = Standing::kBlacklisted,
               .band = 3,
               .entered = 2};
  out.names = {"level", "gold", "vip", "lounge", "silver"};
  out.months[23] = {.earned = 12'345, .rating = 130, .bills = StandingMonth::kEarned};
  out.months[22] = {.earned = 5,
                    .waiting = 700,
                    .rating = -4,
                    .bills = StandingMonth::kEarned | StandingMonth::kWaiting,
                    .suspensions = 2};
  out.months[0] = {.bills = StandingMonth::kWaiting};
  const auto annual = static_cast<std::uint8_t>(programme::GradeReason::kAnnual);
  const auto review = static_cast<std::uint8_t>(programme::GradeReason::kReview);
  const auto brand = static_cast<std::uint8_t>(programme::GradeReason::kBrand);
  out.grades = {{.grading = 0, .level = 1, .reason = annual, .from = 2'100, .to = 2'300}};
  out.of_flags = {{.flag = 2, .from = 80, .to = 85}};
  out.claims = {{.benefit = 3, .day = 2'200, .until = 2'230, .count = 2}};
  out.history = {
      {.decided = 2'050, .from = 2'060, .to = 2'300, .grading = 0, .level = 1, .reason = annual},
      {.decided = 2'040,
       .from = 2'030,
       .to = 2'120,
       .grading = book::kFlagGrading,
       .level = 2,
       .reason = review},
      {.decided = 2'035,
       .from = 2'035,
       .to = BusinessDate::kCount,
       .grading = book::kBrandGrading,
       .reason = brand},
      {.decided = 1'700, .from = 1'730, .to = 2'000, .grading = 0, .level = 4, .reason = annual}};
  return out;
}

bool is_right(const Standing& standing) {
  return read_standing(bytes_of(standing)).has_value();
}
template <class Change>
bool is_right_with(Change change) {
  Standing standing = full();
  change(standing);
  return is_right(standing);
}

TEST(StandingBytes, WhatIsWrittenIsRead) {
  const auto bytes = bytes_of(full());
  ASSERT_EQ(bytes.size(), 64U + 24 * 32 + 5 * 24 + 8 + 8 + 8 + 4 * 12);
  const auto back = read_standing(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(bytes_of(*back), bytes);
  EXPECT_EQ(back->names, full().names);
  EXPECT_EQ(back->months[22].waiting, 700);
  EXPECT_EQ(back->month(23), Month(87));
  EXPECT_EQ(back->month(0), Month(64));
  EXPECT_EQ(back->history[3].level, 4);
  EXPECT_TRUE(is_right({.code = name_of("test"), .version = 1}));
}

// tests/oracle/programme/moving.py has written it, from the page.
TEST(StandingBytes, TheSecondImplementationWritesTheSame) {
  const std::string text = test::checkout_text("tests/fuzz/corpus/standing/life");
  const auto standing = read_standing(std::as_bytes(std::span(text)));
  ASSERT_TRUE(standing);
  EXPECT_EQ(ph::text_of(standing->code), "china-telecom");
  EXPECT_EQ(standing->profile, 3'000);
  EXPECT_EQ(standing->month(23), Month(107));
  EXPECT_EQ(standing->months[22].earned, 12'345);
  EXPECT_EQ(standing->months[23].waiting, 500);
  EXPECT_EQ(standing->names[standing->entered - 1U], "silver");
  EXPECT_EQ(standing->names[standing->history[1].level], "vip");
  EXPECT_EQ(standing->claims[0].count, 2);
}

TEST(StandingBytes, IsRefusedWhenItIsTornOrLonger) {
  auto bytes = bytes_of(full());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_standing(Bytes(bytes).first(size))) << size;
  }
  bytes.push_back(std::byte{});
  EXPECT_FALSE(read_standing(bytes));
  bytes.resize(kStandingBytesMax + 1);
  EXPECT_FALSE(read_standing(bytes));
}

// Each byte otherwise: refused, or it says something else and is that to the byte.
TEST(StandingBytes, NothingElseIsRead) {
  const auto bytes = bytes_of(full());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int change : {1, 0x80, 0xff}) {
      auto other = bytes;
      other[at] ^= static_cast<std::byte>(change);
      const auto back = read_standing(other);
      refused += back ? 0U : 1U;
      if (back) {
        EXPECT_EQ(bytes_of(*back), other) << at;
      }
    }
  }
  EXPECT_GT(refused, bytes.size());
}

TEST(StandingBytes, RefusesWhatCannotBe) {
  EXPECT_TRUE(is_right(full()));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.code = {}; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.code = name_of("Test"); }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.version = 0; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.profile = BusinessDate::kCount; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.newest = Month::kCount; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.joined = Month::kCount; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.region = 10; }));
  EXPECT_TRUE(is_right_with([](Standing& s) { s.flags = Standing::kOneWay; }));
  EXPECT_FALSE(
      is_right_with([](Standing& s) { s.flags = Standing::kOneWay | Standing::kBothWays; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.flags = 8; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.entered = 6; }));
  EXPECT_FALSE(is_right_with([](Standing& s) {
    s.accounts = 0;
    s.ended = 80;
  }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.names[4] = "gold"; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.names[4] = "Gold"; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.months[22].waiting = -1; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.months[22].bills = StandingMonth::kEarned; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.months[5].bills = 4; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.months[5].zero[5] = 1; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.months[23].earned = 100'000'000'001; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.months[5].rating = 100'000'000'000'000'001; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.newest = 22; }));  // a month before the first one
  EXPECT_FALSE(is_right_with([](Standing& s) { s.of_flags.push_back(s.of_flags[0]); }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.of_flags[0].to = 79; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.claims[0].benefit = 5; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.claims[0].until = 2'199; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.claims[0].count = 0; }));
}

// Else a home that takes it in couldn't be loaded again.
TEST(StandingBytes, APresentGradeIsTheNewestOfItsHistory) {
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades.clear(); }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades.push_back(s.grades[0]); }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades[0].level = 4; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades[0].reason = 7; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades[0].to = 2'299; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades[0].from = 2'059; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.grades[0].from = 2'301; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.history.erase(s.history.begin()); }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.history[0].reason = 0; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.history[3].level = 5; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.history[1].reason = 1; }));
  EXPECT_FALSE(is_right_with([](Standing& s) { s.history[2].level = 1; }));
}

TEST(StandingBytes, ListsEndWhereThereIsNoMoreRoom) {
  Standing standing{.code = name_of("test"), .version = 1};
  StandingLists lists(standing);
  ASSERT_TRUE(lists.reserve(sizeof(StandingHistory)));
  const std::string lounge = "lounge";
  std::size_t claims = 0;
  while (lists.add(standing.claims, StandingClaim{.day = 5, .until = 6, .count = 1},
                   {{lounge, &StandingClaim::benefit}})) {
    ++claims;
  }
  EXPECT_EQ(claims, (kStandingBytesMax - kStandingFixedBytes - 24 - 12) / 8);
  EXPECT_EQ(lists.add_name("another"), 0);
  EXPECT_EQ(standing.names, std::vector<std::string>{"lounge"});
  EXPECT_TRUE(is_right(standing));
}

TEST(StandingBytes, HasSoManyNamesAtMost) {
  Standing standing{.code = name_of("test"), .version = 1};
  StandingLists lists(standing);
  for (std::size_t n = 0; n < Standing::kNamesMax; ++n) {
    ASSERT_EQ(lists.add_name("n" + std::to_string(n)), n + 1);
  }
  EXPECT_EQ(lists.add_name("one-more"), 0);
  EXPECT_EQ(lists.add_name("n7"), 8);
}

}  // namespace PH_FILE
}  // namespace ph::test
