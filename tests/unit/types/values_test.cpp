// Amounts, ratios and their rounding, dates, members, ids.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <unordered_map>
#include <vector>

#include "core/programme/earning.h"
#include "core/types/amount.h"
#include "core/types/date.h"
#include "core/types/flat_index.h"
#include "core/types/id.h"
#include "core/types/ratio.h"
#include "core/types/words.h"

namespace ph {
namespace PH_FILE {

TEST(Amount, StopsAtItsBoundOnBothSides) {
  const std::int64_t max = Points::kMax;
  EXPECT_TRUE(Points::from(max).has_value());
  EXPECT_FALSE(Points::from(max + 1).has_value());
  EXPECT_TRUE(Points::from(-max).has_value());
  EXPECT_FALSE(Points::from(-max - 1).has_value());
  EXPECT_FALSE(Points::of(max).plus(Points::of(1)).has_value());
  EXPECT_FALSE(Points::of(max).plus(Points::of(max)).has_value());
  EXPECT_EQ(Points::of(max).plus(Points::of(-max)), Points());
}

TEST(AmountDeathTest, PassingTheBoundStopsTheProcess) {
  EXPECT_DEATH(Points::of(Points::kMax) + Points::of(1), "amount within its bound");
}

TEST(Ratio, IsReducedWithItsSignInTheNumerator) {
  EXPECT_EQ(Ratio(6, -3 + 8).text(), "6/5");
  EXPECT_EQ(Ratio(-6, 4).text(), "-3/2");
  EXPECT_EQ(Ratio(6, 3).text(), "2");
  EXPECT_EQ(Ratio(0, 7).text(), "0");
  EXPECT_EQ(Ratio(), Ratio(0, 9));
}

TEST(Ratio, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(Ratio(1, 2).round_half_up(), 1);
  EXPECT_EQ(Ratio(3, 2).round_half_up(), 2);
  EXPECT_EQ(Ratio(-1, 2).round_half_up(), -1);
  EXPECT_EQ(Ratio(-3, 2).round_half_up(), -2);
  EXPECT_EQ(Ratio(49, 100).round_half_up(), 0);
  EXPECT_EQ(Ratio(-49, 100).round_half_up(), 0);
  EXPECT_EQ(Ratio(-51, 100).round_half_up(), -1);
  EXPECT_EQ(Ratio(1, 3).round_half_up(), 0);
  EXPECT_EQ(Ratio(2, 3).round_half_up(), 1);
}

TEST(Ratio, StaysExactWithTheLargestQuantitiesAndPrices) {
  const Ratio commission = Ratio(1'000'000, 999'999) * Ratio(999'999, 1'000'000);
  EXPECT_EQ(commission, Ratio(1, 1));
  const Ratio exact = Ratio(1, 1'000'000) * Ratio(1, 1'000'000) * 100'000'000'000;
  EXPECT_EQ(exact.text(), "1/10");
  EXPECT_EQ((exact - Ratio(exact.round_half_up(), 1)).text(), "1/10");
  EXPECT_EQ((Ratio(1, 3) + Ratio(1, 6)).text(), "1/2");
}

TEST(BusinessDate, CountsEveryDayOfTheCenturyInOrder) {
  for (std::uint16_t n = 0; n < BusinessDate::kCount; ++n) {
    const BusinessDate date(n);
    const YearMonthDay ymd = date.civil();
    ASSERT_EQ(BusinessDate::of(ymd.year, ymd.month, ymd.day), date);
    ASSERT_EQ(BusinessDate::parse(date.text()), date);
    ASSERT_EQ(BusinessDate::parse_compact(date.compact_text()), date);
  }
  EXPECT_EQ(BusinessDate(0).text(), "2000-01-01");
  EXPECT_EQ(BusinessDate(BusinessDate::kCount - 1).text(), "2099-12-31");
}

TEST(BusinessDate, RefusesDaysThatDoNotExist) {
  for (const char* text :
       {"2007-02-29", "2007-00-10", "2007-13-01", "2007-04-31", "1999-12-31", "2100-01-01",
        "2007-4-05", "2007/04/05", "2007-04-0x", "", "2007-04-00"}) {
    EXPECT_FALSE(BusinessDate::parse(text).has_value()) << text;
  }
  EXPECT_TRUE(BusinessDate::parse("2008-02-29").has_value());
}

TEST(BusinessDate, KnowsItsWeekday) {
  EXPECT_EQ(BusinessDate(0).weekday(), 5);               // a Saturday
  EXPECT_EQ(BusinessDate::of(2007, 4, 5).weekday(), 3);  // a Thursday
}

TEST(Month, HasAFirstAndALastDay) {
  const Month month = BusinessDate::of(2008, 2, 10).month();
  EXPECT_EQ(month.text(), "2008-02");
  EXPECT_EQ(month.quarter_text(), "2008Q1");
  EXPECT_EQ(first_day(month).text(), "2008-02-01");
  EXPECT_EQ(last_day(month).text(), "2008-02-29");
  EXPECT_EQ(Month::parse("2008-02"), month);
  EXPECT_FALSE(Month::parse("2008-13").has_value());
  EXPECT_FALSE(Month::parse("2100-01").has_value());
}

TEST(Earning, GivesOnePointAWholeYuan) {
  EXPECT_EQ(consumption_points(99), 0);
  EXPECT_EQ(consumption_points(100), 1);
  EXPECT_EQ(consumption_points(18650), 186);
}

TEST(Member, CarriesItsHomeAndACheckDigit) {
  const Member member = Member::make(Participant(1), 1);
  EXPECT_EQ(member.text(), "01000000000012");
  EXPECT_EQ(member.first_home(), Participant(1));
  EXPECT_EQ(Member::parse("01000000000012"), member);
  EXPECT_EQ(Member::make(Participant(99), Member::kSerialMax).first_home(), Participant(99));
}

TEST(Member, RefusesEveryOtherCheckDigitAndNoProvince) {
  for (const char digit : std::string("013456789")) {
    EXPECT_FALSE(Member::parse("0100000000001" + std::string(1, digit)).has_value()) << digit;
  }
  EXPECT_FALSE(Member::parse("0100000000001").has_value());
  EXPECT_FALSE(Member::parse("0100000000001x").has_value());
  const std::uint64_t none = 1;
  EXPECT_FALSE(Member::parse("0000000000001" + std::to_string(Member::check_digit(none))));
}

TEST(EntryId, OrdersByParticipantThenDateThenNumber) {
  const BusinessDate day = BusinessDate::of(2007, 4, 5);
  const EntryId id(Participant(3), day, 4'000'000'000);
  EXPECT_EQ(id.participant(), Participant(3));
  EXPECT_EQ(id.date(), day);
  EXPECT_EQ(id.number(), 4'000'000'000);
  EXPECT_LT(id, EntryId(Participant(3), day.plus_days(1), 1));
  EXPECT_LT(EntryId(Participant(3), day.plus_days(9), 9), EntryId(Participant(4), day, 1));
}

TEST(TransactionId, OrdersByParticipantDateAndReferenceBytes) {
  const auto id = [](std::uint16_t who, int day, std::string_view reference) {
    TransactionId out{.participant = Participant(who), .date = BusinessDate::of(2007, 4, day)};
    std::memcpy(out.reference.data(), reference.data(), reference.size());
    return out;
  };
  EXPECT_LT(id(2, 9, "9"), id(101, 1, "1"));
  EXPECT_LT(id(2, 1, "9"), id(2, 2, "1"));
  EXPECT_LT(id(2, 1, "10"), id(2, 1, "9"));  // bytes, not numbers
  EXPECT_LT(id(2, 1, "9"), id(2, 1, "90"));
  EXPECT_EQ(id(2, 1, "77").reference_text(), "77");
  EXPECT_EQ(TransactionId::of(EntryId(Participant(2), BusinessDate::of(2007, 4, 1), 77)),
            id(2, 1, "77"));
  EXPECT_EQ(id(2, 1, "abcdefghijklmnopqrstuvwx").reference_text().size(), 24U);
}

TEST(TransactionId, ReferencesAreShortAndPlain) {
  EXPECT_TRUE(valid_reference("Az09-"));
  EXPECT_TRUE(valid_reference(std::string(24, 'x')));
  EXPECT_FALSE(valid_reference(std::string(25, 'x')));
  EXPECT_FALSE(valid_reference(""));
  EXPECT_FALSE(valid_reference("a/b"));
  EXPECT_FALSE(valid_reference("a b"));
}

TEST(Words, AreReadBackAsTheyAreWritten) {
  for (int n = 1; n < 40; ++n) {
    const Kind kind{static_cast<std::uint8_t>(n)};
    if (!word(kind).empty()) {
      EXPECT_EQ(from_word<Kind>(word(kind)), kind);
    }
    const Form form{static_cast<std::uint8_t>(n)};
    if (!word(form).empty()) {
      EXPECT_EQ(from_word<Form>(word(form)), form);
    }
    const Source source{static_cast<std::uint8_t>(n)};
    if (!word(source).empty()) {
      EXPECT_EQ(from_word<Source>(word(source)), source);
    }
  }
  EXPECT_FALSE(from_word<Kind>("").has_value());
  EXPECT_EQ(word(Kind::kNotCredited), "NOT_CREDITED");
}

TEST(FlatIndex, FindsEveryKeyThroughItsGrowth) {
  std::vector<std::uint64_t> keys;
  FlatIndex index;
  const auto key_at = [&keys](std::uint32_t n) { return keys[n]; };
  EXPECT_EQ(index.find(std::uint64_t{7}, key_at), FlatIndex::kNone);
  for (std::uint64_t n = 0; n < 5000; ++n) {
    keys.push_back(n * 64);
    index.insert(keys.back(), static_cast<std::uint32_t>(n), key_at);
  }
  for (std::uint64_t n = 0; n < 5000; ++n) {
    ASSERT_EQ(index.find(n * 64, key_at), n);
    ASSERT_EQ(index.find(n * 64 + 1, key_at), FlatIndex::kNone);
    index.prefetch(n * 64);
    ASSERT_EQ(index.guess(n * 64), n);
  }
}

TEST(FlatIndex, FindsTheOthersAfterSomeAreErased) {
  std::vector<std::uint64_t> keys;
  FlatIndex index;
  const auto key_at = [&keys](std::uint32_t n) { return keys[n]; };
  for (std::uint64_t n = 0; n < 3000; ++n) {
    keys.push_back(n * 7);
    index.insert(keys.back(), static_cast<std::uint32_t>(n), key_at);
  }
  for (std::uint64_t n = 0; n < 3000; n += 2) {
    index.erase(n * 7, key_at);
  }
  for (std::uint64_t n = 0; n < 3000; ++n) {
    ASSERT_EQ(index.find(n * 7, key_at), n % 2 == 0 ? FlatIndex::kNone : n);
  }
  for (std::uint64_t n = 0; n < 3000; n += 2) {
    index.insert(n * 7, static_cast<std::uint32_t>(n), key_at);
  }
  for (std::uint64_t n = 0; n < 3000; ++n) {
    ASSERT_EQ(index.find(n * 7, key_at), n);
  }
}

// Grown early and late, by insertions and ahead, erased from both tables: as a map has it.
TEST(FlatIndex, HoldsWhatAMapHoldsWhileItTakesOver) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::uint64_t> keys;
    std::unordered_map<std::uint64_t, std::uint32_t> map;
    FlatIndex index;
    const auto key_at = [&keys](std::uint32_t n) { return keys[n]; };
    const auto is_as_in_map = [&](std::uint64_t key) {
      const auto found = map.find(key);
      return index.find(key, key_at) == (found == map.end() ? FlatIndex::kNone : found->second);
    };
    for (int step = 0; step < 3000; ++step) {
      const std::uint64_t key = random() % 2000;
      if (random() % 500 == 0) {
        index.reserve(map.size() + random() % 4000);
      }
      if (map.contains(key) && random() % 3 == 0) {
        index.erase(key, key_at);
        map.erase(key);
      } else if (!map.contains(key)) {
        keys.push_back(key);
        map.emplace(key, static_cast<std::uint32_t>(keys.size() - 1));
        index.insert(key, static_cast<std::uint32_t>(keys.size() - 1));
      }
      for (std::uint64_t other = key % 4; other < 2000; other += 4) {
        ASSERT_TRUE(is_as_in_map(other)) << other;
      }
    }
  }
}

}  // namespace PH_FILE
}  // namespace ph
