// Which adapter a url names.
#include "platform/journal/archive.h"
#include "platform/journal/journal.h"
#include "platform/journal/lmdb.h"
#include "platform/journal/posix.h"
#include "platform/journal/postgres.h"

namespace ph {

namespace {

constexpr std::string_view kLmdb = "lmdb:";

bool is_postgres(const std::string& url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

std::string lmdb_directory(const std::string& url) {
  std::string directory = url.substr(kLmdb.size());
  if (directory.empty()) {
    throw std::invalid_argument("the url `" + url + "` names no directory: lmdb:DIRECTORY");
  }
  while (directory.size() > 1 && directory.back() == '/') {
    directory.pop_back();
  }
  return directory;
}

// Not quoted: a password may stand in it.
std::invalid_argument unknown() {
  return std::invalid_argument(
      "the url of the journal is neither lmdb:DIRECTORY nor postgresql://…");
}

}  // namespace

Storage open_storage(const std::string& url, const std::string& directory) {
  if (url.starts_with(kLmdb)) {
    return open_lmdb_storage(lmdb_directory(url));
  }
  if (is_postgres(url)) {
    return open_postgres_storage(url, directory);
  }
  throw unknown();
}

std::unique_ptr<SnapshotStore> open_snapshots(const std::string& url) {
  if (url.starts_with(kLmdb)) {
    return open_lmdb_snapshots(lmdb_directory(url));
  }
  if (is_postgres(url)) {
    return open_postgres_snapshots(url);
  }
  throw unknown();
}

Storage open_existing(const std::string& url) {
  if (url.starts_with(kLmdb)) {
    const std::string directory = lmdb_directory(url);
    if (!exists(directory + "/journal")) {
      throw std::runtime_error("there is no journal in " + directory);
    }
    return open_lmdb_storage(directory);
  }
  if (is_postgres(url)) {
    return open_postgres_existing(url);
  }
  throw unknown();
}

}  // namespace ph
