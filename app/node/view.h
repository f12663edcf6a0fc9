// What an operator sees of a node: as JSON from the process, as a table from that JSON, so that
// both show the same figures.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "node/node.h"

namespace ph {

struct NodeView {
  NodeStatus status{};
  BusinessTime now{};
  bool connected{};
  bool key_refused{};  // the clearing doesn't admit this node's transport key
  std::vector<std::pair<std::string, std::string>> waiting{};  // files in the inbox, and why
  const Province* province{};
};

[[nodiscard]] std::string node_view_json(const NodeView& view);
// The table of what node_view_json gave.
[[nodiscard]] std::string node_view_table(const std::string& json);
// What /v1/returned says, as a table.
[[nodiscard]] std::string returned_table(const std::string& json);
// Its programme's versions.
[[nodiscard]] std::string programme_view_table(const std::string& json);

}  // namespace ph
