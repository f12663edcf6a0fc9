// What the oracle's day says, and the rows that come with files alone.
#include <algorithm>

#include "tests/property/live_oracle.h"

namespace ph::oracle {

namespace {

constexpr std::uint32_t kGeneratedFrom = 3'000'000'000;
constexpr int kGraceDays = 30;

// The first day after the earned month's quarter, three years on.
BusinessDate expiry(Month earned) {
  const int quarter = (earned.month() - 1) / 3;
  return quarter == 3 ? BusinessDate::of(earned.year() + 4, 1, 1)
                      : BusinessDate::of(earned.year() + 3, 4 + 3 * quarter, 1);
}

std::string signed_text(std::int64_t points) {
  return (points > 0 ? "+" : "") + std::to_string(points);
}
std::string id_text(const TransactionId& id) {
  return std::to_string(id.participant.number()) + "/" + id.date.compact_text() + "/" +
         std::string(id.reference_text());
}

}  // namespace

std::string text_of(LotId lot) {
  return "P" + std::to_string(lot.participant().number()) + "/" + lot.date().compact_text() + "/" +
         std::to_string(lot.number());
}

std::string change_text(std::string_view account, const Lot& lot, std::int64_t delta) {
  return std::string(account) + " " + text_of(lot.id) + " " + signed_text(delta) + " of " +
         std::to_string(lot.original) + " till " + lot.expires.text() + " earned " +
         lot.earned.text() + " from " + std::to_string(static_cast<int>(lot.source)) + " rating " +
         std::to_string(lot.rating);
}

std::string debt_text(std::string_view account, Participant issuer, std::int64_t delta) {
  return std::string(account) + " debt P" + std::to_string(issuer.number()) + " " +
         signed_text(delta);
}

std::string movement_text(std::string_view kind, std::uint32_t entry, Member member,
                          const std::string& change) {
  return std::string(kind) + " " + std::to_string(entry) + " " + member.text() + " " + change;
}

std::string item_text(std::string_view kind, std::uint32_t entry, const Event& event, Member member,
                      EntryId authorisation, std::int64_t points) {
  const Participant with = !event.partner.none() ? event.partner
                           : !event.giver.none() ? event.giver
                                                 : event.other;
  const bool exchange = event.what == What::kExchangeOut;
  return std::string(kind) + " " + std::to_string(entry) + " " + member.text() + " " +
         id_text(event.id) + (event.parent.none() ? "" : " of " + id_text(event.parent)) + " " +
         std::to_string(points) + " points " + std::to_string(event.units) + " units form " +
         std::to_string(static_cast<int>(exchange ? Form::kExchangeOut : event.form)) + " with " +
         std::to_string(with.number()) +
         (authorisation.none() ? "" : " by " + text_of(authorisation));
}

// --- the day ------------------------------------------------------------------------------------

void Home::open_day(BusinessDate date, std::uint32_t sequence) {
  day_ = date;
  sequence_ = sequence;
  generated_ = kGeneratedFrom;
  result_ = {};
  for (const auto& [member, account] : accounts_) {
    const bool any = std::ranges::any_of(
        account.lots, [&](const Lot& lot) { return lot.expires <= date && free(lot) > 0; });
    if (any) {
      due_.push_back(member);
    }
  }
}

void Home::bring(std::vector<Event> rows) {
  rows_ = std::move(rows);
  next_row_ = 0;
}

bool Home::opening_remains() const {
  const bool today = day_ && !waiting_.empty() && waiting_.front()->entry.date() == *day_;
  return !due_.empty() || today;
}

void Home::post(std::size_t count) {
  turn_ = {.date = *day_};
  for (; count > 0 && !due_.empty(); --count) {
    expire(due_.front());
    due_.erase(due_.begin());
  }
  for (; count > 0 && opening_remains(); --count) {
    Deed& deed = *waiting_.front();
    waiting_.erase(waiting_.begin());
    post(deed);
  }
  for (; count > 0 && rows_ && next_row_ < rows_->size(); --count) {
    const std::size_t at = next_row_++;
    row((*rows_)[at], static_cast<std::uint32_t>(at + 1));
  }
  if (count == 0 || !rows_) {
    return;
  }
  std::vector<Deed*> over;
  for (Deed& deed : deeds_) {
    if (deed.open && deed.ends == BusinessTime() && deed.event.expires <= *day_) {
      over.push_back(&deed);
    }
  }
  std::ranges::stable_sort(over, {}, [](const Deed* deed) { return deed->event.expires; });
  for (std::size_t n = 0; n < std::min(count, over.size()); ++n) {
    over[n]->open = false;
  }
}

Day Home::end_day() {
  day_.reset();
  rows_.reset();
  return std::move(result_);
}

void Home::expire(Member member) {
  std::vector<Lot*> lots = sorted(member);
  std::ranges::sort(lots, {}, &Lot::id);
  for (Lot* lot : lots) {
    const std::int64_t points = free(*lot);
    if (lot->expires <= *day_ && points > 0) {
      result_.movements.push_back(
          movement_text("EXPIRE", generated_++, member, change_text("EXPIRED", *lot, -points)));
      lot->remaining -= points;
    }
  }
}

// --- posting ------------------------------------------------------------------------------------

void Home::item(std::string_view kind, const Deed& deed, std::int64_t points) {
  result_.items.push_back(
      item_text(kind, deed.entry.number(), deed.event, deed.member, deed.authorisation, points));
}

void Home::post(Deed& deed) {
  deed.posted = true;
  deed.sequence = sequence_;
  const What what = deed.event.what;
  if (what == What::kRedeem || what == What::kCapture || what == What::kExchangeOut) {
    post_taken(deed);
  } else if (what == What::kRefund) {
    post_refund(deed);
  } else if (what == What::kAccrual || what == What::kExchangeIn) {
    post_issue(deed);
  } else if (what == What::kReversal) {
    post_reversal(deed);
  } else {
    item(what == What::kDelivery ? "DELIVERY" : "DELIVERY_REFUND", deed, deed.event.points);
  }
}

void Home::post_taken(Deed& deed) {
  // A capture's parent is its hold, of which a batch says nothing.
  Event event = deed.event;
  event.parent = {};
  const bool exchange = event.what == What::kExchangeOut;
  result_.items.push_back(item_text(exchange ? "EXCHANGE_OUT" : "REDEEM", deed.entry.number(),
                                    event, deed.member, deed.authorisation, event.points));
  for (const Part& part : deed.parts) {
    Lot* lot = find_lot(deed.member, part.lot);
    lot->remaining -= part.points;
    change(change_text("REDEEMED", *lot, -part.points));
  }
}

// With grace if its day has come.
void Home::restore(Member member, const Lot& described, std::int64_t points) {
  Lot* lot = find_lot(member, described.id);
  if (lot == nullptr) {
    accounts_[member].lots.push_back(described);
    lot = &accounts_[member].lots.back();
  }
  if (lot->expires <= turn_.date) {
    lot->expires = turn_.date.plus_days(kGraceDays);
  }
  lot->remaining += points;
  change(change_text("REDEEMED", *lot, points));
}

void Home::post_refund(Deed& deed) {
  item("REFUND", deed, deed.event.points);
  for (const Part& part : deed.parts) {
    restore(deed.member, described(deed, part.lot), part.points);
  }
  if (accounts_[deed.member].closed) {
    forfeit(deed.member, deed.parts);
  }
}

void Home::forfeit(Member member, const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    Lot* lot = find_lot(member, part.lot);
    result_.movements.push_back(movement_text("FORFEIT", generated_++, member,
                                              change_text("FORFEITED", *lot, -part.points)));
    lot->remaining -= part.points;
  }
}

std::vector<std::string> Home::repay(Member member, Lot& lot) {
  std::map<Participant, std::int64_t>& debts = accounts_[member].debts;
  const auto debt = debts.find(province_);
  if (debt == debts.end()) {
    return {};
  }
  const std::int64_t points = std::min(debt->second, lot.remaining);
  lot.remaining -= points;
  debt->second -= points;
  if (debt->second == 0) {
    debts.erase(debt);
  }
  return {change_text("REPAID", lot, -points), debt_text("REPAID", province_, points)};
}

void Home::post_issue(Deed& deed) {
  const bool exchange = deed.event.what == What::kExchangeIn;
  const Month earned = deed.event.id.date.month();
  Account& account = accounts_[deed.member];
  account.lots.push_back({.id = deed.entry,
                          .earned = earned,
                          .expires = expiry(earned),
                          .source = exchange ? Source::kExchangeIn : Source::kPartner,
                          .original = deed.event.points,
                          .remaining = deed.event.points});
  item(exchange ? "EXCHANGE_IN" : "ACCRUAL", deed, deed.event.points);
  Lot& lot = account.lots.back();
  change(change_text("ISSUED", lot, deed.event.points));
  for (const std::string& text : repay(deed.member, lot)) {
    change(text);
  }
  if (account.closed) {
    forfeit(deed.member, deed.parts);
  }
}

std::vector<std::string> Home::take_back(Member member, LotId own, std::int64_t points) {
  std::vector<Lot*> lots = sorted(member);
  std::erase_if(lots, [&](const Lot* lot) {
    return lot->id.participant() != own.participant() || lot->transit ||
           (lot->id != own && lot->expires <= turn_.date);
  });
  std::ranges::stable_sort(lots, {}, [own](const Lot* lot) { return lot->id != own; });
  std::vector<std::string> out;
  for (Lot* lot : lots) {
    if (const std::int64_t part = std::min(points, free(*lot)); part > 0) {
      out.push_back(change_text("ISSUED", *lot, -part));
      lot->remaining -= part;
      points -= part;
    }
  }
  if (points > 0) {
    out.push_back(debt_text("ISSUED", own.participant(), -points));
    accounts_[member].debts[own.participant()] += points;
  }
  return out;
}

void Home::post_reversal(Deed& deed) {
  item("UNISSUE", deed, deed.event.points);
  if (accounts_[deed.member].closed) {
    return;
  }
  for (const std::string& text : take_back(deed.member, deed.event.lot, deed.event.points)) {
    change(text);
  }
}

// --- rows of files alone ------------------------------------------------------------------------

Code Home::earn(const Event& event) {
  if (const Code state = may_earn(event.member); state != Code::kDone) {
    return state;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  Account& account = accounts_[event.member];
  account.lots.push_back({.id = LotId(province_, *day_, turn_.serial),
                          .earned = event.month,
                          .expires = expiry(event.month),
                          .source = Source::kTenure,
                          .original = event.points,
                          .remaining = event.points});
  Lot& lot = account.lots.back();
  result_.movements.push_back(
      movement_text("EARN", turn_.serial, event.member, change_text("ISSUED", lot, event.points)));
  for (const std::string& text : repay(event.member, lot)) {
    result_.movements.push_back(movement_text("REPAY", turn_.serial, event.member, text));
  }
  return Code::kDone;
}

Code Home::unearn(const Event& event) {
  if (const Code state = state_of(event.member, true); state != Code::kDone) {
    return state;
  }
  if (find_lot(event.member, event.lot) == nullptr) {
    return Code::kUnknownParent;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  if (!accounts_[event.member].closed) {
    for (const std::string& text : take_back(event.member, event.lot, event.points)) {
      result_.movements.push_back(movement_text("UNEARN", turn_.serial, event.member, text));
    }
  }
  return Code::kDone;
}

// Holds end; what isn't set aside is gone.
Code Home::leave(const Event& event) {
  if (const Code state = state_of(event.member, false); state != Code::kDone) {
    return state;
  }
  for (Deed& deed : deeds_) {
    deed.open = deed.open && deed.member != event.member;
  }
  Account& account = accounts_[event.member];
  std::vector<Lot*> lots = sorted(event.member);
  std::ranges::sort(lots, {}, &Lot::id);
  for (Lot* lot : lots) {
    if (const std::int64_t points = free(*lot); points > 0) {
      result_.movements.push_back(movement_text("FORFEIT", turn_.serial, event.member,
                                                change_text("FORFEITED", *lot, -points)));
      lot->remaining -= points;
    }
  }
  if (event.what == What::kLeave) {
    for (const auto& [issuer, points] : account.debts) {
      result_.movements.push_back(movement_text("WRITE_OFF", turn_.serial, event.member,
                                                debt_text("FORFEITED", issuer, points)));
    }
    account.debts.clear();
    account.closed = true;
  }
  return Code::kDone;
}

Code Home::move_out(const Event& event) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (const Code state = state_of(event.member, false); state != Code::kDone) {
    return state;
  }
  for (const Deed& deed : deeds_) {
    const bool delivery =
        deed.event.what == What::kDelivery || deed.event.what == What::kDeliveryRefund;
    if (deed.member == event.member && (deed.open || !deed.posted) && !delivery) {
      return Code::kHoldOpen;
    }
  }
  Account& account = accounts_[event.member];
  if (account.move_open) {
    return Code::kMoveOpen;
  }
  std::int64_t points = 0;
  std::string changes;
  std::vector<Lot*> lots = sorted(event.member);
  std::ranges::sort(lots, {}, &Lot::id);
  for (Lot* lot : lots) {
    if (lot->remaining > 0) {
      points += lot->remaining;
      changes += "; " + change_text("MOVED", *lot, -lot->remaining);
      lot->remaining = 0;
    }
  }
  for (const auto& [issuer, owed] : account.debts) {
    changes += "; " + debt_text("MOVED", issuer, owed);
  }
  account.debts.clear();
  account.moved = true;
  Deed& deed = add(event, event.member);
  item("MOVE_OUT", deed, points);
  result_.items.back() += changes;
  return Code::kDone;
}

Code Home::move_in(const Event& event) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  const auto found = accounts_.find(event.member);
  if (found != accounts_.end() && found->second.closed) {
    return Code::kClosed;
  }
  if (found != accounts_.end() && !found->second.moved) {
    return Code::kMoveOpen;
  }
  for (const Brought& brought : event.brought) {
    const Lot* lot = found == accounts_.end() ? nullptr : find_lot(event.member, brought.lot);
    if (lot != nullptr && lot->remaining + brought.points > lot->original) {
      return Code::kExceedsParent;
    }
  }
  Account& account = accounts_[event.member];
  account.moved = false;
  account.move_open = true;
  std::int64_t points = 0;
  std::string changes;
  for (const Brought& brought : event.brought) {
    if (brought.debt) {
      account.debts[brought.lot.participant()] += brought.points;
      changes += "; " + debt_text("MOVED", brought.lot.participant(), -brought.points);
      continue;
    }
    Lot* lot = find_lot(event.member, brought.lot);
    if (lot == nullptr) {
      account.lots.push_back({.id = brought.lot,
                              .earned = brought.earned,
                              .expires = brought.expires,
                              .source = brought.source,
                              .original = brought.original});
      lot = &account.lots.back();
    }
    lot->expires = std::max(lot->expires, brought.expires);
    lot->transit = true;
    lot->remaining += brought.points;
    points += brought.points;
    changes += "; " + change_text("MOVED", *lot, brought.points);
  }
  Deed& deed = add(event, event.member);
  item("MOVE_IN", deed, points);
  result_.items.back() += changes;
  return Code::kDone;
}

Code Home::confirm(const Event& event) {
  Deed* move = find(What::kMoveIn, event.parent);
  if (move == nullptr) {
    return Code::kUnknownParent;
  }
  if (const Code state = state_of(move->member, false); state != Code::kDone) {
    return state;
  }
  if (!move->confirmed) {
    move->confirmed = true;
    accounts_[move->member].move_open = false;
    for (Lot& lot : accounts_[move->member].lots) {
      lot.transit = false;
    }
  }
  return Code::kDone;
}

Code Home::withdraw(const Event& event) {
  Deed* cited = nullptr;
  for (Deed& deed : deeds_) {
    const bool named = deed.posted && deed.sequence == event.cited_sequence &&
                       deed.entry.number() == event.cited_entry;
    cited = named ? &deed : cited;
  }
  const bool takes = cited != nullptr &&
                     (cited->event.what == What::kRedeem || cited->event.what == What::kCapture ||
                      cited->event.what == What::kExchangeOut);
  const bool delivers = cited != nullptr && (cited->event.what == What::kDelivery ||
                                             cited->event.what == What::kDeliveryRefund);
  if (!takes && !delivers) {
    return Code::kUnknownParent;
  }
  if (const Code state = takes ? state_of(cited->member, true) : Code::kDone;
      state != Code::kDone) {
    return state;
  }
  const auto too_much = [&](const Part& part) {
    return !fits(described(*cited, part.lot), part.points);
  };
  if (cited->withdrawn || cited->refunded ||
      (takes && std::ranges::any_of(cited->left, too_much))) {
    return Code::kAlreadyRefunded;
  }
  cited->withdrawn = true;
  const std::string_view kind = cited->event.what == What::kExchangeOut ? "EXCHANGE_OUT"
                                : takes                                 ? "REDEEM"
                                : cited->event.what == What::kDelivery  ? "DELIVERY"
                                                                        : "DELIVERY_REFUND";
  Event said = cited->event;
  said.parent = {};
  said.form = Form::kNone;
  said.units = 0;
  said.what = What::kWithdraw;
  result_.items.push_back(
      item_text("WITHDRAW " + std::string(kind), turn_.serial, said, cited->member, {}, 0));
  std::vector<Part> restored;
  for (std::size_t n = cited->left.size(); n-- > 0;) {
    restore(cited->member, described(*cited, cited->left[n].lot), cited->left[n].points);
    restored.push_back(cited->left[n]);
    cited->left[n].points = 0;
  }
  if (takes && accounts_[cited->member].closed) {
    forfeit(cited->member, restored);
  }
  return Code::kDone;
}

std::vector<Member> Home::members() const {
  std::vector<Member> out;
  for (const auto& [member, account] : accounts_) {
    out.push_back(member);
  }
  return out;
}

std::vector<std::string> Home::lots_of(Member member) {
  std::vector<std::string> out;
  for (const Lot* lot : sorted(member)) {
    out.push_back(text_of(lot->id) + " " + std::to_string(lot->remaining) + " (" +
                  std::to_string(held(lot->id)) + " held) of " + std::to_string(lot->original) +
                  " till " + lot->expires.text() + (lot->transit ? " in transit" : ""));
  }
  return out;
}

// An event that is judged at all ends the holds whose time is over, and a void or final capture
// ends its own.
bool Home::frees_expired(const Event& event, BusinessTime at) const {
  return std::ranges::any_of(deeds_, [&](const Deed& deed) {
    const bool ends = deed.open && ((deed.ends != BusinessTime() && deed.ends <= at) ||
                                    deed.event.id == event.parent);
    return ends && std::ranges::any_of(deed.parts, [&](const Part& part) {
             const std::vector<Lot>& lots = accounts_.at(deed.member).lots;
             const auto lot = std::ranges::find(lots, part.lot, &Lot::id);
             return part.points > 0 && lot->expires <= *day_;
           });
  });
}

std::optional<BusinessTime> Home::next_end(BusinessTime at) const {
  std::optional<BusinessTime> next;
  for (const Deed& deed : deeds_) {
    if (deed.open && deed.ends >= at && deed.ends != BusinessTime() &&
        (!next || deed.ends < *next)) {
      next = deed.ends;
    }
  }
  return next;
}

}  // namespace ph::oracle
