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
    : lock_(std::move(lock)),
      environment_(directory, {"blocks"}),
      tail_(directory + "/tail", [this](std::uint16_t shard) { return last_settled(shard); }) {}

// A directory whose process has ended well can be copied, and read by a release before this one,
// by its data.mdb alone.
LmdbJournal::~LmdbJournal() {
  try {
    settle();
    tail_.remove();
  } catch (const std::exception&) {  // The tail has them still.
  }
}

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

void LmdbJournal::insert(std::uint16_t shard, std::uint64_t sequence, Bytes block,
                         LmdbWrite& write) {
  if (!write.insert(environment_.database(0), block_key(shard, sequence), block)) {
    throw fenced(shard, sequence);
  }
}

void LmdbJournal::settle() {
  if (tail_.blocks().empty()) {
    return;
  }
  environment_.write([&](LmdbWrite& write) {
    for (const BlockTail::Block& block : tail_.blocks()) {
      insert(block.shard, block.sequence, block.bytes, write);
    }
  });
  tail_.clear();
}

void LmdbJournal::append(std::uint16_t shard, std::uint64_t sequence, Bytes block) {
  const std::uint64_t end = last(shard);
  check_append(shard, sequence, block, end);
  if (sequence <= end) {
    throw fenced(shard, sequence);
  }
  if (!tail_.has_room_for(block)) {
    settle();
  }
  if (tail_.has_room_for(block)) {
    tail_.append(shard, sequence, block);
  } else {
    environment_.write([&](LmdbWrite& write) { insert(shard, sequence, block, write); });
  }
}

void LmdbJournal::read(std::uint16_t shard, std::uint64_t from,
                       const std::function<bool(std::uint64_t, Bytes)>& visit) {
  environment_.read([&](const LmdbRead& read) {
    std::uint64_t next = from;
    bool stopped = false;
    const auto is_next = [&](std::uint16_t its_shard, std::uint64_t sequence) {
      return !stopped && its_shard == shard && sequence == next;
    };
    const auto offer = [&](Bytes block) { return !(stopped = !visit(next++, block)); };
    read.each(environment_.database(0), block_key(shard, from), [&](const LmdbEntry& entry) {
      return is_next(shard_of(entry.key), sequence_of(entry.key)) && offer(entry.value);
    });
    for (const BlockTail::Block& block : tail_.blocks()) {
      if (is_next(block.shard, block.sequence)) {
        static_cast<void>(offer(block.bytes));
      }
    }
  });
}

std::uint64_t LmdbJournal::last_settled(std::uint16_t shard) {
  std::uint64_t last = 0;
  environment_.read([&](const LmdbRead& read) { last = last_in(read, shard); });
  return last;
}

std::uint64_t LmdbJournal::last(std::uint16_t shard) {
  std::uint64_t last = last_settled(shard);
  for (const BlockTail::Block& block : tail_.blocks()) {
    last = block.shard == shard ? block.sequence : last;
  }
  return last;
}

std::uint64_t LmdbJournal::first(std::uint16_t shard) {
  std::uint64_t first = 0;
  environment_.read([&](const LmdbRead& read) { first = first_in(read, shard); });
  return first;
}

void LmdbJournal::drop(std::uint16_t shard, std::uint64_t before) {
  check_drop(shard, before, last(shard));
  settle();
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
