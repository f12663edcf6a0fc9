// What a programme adds to a home: bills go through the accounts' rings, and rows of members are
// carried out. The member book says what a row gives; the lots are made here.
#include <algorithm>

#include "core/home/home.h"
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
  for (int n = month.count() + book::kRingMonths; n <= date_.month().count(); ++n) {
    if (bill_before({.account = text.text, .month = Month(static_cast<std::uint16_t>(n))})) {
      return true;
    }
  }
  return false;
}

// The book's record of a member's account: a new one has the bills that came before the programme,
// which gave their points then.
std::uint32_t Home::device_of(const AccountText& text, std::uint32_t account) {
  const std::uint32_t found = book_->find(text);
  if (found != MemberBook::kNone) {
    return found;
  }
  const std::uint32_t made = book_->add_account(text, account);
  const int now = date_.month().count();
  for (int n = std::max(now - book::kRingMonths + 1, 0); !bills_.empty() && n <= now; ++n) {
    const Month month(static_cast<std::uint16_t>(n));
    if (const BillRecord* bill = bill_before({.account = text.text, .month = month})) {
      book_->keep(made, month, bill->fen(), true);
    }
  }
  return made;
}

// May a row of this member and account earn? A row that is returned opens neither.
Home::Outcome Home::may_earn(const DayRow& row, std::uint32_t device) const {
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  return device == MemberBook::kNone ? kDone : book_->may_earn(device, find_account(row.member));
}

// The bill of an account and month, if it is known: by the ring, or from before the programme.
std::optional<std::int64_t> Home::billed(const AccountText& text, std::uint32_t device,
                                         Month month) {
  if (device != MemberBook::kNone) {
    if (const auto fen = book_->billed(device, month)) {
      return fen;
    }
  }
  const BillRecord* before = bill_before({.account = text.text, .month = month});
  return before == nullptr ? std::nullopt : std::optional(before->fen());
}

// What a row that brings a month's spend has to keep to: one bill a month, not too old.
Home::Outcome Home::may_bill(const DayRow& row, const AccountText& text, std::uint32_t device,
                             Month month) {
  if (billed(text, device, month)) {
    return ReturnCode::kDuplicate;
  }
  if (is_too_old(text, device, month)) {
    return ReturnCode::kTooOld;
  }
  return may_earn(row, device);
}

Home::Outcome Home::bill_account(const DayRow& row) {
  const AccountText text{row.account};
  const std::uint32_t known = book_->find(text);
  if (const Outcome outcome = may_bill(row, text, known, row.month); outcome != kDone) {
    return outcome;
  }
  const std::uint32_t account = account_for_earning(row.member);
  const std::uint32_t device = device_of(text, account);
  const MemberBook::Given given = book_->bill(device, row.month, row.fen);
  if (given.points > 0) {
    earn_lot(accounts_[account], row.serial, Source::kConsumption, given);
  }
  return kDone;
}

// The difference of what both amounts earn; of a bill that gave nothing yet there is none.
Home::Outcome Home::rebill_account(const DayRow& row) {
  const AccountText text{row.account};
  const std::uint32_t account = find_account(row.member);
  const std::uint32_t known = book_->find(text);
  std::int64_t points =
      book_->points_of(row.month, row.corrected) - book_->points_of(row.month, row.fen);
  if (const Outcome state = state_of(account, points <= 0); state != kDone) {
    return state;
  }
  if (known != MemberBook::kNone) {
    const Outcome device = book_->may_earn(known, account);
    if (device != kDone && (device != ReturnCode::kClosed || points > 0)) {
      return device;
    }
  }
  const bool past = is_too_old(text, known, row.month);
  const bool before = bill_before({.account = row.account, .month = row.month}) != nullptr;
  const bool gives = past || before               ? true
                     : known == MemberBook::kNone ? !book_->waits(account, row.month)
                                                  : book_->gives(known, row.month);
  points = gives ? points : 0;
  if (points < 0 && lots_.find(accounts_[account].lots, row.lot) == LotBook::kEnd) {
    return ReturnCode::kUnknownParent;
  }
  const auto fen = billed(text, known, row.month);
  if (fen && *fen != row.fen) {
    return ReturnCode::kBillMismatch;
  }
  if (past && !fen) {
    return ReturnCode::kTooOld;
  }
  correct_bill(row, account, gives, points);
  return kDone;
}

void Home::correct_bill(const DayRow& row, std::uint32_t account, bool gives, std::int64_t points) {
  const AccountText text{row.account};
  const BillKey key{.account = row.account, .month = row.month};
  const std::uint32_t device = device_of(text, account);
  if (!book_->is_too_old(device, row.month)) {
    book_->keep(device, row.month, row.corrected, gives);
  }
  if (BillRecord* before = bill_before(key)) {
    *before = BillRecord::of(key, row.corrected);
  }
  if (points > 0) {
    earn_lot(accounts_[account], row.serial, Source::kConsumption,
             {.account = device,
              .month = row.month,
              .points = points,
              .rating = book_->rating_of(row.month)});
  } else if (points < 0) {
    unearn_points(account, row, -points);
  }
}

Home::Outcome Home::take_member_row(const DayRow& row) {
  if (!book_ || file_ == nullptr || row.first_child >= file_->member_rows.size()) {
    return ReturnCode::kInvalid;
  }
  const MemberRow& says = file_->member_rows[row.first_child];
  switch (says.kind) {
    case MemberKind::kAccount:
      return describe_account(row, says);
    case MemberKind::kAccountEnd:
      return end_account(row, says);
    case MemberKind::kProfile:
      return complete_profile(row);
    case MemberKind::kSpent:
      return spent(row, says);
    case MemberKind::kGrade:
      return give_grade(row, says);
    case MemberKind::kBillSplit:
    case MemberKind::kSpSpend:
    case MemberKind::kPartnerSpend:
    case MemberKind::kFixedIn:
    case MemberKind::kEvent:
    case MemberKind::kPlan:
    case MemberKind::kBrand:
    case MemberKind::kMerge:
    case MemberKind::kUnmerge:
    case MemberKind::kOwner:
    case MemberKind::kArrears:
    case MemberKind::kBlacklist:
    case MemberKind::kVipPropose:
    case MemberKind::kVipDecide:
    case MemberKind::kLegacy:
    case MemberKind::kApply:
    case MemberKind::kSheet:
    case MemberKind::kOrder:
    case MemberKind::kOrderState:
    case MemberKind::kStock:
    case MemberKind::kComplaint:
    case MemberKind::kComplaintEnd:
    case MemberKind::kClaim:
    case MemberKind::kRegister:
    case MemberKind::kRegisterEnd:
    case MemberKind::kCall:
      break;
  }
  return ReturnCode::kInvalid;
}

Home::Outcome Home::describe_account(const DayRow& row, const MemberRow& says) {
  const AccountText text{says.account};
  const std::uint32_t known = book_->find(text);
  Outcome outcome = may_earn(row, known);
  outcome = outcome == ReturnCode::kClosed && may_earn(row.member) == kDone ? kDone : outcome;
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
  book_->describe(device_of(text, account_for_earning(row.member)), account_says);
  return kDone;
}

Home::Outcome Home::end_account(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  const std::uint32_t device = book_->find({says.account});
  if (device == MemberBook::kNone || book_->account(device).member != account) {
    return ReturnCode::kNoAccount;
  }
  book_->end(device, date_);
  return kDone;
}

// Lots that no row names: each under an entry of its own, that the home makes.
Home::Outcome Home::complete_profile(const DayRow& row) {
  if (const Outcome state = may_earn(row.member); state != kDone) {
    return state;
  }
  const std::uint32_t account = account_for_earning(row.member);
  for (const MemberBook::Given& given : book_->complete_profile(account, date_)) {
    earn_lot(accounts_[account], next_generated(), Source::kConsumption, given);
  }
  return kDone;
}

Home::Outcome Home::spent(const DayRow& row, const MemberRow& says) {
  const AccountText text{says.account};
  const std::uint32_t known = book_->find(text);
  if (const Outcome outcome = may_bill(row, text, known, says.month); outcome != kDone) {
    return outcome;
  }
  const std::uint32_t device = device_of(text, account_for_earning(row.member));
  book_->keep(device, says.month, says.fen[0], says.flag[0] != 0);
  return kDone;
}

}  // namespace ph
