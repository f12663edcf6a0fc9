// Rows about grades: GRADE brings one from elsewhere, APPLY asks for a higher one. And a grade that
// is given here, whoever gives it, with what it gives ON_ENTRY.
#include <algorithm>

#include "core/home/home.h"
#include "core/home/run_grade.h"
#include "core/programme/earning.h"
#include "core/programme/score.h"

namespace ph {

using programme::Grade;
using programme::Grading;

// Whose row it is, and the level that it names.
Result<Home::Graded, Home::Outcome> Home::graded_by(const DayRow& row,
                                                    const MemberRow& says) const {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return Fail{state};
  }
  const Programme& version = *book_->programmes().of_day(date_);
  const std::string_view name = text_of(says.name[0]);
  const std::string_view level_name = text_of(says.name[1]);
  const std::uint16_t found = version.find_grading(name);
  if (found == programme::kNoIndex) {
    return Fail{ReturnCode::kUnknownName};
  }
  const Grading& grading = version.rows().gradings[found];
  if (version.find_level(grading, level_name) == programme::kNoIndex) {
    return Fail{ReturnCode::kUnknownName};
  }
  const auto number = static_cast<std::uint8_t>(book_->names().gradings.find(name));
  const auto level = static_cast<std::uint8_t>(book_->names().levels[number].find(level_name));
  return Graded{.account = account, .grading = &grading, .number = number, .level = level};
}

void Home::write_grade(std::uint32_t account, std::uint8_t grading, const Grade& grade,
                       std::uint32_t run) {
  (void)book_->write_grade(account, grading, grade, date_, static_cast<std::uint16_t>(run));
  // Points of a month that hasn't begun would have an expiry that nobody has settled yet.
  const Month month = std::min(grade.from.month(), date_.month());
  const Programme* version = book_->programmes().of_month(month);
  if (version == nullptr ||
      version->rows().level_award.grading.name != book_->names().gradings.name(grading)) {
    return;
  }
  if (const auto given = book_->enter_level(account, grade.level, month)) {
    earn_lot(account, next_generated(), *given);
  }
}

// A grade of before, or of another system's: it ends as the row says, else as the grading's do.
Home::Outcome Home::give_grade(const DayRow& row, const MemberRow& says) {
  const auto graded = graded_by(row, says);
  if (!graded) {
    return graded.error();
  }
  const Grading& grading = *graded->grading;
  const Grade grade{.level = graded->level,
                    .reason = grading.basis == programme::Basis::kReview
                                  ? programme::GradeReason::kReview
                                  : programme::GradeReason::kMigration,
                    .from = says.date,
                    .to = says.until != 0 ? BusinessDate(says.until)
                                          : programme::end_of_validity(grading, says.date)};
  write_grade(graded->account, graded->number, grade, 0);
  return kDone;
}

// Bill months of the application that are all known: none begins more than 23 months back.
std::optional<programme::MonthRange> Home::window_of(std::uint32_t account, const Grading& grading,
                                                     Month from) const {
  const auto newest = book_->newest_bill(account);
  const bool kept = from.count() + book::kRingMonths > date_.month().count();
  return newest && kept ? programme::application_window(from, grading.apply_months, *newest)
                        : std::nullopt;
}

// By any consecutive months, up alone: who is at this level or above has nothing to ask for.
Home::Outcome Home::apply(const DayRow& row, const MemberRow& says) {
  const auto graded = graded_by(row, says);
  if (!graded) {
    return graded.error();
  }
  const std::uint32_t account = graded->account;
  const Grading& grading = *graded->grading;
  const auto window = window_of(account, grading, says.month);
  if (!window) {
    return ReturnCode::kNotReached;
  }
  std::int64_t reached = book_->rating_points(account, *window);
  if (grading.basis != programme::Basis::kRatingPoints) {
    std::int64_t fen = 0;
    for (std::uint32_t n = book_->member(account).first_account; n != MemberBook::kNone;
         n = book_->account(n).next) {
      fen += book_->spend(n, *window);
    }
    reached = fen / 100;
  }
  const std::uint8_t level = book_->level_on(account, graded->number, date_);
  const auto grade = programme::applied(
      grading, {.level = level}, graded->level, reached,
      standards_on(*book_, graded->number, grading, book_->region_now(account), date_), date_);
  if (!grade) {
    return static_cast<ReturnCode>(grade.error());
  }
  write_grade(account, graded->number, *grade, 0);
  return kDone;
}

}  // namespace ph
