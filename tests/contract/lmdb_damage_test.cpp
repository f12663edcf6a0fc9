// Files of the store in a directory that are not what was written: always said, never a crash, and
// never passed over in silence.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

#include "platform/crypto/sha256.h"
#include "platform/journal/lmdb.h"
#include "platform/journal/log.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using Buffer = std::vector<std::byte>;

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void spill(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

std::uint32_t next_seed() {
  static std::random_device device;
  return device();
}

int rounds(int plain) {
  return std::getenv("PH_LONG") != nullptr ? plain * 10 : plain;
}

// A store whose journal has small and large blocks, several levels of pages, and free pages.
class LmdbDamage : public testing::Test {
 protected:
  static constexpr std::uint64_t kBlocks = 200;

  void SetUp() override {
    const Storage store = open_lmdb_storage(directory);
    CommandLog log(*store.journal, 1, &sha256);
    log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
    for (std::uint64_t n = 1; n <= kBlocks; ++n) {
      JournalCommand command{.kind = 1};
      command.payload = Buffer(n % 10 == 0 ? 9'000 : n, static_cast<std::byte>(n));
      log.append(std::vector{command});
      if (n == 30) {
        chain30 = log.chain();
      }
    }
    store.journal->drop(1, 31);
    end = log.chain();
  }

  // Starts as a process does; the words of its Damaged, or empty. Anything else fails the test.
  std::string start() {
    try {
      const Storage store = open_lmdb_storage(directory);
      CommandLog log(*store.journal, 1, &sha256);
      log.replay(30, chain30, [](const JournalCommand&, std::uint64_t) {});
      EXPECT_EQ(log.last(), kBlocks);
      EXPECT_EQ(log.chain(), end);
      JournalCommand command{.kind = 2};
      command.payload = Buffer(20'000);
      log.append(std::vector{command});
      return "";
    } catch (const Damaged& damaged) {
      return damaged.what();
    }
  }

  test::Scratch scratch;
  std::string directory = scratch / "store";
  std::string journal = directory + "/journal/data.mdb";
  Digest chain30{};
  Digest end{};
};

TEST_F(LmdbDamage, AWholeJournalStarts) {
  EXPECT_EQ(start(), "");
}

TEST_F(LmdbDamage, ACutJournalIsDamagedWhereverItIsCut) {
  const std::string whole = slurp(journal);
  std::mt19937 random(next_seed());
  std::vector<std::size_t> cuts{0, 1, 4'095, 4'096, 8'191, 8'192, whole.size() / 2};
  for (int n = 0; n < rounds(40); ++n) {
    cuts.push_back(random() % (whole.size() * 9 / 10));
  }
  for (const std::size_t cut : cuts) {
    spill(journal, whole.substr(0, cut));
    const std::string words = start();
    EXPECT_NE(words.find(journal + ": "), std::string::npos) << cut << " bytes: " << words;
    EXPECT_NE(words.find("bring the directory back"), std::string::npos) << words;
    EXPECT_EQ(slurp(journal), whole.substr(0, cut)) << "it was touched";
  }
}

TEST_F(LmdbDamage, AGarbledPageIsNeverACrashAndNeverUnseen) {
  const std::string whole = slurp(journal);
  int found = 0;
  const int tries = rounds(400);
  for (int n = 0; n < tries; ++n) {
    const std::uint32_t seed = next_seed();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string bytes = whole;
    // Headers and the beginnings of pages hold what leads LMDB; elsewhere lie blocks.
    const std::size_t page = random() % (bytes.size() / 4'096) * 4'096;
    const std::size_t reach = n % 2 == 0 ? 64 : 4'096;
    const std::size_t length = 1 + random() % (n % 3 == 0 ? 8 : 100);
    for (std::size_t i = 0, at = page + random() % reach; i < length; ++i) {
      bytes[(at + i) % bytes.size()] = static_cast<char>(random());
    }
    spill(journal, bytes);
    found += start().empty() ? 0 : 1;  // It may have been a page that is free.
  }
  EXPECT_GT(found, tries / 3);
  spill(journal, whole);
  EXPECT_EQ(start(), "");
}

TEST_F(LmdbDamage, TwoPagesInEachOthersPlaceAreSeen) {
  const std::string whole = slurp(journal);
  const std::size_t pages = whole.size() / 4'096;
  std::mt19937 random(next_seed());
  for (int n = 0; n < rounds(60); ++n) {
    const std::size_t a = random() % pages * 4'096;
    const std::size_t b = random() % pages * 4'096;
    std::string bytes = whole;
    std::swap_ranges(bytes.begin() + static_cast<long>(a),
                     bytes.begin() + static_cast<long>(a) + 4'096,
                     bytes.begin() + static_cast<long>(b));
    spill(journal, bytes);
    (void)start();  // The chain's end is held against what was written.
  }
}

TEST_F(LmdbDamage, AMissingJournalIsDamageAndNotANewOne) {
  std::filesystem::remove(journal);
  EXPECT_EQ(start(), journal + " is missing: bring the directory back from a copy");
}

TEST_F(LmdbDamage, ABlobThatWasChangedIsDamaged) {
  Digest address{};
  {
    const Storage store = open_lmdb_storage(directory);
    address = store.blobs->put(as_bytes("what was put"));
  }
  const std::string path = directory + "/blobs/" + hex(address).substr(0, 2) + "/" + hex(address);
  for (const char* content : {"what was Put", "what was pu", "what was put ", ""}) {
    spill(path, content);
    const Storage store = open_lmdb_storage(directory);
    try {
      (void)store.blobs->get(address, true);
      FAIL() << content;
    } catch (const Damaged& damaged) {
      EXPECT_EQ(std::string(damaged.what()),
                "blob " + hex(address) + " in " + directory +
                    "/blobs has other bytes than were put: bring it back from a copy or from who "
                    "sent it");
    }
  }
  const Storage store = open_lmdb_storage(directory);
  EXPECT_EQ(store.blobs->put(as_bytes("what was put")), address);  // That heals it.
  EXPECT_TRUE(store.blobs->get(address, true));
}

TEST_F(LmdbDamage, WhatADeadProcessLeftInTheFolderOfPartsIsRemoved) {
  spill(directory + "/blobs/tmp/0123.part", "half a blob");
  (void)open_lmdb_storage(directory);
  EXPECT_TRUE(std::filesystem::is_empty(directory + "/blobs/tmp"));
}

TEST_F(LmdbDamage, AnEnvironmentThatWasHalfMadeIsMadeAnew) {
  const std::string other = scratch / "other";
  std::filesystem::create_directories(other + "/journal.part");
  std::filesystem::create_directories(other + "/snapshots.part");
  spill(other + "/journal.part/data.mdb", "torn");
  spill(other + "/snapshots.part/data.mdb", "");
  const Storage store = open_lmdb_storage(other);
  store.journal->append(1, 1, as_bytes("one"));
  EXPECT_FALSE(std::filesystem::exists(other + "/journal.part"));
}

class SnapshotDamage : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(directory);
    snapshots = open_lmdb_snapshots(directory);
    state.resize(3'500'000);
    std::mt19937 random(1);
    std::ranges::generate(state, [&random] { return static_cast<std::byte>(random()); });
    snapshots->put_pages(1, 7, [this](const SnapshotStore::Sink& sink) { sink(state); });
  }
  std::string load() {
    try {
      Buffer loaded;
      snapshots->load_pages(
          1, 7, [&loaded](Bytes part) { loaded.insert(loaded.end(), part.begin(), part.end()); });
      EXPECT_EQ(loaded, state);
      return "";
    } catch (const Damaged& damaged) {
      return damaged.what();
    }
  }

  test::Scratch scratch;
  std::string directory = scratch / "store";
  std::string file = directory + "/snapshots/data.mdb";
  std::unique_ptr<SnapshotStore> snapshots;
  Buffer state;
};

TEST_F(SnapshotDamage, AChangedByteNamesItsPage) {
  std::string bytes = slurp(file);
  const auto* begin = reinterpret_cast<const char*>(state.data());
  const auto at = std::search(bytes.begin(), bytes.end(), begin + (1U << 20U) + 5'000,
                              begin + (1U << 20U) + 5'040);
  ASSERT_NE(at, bytes.end());
  *at = static_cast<char>(*at ^ 4);
  spill(file, bytes);
  EXPECT_EQ(load(), "the snapshot of shard 1 at block 7 in " + directory +
                        "/snapshots has other bytes in page 1 than were put: the one before it, "
                        "or a copy, must do");
}

TEST_F(SnapshotDamage, GarbageIsNeverACrashAndNeverUnseen) {
  const std::string whole = slurp(file);
  for (int n = 0; n < rounds(150); ++n) {
    const std::uint32_t seed = next_seed();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string bytes = whole;
    for (int i = 0; i < 3; ++i) {
      // Small pages lie before, between and behind the large ones.
      const std::size_t page = random() % 3 == 0 ? random() % (bytes.size() / 4'096) : random() % 8;
      bytes[page * 4'096 + random() % (n % 2 == 0 ? 64 : 4'096)] = static_cast<char>(random());
    }
    if (n % 5 == 0) {
      bytes.resize(random() % bytes.size());
    }
    spill(file, bytes);
    (void)load();  // What is loaded is what was put.
  }
}

}  // namespace PH_FILE
}  // namespace ph
