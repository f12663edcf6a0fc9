// What goes along with who leaves by a row of a day's file: rows for his new home, ready at the
// seal and made again by a start, until a snapshot stands behind the day (docs/outputs.md).
#include "core/home/standing.h"
#include "platform/crypto/key_line.h"
#include "tests/unit/node/run_node.h"

namespace ph {
namespace PH_FILE {

using test::member_text;

constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);
constexpr BusinessDate kSecond = BusinessDate::of(2026, 3, 2);

std::string programme_text(const std::string& effective) {
  return run_node::programme_text(
      "[tenure_award]\nmode = \"NONE\"\n[level_award]\nmode = \"NONE\"\n"
      "[effective]\norder = []\n",
      1, effective);
}

const std::string kPoints = ",AWARD,2026-02,10,1";

std::string day_text(BusinessDate date, int sequence, const std::vector<std::string>& rows,
                     std::int64_t points = 0) {
  return test::file_text(
      "POINTHOUSE,PROVINCE_DAY,1,P01," + date.text() + "," + std::to_string(sequence), rows, points,
      0);
}

class StandingFileTest : public run_node::RunNodeTest {
 protected:
  void begin(const std::string& effective = "2025-01-01") {
    begin_with(test::opening_text(1), programme_text(effective), kFirst, day_text(kFirst, 1, {}));
  }
  // The first member leaves for P03, the second for P02, the third for P03; then the first row
  // again, which comes back.
  void they_leave() {
    EXPECT_EQ(bring(day_text(kSecond, 2,
                             {"BLACKLIST,1," + member_text(1, 1) + ",1", leaves(2, "P03", 1),
                              leaves(3, "P02", 2), "EARN,4," + member_text(1, 3) + kPoints,
                              leaves(5, "P03", 3), leaves(6, "P03", 1)},
                             10),
                    kSecond),
              IntakeVerdict::kAccepted);
    work(kSecond);
    EXPECT_TRUE(node_->province().standing_files().empty());
    EXPECT_TRUE(seal(kSecond));
  }
  static std::string leaves(int serial, const std::string& to, std::uint64_t member) {
    return "MOVE_OUT," + std::to_string(serial) + "," + to + "/20260302/" + std::to_string(serial) +
           "," + member_text(1, member) + "," + to;
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    out.push_back(text.substr(at, text.find('\n', at) - at));
  }
  return out;
}

TEST_F(StandingFileTest, IsOneForEachProvinceToWhichSomebodyLeft) {
  begin();
  they_leave();
  const auto files = node_->province().standing_files();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "P01-2026-03-02-STANDING-P02.csv");
  EXPECT_EQ(files[1].name, "P01-2026-03-02-STANDING-P03.csv");
  const auto lines = lines_of(files[1].text);
  ASSERT_EQ(lines.size(), 8U);
  EXPECT_EQ(lines[0], "POINTHOUSE,STANDING,1,P01,2026-03-02,2");
  EXPECT_EQ(lines[1], "MOVED,P03/20260302/2," + member_text(1, 1) + ",P03");
  EXPECT_EQ(lines[2].size(), 9 + 900U);
  EXPECT_EQ(lines[4], "MOVED,P03/20260302/5," + member_text(1, 3) + ",P03");
  EXPECT_EQ(lines[7], "END,6,0,0");
  std::vector<std::byte> bytes((lines[2].size() + lines[3].size() - 18) / 2);
  ASSERT_TRUE(from_hex(lines[2].substr(9) + lines[3].substr(9), bytes));
  const auto standing = read_standing(bytes);
  ASSERT_TRUE(standing.has_value());
  EXPECT_EQ(standing->flags, Standing::kBlacklisted);
}

TEST_F(StandingFileTest, IsMadeAgainByAStartUntilASnapshotStandsBehindIt) {
  begin();
  they_leave();
  const auto files = node_->province().standing_files();
  restart();
  const auto again = node_->province().standing_files();
  ASSERT_EQ(again.size(), files.size());
  for (std::size_t n = 0; n < files.size(); ++n) {
    EXPECT_EQ(again[n].name, files[n].name);
    EXPECT_EQ(again[n].text, files[n].text);
  }
  node_->put_snapshot_into(*storage_->snapshots);
  restart();
  EXPECT_TRUE(node_->province().standing_files().empty());
}

TEST_F(StandingFileTest, IsOfTheDaySealedLast) {
  begin();
  they_leave();
  const BusinessDate third = kSecond.plus_days(1);
  EXPECT_EQ(bring(day_text(third, 3, {}), third), IntakeVerdict::kAccepted);
  work(third);
  EXPECT_TRUE(seal(third));
  EXPECT_TRUE(node_->province().standing_files().empty());
}

TEST_F(StandingFileTest, IsNoneWhileNoProgrammeIsInForce) {
  begin("2026-04-01");
  EXPECT_EQ(bring(day_text(kSecond, 2, {leaves(2, "P03", 1)}), kSecond), IntakeVerdict::kAccepted);
  work(kSecond);
  EXPECT_TRUE(seal(kSecond));
  EXPECT_TRUE(node_->province().standing_files().empty());
}

}  // namespace PH_FILE
}  // namespace ph
