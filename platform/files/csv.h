// The common frame of every CSV input file (docs/formats.md, section 1): encoding, header, rows by
// their schema, trailer. A reader takes rows from it and checks what lies between them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/amount.h"
#include "platform/files/codes.h"
#include "platform/files/encoding.h"
#include "platform/files/fault.h"
#include "platform/files/input_file.h"
#include "platform/files/schema.h"
#include "platform/files/values.h"

namespace ph {

struct CsvRow {
  const KindSpec* kind{};  // nullptr: no such kind
  std::uint32_t line{};    // 1 = header
  bool right{};            // Every field has a value of its type. Else faults have been listed.
  std::array<Cell, kColumnsMax> cells{};

  [[nodiscard]] bool is(std::uint8_t kind_number) const {
    return kind != nullptr && kind->number == kind_number;
  }
};

class CsvReader {
 public:
  // Without a rule book participants aren't looked up.
  CsvReader(const InputFile& file, const RuleBook* book, FaultSink& faults)
      : file_(file), codes_(book), faults_(faults) {}

  // Encoding and header. False: no row can be read. The header's faulty fields are zero, but a date
  // that can't be read is the last there is, so that no row is newer.
  [[nodiscard]] bool open(FileType type);
  // The next row; false when the trailer, the end or the limit of faults has been reached.
  [[nodiscard]] bool next(CsvRow& row);
  // The trailer. After the last row.
  void finish();

  [[nodiscard]] const FileHeader& header() const { return header_; }
  // None when the header's sender is at fault.
  [[nodiscard]] Participant sender() const { return sender_; }
  [[nodiscard]] const RuleBook* book() const { return codes_.book(); }
  // Lines of the file: no less than its rows.
  [[nodiscard]] std::uint64_t line_count() const { return text_.scan.newlines + 1; }
  [[nodiscard]] FileTotals totals() const;
  // Of a BATCH, whose trailer repeats the batch header's sums.
  [[nodiscard]] std::int64_t trailer_points() const { return trailer_[1]; }
  [[nodiscard]] std::int64_t trailer_fen() const { return trailer_[2]; }
  [[nodiscard]] std::uint32_t last_line() const { return line_; }

  void fault(FaultCode code, const CsvRow& row, std::string_view column, std::string_view value,
             std::string expected) {
    faults_.add(code, row.line, column, value, std::move(expected));
  }
  void fault(FaultCode code, std::uint32_t line, std::string_view column, std::string_view value,
             std::string expected) {
    faults_.add(code, line, column, value, std::move(expected));
  }
  [[nodiscard]] bool any_fault() const { return faults_.any(); }
  [[nodiscard]] FaultSink& sink() { return faults_; }

 private:
  [[nodiscard]] bool take_line(std::string_view& line);
  void check_sender();
  [[nodiscard]] const KindSpec* find_kind(std::string_view name);
  void parse_row(std::string_view line, CsvRow& row);
  void parse_columns(std::span<const std::string_view> fields, CsvRow& row);
  void parse_trailer(std::string_view line);
  void check_sum(FaultCode code, std::string_view column, std::int64_t trailer, Int128 sum);

  const InputFile& file_;
  Codes codes_;
  FaultSink& faults_;
  EncodedText text_{};
  std::size_t at_{0};
  std::uint32_t line_{0};  // number of the line taken last
  FileHeader header_{};
  bool header_known_{false};
  Participant sender_{};
  std::span<const KindSpec> kinds_{};
  const KindSpec* last_kind_{};
  const KindSpec* other_kind_{};  // the last one before that was another
  std::uint64_t rows_{0};
  Int128 points_{0};
  Int128 fen_{0};
  bool sums_known_{true};  // no value was lost to a fault
  bool trailer_seen_{false};
  bool trailer_right_{false};
  std::array<std::int64_t, 3> trailer_{};
};

// The header line's fields, each checked by itself. nullopt when type or version can't be read.
[[nodiscard]] std::optional<FileHeader> parse_header(std::string_view line, FaultSink& faults);

}  // namespace ph
