// A named point kills the process at the passage that was asked for, and only then.
#include "platform/sys/kill_points.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace ph {
namespace PH_FILE {

void pass_both() {
  kill_point<"test_first">();
  kill_point<"test_second">();
}

TEST(KillPoints, AreKnownByName) {
  const std::vector<std::string> names = kill_point_names();
  EXPECT_TRUE(std::binary_search(names.begin(), names.end(), "test_first"));
  EXPECT_TRUE(std::binary_search(names.begin(), names.end(), "test_second"));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(KillPoints, AreOffByThemselves) {
  for (int i = 0; i < 1'000; ++i)
    pass_both();
}

TEST(KillPointsDeathTest, KillAtThePassageAskedFor) {
  EXPECT_EXIT(
      {
        kKillPoint<"test_second">.arm(3);
        pass_both();
        pass_both();
        kill_point<"test_first">();
        kill_point<"test_second">();
        std::_Exit(0);
      },
      testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(
      {
        kKillPoint<"test_second">.arm(4);
        for (int i = 0; i < 3; ++i)
          pass_both();
        std::_Exit(0);
      },
      testing::ExitedWithCode(0), "");
}

TEST(KillPoints, TellWhatIsWrongInTheEnvironment) {
  const auto fault = [](const char* value) {
    ::setenv("PH_KILL_AT", value, 1);
    const std::string text = kill_point_fault();
    ::unsetenv("PH_KILL_AT");
    return text;
  };
  EXPECT_EQ(kill_point_fault(), "");
  EXPECT_EQ(fault("test_first"), "");
  EXPECT_EQ(fault("test_first:12"), "");
  EXPECT_NE(fault("test_third").find("test_first"), std::string::npos);
  for (const char* bad : {"test_first:", "test_first:0", "test_first:x", "test_first:1x",
                          "test_first:-1", "test_first:99999999999"}) {
    EXPECT_NE(fault(bad), "") << bad;
  }
}

}  // namespace PH_FILE
}  // namespace ph
