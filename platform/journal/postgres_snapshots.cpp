#include <algorithm>
#include <utility>

#include "platform/crypto/sha256.h"
#include "platform/journal/postgres.h"
#include "platform/journal/postgres_link.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

constexpr std::size_t kPagesAtOnce = 16;  // Sent, or fetched, before an answer is waited for.

constexpr const char* kErasePages =
    "DELETE FROM snapshot_page WHERE shard = $1::integer AND sequence = $2::bigint";
constexpr const char* kErase =
    "DELETE FROM snapshot WHERE shard = $1::integer AND sequence = $2::bigint";
constexpr const char* kInsertPage =
    "INSERT INTO snapshot_page (shard, sequence, page, digest, bytes)"
    " VALUES ($1::integer, $2::bigint, $3::bigint, $4::bytea, $5::bytea)";
constexpr const char* kInsertSnapshot =
    "INSERT INTO snapshot (shard, sequence, pages, bytes, digest)"
    " VALUES ($1::integer, $2::bigint, $3::bigint, $4::bigint, $5::bytea)";
constexpr const char* kKeepTwo =
    "DELETE FROM snapshot WHERE shard = $1::integer AND sequence NOT IN (SELECT sequence"
    " FROM snapshot WHERE shard = $1::integer ORDER BY sequence DESC LIMIT 2)";
constexpr const char* kKeepTheirPages =
    "DELETE FROM snapshot_page WHERE shard = $1::integer AND sequence NOT IN"
    " (SELECT sequence FROM snapshot WHERE shard = $1::integer)";
constexpr const char* kList =
    "SELECT sequence FROM snapshot WHERE shard = $1::integer ORDER BY sequence DESC";
constexpr const char* kRecord =
    "SELECT pages, bytes, digest FROM snapshot WHERE shard = $1::integer"
    " AND sequence = $2::bigint";
constexpr const char* kPages =
    "SELECT page, digest, bytes FROM snapshot_page WHERE shard = $1::integer"
    " AND sequence = $2::bigint AND page >= $3::bigint AND page < $4::bigint ORDER BY page";

// Writes a snapshot within a transaction, some pages at a time.
class PageWriter {
 public:
  PageWriter(PostgresConnection& connection, std::uint16_t shard, std::uint64_t sequence)
      : connection_(connection), shard_(shard), sequence_(sequence) {}

  void add(Bytes part) {
    while (!part.empty()) {
      if (pages_.empty() || pages_.back().size() == kSnapshotPageBytes) {
        if (pages_.size() == kPagesAtOnce) {
          flush();
        }
        pages_.emplace_back().reserve(kSnapshotPageBytes);
      }
      std::vector<std::byte>& page = pages_.back();
      const Bytes fits = part.first(std::min(part.size(), kSnapshotPageBytes - page.size()));
      page.insert(page.end(), fits.begin(), fits.end());
      part = part.subspan(fits.size());
    }
  }

  void finish() {
    flush();
    const Digest digest = digests_.finish();
    PostgresParameters record = key();
    record.number(count_).number(bytes_).bytes(digest);
    connection_.run(kInsertSnapshot, record);
  }

 private:
  [[nodiscard]] PostgresParameters key() const {
    PostgresParameters parameters;
    parameters.shard(shard_).number(sequence_);
    return parameters;
  }

  void flush() {
    connection_.pipeline([this] {
      for (const std::vector<std::byte>& page : pages_) {
        const Digest digest = sha256(page);
        digests_.update(digest);
        bytes_ += page.size();
        PostgresParameters row = key();
        row.number(count_++).bytes(digest).bytes(page);
        connection_.send(kInsertPage, row);
      }
    });
    pages_.clear();
  }

  PostgresConnection& connection_;
  std::uint16_t shard_;
  std::uint64_t sequence_;
  std::vector<std::vector<std::byte>> pages_;
  std::uint64_t count_{};
  std::uint64_t bytes_{};
  Sha256Stream digests_;
};

class PostgresSnapshots final : public SnapshotStore {
 public:
  explicit PostgresSnapshots(const std::string& url) : link_(url, make_postgres_tables) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override;
  std::vector<std::uint64_t> list(std::uint16_t shard) override;
  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override;

 private:
  PostgresLink link_;
};

// All of it in one transaction. When the connection is lost in its midst it fails, and another
// snapshot will be taken some time: the journal has everything.
void PostgresSnapshots::put_pages(std::uint16_t shard, std::uint64_t sequence,
                                  const std::function<void(const Sink&)>& fill) {
  bool begun = false;
  link_.with([&](PostgresConnection& connection, bool) {
    if (std::exchange(begun, true)) {
      throw std::runtime_error(link_.place() + " was lost while a snapshot was written to it");
    }
    PostgresParameters its_shard;
    its_shard.shard(shard);
    PostgresParameters key = its_shard;
    key.number(sequence);
    connection.run("BEGIN");
    connection.run(kErasePages, key);
    connection.run(kErase, key);
    PageWriter writer(connection, shard, sequence);
    fill([&writer](Bytes part) { writer.add(part); });
    writer.finish();
    connection.run(kKeepTwo, its_shard);
    connection.run(kKeepTheirPages, its_shard);
    connection.run_durably("COMMIT");
  });
}

std::vector<std::uint64_t> PostgresSnapshots::list(std::uint16_t shard) {
  std::vector<std::uint64_t> sequences;
  link_.with([&](PostgresConnection& connection, bool) {
    PostgresParameters parameters;
    parameters.shard(shard);
    const PostgresRows rows = connection.run(kList, parameters);
    sequences.clear();
    for (std::size_t n = 0; n < rows.size(); ++n) {
      sequences.push_back(rows.number(n, 0));
    }
  });
  return sequences;
}

void PostgresSnapshots::load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) {
  const auto ask = [&](const char* sql, const PostgresParameters& parameters) {
    std::optional<PostgresRows> rows;
    link_.with([&](PostgresConnection& connection, bool) {
      rows.emplace(connection.run(sql, parameters));
    });
    return std::move(*rows);
  };
  const auto damaged = [&](const std::string& what) {
    return damaged_snapshot(link_.place(), shard, sequence, what);
  };
  PostgresParameters key;
  key.shard(shard).number(sequence);
  const PostgresRows record = ask(kRecord, key);
  if (record.size() == 0) {
    throw damaged("is not there");
  }
  const std::uint64_t pages = record.number(0, 0);
  std::uint64_t next = 0;
  std::uint64_t bytes = 0;
  Sha256Stream digests;
  while (next < pages) {
    PostgresParameters range = key;
    range.number(next).number(std::min(pages, next + kPagesAtOnce));
    const PostgresRows rows = ask(kPages, range);
    for (std::size_t n = 0; n < rows.size() && rows.number(n, 0) == next; ++n, ++next) {
      const Bytes page = rows.bytes(n, 2);
      const Digest digest = sha256(page);
      if (!std::ranges::equal(rows.bytes(n, 1), digest)) {
        throw damaged("has other bytes in page " + std::to_string(next) + " than were put");
      }
      digests.update(digest);
      bytes += page.size();
      sink(page);
    }
    if (next < pages && next % kPagesAtOnce != 0) {
      throw damaged("lacks page " + std::to_string(next));
    }
    if (rows.size() == 0) {
      throw damaged("lacks page " + std::to_string(next));
    }
  }
  if (bytes != record.number(0, 1) || !std::ranges::equal(record.bytes(0, 2), digests.finish())) {
    throw damaged("has other pages than were put");
  }
}

}  // namespace

std::unique_ptr<SnapshotStore> open_postgres_snapshots(const std::string& url) {
  return std::make_unique<PostgresSnapshots>(url);
}

}  // namespace ph
