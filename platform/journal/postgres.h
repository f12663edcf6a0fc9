// The store on a PostgreSQL server, or what speaks its protocol: high availability is the server's
// (docs/journal.md).
#pragma once

#include <string>

#include "platform/journal/journal.h"

namespace ph {

// Connects, and makes the tables that are missing. `directory` takes the local copies of blobs; one
// process at a time has it.
[[nodiscard]] Storage open_postgres_storage(const std::string& url, const std::string& directory);
[[nodiscard]] std::unique_ptr<SnapshotStore> open_postgres_snapshots(const std::string& url);
// Journal and snapshots of a store that is there; makes nothing. Throws std::runtime_error when it
// isn't.
[[nodiscard]] Storage open_postgres_existing(const std::string& url);

}  // namespace ph
