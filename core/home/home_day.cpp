// A day's frame: the expiry run, the rows, the end of holds, each in slices; and what may be asked
// in between.
#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "core/home/home.h"
#include "core/programme/earning.h"
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

void Home::open_day(BusinessDate date, std::uint32_t sequence) {
  check(!open_, "one day at a time");
  check(files_.empty() || files_.back().sequence < sequence, "sequences of files ascend");
  check(put_off_.empty() || date == put_off_day_, "what was put off is posted on its day");
  open_ = true;
  day_ = date;
  date_ = date;
  result_ = {};
  generated_ = kGeneratedFrom;
  live_today_ = std::exchange(live_tomorrow_, kLiveFrom);
  answers_.forget_before(
      BusinessDate(static_cast<std::uint16_t>(std::max(date.count() - kAnswersKeptDays, 0))));
  files_.push_back(
      {.sequence = sequence, .first_cited = static_cast<std::uint32_t>(cited_.size())});
  first_entry_ = static_cast<std::uint32_t>(entries_.size());
  earlier_today_.clear();
  std::ranges::transform(put_off_, std::back_inserter(earlier_today_), &PutOff::entry);
  if (book_) {
    book_->forget_taken_before(date);
    book_->runs().forget_notices(date);
  }
  overdue_orders_ = has_overdue_orders();
  scanned_ = 0;
  to_scan_ = 0;
  if (date >= first_expiry_) {
    to_scan_ = static_cast<std::uint32_t>(accounts_.size());
    first_expiry_ = BusinessDate(BusinessDate::kCount);
  }
}

void Home::bring_file(const DayFile& file) {
  check(open_ && file_ == nullptr && file.date == day_ && file.sequence == files_.back().sequence,
        "the open day's file is brought, once");
  file_ = &file;
  children_ = &file.children;
  next_row_ = 0;
  // Most rows are bills: none of them waits until the index of millions has grown.
  if (!book_) {
    bill_by_key_.reserve(bills_.size() + file.rows.size());
  }
  result_.movements.reserve(result_.movements.size() + file.rows.size());
}

void Home::begin_day(const DayFile& file) {
  open_day(file.date, file.sequence);
  bring_file(file);
}

bool Home::take_rows(std::size_t count) {
  check(open_, "rows are taken between a day's begin and end");
  count = fail_overdue_orders(post_all_put_off(run_expiry(count)));
  for (; count > 0 && rows_remain(); --count) {
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
      if (book_) {
        book_->prefetch_index({row.account});
      }
    }
  }
  std::array<std::uint32_t, kAheadRows> at{};
  for (std::size_t n = 0; n < rows.size(); ++n) {
    at[n] = account_by_member_.guess(rows[n].member.number());
    if (at[n] != kNoAccount) {
      __builtin_prefetch(&accounts_[at[n]]);
    }
    if (book_ && rows[n].kind == RowKind::kBill) {
      book_->prefetch_account({rows[n].account});
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

bool Home::opening_is_over() const {
  return opening_but_orders_is_over() && !overdue_orders_;
}

bool Home::opening_but_orders_is_over() const {
  return scanned_ >= to_scan_ && due_.empty() && (put_off_.empty() || put_off_day_ > day_);
}

bool Home::rows_remain() const {
  return file_ != nullptr && next_row_ < file_->rows.size();
}

bool Home::remains() const {
  return !opening_is_over() || rows_remain() ||
         (file_ != nullptr && !holds_ending_.empty() && holds_ending_.begin()->first <= day_);
}

DayResult Home::end_day() {
  check(file_ != nullptr && !remains(), "a day ends when nothing of it remains");
  open_ = false;
  file_ = nullptr;
  children_ = nullptr;
  return std::move(result_);
}

DayResult Home::take(const DayFile& file) {
  begin_day(file);
  while (take_rows(std::numeric_limits<std::size_t>::max())) {
  }
  return end_day();
}

// Before a day's first row: what is left and not held in lots whose day has come, by member and
// lot. Returns what is left of `count`; 0 while the run isn't over.
std::size_t Home::run_expiry(std::size_t count) {
  for (std::size_t n = 0; n / kAccountsPerRow < count && scanned_ < to_scan_; ++n) {
    scan_expiry(scanned_++);
    if (scanned_ == to_scan_) {
      // A hold that ended meanwhile has noted a lot that the scan then saw: what counts is what the
      // accounts say, as after a start.
      first_expiry_ = BusinessDate(BusinessDate::kCount);
      for (std::size_t at = 0; at < accounts_.size(); ++at) {
        first_expiry_ = std::min(first_expiry_, accounts_[at].first_expiry);
      }
    }
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
  if (holder.first_expiry <= day_) {
    holder.first_expiry = BusinessDate(BusinessDate::kCount);
    bool any = false;
    for (std::uint32_t node = holder.lots.head; node != LotBook::kEnd; node = lots_.next(node)) {
      const Lot lot = lots_.at(node);
      if (lot.expires_on > day_) {
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
    if (lot.expires_on <= day_ && lot.free() > 0) {
      const Slice slice = slice_of(lot, Account::kExpired, -lot.free());
      add_movement(next_generated(), Kind::kExpire, accounts_[account].member, slice);
      lot.remaining = lot.held;
      lots_.put(node, lot);
    }
  }
}

// After a file's last row: holds whose time is over give their points back.
void Home::end_holds(std::size_t count) {
  for (; count > 0 && file_ != nullptr && !rows_remain() && !holds_ending_.empty() &&
         holds_ending_.begin()->first <= day_;
       --count) {
    const std::uint32_t entry = holds_ending_.begin()->second;
    count_released(entry, holds_.at(entry), day_);
    release(entry);
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
