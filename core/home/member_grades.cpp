// Grades of members: the present one of each grading beside the member, all that were given in his
// history (docs/decisions/0023-programme-format.md, section 3.2); and what runs forget of accounts.
#include <algorithm>

#include "core/home/member_book.h"
#include "core/home/run_work.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::HistoryRecord;
using programme::BeforeRun;
using programme::Grade;
using programme::GradeReason;

template <class Record>
Grade grade_of(const Record& record) {
  return {.level = record.level,
          .reason = static_cast<GradeReason>(record.reason),
          .from = BusinessDate(record.from),
          .to = BusinessDate(record.to)};
}

// What a run gave holds until the run that counts a later month writes anew: nobody falls because
// somebody is late (ruling 44).
bool holds(const Grade& grade, BusinessDate on) {
  return grade.reason != GradeReason::kNone &&
         (on < grade.to || programme::waits_for_its_run(grade.reason));
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
  if (last != kNone && programme::is_confirmed(grade_of(present), grade) &&
      tables_.history[last].from <= grade.from.count()) {
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

BeforeRun MemberBook::grade_on(std::uint32_t member, std::uint8_t grading, BusinessDate on) const {
  const book::ProgrammeMember& record = tables_.members[member];
  BeforeRun out{.on = on};
  const book::GradeRecord& present = record.grades[grading];
  if (present.reason == 0 || present.from <= on.count()) {
    out.grade = grade_of(present);
  } else {
    std::uint32_t n = record.last_history;
    while (n != kNone &&
           (tables_.history[n].grading != grading || tables_.history[n].from > on.count())) {
      n = tables_.history[n].next;
    }
    out.grade = n == kNone ? Grade{} : grade_of(tables_.history[n]);
  }
  out.has = holds(out.grade, on);
  out.level = out.has ? out.grade.level : std::uint8_t{0};
  return out;
}

// The account has another owner from now on: open runs forget it.
void MemberBook::tell_runs_of_lost(std::uint32_t account) {
  for_open_runs(
      [this, account](Run& run, const RunWork& work) { work.account_lost(run, *this, account); });
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
