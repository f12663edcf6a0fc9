// The stores that the contract suite runs over: places that a process opens, leaves and opens
// again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/journal/journal.h"

namespace ph::test {

class Place {
 public:
  Place() = default;
  virtual ~Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // As a process does when it starts. What was opened before has been closed, but for a `rival`.
  [[nodiscard]] virtual Storage open() = 0;
  // As a second process does while the first has it open; nullptr where that is refused.
  [[nodiscard]] virtual std::unique_ptr<Storage> rival() = 0;
};

struct Adapter {
  std::string name;
  // Gives nullptr and says why when it can't run here.
  std::function<std::unique_ptr<Place>(std::string& why)> make;
};

[[nodiscard]] const std::vector<Adapter>& adapters();

}  // namespace ph::test
