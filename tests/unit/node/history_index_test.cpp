// Records of a day's batch, of a month, and files that aren't what they should be.
#include "core/batch/history_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <random>

#include "tests/unit/node/history_world.h"

namespace ph {
namespace PH_FILE {

using namespace history;  // NOLINT(google-build-using-namespace)

const BusinessDate kDay = BusinessDate::of(2026, 3, 5);

TEST(HistoryIndex, HasEachLineOfAMemberByEntryThenPlace) {
  World world;
  World::Records records;
  records.movements = {earn(who(2), 1, 10, kDay), earn(who(1), 7, 20, kDay),
                       earn(who(1), 2, 30, kDay)};
  const auto taken = [](std::uint32_t entry) {
    return slice_of(lot_of(kDay, entry), Account::kRedeemed, -5);
  };
  // By id B is behind A, though its entry comes first.
  world.redeem(records, who(1), 4, "B", {taken(1)}, kDay);
  world.redeem(records, who(1), 5, "A", {taken(7), taken(2)}, kDay);
  world.add(kDay, records);
  const auto all = history_records(world.batch(0));
  ASSERT_EQ(all.size(), 5U);
  std::vector<std::uint32_t> places;
  for (const HistoryRecord& record : all) {
    EXPECT_EQ(record.day(), kDay);
    if (record.member() == who(1)) places.push_back(record.place);
  }
  // Movements by entry: 2's first, then 1's of entries 2 and 7; items A (3) and B (4).
  EXPECT_EQ(places, (std::vector<std::uint32_t>{1, 4, 3, 2}));
  for (const HistoryRecord& record : all) {
    EXPECT_EQ(record.slice, record.place == 4 ? 2U : 0U) << record.place;
  }
}

TEST(HistoryIndex, HasNoLineOfWhatWasGivenToOtherHomesMembers) {
  World world;
  World::Records records;
  std::uint32_t entry = 0;
  for (const Kind kind : {Kind::kDelivery, Kind::kDeliveryRefund, Kind::kMoveIn, Kind::kRefund}) {
    records.items.push_back({.kind = kind,
                             .member = who(1),
                             .id = id_of(kDay, "X"),
                             .entry = ++entry,
                             .slice_count = 1});
    records.slices.push_back(slice_of(lot_of(kDay, entry), Account::kMoved, 1));
  }
  world.add(kDay, records);
  const auto batch = world.batch(0);
  const auto lines = history_records(batch);
  ASSERT_EQ(lines.size(), 2U);
  for (const HistoryRecord& record : lines) {
    EXPECT_TRUE(is_history_item(batch.items[record.place].kind));
    EXPECT_EQ(record.slice, record.place) << "slices of other items count, too";
  }
}

TEST(HistoryIndex, OfADayWithoutLinesIsAFileWithoutRecords) {
  World world;
  world.add(kDay, {});
  const auto bytes = file_of(history_records(world.batch(0)), kDay, kDay);
  EXPECT_EQ(bytes.size(), 128U);
  const auto file = opened(bytes);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->of(who(1)).empty());
}

TEST(HistoryIndex, FindsAllRecordsOfAMemberAndNoOthers) {
  World world;
  world.earned(kDay, {who(3), who(1), who(2), who(1), who(3)});
  const auto bytes = file_of(history_records(world.batch(0)), kDay, kDay);
  const auto opened_file = opened(bytes);
  ASSERT_TRUE(opened_file);
  const HistoryFile& view = *opened_file;
  EXPECT_EQ(view.of(who(1)).size(), 2U);
  EXPECT_EQ(view.of(who(2)).size(), 1U);
  EXPECT_EQ(view.of(who(3)).size(), 2U);
  EXPECT_TRUE(view.of(who(4)).empty());
  EXPECT_TRUE(view.of(Member()).empty());
}

TEST(HistoryIndex, FindsEachMemberAmongMany) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (const std::size_t count : {255U, 256U, 257U, 258U, 5'000U}) {
    World world;
    std::vector<Member> members(count);
    for (Member& member : members)
      member = who(1 + random() % 40 * (random() % 40));
    world.earned(kDay, members);
    const auto records = history_records(world.batch(0));
    const auto file = opened(file_of(records, kDay, kDay));
    for (std::uint64_t serial = 1; serial < 1'600; ++serial) {
      std::vector<HistoryRecord> own;
      std::ranges::copy_if(records, std::back_inserter(own),
                           [serial](const auto& record) { return record.member() == who(serial); });
      ASSERT_EQ(file->of(who(serial)), own) << count << ' ' << serial;
    }
  }
}

TEST(HistoryIndex, AMonthHasTheRecordsOfItsDaysByMemberThenDay) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  World world;
  std::vector<std::vector<HistoryRecord>> days;
  std::vector<HistoryRecord> all;
  for (int n = 0; n < 31; ++n) {
    std::vector<Member> members(random() % 40);
    for (Member& member : members)
      member = who(1 + random() % 9);
    world.earned(BusinessDate::of(2026, 3, 1).plus_days(n), members);
    days.push_back(history_records(world.batch(static_cast<std::size_t>(n))));
    all.insert(all.end(), days.back().begin(), days.back().end());
  }
  std::ranges::stable_sort(all, {}, &HistoryRecord::key);
  std::vector<HistoryMerge::Day> parts;
  for (const auto& day : days) {
    parts.emplace_back([&day, at = std::size_t{}]() mutable {
      const auto part = std::span(day).subspan(at, std::min<std::size_t>(day.size() - at, 5));
      at += part.size();
      return part;
    });
  }
  HistoryMerge merge(std::move(parts));
  std::vector<HistoryRecord> merged;
  std::vector<HistoryRecord> part(7);
  for (std::size_t n = merge.next(part); n > 0; n = merge.next(part)) {
    merged.insert(merged.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(n));
  }
  EXPECT_EQ(merged, all);
}

TEST(HistoryIndex, AFileThatIsTornOrAnothersIsNone) {
  World world;
  world.earned(kDay, {who(1), who(2)});
  const auto good = file_of(history_records(world.batch(0)), kDay, kDay);
  ASSERT_TRUE(opened(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(opened({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)})) << size;
  }
  auto longer = good;
  longer.resize(good.size() + sizeof(HistoryRecord));
  EXPECT_FALSE(opened(longer));
  for (std::size_t n = 0; n < sizeof(HistoryHeader); ++n) {
    auto changed = good;
    changed[n] ^= std::byte{1};
    EXPECT_FALSE(opened(changed)) << n;
  }
}

TEST(HistoryIndex, IsTheLayoutOfThePage) {
  World world;
  world.earned(kDay, {who(1)});
  const auto bytes = file_of(history_records(world.batch(0)), kDay, kDay);
  const auto number = [&bytes](std::size_t at, std::size_t size) {
    std::uint64_t out = 0;
    std::memcpy(&out, bytes.data() + at, size);
    return out;
  };
  EXPECT_EQ(number(8, 2), kDay.count());
  EXPECT_EQ(number(12, 4), 1U) << "days";
  EXPECT_EQ(number(16, 8), 1U) << "records";
  EXPECT_EQ(number(128, 2), kDay.count());
  EXPECT_EQ(number(130, 6), who(1).number());
  EXPECT_EQ(number(136, 4), 0U);
}

}  // namespace PH_FILE
}  // namespace ph
