// The store in memory, for tests and the simulator: a `MemoryDisk` outlives the process that opened
// it, and fails as a disk does, when and how the caller decides.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "platform/journal/journal.h"

namespace ph {

enum class DiskOperation : std::uint8_t { kAppend, kDrop, kFinishBlob, kPutSnapshot };
[[nodiscard]] std::string_view word(DiskOperation operation);

// One durable step: something is stored for good, or it isn't.
struct DiskStep {
  DiskOperation operation{};
  std::uint16_t shard{};     // 0 for blobs
  std::uint64_t sequence{};  // the block's, the snapshot's, `before` of a drop; 0 for blobs
  std::uint64_t bytes{};
};

enum class DiskMoment : std::uint8_t { kBefore, kAfter };

enum class DiskFault : std::uint8_t {
  kNone,
  kFails,  // throws; nothing is stored
  kTears,  // throws; a part is stored, which nobody may ever see. A drop is carried out in part.
  kFailsAfterwards,  // throws; all of it is stored
};

class MemoryDisk {
 public:
  MemoryDisk();
  ~MemoryDisk();
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  // Asked once for each step; a fault is thrown as std::system_error. Empty: there are no faults.
  void set_faults(std::function<DiskFault(const DiskStep&)> decide);
  // Called before and after each step that is asked for; after a step that failed it isn't called.
  // It may throw whatever stands for the death of the process: before the step nothing is stored
  // yet, after it everything is.
  void set_hook(std::function<void(const DiskStep&, DiskMoment)> hook);
  // Steps asked for so far, for those who want to die at each one in turn.
  [[nodiscard]] std::uint64_t steps() const;

  // The process is gone, whatever it was doing. Blobs that weren't finished are lost; all that had
  // returned is there. Who opened the disk before can only be destroyed: its calls throw
  // std::logic_error, as they do after any step of its own that threw.
  void crash();

  // Bit rot: flips a bit of the byte at `at` modulo the size. False when there is no such thing.
  bool rot_block(std::uint16_t shard, std::uint64_t sequence, std::uint64_t at);
  bool rot_blob(const Digest& address, std::uint64_t at);
  bool rot_snapshot(std::uint16_t shard, std::uint64_t sequence, std::uint64_t at);

  // Blobs begun and not finished, and torn leftovers that no recovery has removed yet.
  [[nodiscard]] std::size_t leftovers() const;
  // How many blobs are kept; one of them is lost: false when it isn't there.
  [[nodiscard]] std::size_t blobs() const;
  bool lose_blob(const Digest& address);

  struct Content;  // The adapters' business.
  [[nodiscard]] Content& content() { return *content_; }

 private:
  std::unique_ptr<Content> content_;
};

// A process opens the disk: torn leftovers are removed. The disk must outlive the adapters. Opened
// twice without a crash between, the two are rivals: who appends second is fenced off.
[[nodiscard]] Storage open_memory_storage(MemoryDisk& disk);

}  // namespace ph
