#include "app/process/snapshot_child.h"

#include <sys/wait.h>
#include <unistd.h>

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

void SnapshotChild::begin(std::uint64_t block, const std::function<void(SnapshotStore&)>& write) {
  const pid_t self = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) {
    become_helper(self);
    ::_exit(write_snapshot(url_, write) ? 0 : 3);
  }
  if (pid > 0) {
    pid_ = pid;
    block_ = block;
  }
}

std::optional<SnapshotChild::Ended> SnapshotChild::poll(std::int64_t steady_ms) {
  int status = 0;
  if (!pid_ || ::waitpid(*pid_, &status, WNOHANG) != *pid_) {
    return std::nullopt;
  }
  pid_.reset();
  const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  again_ms_ = good ? 0 : steady_ms + kAfterFailureMs;
  return Ended{.block = block_, .good = good};
}

}  // namespace ph
