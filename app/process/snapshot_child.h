// A child process that has the state as it is at this moment and writes it out, while its parent
// goes on. One at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "platform/journal/journal.h"

namespace ph {

class SnapshotChild {
 public:
  struct Ended {
    std::uint64_t block{};
    bool good{};
  };

  // A child that takes longer than this hangs (a disk, a server, a lock that a thread held when it
  // was made): it is killed, and that snapshot has failed.
  static constexpr std::int64_t kMsMax = 30 * 60'000;

  // `url` of the storage, as for `open_snapshots`.
  explicit SnapshotChild(std::string url, std::int64_t ms_max = kMsMax)
      : url_(std::move(url)), ms_max_(ms_max) {}

  // None is under way, and none has failed just now.
  [[nodiscard]] bool may_begin(std::int64_t steady_ms) const {
    return !pid_ && steady_ms >= again_ms_;
  }
  // `write` puts the state at `block`; it runs in the child. A fork that fails is a snapshot
  // that failed.
  void begin(std::uint64_t block, std::int64_t steady_ms,
             const std::function<void(SnapshotStore&)>& write);
  // Once, when it has ended.
  [[nodiscard]] std::optional<Ended> poll(std::int64_t steady_ms);

 private:
  std::string url_;
  std::int64_t ms_max_;
  std::optional<pid_t> pid_;
  std::int64_t began_ms_{0};
  std::uint64_t block_{0};
  std::int64_t again_ms_{0};
};

}  // namespace ph
