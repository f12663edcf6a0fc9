// The newest blocks of a journal in a directory, in the file beside LMDB's: what a process that was
// killed has left there, whole, cut off or changed.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "platform/journal/lmdb.h"
#include "tests/support/child.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

using Buffer = std::vector<std::byte>;
using test::Child;

constexpr std::size_t kPage = 4'096;
constexpr std::size_t kTailBytes = std::size_t{1} << 20U;
constexpr std::size_t kBlockBytes = 5'000;  // two pages each

std::string slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void spill(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

class LmdbTail : public testing::Test {
 protected:
  // What a process says that opens the store, does `work` and dies.
  std::string die_after(const std::function<std::string(Journal&)>& work) {
    Child process([&](const Child::Say& say) {
      const Storage store = open_lmdb_storage(directory);
      say(work(*store.journal));
      ::_exit(0);
    });
    return process.all();
  }
  // Appends so many blocks of shard 1 behind what is there.
  void append_and_die(std::uint64_t blocks, std::size_t size = kBlockBytes) {
    EXPECT_EQ(die_after([&](Journal& journal) {
                const std::uint64_t before = journal.last(1);
                for (std::uint64_t n = before + 1; n <= before + blocks; ++n) {
                  journal.append(1, n, Buffer(size, static_cast<std::byte>(n)));
                }
                return std::string("done");
              }),
              "done");
  }
  // How many blocks there are, each as it was appended; or why it doesn't start.
  std::string found() {
    return die_after([](Journal& journal) {
      std::uint64_t right = 0;
      journal.read(1, 1, [&](std::uint64_t sequence, Bytes block) {
        const auto byte = static_cast<std::byte>(sequence);
        right +=
            std::ranges::all_of(block, [byte](std::byte one) { return one == byte; }) ? 1U : 0U;
        return true;
      });
      return right == journal.last(1) ? std::to_string(right) : "other bytes";
    });
  }

  test::Scratch scratch;
  std::string directory = scratch / "store";
  std::string tail = directory + "/journal/tail";
};

TEST_F(LmdbTail, WhatAKilledProcessHasAppendedIsThere) {
  append_and_die(3);
  EXPECT_TRUE(std::filesystem::exists(tail));
  EXPECT_EQ(found(), "3");
  append_and_die(2);
  EXPECT_EQ(found(), "5");
}

// A killed process loses nothing that it has written, waited for or not: so the file is asked.
TEST_F(LmdbTail, WhatIsWrittenIsWaitedFor) {
  const Storage store = open_lmdb_storage(directory);
  store.journal->append(1, 1, Buffer(10));
  int waits = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(entry, gone) == tail) {
      waits += (::fcntl(std::stoi(entry.path().filename()), F_GETFL) & O_DSYNC) != 0 ? 1 : -1;
    }
  }
  EXPECT_EQ(waits, 1);
}

TEST_F(LmdbTail, AProcessThatEndsWellLeavesNone) {
  append_and_die(3);
  open_lmdb_storage(directory).journal->append(1, 4, Buffer(10, std::byte{4}));
  EXPECT_FALSE(std::filesystem::exists(tail));
  EXPECT_EQ(found(), "4");
}

TEST_F(LmdbTail, ALookChangesNothing) {
  append_and_die(3);
  const std::string before = slurp(tail);
  const std::string data = slurp(directory + "/journal/data.mdb");
  EXPECT_EQ(found(), "3");
  EXPECT_EQ(slurp(tail), before);
  EXPECT_EQ(slurp(directory + "/journal/data.mdb"), data);
}

// Whatever is full goes over, and then the file begins anew, over what is there already.
TEST_F(LmdbTail, TheBlocksGoOverWhenItIsFull) {
  std::uint64_t blocks = 0;
  for (const std::uint64_t more : {100U, 27U, 1U, 1U, 1U, 126U, 128U, 300U}) {
    append_and_die(more);
    blocks += more;
    EXPECT_EQ(found(), std::to_string(blocks));
    EXPECT_EQ(std::filesystem::file_size(tail), kTailBytes);
  }
}

TEST_F(LmdbTail, LargeBlocksAndSmallOnesAndShardsKeepTheirOrder) {
  EXPECT_EQ(die_after([](Journal& journal) {
              for (std::uint64_t n = 1; n <= 60; ++n) {
                const std::size_t size = n % 7 == 0 ? 300'000 : n * 100;
                journal.append(1, n, Buffer(size, static_cast<std::byte>(n)));
                journal.append(2, n, Buffer(10));
              }
              journal.drop(2, 59);
              journal.append(2, 61, Buffer(10));
              return std::string("done");
            }),
            "done");
  EXPECT_EQ(found(), "60");
  EXPECT_EQ(die_after([](Journal& journal) {
              return std::to_string(journal.first(2)) + " to " + std::to_string(journal.last(2));
            }),
            "59 to 61");
}

// A write that was cut off was of nothing that anybody was told. It can be any part of it.
TEST_F(LmdbTail, ALastBlockThatIsNotWholeIsNone) {
  append_and_die(3);
  const std::string whole = slurp(tail);
  std::mt19937 random(std::random_device{}());
  for (int n = 0; n < 40; ++n) {
    std::string bytes = whole;
    const std::size_t last = 2 * 2 * kPage;
    const std::size_t from = n == 0 ? 0 : random() % kBlockBytes;
    const std::size_t size = n == 0 ? 2 * kPage : 1 + random() % (kBlockBytes - from);
    for (std::size_t i = 0; i < size; ++i) {
      char& byte = bytes[last + from + i];
      byte = static_cast<char>(n % 2 == 0 ? 0 : byte ^ 5);
    }
    spill(tail, bytes);
    const std::string count = found();
    EXPECT_TRUE(bytes == whole || count == "2") << from << " + " << size << ": " << count;
  }
  append_and_die(2);  // In its place.
  EXPECT_EQ(found(), "4");
}

TEST_F(LmdbTail, ABlockThatIsNotWholeBeforeOneThatIsIsDamage) {
  append_and_die(5);
  const std::string whole = slurp(tail);
  std::mt19937 random(std::random_device{}());
  for (std::size_t n = 0; n < 40; ++n) {
    const std::size_t block = n % 4;
    std::string bytes = whole;
    char& byte = bytes[block * 2 * kPage + random() % (kBlockBytes + 24)];
    byte = static_cast<char>(byte ^ (n % 2 == 0 ? 1 : 77));
    spill(tail, bytes);
    EXPECT_EQ(found(), "threw: " + tail + " has block " + std::to_string(block + 2) +
                           " of shard 1 and lacks block " + std::to_string(block + 1) +
                           ". Keep the file, and bring the directory back from a copy");
    EXPECT_EQ(slurp(tail), bytes) << "it was touched";
  }
  spill(tail, whole);
  EXPECT_EQ(found(), "5");
}

TEST_F(LmdbTail, OneThatWasHalfMadeOrCutIsMadeWhole) {
  append_and_die(3);
  const std::string whole = slurp(tail);
  for (const std::size_t size : {std::size_t{0}, kPage, 4 * kPage, 5 * kPage, 6 * kPage}) {
    spill(tail, whole.substr(0, size));
    const std::uint64_t left = size / (2 * kPage);
    EXPECT_EQ(found(), std::to_string(left));
    append_and_die(1);
    EXPECT_EQ(found(), std::to_string(left + 1));
    EXPECT_EQ(std::filesystem::file_size(tail), kTailBytes);
  }
}

}  // namespace PH_FILE
}  // namespace ph
