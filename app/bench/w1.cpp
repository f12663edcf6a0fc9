#include "app/bench/w1.h"

#include <filesystem>
#include <stdexcept>

#include "app/bench/batch_push.h"
#include "app/bench/probe.h"
#include "app/bench/processes.h"
#include "app/bench/store.h"
#include "app/bench/wire.h"

namespace ph::bench {

namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_below(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    bytes += entry.is_regular_file() ? entry.file_size() : 0;
  }
  return bytes;
}

// The days one after the other. What is timed ends with the answer to a balance query.
struct DayRuns {
  Runs all{};
  std::vector<double> staged_ms{};
  std::vector<double> read_ms{};
  std::vector<double> posted_ms{};
  std::vector<double> seal_ms{};
  std::vector<double> batch_ms{};
  std::vector<double> bare_ms{};
  double first_ms{0};
};

// A day's file is timed until the answer to a balance query; its batch until the receipt is there,
// beside as many bytes over bare sockets.
class Days {
 public:
  Days(const W1Files& files, const std::string& folder)
      : files_(files), node_(folder + "/node", keys_), clearing_(folder + "/clearing", keys_) {}

  BenchNode& node() { return node_; }
  [[nodiscard]] const DayRuns& runs() const { return runs_; }

  void open() {
    node_.drop(files_.rulebook, "rulebook.csv");
    node_.drop(files_.opening, "zz-opening.csv");  // Behind the rule book, in the order of names.
    node_.turn_until([&] { return node_.opened(); });
  }
  void open_clearing() {
    clearing_.take_file(files_.rulebook);
    clearing_.take_file(files_.calendar);
    clearing_.take_file(files_.opening);
  }

  void run(unsigned n, bool counts) {
    node_.drop(files_.day(n), W1Files::day_name(n));
    std::uint64_t points = 0;
    double total = 0;
    Runs one;
    one.time([&] {
      node_.turn_until([&] { return node_.posted(n); });
      points = node_.points_of(1);
      total = node_.since_drop();
    });
    if (points == 0) {
      throw std::runtime_error("the first member has no points");
    }
    const double posted = total - node_.read_ms();
    const double seal = timed_ms([&] { node_.end_day(n); });
    clearing_.clock().set(node_.clock().now());
    const double batch = push_batch(node_, clearing_, keys_);
    const double bare = bare_curve_ms(node_.last_day().size);
    if (!counts) {
      runs_.first_ms = total;
      return;
    }
    runs_.all.wall_ms.push_back(total);
    runs_.all.processor_ms.push_back(one.processor_ms.front());
    runs_.staged_ms.push_back(node_.staged_ms());
    runs_.read_ms.push_back(node_.read_ms() - node_.staged_ms());
    runs_.posted_ms.push_back(posted);
    runs_.seal_ms.push_back(seal);
    runs_.batch_ms.push_back(batch);
    runs_.bare_ms.push_back(bare);
  }

 private:
  const W1Files& files_;
  BenchKeys keys_;
  BenchNode node_;
  BenchClearing clearing_;
  DayRuns runs_;
};

std::uint64_t per_second(std::uint64_t count, double ms) {
  return static_cast<std::uint64_t>(static_cast<double>(count) * 1'000 / ms);
}

void add_days(Figures& figures, const W1Options& options, const DayRuns& runs,
              std::uint64_t batch_bytes) {
  figures.add_ms("first_run_ms", runs.first_ms);  // Tables grow in it; not counted.
  figures.add_runs("visible", runs.all);
  figures.add_ms("staged_ms", median(runs.staged_ms));
  figures.add_ms("read_ms", median(runs.read_ms));
  figures.add_ms("posted_ms", median(runs.posted_ms));
  figures.add("lines_per_second", per_second(options.rows, median(runs.all.wall_ms)));
  figures.add_ms("seal_ms", median(runs.seal_ms));
  figures.add("batch_bytes", batch_bytes);
  figures.add_ms("batch_ms", median(runs.batch_ms));
  figures.add("batch_rows_per_second", per_second(options.rows, median(runs.batch_ms)));
  figures.add("batch_mib_per_s", per_second(batch_bytes, median(runs.batch_ms)) >> 20U);
  figures.add_ms("bare_curve_ms", median(runs.bare_ms));
  figures.add("bare_curve_mib_per_s", per_second(batch_bytes, median(runs.bare_ms)) >> 20U);
  figures.add("batch_percent_of_bare_curve",
              static_cast<std::uint64_t>(median(runs.bare_ms) * 100 / median(runs.batch_ms)));
}

}  // namespace

int run_w1(const W1Options& options) {
  Figures figures;
  figures.add_text("job", "w1");
  figures.add("rows", options.rows);
  figures.add("members", options.members);
  figures.add("lots", options.lots);
  W1Files files;
  const unsigned days = options.repeat + 1;
  figures.add_ms("prepare_ms", timed_ms([&] { files = prepare_w1(options, days); }));
  figures.add_text("folder", files.folder);
  if (options.files_only) {
    figures.print(options.json);
    return 0;
  }
  add_probe(figures, files.folder);
  for (const char* old : {"/node", "/clearing"}) {
    fs::remove_all(files.folder + old);
  }
  Days run(files, files.folder);
  figures.add_ms("opening_ms", timed_ms([&] { run.open(); }));
  run.open_clearing();
  for (unsigned n = 1; n <= days; ++n) {
    run.run(n, n > 1);
  }
  BenchNode& node = run.node();
  figures.add("file_bytes", fs::file_size(files.day(days)));
  add_days(figures, options, run.runs(), node.last_day().size);
  figures.add_ms("snapshot_ms", timed_ms([&] { node.put_snapshot(); }));
  figures.add("snapshot_bytes", bytes_below(files.folder + "/node/data/snapshots"));
  W1Sums sums;
  for (std::uint64_t n = 1; n <= options.members; ++n) {
    sums.add(w1_member(n), node.points_of(n));
  }
  figures.add_text("sums", sums.text());
  figures.print(options.json);
  return node.last_day().returned == 0 ? 0 : 1;
}

}  // namespace ph::bench
