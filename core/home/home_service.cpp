// Rows of service: a benefit is claimed, somebody has called, or says that a month is missing
// (docs/decisions/0023-programme-format.md, section 2).
#include <algorithm>

#include "core/home/home.h"
#include "core/home/member_columns.h"
#include "core/programme/benefit.h"
#include "core/programme/queue.h"

namespace ph {

// Through which channel isn't in the row: whoever takes the claim from one asks that himself.
Home::Outcome Home::claim(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const std::vector<programme::Benefit>& benefits = rules().benefits;
  const std::string_view name = text_of(says.name[0]);
  const auto found = std::ranges::find_if(benefits, [&](const programme::Benefit& benefit) {
    return benefit.name == name && benefit.in_force.holds(date_);
  });
  if (found == benefits.end()) {
    return ReturnCode::kUnknownName;
  }
  const auto made = programme::claim(benefits, static_cast<std::uint16_t>(found - benefits.begin()),
                                     book_->held_on(account, date_),
                                     book_->claims_of(account, benefits, date_), "", date_);
  if (!made) {
    return static_cast<ReturnCode>(made.error());
  }
  book_->note_claim(account, book_->names().benefits.find(name), *made);
  if (telling_ != nullptr) {
    const bool ends = made->until.count() < BusinessDate::kCount;
    telling_->ends = found->hours > 0 ? telling_->at.plus_seconds(found->hours * 3600)
                     : ends           ? BusinessTime::of(made->until.plus_days(1), 0)
                                      : BusinessTime();
  }
  return kDone;
}

// A programme without queues has nothing to count.
Home::Outcome Home::call(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const bool blacklisted =
      (book_->member(account).flags & book::ProgrammeMember::kBlacklisted) != 0;
  const std::uint16_t grade = book_->effective_on(account, date_);
  const std::uint16_t queue = programme::queue_of(rules().queues, grade, blacklisted);
  if (queue == programme::kNoIndex) {
    return kDone;
  }
  const programme::Call call{.seconds = says.number[0],
                             .answered = says.flag[0] != 0,
                             .called_back = says.number[1] == 0
                                                ? std::nullopt
                                                : std::optional<std::int64_t>(says.number[1])};
  book_->note_call(rules().queues[queue], grade, blacklisted, call, date_);
  return kDone;
}

// What gave nothing for the want of a profile, or in arrears, is credited here, if it would earn
// now; all else waits for somebody.
Home::Outcome Home::register_month(const DayRow& row, const MemberRow& says) {
  constexpr std::uint8_t kNoPoints = 1;
  if (!has_begun(says.month)) {
    return ReturnCode::kInvalid;  // A live one: files are held against their date.
  }
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = known_account(row, {says.account}, device); fault != kDone) {
    return fault;
  }
  if (book_->registrations().find_open(device, says.month) != RegisterBook::kNone) {
    return ReturnCode::kState;  // It is being looked at.
  }
  const std::uint32_t account = find_account(row.member);
  book::RegistrationRecord record{.id = row.id,
                                  .member = account,
                                  .account = device,
                                  .month = says.month.count(),
                                  .opened = date_.count(),
                                  .why = says.word,
                                  .state = book::RegistrationRecord::kOpen};
  if (says.word == kNoPoints) {
    if (!book_->is_missing(device, says.month, date_)) {
      return ReturnCode::kNothingMissing;
    }
    if (const auto given = book_->credit_missing(device, says.month, date_)) {
      earn_all(account, *given, 0);
      record.state = book::RegistrationRecord::kCredited;
      record.ended = date_.count();
      if (telling_ != nullptr) {
        telling_->authorisation = EntryId(province_, date_, row.serial);
      }
    }
  }
  book_->registrations().add(record);
  return kDone;
}

// What is credited comes by a row of its own before. Who isn't here any more gets nothing, so it
// ends refused.
Home::Outcome Home::register_end(const MemberRow& says) {
  const std::uint32_t found = book_->registrations().find(says.parent);
  if (found == RegisterBook::kNone) {
    return ReturnCode::kUnknownParent;
  }
  constexpr std::uint8_t kCredited = 1;
  const bool credited = says.word == kCredited;
  const book::RegistrationRecord& record = book_->registrations().at(found);
  if (const Outcome state = state_of(record.member, false); credited && state != kDone) {
    return state;
  }
  if (record.state != book::RegistrationRecord::kOpen) {
    return ReturnCode::kState;
  }
  book_->registrations().end(
      found, credited ? book::RegistrationRecord::kCredited : book::RegistrationRecord::kRefused,
      date_);
  return kDone;
}

}  // namespace ph
