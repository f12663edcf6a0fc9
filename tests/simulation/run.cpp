#include "tests/simulation/run.h"

namespace ph::sim {

SeedRun::SeedRun(std::uint64_t seed)
    : world_(make_world(seed)),
      calm_(play({}, {.bug = Bug::kNone, .restart = false, .trace = false}, calm_counts_)) {}

RunResult SeedRun::play(const Faults& faults, const Manner& manner, RunCounts& counts) const {
  Auditor auditor(world_);
  Cluster cluster(world_, faults, manner.bug, auditor, manner.trace);
  cluster.run();
  cluster.close_next_period();
  RunResult result = auditor.audit(cluster);
  counts = cluster.counts();
  if (manner.restart) {
    cluster.restart_all();  // All that was promised is still there.
    static_cast<void>(auditor.audit(cluster));
  }
  return result;
}

void SeedRun::compare(const RunResult& wild) const {
  for (const auto& [sender, batches] : calm_.batches) {
    if (wild.batches.at(sender) != batches) {
      throw Failed("participant " + std::to_string(sender.number()) +
                   " sealed other batches than without faults");
    }
  }
  for (const auto& [month, texts] : calm_.periods) {
    const std::string difference = wild.periods.at(month).difference(texts);
    if (!difference.empty()) {
      throw Failed(month.text() + " differs from a run without faults: " + difference);
    }
  }
}

RunOutcome SeedRun::disturbed(const Faults& faults, Bug bug, bool trace) const {
  RunOutcome out;
  try {
    compare(play(faults, {.bug = bug, .restart = true, .trace = trace}, out.counts));
  } catch (const std::exception& failure) {
    out.failure = failure.what();
  }
  return out;
}

RunOutcome run_seed(std::uint64_t seed, Bug bug, bool trace) {
  try {
    return SeedRun(seed).disturbed(draw_faults(seed), bug, trace);
  } catch (const std::exception& failure) {
    return {.failure = std::string("without a fault: ") + failure.what()};
  }
}

}  // namespace ph::sim
