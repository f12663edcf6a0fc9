// Which adapter a url names.
#include "platform/journal/journal.h"
#include "platform/journal/lmdb.h"

namespace ph {

namespace {

constexpr std::string_view kLmdb = "lmdb:";

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

std::invalid_argument unknown(const std::string& url) {
  return std::invalid_argument("the url `" + url +
                               "` is neither lmdb:DIRECTORY nor postgresql://…");
}

}  // namespace

Storage open_storage(const std::string& url, const std::string&) {
  if (url.starts_with(kLmdb)) {
    return open_lmdb_storage(lmdb_directory(url));
  }
  throw unknown(url);
}

std::unique_ptr<SnapshotStore> open_snapshots(const std::string& url) {
  if (url.starts_with(kLmdb)) {
    return open_lmdb_snapshots(lmdb_directory(url));
  }
  throw unknown(url);
}

}  // namespace ph
