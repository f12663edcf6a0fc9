// What an operator sees of runs over all members: as JSON from the process, as tables from that.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "node/node.h"

namespace ph {

[[nodiscard]] nlohmann::ordered_json run_json(const RunStatus& run);
// Of what node_view_json gave: lines for those that aren't over; a table of all.
[[nodiscard]] std::string runs_under_way(const nlohmann::ordered_json& status);
[[nodiscard]] std::string runs_table(const std::string& status);
// A run and its file, as the process tells them; what was counted as people read it.
[[nodiscard]] std::string preview_table(const std::string& json);

}  // namespace ph
