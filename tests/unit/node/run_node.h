// A node in memory that works a step at a time, for tests of runs: its disk survives, and whatever
// it hadn't synced is lost when it begins again.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "node/node.h"
#include "platform/journal/memory.h"
#include "tests/support/small_world.h"

namespace ph::run_node {

// A programme whose points all have the flag; `rest` is behind its sources.
inline std::string programme_text(const std::string& rest, int version = 1,
                                  const std::string& effective = "2025-01-01") {
  std::string out = "[programme]\nformat = 1\ncode = \"test\"\ntitle = \"Test\"\nversion = " +
                    std::to_string(version) + "\neffective = \"" + effective +
                    "\"\nmaker = \"G-1\"\nchecker = \"G-2\"\n"
                    "profile = \"NOT_REQUIRED\"\n";
  for (const char* source :
       {"CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN"}) {
    out += "[[source]]\nsource = \"" + std::string(source) + "\"\nrating = true\n";
  }
  return out + rest;
}

class RunNodeTest : public ::testing::Test {
 protected:
  // Its files and its first day, sealed.
  void begin_with(const std::string& opening, const std::string& programme, BusinessDate first,
                  const std::string& day) {
    restart();
    EXPECT_EQ(bring(test::rulebook_text(), first), IntakeVerdict::kAccepted);
    EXPECT_EQ(bring(opening, first), IntakeVerdict::kAccepted);
    EXPECT_EQ(bring(programme, first, "test.toml"), IntakeVerdict::kAccepted);
    EXPECT_EQ(bring(day, first), IntakeVerdict::kAccepted);
    work(first);
    EXPECT_TRUE(seal(first));
  }
  void restart() {
    node_.reset();
    if (storage_) {
      disk_.crash();
    }
    storage_.emplace(open_memory_storage(disk_));
    node_ = std::make_unique<Node>(NodeSettings{.code = "P01", .slice_steps = 1}, *storage_,
                                   keys_.of("P01"), keys_.registry());
    node_->recover();
  }
  static BusinessTime morning(BusinessDate date) { return BusinessTime::of(date, 9 * 3600); }
  IntakeVerdict bring(const std::string& text, BusinessDate date, const std::string& name = "x") {
    PreparedFile file = prepare_file(name, as_bytes(text), node_->rules(), node_->blobs());
    return node_->take_file(file, morning(date)).verdict;
  }
  void work(BusinessDate date) {
    while (node_->post_slice(morning(date))) {
    }
  }
  bool seal(BusinessDate date) {
    return node_->seal_due(end_of(date), [] { return true; });
  }

  test::Keys keys_;
  MemoryDisk disk_;
  std::optional<Storage> storage_;
  std::unique_ptr<Node> node_;
};

}  // namespace ph::run_node
