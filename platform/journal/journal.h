// Where a process keeps what it must not lose: the port, and what an adapter promises
// (docs/journal.md, section 1). One contract suite runs over all adapters (tests/contract).
//
// Failures of the world (disk, network, a server that is gone) are exceptions: std::system_error or
// std::runtime_error. After one, nothing is known of the call but what a new start reads. The
// process ends and starts anew; it never goes on with a state that may not be durable.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/types/digest.h"

namespace ph {

// Another writer has taken the sequence: this process has been replaced and must end.
class Fenced : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What is stored can't be what was written: a torn file, a lost page, a changed byte.
class Damaged : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The blocks of accepted commands, by shard and sequence (from 1, step 1). One thread uses one.
class Journal {
 public:
  Journal() = default;
  virtual ~Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Durable on return. A block has 1 byte to kBlockBytesMax. Throws Fenced when the sequence is
  // taken already, std::logic_error when it would leave a gap.
  virtual void append(std::uint16_t shard, std::uint64_t sequence, Bytes block) = 0;
  // Visits the blocks from `from` on in their order, until one is missing or `visit` says false.
  // The bytes are valid during the visit alone.
  virtual void read(std::uint16_t shard, std::uint64_t from,
                    const std::function<bool(std::uint64_t sequence, Bytes block)>& visit) = 0;
  // The last sequence there is; 0 for none.
  [[nodiscard]] virtual std::uint64_t last(std::uint16_t shard) = 0;
  // The first that is still here: 1, or the one after what was archived; last + 1 for none.
  [[nodiscard]] virtual std::uint64_t first(std::uint16_t shard) = 0;
  // Drops the blocks before `before`, which somebody has archived and verified. Durable on return;
  // after a failure some of them may be gone, from the first on. The last block always stays:
  // std::logic_error when `before` is beyond it.
  virtual void drop(std::uint16_t shard, std::uint64_t before) = 0;
};

// Bytes that somebody keeps alive: mapped from a file, or in memory. Aligned to 8 bytes.
class Blob {
 public:
  Blob(std::shared_ptr<const void> keep, Bytes bytes) : keep_(std::move(keep)), bytes_(bytes) {}
  [[nodiscard]] Bytes bytes() const { return bytes_; }

 private:
  std::shared_ptr<const void> keep_;
  Bytes bytes_;
};

// Bytes that are read where they are asked for, and never mapped: what the disk can't read is an
// error, where a mapping would end the process with a signal. Any thread may use it.
class ByteSource {
 public:
  ByteSource() = default;
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // All of `into`, from the byte `at` on. Throws std::system_error, also where there are fewer.
  virtual void read(std::uint64_t at, std::span<std::byte> into) const = 0;
};

// Of bytes in memory.
[[nodiscard]] std::shared_ptr<const ByteSource> source_of(Blob blob);

// A blob that comes in parts. Gone without `finish`.
class BlobWriter {
 public:
  BlobWriter() = default;
  virtual ~BlobWriter() = default;
  BlobWriter(const BlobWriter&) = delete;
  BlobWriter& operator=(const BlobWriter&) = delete;

  // Parts of any size. Not to be called after `content` or `finish`.
  virtual void write(Bytes part) = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // All that was written, to be judged before it is kept: nobody else can get it. It outlives the
  // writer.
  [[nodiscard]] virtual Blob content() = 0;
  // Durable on return. The address: SHA-256 of all bytes written.
  [[nodiscard]] virtual Digest finish() = 0;
};

// Day files, batches, rule books: addressed by the SHA-256 of their bytes, never changed. The
// journal cites them. Any thread may call it.
class BlobStore {
 public:
  BlobStore() = default;
  virtual ~BlobStore() = default;
  BlobStore(const BlobStore&) = delete;
  BlobStore& operator=(const BlobStore&) = delete;

  [[nodiscard]] virtual std::unique_ptr<BlobWriter> create() = 0;
  // Durable on return. Putting the same bytes again is fine.
  [[nodiscard]] Digest put(Bytes bytes);
  // nullopt when there is none. Throws Damaged when its bytes aren't those of its address, if
  // `verify`.
  [[nodiscard]] virtual std::optional<Blob> get(const Digest& address, bool verify) = 0;
  // As `get`, nullptr when there is none, and nothing of it is mapped if it lies in a file.
  [[nodiscard]] virtual std::shared_ptr<const ByteSource> open(const Digest& address, bool verify);
};

// Packed states, complete or absent: the newest two of a shard are kept.
class SnapshotStore {
 public:
  SnapshotStore() = default;
  virtual ~SnapshotStore() = default;
  SnapshotStore(const SnapshotStore&) = delete;
  SnapshotStore& operator=(const SnapshotStore&) = delete;

  using Sink = std::function<void(Bytes)>;
  // `fill` hands the state to the sink in parts of any size. Durable on return. `sequence` is the
  // last block whose commands are in it. Putting it again replaces it.
  virtual void put_pages(std::uint16_t shard, std::uint64_t sequence,
                         const std::function<void(const Sink&)>& fill) = 0;
  // The sequences of those there are, newest first.
  [[nodiscard]] virtual std::vector<std::uint64_t> list(std::uint16_t shard) = 0;
  // Hands the whole snapshot out in parts, in order. Throws Damaged when a byte isn't what was put,
  // or when it isn't there (any more): what the sink has got by then is void.
  virtual void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) = 0;
};

// The three of one place.
struct Storage {
  std::unique_ptr<Journal> journal;
  std::unique_ptr<BlobStore> blobs;
  std::unique_ptr<SnapshotStore> snapshots;
};

// Opens, and makes where there is none: `lmdb:<directory>` (`directory` is not used) or
// `postgresql://...` (with a directory for the local copies of blobs that are mapped). Throws
// std::invalid_argument for another url, std::runtime_error when somebody else has it open (LMDB)
// or it can't be used.
[[nodiscard]] Storage open_storage(const std::string& url, const std::string& directory);

// The snapshots alone, for a child made by fork: it must not use what its parent has opened, and
// writes a snapshot through its own while its parent goes on appending. Such a child ends with
// `_exit`, so that nothing of its parent's is closed twice.
[[nodiscard]] std::unique_ptr<SnapshotStore> open_snapshots(const std::string& url);

}  // namespace ph
