// Journals that earlier builds wrote (tests/golden): each opens, is the same to the byte when it is
// written again, and replays to the state that it was written from. PH_GOLDEN_WRITE=1 writes what
// is expected of a directory that has no such file yet.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "clearing/house.h"
#include "core/types/bytes.h"
#include "node/province.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/log.h"
#include "platform/journal/recover.h"
#include "tests/support/checkout.h"
#include "tests/support/scratch.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;

constexpr std::uint16_t kShard = 1;

std::vector<std::string> versions() {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(test::in_checkout("tests/golden"))) {
    if (entry.is_directory() && fs::exists(entry.path() / "node")) {
      found.push_back(entry.path().filename());
    }
  }
  std::ranges::sort(found);
  return found;
}

std::string line_of(const fs::path& path) {
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  return line;
}

class GoldenJournal : public testing::TestWithParam<std::string> {
 protected:
  // A copy: what is checked in is never opened itself.
  Storage open(const std::string& kind) {
    const fs::path copy = scratch / kind;
    fs::copy(folder() / kind, copy, fs::copy_options::recursive);
    return open_storage("lmdb:" + copy.string(), "");
  }
  [[nodiscard]] fs::path folder() const { return test::in_checkout("tests/golden") / GetParam(); }
  // Replays; a line of `expected`.
  template <class State>
  static std::string replayed(Storage& storage, const std::string& kind, State& state,
                              const std::function<Digest()>& digest) {
    CommandLog log(*storage.journal, kShard, &sha256);
    log.replay(0, Digest{},
               [&state](const JournalCommand& command, std::uint64_t) { state.apply(command); });
    return kind + " " + std::to_string(log.last()) + " " + hex(log.chain()) + " " + hex(digest());
  }

  test::Scratch scratch;
};

Digest digest_of(const Province& province) {
  Sha256Stream stream;
  province.save([&stream](Bytes part) { stream.update(part); });
  return stream.finish();
}

// All that the clearing keeps: its books, what it told whom, which periods are closed.
Digest digest_of(const ClearingHouse& house) {
  ByteWriter out;
  for (const auto& [sender, state] : house.senders()) {
    for (const TakenBatch& batch : state.batches) {
      out.put(sender.number());
      out.put(batch.taken.batch);
      out.put_text(batch.taken.receipt);
      out.put_text(batch.taken.receipt_signature);
      out.put(static_cast<std::uint64_t>(batch.returned.size()));
    }
    for (const wire::Advice& advice : house.advices(sender)) {
      out.put(advice.number);
      out.put(advice.issued);
      out.put(advice.redeemed);
    }
  }
  for (const auto& [period, record] : house.closed()) {
    out.put_text(period.text());
    out.put(record);
  }
  out.put_text(house.open_period()->text());
  if (house.switch_book().size() > 0) {
    house.switch_book().save(out);
    house.directory().save(out);
  }
  house.settlement().save([&out](Bytes part) { out.put_raw(part); });
  return sha256(out.bytes());
}

TEST_P(GoldenJournal, ReplaysToTheStateItWasWrittenFrom) {
  Storage of_node = open("node");
  Province province(line_of(folder() / "node" / "code"), *of_node.blobs);
  std::string lines = replayed(of_node, "node", province, [&] { return digest_of(province); });
  Storage of_clearing = open("clearing");
  ClearingHouse house(*of_clearing.blobs, {});
  lines += "\n" + replayed(of_clearing, "clearing", house, [&] { return digest_of(house); }) + "\n";
  EXPECT_FALSE(house.closed().empty());
  EXPECT_FALSE(province.advices().empty());
  const fs::path expected = folder() / "expected";
  if (!fs::exists(expected) && std::getenv("PH_GOLDEN_WRITE") != nullptr) {
    std::ofstream(expected) << lines;
  }
  std::ifstream file(expected);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), lines);
}

template <class State>
std::vector<std::byte> saved(const State& state) {
  std::vector<std::byte> out;
  state.save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
  return out;
}

// The snapshot of an earlier release, and the blocks behind it. `empty` empties the state.
template <class State>
void expect_same_from_snapshot(Storage& storage, State& whole, State& started,
                               const std::function<void()>& empty) {
  const auto apply_to = [](State& state) {
    return [&state](const JournalCommand& command) { state.apply(command); };
  };
  CommandLog replayed(*storage.journal, kShard, &sha256);
  replayed.replay(0, Digest{},
                  [&](const JournalCommand& command, std::uint64_t) { apply_to(whole)(command); });
  CommandLog log(*storage.journal, kShard, &sha256);
  const std::uint64_t block = recover_from(
      storage, kShard, log,
      [&] {
        empty();
        return started.loader();
      },
      apply_to(started));
  EXPECT_GT(block, 0U);
  EXPECT_LT(block, log.last());
  EXPECT_EQ(saved(started), saved(whole));
}

TEST_P(GoldenJournal, AStartFromItsSnapshotGivesTheStateOfTheWholeJournal) {
  if (!fs::exists(folder() / "clearing" / "snapshots")) {
    return;
  }
  Storage of_node = open("node");
  const auto province = [&] {
    return Province(line_of(folder() / "node" / "code"), *of_node.blobs);
  };
  Province whole_node = province();
  Province started_node = province();
  expect_same_from_snapshot(of_node, whole_node, started_node, [&] { started_node = province(); });
  Storage of_clearing = open("clearing");
  ClearingHouse whole(*of_clearing.blobs, {});
  ClearingHouse started(*of_clearing.blobs, {});
  expect_same_from_snapshot(of_clearing, whole, started, [] {});
  EXPECT_GT(started.switch_book().size(), 0U);
  EXPECT_GT(started.directory().size(), 0U);
}

// The newest layout alone is written; older ones are read.
TEST_P(GoldenJournal, BlocksAndCommandsAreWrittenAgainToTheByte) {
  if (GetParam() != versions().back()) {
    return;
  }
  const auto again = [](const JournalCommand& command, bool node) -> std::optional<JournalCommand> {
    std::optional<JournalCommand> out;
    const auto of_node = [&]<class Command>(Command*) {
      if (const auto decoded = node ? decode<Command>(command) : std::nullopt) {
        out = encode(*decoded, command.at);
      }
    };
    const auto of_clearing = [&]<class Command>(Command decoded) {
      if (!node && decode(command, decoded)) {
        out = encode(decoded, command.at);
      }
    };
    of_node(static_cast<RulesTaken*>(nullptr));
    of_node(static_cast<OpeningTaken*>(nullptr));
    of_node(static_cast<ProgrammeTaken*>(nullptr));
    of_node(static_cast<MemberTaken*>(nullptr));
    of_node(static_cast<RunBegun*>(nullptr));
    of_node(static_cast<RunStepped*>(nullptr));
    of_node(static_cast<RunPublished*>(nullptr));
    of_node(static_cast<RunDropped*>(nullptr));
    of_node(static_cast<ThresholdsTaken*>(nullptr));
    of_node(static_cast<DayTaken*>(nullptr));
    of_node(static_cast<SlicePosted*>(nullptr));
    of_node(static_cast<DaySealed*>(nullptr));
    of_node(static_cast<ReceiptTaken*>(nullptr));
    of_node(static_cast<AdvicesTaken*>(nullptr));
    of_node(static_cast<DayOpened*>(nullptr));
    of_node(static_cast<LiveTaken*>(nullptr));
    of_node(static_cast<IntentTaken*>(nullptr));
    of_node(static_cast<IntentAnswered*>(nullptr));
    of_node(static_cast<MoveAnswered*>(nullptr));
    of_clearing(BookTaken{});
    of_clearing(CalendarTaken{});
    of_clearing(ProvinceOpened{});
    of_clearing(BatchTaken{});
    of_clearing(PeriodClosed{});
    of_clearing(Asked{});
    of_clearing(Answered{});
    of_clearing(MemberMoved{});
    return out;
  };
  for (const bool node : {true, false}) {
    Storage storage = open(node ? "node" : "clearing");
    std::set<std::uint16_t> kinds;
    storage.journal->read(kShard, 1, [&](std::uint64_t, Bytes bytes) {
      JournalBlock block;
      EXPECT_EQ(decode_block(bytes, &sha256, block), BlockFault::kNone);
      for (JournalCommand& command : block.commands) {
        kinds.insert(command.kind);
        const auto written = again(command, node);
        EXPECT_TRUE(written) << "kind " << command.kind;
        command = written.value_or(JournalCommand{.kind = 999});
      }
      EXPECT_TRUE(std::ranges::equal(encode_block(block, &sha256), bytes));
      return true;
    });
    // One of each kind there was; a node's behind the twelfth are those of a programme.
    const std::size_t of_node = GetParam() == "2" ? 12 : 17;
    EXPECT_EQ(kinds.size(), node ? of_node : 8U);
  }
}

TEST(GoldenJournals, ThereAreSome) {
  EXPECT_FALSE(versions().empty());
}

INSTANTIATE_TEST_SUITE_P(Written, GoldenJournal, testing::ValuesIn(versions()));

}  // namespace PH_FILE
}  // namespace ph
