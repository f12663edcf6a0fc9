// The log: one event a line, with typed fields, for people (logfmt) or machines (JSON). Any thread
// may write. It writes what callers pass and nothing else: no secret, no member's number and no
// telephone number may be passed.
//
//   log.info("batch_accepted", {{"sender", "P01"}, {"sequence", 5}});
//   ts=2026-03-05T06:00:00+08:00 utc=2026-03-04T22:00:00.123Z level=info event=batch_accepted
//   sender=P01 sequence=5                                                         (in one line)
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "core/types/date.h"
#include "core/types/time.h"

namespace ph {

class Clock;
class ConfigSchema;

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat : std::uint8_t { kLogfmt, kJson };

struct LogOptions {
  LogLevel level{LogLevel::kInfo};
  LogFormat format{LogFormat::kLogfmt};
  std::filesystem::path file{};  // empty: standard error
  std::uint64_t file_bytes_max{64U << 20U};
  std::uint32_t files_max{8};              // the file itself and older ones
  std::uint32_t lines_per_event_max{200};  // within kLogWindowMs; the others are counted
};
inline constexpr std::int64_t kLogWindowMs = 10'000;
inline constexpr std::size_t kLogValueBytesMax = 4'096;  // longer values are cut
inline constexpr std::size_t kLogLineBytesMax = 16'384;  // fields beyond it are left out
inline constexpr std::size_t kLogEventsMax = 1'024;      // beyond it, events share a limit

// A value of a field. It refers to texts that the caller keeps until the line is written.
class LogValue {
 public:
  // NOLINTBEGIN(google-explicit-constructor): fields are written as plain values
  template <std::signed_integral T>
  LogValue(T value) : value_(std::int64_t{value}) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) LogValue(T value) : value_(std::uint64_t{value}) {}
  template <std::same_as<bool> T>
  LogValue(T value) : value_(value) {}
  LogValue(std::string_view text) : value_(text) {}
  LogValue(const std::string& text) : value_(std::string_view(text)) {}
  LogValue(const char* text) : value_(std::string_view(text)) {}
  LogValue(BusinessDate date) : value_(date) {}
  LogValue(BusinessTime time) : value_(time) {}
  // NOLINTEND(google-explicit-constructor)

  using Variant =
      std::variant<std::int64_t, std::uint64_t, bool, std::string_view, BusinessDate, BusinessTime>;
  [[nodiscard]] const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  std::string_view key;  // snake_case
  LogValue value;
};

class Log {
 public:
  // Throws std::system_error when the file can't be opened. The clock must outlive it.
  Log(const LogOptions& options, const Clock& clock);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  [[nodiscard]] bool enabled(LogLevel level) const;
  void set_level(LogLevel level);

  // `event` is a name in snake_case, from a fixed set: it carries no data.
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kDebug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kInfo, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kWarning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::kError, event, fields);
  }

  // Lines since the start: written, held back by the limit, and lost because the disk or the pipe
  // didn't take them.
  struct Counts {
    std::uint64_t written{};
    std::uint64_t held_back{};
    std::uint64_t lost{};
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The section [log].
void declare_log(ConfigSchema& schema, LogOptions& options);

// One line without its end; for tests and the log itself. `utc_ms` counts from 1970.
[[nodiscard]] std::string log_line(LogFormat format, BusinessTime time, std::int64_t utc_ms,
                                   LogLevel level, std::string_view event,
                                   std::initializer_list<LogField> fields);

}  // namespace ph
