// The store on PostgreSQL beyond the contract: cut connections, commits that a standby hasn't
// confirmed, servers that promise too little, rows that are not what was written.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include "app/journal/journal.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/journal.h"
#include "platform/journal/log.h"
#include "tests/support/child.h"
#include "tests/support/postgres_fixture.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using namespace std::chrono_literals;
using Buffer = std::vector<std::byte>;
using test::PostgresServer;

template <class Work>
std::string thrown(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

class PostgresStore : public test::PostgresTest {
 protected:
  void set_up() override {
    database = server().make_database();
    url = server().url(database);
  }
  static PostgresServer& server() {
    static PostgresServer one;
    return one;
  }
  std::string sql(const std::string& statement) { return server().sql(database, statement); }
  Storage open() { return open_storage(url, scratch / "copies"); }
  void append(Storage& store, std::uint64_t sequence) {
    store.journal->append(1, sequence, Buffer(50, static_cast<std::byte>(sequence)));
  }
  void cut_connections() {
    (void)sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  }
  // Waits until `statement` gives `answer`, at most 10 s.
  void await(const std::string& statement, const std::string& answer) {
    for (int n = 0; n < 500 && sql(statement) != answer; ++n) {
      std::this_thread::sleep_for(20ms);
    }
    ASSERT_EQ(sql(statement), answer);
  }
  static void set_standby(const std::string& name) {
    (void)server().sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
    (void)server().sql("postgres", "SELECT pg_reload_conf()");
    std::this_thread::sleep_for(1s);  // The checkpointer takes it up, some time after the signal.
  }

  test::Scratch scratch;
  std::string database;
  std::string url;
};

// --- cut connections and conflicts
// ----------------------------------------------------------------

TEST_F(PostgresStore, GoesOnWhenItsConnectionsWereCut) {
  Storage store = open();
  const Digest blob = store.blobs->put(as_bytes("one"));
  append(store, 1);
  cut_connections();
  append(store, 2);
  cut_connections();
  EXPECT_EQ(store.journal->last(1), 2U);
  EXPECT_EQ(store.blobs->put(as_bytes("one")), blob);
  EXPECT_EQ(store.snapshots->list(1).size(), 0U);
  cut_connections();
  EXPECT_EQ(store.snapshots->list(1).size(), 0U);
}

TEST_F(PostgresStore, EachBlockIsThereOnceHoweverOftenConnectionsAreCut) {
  Storage store = open();
  std::atomic<bool> done{false};
  std::thread cutter([&] {
    while (!done) {
      cut_connections();
    }
  });
  std::uint64_t sequence = 0;
  const auto end = std::chrono::steady_clock::now() + 3s;
  while (std::chrono::steady_clock::now() < end) {
    EXPECT_EQ(thrown([&] { append(store, sequence + 1); }), "");
    ++sequence;
  }
  done = true;
  cutter.join();
  std::uint64_t seen = 0;
  store.journal->read(1, 1, [&](std::uint64_t n, Bytes block) {
    EXPECT_TRUE(std::ranges::equal(block, Buffer(50, static_cast<std::byte>(n))));
    return ++seen > 0;
  });
  EXPECT_EQ(seen, sequence);
  EXPECT_GT(sequence, 3U);
}

TEST_F(PostgresStore, GoesOnWhenTheServerStartsAnew) {
  PostgresServer own;
  const Storage store = open_storage(own.url(own.make_database()), scratch / "copies");
  store.journal->append(1, 1, as_bytes("one"));
  own.stop();
  std::string error;
  std::jthread writer(
      [&] { error = thrown([&] { store.journal->append(1, 2, as_bytes("two")); }); });
  std::this_thread::sleep_for(500ms);
  own.start();
  writer.join();
  EXPECT_EQ(error, "");
  own.kill();
  own.start();
  EXPECT_EQ(store.journal->last(1), 2U);
}

// The server says 40001 to the first three attempts, as one that is distributed does.
TEST_F(PostgresStore, AServerThatCannotSerializeIsAskedAgain) {
  Storage store = open();
  (void)sql("CREATE SEQUENCE attempt");
  (void)sql(
      "CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN IF nextval('attempt') <= 3 THEN"
      " RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$"
      " LANGUAGE plpgsql");
  (void)sql(
      "CREATE TRIGGER refuse BEFORE INSERT ON journal_block FOR EACH ROW"
      " EXECUTE FUNCTION refuse()");
  append(store, 1);
  EXPECT_EQ(sql("SELECT last_value FROM attempt"), "4");
  EXPECT_EQ(store.journal->last(1), 1U);
}

// --- what a standby has not confirmed
// -------------------------------------------------------------

class PostgresUnconfirmed : public PostgresStore,
                            public testing::WithParamInterface<const char*> {};

// The commit waits for a standby that isn't there, and is cut off: it is done on the server and may
// yet be lost with it. So the append must not return before a standby could have it.
TEST_P(PostgresUnconfirmed, ACommitThatNoStandbyHasConfirmedDoesNotReturn) {
  Storage store = open();
  append(store, 1);
  set_standby("nobody");
  std::atomic<bool> returned{false};
  std::string error;
  std::jthread writer([&] {
    error = thrown([&] { append(store, 2); });
    returned = true;
  });
  const std::string waiting =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
      " AND wait_event = 'SyncRep'";
  await(waiting, "1");
  (void)sql("SELECT " + std::string(GetParam()) +
            "(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event = 'SyncRep'");
  await("SELECT count(*) FROM journal_block", "2");  // It is there, and seen.
  await(waiting, "1");                               // The barrier waits, too.
  std::this_thread::sleep_for(200ms);
  EXPECT_FALSE(returned);
  set_standby("");
  writer.join();
  EXPECT_EQ(error, "");
  EXPECT_EQ(store.journal->last(1), 2U);
  append(store, 3);
}

INSTANTIATE_TEST_SUITE_P(Cut, PostgresUnconfirmed,
                         testing::Values("pg_terminate_backend", "pg_cancel_backend"),
                         [](const auto& one) { return std::string(one.param); });

TEST_F(PostgresStore, AnUnknownAppendThatAnotherHasTakenIsFenced) {
  Storage store = open();
  append(store, 1);
  (void)sql("CREATE SEQUENCE attempt");
  (void)sql(
      "CREATE FUNCTION wait() RETURNS trigger AS $$ BEGIN IF nextval('attempt') = 1 THEN"
      " PERFORM pg_sleep(30); END IF; RETURN NEW; END $$ LANGUAGE plpgsql");
  (void)sql(
      "CREATE TRIGGER wait BEFORE INSERT ON journal_block FOR EACH ROW"
      " EXECUTE FUNCTION wait()");
  std::string error;
  std::jthread writer([&] {
    try {
      append(store, 2);
    } catch (const Fenced& fenced) {
      error = fenced.what();
    }
  });
  await("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'", "1");
  (void)sql("INSERT INTO journal_block VALUES (1, 2, 'another''s')");
  (void)sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
  writer.join();
  EXPECT_TRUE(says(error, "block 2 of shard 1 was written by another process"));
}

TEST_F(PostgresStore, AServerThatHasLostWhatWasDurableIsFound) {
  Storage store = open();
  append(store, 1);
  append(store, 2);
  (void)sql("DELETE FROM journal_block WHERE sequence = 2");
  cut_connections();
  EXPECT_TRUE(
      says(thrown([&] { append(store, 3); }), "block 2 of shard 1 was durable, and postgresql://"));
}

// As many blocks as before, but not the same: another process has gone on without ours.
TEST_F(PostgresStore, AServerThatHasAnotherBlockInThePlaceOfADurableOneIsFound) {
  Storage store = open();
  append(store, 1);
  append(store, 2);
  const Storage reader = open_storage(url, scratch / "elsewhere");
  reader.journal->read(1, 1, [](std::uint64_t, Bytes) { return true; });
  const Storage looker = open_storage(url, scratch / "third");
  EXPECT_EQ(looker.journal->last(1), 2U);
  cut_connections();
  EXPECT_EQ(looker.journal->last(1), 2U);  // It is the same, still.
  (void)sql("UPDATE journal_block SET block = 'another''s' WHERE sequence = 2");
  cut_connections();
  for (const Storage* one : std::vector<const Storage*>{&store, &reader, &looker}) {
    std::string error;
    try {
      one->journal->append(1, 3, as_bytes("three"));
    } catch (const Damaged& damaged) {
      error = damaged.what();
    }
    EXPECT_TRUE(says(error, "block 2 of shard 1 was durable, and postgresql://")) << error;
    EXPECT_TRUE(says(error, " has another in its place: a server that lacks it was promoted"));
  }
  EXPECT_EQ(sql("SELECT max(sequence) FROM journal_block"), "2");
}

TEST_F(PostgresStore, WhoseLastBlockWasArchivedByAnotherIsFenced) {
  Storage store = open();
  append(store, 1);
  append(store, 2);
  (void)sql("INSERT INTO journal_block VALUES (1, 3, 'another''s')");
  (void)sql("DELETE FROM journal_block WHERE sequence < 3");
  cut_connections();
  EXPECT_THROW(append(store, 3), Fenced);
}

// --- servers that can't be used
// -------------------------------------------------------------------

TEST_F(PostgresStore, AServerThatPromisesTooLittleIsRefused) {
  for (const char* weak : {"off", "local", "remote_write"}) {
    (void)sql("ALTER DATABASE " + database + " SET synchronous_commit = " + weak);
    EXPECT_TRUE(says(thrown([this] { (void)open(); }),
                     database + " has synchronous_commit = " + weak +
                         ": what it confirms may be lost. Set it to on, or remote_apply"));
  }
  for (const char* strong : {"remote_apply", "on"}) {
    (void)sql("ALTER DATABASE " + database + " SET synchronous_commit = " + strong);
    EXPECT_EQ(thrown([this] { (void)open(); }), "");
  }
}

TEST_F(PostgresStore, AServerThatDoesNotSyncIsRefused) {
  PostgresServer unsafe({"fsync = off"});
  EXPECT_TRUE(says(thrown([&] { (void)open_storage(unsafe.url("postgres"), scratch / "copies"); }),
                   "has fsync = off: what it confirms may be lost. Set it to on"));
}

TEST_F(PostgresStore, AUserWithoutRightsIsToldWhatItNeeds) {
  (void)sql("CREATE ROLE reader_" + database + " LOGIN");
  const std::string other =
      "postgresql:///" + database + "?user=reader_" + database + "&host=" + server().host();
  const auto start = [&] { (void)open_storage(other, scratch / "copies"); };
  EXPECT_TRUE(says(thrown(start), "permission denied"));
  EXPECT_TRUE(says(thrown(start), "grant the user of the url what it needs"));
  (void)open();  // The owner makes the tables.
  (void)sql("GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA public TO reader_" + database);
  EXPECT_EQ(thrown(start), "");
}

TEST_F(PostgresStore, AServerThatIsNotThereIsSaidWithoutThePassword) {
  const std::string words = thrown([&] {
    (void)open_storage("postgresql://me:secret@/db?host=" + scratch.path(), scratch / "copies");
  });
  EXPECT_TRUE(says(
      words, "postgresql://" + scratch.path() + "/db can't be reached, after trying for 10 s: "));
  EXPECT_TRUE(says(words, "Start it, or correct the url"));
  EXPECT_FALSE(says(words, "secret"));
}

TEST_F(PostgresStore, AUrlThatIsNoneIsRefusedWithoutBeingRepeated) {
  const std::string words = thrown([this] {
    (void)open_storage("postgresql://me:secret@[no-such-address/db", scratch / "copies");
  });
  EXPECT_TRUE(says(words, "the url of the journal is not one that PostgreSQL understands; see "));
  EXPECT_FALSE(says(words, "secret"));
  EXPECT_THROW((void)open_storage("postgresql://host/db?no_such=1", scratch / "copies"),
               std::invalid_argument);
  EXPECT_THROW((void)open_storage(url, ""), std::invalid_argument);
}

// libpq takes what is behind a / or @ of a password for a port, a host or a database.
TEST_F(PostgresStore, AUrlWithAPasswordInTheWrongPlaceIsRefusedWithoutBeingRepeated) {
  for (const char* wrong :
       {"postgresql://me:se/cret@host/db", "postgresql://me:1/secret@host/db",
        "postgresql://me:s@secret@host/db", "postgresql://me@corp:secret@host/db",
        "postgresql://me:1/s?secret@host/db", "postgresql://me:1/db?secret=1",
        "postgresql://host:secret/db", "postgresql:///db?port=secret",
        "postgresql:///db?hostaddr=secret@host", "Postgresql://me:secret@host/db"}) {
    const std::string words = thrown([&] { (void)open_storage(wrong, scratch / "copies"); });
    EXPECT_TRUE(says(words, "the url of the journal is n")) << words;
    EXPECT_FALSE(says(words, "cret")) << wrong << ": " << words;
  }
}

TEST_F(PostgresStore, AJournalIsProvenWhileItsProcessAppends) {
  const Storage store = open();
  CommandLog log(*store.journal, 1, &sha256);
  log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
  std::atomic<bool> done{false};
  std::string error;
  std::thread writer([&] {
    error = thrown([&] {
      while (!done) {
        log.append(std::vector{JournalCommand{.kind = 1}});
      }
    });
  });
  int good = 0;
  testing::internal::CaptureStdout();
  for (int n = 0; n < 20; ++n) {
    good += verify_journal({.url = url}) == 0 ? 1 : 0;
  }
  const std::string said = testing::internal::GetCapturedStdout();
  done = true;
  writer.join();
  EXPECT_EQ(error, "");
  EXPECT_EQ(good, 20) << said;
}

TEST_F(PostgresStore, ADirectoryOfCopiesBelongsToOneProcess) {
  const Storage store = open();
  EXPECT_TRUE(says(thrown([this] { (void)open(); }), "this process has"));
}

// --- what is stored
// -------------------------------------------------------------------------------

TEST_F(PostgresStore, AnotherMachineFetchesTheBlobsItLacks) {
  Storage store = open();
  Buffer bytes(5'000'000);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    bytes[n] = static_cast<std::byte>(n * n >> 8U);
  }
  const Digest large = store.blobs->put(bytes);
  const Digest empty = store.blobs->put({});
  const Storage other = open_storage(url, scratch / "elsewhere");
  EXPECT_TRUE(std::ranges::equal(other.blobs->get(large, true)->bytes(), bytes));
  EXPECT_TRUE(other.blobs->get(empty, true)->bytes().empty());
  EXPECT_TRUE(std::filesystem::exists(
      scratch / ("elsewhere/blobs/" + hex(large).substr(0, 2) + "/" + hex(large))));
}

TEST_F(PostgresStore, ACopyThatWasChangedIsFetchedAgain) {
  Storage store = open();
  const Digest address = store.blobs->put(as_bytes("what was put"));
  const std::string copy =
      scratch / ("copies/blobs/" + hex(address).substr(0, 2) + "/" + hex(address));
  std::ofstream(copy) << "something else";
  EXPECT_TRUE(
      std::ranges::equal(store.blobs->get(address, true)->bytes(), as_bytes("what was put")));
  std::ofstream(copy) << "something else";
  const auto source = store.blobs->open(address, true);
  ASSERT_TRUE(source);
  EXPECT_EQ(source->size(), as_bytes("what was put").size());
  std::filesystem::remove(copy);
  EXPECT_TRUE(store.blobs->open(address, false)) << "from the server";
}

TEST_F(PostgresStore, ABlobThatIsDamagedOnTheServerIsSaid) {
  Storage store = open();
  const Digest address = store.blobs->put(Buffer(3'000'000));
  const Storage other = open_storage(url, scratch / "elsewhere");
  (void)sql("DELETE FROM blob_part WHERE part = 1");
  EXPECT_THROW((void)other.blobs->get(address, false), Damaged);
  (void)sql("UPDATE blob_part SET bytes = 'x' WHERE part = 0");
  EXPECT_THROW((void)other.blobs->get(address, false), Damaged);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "elsewhere/blobs/tmp"));
}

TEST_F(PostgresStore, ASnapshotThatIsDamagedOnTheServerIsSaid) {
  Storage store = open();
  const auto put = [&] {
    store.snapshots->put_pages(
        1, 5, [](const SnapshotStore::Sink& sink) { sink(Buffer(40U << 20U, std::byte{7})); });
  };
  const auto load = [&] {
    return thrown([&] { store.snapshots->load_pages(1, 5, [](Bytes) {}); });
  };
  put();
  EXPECT_EQ(load(), "");
  (void)sql("UPDATE snapshot_page SET bytes = 'x' WHERE page = 17");
  EXPECT_TRUE(says(load(), "has other bytes in page 17 than were put"));
  (void)sql("DELETE FROM snapshot_page WHERE page = 17");
  EXPECT_TRUE(says(load(), "lacks page 17"));
  (void)sql("DELETE FROM snapshot_page WHERE page >= 16");
  EXPECT_TRUE(says(load(), "lacks page 16"));
  put();
  (void)sql("UPDATE snapshot SET pages = 39");
  EXPECT_TRUE(says(load(), "has other pages than were put"));
}

TEST_F(PostgresStore, AForkedChildWritesASnapshotWhileItsParentAppends) {
  Storage store = open();
  append(store, 1);
  test::Child child([this](const test::Child::Say& say) {
    open_snapshots(url)->put_pages(1, 1, [&say](const SnapshotStore::Sink& sink) {
      say("begun");
      for (int n = 0; n < 24; ++n) {
        sink(Buffer(1U << 20U, std::byte{1}));
      }
    });
    say("done");
  });
  ASSERT_EQ(child.hear(5), "begun");
  for (std::uint64_t n = 2; n <= 30; ++n) {
    append(store, n);
  }
  EXPECT_EQ(child.all(), "done");
  EXPECT_EQ(store.snapshots->list(1), std::vector<std::uint64_t>{1});
  append(store, 31);
}

}  // namespace PH_FILE
}  // namespace ph
