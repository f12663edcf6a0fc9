#include "tests/simulation/network.h"

namespace ph::sim {

Network::Network(Schedule& schedule, const Faults& faults, std::uint64_t seed, std::size_t nodes,
                 Receivers receivers)
    : schedule_(schedule),
      faults_(faults),
      random_(seed ^ 0x4E'E7U),
      receivers_(std::move(receivers)),
      links_(nodes) {}

std::string Network::route_of(std::size_t node) const {
  return std::to_string(node) + "/" + std::to_string(links_[node].connection) + "/" +
         std::to_string(epoch_);
}

void Network::set_up(std::size_t node, bool up) {
  links_[node].up = up;
  if (!up) {
    ++links_[node].connection;
  }
}

bool Network::post(std::size_t node, const std::function<void()>& arrive) {
  if (happens(faults_.refused)) {
    return false;
  }
  ++sent_;
  if (!links_[node].up || happens(faults_.lost)) {
    return true;
  }
  for (int copies = happens(faults_.doubled) ? 2 : 1; copies > 0; --copies) {
    schedule_.after(random_.between(faults_.delay_min_ms, faults_.delay_max_ms), arrive);
  }
  return true;
}

bool Network::send_to_clearing(std::size_t node, const Message& message) {
  // A message arrives on the connection that it was sent on, or not at all.
  return post(node, [this, node, connection = links_[node].connection, message] {
    if (links_[node].up && links_[node].connection == connection) {
      receivers_.to_clearing(node, route_of(node), message);
    }
  });
}

bool Network::send_to_node(std::size_t node, const std::string& route, const Message& message) {
  return post(node, [this, node, route, message] {
    if (links_[node].up && route_of(node) == route) {
      receivers_.to_node(node, message);
    }
  });
}

}  // namespace ph::sim
