#include "core/switch/switch_book.h"

#include <algorithm>
#include <array>

#include "core/pricing/rate.h"
#include "core/programme/earning.h"
#include "core/programme/refusal.h"
#include "core/types/check.h"

namespace ph {

namespace {

constexpr std::array kSpans{CapSpan::kDay, CapSpan::kMonth};

// What a kind counts for; nullopt: for no cap.
std::optional<CapKind> cap_kind(AskKind kind) {
  switch (kind) {
    case AskKind::kRedeem:
    case AskKind::kHold:
    case AskKind::kExchangeOut:
      return CapKind::kTaken;
    case AskKind::kAccrual:
    case AskKind::kExchangeIn:
      return CapKind::kSold;
    case AskKind::kCapture:  // Its hold has counted it.
    case AskKind::kVoid:
    case AskKind::kRefund:
    case AskKind::kReversal:
    case AskKind::kMove:  // No partner's.
      break;
  }
  return std::nullopt;
}

BusinessDate first_day(CapSpan span, BusinessDate date) {
  return span == CapSpan::kDay ? date : first_day(date.month());
}

// Refunds and reversals outlive contracts, and so do captures and voids of a hold.
bool covered(const Ask& ask, const RuleBook& rules) {
  const ContractRow* contract = rules.contract(ask.partner, ask.id.date);
  switch (ask.kind) {
    case AskKind::kRedeem:
    case AskKind::kHold:
      return contract != nullptr && contract->use;
    case AskKind::kExchangeOut:
    case AskKind::kExchangeIn:
      return contract != nullptr && contract->exchanging;
    case AskKind::kAccrual:
      return contract != nullptr && contract->accumulating;
    case AskKind::kCapture:
    case AskKind::kVoid:
    case AskKind::kRefund:
    case AskKind::kReversal:
    case AskKind::kMove:  // No partner's.
      break;
  }
  return rules.is_partner(ask.partner);
}

// Whose points a capture or void is about its hold says.
bool same_content(const SwitchRecord& record, const Ask& ask) {
  const bool same_member = cites_hold(ask.kind) || record.member == ask.member;
  return record.kind == ask.kind && record.form == ask.form &&
         record.has(SwitchRecord::kFinal) == ask.final && record.parent == ask.parent &&
         same_member && record.partner == ask.partner && record.rate == ask.rate &&
         record.seconds == ask.seconds && record.points == ask.points && record.units == ask.units;
}

Answer said(const Ask& ask, AskCode code, bool definite, BusinessTime now) {
  return {.kind = ask.kind,
          .id = ask.id,
          .definite = definite,
          .code = static_cast<std::uint8_t>(code),
          .at = now.seconds()};
}

Kind item_kind(AskKind kind) {
  switch (kind) {
    case AskKind::kRedeem:
    case AskKind::kCapture:
      return Kind::kPartnerRedemption;
    case AskKind::kExchangeOut:
      return Kind::kPartnerExchangeOut;
    case AskKind::kAccrual:
      return Kind::kPartnerAccrual;
    case AskKind::kExchangeIn:
      return Kind::kPartnerExchangeIn;
    case AskKind::kRefund:
    case AskKind::kReversal:
      return Kind::kPartnerRefund;
    case AskKind::kMove:
    case AskKind::kHold:
    case AskKind::kVoid:
      break;
  }
  return Kind::kNone;
}

// Under which an item's ask is found; of those that share their ids, any.
std::optional<AskKind> ask_kind(Kind kind) {
  switch (kind) {
    case Kind::kPartnerRedemption:
      return AskKind::kRedeem;
    case Kind::kPartnerExchangeOut:
      return AskKind::kExchangeOut;
    case Kind::kPartnerAccrual:
      return AskKind::kAccrual;
    case Kind::kPartnerExchangeIn:
      return AskKind::kExchangeIn;
    case Kind::kPartnerRefund:
      return AskKind::kRefund;
    default:
      return std::nullopt;  // NOLINT: nobody asks for the others
  }
}

}  // namespace

SwitchBook::Class SwitchBook::class_of(AskKind kind) {
  switch (kind) {
    case AskKind::kRedeem:
    case AskKind::kCapture:
      return Class::kRedemption;
    case AskKind::kHold:
      return Class::kHold;
    case AskKind::kVoid:
      return Class::kVoid;
    case AskKind::kExchangeOut:
      return Class::kExchangeOut;
    case AskKind::kAccrual:
      return Class::kAccrual;
    case AskKind::kExchangeIn:
      return Class::kExchangeIn;
    case AskKind::kRefund:
    case AskKind::kReversal:
      return Class::kRefund;
    case AskKind::kMove:
      break;
  }
  check(false, "every kind that a partner asks has a class");
  return Class::kRedemption;
}

SwitchBook::Key SwitchBook::key_of(std::uint32_t number) const {
  return {.class_ = class_of(records_[number].kind), .id = records_[number].id};
}

std::uint32_t SwitchBook::find_number(AskKind kind, const TransactionId& id) const {
  return by_key_.find(Key{.class_ = class_of(kind), .id = id},
                      [this](std::uint32_t n) { return key_of(n); });
}

const SwitchRecord* SwitchBook::find(AskKind kind, const TransactionId& id) const {
  const std::uint32_t number = find_number(kind, id);
  return number == FlatIndex::kNone ? nullptr : &records_[number];
}

SwitchBook::Decision SwitchBook::judge(const Ask& ask, BusinessTime now,
                                       const RuleBook& rules) const {
  const auto answer = [&](AskCode code, bool definite) {
    return Decision{.what = What::kAnswer, .answer = said(ask, code, definite, now)};
  };
  if (const SwitchRecord* record = find(ask.id)) {
    if (!same_content(*record, ask)) {
      return answer(AskCode::kDuplicate, true);
    }
    return record->has(SwitchRecord::kPending)
               ? Decision{.what = What::kPending}
               : Decision{.what = What::kAnswer, .answer = answer_of(*record)};
  }
  if (ask.id.date > now.date()) {
    return answer(AskCode::kAgainLater, false);  // The clocks differ.
  }
  if (now.date().count() - ask.id.date.count() > kLateDaysMax) {
    return answer(AskCode::kTooOld, true);
  }
  if (waits_for_parent(ask)) {
    return answer(AskCode::kAgainLater, false);
  }
  if (const auto code = refusal(ask, now, rules)) {
    return {.what = What::kRefuse, .code = *code};
  }
  return {.what = What::kForward};
}

// What it cites isn't decided yet.
bool SwitchBook::waits_for_parent(const Ask& ask) const {
  const auto undecided = [&](AskKind kind) {
    const SwitchRecord* parent = find(kind, ask.parent);
    return parent != nullptr && parent->has(SwitchRecord::kPending);
  };
  switch (ask.kind) {
    case AskKind::kCapture:
    case AskKind::kVoid:
      return undecided(AskKind::kHold);
    case AskKind::kRefund:
      return undecided(AskKind::kRedeem) || undecided(AskKind::kExchangeOut);
    case AskKind::kReversal:
      return undecided(AskKind::kAccrual) || undecided(AskKind::kExchangeIn);
    default:
      return false;
  }
}

std::optional<AskCode> SwitchBook::refusal(const Ask& ask, BusinessTime now,
                                           const RuleBook& rules) const {
  if (!covered(ask, rules)) {
    return AskCode::kNoContract;
  }
  if (cites_hold(ask.kind)) {
    return hold_refusal(ask);
  }
  if (ask.kind == AskKind::kExchangeOut || ask.kind == AskKind::kExchangeIn) {
    const RatedExchange exchange{.partner = ask.partner,
                                 .date = ask.id.date,
                                 .version = ask.rate,
                                 .points = ask.points,
                                 .units = ask.units};
    if (!rate_fits(exchange, ask.kind == AskKind::kExchangeOut, rules)) {
      return AskCode::kRate;
    }
  }
  return fits_caps(ask, now, rules) ? std::nullopt : std::optional(AskCode::kCapReached);
}

// A capture or void: its hold is one that this partner was given for this member.
std::optional<AskCode> SwitchBook::hold_refusal(const Ask& ask) const {
  const SwitchRecord* hold = find(AskKind::kHold, ask.parent);
  const bool known = hold != nullptr && hold->carried_out() && hold->partner == ask.partner &&
                     hold->member == ask.member;
  return known ? std::nullopt : std::optional(AskCode::kUnknownParent);
}

bool SwitchBook::fits_caps(const Ask& ask, BusinessTime now, const RuleBook& rules) const {
  const auto kind = cap_kind(ask.kind);
  return !kind || std::ranges::all_of(kSpans, [&](CapSpan span) {
    const CapRow* cap = rules.cap(ask.partner, *kind, span, now.date());
    return cap == nullptr ||
           ask.points <= cap->points - counted(ask.partner, *kind, span, now.date());
  });
}

std::int64_t SwitchBook::counted(Participant partner, CapKind kind, CapSpan span,
                                 BusinessDate date) const {
  const auto found = counted_.find({partner, kind, span, first_day(span, date)});
  return found == counted_.end() ? 0 : found->second;
}

// Adds to what the caps of the record's day and month count.
void SwitchBook::count(const SwitchRecord& record, std::int64_t points) {
  if (const auto kind = cap_kind(record.kind)) {
    for (const CapSpan span : kSpans) {
      const CapKey key{record.partner, *kind, span, first_day(span, record.asked)};
      if ((counted_[key] += points) == 0) {
        counted_.erase(key);
      }
    }
  }
}

void SwitchBook::release(SwitchRecord& record, std::int64_t points) {
  record.released += points;
  check(record.released <= record.points, "no more is released than was counted");
  count(record, -points);
}

void SwitchBook::asked(const Ask& ask, AskCode refused, BusinessTime at) {
  end_holds(at);
  if (records_.size() > 0 && at.date() > records_[records_.end() - 1].asked) {
    forget(at.date());
  }
  check(find(ask.kind, ask.id) == nullptr, "an ask is recorded once");
  SwitchRecord record{.id = ask.id,
                      .parent = ask.parent,
                      .kind = ask.kind,
                      .form = ask.form,
                      .flags = ask.final ? SwitchRecord::kFinal : std::uint8_t{0},
                      .code = static_cast<std::uint8_t>(refused),
                      .partner = ask.partner,
                      .asked = at.date(),
                      .rate = ask.rate,
                      .seconds = ask.seconds,
                      .member = ask.member,
                      .points = ask.points,
                      .units = ask.units,
                      .at = at.seconds()};
  if (refused == AskCode::kDone) {
    record.flags |= SwitchRecord::kPending;
    record.authorisation = ask.authorisation;
    if (cites_hold(ask.kind)) {
      record.hold = find_number(AskKind::kHold, ask.parent);
    }
  }
  index(records_.add(record));
}

// What is kept beside the records, of one that is new.
void SwitchBook::index(std::uint32_t number) {
  const SwitchRecord& record = records_[number];
  by_key_.insert(key_of(number), number);
  if (record.has(SwitchRecord::kPending)) {
    pending_.insert(number);
    if (record.hold != SwitchRecord::kNoHold) {
      ++captures_pending_[record.hold];
    }
  }
  if (record.code == 0) {
    count(record, record.points - record.released);
  }
}

bool SwitchBook::answered(const Answer& answer, BusinessTime at) {
  const std::uint32_t number = find_number(answer.kind, answer.id);
  if (number == FlatIndex::kNone || records_[number].kind != answer.kind ||
      !records_[number].has(SwitchRecord::kPending) || !answer.definite) {
    return false;
  }
  SwitchRecord& record = records_[number];
  record.flags = static_cast<std::uint8_t>(record.flags & ~SwitchRecord::kPending);
  record.code = answer.code;
  record.home = answer.home;
  record.authorisation = answer.authorisation;
  record.at = answer.at;
  record.ends = answer.ends;
  pending_.erase(number);
  if (record.hold != SwitchRecord::kNoHold) {
    const auto of_hold = captures_pending_.find(record.hold);
    check(of_hold != captures_pending_.end(), "a pending capture is counted at its hold");
    if (--of_hold->second == 0) {
      captures_pending_.erase(of_hold);
    }
  }
  if (record.code != 0) {
    release(record, record.points);
  } else {
    record.answered = at.date();
    if (record.answered.count() - record.id.date.count() > kLateDaysMax) {
      record.answered = record.id.date.plus_days(kLateDaysMax);  // Later it would be too old.
    }
    if (waits_for_batch(record)) {
      days_[{record.partner, record.answered}].push_back(number);
    }
    record.used = record.kind == AskKind::kVoid ? answer.points : 0;
    took(number);
  }
  if (record.hold != SwitchRecord::kNoHold && records_[record.hold].has(SwitchRecord::kOver)) {
    end_hold(record.hold);
  }
  end_holds(at);
  return true;
}

// What an ask that was carried out means for what it cites.
void SwitchBook::took(std::uint32_t number) {
  const SwitchRecord& record = records_[number];
  if (record.kind == AskKind::kHold) {
    holds_ending_.emplace(record.ends, number);
  } else if (record.hold != SwitchRecord::kNoHold) {
    of_hold_done(record);
  } else if (const std::uint32_t parent = parent_of(record.kind, record.parent);
             parent != FlatIndex::kNone) {
    SwitchRecord& given = records_[parent];
    given.used = std::min(given.points, given.used + record.points);
  }
}

// Answers come in no order: a capture that the home granted earlier may follow the one that was
// final, or the end by the clock here. It counts all the same.
void SwitchBook::of_hold_done(const SwitchRecord& record) {
  SwitchRecord& hold = records_[record.hold];
  if (record.kind == AskKind::kCapture) {
    hold.used += record.points;
    if (const std::int64_t anew = hold.used + hold.released - hold.points; anew > 0) {
      hold.released -= anew;
      count(hold, anew);
    }
  }
  if (record.kind == AskKind::kVoid || record.has(SwitchRecord::kFinal) ||
      hold.used == hold.points) {
    hold.flags |= SwitchRecord::kOver;
  }
}

bool SwitchBook::could_be(const Answer& answer) const {
  const std::uint32_t number = find_number(answer.kind, answer.id);
  if (number == FlatIndex::kNone || !answer.definite) {
    return false;
  }
  const SwitchRecord& asked = records_[number];
  if (answer.code != 0) {
    // Not one of those that say that nothing is decided, or that the switch alone gives.
    return answer.code < static_cast<std::uint8_t>(AskCode::kAgainLater) ||
           answer.code == static_cast<std::uint8_t>(AskCode::kInvalid) ||
           answer.code == static_cast<std::uint8_t>(programme::Refusal::kNotAllowed);
  }
  // Holds and redemptions have the home's code, accruals and exchanges in the lot that was made.
  const bool coded = asked.kind != AskKind::kVoid && asked.kind != AskKind::kRefund &&
                     asked.kind != AskKind::kReversal && asked.kind != AskKind::kExchangeOut;
  if (coded && answer.authorisation.none()) {
    return false;
  }
  if (asked.kind == AskKind::kHold) {
    return answer.ends > answer.at && answer.ends - answer.at <= asked.seconds;
  }
  return asked.kind != AskKind::kCapture || asked.hold == SwitchRecord::kNoHold ||
         asked.points <= records_[asked.hold].points - records_[asked.hold].used;
}

// What wasn't captured is no longer counted; not while a capture of it may have been granted.
void SwitchBook::end_hold(std::uint32_t number) {
  SwitchRecord& hold = records_[number];
  if (hold.has(SwitchRecord::kEnded) || captures_pending_.contains(number)) {
    return;
  }
  hold.flags |= SwitchRecord::kEnded;
  holds_ending_.erase({hold.ends, number});
  release(hold, hold.points - hold.used - hold.released);
}

// Holds whose time is over.
void SwitchBook::end_holds(BusinessTime at) {
  for (auto it = holds_ending_.begin(); it != holds_ending_.end() && it->first <= at.seconds();) {
    const std::uint32_t number = it->second;
    ++it;
    end_hold(number);
  }
}

Ask SwitchBook::ask_of(const SwitchRecord& record) {
  return {.kind = record.kind,
          .form = record.form,
          .final = record.has(SwitchRecord::kFinal),
          .id = record.id,
          .parent = record.parent,
          .member = record.member,
          .partner = record.partner,
          .rate = record.rate,
          .seconds = record.seconds,
          .points = record.points,
          .units = record.units,
          .authorisation = record.authorisation};
}

std::vector<std::uint32_t> SwitchBook::pending() const {
  return {pending_.begin(), pending_.end()};
}

Item SwitchBook::item_of(const SwitchRecord& record) {
  const Kind kind = item_kind(record.kind);
  return {.kind = kind,
          .partner = record.partner,
          .member = record.member,
          .id = record.id,
          .parent = kind == Kind::kPartnerRefund ? record.parent : TransactionId{},
          .authorisation = kind == Kind::kPartnerRedemption ? record.authorisation : EntryId{},
          .rate_version = record.rate,
          .points = record.points,
          .units = record.units};
}

std::vector<Item> SwitchBook::unsealed(Participant partner, BusinessDate until) const {
  std::vector<Item> out;
  for (auto day = days_.lower_bound({partner, BusinessDate()});
       day != days_.end() && day->first.first == partner && day->first.second <= until; ++day) {
    for (const std::uint32_t number : day->second) {
      out.push_back(item_of(records_[number]));
      out.back().entry = kLiveEntry + static_cast<std::uint32_t>(out.size() - 1);
    }
  }
  return out;
}

std::map<Participant, SwitchBook::Unsealed> SwitchBook::unsealed() const {
  std::map<Participant, Unsealed> out;
  for (const auto& [day, numbers] : days_) {
    out.try_emplace(day.first, Unsealed{.first = day.second}).first->second.items += numbers.size();
  }
  return out;
}

// An item may have another partner's id, or name one: neither is about that partner's events.
std::uint32_t SwitchBook::number_as(Participant partner, const Item& item) const {
  const auto kind = item.action == Action::kNew ? ask_kind(item.kind) : std::nullopt;
  const std::uint32_t number = kind ? find_number(*kind, item.id) : FlatIndex::kNone;
  const bool own =
      number != FlatIndex::kNone && item.partner == partner && records_[number].partner == partner;
  return own ? number : FlatIndex::kNone;
}

const SwitchRecord* SwitchBook::asked_as(Participant partner, const Item& item) const {
  const std::uint32_t number = number_as(partner, item);
  return number == FlatIndex::kNone ? nullptr : &records_[number];
}

void SwitchBook::in_batch(Participant partner, std::span<const Item> items) {
  std::set<std::pair<Participant, BusinessDate>> touched;
  for (const Item& item : items) {
    const std::uint32_t number = number_as(partner, item);
    if (number == FlatIndex::kNone) {
      continue;
    }
    SwitchRecord& record = records_[number];
    if (record.carried_out() && !record.has(SwitchRecord::kInBatch)) {
      touched.emplace(partner, record.answered);
    }
    record.flags |= SwitchRecord::kInBatch;
  }
  for (const auto& day : touched) {
    std::vector<std::uint32_t>& numbers = days_.at(day);
    std::erase_if(numbers, [this](std::uint32_t number) {
      return records_[number].has(SwitchRecord::kInBatch);
    });
    if (numbers.empty()) {
      days_.erase(day);
    }
  }
}

}  // namespace ph
