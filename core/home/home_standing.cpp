// Rows that say who a member is to his province: grades that are brought, plans, flags that are
// proposed and decided or of before, scoring sheets (docs/decisions/0023-programme-format.md,
// section 2).
#include <algorithm>

#include "core/home/home.h"
#include "core/home/member_columns.h"
#include "core/programme/grade.h"
#include "core/programme/level.h"
#include "core/programme/sheet.h"
#include "core/types/check.h"

namespace ph {

namespace {

using programme::FlagBy;
using programme::Grade;
using programme::GradeReason;
using programme::Grading;
using programme::SheetFault;

// Names that aren't those of the sheet; all else is a sheet that can't be.
ReturnCode sheet_code(SheetFault fault) {
  switch (fault) {
    case SheetFault::kUnknownInput:
    case SheetFault::kTwice:
    case SheetFault::kMissingInput:
      return ReturnCode::kUnknownName;
    case SheetFault::kBelowBands:
    case SheetFault::kPointsMissing:
    case SheetFault::kPointsOutside:
    case SheetFault::kNoGrade:
      break;
  }
  return ReturnCode::kState;
}

}  // namespace

// Rows of members are taken while a version is in force.
const programme::Rows& Home::rules() const {
  const Programme* version = book_->programmes().of_day(date_);
  check(version != nullptr, "a row of a member comes on a day with a programme");
  return version->rows();
}

// The level by plan is that of the accounts' plans: at once with them, void with them.
void Home::plans_changed(std::uint32_t account) {
  if (book_->programmes().of_day(date_) == nullptr) {
    return;
  }
  for (const Grading& grading : rules().gradings) {
    if (grading.basis != programme::Basis::kPlan) {
      continue;
    }
    const auto number = static_cast<std::uint8_t>(book_->names().gradings.find(grading.name));
    const Grade before{.level = book_->level_on(account, number, date_)};
    const std::uint8_t level = programme::level_of_plans(grading, book_->plans_of(account), date_);
    if (level != before.level) {
      write_grade(account, number, programme::planned(before, level, date_), 0);
    }
  }
}

// Whose row it is: of a decision the member who was proposed, of staff's answer who asked.
std::uint32_t Home::member_about(const DayRow& row, const MemberRow& says) const {
  if (says.kind == MemberKind::kVipDecide) {
    const std::uint32_t proposal = book_->find_proposal(says.parent);
    return proposal == MemberBook::kNone ? kNoAccount : book_->proposal(proposal).member;
  }
  if (says.kind == MemberKind::kRegisterEnd) {
    const std::uint32_t found = book_->registrations().find(says.parent);
    return found == RegisterBook::kNone ? kNoAccount : book_->registrations().at(found).member;
  }
  return account_of_row(row, says);
}

Home::Outcome Home::change_plan(const DayRow& row, const MemberRow& says) {
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = known_account(row, {says.account}, device); fault != kDone) {
    return fault;
  }
  const std::string_view plan = text_of(says.name[0]);
  if (!plan.empty() && !programme::is_plan(rules(), plan, date_)) {
    return ReturnCode::kUnknownName;
  }
  book_->set_plan(device, plan);
  plans_changed(find_account(row.member));
  return kDone;
}

Home::Outcome Home::known_flag(std::string_view name, FlagBy by) const {
  const auto found = std::ranges::find(rules().flags, name, &programme::Flag::name);
  return found != rules().flags.end() && found->by == by ? kDone : ReturnCode::kUnknownName;
}

Home::Outcome Home::propose_vip(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const std::string_view name = text_of(says.name[0]);
  if (const Outcome flag = known_flag(name, FlagBy::kReview); flag != kDone) {
    return flag;
  }
  if (says.until < date_.month().count()) {
    return ReturnCode::kState;  // A live one: files are held against their date.
  }
  book_->propose({.id = row.id,
                  .member = account,
                  .flag = book_->names().flags.find(name),
                  .why = says.word,
                  .until = says.until,
                  .proposed = date_.count(),
                  .maker = says.officer});
  return kDone;
}

// The proposal's month may be over by now, and a flag never lasts longer than its validity.
// Declined is also what nobody can approve any more: else it would wait for ever.
Home::Outcome Home::decide_vip(const MemberRow& says) {
  const std::uint32_t found = book_->find_proposal(says.parent);
  if (found == MemberBook::kNone) {
    return ReturnCode::kUnknownParent;
  }
  const book::ProposalRecord& proposal = book_->proposal(found);
  const std::string& name = book_->names().flags.name(proposal.flag);
  const bool approves = says.flag[0] != 0;
  if (const Outcome state = state_of(proposal.member, false); approves && state != kDone) {
    return state;
  }
  if (const Outcome flag = known_flag(name, FlagBy::kReview); approves && flag != kDone) {
    return flag;
  }
  const auto refusal = programme::reviewed(text_of(proposal.maker), text_of(says.officer));
  if (refusal != programme::Refusal::kNone) {
    return static_cast<ReturnCode>(refusal);
  }
  const Month now = date_.month();
  if (proposal.state != book::ProposalRecord::kOpen || (approves && proposal.until < now.count())) {
    return ReturnCode::kState;
  }
  if (!approves) {
    book_->decline(found, says.officer, date_);
    return kDone;
  }
  const auto rule = std::ranges::find(rules().flags, name, &programme::Flag::name);
  const int valid = now.count() + rule->valid_months - 1;
  const auto last = static_cast<std::uint16_t>(std::min<int>(proposal.until, valid));
  book_->approve(found, says.officer, Month(last), date_);
  return kDone;
}

Home::Outcome Home::legacy(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const std::string_view name = text_of(says.name[0]);
  if (const Outcome flag = known_flag(name, FlagBy::kLegacy); flag != kDone) {
    return flag;
  }
  book_->give_flag(account, book_->names().flags.find(name), Month(says.until), date_);
  return kDone;
}

// Without a grading it is only added up: nothing of it is kept.
Home::Outcome Home::sheet(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const auto sheet =
      std::ranges::find(rules().sheets, text_of(says.name[0]), &programme::Sheet::name);
  const std::string_view grading_name = text_of(says.name[1]);
  const std::uint16_t number = book_->programmes().of_day(date_)->find_grading(grading_name);
  const Grading* grading = number == programme::kNoIndex ? nullptr : &rules().gradings[number];
  if (sheet == rules().sheets.end() || (!grading_name.empty() && grading == nullptr)) {
    return ReturnCode::kUnknownName;
  }
  std::vector<programme::SheetAnswer> answers;
  for (const SheetInputRow& input : inputs_) {
    answers.push_back({.input = text_of(input.name),
                       .value = input.value,
                       .points = input.points < 0 ? std::nullopt : std::optional(input.points)});
  }
  const auto total = programme::sheet_total(*sheet, answers);
  if (!total) {
    return sheet_code(total.error());
  }
  if (grading == nullptr) {
    return kDone;
  }
  const auto level =
      std::ranges::find(grading->levels, sheet->cuts[total->cut].grade, &programme::Ref::name);
  if (level == grading->levels.end()) {
    return ReturnCode::kUnknownName;
  }
  write_grade(account, static_cast<std::uint8_t>(book_->names().gradings.find(grading_name)),
              {.level = static_cast<std::uint8_t>(level - grading->levels.begin()),
               .reason = GradeReason::kSheet,
               .from = date_,
               .to = programme::end_of_validity(*grading, date_)},
              0);
  return kDone;
}

}  // namespace ph
