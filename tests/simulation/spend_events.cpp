// Redemptions at home, in other provinces and at the merchant, holds, and what follows from them.
#include "tests/simulation/maker.h"

namespace ph::sim {

using generate::Holder;

// False: whoever would give has no file today.
bool WorldMaker::choose_giver(Deal& deal) {
  const std::uint32_t where = random_.below(100);
  if (where < 35) {
    deal.giver = static_cast<int>(deal.home);
  } else if (where < 70) {
    const auto other = other_writer(deal.home);
    deal.giver = other ? static_cast<int>(*other) : static_cast<int>(deal.home);
  } else if (partner_writes(kMerchant)) {
    deal.partner = kMerchant;
    deal.form = Form::kMerchant;
    return true;
  } else {
    return false;
  }
  const bool own = deal.giver == static_cast<int>(deal.home);
  const std::uint32_t what = random_.below(own ? 4 : 3);
  constexpr std::array<Form, 4> kForms{Form::kPhoneCredit, Form::kOwnProduct, Form::kGift,
                                       Form::kFixedLine};
  deal.form = kForms[what];
  if (deal.form == Form::kGift) {
    deal.cost = deal.points * random_.between(60, 95) / 100;
    deal.freight = chance(50) ? 600 : 0;
    deal.cash = chance(25) ? 500 : 0;
  }
  return true;
}

// Fixes the id: of the home's own row, of the giver's, or the partner's.
void WorldMaker::name_deal(Deal& deal, EntryId entry) {
  deal.sequence = sequence();
  deal.entry = entry.number();
  if (deal.authorisation.none()) {
    deal.authorisation = entry;
  }
  if (deal.partner >= 0) {
    deal.id = partner_id(deal.partner);
    deal.other_sequence = partner_sequence(deal.partner);
  } else if (deal.giver != static_cast<int>(deal.home)) {
    const EntryId other = next_entry(static_cast<std::size_t>(deal.giver));
    deal.other_entry = other.number();
    deal.other_sequence = sequence();
    deal.id = text_of(other);
  } else {
    deal.id = text_of(entry);
  }
}

void WorldMaker::put_id(CsvText& file, const std::string& id, EntryId entry) const {
  file.text(id == text_of(entry) ? std::string() : id);
}

void WorldMaker::put_goods(CsvText& file, const Deal& deal) const {
  file.text(word(deal.form));
  file.text(deal.giver >= 0 ? code_of(static_cast<std::size_t>(deal.giver)) : std::string());
  file.text(deal.partner >= 0 ? partner_code(deal.partner) : std::string());
  if (deal.form == Form::kGift && deal.giver == static_cast<int>(deal.home)) {
    file.fen(deal.cost).fen(deal.freight).fen(deal.cash);
  } else {
    file.none(3);
  }
}

void WorldMaker::put_redeem(const Deal& deal, EntryId entry, std::int64_t delta) {
  CsvText& file = row(deal.home, "REDEEM", entry, delta, delta != 0);
  put_id(file, deal.id, entry);
  file.text(member_text(deal.holder)).points(deal.points);
  put_goods(file, deal);
  file.end();
}

// The giver's DELIVERY under the entry that was fixed for it, or the merchant's row.
void WorldMaker::put_other_side(Deal& deal, std::uint32_t points, EntryId code) {
  const std::string authorisation = code_text(code);
  if (deal.partner >= 0) {
    CsvText& file = partner_row(deal.partner, "REDEMPTION");
    deal.other_entry = file.line();
    deal.other_date = today_;
    file.text(deal.id).text(member_text(deal.holder)).points(points).text(authorisation).end();
    return;
  }
  const auto giver = static_cast<std::size_t>(deal.giver);
  const EntryId entry(world_.provinces[giver].number, today_, deal.other_entry);
  CsvText& file = row(giver, "DELIVERY", entry, 0, true);
  file.text(member_text(deal.holder)).text(code_of(deal.home)).text(authorisation);
  file.points(points).text(word(deal.form));
  if (deal.form == Form::kGift) {
    file.fen(deal.cost).fen(deal.freight).fen(deal.cash);
  } else {
    file.none(3);
  }
  file.end();
}

// The other side's row of today, right or wrong or none.
void WorldMaker::other_side(const DealPtr& deal) {
  if (deal->giver == static_cast<int>(deal->home)) {
    return;
  }
  const std::uint32_t fault = random_.below(100);
  if (fault < 6) {
    deal->other_entry = 0;  // It never says so.
    return;
  }
  if (fault >= 18) {
    return put_other_side(*deal, deal->points, deal->authorisation);
  }
  if (fault < 12) {
    put_other_side(*deal, deal->points + 3, deal->authorisation);
  } else {
    put_other_side(*deal, deal->points, EntryId());
  }
  if (chance(60)) {
    later(random_.between(1, 3), [=, this] { return correct(deal); });
  }
}

bool WorldMaker::correct(const DealPtr& deal) {
  if (deal->withdrawn) {
    return true;
  }
  if (deal->other_date == today_) {
    return false;
  }
  const std::string authorisation = code_text(deal->authorisation);
  if (deal->partner >= 0) {
    if (!partner_writes(deal->partner)) {
      return false;
    }
    CsvText& file = partner_files_[static_cast<std::size_t>(deal->partner)];
    file.begin("CORRECT").number(deal->other_sequence).number(deal->other_entry).end();
    partner_row(deal->partner, "REDEMPTION").text(deal->id).text(member_text(deal->holder));
    file.points(deal->points).text(authorisation).end();
    deal->other_date = today_;
    return true;
  }
  const auto giver = static_cast<std::size_t>(deal->giver);
  if (!writes(giver)) {
    return false;
  }
  CsvText& file = file_of(giver).begin("CORRECT");
  file.number(deal->other_sequence).number(deal->other_entry).end();
  row(giver, "DELIVERY", next_entry(giver), 0, true).text(member_text(deal->holder));
  file.text(code_of(deal->home)).text(authorisation).points(deal->points).text(word(deal->form));
  if (deal->form == Form::kGift) {
    file.fen(deal->cost).fen(deal->freight).fen(deal->cash);
  } else {
    file.none(3);
  }
  file.end();
  return true;
}

void WorldMaker::redeem() {
  const auto found = find_spender(20);
  if (!found) {
    return;
  }
  const auto deal = std::make_shared<Deal>();
  deal->holder = *found;
  deal->home = holder(*found).home;
  deal->points = some_of(holdings_.available(*found, today_));
  if (!choose_giver(*deal)) {
    return;
  }
  const EntryId entry = next_entry(deal->home);
  name_deal(*deal, entry);
  deal->slices = holdings_.take(deal->holder, deal->points, today_);
  if (chance(97)) {
    put_redeem(*deal, entry, -std::int64_t{deal->points});
    other_side(deal);
    follow(deal);
  } else {  // The home never books it.
    holdings_.restore(deal->holder, deal->slices, deal->points, today_);
    deal->authorisation = EntryId();
    other_side(deal);
  }
}

void WorldMaker::follow(const DealPtr& deal) {
  const std::uint32_t fate = random_.below(100);
  if (fate < 8) {
    holder(deal->holder).set(Holder::kBusy);
    later(random_.between(1, 4), [=, this] { return withdraw(deal); });
  } else if (fate < 14) {
    later(random_.between(1, 2), [=, this] { return copy(deal); });
  } else if (fate < 36) {
    const bool whole = deal->form == Form::kGift || deal->points < 2 || chance(50);
    const std::uint32_t points = whole ? deal->points : random_.between(1, deal->points - 1);
    later(random_.between(0, 5), [=, this] { return refund(deal, points); });
    if (!whole && chance(40)) {
      later(random_.between(2, 6), [=, this] { return refund(deal, deal->points - points); });
    }
  }
}

bool WorldMaker::withdraw(const DealPtr& deal) {
  const bool two_sided = deal->other_entry != 0;
  const bool other_writes =
      !two_sided || (deal->partner >= 0 ? partner_writes(deal->partner)
                                        : writes(static_cast<std::size_t>(deal->giver)));
  if (!writes(deal->home) || !other_writes) {
    return false;
  }
  if (holder(deal->holder).is(Holder::kClosed) || holder(deal->holder).home != deal->home) {
    return true;
  }
  deal->withdrawn = true;
  holdings_.restore(deal->holder, deal->slices, deal->points, today_);
  row(deal->home, "WITHDRAW", next_entry(deal->home), deal->points, true)
      .number(deal->sequence)
      .number(deal->entry)
      .end();
  if (two_sided && deal->partner >= 0) {
    partner_row(deal->partner, "WITHDRAW")
        .number(deal->other_sequence)
        .number(deal->other_entry)
        .end();
  } else if (two_sided) {
    const auto giver = static_cast<std::size_t>(deal->giver);
    row(giver, "WITHDRAW", next_entry(giver), 0, true)
        .number(deal->other_sequence)
        .number(deal->other_entry)
        .end();
  }
  return true;
}

// The home's row, or the merchant's, comes once more.
bool WorldMaker::copy(const DealPtr& deal) {
  if (deal->partner >= 0 && deal->other_entry != 0 && chance(50)) {
    if (!partner_writes(deal->partner) || deal->other_date == today_) {
      return false;
    }
    deal->other_date = today_;
    partner_row(deal->partner, "REDEMPTION")
        .text(deal->id)
        .text(member_text(deal->holder))
        .points(deal->points)
        .text(code_text(deal->authorisation))
        .end();
    return true;
  }
  if (deal->giver == static_cast<int>(deal->home)) {
    return true;  // Its id is its entry: it can't come twice.
  }
  if (!writes(deal->home)) {
    return false;
  }
  put_redeem(*deal, next_entry(deal->home), 0);
  return true;
}

// --- holds ---------------------------------------------------------------------------------------

void WorldMaker::hold() {
  const auto found = find_spender(100);
  if (!found) {
    return;
  }
  const auto state = std::make_shared<HoldState>();
  state->holder = *found;
  state->home = holder(*found).home;
  const std::uint32_t points = std::max(100U, some_of(holdings_.available(*found, today_)));
  const std::uint32_t days = random_.between(1, 5);
  state->slices = holdings_.hold(*found, points, today_);
  state->entry = next_entry(state->home);
  state->id = text_of(state->entry);
  if (chance(40)) {
    state->partner = kMerchant;
    state->id = partner_id(kMerchant);
  }
  holder(*found).set(Holder::kBusy);
  CsvText& file = row(state->home, "HOLD", state->entry, 0, false);
  put_id(file, state->id, state->entry);
  file.text(member_text(*found)).points(points);
  file.text(today_.plus_days(static_cast<int>(days)).text()).end();
  if (day() + days < evening_.size()) {
    evening_[day() + days].push_back([=, this] { holdings_.release(state->slices); });
  }
  const std::uint32_t soon = random_.below(days + 1);
  const std::uint32_t part = random_.between(1, points - 1);
  const std::uint32_t fate = random_.below(100);
  if (fate < 30) {
    later(soon, [=, this] { return capture(state, points, true); });
  } else if (fate < 60) {
    later(soon, [=, this] { return capture(state, part, chance(50)); });
    later(days, [=, this] { return capture(state, points - part, false); });
  } else if (fate < 80) {
    later(soon, [=, this] { return void_hold(state); });
  }
}

bool WorldMaker::capture(const HoldPtr& state, std::uint32_t points, bool final) {
  const bool merchant = state->partner >= 0;
  if (!writes(state->home) || (merchant && !partner_writes(kMerchant))) {
    return false;
  }
  if (generate::sum(state->slices) < points || (final && on_last_day())) {
    return true;  // It has ended, or been captured.
  }
  const auto deal = std::make_shared<Deal>();
  deal->holder = state->holder;
  deal->home = state->home;
  deal->points = points;
  deal->form = merchant ? Form::kMerchant : Form::kOwnProduct;
  deal->partner = state->partner;
  deal->giver = merchant ? -1 : static_cast<int>(state->home);
  deal->authorisation = state->entry;
  const EntryId entry = next_entry(deal->home);
  name_deal(*deal, entry);
  deal->slices = holdings_.capture(state->slices, points);
  CsvText& file = row(deal->home, "CAPTURE", entry, -std::int64_t{points}, true);
  put_id(file, deal->id, entry);
  file.text(state->id).points(points).number(final ? 1 : 0);
  put_goods(file, *deal);
  file.end();
  if (final) {
    holdings_.release(state->slices);
  }
  other_side(deal);
  if (chance(20)) {
    later(random_.between(1, 4), [=, this] { return refund(deal, points); });
  }
  return true;
}

bool WorldMaker::void_hold(const HoldPtr& state) {
  if (!writes(state->home)) {
    return false;
  }
  if (generate::sum(state->slices) == 0 || on_last_day()) {
    return true;
  }
  row(state->home, "VOID", next_entry(state->home), 0, false).text(state->id).end();
  holdings_.release(state->slices);
  return true;
}

}  // namespace ph::sim
