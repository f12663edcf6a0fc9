#include "core/home/home.h"

#include <algorithm>

#include "core/home/fingerprint.h"
#include "core/home/member_columns.h"
#include "core/programme/earning.h"
#include "core/types/check.h"

namespace ph {

std::string_view word(RowKind kind) {
  if (is_of_member(kind)) {
    return word(static_cast<MemberKind>(kind));
  }
  switch (kind) {
    case RowKind::kBill:
      return "BILL";
    case RowKind::kRebill:
      return "REBILL";
    case RowKind::kEarn:
      return "EARN";
    case RowKind::kUnearn:
      return "UNEARN";
    case RowKind::kTransfer:
      return "TRANSFER";
    case RowKind::kLeave:
      return "LEAVE";
    case RowKind::kRedeem:
      return "REDEEM";
    case RowKind::kHold:
      return "HOLD";
    case RowKind::kCapture:
      return "CAPTURE";
    case RowKind::kVoid:
      return "VOID";
    case RowKind::kExchangeOut:
      return "EXCHANGE_OUT";
    case RowKind::kAccrual:
      return "ACCRUAL";
    case RowKind::kExchangeIn:
      return "EXCHANGE_IN";
    case RowKind::kRefund:
      return "REFUND";
    case RowKind::kUnissue:
      return "UNISSUE";
    case RowKind::kMoveOut:
      return "MOVE_OUT";
    case RowKind::kMoveIn:
      return "MOVE_IN";
    case RowKind::kConfirm:
      return "CONFIRM";
    case RowKind::kDelivery:
      return "DELIVERY";
    case RowKind::kDeliveryRefund:
      return "DELIVERY_REFUND";
    case RowKind::kWithdraw:
      return "WITHDRAW";
  }
  return "";
}

void Home::open(const Opening& opening) {
  std::ranges::for_each(opening.members, [this](Member member) { open_member(member); });
  std::ranges::for_each(opening.lots, [this](const OpeningLot& row) { open_lot(row); });
  std::ranges::for_each(opening.debts, [this](const OpeningDebt& row) { open_debt(row); });
}

std::uint32_t Home::account_for_opening(Member member) {
  const std::uint32_t account = find_account(member);
  return account == kNoAccount ? new_account(member, State::kHome) : account;
}

void Home::open_member(Member member) {
  static_cast<void>(account_for_opening(member));
}

void Home::open_lot(const OpeningLot& row) {
  MemberRecord& account = accounts_[account_for_opening(row.member)];
  insert_lot(account.lots, {.id = row.lot,
                            .earned_month = row.earned_month,
                            .expires_on = row.expires_on,
                            .source = row.source,
                            .rating = row.rating,
                            .original = row.original,
                            .remaining = row.remaining});
  note_expiry(account, row.expires_on);
}

void Home::open_debt(const OpeningDebt& row) {
  accounts_[account_for_opening(row.member)].set(MemberRecord::kHasDebt, true);
  debts_[{row.member, row.issuer}] += row.points;
}

// Empty: the rule book has none.
std::string_view Home::code_of(Participant partner) const {
  const auto found = codes_.find(partner);
  return found == codes_.end() ? std::string_view() : std::string_view(found->second);
}

Home::Outcome Home::take_row(const DayRow& row) {
  if (is_of_member(row.kind)) {
    return take_member_row(row);
  }
  switch (row.kind) {
    case RowKind::kBill:
      return bill(row);
    case RowKind::kRebill:
      return rebill(row);
    case RowKind::kEarn:
      return earn(row);
    case RowKind::kUnearn:
      return unearn(row);
    case RowKind::kTransfer:
      return leave(row, false);
    case RowKind::kLeave:
      return leave(row, true);
    case RowKind::kRedeem:
      return redeem(row);
    case RowKind::kHold:
      return hold(row);
    case RowKind::kCapture:
      return capture(row);
    case RowKind::kVoid:
      return void_hold(row);
    case RowKind::kExchangeOut:
      return redeem(row);
    case RowKind::kAccrual:
      return issue(row);
    case RowKind::kExchangeIn:
      return issue(row);
    case RowKind::kRefund:
      return refund(row);
    case RowKind::kUnissue:
      return unissue(row);
    case RowKind::kMoveOut:
      return move_out(row);
    case RowKind::kMoveIn:
      return move_in(row);
    case RowKind::kConfirm:
      return confirm(row);
    case RowKind::kDelivery:
      return delivery(row);
    case RowKind::kDeliveryRefund:
      return delivery(row);
    case RowKind::kWithdraw:
      return withdraw(row);
  }
  check(false, "every row kind is carried out");
  return kDone;
}

// The first three codes of the list: too old, copy, duplicate. Own ids are new by their serial.
Home::Outcome Home::check_id(const DayRow& row, Class class_) const {
  const int age = date_.count() - row.id.date.count();
  const bool answered = class_ == Class::kMoveIn && telling_ != nullptr;
  if (age > kLateDaysMax && !answered) {
    return ReturnCode::kTooOld;
  }
  const std::uint32_t found = find_entry(class_, row.id);
  if (found == FlatIndex::kNone) {
    return kDone;
  }
  const EntryRecord& first = entries_[found];
  const bool copy =
      first.has(EntryRecord::kGiven) && given_[first.number].content == content_of_row(row);
  return copy ? ReturnCode::kCopy : ReturnCode::kDuplicate;
}

Fingerprint Home::content_of_row(const DayRow& row) const {
  return is_of_member(row.kind) ? fingerprint(*says_, inputs_) : fingerprint(row, *children_);
}

std::uint32_t Home::find_account(Member member) const {
  return account_by_member_.find(member.number(),
                                 [this](std::uint32_t n) { return accounts_[n].member.number(); });
}

std::uint32_t Home::new_account(Member member, State state) {
  const auto index = static_cast<std::uint32_t>(accounts_.size());
  accounts_.push_back({.member = member, .state = state});
  account_by_member_.insert(member.number(), index);
  if (book_) {
    book_->add_member();
  }
  return index;
}

// As state_of, but an account that an earning row would open is fine: a row that is returned opens
// none.
Home::Outcome Home::may_earn(Member member, bool asked) const {
  const std::uint32_t account = find_account(member);
  const bool opens =
      account == kNoAccount && member.first_home() == province_ && (asked || enrols_by_itself());
  return opens ? kDone : state_of(account, false);
}

// The account, opened now if the number's prefix is this province's; kNoAccount if it isn't at home
// here.
std::uint32_t Home::account_for_earning(Member member) {
  const std::uint32_t found = find_account(member);
  if (found == kNoAccount && member.first_home() == province_) {
    return new_account(member, State::kHome);
  }
  return found;
}

// Of a number that was merged into another nothing is carried out any more.
Home::Outcome Home::state_of(std::uint32_t account, bool closed_is_fine) const {
  const Outcome own = own_state_of(account, closed_is_fine);
  const bool merged =
      own == kDone && book_ && book_->member(account).merged_into != MemberBook::kNone;
  return merged ? ReturnCode::kMerged : own;
}

Home::Outcome Home::own_state_of(std::uint32_t account, bool closed_is_fine) const {
  if (account == kNoAccount || accounts_[account].state == State::kMoved) {
    return ReturnCode::kNotHome;
  }
  if (accounts_[account].state == State::kClosed && !closed_is_fine) {
    return ReturnCode::kClosed;
  }
  return kDone;
}

bool Home::own_id(const DayRow& row) const {
  return row.id == TransactionId::of(EntryId(province_, date_, row.serial));
}

TransactionId Home::id_of(const EntryRecord& entry) const {
  return entry.has(EntryRecord::kGiven)
             ? given_[entry.number].id
             : TransactionId::of(EntryId(province_, entry.date, entry.number));
}

EntryKey Home::key_of(const EntryRecord& entry) const {
  return {.class_ = entry.class_, .id = id_of(entry)};
}

std::uint32_t Home::account_of(const EntryRecord& entry) {
  return entry.delivers() ? kNoAccount : static_cast<std::uint32_t>(entry.holder);
}

Member Home::member_of(const EntryRecord& entry) const {
  return entry.delivers() ? Member(entry.holder) : accounts_[entry.holder].member;
}

std::uint32_t Home::find_entry(Class class_, const TransactionId& id) const {
  return entry_by_key_.find(EntryKey{.class_ = class_, .id = id},
                            [this](std::uint32_t n) { return key_of(entries_[n]); });
}

std::uint32_t Home::add_entry(const DayRow& row, Class class_, std::uint32_t account) {
  const std::uint32_t index = make_entry(row, class_, account);
  if (!putting_off_) {
    cite(row.serial, index);
  }
  return index;
}

// One that no row can cite.
std::uint32_t Home::make_entry(const DayRow& row, Class class_, std::uint32_t account) {
  const auto index = static_cast<std::uint32_t>(entries_.size());
  EntryRecord entry{.class_ = class_,
                    .form = row.form,
                    .giver = row.giver,
                    .partner = row.partner,
                    .other = row.other,
                    .date = row.id.date,
                    .number = row.serial,
                    .holder = account == kNoAccount ? row.member.number() : account,
                    .points = row.points};
  check(entry.delivers() == (account == kNoAccount), "all but deliveries are of an account");
  if (!own_id(row)) {
    entry.set(EntryRecord::kGiven);
    entry.number = static_cast<std::uint32_t>(given_.size());
    given_.push_back({.id = row.id, .content = content_of_row(row)});
  }
  entries_.push_back(entry);
  entry_by_key_.insert(EntryKey{.class_ = class_, .id = row.id}, index);
  return index;
}

// From now on (this day's sequence, serial) names the entry. Live events come between a file's
// slices, so they are listed apart.
void Home::cite(std::uint32_t serial, std::uint32_t entry) {
  const bool live = serial >= kLiveFrom;
  Chunks<FileRecord>& days = live ? live_days_ : files_;
  Chunks<CitedRecord>& cited = live ? live_cited_ : cited_;
  const std::uint32_t sequence = files_.back().sequence;
  if (live && (days.empty() || days.back().sequence != sequence)) {
    days.push_back({.sequence = sequence, .first_cited = static_cast<std::uint32_t>(cited.size())});
  }
  check(days.back().first_cited == cited.size() || cited.back().serial < serial,
        "serials ascend in a file, and through a day's live events");
  cited.push_back({.serial = serial, .entry = entry});
}

// FlatIndex::kNone if that serial named none.
std::uint32_t Home::find_cited(std::uint32_t sequence, std::uint32_t serial) const {
  const Chunks<FileRecord>& days = serial >= kLiveFrom ? live_days_ : files_;
  const Chunks<CitedRecord>& cited = serial >= kLiveFrom ? live_cited_ : cited_;
  const auto first_of = [](std::size_t begin, std::size_t end, const auto& reached) {
    while (begin < end) {
      const std::size_t middle = begin + (end - begin) / 2;
      reached(middle) ? end = middle : begin = middle + 1;
    }
    return begin;
  };
  const std::size_t day =
      first_of(0, days.size(), [&](std::size_t n) { return days[n].sequence >= sequence; });
  if (day == days.size() || days[day].sequence != sequence) {
    return FlatIndex::kNone;
  }
  const std::size_t end = day + 1 == days.size() ? cited.size() : days[day + 1].first_cited;
  const std::size_t found = first_of(days[day].first_cited, end,
                                     [&](std::size_t n) { return cited[n].serial >= serial; });
  return found < end && cited[found].serial == serial ? cited[found].entry : FlatIndex::kNone;
}

Item Home::item_of(const DayRow& row, Kind kind, Member member) {
  return {.kind = kind,
          .form = row.form,
          .counterparty = row.partner.none() ? row.giver : row.partner,
          .partner = row.partner,
          .member = member,
          .id = row.id,
          .entry = row.serial,
          .rate_version = row.rate,
          .points = row.points,
          .units = row.units,
          .cost = row.cost,
          .freight = row.freight,
          .cash = row.cash,
          .cited_sequence = row.cited_sequence,
          .cited_entry = row.cited_entry};
}

Item& Home::add_item(const Item& item) {
  result_.items.push_back(item);
  return result_.items.back();
}

void Home::add_slice(const Slice& slice) {
  result_.slices.push_back(slice);
  ++result_.items.back().slice_count;
}

void Home::add_movement(std::uint32_t entry, Kind kind, Member member, const Slice& slice) {
  result_.movements.push_back({.member = member, .entry = entry, .kind = kind, .slice = slice});
}

Slice Home::slice_of(const Lot& lot, Account account, std::int64_t delta) {
  return {.lot = lot.id,
          .earned_month = lot.earned_month,
          .expires_on = lot.expires_on,
          .source = lot.source,
          .rating = lot.rating,
          .account = account,
          .original = lot.original,
          .delta = delta};
}

Slice Home::debt_slice(Participant issuer, Account account, std::int64_t delta) {
  return {.lot = LotId(issuer, BusinessDate(), 0),
          .source = Source::kDebt,
          .account = account,
          .delta = delta};
}

bool Home::usable(const Lot& lot, BusinessDate on) {
  return lot.expires_on > on && !lot.transit;
}

// The next entry that the home makes itself.
std::uint32_t Home::next_generated() {
  check(generated_ < kLiveFrom, "what a home makes of itself on a day fits its numbers");
  return generated_++;
}

void Home::note_expiry(MemberRecord& account, BusinessDate expires_on) {
  account.first_expiry = std::min(account.first_expiry, expires_on);
  first_expiry_ = std::min(first_expiry_, expires_on);
}

}  // namespace ph
