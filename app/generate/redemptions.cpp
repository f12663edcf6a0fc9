// Redemptions at home, in other provinces and at merchants; their corrections, withdrawals and
// copies.
#include "app/generate/country.h"
#include "app/generate/month.h"

namespace ph::generate {

namespace {

constexpr std::uint32_t kRedeemMin = 100;
constexpr std::array<std::uint16_t, 4> kMerchants{104, 105, 106, 108};  // those with type U
constexpr std::uint32_t kWrongCode = 1'000'000;  // far above a day's serials in use

Participant merchant(Random& random) {
  return Participant(kMerchants.at(random.below(kMerchants.size())));
}

}  // namespace

void MonthMaker::redemption() {
  const auto holder = find_spender(kRedeemMin);
  if (!holder) return;
  const std::uint32_t available = holdings_.available(*holder, today_);
  const SpendingPtr spending = draw_redemption(*holder, choose_points(available));
  const bool alone = spending->giver == number_of(spending->home);
  const Fault fault = !alone && fault_due() ? draw_redemption_fault() : Fault::kNone;
  const Fate fate = fault == Fault::kNone ? draw_fate(*spending) : Fate::kStays;
  if (fault == Fault::kInsufficient) spending->points = available + random_.between(1, 500);
  const bool taken = fault != Fault::kInsufficient && fault != Fault::kMissingHome;
  if (taken) spending->slices = holdings_.take(*holder, spending->points, today_);
  name_redemption(*spending);
  if (fault != Fault::kMissingHome) put_redeem(*spending, spending->entry);
  put_other_side(*spending, fault, fate);
  count_fault(fault);
  spending->unsettled = fault != Fault::kNone;
  follow(spending, fate);
  // What did not settle cannot be refunded: such a refund has to wait too.
  if (spending->unsettled && taken && random_.one_in(2)) refund_later(spending, Fate::kRefunded);
}

MonthMaker::SpendingPtr MonthMaker::draw_redemption(std::uint32_t holder, std::uint32_t points) {
  auto spending = std::make_shared<Spending>();
  spending->holder = holder;
  spending->home = holdings_.holder(holder).home;
  spending->points = points;
  const std::uint32_t where = random_.below(100);
  const bool elsewhere = population_.provinces() > 1 && where >= 45 && where < 67;
  if (where >= 67) {
    spending->form = Form::kMerchant;
    spending->partner = merchant(random_);
    return spending;
  }
  spending->giver =
      number_of(elsewhere ? other_province(spending->home) : std::size_t{spending->home});
  const std::uint32_t what = random_.below(elsewhere ? 90 : 100);
  spending->form = what < 45   ? Form::kPhoneCredit
                   : what < 65 ? Form::kOwnProduct
                   : what < 90 ? Form::kGift
                               : Form::kFixedLine;
  if (spending->form == Form::kGift) draw_gift(*spending);
  return spending;
}

void MonthMaker::draw_gift(Spending& spending) {
  constexpr std::array<std::uint32_t, 4> kFreightFen{0, 600, 800, 1'200};
  spending.cost = spending.points * random_.between(60, 95) / 100;
  spending.freight = kFreightFen.at(random_.below(kFreightFen.size()));
  spending.cash = random_.one_in(4) ? 500 * random_.between(1, 8) : 0;
}

MonthMaker::Fate MonthMaker::draw_fate(const Spending& spending) {
  const auto refunded = [this, &spending] {
    const bool parts = spending.form != Form::kGift && spending.points > 1 && in_parts_.due();
    return parts ? Fate::kRefundedInParts : Fate::kRefunded;
  };
  Fate fate = Fate::kStays;
  if (spending.giver == number_of(spending.home)) {
    if (own_withdrawn_.due())
      fate = Fate::kWithdrawn;
    else if (own_refunded_.due())
      return refunded();
  } else if (spending.partner.none()) {
    if (given_corrected_.due())
      fate = Fate::kCorrected;
    else if (given_withdrawn_.due())
      fate = Fate::kWithdrawn;
    else if (given_refunded_.due())
      return refunded();
    else if (given_copied_.due())
      fate = Fate::kCopiedByHome;
  } else {
    if (merchant_corrected_.due())
      fate = Fate::kCorrected;
    else if (merchant_withdrawn_.due())
      fate = Fate::kWithdrawn;
    else if (merchant_refunded_.due())
      return refunded();
    else if (merchant_copied_.due())
      fate = Fate::kCopiedByHome;
    else if (partner_copied_.due())
      fate = Fate::kCopiedByPartner;
  }
  // All of these take another day's file.
  return last_day_today() ? Fate::kStays : fate;
}

MonthMaker::Fault MonthMaker::draw_redemption_fault() {
  constexpr std::array<Fault, 6> kFaults{Fault::kMissingOther,       Fault::kAmount,
                                         Fault::kMissingHome,        Fault::kNoAuthorisation,
                                         Fault::kWrongAuthorisation, Fault::kInsufficient};
  return kFaults.at(fault_turn_++ % kFaults.size());
}

void MonthMaker::count_fault(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return;
    case Fault::kMissingHome:
      expected_.missing_home += 1;
      return;
    case Fault::kMissingOther:
      expected_.missing_acquirer += 1;
      return;
    case Fault::kAmount:
      expected_.amount += 2;
      return;
    case Fault::kNoAuthorisation:
    case Fault::kWrongAuthorisation:
      expected_.authorisation += 2;
      return;
    case Fault::kRate:
      expected_.rate += 2;
      return;
    case Fault::kInsufficient:
      expected_.missing_home += 1;
      expected_.returned += 1;
      return;
  }
}

void MonthMaker::name_redemption(Spending& spending) {
  spending.entry = files_.next_entry(spending.home);
  if (spending.authorisation.none()) spending.authorisation = spending.entry;
  if (!spending.partner.none()) {
    spending.id = files_.next_id(spending.partner);
  } else if (spending.giver != number_of(spending.home)) {
    spending.other_entry = files_.next_entry(index_of(spending.giver));
    spending.id = spending.other_entry;
  } else {
    spending.id = spending.entry;
  }
}

void MonthMaker::put_id(CsvFile& file, EntryId id, EntryId entry) {
  if (id == entry) {
    file.none();
  } else {
    file.id(id);
  }
}

void MonthMaker::put_goods(CsvFile& file, const Spending& spending) {
  file.text(word(spending.form));
  if (spending.partner.none()) {
    file.code(spending.giver).none();
  } else {
    file.none().code(spending.partner);
  }
  if (spending.form == Form::kGift && spending.giver == number_of(spending.home)) {
    file.fen(spending.cost).fen(spending.freight).fen(spending.cash);
  } else {
    file.none().none().none();
  }
}

void MonthMaker::put_redeem(const Spending& spending, EntryId entry) {
  CsvFile& file = files_.row(Row::kRedeem, entry);
  put_id(file, spending.id, entry);
  file.member(holdings_.holder(spending.holder).number).points(spending.points);
  put_goods(file, spending);
  file.end();
}

void MonthMaker::put_other_side(Spending& spending, Fault fault, Fate fate) {
  const bool alone = spending.giver == number_of(spending.home);
  if (alone || fault == Fault::kMissingOther) return;
  std::uint32_t points = spending.points;
  EntryId code = spending.authorisation;
  const bool wrong = fate == Fate::kCorrected;
  const bool wrong_points = wrong && random_.one_in(2);
  if (fault == Fault::kAmount || wrong_points) points += random_.between(1, 100);
  if (fault == Fault::kNoAuthorisation || (wrong && !wrong_points)) code = EntryId();
  if (fault == Fault::kWrongAuthorisation) code = EntryId(code.packed() + kWrongCode);
  if (spending.partner.none()) {
    put_delivery(spending, spending.other_entry, points, code);
  } else {
    spending.other_line = put_partner_redemption(spending, points, code);
  }
}

void MonthMaker::put_delivery(const Spending& spending, EntryId entry, std::uint32_t points,
                              EntryId authorisation) {
  CsvFile& file = files_.row(Row::kDelivery, entry);
  file.member(holdings_.holder(spending.holder).number).code(number_of(spending.home));
  if (authorisation.none()) {
    file.none();
  } else {
    file.entry(authorisation);
  }
  file.points(points).text(word(spending.form));
  if (spending.form == Form::kGift) {
    file.fen(spending.cost).fen(spending.freight).fen(spending.cash);
  } else {
    file.none().none().none();
  }
  file.end();
}

std::uint32_t MonthMaker::put_partner_redemption(const Spending& spending, std::uint32_t points,
                                                 EntryId authorisation) {
  CsvFile& file = files_.partner(spending.partner);
  file.begin(Row::kPartnerRedemption).id(spending.id);
  file.member(holdings_.holder(spending.holder).number).points(points);
  if (authorisation.none()) {
    file.none();
  } else {
    file.entry(authorisation);
  }
  file.end();
  return file.line();
}

void MonthMaker::follow(const SpendingPtr& spending, Fate fate) {
  switch (fate) {
    case Fate::kStays:
      return;
    case Fate::kRefunded:
    case Fate::kRefundedInParts:
      return refund_later(spending, fate);
    case Fate::kWithdrawn:
      return withdraw_later(spending);
    case Fate::kCorrected:
      return correct_later(spending);
    case Fate::kCopiedByHome:
    case Fate::kCopiedByPartner:
      return copy_later(spending, fate == Fate::kCopiedByHome);
    case Fate::kNotCredited:
      return not_credited_later(spending);
  }
}

void MonthMaker::correct_later(const SpendingPtr& spending) {
  const std::uint32_t sequence = files_.sequence();
  later(random_.between(1, 3), [=, this] {
    if (spending->partner.none()) {
      const std::size_t giver = index_of(spending->giver);
      files_.province(giver)
          .begin(Row::kCorrect)
          .number(sequence)
          .number(spending->other_entry.number())
          .end();
      put_delivery(*spending, files_.next_entry(giver), spending->points, spending->authorisation);
    } else {
      files_.partner(spending->partner)
          .begin(Row::kPartnerCorrect)
          .number(sequence)
          .number(spending->other_line)
          .end();
      put_partner_redemption(*spending, spending->points, spending->authorisation);
    }
  });
}

void MonthMaker::withdraw_later(const SpendingPtr& spending) {
  const std::uint32_t sequence = files_.sequence();
  holdings_.holder(spending->holder).set(Holder::kBusy);
  later(random_.between(1, 4), [=, this] {
    const auto withdraw = [this, sequence](std::size_t province, EntryId entry) {
      files_.row(Row::kWithdraw, files_.next_entry(province))
          .number(sequence)
          .number(entry.number())
          .end();
    };
    holdings_.expire(spending->holder, today_);
    holdings_.restore(spending->holder, spending->slices, spending->points, today_);
    withdraw(spending->home, spending->entry);
    if (!spending->partner.none()) {
      files_.partner(spending->partner)
          .begin(Row::kPartnerWithdraw)
          .number(sequence)
          .number(spending->other_line)
          .end();
    } else if (!spending->other_entry.none()) {
      withdraw(index_of(spending->giver), spending->other_entry);
    }
  });
}

void MonthMaker::copy_later(const SpendingPtr& spending, bool by_home) {
  later(random_.between(1, 2), [=, this] {
    if (by_home) {
      put_redeem(*spending, files_.next_entry(spending->home));
    } else {
      put_partner_redemption(*spending, spending->points, spending->authorisation);
    }
    ++expected_.copies;
  });
}

// Goods booked that nobody got: withdrawn on a later day.
void MonthMaker::mistake() {
  if (last_day_today()) return;
  const auto holder = find_at_home();
  if (!holder) return;
  Spending spending{.holder = *holder, .home = holdings_.holder(*holder).home};
  spending.points = 100 * random_.between(1, 20);
  const std::uint32_t sequence = files_.sequence();
  if (population_.provinces() == 1 || random_.one_in(2)) {
    spending.partner = merchant(random_);
    spending.id = files_.next_id(spending.partner);
    const std::uint32_t line = put_partner_redemption(spending, spending.points, EntryId());
    later(random_.between(1, 5), [=, this, partner = spending.partner] {
      files_.partner(partner).begin(Row::kPartnerWithdraw).number(sequence).number(line).end();
    });
    return;
  }
  const std::size_t giver = other_province(spending.home);
  spending.form = Form::kOwnProduct;
  const EntryId entry = files_.next_entry(giver);
  put_delivery(spending, entry, spending.points, EntryId());
  later(random_.between(1, 5), [=, this] {
    files_.row(Row::kWithdraw, files_.next_entry(giver))
        .number(sequence)
        .number(entry.number())
        .end();
  });
}

}  // namespace ph::generate
