// A small face of LMDB: an environment whose map grows, transactions that only read and such that
// write as different types, and errors that name the path. lmdb.h stays in this folder.
#pragma once

#include <lmdb.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/journal/journal.h"

namespace ph {

using LmdbKey = std::vector<std::byte>;

// What a cursor stands at; valid until the transaction ends or writes.
struct LmdbEntry {
  Bytes key;
  Bytes value;
};

class LmdbRead {
 public:
  LmdbRead(MDB_txn* txn, std::string path) : txn_(txn), path_(std::move(path)) {}

  [[nodiscard]] std::optional<Bytes> get(MDB_dbi database, Bytes key) const;
  // The first entry whose key isn't less than `key`.
  [[nodiscard]] std::optional<LmdbEntry> at_least(MDB_dbi database, Bytes key) const;
  // The last entry whose key is less than `key`.
  [[nodiscard]] std::optional<LmdbEntry> before(MDB_dbi database, Bytes key) const;
  [[nodiscard]] std::optional<LmdbEntry> last(MDB_dbi database) const;
  // From the first entry whose key isn't less than `from`, until `visit` says false.
  void each(MDB_dbi database, Bytes from, const std::function<bool(const LmdbEntry&)>& visit) const;

 protected:
  [[nodiscard]] std::optional<LmdbEntry> seek(MDB_dbi database, Bytes key, bool back) const;
  MDB_txn* txn_;
  std::string path_;
};

class LmdbWrite : public LmdbRead {
 public:
  using LmdbRead::LmdbRead;
  // False when the key is there already. A key behind all others is appended (MDB_APPEND).
  [[nodiscard]] bool insert(MDB_dbi database, Bytes key, Bytes value);
  void replace(MDB_dbi database, Bytes key, Bytes value);
  // Nothing happens when it isn't there.
  void erase(MDB_dbi database, Bytes key);
};

// One process, and one thread of it, uses an environment at a time: who opens it holds a lock of
// its own. LMDB's own lock file isn't used, so no reader may be open while something is written.
class LmdbEnvironment {
 public:
  // Opens what `make` has made, whole: Damaged when it isn't what LMDB wrote.
  LmdbEnvironment(const std::string& directory, const std::vector<std::string>& databases);
  // Makes an empty environment and renames it into place, so that one that is there is whole.
  static void make(const std::string& directory, const std::vector<std::string>& databases);

  ~LmdbEnvironment();
  LmdbEnvironment(const LmdbEnvironment&) = delete;
  LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

  // In the order of their names at opening.
  [[nodiscard]] MDB_dbi database(std::size_t index) const { return databases_[index]; }

  void read(const std::function<void(const LmdbRead&)>& work);
  // Durable on return. `work` is started anew when the map had to grow; what it throws aborts it.
  void write(const std::function<void(LmdbWrite&)>& work);

  [[nodiscard]] std::uint64_t map_bytes() const;

 private:
  bool try_write(const std::function<void(LmdbWrite&)>& work);
  void grow();

  std::string path_;  // the directory
  MDB_env* env_{};
  std::vector<MDB_dbi> databases_;
  bool busy_{false};
};

}  // namespace ph
