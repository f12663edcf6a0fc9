// Refunds: at the present home, with the slices that are left when the parent was redeemed
// elsewhere.
#include "app/generate/country.h"
#include "app/generate/month.h"

namespace ph::generate {

void MonthMaker::refund_later(const SpendingPtr& parent, Fate fate) {
  if (fate == Fate::kRefunded) {
    later(random_.between(0, 14), [=, this] { refund(parent, parent->points); });
    return;
  }
  const std::uint32_t part = random_.between(1, parent->points - 1);
  later(random_.between(0, 9), [=, this] {
    refund(parent, part);
    if (random_.one_in(2) || last_day_today()) return;
    later(random_.between(1, 6), [=, this] { refund(parent, parent->points - part); });
  });
}

void MonthMaker::refund(const SpendingPtr& parent, std::uint32_t points) {
  const Holder& who = holdings_.holder(parent->holder);
  if (points == 0 || points > sum(parent->slices) || who.is(Holder::kLost)) return;
  if (who.is(Holder::kInTransit)) {  // When the move is confirmed.
    if (!last_day_today()) later(1, [=, this] { refund(parent, points); });
    return;
  }
  const std::size_t home = who.home;
  const EntryId entry = files_.next_entry(home);
  if (parent->partner.none() && parent->giver == number_of(home)) {
    put_refund(*parent, entry, entry, points);
    if (parent->unsettled) ++expected_.parent;
    return;
  }
  const bool faulty = !parent->unsettled && fault_due();
  const bool missing = faulty && fault_turn_++ % 2 == 0;
  const bool other_starts = other_starts_.due();
  EntryId id = entry;
  if (other_starts) {
    id = parent->partner.none() ? files_.next_entry(index_of(parent->giver))
                                : files_.next_id(parent->partner);
  }
  put_refund(*parent, entry, id, points);
  if (missing) {
    ++expected_.missing_acquirer;
    return;
  }
  if (faulty) expected_.amount += 2;
  if (parent->unsettled) expected_.parent += 2;
  const std::uint32_t said = points + (faulty ? 1 : 0);
  const bool late = !other_starts && other_late_.due();
  const auto answer = [=, this] {
    if (parent->partner.none()) {
      put_delivery_refund(parent, id, other_starts, said, home, faulty);
    } else {
      put_partner_refund(*parent, id, said);
    }
  };
  later(late ? 1 : 0, answer);
}

void MonthMaker::put_refund(Spending& parent, EntryId entry, EntryId id, std::uint32_t points) {
  const Holder& who = holdings_.holder(parent.holder);
  holdings_.expire(parent.holder, today_);
  CsvFile& file = files_.row(Row::kRefund, entry);
  put_id(file, id, entry);
  file.id(parent.id).member(who.number).points(points);
  if (parent.partner.none()) {
    file.code(parent.giver).none();
  } else {
    file.none().code(parent.partner);
  }
  file.end();
  if (parent.home != who.home) {
    for (const Slice& slice : parent.slices) {
      if (slice.points > 0) put_lot(file, holdings_.lot(slice.lot), slice.points);
    }
  }
  holdings_.restore(parent.holder, parent.slices, points, today_);
}

void MonthMaker::put_lot(CsvFile& file, const Lot& lot, std::uint32_t points) {
  file.begin(Row::kLot).entry(lot.name()).month(lot.earned).text(word(lot.source));
  file.number(lot.rating ? 1 : 0).date(lot.expires).points(lot.original).points(points).end();
}

// `own`: the giver started the refund, and `id` is the entry it was allotted.
void MonthMaker::put_delivery_refund(const SpendingPtr& parent, EntryId id, bool own,
                                     std::uint32_t points, std::size_t home, bool faulty) {
  const std::size_t giver = index_of(parent->giver);
  const EntryId entry = own ? id : files_.next_entry(giver);
  const auto put = [this, parent, id, own, home](EntryId as, std::uint32_t count) {
    CsvFile& file = files_.row(Row::kDeliveryRefund, as);
    put_id(file, id, own ? id : as);
    file.id(parent->id).member(holdings_.holder(parent->holder).number);
    file.code(number_of(home)).points(count).end();
  };
  const bool wrong = !faulty && refund_corrected_.due() && !last_day_today();
  put(entry, points + (wrong ? 10 : 0));
  if (!wrong) return;
  const std::uint32_t sequence = files_.sequence();
  later(random_.between(1, 3), [=, this] {
    files_.province(giver).begin(Row::kCorrect).number(sequence).number(entry.number()).end();
    put(files_.next_entry(giver), points);
  });
}

void MonthMaker::put_partner_refund(const Spending& parent, EntryId id, std::uint32_t points) {
  CsvFile& file = files_.partner(parent.partner);
  file.begin(Row::kPartnerRefund).id(id).id(parent.id);
  file.member(holdings_.holder(parent.holder).number).points(points).end();
}

}  // namespace ph::generate
