// What a long-running process has to do with its system: signals, the service manager, memory and
// disk for the metrics, and no core dumps once secrets are in memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/sys/loop.h"

namespace ph {

class Clock;
class Log;
class Metrics;

// SIGTERM and SIGINT ask for a graceful stop, SIGHUP to read the settings anew; the calls come in
// the loop's thread. A second SIGTERM or SIGINT ends the process at once with exit code 3. SIGPIPE
// is ignored from then on. One at a time in a process.
class Signals {
 public:
  Signals(Loop& loop, std::function<void(int signal)> on_stop, std::function<void()> on_reload);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// systemd, or whoever set NOTIFY_SOCKET; without it nothing is said and nothing is wrong.
class ServiceManager {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes them out of the environment: no
  // child may speak for this process.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready(std::string_view status);     // the process now does its work
  void stopping(std::string_view status);  // it ends, and that is meant
  void status(std::string_view text);      // for people, one line
  void alive();                            // feeds the watchdog
  // After how long without `alive` the process is killed; nullopt: nobody waits.
  [[nodiscard]] std::optional<std::int64_t> watchdog_ms() const { return watchdog_ms_; }

 private:
  void send(const std::string& state) const;
  std::string socket_{};
  std::optional<std::int64_t> watchdog_ms_{};
};

// Feeds the watchdog from the loop, three times in its time, as long as `healthy` says so: when the
// loop or what it asks is stuck, the service manager kills the process and starts it anew.
class Watchdog {
 public:
  Watchdog(Loop& loop, ServiceManager& manager, std::function<bool()> healthy);

 private:
  void feed();
  ServiceManager& manager_;
  std::function<bool()> healthy_;
  Timer timer_;
};

struct MemoryUse {
  std::uint64_t resident_bytes{};
  std::uint64_t anonymous_bytes{};  // of these: no file can give them back
};
[[nodiscard]] MemoryUse memory_use();

struct DiskSpace {
  std::uint64_t free_bytes{};  // for who isn't root
  std::uint64_t size_bytes{};
};
// Of the file system that holds `path`. Throws std::system_error.
[[nodiscard]] DiskSpace disk_space(const std::filesystem::path& path);

// To be called before a secret is read: no core dump, and no other process of the user may look
// into this one's memory. Throws std::system_error.
void forbid_core_dumps();

// For a child that was forked to do a part of the work, before anything else: signals do to it what
// they do to any process, instead of reaching the parent through what both share, and it doesn't
// outlive the parent, whose locks and sockets it holds.
void become_helper(int parent_pid);

// A directory of whose file system the metrics tell the space, under a name for its label.
struct WatchedDisk {
  std::string name{};
  std::filesystem::path path{};
};
// The metrics that every process has: build, clock, log, memory, processor, descriptors, disks
// (docs/operating.md). All must outlive the registry's last `text`.
void add_process_metrics(Metrics& metrics, const Clock& clock, const Log& log,
                         const std::string& version, std::vector<WatchedDisk> disks);

}  // namespace ph
