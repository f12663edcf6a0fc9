#include "tests/simulation/run.h"

#include "tests/simulation/auditor.h"

namespace ph::sim {

namespace {

RunResult run_once(const World& world, const Faults& faults, Bug bug, bool trace,
                   RunCounts& counts) {
  Auditor auditor(world);
  Cluster cluster(world, faults, bug, auditor, trace);
  cluster.run();
  cluster.close_next_period();
  RunResult result = auditor.audit(cluster);
  if (bug != Bug::kNone || faults.death > 0) {
    cluster.restart_all();  // All that was promised is still there.
    static_cast<void>(auditor.audit(cluster));
  }
  counts = cluster.counts();
  return result;
}

void compare(const World& world, const RunResult& calm, const RunResult& wild) {
  for (const auto& [sender, batches] : calm.batches) {
    if (wild.batches.at(sender) != batches) {
      throw Failed("participant " + std::to_string(sender.number()) +
                   " sealed other batches than without faults");
    }
  }
  for (const auto& [month, texts] : calm.periods) {
    const std::string difference = wild.periods.at(month).difference(texts);
    if (!difference.empty()) {
      throw Failed(month.text() + " differs from a run without faults: " + difference);
    }
  }
  if (calm.periods.size() != 2 || !calm.periods.contains(world.period)) {
    throw Failed("two periods are closed");
  }
}

}  // namespace

SeedOutcome run_seed(std::uint64_t seed, const SeedOptions& options) {
  SeedOutcome out;
  try {
    const World world = make_world(seed);
    RunCounts calm_counts;
    const RunResult calm = run_once(world, Faults{}, Bug::kNone, false, calm_counts);
    const RunResult wild =
        run_once(world, draw_faults(seed), options.bug, options.trace, out.counts);
    compare(world, calm, wild);
  } catch (const Failed& failed) {
    out.failure = failed.what();
  } catch (const std::exception& other) {
    out.failure = std::string("unexpected: ") + other.what();
  }
  return out;
}

}  // namespace ph::sim
