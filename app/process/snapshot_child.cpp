#include "app/process/snapshot_child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "platform/sys/process.h"

namespace ph {

namespace {

constexpr std::int64_t kAfterFailureMs = 60'000;

bool write_snapshot(const std::string& url,
                    const std::function<void(SnapshotStore&)>& write) noexcept {
  try {
    const auto snapshots = open_snapshots(url);
    write(*snapshots);
    return true;
  } catch (...) {
    return false;  // The parent says so in the log.
  }
}

}  // namespace

void SnapshotChild::begin(std::uint64_t block, std::int64_t steady_ms,
                          const std::function<void(SnapshotStore&)>& write) {
  const pid_t self = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    become_helper(self);
    ::_exit(write_snapshot(url_, write) ? 0 : 3);
  }
  pid_ = pid;  // -1: there was no room for it; `poll` says so.
  block_ = block;
  began_ms_ = steady_ms;
}

std::optional<SnapshotChild::Ended> SnapshotChild::poll(std::int64_t steady_ms) {
  if (!pid_) {
    return std::nullopt;
  }
  int status = 0;
  const pid_t ended = *pid_ < 0 ? -1 : ::waitpid(*pid_, &status, WNOHANG);
  if (ended == 0 && steady_ms - began_ms_ >= ms_max_) {
    (void)::kill(*pid_,
                 SIGKILL);  // It is still ours: nobody has waited for it. Reaped when it goes.
  }
  if (ended == 0 || (ended < 0 && *pid_ > 0 && errno == EINTR)) {
    return std::nullopt;
  }
  const bool good = ended == *pid_ && ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  pid_.reset();
  again_ms_ = good ? 0 : steady_ms + kAfterFailureMs;
  return Ended{.block = block_, .good = good};
}

}  // namespace ph
