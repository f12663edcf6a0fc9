// Each look-up is on disk within its second, for its owner's eyes alone, and gone after its days.
#include "app/node/look_up_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

const BusinessDate kDay = BusinessDate::of(2026, 3, 5);
const std::string kHead = "time,channel,method,path,member,status\n";

std::string contents(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

LoggedLookUp look_up(int status = 200, BusinessDate date = kDay) {
  return {.time = BusinessTime::of(date, 3'600),
          .channel = status == 401 ? "" : "ivr",
          .method = "GET",
          .path = "/v1/members/{number}/balance",
          .member = Member::make(Participant(1), 1),
          .status = status};
}

std::string line(const std::string& status = "200", const std::string& date = "2026-03-05",
                 const std::string& channel = "ivr") {
  return date + "T01:00:00+08:00," + channel + ",GET,/v1/members/{number}/balance," +
         Member::make(Participant(1), 1).text() + "," + status + "\n";
}

class LookUpLogTest : public ::testing::Test {
 protected:
  LookUpLog::Options options() { return {.folder = folder_, .days = 3, .sync_ms = 20}; }
  template <class Condition>
  static void wait_for(const Condition& condition) {
    for (int n = 0; n < 1'000 && !condition(); ++n) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_TRUE(condition());
  }
  std::string file(const std::string& date = "2026-03-05") {
    return folder_ + "/lookups-" + date + ".csv";
  }

  test::Scratch scratch_;
  std::string folder_ = scratch_ / "lookups";
};

TEST_F(LookUpLogTest, WritesALineForEachWithoutBeingEnded) {
  LookUpLog log(options(), kDay);
  log.add(look_up());
  log.add(look_up(401));
  wait_for([&] { return log.counts().written == 2; });
  EXPECT_EQ(contents(file()), kHead + line() + line("401", "2026-03-05", "-"));
  struct stat info {};
  ASSERT_EQ(::stat(file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0600U);
  ASSERT_EQ(::stat(folder_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0700U);
}

TEST_F(LookUpLogTest, WritesTheRestAtItsEndAndGoesOnBehindIt) {
  for (int n = 0; n < 2; ++n) {
    auto slow = options();
    slow.sync_ms = 600'000;
    LookUpLog log(slow, kDay);
    log.add(look_up());
    log.add({.time = BusinessTime::of(kDay.plus_days(1), 0),
             .channel = "web",
             .method = "GET",
             .path = "/p",
             .status = 400});
  }
  EXPECT_EQ(contents(file()), kHead + line() + line());
  const std::string next = "2026-03-06T00:00:00+08:00,web,GET,/p,,400\n";
  EXPECT_EQ(contents(file("2026-03-06")), kHead + next + next);
}

TEST_F(LookUpLogTest, EndsALineThatWasTornOff) {
  fs::create_directory(folder_);
  std::ofstream(file()) << kHead << "2026-03-05T01:0";
  { LookUpLog(options(), kDay).add(look_up()); }
  EXPECT_EQ(contents(file()), kHead + "2026-03-05T01:0\n" + line());
}

TEST_F(LookUpLogTest, ErasesFilesWhoseDaysAreOverAndNothingElse) {
  fs::create_directory(folder_);
  for (const std::string name :
       {"lookups-2026-03-01.csv", "lookups-2026-03-02.csv", "lookups-2026-03-03.csv",
        "lookups-2026-03-04.csv", "lookups-2026-03.csv", "notes.txt", "lookups-.csv"}) {
    std::ofstream(folder_ + "/" + name) << "x";
  }
  LookUpLog log(options(), kDay);
  wait_for([&] { return !fs::exists(file("2026-03-02")); });
  EXPECT_FALSE(fs::exists(file("2026-03-01")));
  EXPECT_TRUE(fs::exists(file("2026-03-03")));
  log.set_today(kDay.plus_days(1));
  wait_for([&] { return !fs::exists(file("2026-03-03")); });
  EXPECT_TRUE(fs::exists(file("2026-03-04")));
  EXPECT_TRUE(fs::exists(folder_ + "/lookups-2026-03.csv"));
  EXPECT_TRUE(fs::exists(folder_ + "/notes.txt"));
}

TEST_F(LookUpLogTest, KeepsWhatCannotBeWrittenAndLosesItOnlyBeyondItsRoom) {
  fs::create_directories(file());  // Where the day's file has to be.
  auto small = options();
  small.buffer_bytes_max = 2 * line().size();
  LookUpLog log(small, kDay);
  for (int n = 0; n < 5; ++n) {
    log.add(look_up());
  }
  wait_for([&] { return !log.fault().empty(); });
  EXPECT_EQ(log.counts().lost, 3U);
  EXPECT_EQ(log.counts().written, 0U);
  fs::remove(file());
  wait_for([&] { return log.counts().written == 2; });
  EXPECT_EQ(contents(file()), kHead + line() + line());
  wait_for([&] { return log.fault().empty(); });
  log.add(look_up());
  wait_for([&] { return log.counts().written == 3; });
}

TEST_F(LookUpLogTest, WritesSoManyRefusalsOfASecondAndCountsTheRest) {
  auto few = options();
  few.refusals_per_second_max = 2;
  LookUpLog log(few, kDay);
  for (int n = 0; n < 4; ++n) {
    log.add(look_up(401));
    log.add(look_up(413));
    log.add(look_up(429));
    log.add(look_up());
    log.add(look_up(404));
  }
  wait_for([&] { return log.counts().written == 10; });
  EXPECT_EQ(log.counts().left_out, 10U);
}

}  // namespace PH_FILE
}  // namespace ph
