// A start: the newest snapshot that is whole, then the blocks after it (docs/journal.md).
#pragma once

#include <functional>

#include "platform/journal/journal.h"
#include "platform/journal/log.h"

namespace ph {

// Takes a saved state in, in parts of any size.
class StateLoader {
 public:
  StateLoader() = default;
  virtual ~StateLoader() = default;
  StateLoader(const StateLoader&) = delete;
  StateLoader& operator=(const StateLoader&) = delete;

  virtual void take(Bytes part) = 0;
  // All of it has come: the state is in place, or it was no state and nothing has changed.
  [[nodiscard]] virtual bool finish() = 0;
};

// `loader` empties the state and makes a new one, for each snapshot that is tried and after one
// that couldn't be read; `apply` carries a command out. Returns the block that the snapshot stands
// at, 0 for none. A snapshot that is damaged, or none of this release's, is passed over for the one
// before it, or for the whole journal, while that still has the blocks. Throws Damaged.
std::uint64_t recover_from(Storage& storage, std::uint16_t shard, CommandLog& log,
                           const std::function<std::unique_ptr<StateLoader>()>& loader,
                           const std::function<void(const JournalCommand&)>& apply);

// Puts a snapshot at the log's last block. `save` hands the state out in parts.
void put_snapshot(SnapshotStore& snapshots, std::uint16_t shard, const CommandLog& log,
                  const std::function<void(const SnapshotStore::Sink&)>& save);

}  // namespace ph
