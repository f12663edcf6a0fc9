// The three parts of a store on PostgreSQL; `open_postgres_storage` puts them together.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "platform/journal/blob_files.h"
#include "platform/journal/postgres_link.h"

namespace ph {

// kServe makes the tables and asks for the barrier; kLook wants the tables to be there.
enum class PostgresUse : std::uint8_t { kServe, kLook };

class PostgresJournal final : public Journal {
 public:
  PostgresJournal(const std::string& url, PostgresUse use);

  void append(std::uint16_t shard, std::uint64_t sequence, Bytes block) override;
  void read(std::uint16_t shard, std::uint64_t from,
            const std::function<bool(std::uint64_t sequence, Bytes block)>& visit) override;
  [[nodiscard]] std::uint64_t last(std::uint16_t shard) override;
  [[nodiscard]] std::uint64_t first(std::uint16_t shard) override;
  void drop(std::uint16_t shard, std::uint64_t before) override;

 private:
  // The newest block that this process has appended or seen, and how it ends: its last 32 bytes,
  // which are the digest of a block and with it of all before it (core/journal/block.h).
  struct Known {
    std::uint64_t sequence{};
    std::vector<std::byte> end{};
  };
  // Nothing that this process knows to be durable may be missing, or be another's.
  void check_nothing_lost(PostgresConnection& connection) const;

  std::map<std::uint16_t, Known> known_;
  PostgresLink link_;
};

class PostgresBlobs final : public BlobStore {
 public:
  PostgresBlobs(const std::string& url, const std::string& directory);

  [[nodiscard]] std::unique_ptr<BlobWriter> create() override;
  [[nodiscard]] std::optional<Blob> get(const Digest& address, bool verify) override;
  [[nodiscard]] std::shared_ptr<const ByteSource> open(const Digest& address, bool verify) override;

  // The parts of a blob that lies in a file, in one transaction.
  void upload(const Digest& address, Bytes bytes);

 private:
  [[nodiscard]] bool download(const Digest& address);

  ProcessLock lock_;
  BlobFiles local_;
  std::mutex mutex_;  // Over the link: any thread may use the store of blobs.
  PostgresLink link_;
};

}  // namespace ph
