// The benchmark's files: written once, then mapped; and the clock and the median of its runs.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/digest.h"

namespace ph::bench {

// Writes under a name that ends in `.part`, then renames. Throws std::system_error.
class FileWriter {
 public:
  explicit FileWriter(std::string path);
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  void write(const void* bytes, std::size_t size);
  void text(std::string_view text) { write(text.data(), text.size()); }
  void number(std::int64_t value) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    write(digits.data(), static_cast<std::size_t>(end - digits.data()));
  }
  void close();

 private:
  static constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
  void flush();

  std::string path_;
  int file_{-1};
  std::vector<char> buffer_;
};

void write_file(const std::string& path, std::string_view text);

// A file mapped for reading, every page of it present before the constructor returns.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  Bytes bytes_{};
};

// Milliseconds that `work` takes.
[[nodiscard]] double timed_ms(const std::function<void()>& work);

// Several runs of one job: by the clock, and in processor time over all threads, which other
// programs on the machine disturb less.
struct Runs {
  std::vector<double> wall_ms{};
  std::vector<double> processor_ms{};

  void time(const std::function<void()>& work);
};
[[nodiscard]] double median(std::vector<double> runs);
// Runs `work(n)` for n in 0 .. threads - 1, each on a thread of its own; rethrows what one throws.
void on_threads(unsigned threads, const std::function<void(unsigned)>& work);

// Figures in the order in which they are given, as `name value` lines or as a JSON object.
class Figures {
 public:
  void add(const std::string& name, std::uint64_t value) { add_raw(name, std::to_string(value)); }
  void add_ms(const std::string& name, double ms);
  // `<name>_ms`, the median, `<name>_min_ms`, the least, `<name>_cpu_ms`, the median's like.
  void add_runs(const std::string& name, const Runs& runs);
  void add_text(const std::string& name, const std::string& text) {
    add_raw(name, "\"" + text + "\"");
  }
  void print(bool json) const;

 private:
  void add_raw(const std::string& name, const std::string& value) {
    figures_.emplace_back(name, value);
  }
  std::vector<std::pair<std::string, std::string>> figures_;
};

}  // namespace ph::bench
