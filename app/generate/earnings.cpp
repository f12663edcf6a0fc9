// Bills, other earnings, and what takes them back.
#include "app/generate/country.h"
#include "app/generate/month.h"

namespace ph::generate {

namespace {

// A bill of less gives too few points to be worth a correction.
constexpr std::uint32_t kRebillFenMin = 2'000;

Month month_before(Month month) {
  return Month(static_cast<std::uint16_t>(month.count() - 1));
}

}  // namespace

void MonthMaker::bills() {
  for (std::uint32_t holder = 0; holder < holdings_.size(); ++holder) {
    const std::uint32_t accounts = holdings_.holder(holder).accounts;
    for (std::uint32_t account = 0; account < accounts; ++account) {
      if (population_.bill_day(holder, account) == day_) bill(holder, account);
    }
  }
}

void MonthMaker::bill(std::uint32_t holder, std::uint32_t account) {
  const Holder& who = holdings_.holder(holder);
  if (who.is(Holder::kClosed | Holder::kLost)) return;
  const Month month = month_before(options_.period);
  const std::uint32_t fen = population_.bill_fen(who, holder, account);
  const EntryId entry = files_.next_entry(who.home);
  CsvFile& file = files_.row(Row::kBill, entry);
  put_account(file, who, account);
  file.member(who.number).month(month).fen(fen).end();
  const std::uint32_t lot =
      holdings_.earn(holder, earned_lot(entry, month, fen / 100, Source::kConsumption, true));
  if (fen >= kRebillFenMin && rebill_due_.due() && !last_day_today()) {
    later(random_.between(2, 12), [=, this] { rebill(holder, account, lot, fen); });
  }
}

void MonthMaker::rebill(std::uint32_t holder, std::uint32_t account, std::uint32_t lot,
                        std::uint32_t fen) {
  const Holder& who = holdings_.holder(holder);
  if (who.is(Holder::kClosed | Holder::kInTransit | Holder::kMoved | Holder::kLost)) return;
  if (options_.programme && who.is(Holder::kOwned)) return;
  holdings_.expire(holder, today_);
  const Month month = month_before(options_.period);
  const std::uint32_t change = fen * random_.between(5, 40) / 100;
  const bool down = random_.below(3) < 2;
  const std::uint32_t corrected = down ? fen - change : fen + change;
  const EntryId entry = files_.next_entry(who.home);
  CsvFile& file = files_.row(Row::kRebill, entry);
  put_account(file, who, account);
  file.member(who.number).month(month).entry(holdings_.lot(lot).name());
  file.fen(fen).fen(corrected).end();
  const std::uint32_t points = down ? fen / 100 - corrected / 100 : corrected / 100 - fen / 100;
  if (points == 0) return;
  if (down) {
    holdings_.take_back(holder, lot, points, today_);
  } else {
    holdings_.earn(holder, earned_lot(entry, month, points, Source::kConsumption, true));
  }
}

void MonthMaker::award() {
  struct Award {
    Source source{};
    std::uint32_t points_max{};
    bool rating{true};
  };
  constexpr std::array<Award, 6> kAwards{{{Source::kTenure, 900},
                                          {Source::kLevel, 1'200},
                                          {Source::kAward, 300},
                                          {Source::kFixedLine, 400},
                                          {Source::kSp, 60, false},
                                          {Source::kMigration, 2'500}}};
  const auto found = find_at_home();
  if (!found) return;
  const std::uint32_t holder = *found;
  const Holder& who = holdings_.holder(holder);
  const Award& award = kAwards.at(random_.below(kAwards.size()));
  const Month month = month_before(options_.period);
  const std::uint32_t points = random_.between(award.points_max / 10, award.points_max);
  const EntryId entry = files_.next_entry(who.home);
  files_.row(Row::kEarn, entry)
      .member(who.number)
      .text(word(award.source))
      .month(month)
      .points(points)
      .number(award.rating ? 1 : 0)
      .end();
  const std::uint32_t lot =
      holdings_.earn(holder, earned_lot(entry, month, points, award.source, award.rating));
  if (unearn_due_.due()) {
    const std::uint32_t back = random_.one_in(2) ? points : random_.between(1, points);
    later(random_.between(1, 10), [=, this] { unearn(holder, lot, back); });
  }
}

void MonthMaker::unearn(std::uint32_t holder, std::uint32_t lot, std::uint32_t points) {
  const Holder& who = holdings_.holder(holder);
  if (who.is(Holder::kClosed | Holder::kInTransit | Holder::kMoved | Holder::kLost)) return;
  holdings_.expire(holder, today_);
  const EntryId entry = files_.next_entry(who.home);
  files_.row(Row::kUnearn, entry)
      .member(who.number)
      .entry(holdings_.lot(lot).name())
      .points(points)
      .end();
  holdings_.take_back(holder, lot, points, today_);
}

void MonthMaker::second_bill() {
  const auto holder = find_at_home();
  if (!holder || population_.bill_day(*holder, 0) >= day_) return;
  const Holder& who = holdings_.holder(*holder);
  if (who.is(Holder::kMoved) || (options_.programme && who.is(Holder::kOwned))) return;
  CsvFile& file = files_.row(Row::kBill, files_.next_entry(who.home));
  put_account(file, who, 0);
  file.member(who.number).month(month_before(options_.period));
  file.fen(population_.bill_fen(who, *holder, 0) + 500).end();
  ++expected_.returned;
}

}  // namespace ph::generate
