// Metrics come out as Prometheus reads them, in a fixed order, and no label can flood the registry.
#include "platform/sys/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "platform/sys/clock.h"
#include "platform/sys/log.h"
#include "platform/sys/process.h"

namespace ph {
namespace PH_FILE {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++n;
  return n;
}

TEST(Metrics, ComeOutAsText) {
  Metrics metrics;
  metrics.counter("pointhouse_batches_total", "Batches taken.").add(3);
  metrics.gauge("pointhouse_lag_seconds", "How late it is.").set(1.5);
  const HistogramFamily seconds =
      metrics.histograms("pointhouse_append_seconds", "An append.", {"shard"}, {0.1, 1});
  seconds.with({"0"}).observe(0.05);
  seconds.with({"0"}).observe(5);
  EXPECT_EQ(metrics.text(),
            "# HELP pointhouse_append_seconds An append.\n"
            "# TYPE pointhouse_append_seconds histogram\n"
            "pointhouse_append_seconds_count{shard=\"0\"} 2\n"
            "pointhouse_append_seconds_sum{shard=\"0\"} 5.05\n"
            "pointhouse_append_seconds_bucket{shard=\"0\",le=\"0.1\"} 1\n"
            "pointhouse_append_seconds_bucket{shard=\"0\",le=\"1\"} 1\n"
            "pointhouse_append_seconds_bucket{shard=\"0\",le=\"+Inf\"} 2\n"
            "# HELP pointhouse_batches_total Batches taken.\n"
            "# TYPE pointhouse_batches_total counter\n"
            "pointhouse_batches_total 3\n"
            "# HELP pointhouse_lag_seconds How late it is.\n"
            "# TYPE pointhouse_lag_seconds gauge\n"
            "pointhouse_lag_seconds 1.5\n");
}

TEST(Metrics, AreSetAtTheTimeOfTheQuestion) {
  Metrics metrics;
  const Counter faults = metrics.counter("pointhouse_faults_total", "Faults.");
  std::uint64_t present = 5;
  metrics.on_collect([&] { faults.raise_to(present); });
  EXPECT_NE(metrics.text().find("pointhouse_faults_total 5\n"), std::string::npos);
  present = 4;  // Never down.
  EXPECT_NE(metrics.text().find("pointhouse_faults_total 5\n"), std::string::npos);
  present = 9;
  EXPECT_NE(metrics.text().find("pointhouse_faults_total 9\n"), std::string::npos);
}

TEST(Metrics, KeepAFloodOfLabelsInOneSeries) {
  Metrics metrics;
  const CounterFamily family = metrics.counters("pointhouse_x_total", "X.", {"who", "what"});
  for (int i = 0; i < 10'000; ++i)
    family.with({std::to_string(i), "a"}).add();
  const std::string text = metrics.text();
  EXPECT_EQ(count(text, "pointhouse_x_total{"), kSeriesPerFamilyMax + 1);
  EXPECT_NE(
      text.find("{what=\"other\",who=\"other\"} " + std::to_string(10'000 - kSeriesPerFamilyMax)),
      std::string::npos);
}

TEST(Metrics, KeepLabelsWithinTheirLine) {
  Metrics metrics;
  const GaugeFamily family = metrics.gauges("pointhouse_x_bytes", "X.", {"who"});
  family.with({"a\"b\\c\nd\xff"}).set(1);
  family.with({std::string(1'000, 'x')}).set(2);
  EXPECT_EQ(metrics.text(),
            "# HELP pointhouse_x_bytes X.\n# TYPE pointhouse_x_bytes gauge\n"
            "pointhouse_x_bytes{who=\"a\\\"b\\\\c?d?\"} 1\n"
            "pointhouse_x_bytes{who=\"" +
                std::string(kLabelBytesMax, 'x') + "\"} 2\n");
}

TEST(Metrics, CountWhatManyThreadsAdd) {
  Metrics metrics;
  const CounterFamily family = metrics.counters("pointhouse_x_total", "X.", {"who"});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&family, &metrics] {
      for (int i = 0; i < 1'000; ++i)
        family.with({std::to_string(i % 10)}).add();
      (void)metrics.text();
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(count(metrics.text(), "} 400\n"), 10U);
}

TEST(Metrics, ForgetWhatAHandleOfNobodyTakes) {
  Counter().add();
  Gauge().set(1);
  Histogram().observe(1);
}

TEST(MetricsDeathTest, HaveNamesOfOneForm) {
  Metrics metrics;
  (void)metrics.counter("pointhouse_x_total", "X.");
  EXPECT_DEATH((void)metrics.counter("pointhouse_x_total", "X."), "registered once");
  EXPECT_DEATH((void)metrics.counter("x_total", "X."), "pointhouse_");
  EXPECT_DEATH((void)metrics.counter("pointhouse_x", "X."), "_total");
  EXPECT_DEATH((void)metrics.gauge("pointhouse_x_total", "X."), "_total");
  EXPECT_DEATH((void)metrics.gauges("pointhouse_x", "X.", {"Le"}), "snake_case");
  const CounterFamily family = metrics.counters("pointhouse_y_total", "Y.", {"a", "b"});
  EXPECT_DEATH((void)family.with({"1"}), "value for each label");
}

// All that every process has, read by Prometheus' own tool.
TEST(Metrics, AreCleanForPromtool) {
  if (std::system("command -v promtool > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is not installed";
  }
  const SystemClock clock;
  const Log log(LogOptions{}, clock);
  Metrics metrics;
  add_process_metrics(metrics, clock, log, "1.0", {{"data", "/"}, {"gone", "/no/such/place"}});
  metrics.histogram("pointhouse_append_seconds", "An append.", latency_bounds()).observe(0.01);
  const std::string text = metrics.text();
  EXPECT_NE(text.find("pointhouse_build_info{version=\"1.0\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("pointhouse_disk_free_bytes{directory=\"gone\"} 0\n"), std::string::npos);
  std::FILE* tool = ::popen("promtool check metrics 2>&1", "w");
  ASSERT_NE(tool, nullptr);
  EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), tool), text.size());
  EXPECT_EQ(::pclose(tool), 0) << text;
}

}  // namespace PH_FILE
}  // namespace ph
