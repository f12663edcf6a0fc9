#include "tests/property/live_oracle.h"

#include <algorithm>
#include <tuple>

namespace ph::oracle {

namespace {

constexpr std::uint32_t kLiveFrom = 3'500'000'000;
constexpr int kDaysMax = 90;
constexpr int kKnownDays = 100;  // an answer

// What share their ids.
What class_of(What what) {
  return what == What::kCapture ? What::kRedeem : what;
}
bool takes(What what) {
  return class_of(what) == What::kRedeem || what == What::kExchangeOut;
}
bool delivers(What what) {
  return what == What::kDelivery || what == What::kDeliveryRefund;
}
std::int64_t sum_of(const std::vector<Part>& parts) {
  std::int64_t sum = 0;
  for (const Part& part : parts) {
    sum += part.points;
  }
  return sum;
}

}  // namespace

void Home::open_lot(Member member, const Lot& lot) {
  accounts_[member].lots.push_back(lot);
}
void Home::open_debt(Member member, Participant issuer, std::int64_t points) {
  accounts_[member].debts[issuer] += points;
}

// --- what is asked of the state -----------------------------------------------------------------

Home::Deed* Home::find(What kind, const TransactionId& id) {
  for (Deed& deed : deeds_) {
    if (class_of(deed.event.what) == class_of(kind) && deed.event.id == id) {
      return &deed;
    }
  }
  return nullptr;
}

Code Home::check_id(const Event& event) {
  if (turn_.date.count() - event.id.date.count() > kDaysMax) {
    return Code::kTooOld;
  }
  const Deed* first = find(event.what, event.id);
  if (first == nullptr) {
    return Code::kDone;
  }
  return first->event == event && !first->own_id ? Code::kCopy : Code::kDuplicate;
}

Code Home::state_of(Member member, bool closed_is_fine) const {
  const auto account = accounts_.find(member);
  if (account == accounts_.end() || account->second.moved) {
    return Code::kNotHome;
  }
  return account->second.closed && !closed_is_fine ? Code::kClosed : Code::kDone;
}

Code Home::may_earn(Member member) const {
  return !accounts_.contains(member) && member.first_home() == province_ ? Code::kDone
                                                                         : state_of(member, false);
}

// Of holds that are open, and of what is set aside.
std::int64_t Home::held(LotId lot) const {
  std::int64_t points = 0;
  for (const Deed& deed : deeds_) {
    const bool holds =
        deed.event.what == What::kHold ? deed.open : takes(deed.event.what) && !deed.posted;
    for (const Part& part : holds ? deed.parts : std::vector<Part>()) {
      points += part.lot == lot ? part.points : 0;
    }
  }
  return points;
}

std::vector<Lot*> Home::sorted(Member member) {
  std::vector<Lot*> out;
  for (Lot& lot : accounts_[member].lots) {
    out.push_back(&lot);
  }
  std::ranges::sort(out, {},
                    [](const Lot* lot) { return std::tuple(lot->expires, lot->earned, lot->id); });
  return out;
}

Lot* Home::find_lot(Member member, LotId id) {
  for (Lot& lot : accounts_[member].lots) {
    if (lot.id == id) {
      return &lot;
    }
  }
  return nullptr;
}

std::int64_t Home::available(Member member, BusinessDate on) const {
  std::int64_t points = 0;
  const auto account = accounts_.find(member);
  if (account == accounts_.end()) {
    return 0;
  }
  for (const Lot& lot : account->second.lots) {
    points += lot.expires > on && !lot.transit ? free(lot) : 0;
  }
  for (const auto& [issuer, owed] : account->second.debts) {
    points -= owed;
  }
  return points;
}

std::vector<Part> Home::plan(Member member, std::int64_t points) {
  std::vector<Part> parts;
  for (const Lot* lot : sorted(member)) {
    const bool usable = lot->expires > turn_.date && !lot->transit;
    const std::int64_t part = usable ? std::min(points, free(*lot)) : 0;
    if (part > 0) {
      parts.push_back({.lot = lot->id, .points = part});
      points -= part;
    }
  }
  return parts;
}

// Would the lot stay within its original, now and with each thing that waits? What comes now comes
// before all of that; what is put off comes behind.
bool Home::fits(const Lot& lot, std::int64_t points) const {
  std::int64_t running = lot.remaining + (turn_.put_off ? 0 : points);
  std::int64_t original = lot.original;
  std::int64_t highest = running;
  bool first = true;
  for (const Deed* deed : waiting_) {
    const bool restores = deed->event.what == What::kRefund;
    for (const Part& part :
         restores || takes(deed->event.what) ? deed->parts : std::vector<Part>()) {
      if (part.lot != lot.id) {
        continue;
      }
      for (const Brought& brought : deed->event.brought) {
        original = first && brought.lot == lot.id ? std::min(original, brought.original) : original;
      }
      first = false;
      running += restores ? part.points : -part.points;
      highest = std::max(highest, running);
    }
  }
  return (turn_.put_off ? running + points : highest) <= original;
}

// --- what comes ---------------------------------------------------------------------------------

Said Home::live(const Event& event, BusinessTime at, bool opened) {
  const BusinessDate today = at.date();
  if (event.id.date > today) {
    return {.code = Code::kAgainLater};
  }
  const std::pair key(class_of(event.what), event.id);
  // By the open day: a clock that goes back a moment over midnight brings nothing back.
  const bool forgotten = day_ && day_->count() - event.id.date.count() > kKnownDays;
  if (const auto first = kept_.find(key); first != kept_.end() && !forgotten) {
    if (first->second.event != event) {
      return {.code = Code::kDuplicate};
    }
    if (first->second.said.code == Code::kDone || find(event.what, event.id) == nullptr) {
      return first->second.said;
    }
  }
  if (today.count() - event.id.date.count() > kDaysMax) {
    return {.code = Code::kTooOld};
  }
  if (!day_ || (today != *day_ && !(opened && today == day_->plus_days(1)))) {
    return {.code = Code::kAgainLater};
  }
  end_live_holds(at);
  const bool put_off = today != *day_ || !opened;
  std::uint32_t& serial = serials_.try_emplace(today, kLiveFrom).first->second;
  turn_ = {.date = today, .serial = serial, .at = at, .live = true, .put_off = put_off};
  Said said;
  said.code = carry_out(event, said);
  said.at = at;
  if (said.code == Code::kDone) {
    said.entry = EntryId(province_, today, serial++);
    said.points = event.what == What::kVoid ? said.points : event.points;
    if (event.what == What::kRedeem || event.what == What::kHold) {
      said.authorisation = said.entry;
    }
  }
  const bool by_hold = event.what == What::kCapture || event.what == What::kVoid;
  const Deed* hold = by_hold ? known_hold(event.parent) : nullptr;
  const Member about = hold != nullptr ? hold->member : event.member;
  said.available = delivers(event.what) ? 0 : std::max(available(about, today), std::int64_t{0});
  if (said.code != Code::kCopy && said.code != Code::kDuplicate) {
    kept_[key] = {.event = event, .said = said};
  }
  return said;
}

void Home::end_live_holds(BusinessTime at) {
  for (Deed& deed : deeds_) {
    deed.open = deed.open && (deed.ends == BusinessTime() || deed.ends > at);
  }
}

void Home::row(const Event& event, std::uint32_t serial) {
  turn_ = {.date = *day_, .serial = serial};
  Said unsaid;
  if (const Code code = carry_out(event, unsaid); code != Code::kDone) {
    result_.returned.push_back(std::to_string(serial) + " " +
                               std::to_string(static_cast<int>(code)));
  }
}

Code Home::carry_out(const Event& event, Said& said) {
  switch (event.what) {
    case What::kRedeem:
    case What::kExchangeOut:
      return take(event, said);
    case What::kHold:
      return hold(event, said);
    case What::kCapture:
      return capture(event, said);
    case What::kVoid:
      return end_hold(event, said);
    case What::kAccrual:
    case What::kExchangeIn:
      return issue(event, said);
    case What::kRefund:
      return refund(event, said);
    case What::kReversal:
      return reverse(event);
    case What::kDelivery:
    case What::kDeliveryRefund:
      return deliver(event);
    case What::kEarn:
      return earn(event);
    case What::kUnearn:
      return unearn(event);
    case What::kTransfer:
    case What::kLeave:
      return leave(event);
    case What::kMoveOut:
      return move_out(event);
    case What::kMoveIn:
      return move_in(event);
    case What::kConfirm:
      return confirm(event);
    case What::kWithdraw:
      return withdraw(event);
  }
  return Code::kDone;
}

Home::Deed& Home::add(const Event& event, Member member) {
  const EntryId entry(province_, turn_.date, turn_.serial);
  deeds_.push_back({.event = event,
                    .member = member,
                    .entry = entry,
                    .own_id = event.id == TransactionId::of(entry)});
  return deeds_.back();
}

// Now, or when its day is open.
void Home::settle(Deed& deed) {
  deed.posted = !turn_.put_off;
  if (turn_.put_off) {
    waiting_.push_back(&deed);
  } else {
    post(deed);
  }
}

Code Home::take(const Event& event, Said& said) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (const Code state = state_of(event.member, false); state != Code::kDone) {
    return state;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  if (event.points > available(event.member, turn_.date)) {
    return Code::kInsufficientPoints;
  }
  said.parts = plan(event.member, event.points);
  Deed& deed = add(event, event.member);
  deed.parts = said.parts;
  deed.left = said.parts;
  deed.authorisation = event.what == What::kRedeem ? deed.entry : EntryId();
  settle(deed);
  return Code::kDone;
}

Code Home::hold(const Event& event, Said& said) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (const Code state = state_of(event.member, false); state != Code::kDone) {
    return state;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  if (event.points > available(event.member, turn_.date)) {
    return Code::kInsufficientPoints;
  }
  said.parts = plan(event.member, event.points);
  Deed& deed = add(event, event.member);
  deed.parts = said.parts;
  deed.authorisation = deed.entry;
  deed.open = true;
  if (turn_.live) {
    deed.ends = turn_.at.plus_seconds(event.seconds == 0 ? 15 * 60 : event.seconds);
    said.ends = deed.ends;
  }
  return Code::kDone;
}

// A row doesn't know an open hold of the day after.
Home::Deed* Home::known_hold(const TransactionId& id) {
  Deed* hold = find(What::kHold, id);
  return hold != nullptr && hold->open && hold->entry.date() > turn_.date ? nullptr : hold;
}

Code Home::open_hold(Deed* hold) const {
  if (hold == nullptr) {
    return Code::kUnknownParent;
  }
  if (const Code state = state_of(hold->member, false); state != Code::kDone) {
    return state;
  }
  const bool of_file = hold->ends == BusinessTime();
  return !hold->open || (of_file && hold->event.expires < turn_.date) ? Code::kHoldEnded
                                                                      : Code::kDone;
}

Code Home::capture(const Event& event, Said& said) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  Deed* hold = known_hold(event.parent);
  if (const Code fault = open_hold(hold); fault != Code::kDone) {
    return fault;
  }
  if (event.points > sum_of(hold->parts)) {
    return Code::kExceedsParent;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  std::int64_t points = event.points;
  for (Part& part : hold->parts) {
    const std::int64_t taken = std::min(points, part.points);
    part.points -= taken;
    points -= taken;
    if (taken > 0) {
      said.parts.push_back({.lot = part.lot, .points = taken});
    }
  }
  hold->open = !event.final && sum_of(hold->parts) > 0;
  said.authorisation = hold->authorisation;
  Deed& deed = add(event, hold->member);
  deed.parts = said.parts;
  deed.left = said.parts;
  deed.authorisation = said.authorisation;
  settle(deed);
  return Code::kDone;
}

Code Home::end_hold(const Event& event, Said& said) {
  if (const Code id = turn_.live ? check_id(event) : Code::kDone; id != Code::kDone) {
    return id;
  }
  Deed* hold = known_hold(event.parent);
  if (const Code fault = open_hold(hold); fault != Code::kDone) {
    return fault;
  }
  hold->open = false;
  said.points = sum_of(hold->parts);
  if (turn_.live) {
    add(event, hold->member);
  }
  return Code::kDone;
}

Code Home::issue(const Event& event, Said& said) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (const Code state = may_earn(event.member); state != Code::kDone) {
    return state;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  accounts_.try_emplace(event.member);
  Deed& deed = add(event, event.member);
  deed.points_left = event.points;
  deed.parts = {{.lot = deed.entry, .points = event.points}};
  said.parts = deed.parts;
  settle(deed);
  return Code::kDone;
}

// The lot as it is here, else as the row says.
Lot Home::described(const Deed& deed, LotId id) {
  if (const Lot* lot = find_lot(deed.member, id)) {
    return *lot;
  }
  for (const Brought& brought : deed.event.brought) {
    if (brought.lot == id) {
      return {.id = id,
              .earned = brought.earned,
              .expires = brought.expires,
              .source = brought.source,
              .original = brought.original};
    }
  }
  return {.id = id};
}

Code Home::refund(const Event& event, Said& said) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (const Code state = state_of(event.member, true); state != Code::kDone) {
    return state;
  }
  Deed* parent = find(What::kRedeem, event.parent);
  parent = parent != nullptr ? parent : find(What::kExchangeOut, event.parent);
  const bool known = parent != nullptr;
  if (known ? parent->member != event.member || (!parent->posted && !turn_.put_off)
            : event.brought.empty()) {
    return Code::kUnknownParent;
  }
  const bool whole =
      known && (parent->event.what == What::kExchangeOut || parent->event.form == Form::kGift);
  if (whole && event.points < parent->event.points) {
    return Code::kWholeOnly;
  }
  std::vector<Part> left = known ? parent->left : std::vector<Part>();
  for (const Brought& brought : known ? std::vector<Brought>() : event.brought) {
    const auto already = given_back_.find({event.parent, brought.lot});
    const bool counts = turn_.live && already != given_back_.end();
    left.push_back(
        {.lot = brought.lot,
         .points = std::max<std::int64_t>(brought.points - (counts ? already->second : 0), 0)});
  }
  std::int64_t points = event.points;
  std::vector<Part> restored;
  const Deed asked{.event = event, .member = event.member};
  for (std::size_t n = left.size(); n-- > 0 && points > 0;) {
    const std::int64_t part = std::min(points, left[n].points);
    if (part > 0 && !fits(described(asked, left[n].lot), part)) {
      return Code::kExceedsParent;
    }
    if (part > 0) {
      restored.push_back({.lot = left[n].lot, .points = part});
      left[n].points -= part;
      points -= part;
    }
  }
  if (points > 0) {
    return Code::kExceedsParent;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  if (known) {
    parent->left = left;
    parent->refunded = true;
  }
  for (const Part& part : turn_.live && !known ? restored : std::vector<Part>()) {
    given_back_[{event.parent, part.lot}] += part.points;
  }
  said.parts = restored;
  Deed& deed = add(event, event.member);
  deed.parts = restored;
  settle(deed);
  return Code::kDone;
}

Code Home::reverse(const Event& event) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (const Code state = state_of(event.member, true); state != Code::kDone) {
    return state;
  }
  Deed* parent = find(What::kAccrual, event.parent);
  parent = parent != nullptr ? parent : find(What::kExchangeIn, event.parent);
  if (parent != nullptr &&
      (parent->member != event.member || (!parent->posted && !turn_.put_off))) {
    return Code::kUnknownParent;
  }
  const bool waits = parent != nullptr && !parent->posted;
  if (waits ? event.lot != parent->entry : find_lot(event.member, event.lot) == nullptr) {
    return Code::kUnknownParent;
  }
  if (parent != nullptr && parent->event.what == What::kExchangeIn &&
      event.points < parent->event.points) {
    return Code::kWholeOnly;
  }
  if (parent != nullptr && event.points > parent->points_left) {
    return Code::kExceedsParent;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  if (parent != nullptr) {
    parent->points_left -= event.points;
  }
  settle(add(event, event.member));
  return Code::kDone;
}

Code Home::deliver(const Event& event) {
  if (const Code id = check_id(event); id != Code::kDone) {
    return id;
  }
  if (event.points == 0) {
    return Code::kZeroPoints;
  }
  settle(add(event, event.member));
  return Code::kDone;
}

}  // namespace ph::oracle
