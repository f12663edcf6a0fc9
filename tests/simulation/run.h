// One seed: the world undisturbed, then with all that can go wrong; both must come to the same.
#pragma once

#include <cstdint>
#include <string>

#include "tests/simulation/cluster.h"

namespace ph::sim {

struct SeedOptions {
  Bug bug{Bug::kNone};
  bool trace{false};
};

struct SeedOutcome {
  std::string failure{};  // empty: none
  RunCounts counts{};     // of the disturbed run
};

[[nodiscard]] SeedOutcome run_seed(std::uint64_t seed, const SeedOptions& options);

}  // namespace ph::sim
