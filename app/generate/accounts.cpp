// Holds, moves, transfers, members who leave, and rows that a home has to send back.
#include <algorithm>

#include "app/generate/country.h"
#include "app/generate/month.h"

namespace ph::generate {

namespace {

constexpr std::uint32_t kHoldMin = 200;
constexpr std::uint32_t kHoldDaysMax = 6;
// The first of so many moves is one of a member with a debt.
constexpr std::uint32_t kDebtorMoves = 16;
constexpr int kDebtorDraws = 6'000;
constexpr std::uint32_t kUnknownEntry = 2'999'999'999;

}  // namespace

void MonthMaker::hold() {
  const auto holder = find_spender(kHoldMin);
  if (!holder) return;
  const auto hold = std::make_shared<HoldState>();
  hold->holder = *holder;
  Holder& who = holdings_.holder(*holder);
  const std::uint32_t days = random_.between(1, kHoldDaysMax);
  hold->expires = today_.plus_days(static_cast<int>(days));
  const std::uint32_t points =
      std::max(kHoldMin, choose_points(holdings_.available(*holder, today_)));
  hold->slices = holdings_.hold(*holder, points, today_);
  hold->entry = files_.next_entry(who.home);
  hold->id = hold->entry;
  // Asked for by a hotel-like merchant, or by the home's own counter.
  if (random_.one_in(2)) {
    hold->partner = Participant(104);
    hold->id = files_.next_id(hold->partner);
  }
  who.set(Holder::kBusy);
  CsvFile& file = files_.row(Row::kHold, hold->entry);
  put_id(file, hold->id, hold->entry);
  file.member(who.number).points(points).date(hold->expires).end();
  if (day_ + days <= days_) {
    evening_[day_ + days].push_back([=, this] { end_hold(*hold); });
  }
  const std::uint32_t soon = random_.below(days + 1);
  const std::uint32_t part = random_.between(1, points - 1);
  switch (hold_turn_++ % 5) {
    case 0:
      return later(soon, [=, this] { capture(hold, points, true); });
    case 1:
      return later(soon, [=, this] {
        capture(hold, part, false);
        later(days - soon, [=, this] { capture(hold, (points - part + 1) / 2, true); });
      });
    case 2:
      return later(soon, [=, this] { capture(hold, part, false); });
    case 3:
      return later(soon, [=, this] { void_hold(hold); });
    default:
      return;  // It expires.
  }
}

void MonthMaker::capture(const std::shared_ptr<HoldState>& hold, std::uint32_t points, bool final) {
  const SpendingPtr spending = draw_redemption(hold->holder, points);
  if (!hold->partner.none()) {
    spending->form = Form::kMerchant;
    spending->giver = Participant();
    spending->partner = hold->partner;
  } else if (!spending->partner.none()) {
    spending->form = Form::kOwnProduct;
    spending->giver = number_of(spending->home);
    spending->partner = Participant();
  }
  Fate fate = draw_fate(*spending);
  if (fate == Fate::kCopiedByHome) fate = Fate::kStays;
  spending->authorisation = hold->entry;
  spending->slices = holdings_.capture(hold->slices, points);
  name_redemption(*spending);
  CsvFile& file = files_.row(Row::kCapture, spending->entry);
  put_id(file, spending->id, spending->entry);
  file.id(hold->id).points(points).number(final ? 1 : 0);
  put_goods(file, *spending);
  file.end();
  put_other_side(*spending, Fault::kNone, fate);
  if (final) end_hold(*hold);
  follow(spending, fate);
}

void MonthMaker::void_hold(const std::shared_ptr<HoldState>& hold) {
  const EntryId entry = files_.next_entry(holdings_.holder(hold->holder).home);
  files_.row(Row::kVoid, entry).id(hold->id).end();
  end_hold(*hold);
}

void MonthMaker::end_hold(HoldState& hold) {
  holdings_.release(hold.slices);
}

std::optional<std::uint32_t> MonthMaker::find_mover() {
  const bool debtor = move_turn_++ % kDebtorMoves == 0;
  for (int i = 0; debtor && i < kDebtorDraws; ++i) {
    const std::uint32_t holder = random_.below(holdings_.size());
    if (holdings_.holder(holder).is(Holder::kInDebt) && quiet(holder)) return holder;
  }
  return find_quiet();
}

void MonthMaker::move() {
  const auto found = find_mover();
  if (!found) return;
  const std::uint32_t holder = *found;
  Holder& who = holdings_.holder(holder);
  const std::size_t old_home = who.home;
  const std::size_t new_home = other_province(old_home);
  const EntryId id = files_.next_entry(new_home);
  files_.row(Row::kMoveOut, files_.next_entry(old_home))
      .id(id)
      .member(who.number)
      .code(number_of(new_home))
      .end();
  if (fault_due()) {
    who.set(Holder::kLost);
    ++expected_.missing_acquirer;
    return;
  }
  CsvFile& file = files_.row(Row::kMoveIn, id);
  file.member(who.number).code(number_of(old_home)).end();
  for (const std::uint32_t lot : holdings_.lots_left(holder)) {
    put_lot(file, holdings_.lot(lot), holdings_.lot(lot).remaining);
  }
  for (const Debt& debt : holdings_.debts(holder)) {
    file.begin(Row::kDebt).code(debt.issuer).points(debt.points).end();
  }
  who.home = static_cast<std::uint8_t>(new_home);
  who.set(Holder::kMoved);
  who.set(Holder::kInTransit);
  if (last_day_today()) return;  // Confirmed in the next month.
  later(random_.between(1, 3), [=, this] {
    files_.row(Row::kConfirm, files_.next_entry(new_home)).id(id).end();
    holdings_.holder(holder).clear(Holder::kInTransit);
  });
}

void MonthMaker::transfer() {
  const auto holder = find_quiet();
  if (!holder) return;
  const Holder& who = holdings_.holder(*holder);
  files_.row(Row::kTransfer, files_.next_entry(who.home)).member(who.number).end();
  holdings_.forfeit_all(*holder);
  holdings_.holder(*holder).set(Holder::kOwned);
}

void MonthMaker::leave() {
  const auto holder = find_quiet();
  if (!holder) return;
  const Holder& who = holdings_.holder(*holder);
  files_.row(Row::kLeave, files_.next_entry(who.home)).member(who.number).end();
  holdings_.close(*holder);
}

void MonthMaker::bad_row() {
  const std::uint32_t turn = bad_turn_++ % 3;
  if (turn == 0) return second_bill();
  const auto holder = find_at_home();
  if (!holder) return;
  const Holder& who = holdings_.holder(*holder);
  if (turn == 1 && population_.provinces() > 1 && !who.is(Holder::kMoved)) {
    // A redemption at a province where he isn't at home, taken for one of its own members.
    const std::size_t province = other_province(who.home);
    Spending spending{.holder = *holder,
                      .home = static_cast<std::uint8_t>(province),
                      .form = Form::kPhoneCredit,
                      .giver = number_of(province),
                      .points = 500};
    name_redemption(spending);
    put_redeem(spending, spending.entry);
  } else {
    // A refund of something that never was.
    const EntryId entry = files_.next_entry(who.home);
    const EntryId parent(number_of(who.home), today_, kUnknownEntry);
    files_.row(Row::kRefund, entry)
        .none()
        .id(parent)
        .member(who.number)
        .points(100)
        .code(number_of(who.home))
        .none()
        .end();
  }
  ++expected_.returned;
}

}  // namespace ph::generate
