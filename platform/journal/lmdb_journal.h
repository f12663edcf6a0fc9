// The blocks in LMDB: database `blocks`, key shard and sequence in big endian. The newest ones come
// there together, and lie in a file of their own until then (block_tail.h).
#pragma once

#include <string>

#include "platform/journal/block_tail.h"
#include "platform/journal/lmdb_env.h"
#include "platform/journal/posix.h"

namespace ph {

class LmdbJournal final : public Journal {
 public:
  // `directory` holds data.mdb and, unless its process ended well, the tail; the lock is on the
  // directory above it.
  LmdbJournal(std::unique_ptr<ProcessLock> lock, const std::string& directory);
  ~LmdbJournal() override;
  LmdbJournal(const LmdbJournal&) = delete;
  LmdbJournal& operator=(const LmdbJournal&) = delete;

  void append(std::uint16_t shard, std::uint64_t sequence, Bytes block) override;
  void read(std::uint16_t shard, std::uint64_t from,
            const std::function<bool(std::uint64_t sequence, Bytes block)>& visit) override;
  [[nodiscard]] std::uint64_t last(std::uint16_t shard) override;
  [[nodiscard]] std::uint64_t first(std::uint16_t shard) override;
  void drop(std::uint16_t shard, std::uint64_t before) override;

  // How far the map has grown.
  [[nodiscard]] std::uint64_t map_bytes() const { return environment_.map_bytes(); }

 private:
  [[nodiscard]] std::uint64_t last_in(const LmdbRead& read, std::uint16_t shard) const;
  [[nodiscard]] std::uint64_t first_in(const LmdbRead& read, std::uint16_t shard) const;

  [[nodiscard]] std::uint64_t last_settled(std::uint16_t shard);
  void insert(std::uint16_t shard, std::uint64_t sequence, Bytes block, LmdbWrite& write);
  // The tail's blocks come into LMDB.
  void settle();

  std::unique_ptr<ProcessLock> lock_;
  LmdbEnvironment environment_;
  BlockTail tail_;
};

}  // namespace ph
