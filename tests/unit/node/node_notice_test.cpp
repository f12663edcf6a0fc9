// A notice at a node: it begins by itself behind a day's opening and before its rows, and a death
// at any block changes nothing (docs/decisions/0023-programme-format.md, section 4.1).
#include "tests/unit/node/run_node.h"

namespace ph {
namespace PH_FILE {

using test::member_text;

constexpr BusinessDate kFirst = BusinessDate::of(2026, 2, 28);
constexpr BusinessDate kNotice = BusinessDate::of(2026, 3, 1);
constexpr BusinessDate kExpiry = BusinessDate::of(2026, 4, 1);

std::string programme_text() {
  return run_node::programme_text(
      "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n"
      "[effective]\norder = []\n");
}

// Two members with 1,000 points each, which expire on 2026-04-01 and three months later.
std::string opening_text() {
  return test::file_text(
      "POINTHOUSE,OPENING_LOTS,1,P01,2026-02-01,0",
      {"LOT,P01/20260110/1," + member_text(1, 1) + ",2023-01,CONSUMPTION,1,2026-04-01,1000,1000",
       "LOT,P01/20260110/2," + member_text(1, 2) + ",2023-04,CONSUMPTION,1,2026-07-01,1000,1000"},
      4000, 0);
}

class NodeNoticeTest : public run_node::RunNodeTest {
 protected:
  NodeNoticeTest() {
    begin_with(opening_text(), programme_text(), kFirst, day(kFirst, 1));
    EXPECT_TRUE(node_->run_status().empty());
  }

  static BusinessTime cut_off(BusinessDate date) {
    return BusinessTime::of(date.plus_days(1), 5 * 3600);
  }
  // The first member takes 40 points, then 100.
  static std::string day(BusinessDate date, int sequence) {
    const std::string row = ",," + member_text(1, 1) + ",";
    const std::string rest = ",PHONE_CREDIT,P01,,,,";
    return test::file_text(
        "POINTHOUSE,PROVINCE_DAY,1,P01," + date.text() + "," + std::to_string(sequence),
        {"REDEEM,1" + row + "40" + rest, "REDEEM,2" + row + "100" + rest}, 140, 0);
  }
  [[nodiscard]] std::string file() const { return node_->province().run_file(1); }
  [[nodiscard]] int notices() const {
    int out = 0;
    for (const RunStatus& run : node_->run_status()) {
      out += run.kind == RunKind::kNotice ? 1 : 0;
    }
    return out;
  }
  [[nodiscard]] std::string figures() const { return node_->province().run_file(2); }
  // The first member took 140 of 2,000 points; at 3/5 fen a point.
  static std::string of_february() {
    std::string out = "POINTHOUSE,KPI,1,P01,2026-02-28,2\n";
    for (const char* count : {"members,2", "active,1", "opening,2000", "issued,0", "redeemed,-140",
                              "expired,0", "forfeited,0", "moved,0", "closing,1860", "spend_fen,0",
                              "redeemed_points,140", "redeemed_fen,84"}) {
      out += "COUNT," + std::string(count) + "\n";
    }
    return out + "LIABILITY,P01,2023Q1,860\nLIABILITY,P01,2023Q2,1000\nEND,14,1860,0\n";
  }
  [[nodiscard]] std::int64_t points() const {
    const auto member = Member::parse(member_text(1, 1));
    return node_->province().poster()->home().balance(*member, kFirst)->points;
  }
  static std::string told(std::int64_t points) {
    const std::string text = std::to_string(points);
    return "POINTHOUSE,NOTICE,1,P01,2026-04-30,1\nEXPIRES," + member_text(1, 1) + "," + text +
           ",2026-04-01\nEND,1," + text + ",0\n";
  }
};

TEST_F(NodeNoticeTest, BeginsByItselfBeforeTheRowsOfItsDay) {
  ASSERT_EQ(bring(day(kNotice, 2), kNotice), IntakeVerdict::kAccepted);
  EXPECT_TRUE(node_->run_status().empty());
  while (node_->run_status().empty()) {
    ASSERT_TRUE(node_->post_slice(morning(kNotice)));
    EXPECT_EQ(points(), 860);
    EXPECT_FALSE(seal(kNotice));
  }
  while (node_->run_status().at(0).state == RunState::kCounting) {
    EXPECT_EQ(points(), 860);
    EXPECT_FALSE(seal(kNotice));
    ASSERT_TRUE(node_->post_slice(morning(kNotice)));
  }
  EXPECT_EQ(node_->run_status().at(0).state, RunState::kDone);
  EXPECT_EQ(file(), told(860));
  EXPECT_EQ(node_->province().run_file_name(1), "P01-2026-04-30-NOTICE.csv");
  work(kNotice);
  EXPECT_EQ(points(), 720);
  EXPECT_TRUE(seal(kNotice));
  EXPECT_EQ(file(), told(860));
  EXPECT_EQ(notices(), 1);
}

TEST_F(NodeNoticeTest, BeginsBehindAnOpeningWithoutAFile) {
  LiveCommand command;
  command.row.kind = RowKind::kRedeem;
  command.row.member = *Member::parse(member_text(1, 1));
  command.row.points = 60;
  command.row.form = Form::kPhoneCredit;
  command.row.giver = Participant{1};
  command.row.id = {.participant = Participant{1}, .date = kNotice, .reference = {'R', '-', '1'}};
  EXPECT_EQ(node_->take_live(command, morning(kNotice)).code, 0);
  node_->commit_live();
  work(kNotice);
  EXPECT_EQ(file(), told(800));
  EXPECT_EQ(figures(), of_february());  // What was taken on the day itself is of March.
  restart();
  EXPECT_EQ(file(), told(800));
  ASSERT_EQ(bring(day(kNotice, 2), kNotice), IntakeVerdict::kAccepted);
  work(kNotice);
  EXPECT_TRUE(seal(kNotice));
  EXPECT_EQ(notices(), 1);
}

// The node opens a day without a file itself, at the cut-off.
TEST_F(NodeNoticeTest, BeginsOnADayWithoutAFile) {
  for (BusinessDate date = kFirst.plus_days(1); date <= kNotice; date = date.plus_days(1)) {
    EXPECT_TRUE(node_->seal_due(cut_off(date), [] { return true; }));
    while (node_->post_slice(cut_off(date))) {
    }
    EXPECT_EQ(notices(), date == kNotice ? 1 : 0);
    EXPECT_TRUE(node_->seal_due(cut_off(date), [] { return true; }));
  }
  EXPECT_EQ(file(), told(860));
}

TEST_F(NodeNoticeTest, ADeathBehindAnyBlockChangesNothing) {
  ASSERT_EQ(bring(day(kNotice, 2), kNotice), IntakeVerdict::kAccepted);
  while (node_->post_slice(morning(kNotice))) {
    restart();
  }
  restart();
  EXPECT_EQ(notices(), 1);
  EXPECT_EQ(file(), told(860));
  EXPECT_EQ(figures(), of_february());
  EXPECT_EQ(points(), 720);
  EXPECT_TRUE(seal(kNotice));
  node_->put_snapshot_into(*storage_->snapshots);
  restart();
  EXPECT_EQ(file(), told(860));
}

TEST_F(NodeNoticeTest, IsForgottenWithTheExpiryItToldOf) {
  ASSERT_EQ(bring(day(kNotice, 2), kNotice), IntakeVerdict::kAccepted);
  work(kNotice);
  ASSERT_TRUE(seal(kNotice));
  ASSERT_TRUE(node_->run_status().at(0).has_file);
  ASSERT_EQ(bring(day(kExpiry, 3), kExpiry), IntakeVerdict::kAccepted);
  work(kExpiry);
  EXPECT_FALSE(node_->run_status().at(0).has_file);
  EXPECT_NE(node_->run_status().at(0).next.find("have expired"), std::string::npos);
  EXPECT_EQ(points(), 0);
}

TEST_F(NodeNoticeTest, ThatIsLateIsAnAlarm) {
  EXPECT_EQ(node_->late_notice(morning(kNotice)), "");
  EXPECT_EQ(node_->late_notice(cut_off(kNotice).plus_seconds(-1)), "");
  const std::string late = node_->late_notice(cut_off(kNotice));
  EXPECT_NE(late.find("expire on 2026-04-01"), std::string::npos);
  EXPECT_NE(late.find("next day that is opened"), std::string::npos);
  ASSERT_EQ(bring(day(kNotice.plus_days(3), 2), kNotice.plus_days(3)), IntakeVerdict::kAccepted);
  work(kNotice.plus_days(3));
  EXPECT_EQ(node_->late_notice(cut_off(kNotice)), "");
}

TEST_F(NodeNoticeTest, ThatWasMissedIsAnAlarmForAMonth) {
  ASSERT_EQ(bring(day(kExpiry, 2), kExpiry), IntakeVerdict::kAccepted);
  work(kExpiry);
  EXPECT_TRUE(node_->run_status().empty());
  EXPECT_NE(node_->late_notice(cut_off(kExpiry)).find("have expired"), std::string::npos);
  EXPECT_EQ(node_->late_notice(cut_off(kExpiry.plus_days(31))), "");
}

TEST_F(NodeNoticeTest, FiguresAreMadeOnceWithTheFirstDayBehindTheMonth) {
  const BusinessDate late = kNotice.plus_days(6);
  ASSERT_EQ(bring(day(late, 2), late), IntakeVerdict::kAccepted);
  work(late);
  EXPECT_EQ(figures(), of_february());
  EXPECT_TRUE(seal(late));
  ASSERT_EQ(bring(day(late.plus_days(1), 3), late.plus_days(1)), IntakeVerdict::kAccepted);
  work(late.plus_days(1));
  EXPECT_EQ(node_->run_status().size(), 2U);
  EXPECT_EQ(node_->province().run_file_name(2), "P01-2026-02-28-KPI.csv");
  const RunReply again = node_->begin_run(RunKind::kKpi, "", kFirst.month(), false, morning(late));
  EXPECT_NE(again.text.find("published"), std::string::npos);
  const RunReply later =
      node_->begin_run(RunKind::kKpi, "", kNotice.month(), false, morning(late.plus_days(1)));
  EXPECT_NE(later.text.find("by themselves"), std::string::npos);
  EXPECT_TRUE(seal(late.plus_days(1)));
  node_->put_snapshot_into(*storage_->snapshots);
  restart();
  EXPECT_EQ(figures(), of_february());
}

TEST_F(NodeNoticeTest, FiguresOfAMonthWithAnExpiry) {
  ASSERT_EQ(bring(day(kNotice, 2), kNotice), IntakeVerdict::kAccepted);
  work(kNotice);
  ASSERT_TRUE(seal(kNotice));
  ASSERT_EQ(bring(day(kExpiry, 3), kExpiry), IntakeVerdict::kAccepted);
  work(kExpiry);
  EXPECT_NE(node_->province().run_file(3).find("COUNT,closing,1720\n"), std::string::npos);
  ASSERT_TRUE(seal(kExpiry));
  const BusinessDate may = BusinessDate::of(2026, 5, 1);
  ASSERT_EQ(bring(day(may, 4), may), IntakeVerdict::kAccepted);
  work(may);
  const std::string file = node_->province().run_file(4);
  EXPECT_NE(file.find("COUNT,opening,1720\n"), std::string::npos) << file;
  EXPECT_NE(file.find("COUNT,expired,-720\n"), std::string::npos) << file;
  EXPECT_NE(file.find("COUNT,closing,1000\n"), std::string::npos) << file;
  EXPECT_NE(file.find("BREAKAGE,P01,720,432\nEND,"), std::string::npos) << file;
}

}  // namespace PH_FILE
}  // namespace ph
