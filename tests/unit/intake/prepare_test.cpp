// What a process says of a file that came: the same as `check` says of it.
#include "platform/intake/prepare.h"

#include <gtest/gtest.h>

#include "platform/journal/memory.h"
#include "tests/unit/files/support.h"

namespace ph {
namespace PH_FILE {

// Rows that belong to a row above them are lines, too: 5 of a SHEET and its inputs aren't 3.
TEST(Prepare, TheReportOfADayCountsAsItsTrailerDoes) {
  MemoryDisk disk;
  const Storage storage = open_memory_storage(disk);
  for (const char* name : {"province-day.csv", "province-day-members.csv"}) {
    const InputFile file = test::open_good(name);
    const auto rules = std::make_shared<const RuleBook>(test::good_book());
    const PreparedFile day = prepare_file("day.csv", file.bytes(), rules, *storage.blobs);
    ASSERT_TRUE(day.good) << name;
    const std::string text(file.text());
    std::string trailer = text.substr(text.rfind("END,") + 4);
    trailer.pop_back();
    EXPECT_EQ(
        std::to_string(day.rows) + "," + std::to_string(day.points) + "," + std::to_string(day.fen),
        trailer);
    EXPECT_NE(intake_report_text(day, accepted()).find(" " + std::to_string(day.rows) + " rows, "),
              std::string::npos);
  }
}

}  // namespace PH_FILE
}  // namespace ph
