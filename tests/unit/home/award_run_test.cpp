// The award of a year through a home, and the states of a run
// (docs/decisions/0023-programme-format.md, section 4.1).
#include <gtest/gtest.h>

#include "tests/unit/home/members.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const Member kBob = member_of(2);
const Member kCid = member_of(3);
const Month kDecember = month_of(2008, 12);
const BusinessDate kYearBegins = on(2008, 1, 2);
const RunKey kAward{.kind = RunKind::kAward, .reference = kDecember};

// Bands of 0 to 12 months without a rate, 13 and more with 1/10; level gold with 1/5.
programme::Rows award_programme() {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.tenure_award.mode = programme::AwardMode::kLump31Dec;
  rows.tenure_bands = {{.from = 0, .to = 12, .rate = Ratio(0, 1)},
                       {.from = 13, .rate = Ratio(1, 10)}};
  rows.level_award.mode = programme::AwardMode::kLump31Dec;
  rows.level_award.grading.name = "level";
  rows.level_rates = {{.level = {.name = "gold"}, .rate = Ratio(1, 5)}};
  programme::Grading grading;
  grading.name = "level";
  grading.title = "Level";
  grading.levels = {{.name = "ordinary"}, {.name = "gold"}};
  grading.basis = programme::Basis::kReview;
  grading.valid_months = 12;
  rows.gradings = {grading};
  rows.effective_order = {{.name = "gold"}, {.name = "ordinary"}};
  return rows;
}

// Ann: an account of 18 months, gold; Bob: one of 18, one of 4; Cid: no account, a profile.
ProgrammeNode a_year(programme::Rows rows = award_programme(),
                     const std::vector<Row>& in_december = {}) {
  ProgrammeNode node(std::move(rows));
  node.take(kYearBegins, {profile(kAnn), profile(kBob), profile(kCid),
                          account_row(kAnn, "A-1", month_of(2007, 6)),
                          account_row(kBob, "B-1", month_of(2007, 6)),
                          grade_row(kAnn, "level", "gold", on(2008, 1, 1))});
  for (int month = 0; month < 12; ++month) {
    const Month of(static_cast<std::uint16_t>(kDecember.count() - 11 + month));
    std::vector<Row> bills{bill(kAnn, of, 10'000, "A-1"), bill(kBob, of, 20'099, "B-1")};
    if (month == 8) {
      bills.push_back(account_row(kBob, "B-2", of));
    }
    if (month >= 8) {
      bills.push_back(bill(kBob, of, 5'000, "B-2"));
    }
    if (month == 10) {
      bills.insert(bills.end(), in_december.begin(), in_december.end());
    }
    node.take(first_day(Month(static_cast<std::uint16_t>(of.count() + 1))).plus_days(2), bills);
  }
  return node;
}

void count(Home& home, std::uint32_t slice = 1'000'000) {
  ASSERT_EQ(home.run_refusal(kAward), "");
  home.begin_run(kAward, on(2009, 1, 5));
  while (home.run_under_way() != nullptr) {
    home.take_run_steps(slice);
  }
}
std::vector<std::string> lines_of(const Home& home, std::uint32_t number = 1) {
  std::vector<std::string> out;
  home.visit_run_lines(number, [&out](const RunLine& line) { out.push_back(line.text); });
  return out;
}
RunState state_of(const Home& home, std::uint32_t number = 1) {
  return home.book()->runs().at(number)->state();
}
// Publishes, and posts on a day of its own.
DayResult post(ProgrammeNode& node, std::vector<Row> rows = {}, std::uint32_t slice = 1'000'000,
               BusinessDate day = on(2009, 1, 6)) {
  Home& home = node.home();
  home.publish_run(1);
  DayFile file{.sender = kP1, .date = day, .sequence = home.last_sequence() + 1};
  add_rows(file, std::move(rows));
  home.open_day(file.date, file.sequence);
  while (!home.opening_is_over()) {
    (void)home.take_rows(1);
  }
  while (home.run_under_way() != nullptr) {
    home.take_run_steps(slice);
  }
  home.bring_file(file);
  while (home.take_rows(1'000'000)) {
  }
  return home.end_day();
}

TEST(AwardRun, CountsEachAccountAndMemberOnce) {
  ProgrammeNode node = a_year();
  count(node.home());
  // Of 18 months: 120,000 + 241,188 fen; of 3: 20,000. Levels: Bob and Cid are ordinary.
  EXPECT_EQ(lines_of(node.home()),
            (std::vector<std::string>{
                "TENURE,0,12,0,1,20000,20000,0,0", "TENURE,13,,1/10,2,361188,180594,90297/500,180",
                "LEVEL,ordinary,0,2,261188,130594,0,0", "LEVEL,gold,1/5,1,120000,120000,240,240"}));
  EXPECT_EQ(state_of(node.home()), RunState::kCounted);
}

TEST(Award, SameForAllOfACohort) {
  ProgrammeNode node = a_year();
  count(node.home());
  const DayResult day = post(node);
  EXPECT_EQ(movements_of(day),
            (Texts{"EARN 3000000000 ISSUED 3000000000 180", "EARN 3000000001 ISSUED 3000000001 180",
                   "EARN 3000000002 ISSUED 3000000002 240"}));
  ASSERT_EQ(day.movements.size(), 3U);
  EXPECT_EQ(day.movements[0].member, kAnn);
  EXPECT_EQ(day.movements[1].member, kBob);
  EXPECT_EQ(day.movements[1].slice.source, Source::kTenure);
  EXPECT_EQ(day.movements[2].slice.source, Source::kLevel);
  EXPECT_EQ(day.movements[2].slice.earned_month, kDecember);
  EXPECT_EQ(node.rating_points(kAnn, kDecember), 100 + 180 + 240);
  EXPECT_EQ(state_of(node.home()), RunState::kDone);
  EXPECT_EQ(node.book().runs().at(1)->results.size(), 0U);
}

TEST(AwardRun, IsTheSameWhateverItsSlices) {
  ProgrammeNode whole = a_year();
  ProgrammeNode sliced = a_year();
  count(whole.home());
  count(sliced.home(), 1);
  EXPECT_EQ(saved_bytes(whole.home()), saved_bytes(sliced.home()));
  (void)post(whole);
  (void)post(sliced, {}, 1);
  EXPECT_EQ(saved_bytes(whole.home()), saved_bytes(sliced.home()));
}

TEST(AwardRun, AStartInItsMidstGoesOn) {
  ProgrammeNode straight = a_year();
  ProgrammeNode started = a_year();
  for (ProgrammeNode* node : {&straight, &started}) {
    node->home().begin_run(kAward, on(2009, 1, 5));
    node->home().take_run_steps(2);
  }
  started.reload();
  EXPECT_EQ(started.book().runs().counting()->record.cursor, 2U);
  for (ProgrammeNode* node : {&straight, &started}) {
    while (node->home().run_under_way() != nullptr) {
      node->home().take_run_steps(2);
    }
    node->home().publish_run(1);
  }
  started.reload();
  for (ProgrammeNode* node : {&straight, &started}) {
    node->home().open_day(on(2009, 1, 6), 14);
    (void)node->home().take_rows(1);
    node->home().take_run_steps(1);
  }
  started.reload();
  EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home()));
  for (ProgrammeNode* node : {&straight, &started}) {
    while (node->home().run_under_way() != nullptr) {
      node->home().take_run_steps(1);
    }
  }
  EXPECT_EQ(saved_bytes(started.home()), saved_bytes(straight.home()));
  EXPECT_EQ(started.points(kBob), straight.points(kBob));
}

TEST(AwardRun, IsPublishedOnceEver) {
  ProgrammeNode node = a_year();
  count(node.home());
  EXPECT_NE(node.home().run_refusal(kAward), "");
  (void)post(node);
  EXPECT_NE(node.home().run_refusal(kAward).find("published once"), std::string::npos);
  node.reload();
  EXPECT_NE(node.home().run_refusal(kAward).find("published once"), std::string::npos);
}

TEST(AwardRun, DroppedItBeginsAnewToTheSameFile) {
  ProgrammeNode node = a_year();
  count(node.home());
  const auto before = lines_of(node.home());
  const auto saved = saved_bytes(node.home());
  node.home().drop_run(1);
  EXPECT_EQ(state_of(node.home()), RunState::kDropped);
  EXPECT_EQ(node.home().run_refusal(kAward), "");
  count(node.home(), 2);
  EXPECT_EQ(node.book().runs().runs().size(), 1U);
  EXPECT_EQ(lines_of(node.home()), before);
  EXPECT_EQ(saved_bytes(node.home()), saved);
}

TEST(AwardRun, WhoLeavesMeanwhileGetsNothing) {
  ProgrammeNode node = a_year();
  count(node.home());
  node.take(on(2009, 1, 5), {leave(kAnn), transfer(kBob)});
  const DayResult day = post(node);
  EXPECT_EQ(movements_of(day), Texts{});
  EXPECT_EQ(node.book().runs().at(1)->record.counts[6], 5);  // three steps of Ann, two of Bob
}

TEST(AwardRun, WhoComesMeanwhileIsNotCounted) {
  ProgrammeNode node = a_year();
  count(node.home());
  node.take(on(2009, 1, 5),
            {profile(member_of(4)), account_row(member_of(4), "D-1", month_of(2007, 6)),
             bill(kAnn, kDecember, 1'000'000, "A-9")});
  EXPECT_EQ(post(node).movements.size(), 3U);
}

TEST(AwardRun, LeavesOutWhomTheConditionExcludes) {
  ProgrammeNode node = a_year();
  const Member dan = member_of(4);
  Row fixed = account_row(kAnn, "A-2", month_of(2007, 6));
  fixed.says[0].word = 6;
  node.take(on(2009, 1, 4),
            {account_row(dan, "D-1", month_of(2007, 6)), bill(dan, kDecember, 5'000, "D-1"), fixed,
             account_row(kBob, "B-9", month_of(2009, 1)),
             bill(kBob, kDecember, 70'000, "B-8")});  // no profile; fixed line; later; no joining
  count(node.home());
  const auto lines = lines_of(node.home());
  EXPECT_EQ(lines[0], "TENURE,0,12,0,1,20000,20000,0,0");
  EXPECT_EQ(lines[1], "TENURE,13,,1/10,2,361188,180594,90297/500,180");
  // The level takes the spend of all accounts.
  EXPECT_EQ(lines[2], "LEVEL,ordinary,0,2,331188,165594,0,0");
}

TEST(AwardRun, SpendThatGaveNoPointsDoesNotCount) {
  ProgrammeNode node = a_year();
  node.take(on(2009, 1, 4), {spent(kAnn, "A-3", kDecember, 7'000, false),
                             spent(kAnn, "A-3", month_of(2008, 11), 300, true),
                             spent(kAnn, "A-3", month_of(2007, 12), 4'000, true),
                             account_row(kAnn, "A-3", month_of(2008, 9))});
  count(node.home());
  EXPECT_EQ(lines_of(node.home())[0], "TENURE,0,12,0,2,20300,10150,0,0");
  EXPECT_EQ(lines_of(node.home())[3], "LEVEL,gold,1/5,1,120300,120300,1203/5,240");
}

TEST(AwardRun, WhatEndedUpToDecemberIsNotOfTheCohort) {
  ProgrammeNode node = a_year(award_programme(), {account_end(kBob, "B-2")});
  node.take(on(2009, 1, 4), {account_end(kBob, "B-1")});
  EXPECT_EQ(node.book().account(1).ended, month_of(2009, 1).count());
  count(node.home());
  EXPECT_EQ(lines_of(node.home())[0], "TENURE,0,12,0,0,0,0,0,0");
  EXPECT_EQ(lines_of(node.home())[1], "TENURE,13,,1/10,2,361188,180594,90297/500,180");
}

TEST(AwardRun, IsRefusedWithAWordOfWhatToDo) {
  ProgrammeNode node = a_year();
  Home& home = node.home();
  const auto of = [](Month month) { return RunKey{.kind = RunKind::kAward, .reference = month}; };
  EXPECT_NE(home.run_refusal(of(month_of(2008, 11))).find("December"), std::string::npos);
  EXPECT_NE(home.run_refusal(of(month_of(2009, 12))).find("behind 2009-12-31"), std::string::npos);
  EXPECT_NE(home.run_refusal(of(month_of(2006, 12))).find("too late"), std::string::npos);
  EXPECT_NE(home.run_refusal({.kind = RunKind::kGrade, .reference = kDecember}).find("release"),
            std::string::npos);
  EXPECT_NE(ProgrammeNode().home().run_refusal(kAward).find("no programme"), std::string::npos);
  ProgrammeNode none(small_programme(on(2004, 1, 1)));
  none.take(on(2009, 1, 2), {});
  EXPECT_NE(none.home().run_refusal(kAward).find("LUMP_31DEC"), std::string::npos);
  home.begin_run(kAward, on(2009, 1, 5));
  EXPECT_NE(home.run_refusal(kAward).find("COUNTING"), std::string::npos);
}

TEST(AwardRun, TellsHowManyBillsOfDecemberLack) {
  ProgrammeNode node = a_year();
  EXPECT_EQ(node.home().run_warning(kAward), "");
  node.take(on(2009, 1, 4), {bill(kAnn, month_of(2008, 11), 900, "A-7")});
  EXPECT_EQ(node.home().run_warning(kAward).substr(0, 11), "1 accounts ");
}

TEST(Grades, HistoryTellsTheLevelOfADay) {
  ProgrammeNode node = a_year();
  node.take(on(2009, 1, 4),
            {grade_row(kAnn, "level", "ordinary", on(2009, 1, 1)),
             grade_row(kBob, "level", "gold", on(2008, 6, 1), on(2008, 9, 1).count()),
             grade_row(kBob, "other", "gold", on(2008, 6, 1)),
             grade_row(kBob, "level", "silver", on(2008, 6, 1))});
  const MemberBook& book = node.book();
  EXPECT_EQ(book.level_on(0, 0, on(2008, 12, 31)), 1);
  EXPECT_EQ(book.level_on(0, 0, on(2009, 1, 1)), 0);
  EXPECT_EQ(book.level_on(1, 0, on(2008, 5, 31)), 0);
  EXPECT_EQ(book.level_on(1, 0, on(2008, 8, 31)), 1);
  EXPECT_EQ(book.level_on(1, 0, on(2008, 9, 1)), 0);
  const auto saved = saved_bytes(node.home());
  node.reload();
  EXPECT_EQ(saved_bytes(node.home()), saved);
  // The same level without a gap makes the last record longer.
  node.take(on(2009, 1, 5), {grade_row(kBob, "level", "gold", on(2008, 9, 1))});
  EXPECT_EQ(book.history(book.member(1).last_history).from, on(2008, 6, 1).count());
  EXPECT_EQ(node.book().level_on(1, 0, on(2008, 12, 31)), 1);
}

TEST(Grades, RowOfAnUnknownNameComesBack) {
  ProgrammeNode node = a_year();
  EXPECT_EQ(returned_of(node.take(on(2009, 1, 4),
                                  {grade_row(kBob, "other", "gold", on(2008, 6, 1)),
                                   grade_row(kBob, "level", "silver", on(2008, 6, 1)),
                                   grade_row(member_of(9), "level", "gold", on(2008, 6, 1))})),
            (Texts{"1 UNKNOWN_NAME", "2 UNKNOWN_NAME", "3 NOT_HOME"}));
}

TEST(AwardRun, OfADamagedSnapshotGivesNoHome) {
  ProgrammeNode node = a_year();
  count(node.home());
  const auto saved = saved_bytes(node.home());
  ASSERT_TRUE(node.loaded(saved).has_value());
  // At the end lie the run's record, four cohorts and a result for each account and member.
  const std::size_t results = 4 * (3 + 3);
  const std::size_t cohorts = saved.size() - results - 4 * 64;
  const std::size_t record = cohorts - 96;
  const auto refuses = [&](std::size_t at, int value) {
    auto bad = saved;
    bad[at] = static_cast<std::byte>(value);
    return !node.loaded(bad).has_value();
  };
  EXPECT_TRUE(refuses(saved.size() - 4, 4));     // a cohort that isn't there
  EXPECT_TRUE(refuses(cohorts, 2));              // another table
  EXPECT_TRUE(refuses(cohorts + 2, 7));          // a band that isn't there
  EXPECT_TRUE(refuses(cohorts + 8 + 7, 0xff));   // a size below 0
  EXPECT_TRUE(refuses(cohorts + 32 + 7, 0x7f));  // points without bound
  EXPECT_TRUE(refuses(record + 4, 2));           // a kind that no release carries out yet
  EXPECT_TRUE(refuses(record + 5, 1));           // a grading
  EXPECT_TRUE(refuses(record + 6, 3));           // a state that an award hasn't
  EXPECT_TRUE(refuses(record + 8, 106));         // of November
  EXPECT_TRUE(refuses(record + 14, 1));          // a revision, which ratings have alone
  EXPECT_TRUE(refuses(record + 20, 9));          // steps
  EXPECT_TRUE(refuses(record + 32, 4));          // accounts
}

TEST(RunBook, RefusesTablesThatAreNotThoseOfRuns) {
  RunBook book;
  ph::Run& run = book.begin(kAward, on(2009, 1, 5));
  run.record.steps = 3;
  run.cohorts.emplace_back();
  run.results.add(7);
  run.results.add(std::nullopt);
  run.results.add(std::int64_t{1} << 40);
  run.record.cursor = 3;
  RunBook::Tables good;
  good.runs = {run.record};
  good.runs[0].results = 3;
  good.runs[0].cohorts = 1;
  good.cohorts = run.cohorts;
  for (std::uint32_t n = 0; n < 3; ++n) {
    good.results.push_back(run.results.values()[n]);
  }
  good.large = {{.run = 1, .step = 2, .value = std::int64_t{1} << 40}};
  const auto made = RunBook::of(good);
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->at(1)->results.at(2), std::int64_t{1} << 40);
  EXPECT_EQ(made->at(1)->results.at(1), std::nullopt);
  const auto refuses = [&good](const std::function<void(RunBook::Tables&)>& spoil) {
    RunBook::Tables bad;
    bad.runs = good.runs;
    bad.cohorts = good.cohorts;
    bad.large = good.large;
    for (std::uint32_t n = 0; n < 3; ++n) {
      bad.results.push_back(good.results[n]);
    }
    spoil(bad);
    return !RunBook::of(bad).has_value();
  };
  EXPECT_FALSE(refuses([](auto&) {}));
  EXPECT_TRUE(refuses([](auto& t) { t.runs[0].number = 2; }));
  EXPECT_TRUE(refuses([](auto& t) { t.runs[0].state = 8; }));
  EXPECT_TRUE(refuses([](auto& t) { t.runs[0].kind = 0; }));
  EXPECT_TRUE(refuses([](auto& t) { t.runs[0].cursor = 4; }));
  EXPECT_TRUE(refuses([](auto& t) { t.runs[0].results = 4; }));
  EXPECT_TRUE(refuses([](auto& t) { t.runs[0].cohorts = 2; }));
  EXPECT_TRUE(refuses([](auto& t) { t.cohorts.emplace_back(); }));
  EXPECT_TRUE(refuses([](auto& t) { t.results.push_back(1); }));
  EXPECT_TRUE(refuses([](auto& t) { t.large.clear(); }));
  EXPECT_TRUE(refuses([](auto& t) { t.large[0].step = 1; }));
  EXPECT_TRUE(refuses([](auto& t) { t.large.push_back(t.large[0]); }));
  EXPECT_TRUE(refuses([](auto& t) { t.runs.push_back(t.runs[0]); }));
}

}  // namespace PH_FILE
}  // namespace ph::test
