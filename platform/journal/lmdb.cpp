#include "platform/journal/lmdb.h"

#include "platform/journal/blob_files.h"
#include "platform/journal/lmdb_journal.h"

namespace ph {

// The journal is made last: where it is, everything else is there, too.
Storage open_lmdb_storage(const std::string& directory) {
  make_directory(directory);
  auto lock = std::make_unique<ProcessLock>(directory);
  Storage storage;
  storage.blobs = std::make_unique<BlobFiles>(directory + "/blobs");
  storage.snapshots = open_lmdb_snapshots(directory);
  const std::string journal = directory + "/journal";
  if (!exists(journal)) {
    LmdbEnvironment::make(journal, {"blocks"});
  }
  storage.journal = std::make_unique<LmdbJournal>(std::move(lock), journal);
  return storage;
}

}  // namespace ph
