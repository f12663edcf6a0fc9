// The store in a directory beyond the contract: one process at a time, death at any moment, forked
// children, a disk that is full or may not be written, and files that are not what was written.
#include "platform/journal/lmdb.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "platform/crypto/sha256.h"
#include "platform/journal/lmdb_journal.h"
#include "platform/journal/log.h"
#include "tests/support/child.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using Buffer = std::vector<std::byte>;
using test::Child;

void nothing(const JournalCommand&, std::uint64_t) {}

void append(Journal& journal, std::uint64_t sequence, std::size_t size = 100) {
  journal.append(1, sequence, Buffer(size, static_cast<std::byte>(sequence)));
}

void put_snapshot(SnapshotStore& snapshots, std::uint64_t sequence, std::size_t size) {
  snapshots.put_pages(1, sequence, [&](const SnapshotStore::Sink& sink) {
    sink(Buffer(size, static_cast<std::byte>(sequence)));
  });
}

std::size_t snapshot_size(SnapshotStore& snapshots, std::uint64_t sequence) {
  std::size_t size = 0;
  snapshots.load_pages(1, sequence, [&](Bytes part) {
    size += static_cast<std::size_t>(std::ranges::count(part, static_cast<std::byte>(sequence)));
  });
  return size;
}

// The words of what is thrown; empty for nothing.
template <class Error = std::exception, class Work>
std::string thrown(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool says(const std::string& text, std::string_view words) {
  return text.find(words) != std::string::npos;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
}

// A small disk of its own in memory.
class SmallDisk {
 public:
  SmallDisk(std::string directory, const std::string& size) : directory_(std::move(directory)) {
    std::filesystem::create_directory(directory_);
    const std::string options = "size=" + size;
    mounted_ = ::mount("tmpfs", directory_.c_str(), "tmpfs", 0, options.c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) {
      ::umount2(directory_.c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::string directory_;
  bool mounted_;
};

class LmdbStore : public testing::Test {
 protected:
  [[nodiscard]] Storage open() const { return open_lmdb_storage(directory); }

  test::Scratch scratch;
  std::string directory = scratch / "store";
};

// --- one process
// ----------------------------------------------------------------------------------

TEST_F(LmdbStore, ASecondProcessIsToldWhoHasIt) {
  const Storage store = open();
  Child second([this](const auto&) { (void)open(); });
  EXPECT_EQ(second.all(), "threw: another process (pid " + std::to_string(::getpid()) + ") has " +
                              directory +
                              " open: only one may; end it first, or give this one another place");
}

TEST_F(LmdbStore, ASecondOpeningInThisProcessIsRefusedAndLeavesTheFirst) {
  const Storage store = open();
  EXPECT_EQ(thrown([this] { (void)open(); }), "this process has " + directory + " open already");
  Child second([this](const auto&) { (void)open(); });
  EXPECT_TRUE(says(second.all(), "another process"));  // The refused one took no lock away.
}

TEST_F(LmdbStore, AForkedChildThatOutlivesItsParentDoesNotKeepItShut) {
  Child process([this](const Child::Say& say) {
    const Storage store = open();
    append(*store.journal, 1);
    const pid_t child = ::fork();
    if (child == 0) {
      ::pause();  // It was to write a snapshot.
      ::_exit(0);
    }
    say(std::to_string(child) + "\n");
    ::pause();
  });
  std::string heard;
  while (heard.empty() || heard.back() != '\n') {
    heard += process.hear(1);
  }
  EXPECT_THROW((void)open(), std::runtime_error);
  process.kill();
  EXPECT_EQ(open().journal->last(1), 1U);
  ::kill(static_cast<pid_t>(std::stol(heard)), SIGKILL);
}

TEST_F(LmdbStore, OnlyItsUserMayLookInside) {
  const Storage store = open();
  const std::string blob = hex(store.blobs->put(as_bytes("x")));
  for (const char* path : {"", "/journal", "/blobs", "/blobs/tmp", "/snapshots"}) {
    EXPECT_EQ(mode_of(directory + path), 0700U) << path;
  }
  EXPECT_EQ(mode_of(directory + "/blobs/" + blob.substr(0, 2)), 0700U);
  for (const char* path :
       {"/journal/data.mdb", "/snapshots/data.mdb", "/lock", "/snapshots.lock"}) {
    EXPECT_EQ(mode_of(directory + path), 0600U) << path;
  }
  EXPECT_EQ(mode_of(directory + "/blobs/" + blob.substr(0, 2) + "/" + blob), 0600U);
}

// --- growth
// ---------------------------------------------------------------------------------------

TEST_F(LmdbStore, TheMapGrowsWithTheJournal) {
  open().journal->append(1, 1, Buffer(100));
  LmdbJournal journal(std::make_unique<ProcessLock>(directory), directory + "/journal");
  const std::uint64_t before = journal.map_bytes();
  EXPECT_EQ(before, 1U << 20U);
  for (std::uint64_t n = 2; n <= 40; ++n) {
    append(journal, n, 1'000'000);
  }
  EXPECT_GE(journal.map_bytes(), 40U << 20U);
  EXPECT_EQ(journal.last(1), 40U);
}

TEST_F(LmdbStore, AGrownJournalIsOpenedAgain) {
  {
    const Storage store = open();
    for (std::uint64_t n = 1; n <= 20; ++n) {
      append(*store.journal, n, 1'000'000);
    }
    put_snapshot(*store.snapshots, 20, 10'000'000);
  }
  const Storage store = open();
  EXPECT_EQ(store.journal->last(1), 20U);
  append(*store.journal, 21, 10'000'000);
  EXPECT_EQ(snapshot_size(*store.snapshots, 20), 10'000'000U);
}

TEST_F(LmdbStore, TheSpaceOfDroppedBlocksIsUsedAgain) {
  const Storage store = open();
  std::uint64_t sequence = 0;
  for (int round = 0; round < 10; ++round) {
    for (int n = 0; n < 20; ++n) {
      append(*store.journal, ++sequence, 200'000);
    }
    store.journal->drop(1, sequence);
  }
  EXPECT_LT(std::filesystem::file_size(directory + "/journal/data.mdb"), 16U << 20U);
}

// The check at opening must accept whatever LMDB may have made of its pages.
TEST_F(LmdbStore, AJournalOfManyLivesIsAlwaysOpenedAgain) {
  const std::uint32_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::map<std::uint16_t, std::uint64_t> last;
  for (int life = 0; life < (std::getenv("PH_LONG") != nullptr ? 600 : 30); ++life) {
    const Storage store = open();
    for (int n = 0; n < 15; ++n) {
      const auto shard = static_cast<std::uint16_t>(random() % 3);
      const std::size_t size = random() % 4 == 0 ? random() % 400'000 : random() % 3'000;
      store.journal->append(shard, ++last[shard], Buffer(size + 1, static_cast<std::byte>(n)));
      if (random() % 10 == 0) {
        store.journal->drop(shard, 1 + random() % last[shard]);
      }
    }
    if (life % 5 == 0) {
      put_snapshot(*store.snapshots, static_cast<std::uint64_t>(life), random() % 6'000'000);
    }
    for (const auto& [shard, sequence] : last) {
      EXPECT_EQ(store.journal->last(shard), sequence);
    }
  }
}

TEST_F(LmdbStore, AStoreUsedWithinAVisitIsABugOfTheCaller) {
  const Storage store = open();
  append(*store.journal, 1);
  EXPECT_THROW(store.journal->read(1, 1,
                                   [&](std::uint64_t, Bytes) {
                                     append(*store.journal, 2);
                                     return true;
                                   }),
               std::logic_error);
  append(*store.journal, 2);
}

// --- death and forks
// ------------------------------------------------------------------------------

// A process that says the number of each block, and of each blob, once it is durable.
void append_without_end(const std::string& directory, const Child::Say& say) {
  const Storage store = open_lmdb_storage(directory);
  CommandLog log(*store.journal, 1, &sha256);
  log.replay(0, {}, nothing);
  for (std::uint32_t n = 0;; ++n) {
    const Digest blob = store.blobs->put(as_bytes("blob " + std::to_string(n)));
    JournalCommand command{.kind = 1};
    command.payload.assign(blob.begin(), blob.end());
    command.payload.resize(n % 7 * 1'500 + 32);
    log.append(std::vector{command});
    say(std::string(1, static_cast<char>(log.last() % 251)));
  }
}

TEST_F(LmdbStore, AllThatReturnedIsThereAfterAKill) {
  const bool long_run = std::getenv("PH_LONG") != nullptr;
  const std::uint32_t seed = std::random_device{}();
  std::mt19937 random(seed);
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::uint64_t before = 0;
  for (int round = 0; round < (long_run ? 40 : 12); ++round) {
    Child process([this](const Child::Say& say) { append_without_end(directory, say); });
    const std::string first = process.hear(1);  // It is at work.
    ASSERT_EQ(first.size(), 1U);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
    process.kill();
    const std::size_t heard = 1 + process.all().size();
    const Storage store = open();
    CommandLog log(*store.journal, 1, &sha256);
    log.replay(0, {}, [&](const JournalCommand& command, std::uint64_t) {
      Digest blob;
      std::copy_n(command.payload.begin(), blob.size(), blob.begin());
      EXPECT_TRUE(store.blobs->get(blob, true));
    });
    EXPECT_GE(log.last(), before + heard);
    EXPECT_LE(log.last(), before + heard + 1);  // One may have been on its way to us.
    EXPECT_TRUE(std::filesystem::is_empty(directory + "/blobs/tmp"));
    before = log.last();
  }
}

TEST_F(LmdbStore, AForkedChildWritesASnapshotWhileItsParentAppends) {
  const Storage store = open();
  for (std::uint64_t n = 1; n <= 10; ++n) {
    append(*store.journal, n);
  }
  put_snapshot(*store.snapshots, 5, 1'000);
  // What stands for the state: the child sees it as it was at the fork.
  Buffer state(24U << 20U, std::byte{10});
  Child child([&](const Child::Say& say) {
    const auto snapshots = open_snapshots("lmdb:" + directory);
    snapshots->put_pages(1, 10, [&](const SnapshotStore::Sink& sink) {
      say("begun");
      for (Bytes rest = state; !rest.empty(); rest = rest.subspan(1U << 20U)) {
        sink(rest.first(1U << 20U));
      }
    });
    say("done");
  });
  ASSERT_EQ(child.hear(5), "begun");
  std::uint64_t sequence = 10;
  for (int n = 0; n < 50; ++n) {
    std::ranges::fill(state, static_cast<std::byte>(n));  // The parent's state goes on.
    append(*store.journal, ++sequence, 5'000);
  }
  EXPECT_EQ(child.all(), "done");
  EXPECT_EQ(child.wait(), 0);
  append(*store.journal, ++sequence);
  EXPECT_EQ(store.snapshots->list(1), (std::vector<std::uint64_t>{10, 5}));
  EXPECT_EQ(snapshot_size(*store.snapshots, 10), state.size());
  EXPECT_EQ(store.journal->last(1), sequence);
}

TEST_F(LmdbStore, AChildThatIsKilledWhileItWritesLeavesNoSnapshot) {
  const Storage store = open();
  put_snapshot(*store.snapshots, 5, 3'000'000);
  for (int round = 0; round < 5; ++round) {
    Child child([&](const Child::Say& say) {
      const auto snapshots = open_snapshots("lmdb:" + directory);
      snapshots->put_pages(1, 10, [&](const SnapshotStore::Sink& sink) {
        for (int n = 0; n < 2'000; ++n) {
          sink(Buffer(1U << 20U));
          say(n == 40 ? "much" : "");
        }
      });
    });
    ASSERT_EQ(child.hear(4), "much");
    child.kill();
    EXPECT_EQ(store.snapshots->list(1), std::vector<std::uint64_t>{5});
    EXPECT_EQ(snapshot_size(*store.snapshots, 5), 3'000'000U);
  }
  put_snapshot(*store.snapshots, 10, 2'000'000);
  EXPECT_EQ(store.snapshots->list(1), (std::vector<std::uint64_t>{10, 5}));
  // The space of what was left behind is used again.
  EXPECT_LT(std::filesystem::file_size(directory + "/snapshots/data.mdb"), 200U << 20U);
}

// --- a disk that is full, or not ours
// -------------------------------------------------------------

// Appends, puts blobs and snapshots until each was refused; says the words of each refusal.
void fill_up(const std::string& directory, const Child::Say& say) {
  ::signal(SIGXFSZ, SIG_IGN);
  const Storage store = open_lmdb_storage(directory);
  say(thrown<std::system_error>([&] {
        for (std::uint64_t n = 1;; ++n) {
          append(*store.journal, n, 100'000);
        }
      }) +
      "\n");
  say(thrown<std::system_error>([&] {
        for (std::size_t n = 1;; ++n) {
          (void)store.blobs->put(Buffer(n * 200'000));
        }
      }) +
      "\n");
  say(thrown<std::system_error>([&] {
        for (std::uint64_t n = 1;; ++n) {
          put_snapshot(*store.snapshots, n, n * 1'000'000);
        }
      }) +
      "\n");
}

void expect_full(const std::string& words, const std::string& directory) {
  EXPECT_TRUE(says(words, "can't write " + directory +
                              "/journal/data.mdb: the disk is full: free "
                              "some space and start again"))
      << words;
  EXPECT_TRUE(says(words, "can't write " + directory + "/blobs/tmp/")) << words;
  EXPECT_TRUE(says(words, "can't write " + directory + "/snapshots/data.mdb: the disk is full"))
      << words;
}

TEST_F(LmdbStore, AFullDiskIsSaidAndLosesNothing) {
  const SmallDisk disk(directory, "12m");
  if (!disk.mounted()) {
    GTEST_SKIP() << "NOT RUN: no file system may be mounted here; see AFileThatMayNotGrow";
  }
  const std::string ballast = directory + "/ballast";
  std::ofstream(ballast, std::ios::binary) << std::string(4U << 20U, 'x');
  Child process([this](const Child::Say& say) { fill_up(directory, say); });
  const std::string words = process.all();
  EXPECT_EQ(process.wait(), 0);
  expect_full(words, directory);
  std::uint64_t last = 0;
  {
    const Storage store = open();  // Even while it is full.
    last = store.journal->last(1);
    EXPECT_GT(last, 20U);
    for (const std::uint64_t sequence : store.snapshots->list(1)) {
      EXPECT_EQ(snapshot_size(*store.snapshots, sequence), sequence * 1'000'000);
    }
    EXPECT_TRUE(std::filesystem::is_empty(directory + "/blobs/tmp"));
    std::filesystem::remove(ballast);
    append(*store.journal, last + 1, 100'000);
    (void)store.blobs->put(Buffer(100'000));
    put_snapshot(*store.snapshots, last + 1, 1'000'000);
  }
  EXPECT_EQ(open().journal->last(1), last + 1);
}

TEST_F(LmdbStore, ADiskThatIsFullFromTheStartIsSaid) {
  const SmallDisk disk(directory, "64k");
  if (!disk.mounted()) {
    GTEST_SKIP() << "NOT RUN: no file system may be mounted here";
  }
  {
    std::ofstream filler(directory + "/filler", std::ios::binary);
    filler << std::string(1U << 20U, 'x') << std::flush;
  }
  Child process([this](const Child::Say&) { (void)open(); });
  EXPECT_TRUE(says(process.all(), "the disk is full"));
  std::filesystem::remove(directory + "/filler");
  EXPECT_EQ(open().journal->last(1), 0U);
}

TEST_F(LmdbStore, AFileThatMayNotGrowIsSaidAndLosesNothing) {
  Child process([this](const Child::Say& say) {
    const rlimit limit{.rlim_cur = 5'000'000, .rlim_max = 5'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    fill_up(directory, say);
  });
  const std::string words = process.all();
  EXPECT_EQ(process.wait(), 0);
  for (const char* path : {"/journal/data.mdb", "/blobs/tmp/", "/snapshots/data.mdb"}) {
    EXPECT_TRUE(says(words, "can't write " + directory + path)) << words;
  }
  const Storage store = open();
  const std::uint64_t last = store.journal->last(1);
  EXPECT_GT(last, 20U);
  append(*store.journal, last + 1, 100'000);
}

TEST_F(LmdbStore, ADirectoryOfAnotherUserIsSaid) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "NOT RUN: only root can become somebody else";
  }
  open().journal->append(1, 1, Buffer(10));
  std::filesystem::permissions(scratch.path(), std::filesystem::perms::all);
  const auto as_nobody = [](const std::string& where) {
    Child process([&where](const Child::Say&) {
      if (::setgid(65'534) == 0 && ::setuid(65'534) == 0) {
        (void)open_lmdb_storage(where);
      }
    });
    return process.all();
  };
  const std::string advice =
      ": give it to the user that runs pointhouse (65534), or run it as the user who owns it: "
      "Permission denied";
  EXPECT_EQ(as_nobody(directory), "threw: can't open " + directory + "/lock" + advice);
  std::filesystem::permissions(directory, std::filesystem::perms(0755));
  EXPECT_EQ(as_nobody(directory), "threw: can't open " + directory + "/lock" + advice);
  std::filesystem::permissions(scratch.path(), std::filesystem::perms(0755));
  EXPECT_EQ(as_nobody(scratch / "new"),
            "threw: can't make the directory " + (scratch / "new") + advice);
}

TEST_F(LmdbStore, AWrongPlaceIsSaid) {
  EXPECT_TRUE(says(
      thrown([this] { (void)open_lmdb_storage(directory + "/a/b"); }),
      "can't make the directory " + directory + "/a/b: make the directory that it lies in first"));
  std::ofstream(directory) << "a file";
  EXPECT_TRUE(says(thrown([this] { (void)open(); }),
                   "can't make the directory " + directory + ": something else has that name"));
}

}  // namespace PH_FILE
}  // namespace ph
