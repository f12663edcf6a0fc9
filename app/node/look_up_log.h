// Who looked up whom: a line for each look-up of the member service, in a file a day that others
// than the process's user can't read. The loop adds to a buffer and never waits for the disk; a
// thread writes and syncs it each second, and erases the files whose days are over. It decides
// nothing: what can't be written is kept as long as there is room, then counted as lost.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/types/date.h"
#include "core/types/id.h"
#include "core/types/time.h"

namespace ph {

struct LoggedLookUp {
  BusinessTime time{};
  std::string_view channel{};  // empty: none was known
  std::string_view method{};
  std::string_view path{};  // without the number
  Member member{};          // none: the path has no number that can be one
  int status{};
};

class LookUpLog {
 public:
  struct Options {
    std::filesystem::path folder{};
    int days{};  // a file is kept for so many, that of today among them
    std::int64_t sync_ms{1'000};
    std::size_t buffer_bytes_max{8U << 20U};
    // Of those that are refused for want of a token, for a body that is too large, or as too many,
    // so many lines a second are written; the others are counted.
    std::size_t refusals_per_second_max{100};
  };
  struct Counts {
    std::uint64_t written{};   // lines
    std::uint64_t lost{};      // lines for which there was no room
    std::uint64_t left_out{};  // refusals beyond their limit
  };

  // Makes the folder. Throws std::system_error.
  LookUpLog(Options options, BusinessDate today);
  // Writes what is there.
  ~LookUpLog();
  LookUpLog(const LookUpLog&) = delete;
  LookUpLog& operator=(const LookUpLog&) = delete;

  void add(const LoggedLookUp& look_up);
  // A new day has old files erased.
  void set_today(BusinessDate today);
  [[nodiscard]] Counts counts() const;
  // Why the last attempt to write or to erase failed; empty when it didn't.
  [[nodiscard]] std::string fault() const;

 private:
  struct Part {
    BusinessDate date{};
    std::string lines{};
    std::size_t count{};
  };

  [[nodiscard]] bool is_left_out(const LoggedLookUp& look_up);
  void run();
  void write_out(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] std::string write(const Part& part) const;
  [[nodiscard]] std::string erase_before(BusinessDate today) const;

  const Options options_;
  mutable std::mutex mutex_{};
  std::condition_variable wake_{};
  // What `mutex_` guards:
  std::deque<Part> parts_{};
  std::size_t bytes_{};  // of them, and of what is being written
  BusinessDate today_{};
  BusinessDate erased_{};  // the day for which old files are gone
  Counts counts_{};
  std::string fault_{};
  bool ending_{};
  // The loop's alone:
  std::chrono::steady_clock::time_point refusals_from_{};  // when the second began
  std::size_t refusals_{};                                 // in it
  std::thread thread_;
};

}  // namespace ph
