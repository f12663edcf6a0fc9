// Members who move, transfer or leave, and rows that a home has to send back.
#include "tests/simulation/maker.h"

namespace ph::sim {

using generate::Holder;

void WorldMaker::move() {
  const auto found = find_member(true);
  if (!found) {
    return;
  }
  const std::uint32_t who = *found;
  const std::size_t old_home = holder(who).home;
  const auto new_home = other_writer(old_home);
  if (!new_home) {
    return;
  }
  std::int64_t total = 0;
  for (const std::uint32_t lot : holdings_.lots_left(who)) {
    total += holdings_.lot(lot).remaining;
  }
  for (const generate::Debt& debt : holdings_.debts(who)) {
    total -= debt.points;
  }
  const EntryId id = next_entry(*new_home);
  row(old_home, "MOVE_OUT", next_entry(old_home), -total, true)
      .text(text_of(id))
      .text(member_text(who))
      .text(code_of(*new_home))
      .end();
  CsvText& file = row(*new_home, "MOVE_IN", id, total, true);
  file.text(member_text(who)).text(code_of(old_home)).end();
  for (const std::uint32_t lot : holdings_.lots_left(who)) {
    put_lot(file, holdings_.lot(lot), holdings_.lot(lot).remaining);
  }
  for (const generate::Debt& debt : holdings_.debts(who)) {
    file.begin("DEBT").text(code_of(debt.issuer)).points(debt.points).end();
  }
  holder(who).home = static_cast<std::uint8_t>(*new_home);
  holder(who).set(Holder::kMoved);
  holder(who).set(Holder::kInTransit);
  later(random_.between(1, 3), [=, this, home = *new_home] {
    if (!writes(home)) {
      return false;
    }
    row(home, "CONFIRM", next_entry(home), 0, false).text(text_of(id)).end();
    holder(who).clear(Holder::kInTransit);
    return true;
  });
}

void WorldMaker::transfer_or_leave() {
  const auto found = find_member(true);
  if (!found) {
    return;
  }
  const std::uint32_t who = *found;
  const std::size_t home = holder(who).home;
  const bool leaves = chance(50);
  std::int64_t delta = 0;
  for (const std::uint32_t lot : holdings_.lots_left(who)) {
    delta -= holdings_.lot(lot).remaining;
  }
  if (leaves) {
    for (const generate::Debt& debt : holdings_.debts(who)) {
      delta += debt.points;
    }
  }
  row(home, leaves ? "LEAVE" : "TRANSFER", next_entry(home), delta, false)
      .text(member_text(who))
      .end();
  if (leaves) {
    holdings_.close(who);
  } else {
    holdings_.forfeit_all(who);
  }
}

void WorldMaker::bad_row() {
  const auto found = find_member(false);
  if (!found) {
    return;
  }
  switch (random_.below(4)) {
    case 0:
      return redeem_too_much(*found);
    case 1:
      return refund_unknown(*found);
    case 2:
      return redeem_elsewhere(*found);
    default:
      return earn_too_old(*found);
  }
}

void WorldMaker::redeem_too_much(std::uint32_t who) {
  const std::size_t home = holder(who).home;
  row(home, "REDEEM", next_entry(home), 0, false)
      .none()
      .text(member_text(who))
      .points(10'000'000)
      .text("OWN_PRODUCT")
      .text(code_of(home))
      .none(4)
      .end();
}

void WorldMaker::refund_unknown(std::uint32_t who) {
  const std::size_t home = holder(who).home;
  row(home, "REFUND", next_entry(home), 0, false)
      .none()
      .text(text_of(EntryId(world_.provinces[home].number, today_, 2'999'999'999)))
      .text(member_text(who))
      .points(100)
      .text(code_of(home))
      .none()
      .end();
}

void WorldMaker::redeem_elsewhere(std::uint32_t who) {
  const auto other = other_writer(holder(who).home);
  if (!other || holder(who).is(Holder::kMoved)) {
    return;
  }
  row(*other, "REDEEM", next_entry(*other), 0, false)
      .none()
      .text(member_text(who))
      .points(1)
      .text("PHONE_CREDIT")
      .text(code_of(*other))
      .none(4)
      .end();
}

// The partner's item comes back from the clearing for the same reason.
void WorldMaker::earn_too_old(std::uint32_t who) {
  const std::size_t home = holder(who).home;
  const std::string id = partner_code(kAirline) + "/" + today_.plus_days(-91).compact_text() +
                         "/old-" + std::to_string(++references_);
  row(home, "ACCRUAL", next_entry(home), 0, false)
      .text(id)
      .text(member_text(who))
      .text(partner_code(kAirline))
      .points(77)
      .end();
  if (partner_writes(kAirline)) {
    partner_row(kAirline, "ACCRUAL").text(id).text(member_text(who)).points(77).end();
  }
}

}  // namespace ph::sim
