#include "platform/sys/process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace ph {

namespace asio = boost::asio;

// --- signals
// --------------------------------------------------------------------------------------

struct Signals::State : std::enable_shared_from_this<Signals::State> {
  State(asio::io_context& context, std::function<void(int)> stop, std::function<void()> reload)
      : set(context, SIGTERM, SIGINT, SIGHUP),
        on_stop(std::move(stop)),
        on_reload(std::move(reload)) {}

  void wait() {
    set.async_wait([weak = weak_from_this()](const boost::system::error_code& error, int signal) {
      const auto self = weak.lock();
      if (error || !self || self->closed) return;
      self->wait();
      self->take(signal);
    });
  }
  void take(int signal) {
    if (signal == SIGHUP) {
      if (!stopping) on_reload();
    } else if (std::exchange(stopping, true)) {
      std::_Exit(3);
    } else {
      on_stop(signal);
    }
  }

  asio::signal_set set;
  std::function<void(int)> on_stop;
  std::function<void()> on_reload;
  bool stopping{};
  bool closed{};
};

Signals::Signals(Loop& loop, std::function<void(int)> on_stop, std::function<void()> on_reload)
    : state_(std::make_shared<State>(loop.context(), std::move(on_stop), std::move(on_reload))) {
  (void)std::signal(SIGPIPE, SIG_IGN);
  state_->wait();
}

Signals::~Signals() {
  state_->closed = true;
  state_->set.cancel();
}

// --- the service manager
// --------------------------------------------------------------------------

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? std::string() : std::string(value);
}

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(environment("NOTIFY_SOCKET")) {
  const auto us = number_of(environment("WATCHDOG_USEC"));
  const auto pid = number_of(environment("WATCHDOG_PID"));
  if (us && *us >= 1'000 && (!pid || *pid == ::getpid())) watchdog_ms_ = *us / 1'000;
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  }
}

ServiceManager::~ServiceManager() = default;

void ServiceManager::ready(std::string_view status) {
  send("READY=1\nSTATUS=" + one_line(status));
}

void ServiceManager::stopping(std::string_view status) {
  send("STOPPING=1\nSTATUS=" + one_line(status));
}

void ServiceManager::status(std::string_view text) {
  send("STATUS=" + one_line(text));
}

void ServiceManager::alive() {
  send("WATCHDOG=1");
}

// A lost message is no fault of ours: the manager would act on it, and the journal of the service
// shows it.
void ServiceManager::send(const std::string& state) const {
  sockaddr_un address{};
  if (socket_.size() < 2 || socket_.size() >= sizeof address.sun_path) return;
  if (socket_[0] != '/' && socket_[0] != '@') return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_[0] == '@') address.sun_path[0] = '\0';  // Linux's abstract names
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return;
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  (void)!::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, generic, size);
  ::close(fd);
}

Watchdog::Watchdog(Loop& loop, ServiceManager& manager, std::function<bool()> healthy)
    : manager_(manager), healthy_(std::move(healthy)), timer_(loop) {
  if (manager_.watchdog_ms()) feed();
}

void Watchdog::feed() {
  if (healthy_()) manager_.alive();
  timer_.after_ms(*manager_.watchdog_ms() / 3, [this] { feed(); });
}

// --- memory, disk, dumps
// --------------------------------------------------------------------------

MemoryUse memory_use() {
  MemoryUse use;
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    const bool all = line.starts_with("VmRSS:");
    if (!all && !line.starts_with("RssAnon:")) continue;
    const std::size_t digit = line.find_first_of("0123456789");
    if (digit == std::string::npos) continue;
    const std::uint64_t bytes = 1'024 * std::strtoull(line.c_str() + digit, nullptr, 10);
    (all ? use.resident_bytes : use.anonymous_bytes) = bytes;
  }
  return use;
}

DiskSpace disk_space(const std::filesystem::path& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) {
    throw std::system_error(errno, std::generic_category(), path.string());
  }
  return {info.f_bavail * info.f_frsize, info.f_blocks * info.f_frsize};
}

void forbid_core_dumps() {
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    throw std::system_error(errno, std::generic_category(), "forbidding core dumps");
  }
}

void become_helper(int parent_pid) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    (void)std::signal(signal, SIG_DFL);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != parent_pid) std::_Exit(3);  // It was gone before that was asked for.
}

}  // namespace ph
