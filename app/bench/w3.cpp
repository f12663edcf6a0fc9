#include "app/bench/w3.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "app/bench/store.h"
#include "platform/crypto/sha256.h"

namespace ph::bench {

namespace {

constexpr std::uint16_t kW3Partners = 100;
constexpr std::size_t kPartnersATask = 2;
constexpr std::size_t kAhead = 4;  // Runs whose first lines are fetched before their turn.

}  // namespace

// A thread's cursors over all province batches, its join, and what it found.
struct MonthMatcher::Worker {
  std::vector<std::vector<RunCursor>> cursors{};  // by province, batch
  Joiner joiner{};
  ExceptionFinder found{};
  std::vector<ItemRun> runs_a{};
  std::vector<ItemRun> runs_b{};

  void reset(const StoredMonth& month) {
    cursors.clear();
    for (const StoredSender& province : month.provinces) {
      std::vector<RunCursor>& own = cursors.emplace_back();
      for (const BatchView& batch : province.batches) {
        own.emplace_back(batch);
      }
    }
    const std::size_t room = found.exceptions().capacity();
    found = ExceptionFinder();
    found.reserve(std::max<std::size_t>(room, 4096));
  }

  void take(std::size_t province, Participant counterparty, std::vector<ItemRun>& runs) {
    runs.clear();
    std::vector<RunCursor>& own = cursors[province];
    for (std::size_t n = 0; n < own.size(); ++n) {
      own[std::min(n + kAhead, own.size() - 1)].prefetch();
      runs.push_back(own[n].take(counterparty));
    }
  }

  // One province and all that stand behind it.
  void provinces(const StoredMonth& month, std::size_t first) {
    for (std::size_t second = first + 1; second < month.provinces.size(); ++second) {
      take(first, month.provinces[second].sender, runs_a);
      take(second, month.provinces[first].sender, runs_b);
      joiner.join_provinces(runs_a, runs_b, found);
    }
  }

  // Day by day: homes ascending within a day.
  void partner(const StoredSender& partner) {
    ExceptionFinder own;
    std::vector<ItemRun>& others = runs_a;
    std::vector<ItemRun>& homes = runs_b;
    others.clear();
    joiner.start_partner();
    for (std::size_t day = 0; day < partner.batches.size(); ++day) {
      const BatchView& batch = partner.batches[day];
      others.push_back({.items = batch.items, .sender = partner.sender, .date = batch.header.date});
      homes.clear();
      for (std::size_t n = 0; n < cursors.size(); ++n) {
        cursors[std::min(n + kAhead, cursors.size() - 1)][day].prefetch();
        homes.push_back(cursors[n][day].take(partner.sender));
      }
      joiner.join_day(others.back(), homes, own);
    }
    if (!joiner.finish_partner(others, own)) {
      own = ExceptionFinder();
      homes.clear();
      for (std::vector<RunCursor>& home : cursors) {
        for (RunCursor& cursor : home) {
          homes.push_back(cursor.take(partner.sender));
        }
      }
      joiner.join_partner(others, homes, own);
    }
    found.add(own);
  }
};

MonthMatcher::MonthMatcher(const StoredMonth& month, unsigned threads)
    : month_(month), workers_(threads) {}

MonthMatcher::~MonthMatcher() = default;

// A task is a province's pairs, or some partners; the threads take the next one as they are free.
MatchResult MonthMatcher::run() {
  const std::size_t provinces = month_.provinces.size();
  const std::size_t partner_tasks = (month_.partners.size() + kPartnersATask - 1) / kPartnersATask;
  std::atomic<std::size_t> next{0};
  on_threads(static_cast<unsigned>(workers_.size()), [&](unsigned number) {
    Worker& worker = workers_[number];
    worker.reset(month_);
    for (std::size_t task = next++; task < provinces + partner_tasks; task = next++) {
      if (task < provinces) {
        worker.provinces(month_, task);
        continue;
      }
      const std::size_t first = (task - provinces) * kPartnersATask;
      const std::size_t last = std::min(first + kPartnersATask, month_.partners.size());
      for (std::size_t n = first; n < last; ++n) {
        worker.partner(month_.partners[n]);
      }
    }
  });
  MatchResult result;
  for (const Worker& worker : workers_) {
    result.matched += worker.found.matched();
    result.points += worker.found.matched_points();
    const auto& found = worker.found.exceptions();
    result.exceptions.insert(result.exceptions.end(), found.begin(), found.end());
  }
  sort_exceptions(result.exceptions);
  return result;
}

namespace {

std::uint64_t count_of(const MatchResult& result, SuspenseReason reason) {
  return static_cast<std::uint64_t>(
      std::ranges::count(result.exceptions, reason, &MatchException::reason));
}

void add_result(Figures& figures, const MatchResult& result, const std::string& text) {
  figures.add("matched", result.matched);
  figures.add("matched_points", static_cast<std::uint64_t>(result.points));
  figures.add("exceptions", result.exceptions.size());
  for (const SuspenseReason reason :
       {SuspenseReason::kMissingHome, SuspenseReason::kMissingAcquirer, SuspenseReason::kAmount,
        SuspenseReason::kAuthorisation}) {
    figures.add(std::string(word(reason)), count_of(result, reason));
  }
  figures.add_text("exceptions_sha256", hex(sha256(as_bytes(text))));
}

}  // namespace

int run_w3(const BenchOptions& options) {
  const std::string directory =
      options.dir + "/w3-" + std::to_string(options.rows) + "-" + std::to_string(options.seed);
  const std::string done = directory + "/complete";
  std::filesystem::create_directories(directory);
  const World world = open_world(directory + "/rulebook.csv", kW3Partners);
  Figures figures;
  figures.add_text("job", "w3");
  figures.add("rows", options.rows);
  figures.add("threads", options.threads);
  if (!std::filesystem::exists(done)) {
    figures.add_ms("prepare_ms", timed_ms([&] { prepare_w3(world, options, directory); }));
    write_file(done, "");
  }
  StoredMonth month;
  figures.add_ms("load_ms", timed_ms([&] { month = load_w3(world, directory); }));
  figures.add("batches", month.files.size());
  figures.add("bytes", month.bytes);
  figures.add("home_items", month.home_items);
  figures.add("other_items", month.other_items);

  MonthMatcher matcher(month, options.threads);
  Runs first;
  Runs runs;
  MatchResult result;
  std::string text;
  bool same = true;
  for (unsigned n = 0; n <= options.repeat; ++n) {
    std::string found;
    (n == 0 ? first : runs).time([&] {
      result = matcher.run();
      found = exceptions_text(result.exceptions);
    });
    same = same && (n == 0 || found == text);
    text = std::move(found);
  }
  figures.add_ms("first_run_ms", first.wall_ms.front());  // Buffers are made in it; not counted.
  figures.add_runs("match", runs);
  add_result(figures, result, text);
  if (!options.export_dir.empty()) {
    std::filesystem::create_directories(options.export_dir);
    figures.add_ms("export_ms", timed_ms([&] { export_w3(month, options.export_dir); }));
    write_file(options.export_dir + "/exceptions.csv", text);
  }
  figures.print(options.json);
  return same ? 0 : 1;
}

}  // namespace ph::bench
