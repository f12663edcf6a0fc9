// Rows of members that come one by one: decided with the day that is open, at the time at which
// they come; refusals are kept, too (docs/decisions/0023-programme-format.md, section 3.1).
#include "core/home/carried_out.h"
#include "core/home/home.h"
#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

namespace {

LiveAnswer not_done(ReturnCode code) {
  return {.code = static_cast<std::uint8_t>(code)};
}

// Of a province, digits alone name an entry of its own days.
bool is_given(const TransactionId& id, Participant province) {
  const std::string_view text = id.reference_text();
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  return valid_id(id) && !(id.participant == province && digits);
}

}  // namespace

// The order of the checks is protocol.
std::optional<LiveAnswer> Home::known_answer(const MemberRequest& request, BusinessTime at) const {
  const MemberRow& row = request.row;
  const BusinessDate today = at.date();
  if (!book_ || !right_live_row(row, request.inputs) || !comes_live(row.kind) ||
      !carried_out(row.kind) || !is_given(row.id, province_)) {
    return not_done(ReturnCode::kInvalid);
  }
  if (row.id.date > today) {
    return not_done(ReturnCode::kAgainLater);
  }
  const EntryKey key{.class_ = Class::kMember, .id = row.id};
  if (const AnswerRecord* first = answers_.find(key)) {
    if (first->content != fingerprint(row, request.inputs)) {
      return not_done(ReturnCode::kDuplicate);
    }
    if (first->code == 0 || find_entry(key.class_, key.id) == FlatIndex::kNone) {
      return answers_.answer_of(*first);
    }
  }
  if (today.count() - row.id.date.count() > kLateDaysMax) {
    return not_done(ReturnCode::kTooOld);
  }
  // What is counted is the state at the run's command; standards and grades are those of behind one
  // that posts.
  const Run* run = run_under_way();
  if (run != nullptr && (!run->is(RunState::kPosting) || row.kind == MemberKind::kApply)) {
    return not_done(ReturnCode::kRunOpen);
  }
  // What gives points can't be put off, as it isn't known before its day.
  const bool at_once = is_decided_at_once(row.kind);
  const bool over = opening_is_over();
  const bool right_day = today == day_ ? at_once || over : at_once && over && is_next(today);
  if (!open_ || !right_day || book_->programmes().of_day(today) == nullptr) {
    return not_done(ReturnCode::kAgainLater);
  }
  return std::nullopt;
}

bool Home::is_next(BusinessDate date) const {
  return date == day_.plus_days(1);
}

LiveAnswer Home::take_member(const MemberRequest& request, BusinessTime at) {
  if (auto known = known_answer(request, at)) {
    return std::move(*known);
  }
  live_ = true;
  end_live_holds(at);
  const bool today = at.date() == day_;
  std::uint32_t& serial = today ? live_today_ : live_tomorrow_;
  check(serial < FlatIndex::kNone, "a day's live events fit its numbers");
  const DayRow row{.kind = static_cast<RowKind>(request.row.kind),
                   .serial = serial,
                   .member = request.row.member,
                   .id = request.row.id,
                   .parent = request.row.parent};
  LiveAnswer answer{.at = at};
  telling_ = &answer;
  asked_at_ = at;
  date_ = at.date();
  // Nothing of it is posted later, but the day can't cite it before its opening is over.
  putting_off_ = !today || !opening_is_over();
  const Outcome outcome = take_member_row(row, request.row, request.inputs);
  putting_off_ = false;
  telling_ = nullptr;
  answer.code = static_cast<std::uint8_t>(outcome);
  if (outcome == kDone) {
    answer.entry = EntryId(province_, date_, row.serial);
    ++serial;
  }
  date_ = day_;
  for (const LiveSlice& slice : answer.slices) {
    answer.points += slice.points;
  }
  if (const std::uint32_t account = member_about(row, request.row); account != kNoAccount) {
    answer.available = std::max(available(accounts_[account]), std::int64_t{0});
  }
  if (is_kept(outcome)) {
    answers_.add({.class_ = Class::kMember, .id = row.id}, fingerprint(request.row, request.inputs),
                 answer);
  }
  return answer;
}

}  // namespace ph
