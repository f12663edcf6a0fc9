#include "app/bench/w4.h"

#include <algorithm>
#include <filesystem>

#include "core/statement/tables.h"
#include "platform/crypto/sha256.h"

namespace ph::bench {

namespace {

constexpr std::uint16_t kW4Partners = 1'000;
constexpr std::size_t kLinesExpected = 50'000;

// The period's money, from totals: what a cut-off needs once everything has been matched.
PeriodResult net(const LineTotals& totals, const World& world) {
  PeriodResult result{.period = kPeriod};
  result.lines = totals.lines(world.rules);
  result.positions = positions_of(result.lines, kPeriod, world.rules, {});
  std::int64_t sum = 0;
  for (const Position& position : result.positions) {
    sum += position.net;
  }
  check(sum == 0, "I-5: nets sum to zero");
  return result;
}

// All legs, a part for each thread; the parts' totals are then added up.
LineTotals rescan(std::span<const PackedLeg> legs, std::vector<LineTotals>& parts) {
  on_threads(static_cast<unsigned>(parts.size()), [&](unsigned number) {
    const std::size_t first = legs.size() * number / parts.size();
    const std::size_t last = legs.size() * (number + 1) / parts.size();
    parts[number] = LineTotals(kLinesExpected);
    parts[number].add(legs.subspan(first, last - first));
  });
  LineTotals all = std::move(parts.front());
  for (std::size_t n = 1; n < parts.size(); ++n) {
    all.add(parts[n]);
  }
  return all;
}

// The three tables as `settle` writes them.
std::string tables_of(const PeriodResult& result, const World& world) {
  const Names names(world.rules);
  return lines_csv(result, world.rules, names) + matrix_csv(result, names) +
         positions_csv(result, names);
}

}  // namespace

int run_w4(const BenchOptions& options) {
  const std::string directory =
      options.dir + "/w4-" + std::to_string(options.rows) + "-" + std::to_string(options.seed);
  const std::string done = directory + "/complete";
  std::filesystem::create_directories(directory);
  const World world = open_world(directory + "/rulebook.csv", kW4Partners);
  Figures figures;
  figures.add_text("job", "w4");
  figures.add("rows", options.rows);
  figures.add("threads", options.threads);
  if (!std::filesystem::exists(done)) {
    figures.add_ms("prepare_ms", timed_ms([&] { prepare_w4(world, options, directory); }));
    write_file(done, "");
  }
  const StoredLegs stored = load_legs(directory);
  const LineTotals running = load_totals(directory);
  figures.add("transactions", stored.header.transactions);
  figures.add("bytes", stored.file.bytes().size());

  Runs net_runs;
  Runs scan_runs;
  std::vector<LineTotals> parts(options.threads);
  PeriodResult from_totals;
  PeriodResult from_scan;
  for (unsigned n = 0; n < options.repeat; ++n) {
    net_runs.time([&] { from_totals = net(running, world); });
    scan_runs.time([&] { from_scan = net(rescan(stored.legs, parts), world); });
  }
  figures.add_runs("net", net_runs);
  figures.add_runs("rescan", scan_runs);
  const std::string tables = tables_of(from_totals, world);
  const bool same = tables == tables_of(from_scan, world);
  const std::string lines = lines_text(from_scan.lines);
  figures.add("lines", from_scan.lines.size());
  figures.add("cells", matrix_of(from_scan.lines).size());
  figures.add_text("audit", same ? "equal" : "DIFFERENT");
  figures.add_text("tables_sha256", hex(sha256(as_bytes(tables))));
  figures.add_text("lines_sha256", hex(sha256(as_bytes(lines))));
  if (!options.export_dir.empty()) {
    std::filesystem::create_directories(options.export_dir);
    figures.add_ms("export_ms",
                   timed_ms([&] { export_w4(world, stored.legs, options.export_dir); }));
    write_file(options.export_dir + "/lines.csv", lines);
  }
  figures.print(options.json);
  return same ? 0 : 1;
}

}  // namespace ph::bench
