// Runs at a node: what waits for what, what is refused, and that a death at any block changes
// nothing (docs/decisions/0023-programme-format.md, section 4.1).
#include "platform/crypto/sha256.h"
#include "tests/unit/node/run_node.h"

namespace ph {
namespace PH_FILE {

using test::member_text;

constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);
const Month kDecember = BusinessDate::of(2025, 12, 1).month();
constexpr std::int64_t kFen = 120'000;

std::string programme_text(int version = 1, const std::string& effective = "2025-01-01") {
  return run_node::programme_text(
      "[tenure_award]\nmode = \"LUMP_31DEC\"\n[[tenure_band]]\nfrom = 0\nrate = \"1/10\"\n"
      "[expiry]\nnotice_months = 0\n[level_award]\nmode = \"NONE\"\n"
      "[effective]\norder = []\n",
      version, effective);
}

std::string first_day_text() {
  const std::string member = member_text(1, 1);
  const std::string other = member_text(1, 2);
  return test::file_text(
      "POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1",
      {"ACCOUNT,1,A-1," + member + ",2020-01,MOBILE_4G,0,1,1",
       "ACCOUNT,2,A-2," + other + ",2021-01,MOBILE_4G,0,1,1",
       "SPENT,3,A-1," + member + ",2025-11,100000,1", "SPENT,4,A-1," + member + ",2025-12,20000,1",
       "SPENT,5,A-2," + other + ",2025-12,120000,1"},
      0, kFen * 2);
}

class NodeRuns : public run_node::RunNodeTest {
 protected:
  RunReply begin(BusinessDate date = kFirst.plus_days(1), bool anyway = false) {
    return node_->begin_run(RunKind::kAward, "", kDecember, anyway, morning(date));
  }
  RunReply publish(BusinessDate date = kFirst.plus_days(1)) {
    return node_->publish_run(1, node_->province().run_digest(1), "G-7", morning(date));
  }
  [[nodiscard]] RunState run_state() const { return node_->run_status().at(0).state; }
  [[nodiscard]] std::int64_t points(int serial) const {
    const auto member = Member::parse(member_text(1, static_cast<std::uint64_t>(serial)));
    return node_->province().poster()->home().balance(*member, kFirst)->points;
  }
  [[nodiscard]] std::vector<std::byte> state() const {
    std::vector<std::byte> out;
    node_->province().save([&out](Bytes part) { out.insert(out.end(), part.begin(), part.end()); });
    return out;
  }
};

class NodeRunTest : public NodeRuns {
 protected:
  NodeRunTest() { begin_with(test::opening_text(1), programme_text(), kFirst, first_day_text()); }
};

TEST_F(NodeRunTest, IsRefusedWhileAFileIsPosted) {
  const BusinessDate day = kFirst.plus_days(1);
  ASSERT_EQ(bring(test::day_text(1, day, 2, 5'000), day), IntakeVerdict::kAccepted);
  const RunReply refused = begin();
  EXPECT_FALSE(refused.good);
  EXPECT_NE(refused.text.find("is being posted"), std::string::npos);
  work(day);
  EXPECT_TRUE(begin().good);
}

TEST_F(NodeRunTest, RowsWaitWhileItCounts) {
  const BusinessDate day = kFirst.plus_days(1);
  ASSERT_TRUE(begin().good);
  EXPECT_FALSE(node_->snapshot_due());
  ASSERT_EQ(bring(test::day_text(1, day, 2, 500'000), day), IntakeVerdict::kAccepted);
  EXPECT_EQ(bring(programme_text(2, "2026-05-01"), day, "next.toml"), IntakeVerdict::kWaiting);
  EXPECT_TRUE(node_->post_slice(morning(day)));
  EXPECT_EQ(run_state(), RunState::kCounting);
  EXPECT_EQ(points(1), 1'000);
  work(day);
  EXPECT_EQ(run_state(), RunState::kCounted);
  EXPECT_EQ(points(1), 6'000);
  // What came behind its beginning isn't in it: 1/10 of the average of 1,200 yuan.
  EXPECT_NE(node_->province().run_file(1).find("TENURE,0,,1/10,2,240000,120000,120,120\n"),
            std::string::npos);
}

TEST_F(NodeRunTest, PostsBeforeRowsAndTheDayIsSealedBehindIt) {
  const BusinessDate day = kFirst.plus_days(1);
  ASSERT_TRUE(begin().good);
  work(day);
  ASSERT_TRUE(publish().good);
  EXPECT_FALSE(node_->post_slice(morning(day)));  // No day is open.
  EXPECT_EQ(run_state(), RunState::kPosting);
  ASSERT_EQ(bring(test::day_text(1, day, 2, 500'000), day), IntakeVerdict::kAccepted);
  while (points(2) == 1'000) {
    ASSERT_TRUE(node_->post_slice(morning(day)));
    EXPECT_FALSE(seal(day));
  }
  EXPECT_EQ(points(1), 1'120);  // The bill isn't posted yet.
  work(day);
  EXPECT_EQ(run_state(), RunState::kDone);
  EXPECT_EQ(points(1), 6'120);
  EXPECT_TRUE(seal(day));
}

TEST_F(NodeRunTest, IsPostedOnADayWhoseFileIsPosted) {
  const BusinessDate day = kFirst.plus_days(1);
  ASSERT_EQ(bring(test::day_text(1, day, 2, 5'000), day), IntakeVerdict::kAccepted);
  work(day);
  ASSERT_TRUE(begin().good);
  EXPECT_FALSE(seal(day));  // It counts.
  work(day);
  ASSERT_TRUE(publish().good);
  EXPECT_FALSE(seal(day));
  work(day);
  EXPECT_EQ(points(2), 1'120);
  EXPECT_TRUE(seal(day));
}

TEST_F(NodeRunTest, PublishesWhatWasLookedAtAlone) {
  ASSERT_TRUE(begin().good);
  EXPECT_FALSE(node_->publish_run(1, Digest{}, "G-7", morning(kFirst)).good);  // It counts.
  work(kFirst);
  EXPECT_FALSE(node_->publish_run(1, Digest{}, "G-7", morning(kFirst)).good);
  EXPECT_FALSE(node_->publish_run(1, node_->province().run_digest(1), "", morning(kFirst)).good);
  EXPECT_FALSE(node_->publish_run(2, node_->province().run_digest(1), "G", morning(kFirst)).good);
  EXPECT_EQ(run_state(), RunState::kCounted);
  EXPECT_TRUE(publish().good);
  EXPECT_FALSE(publish().good);
  EXPECT_FALSE(node_->drop_run(1, "G-7", morning(kFirst)).good);
  EXPECT_FALSE(begin().good);
}

TEST_F(NodeRunTest, DroppedItBeginsAnewToTheSameBytes) {
  ASSERT_TRUE(begin().good);
  work(kFirst);
  const std::string file = node_->province().run_file(1);
  EXPECT_EQ(file.substr(0, 44), "POINTHOUSE,AWARD,1,P01,2025-12-31,1\nTENURE,0");
  EXPECT_EQ(file.substr(file.find("END")), "END,1,120,240000\n");
  ASSERT_TRUE(node_->drop_run(1, "G-7", morning(kFirst)).good);
  EXPECT_FALSE(node_->drop_run(1, "G-7", morning(kFirst)).good);
  ASSERT_TRUE(begin(kFirst.plus_days(9)).good);
  work(kFirst);
  EXPECT_EQ(node_->province().run_file(1), file);
  EXPECT_EQ(node_->province().run_file_name(1), "P01-2025-12-31-AWARD.csv");
}

TEST_F(NodeRunTest, ADeathBehindAnyBlockChangesNothing) {
  const BusinessDate day = kFirst.plus_days(1);
  const auto again = [this] {
    const std::vector<std::byte> before = state();
    restart();
    EXPECT_EQ(state(), before);
  };
  ASSERT_TRUE(begin().good);
  again();
  while (node_->post_slice(morning(day))) {
    again();
  }
  again();
  node_->put_snapshot_into(*storage_->snapshots);
  again();  // of the snapshot
  ASSERT_TRUE(publish().good);
  again();
  node_->put_snapshot_into(*storage_->snapshots);
  again();
  // A day that is open for the run, and has no row yet, isn't a state that is saved: its end is.
  ASSERT_EQ(bring(test::day_text(1, day, 2, 500'000), day), IntakeVerdict::kAccepted);
  while (node_->post_slice(morning(day))) {
    restart();
  }
  restart();
  EXPECT_EQ(points(1), 6'120);
  EXPECT_EQ(points(2), 1'120);
  EXPECT_TRUE(seal(day));
  again();
  EXPECT_EQ(run_state(), RunState::kDone);
}

TEST_F(NodeRunTest, IsToldFirstWhatLacks) {
  const BusinessDate day = kFirst.plus_days(1);
  const std::string lacking =
      test::file_text("POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-02,2",
                      {"SPENT,1,A-3," + member_text(1, 1) + ",2025-11,100,1"}, 0, 100);
  ASSERT_EQ(bring(lacking, day), IntakeVerdict::kAccepted);
  work(day);
  const RunReply told = begin();
  EXPECT_FALSE(told.good);
  EXPECT_EQ(told.text.substr(0, 11), "1 accounts ");
  EXPECT_TRUE(node_->run_status().empty());
  EXPECT_TRUE(begin(day, true).good);
}

// Stars by the month, of February's bills: 200 and 20 yuan of one member.
class NodeStarRunTest : public NodeRuns {
 protected:
  NodeStarRunTest() {
    const std::string member = member_text(1, 1);
    std::vector<std::string> rows;
    for (const auto& [account, fen] : {std::pair("A-1", "20000"), std::pair("A-2", "2000")}) {
      rows.push_back("ACCOUNT," + std::to_string(rows.size() + 1) + "," + account + "," + member +
                     ",2026-01,MOBILE_4G,0,1,1");
      for (const char* month : {"2026-01", "2026-02"}) {
        rows.push_back("SPENT," + std::to_string(rows.size() + 1) + "," + account + "," + member +
                       "," + month + "," + fen + ",1");
      }
    }
    begin_with(test::opening_text(1),
               run_node::programme_text(
                   "[expiry]\nnotice_months = 0\n[tenure_award]\nmode = \"NONE\"\n"
                   "[level_award]\nmode = \"NONE\"\n[[grading]]\nname = \"star\"\n"
                   "title = \"Star\"\nlevels = [\"none\", \"one\", \"two\"]\n"
                   "basis = \"PRODUCT\"\nunit = \"ACCOUNT\"\nrun = \"MONTHLY\"\n"
                   "effective = \"NEXT_MONTH\"\nvalid_months = 12\nstandards = \"FIXED\"\n"
                   "run_day = 2\n"
                   "[[score]]\ngrading = \"star\"\nmonths = 3\nmonths_min = 0\n"
                   "[[factor]]\ngrading = \"star\"\nyears_from = 0\nfactor = \"1/1\"\n"
                   "[[threshold]]\ngrading = \"star\"\nlevel = \"two\"\nmin = 100\n"
                   "from = \"2025-01-01\"\n[effective]\norder = [\"two\", \"one\", \"none\"]\n"),
               kFirst,
               test::file_text("POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1", rows, 0, 44'000));
  }
};

TEST_F(NodeStarRunTest, IsReplayedAsItKeepsItsAccounts) {
  const BusinessDate day = kFirst.plus_days(1);
  const std::string row = "OWNER,1,A-1," + member_text(1, 1);
  ASSERT_EQ(bring(test::file_text("POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-02,2", {row}, 0, 0), day),
            IntakeVerdict::kAccepted);
  work(day);
  const MemberBook* book = node_->province().book();
  ASSERT_EQ(book->runs().runs().size(), 1U);
  EXPECT_TRUE(book->runs().at(1)->keeps_accounts());
  EXPECT_EQ(run_state(), RunState::kCounted);
  ASSERT_TRUE(publish(day).good);
  work(day);
  EXPECT_EQ(run_state(), RunState::kDone);
  ASSERT_TRUE(seal(day));
  const auto before = state();
  restart();
  EXPECT_EQ(state(), before);
  book = node_->province().book();
  EXPECT_EQ(book->level_on(0, 0, day), 1);  // 20 yuan
}

TEST(RunCommand, SaysInItsVersionWhetherAccountsAreKept) {
  const RunBegun stars{
      .key = {.kind = RunKind::kGrade, .reference = kDecember}, .number = 3, .by_account = true};
  JournalCommand command = encode(stars, BusinessTime::of(kFirst, 0));
  EXPECT_EQ(command.version, 2);
  EXPECT_TRUE(decode<RunBegun>(command)->by_account);
  command.version = 1;
  EXPECT_FALSE(decode<RunBegun>(command)->by_account);
  EXPECT_EQ(encode(*decode<RunBegun>(command), command.at).payload, command.payload);
  EXPECT_EQ(encode(*decode<RunBegun>(command), command.at).version, 1);
  command.version = 3;
  EXPECT_FALSE(decode<RunBegun>(command));
}

}  // namespace PH_FILE
}  // namespace ph
