// The store in a directory of this machine: blocks and snapshots in LMDB, blobs as files
// (docs/journal.md).
#pragma once

#include <string>

#include "platform/journal/journal.h"

namespace ph {

// Opens `directory`, and makes it where there is none (not its parent). One process at a time.
[[nodiscard]] Storage open_lmdb_storage(const std::string& directory);
// The snapshots alone: several processes may have them open, one of them at a time uses them.
[[nodiscard]] std::unique_ptr<SnapshotStore> open_lmdb_snapshots(const std::string& directory);

}  // namespace ph
