// Gradings by the clearing's thresholds, the node's part (docs/decisions/0023-programme-format.md,
// section 4.2).
#include <gtest/gtest.h>

#include "core/home/run_grade.h"
#include "tests/unit/home/grades.h"
#include "tests/unit/home/standing.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCid = member_of(3);
const Month kMarch = month_of(2009, 3);
const RunKey kStars{.kind = RunKind::kGrade, .reference = kMarch};
const BusinessDate kPosted = on(2009, 4, 6);
enum Counted : std::size_t { kAccounts, kMembers, kRated, kWritten, kLapsed, kGone };

// Ordinary, one, two and three stars; tenure of a year counts 11/10.
programme::Rows star_programme() {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.head.profile_required = false;
  programme::Grading grading;
  grading.name = "star";
  grading.title = "Star";
  grading.levels = {{.name = "ordinary"}, {.name = "one"}, {.name = "two"}, {.name = "three"}};
  grading.basis = programme::Basis::kProduct;
  grading.unit = programme::GradingUnit::kAccount;
  grading.run = programme::GradingRun::kClearing;
  grading.effective = programme::EffectiveDay{};
  grading.standards = programme::Standards::kClearing;
  rows.gradings = {grading};
  rows.scores = {{.line = 1, .grading = {.name = "star"}, .months = 12, .months_min = 6}};
  rows.factors = {{.grading = {.name = "star"}, .years_from = 0, .factor = Ratio(1, 1)},
                  {.grading = {.name = "star"}, .years_from = 1, .factor = Ratio(11, 10)}};
  rows.cuts = {{.grading = {.name = "star"}, .level = {.name = "three"}, .percent = 10},
               {.grading = {.name = "star"}, .level = {.name = "two"}, .percent = 50}};
  rows.effective_order = {
      {.name = "three"}, {.name = "two"}, {.name = "one"}, {.name = "ordinary"}};
  return rows;
}
std::vector<FoundThreshold> thresholds(std::int64_t three, std::int64_t two) {
  return {{.level = "three", .percent = 10, .threshold = three},
          {.level = "two", .percent = 50, .threshold = two}};
}

// Ann 100 yuan a month for 14 months; Bob 200 for 6, and 30 of another account; Cid nothing.
GradedNode in_march(programme::Rows rows = star_programme()) {
  GradedNode node(std::move(rows));
  std::vector<Row> all{
      account_row(kAnn, "A-1", month_of(2008, 1)), account_row(kBob, "B-1", month_of(2008, 9)),
      account_row(kBob, "B-2", month_of(2008, 1)), account_row(kCid, "C-1", month_of(2008, 1))};
  for (int month = 0; month < 15; ++month) {
    const Month of(static_cast<std::uint16_t>(kMarch.count() - 14 + month));
    all.push_back(spent(kAnn, "A-1", of, of == kMarch ? 1 : 10'000, false));
    if (month >= 8) {
      all.push_back(spent(kBob, "B-1", of, of == kMarch ? 1 : 20'000, false));
    }
    all.push_back(spent(kBob, "B-2", of, 3'000, false));
  }
  node.day(on(2009, 4, 3), std::move(all));
  return node;
}
void grade(GradedNode& node, const std::vector<FoundThreshold>& found) {
  ASSERT_TRUE(node.home().take_thresholds(1, found));
  while (node.home().run_under_way() != nullptr) {
    node.home().take_run_steps(2);
  }
}
const ph::Run& run_of(const GradedNode& node, std::uint32_t number = 1) {
  return *node.book().runs().at(number);
}

TEST(ClearingRun, CountsScoresAndWaits) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5), 1);
  EXPECT_EQ(node.state(), RunState::kWaiting);
  EXPECT_EQ(scale_of(*grading_of(kStars, node.book())), 10U);
  // 100 x 11/10, 200 x 1, 30 x 11/10 in tenths; who isn't billed has none.
  EXPECT_EQ(scores_of(run_of(node)).entries(),
            (std::vector<programme::Histogram::Entry>{{2'000, 1}, {1'100, 1}, {330, 1}}));
  EXPECT_EQ(node.counted(kRated), 3);
  const auto before = saved_bytes(node.home());
  node.reload();
  EXPECT_EQ(saved_bytes(node.home()), before);
  EXPECT_EQ(scores_of(run_of(node)).units(), 3U);
}

TEST(ClearingRun, GradesByThresholdsTheBestAccount) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  grade(node, thresholds(200, 110));
  EXPECT_EQ(node.state(), RunState::kCounted);
  EXPECT_EQ(node.lines(),
            (std::vector<std::string>{"STANDARD,0,two,110,1", "STANDARD,0,three,200,1",
                                      "COUNT,ordinary,2,0,0,0", "COUNT,one,0,0,0,0",
                                      "COUNT,two,0,1,1,0", "COUNT,three,0,1,1,0"}));
  node.reload();
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.state(), RunState::kDone);
  EXPECT_EQ(node.newest(kAnn), "two RATED 2009-04-01 2010-04-01");
  EXPECT_EQ(node.newest(kBob), "three RATED 2009-04-01 2010-04-01");
  EXPECT_EQ(node.newest(kCid), "none");
}

TEST(ClearingRun, WhoReachesNothingHasTheSecondLowest) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  grade(node, thresholds(300, 111));
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.newest(kAnn), "one RATED 2009-04-01 2010-04-01");
  EXPECT_EQ(node.newest(kBob), "two RATED 2009-04-01 2010-04-01");
}

TEST(ClearingRun, WithoutThresholdsNobodyIsGraded) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  grade(node, {});
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.counted(kWritten), 0);
  EXPECT_EQ(node.newest(kAnn), "none");
  EXPECT_EQ(node.lines()[0], "STANDARD,0,two,,0");
}

TEST(ClearingRun, ThresholdsOfAnotherProgrammeAreNotTaken) {
  GradedNode node = in_march();
  EXPECT_FALSE(node.home().take_thresholds(1, thresholds(200, 110)));
  node.count(kStars, on(2009, 4, 5));
  auto other = thresholds(200, 110);
  other[1].percent = 51;
  EXPECT_FALSE(node.home().take_thresholds(1, other));
  other = thresholds(200, 110);
  other[0].level = "four";
  EXPECT_FALSE(node.home().take_thresholds(1, other));
  other.pop_back();
  EXPECT_FALSE(node.home().take_thresholds(1, other));
  EXPECT_FALSE(node.home().take_thresholds(1, thresholds(-1, 110)));
  EXPECT_FALSE(node.home().take_thresholds(2, thresholds(200, 110)));
  EXPECT_EQ(node.state(), RunState::kWaiting);
  EXPECT_TRUE(node.home().take_thresholds(1, thresholds(200, 110)));
  EXPECT_FALSE(node.home().take_thresholds(1, thresholds(200, 110)));
}

TEST(ClearingRun, RowsGoOnWhileItWaitsAndScoresStay) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  const auto sent = scores_of(run_of(node));
  node.day(on(2009, 4, 5),
           {owner(kBob, "B-1"), leave(kAnn), spent(kCid, "C-1", kMarch, 90'000, false)});
  EXPECT_EQ(scores_of(run_of(node)), sent);
  node.reload();
  EXPECT_EQ(scores_of(run_of(node)), sent);
  grade(node, thresholds(200, 30));
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.newest(kAnn), "none");
  EXPECT_EQ(node.newest(kBob), "two RATED 2009-04-01 2010-04-01");  // by what is his still
  EXPECT_EQ(node.newest(kCid), "none");
  EXPECT_EQ(node.counted(kGone), 1);
}

TEST(ClearingRun, WhoMovesMeanwhileGetsNothing) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  grade(node, thresholds(200, 30));
  node.day(on(2009, 4, 5), {move_out(own_id(on(2009, 4, 5), 1, kP2), kAnn, kP2)});
  node.home().publish_run(1);
  node.day(kPosted);
  EXPECT_EQ(node.newest(kAnn), "none");
  EXPECT_EQ(node.counted(kGone), 1);
  EXPECT_EQ(node.counted(kWritten), 1);
}

TEST(ClearingRun, WhoHasAStarIsRatedAnewInItsLastMonth) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  grade(node, thresholds(200, 110));
  node.home().publish_run(1);
  node.day(kPosted);
  const auto month = [&node](Month of) {
    std::vector<Row> rows;
    for (const auto& [member, account] : {std::pair(kAnn, "A-1"), std::pair(kBob, "B-2")}) {
      rows.push_back(bill(member, of, 1'000, account));
    }
    node.day(first_day(of.next()).plus_days(2), std::move(rows));
    const RunKey key{.kind = RunKind::kGrade, .reference = of};
    node.count(key, first_day(of.next()).plus_days(4));
  };
  month(month_of(2009, 4));
  EXPECT_EQ(node.counted(kRated, 2), 0);
  node.home().drop_run(2);
  month(month_of(2010, 3));
  EXPECT_EQ(node.counted(kRated, 3), 2);
  ASSERT_TRUE(node.home().take_thresholds(3, thresholds(200, 110)));
  node.home().take_run_steps(9);
  node.home().publish_run(3);
  // Nobody falls before the run has posted; then the new rating replaces the old one.
  EXPECT_EQ(node.level(kAnn, on(2010, 4, 5)), "two");
  node.day(on(2010, 4, 6));
  EXPECT_EQ(node.newest(kAnn), "one RATED 2010-04-01 2011-04-01");
}

TEST(ClearingRun, TheLastThresholdsAreThoseOfTheLatestMonthThatHadAny) {
  GradedNode node = in_march();
  const auto rate = [&node](Month of, std::uint32_t number,
                            const std::vector<FoundThreshold>& found) {
    node.count({.kind = RunKind::kGrade, .reference = of}, on(2009, 4, 5));
    EXPECT_EQ(last_thresholds(node.book(), run_of(node, number)).empty(), number == 1);
    ASSERT_TRUE(node.home().take_thresholds(number, found));
    node.home().take_run_steps(9);
    node.home().publish_run(number);
    node.day(kPosted.plus_days(static_cast<int>(number)));
  };
  rate(month_of(2008, 12), 1, thresholds(90, 80));
  rate(month_of(2009, 1), 2, thresholds(200, 110));
  rate(month_of(2009, 2), 3, {});
  node.count(kStars, on(2009, 4, 12));
  const auto last = last_thresholds(node.book(), *node.book().runs().at(4));
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last[0].level, "three");
  EXPECT_EQ(last[0].threshold, 200);
  EXPECT_EQ(last[1].threshold, 110);
}

TEST(ClearingRun, WhoIsNotRatedAnyMoreFallsWithTheEndOfHisStar) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  grade(node, thresholds(200, 110));
  node.home().publish_run(1);
  node.day(kPosted);
  const auto march = [&node](int year, std::uint32_t run, std::vector<Row> rows) {
    node.day(on(year, 4, 3), std::move(rows));
    node.count({.kind = RunKind::kGrade, .reference = month_of(year, 3)}, on(year, 4, 5));
    ASSERT_TRUE(node.home().take_thresholds(run, thresholds(200, 110)));
    node.home().take_run_steps(9);
    node.home().publish_run(run);
    node.day(on(year, 4, 6));
  };
  march(2010, 2, {bill(kBob, month_of(2010, 3), 100, "B-2")});
  EXPECT_EQ(node.newest(kAnn), "ordinary LAPSED 2010-04-01 open");
  EXPECT_EQ(node.counted(kLapsed, 2), 1);
  // The lowest level is none that keeps anybody from being rated.
  march(2011, 3, {bill(kAnn, month_of(2011, 3), 100, "A-1")});
  EXPECT_EQ(node.newest(kAnn), "one RATED 2011-04-01 2012-04-01");
}

TEST(ClearingRun, LeavesOutWhomTheConditionExcludes) {
  GradedNode node = in_march();
  Row card = account_row(kCid, "C-2", month_of(2008, 1));
  card.says[0].word = 5;
  Row line = account_row(kCid, "C-3", month_of(2008, 1));
  line.says[0].word = 6;
  Row nameless = account_row(kCid, "C-4", month_of(2008, 1));
  nameless.says[0].flag = {0, 0};
  std::vector<Row> rows{card, line, nameless, account_row(kCid, "C-5", month_of(2008, 10)),
                        account_row(kCid, "C-6", month_of(2008, 1))};
  for (const char* account : {"C-2", "C-3", "C-4", "C-5", "C-6"}) {
    rows.push_back(spent(kCid, account, kMarch, 5'000, false));
  }
  rows.push_back(account_end(kCid, "C-6"));
  node.day(on(2009, 4, 4), std::move(rows));
  node.count(kStars, on(2009, 4, 5));
  EXPECT_EQ(node.counted(kRated), 4);
}

// In network is who was so at the end of the rating month, whenever the province counts.
TEST(ClearingRun, LeavesOutWhoHadEndedByTheRatingMonthsEnd) {
  GradedNode node(star_programme());
  const std::string names[] = {"A-1", "A-2", "A-3"};
  std::vector<Row> rows;
  for (const std::string& name : names) {
    rows.push_back(account_row(kAnn, name, month_of(2008, 1)));
    rows.push_back(spent(kAnn, name, month_of(2009, 2), 120'000, false));
  }
  rows.push_back(account_end(kAnn, "A-1"));
  node.day(on(2009, 3, 31), std::move(rows));
  rows = {account_end(kAnn, "A-2")};
  for (const std::string& name : names) {
    rows.push_back(spent(kAnn, name, kMarch, 5'000, false));
  }
  node.day(on(2009, 4, 1), std::move(rows));
  node.count(kStars, on(2009, 4, 5));
  EXPECT_EQ(node.counted(kRated), 2);
}

// Telephones of each kind, paid for before or afterwards.
TEST(ClearingRun, AllServicesButDataCardsAreRatedPrepaidOrNot) {
  GradedNode node(star_programme());
  std::vector<Row> rows;
  for (std::uint8_t service = 1; service <= 6; ++service) {
    for (const std::uint8_t prepaid : {std::uint8_t{0}, std::uint8_t{1}}) {
      const std::string name = "A-" + std::to_string(service) + std::to_string(prepaid);
      Row account = account_row(kAnn, name, month_of(2008, 1));
      account.says[0].word = service;
      account.says[0].flag = {prepaid, 1};
      rows.push_back(account);
      rows.push_back(spent(kAnn, name, kMarch, 100 * service, false));
      rows.push_back(spent(kAnn, name, month_of(2009, 2), 120'000 * service, false));
    }
  }
  node.day(on(2009, 4, 3), std::move(rows));
  node.count(kStars, on(2009, 4, 5));
  // 2G, 3G, 4G, converged: 100 to 400 yuan a month x 11/10, in tenths, two of each.
  EXPECT_EQ(
      scores_of(run_of(node)).entries(),
      (std::vector<programme::Histogram::Entry>{{4'400, 2}, {3'300, 2}, {2'200, 2}, {1'100, 2}}));
}

// What is bought by plan, and bills that wait for arrears to end, are no part of a score.
TEST(C10, PlanAndArrearsChangeNoScore) {
  programme::Rows rows = star_programme();
  programme::Grading plan;
  plan.name = "plan";
  plan.title = "By plan";
  plan.levels = {{.name = "no-plan"}, {.name = "plan-gold"}};
  plan.basis = programme::Basis::kPlan;
  plan.valid_months = 0;
  rows.gradings.push_back(plan);
  rows.entries = {{.grading = {.name = "plan"},
                   .level = {.name = "plan-gold"},
                   .plan = "p-199",
                   .in_force = {.from = on(2004, 1, 1)}}};
  const auto scores = [&rows](std::vector<Row> first) {
    GradedNode node(rows);
    first.insert(first.begin(), account_row(kAnn, "A-1", month_of(2008, 1)));
    EXPECT_EQ(returned_of(node.day(on(2009, 1, 3), std::move(first))), Texts{});
    node.day(on(2009, 4, 3),
             {bill(kAnn, month_of(2009, 1), 60'000, "A-1"),
              bill(kAnn, month_of(2009, 2), 60'000, "A-1"), bill(kAnn, kMarch, 1, "A-1")});
    node.count(kStars, on(2009, 4, 5));
    return std::pair(scores_of(run_of(node)).entries(), node.points(kAnn));
  };
  Row gold = member_row(MemberKind::kPlan, kAnn, "A-1");
  std::ranges::copy(std::string_view("p-199"), gold.says[0].name[0].begin());
  Row arrears = member_row(MemberKind::kArrears, kAnn, "A-1");
  arrears.says[0].word = 3;
  const auto plain = scores({});
  EXPECT_EQ(plain.first, (std::vector<programme::Histogram::Entry>{{1'100, 1}}));
  EXPECT_EQ(plain.second, 1'200);
  const auto other = scores({gold, arrears});
  EXPECT_EQ(other.first, plain.first);
  EXPECT_EQ(other.second, 0);  // The points do wait.
}

// The later scheme: a version 2 whose gradings have seven stars, by cuts as before.
TEST(C13, SevenStarsOfALaterVersion) {
  programme::Rows later = star_programme();
  later.head.version = 2;
  later.head.effective = on(2009, 1, 1);
  later.gradings[0].name = "star-7";
  later.gradings[0].levels = {{.name = "ordinary"}};
  later.effective_order.clear();
  later.cuts.clear();
  std::vector<FoundThreshold> found;
  for (int star = 1; star <= 7; ++star) {
    const std::string level = "star-" + std::to_string(star);
    later.gradings[0].levels.push_back({.name = level});
    later.effective_order.insert(later.effective_order.begin(), {.name = level});
    if (star > 1) {
      const int percent = 90 - 10 * star;
      later.cuts.insert(
          later.cuts.begin(),
          {.grading = {.name = "star-7"}, .level = {.name = level}, .percent = percent});
      found.insert(found.begin(), {.level = level, .percent = percent, .threshold = 100 * star});
    }
  }
  later.effective_order.push_back({.name = "ordinary"});
  later.scores[0].grading.name = "star-7";
  for (programme::Factor& factor : later.factors) {
    factor.grading.name = "star-7";
  }
  GradedNode node(star_programme());
  node.give(later);
  std::vector<Row> rows;
  for (std::uint64_t n = 1; n <= 8; ++n) {  // 100 n yuan; the first one reaches nothing
    const std::string name = "A-" + std::to_string(n);
    rows.push_back(account_row(member_of(n), name, month_of(2008, 9)));
    rows.push_back(spent(member_of(n), name, kMarch, 1, false));
    for (int month = 9; month <= 14; ++month) {
      rows.push_back(spent(member_of(n), name, month_of(2008 + month / 13, (month - 1) % 12 + 1),
                           static_cast<std::int64_t>(n) * 10'000 - 5'000, false));
    }
  }
  node.day(on(2009, 4, 3), std::move(rows));
  ASSERT_EQ(node.book().names().gradings.find("star-7"), 1);
  node.count({.kind = RunKind::kGrade, .grading = 1, .reference = kMarch}, on(2009, 4, 5));
  grade(node, found);
  node.home().publish_run(1);
  node.day(kPosted);
  std::string stars;
  for (std::uint64_t n = 1; n <= 8; ++n) {
    const std::uint8_t level =
        node.book().level_on(node.home().number_of(member_of(n)), 1, on(2009, 4, 6));
    stars += node.book().names().levels[1].name(level) + " ";
  }
  EXPECT_EQ(stars, "star-1 star-1 star-2 star-3 star-4 star-5 star-6 star-7 ");
}

// A grade of before is rated in its last month, as any that ends; a flag by review keeps nobody.
TEST(ClearingRun, WhoHasAGradeOfBeforeIsRatedInItsLastMonth) {
  programme::Rows rows = star_programme();
  rows.flags = {{.name = "vip", .by = programme::FlagBy::kReview, .valid_months = 12},
                {.name = "old-silver", .by = programme::FlagBy::kLegacy},
                {.name = "old-gold", .by = programme::FlagBy::kLegacy}};
  const auto rated = [&rows](std::vector<Row> says) {
    GradedNode node = in_march(rows);
    node.day(on(2009, 4, 4), std::move(says));
    node.reload();
    node.count(kStars, on(2009, 4, 5));
    return node.counted(kRated);
  };
  const Month april = month_of(2009, 4);
  const BusinessDate day = on(2009, 4, 4);
  EXPECT_EQ(rated({legacy_row(kAnn, "old-gold", april)}), 2);
  EXPECT_EQ(rated({legacy_row(kBob, "old-silver", month_of(2009, 9)),
                   legacy_row(kAnn, "old-gold", april)}),
            0);
  EXPECT_EQ(rated({legacy_row(kCid, "old-gold", april)}), 3);
  EXPECT_EQ(rated({propose_row(kAnn, "vip", april), decide_row(own_id(day, 1), true)}), 3);
}

// What counts is what held when the rating month was over, whatever was given since.
TEST(ClearingRun, AGradeOfBeforeThatWasGivenLaterKeepsNobody) {
  programme::Rows rows = star_programme();
  rows.flags = {{.name = "old", .by = programme::FlagBy::kLegacy}};
  const auto rated = [&rows](std::vector<Row> march, std::vector<Row> may) {
    GradedNode node(rows);
    node.day(on(2009, 3, 2), {account_row(kAnn, "A-1", month_of(2008, 1)),
                              spent(kAnn, "A-1", kMarch, 10'000, false)});
    node.day(on(2009, 3, 3), std::move(march));
    node.day(on(2009, 5, 4), std::move(may));
    node.count(kStars, on(2009, 5, 5));
    return node.counted(kRated);
  };
  const Row long_one = legacy_row(kAnn, "old", month_of(2009, 9));
  const Row short_one = legacy_row(kAnn, "old", kMarch);
  EXPECT_EQ(rated({}, {}), 1);
  EXPECT_EQ(rated({long_one}, {}), 0);
  EXPECT_EQ(rated({short_one}, {}), 1);
  EXPECT_EQ(rated({}, {long_one}), 1);
  EXPECT_EQ(rated({short_one}, {long_one}), 1);
  EXPECT_EQ(rated({long_one}, {legacy_row(kAnn, "old", month_of(2009, 5))}), 0);
}

TEST(ClearingRun, DroppedItBeginsAnewWithAnotherRevision) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  EXPECT_EQ(run_of(node).record.revision, 0);
  node.home().drop_run(1);
  node.reload();
  EXPECT_EQ(run_of(node).record.revision, 1);
  node.count(kStars, on(2009, 4, 5));
  EXPECT_EQ(run_of(node).record.revision, 1);
  EXPECT_EQ(scores_of(run_of(node)).units(), 3U);
}

TEST(ClearingRun, IsRefusedWithAWordOfWhatToDo) {
  GradedNode node = in_march();
  const auto says = [&node](Month month, std::string_view what) {
    return node.home().run_refusal({.kind = RunKind::kGrade, .reference = month}).find(what) !=
           std::string::npos;
  };
  EXPECT_TRUE(says(month_of(2009, 4), "behind 2009-04-30"));
  EXPECT_TRUE(says(month_of(2008, 4), "too late"));
  EXPECT_FALSE(says(month_of(2008, 5), "too late"));
  node.count(kStars, on(2009, 4, 5));
  EXPECT_TRUE(says(kMarch, "publish or drop"));
  EXPECT_TRUE(says(month_of(2009, 2), "was run for 2009-03 already"));
}

TEST(ClearingRun, OfADamagedSnapshotGivesNoHome) {
  GradedNode node = in_march();
  node.count(kStars, on(2009, 4, 5));
  const auto saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  // At the end: the run's record, two standards and four counts, a result an account.
  const std::size_t results = saved.size() - 4 * 4;
  const std::size_t cohorts = results - 6 * 64;
  const std::size_t record = cohorts - 96;
  const auto refuses = [&](std::size_t at, int value) {
    auto bad = saved;
    bad[at] = static_cast<std::byte>(value);
    return !node.loaded(bad).has_value();
  };
  auto lacks = saved;  // a large one that isn't there
  lacks[results] = std::byte{0xfe};
  std::fill_n(lacks.begin() + static_cast<std::ptrdiff_t>(results) + 1, 3, std::byte{0xff});
  EXPECT_FALSE(node.loaded(lacks).has_value());
  EXPECT_TRUE(refuses(cohorts, 2));             // another table
  EXPECT_TRUE(refuses(cohorts + 2, 3));         // another level
  EXPECT_TRUE(refuses(cohorts + 8 + 7, 0x7f));  // a threshold without bound
  EXPECT_TRUE(refuses(cohorts + 16, 4));        // more than all reach it
  EXPECT_TRUE(refuses(record + 6, 4));          // GRADING, and over
  EXPECT_TRUE(refuses(record + 6, 1));          // COUNTING, and over
  EXPECT_TRUE(refuses(record + 20, 3));         // steps
  EXPECT_TRUE(refuses(record + 32, 5));         // accounts
  EXPECT_TRUE(refuses(record + 40, 4));         // members
  EXPECT_TRUE(refuses(record + 88, 1));         // another kind of grading
}

}  // namespace PH_FILE
}  // namespace ph::test
