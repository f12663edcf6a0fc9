// One seed: its world undisturbed, and the same world with faults; both must come to the same.
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/auditor.h"
#include "tests/simulation/cluster.h"

namespace ph::sim {

struct RunOutcome {
  std::string failure{};  // empty: none
  RunCounts counts{};
};

class SeedRun {
 public:
  // Plays the world without a fault. Throws Failed.
  explicit SeedRun(std::uint64_t seed);

  // Plays it with faults, and compares.
  [[nodiscard]] RunOutcome disturbed(const Faults& faults, Bug bug, bool trace) const;
  [[nodiscard]] const RunCounts& calm_counts() const { return calm_counts_; }

 private:
  struct Manner {
    Bug bug{};
    bool restart{};  // and another audit, at the end
    bool trace{};
  };
  [[nodiscard]] RunResult play(const Faults& faults, const Manner& manner, RunCounts& counts) const;
  void compare(const RunResult& wild) const;

  World world_;
  RunCounts calm_counts_{};
  RunResult calm_;
};

// Both, with the faults that the seed draws.
[[nodiscard]] RunOutcome run_seed(std::uint64_t seed, Bug bug, bool trace);

}  // namespace ph::sim
