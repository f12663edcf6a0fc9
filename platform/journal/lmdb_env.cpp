#include "platform/journal/lmdb_env.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "platform/journal/lmdb_check.h"
#include "platform/journal/posix.h"

namespace ph {

namespace {

constexpr std::size_t kMapBytesMin = std::size_t{1} << 20U;

struct MapFull {};

bool is_full(const std::string& path) {
  struct statvfs status {};
  return ::statvfs(path.c_str(), &status) == 0 && status.f_bavail * status.f_frsize < 65'536;
}

[[noreturn]] void fail(int code, const std::string& action, const std::string& path) {
  const std::string file = path + "/data.mdb";
  if (code == MDB_MAP_FULL) {
    throw MapFull{};
  }
  if (code == EIO && is_full(path)) {
    code = ENOSPC;  // LMDB says so of a write that was cut short.
  }
  if (code > 0) {
    throw world_error(code, action, file);
  }
  const std::string what = file + ": " + mdb_strerror(code);
  switch (code) {
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
    case MDB_INCOMPATIBLE:
    case MDB_NOTFOUND:
      throw Damaged(what + ". Keep the file, and bring the directory back from a copy");
    default:
      throw std::runtime_error("can't " + action + " " + what);
  }
}

MDB_val value_of(Bytes bytes) {
  // LMDB takes what it only reads through the same type as what it gives.
  return {.mv_size = bytes.size(), .mv_data = const_cast<std::byte*>(bytes.data())};
}

Bytes bytes_of(const MDB_val& value) {
  return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

bool less(Bytes a, Bytes b) {
  return std::ranges::lexicographical_compare(a, b);
}

class Cursor {
 public:
  Cursor(MDB_txn* txn, MDB_dbi database, const std::string& path) : path_(path) {
    const int code = mdb_cursor_open(txn, database, &cursor_);
    if (code != 0) {
      fail(code, "read", path_);
    }
  }
  ~Cursor() { mdb_cursor_close(cursor_); }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  [[nodiscard]] std::optional<LmdbEntry> move(MDB_cursor_op operation, Bytes to = {}) {
    MDB_val key = value_of(to);
    MDB_val value{};
    const int code = mdb_cursor_get(cursor_, &key, &value, operation);
    if (code == MDB_NOTFOUND) {
      return std::nullopt;
    }
    if (code != 0) {
      fail(code, "read", path_);
    }
    return LmdbEntry{.key = bytes_of(key), .value = bytes_of(value)};
  }

 private:
  const std::string& path_;
  MDB_cursor* cursor_{};
};

// Ends its transaction, unless it was committed.
class Transaction {
 public:
  Transaction(MDB_env* env, unsigned flags, const std::string& path) : path_(path) {
    int code = mdb_txn_begin(env, nullptr, flags, &txn_);
    if (code == MDB_MAP_RESIZED) {  // Another process has let it grow.
      code = mdb_env_set_mapsize(env, 0);
      code = code == 0 ? mdb_txn_begin(env, nullptr, flags, &txn_) : code;
    }
    if (code != 0) {
      fail(code, flags == MDB_RDONLY ? "read" : "write", path_);
    }
  }
  ~Transaction() {
    if (txn_ != nullptr) {
      mdb_txn_abort(txn_);
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  [[nodiscard]] MDB_txn* get() const { return txn_; }
  void commit() {
    const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
    if (code != 0) {
      fail(code, "write", path_);
    }
  }

 private:
  const std::string& path_;
  MDB_txn* txn_{};
};

class Busy {
 public:
  explicit Busy(bool& busy) : busy_(busy) {
    if (std::exchange(busy_, true)) {
      throw std::logic_error("a store is used while one of its blocks or pages is visited");
    }
  }
  ~Busy() { busy_ = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& busy_;
};

MDB_env* opened(const std::string& path, std::size_t databases) {
  MDB_env* env = nullptr;
  int code = mdb_env_create(&env);
  if (code != 0) {
    fail(code, "open", path);
  }
  mdb_env_set_maxdbs(env, static_cast<MDB_dbi>(databases));
  code = mdb_env_open(env, path.c_str(), MDB_NOLOCK, 0600);
  if (code != 0) {
    mdb_env_close(env);
    fail(code, "open", path);
  }
  return env;
}

}  // namespace

// --- transactions
// ---------------------------------------------------------------------------------

std::optional<Bytes> LmdbRead::get(MDB_dbi database, Bytes key) const {
  MDB_val sought = value_of(key);
  MDB_val value{};
  const int code = mdb_get(txn_, database, &sought, &value);
  if (code == MDB_NOTFOUND) {
    return std::nullopt;
  }
  if (code != 0) {
    fail(code, "read", path_);
  }
  return bytes_of(value);
}

std::optional<LmdbEntry> LmdbRead::at_least(MDB_dbi database, Bytes key) const {
  return Cursor(txn_, database, path_).move(MDB_SET_RANGE, key);
}

std::optional<LmdbEntry> LmdbRead::before(MDB_dbi database, Bytes key) const {
  Cursor cursor(txn_, database, path_);
  return cursor.move(MDB_SET_RANGE, key) ? cursor.move(MDB_PREV) : cursor.move(MDB_LAST);
}

std::optional<LmdbEntry> LmdbRead::last(MDB_dbi database) const {
  return Cursor(txn_, database, path_).move(MDB_LAST);
}

void LmdbRead::each(MDB_dbi database, Bytes from,
                    const std::function<bool(const LmdbEntry&)>& visit) const {
  Cursor cursor(txn_, database, path_);
  for (auto entry = cursor.move(MDB_SET_RANGE, from); entry && visit(*entry);
       entry = cursor.move(MDB_NEXT)) {
  }
}

bool LmdbWrite::insert(MDB_dbi database, Bytes key, Bytes value) {
  const auto end = last(database);
  const unsigned append = !end || less(end->key, key) ? MDB_APPEND : 0U;
  MDB_val its_key = value_of(key);
  MDB_val its_value = value_of(value);
  const int code = mdb_put(txn_, database, &its_key, &its_value, MDB_NOOVERWRITE | append);
  if (code == MDB_KEYEXIST) {
    return false;
  }
  if (code != 0) {
    fail(code, "write", path_);
  }
  return true;
}

void LmdbWrite::replace(MDB_dbi database, Bytes key, Bytes value) {
  MDB_val its_key = value_of(key);
  MDB_val its_value = value_of(value);
  const int code = mdb_put(txn_, database, &its_key, &its_value, 0);
  if (code != 0) {
    fail(code, "write", path_);
  }
}

void LmdbWrite::erase(MDB_dbi database, Bytes key) {
  MDB_val its_key = value_of(key);
  const int code = mdb_del(txn_, database, &its_key, nullptr);
  if (code != 0 && code != MDB_NOTFOUND) {
    fail(code, "write", path_);
  }
}

// --- the environment
// ------------------------------------------------------------------------------

LmdbEnvironment::LmdbEnvironment(const std::string& directory,
                                 const std::vector<std::string>& databases)
    : path_(directory) {
  check_lmdb_file(directory + "/data.mdb");
  env_ = opened(directory, databases.size());
  try {
    Transaction transaction(env_, MDB_RDONLY, path_);
    for (const std::string& name : databases) {
      MDB_dbi database{};
      const int code = mdb_dbi_open(transaction.get(), name.c_str(), 0, &database);
      if (code != 0) {
        fail(code, "open", path_);
      }
      databases_.push_back(database);
    }
    transaction.commit();
  } catch (...) {
    mdb_env_close(env_);
    throw;
  }
}

void LmdbEnvironment::make(const std::string& directory,
                           const std::vector<std::string>& databases) {
  const std::string part = directory + ".part";
  make_directory(part);
  if (::unlink((part + "/data.mdb").c_str()) != 0 && errno != ENOENT) {
    throw world_error(errno, "remove", part + "/data.mdb");
  }
  MDB_env* env = opened(part, databases.size());
  try {
    Transaction transaction(env, 0, part);
    for (const std::string& name : databases) {
      MDB_dbi database{};
      const int code = mdb_dbi_open(transaction.get(), name.c_str(), MDB_CREATE, &database);
      if (code != 0) {
        fail(code, "write", part);
      }
    }
    transaction.commit();
  } catch (...) {
    mdb_env_close(env);
    throw;
  }
  mdb_env_close(env);
  sync_directory(part);
  rename_durably(part, directory);
}

LmdbEnvironment::~LmdbEnvironment() {
  mdb_env_close(env_);
}

void LmdbEnvironment::read(const std::function<void(const LmdbRead&)>& work) {
  const Busy busy(busy_);
  const Transaction transaction(env_, MDB_RDONLY, path_);
  work(LmdbRead(transaction.get(), path_));
}

bool LmdbEnvironment::try_write(const std::function<void(LmdbWrite&)>& work) {
  try {
    Transaction transaction(env_, 0, path_);
    LmdbWrite write(transaction.get(), path_);
    work(write);
    transaction.commit();
    return true;
  } catch (const MapFull&) {
    return false;
  }
}

void LmdbEnvironment::grow() {
  const int code = mdb_env_set_mapsize(env_, std::max(map_bytes() * 2, kMapBytesMin));
  if (code != 0) {
    fail(code, "grow", path_);
  }
}

void LmdbEnvironment::write(const std::function<void(LmdbWrite&)>& work) {
  const Busy busy(busy_);
  while (!try_write(work)) {
    grow();
  }
}

std::uint64_t LmdbEnvironment::map_bytes() const {
  MDB_envinfo info{};
  mdb_env_info(env_, &info);
  return info.me_mapsize;
}

}  // namespace ph
