#include <algorithm>

#include "platform/journal/postgres_parts.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

// Blocks fetched at a time: more of them while they are small.
constexpr std::uint64_t kFetchedAtOnceMax = 64;
constexpr std::size_t kFetchedBytes = std::size_t{8} << 20U;
// Blocks dropped in one transaction.
constexpr std::uint64_t kDroppedAtOnceMax = 1'000;

// Nothing may stand at this sequence or behind it. The primary key alone would let a writer in that
// has slept since the blocks that replaced it were archived and dropped.
constexpr const char* kInsertBlock =
    "INSERT INTO journal_block (shard, sequence, block)"
    " SELECT $1::integer, $2::bigint, $3::bytea WHERE NOT EXISTS"
    " (SELECT 1 FROM journal_block WHERE shard = $1::integer AND sequence >= $2::bigint)";
constexpr const char* kTable = "SELECT to_regclass('journal_block')::text";
constexpr const char* kBlock =
    "SELECT block FROM journal_block WHERE shard = $1::integer AND sequence = $2::bigint";
constexpr const char* kBlocks =
    "SELECT sequence, block FROM journal_block WHERE shard = $1::integer"
    " AND sequence >= $2::bigint AND sequence < $3::bigint ORDER BY sequence";
constexpr const char* kLast =
    "SELECT sequence, substring(block from greatest(octet_length(block) - 31, 1))"
    " FROM journal_block WHERE shard = $1::integer AND sequence = (SELECT sequence"
    " FROM journal_block WHERE shard = $1::integer ORDER BY sequence DESC LIMIT 1)";
constexpr const char* kEnd =
    "SELECT substring(block from greatest(octet_length(block) - 31, 1)) FROM journal_block"
    " WHERE shard = $1::integer AND sequence = $2::bigint";
constexpr const char* kFirst =
    "SELECT sequence FROM journal_block WHERE shard = $1::integer ORDER BY sequence LIMIT 1";
constexpr const char* kDrop =
    "DELETE FROM journal_block WHERE shard = $1::integer AND sequence < $2::bigint";

PostgresParameters key(std::uint16_t shard) {
  PostgresParameters parameters;
  parameters.shard(shard);
  return parameters;
}

PostgresParameters key(std::uint16_t shard, std::uint64_t sequence) {
  PostgresParameters parameters;
  parameters.shard(shard).number(sequence);
  return parameters;
}

// What kLast and kEnd take of a block.
std::vector<std::byte> end_of(Bytes block) {
  const Bytes end = block.last(std::min(block.size(), sizeof(Digest)));
  return {end.begin(), end.end()};
}

// False when the sequence is taken.
bool insert(PostgresConnection& connection, std::uint16_t shard, std::uint64_t sequence,
            Bytes block) {
  PostgresParameters parameters = key(shard, sequence);
  parameters.bytes(block);
  try {
    return connection.run_durably(kInsertBlock, parameters).changed() == 1;
  } catch (const PostgresRefused& refused) {
    if (refused.taken()) {
      return false;
    }
    throw;
  }
}

bool stands(PostgresConnection& connection, std::uint16_t shard, std::uint64_t sequence,
            Bytes block) {
  const PostgresRows rows = connection.run(kBlock, key(shard, sequence));
  return rows.size() == 1 && std::ranges::equal(rows.bytes(0, 0), block);
}

}  // namespace

PostgresJournal::PostgresJournal(const std::string& url, PostgresUse use)
    : link_(url, [this, use](PostgresConnection& connection) {
        if (use == PostgresUse::kServe) {
          make_postgres_tables(connection);
          postgres_barrier(connection);
        } else if (connection.run(kTable).null(0, 0)) {
          throw std::runtime_error("there is no journal in " + connection.where());
        }
        check_nothing_lost(connection);
      }) {
  link_.with([](PostgresConnection&, bool) {});
}

void PostgresJournal::check_nothing_lost(PostgresConnection& connection) const {
  for (const auto& [shard, known] : known_) {
    if (known.sequence == 0) {
      continue;
    }
    const auto lost = [&, shard = shard, sequence = known.sequence](const std::string& instead) {
      return Damaged("block " + std::to_string(sequence) + " of shard " + std::to_string(shard) +
                     " was durable, and " + connection.where() + " has " + instead +
                     ": a server that lacks it was promoted. Bring back the one that has it");
    };
    const PostgresRows newest = connection.run(kLast, key(shard));
    const std::uint64_t last = newest.size() == 0 ? 0 : newest.number(0, 0);
    if (last < known.sequence) {
      throw lost("only " + std::to_string(last));
    }
    const PostgresRows same = connection.run(kEnd, key(shard, known.sequence));
    if (same.size() == 0) {  // Archived and dropped since: somebody has gone on far beyond it.
      throw fenced(shard, known.sequence + 1);
    }
    if (!std::ranges::equal(same.bytes(0, 0), known.end)) {
      throw lost("another in its place");
    }
  }
}

void PostgresJournal::append(std::uint16_t shard, std::uint64_t sequence, Bytes block) {
  if (const auto known = known_.find(shard);
      known == known_.end() || sequence > known->second.sequence + 1) {
    (void)last(shard);
  }
  check_append(shard, sequence, block, known_[shard].sequence);
  if (sequence <= known_[shard].sequence) {
    throw fenced(shard, sequence);
  }
  link_.with([&](PostgresConnection& connection, bool unknown) {
    const bool there = unknown && stands(connection, shard, sequence, block);
    if (there || insert(connection, shard, sequence, block)) {
      return;
    }
    // The attempt before may have come through only now.
    if (!unknown || !stands(connection, shard, sequence, block)) {
      throw fenced(shard, sequence);
    }
  });
  known_[shard] = {.sequence = sequence, .end = end_of(block)};
}

void PostgresJournal::read(std::uint16_t shard, std::uint64_t from,
                           const std::function<bool(std::uint64_t, Bytes)>& visit) {
  std::uint64_t next = from;
  for (std::uint64_t count = 1;;) {
    std::optional<PostgresRows> rows;
    PostgresParameters range = key(shard, next);
    range.number(next + count);
    link_.with([&](PostgresConnection& connection, bool) {
      rows.emplace(connection.run(kBlocks, range));
    });
    std::size_t bytes = 0;
    for (std::size_t n = 0; n < rows->size(); ++n) {
      const Bytes block = rows->bytes(n, 1);
      bytes += block.size();
      if (rows->number(n, 0) != next) {
        return;
      }
      if (Known& known = known_[shard]; next > known.sequence) {
        known = {.sequence = next, .end = end_of(block)};
      }
      if (!visit(next, block)) {
        return;
      }
      ++next;
    }
    if (rows->size() < count) {
      return;
    }
    count = bytes < kFetchedBytes ? std::min(count * 2, kFetchedAtOnceMax)
                                  : std::max(count / 2, std::uint64_t{1});
  }
}

std::uint64_t PostgresJournal::last(std::uint16_t shard) {
  Known newest;
  link_.with([&](PostgresConnection& connection, bool) {
    const PostgresRows rows = connection.run(kLast, key(shard));
    newest = rows.size() == 0 ? Known{} : Known{rows.number(0, 0), end_of(rows.bytes(0, 1))};
  });
  known_[shard] = newest;
  return newest.sequence;
}

std::uint64_t PostgresJournal::first(std::uint16_t shard) {
  std::uint64_t first = 1;
  link_.with([&](PostgresConnection& connection, bool) {
    const PostgresRows rows = connection.run(kFirst, key(shard));
    first = rows.size() == 0 ? 1 : rows.number(0, 0);
  });
  return first;
}

void PostgresJournal::drop(std::uint16_t shard, std::uint64_t before) {
  check_drop(shard, before, last(shard));
  for (std::uint64_t next = first(shard); next < before;) {
    next = std::min(before, next + kDroppedAtOnceMax);
    link_.with([&](PostgresConnection& connection, bool) {
      connection.run_durably(kDrop, key(shard, next));
    });
  }
}

}  // namespace ph
