#include "platform/journal/postgres.h"

#include "platform/journal/postgres_parts.h"

namespace ph {

// The journal first: it makes the tables.
Storage open_postgres_storage(const std::string& url, const std::string& directory) {
  if (directory.empty()) {
    throw std::invalid_argument("a journal on PostgreSQL needs a directory for copies of blobs");
  }
  Storage storage;
  storage.journal = std::make_unique<PostgresJournal>(url, PostgresUse::kServe);
  storage.blobs = std::make_unique<PostgresBlobs>(url, directory);
  storage.snapshots = open_postgres_snapshots(url);
  return storage;
}

Storage open_postgres_existing(const std::string& url) {
  Storage storage;
  storage.journal = std::make_unique<PostgresJournal>(url, PostgresUse::kLook);
  storage.snapshots = open_postgres_snapshots(url);
  return storage;
}

}  // namespace ph
