#include "app/verify/files.h"

#include <algorithm>
#include <system_error>

#include "app/verify/numbers.h"

namespace ph::verify {

namespace fs = std::filesystem;

InputFile open_file(const fs::path& file) {
  std::vector<Fault> faults;
  auto opened = InputFile::open(file.string(), faults);
  if (!opened) {
    throw std::system_error(std::make_error_code(std::errc::io_error), file.string());
  }
  return std::move(*opened);
}

Directory::Directory(fs::path path) : path_(std::move(path)) {
  for (const auto& entry : fs::recursive_directory_iterator(path_)) {
    if (!entry.is_directory()) {
      names_.push_back(entry.path().lexically_relative(path_).generic_string());
    }
  }
  std::sort(names_.begin(), names_.end());
}

bool Directory::has(std::string_view name) const {
  return std::binary_search(names_.begin(), names_.end(), name);
}

std::optional<std::string_view> Directory::text(const std::string& name) {
  if (!has(name)) return std::nullopt;
  auto at = open_.find(name);
  if (at == open_.end()) {
    at = open_.emplace(name, open_file(path_ / name)).first;
  }
  return at->second.text();
}

std::optional<std::string_view> Directory::need(const std::string& name, Report& report) {
  auto found = text(name);
  if (!found) {
    report.fault(name, 0, "the file is missing");
  }
  return found;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (auto at = text.find(separator); at != text.npos; at = text.find(separator, start)) {
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

CsvReader::CsvReader(std::string_view name, std::string_view text, std::string_view columns,
                     Report& report)
    : name_(name),
      text_(text),
      columns_text_(columns),
      columns_(split(columns_text_, ',')),
      report_(report) {
  const auto end = text_.find('\n');
  if (text_.substr(0, end) != columns) {
    report_.fault(name_, 1, "the first line isn't `" + std::string(columns) + "`");
  }
  at_ = end == text_.npos ? text_.size() : end + 1;
  if (text_.empty() || text_.back() != '\n') {
    report_.fault(name_, 0, "doesn't end in a line feed");
  }
}

bool CsvReader::next() {
  if (at_ >= text_.size()) return false;
  const auto end = std::min(text_.find('\n', at_), text_.size());
  row_ = text_.substr(at_, end - at_);
  at_ = end + 1;
  ++line_;
  fields_.clear();
  std::size_t start = 0;
  for (auto at = row_.find(','); at != row_.npos; at = row_.find(',', start)) {
    fields_.push_back(row_.substr(start, at - start));
    start = at + 1;
  }
  fields_.push_back(row_.substr(start));
  ok_ = fields_.size() == columns_.size();
  if (!ok_) {
    fault("has " + std::to_string(fields_.size()) + " fields; " + std::to_string(columns_.size()) +
          " are right");
    fields_.resize(columns_.size());
  }
  return true;
}

std::int64_t CsvReader::integer(std::size_t i) {
  const auto n = parse_integer(fields_[i]);
  if (!n) {
    fault(std::string(columns_[i]) + " `" + std::string(fields_[i]) + "` isn't an integer");
  }
  return n.value_or(0);
}

void expect_text(std::string_view name, std::string_view actual, std::string_view expected,
                 std::string_view why, Report& report) {
  if (actual == expected) return;
  const auto place = std::mismatch(actual.begin(), actual.end(), expected.begin(), expected.end());
  const auto same = static_cast<std::size_t>(place.first - actual.begin());
  const auto before = actual.substr(0, same);
  const auto line = 1 + static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 = 0
  const auto line_of = [start](std::string_view text) {
    if (start >= text.size()) return std::string("no more lines");
    return "`" + std::string(text.substr(start, text.find('\n', start) - start)) + "`";
  };
  report.fault(name, line,
               line_of(actual) + "; " + std::string(why) + " give " + line_of(expected));
}

}  // namespace ph::verify
