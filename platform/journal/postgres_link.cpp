#include "platform/journal/postgres_link.h"

#include <array>
#include <thread>

#include "platform/journal/posix.h"

namespace ph {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kConflictsMax = 20;
constexpr std::chrono::milliseconds kPauseMin{50};
constexpr std::chrono::milliseconds kPauseMax{1'000};

struct Table {
  const char* name;
  const char* definition;
};

// A shard is a u16, a sequence a u64 below 2^63.
constexpr std::array kTables{
    Table{"journal_block",
          "shard integer NOT NULL, sequence bigint NOT NULL, block bytea NOT NULL,"
          " PRIMARY KEY (shard, sequence)"},
    Table{"journal_barrier", "name text NOT NULL, PRIMARY KEY (name)"},
    Table{"blob_part",
          "address bytea NOT NULL, part bigint NOT NULL, parts bigint NOT NULL,"
          " bytes bytea NOT NULL, PRIMARY KEY (address, part)"},
    Table{"snapshot",
          "shard integer NOT NULL, sequence bigint NOT NULL, pages bigint NOT NULL,"
          " bytes bigint NOT NULL, digest bytea NOT NULL, PRIMARY KEY (shard, sequence)"},
    Table{"snapshot_page",
          "shard integer NOT NULL, sequence bigint NOT NULL, page bigint NOT NULL,"
          " digest bytea NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (shard, sequence, page)"},
};

}  // namespace

void make_postgres_tables(PostgresConnection& connection) {
  for (const Table& table : kTables) {
    PostgresParameters name;
    name.text(table.name);
    if (!connection.run("SELECT to_regclass($1::text)::text", name).null(0, 0)) {
      continue;
    }
    const std::string sql =
        "CREATE TABLE IF NOT EXISTS " + std::string(table.name) + " (" + table.definition + ")";
    try {
      connection.run_durably(sql.c_str());
    } catch (const PostgresRefused&) {
      // Another process may have made it at the same time.
      if (connection.run("SELECT to_regclass($1::text)::text", name).null(0, 0)) {
        throw;
      }
    }
  }
}

void postgres_barrier(PostgresConnection& connection) {
  PostgresParameters name;
  name.text(random_name());
  connection.run_durably("INSERT INTO journal_barrier (name) VALUES ($1::text)", name);
  connection.run_durably("DELETE FROM journal_barrier WHERE name = $1::text", name);
}

PostgresLink::PostgresLink(std::string url, std::function<void(PostgresConnection&)> on_connect)
    : url_(std::move(url)), place_(postgres_place(url_)), on_connect_(std::move(on_connect)) {}

PostgresConnection& PostgresLink::connected() {
  if (!connection_) {
    connection_.emplace(url_);
    on_connect_(*connection_);
    connected_before_ = true;
  }
  return *connection_;
}

void PostgresLink::with(const std::function<void(PostgresConnection&, bool unknown)>& work) {
  bool unknown = false;
  int conflicts = 0;
  auto pause = kPauseMin;
  std::optional<Clock::time_point> lost_since;
  for (;;) {
    bool working = false;
    try {
      PostgresConnection& connection = connected();
      working = true;
      work(connection, unknown);
      return;
    } catch (const PostgresLost& lost) {
      connection_.reset();
      unknown = unknown || working;
      const auto now = Clock::now();
      lost_since = lost_since.value_or(now);
      const auto patience = connected_before_ ? kPatience : kPatienceAtFirst;
      if (now - *lost_since > patience) {
        throw std::runtime_error(place_ + " can't be reached, after trying for " +
                                 std::to_string(patience.count()) + " s: " + lost.what() +
                                 ". Start it, or correct the url");
      }
    } catch (const PostgresRefused& refused) {
      connection_.reset();
      if (!refused.again() || ++conflicts > kConflictsMax) {
        throw;
      }
    } catch (...) {
      connection_.reset();  // Whatever it was in the middle of.
      throw;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kPauseMax);
  }
}

}  // namespace ph
