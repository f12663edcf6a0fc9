// A line of the log can be read back whatever stands in it, and a flood of one event is bounded.
#include "platform/sys/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "platform/sys/clock.h"
#include "platform/sys/config.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

const BusinessTime kTime = BusinessTime::of(BusinessDate::of(2026, 3, 5), 6 * 3'600);
constexpr std::int64_t kUtcMs = 1'772'661'600'007;
constexpr std::size_t kHead = 90;  // what stands before the fields

std::string line(LogFormat format, std::initializer_list<LogField> fields) {
  return log_line(format, kTime, kUtcMs, LogLevel::kInfo, "batch_accepted", fields);
}

TEST(LogLine, HasBothTimesLevelEventAndFields) {
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"sender", "P01"}, {"sequence", 5}, {"first", true}}),
            "ts=2026-03-05T06:00:00+08:00 utc=2026-03-04T22:00:00.007Z level=info "
            "event=batch_accepted sender=P01 sequence=5 first=true");
  EXPECT_EQ(line(LogFormat::kJson, {{"sender", "P01"}, {"sequence", 5}, {"first", true}}),
            "{\"ts\":\"2026-03-05T06:00:00+08:00\",\"utc\":\"2026-03-04T22:00:00.007Z\","
            "\"level\":\"info\",\"event\":\"batch_accepted\",\"sender\":\"P01\",\"sequence\":5,"
            "\"first\":true}");
}

TEST(LogLine, TakesValuesOfEveryType) {
  const std::string text = "t";
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"a", std::uint64_t{18'446'744'073'709'551'615U}},
                                      {"b", std::int64_t{-5}},
                                      {"c", std::uint8_t{7}},
                                      {"d", text},
                                      {"e", std::string_view("v")},
                                      {"f", kTime},
                                      {"g", kTime.date()},
                                      {"h", ""}})
                .substr(kHead),
            "a=18446744073709551615 b=-5 c=7 d=t e=v f=2026-03-05T06:00:00+08:00 g=2026-03-05 "
            "h=\"\"");
}

TEST(LogLine, EscapesWhatWouldBreakTheLine) {
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"text", "a b=\"c\"\\\n\t\x1b[31m"}}).substr(kHead),
            "text=\"a b=\\\"c\\\"\\\\\\n\\u0009\\u001b[31m\"");
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"text", "北京"}}).substr(kHead), "text=\"北京\"");
  // A C1 control, an overlong form, a surrogate, a cut character: nothing of them comes through.
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"text", "\xc2\x9b\xc0\xaf\xed\xa0\x80\xe4"}}).substr(kHead),
            "text=\"\\u009b\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

TEST(LogLine, KeepsForgedNamesApart) {
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"level", "x"}, {"A b", 1}, {"", 2}}).substr(kHead),
            "level_=x __b=1 _=2");
  EXPECT_EQ(line(LogFormat::kLogfmt, {{"who", "P01 level=error"}}).substr(kHead),
            "who=\"P01 level=error\"");
}

TEST(LogLine, IsJsonForAnyBytes) {
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  for (int i = 0; i < 2'000; ++i) {  // Every pair of neighbours, more or less.
    all += static_cast<char>((i * 37 + i / 7) % 256);
  }
  const std::string json = line(LogFormat::kJson, {{"text", all}, {"next", 1}});
  EXPECT_EQ(json.find('\n'), std::string::npos);
  const auto parsed = nlohmann::json::parse(json);  // Throws for what isn't UTF-8, too.
  EXPECT_EQ(parsed["event"], "batch_accepted");
  EXPECT_EQ(parsed["next"], 1);
}

TEST(LogLine, IsBounded) {
  const std::string large(100'000, 'x');
  const std::string cut = line(LogFormat::kLogfmt, {{"text", large}, {"next", 1}});
  EXPECT_EQ(cut.size(), kHead + 5 + kLogValueBytesMax + 7);
  const std::string control(100'000, '\x01');
  const std::string json = line(LogFormat::kJson, {{"text", control}, {"next", 1}});
  EXPECT_LE(json.size(), kLogLineBytesMax + 64);
  EXPECT_EQ(nlohmann::json::parse(json)["fields_left_out"], 1);
  std::string chinese;
  for (int i = 0; i < 2'000; ++i)
    chinese += "北";
  const auto parsed = nlohmann::json::parse(line(LogFormat::kJson, {{"text", chinese}}));
  EXPECT_EQ(parsed["text"].get<std::string>().size(), kLogValueBytesMax / 3 * 3);
}

class LogFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "ph-log-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    options_.file = directory_ / "node.log";
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::ifstream in(options_.file);
    std::vector<std::string> found;
    for (std::string text; std::getline(in, text);)
      found.push_back(text);
    return found;
  }
  [[nodiscard]] std::size_t count(const std::string& part) const {
    std::size_t n = 0;
    for (const std::string& text : lines())
      n += text.find(part) != std::string::npos ? 1U : 0U;
    return n;
  }

  fs::path directory_;
  LogOptions options_;
  ManualClock clock_{kTime};
};

TEST_F(LogFiles, HoldTheLinesOfTheLevelAndAbove) {
  Log log(options_, clock_);
  log.debug("seen_not");
  log.info("started", {{"version", "1"}});
  log.set_level(LogLevel::kDebug);
  log.debug("seen");
  log.set_level(LogLevel::kOff);
  log.error("seen_not");
  EXPECT_EQ(lines().size(), 2U);  // Without a flush: a line is out when the call returns.
  EXPECT_EQ(count("event=started version=1"), 1U);
  EXPECT_EQ(count("seen_not"), 0U);
  EXPECT_EQ(log.counts().written, 2U);
}

TEST_F(LogFiles, BoundAFloodOfOneEventAndSayHowMuchWasHeldBack) {
  options_.lines_per_event_max = 5;
  {
    Log log(options_, clock_);
    for (int i = 0; i < 1'000; ++i)
      log.warning("flood", {{"i", i}});
    log.info("other");
    EXPECT_EQ(count("event=flood"), 5U);
    EXPECT_EQ(count("event=other"), 1U);
    EXPECT_EQ(log.counts().held_back, 995U);
    clock_.advance_ms(kLogWindowMs);
    log.info("other");  // Whichever event comes first sweeps all windows.
    EXPECT_EQ(count("event=log_lines_held_back of=flood lines=995"), 1U);
    for (int i = 0; i < 7; ++i)
      log.warning("flood", {{"i", i}});
    EXPECT_EQ(count("event=flood"), 10U);
  }
  EXPECT_EQ(count("event=log_lines_held_back of=flood lines=2"), 1U);  // At the end, too.
}

TEST_F(LogFiles, BoundAFloodOfEverNewEvents) {
  options_.lines_per_event_max = 1;
  Log log(options_, clock_);
  for (int i = 0; i < 5'000; ++i)
    log.warning("event_" + std::to_string(i));
  EXPECT_LE(log.counts().written, kLogEventsMax + 1);
}

TEST_F(LogFiles, AreRotatedAndBoundedInAll) {
  options_.file_bytes_max = 4'096;
  options_.files_max = 3;
  options_.lines_per_event_max = 100'000;
  Log log(options_, clock_);
  for (int i = 0; i < 1'000; ++i)
    log.info("line", {{"i", i}});
  std::uintmax_t bytes = 0;
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    bytes += entry.file_size();
    ++files;
  }
  EXPECT_EQ(files, 3U);
  EXPECT_LE(bytes, 3 * options_.file_bytes_max);
  EXPECT_EQ(log.counts().lost, 0U);
}

TEST_F(LogFiles, KeepLinesOfManyThreadsWhole) {
  options_.lines_per_event_max = 100'000;
  Log log(options_, clock_);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 500; ++i)
        log.info("line", {{"i", i}, {"text", "with a blank"}});
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (const std::string& text : lines()) {
    EXPECT_TRUE(text.starts_with("ts=2026") && text.ends_with("\"with a blank\"")) << text;
  }
  EXPECT_EQ(lines().size(), 2'000U);
}

TEST_F(LogFiles, CountWhatTheDiskDidNotTake) {
  options_.file = "/dev/full";
  Log log(options_, clock_);
  for (int i = 0; i < 10; ++i)
    log.info("line");
  EXPECT_EQ(log.counts().lost, 10U);
}

TEST_F(LogFiles, AreRefusedWhereTheyCannotBe) {
  std::ofstream(directory_ / "file") << "x";
  options_.file = directory_ / "file" / "node.log";
  EXPECT_THROW(Log(options_, clock_), std::system_error);
}

TEST(LogSettings, HaveTheirDefaults) {
  ConfigSchema schema("A test.");
  LogOptions options;
  declare_log(schema, options);
  EXPECT_TRUE(schema.load_text("[log]\nlevel = \"debug\"\nformat = \"json\"\n", "t", "/").empty());
  EXPECT_EQ(options.level, LogLevel::kDebug);
  EXPECT_EQ(options.format, LogFormat::kJson);
  EXPECT_TRUE(options.file.empty());
}

}  // namespace PH_FILE
}  // namespace ph
