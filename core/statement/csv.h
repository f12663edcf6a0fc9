// Writes a line of CSV field by field: canonical text without locale or stream.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <string>
#include <string_view>

namespace ph {

class CsvLine {
 public:
  explicit CsvLine(std::string& out) : out_(out) {}

  CsvLine& text(std::string_view value) {
    if (!first_) {
      out_.push_back(',');
    }
    first_ = false;
    out_.append(value);
    return *this;
  }
  template <std::integral T>
  CsvLine& number(T value) {
    std::array<char, 24> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    return text({buffer.data(), static_cast<std::size_t>(end - buffer.data())});
  }
  void end() {
    out_.push_back('\n');
    first_ = true;
  }

 private:
  std::string& out_;
  bool first_{true};
};

}  // namespace ph
