#include "platform/sys/clock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/types/check.h"
#include "platform/sys/config.h"

namespace ph {

namespace {

constexpr std::int64_t kSecondsMax =
    std::int64_t{BusinessDate::kCount} * BusinessTime::kDaySeconds - 1;
// The kernel stamps a file's changes with a clock that ticks at least every 10 ms. A file that was
// changed longer ago than this when it was read gets another stamp with its next change.
constexpr std::int64_t kStampTickNs = 100'000'000;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t machine_seconds() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count() -
         unix_seconds(BusinessTime());
}

std::int64_t ns_of(const timespec& time) {
  return time.tv_sec * kNsPerSecond + time.tv_nsec;
}

// An open file, closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

std::int64_t Clock::steady_ms() const {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

// --- the machine's
// --------------------------------------------------------------------------------

SystemClock::SystemClock() : latest_(machine_seconds()) {
  if (latest_.load() < 0 || latest_.load() > kSecondsMax) {
    throw std::runtime_error("the machine's clock is outside the years 2000 to 2099");
  }
}

BusinessTime SystemClock::now() const {
  const std::int64_t machine = std::min(machine_seconds(), kSecondsMax);
  std::int64_t latest = latest_.load();
  while (machine > latest && !latest_.compare_exchange_weak(latest, machine)) {
  }
  // Two threads may have asked on both sides of a second's end: one second is no fault.
  const bool behind = machine < latest - 1;
  if (behind != behind_.load() && behind_.exchange(behind) != behind && behind) ++faults_;
  return BusinessTime(std::max(machine, latest));
}

// --- by hand
// --------------------------------------------------------------------------------------

void ManualClock::set(BusinessTime time) {
  check(time >= now(), "time never goes backwards");
  now_.store(time.seconds());
}

void ManualClock::advance_ms(std::int64_t ms) {
  check(ms >= 0, "time never goes backwards");
  part_ms_ += ms;
  now_ += part_ms_ / 1000;
  part_ms_ %= 1000;
  steady_ms_ += ms;
}

// --- from a file
// ----------------------------------------------------------------------------------

FileClock::FileClock(std::filesystem::path file) : file_(std::move(file)) {
  const Reading first = read();
  if (!first.time) {
    throw std::runtime_error(file_.string() +
                             " holds no time, one line as 2026-03-05T06:00:00+08:00");
  }
  latest_ = *first.time;
}

std::optional<FileClock::Stamp> FileClock::stamp() const {
  struct stat info {};
  if (::stat(file_.c_str(), &info) != 0) return std::nullopt;
  return Stamp{info.st_dev, info.st_ino, info.st_size, ns_of(info.st_mtim), ns_of(info.st_ctim)};
}

FileClock::Reading FileClock::read() const {
  const Descriptor open(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (open.get() < 0 || ::fstat(open.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  Reading reading;
  reading.stamp = {info.st_dev, info.st_ino, info.st_size, ns_of(info.st_mtim),
                   ns_of(info.st_ctim)};
  std::array<char, 64> buffer{};
  const ssize_t size = ::read(open.get(), buffer.data(), buffer.size());
  std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  if (text.ends_with('\n')) text.remove_suffix(1);
  reading.time = BusinessTime::parse(text);
  return reading;
}

BusinessTime FileClock::now() const {
  const std::lock_guard lock(mutex_);
  const auto present = stamp();
  if (present && *present == seen_ && settled_) return latest_;

  const Reading reading = read();
  timespec real{};
  ::clock_gettime(CLOCK_REALTIME, &real);
  const bool changed = !(reading.stamp == seen_);
  seen_ = reading.stamp;
  settled_ = reading.time && ns_of(real) - reading.stamp.changed_ns > kStampTickNs;
  if (reading.time && *reading.time >= latest_) {
    latest_ = *reading.time;
  } else if (changed) {
    ++faults_;  // Once for each state of the file, not for each question.
  }
  return latest_;
}

std::uint64_t FileClock::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

// --- as the settings say
// --------------------------------------------------------------------------

void declare_clock(ConfigSchema& schema, ClockOptions& options) {
  schema.section("clock", "Where business time (UTC+8) comes from.");
  schema.path("file", &options.file, "",
              "For tests and the demo: a file with one line as 2026-03-05T06:00:00+08:00, which "
              "all processes read. Without it, the machine's clock.");
}

std::unique_ptr<Clock> make_clock(const ClockOptions& options) {
  if (options.file.empty()) return std::make_unique<SystemClock>();
  return std::make_unique<FileClock>(options.file);
}

}  // namespace ph
