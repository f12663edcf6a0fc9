// What every long-running process has around its state machine: loop, clock, log, metrics, control
// socket, health, signals, the service manager. One thread runs all of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "platform/http/server.h"
#include "platform/sys/clock.h"
#include "platform/sys/log.h"
#include "platform/sys/loop.h"
#include "platform/sys/metrics.h"
#include "platform/sys/process.h"

namespace ph {

struct ShellOptions {
  std::string kind{};  // node, clearing
  std::string code{};  // the participant's
  ClockOptions clock{};
  LogOptions log{};
  // The settings of the log as they are in the file now, when told to look (SIGHUP); of them the
  // level is taken. Throws std::runtime_error with the faults. None: they never change.
  std::function<LogOptions()> log_anew{};
  std::string listen{};  // address:port of metrics and health; empty: none
  std::filesystem::path control{};
  std::vector<WatchedDisk> disks{};
};

class Shell {
 public:
  // Forbids core dumps: to be made before any secret is read. Throws std::system_error,
  // std::runtime_error.
  explicit Shell(ShellOptions options);
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Log& log() { return log_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }
  [[nodiscard]] BusinessTime now() const { return clock_->now(); }
  [[nodiscard]] std::int64_t steady_ms() const { return clock_->steady_ms(); }

  // Routes of the control socket; before `open`. `answer` gets the last segment of a pattern such
  // as `/v1/members/{number}`.
  using Answer = std::function<http::Response(const std::string& parameter)>;
  void get(const std::string& pattern, Answer answer);
  void post(const std::string& pattern, Answer answer, std::int64_t answer_ms_max = 30'000);
  // Opens control socket, metrics and health, and says that the process does its work.
  void open();
  // What else has to end, within a limit of its own, before the loop does; it calls its argument
  // then. Before `run`.
  void set_ending(std::function<void(std::function<void()> ended)> ending) {
    ending_ = std::move(ending);
  }
  // Why the process doesn't do its work, beside what the shell knows of it; empty when it does.
  void set_health(std::function<std::string()> health) { health_ = std::move(health); }

  // Calls `turn` every `ms` milliseconds, at once when it said true (there is more to do), until
  // the process is told to stop; then `closing`, and the loop ends.
  void run(std::int64_t ms, std::function<bool()> turn, std::function<void()> closing);
  // Told to read its settings anew (SIGHUP) since the last time?
  [[nodiscard]] bool take_reload() { return std::exchange(reload_, false); }

 private:
  [[nodiscard]] std::string ill() const;  // What /health says; empty: ok.
  void reload_log();
  void next(std::int64_t ms);
  void step();
  void end();

  ShellOptions options_;
  Loop loop_;
  std::unique_ptr<Clock> clock_;
  Log log_;
  Metrics metrics_;
  http::Server server_;
  ServiceManager manager_;
  Timer timer_;
  std::unique_ptr<Signals> signals_;
  std::unique_ptr<Watchdog> watchdog_;
  std::function<std::string()> health_;
  std::function<void(std::function<void()>)> ending_;
  std::int64_t turn_ms_{0};
  std::function<bool()> turn_;
  std::function<void()> closing_;
  bool stopping_{false};
  bool reload_{false};
};

// `127.0.0.1:9101` or `[::1]:9101`, as a setting of that name has it. Throws std::runtime_error.
[[nodiscard]] std::pair<std::string, std::uint16_t> address_of(const std::string& text,
                                                               const std::string& setting);
// Whether such a setting is an address that no other machine reaches.
[[nodiscard]] bool on_loopback(std::string_view listen);
// Makes the folder, for its owner alone, where it lacks. Returns it.
const std::filesystem::path& make_folder(const std::filesystem::path& folder);
// `lmdb:<data>` unless the settings name another.
[[nodiscard]] std::string storage_url(const std::string& setting,
                                      const std::filesystem::path& data);
// A journal's url on the command line may hold none.
[[nodiscard]] bool holds_password(const std::string& url);
inline constexpr const char* kPasswordIsSeen =
    "others see the password in --journal. Take it out, change it, and put it into a password file "
    "or a service of libpq (docs/operating.md, section 4)";

}  // namespace ph
