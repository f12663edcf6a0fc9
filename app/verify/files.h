// The directory under verification: its files, mapped when they are first asked for, and their CSV.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/verify/report.h"
#include "core/types/digest.h"
#include "platform/files/input_file.h"

namespace ph::verify {

// Throws std::system_error when it cannot be read.
[[nodiscard]] InputFile open_file(const std::filesystem::path& file);

class Directory {
 public:
  // Lists all files below; throws std::system_error when that cannot be done.
  explicit Directory(std::filesystem::path path);

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool has(std::string_view name) const;
  // nullopt when there is no such file.
  [[nodiscard]] std::optional<std::string_view> text(const std::string& name);
  // The same, and a missing file is a fault.
  [[nodiscard]] std::optional<std::string_view> need(const std::string& name, Report& report);

 private:
  std::filesystem::path path_;
  std::vector<std::string> names_;  // Paths below the directory, with `/`; sorted.
  std::map<std::string, InputFile, std::less<>> open_;
};

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// Reads a CSV output: names of columns, then rows of as many fields, LF ends. Rows that aren't are
// faults and are passed over, so that one bad row doesn't hide the rest.
class CsvReader {
 public:
  CsvReader(std::string_view name, std::string_view text, std::string_view columns, Report& report);

  // False at the end.
  [[nodiscard]] bool next();
  [[nodiscard]] std::uint64_t line() const { return line_; }
  // The row as it stands, without LF; a malformed one too (then ok() is false).
  [[nodiscard]] std::string_view row() const { return row_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] const std::vector<std::string_view>& fields() const { return fields_; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const { return fields_[i]; }
  // A signed integer; a fault and 0 when it is none.
  [[nodiscard]] std::int64_t integer(std::size_t i);

  void fault(std::string_view what) { report_.fault(name_, line_, what); }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::string_view text_;
  std::string columns_text_;
  std::vector<std::string_view> columns_;  // Of columns_text_.
  Report& report_;
  std::size_t at_{0};
  std::uint64_t line_{1};
  std::string_view row_;
  bool ok_{true};
  std::vector<std::string_view> fields_;
};

// Compares a file with what it must be, line by line: the first line that differs is a fault.
void expect_text(std::string_view name, std::string_view actual, std::string_view expected,
                 std::string_view why, Report& report);

}  // namespace ph::verify
