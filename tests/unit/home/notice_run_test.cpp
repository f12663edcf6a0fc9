// What members are told of before it expires (domain.md, 3.5), through a home.
#include <gtest/gtest.h>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCid = member_of(3);

RunKey notice_of(int year, int month) {
  return {.kind = RunKind::kNotice, .reference = month_of(year, month)};
}

programme::Rows notice_programme(int months = 1) {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.head.profile_required = false;
  rows.expiry.notice_months = months;
  return rows;
}

// Ann has lots of two months of a quarter and one of the next; Bob's are of the next quarter; Cid
// has none.
ProgrammeNode a_home(int months = 1) {
  ProgrammeNode node(notice_programme(months));
  node.take(on(2007, 1, 2), {earn(kAnn, month_of(2004, 1), 100), earn(kAnn, month_of(2004, 3), 20),
                             earn(kBob, month_of(2004, 4), 7), earn(kAnn, month_of(2004, 6), 3),
                             earn(kCid, month_of(2006, 12), 500),
                             unearn(kCid, LotId(kP1, on(2007, 1, 2), 5), 500)});
  return node;
}

void count(Home& home, const RunKey& key, BusinessDate day, std::uint32_t slice = 1'000'000) {
  ASSERT_EQ(first_due(home, day), key);
  ASSERT_EQ(home.run_refusal(key), "");
  home.begin_run(key, day);
  while (home.run_under_way() != nullptr) {
    home.take_run_steps(slice);
  }
}
std::vector<std::string> lines_of(const Home& home, std::uint32_t number = 1) {
  std::vector<std::string> out;
  home.visit_run_lines(number, [&out](const RunLine& line) {
    out.push_back(line.text + " " + std::to_string(line.points));
  });
  return out;
}
std::string line(Member member, std::int64_t points, const std::string& on) {
  const std::string text = std::to_string(points);
  return "EXPIRES," + member.text() + "," + text + "," + on + " " + text;
}

// SMS on 2007-03-01 of what expires on 04-01, on 06-01 of what expires on 07-01; and so on.
TEST(NoticeRun, ComesOnTheExactDatesOfTheSource) {
  ProgrammeNode node = a_home();
  Home& home = node.home();
  EXPECT_EQ(first_due(home, on(2007, 2, 28)), std::nullopt);
  node.take(on(2007, 3, 1), {});
  count(home, notice_of(2007, 4), on(2007, 3, 1));
  EXPECT_EQ(lines_of(home), Texts{line(kAnn, 120, "2007-04-01")});
  EXPECT_EQ(first_due(home, on(2007, 3, 1)), std::nullopt);
  EXPECT_EQ(first_due(home, on(2007, 3, 31)), std::nullopt);
  EXPECT_EQ(slices_of(node.take(on(2007, 3, 31), {})), Texts{});
  EXPECT_EQ(movements_of(node.take(on(2007, 4, 1), {})),
            (Texts{"EXPIRE 3000000000 EXPIRED 1 -100", "EXPIRE 3000000001 EXPIRED 2 -20"}));
  EXPECT_EQ(first_due(home, on(2007, 4, 1)), std::nullopt);
  EXPECT_EQ(first_due(home, on(2007, 5, 31)), std::nullopt);
  node.take(on(2007, 6, 1), {});
  count(home, notice_of(2007, 7), on(2007, 6, 1));
  EXPECT_EQ(lines_of(home, 2), (Texts{line(kAnn, 3, "2007-07-01"), line(kBob, 7, "2007-07-01")}));
}

// By calendar year: earned in 2020, last usable on 2022-12-31, told of on 2022-12-01.
TEST(NoticeRun, OfACalendarYearComesOnceAYear) {
  ProgrammeNode node(notice_programme());
  node.use_expiry(ExpiryRules(
      {{.from = month_of(2019, 1), .rule = {.policy = ExpiryPolicy::kYear, .years = 2}}}));
  node.take(on(2021, 2, 1), {earn(kAnn, month_of(2020, 1), 5), earn(kAnn, month_of(2020, 12), 6),
                             earn(kBob, month_of(2021, 1), 9)});
  for (int month = 1; month <= 11; ++month) {
    EXPECT_EQ(first_due(node.home(), on(2022, month, 28)), std::nullopt) << month;
  }
  node.take(on(2022, 12, 1), {});
  count(node.home(), notice_of(2023, 1), on(2022, 12, 1));
  EXPECT_EQ(lines_of(node.home()), Texts{line(kAnn, 11, "2023-01-01")});
}

TEST(NoticeRun, CountsHeldPointsAndNobodyWithNothing) {
  ProgrammeNode node = a_home();
  node.take(on(2007, 3, 1), {hold(kAnn, 90, on(2007, 5, 1), id_of(kP1, on(2007, 3, 1), "H-1")),
                             redeem(kAnn, 25), leave(kBob)});
  count(node.home(), notice_of(2007, 4), on(2007, 3, 1));
  EXPECT_EQ(lines_of(node.home()), Texts{line(kAnn, 95, "2007-04-01")});
}

// What a hold still has of a lot that has expired isn't told of again.
TEST(NoticeRun, TellsOfThatDaysPointsAlone) {
  ProgrammeNode node = a_home();
  node.take(on(2007, 3, 1), {hold(kAnn, 110, on(2007, 8, 1), id_of(kP1, on(2007, 3, 1), "H-1"))});
  node.take(on(2007, 4, 1), {});
  node.take(on(2007, 6, 1), {});
  count(node.home(), notice_of(2007, 7), on(2007, 6, 1));
  EXPECT_EQ(lines_of(node.home()),
            (Texts{line(kAnn, 3, "2007-07-01"), line(kBob, 7, "2007-07-01")}));
}

TEST(NoticeRun, MissedDaysAreMadeUpForWhileThereIsTime) {
  ProgrammeNode node = a_home();
  EXPECT_EQ(first_due(node.home(), on(2007, 3, 31)), notice_of(2007, 4));
  EXPECT_EQ(first_due(node.home(), on(2007, 4, 1)), std::nullopt);
  ProgrammeNode none = a_home(0);
  EXPECT_EQ(first_due(none.home(), on(2007, 3, 1)), std::nullopt);
}

// Longer ahead than a quarter: two lie ahead at once, the sooner one first.
TEST(NoticeRun, MayBeMoreMonthsAhead) {
  ProgrammeNode node = a_home(4);
  node.take(on(2007, 3, 5), {});
  count(node.home(), notice_of(2007, 4), on(2007, 3, 5));
  count(node.home(), notice_of(2007, 7), on(2007, 3, 5));
  EXPECT_EQ(first_due(node.home(), on(2007, 3, 5)), std::nullopt);
  EXPECT_EQ(first_due(node.home(), on(2007, 6, 1)), notice_of(2007, 10));
}

TEST(NoticeRun, IsTheSameWhateverItsSlices) {
  ProgrammeNode whole = a_home(4);
  ProgrammeNode sliced = a_home(4);
  for (ProgrammeNode* node : {&whole, &sliced}) {
    node->take(on(2007, 3, 5), {});
  }
  count(whole.home(), notice_of(2007, 4), on(2007, 3, 5));
  count(sliced.home(), notice_of(2007, 4), on(2007, 3, 5), 1);
  EXPECT_EQ(saved_bytes(whole.home()), saved_bytes(sliced.home()));
}

// Its file can be made again until those points have expired, and not behind that.
TEST(NoticeRun, IsKeptUntilItsPointsHaveExpired) {
  ProgrammeNode node = a_home(4);
  node.take(on(2007, 3, 1), {});
  count(node.home(), notice_of(2007, 4), on(2007, 3, 1));
  count(node.home(), notice_of(2007, 7), on(2007, 3, 1));
  const auto both = saved_bytes(node.home());
  node.reload();
  EXPECT_EQ(saved_bytes(node.home()), both);
  node.take(on(2007, 3, 31), {redeem(kAnn, 110)});
  node.reload();
  EXPECT_EQ(lines_of(node.home()), Texts{line(kAnn, 120, "2007-04-01")});
  node.take(on(2007, 4, 1), {});
  EXPECT_FALSE(node.book().runs().at(1)->has_file());
  EXPECT_TRUE(node.book().runs().at(2)->has_file());
  const auto one = saved_bytes(node.home());
  node.reload();
  EXPECT_EQ(saved_bytes(node.home()), one);
  EXPECT_FALSE(node.book().runs().at(1)->has_file());
  EXPECT_EQ(lines_of(node.home(), 2).size(), 2U);
  EXPECT_NE(node.home().run_refusal(notice_of(2007, 4)), "");
}

// Of nobody: a file without rows, which says that nothing expires.
TEST(NoticeRun, OfNothingHasAFileToo) {
  ProgrammeNode node(notice_programme());
  node.take(on(2007, 3, 1), {});
  count(node.home(), notice_of(2007, 4), on(2007, 3, 1));
  EXPECT_EQ(lines_of(node.home()), Texts{});
  node.take(on(2007, 4, 1), {});
  node.reload();
  EXPECT_TRUE(node.book().runs().at(1)->has_file());
}

TEST(NoticeRun, IsRefusedWithAWordOfWhy) {
  ProgrammeNode node = a_home();
  const auto refusal = [&node](int year, int month) {
    return node.home().run_refusal(notice_of(year, month));
  };
  EXPECT_NE(refusal(2007, 5).find("no points expire on 2007-05-01"), std::string::npos);
  EXPECT_NE(refusal(2007, 4).find("by itself on 2007-03-01"), std::string::npos);
  EXPECT_NE(refusal(2007, 1).find("have expired"), std::string::npos);
  node.take(on(2007, 3, 2), {});
  EXPECT_EQ(refusal(2007, 4), "");
  EXPECT_NE(node.home().run_refusal(
                {.kind = RunKind::kNotice, .grading = 1, .reference = month_of(2007, 4)}),
            "");
}

TEST(NoticeRun, ThatIsMissingIsToldOf) {
  ProgrammeNode node = a_home();
  const auto missing = [&node](int month, int day) {
    return node.home().missing_notice(on(2007, 1, 2), on(2007, month, day));
  };
  EXPECT_EQ(missing(2, 28), std::nullopt);
  EXPECT_EQ(missing(3, 1), on(2007, 4, 1));
  EXPECT_EQ(missing(5, 1), on(2007, 4, 1));
  EXPECT_EQ(missing(5, 2), std::nullopt);
  EXPECT_EQ(node.home().missing_notice(on(2007, 4, 1), on(2007, 4, 2)), std::nullopt);
  node.take(on(2007, 3, 1), {});
  node.home().begin_run(notice_of(2007, 4), on(2007, 3, 1));
  EXPECT_EQ(missing(3, 1), on(2007, 4, 1));
  while (node.home().run_under_way() != nullptr) {
    node.home().take_run_steps(1);
  }
  EXPECT_EQ(missing(3, 1), std::nullopt);
  EXPECT_EQ(missing(4, 30), std::nullopt);
  EXPECT_EQ(missing(6, 1), on(2007, 7, 1));
}

TEST(NoticeRun, OfADamagedSnapshotGivesNoHome) {
  ProgrammeNode node = a_home();
  node.take(on(2007, 6, 1), {});
  count(node.home(), notice_of(2007, 7), on(2007, 6, 1));
  const auto saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  // At the end lie the run's record and what was found of two members.
  const std::size_t bob = saved.size() - 16;
  const std::size_t ann = bob - 16;
  const std::size_t record = ann - 96;
  const auto refuses = [&](std::size_t at, int value) {
    auto bad = saved;
    EXPECT_NE(bad[at], static_cast<std::byte>(value));
    bad[at] = static_cast<std::byte>(value);
    return !node.loaded(bad).has_value();
  };
  EXPECT_TRUE(refuses(bob, 3));          // a member that isn't there
  EXPECT_TRUE(refuses(bob, 0));          // one for whom there is something before
  EXPECT_TRUE(refuses(bob + 4, 1));      // another day
  EXPECT_TRUE(refuses(bob + 6, 1));      // zero
  EXPECT_TRUE(refuses(bob + 8, 8));      // other points than in the sum
  EXPECT_TRUE(refuses(bob + 15, 0x80));  // below 0
  EXPECT_TRUE(refuses(record + 5, 1));   // a grading
  EXPECT_TRUE(refuses(record + 6, 2));   // a state that a notice hasn't
  EXPECT_TRUE(refuses(record + 8, 88));  // of another month
  EXPECT_TRUE(refuses(record + 12, 1));  // posts
  EXPECT_TRUE(refuses(record + 20, 9));  // steps
  EXPECT_TRUE(refuses(record + 32, 1));  // members
  EXPECT_TRUE(refuses(record + 40, 9));  // points
  EXPECT_TRUE(refuses(record + 48, 1));  // a count that it hasn't
}

}  // namespace PH_FILE
}  // namespace ph::test
