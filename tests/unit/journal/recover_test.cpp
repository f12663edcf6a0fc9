// A start from snapshots of which some are damaged.
#include "platform/journal/recover.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"

namespace ph {
namespace {

constexpr std::uint16_t kShard = 1;

// Gives out a part of each snapshot in `rotten` before it finds that the rest is damaged, as a
// store does that checks page by page.
class RottenSnapshots final : public SnapshotStore {
 public:
  explicit RottenSnapshots(std::unique_ptr<SnapshotStore> store) : store_(std::move(store)) {}

  void put_pages(std::uint16_t shard, std::uint64_t sequence,
                 const std::function<void(const Sink&)>& fill) override {
    store_->put_pages(shard, sequence, fill);
  }
  std::vector<std::uint64_t> list(std::uint16_t shard) override { return store_->list(shard); }
  void load_pages(std::uint16_t shard, std::uint64_t sequence, const Sink& sink) override {
    const bool bad = std::ranges::find(rotten, sequence) != rotten.end();
    store_->load_pages(shard, sequence,
                       [&](Bytes part) { sink(bad ? part.first(part.size() - 1) : part); });
    if (bad) {
      throw Damaged("a page has other bytes");
    }
  }

  std::vector<std::uint64_t> rotten{};

 private:
  std::unique_ptr<SnapshotStore> store_;
};

class RecoverTest : public testing::Test {
 protected:
  RecoverTest() {
    auto rotten = std::make_unique<RottenSnapshots>(std::move(storage.snapshots));
    snapshots = rotten.get();
    storage.snapshots = std::move(rotten);
  }

  // Journals letters, each as a block; the state is the word that they make.
  void write(std::string_view letters) {
    CommandLog log(*storage.journal, kShard, &sha256);
    log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
    for (const char letter : letters) {
      state += letter;
      const JournalCommand command{.kind = static_cast<std::uint16_t>(letter)};
      log.append(std::span(&command, 1));
    }
    put_snapshot(*storage.snapshots, kShard, log,
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
    CommandLog log(*storage.journal, kShard, &sha256);
    return recover_from(
        storage, kShard, log,
        [this] {
          state.clear();
          return std::make_unique<Loader>(state, unknown);
        },
        [this](const JournalCommand& command) { state += static_cast<char>(command.kind); });
  }

  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  RottenSnapshots* snapshots{};
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
  snapshots->rotten = {4};
  EXPECT_EQ(recover(), 2U);
  EXPECT_EQ(state, "abcd");
}

TEST_F(RecoverTest, PassesASnapshotOverThatIsNoStateOfThisRelease) {
  write("ab");
  write("cd");
  unknown = "abcd";
  EXPECT_EQ(recover(), 2U);
  EXPECT_EQ(state, "abcd");
  storage.journal->drop(kShard, 2);
  snapshots->rotten = {2};
  EXPECT_THROW(recover(), Damaged);
}

TEST_F(RecoverTest, NothingOfADamagedSnapshotStaysBehindWhenThereIsNoOther) {
  write("abcd");
  snapshots->rotten = {4};
  EXPECT_EQ(recover(), 0U);
  EXPECT_EQ(state, "abcd");
}

}  // namespace
}  // namespace ph
