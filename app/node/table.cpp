#include "app/node/table.h"

#include <algorithm>

namespace ph {

Cells cells_of(const std::string& line) {
  Cells out(1);
  for (const char c : line) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string grouped(const std::string& digits) {
  std::string out;
  for (std::size_t n = 0; n < digits.size(); ++n) {
    out += n > 0 && (digits.size() - n) % 3 == 0 ? "," : "";
    out += digits[n];
  }
  return out;
}

std::string table_of(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths;
  for (const Cells& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t n = 0; n < row.size(); ++n) {
      widths[n] = std::max(widths[n], row[n].size());
    }
  }
  std::string out;
  for (const Cells& row : rows) {
    std::string line = "  ";
    for (std::size_t n = 0; n < row.size(); ++n) {
      const std::string pad(widths[n] - row[n].size(), ' ');
      line += n == 0 ? row[n] + pad : "  " + pad + row[n];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace ph
