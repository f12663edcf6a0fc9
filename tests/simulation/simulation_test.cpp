// Runs of the whole system from seeds (docs/architecture.md, "The simulator").
//
//   PH_FIRST_SEED=17 PH_SEEDS=1 PH_TRACE=1 simulation_tests --gtest_filter=Simulation.*
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "tests/simulation/run.h"

namespace ph::sim {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A check that fails ends the process: the seed has to be said before.
std::uint64_t seed_under_way = 0;

std::string replay_command(std::uint64_t seed) {
  return "PH_FIRST_SEED=" + std::to_string(seed) +
         " PH_SEEDS=1 PH_TRACE=1 simulation_tests --gtest_filter=Simulation.*";
}

[[noreturn]] void say_seed_and_end() {
  std::fprintf(stderr, "seed %llu; again with a trace: %s\n",
               static_cast<unsigned long long>(seed_under_way),
               replay_command(seed_under_way).c_str());
  if (const std::exception_ptr current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    } catch (...) {
      std::fputs("unknown exception\n", stderr);
    }
  }
  std::abort();
}

TEST(Simulation, EverySeedComesToWhatItWouldWithoutFaults) {
  const std::terminate_handler before = std::set_terminate(say_seed_and_end);
  const std::uint64_t count =
      number_from("PH_SEEDS", std::getenv("PH_LONG") == nullptr ? 300 : 10'000);
  const std::uint64_t first = number_from("PH_FIRST_SEED", 1);
  const bool trace = std::getenv("PH_TRACE") != nullptr;
  RunCounts counts;
  int failures = 0;
  for (std::uint64_t seed = first; seed < first + count && failures < 5; ++seed) {
    seed_under_way = seed;
    const SeedOutcome outcome = run_seed(seed, {.trace = trace});
    counts.add(outcome.counts);
    if (!outcome.failure.empty()) {
      ++failures;
      ADD_FAILURE() << "seed " << seed << ": " << outcome.failure
                    << "\n  again with a trace: " << replay_command(seed);
    }
  }
  std::printf("%llu seeds: %llu events, %llu messages, %llu durable steps, %llu deaths\n",
              static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(counts.events),
              static_cast<unsigned long long>(counts.messages),
              static_cast<unsigned long long>(counts.durable_steps),
              static_cast<unsigned long long>(counts.deaths));
  std::set_terminate(before);
}

struct Planted {
  Bug bug{};
  const char* name{};
};

class PlantedBug : public testing::TestWithParam<Planted> {};

// A simulator that finds nothing proves nothing: each of these is found.
TEST_P(PlantedBug, IsFoundWithinAThousandSeeds) {
  const std::terminate_handler before = std::set_terminate(say_seed_and_end);
  constexpr std::uint64_t kSeedsMax = 1'000;
  for (std::uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    seed_under_way = seed;
    const SeedOutcome outcome = run_seed(seed, {.bug = GetParam().bug});
    if (!outcome.failure.empty()) {
      std::printf("found by seed %llu: %s\n", static_cast<unsigned long long>(seed),
                  outcome.failure.c_str());
      std::set_terminate(before);
      return;
    }
  }
  ADD_FAILURE() << "not found";
}

INSTANTIATE_TEST_SUITE_P(
    Simulation, PlantedBug,
    testing::Values(Planted{Bug::kReceiptBeforeDurable, "ReceiptBeforeDurable"},
                    Planted{Bug::kTakenBatchForgotten, "TakenBatchForgotten"},
                    Planted{Bug::kFileBeforeDurable, "FileBeforeDurable"},
                    Planted{Bug::kSnapshotTooNew, "SnapshotTooNew"}),
    [](const testing::TestParamInfo<Planted>& planted) { return std::string(planted.param.name); });

}  // namespace
}  // namespace ph::sim
