// What lies in an inbox is read as it was, and nothing that lies there is passed over in silence.
#include "platform/intake/inbox.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "platform/journal/memory.h"
#include "tests/support/child.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

class InboxTest : public testing::Test {
 protected:
  [[nodiscard]] fs::path file(const std::string& name) const { return folder() / name; }
  [[nodiscard]] fs::path folder() const { return fs::path(scratch_.path()) / "inbox"; }
  void drop(const std::string& name, const std::string& text) const {
    const fs::path part = file(name + ".part");
    std::ofstream(part, std::ios::binary) << text;
    fs::rename(part, file(name));
  }

  // What lies there, once the second thread has copied what is new.
  std::vector<Inbox::Dropped> list(Inbox& inbox) {
    for (const Inbox::Dropped& dropped : inbox.list()) {
      if (!dropped.staged) {
        inbox.keep(Inbox::copy(folder(), dropped.name, *storage_.blobs, stop_).value());
      }
    }
    return inbox.list();
  }

  std::atomic<bool> stop_{false};
  test::Scratch scratch_;
  MemoryDisk disk_;
  Storage storage_ = open_memory_storage(disk_);
};

TEST_F(InboxTest, WhatTookTheFilesPlaceWhileItWasReadIsReadNext) {
  Inbox inbox(folder());
  drop("day.csv", "the first\n");
  const auto first = list(inbox);
  ASSERT_EQ(first.size(), 1U);
  drop("day.csv", "the right one\n");
  inbox.settle(*first[0].staged, {.verdict = IntakeVerdict::kRefused});
  EXPECT_TRUE(fs::exists(file("refused/day.csv.report.json")));
  EXPECT_FALSE(fs::exists(file("refused/day.csv")));
  ASSERT_EQ(inbox.list().size(), 1U);
  EXPECT_FALSE(inbox.list()[0].staged);
  const auto second = list(inbox);
  EXPECT_NE(second[0].staged->blob, first[0].staged->blob);
  inbox.settle(*second[0].staged, {.verdict = IntakeVerdict::kAccepted});
  EXPECT_TRUE(fs::exists(file("accepted/day.csv")));
  EXPECT_TRUE(inbox.list().empty());
}

// Who may drop files there is the operator's business: a group's right, or an access list.
TEST_F(InboxTest, MakesItsFoldersForItsOwnerAlone) {
  const Inbox inbox(folder());
  for (const fs::path& made : {folder(), file("accepted"), file("refused")}) {
    EXPECT_EQ(fs::status(made).permissions(), fs::perms::owner_all) << made;
  }
  fs::permissions(folder(), fs::perms::owner_all | fs::perms::group_all);
  const Inbox again(folder());
  EXPECT_EQ(fs::status(folder()).permissions(), fs::perms::owner_all | fs::perms::group_all);
}

TEST_F(InboxTest, ACopyThatIsToldToStopLeavesNothing) {
  Inbox inbox(folder());
  drop("day.csv", "text\n");
  stop_ = true;
  EXPECT_FALSE(Inbox::copy(folder(), "day.csv", *storage_.blobs, stop_));
  EXPECT_FALSE(Inbox::copy(folder(), "none.csv", *storage_.blobs, stop_));
  EXPECT_EQ(disk_.blobs(), 0U);
  EXPECT_EQ(disk_.leftovers(), 0U);
}

TEST_F(InboxTest, AFileThatWasTakenAwayWhileItWasReadIsNoFailure) {
  Inbox inbox(folder());
  drop("day.csv", "text\n");
  const auto listed = list(inbox);
  fs::remove(file("day.csv"));
  inbox.settle(*listed[0].staged, {.verdict = IntakeVerdict::kAccepted});
  EXPECT_TRUE(fs::exists(file("accepted/day.csv.report.json")));
  EXPECT_FALSE(fs::exists(file("accepted/day.csv")));
}

TEST_F(InboxTest, AFileThatCanNotBeOpenedWaitsAndIsCounted) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "NOT RUN: only root can become somebody else";
  }
  Inbox inbox(folder());
  drop("day.csv", "text\n");
  fs::permissions(file("day.csv"), fs::perms::none);
  fs::permissions(scratch_.path(), fs::perms::others_all, fs::perm_options::add);
  fs::permissions(folder(), fs::perms::others_all, fs::perm_options::add);
  test::Child process([&inbox](const test::Child::Say& say) {
    if (::setgid(65'534) == 0 && ::setuid(65'534) == 0) {
      const auto listed = inbox.list();
      say(std::to_string(listed.size()) + " listed, " + std::to_string(inbox.unreadable()) +
          " unreadable, " + std::to_string(inbox.waiting().count("day.csv")) + " waiting\n");
    }
  });
  EXPECT_EQ(process.all(), "0 listed, 1 unreadable, 1 waiting\n");
  EXPECT_EQ(inbox.list().size(), 1U);  // Root may.
  EXPECT_EQ(inbox.unreadable(), 0U);
}

}  // namespace PH_FILE
}  // namespace ph
