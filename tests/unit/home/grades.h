// A programme with a yearly grading, and a node whose runs go on with its days: what tests of
// gradings share.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/home/members.h"

namespace ph::test {

inline const Month kDecember2008 = month_of(2008, 12);
inline const RunKey kLevels2008{.kind = RunKind::kGrade, .reference = kDecember2008};

inline programme::Threshold least(std::string level, std::int64_t min, int region = 0) {
  return {.grading = {.name = "level"},
          .level = {.name = std::move(level)},
          .region = region,
          .min = min,
          .in_force = {.from = on(2004, 1, 1)}};
}

// Silver from 100 points, in class 3 from 50; gold from 300. Grades hold from 1 January.
inline programme::Rows graded_programme() {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  programme::Grading grading;
  grading.name = "level";
  grading.title = "Level";
  grading.levels = {{.name = "ordinary"}, {.name = "silver"}, {.name = "gold"}};
  grading.basis = programme::Basis::kRatingPoints;
  grading.run = programme::GradingRun::kYearly;
  grading.effective = programme::EffectiveDay{.month = 1, .day = 1};
  grading.standards = programme::Standards::kFixed;
  grading.apply = true;
  grading.apply_months = 2;
  rows.gradings = {grading};
  rows.thresholds = {least("silver", 100, 1), least("silver", 100, 2), least("silver", 50, 3),
                     least("gold", 300)};
  rows.effective_order = {{.name = "gold"}, {.name = "silver"}, {.name = "ordinary"}};
  return rows;
}

class GradedNode : public ProgrammeNode {
 public:
  explicit GradedNode(programme::Rows rows = graded_programme()) : ProgrammeNode(std::move(rows)) {}

  void reload() {
    ProgrammeNode::reload();
    home().use_last_day(file_.date);  // As a node's start does.
  }

  // A day: its opening, the steps of a run that posts, its rows.
  DayResult day(BusinessDate date, std::vector<Row> rows = {}, std::uint32_t slice = 1'000'000) {
    file_ = {.sender = kP1, .date = date, .sequence = home().last_sequence() + 1};
    add_rows(file_, std::move(rows));
    home().open_day(file_.date, file_.sequence);
    while (!home().opening_is_over()) {
      (void)home().take_rows(1);
    }
    while (home().run_under_way() != nullptr) {
      home().take_run_steps(slice);
    }
    home().bring_file(file_);
    while (home().take_rows(1'000'000)) {
    }
    return home().end_day();
  }

  void count(RunKey key = kLevels2008, BusinessDate began = on(2009, 1, 5),
             std::uint32_t slice = 1'000'000) {
    ASSERT_EQ(home().run_refusal(key), "");
    home().begin_run(key, began);
    while (home().run_under_way() != nullptr) {
      home().take_run_steps(slice);
    }
  }

  [[nodiscard]] std::vector<std::string> lines(std::uint32_t number = 1) {
    std::vector<std::string> out;
    home().visit_run_lines(number, [&out](const RunLine& line) { out.push_back(line.text); });
    return out;
  }
  [[nodiscard]] RunState state(std::uint32_t number = 1) const {
    return book().runs().at(number)->state();
  }
  [[nodiscard]] std::int64_t counted(std::size_t what, std::uint32_t number = 1) const {
    return book().runs().at(number)->record.counts[what];
  }
  [[nodiscard]] std::string level(Member member, BusinessDate on) {
    return book().names().levels[0].name(book().level_on(home().number_of(member), 0, on));
  }
  // The newest record of his history: `gold ANNUAL 2009-01-01 2010-01-01`.
  [[nodiscard]] std::string newest(Member member) {
    const std::uint32_t last = this->member(member).last_history;
    if (last == MemberBook::kNone) {
      return "none";
    }
    const book::HistoryRecord& record = book().history(last);
    const auto reason = static_cast<programme::GradeReason>(record.reason);
    const std::string to =
        record.to == BusinessDate::kCount ? "open" : BusinessDate(record.to).text();
    return book().names().levels[0].name(record.level) + " " +
           std::string(programme::word(reason)) + " " + BusinessDate(record.from).text() + " " + to;
  }

 private:
  DayFile file_;
};

inline Row apply_row(Member member, std::string_view level, Month from,
                     std::string_view grading = "level") {
  Row out = member_row(MemberKind::kApply, member);
  std::ranges::copy(grading, out.says[0].name[0].begin());
  std::ranges::copy(level, out.says[0].name[1].begin());
  out.says[0].month = from;
  return out;
}
inline Row owner(Member member, std::string_view account) {
  return member_row(MemberKind::kOwner, member, account);
}

}  // namespace ph::test
