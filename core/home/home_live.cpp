// Events that come one by one: decided at once, and posted with the open day; those of the day
// after are put off until it opens (decision 13).
#include <algorithm>
#include <limits>

#include "core/home/home.h"
#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

namespace {

LiveAnswer refusal(ReturnCode code) {
  return {.code = static_cast<std::uint8_t>(code)};
}

bool takes_set_aside(Kind kind) {
  return kind == Kind::kRedeem || kind == Kind::kExchangeOut;
}

}  // namespace

// The order of the checks is protocol.
std::optional<LiveAnswer> Home::known_answer(const LiveCommand& command, BusinessTime at) const {
  const DayRow& row = command.row;
  const BusinessDate today = at.date();
  if (!well_formed(command, province_)) {
    return refusal(ReturnCode::kInvalid);
  }
  if (row.id.date > today) {
    return refusal(ReturnCode::kAgainLater);  // Clocks differ: it will be that day here, too.
  }
  const EntryKey key{.class_ = *live_class(row.kind), .id = row.id};
  if (const AnswerRecord* first = answers_.find(key)) {
    if (first->content != content_of(command)) {
      return refusal(ReturnCode::kDuplicate);
    }
    // A file may have brought meanwhile what was refused live.
    if (first->code == 0 || find_entry(key.class_, key.id) == FlatIndex::kNone) {
      return answers_.answer_of(*first);
    }
  }
  if (row.kind != RowKind::kMoveIn && today.count() - row.id.date.count() > kLateDaysMax) {
    return refusal(ReturnCode::kTooOld);  // What an answer brings in has left another home.
  }
  const bool moves = row.kind == RowKind::kMoveOut || row.kind == RowKind::kMoveIn;
  if (moves && !(open_ && today == day_ && opening_is_over())) {
    return refusal(ReturnCode::kAgainLater);  // A move isn't put off: it sets nothing aside.
  }
  const bool tomorrow = open_ && today == day_.plus_days(1) && opening_is_over();
  if (!open_ || (today != day_ && !tomorrow)) {
    return refusal(ReturnCode::kAgainLater);
  }
  return std::nullopt;
}

LiveAnswer Home::take_live(const LiveCommand& command, BusinessTime at) {
  if (auto known = known_answer(command, at)) {
    return std::move(*known);
  }
  live_ = true;
  end_live_holds(at);
  const bool today = at.date() == day_;
  std::uint32_t& serial = today ? live_today_ : live_tomorrow_;
  check(serial < std::numeric_limits<std::uint32_t>::max(), "a day's live events fit its numbers");
  DayRow row = command.row;
  row.serial = serial;
  row.units = row.kind == RowKind::kHold ? command.hold_seconds : row.units;
  date_ = at.date();
  putting_off_ = !today || !opening_is_over();
  children_ = &command.children;
  live_row_ = &command;
  hold_ends_ = at.plus_seconds(command.hold_seconds == 0 ? kHoldSeconds : command.hold_seconds);
  LiveAnswer answer = decide(row);
  answer.at = at;
  serial += answer.code == 0 ? 1 : 0;
  date_ = day_;
  putting_off_ = false;
  children_ = file_ == nullptr ? nullptr : &file_->children;
  live_row_ = nullptr;
  if (is_kept(static_cast<ReturnCode>(answer.code))) {
    answers_.add({.class_ = *live_class(row.kind), .id = row.id}, content_of(command), answer);
  }
  return answer;
}

LiveAnswer Home::decide(const DayRow& row) {
  LiveAnswer answer{.points = row.points};
  telling_ = &answer;
  const Outcome outcome = take_row(row);
  telling_ = nullptr;
  answer.code = static_cast<std::uint8_t>(outcome);
  if (outcome == kDone) {
    answer.entry = EntryId(province_, date_, row.serial);
    if (row.kind == RowKind::kRedeem || row.kind == RowKind::kHold) {
      answer.authorisation = answer.entry;
    }
    answer.ends = row.kind == RowKind::kHold ? hold_ends_ : BusinessTime();
  } else {
    answer.points = 0;
  }
  if (const std::uint32_t account = account_about(row); account != kNoAccount) {
    answer.available = std::max(available(accounts_[account]), std::int64_t{0});
  }
  return answer;
}

// Whose points it is about; kNoAccount: nobody's here.
std::uint32_t Home::account_about(const DayRow& row) const {
  if (row.kind == RowKind::kDelivery || row.kind == RowKind::kDeliveryRefund) {
    return kNoAccount;
  }
  if (!row.member.none()) {
    return find_account(row.member);
  }
  const std::uint32_t held = find_hold(row.parent);
  return held == FlatIndex::kNone ? kNoAccount : account_of(entries_[held]);
}

void Home::tell(LotId lot, std::int64_t points) {
  if (telling_ != nullptr) {
    telling_->slices.push_back({.lot = lot, .points = points});
  }
}

void Home::tell_parts(const Parts& parts) {
  if (telling_ != nullptr) {
    for (const auto& [node, points] : parts) {
      tell(lots_.at(node).id, points);
    }
  }
}

void Home::end_live_holds(BusinessTime at) {
  while (!live_ending_.empty() && live_ending_.begin()->first <= at) {
    const std::uint32_t entry = live_ending_.begin()->second;
    count_released(entry, holds_.at(entry), at.date());
    release(entry);
  }
}

void Home::put_off(const Item& item, std::uint32_t entry, std::vector<Slice> slices) {
  check(put_off_.empty() || put_off_day_ == date_, "what is put off is of one day");
  put_off_day_ = date_;
  entries_[entry].set(EntryRecord::kPutOff);
  put_off_.push_back({.item = item, .entry = entry, .slices = std::move(slices)});
  count_put_off(put_off_.back());
}

// What follows from what is put off.
void Home::count_put_off(const PutOff& event) {
  if (const std::uint32_t account = account_of(entries_[event.entry]); account != kNoAccount) {
    ++put_off_count_[account];
  }
  if (takes_set_aside(event.item.kind) || event.item.kind == Kind::kRefund) {
    for (const Slice& slice : event.slices) {
      Ahead& ahead = ahead_.try_emplace(slice.lot, Ahead{.original = slice.original}).first->second;
      ahead.net += slice.delta;
      ahead.peak = std::max(ahead.peak, ahead.net);
    }
  }
}

// A refund under another number of the same customer may give its points to this one.
bool Home::has_put_off(std::uint32_t account) const {
  if (put_off_count_.empty() || !book_ || book_->merges().empty()) {
    return put_off_count_.contains(account);
  }
  return std::ranges::any_of(book_->merges().connected(account),
                             [&](std::uint32_t number) { return put_off_count_.contains(number); });
}

std::optional<BusinessDate> Home::put_off_day() const {
  const bool waits = !put_off_.empty() && !(open_ && put_off_day_ == day_);
  return waits ? std::optional(put_off_day_) : std::nullopt;
}

// To a row of the open day it has no slices and no lot yet.
bool Home::not_posted(std::uint32_t entry) const {
  return entries_[entry].has(EntryRecord::kPutOff) && !putting_off_;
}

const Home::PutOff* Home::put_off_of(std::uint32_t entry) const {
  if (!entries_[entry].has(EntryRecord::kPutOff)) {
    return nullptr;
  }
  const auto found = std::ranges::lower_bound(put_off_, entry, {}, &PutOff::entry);
  check(found != put_off_.end() && found->entry == entry, "what is put off is kept");
  return &*found;
}

// I-1 for points that come back, now and when what is put off is posted: a row of the open day
// comes before all of that, an event that is put off, too, comes behind.
bool Home::fits(const Lot& lot, std::int64_t points) const {
  const auto found = ahead_.find(lot.id);
  if (found == ahead_.end()) {
    return lot.remaining + points <= lot.original;
  }
  const Ahead& ahead = found->second;
  return lot.remaining + points + (putting_off_ ? ahead.net : ahead.peak) <=
         std::min(lot.original, ahead.original);
}

// Returns what is left of `count`; 0 while something of it remains.
std::size_t Home::post_all_put_off(std::size_t count) {
  if (put_off_.empty() || put_off_day_ != day_) {
    return count;
  }
  for (; count > 0 && next_put_off_ < put_off_.size(); --count) {
    post_put_off(put_off_[next_put_off_++]);
  }
  if (next_put_off_ < put_off_.size()) {
    return 0;
  }
  put_off_.clear();
  next_put_off_ = 0;
  put_off_count_.clear();
  ahead_.clear();
  return count;
}

// It can't fail: what it needs was set aside.
void Home::post_put_off(const PutOff& event) {
  const Item& item = event.item;
  EntryRecord& entry = entries_[event.entry];
  entry.clear(EntryRecord::kPutOff);
  const std::uint32_t account = account_of(entry);
  if (takes_set_aside(item.kind)) {
    Parts parts;
    for (const Slice& slice : event.slices) {
      parts.emplace_back(lots_.find(accounts_[account].lots, slice.lot), -slice.delta);
      ahead_[slice.lot].net -= slice.delta;
    }
    take_parts(item, parts, true);
  } else if (item.kind == Kind::kRefund) {
    LotPoints slices;
    for (const Slice& slice : event.slices) {
      slices.emplace_back(Lot{.id = slice.lot,
                              .earned_month = slice.earned_month,
                              .expires_on = slice.expires_on,
                              .source = slice.source,
                              .rating = slice.rating,
                              .original = slice.original},
                          slice.delta);
      ahead_[slice.lot].net -= slice.delta;
    }
    add_item(item);
    put_back(account, slices, find_parent(item.parent) == FlatIndex::kNone);
  } else if (item.kind == Kind::kUnissue) {
    take_back_issued(account, item, event.slices.front().lot);
  } else if (item.kind == Kind::kAccrual || item.kind == Kind::kExchangeIn) {
    make_issued(account, item);
  } else {
    add_item(item);
  }
  cite(item.entry, event.entry);
}

}  // namespace ph
