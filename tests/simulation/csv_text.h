// Writes one input file of the common frame (docs/formats.md, section 1) as text in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/date.h"

namespace ph::sim {

class CsvText {
 public:
  CsvText() = default;
  CsvText(std::string_view type, std::string_view sender, BusinessDate date,
          std::uint32_t sequence);

  // A row: begin, its columns in their order, end.
  CsvText& begin(std::string_view kind);
  CsvText& text(std::string_view value);
  CsvText& number(std::uint64_t value);
  CsvText& points(std::uint64_t value);  // Also into the trailer's sum.
  CsvText& fen(std::uint64_t value);     // Also into the trailer's sum.
  CsvText& none(int columns = 1);
  void end();

  // Line of the row begun last; the header is line 1.
  [[nodiscard]] std::uint32_t line() const { return rows_ + 1; }
  [[nodiscard]] std::uint32_t rows() const { return rows_; }
  // The file, with its trailer.
  [[nodiscard]] std::string finish() const;

 private:
  std::string text_{};
  std::uint32_t rows_{0};
  std::uint64_t points_{0};
  std::uint64_t fen_{0};
};

}  // namespace ph::sim
