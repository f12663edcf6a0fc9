// The machine that a simulated process runs on: disk, folder of dropped files, clock, and the
// chance that the process dies. What is on disk and in the folder outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/generate/random.h"
#include "core/types/time.h"
#include "platform/crypto/keys.h"
#include "platform/intake/prepare.h"
#include "platform/journal/memory.h"
#include "tests/simulation/dropper.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/network.h"
#include "tests/simulation/planted.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/watch.h"
#include "tests/support/rotten_snapshots.h"

namespace ph::sim {

// Thrown where a process dies: no std::exception, so that nobody on the way takes it for a failure
// that he could handle.
struct Died {
  std::string where{};
};

// The journal on a disk as a process finds it: with its newest snapshot rotten, with a planted bug.
[[nodiscard]] Storage open_disk(MemoryDisk& disk, bool rotten, Bug bug,
                                void (*plant)(Bug, Storage&));

// For a trace: what a message is, and about what.
[[nodiscard]] std::string told(const Message& message);

// What all hosts of a run share.
struct Setting {
  const World& world;
  Faults faults{};
  Schedule& schedule;
  Network& network;
  Watch& watch;
  const Trace& trace;
  Bug bug{Bug::kNone};
  bool calm{false};        // nothing goes wrong any more
  std::uint64_t steps{0};  // durable ones, of all
};

inline constexpr std::uint16_t kShard = 1;

// The newest snapshot can be read only in part.
inline void rot_newest_snapshot(Storage& storage) {
  auto rotten = std::make_unique<test::RottenSnapshots>(std::move(storage.snapshots));
  rotten->is_rotten = [store = rotten.get()](std::uint64_t sequence) {
    return sequence == store->list(kShard).front();
  };
  storage.snapshots = std::move(rotten);
}

class Host {
 public:
  Host(Setting& setting, std::string code, std::uint64_t seed);
  virtual ~Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const Folder& folder() const { return folder_; }
  [[nodiscard]] std::uint64_t deaths() const { return deaths_; }
  [[nodiscard]] std::uint64_t durable_steps() const { return disk_.steps(); }
  [[nodiscard]] virtual bool alive() const = 0;

  // A file appears in the folder. One with other content comes once the right one was accepted.
  void drop(Drop drop);
  // A turn of the process's loop, at once or later; of several that are asked for, the first.
  void turn_at(std::int64_t ms);
  void start();
  // The process is killed from outside; `again_ms`: when it is started again.
  void kill(const char* where);

 protected:
  // Opens the disk and recovers; the first turn follows.
  virtual void boot() = 0;
  virtual void turn() = 0;
  // The process's objects are gone.
  virtual void halt() = 0;

  // Runs a piece of the process; it may die in it. False when it has.
  bool step(const std::function<void()>& work);
  void maybe_die(const char* where);
  // Now and then the blocks that two snapshots stand behind are dropped.
  void archive(Storage& storage);
  // What an answer means for the folder.
  void settle(const std::string& name, const IntakeAnswer& answer);
  [[nodiscard]] std::string signature_of(const DroppedFile& file) const;
  [[nodiscard]] bool happens(std::uint32_t per_mille) {
    return !setting_.calm && random_.below(1'000) < per_mille;
  }
  [[nodiscard]] BusinessTime now() const;
  [[nodiscard]] std::int64_t steady_ms() const { return setting_.schedule.now_ms() - born_ms_; }
  // The next time that this clock says `seconds` after some midnight.
  [[nodiscard]] std::int64_t next_time_of_day(std::int64_t seconds) const;

  Setting& setting_;
  MemoryDisk disk_;
  Folder folder_;
  generate::Random random_;

 private:
  [[nodiscard]] DiskFault disk_fault(const DiskStep& step);
  void died(const std::string& where);

  std::string code_;
  std::int64_t skew_ms_{0};
  std::int64_t born_ms_{0};
  std::int64_t turn_ms_{-1};  // when the next turn is due; -1: none is
  std::uint64_t deaths_{0};
  std::map<std::string, int> accepted_;  // texts
};

}  // namespace ph::sim
