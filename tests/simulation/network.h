// The virtual network between the provinces' nodes and the clearing: one link a node. What is sent
// may be lost, doubled, overtaken, late, or refused by the sender's own queue; a link may be down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "app/generate/random.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/schedule.h"

namespace ph::sim {

using Message = std::vector<std::byte>;

class Network {
 public:
  struct Receivers {
    // A node's message, with the route under which an answer finds back.
    std::function<void(std::size_t node, const std::string& route, const Message&)> to_clearing;
    std::function<void(std::size_t node, const Message&)> to_node;
  };

  Network(Schedule& schedule, const Faults& faults, std::uint64_t seed, std::size_t nodes,
          Receivers receivers);

  // False: not queued. True says nothing about whether it arrives.
  bool send_to_clearing(std::size_t node, const Message& message);
  bool send_to_node(std::size_t node, const std::string& route, const Message& message);

  // A node connects anew: what is under way on its old connection is lost.
  void reconnect(std::size_t node) { ++links_[node].connection; }
  // The clearing's process has ended: all routes that it knew are void.
  void clearing_restarted() { ++epoch_; }
  void set_up(std::size_t node, bool up);
  [[nodiscard]] bool up(std::size_t node) const { return links_[node].up; }
  // From now on nothing goes wrong any more.
  void calm() { faults_ = Faults{}; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  struct Link {
    bool up{true};
    std::uint64_t connection{1};
  };
  [[nodiscard]] bool happens(std::uint32_t per_mille) { return random_.below(1'000) < per_mille; }
  [[nodiscard]] std::string route_of(std::size_t node) const;
  // Calls `arrive` for each copy that arrives, when it does.
  bool post(std::size_t node, const std::function<void()>& arrive);

  Schedule& schedule_;
  Faults faults_;
  generate::Random random_;
  Receivers receivers_;
  std::vector<Link> links_;
  std::uint64_t epoch_{1};
  std::uint64_t sent_{0};
};

}  // namespace ph::sim
