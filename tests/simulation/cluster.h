// The whole system in one process on virtual time: provinces' nodes and the clearing, their
// machines, the network between them, the files that are brought.
#pragma once

#include <memory>
#include <vector>

#include "tests/simulation/clearing_host.h"
#include "tests/simulation/network.h"
#include "tests/simulation/node_host.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/watch.h"

namespace ph::sim {

// What a run took, for whoever wonders whether it was worth it.
struct RunCounts {
  std::uint64_t events{};
  std::uint64_t messages{};
  std::uint64_t deaths{};
  std::uint64_t durable_steps{};

  void add(const RunCounts& other) {
    events += other.events;
    messages += other.messages;
    deaths += other.deaths;
    durable_steps += other.durable_steps;
  }
};

class Cluster {
 public:
  Cluster(const World& world, const Faults& faults, Bug bug, Watch& watch, bool trace);

  // Plays the days, faults and all; then lets everything calm down, until all that was sealed has
  // its receipt. The world's period is closed then. Throws Failed.
  void run();
  // Nothing goes wrong any more but for links that are down; `run` says so at its end.
  void calm();
  // Jumps to the cut-off of the period after, and closes that one too.
  void close_next_period();
  // Ends all processes and starts them again.
  void restart_all();

  // For what happens besides: at counters.
  [[nodiscard]] Schedule& schedule() { return schedule_; }
  [[nodiscard]] const Trace& trace() const { return trace_; }
  [[nodiscard]] NodeHost& node_host(std::size_t index) { return *nodes_[index]; }
  [[nodiscard]] const Node& node(std::size_t index) const { return nodes_[index]->node(); }
  [[nodiscard]] Clearing& clearing() { return clearing_->clearing(); }
  [[nodiscard]] const Host& host(std::size_t index) const { return *nodes_[index]; }
  [[nodiscard]] const Host& clearing_host() const { return *clearing_; }
  [[nodiscard]] RunCounts counts() const;

 private:
  void plan();
  void plan_cuts(std::size_t node);
  void plan_closes();
  void cut(std::size_t node, std::int64_t from_ms, std::int64_t to_ms);
  void link_up(std::size_t node);
  [[nodiscard]] std::string what_is_missing();

  const World& world_;
  Schedule schedule_;
  Trace trace_;
  Network network_;
  Setting setting_;
  generate::Random random_;
  std::vector<std::unique_ptr<NodeHost>> nodes_;
  std::unique_ptr<ClearingHost> clearing_;
  std::vector<std::int64_t> late_until_ms_;  // of each node: its link is down for long before it
};

}  // namespace ph::sim
