// A day's frame: the expiry run, the rows, the end of holds, each in slices; and what may be asked
// in between.
#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <span>

#include "core/home/home.h"
#include "core/types/check.h"

namespace ph {

namespace {

// Accounts that the expiry run looks at for one row's worth of work.
constexpr std::size_t kAccountsPerRow = 64;
// Rows whose members and lots are fetched from memory together before they are carried out, and how
// far along a member's lots.
constexpr std::size_t kAheadRows = 32;
constexpr int kAheadLots = 16;

}  // namespace

void Home::begin_day(const DayFile& file) {
  check(file_ == nullptr, "one day at a time");
  file_ = &file;
  result_ = {};
  result_.movements.reserve(file.rows.size());
  generated_ = kGeneratedFrom;
  next_row_ = 0;
  check(files_.empty() || files_.back().sequence < file.sequence, "sequences of files ascend");
  files_.push_back(
      {.sequence = file.sequence, .first_cited = static_cast<std::uint32_t>(cited_.size())});
  scanned_ = 0;
  to_scan_ = 0;
  if (file.date >= first_expiry_) {
    to_scan_ = static_cast<std::uint32_t>(accounts_.size());
    first_expiry_ = BusinessDate(BusinessDate::kCount);
  }
}

bool Home::take_rows(std::size_t count) {
  check(file_ != nullptr, "rows are taken between a day's begin and end");
  count = run_expiry(count);
  for (; count > 0 && next_row_ < file_->rows.size(); --count) {
    if (next_row_ % kAheadRows == 0) {
      fetch_ahead();
    }
    const DayRow& row = file_->rows[next_row_++];
    if (const Outcome outcome = take_row(row); outcome != kDone) {
      result_.returned.push_back(
          {.kind = row.kind, .code = outcome, .serial = row.serial, .id = row.id});
    }
  }
  end_holds(count);
  return remains();
}

// Rows name members in any order, and of a large province nothing that belongs to them is in a
// cache. Fetched for many rows at once, it arrives side by side; found by row after row it would be
// waited for each time. Changes nothing.
void Home::fetch_ahead() const {
  const auto rows = std::span(file_->rows)
                        .subspan(next_row_, std::min(kAheadRows, file_->rows.size() - next_row_));
  for (const DayRow& row : rows) {
    account_by_member_.prefetch(row.member.number());
    if (row.kind == RowKind::kBill) {
      bill_by_key_.prefetch(BillKey{.account = row.account, .month = row.month});
    }
  }
  std::array<std::uint32_t, kAheadRows> at{};
  for (std::size_t n = 0; n < rows.size(); ++n) {
    at[n] = account_by_member_.guess(rows[n].member.number());
    if (at[n] != kNoAccount) {
      __builtin_prefetch(&accounts_[at[n]]);
    }
  }
  for (std::size_t n = 0; n < rows.size(); ++n) {
    at[n] = at[n] == kNoAccount ? LotBook::kEnd : accounts_[at[n]].lots.head;
    lots_.prefetch(at[n]);
  }
  bool any = true;
  for (int lots = 1; any && lots < kAheadLots; ++lots) {
    any = false;
    for (std::size_t n = 0; n < rows.size(); ++n) {
      at[n] = at[n] == LotBook::kEnd ? LotBook::kEnd : lots_.next(at[n]);
      lots_.prefetch(at[n]);
      any = any || at[n] != LotBook::kEnd;
    }
  }
}

bool Home::remains() const {
  return scanned_ < to_scan_ || !due_.empty() || next_row_ < file_->rows.size() ||
         (!holds_ending_.empty() && holds_ending_.begin()->first <= file_->date);
}

DayResult Home::end_day() {
  check(file_ != nullptr && !remains(), "a day ends when nothing of it remains");
  file_ = nullptr;
  return std::move(result_);
}

DayResult Home::take(const DayFile& file) {
  begin_day(file);
  while (take_rows(std::numeric_limits<std::size_t>::max())) {
  }
  return end_day();
}

// Before a file's first row: what is left and not held in lots whose day has come, by member and
// lot. Returns what is left of `count`; 0 while the run isn't over.
std::size_t Home::run_expiry(std::size_t count) {
  for (std::size_t n = 0; n / kAccountsPerRow < count && scanned_ < to_scan_; ++n) {
    scan_expiry(scanned_++);
  }
  if (scanned_ < to_scan_) {
    return 0;
  }
  for (; count > 0 && !due_.empty(); --count) {
    std::ranges::pop_heap(due_, std::greater<>());
    expire_account(due_.back().account);
    due_.pop_back();
  }
  return due_.empty() ? count : 0;
}

void Home::scan_expiry(std::uint32_t account) {
  MemberRecord& holder = accounts_[account];
  if (holder.first_expiry <= file_->date) {
    holder.first_expiry = BusinessDate(BusinessDate::kCount);
    bool any = false;
    for (std::uint32_t node = holder.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
      const Lot lot = lots_.at(node);
      if (lot.expires_on > file_->date) {
        holder.first_expiry = lot.expires_on;
        break;  // The list is in the order of expiry.
      }
      any = any || lot.free() > 0;
    }
    if (any) {
      due_.push_back({.member = holder.member, .account = account});
      std::ranges::push_heap(due_, std::greater<>());
    }
  }
  first_expiry_ = std::min(first_expiry_, holder.first_expiry);
}

void Home::expire_account(std::uint32_t account) {
  for (const std::uint32_t node : lots_.canonical(accounts_[account].lots)) {
    Lot lot = lots_.at(node);
    if (lot.expires_on <= file_->date && lot.free() > 0) {
      const Slice slice = slice_of(lot, Account::kExpired, -lot.free());
      add_movement(generated_++, Kind::kExpire, accounts_[account].member, slice);
      lot.remaining = lot.held;
      lots_.put(node, lot);
    }
  }
}

// After a file's last row: holds whose time is over give their points back.
void Home::end_holds(std::size_t count) {
  for (; count > 0 && !holds_ending_.empty() && holds_ending_.begin()->first <= file_->date;
       --count) {
    release(holds_ending_.begin()->second);
  }
}

std::optional<Balance> Home::balance(Member member, BusinessDate on) const {
  const std::uint32_t found = find_account(member);
  if (found == kNoAccount) {
    return std::nullopt;
  }
  const MemberRecord& account = accounts_[found];
  Balance out{.state = account.state, .debts = debts_of(account)};
  for (std::uint32_t node = account.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
    const Lot lot = lots_.at(node);
    out.points += lot.remaining;
    out.held += lot.held;
  }
  out.available = std::max(free_points(account, on) - out.debts, std::int64_t{0});
  return out;
}

std::vector<Lot> Home::lots(Member member) const {
  std::vector<Lot> out;
  const std::uint32_t found = find_account(member);
  std::uint32_t node = found == kNoAccount ? LotBook::kEnd : accounts_[found].lots.head;
  for (; node != LotBook::kEnd; node = lots_.next(node)) {
    out.push_back(lots_.at(node));
  }
  return out;
}

}  // namespace ph
