#include "tests/simulation/csv_text.h"

namespace ph::sim {

CsvText::CsvText(std::string_view type, std::string_view sender, BusinessDate date,
                 std::uint32_t sequence) {
  text_.reserve(1'024);
  text_.append("POINTHOUSE,").append(type).append(",1,").append(sender).append(",");
  text_.append(date.text()).append(",").append(std::to_string(sequence)).append("\n");
}

CsvText& CsvText::begin(std::string_view kind) {
  text_.append(kind);
  ++rows_;
  return *this;
}

CsvText& CsvText::text(std::string_view value) {
  text_.append(",").append(value);
  return *this;
}

CsvText& CsvText::number(std::uint64_t value) {
  return text(std::to_string(value));
}

CsvText& CsvText::points(std::uint64_t value) {
  points_ += value;
  return number(value);
}

CsvText& CsvText::fen(std::uint64_t value) {
  fen_ += value;
  return number(value);
}

CsvText& CsvText::none(int columns) {
  text_.append(static_cast<std::size_t>(columns), ',');
  return *this;
}

void CsvText::end() {
  text_.append("\n");
}

std::string CsvText::finish() const {
  return text_ + "END," + std::to_string(rows_) + "," + std::to_string(points_) + "," +
         std::to_string(fen_) + "\n";
}

}  // namespace ph::sim
