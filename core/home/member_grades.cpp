// Grades of members: the present one of each grading beside the member, all that were given in his
// history (docs/decisions/0023-programme-format.md, section 3.2); and what runs forget of accounts.
#include <algorithm>

#include "core/home/member_book.h"
#include "core/home/run_work.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::HistoryRecord;
using programme::GradeReason;

// What a run gave holds until the run that counts a later month writes anew: nobody falls because
// somebody is late (ruling 44).
bool waits_for_its_run(std::uint8_t reason) {
  const auto given = static_cast<GradeReason>(reason);
  return given == GradeReason::kAnnual || given == GradeReason::kRated ||
         given == GradeReason::kGrowth;
}

}  // namespace

bool MemberBook::write_grade(std::uint32_t member, std::uint8_t grading,
                             const programme::Grade& grade, BusinessDate decided,
                             std::uint16_t run) {
  check(grading < names_.gradings.size() && grade.level < names_.levels[grading].size(),
        "a grade is one of its grading's levels");
  book::ProgrammeMember& record = tables_.members[member];
  book::GradeRecord& present = record.grades[grading];
  std::uint32_t last = record.last_history;
  while (last != kNone && tables_.history[last].grading != grading) {
    last = tables_.history[last].next;
  }
  if (last != kNone && present.level == grade.level &&
      tables_.history[last].from <= grade.from.count() && grade.from.count() <= present.to) {
    // What may be claimed once a grade may be claimed again: it is given anew.
    present.from = grade.from.count();
    present.to = std::max(present.to, grade.to.count());
    present.reason = static_cast<std::uint8_t>(grade.reason);
    tables_.history[last].to = present.to;
    tables_.history[last].reason = present.reason;
    return false;
  }
  present = {.level = grade.level,
             .reason = static_cast<std::uint8_t>(grade.reason),
             .from = grade.from.count(),
             .to = grade.to.count()};
  tables_.history.push_back({.next = record.last_history,
                             .decided = decided.count(),
                             .from = present.from,
                             .to = present.to,
                             .grading = grading,
                             .level = present.level,
                             .reason = present.reason,
                             .run = run});
  record.last_history = static_cast<std::uint32_t>(tables_.history.size() - 1);
  return true;
}

book::GradeRecord MemberBook::grade_on(std::uint32_t member, std::uint8_t grading,
                                       BusinessDate on) const {
  const book::ProgrammeMember& record = tables_.members[member];
  const auto held = [on](const book::GradeRecord& grade) {
    return on.count() < grade.to || waits_for_its_run(grade.reason) ? grade : book::GradeRecord{};
  };
  const book::GradeRecord& present = record.grades[grading];
  if (present.reason == 0 || present.from <= on.count()) {
    return held(present);
  }
  for (std::uint32_t n = record.last_history; n != kNone; n = tables_.history[n].next) {
    const HistoryRecord& before = tables_.history[n];
    if (before.grading == grading && before.from <= on.count()) {
      return held(
          {.level = before.level, .reason = before.reason, .from = before.from, .to = before.to});
    }
  }
  return {};
}

// The account has another owner from now on: open runs forget it.
void MemberBook::tell_runs_of_lost(std::uint32_t account) {
  for_open_runs([account](Run& run, const RunWork& work) { work.account_lost(run, account); });
}

void MemberBook::tell_runs_of_lost_member(std::uint32_t member) {
  for_open_runs([member](Run& run, const RunWork& work) { work.member_lost(run, member); });
}

void MemberBook::for_open_runs(const std::function<void(Run&, const RunWork&)>& tell) {
  for (std::uint32_t number = 1; number <= runs_.runs().size(); ++number) {
    Run& run = *runs_.at(number);
    const RunWork* work = work_of(run.key().kind);
    if (work != nullptr && !run.is(RunState::kDone) && !run.is(RunState::kDropped)) {
      tell(run, *work);
    }
  }
}

}  // namespace ph
