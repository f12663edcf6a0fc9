// Files are copied and read beside the loop's thread, which goes on meanwhile.
#include "app/process/file_desk.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "platform/sys/clock.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

// Opened once; who waits longer than a test may take goes on all the same.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(5), [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_{false};
};

// A disk on which each part of a blob takes as long as the test wants.
class SlowWriter final : public BlobWriter {
 public:
  SlowWriter(std::unique_ptr<BlobWriter> writer, Gate& gate)
      : writer_(std::move(writer)), gate_(gate) {}
  void write(Bytes part) override {
    gate_.pass();
    writer_->write(part);
  }
  [[nodiscard]] std::uint64_t size() const override { return writer_->size(); }
  [[nodiscard]] Blob content() override { return writer_->content(); }
  [[nodiscard]] Digest finish() override { return writer_->finish(); }

 private:
  std::unique_ptr<BlobWriter> writer_;
  Gate& gate_;
};

class SlowBlobs final : public BlobStore {
 public:
  SlowBlobs(BlobStore& blobs, Gate& gate) : blobs_(blobs), gate_(gate) {}
  [[nodiscard]] std::unique_ptr<BlobWriter> create() override {
    return std::make_unique<SlowWriter>(blobs_.create(), gate_);
  }
  [[nodiscard]] std::optional<Blob> get(const Digest& address, bool verify) override {
    return blobs_.get(address, verify);
  }

 private:
  BlobStore& blobs_;
  Gate& gate_;
};

class FileDeskTest : public testing::Test {
 protected:
  void drop(const std::string& name, const std::string& text) const {
    const fs::path part = folder() / (name + ".part");
    std::ofstream(part, std::ios::binary) << text;
    fs::rename(part, folder() / name);
  }
  [[nodiscard]] fs::path folder() const { return fs::path(scratch_.path()) / "inbox"; }
  // How long one turn of the loop took.
  std::chrono::milliseconds turn(FileDesk& desk) {
    const auto began = Steady::now();
    (void)desk.turn([this] { return state_; }, steady_ms_ += 200);
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - began);
  }
  void turn_until_decided(FileDesk& desk, std::size_t count) {
    const auto until = Steady::now() + std::chrono::seconds(20);
    while (decided_.size() < count && Steady::now() < until) {
      (void)turn(desk);
    }
  }
  FileDesk::Owner owner() {
    return {.early = [](const PreparedFile&) { return std::optional<IntakeAnswer>(); },
            .rules =
                [this] {
                  while_read_();
                  return std::shared_ptr<const RuleBook>();
                },
            .decide =
                [this](PreparedFile& file) {
                  decided_.push_back(file.name);
                  taken_.push_back(file.blob);
                  return IntakeAnswer{.verdict = verdict_};
                }};
  }

  test::Scratch scratch_;
  MemoryDisk disk_;
  Storage storage_ = open_memory_storage(disk_);
  Gate gate_;
  SlowBlobs blobs_{*storage_.blobs, gate_};
  ManualClock clock_{BusinessTime()};
  Log log_{{.file = scratch_ / "log"}, clock_};
  Metrics metrics_;
  FileDesk::State state_{};
  std::int64_t steady_ms_{0};
  IntakeVerdict verdict_{IntakeVerdict::kAccepted};
  std::vector<std::string> decided_;
  std::vector<Digest> taken_;
  std::function<void()> while_read_ = [] {};  // called when a file has begun to be read
};

// A huge file would hold the loop up for minutes; the service manager ends a process like that.
TEST_F(FileDeskTest, TheLoopTurnsWhileAFileIsCopied) {
  FileDesk desk(folder(), blobs_, owner(), log_, metrics_);
  drop("day.csv", "POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1\nEND,0,0,0\n");
  for (int n = 0; n < 20; ++n) {
    EXPECT_LT(turn(desk), std::chrono::milliseconds(1'000));
    EXPECT_FALSE(desk.is_read(state_));
  }
  EXPECT_TRUE(decided_.empty());
  gate_.open();
  turn_until_decided(desk, 1);
  EXPECT_EQ(decided_, std::vector<std::string>{"day.csv"});
  EXPECT_TRUE(fs::exists(folder() / "accepted" / "day.csv"));
}

TEST_F(FileDeskTest, AStopDoesNotWaitForTheWholeFile) {
  auto desk = std::make_unique<FileDesk>(folder(), blobs_, owner(), log_, metrics_);
  drop("day.csv", std::string(3U << 20U, 'x'));  // Three parts.
  (void)turn(*desk);
  std::thread opens([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    gate_.open();
  });
  desk.reset();
  opens.join();
  EXPECT_EQ(disk_.blobs(), 0U);
  EXPECT_EQ(disk_.leftovers(), 0U);
}

TEST_F(FileDeskTest, WhatWaitsIsNotCopiedAgain) {
  gate_.open();
  verdict_ = IntakeVerdict::kWaiting;
  FileDesk desk(folder(), blobs_, owner(), log_, metrics_);
  for (const char* name : {"a.csv", "b.csv", "c.csv"}) {
    drop(name, std::string(name) + "\n");
  }
  turn_until_decided(desk, 3);
  EXPECT_EQ(decided_, (std::vector<std::string>{"a.csv", "b.csv", "c.csv"}));
  EXPECT_EQ(desk.inbox().waiting().size(), 3U);
  for (int n = 0; n < 10; ++n) {
    (void)turn(desk);
  }
  EXPECT_TRUE(desk.is_read(state_));
  EXPECT_EQ(decided_.size(), 3U);
  const std::uint64_t steps = disk_.steps();
  ++state_.block;  // Something has come that they may have waited for.
  verdict_ = IntakeVerdict::kAccepted;
  turn_until_decided(desk, 6);
  EXPECT_EQ(decided_.size(), 6U);
  EXPECT_EQ(disk_.steps(), steps);
}

TEST_F(FileDeskTest, WhatIsTakenBackBeforeTheDecisionIsNotTaken) {
  gate_.open();
  FileDesk desk(folder(), blobs_, owner(), log_, metrics_);
  while_read_ = [this] { fs::remove(folder() / "wrong.csv"); };
  drop("wrong.csv", "POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1\nEND,0,0,0\n");
  for (int n = 0; n < 50 || !desk.is_read(state_); ++n) {
    (void)turn(desk);
  }
  EXPECT_TRUE(decided_.empty());
  EXPECT_FALSE(fs::exists(folder() / "accepted" / "wrong.csv.report.txt"));
  // One that waits.
  while_read_ = [] {};
  verdict_ = IntakeVerdict::kWaiting;
  drop("early.csv", "POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-02,2\nEND,0,0,0\n");
  turn_until_decided(desk, 1);
  fs::remove(folder() / "early.csv");
  verdict_ = IntakeVerdict::kAccepted;
  ++state_.block;  // What it waited for has come.
  for (int n = 0; n < 50 || !desk.is_read(state_); ++n) {
    (void)turn(desk);
  }
  EXPECT_EQ(decided_, std::vector<std::string>{"early.csv"});
  EXPECT_TRUE(desk.inbox().waiting().empty());
  EXPECT_FALSE(fs::exists(folder() / "accepted" / "early.csv.report.txt"));
}

TEST_F(FileDeskTest, WhatTookItsPlaceWhileItWasReadIsDecidedInItsStead) {
  gate_.open();
  FileDesk desk(folder(), blobs_, owner(), log_, metrics_);
  const std::string right = "POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1\nEND,0,0,0\n";
  bool dropped = false;
  while_read_ = [&] {
    if (!std::exchange(dropped, true)) {
      drop("day.csv", right);
    }
  };
  drop("day.csv", "wrong\n");
  turn_until_decided(desk, 1);
  EXPECT_EQ(decided_, std::vector<std::string>{"day.csv"});
  EXPECT_EQ(taken_, std::vector<Digest>{sha256(as_bytes(right))});
}

// A node that catches up on a year of days would else wait a tenth of a second for each.
TEST_F(FileDeskTest, WhatWaitsIsLookedAtAtOnceWhenToldTo) {
  gate_.open();
  verdict_ = IntakeVerdict::kWaiting;
  FileDesk desk(folder(), blobs_, owner(), log_, metrics_);
  drop("day.csv", "day\n");
  turn_until_decided(desk, 1);
  for (int n = 0; n < 10; ++n) {
    (void)turn(desk);
  }
  ASSERT_TRUE(desk.is_read(state_));
  ++state_.block;
  verdict_ = IntakeVerdict::kAccepted;
  const auto turn_now = [&] { return desk.turn([this] { return state_; }, steady_ms_); };
  for (int n = 0; n < 10; ++n) {
    EXPECT_FALSE(turn_now());  // The folder was listed this very millisecond.
  }
  EXPECT_EQ(decided_.size(), 1U);
  desk.look_again();
  const auto until = Steady::now() + std::chrono::seconds(20);
  while (decided_.size() < 2 && Steady::now() < until) {
    (void)turn_now();
  }
  EXPECT_EQ(decided_.size(), 2U);
  EXPECT_TRUE(fs::exists(folder() / "accepted" / "day.csv"));
}

}  // namespace PH_FILE
}  // namespace ph
