// Exchanges out and in, partners' accruals, their reversals, and exchanges that were never
// credited.
#include <algorithm>

#include "app/generate/country.h"
#include "app/generate/month.h"
#include "app/generate/rule_files.h"

namespace ph::generate {

namespace {

constexpr std::array<std::uint16_t, 3> kExchanging{101, 102, 103};
constexpr std::array<std::uint16_t, 5> kAccumulating{101, 103, 105, 106, 107};

}  // namespace

void MonthMaker::exchange() {
  if (random_.below(10) < 7) {
    exchange_out();
  } else {
    exchange_in();
  }
}

MonthMaker::Fault MonthMaker::draw_partner_fault(bool exchange) {
  constexpr std::array<Fault, 4> kFaults{Fault::kMissingOther, Fault::kRate, Fault::kMissingHome,
                                         Fault::kAmount};
  const Fault fault = kFaults.at(fault_turn_++ % kFaults.size());
  return fault == Fault::kRate && !exchange ? Fault::kAmount : fault;
}

void MonthMaker::exchange_out() {
  const Participant partner(kExchanging.at(random_.below(kExchanging.size())));
  const Rate rate = out_rate(partner, today_, options_.period);
  const auto holder = find_spender(rate.min);
  if (!holder) return;
  const auto spending = std::make_shared<Spending>();
  spending->holder = *holder;
  spending->home = holdings_.holder(*holder).home;
  spending->form = Form::kExchangeOut;
  spending->partner = partner;
  const std::uint32_t wish = choose_points(holdings_.available(*holder, today_));
  spending->points = std::max(wish / rate.block * rate.block, rate.min);
  spending->units = spending->points * rate.num / rate.den;
  spending->rate = rate.version;
  const Fault fault = fault_due() ? draw_partner_fault(true) : Fault::kNone;
  const Fate fate = fault == Fault::kNone ? draw_exchange_fate() : Fate::kStays;
  spending->entry = files_.next_entry(spending->home);
  const bool partner_starts = fault == Fault::kMissingHome || other_starts_.due();
  spending->id = partner_starts ? files_.next_id(partner) : spending->entry;
  if (fault != Fault::kMissingHome) {
    spending->slices = holdings_.take(*holder, spending->points, today_);
    put_exchange_out(*spending);
  }
  if (fate != Fate::kNotCredited) put_partner_exchange(Row::kPartnerExchangeOut, *spending, fault);
  count_fault(fault);
  follow(spending, fate);
}

MonthMaker::Fate MonthMaker::draw_exchange_fate() {
  if (out_not_credited_.due()) return Fate::kNotCredited;
  if (out_refunded_.due()) return Fate::kRefunded;
  if (out_withdrawn_.due() && !last_day_today()) return Fate::kWithdrawn;
  return Fate::kStays;
}

void MonthMaker::put_exchange_out(const Spending& spending) {
  CsvFile& file = files_.row(Row::kExchangeOut, spending.entry);
  put_id(file, spending.id, spending.entry);
  file.member(holdings_.holder(spending.holder).number).code(spending.partner);
  file.points(spending.points).number(spending.units).number(spending.rate).end();
}

void MonthMaker::put_partner_exchange(Row row, Spending& spending, Fault fault) {
  if (fault == Fault::kMissingOther) return;
  const std::uint32_t units = spending.units + (fault == Fault::kAmount ? 50 : 0);
  const std::uint32_t rate = spending.rate + (fault == Fault::kRate ? 1 : 0);
  CsvFile& file = files_.partner(spending.partner);
  file.begin(row).id(spending.id).member(holdings_.holder(spending.holder).number);
  file.points(spending.points).number(units).number(rate).end();
  spending.other_line = file.line();
}

void MonthMaker::not_credited_later(const SpendingPtr& spending) {
  holdings_.holder(spending->holder).set(Holder::kBusy);
  later(random_.between(1, 6), [=, this] {
    const EntryId id = files_.next_id(spending->partner);
    files_.partner(spending->partner)
        .begin(Row::kPartnerNotCredited)
        .id(id)
        .id(spending->id)
        .member(holdings_.holder(spending->holder).number)
        .end();
    const EntryId entry = files_.next_entry(spending->home);
    put_refund(*spending, entry, entry, spending->points);
  });
}

void MonthMaker::exchange_in() {
  const auto holder = find_at_home();
  if (!holder) return;
  const auto funding = std::make_shared<Spending>();
  funding->holder = *holder;
  funding->form = Form::kExchangeOut;
  funding->partner = Participant(kExchanging.at(random_.below(kExchanging.size())));
  const Rate rate = in_rate(funding->partner);
  funding->units = std::max(rate.block * random_.between(1, 12), rate.min);
  funding->points = funding->units * rate.num / rate.den;
  funding->rate = rate.version;
  funding->id = files_.next_id(funding->partner);
  const Fault fault = fault_due() ? draw_partner_fault(true) : Fault::kNone;
  put_partner_exchange(Row::kPartnerExchangeIn, *funding, fault);
  count_fault(fault);
  if (fault == Fault::kMissingHome) return;
  const std::uint32_t lot = fund(*funding);
  if (fault == Fault::kNone && in_unissued_.due()) {
    later(random_.between(1, 8), [=, this] { unissue(funding, lot, funding->points); });
  }
}

void MonthMaker::accrual() {
  const auto holder = find_at_home();
  if (!holder) return;
  const auto funding = std::make_shared<Spending>();
  funding->holder = *holder;
  funding->partner = Participant(kAccumulating.at(random_.below(kAccumulating.size())));
  funding->points = random_.between(10, 600);
  funding->id = files_.next_id(funding->partner);
  const Fault fault = fault_due() ? draw_partner_fault(false) : Fault::kNone;
  const bool ordinary = fault == Fault::kNone && !last_day_today();
  const bool corrected = ordinary && accrual_corrected_.due();
  if (fault != Fault::kMissingOther) {
    const bool wrong = corrected || fault == Fault::kAmount;
    put_partner_accrual(*funding, funding->points + (wrong ? random_.between(1, 90) : 0));
  }
  count_fault(fault);
  if (fault == Fault::kMissingHome) return;
  if (corrected) {
    const std::uint32_t sequence = files_.sequence();
    later(random_.between(1, 3), [=, this] {
      files_.partner(funding->partner)
          .begin(Row::kPartnerCorrect)
          .number(sequence)
          .number(funding->other_line)
          .end();
      put_partner_accrual(*funding, funding->points);
    });
  }
  // The home may book it a day later: until then the member stays where he is.
  if (ordinary && accrual_late_.due()) {
    holdings_.holder(*holder).set(Holder::kBusy);
    later(1, [=, this] { fund(*funding); });
    return;
  }
  const std::uint32_t lot = fund(*funding);
  if (ordinary && !corrected && accrual_unissued_.due()) {
    const std::uint32_t back =
        random_.one_in(2) ? funding->points : random_.between(1, funding->points);
    later(random_.between(1, 8), [=, this] { unissue(funding, lot, back); });
  }
}

void MonthMaker::put_partner_accrual(Spending& funding, std::uint32_t points) {
  CsvFile& file = files_.partner(funding.partner);
  file.begin(Row::kPartnerAccrual).id(funding.id);
  file.member(holdings_.holder(funding.holder).number).points(points).end();
  funding.other_line = file.line();
}

std::uint32_t MonthMaker::fund(Spending& funding) {
  const Holder& who = holdings_.holder(funding.holder);
  const bool exchanged = funding.rate != 0;
  funding.home = who.home;
  funding.entry = files_.next_entry(who.home);
  CsvFile& file = files_.row(exchanged ? Row::kExchangeIn : Row::kAccrual, funding.entry);
  file.id(funding.id).member(who.number).code(funding.partner).points(funding.points);
  if (exchanged) file.number(funding.units).number(funding.rate);
  file.end();
  const Source source = exchanged ? Source::kExchangeIn : Source::kPartner;
  return holdings_.earn(funding.holder, earned_lot(funding.entry, funding.id.date().month(),
                                                   funding.points, source, false));
}

void MonthMaker::unissue(const SpendingPtr& funding, std::uint32_t lot, std::uint32_t points) {
  const Holder& who = holdings_.holder(funding->holder);
  if (who.is(Holder::kInTransit | Holder::kMoved | Holder::kLost)) return;
  holdings_.expire(funding->holder, today_);
  const EntryId entry = files_.next_entry(who.home);
  const EntryId id = other_starts_.due() ? files_.next_id(funding->partner) : entry;
  CsvFile& file = files_.row(Row::kUnissue, entry);
  put_id(file, id, entry);
  file.id(funding->id).member(who.number).code(funding->partner);
  file.entry(holdings_.lot(lot).name()).points(points).end();
  holdings_.take_back(funding->holder, lot, points, today_);
  put_partner_refund(*funding, id, points);
}

}  // namespace ph::generate
