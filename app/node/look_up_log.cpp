#include "app/node/look_up_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>

#include "app/process/shell.h"

namespace ph {

namespace {

constexpr std::string_view kHeader = "time,channel,method,path,member,status\n";
constexpr std::string_view kBeginning = "lookups-";
constexpr std::string_view kEnding = ".csv";
constexpr std::size_t kPartBytes = 256U << 10U;

std::string name_of(BusinessDate date) {
  return std::string(kBeginning) + date.text() + std::string(kEnding);
}

std::optional<BusinessDate> date_of(std::string_view name) {
  if (!name.starts_with(kBeginning) || !name.ends_with(kEnding) ||
      name.size() < kBeginning.size() + kEnding.size()) {
    return std::nullopt;
  }
  name.remove_prefix(kBeginning.size());
  name.remove_suffix(kEnding.size());
  return BusinessDate::parse(name);
}

std::string line_of(const LoggedLookUp& look_up) {
  std::string out = look_up.time.text();
  for (const std::string_view field :
       {look_up.channel.empty() ? std::string_view("-") : look_up.channel, look_up.method,
        look_up.path}) {
    out.append(",").append(field);
  }
  out.append(",").append(look_up.member.none() ? "" : look_up.member.text());
  return out.append(",").append(std::to_string(look_up.status)).append("\n");
}

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

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// What has to stand before the first line: the header, or the end of one that was torn off.
std::optional<std::string> beginning(int fd, off_t size) {
  if (size == 0) return std::string(kHeader);
  char last = '\n';
  if (::pread(fd, &last, 1, size - 1) != 1) return std::nullopt;
  return last == '\n' ? std::string() : std::string("\n");
}

}  // namespace

LookUpLog::LookUpLog(Options options, BusinessDate today)
    : options_(std::move(options)), today_(today) {
  make_folder(options_.folder);
  thread_ = std::thread([this] { run(); });
}

LookUpLog::~LookUpLog() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

bool LookUpLog::is_left_out(const LoggedLookUp& look_up) {
  // What the channel's own limit doesn't count.
  if (look_up.status != 401 && look_up.status != 413 && look_up.status != 429) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now - refusals_from_ >= std::chrono::seconds(1)) {
    refusals_from_ = now;
    refusals_ = 0;
  }
  return ++refusals_ > options_.refusals_per_second_max;
}

void LookUpLog::add(const LoggedLookUp& look_up) {
  const bool left_out = is_left_out(look_up);
  const std::string line = left_out ? std::string() : line_of(look_up);
  const BusinessDate date = look_up.time.date();
  const std::lock_guard lock(mutex_);
  if (left_out) {
    ++counts_.left_out;
    return;
  }
  if (bytes_ + line.size() > options_.buffer_bytes_max) {
    ++counts_.lost;
    return;
  }
  if (parts_.empty() || parts_.back().date != date || parts_.back().lines.size() > kPartBytes) {
    parts_.push_back({.date = date});
  }
  parts_.back().lines += line;
  ++parts_.back().count;
  bytes_ += line.size();
}

void LookUpLog::set_today(BusinessDate today) {
  const std::lock_guard lock(mutex_);
  today_ = today;
}

LookUpLog::Counts LookUpLog::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

std::string LookUpLog::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

void LookUpLog::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    write_out(lock);
    if (ending_ && (parts_.empty() || !fault_.empty())) return;
    wake_.wait_for(lock, std::chrono::milliseconds(options_.sync_ms), [this] { return ending_; });
  }
}

// The lock is given up while the disk works.
void LookUpLog::write_out(std::unique_lock<std::mutex>& lock) {
  std::string fault;
  while (!parts_.empty() && fault.empty()) {
    Part part = std::move(parts_.front());
    parts_.pop_front();
    lock.unlock();
    fault = write(part);
    lock.lock();
    if (fault.empty()) {
      counts_.written += part.count;
      bytes_ -= part.lines.size();
    } else {
      parts_.push_front(std::move(part));
    }
  }
  if (fault.empty() && erased_ != today_) {
    const BusinessDate today = today_;
    lock.unlock();
    fault = erase_before(today);
    lock.lock();
    if (fault.empty()) erased_ = today;
  }
  fault_ = fault;
}

// All of a part or nothing of it, so that no line stands there twice. Empty, or what failed.
std::string LookUpLog::write(const Part& part) const {
  const std::filesystem::path file = options_.folder / name_of(part.date);
  const auto failed = [&file] { return file.string() + ": " + std::strerror(errno); };
  const Descriptor fd(
      ::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  struct stat info {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) return failed();
  const auto before = beginning(fd.get(), info.st_size);
  if (before && write_all(fd.get(), *before + part.lines) && ::fdatasync(fd.get()) == 0) return {};
  std::string what = failed();
  if (::ftruncate(fd.get(), info.st_size) != 0) what += "; a part of it may stand there twice";
  return what;
}

std::string LookUpLog::erase_before(BusinessDate today) const {
  std::error_code error;
  std::filesystem::directory_iterator file(options_.folder, error);
  for (; !error && file != std::filesystem::directory_iterator(); file.increment(error)) {
    const auto date = date_of(file->path().filename().string());
    if (date && date->count() + options_.days <= today.count()) {
      std::error_code gone;
      std::filesystem::remove(file->path(), gone);
      if (gone) return file->path().string() + ": " + gone.message();
    }
  }
  return error ? options_.folder.string() + ": " + error.message() : std::string();
}

}  // namespace ph
