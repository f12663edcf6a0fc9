// The index of histories on disk: made behind the seal, merged when a month is over, made again
// when it lacks or isn't as it should be, with the same bytes.
#include "app/node/history_maker.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <utility>

#include "tests/support/scratch.h"
#include "tests/unit/node/history_world.h"

namespace ph {
namespace PH_FILE {

using namespace history;  // NOLINT(google-build-using-namespace)

namespace fs = std::filesystem;

using Names = std::set<std::string>;

const BusinessDate kDay = BusinessDate::of(2026, 3, 29);

class HistoryMakerTest : public ::testing::Test {
 protected:
  void start(int months = 25, std::int64_t again_ms = 20) {
    maker_.reset();
    told_ = 0;
    set_.reset();
    maker_ = std::make_unique<HistoryMaker>(
        HistoryMaker::Options{.folder = folder_, .months = months, .again_ms = again_ms}, blobs_);
    tell();
  }
  void tell() {
    std::vector<HistoryMaker::Day> days;
    for (; told_ < world_.days().size(); ++told_) {
      const SealedDay& day = world_.days()[told_];
      days.push_back({.date = day.date, .batch = day.batch, .blob = day.blob});
    }
    maker_->add(days);
  }
  template <class Condition>
  static bool wait_for(const Condition& condition) {
    for (int n = 0; n < 2'000 && !condition(); ++n) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return condition();
  }
  // Each sealed day is in a complete set, and the folder has these files alone.
  void expect_files(const Names& names) {
    EXPECT_TRUE(wait_for([&] {
      take();
      return is_complete() && files() == names;
    })) << ::testing::PrintToString(files());
  }
  void take() {
    if (auto set = maker_->take()) set_ = std::move(set);
  }
  [[nodiscard]] bool is_complete() const {
    if (set_ == nullptr || !set_->complete) return false;
    if (world_.days().empty()) return set_->files.empty();
    return !set_->files.empty() && set_->files.back()->header().last == world_.days().back().date;
  }
  [[nodiscard]] Names files() const {
    Names out;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      out.insert(entry.path().filename().string());
    }
    return out;
  }
  [[nodiscard]] std::string bytes(const std::string& name) const {
    std::ifstream in(folder_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << bytes;
  }
  // Four days: three of March, one of April.
  void two_months() {
    for (int day = 0; day < 4; ++day) {
      world_.earned(kDay.plus_days(day), {who(3), who(1), who(2), who(1)});
    }
  }
  std::size_t lines_of(Member member) {
    HistoryBook book(world_.blobs());
    book.use(set_);
    const auto page = book.page(member, {}, 100, world_.days());
    return page ? page->lines.size() : 0;
  }

  test::Scratch scratch_;
  std::string folder_ = scratch_ / "history";
  World world_;
  FailingBlobs blobs_{world_.blobs()};
  std::unique_ptr<HistoryMaker> maker_;
  std::size_t told_{};
  std::shared_ptr<const HistorySet> set_;
};

TEST_F(HistoryMakerTest, AFileADayAndOneOfAMonthThatIsOver) {
  start();
  expect_files({});
  for (int day = 0; day < 2; ++day)
    world_.earned(kDay.plus_days(day), {who(1), who(2)});
  tell();
  expect_files({"2026-03-29.phx", "2026-03-30.phx"});
  world_.earned(kDay.plus_days(2), {who(1)});
  tell();
  expect_files({"2026-03.phx"});
  world_.add(kDay.plus_days(3), {});
  tell();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(bytes("2026-04-01.phx").size(), 128U) << "a day without lines";
  EXPECT_EQ(lines_of(who(1)), 3U);
  EXPECT_EQ(lines_of(who(2)), 2U);
  EXPECT_TRUE(maker_->fault().empty());
  struct stat status {};
  ASSERT_EQ(::stat((folder_ + "/2026-03.phx").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(HistoryMakerTest, WhatIsDeletedIsMadeAgainWithTheSameBytes) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const std::string month = bytes("2026-03.phx");
  const std::string day = bytes("2026-04-01.phx");
  EXPECT_EQ(month.size(), 128U + 16U * 12U);
  maker_.reset();
  fs::remove_all(folder_);
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(bytes("2026-03.phx"), month);
  EXPECT_EQ(bytes("2026-04-01.phx"), day);
  EXPECT_EQ(lines_of(who(1)), 8U);
}

TEST_F(HistoryMakerTest, WhatLiesThereIsTakenAsItIs) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const auto before = fs::last_write_time(folder_ + "/2026-03.phx");
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(fs::last_write_time(folder_ + "/2026-03.phx"), before);
  EXPECT_EQ(maker_->progress().of, 0U);
}

TEST_F(HistoryMakerTest, WhatIsTornChangedOrAnothersIsMadeAgain) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const std::string month = bytes("2026-03.phx");
  const std::string day = bytes("2026-04-01.phx");
  const auto flipped = [](std::string text, std::size_t at) {
    text[at] = static_cast<char>(text[at] ^ 1);
    return text;
  };
  const std::vector<std::string> wrong_months{"",
                                              month.substr(0, 100),
                                              month.substr(0, month.size() - 16),
                                              month + std::string(16, '\0'),
                                              flipped(month, 20),
                                              day,
                                              std::string(month.size(), 'x'),
                                              flipped(month, 128 + 16 * 7),
                                              flipped(month, 128 + 16 * 7 + 8)};
  for (std::size_t n = 0; n < wrong_months.size(); ++n) {
    maker_.reset();
    put("2026-03.phx", wrong_months[n]);
    put("2026-04-01.phx", flipped(day, n % 2 == 0 ? 128 : 70));
    start();
    EXPECT_TRUE(wait_for([&] {
      take();
      return is_complete() && bytes("2026-03.phx") == month && bytes("2026-04-01.phx") == day &&
             lines_of(who(1)) == 8 && files() == Names{"2026-03.phx", "2026-04-01.phx"};
    })) << n;
  }
}

TEST_F(HistoryMakerTest, TheIndexOfOtherBatchesOfTheSameDaysIsNone) {
  for (int day = 0; day < 4; ++day)
    world_.earned(kDay.plus_days(day), {who(1)});
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 4U);
  maker_.reset();
  world_.begin_anew();
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 8U);
}

TEST_F(HistoryMakerTest, WhatADeathLeftIsGone) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const std::string month = bytes("2026-03.phx");
  maker_.reset();
  put("2026-04-01.phx.part", "half");
  put("2026-03-30.phx", month);
  put("2025-01.phx", month);
  put("note.txt", "an operator's");
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx", "note.txt"});
}

TEST_F(HistoryMakerTest, WhatWasDoubtedIsMadeAgain) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const std::string month = bytes("2026-03.phx");
  put("2026-03.phx", "no index any more");
  maker_->doubt(kDay);
  EXPECT_TRUE(wait_for([&] {
    take();
    return is_complete() && bytes("2026-03.phx") == month;
  }));
  EXPECT_EQ(lines_of(who(1)), 8U);
}

// What the mapping has no bytes of any more is a signal, as a sector is that can't be read.
TEST_F(HistoryMakerTest, WhatTheDiskCannotReadIsMadeAgain) {
  for (int day = 0; day < 4; ++day)
    world_.earned(kDay.plus_days(day), std::vector<Member>(400, who(1)));
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const std::string month = bytes("2026-03.phx");
  maker_.reset();
  fs::remove(folder_ + "/2026-04-01.phx");
  bool torn = false;
  blobs_.before_get = [&](const Digest&) {  // March is open by now, and not looked at yet.
    if (!std::exchange(torn, true)) fs::resize_file(folder_ + "/2026-03.phx", 4'096);
  };
  start();
  EXPECT_TRUE(wait_for([&] {
    take();
    return is_complete() && bytes("2026-03.phx") == month;
  }));
  maker_.reset();
}

TEST_F(HistoryMakerTest, ABatchWithABadSectorIsAFaultAndHoldsUpNoOther) {
  two_months();
  blobs_.spoil(FailingBlobs::Bad{.address = world_.days()[1].blob, .from = 150, .to = 151});
  start();
  expect_files({"2026-03-29.phx", "2026-03-31.phx", "2026-04-01.phx"});
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  maker_->doubt(kDay.plus_days(1));
  blobs_.spoil({});
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 8U);
}

// Each day's file stays open, so that of many months few are.
TEST_F(HistoryMakerTest, ManyMonthsAreMadeWithFewFilesOpen) {
  for (int day = 0; day < 200; ++day)
    world_.earned(kDay.plus_days(day), {who(1)});
  std::size_t most = 0;
  blobs_.before_get = [&](const Digest&) {
    std::size_t open = 0;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      std::error_code gone;
      open += fs::read_symlink(entry.path(), gone).string().starts_with(folder_) ? 1U : 0U;
    }
    most = std::max(most, open);
  };
  start();
  EXPECT_TRUE(wait_for([this] {
    take();
    return is_complete();
  }));
  EXPECT_EQ(lines_of(who(1)), 100U) << "a full page";
  maker_.reset();
  EXPECT_GT(most, 28U) << "days of one month";
  EXPECT_LT(most, 40U);
}

TEST_F(HistoryMakerTest, OlderMonthsAreErased) {
  two_months();
  start(1);
  expect_files({"2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 2U);
  start(2);
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 8U) << "more months are made from the batches";
  world_.earned(BusinessDate::of(2026, 5, 1), {who(1)});
  tell();
  expect_files({"2026-04.phx", "2026-05-01.phx"});
}

TEST_F(HistoryMakerTest, ABatchThatIsNotThereIsAFaultUntilItIs) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  Digest nowhere{};
  maker_->add({{.date = kDay.plus_days(4), .batch = nowhere, .blob = nowhere}});
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  EXPECT_NE(maker_->fault().find("2026-04-02"), std::string::npos) << maker_->fault();
  take();
  EXPECT_TRUE(is_complete()) << "what was told before is told on";
}

TEST_F(HistoryMakerTest, AStartTellsWhatThereIsWithoutADayThatCannotBeMade) {
  two_months();
  blobs_.refuse({world_.days()[1].blob});
  start();
  expect_files({"2026-03-29.phx", "2026-03-31.phx", "2026-04-01.phx"});
  EXPECT_FALSE(maker_->fault().empty());
  HistoryBook book(world_.blobs());
  book.use(set_);
  EXPECT_EQ(book.as_of(), kDay.plus_days(3));
  EXPECT_EQ(book.gaps(), 1U);
  const auto page = [&](std::optional<HistoryPlace> before, std::size_t limit) {
    return book.page(who(1), before, limit, world_.days());
  };
  EXPECT_EQ(page({}, 3)->lines.size(), 3U);
  EXPECT_EQ(page({}, 4)->lines.size(), 4U) << "it needn't know what is behind";
  EXPECT_TRUE(page({}, 4)->more);
  EXPECT_EQ(page({}, 5).error(), HistoryFault::kLacks);
  EXPECT_EQ(page(HistoryPlace{.day = kDay.plus_days(1), .place = 1}, 1).error(),
            HistoryFault::kLacks);
  EXPECT_EQ(page(HistoryPlace{.day = kDay, .place = 3}, 1)->lines.size(), 1U);
  blobs_.refuse({});
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_TRUE(wait_for([this] { return maker_->fault().empty(); }));
  EXPECT_EQ(lines_of(who(1)), 8U);
}

TEST_F(HistoryMakerTest, WithoutTheLastDaysItIsAsOfTheOneBefore) {
  two_months();
  blobs_.refuse({world_.days()[3].blob});
  start();
  ASSERT_TRUE(wait_for([this] {
    take();
    return set_ != nullptr && set_->complete && !set_->files.empty();
  }));
  EXPECT_EQ(set_->files.back()->header().last, kDay.plus_days(2));
  EXPECT_EQ(lines_of(who(1)), 6U);
}

TEST_F(HistoryMakerTest, WithNoDayNothingIsTold) {
  two_months();
  blobs_.refuse(
      {world_.days()[0].blob, world_.days()[1].blob, world_.days()[2].blob, world_.days()[3].blob});
  start();
  ASSERT_TRUE(wait_for([this] {
    take();
    return set_ != nullptr && !maker_->fault().empty();
  }));
  EXPECT_FALSE(set_->complete) << "no line isn't the same as none known";
}

TEST_F(HistoryMakerTest, ADoubtOfADayWhoseBatchIsAtFaultLeavesTheIndex) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  blobs_.refuse({world_.days()[1].blob});
  maker_->doubt(kDay.plus_days(1));
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 8U);
  const auto before = fs::last_write_time(folder_ + "/2026-03.phx");
  blobs_.refuse({});
  EXPECT_TRUE(wait_for([this] { return maker_->fault().empty(); }));
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(fs::last_write_time(folder_ + "/2026-03.phx"), before) << "it was the batch";
  maker_->doubt(kDay.plus_days(1));
  EXPECT_TRUE(wait_for([&] {
    take();
    return is_complete() && files() == Names{"2026-03.phx", "2026-04-01.phx"} &&
           fs::last_write_time(folder_ + "/2026-03.phx") != before;
  })) << "doubted anew it is made again";
}

TEST_F(HistoryMakerTest, ABatchThatComesBackCostsNothingWhileAnotherLacks) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const auto before = fs::last_write_time(folder_ + "/2026-03.phx");
  blobs_.lose({world_.days()[0].blob, world_.days()[2].blob});
  maker_->doubt(kDay);
  maker_->doubt(kDay.plus_days(2));
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  blobs_.lose({world_.days()[2].blob});
  EXPECT_TRUE(wait_for([this] {
    return maker_->fault().find(kDay.plus_days(2).text()) != std::string::npos ||
           !fs::exists(folder_ + "/2026-03.phx");
  })) << "the other one is what lacks now";
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  ASSERT_NE(set_, nullptr);
  EXPECT_TRUE(set_->lacking.empty());
  EXPECT_EQ(lines_of(who(1)), 8U);
  EXPECT_EQ(fs::last_write_time(folder_ + "/2026-03.phx"), before);
}

// As one that was restored with rights of somebody else: a name that nobody can open, and that can
// be renamed over.
TEST_F(HistoryMakerTest, WhatCannotBeOpenedIsNotedAndMadeAgain) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  const std::string month = bytes("2026-03.phx");
  const std::string day = bytes("2026-04-01.phx");
  maker_.reset();
  fs::remove(folder_ + "/2026-03.phx");
  fs::create_symlink("2026-03.phx", folder_ + "/2026-03.phx");
  fs::remove(folder_ + "/2026-04-01.phx");
  fs::create_directory(folder_ + "/2026-04-01.phx");
  start(25, 60'000);
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  EXPECT_NE(maker_->fault().find("2026-03.phx"), std::string::npos) << maker_->fault();
  EXPECT_EQ(lines_of(who(1)), 8U);
  EXPECT_TRUE(wait_for([&] { return fs::is_regular_file(folder_ + "/2026-03.phx"); }));
  EXPECT_EQ(bytes("2026-03.phx"), month);
  EXPECT_EQ(bytes("2026-04-01.phx"), day);
}

// It may be made from batches alone that are all there: this one isn't lost for a moment's trouble.
TEST_F(HistoryMakerTest, AMonthThatCannotBeOpenedNowIsTakenOnceItCan) {
  two_months();
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  maker_.reset();
  const std::string month = folder_ + "/2026-03.phx";
  fs::rename(month, scratch_ / "month");
  fs::create_symlink("nowhere", month);
  blobs_.lose({world_.days()[0].blob});
  start();
  expect_files({"2026-03.phx", "2026-03-30.phx", "2026-03-31.phx", "2026-04-01.phx"});
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  EXPECT_EQ(set_->lacking, std::vector<BusinessDate>{kDay});
  fs::rename(scratch_ / "month", month);
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_EQ(lines_of(who(1)), 8U);
  EXPECT_TRUE(wait_for([this] { return maker_->fault().empty(); }));
}

TEST_F(HistoryMakerTest, ADayInWhosePlaceAFolderLiesHoldsUpNoOther) {
  two_months();
  world_.earned(kDay.plus_days(4), {who(1)});
  const std::string place = folder_ + "/2026-04-01.phx";
  fs::create_directories(place + "/something");
  start();
  expect_files({"2026-03.phx", "2026-04-01.phx", "2026-04-02.phx"});
  ASSERT_NE(set_, nullptr);
  EXPECT_EQ(set_->lacking, std::vector<BusinessDate>{kDay.plus_days(3)});
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  EXPECT_NE(maker_->fault().find("2026-04-01.phx"), std::string::npos) << maker_->fault();
  fs::remove_all(place);
  EXPECT_TRUE(wait_for([this] { return maker_->fault().empty(); }));
  expect_files({"2026-03.phx", "2026-04-01.phx", "2026-04-02.phx"});
  EXPECT_EQ(lines_of(who(1)), 9U);
}

TEST_F(HistoryMakerTest, AMonthInWhosePlaceAFolderLiesHoldsUpNoOther) {
  two_months();
  world_.earned(BusinessDate::of(2026, 5, 1), {who(1)});
  world_.earned(BusinessDate::of(2026, 5, 2), {who(1)});
  const std::string place = folder_ + "/2026-03.phx";
  fs::create_directories(place + "/something");
  start();
  EXPECT_TRUE(wait_for([this] { return fs::exists(folder_ + "/2026-04.phx"); }));
  EXPECT_TRUE(wait_for([this] {
    take();
    return is_complete();
  }));
  EXPECT_EQ(lines_of(who(1)), 10U);
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  EXPECT_NE(maker_->fault().find("2026-03.phx"), std::string::npos) << maker_->fault();
  fs::remove_all(place);
  EXPECT_TRUE(wait_for([this] { return maker_->fault().empty(); }));
  expect_files({"2026-03.phx", "2026-04.phx", "2026-05-01.phx", "2026-05-02.phx"});
}

TEST_F(HistoryMakerTest, AFolderThatCannotBeWrittenIsAFaultUntilItCan) {
  start();
  expect_files({});
  fs::remove_all(folder_);
  two_months();
  tell();
  EXPECT_TRUE(wait_for([this] { return !maker_->fault().empty(); }));
  fs::create_directory(folder_);
  expect_files({"2026-03.phx", "2026-04-01.phx"});
  EXPECT_TRUE(wait_for([this] { return maker_->fault().empty(); }));
}

}  // namespace PH_FILE
}  // namespace ph
