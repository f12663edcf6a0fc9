#include "platform/journal/memory.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <system_error>

#include "platform/crypto/sha256.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

using Buffer = std::vector<std::byte>;
using ShardSequence = std::pair<std::uint16_t, std::uint64_t>;

struct Stored {
  std::shared_ptr<const Buffer> bytes;
  Digest digest{};   // as it was put
  bool whole{true};  // false: torn, to be removed by who opens the disk next
};

std::shared_ptr<const Buffer> copy_of(Bytes bytes) {
  return std::make_shared<const Buffer>(bytes.begin(), bytes.end());
}

Stored stored(Bytes bytes) {
  return {.bytes = copy_of(bytes), .digest = sha256(bytes)};
}

Stored torn(Bytes bytes) {
  return {.bytes = copy_of(bytes.first(bytes.size() / 2)), .whole = false};
}

// Readers may still hold the old bytes, as they would hold a page that was read before it rotted.
bool rot(Stored& stored, std::uint64_t at) {
  if (stored.bytes->empty()) {
    return false;
  }
  Buffer bytes = *stored.bytes;
  bytes[at % bytes.size()] ^= std::byte{1};
  stored.bytes = std::make_shared<const Buffer>(std::move(bytes));
  return true;
}

}  // namespace

std::string_view word(DiskOperation operation) {
  switch (operation) {
    case DiskOperation::kAppend:
      return "append a block";
    case DiskOperation::kDrop:
      return "drop blocks";
    case DiskOperation::kFinishBlob:
      return "finish a blob";
    case DiskOperation::kPutSnapshot:
      return "put a snapshot";
  }
  return "";
}

struct MemoryDisk::Content {
  mutable std::mutex mutex;  // Over all that follows: any thread may use the store of blobs.
  std::function<DiskFault(const DiskStep&)> decide;
  std::function<void(const DiskStep&, DiskMoment)> hook;
  std::uint64_t steps{};
  std::uint64_t crashes{};
  std::map<ShardSequence, Stored> blocks;
  std::map<Digest, Stored> blobs;
  std::map<ShardSequence, Stored> snapshots;
  std::map<std::uint64_t, Buffer> parts;  // of blobs that aren't finished
  std::uint64_t next_part{};

  [[nodiscard]] std::uint64_t last(std::uint16_t shard) const {
    auto at = blocks.lower_bound({shard, ~std::uint64_t{0}});
    while (at != blocks.begin() && (--at)->first.first == shard) {
      if (at->second.whole) {
        return at->first.second;
      }
    }
    return 0;
  }
  // The first kept in a shard, whole or torn.
  [[nodiscard]] auto begin(std::uint16_t shard) { return blocks.lower_bound({shard, 0}); }
  void keep_newest_two(std::uint16_t shard) {
    int whole = 0;
    for (auto at = snapshots.lower_bound({shard, ~std::uint64_t{0}}); at != snapshots.begin();) {
      --at;
      if (at->first.first != shard) {
        return;
      }
      if (at->second.whole && ++whole > 2) {
        at = snapshots.erase(at);
      }
    }
  }
};

MemoryDisk::MemoryDisk() : content_(std::make_unique<Content>()) {}
MemoryDisk::~MemoryDisk() = default;

void MemoryDisk::set_faults(std::function<DiskFault(const DiskStep&)> decide) {
  const std::lock_guard lock(content_->mutex);
  content_->decide = std::move(decide);
}

void MemoryDisk::set_hook(std::function<void(const DiskStep&, DiskMoment)> hook) {
  const std::lock_guard lock(content_->mutex);
  content_->hook = std::move(hook);
}

std::uint64_t MemoryDisk::steps() const {
  const std::lock_guard lock(content_->mutex);
  return content_->steps;
}

void MemoryDisk::crash() {
  const std::lock_guard lock(content_->mutex);
  ++content_->crashes;
  content_->parts.clear();
}

bool MemoryDisk::rot_block(std::uint16_t shard, std::uint64_t sequence, std::uint64_t at) {
  const std::lock_guard lock(content_->mutex);
  const auto found = content_->blocks.find({shard, sequence});
  return found != content_->blocks.end() && rot(found->second, at);
}

bool MemoryDisk::rot_blob(const Digest& address, std::uint64_t at) {
  const std::lock_guard lock(content_->mutex);
  const auto found = content_->blobs.find(address);
  return found != content_->blobs.end() && rot(found->second, at);
}

bool MemoryDisk::rot_snapshot(std::uint16_t shard, std::uint64_t sequence, std::uint64_t at) {
  const std::lock_guard lock(content_->mutex);
  const auto found = content_->snapshots.find({shard, sequence});
  return found != content_->snapshots.end() && rot(found->second, at);
}

std::size_t MemoryDisk::blobs() const {
  const std::lock_guard lock(content_->mutex);
  return content_->blobs.size();
}

bool MemoryDisk::lose_blob(const Digest& address) {
  const std::lock_guard lock(content_->mutex);
  return content_->blobs.erase(address) == 1;
}

std::size_t MemoryDisk::leftovers() const {
  const std::lock_guard lock(content_->mutex);
  const auto is_torn = [](const auto& entry) { return !entry.second.whole; };
  const auto count = content_->parts.size() +
                     std::size_t(std::ranges::count_if(content_->blocks, is_torn)) +
                     std::size_t(std::ranges::count_if(content_->snapshots, is_torn));
  return count;
}

namespace {

// One process that has the disk open: the three adapters share it.
class Session {
 public:
  explicit Session(MemoryDisk::Content& disk) : disk_(disk) {
    const std::lock_guard lock(disk_.mutex);
    crashes_ = disk_.crashes;
    const auto is_torn = [](const auto& entry) { return !entry.second.whole; };
    std::erase_if(disk_.blocks, is_torn);
    std::erase_if(disk_.snapshots, is_torn);
  }

  // Everything but the steps: under the lock, and only while the process lives.
  template <class Work>
  auto with(Work work) {
    const std::lock_guard lock(disk_.mutex);
    if (dead_ || disk_.crashes != crashes_) {
      throw std::logic_error("a process that should have ended goes on with its store");
    }
    return work(disk_);
  }

  // A step: `whole` stores all of it, `part` what a torn step leaves. Both run under the lock.
  template <class Whole, class Part>
  void step(const DiskStep& step, Whole whole, Part part) {
    auto [decide, hook] = with([](MemoryDisk::Content& disk) {
      ++disk.steps;
      return std::pair(disk.decide, disk.hook);
    });
    try {
      if (hook) {
        hook(step, DiskMoment::kBefore);
      }
      const DiskFault fault = decide ? decide(step) : DiskFault::kNone;
      if (fault == DiskFault::kTears) {
        with(part);
      } else if (fault != DiskFault::kFails) {
        with(whole);
      }
      if (fault != DiskFault::kNone) {
        throw std::system_error(EIO, std::generic_category(),
                                "injected: " + std::string(word(step.operation)));
      }
      if (hook) {
        hook(step, DiskMoment::kAfter);
      }
    } catch (...) {
      dead_ = true;
      throw;
    }
  }

  // Of a writer that is destroyed, in whatever state the process is.
  void forget_part(std::uint64_t id) {
    const std::lock_guard lock(disk_.mutex);
    disk_.parts.erase(id);
  }

 private:
  MemoryDisk::Content& disk_;
  std::uint64_t crashes_{};
  std::atomic<bool> dead_{false};
};

class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  void append(std::uint16_t shard, std::uint64_t sequence, Bytes block) override {
    check_append(shard, sequence, block, last(shard));
    const ShardSequence key{shard, sequence};
    session_->step(
        {DiskOperation::kAppend, shard, sequence, block.size()},
        [&](MemoryDisk::Content& disk) {
          if (sequence <= disk.last(shard)) {
            throw fenced(shard, sequence);
          }
          disk.blocks.insert_or_assign(key, stored(block));
        },
        [&](MemoryDisk::Content& disk) { disk.blocks.try_emplace(key, torn(block)); });
  }

  void read(std::uint16_t shard, std::uint64_t from,
            const std::function<bool(std::uint64_t, Bytes)>& visit) override {
    for (std::uint64_t sequence = from;; ++sequence) {
      const auto bytes = session_->with([&](MemoryDisk::Content& disk) {
        const auto found = disk.blocks.find({shard, sequence});
        const bool there = found != disk.blocks.end() && found->second.whole;
        return there ? found->second.bytes : nullptr;
      });
      if (!bytes || !visit(sequence, *bytes)) {
        return;
      }
    }
  }

  std::uint64_t last(std::uint16_t shard) override {
    return session_->with([&](MemoryDisk::Content& disk) { return disk.last(shard); });
  }

  std::uint64_t first(std::uint16_t shard) override {
    return session_->with([&](MemoryDisk::Content& disk) {
      const auto at = disk.begin(shard);
      const bool there = at != disk.blocks.end() && at->first.first == shard && at->second.whole;
      return there ? at->first.second : std::uint64_t{1};
    });
  }

  void drop(std::uint16_t shard, std::uint64_t before) override {
    check_drop(shard, before, last(shard));
    const std::uint64_t half = first(shard) + (before - std::min(before, first(shard))) / 2;
    const auto drop_to = [shard](std::uint64_t end) {
      return [shard, end](MemoryDisk::Content& disk) {
        disk.blocks.erase(disk.begin(shard), disk.blocks.lower_bound({shard, end}));
      };
    };
    session_->step({DiskOperation::kDrop, shard, before, 0}, drop_to(before), drop_to(half));
  }

 private:
  std::shared_ptr<Session> session_;
};

class MemoryBlobWriter final : public BlobWriter {
 public:
  explicit MemoryBlobWriter(std::shared_ptr<Session> session) : session_(std::move(session)) {
    id_ = session_->with([](MemoryDisk::Content& disk) {
      disk.parts.try_emplace(disk.next_part);
      return disk.next_part++;
    });
  }
  ~MemoryBlobWriter() override { session_->forget_part(id_); }

  void write(Bytes part) override {
    check_not_finished(sealed_);
    session_->with([&](MemoryDisk::Content& disk) {
      Buffer& bytes = disk.parts[id_];
      bytes.insert(bytes.end(), part.begin(), part.end());
    });
    size_ += part.size();
  }

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] Blob content() override {
    if (!content_) {
      check_not_finished(sealed_);
      sealed_ = true;
      content_ =
          session_->with([&](MemoryDisk::Content& disk) { return copy_of(disk.parts[id_]); });
    }
    return {content_, *content_};
  }

  Digest finish() override {
    check_not_finished(finished_);
    finished_ = sealed_ = true;
    Digest address{};
    session_->step(
        {DiskOperation::kFinishBlob, 0, 0, size_},
        [&](MemoryDisk::Content& disk) {
          auto bytes = std::make_shared<const Buffer>(std::move(disk.parts[id_]));
          disk.parts.erase(id_);
          address = sha256(*bytes);
          disk.blobs.insert_or_assign(address, Stored{.bytes = bytes, .digest = address});
        },
        [](MemoryDisk::Content&) {});  // It stays a part, lost with the process.
    return address;
  }

 private:
  std::shared_ptr<Session> session_;
  std::uint64_t id_{};
  std::uint64_t size_{};
  std::shared_ptr<const Buffer> content_;
  bool sealed_{false};
  bool finished_{false};
};

class MemoryBlobStore final : public BlobStore {
 public:
  explicit MemoryBlobStore(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  std::unique_ptr<BlobWriter> create() override {
    return std::make_unique<MemoryBlobWriter>(session_);
  }

  std::optional<Blob> get(const Digest& address, bool verify) override {
    const auto bytes = session_->with([&](MemoryDisk::Content& disk) {
      const auto found = disk.blobs.find(address);
      return found == disk.blobs.end() ? nullptr : found->second.bytes;
    });
    if (!bytes) {
      return std::nullopt;
    }
    if (verify && sha256(*bytes) != address) {
      throw damaged_blob("memory", address);
    }
    return Blob(bytes, *bytes);
  }

 private:
  std::shared_ptr<Session> session_;
};

class MemorySnapshotStore final : public SnapshotStore {
 public:
  explicit MemorySnapshotStore(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override {
    Buffer bytes;
    fill([&bytes](Bytes part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
    const ShardSequence key{shard, sequence};
    session_->step(
        {DiskOperation::kPutSnapshot, shard, sequence, bytes.size()},
        [&](MemoryDisk::Content& disk) {
          disk.snapshots.insert_or_assign(key, stored(bytes));
          disk.keep_newest_two(shard);
        },
        [&](MemoryDisk::Content& disk) {
          disk.snapshots.try_emplace(key, torn(bytes));  // What was whole stays.
        });
  }

  std::vector<std::uint64_t> list(std::uint16_t shard) override {
    return session_->with([&](MemoryDisk::Content& disk) {
      std::vector<std::uint64_t> sequences;
      for (auto at = disk.snapshots.lower_bound({shard, 0});
           at != disk.snapshots.end() && at->first.first == shard; ++at) {
        if (at->second.whole) {
          sequences.insert(sequences.begin(), at->first.second);
        }
      }
      return sequences;
    });
  }

  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override {
    const Stored stored = session_->with([&](MemoryDisk::Content& disk) {
      const auto found = disk.snapshots.find({shard, sequence});
      return found == disk.snapshots.end() ? Stored{} : found->second;
    });
    if (!stored.bytes || !stored.whole) {
      throw damaged_snapshot("memory", shard, sequence, "is not there");
    }
    if (sha256(*stored.bytes) != stored.digest) {
      throw damaged_snapshot("memory", shard, sequence, "has a page with other bytes");
    }
    for (Bytes rest = *stored.bytes; !rest.empty();) {
      const Bytes part = rest.first(std::min(rest.size(), kSnapshotPageBytes));
      sink(part);
      rest = rest.subspan(part.size());
    }
  }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace

Storage open_memory_storage(MemoryDisk& disk) {
  const auto session = std::make_shared<Session>(disk.content());
  return {.journal = std::make_unique<MemoryJournal>(session),
          .blobs = std::make_unique<MemoryBlobStore>(session),
          .snapshots = std::make_unique<MemorySnapshotStore>(session)};
}

}  // namespace ph
