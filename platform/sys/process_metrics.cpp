// The metrics that every process has (docs/operating.md has the table).
#include <sys/resource.h>
#include <sys/time.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "platform/sys/clock.h"
#include "platform/sys/log.h"
#include "platform/sys/metrics.h"
#include "platform/sys/process.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

double unix_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

std::uint64_t processor_ms() {
  rusage use{};
  (void)::getrusage(RUSAGE_SELF, &use);
  const auto ms = [](const timeval& time) { return time.tv_sec * 1'000 + time.tv_usec / 1'000; };
  return static_cast<std::uint64_t>(ms(use.ru_utime) + ms(use.ru_stime));
}

std::size_t open_descriptors() {
  std::error_code error;
  const fs::directory_iterator all("/proc/self/fd", error);
  return error ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

struct ProcessSeries {
  Gauge business_time;
  Counter clock_faults;
  Counter lines_written;
  Counter lines_held_back;
  Counter lines_lost;
  Gauge resident;
  Gauge anonymous;
  Gauge processor;
  Gauge descriptors;
  GaugeFamily disk_free;
  GaugeFamily disk_size;
};

ProcessSeries make_series(Metrics& metrics) {
  const CounterFamily lines = metrics.counters(
      "pointhouse_log_lines_total",
      "Lines of the log: written, held back by the limit of an event, lost.", {"outcome"});
  return {
      metrics.gauge("pointhouse_business_time_seconds",
                    "Business time of this process, as seconds since 1970 (UTC)."),
      metrics.counter("pointhouse_clock_faults_total",
                      "How often the clock's source went back or could not be read."),
      lines.with({"written"}),
      lines.with({"held_back"}),
      lines.with({"lost"}),
      metrics.gauge("pointhouse_resident_memory_bytes", "Resident memory."),
      metrics.gauge("pointhouse_anonymous_memory_bytes",
                    "Resident memory that no file can give back (RssAnon)."),
      metrics.gauge("pointhouse_cpu_seconds", "Processor time used since the start."),
      metrics.gauge("pointhouse_open_fds", "Open file descriptors."),
      metrics.gauges("pointhouse_disk_free_bytes", "Free space of the disk behind a directory.",
                     {"directory"}),
      metrics.gauges("pointhouse_disk_size_bytes", "Size of the disk behind a directory.",
                     {"directory"}),
  };
}

}  // namespace

void add_process_metrics(Metrics& metrics, const Clock& clock, const Log& log,
                         const std::string& version, std::vector<WatchedDisk> disks) {
  metrics.gauges("pointhouse_build_info", "The version that runs; always 1.", {"version"})
      .with({version})
      .set(1);
  metrics
      .gauge("pointhouse_start_time_seconds",
             "When the process started, as seconds since 1970 (UTC).")
      .set(unix_now());
  metrics.on_collect([series = make_series(metrics), &clock, &log, disks = std::move(disks)] {
    series.business_time.set(unix_seconds(clock.now()));
    series.clock_faults.raise_to(clock.faults());
    const Log::Counts lines = log.counts();
    series.lines_written.raise_to(lines.written);
    series.lines_held_back.raise_to(lines.held_back);
    series.lines_lost.raise_to(lines.lost);
    const MemoryUse memory = memory_use();
    series.resident.set(memory.resident_bytes);
    series.anonymous.set(memory.anonymous_bytes);
    series.processor.set(static_cast<double>(processor_ms()) / 1'000);
    series.descriptors.set(open_descriptors());
    for (const WatchedDisk& disk : disks) {
      try {
        const DiskSpace space = disk_space(disk.path);
        series.disk_free.with({disk.name}).set(space.free_bytes);
        series.disk_size.with({disk.name}).set(space.size_bytes);
      } catch (const std::system_error&) {
        series.disk_free.with({disk.name}).set(0);  // Not there: as good as full, and alarms.
      }
    }
  });
}

}  // namespace ph
