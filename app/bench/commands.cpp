#include "app/bench/commands.h"

#include <cstdint>
#include <cstdio>
#include <memory>

#include "app/bench/options.h"

namespace ph {

namespace {

constexpr std::uint64_t kRowsMax = 200'000'000;

using RunJob = int (*)(const bench::BenchOptions&);

void add_job(CLI::App& bench, const char* name, const char* what, const char* rows, RunJob run,
             std::function<int()>& command) {
  const auto options = std::make_shared<bench::BenchOptions>();
  CLI::App* job = bench.add_subcommand(name, what);
  job->add_option("--rows", options->rows, rows)
      ->check(CLI::Range(std::uint64_t{1}, kRowsMax))
      ->capture_default_str();
  job->add_option("--dir", options->dir, "directory of the stored data; made when they lack")
      ->required();
  job->add_option("--export", options->export_dir,
                  "write the data as CSV, and the result to compare with, into this directory");
  job->add_option("--threads", options->threads, "threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  job->add_option("--repeat", options->repeat, "timed runs; their median counts")
      ->check(CLI::Range(1, 99))
      ->capture_default_str();
  job->add_option("--seed", options->seed, "same seed, same data")->capture_default_str();
  job->add_flag("--json", options->json, "print the figures as JSON");
  job->callback([&command, options, run] { command = [options, run] { return run(*options); }; });
}

void add_w1(CLI::App& bench, std::function<int()>& command) {
  const auto options = std::make_shared<bench::W1Options>();
  CLI::App* job = bench.add_subcommand(
      "w1", "Take days' files into a node: durable, and visible to a balance query");
  const auto count = CLI::Range(std::uint64_t{1}, std::uint64_t{20'000'000});
  job->add_option("--rows", options->rows, "bills in a day's file, each of another member")
      ->check(count)
      ->capture_default_str();
  job->add_option("--members", options->members, "members of the province, no fewer than rows")
      ->check(count)
      ->capture_default_str();
  job->add_option("--lots", options->lots, "lots of each member before the first day")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{36}))
      ->capture_default_str();
  job->add_option("--dir", options->dir, "directory of the stored data; made when they lack")
      ->required();
  job->add_option("--repeat", options->repeat, "timed days; their median counts")
      ->check(CLI::Range(1, 9))
      ->capture_default_str();
  job->add_option("--seed", options->seed, "same seed, same data")->capture_default_str();
  job->add_flag("--files-only", options->files_only, "make the files, name their folder, end");
  job->add_flag("--json", options->json, "print the figures as JSON");
  job->callback([&command, options] {
    command = [options] {
      if (options->rows > options->members) {
        std::fprintf(stderr, "pointhouse bench w1: --rows must not be above --members\n");
        return 2;
      }
      return run_w1(*options);
    };
  });
}

void add_w2(CLI::App& bench, std::function<int()>& command) {
  const auto options = std::make_shared<bench::W2Options>();
  CLI::App* job = bench.add_subcommand(
      "w2", "Redeem: a durable hold and its durable capture, by callers over loopback sockets");
  job->add_option("--at", options->at,
                  "socket of a node's counter, https://localhost:port of a gateway or member "
                  "service, or postgresql://...")
      ->required();
  job->add_option("--authority", options->gateway.authority,
                  "of a gateway or member service: certificates that sign its own, in PEM");
  job->add_option("--key", options->gateway.key, "of a gateway: the partner's key of role api");
  job->add_option("--created", options->gateway.created,
                  "of a gateway: the system's time, in seconds since 1970");
  job->add_option("--token", options->token,
                  "file of a channel's token: look-ups at a member service, not redemptions");
  job->add_option("--look-up", options->look_up, "with --token: which one")
      ->check(CLI::IsMember({"balance", "history"}))
      ->capture_default_str();
  job->add_option("--code", options->code, "of the ids: the counter's province, or the partner")
      ->capture_default_str();
  job->add_option("--callers", options->callers, "connections, each with one request at a time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  job->add_option("--rate", options->rate,
                  "redemptions begun in a second, whether the last are done or not (latency counts "
                  "from when one was to begin); 0: each caller begins when it is done")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  job->add_option("--seconds", options->seconds, "how long it counts")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  job->add_option("--warm-up-ms", options->warm_up_ms, "before it counts")->capture_default_str();
  job->add_option("--members", options->members, "members of the province, as in w1")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{20'000'000}))
      ->capture_default_str();
  job->add_option("--points", options->points, "of each redemption")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  job->add_option("--date", options->date, "of the ids, YYYYMMDD: the system's business date")
      ->required();
  job->add_option("--prefix", options->prefix, "of the ids; each run needs another")
      ->capture_default_str();
  job->add_option("--seed", options->seed, "same seed, same members")->capture_default_str();
  job->add_flag("--json", options->json, "print the figures as JSON");
  job->callback([&command, options] { command = [options] { return run_w2(*options); }; });
}

void add_runs(CLI::App& bench, std::function<int()>& command) {
  const auto options = std::make_shared<bench::RunsOptions>();
  CLI::App* job = bench.add_subcommand(
      "runs", "Count and post the award of a year over a home's members and accounts");
  job->add_option("--members", options->members, "members of the province")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{20'000'000}))
      ->capture_default_str();
  job->add_option("--lots", options->lots, "lots of each member before it")
      ->check(CLI::Range(std::uint32_t{1}, std::uint32_t{36}))
      ->capture_default_str();
  job->add_flag("--json", options->json, "print the figures as JSON");
  job->callback([&command, options] { command = [options] { return run_runs(*options); }; });
}

void add_wire(CLI::App& bench, std::function<int()>& command) {
  const auto options = std::make_shared<bench::WireOptions>();
  CLI::App* job =
      bench.add_subcommand("wire", "Send chunks over loopback: bare sockets, then the peers'");
  job->add_option("--mebibytes", options->mebibytes, "chunks of 1 MiB in each run")
      ->check(CLI::Range(std::uint64_t{16}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  job->add_option("--repeat", options->repeat, "timed runs; their median counts")
      ->check(CLI::Range(1, 99))
      ->capture_default_str();
  job->add_flag("--json", options->json, "print the figures as JSON");
  job->callback([&command, options] { command = [options] { return run_wire(*options); }; });
}

}  // namespace

void add_bench_command(CLI::App& app, std::function<int()>& command) {
  CLI::App* bench = app.add_subcommand("bench", "Time the clearing's great jobs on this machine");
  bench->require_subcommand(1);
  add_w1(*bench, command);
  add_w2(*bench, command);
  add_job(*bench, "w3", "Match stored batches of both sides by transaction id",
          "transactions, each with an item on either side", &bench::run_w3, command);
  add_job(*bench, "w4", "Price and net from running totals; audit by a rescan of all settled legs",
          "settled legs", &bench::run_w4, command);
  add_runs(*bench, command);
  add_wire(*bench, command);
  bench->footer("docs/benchmarks.md says what is measured. Side by side with others: ops/bench.");
}

}  // namespace ph
