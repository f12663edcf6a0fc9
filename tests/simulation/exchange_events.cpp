// Exchanges out, and refunds: at the member's present home, with the slices that are left when the
// parent was redeemed at another.
#include "tests/simulation/maker.h"

namespace ph::sim {

using generate::Holder;

void WorldMaker::exchange_out() {
  const bool bank = world_.partners.size() > 2 && chance(40);
  const bool later_price = !bank && price_change_ && today_ >= *price_change_;
  const std::uint32_t block = bank ? 100 : later_price ? 200 : 250;
  const auto found = find_spender(2 * block);
  const int partner = bank ? kBank : kAirline;
  if (!found || !partner_writes(partner)) {
    return;
  }
  const auto deal = std::make_shared<Deal>();
  deal->holder = *found;
  deal->home = holder(*found).home;
  deal->partner = partner;
  deal->form = Form::kExchangeOut;
  deal->points =
      block * random_.between(2, std::min(8U, holdings_.available(*found, today_) / block));
  deal->units = bank          ? deal->points * 5
                : later_price ? deal->points * 3 / 40
                              : deal->points * 2 / 25;
  deal->rate = bank ? 21 : later_price ? 14 : 11;
  const EntryId entry = next_entry(deal->home);
  deal->sequence = sequence();
  deal->entry = entry.number();
  deal->id = chance(50) ? text_of(entry) : partner_id(partner);
  deal->slices = holdings_.take(deal->holder, deal->points, today_);
  CsvText& file = row(deal->home, "EXCHANGE_OUT", entry, -std::int64_t{deal->points}, true);
  put_id(file, deal->id, entry);
  file.text(member_text(deal->holder)).text(partner_code(partner)).points(deal->points);
  file.number(deal->units).number(deal->rate).end();
  const std::uint32_t fate = random_.below(100);
  if (fate < 15) {  // The partner can't credit it.
    holder(deal->holder).set(Holder::kBusy);
    later(random_.between(1, 4), [=, this] { return not_credited(deal); });
    return;
  }
  if (fate < 20) {
    deal->units += 1;
  } else if (fate < 25) {
    deal->rate = 13;
  }
  if (fate >= 30) {
    put_partner_exchange("EXCHANGE_OUT", *deal);
  }
  if (fate >= 80) {
    later(random_.between(1, 5), [=, this] { return refund(deal, deal->points); });
  }
}

void WorldMaker::put_partner_exchange(std::string_view kind, Deal& deal) {
  deal.other_sequence = partner_sequence(deal.partner);
  CsvText& file = partner_row(deal.partner, kind);
  deal.other_entry = file.line();
  file.text(deal.id).text(member_text(deal.holder)).points(deal.points);
  file.number(deal.units).number(deal.rate).end();
}

bool WorldMaker::not_credited(const DealPtr& deal) {
  if (!writes(deal->home) || !partner_writes(deal->partner)) {
    return false;
  }
  if (holder(deal->holder).home != deal->home) {
    return true;
  }
  const EntryId entry = next_entry(deal->home);
  put_refund(*deal, entry, text_of(entry), deal->points);
  partner_row(deal->partner, "NOT_CREDITED")
      .text(partner_id(deal->partner))
      .text(deal->id)
      .text(member_text(deal->holder))
      .end();
  return true;
}

bool WorldMaker::refund(const DealPtr& deal, std::uint32_t points) {
  const Holder& who = holder(deal->holder);
  if (points == 0 || points > generate::sum(deal->slices)) {
    return true;
  }
  const std::size_t home = who.home;
  if (home == deal->home && deal->refunded_elsewhere) {
    return true;
  }
  const bool alone = deal->partner < 0 && deal->giver == static_cast<int>(home);
  const bool other_writes =
      alone || (deal->partner >= 0 ? partner_writes(deal->partner)
                                   : writes(static_cast<std::size_t>(deal->giver)));
  if (who.is(Holder::kInTransit) || !writes(home) || !other_writes) {
    return false;
  }
  const EntryId entry = next_entry(home);
  if (alone) {
    put_refund(*deal, entry, text_of(entry), points);
    return true;
  }
  std::string id = text_of(entry);
  if (deal->partner >= 0 && chance(40)) {
    id = partner_id(deal->partner);
  }
  put_refund(*deal, entry, id, points);
  if (chance(8)) {
    return true;  // The other side says nothing.
  }
  if (deal->partner < 0 && chance(20)) {
    later(1, [=, this] { return answer_refund(deal, id, points, home); });
    return true;
  }
  return answer_refund(deal, id, points + (chance(6) ? 1 : 0), home);
}

void WorldMaker::put_refund(Deal& deal, EntryId entry, const std::string& id,
                            std::uint32_t points) {
  const std::size_t home = holder(deal.holder).home;
  CsvText& file = row(home, "REFUND", entry, points, true);
  put_id(file, id, entry);
  file.text(deal.id).text(member_text(deal.holder)).points(points);
  file.text(deal.giver >= 0 ? code_of(static_cast<std::size_t>(deal.giver)) : std::string());
  file.text(deal.partner >= 0 ? partner_code(deal.partner) : std::string()).end();
  if (deal.home != home) {
    deal.refunded_elsewhere = true;
    for (const generate::Slice& slice : deal.slices) {
      if (slice.points > 0) {
        put_lot(file, holdings_.lot(slice.lot), slice.points);
      }
    }
  }
  holdings_.restore(deal.holder, deal.slices, points, today_);
}

void WorldMaker::put_lot(CsvText& file, const generate::Lot& lot, std::uint32_t points) const {
  file.begin("LOT").text(text_of(lot.name())).text(lot.earned.text()).text(word(lot.source));
  file.number(lot.rating ? 1 : 0).text(lot.expires.text());
  file.points(lot.original).points(points).end();
}

// The other side's record of a refund that the home started, or the partner.
bool WorldMaker::answer_refund(const DealPtr& deal, const std::string& id, std::uint32_t points,
                               std::size_t home) {
  if (deal->partner >= 0) {
    partner_row(deal->partner, "REFUND")
        .text(id)
        .text(deal->id)
        .text(member_text(deal->holder))
        .points(points)
        .end();
    return true;
  }
  const auto giver = static_cast<std::size_t>(deal->giver);
  if (!writes(giver)) {
    return false;
  }
  row(giver, "DELIVERY_REFUND", next_entry(giver), 0, true)
      .text(id)
      .text(deal->id)
      .text(member_text(deal->holder))
      .text(code_of(home))
      .points(points)
      .end();
  return true;
}

}  // namespace ph::sim
