// Where a process gets its time: one clock, made once and handed on. Business time stamps what is
// journaled; steady time counts the seconds of time-outs and back-offs. Any thread may ask.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "core/types/time.h"

namespace ph {

class ConfigSchema;

// Seconds since 1970 (UTC), as metrics have times.
[[nodiscard]] constexpr std::int64_t unix_seconds(BusinessTime time) {
  return time.seconds() + 946'656'000;  // 2000-01-01T00:00:00+08:00
}

class Clock {
 public:
  Clock() = default;
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  // Business time, UTC+8. Never earlier than what it returned before.
  [[nodiscard]] virtual BusinessTime now() const = 0;
  // Milliseconds from a start of its own, never backwards. The real one unless told otherwise.
  [[nodiscard]] virtual std::int64_t steady_ms() const;
  // How often the source said an earlier time than before, or nothing that can be read. The time
  // of before was returned then.
  [[nodiscard]] virtual std::uint64_t faults() const { return 0; }
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  // Throws std::runtime_error when the machine's time is outside 2000 .. 2099.
  SystemClock();
  [[nodiscard]] BusinessTime now() const override;
  [[nodiscard]] std::uint64_t faults() const override { return faults_.load(); }

 private:
  mutable std::atomic<std::int64_t> latest_;  // seconds as in BusinessTime
  mutable std::atomic<bool> behind_{};        // one fault for each time it goes back
  mutable std::atomic<std::uint64_t> faults_{};
};

// Stands still until somebody moves it: tests, the simulator.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(BusinessTime start) : now_(start.seconds()) {}
  [[nodiscard]] BusinessTime now() const override { return BusinessTime(now_.load()); }
  [[nodiscard]] std::int64_t steady_ms() const override { return steady_ms_.load(); }

  // Business time alone; an earlier time is our bug.
  void set(BusinessTime time);
  // Both.
  void advance_ms(std::int64_t ms);

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> steady_ms_{};
  std::int64_t part_ms_{};  // of a second, not yet in now_
};

// What a file says, one line as `2026-03-05T06:00:00+08:00`: whoever replaces the file (write
// another, rename it over) advances every process that reads it. For tests and the demo. Asks
// stat(2) each time, and reads the file when it has changed. Steady time is the real one.
class FileClock final : public Clock {
 public:
  // Throws std::runtime_error when the file isn't there or doesn't say a time.
  explicit FileClock(std::filesystem::path file);
  [[nodiscard]] BusinessTime now() const override;
  [[nodiscard]] std::uint64_t faults() const override;

 private:
  // What tells one state of the file from another.
  struct Stamp {
    std::uint64_t device{};
    std::uint64_t inode{};
    std::int64_t size{};
    std::int64_t modified_ns{};
    std::int64_t changed_ns{};
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  struct Reading {
    Stamp stamp{};
    std::optional<BusinessTime> time{};
  };

  [[nodiscard]] std::optional<Stamp> stamp() const;
  [[nodiscard]] Reading read() const;

  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  mutable Stamp seen_{};
  mutable bool settled_{};  // a later change of the file can't have the same stamp
  mutable BusinessTime latest_{};
  mutable std::uint64_t faults_{};
};

struct ClockOptions {
  std::filesystem::path file{};  // empty: the machine's clock
};
// The section [clock].
void declare_clock(ConfigSchema& schema, ClockOptions& options);
[[nodiscard]] std::unique_ptr<Clock> make_clock(const ClockOptions& options);

}  // namespace ph
