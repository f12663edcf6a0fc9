// Snapshots in an LMDB environment of their own (docs/journal.md). It is opened for each call and
// closed behind it, under a lock of its own: a child made by fork can write one while its parent
// goes on, and neither inherits anything that LMDB forbids to share.
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <set>
#include <thread>

#include "core/types/bytes.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/big_endian.h"
#include "platform/journal/lmdb.h"
#include "platform/journal/lmdb_env.h"
#include "platform/journal/posix.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

constexpr std::size_t kPagesAtOnce = 16;  // Written in one transaction.
constexpr std::size_t kKept = 2;
const std::vector<std::string> kDatabases{"pages", "complete"};

std::vector<std::byte> page_key(std::uint64_t put, std::uint32_t page) {
  std::vector<std::byte> key;
  put_big_endian(key, put);
  put_big_endian(key, page);
  return key;
}

// Of a snapshot: it is there when its completion record is. A put has a number of its own, under
// which its pages lie, so that what is written anew never touches what is complete.
struct Completion {
  std::uint64_t put{};
  std::uint64_t bytes{};
  std::uint64_t pages{};
  Digest digest{};  // of the pages' digests, one after the other
};

std::vector<std::byte> encode(const Completion& completion) {
  ByteWriter writer;
  writer.put_record(completion);
  return writer.take();
}

std::optional<Completion> decode(Bytes bytes) {
  ByteReader reader(bytes);
  const auto completion = reader.get<Completion>();
  return reader.done() ? std::optional(completion) : std::nullopt;
}

// Shared for reading, exclusive for writing. Another process or thread that has it is waited for:
// after the death of a process its child may still be writing.
class StoreLock {
 public:
  StoreLock(const std::string& path, int how) : file_(path, O_RDWR | O_CREAT) {
    for (int waited = 0; ::flock(file_.get(), how | LOCK_NB) != 0; ++waited) {
      if (errno != EWOULDBLOCK && errno != EINTR) {
        throw world_error(errno, "lock", path);
      }
      if (waited == kWaitsMax) {
        throw std::runtime_error("another process has been using the snapshots for " +
                                 std::to_string(kWaitsMax * kWaitMs / 1000) + " s (" + path +
                                 "): end it if it is stuck, then start again");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
    }
  }

 private:
  static constexpr int kWaitMs = 10;
  static constexpr int kWaitsMax = 12'000;
  FileHandle file_;  // Closing gives it up.
};

class LmdbSnapshots final : public SnapshotStore {
 public:
  explicit LmdbSnapshots(const std::string& directory)
      : directory_(directory + "/snapshots"), lock_path_(directory + "/snapshots.lock") {
    const StoreLock lock(lock_path_, LOCK_EX);
    if (!exists(directory_)) {
      LmdbEnvironment::make(directory_, kDatabases);
    }
  }

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override;
  std::vector<std::uint64_t> list(std::uint16_t shard) override;
  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override;

 private:
  std::string directory_;
  std::string lock_path_;
};

// --- reading
// --------------------------------------------------------------------------------------

std::vector<std::uint64_t> list_in(const LmdbRead& read, MDB_dbi complete, std::uint16_t shard) {
  std::vector<std::uint64_t> sequences;
  read.each(complete, block_key(shard, 0), [&](const LmdbEntry& entry) {
    if (shard_of(entry.key) != shard) {
      return false;
    }
    sequences.push_back(sequence_of(entry.key));
    return true;
  });
  std::ranges::reverse(sequences);
  return sequences;
}

std::vector<std::uint64_t> LmdbSnapshots::list(std::uint16_t shard) {
  const StoreLock lock(lock_path_, LOCK_SH);
  LmdbEnvironment environment(directory_, kDatabases);
  std::vector<std::uint64_t> sequences;
  environment.read(
      [&](const LmdbRead& read) { sequences = list_in(read, environment.database(1), shard); });
  return sequences;
}

void LmdbSnapshots::load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) {
  const StoreLock lock(lock_path_, LOCK_SH);
  LmdbEnvironment environment(directory_, kDatabases);
  const auto damaged = [&](const std::string& what) {
    return damaged_snapshot(directory_, shard, sequence, what);
  };
  environment.read([&](const LmdbRead& read) {
    const auto record = read.get(environment.database(1), block_key(shard, sequence));
    if (!record) {
      throw damaged("is not there");
    }
    const auto completion = decode(*record);
    if (!completion) {
      throw damaged("has a completion record that is none");
    }
    Sha256Stream digests;
    std::uint64_t bytes = 0;
    for (std::uint64_t n = 0; n < completion->pages; ++n) {
      const auto page = read.get(environment.database(0),
                                 page_key(completion->put, static_cast<std::uint32_t>(n)));
      if (!page || page->size() < sizeof(Digest)) {
        throw damaged("lacks page " + std::to_string(n));
      }
      const Bytes content = page->subspan(sizeof(Digest));
      const Digest digest = sha256(content);
      if (std::memcmp(digest.data(), page->data(), sizeof digest) != 0) {
        throw damaged("has other bytes in page " + std::to_string(n) + " than were put");
      }
      digests.update(digest);
      bytes += content.size();
      sink(content);
    }
    if (bytes != completion->bytes || digests.finish() != completion->digest) {
      throw damaged("has other pages than were put");
    }
  });
}

// --- writing
// --------------------------------------------------------------------------------------

// Erases the pages of a put, a bounded number in each transaction.
void erase_pages(LmdbEnvironment& environment, std::uint64_t put) {
  for (bool more = true; more;) {
    environment.write([&](LmdbWrite& write) {
      std::vector<std::vector<std::byte>> keys;
      write.each(environment.database(0), page_key(put, 0), [&](const LmdbEntry& entry) {
        if (get_big_endian<std::uint64_t>(entry.key, 0) != put) {
          return false;
        }
        keys.emplace_back(entry.key.begin(), entry.key.end());
        return keys.size() < kPagesAtOnce * 16;
      });
      for (const auto& key : keys) {
        write.erase(environment.database(0), key);
      }
      more = !keys.empty();
    });
  }
}

// Erases the pages that no completion record leads to; gives the next number of a put.
std::uint64_t erase_leftovers(LmdbEnvironment& environment) {
  std::set<std::uint64_t> complete;
  std::set<std::uint64_t> leftover;
  environment.read([&](const LmdbRead& read) {
    read.each(environment.database(1), block_key(0, 0), [&](const LmdbEntry& entry) {
      const auto completion = decode(entry.value);
      complete.insert(completion ? completion->put : 0);
      return true;
    });
    for (auto entry = read.at_least(environment.database(0), page_key(0, 0)); entry;) {
      const auto put = get_big_endian<std::uint64_t>(entry->key, 0);
      if (!complete.contains(put)) {
        leftover.insert(put);
      }
      entry = read.at_least(environment.database(0), page_key(put + 1, 0));
    }
  });
  for (const std::uint64_t put : leftover) {
    erase_pages(environment, put);
  }
  const std::uint64_t last = complete.empty() ? 0 : *complete.rbegin();
  return std::max(last, leftover.empty() ? 0 : *leftover.rbegin()) + 1;
}

// Cuts what it is handed into pages and writes some of them at a time.
class PageWriter {
 public:
  PageWriter(LmdbEnvironment& environment, std::uint64_t put) : environment_(environment) {
    completion_.put = put;
  }

  void add(Bytes part) {
    while (!part.empty()) {
      if (pages_.empty() || pages_.back().size() == kFullPage) {
        write_if(pages_.size() == kPagesAtOnce);
        pages_.emplace_back(sizeof(Digest));
        pages_.back().reserve(kFullPage);
      }
      std::vector<std::byte>& page = pages_.back();
      const Bytes fits = part.first(std::min(part.size(), kFullPage - page.size()));
      page.insert(page.end(), fits.begin(), fits.end());
      part = part.subspan(fits.size());
    }
  }

  Completion finish() {
    write_if(!pages_.empty());
    completion_.digest = digests_.finish();
    return completion_;
  }

 private:
  static constexpr std::size_t kFullPage = kSnapshotPageBytes + sizeof(Digest);

  void write_if(bool due) {
    if (!due) {
      return;
    }
    for (std::vector<std::byte>& page : pages_) {
      const Digest digest = sha256(Bytes(page).subspan(sizeof(Digest)));
      std::ranges::copy(digest, page.begin());
      digests_.update(digest);
      completion_.bytes += page.size() - sizeof digest;
    }
    environment_.write([this](LmdbWrite& write) {
      auto number = static_cast<std::uint32_t>(completion_.pages);
      for (const std::vector<std::byte>& page : pages_) {
        write.replace(environment_.database(0), page_key(completion_.put, number++), page);
      }
    });
    completion_.pages += pages_.size();
    pages_.clear();
  }

  LmdbEnvironment& environment_;
  Completion completion_;
  Sha256Stream digests_;
  std::vector<std::vector<std::byte>> pages_;  // each its digest, then its bytes
};

void LmdbSnapshots::put_pages(std::uint16_t shard, std::uint64_t sequence,
                              const std::function<void(const Sink&)>& fill) {
  const StoreLock lock(lock_path_, LOCK_EX);
  LmdbEnvironment environment(directory_, kDatabases);
  PageWriter writer(environment, erase_leftovers(environment));
  fill([&writer](Bytes part) { writer.add(part); });
  const Completion completion = writer.finish();
  const MDB_dbi complete = environment.database(1);
  environment.write([&](LmdbWrite& write) {
    write.replace(complete, block_key(shard, sequence), encode(completion));
    std::vector<std::uint64_t> sequences = list_in(write, complete, shard);
    for (std::size_t n = kKept; n < sequences.size(); ++n) {
      write.erase(complete, block_key(shard, sequences[n]));
    }
  });
  (void)erase_leftovers(environment);
}

}  // namespace

std::unique_ptr<SnapshotStore> open_lmdb_snapshots(const std::string& directory) {
  return std::make_unique<LmdbSnapshots>(directory);
}

}  // namespace ph
