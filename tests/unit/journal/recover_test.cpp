// A start from snapshots of which some are damaged.
#include "platform/journal/recover.h"

#include <gtest/gtest.h>

#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "tests/support/rotten_snapshots.h"

namespace ph {
namespace PH_FILE {

constexpr std::uint16_t kRecoveredShard = 1;

class RecoverTest : public testing::Test {
 protected:
  RecoverTest() {
    auto rotten = std::make_unique<test::RottenSnapshots>(std::move(storage.snapshots));
    snapshots = rotten.get();
    storage.snapshots = std::move(rotten);
  }

  // Journals letters, each as a block; the state is the word that they make.
  void write(std::string_view letters) {
    CommandLog log(*storage.journal, kRecoveredShard, &sha256);
    log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
    for (const char letter : letters) {
      state += letter;
      const JournalCommand command{.kind = static_cast<std::uint16_t>(letter)};
      log.append(std::span(&command, 1));
    }
    put_snapshot(*storage.snapshots, kRecoveredShard, log,
                 [this](const SnapshotStore::Sink& sink) { sink(as_bytes(state)); });
  }
  std::uint64_t recover() {
    class Loader final : public StateLoader {
     public:
      Loader(std::string& to, const std::string& unknown) : to_(to), unknown_(unknown) {}
      void take(Bytes part) override {
        for (const std::byte letter : part) {
          to_ += static_cast<char>(letter);
        }
      }
      [[nodiscard]] bool finish() override { return to_ != unknown_; }

     private:
      std::string& to_;
      const std::string& unknown_;
    };
    CommandLog log(*storage.journal, kRecoveredShard, &sha256);
    return recover_from(
        storage, kRecoveredShard, log,
        [this] {
          state.clear();
          return std::make_unique<Loader>(state, unknown);
        },
        [this](const JournalCommand& command) { state += static_cast<char>(command.kind); });
  }

  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  test::RottenSnapshots* snapshots{};
  std::string state;
  std::string unknown{"never"};  // A state that isn't one.
};

TEST_F(RecoverTest, TakesTheNewestSnapshotAndTheBlocksAfterIt) {
  write("ab");
  write("cd");
  EXPECT_EQ(recover(), 4U);
  EXPECT_EQ(state, "abcd");
}

TEST_F(RecoverTest, PassesADamagedSnapshotOverForTheOneBefore) {
  write("ab");
  write("cd");
  snapshots->is_rotten = [](std::uint64_t sequence) { return sequence == 4; };
  EXPECT_EQ(recover(), 2U);
  EXPECT_EQ(state, "abcd");
}

TEST_F(RecoverTest, PassesASnapshotOverThatIsNoStateOfThisRelease) {
  write("ab");
  write("cd");
  unknown = "abcd";
  EXPECT_EQ(recover(), 2U);
  EXPECT_EQ(state, "abcd");
  storage.journal->drop(kRecoveredShard, 2);
  snapshots->is_rotten = [](std::uint64_t sequence) { return sequence == 2; };
  EXPECT_THROW(recover(), Damaged);
}

TEST_F(RecoverTest, ReplaysTheWholeJournalWhenTheSnapshotsCanNotBeListed) {
  write("ab");
  write("cd");
  snapshots->no_list = true;
  state.clear();
  EXPECT_EQ(recover(), 0U);
  EXPECT_EQ(state, "abcd");
  storage.journal->drop(kRecoveredShard, 2);
  EXPECT_THROW(recover(), Damaged);
}

TEST_F(RecoverTest, NothingOfADamagedSnapshotStaysBehindWhenThereIsNoOther) {
  write("abcd");
  snapshots->is_rotten = [](std::uint64_t sequence) { return sequence == 4; };
  EXPECT_EQ(recover(), 0U);
  EXPECT_EQ(state, "abcd");
}

}  // namespace PH_FILE
}  // namespace ph
