// The files of one business day, a PROVINCE_DAY or PARTNER_DAY for everybody, open side by side: so
// the two rows of one event can cite each other, whichever file they stand in.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <vector>

#include "app/generate/csv_file.h"
#include "core/types/id.h"

namespace ph::generate {

class DayFiles {
 public:
  DayFiles(const std::filesystem::path& folder, std::size_t province_count, Written& written);

  void open(BusinessDate date, std::uint32_t sequence);
  void close();

  // Allots the province's next serial of the day; the row itself must be begun before the next one
  // is.
  [[nodiscard]] EntryId next_entry(std::size_t province);
  // A new id of a partner's own.
  [[nodiscard]] EntryId next_id(Participant partner);

  // Begins a row whose first column is the entry's serial.
  CsvFile& row(Row row, EntryId entry);
  [[nodiscard]] CsvFile& province(std::size_t province) { return provinces_.at(province); }
  [[nodiscard]] CsvFile& partner(Participant partner);

  [[nodiscard]] std::uint32_t sequence() const { return sequence_; }

 private:
  std::filesystem::path folder_;
  std::deque<CsvFile> provinces_{};
  std::deque<CsvFile> partners_{};
  std::vector<std::uint32_t> serials_{};     // the last one of each province
  std::vector<std::uint32_t> references_{};  // the last one of each partner
  std::vector<std::uint8_t> index_{};        // of a province, by number
  BusinessDate date_{};
  std::uint32_t sequence_{};
};

}  // namespace ph::generate
