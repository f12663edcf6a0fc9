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

struct WireOptions {
  std::uint64_t mebibytes{512};
  unsigned repeat{3};
  bool json{false};
};
// Exit codes: 0 done, 1 something didn't arrive.
[[nodiscard]] int run_wire(const WireOptions& options);

}  // namespace ph::bench
