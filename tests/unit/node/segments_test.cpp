// Segments in a month's figures, by the programme that ships (docs/outputs.md, KPI): members by
// what they spent, in brackets whose lower bound is in and whose upper one isn't.
#include <array>

#include "tests/support/checkout.h"
#include "tests/unit/node/run_node.h"

namespace ph {
namespace PH_FILE {

using test::member_text;

constexpr BusinessDate kFirst = BusinessDate::of(2026, 2, 28);
constexpr BusinessDate kNext = BusinessDate::of(2026, 3, 1);
constexpr std::array<int, 5> kBills{50'000, 49'999, 20'000, 12'000, 11'999};

class SegmentsTest : public run_node::RunNodeTest {
 protected:
  // The month's figures; a member for each bill.
  std::string figures() {
    std::vector<std::string> members;
    std::vector<std::string> bills;
    int sum = 0;
    for (std::size_t n = 1; n <= kBills.size(); ++n) {
      const std::string serial = std::to_string(n);
      const std::string fen = std::to_string(kBills[n - 1]);
      members.push_back("MEMBER," + member_text(1, n));
      bills.push_back("BILL," + serial + ",A-" + serial + "," + member_text(1, n) + ",2026-01," +
                      fen);
      sum += kBills[n - 1];
    }
    begin_with(test::file_text("POINTHOUSE,OPENING_LOTS,1,P01,2026-02-01,0", members, 0, 0),
               test::checkout_text("ops/programmes/china-mobile-gotone.toml"), kFirst,
               test::file_text("POINTHOUSE,PROVINCE_DAY,1,P01,2026-02-28,1", bills, 0, sum));
    EXPECT_EQ(bring(test::day_text(1, kNext, 2, 100), kNext), IntakeVerdict::kAccepted);
    work(kNext);
    for (const RunStatus& run : node_->run_status()) {
      if (run.kind == RunKind::kKpi) {
        return node_->province().run_file(run.number);
      }
    }
    return {};
  }
};

TEST_F(SegmentsTest, BeginWithTheirLowerBoundAndEndBeforeTheirUpperOne) {
  const std::string file = figures();
  EXPECT_NE(file.find("COUNT,spend_fen,143998\n"), std::string::npos) << file;
  EXPECT_NE(file.find("COUNT,segment-arpu-500,1\nCOUNT,segment-arpu-200,2\n"
                      "COUNT,segment-arpu-120,1\nCOUNT,segment-arpu-low,1\n"),
            std::string::npos)
      << file;
  EXPECT_EQ(file.find("card"), std::string::npos) << file;
}

}  // namespace PH_FILE
}  // namespace ph
