#include "platform/journal/since_snapshot.h"

#include <gtest/gtest.h>

namespace ph {
namespace PH_FILE {

TEST(SinceSnapshot, BlocksCountAndRowsCount) {
  SinceSnapshot since;
  since.taken(10);
  EXPECT_FALSE(since.due(19, 10, 1'000));
  EXPECT_TRUE(since.due(20, 10, 1'000));
  since.count(11, 999);
  EXPECT_FALSE(since.due(11, 10, 1'000));
  since.count(12, 1);
  EXPECT_TRUE(since.due(12, 10, 1'000));
  since.taken(11);  // Of a moment before the last one.
  EXPECT_EQ(since.block(), 11U);
  EXPECT_FALSE(since.due(12, 10, 1'000));
  EXPECT_TRUE(since.due(12, 10, 1));
}

TEST(SinceSnapshot, LiveCommandsCountEachAndTheirBlocksDoNot) {
  SinceSnapshot since;
  for (std::uint64_t block = 1; block <= 30'000; ++block) {
    since.count_live(block);
    since.count_live(block);
  }
  EXPECT_FALSE(since.due(30'009, 10, 60'001));
  EXPECT_TRUE(since.due(30'010, 10, 60'001));
  EXPECT_TRUE(since.due(30'000, 10, 60'000));
  since.taken(15'000);
  EXPECT_FALSE(since.due(30'000, 10, 45'000));  // What is counted together goes together.
  EXPECT_TRUE(since.due(30'000, 10, 30'000));
  since.taken(30'000);
  EXPECT_FALSE(since.due(30'009, 10, 1));
}

}  // namespace PH_FILE
}  // namespace ph
