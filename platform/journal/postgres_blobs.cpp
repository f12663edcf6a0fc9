#include <algorithm>

#include "platform/journal/postgres_parts.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

constexpr std::size_t kPartBytes = std::size_t{1} << 20U;
constexpr std::uint64_t kPartsAtOnce = 16;  // Sent, or fetched, before an answer is waited for.

constexpr const char* kThere = "SELECT parts FROM blob_part WHERE address = $1::bytea AND part = 0";
constexpr const char* kInsertBlob =
    "INSERT INTO blob_part (address, part, parts, bytes)"
    " VALUES ($1::bytea, $2::bigint, $3::bigint, $4::bytea)";
constexpr const char* kParts =
    "SELECT bytes FROM blob_part WHERE address = $1::bytea AND part >= $2::bigint"
    " AND part < $3::bigint ORDER BY part";

// How many parts the blob has; 0 when it isn't there.
std::uint64_t parts_of(PostgresConnection& connection, const Digest& address) {
  PostgresParameters parameters;
  parameters.bytes(address);
  const PostgresRows rows = connection.run(kThere, parameters);
  return rows.size() == 0 ? 0 : rows.number(0, 0);
}

void insert_all(PostgresConnection& connection, const Digest& address, Bytes bytes) {
  const std::uint64_t parts =
      std::max<std::uint64_t>(1, (bytes.size() + kPartBytes - 1) / kPartBytes);
  for (std::uint64_t from = 0; from < parts; from += kPartsAtOnce) {
    connection.pipeline([&] {
      if (from == 0) {
        connection.send("BEGIN", {});
      }
      for (std::uint64_t part = from; part < std::min(parts, from + kPartsAtOnce); ++part) {
        const Bytes rest = bytes.subspan(part * kPartBytes);
        PostgresParameters row;
        row.bytes(address).number(part).number(parts);
        row.bytes(rest.first(std::min(rest.size(), kPartBytes)));
        connection.send(kInsertBlob, row);
      }
      if (from + kPartsAtOnce >= parts) {
        connection.send("COMMIT", {});
      }
    });
  }
}

// The blob becomes durable here before it is durable there, so that it needn't be kept in memory;
// it gets its name here when it is durable there.
class PostgresBlobWriter final : public BlobWriter {
 public:
  PostgresBlobWriter(PostgresBlobs& store, const std::string& directory)
      : store_(store), part_(directory) {}

  void write(Bytes part) override { part_.write(part); }
  [[nodiscard]] std::uint64_t size() const override { return part_.size(); }
  [[nodiscard]] Blob content() override { return part_.content(); }
  Digest finish() override {
    const Digest address = part_.seal();
    store_.upload(address, part_.content().bytes());
    part_.publish(address);
    return address;
  }

 private:
  PostgresBlobs& store_;
  BlobPart part_;
};

std::string made(const std::string& directory) {
  make_directory(directory);
  make_directory(directory + "/blobs");
  return directory + "/blobs";
}

}  // namespace

PostgresBlobs::PostgresBlobs(const std::string& url, const std::string& directory)
    : lock_(made(directory)), local_(directory + "/blobs"), link_(url, postgres_barrier) {}

std::unique_ptr<BlobWriter> PostgresBlobs::create() {
  return std::make_unique<PostgresBlobWriter>(*this, local_.directory());
}

void PostgresBlobs::upload(const Digest& address, Bytes bytes) {
  const std::lock_guard lock(mutex_);
  bool taken = false;
  const auto work = [&](PostgresConnection& connection, bool) {
    if (parts_of(connection, address) == 0) {
      insert_all(connection, address, bytes);
    }
  };
  do {
    try {
      link_.with(work);
      return;
    } catch (const PostgresRefused& refused) {
      if (!refused.taken() || taken) {
        throw;
      }
      taken = true;  // Another process has just put the same.
    }
  } while (taken);
}

bool PostgresBlobs::download(const Digest& address) {
  std::uint64_t parts = 0;
  link_.with([&](PostgresConnection& connection, bool) { parts = parts_of(connection, address); });
  if (parts == 0) {
    return false;
  }
  BlobPart copy(local_.directory());
  for (std::uint64_t from = 0; from < parts; from += kPartsAtOnce) {
    PostgresParameters range;
    range.bytes(address).number(from).number(std::min(parts, from + kPartsAtOnce));
    std::optional<PostgresRows> rows;
    link_.with(
        [&](PostgresConnection& connection, bool) { rows.emplace(connection.run(kParts, range)); });
    for (std::size_t n = 0; n < rows->size(); ++n) {
      copy.write(rows->bytes(n, 0));
    }
  }
  if (copy.seal() != address) {
    throw damaged_blob(link_.place(), address);
  }
  copy.publish(address);
  return true;
}

std::optional<Blob> PostgresBlobs::get(const Digest& address, bool verify) {
  try {
    if (auto blob = local_.get(address, verify)) {
      return blob;
    }
  } catch (const Damaged&) {
    // The copy is worthless; the server has it.
  }
  const std::lock_guard lock(mutex_);
  return download(address) ? local_.get(address, verify) : std::nullopt;
}

std::shared_ptr<const ByteSource> PostgresBlobs::open(const Digest& address, bool verify) {
  try {
    if (auto source = local_.open(address, verify)) {
      return source;
    }
  } catch (const Damaged&) {
    // As above.
  }
  const std::lock_guard lock(mutex_);
  return download(address) ? local_.open(address, verify) : nullptr;
}

}  // namespace ph
