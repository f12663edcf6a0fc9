// Business time comes from one place, moves forwards alone, and counts what its source did wrong.
#include "platform/sys/clock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "platform/sys/config.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

BusinessTime at(const std::string& text) {
  const auto time = BusinessTime::parse(text);
  EXPECT_TRUE(time.has_value()) << text;
  return time.value_or(BusinessTime());
}

class FileClocks : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ph-clock-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    file_ = directory_ / "now";
  }
  void TearDown() override { fs::remove_all(directory_); }

  void write(const std::string& text) const {
    std::ofstream out(file_, std::ios::binary | std::ios::trunc);
    out << text;
  }
  // As the documentation tells people to.
  void replace(const std::string& text) const {
    const fs::path other = directory_ / "next";
    std::ofstream(other, std::ios::binary | std::ios::trunc) << text << "\n";
    fs::rename(other, file_);
  }

  fs::path directory_;
  fs::path file_;
};

TEST_F(FileClocks, AdvanceWhenTheFileIsReplaced) {
  replace("2026-03-05T06:00:00+08:00");
  const FileClock clock(file_);
  EXPECT_EQ(clock.now().text(), "2026-03-05T06:00:00+08:00");
  replace("2026-03-05T06:00:01+08:00");
  EXPECT_EQ(clock.now().text(), "2026-03-05T06:00:01+08:00");
  replace("2026-04-01T00:00:00+08:00");
  EXPECT_EQ(clock.now().text(), "2026-04-01T00:00:00+08:00");
  EXPECT_EQ(clock.faults(), 0U);
}

TEST_F(FileClocks, SeeEveryChangeInPlaceHoweverQuick) {
  write("2026-03-05T06:00:00+08:00\n");
  const FileClock clock(file_);
  BusinessTime time = clock.now();
  for (int i = 0; i < 500; ++i) {  // Many within one tick of the file's stamps, all of one size.
    time = time.plus_seconds(1);
    write(time.text() + "\n");
    ASSERT_EQ(clock.now(), time) << "change " << i;
  }
  EXPECT_EQ(clock.faults(), 0U);
}

TEST_F(FileClocks, SeeAChangeAfterALongRest) {
  replace("2026-03-05T06:00:00+08:00");
  const FileClock clock(file_);
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  write("2026-03-05T07:00:00+08:00\n");
  EXPECT_EQ(clock.now(), at("2026-03-05T07:00:00+08:00"));
}

TEST_F(FileClocks, StandStillWhenTheFileGoesBackAndCountItOnce) {
  replace("2026-03-05T06:00:00+08:00");
  const FileClock clock(file_);
  replace("2026-03-05T05:59:59+08:00");
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  EXPECT_EQ(clock.faults(), 1U);
  replace("2026-03-05T06:00:02+08:00");
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:02+08:00"));
  EXPECT_EQ(clock.faults(), 1U);
}

TEST_F(FileClocks, StandStillWhenTheFileSaysNoTimeOrIsGone) {
  replace("2026-03-05T06:00:00+08:00");
  const FileClock clock(file_);
  std::uint64_t faults = 0;
  for (const std::string bad : {"", "now", "2026-02-30T06:00:00+08:00", "2026-03-06T06:00:00Z",
                                "2026-03-06T06:00:00+08:00\n2026-03-07T06:00:00+08:00"}) {
    replace(bad);
    EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00")) << bad;
    EXPECT_EQ(clock.faults(), ++faults) << bad;
  }
  fs::remove(file_);
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  EXPECT_EQ(clock.faults(), ++faults);
  replace("2026-03-06T06:00:00+08:00");
  EXPECT_EQ(clock.now(), at("2026-03-06T06:00:00+08:00"));
}

TEST_F(FileClocks, AreNotMadeWithoutATime) {
  EXPECT_THROW(FileClock{file_}, std::runtime_error);
  write("soon\n");
  EXPECT_THROW(FileClock{file_}, std::runtime_error);
  write("2026-03-05T06:00:00+08:00");  // An editor may have left the last newline away.
  EXPECT_NO_THROW(FileClock{file_});
}

TEST_F(FileClocks, NeverGoBackForAnyThread) {
  replace("2026-03-05T06:00:00+08:00");
  const FileClock clock(file_);
  std::vector<std::thread> threads;
  std::atomic<bool> stop{};
  std::atomic<int> backwards{};
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      BusinessTime before = clock.now();
      while (!stop) {
        const BusinessTime now = clock.now();
        if (now < before) ++backwards;
        before = now;
      }
    });
  }
  BusinessTime time = clock.now();
  for (int i = 0; i < 200; ++i) {
    time = time.plus_seconds(60);
    replace((i % 10 == 9 ? time.plus_seconds(-3'600) : time).text());
  }
  stop = true;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(backwards, 0);
}

TEST_F(FileClocks, AreWhatTheSettingsAskFor) {
  replace("2026-03-05T06:00:00+08:00");
  ConfigSchema schema("A test.");
  ClockOptions options;
  declare_clock(schema, options);
  EXPECT_TRUE(schema.load_text("[clock]\nfile = \"now\"\n", "t.toml", directory_).empty());
  EXPECT_EQ(make_clock(options)->now(), at("2026-03-05T06:00:00+08:00"));
  EXPECT_TRUE(schema.load_text("", "t.toml", directory_).empty());
  EXPECT_GT(make_clock(options)->now(),
            at("2026-03-05T06:00:00+08:00").plus_seconds(-400 * 86'400));
}

TEST(SystemClocks, SayTheTimeOfTheMachineInBeijing) {
  const SystemClock clock;
  const std::int64_t before = ::time(nullptr);
  const BusinessTime now = clock.now();
  const std::int64_t after = ::time(nullptr);
  EXPECT_EQ(at("2000-01-01T08:00:00+08:00").seconds(), 8 * 3'600);
  EXPECT_GE(now.seconds() + 946'684'800 - 8 * 3'600, before - 1);
  EXPECT_LE(now.seconds() + 946'684'800 - 8 * 3'600, after);
  EXPECT_EQ(clock.faults(), 0U);
}

TEST(SystemClocks, CountSteadyMilliseconds) {
  const SystemClock clock;
  const std::int64_t start = clock.steady_ms();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(clock.steady_ms() - start, 20);
}

TEST(ManualClocks, MoveWhenTheyAreMoved) {
  ManualClock clock(at("2026-03-05T06:00:00+08:00"));
  EXPECT_EQ(clock.steady_ms(), 0);
  clock.advance_ms(600);
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:00+08:00"));
  clock.advance_ms(600);
  EXPECT_EQ(clock.now(), at("2026-03-05T06:00:01+08:00"));
  EXPECT_EQ(clock.steady_ms(), 1'200);
  clock.set(at("2026-03-06T00:00:00+08:00"));
  EXPECT_EQ(clock.now().date().text(), "2026-03-06");
  EXPECT_EQ(clock.steady_ms(), 1'200);
}

TEST(ManualClocksDeathTest, DontGoBack) {
  ManualClock clock(at("2026-03-05T06:00:00+08:00"));
  EXPECT_DEATH(clock.set(at("2026-03-05T05:59:59+08:00")), "backwards");
}

}  // namespace PH_FILE
}  // namespace ph
