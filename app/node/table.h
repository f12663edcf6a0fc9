// Plain tables for people at a terminal.
#pragma once

#include <string>
#include <vector>

namespace ph {

using Cells = std::vector<std::string>;

// A line of a file at its commas.
[[nodiscard]] Cells cells_of(const std::string& line);
// 1234567 as `1,234,567`; of digits alone.
[[nodiscard]] std::string grouped(const std::string& digits);
// Columns as wide as their widest cell; the first one to the left, figures to the right.
[[nodiscard]] std::string table_of(const std::vector<Cells>& rows);

}  // namespace ph
