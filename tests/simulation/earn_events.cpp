// Points earned and taken back: bills, awards, partners' accruals, exchanges in.
#include "tests/simulation/maker.h"

namespace ph::sim {

using generate::Holder;

void WorldMaker::bill() {
  const auto found = find_member(false);
  if (!found) {
    return;
  }
  const std::uint32_t who = *found;
  const std::size_t home = holder(who).home;
  const Month month(static_cast<std::uint16_t>(today_.month().count() - 1));
  if (!billed_.emplace(who, month).second) {
    return;
  }
  const std::uint32_t fen = chance(10) ? random_.below(100) : random_.between(100, 60'000);
  const std::uint32_t points = fen / 100;
  const EntryId entry = next_entry(home);
  row(home, "BILL", entry, points, false)
      .text("A-" + std::to_string(who))
      .text(member_text(who))
      .text(month.text())
      .fen(fen)
      .end();
  if (points == 0) {
    return;
  }
  const std::uint32_t lot = earn(who, entry, month, points, Source::kConsumption, true);
  if (chance(25)) {
    holder(who).set(Holder::kBusy);
    later(random_.between(1, 4), [=, this] { return rebill(who, home, entry, lot, month, fen); });
  }
}

bool WorldMaker::rebill(std::uint32_t who, std::size_t home, EntryId entry, std::uint32_t lot,
                        Month month, std::uint32_t fen) {
  if (!writes(home) || holder(who).is(Holder::kInTransit)) {
    return false;
  }
  if (holder(who).home != home || holder(who).is(Holder::kClosed)) {
    return true;
  }
  const std::uint32_t corrected = random_.below(2 * fen);
  const auto delta = static_cast<std::int64_t>(corrected / 100) - fen / 100;
  const EntryId own = next_entry(home);
  row(home, "REBILL", own, delta, false)
      .text("A-" + std::to_string(who))
      .text(member_text(who))
      .text(month.text())
      .text(text_of(entry))
      .fen(fen)
      .fen(corrected)
      .end();
  if (delta > 0) {
    static_cast<void>(
        earn(who, own, month, static_cast<std::uint32_t>(delta), Source::kConsumption, true));
  } else if (delta < 0) {
    holdings_.take_back(who, lot, static_cast<std::uint32_t>(-delta), today_);
  }
  return true;
}

void WorldMaker::award() {
  constexpr std::array<Source, 6> kSources{Source::kTenure,    Source::kLevel, Source::kAward,
                                           Source::kFixedLine, Source::kSp,    Source::kMigration};
  const auto found = find_member(false);
  if (!found) {
    return;
  }
  const std::uint32_t who = *found;
  const std::size_t home = holder(who).home;
  const Source source = kSources[random_.below(kSources.size())];
  const Month month = today_.month();
  const std::uint32_t points = random_.between(1, 900);
  const bool rating = chance(50);
  const EntryId entry = next_entry(home);
  row(home, "EARN", entry, points, false)
      .text(member_text(who))
      .text(word(source))
      .text(month.text())
      .points(points)
      .number(rating ? 1 : 0)
      .end();
  const std::uint32_t lot = earn(who, entry, month, points, source, rating);
  if (chance(20)) {
    holder(who).set(Holder::kBusy);
    later(random_.between(1, 4), [=, this] { return unearn(who, home, lot); });
  }
}

bool WorldMaker::unearn(std::uint32_t who, std::size_t home, std::uint32_t lot) {
  if (!writes(home)) {
    return false;
  }
  if (holder(who).home != home || holder(who).is(Holder::kClosed)) {
    return true;
  }
  const std::uint32_t points = random_.between(1, holdings_.lot(lot).original);
  row(home, "UNEARN", next_entry(home), -std::int64_t{points}, false)
      .text(member_text(who))
      .text(text_of(holdings_.lot(lot).name()))
      .points(points)
      .end();
  holdings_.take_back(who, lot, points, today_);
  return true;
}

// --- of partners ---------------------------------------------------------------------------------

void WorldMaker::accrual() {
  const auto found = find_member(false);
  const int partner = merchant_accumulates_ && chance(50) ? kMerchant : kAirline;
  if (!found || !partner_writes(partner)) {
    return;
  }
  const auto deal = std::make_shared<Deal>();
  deal->holder = *found;
  deal->home = holder(*found).home;
  deal->partner = partner;
  deal->points = random_.between(1, 700);
  deal->id = partner_id(partner);
  deal->other_sequence = partner_sequence(partner);
  // The partner says too much, and corrects it; or the home books it a day later.
  const bool wrong = chance(12);
  CsvText& file = partner_row(partner, "ACCRUAL").text(deal->id).text(member_text(*found));
  file.points(deal->points + (wrong ? 5 : 0)).end();
  const std::uint32_t line = file.line();
  const std::uint32_t before = partner_sequence(partner);
  if (wrong) {
    later(random_.between(1, 3), [=, this] {
      if (!partner_writes(partner)) {
        return false;
      }
      partner_files_[static_cast<std::size_t>(partner)].begin("CORRECT").number(before);
      partner_files_[static_cast<std::size_t>(partner)].number(line).end();
      partner_row(partner, "ACCRUAL").text(deal->id).text(member_text(deal->holder));
      partner_files_[static_cast<std::size_t>(partner)].points(deal->points).end();
      return true;
    });
  }
  if (chance(5)) {
    return;  // The home never hears of it.
  }
  const Month month = today_.month();
  if (chance(20)) {
    holder(*found).set(Holder::kBusy);
    later(1, [=, this] { return book_accrual(deal, month); });
  } else {
    static_cast<void>(book_accrual(deal, month));
  }
}

bool WorldMaker::book_accrual(const DealPtr& deal, Month month) {
  const std::size_t home = deal->home;
  if (!writes(home)) {
    return false;
  }
  if (holder(deal->holder).home != home || holder(deal->holder).is(Holder::kClosed)) {
    return true;
  }
  const EntryId entry = next_entry(home);
  row(home, "ACCRUAL", entry, deal->points, true)
      .text(deal->id)
      .text(member_text(deal->holder))
      .text(partner_code(deal->partner))
      .points(deal->points)
      .end();
  const std::uint32_t lot = earn(deal->holder, entry, month, deal->points, Source::kPartner, false);
  if (chance(20)) {
    holder(deal->holder).set(Holder::kBusy);
    const std::uint32_t points = chance(50) ? deal->points : random_.between(1, deal->points);
    later(random_.between(1, 4), [=, this] { return unissue(deal, lot, points); });
  }
  return true;
}

void WorldMaker::exchange_in() {
  const auto found = find_member(false);
  const int partner = world_.partners.size() > 2 && chance(40) ? kBank : kAirline;
  if (!found || !partner_writes(partner)) {
    return;
  }
  const std::uint32_t who = *found;
  const std::size_t home = holder(who).home;
  const auto deal = std::make_shared<Deal>();
  deal->holder = who;
  deal->home = home;
  deal->partner = partner;
  const std::uint32_t blocks = random_.between(2, 9);
  deal->units = partner == kAirline ? 10 * blocks : 150 * blocks;
  deal->points = partner == kAirline ? deal->units * 10 : deal->units / 15;
  deal->rate = partner == kAirline ? 12 : 22;
  deal->id = partner_id(partner);
  if (!chance(6)) {
    put_partner_exchange("EXCHANGE_IN", *deal);
  }
  const EntryId entry = next_entry(home);
  row(home, "EXCHANGE_IN", entry, deal->points, true)
      .text(deal->id)
      .text(member_text(who))
      .text(partner_code(partner))
      .points(deal->points)
      .number(deal->units)
      .number(deal->rate)
      .end();
  const std::uint32_t lot =
      earn(who, entry, today_.month(), deal->points, Source::kExchangeIn, false);
  if (chance(15)) {
    holder(who).set(Holder::kBusy);
    later(random_.between(1, 4), [=, this] { return unissue(deal, lot, deal->points); });
  }
}

// An accrual or exchange in is reversed, at the home first.
bool WorldMaker::unissue(const DealPtr& deal, std::uint32_t lot, std::uint32_t points) {
  const std::size_t home = deal->home;
  if (!writes(home) || !partner_writes(deal->partner)) {
    return false;
  }
  if (holder(deal->holder).home != home || holder(deal->holder).is(Holder::kClosed)) {
    return true;
  }
  const EntryId entry = next_entry(home);
  row(home, "UNISSUE", entry, -std::int64_t{points}, true)
      .none()
      .text(deal->id)
      .text(member_text(deal->holder))
      .text(partner_code(deal->partner))
      .text(text_of(holdings_.lot(lot).name()))
      .points(points)
      .end();
  holdings_.take_back(deal->holder, lot, points, today_);
  if (!chance(10)) {
    partner_row(deal->partner, "REFUND")
        .text(text_of(entry))
        .text(deal->id)
        .text(member_text(deal->holder))
        .points(points)
        .end();
  }
  return true;
}

}  // namespace ph::sim
