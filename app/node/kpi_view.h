// A month's figures (the run KPI, docs/outputs.md) as an operator reads them: as JSON from the
// process, with rates as exact fractions; as tables from that.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ph {

// Of a run's file, whose lines are COUNT, LIABILITY, BREAKAGE, QUEUE.
[[nodiscard]] nlohmann::ordered_json kpi_json(const std::string& of, const std::string& file);
[[nodiscard]] std::string kpi_table(const std::string& json);

}  // namespace ph
