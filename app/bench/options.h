// What a run of `pointhouse bench` is asked to do.
#pragma once

#include <cstdint>
#include <string>

namespace ph::bench {

struct BenchOptions {
  std::uint64_t rows{100'000};  // W3: transactions, with an item on each side; W4: legs
  std::string dir{};            // where the prepared data lie, and are made when they lack
  std::string export_dir{};     // write the data and our result for other systems; empty: don't
  unsigned threads{2};
  unsigned repeat{3};  // timed runs; the median counts
  std::uint64_t seed{1};
  bool json{false};
};

// Exit codes: 0 done, 1 the results of a job differ from each other, 3 (thrown) the disk failed.
[[nodiscard]] int run_w3(const BenchOptions& options);
[[nodiscard]] int run_w4(const BenchOptions& options);

struct W1Options {
  std::uint64_t rows{100'000};     // bills in a day's file, each of another member
  std::uint64_t members{100'000};  // with an account each; no fewer than rows
  std::uint64_t lots{1};           // that each member has before the first day
  std::string dir{};
  unsigned repeat{3};  // timed days; one more comes first, to warm up
  std::uint64_t seed{1};
  bool files_only{false};
  bool json{false};
};
// Exit codes: 0 done, 1 points are missing, 3 (thrown) the disk failed.
[[nodiscard]] int run_w1(const W1Options& options);

// How a partner reaches the gateway on this machine.
struct W2Gateway {
  std::uint16_t port{};
  std::string authority{};  // PEM
  std::string key{};        // of role api
  std::int64_t created{};   // of the signatures: the system's time, in seconds since 1970
};

struct W2Options {
  std::string at{};  // a node's socket for counters, postgresql://..., https://localhost:port
  std::string
      token{};  // file of a channel's: look-ups at a member service, in place of redemptions
  std::string look_up{"balance"};  // with a token: or "history"
  W2Gateway gateway{};
  unsigned callers{1};
  unsigned rate{0};  // redemptions that are meant to begin in a second; 0: each after the last
  unsigned seconds{10};
  unsigned warm_up_ms{2'000};
  std::uint64_t members{100'000};
  std::uint64_t points{10};  // of a redemption
  std::string code{"P11"};   // of the ids: whose counter, or which partner
  std::string date{};        // of the ids, YYYYMMDD
  std::string prefix{"W1"};  // of the ids; each run needs another
  std::uint64_t seed{1};
  bool json{false};
};
// Exit code 0. Throws when the system is gone, or refuses a redemption.
[[nodiscard]] int run_w2(const W2Options& options);

// A year's award over a home that is filled for it.
struct RunsOptions {
  std::uint64_t members{100'000};  // with 1.3 accounts each, and a bill for each month of the year
  std::uint32_t lots{10};          // of each member before it
  bool json{false};
};
// Exit codes: 0 done, 1 lots are missing.
[[nodiscard]] int run_runs(const RunsOptions& options);

struct WireOptions {
  std::uint64_t mebibytes{512};
  unsigned repeat{3};
  bool json{false};
};
// Exit code 0. Throws when something does not arrive in time.
[[nodiscard]] int run_wire(const WireOptions& options);

}  // namespace ph::bench
