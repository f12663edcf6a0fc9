// What a programme adds to a home: bills go through the accounts' rings, and rows of members are
// carried out. The member book says what a row gives; the lots are made here.
#include <algorithm>

#include "core/home/home.h"
#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

void Home::take_programme(const Digest& blob, std::shared_ptr<const Programme> programme) {
  check(file_ == nullptr, "a programme is taken between the files of days");
  if (!book_) {
    activate(programme->rows().head.effective.month());
  }
  book_->take(blob, std::move(programme));
}

// A walk over all lots: where they come from isn't known; what counts as rating points and came of
// no bill is noted for the last 24 months.
void Home::activate(Month now) {
  book_.emplace();
  for (std::uint32_t n = 0; n < lots_.size(); ++n) {
    book_->add_origin(MemberBook::kNone);
  }
  for (std::uint32_t n = 0; n < accounts_.size(); ++n) {
    book_->add_member();
    for (std::uint32_t at = accounts_[n].lots.head; at != LotBook::kEnd; at = lots_.next(at)) {
      const Lot lot = lots_.at(at);
      if (lot.rating != 0 && lot.source != Source::kConsumption) {
        book_->note_rated(n, lot.earned_month, lot.original, now);
      }
    }
  }
  note_all_places();
}

// A number becomes a member with its first row; else with its PROFILE alone.
bool Home::enrols_by_itself() const {
  const Programme* version = book_ ? book_->programmes().of_day(date_) : nullptr;
  return version == nullptr || version->rows().head.enrolment == programme::Enrolment::kAutomatic;
}

// Bills of before the programme. nullptr: none.
BillRecord* Home::bill_before(const BillKey& key) {
  const std::uint32_t found =
      bill_by_key_.find(key, [this](std::uint32_t n) { return bills_[n].key(); });
  return found == FlatIndex::kNone ? nullptr : &bills_[found];
}

// Of an account that the book may not know yet: is this month older than what its ring would have?
bool Home::is_too_old(const AccountText& text, std::uint32_t device, Month month) {
  if (device != MemberBook::kNone) {
    return book_->is_too_old(device, month);
  }
  const bool first = book_->find(text) == MemberBook::kNone;
  for (int n = month.count() + book::kRingMonths; first && n <= date_.month().count(); ++n) {
    if (bill_before({.account = text.text, .month = Month(static_cast<std::uint16_t>(n))})) {
      return true;
    }
  }
  return false;
}

// The book's record of that number. One that has ended is no other member's any more: with his row
// it begins anew. kNone: there is none.
std::uint32_t Home::own_device(const AccountText& text, std::uint32_t account) const {
  const std::uint32_t found = book_->find(text);
  const bool free = found != MemberBook::kNone && book_->account(found).member != account &&
                    book_->account(found).ended != book::kNoMonth;
  return free ? MemberBook::kNone : found;
}

// The book's record of a member's account: a new one has the bills that came before the programme,
// which gave their points then.
std::uint32_t Home::device_of(const AccountText& text, std::uint32_t account) {
  const std::uint32_t found = own_device(text, account);
  if (found != MemberBook::kNone) {
    return found;
  }
  const bool first = book_->find(text) == MemberBook::kNone;
  const std::uint32_t made = book_->add_account(text, account);
  const int now = date_.month().count();
  for (int n = std::max(now - book::kRingMonths + 1, 0); first && !bills_.empty() && n <= now;
       ++n) {
    const Month month(static_cast<std::uint16_t>(n));
    if (const BillRecord* bill = bill_before({.account = text.text, .month = month})) {
      book_->keep(made, month, bill->fen(), true);
    }
  }
  return made;
}

// May a row of this member and account earn for that month? A row that is returned opens neither.
Home::Outcome Home::may_earn(const DayRow& row, std::uint32_t device, Month month) const {
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  return device == MemberBook::kNone ? kDone
                                     : book_->may_earn(device, find_account(row.member), month);
}

// The bill of an account and month, if it is known: by the ring, or from before the programme.
std::optional<std::int64_t> Home::billed(const AccountText& text, std::uint32_t device,
                                         Month month) {
  if (device != MemberBook::kNone) {
    if (const auto fen = book_->billed(device, month)) {
      return fen;
    }
  }
  if (device == MemberBook::kNone && book_->find(text) != MemberBook::kNone) {
    return std::nullopt;  // Those bills are the former owner's.
  }
  const BillRecord* before = bill_before({.account = text.text, .month = month});
  return before == nullptr ? std::nullopt : std::optional(before->fen());
}

// One wrong row of a month that hasn't begun would clear what is kept of an account.
bool Home::has_begun(Month month) const {
  return month <= date_.month();
}

// What a row that brings a month's spend has to keep to: one bill a month, not too old.
Home::Outcome Home::may_bill(const DayRow& row, const AccountText& text, std::uint32_t device,
                             Month month) {
  if (!has_begun(month)) {
    return ReturnCode::kInvalid;
  }
  if (billed(text, device, month) ||
      book_->is_of_standing(device, find_account(row.member), month)) {
    return ReturnCode::kDuplicate;
  }
  if (is_too_old(text, device, month)) {
    return ReturnCode::kTooOld;
  }
  return may_earn(row, device, month);
}

Home::Outcome Home::bill_account(const DayRow& row, const AccountText& text, Month month,
                                 std::int64_t fen) {
  const std::uint32_t known = own_device(text, find_account(row.member));
  if (const Outcome outcome = may_bill(row, text, known, month); outcome != kDone) {
    return outcome;
  }
  const std::uint32_t account = account_for_earning(row.member);
  earn_all(account, book_->bill(device_of(text, account), month, fen), row.serial);
  return kDone;
}

// The difference of what both amounts earn; of a bill that gave nothing yet there is none. Of one
// that isn't known what the row says of it is believed; one that came along is part of a sum.
Home::Outcome Home::rebill_account(const DayRow& row) {
  if (!has_begun(row.month)) {
    return ReturnCode::kInvalid;
  }
  const AccountText text{row.account};
  const std::uint32_t account = find_account(row.member);
  const std::uint32_t known = own_device(text, account);
  const bool in_sum = book_->is_of_standing(known, account, row.month);
  const std::uint32_t holder = in_sum ? book_->holder_of(account, row.month, row.fen) : known;
  const bool gives = holder == MemberBook::kNone || book_->gives(holder, row.month);
  const std::int64_t points =
      gives ? book_->points_of(row.month, row.corrected) - book_->points_of(row.month, row.fen) : 0;
  if (const Outcome state = state_of(account, points <= 0); state != kDone) {
    return state;
  }
  if (known != MemberBook::kNone) {
    const Outcome device = book_->may_earn(known, account, row.month);
    if (device != kDone && (device != ReturnCode::kClosed || points > 0)) {
      return device;
    }
  }
  if (points < 0 && find_own(account, row.lot).node == LotBook::kEnd) {
    return ReturnCode::kUnknownParent;
  }
  if (in_sum) {
    return correct_sum(row, holder, gives);
  }
  const auto fen = billed(text, known, row.month);
  if (fen && *fen != row.fen) {
    return ReturnCode::kBillMismatch;
  }
  correct_bill(row, account, gives);
  return kDone;
}

// A bill that came along in a sum, of which it can't be more.
Home::Outcome Home::correct_sum(const DayRow& row, std::uint32_t holder, bool gives) {
  if (holder == MemberBook::kNone) {
    return ReturnCode::kBillMismatch;
  }
  const std::int64_t rest = book_->billed(holder, row.month).value_or(0) - row.fen;
  if (!is_amount(rest + row.corrected)) {
    return ReturnCode::kInvalid;
  }
  std::vector<MemberBook::Given> parts;
  if (gives) {
    parts = book_->difference(holder, row.month, row.fen, row.corrected);
  }
  book_->correct_sum(holder, row.month, row.fen, row.corrected, date_.month(), by_rules_of_today());
  give_difference(row, book_->account(holder).member, parts);
  return kDone;
}

void Home::correct_bill(const DayRow& row, std::uint32_t account, bool gives) {
  const AccountText text{row.account};
  const BillKey key{.account = row.account, .month = row.month};
  const std::uint32_t device = device_of(text, account);
  std::vector<MemberBook::Given> parts;
  if (gives) {
    parts = book_->difference(device, row.month, row.fen, row.corrected);
  }
  if (!book_->is_too_old(device, row.month)) {
    book_->keep(device, row.month, row.corrected, gives);
  }
  if (BillRecord* before = bill_before(key)) {
    *before = BillRecord::of(key, row.corrected);
  }
  give_difference(row, account, parts);
}

void Home::give_difference(const DayRow& row, std::uint32_t account,
                           const std::vector<MemberBook::Given>& parts) {
  std::int64_t change = 0;
  const Placed at = find_own(account, row.lot);
  for (const MemberBook::Given& part : parts) {
    change += part.points;
    if (part.points < 0 && part.rating != 0 && part.source != Source::kConsumption) {
      const std::uint32_t giver = at.node == LotBook::kEnd ? account : giver_of(account, at);
      book_->note_less(giver, row.month, -part.points, date_.month());
    }
  }
  if (change < 0) {
    unearn_points(account, row, -change);
  } else {
    earn_all(account, parts, row.serial);
  }
}

Home::Outcome Home::take_member_row(const DayRow& row) {
  if (!book_ || file_ == nullptr || row.first_child >= file_->member_rows.size()) {
    return ReturnCode::kInvalid;
  }
  return take_member_row(row, member_row_of(*file_, row), inputs_of(*file_, row));
}

// Under an id of its own a row is carried out once: what comes again, by a file or live, is told.
Home::Outcome Home::take_member_row(const DayRow& row, const MemberRow& says,
                                    std::span<const SheetInputRow> inputs) {
  says_ = &says;
  inputs_ = inputs;
  const bool spend = says.kind == MemberKind::kPartnerSpend;  // Its id is that of an accrual.
  const bool named = !spend && !row.id.none() && !own_id(row);
  Outcome outcome = named ? check_id(row, Class::kMember) : kDone;
  if (outcome == kDone) {
    outcome = carry_out(row, says);
  }
  if (named && outcome == kDone) {
    add_entry(row, Class::kMember, member_about(row, says));
  }
  says_ = nullptr;
  inputs_ = {};
  return outcome;
}

Home::Outcome Home::carry_out(const DayRow& row, const MemberRow& says) {
  switch (says.kind) {
    case MemberKind::kAccount:
      return describe_account(row, says);
    case MemberKind::kAccountEnd:
      return end_account(row, says);
    case MemberKind::kProfile:
      return complete_profile(row);
    case MemberKind::kSpent:
      return spent(row, says);
    case MemberKind::kApply:
      return apply(row, says);
    case MemberKind::kGrade:
      return give_grade(row, says);
    case MemberKind::kBillSplit:
      return bill_split(row, says);
    case MemberKind::kSpSpend:
      return sp_spend(row, says);
    case MemberKind::kPartnerSpend:
      return partner_spend(row, says);
    case MemberKind::kFixedIn:
      return fixed_in(row, says);
    case MemberKind::kEvent:
      return event(row, says);
    case MemberKind::kBrand:
      return brand(row, says);
    case MemberKind::kOwner:
      return owner(row, says);
    case MemberKind::kArrears:
      return arrears(row, says);
    case MemberKind::kBlacklist:
      return blacklist(row, says);
    case MemberKind::kOrder:
      return order(row, says);
    case MemberKind::kOrderState:
      return order_state(row, says);
    case MemberKind::kStock:
      return stock(says);
    case MemberKind::kComplaint:
      return complaint(row, says);
    case MemberKind::kComplaintEnd:
      return complaint_end(row, says);
    case MemberKind::kPlan:
      return change_plan(row, says);
    case MemberKind::kVipPropose:
      return propose_vip(row, says);
    case MemberKind::kVipDecide:
      return decide_vip(says);
    case MemberKind::kLegacy:
      return legacy(row, says);
    case MemberKind::kSheet:
      return sheet(row, says);
    case MemberKind::kClaim:
      return claim(row, says);
    case MemberKind::kCall:
      return call(row, says);
    case MemberKind::kRegister:
      return register_month(row, says);
    case MemberKind::kRegisterEnd:
      return register_end(says);
    case MemberKind::kMerge:
      return merge(row, says);
    case MemberKind::kUnmerge:
      return unmerge(row, says);
  }
  return ReturnCode::kInvalid;
}

Home::Outcome Home::describe_account(const DayRow& row, const MemberRow& says) {
  const AccountText text{says.account};
  const std::uint32_t known = own_device(text, find_account(row.member));
  Outcome outcome = may_earn(row.member);
  if (outcome == kDone && known != MemberBook::kNone) {
    outcome = book_->may_earn(known, find_account(row.member));
  }
  const MemberBook::AccountSays account_says{.joined = says.month,
                                             .service = says.word,
                                             .prepaid = says.flag[0] != 0,
                                             .real_name = says.flag[1] != 0,
                                             .region = says.number[0]};
  if (outcome == kDone) {
    outcome = book_->region_fault(account_says, date_);
  }
  if (outcome != kDone) {
    return outcome;
  }
  const std::uint32_t device = device_of(text, account_for_earning(row.member));
  book_->describe(device, account_says);
  book_->take_over(device, known == MemberBook::kNone, date_);
  return kDone;
}

Home::Outcome Home::end_account(const DayRow& row, const MemberRow& says) {
  std::uint32_t device = MemberBook::kNone;
  if (const Outcome fault = known_account(row, {says.account}, device); fault != kDone) {
    return fault;
  }
  book_->end(device, date_.month());
  plans_changed(find_account(row.member));
  return kDone;
}

// Lots that no row names: each under an entry of its own, that the home makes.
Home::Outcome Home::complete_profile(const DayRow& row) {
  if (const Outcome state = may_earn(row.member, true); state != kDone) {
    return state;
  }
  const std::uint32_t account = account_for_earning(row.member);
  earn_all(account, book_->complete_profile(account, date_), 0);
  return kDone;
}

Home::Outcome Home::spent(const DayRow& row, const MemberRow& says) {
  const AccountText text{says.account};
  const std::uint32_t known = own_device(text, find_account(row.member));
  if (const Outcome outcome = may_bill(row, text, known, says.month); outcome != kDone) {
    return outcome;
  }
  const std::uint32_t device = device_of(text, account_for_earning(row.member));
  book_->keep(device, says.month, says.fen[0], says.flag[0] != 0);
  return kDone;
}

}  // namespace ph
