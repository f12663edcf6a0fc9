// Virtual time: what happens next. Two things at the same time happen in the order in which they
// were planned, so that a seed replays.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace ph::sim {

class Schedule {
 public:
  // Milliseconds since 00:00 of the world's first day.
  [[nodiscard]] std::int64_t now_ms() const { return now_ms_; }
  // Not before now.
  void at(std::int64_t ms, std::function<void()> what) {
    queue_.push({.ms = std::max(ms, now_ms_), .number = next_++, .what = std::move(what)});
  }
  void after(std::int64_t ms, std::function<void()> what) { at(now_ms_ + ms, std::move(what)); }
  // Lets everything happen up to `ms`, which is now then.
  void run_until(std::int64_t ms) {
    while (!queue_.empty() && queue_.top().ms <= ms) {
      // The top is const only to protect the heap's order, which `what` isn't part of.
      const std::function<void()> what = std::move(const_cast<Event&>(queue_.top()).what);
      now_ms_ = queue_.top().ms;
      queue_.pop();
      ++happened_;
      what();
      if (each_) {
        each_();
      }
    }
    now_ms_ = std::max(now_ms_, ms);
  }
  // After each thing that has happened.
  void watch(std::function<void()> each) { each_ = std::move(each); }
  [[nodiscard]] std::uint64_t happened() const { return happened_; }

 private:
  struct Event {
    std::int64_t ms{};
    std::uint64_t number{};
    std::function<void()> what{};
    friend bool operator<(const Event& a, const Event& b) {  // The first is the greatest.
      return std::pair(a.ms, a.number) > std::pair(b.ms, b.number);
    }
  };

  std::priority_queue<Event> queue_;
  std::function<void()> each_;
  std::int64_t now_ms_{0};
  std::uint64_t next_{0};
  std::uint64_t happened_{0};
};

inline constexpr std::int64_t kSecondMs = 1'000;
inline constexpr std::int64_t kMinuteMs = 60 * kSecondMs;
inline constexpr std::int64_t kHourMs = 60 * kMinuteMs;
inline constexpr std::int64_t kDayMs = 24 * kHourMs;

}  // namespace ph::sim
