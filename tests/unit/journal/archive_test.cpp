// Segments of the journal that are archived: what moves, what stays, and which damage is found.
#include "platform/journal/archive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "platform/crypto/sha256.h"
#include "platform/journal/log.h"
#include "platform/journal/memory.h"
#include "platform/journal/recover.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

constexpr std::uint16_t kShard = 1;

class ArchiveTest : public testing::Test {
 protected:
  void SetUp() override {
    log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
  }
  void append(std::uint64_t count) {
    for (std::uint64_t n = 0; n < count; ++n) {
      JournalCommand command{.kind = static_cast<std::uint16_t>(log.last() + 1)};
      command.payload.resize(100, static_cast<std::byte>(n));
      log.append(std::vector{command});
    }
  }
  void snapshot() {
    put_snapshot(*storage.snapshots, kShard, log,
                 [](const SnapshotStore::Sink& sink) { sink(as_bytes("the state")); });
  }
  ArchiveResult archive(std::uint64_t bytes_max = kSegmentBytesMax) {
    return archive_journal(storage, directory, kShard, bytes_max);
  }
  // Kinds of all commands there are, which are the numbers of their blocks.
  std::string history() {
    std::string kinds;
    const ChainPoint end =
        read_history(*storage.journal, directory, kShard, [&](const JournalBlock& block, auto) {
          kinds += std::to_string(block.commands.at(0).kind) + " ";
        });
    EXPECT_EQ(end.sequence, log.last());
    EXPECT_EQ(end.digest, log.chain());
    return kinds;
  }
  template <class Work>
  static std::string damage(Work work) {
    try {
      (void)work();
    } catch (const Damaged& damaged) {
      return damaged.what();
    }
    return "nothing is damaged";
  }
  std::vector<std::string> files() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }
  // Six blocks, snapshots at the third and sixth.
  void six() {
    append(3);
    snapshot();
    append(3);
    snapshot();
  }
  void change(const std::string& name, std::size_t at) {
    std::fstream file(directory + "/" + name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  }

  test::Scratch scratch;
  std::string directory = scratch / "archive";
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  CommandLog log{*storage.journal, kShard, &sha256};
};

TEST_F(ArchiveTest, NeedsTwoSnapshots) {
  EXPECT_EQ(archive().nothing, "there aren't two snapshots yet");
  append(5);
  snapshot();
  EXPECT_EQ(archive().nothing, "there aren't two snapshots yet");
  EXPECT_EQ(storage.journal->first(kShard), 1U);
}

TEST_F(ArchiveTest, MovesWhatLiesBeforeTheOlderSnapshot) {
  six();
  const ArchiveResult result = archive();
  ASSERT_EQ(result.written.size(), 1U);
  EXPECT_EQ(result.dropped, 2U);
  EXPECT_EQ(files(), std::vector<std::string>{"1-1-2.phj"});
  EXPECT_EQ(storage.journal->first(kShard), 3U);  // The block that the snapshot was taken at.
  EXPECT_EQ(history(), "1 2 3 4 5 6 ");
  EXPECT_EQ(archive().nothing, "all before block 3 is archived already");
}

TEST_F(ArchiveTest, AStartNeedsNothingOfIt) {
  six();
  (void)archive();
  std::vector<std::uint16_t> kinds;
  CommandLog fresh(*storage.journal, kShard, &sha256);
  Digest chain{};
  storage.snapshots->load_pages(
      kShard, 3, [&chain](Bytes part) { std::copy_n(part.begin(), chain.size(), chain.begin()); });
  fresh.replay(3, chain, [&](const JournalCommand& c, std::uint64_t) { kinds.push_back(c.kind); });
  EXPECT_EQ(kinds, (std::vector<std::uint16_t>{4, 5, 6}));
}

TEST_F(ArchiveTest, GoesOnWhereItEnded) {
  six();
  (void)archive();
  append(4);
  snapshot();
  EXPECT_EQ(archive().dropped, 3U);
  EXPECT_EQ(files(), (std::vector<std::string>{"1-1-2.phj", "1-3-5.phj"}));
  EXPECT_EQ(history(), "1 2 3 4 5 6 7 8 9 10 ");
}

TEST_F(ArchiveTest, SegmentsHaveALimit) {
  six();
  append(10);
  snapshot();
  snapshot();
  append(1);
  snapshot();
  EXPECT_EQ(archive(500).written.size(), 8U);  // Two blocks of 216 bytes fit.
  EXPECT_EQ(files().size(), 8U);
  EXPECT_EQ(storage.journal->first(kShard), 16U);
  EXPECT_EQ(archive_segments(directory, kShard).back().to, 15U);
  (void)history();
}

TEST_F(ArchiveTest, ABlockLargerThanTheLimitHasASegmentOfItsOwn) {
  six();
  EXPECT_EQ(archive(1).written.size(), 2U);
  EXPECT_EQ(history(), "1 2 3 4 5 6 ");
}

TEST_F(ArchiveTest, ASegmentIsTheBlocksEachBehindItsLength) {
  append(1);
  std::vector<std::byte> block;
  storage.journal->read(kShard, 1, [&block](std::uint64_t, Bytes bytes) {
    block.assign(bytes.begin(), bytes.end());
    return true;
  });
  append(1);
  snapshot();
  append(1);
  snapshot();
  (void)archive();
  std::ifstream file(directory + "/1-1-1.phj", std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  ASSERT_EQ(content.size(), 4 + block.size());
  EXPECT_EQ(content.substr(0, 4), std::string("\xD8\0\0\0", 4));  // 216
  EXPECT_TRUE(std::ranges::equal(as_bytes(content).subspan(4), block));
}

TEST_F(ArchiveTest, WhatWasWrittenAndNotDroppedIsDroppedNext) {
  six();
  disk.set_faults([](const DiskStep& step) {
    return step.operation == DiskOperation::kDrop ? DiskFault::kFails : DiskFault::kNone;
  });
  EXPECT_THROW((void)archive(), std::system_error);
  EXPECT_EQ(files(), std::vector<std::string>{"1-1-2.phj"});
  disk.set_faults({});
  disk.crash();
  storage = open_memory_storage(disk);
  std::ofstream(directory + "/" + std::string(32, 'a') + ".part") << "half a segment";
  const ArchiveResult result = archive();
  EXPECT_TRUE(result.written.empty());
  EXPECT_EQ(result.dropped, 2U);
  EXPECT_EQ(files(), std::vector<std::string>{"1-1-2.phj"});
}

TEST_F(ArchiveTest, FilesOfOthersAreLeftAlone) {
  std::filesystem::create_directory(directory);
  const std::vector<std::string> others{"0123.part", std::string(32, 'g') + ".part",
                                        std::string(32, 'a') + ".part.gz", "film.part"};
  for (const std::string& name : others) {
    std::ofstream(directory + "/" + name) << "x";
  }
  six();
  (void)archive();
  for (const std::string& name : others) {
    EXPECT_TRUE(std::filesystem::exists(directory + "/" + name)) << name;
  }
}

// Several segments of a run that died before it had the journal drop anything.
TEST_F(ArchiveTest, EachSegmentOfARunThatDiedIsReadBeforeItsBlocksAreDropped) {
  six();
  append(4);
  snapshot();
  disk.set_faults([](const DiskStep& step) {
    return step.operation == DiskOperation::kDrop ? DiskFault::kFails : DiskFault::kNone;
  });
  EXPECT_THROW((void)archive(1), std::system_error);
  disk.set_faults({});
  disk.crash();
  storage = open_memory_storage(disk);
  ASSERT_EQ(archive_segments(directory, kShard).size(), 5U);
  for (const char* name : {"1-1-1.phj", "1-2-2.phj", "1-4-4.phj", "1-5-5.phj"}) {
    change(name, 100);
    EXPECT_NE(damage([this] { return archive(1); }).find(name), std::string::npos) << name;
    EXPECT_EQ(storage.journal->first(kShard), 1U);
    change(name, 100);
  }
  storage.journal->drop(kShard, 3);  // What the journal hasn't any more is `verify`'s business.
  change("1-3-3.phj", 100);
  EXPECT_NE(damage([this] { return archive(1); }).find("1-3-3.phj"), std::string::npos);
  change("1-3-3.phj", 100);
  EXPECT_EQ(archive(1).dropped, 3U);
  EXPECT_EQ(storage.journal->first(kShard), 6U);
}

TEST_F(ArchiveTest, ADamagedSnapshotKeepsEverythingInTheJournal) {
  six();
  disk.rot_snapshot(kShard, 6, 40);
  EXPECT_NE(damage([this] { return archive(); }).find("snapshot of shard 1 at block 6"),
            std::string::npos);
  EXPECT_EQ(storage.journal->first(kShard), 1U);
}

TEST_F(ArchiveTest, ASnapshotOfAnotherJournalKeepsEverythingInTheJournal) {
  append(3);
  snapshot();
  append(3);
  storage.snapshots->put_pages(kShard, 6, [](const SnapshotStore::Sink& sink) {
    sink(as_bytes("the digest of a block of another journal"));
  });
  EXPECT_NE(damage([this] { return archive(); }).find("was not taken at the journal's block"),
            std::string::npos);
  EXPECT_EQ(storage.journal->first(kShard), 1U);
}

TEST_F(ArchiveTest, ADamagedBlockIsNotArchived) {
  six();
  disk.rot_block(kShard, 2, 80);
  EXPECT_NE(
      damage([this] { return archive(); }).find("block 2 of shard 1 does not have the digest"),
      std::string::npos);
  EXPECT_EQ(storage.journal->first(kShard), 1U);
}

TEST_F(ArchiveTest, AChangedSegmentIsFoundBeforeItsBlocksAreDropped) {
  six();
  disk.set_faults([](const DiskStep& step) {
    return step.operation == DiskOperation::kDrop ? DiskFault::kFails : DiskFault::kNone;
  });
  EXPECT_THROW((void)archive(), std::system_error);
  disk.set_faults({});
  disk.crash();
  storage = open_memory_storage(disk);
  change("1-1-2.phj", 250);
  EXPECT_NE(damage([this] { return archive(); }).find("1-1-2.phj: block 2 of shard 1"),
            std::string::npos);
  EXPECT_EQ(storage.journal->first(kShard), 1U);
}

TEST_F(ArchiveTest, EveryChangedByteOfASegmentIsFound) {
  six();
  (void)archive();
  const auto read = [this] {
    return read_history(*storage.journal, directory, kShard, [](const JournalBlock&, auto) {});
  };
  for (std::size_t at = 0; at < 2 * 220; ++at) {
    change("1-1-2.phj", at);
    EXPECT_NE(damage(read).find("1-1-2.phj"), std::string::npos) << "byte " << at;
    change("1-1-2.phj", at);
  }
  std::filesystem::resize_file(directory + "/1-1-2.phj", 300);
  EXPECT_NE(damage(read).find("it is cut off within block 2"), std::string::npos);
  std::filesystem::resize_file(directory + "/1-1-2.phj", 220);
  EXPECT_NE(damage(read).find("it ends with block 1"), std::string::npos);
}

// Whole in itself, with a digest of its own: only the block after it tells.
TEST_F(ArchiveTest, ABlockThatWasWrittenAnewIsFound) {
  six();
  (void)archive(1);
  JournalBlock forged{.shard = kShard, .sequence = 1};
  forged.commands = {JournalCommand{.kind = 77}};
  const std::vector<std::byte> bytes = encode_block(forged, &sha256);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::ofstream file(directory + "/1-1-1.phj", std::ios::binary);
  file.write(reinterpret_cast<const char*>(&size), sizeof(size));
  file.write(reinterpret_cast<const char*>(bytes.data()), size);
  file.close();
  const auto read = [this] {
    return read_history(*storage.journal, directory, kShard, [](const JournalBlock&, auto) {});
  };
  EXPECT_NE(damage(read).find("block 2 of shard 1 does not follow the block before it"),
            std::string::npos);
}

TEST_F(ArchiveTest, AMissingSegmentIsFound) {
  six();
  (void)archive();
  append(4);
  snapshot();
  (void)archive();
  append(4);
  snapshot();
  (void)archive();
  const auto read = [this] {
    return read_history(*storage.journal, directory, kShard, [](const JournalBlock&, auto) {});
  };
  const auto move = [this](const char* name, bool away) {
    const std::string here = directory + "/" + name;
    std::filesystem::rename(away ? here : scratch / name, away ? scratch / name : here);
  };
  ASSERT_EQ(files(), (std::vector<std::string>{"1-1-2.phj", "1-3-5.phj", "1-6-9.phj"}));
  move("1-3-5.phj", true);
  EXPECT_NE(damage(read).find("block 3 of shard 1 is missing"), std::string::npos);
  EXPECT_NE(damage([this] { return archive(); }).find("block 3 of shard 1 is missing before"),
            std::string::npos);
  move("1-3-5.phj", false);
  move("1-6-9.phj", true);
  EXPECT_NE(damage(read).find("block 6 of shard 1 is missing: the journal begins with block 10"),
            std::string::npos);
  EXPECT_NE(damage([this] { return archive(); }).find("block 6 of shard 1 is missing"),
            std::string::npos);
  move("1-6-9.phj", false);
  move("1-1-2.phj", true);  // Its beginning may lie elsewhere, but is no whole history then.
  EXPECT_NE(damage(read).find("block 1 of shard 1 is missing"), std::string::npos);
  append(4);
  snapshot();
  EXPECT_EQ(archive().written.size(), 1U);
}

TEST_F(ArchiveTest, ShardsAreApartAndOtherFilesAreNoSegments) {
  six();
  (void)archive();
  for (const char* name : {"2-1-9.phj", "1-3-4.phj.part", "1-03-4.phj", "x-1-2.phj", "readme"}) {
    std::ofstream(directory + "/" + name) << "x";
  }
  EXPECT_EQ(archive_segments(directory, kShard).size(), 1U);
  EXPECT_EQ(archive_segments(directory, 2).size(), 1U);
  EXPECT_EQ(archive_segments(directory, 3).size(), 0U);
}

}  // namespace PH_FILE
}  // namespace ph
