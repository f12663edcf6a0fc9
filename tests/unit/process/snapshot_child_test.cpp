// A child that hangs is ended, and its parent goes on.
#include "app/process/snapshot_child.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using Clock = std::chrono::steady_clock;

std::optional<SnapshotChild::Ended> wait_for_end(SnapshotChild& child, std::int64_t steady_ms) {
  const auto until = Clock::now() + std::chrono::seconds(20);
  while (Clock::now() < until) {
    if (auto ended = child.poll(steady_ms)) {
      return ended;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return std::nullopt;
}

TEST(SnapshotChild, ThatHangsIsKilledWhenItsTimeIsOver) {
  const test::Scratch scratch;
  SnapshotChild child("lmdb:" + scratch.path(), 1'000);
  child.begin(7, 50, [](SnapshotStore&) {
    while (true) {
      ::pause();
    }
  });
  EXPECT_FALSE(child.may_begin(1'049));
  EXPECT_FALSE(child.poll(1'049).has_value());
  const auto ended = wait_for_end(child, 1'050);
  ASSERT_TRUE(ended.has_value());
  EXPECT_FALSE(ended->good);
  EXPECT_EQ(ended->block, 7U);
  EXPECT_FALSE(child.may_begin(1'050));  // Not at once again.
  EXPECT_TRUE(child.may_begin(1'050 + 60'000));
}

TEST(SnapshotChild, ThatWritesHasAllTheTimeItNeeds) {
  const test::Scratch scratch;
  SnapshotChild child("lmdb:" + scratch.path(), 1'000);
  child.begin(1, 0, [](SnapshotStore& snapshots) {
    snapshots.put_pages(1, 1, [](const SnapshotStore::Sink& sink) { sink({}); });
  });
  const auto ended = wait_for_end(child, 999);
  ASSERT_TRUE(ended.has_value());
  EXPECT_TRUE(ended->good);
  EXPECT_EQ(open_snapshots("lmdb:" + scratch.path())->list(1), std::vector<std::uint64_t>{1});
}

}  // namespace PH_FILE
}  // namespace ph
