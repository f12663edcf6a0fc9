// An award never gives more than its rate of what the cohort spent, each of a cohort gets the same,
// once, and slices of any size give the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Month kDecember = month_of(2008, 12);
const RunKey kAward{.kind = RunKind::kAward, .reference = kDecember};
constexpr int kMembersMax = 8;

programme::Rows award_rows(std::int64_t unit_fen, int num) {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.head.profile_required = false;
  rows.earn.unit_fen = unit_fen;
  rows.tenure_award.mode = programme::AwardMode::kLump31Dec;
  rows.tenure_bands = {{.from = 0, .to = 12, .rate = Ratio(num, 7)},
                       {.from = 13, .rate = Ratio(1, num + 1)}};
  return rows;
}

std::vector<Row> random_rows() {
  std::vector<Row> rows;
  for (int member = 1; member <= kMembersMax; ++member) {
    const int accounts = *rc::gen::inRange(0, 3);
    for (int n = 0; n < accounts; ++n) {
      const std::string account = "A" + std::to_string(member) + "-" + std::to_string(n);
      const Member who = member_of(static_cast<std::uint64_t>(member));
      const auto joined = static_cast<std::uint16_t>(kDecember.count() - *rc::gen::inRange(0, 30));
      rows.push_back(account_row(who, account, Month(joined)));
      for (int back = 0; back < 3; ++back) {
        const Month month(static_cast<std::uint16_t>(kDecember.count() - back));
        rows.push_back(bill(who, month, *rc::gen::inRange(0, 50'000), account));
      }
    }
  }
  return rows;
}

DayResult run_all(ProgrammeNode& node, std::uint32_t slice) {
  Home& home = node.home();
  home.begin_run(kAward, on(2009, 1, 5));
  while (home.run_under_way() != nullptr) {
    home.take_run_steps(slice);
  }
  home.publish_run(1);
  const DayFile file{.sender = kP1, .date = on(2009, 1, 6), .sequence = home.last_sequence() + 1};
  home.open_day(file.date, file.sequence);
  while (home.run_under_way() != nullptr) {
    if (home.run_waits_for_opening()) {
      (void)home.take_rows(1);
    } else {
      home.take_run_steps(slice);
    }
  }
  home.bring_file(file);
  while (home.take_rows(100)) {
  }
  return home.end_day();
}

RC_GTEST_PROP(AwardRun, NeverGivesMoreThanItsRateOfTheCohortsSpend, ()) {
  const auto unit = *rc::gen::element<std::int64_t>(1, 7, 100);
  const int num = *rc::gen::inRange(0, 8);
  const std::vector<Row> rows = random_rows();
  ProgrammeNode node(award_rows(unit, num));
  ProgrammeNode sliced(award_rows(unit, num));
  for (ProgrammeNode* each : {&node, &sliced}) {
    each->take(on(2009, 1, 4), rows);
  }
  const DayResult day = run_all(node, 1'000'000);
  (void)run_all(sliced, static_cast<std::uint32_t>(*rc::gen::inRange(1, 5)));
  RC_ASSERT(saved_bytes(node.home()) == saved_bytes(sliced.home()));
  std::map<std::int64_t, std::int64_t> times;  // of each number of points
  for (const Movement& movement : day.movements) {
    ++times[movement.slice.delta];
  }
  std::int64_t lots = 0;
  for (const book::CohortRecord& cohort : node.book().runs().at(1)->cohorts) {
    const Ratio rate = cohort.index == 0 ? Ratio(num, 7) : Ratio(1, num + 1);
    const std::int64_t given = cohort.sums[0] * cohort.sums[3];
    RC_ASSERT(Int128{given} * unit * rate.den() <= rate.num() * cohort.sums[1]);
    RC_ASSERT(Int128{given + cohort.sums[0]} * unit * rate.den() > rate.num() * cohort.sums[1] ||
              cohort.sums[0] == 0);
    RC_ASSERT(cohort.sums[3] == 0 || times[cohort.sums[3]] >= cohort.sums[0]);
    lots += cohort.sums[3] == 0 ? 0 : cohort.sums[0];
  }
  RC_ASSERT(static_cast<std::int64_t>(day.movements.size()) == lots);
}

}  // namespace PH_FILE
}  // namespace ph::test
