// The faults of the store in memory: what is there, and what isn't, after each of them. What all
// stores promise is in tests/contract.
#include "platform/journal/memory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <system_error>

#include "platform/crypto/sha256.h"

namespace ph {
namespace PH_FILE {

struct Death {};  // What a simulator throws.

class MemoryDiskTest : public testing::Test {
 protected:
  void open() { storage = open_memory_storage(disk); }
  void crash() {
    disk.crash();
    disk.set_faults({});
    disk.set_hook({});
    open();
  }
  void fail_with(DiskFault fault) {
    disk.set_faults([fault](const DiskStep&) { return fault; });
  }
  void snapshot(std::uint64_t sequence, std::string_view text) {
    storage.snapshots->put_pages(1, sequence,
                                 [text](const SnapshotStore::Sink& sink) { sink(as_bytes(text)); });
  }
  std::string loaded(std::uint64_t sequence) {
    std::string text;
    storage.snapshots->load_pages(1, sequence, [&text](Bytes part) {
      for (const std::byte b : part) {
        text.push_back(static_cast<char>(b));
      }
    });
    return text;
  }
  std::uint64_t count() {
    std::uint64_t blocks = 0;
    storage.journal->read(1, 1, [&blocks](std::uint64_t, Bytes) { return ++blocks > 0; });
    return blocks;
  }

  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
};

TEST_F(MemoryDiskTest, AnAppendThatFailsStoresNothing) {
  storage.journal->append(1, 1, as_bytes("one"));
  fail_with(DiskFault::kFails);
  EXPECT_THROW(storage.journal->append(1, 2, as_bytes("two")), std::system_error);
  crash();
  EXPECT_EQ(storage.journal->last(1), 1U);
  storage.journal->append(1, 2, as_bytes("two"));
}

TEST_F(MemoryDiskTest, ATornBlockIsNeverSeenAndRecoveryDropsIt) {
  fail_with(DiskFault::kTears);
  EXPECT_THROW(storage.journal->append(1, 1, as_bytes("a block")), std::system_error);
  EXPECT_EQ(disk.leftovers(), 1U);
  crash();
  EXPECT_EQ(disk.leftovers(), 0U);
  EXPECT_EQ(storage.journal->last(1), 0U);
  EXPECT_EQ(storage.journal->first(1), 1U);
  EXPECT_EQ(count(), 0U);
  storage.journal->append(1, 1, as_bytes("another"));
  EXPECT_EQ(count(), 1U);
}

TEST_F(MemoryDiskTest, AnotherProcessDoesNotSeeATornBlock) {
  storage.journal->append(1, 1, as_bytes("one"));
  const Storage other = open_memory_storage(disk);
  fail_with(DiskFault::kTears);
  EXPECT_THROW(storage.journal->append(1, 2, as_bytes("two")), std::system_error);
  EXPECT_EQ(other.journal->last(1), 1U);
  disk.set_faults({});
  other.journal->append(1, 2, as_bytes("its own"));
  EXPECT_EQ(other.journal->last(1), 2U);
}

TEST_F(MemoryDiskTest, AnAppendMayBeDoneAlthoughItThrew) {
  fail_with(DiskFault::kFailsAfterwards);
  EXPECT_THROW(storage.journal->append(1, 1, as_bytes("one")), std::system_error);
  crash();
  EXPECT_EQ(storage.journal->last(1), 1U);
  EXPECT_THROW(storage.journal->append(1, 1, as_bytes("one")), Fenced);
}

TEST_F(MemoryDiskTest, AProcessThatSawAFailureCanOnlyEnd) {
  fail_with(DiskFault::kFails);
  EXPECT_THROW(storage.journal->append(1, 1, as_bytes("one")), std::system_error);
  disk.set_faults({});
  EXPECT_THROW(storage.journal->append(1, 1, as_bytes("one")), std::logic_error);
  EXPECT_THROW((void)storage.journal->last(1), std::logic_error);
  EXPECT_THROW((void)storage.blobs->put(as_bytes("x")), std::logic_error);
  EXPECT_THROW((void)storage.snapshots->list(1), std::logic_error);
}

TEST_F(MemoryDiskTest, AfterACrashTheOldProcessCanOnlyBeDestroyed) {
  Storage old = open_memory_storage(disk);
  auto writer = old.blobs->create();
  crash();
  EXPECT_THROW(old.journal->append(1, 1, as_bytes("one")), std::logic_error);
  EXPECT_THROW(writer->write(as_bytes("part")), std::logic_error);
  writer.reset();
  old = {};
  storage.journal->append(1, 1, as_bytes("one"));
}

TEST_F(MemoryDiskTest, PartsOfABlobAreLostWithTheProcess) {
  const Digest kept = storage.blobs->put(as_bytes("kept"));
  auto writer = storage.blobs->create();
  writer->write(as_bytes("lo"));
  writer->write(as_bytes("st"));
  EXPECT_EQ(disk.leftovers(), 1U);
  crash();
  EXPECT_EQ(disk.leftovers(), 0U);
  EXPECT_FALSE(storage.blobs->get(sha256(as_bytes("lost")), true));
  EXPECT_TRUE(storage.blobs->get(kept, true));
}

TEST_F(MemoryDiskTest, ABlobIsThereWholeOrNotAtAll) {
  for (const DiskFault fault :
       {DiskFault::kFails, DiskFault::kTears, DiskFault::kFailsAfterwards}) {
    const std::string text = "blob " + std::to_string(static_cast<int>(fault));
    fail_with(fault);
    EXPECT_THROW((void)storage.blobs->put(as_bytes(text)), std::system_error);
    crash();
    const auto blob = storage.blobs->get(sha256(as_bytes(text)), true);
    EXPECT_EQ(blob.has_value(), fault == DiskFault::kFailsAfterwards);
    EXPECT_EQ(disk.leftovers(), 0U);
  }
}

TEST_F(MemoryDiskTest, ASnapshotIsCompleteOrAbsent) {
  snapshot(5, "five");
  fail_with(DiskFault::kTears);
  EXPECT_THROW(snapshot(7, "seven"), std::system_error);
  crash();
  EXPECT_EQ(storage.snapshots->list(1), std::vector<std::uint64_t>{5});
  EXPECT_THROW((void)loaded(7), Damaged);
  fail_with(DiskFault::kTears);
  EXPECT_THROW(snapshot(5, "other"), std::system_error);  // What was whole stays.
  crash();
  EXPECT_EQ(loaded(5), "five");
  fail_with(DiskFault::kFailsAfterwards);
  EXPECT_THROW(snapshot(7, "seven"), std::system_error);
  crash();
  EXPECT_EQ(storage.snapshots->list(1), (std::vector<std::uint64_t>{7, 5}));
}

TEST_F(MemoryDiskTest, ATornDropLosesTheFirstBlocksOnly) {
  for (std::uint64_t n = 1; n <= 10; ++n) {
    storage.journal->append(1, n, as_bytes("block"));
  }
  fail_with(DiskFault::kTears);
  EXPECT_THROW(storage.journal->drop(1, 9), std::system_error);
  crash();
  EXPECT_EQ(storage.journal->first(1), 5U);
  EXPECT_EQ(storage.journal->last(1), 10U);
  storage.journal->drop(1, 9);
  EXPECT_EQ(storage.journal->first(1), 9U);
}

TEST_F(MemoryDiskTest, BitRotIsFoundWhereItIsLookedFor) {
  storage.journal->append(1, 1, as_bytes("one"));
  const Digest address = storage.blobs->put(as_bytes("a blob"));
  snapshot(1, "one");
  const auto before = storage.blobs->get(address, true);
  EXPECT_TRUE(disk.rot_block(1, 1, 100));
  EXPECT_TRUE(disk.rot_blob(address, 3));
  EXPECT_TRUE(disk.rot_snapshot(1, 1, 2));
  EXPECT_FALSE(disk.rot_block(1, 2, 0));
  EXPECT_THROW((void)storage.blobs->get(address, true), Damaged);
  EXPECT_TRUE(storage.blobs->get(address, false));
  EXPECT_THROW((void)loaded(1), Damaged);
  storage.journal->read(1, 1, [](std::uint64_t, Bytes bytes) {
    EXPECT_FALSE(std::ranges::equal(bytes, as_bytes("one")));
    return true;
  });
  EXPECT_TRUE(std::ranges::equal(before->bytes(), as_bytes("a blob")));  // Whoever has it keeps it.
}

// Dies before and after each step in turn; says how many blocks, blobs and snapshots are there.
TEST_F(MemoryDiskTest, AProcessMayDieBeforeAndAfterEachStep) {
  const auto work = [this] {
    storage.journal->append(1, 1, as_bytes("one"));
    (void)storage.blobs->put(as_bytes("blob"));
    snapshot(1, "one");
  };
  for (std::uint64_t at = 0; at < 6; ++at) {
    MemoryDisk fresh;
    storage = open_memory_storage(fresh);
    std::uint64_t moment = 0;
    fresh.set_hook([&](const DiskStep&, DiskMoment) {
      if (moment++ == at) {
        throw Death{};
      }
    });
    EXPECT_THROW(work(), Death);
    EXPECT_EQ(fresh.steps(), at / 2 + 1);
    fresh.set_hook({});
    fresh.crash();
    storage = open_memory_storage(fresh);
    EXPECT_EQ(storage.journal->last(1), at >= 1 ? 1U : 0U);
    EXPECT_EQ(storage.blobs->get(sha256(as_bytes("blob")), true).has_value(), at >= 3);
    EXPECT_EQ(storage.snapshots->list(1).size(), at >= 5 ? 1U : 0U);
    storage = {};
  }
  open();
}

TEST_F(MemoryDiskTest, SaysWhatTheStepIs) {
  std::vector<std::string> seen;
  disk.set_hook([&seen](const DiskStep& step, DiskMoment moment) {
    seen.push_back(std::string(word(step.operation)) + " " + std::to_string(step.shard) + " " +
                   std::to_string(step.sequence) + " " + std::to_string(step.bytes) +
                   (moment == DiskMoment::kBefore ? "" : " done"));
  });
  storage.journal->append(1, 1, as_bytes("one"));
  storage.journal->append(1, 2, as_bytes("two"));
  storage.journal->drop(1, 2);
  (void)storage.blobs->put(as_bytes("blob"));
  snapshot(2, "state");
  EXPECT_EQ(seen, (std::vector<std::string>{"append a block 1 1 3", "append a block 1 1 3 done",
                                            "append a block 1 2 3", "append a block 1 2 3 done",
                                            "drop blocks 1 2 0", "drop blocks 1 2 0 done",
                                            "finish a blob 0 0 4", "finish a blob 0 0 4 done",
                                            "put a snapshot 1 2 5", "put a snapshot 1 2 5 done"}));
}

}  // namespace PH_FILE
}  // namespace ph
