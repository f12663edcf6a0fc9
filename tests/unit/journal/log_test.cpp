// The chain of commands over the store in memory: what is replayed, and which damage is found.
#include "platform/journal/log.h"

#include <gtest/gtest.h>

#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"

namespace ph {
namespace PH_FILE {

constexpr std::uint16_t kLogShard = 4;

JournalCommand command(std::uint16_t kind, std::string_view payload = "") {
  return {.kind = kind,
          .at = BusinessTime(1'000 + kind),
          .payload = {as_bytes(payload).begin(), as_bytes(payload).end()}};
}

class CommandLogTest : public testing::Test {
 protected:
  void append(std::vector<JournalCommand> commands) { log.append(commands); }
  // Block:kind of each command replayed by a log of its own.
  std::string replayed(std::uint64_t after = 0, const Digest& chain = {}) {
    CommandLog fresh(*storage.journal, kLogShard, &sha256);
    std::string seen;
    fresh.replay(after, chain, [&seen](const JournalCommand& seen_command, std::uint64_t sequence) {
      seen += std::to_string(sequence) + ":" + std::to_string(seen_command.kind) + " ";
    });
    return seen;
  }
  std::string damage(std::uint64_t after = 0, const Digest& chain = {}) {
    try {
      (void)replayed(after, chain);
    } catch (const Damaged& damaged) {
      return damaged.what();
    }
    return "nothing is damaged";
  }
  void start() {
    log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
  }
  // Puts a block under a number as if it had been appended there.
  void append_raw(std::uint64_t sequence, const JournalBlock& block) {
    storage.journal->append(kLogShard, sequence, encode_block(block, &sha256));
  }

  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  CommandLog log{*storage.journal, kLogShard, &sha256};
};

TEST_F(CommandLogTest, ReplaysWhatWasAppendedInItsOrder) {
  start();
  EXPECT_EQ(log.last(), 0U);
  append({command(1), command(2)});
  append({command(3, "some bytes")});
  EXPECT_EQ(log.last(), 2U);
  EXPECT_EQ(replayed(), "1:1 1:2 2:3 ");
}

TEST_F(CommandLogTest, GoesOnWhereItStands) {
  start();
  append({command(1)});
  const Digest first = log.chain();
  append({command(2)});
  append({command(3)});
  EXPECT_EQ(replayed(1, first), "2:2 3:3 ");
  EXPECT_EQ(replayed(3, log.chain()), "");
  CommandLog again(*storage.journal, kLogShard, &sha256);
  again.replay(1, first, [](const JournalCommand&, std::uint64_t) {});
  EXPECT_EQ(again.last(), 3U);
  EXPECT_EQ(again.chain(), log.chain());
  again.append(std::vector{command(4)});
  EXPECT_EQ(replayed(), "1:1 2:2 3:3 4:4 ");
}

TEST_F(CommandLogTest, AReaderFollowsAWriterAndThenTakesOver) {
  start();
  const Storage other = open_memory_storage(disk);
  CommandLog standby(*other.journal, kLogShard, &sha256);
  std::string seen;
  const auto see = [&seen](const JournalCommand& c, std::uint64_t) {
    seen += std::to_string(c.kind);
  };
  standby.replay(0, {}, see);
  append({command(1)});
  standby.replay(standby.last(), standby.chain(), see);
  append({command(2)});
  append({command(3)});
  standby.replay(standby.last(), standby.chain(), see);
  EXPECT_EQ(seen, "123");
  standby.append(std::vector{command(4)});
  EXPECT_THROW(append({command(5)}), Fenced);
  EXPECT_EQ(log.last(), 3U);  // It knows of nothing that it didn't write.
}

TEST_F(CommandLogTest, AChangedByteIsDamageInItsBlock) {
  start();
  append({command(1)});
  append({command(2, "payload")});
  append({command(3)});
  disk.rot_block(kLogShard, 2, 80);
  EXPECT_EQ(damage(),
            "the journal's block 2 of shard 4 does not have the digest it ends with: bytes were "
            "changed or lost. Keep what is there, and bring the journal back from a copy that "
            "`pointhouse journal verify` finds whole");
}

TEST_F(CommandLogTest, ABlockThatDoesNotFollowIsDamage) {
  append_raw(1, {.shard = kLogShard, .sequence = 1, .commands = {command(1)}});
  append_raw(2, {.shard = kLogShard, .sequence = 2, .commands = {command(2)}});  // cites zeros
  EXPECT_NE(damage().find("block 2 of shard 4 does not follow the block before it"),
            std::string::npos);
}

TEST_F(CommandLogTest, ABlockOfAnotherPlaceIsDamage) {
  append_raw(1, {.shard = kLogShard + 1, .sequence = 1, .commands = {command(1)}});
  EXPECT_NE(damage().find("is block 1 of shard 5 by its own account"), std::string::npos);
}

TEST_F(CommandLogTest, ABlockOfAnotherNumberIsDamage) {
  append_raw(1, {.shard = kLogShard, .sequence = 2, .commands = {command(1)}});
  EXPECT_NE(damage().find("is block 2 of shard 4 by its own account"), std::string::npos);
}

TEST_F(CommandLogTest, ASnapshotOfAnotherJournalIsFound) {
  start();
  append({command(1)});
  append({command(2)});
  const Digest other = sha256(as_bytes("another journal"));
  EXPECT_NE(damage(1, other).find("block 1 of shard 4 is not the one"), std::string::npos);
  EXPECT_NE(damage(2, other).find("block 2 of shard 4 is not the one"), std::string::npos);
}

TEST_F(CommandLogTest, ASnapshotBeyondTheJournalIsFound) {
  start();
  append({command(1)});
  EXPECT_NE(damage(3, log.chain()).find("block 3 of shard 4 is missing"), std::string::npos);
  EXPECT_NE(damage(2, log.chain()).find("block 2 of shard 4 is missing"), std::string::npos);
}

TEST_F(CommandLogTest, DroppedBlocksNeedASnapshot) {
  start();
  append({command(1)});
  append({command(2)});
  const Digest second = log.chain();
  append({command(3)});
  storage.journal->drop(kLogShard, 3);
  EXPECT_NE(damage().find("block 1 of shard 4 is not here, the first is 3"), std::string::npos);
  EXPECT_EQ(replayed(2, second), "3:3 ");
}

// A store that has lost a block in the middle.
class Holed final : public Journal {
 public:
  explicit Holed(Journal& journal) : journal_(journal) {}
  void append(std::uint16_t, std::uint64_t, Bytes) override {}
  void read(std::uint16_t shard, std::uint64_t from,
            const std::function<bool(std::uint64_t, Bytes)>& visit) override {
    journal_.read(shard, from, [&visit](std::uint64_t sequence, Bytes block) {
      return sequence != 2 && visit(sequence, block);
    });
  }
  std::uint64_t last(std::uint16_t shard) override { return journal_.last(shard); }
  std::uint64_t first(std::uint16_t shard) override { return journal_.first(shard); }
  void drop(std::uint16_t, std::uint64_t) override {}

 private:
  Journal& journal_;
};

TEST_F(CommandLogTest, AMissingBlockIsDamage) {
  start();
  append({command(1)});
  append({command(2)});
  append({command(3)});
  Holed holed(*storage.journal);
  CommandLog fresh(holed, kLogShard, &sha256);
  try {
    fresh.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
    FAIL() << "the hole was not seen";
  } catch (const Damaged& damaged) {
    EXPECT_NE(std::string(damaged.what()).find("block 2 of shard 4 is missing, the last is 3"),
              std::string::npos);
  }
}

using CommandLogDeathTest = CommandLogTest;

TEST_F(CommandLogDeathTest, IsReplayedFirstAndLeftAloneAfterAFailure) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(append({command(1)}), "replayed before it is appended to");
  start();
  EXPECT_DEATH(append({}), "holds a command");
  disk.set_faults([](const DiskStep&) { return DiskFault::kFails; });
  EXPECT_THROW(append({command(1)}), std::system_error);
  EXPECT_DEATH(append({command(1)}), "left alone after a failure");
}

}  // namespace PH_FILE
}  // namespace ph
