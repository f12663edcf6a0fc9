#include "platform/sys/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "platform/sys/clock.h"
#include "platform/sys/config.h"

namespace ph {

namespace {

// How many lines of one event went out in the present window.
struct Window {
  std::int64_t start_ms{};
  std::uint32_t written{};
  std::uint64_t held_back{};
};

std::shared_ptr<spdlog::sinks::sink> make_sink(const LogOptions& options) {
  if (options.file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  try {
    return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        options.file.string(), options.file_bytes_max,
        options.files_max > 1 ? options.files_max - 1 : 0);
  } catch (const spdlog::spdlog_ex& error) {
    throw std::system_error(errno, std::generic_category(), error.what());
  }
}

std::int64_t utc_ms_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

struct Log::State {
  State(const LogOptions& given, const Clock& its_clock)
      : options(given), clock(its_clock), level(given.level), logger("log", make_sink(given)) {
    logger.set_pattern("%v");
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
    logger.set_error_handler([this](const std::string&) { ++lost; });
  }

  void put(LogLevel at, std::string_view event, std::initializer_list<LogField> fields) {
    const std::string line = log_line(options.format, clock.now(), utc_ms_now(), at, event, fields);
    logger.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    ++written;
  }

  // Says how many lines of an event were held back, once its window is over.
  void report(std::string_view event, Window& window) {
    if (window.held_back > 0) {
      put(LogLevel::kWarning, "log_lines_held_back", {{"of", event}, {"lines", window.held_back}});
    }
    window = {};
  }

  // Whether one more line of the event may go out.
  bool admit(std::string_view event) {
    const std::int64_t now = clock.steady_ms();
    if (now - swept_ms >= kLogWindowMs) {
      swept_ms = now;
      for (auto& [name, window] : windows) {
        if (now - window.start_ms >= kLogWindowMs) report(name, window);
      }
    }
    auto found = windows.find(event);
    if (found == windows.end()) {
      const std::string_view name = windows.size() < kLogEventsMax ? event : "other";
      found = windows.try_emplace(std::string(name)).first;
    }
    Window& window = found->second;
    if (window.written == 0 || now - window.start_ms >= kLogWindowMs) {
      report(found->first, window);
      window.start_ms = now;
    }
    if (window.written >= options.lines_per_event_max) {
      ++window.held_back;
      ++held_back;
      return false;
    }
    ++window.written;
    return true;
  }

  const LogOptions options;
  const Clock& clock;
  std::atomic<LogLevel> level;
  std::atomic<std::uint64_t> written{};
  std::atomic<std::uint64_t> held_back{};
  std::atomic<std::uint64_t> lost{};
  std::mutex mutex{};  // guards what follows, and keeps lines in order
  std::map<std::string, Window, std::less<>> windows{};
  std::int64_t swept_ms{};
  spdlog::logger logger;
};

Log::Log(const LogOptions& options, const Clock& clock)
    : state_(std::make_unique<State>(options, clock)) {}

Log::~Log() {
  const std::lock_guard lock(state_->mutex);
  for (auto& [name, window] : state_->windows)
    state_->report(name, window);
}

bool Log::enabled(LogLevel level) const {
  return level >= state_->level.load();
}

void Log::set_level(LogLevel level) {
  state_->level.store(level);
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  const std::lock_guard lock(state_->mutex);
  if (state_->admit(event)) state_->put(level, event, fields);
}

Log::Counts Log::counts() const {
  return {state_->written.load(), state_->held_back.load(), state_->lost.load()};
}

void declare_log(ConfigSchema& schema, LogOptions& options) {
  schema.section("log", "What the process tells of itself, an event a line.");
  schema.choice("level", &options.level,
                {{"debug", LogLevel::kDebug},
                 {"info", LogLevel::kInfo},
                 {"warning", LogLevel::kWarning},
                 {"error", LogLevel::kError},
                 {"off", LogLevel::kOff}},
                LogLevel::kInfo, "Events below it aren't written.");
  schema.choice("format", &options.format,
                {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}}, LogFormat::kLogfmt,
                "For people or for machines.");
  schema.path("file", &options.file, "",
              "Where it is written, with older files beside it. Without it, standard error, which "
              "systemd keeps in its journal.");
  schema.integer("file_bytes_max", &options.file_bytes_max, std::uint64_t{64} << 20U, 4'096,
                 std::uint64_t{1} << 40U, "A longer file is put aside and a new one begun.");
  schema.integer("files_max", &options.files_max, 8U, 1U, 1'000U,
                 "The oldest beyond these is deleted.");
  schema.integer("lines_per_event_max", &options.lines_per_event_max, 200U, 1U, 1'000'000U,
                 "Of one event within 10 seconds; the others are only counted.");
}

}  // namespace ph
