#include "platform/journal/lmdb_journal.h"

#include <algorithm>

#include "platform/journal/big_endian.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

// Blocks dropped in one transaction.
constexpr std::uint64_t kDroppedAtOnceMax = 1'000;

}  // namespace

LmdbJournal::LmdbJournal(std::unique_ptr<ProcessLock> lock, const std::string& directory)
    : lock_(std::move(lock)), environment_(directory, {"blocks"}) {}

std::uint64_t LmdbJournal::last_in(const LmdbRead& read, std::uint16_t shard) const {
  const auto blocks = environment_.database(0);
  auto end = block_key(shard, ~std::uint64_t{0});
  end.push_back(std::byte{0});  // Behind every key of the shard.
  const auto entry = read.before(blocks, end);
  return entry && shard_of(entry->key) == shard ? sequence_of(entry->key) : 0;
}

std::uint64_t LmdbJournal::first_in(const LmdbRead& read, std::uint16_t shard) const {
  const auto entry = read.at_least(environment_.database(0), block_key(shard, 0));
  return entry && shard_of(entry->key) == shard ? sequence_of(entry->key) : 1;
}

void LmdbJournal::append(std::uint16_t shard, std::uint64_t sequence, Bytes block) {
  environment_.write([&](LmdbWrite& write) {
    const std::uint64_t last = last_in(write, shard);
    check_append(shard, sequence, block, last);
    if (sequence <= last ||
        !write.insert(environment_.database(0), block_key(shard, sequence), block)) {
      throw fenced(shard, sequence);
    }
  });
}

void LmdbJournal::read(std::uint16_t shard, std::uint64_t from,
                       const std::function<bool(std::uint64_t, Bytes)>& visit) {
  environment_.read([&](const LmdbRead& read) {
    std::uint64_t next = from;
    read.each(environment_.database(0), block_key(shard, from), [&](const LmdbEntry& entry) {
      return shard_of(entry.key) == shard && sequence_of(entry.key) == next &&
             visit(next++, entry.value);
    });
  });
}

std::uint64_t LmdbJournal::last(std::uint16_t shard) {
  std::uint64_t last = 0;
  environment_.read([&](const LmdbRead& read) { last = last_in(read, shard); });
  return last;
}

std::uint64_t LmdbJournal::first(std::uint16_t shard) {
  std::uint64_t first = 0;
  environment_.read([&](const LmdbRead& read) { first = first_in(read, shard); });
  return first;
}

void LmdbJournal::drop(std::uint16_t shard, std::uint64_t before) {
  check_drop(shard, before, last(shard));
  for (std::uint64_t next = first(shard); next < before;) {
    const std::uint64_t end = std::min(before, next + kDroppedAtOnceMax);
    environment_.write([&](LmdbWrite& write) {
      for (std::uint64_t sequence = next; sequence < end; ++sequence) {
        write.erase(environment_.database(0), block_key(shard, sequence));
      }
    });
    next = end;
  }
}

}  // namespace ph
