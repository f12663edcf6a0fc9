// The snapshot of a home: the bytes of docs/journal.md, section 3; whatever was damaged gives no
// home, or one that stays within its tables.
#include <gtest/gtest.h>

#include "core/home/loader.h"
#include "core/types/bytes.h"
#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCat = member_of(3);

// Something in every table.
Node busy() {
  Node node;
  node.opened({.members = {kCat},
               .lots = {opening_lot_of(1, kAnn, 50, kDay.plus_days(30)),
                        opening_lot_of(2, kAnn, 60, kDay.plus_days(40)),
                        opening_lot_of(3, kBob, 70, kDay.plus_days(20))},
               .debts = {{.member = kBob, .issuer = kP2, .points = 5},
                         {.member = kBob, .issuer = kP1, .points = 6}}});
  node.take(
      kDay,
      {bill(kAnn, month_of(2007, 3), 12'300), redeem(kAnn, 80), hold(kAnn, 30, kDay.plus_days(3)),
       hold(kBob, 7, kDay.plus_days(2)), accrual(id_of(kAir, kDay, "a-1"), kBob, 9),
       move_in(member_of(9, kP2), kP2,
               {lot_row(opening_lot(7, kP2), month_of(2006, 12), kDay.plus_days(9), 50, 40)})});
  node.take(kDay.plus_days(1),
            {delivery(member_of(4, kP3), kP3, 11), capture(own_id(kDay, 3), 10, false),
             refund(own_id(kDay, 2), kAnn, 3)});
  return node;
}

TEST(Snapshot, IsTheSameAfterItWasLoaded) {
  const Node node = busy();
  const std::vector<std::byte> saved = saved_bytes(node.home());
  const std::optional<Home> loaded = loaded_home(saved);
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(saved_bytes(*loaded), saved);
  EXPECT_EQ(loaded->last_sequence(), 2U);
  EXPECT_EQ(loaded->province(), kP1);
  EXPECT_EQ(loaded->balance(kAnn, kDay), node.home().balance(kAnn, kDay));
  EXPECT_EQ(loaded->balance(kBob, kDay), node.home().balance(kBob, kDay));
  EXPECT_EQ(loaded->lots(kAnn), node.home().lots(kAnn));
}

TEST(Snapshot, OfAnEmptyHomeIsItsHeader) {
  const std::vector<std::byte> saved = saved_bytes(Home(kP2));
  std::vector<std::byte> expected(96);
  const std::string_view head("PHH1\x01\x00\x02\x00", 8);
  std::memcpy(expected.data(), head.data(), head.size());
  EXPECT_EQ(saved, expected);
  EXPECT_TRUE(loaded_home(saved).has_value());
}

TEST(Snapshot, HasTheDocumentedBytes) {
  Home home(kP1);
  home.open({.province = kP1, .lots = {opening_lot_of(2, kAnn, 60, BusinessDate(0x0A0B))}});
  const std::vector<std::byte> saved = saved_bytes(home);
  ASSERT_EQ(saved.size(), 96U + 16U + 24U);
  ByteReader reader(saved);
  (void)reader.get_raw(8);
  EXPECT_EQ(reader.get<std::uint64_t>(), 1U);  // members
  EXPECT_EQ(reader.get<std::uint64_t>(), 1U);  // lots
  (void)reader.get_raw(96 - 24);
  EXPECT_EQ(reader.get<std::uint64_t>(), kAnn.number());
  EXPECT_EQ(reader.get<std::uint32_t>(), 0U);       // first lot
  EXPECT_EQ(reader.get<std::uint16_t>(), 0x0A0BU);  // first expiry
  EXPECT_EQ(reader.get<std::uint16_t>(), 0U);       // state, flags
  const std::uint64_t lot = opening_lot(2).packed();
  EXPECT_EQ(reader.get<std::uint64_t>(), 3ULL << 62U | 1ULL << 59U | 1ULL << 55U | lot);
  EXPECT_EQ(reader.get<std::uint64_t>(),
            0x0A0BULL << 48U | std::uint64_t{month_of(2006, 12).count()} << 37U | 60U);
  EXPECT_EQ(reader.get<std::uint64_t>(), ((1ULL << 27U) - 1) << 37U | 60U);
  EXPECT_TRUE(reader.done());
}

TEST(Snapshot, ArrivesInPartsOfAnySize) {
  const std::vector<std::byte> saved = saved_bytes(busy().home());
  for (std::size_t size = 1; size < 60; ++size) {
    HomeLoader loader;
    for (Bytes rest = saved; !rest.empty();) {
      const std::size_t part = std::min(size, rest.size());
      EXPECT_TRUE(loader.take(rest.first(part)).empty());
      rest = rest.subspan(part);
    }
    const std::optional<Home> loaded = loader.finish();
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(saved_bytes(*loaded), saved);
  }
}

TEST(Snapshot, LeavesWhatLiesBehindIt) {
  std::vector<std::byte> saved = saved_bytes(busy().home());
  saved.resize(saved.size() + 5);
  HomeLoader loader;
  EXPECT_EQ(loader.take(saved).size(), 5U);
  EXPECT_EQ(loader.take(as_bytes("more")).size(), 4U);
  EXPECT_TRUE(loader.finish().has_value());
}

TEST(Snapshot, ThatBreaksOffGivesNoHome) {
  const std::vector<std::byte> saved = saved_bytes(busy().home());
  for (std::size_t size = 0; size < saved.size(); ++size) {
    EXPECT_FALSE(loaded_home(Bytes(saved).first(size)).has_value()) << size;
  }
}

TEST(Snapshot, OfAnotherLayoutGivesNoHome) {
  for (const std::size_t at : {0U, 3U, 4U, 5U}) {
    std::vector<std::byte> saved = saved_bytes(busy().home());
    saved[at] ^= std::byte{2};
    EXPECT_FALSE(loaded_home(saved).has_value());
  }
}

// What a loaded home does with its tables, right or not: whoever reaches beyond them is found by
// the sanitizers.
TEST(Snapshot, WithAnyByteChangedNeverReachesBeyondItsTables) {
  const std::vector<std::byte> saved = saved_bytes(busy().home());
  std::size_t loaded_count = 0;
  for (std::size_t at = 0; at < saved.size(); ++at) {
    // One of four changes in turn: all four at each byte take minutes under a sanitizer.
    constexpr unsigned kFlips[] = {0x01U, 0x10U, 0x80U, 0xFFU};
    const unsigned flip = kFlips[at % 4];
    std::vector<std::byte> damaged = saved;
    damaged[at] ^= static_cast<std::byte>(flip);
    const std::optional<Home> loaded = loaded_home(damaged);
    if (loaded) {
      ++loaded_count;
      EXPECT_EQ(saved_bytes(*loaded), damaged);
      for (const Member member : {kAnn, kBob, kCat, member_of(9, kP2)}) {
        (void)loaded->balance(member, kDay);
        (void)loaded->lots(member);
      }
    }
  }
  EXPECT_LT(loaded_count, saved.size());
}

TEST(Snapshot, WithALoopOfLotsGivesNoHome) {
  Home home(kP1);
  home.open({.province = kP1,
             .lots = {opening_lot_of(1, kAnn, 60, kDay), opening_lot_of(2, kAnn, 60, kDay)}});
  std::vector<std::byte> saved = saved_bytes(home);
  const std::size_t second = 96 + 16 + 24;
  for (const std::size_t byte : {0U, 8U, 16U, 20U}) {
    ASSERT_LT(second + byte, saved.size());
  }
  // The second lot's next becomes the first: bits 62 and 63 of its first word, 37 and up of its
  // third.
  saved[second + 7] &= std::byte{0x3F};
  saved[second + 20] &= std::byte{0x1F};
  saved[second + 21] = saved[second + 22] = saved[second + 23] = std::byte{0};
  EXPECT_FALSE(loaded_home(saved).has_value());
}

TEST(SnapshotDeathTest, IsTakenBetweenDaysAlone) {
  Home home(kP1);
  const DayFile file{.sender = kP1, .date = kDay, .sequence = 1};
  home.begin_day(file);
  EXPECT_DEATH(saved_bytes(home), "between its days");
}

}  // namespace PH_FILE
}  // namespace ph::test
