// What keeps a member from redeeming, and what he has taken of a day; arrears, blacklist, brands
// and owners.
#include <algorithm>

#include "core/home/home.h"
#include "core/programme/sources.h"

namespace ph {

// The codes of limits are those of their refusals. What has been earned is told by all lots that
// are here, the empty ones too, and those that lie empty with numbers that are merged into it.
Home::Outcome Home::may_redeem(const DayRow& row, std::uint32_t account) const {
  const programme::Limits* limits = book_ ? book_->limits(date_) : nullptr;
  if (limits == nullptr) {
    return kDone;
  }
  programme::MemberFacts facts = book_->facts(account, date_);
  std::int64_t earned = limits->earned_min > 0 ? earned_by(account) : 0;
  for (const std::uint32_t merged : limits->earned_min > 0 ? book_->merges().merged_into(account)
                                                           : std::vector<std::uint32_t>()) {
    earned += earned_by(merged);
  }
  facts.earned = Points::of(earned);
  const auto refusal = programme::may_redeem(*limits, facts, Points::of(row.points), date_);
  if (refusal != programme::Refusal::kNone) {
    return static_cast<ReturnCode>(refusal);
  }
  const bool fixed = row.kind == RowKind::kRedeem && row.form == Form::kFixedLine;
  return fixed && !programme::fixed_out(book_->programmes(), date_, Points())
             ? ReturnCode::kUnknownName
             : kDone;
}

std::int64_t Home::earned_by(std::uint32_t account) const {
  std::int64_t earned = 0;
  for (std::uint32_t node = accounts_[account].lots.head; node != LotBook::kEnd;
       node = lots_.next(node)) {
    earned += lots_.at(node).original;
  }
  return earned;
}

// On which open day it was taken; nullopt: on neither. Of a capture that of its hold.
std::optional<BusinessDate> Home::taken_day(std::uint32_t entry) const {
  const EntryRecord& record = entries_[entry];
  if (record.has(EntryRecord::kHeldBefore)) {
    return std::nullopt;
  }
  if (record.has(EntryRecord::kPutOff)) {
    return put_off_day_;
  }
  const bool today = entry >= first_entry_ || std::ranges::binary_search(earlier_today_, entry);
  return open_ && today ? std::optional(day_) : std::nullopt;
}

void Home::count_taken(std::uint32_t account, std::int64_t points) {
  if (book_) {
    book_->note_taken(account, date_, points);
  }
}

// What comes back on the day on which it was taken may be taken again on it.
void Home::count_given_back(std::uint32_t entry, std::int64_t points) {
  if (book_ && taken_day(entry) == date_) {
    book_->note_taken(account_of(entries_[entry]), date_, -points);
  }
}

void Home::count_released(std::uint32_t entry, const Hold& hold, BusinessDate on) {
  if (book_ && hold.authorisation.date() == on) {
    book_->note_taken(account_of(entries_[entry]), on, -entries_[entry].left);
  }
}

// A known account of this member, whatever has become of it.
Home::Outcome Home::known_account(const DayRow& row, const AccountText& text,
                                  std::uint32_t& device) const {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  device = book_->find(text);
  return device == MemberBook::kNone ? ReturnCode::kNoAccount : book_->may_earn(device, account);
}

Home::Outcome Home::arrears(const DayRow& row, const MemberRow& says) {
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = known_account(row, {says.account}, device); fault != kDone) {
    return fault;
  }
  const auto state = static_cast<MemberBook::Arrears>(says.word);
  earn_all(find_account(row.member), book_->set_arrears(device, state, date_), 0);
  return kDone;
}

Home::Outcome Home::blacklist(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  book_->set_blacklisted(account, says.flag[0] != 0);
  return kDone;
}

Home::Outcome Home::brand(const DayRow& row, const MemberRow& says) {
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = known_account(row, {says.account}, device); fault != kDone) {
    return fault;
  }
  book_->note_brand(find_account(row.member), date_);
  return kDone;
}

// What an account that its owner loses gave is forfeited, what is held of it too: a hold has the
// rest. What events that are put off have set aside stays theirs.
Home::Outcome Home::owner(const DayRow& row, const MemberRow& says) {
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = known_account(row, {says.account}, device); fault != kDone) {
    return fault;
  }
  const std::uint32_t account = find_account(row.member);
  release_of(account, device);
  for (const std::uint32_t node : lots_.canonical(accounts_[account].lots)) {
    Lot lot = lots_.at(node);
    if (book_->origin(node) == device && lot.free() > 0) {
      add_movement(row.serial, Kind::kForfeit, row.member,
                   slice_of(lot, Account::kForfeited, -lot.free()));
      lot.remaining = lot.held;
      lots_.put(node, lot);
    }
  }
  book_->lose(device, programme::month_before(date_.month()));
  plans_changed(account);
  return kDone;
}

void Home::release_of(std::uint32_t account, std::uint32_t device) {
  if (!has_holds(accounts_[account])) {
    return;
  }
  for (auto it = holds_.begin(); it != holds_.end();) {
    const std::uint32_t entry = it->first;
    Hold& hold = (it++)->second;
    if (account_of(entries_[entry]) != account) {
      continue;
    }
    for (auto& [node, points] : hold.slices) {
      if (book_->origin(node) == device && points > 0) {
        Lot lot = lots_.at(node);
        lot.held -= points;
        lots_.put(node, lot);
        note_expiry(accounts_[account], lot.expires_on);
        entries_[entry].left -= points;
        points = 0;
      }
    }
    if (entries_[entry].left == 0) {
      release(entry);
    }
  }
}

}  // namespace ph
