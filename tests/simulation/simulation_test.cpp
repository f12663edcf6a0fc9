// Runs of the whole system from seeds (docs/architecture.md, "The simulator"). A seed alone, with a
// trace:
//
//   PH_FIRST_SEED=17 PH_SEEDS=1 PH_TRACE=1 simulation_tests --gtest_filter='*/Seeds.*'
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "tests/simulation/counters.h"
#include "tests/simulation/run.h"

namespace ph::sim {
namespace PH_FILE {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

bool long_run() {
  const char* text = std::getenv("PH_LONG");
  return text != nullptr && std::string(text) == "1";
}

// A check that fails ends the process: the seed has to be said before.
std::uint64_t seed_under_way = 0;

std::string replay_command(std::uint64_t seed) {
  return "PH_FIRST_SEED=" + std::to_string(seed) +
         " PH_SEEDS=1 PH_TRACE=1 simulation_tests --gtest_filter='*/Seeds.*'";
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

class SayingSeed {
 public:
  SayingSeed() : before_(std::set_terminate(say_seed_and_end)) {}
  ~SayingSeed() { std::set_terminate(before_); }
  SayingSeed(const SayingSeed&) = delete;
  SayingSeed& operator=(const SayingSeed&) = delete;

 private:
  std::terminate_handler before_;
};

void print(std::uint64_t runs, const RunCounts& counts) {
  std::printf("%llu runs: %llu events, %llu messages, %llu durable steps, %llu deaths\n",
              static_cast<unsigned long long>(runs), static_cast<unsigned long long>(counts.events),
              static_cast<unsigned long long>(counts.messages),
              static_cast<unsigned long long>(counts.durable_steps),
              static_cast<unsigned long long>(counts.deaths));
}

// --- seeds ---------------------------------------------------------------------------------------

// Every eighth seed each, so that they can be run side by side and none takes long.
constexpr std::uint64_t kShares = 8;
class Seeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, ComeToWhatTheyWouldWithoutFaults) {
  const SayingSeed saying;
  const std::uint64_t first = number_from("PH_FIRST_SEED", 1);
  const std::uint64_t end = first + number_from("PH_SEEDS", long_run() ? 10'000 : 300);
  const bool trace = std::getenv("PH_TRACE") != nullptr;
  RunCounts counts;
  std::uint64_t runs = 0;
  int failures = 0;
  for (std::uint64_t seed = first + GetParam(); seed < end && failures < 3; seed += kShares) {
    seed_under_way = seed;
    const RunOutcome outcome = run_seed(seed, Bug::kNone, trace);
    counts.add(outcome.counts);
    ++runs;
    if (!outcome.failure.empty()) {
      ++failures;
      ADD_FAILURE() << "seed " << seed << ": " << outcome.failure
                    << "\n  again with a trace: " << replay_command(seed);
    }
  }
  print(runs, counts);
}

INSTANTIATE_TEST_SUITE_P(Simulation, Seeds, testing::Range(std::uint64_t{0}, kShares));

// --- counters ------------------------------------------------------------------------------------

// Redemptions, holds, captures, voids, refunds and moves at counters, live, through all of that:
//
//   PH_FIRST_SEED=17 PH_SEEDS=1 PH_TRACE=1 simulation_tests --gtest_filter='*AtCounters*'
class AtCounters : public testing::TestWithParam<std::uint64_t> {};

TEST_P(AtCounters, EachRequestHappensOnceAndEveryMemberIsInOnePlace) {
  const SayingSeed saying;
  const std::uint64_t first = number_from("PH_FIRST_SEED", 1);
  const std::uint64_t end = first + number_from("PH_SEEDS", long_run() ? 10'000 : 300);
  const bool trace = std::getenv("PH_TRACE") != nullptr;
  RunCounts counts;
  std::uint64_t runs = 0;
  LiveCounts all;
  int failures = 0;
  for (std::uint64_t seed = first + GetParam(); seed < end && failures < 3; seed += kShares) {
    seed_under_way = seed;
    const RunOutcome outcome = run_live_seed(seed, trace, all);
    counts.add(outcome.counts);
    ++runs;
    if (!outcome.failure.empty()) {
      ++failures;
      ADD_FAILURE() << "seed " << seed << ": " << outcome.failure;
    }
  }
  print(runs, counts);
  std::printf("%llu requests done, %llu of them moves\n", static_cast<unsigned long long>(all.done),
              static_cast<unsigned long long>(all.moved));
  EXPECT_TRUE(runs == 0 || failures > 0 || (all.done > 50 * runs && all.moved > 3 * runs));
}

INSTANTIATE_TEST_SUITE_P(Simulation, AtCounters, testing::Range(std::uint64_t{0}, kShares));

// --- every durable step --------------------------------------------------------------------------

// Each share has worlds of its own. One step alone, with a trace:
//
//   PH_FIRST_SEED=17 PH_STEP=103 simulation_tests --gtest_filter='*EveryDurableStep*/0'
class EveryDurableStep : public testing::TestWithParam<std::uint64_t> {};

void die_at_each(std::uint64_t seed, std::uint64_t from, std::uint64_t stride, std::uint64_t& runs,
                 RunCounts& counts) {
  const SeedRun run(seed);
  const std::uint64_t only = number_from("PH_STEP", 0);
  const std::uint64_t last = only == 0 ? run.calm_counts().durable_steps : only;
  for (std::uint64_t step = only == 0 ? from : only; step <= last; step += stride) {
    for (const bool after : {false, true}) {
      const RunOutcome outcome =
          run.disturbed({.death_at = step, .death_after = after}, Bug::kNone, only != 0);
      EXPECT_EQ(outcome.failure, "")
          << "seed " << seed << ", death " << (after ? "after" : "before") << " step " << step;
      EXPECT_TRUE(!outcome.failure.empty() || outcome.counts.deaths == 1);
      counts.add(outcome.counts);
      ++runs;
    }
  }
}

TEST_P(EveryDurableStep, MayBeTheLastOfAProcess) {
  const SayingSeed saying;
  const std::uint64_t first = number_from("PH_FIRST_SEED", 1) + GetParam();
  const std::uint64_t seeds = number_from("PH_SEEDS", long_run() ? 10'000 : 300);
  const std::uint64_t stride = std::max<std::uint64_t>(1, 10'000 / std::max(seeds, 1UL));
  RunCounts counts;
  std::uint64_t runs = 0;
  seed_under_way = first;
  die_at_each(first, 1 + first % stride, stride, runs, counts);
  print(runs, counts);
}

INSTANTIATE_TEST_SUITE_P(Simulation, EveryDurableStep, testing::Range(std::uint64_t{0}, kShares));

// --- planted bugs --------------------------------------------------------------------------------

struct Planted {
  Bug bug{};
  const char* name{};
};

class PlantedBug : public testing::TestWithParam<Planted> {};

// A simulator that finds nothing proves nothing: each of these is found.
TEST_P(PlantedBug, IsFoundWithinAThousandSeeds) {
  const SayingSeed saying;
  constexpr std::uint64_t kSeedsMax = 1'000;
  for (std::uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    seed_under_way = seed;
    const RunOutcome outcome = run_seed(seed, GetParam().bug, false);
    if (!outcome.failure.empty()) {
      std::printf("found by seed %llu: %s\n", static_cast<unsigned long long>(seed),
                  outcome.failure.c_str());
      return;
    }
  }
  ADD_FAILURE() << "not found";
}

INSTANTIATE_TEST_SUITE_P(
    Simulation, PlantedBug,
    testing::Values(Planted{Bug::kReceiptBeforeDurable, "ReceiptBeforeDurable"},
                    Planted{Bug::kTakenBatchForgotten, "TakenBatchForgotten"},
                    Planted{Bug::kLaterChunksLost, "LaterChunksLost"},
                    Planted{Bug::kFileBeforeDurable, "FileBeforeDurable"},
                    Planted{Bug::kSnapshotTooNew, "SnapshotTooNew"},
                    Planted{Bug::kAdvicesNotInSnapshot, "AdvicesNotInSnapshot"}),
    [](const testing::TestParamInfo<Planted>& planted) { return std::string(planted.param.name); });

}  // namespace PH_FILE
}  // namespace ph::sim
