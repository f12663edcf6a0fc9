// High availability at the store's level: a primary with a synchronous standby is killed under
// load, the standby is promoted, the writer goes on by itself, and all that returned is there.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "platform/crypto/sha256.h"
#include "platform/journal/log.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using namespace std::chrono_literals;
using test::PostgresServer;

void nothing(const JournalCommand&, std::uint64_t) {}

class Failover : public test::PostgresTest {
 protected:
  void set_up() override {
    primary = std::make_unique<PostgresServer>(
        std::vector<std::string>{"max_wal_senders = 4", "wal_keep_size = 64MB"});
    database = primary->make_database();
    standby = PostgresServer::standby_of(*primary);
    (void)primary->sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    (void)primary->sql("postgres", "SELECT pg_reload_conf()");
    for (int n = 0; n < 500 && state() != "sync"; ++n) {
      std::this_thread::sleep_for(20ms);
    }
    ASSERT_EQ(state(), "sync");
    url = PostgresServer::url({primary.get(), standby.get()}, database);
  }
  std::string state() {
    return primary->sql("postgres", "SELECT sync_state FROM pg_stat_replication");
  }

  test::Scratch scratch;
  std::unique_ptr<PostgresServer> primary;
  std::unique_ptr<PostgresServer> standby;
  std::string database;
  std::string url;
};

using PostgresFailover = Failover;

TEST_F(PostgresFailover, TheWriterGoesOnAndNothingThatReturnedIsLost) {
  const Storage store = open_storage(url, scratch / "copies");
  CommandLog log(*store.journal, 1, &sha256);
  log.replay(0, {}, nothing);
  std::atomic<std::uint64_t> durable{0};
  std::atomic<bool> done{false};
  std::vector<Digest> blobs;
  std::string error;
  std::thread writer([&] {
    try {
      while (!done) {
        const std::string text = "blob " + std::to_string(durable);
        blobs.push_back(store.blobs->put(as_bytes(text)));
        JournalCommand command{.kind = 1};
        command.payload.assign(blobs.back().begin(), blobs.back().end());
        log.append(std::vector{command});
        durable = log.last();
      }
    } catch (const std::exception& thrown) {
      error = thrown.what();
    }
  });
  const auto await = [&](std::uint64_t blocks) {
    for (int n = 0; n < 3'000 && durable < blocks && error.empty(); ++n) {
      std::this_thread::sleep_for(20ms);
    }
  };
  await(100);
  primary->kill();
  const auto killed = std::chrono::steady_clock::now();
  const std::uint64_t before = durable;
  standby->promote();
  await(before + 1);
  const auto gap = std::chrono::steady_clock::now() - killed;
  await(before + 100);
  done = true;
  writer.join();
  EXPECT_EQ(error, "");
  EXPECT_GE(durable, before + 100);
  std::printf(
      "%llu blocks before the kill, %llu in all; %lld ms without a writer\n",
      static_cast<unsigned long long>(before), static_cast<unsigned long long>(log.last()),
      static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(gap).count()));

  // Another machine starts from the promoted server alone: the chain holds, every blob is there.
  const Storage other = open_storage(standby->url(database), scratch / "elsewhere");
  CommandLog again(*other.journal, 1, &sha256);
  std::size_t seen = 0;
  again.replay(0, {}, [&](const JournalCommand& command, std::uint64_t) {
    Digest blob;
    std::copy_n(command.payload.begin(), blob.size(), blob.begin());
    EXPECT_EQ(blob, blobs.at(seen++));
    EXPECT_TRUE(other.blobs->get(blob, true));
  });
  EXPECT_EQ(again.last(), durable);
  EXPECT_EQ(again.chain(), log.chain());
}

TEST_F(PostgresFailover, TheOldWriterIsFencedOffByTheNewOne) {
  const Storage old_store = open_storage(url, scratch / "old");
  CommandLog old_log(*old_store.journal, 1, &sha256);
  old_log.replay(0, {}, nothing);
  const std::vector<JournalCommand> commands{JournalCommand{.kind = 1}};
  old_log.append(commands);
  primary->kill();
  standby->promote();
  const Storage new_store = open_storage(url, scratch / "new");
  CommandLog new_log(*new_store.journal, 1, &sha256);
  new_log.replay(0, {}, nothing);
  EXPECT_EQ(new_log.last(), 1U);
  new_log.append(std::vector<JournalCommand>{JournalCommand{.kind = 2}});
  EXPECT_THROW(old_log.append(commands), Fenced);
}

// What never should be: a standby is promoted that lacks a block, and another process writes its
// own in that place while the one that wrote the first is idle. Its next one must not follow it.
TEST_F(PostgresFailover, AStandbyThatLacksTheLastBlockIsFoundWhenItHasAnotherThere) {
  const Storage old_store = open_storage(url, scratch / "old");
  CommandLog old_log(*old_store.journal, 1, &sha256);
  old_log.replay(0, {}, nothing);
  const std::vector<JournalCommand> commands{JournalCommand{.kind = 1}};
  old_log.append(commands);
  standby->stop();
  (void)primary->sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''");
  (void)primary->sql("postgres", "SELECT pg_reload_conf()");
  old_log.append(commands);
  primary->kill();
  standby->start();
  standby->promote();
  const Storage new_store = open_storage(standby->url(database), scratch / "new");
  CommandLog new_log(*new_store.journal, 1, &sha256);
  new_log.replay(0, {}, nothing);
  ASSERT_EQ(new_log.last(), 1U);
  new_log.append(std::vector<JournalCommand>{JournalCommand{.kind = 2}});
  EXPECT_THROW(old_log.append(commands), Damaged);
  EXPECT_EQ(new_store.journal->last(1), 2U);
}

}  // namespace PH_FILE
}  // namespace ph
