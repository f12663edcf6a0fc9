// Members who move between homes with a programme, in a few words: who leaves, who comes, and what
// is known of them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/home/standing.h"
#include "tests/unit/home/grades.h"
#include "tests/unit/home/live.h"

namespace ph::test {

namespace moving {

inline const Member kAnn = member_of(1);
inline const Member kBob = member_of(2);
inline const Month kMay = month_of(2008, 5);
inline const BusinessDate kJune = on(2008, 6, 10);
inline const BusinessDate kJuly = on(2008, 7, 10);
using Bytes_ = std::vector<std::byte>;

inline programme::Ref named_ref(const char* name) {
  programme::Ref out;
  out.name = name;
  return out;
}

// Yearly levels by points, flags vip and loyal, a benefit.
inline programme::Rows rows_of(std::uint32_t version = 1) {
  programme::Rows rows = graded_programme();
  rows.head.version = version;
  rows.head.profile_required = false;
  rows.flags = {{.name = "vip", .by = programme::FlagBy::kReview, .valid_months = 12},
                {.name = "old", .by = programme::FlagBy::kLegacy},
                {.name = "loyal", .by = programme::FlagBy::kTenure, .months = 24}};
  rows.effective_order = {named_ref("gold"),   named_ref("vip"),   named_ref("old"),
                          named_ref("silver"), named_ref("loyal"), named_ref("ordinary")};
  programme::Benefit lounge;
  lounge.name = "lounge";
  lounge.title = "Lounge";
  lounge.levels = {named_ref("silver"), named_ref("gold")};
  lounge.kind = programme::BenefitKind::kClaim;
  lounge.per = programme::ClaimPer::kYear;
  lounge.count = 3;
  rows.benefits = {lounge};
  return rows;
}

// A home whose members come and go live, each on a day of its own.
class MovingNode : public GradedNode {
 public:
  explicit MovingNode(programme::Rows rows = rows_of()) : GradedNode(std::move(rows)) {}

  LiveAnswer leaves(Member member, BusinessDate date, bool tells = true) {
    return live(move_out(id_of(kP2, date, "m"), member, kP2), date, tells, {});
  }
  LiveAnswer comes(Member member, BusinessDate date, Bytes_ standing,
                   std::vector<ChildRow> lots = {}) {
    return live(move_in(member, kP2, std::move(lots)), date, false, std::move(standing));
  }
  LiveAnswer told_again(Member member, BusinessDate date) {
    LiveCommand command =
        live_of(named(move_out(id_of(kP2, date, "m"), member, kP2), id_of(kP2, date, "m")));
    command.tells_standing = true;
    return home().take_live(command, at(date, 23));
  }
  // By file: the day's first row is the MOVE_IN.
  Texts comes_by_file(Member member, BusinessDate date, const Bytes_& standing) {
    DayFile file{.sender = kP1, .date = date, .sequence = home().last_sequence() + 1};
    add_rows(file, {move_in(member, kP2, {})});
    file.standings = {{.row = 0, .size = static_cast<std::uint32_t>(standing.size())}};
    file.standing_bytes = standing;
    home().begin_day(file);
    while (home().take_rows(1'000)) {
    }
    return returned_of(home().end_day());
  }
  [[nodiscard]] std::int64_t spend(Member of, Month month) const {
    std::int64_t fen = 0;
    for (std::uint32_t n = member(of).first_account; n != book::kNone; n = book().account(n).next) {
      fen += book().billed(n, month).value_or(0);
    }
    return fen;
  }
  [[nodiscard]] Texts history(Member of) const {
    Texts out;
    for (std::uint32_t n = member(of).last_history; n != book::kNone; n = book().history(n).next) {
      const book::HistoryRecord& record = book().history(n);
      out.push_back(std::string(word(static_cast<programme::GradeReason>(record.reason))) + " " +
                    (record.grading == book::kFlagGrading
                         ? book().names().flags.name(record.run)
                         : book().names().levels[record.grading].name(record.level)) +
                    " " + BusinessDate(record.from).text());
    }
    return out;
  }
  [[nodiscard]] int claims(Member of) const {
    int out = 0;
    for (std::uint32_t n = member(of).last_claim; n != book::kNone; n = book().claim(n).next) {
      out += book().claim(n).count;
    }
    return out;
  }
  void expect_same_when_loaded() {
    const auto bytes = saved_bytes(Node::home());
    reload();
    EXPECT_EQ(saved_bytes(Node::home()), bytes);
  }

 private:
  LiveAnswer live(Row row, BusinessDate date, bool tells, Bytes_ standing) {
    home().open_day(date, home().last_sequence() + 1);
    while (home().take_rows(1'000)) {
    }
    LiveCommand command = live_of(named(std::move(row), id_of(kP2, date, "m")));
    command.tells_standing = tells;
    command.standing = std::move(standing);
    LiveAnswer answer = home().take_live(command, at(date, 12));
    DayFile file{.sender = kP1, .date = date, .sequence = home().last_sequence()};
    home().bring_file(file);
    while (home().take_rows(1'000)) {
    }
    (void)home().end_day();
    return answer;
  }
};

inline Row vip_of(Member member) {
  Row out = member_row(MemberKind::kLegacy, member);
  std::ranges::copy(std::string_view("old"), out.says[0].name[0].begin());
  out.says[0].until = month_of(2009, 1).count();
  return out;
}
inline Row lounge_of(Member member) {
  Row out = member_row(MemberKind::kClaim, member);
  std::ranges::copy(std::string_view("lounge"), out.says[0].name[0].begin());
  return out;
}

// Bills, an award, a grade, a flag and a claim.
inline std::vector<Row> a_life(Member member, const char* account) {
  return {account_row(member, account, month_of(2005, 5), 2),
          bill(member, kMay, 12'345, account),
          bill(member, month_of(2008, 4), 9'999, account),
          earn(member, kMay, 30, Source::kAward, 1),
          grade_row(member, "level", "silver", on(2008, 1, 1), on(2009, 1, 1).count()),
          vip_of(member),
          lounge_of(member)};
}

inline Bytes_ life_of_ann() {
  MovingNode old_home;
  (void)old_home.day(on(2008, 6, 5), a_life(kAnn, "A-1"));
  return old_home.leaves(kAnn, kJune).standing;
}

}  // namespace moving

}  // namespace ph::test
