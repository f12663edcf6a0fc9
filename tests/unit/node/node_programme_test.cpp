// The programme's file at a node: from the inbox into the journal, and out of it again.
#include <gtest/gtest.h>

#include "core/journal/block.h"
#include "node/node.h"
#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "tests/support/small_world.h"

namespace ph {
namespace PH_FILE {

using test::day_text;

constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);

std::string programme_text(int version, const std::string& effective,
                           const std::string& code = "test", int unit_fen = 100) {
  std::string out = "[programme]\nformat = 1\ncode = \"" + code +
                    "\"\ntitle = \"Test\"\nversion = " + std::to_string(version) +
                    "\neffective = \"" + effective +
                    "\"\nmaker = \"G-1\"\nchecker = \"G-2\"\nprofile = \"NOT_REQUIRED\"\n"
                    "[earn]\nunit_fen = " +
                    std::to_string(unit_fen) + "\n";
  for (const char* source :
       {"CONSUMPTION", "TENURE", "LEVEL", "AWARD", "FIXED_LINE", "SP", "PARTNER", "EXCHANGE_IN"}) {
    out += "[[source]]\nsource = \"" + std::string(source) + "\"\nrating = true\n";
  }
  return out +
         "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n[effective]\norder = "
         "[]\n";
}

class NodeProgrammeTest : public ::testing::Test {
 protected:
  NodeProgrammeTest() { restart(); }

  void restart() {
    node_.reset();
    if (storage_) {
      disk_.crash();
    }
    storage_.emplace(open_memory_storage(disk_));
    node_ = std::make_unique<Node>(NodeSettings{.code = "P01"}, *storage_, keys_.of("P01"),
                                   keys_.registry());
    node_->recover();
  }
  IntakeAnswer bring(const std::string& text, BusinessDate date,
                     const std::string& name = "test.toml") {
    PreparedFile file = prepare_file(name, as_bytes(text), node_->rules(), node_->blobs());
    return node_->take_file(file, morning(date));
  }
  static BusinessTime morning(BusinessDate date) { return BusinessTime::of(date, 9 * 3600); }
  void open() {
    ASSERT_EQ(bring(test::rulebook_text(), kFirst, "rules").verdict, IntakeVerdict::kAccepted);
    ASSERT_EQ(bring(test::opening_text(1), kFirst, "opening").verdict, IntakeVerdict::kAccepted);
  }
  void live(BusinessDate date, std::uint32_t sequence) {
    ASSERT_EQ(bring(day_text(1, date, sequence, 5'000), date, "day").verdict,
              IntakeVerdict::kAccepted);
    bool more = true;
    while (more) {
      while (node_->post_slice(end_of(date))) {
      }
      more = node_->seal_due(end_of(date), [] { return true; });
    }
  }
  [[nodiscard]] std::vector<std::byte> state() const {
    std::vector<std::byte> out;
    node_->province().save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
    return out;
  }
  static std::string first_fault(const IntakeAnswer& answer) {
    return answer.faults.empty() ? "none"
                                 : std::to_string(static_cast<int>(answer.faults.front().code));
  }

  test::Keys keys_;
  MemoryDisk disk_;
  std::optional<Storage> storage_;
  std::unique_ptr<Node> node_;
};

TEST_F(NodeProgrammeTest, WaitsForRuleBookAndOpening) {
  const std::string text = programme_text(1, "2020-01-01");
  EXPECT_EQ(bring(text, kFirst).verdict, IntakeVerdict::kWaiting);
  ASSERT_EQ(bring(test::rulebook_text(), kFirst, "rules").verdict, IntakeVerdict::kAccepted);
  EXPECT_EQ(bring(text, kFirst).verdict, IntakeVerdict::kWaiting);
  ASSERT_EQ(bring(test::opening_text(1), kFirst, "opening").verdict, IntakeVerdict::kAccepted);
  const IntakeAnswer answer = bring(text, kFirst);
  EXPECT_EQ(answer.verdict, IntakeVerdict::kAccepted) << first_fault(answer);
  EXPECT_EQ(bring(text, kFirst).verdict, IntakeVerdict::kCopy);
}

TEST_F(NodeProgrammeTest, RefusesWhatDoesNotFollow) {
  open();
  live(kFirst, 1);
  EXPECT_EQ(first_fault(bring(programme_text(1, "2026-03-01"), kFirst)), "1013");
  ASSERT_EQ(bring(programme_text(1, "2026-03-02"), kFirst).verdict, IntakeVerdict::kAccepted);
  EXPECT_EQ(first_fault(bring(programme_text(2, "2026-04-01", "other"), kFirst)), "1012");
  EXPECT_EQ(first_fault(bring(programme_text(3, "2026-04-01"), kFirst)), "1012");
  EXPECT_EQ(first_fault(bring(programme_text(2, "2026-03-02"), kFirst)), "1013");
  EXPECT_EQ(first_fault(bring("[programme]\n", kFirst)).substr(0, 2), "11");
  EXPECT_EQ(node_->status().programme->versions.size(), 1U);
}

TEST_F(NodeProgrammeTest, IsReadFromItsBlobAfterADeath) {
  open();
  EXPECT_FALSE(node_->status().programme.has_value());
  ASSERT_EQ(bring(programme_text(1, "2020-01-01", "test", 50), kFirst).verdict,
            IntakeVerdict::kAccepted);
  live(kFirst, 1);
  ASSERT_EQ(bring(programme_text(2, "2026-05-01"), kFirst).verdict, IntakeVerdict::kAccepted);
  const std::vector<std::byte> before = state();
  const auto member = Member::parse(test::member_text(1, 1));
  const auto points = node_->province().poster()->home().balance(*member, kFirst)->points;
  EXPECT_EQ(points, 1'100);  // 1,000 were there; 50 yuan at two points each
  restart();                 // of the whole journal
  EXPECT_EQ(state(), before);
  node_->put_snapshot_into(*storage_->snapshots);
  restart();  // of the snapshot
  EXPECT_EQ(state(), before);
  const auto status = node_->status().programme;
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, "test");
  ASSERT_EQ(status->versions.size(), 2U);
  EXPECT_EQ(status->versions[1].effective, BusinessDate::of(2026, 5, 1));
  EXPECT_EQ(status->members, node_->province().book()->members());
  EXPECT_EQ(status->accounts, 1U);
}

// From the first programme on; which journals of before have without one.
TEST_F(NodeProgrammeTest, ADaysCommandSaysByWhichRulesItsRowsAreCarriedOut) {
  open();
  live(kFirst, 1);
  ASSERT_EQ(bring(programme_text(1, "2026-03-02"), kFirst).verdict, IntakeVerdict::kAccepted);
  live(kFirst.plus_days(1), 2);
  std::vector<std::uint16_t> versions;
  storage_->journal->read(1, 1, [&](std::uint64_t, Bytes bytes) {
    JournalBlock block;
    EXPECT_EQ(decode_block(bytes, &sha256, block), BlockFault::kNone);
    for (const JournalCommand& command : block.commands) {
      if (const auto day = decode<DayTaken>(command)) {
        EXPECT_EQ(day->rules, command.version);
        EXPECT_EQ(encode(*day, command.at).version, command.version);
        EXPECT_EQ(encode(*day, command.at).payload, command.payload);
        versions.push_back(command.version);
      }
    }
    return true;
  });
  EXPECT_EQ(versions, (std::vector<std::uint16_t>{1, 2}));
  const JournalCommand later{.kind = 3, .version = 3, .payload = std::vector<std::byte>(47)};
  EXPECT_FALSE(decode<DayTaken>(later).has_value());
}

}  // namespace PH_FILE
}  // namespace ph
