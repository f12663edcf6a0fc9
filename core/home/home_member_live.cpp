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
  if (!book_ || !right_member_row(row, request.inputs) || !comes_live(row.kind) ||
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
  // What is counted is the state at the run's command.
  if (book_->runs().counting() != nullptr) {
    return not_done(ReturnCode::kRunOpen);
  }
  // What it gives can't be put off, as it isn't known before its day; nor before the programme.
  if (!open_ || today != day_ || !opening_is_over() ||
      book_->programmes().of_day(today) == nullptr) {
    return not_done(ReturnCode::kAgainLater);
  }
  return std::nullopt;
}

LiveAnswer Home::take_member(const MemberRequest& request, BusinessTime at) {
  if (auto known = known_answer(request, at)) {
    return std::move(*known);
  }
  live_ = true;
  end_live_holds(at);
  check(live_today_ < FlatIndex::kNone, "a day's live events fit its numbers");
  const DayRow row{.kind = static_cast<RowKind>(request.row.kind),
                   .serial = live_today_,
                   .member = request.row.member,
                   .id = request.row.id,
                   .parent = request.row.parent};
  LiveAnswer answer{.at = at};
  telling_ = &answer;
  asked_at_ = at;
  date_ = day_;
  const Outcome outcome = take_member_row(row, request.row, request.inputs);
  telling_ = nullptr;
  answer.code = static_cast<std::uint8_t>(outcome);
  if (outcome == kDone) {
    answer.entry = EntryId(province_, date_, row.serial);
    ++live_today_;
  }
  for (const LiveSlice& slice : answer.slices) {
    answer.points += slice.points;
  }
  if (const std::uint32_t account = account_of_row(row, request.row); account != kNoAccount) {
    answer.available = std::max(available(accounts_[account]), std::int64_t{0});
  }
  if (is_kept(outcome)) {
    answers_.add({.class_ = Class::kMember, .id = row.id}, fingerprint(request.row, request.inputs),
                 answer);
  }
  return answer;
}

}  // namespace ph
