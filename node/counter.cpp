#include "node/counter.h"

#include <algorithm>
#include <array>

#include "core/programme/earning.h"
#include "core/types/check.h"
#include "node/asks.h"

namespace ph {

namespace {

EntryKey key_of(const IntentRecord& record) {
  return {.class_ = class_of(record.kind), .id = record.id};
}

// Whose member it is by its number, which is whom the clearing asks.
Participant home_of(const IntentRecord& record) {
  return record.member.first_home();
}

}  // namespace

const IntentRecord* IntentBook::find(const EntryKey& key) const {
  const auto day = by_date_.find(key.id.date);
  if (day == by_date_.end()) {
    return nullptr;
  }
  const auto& records = day->second.records;
  const std::uint32_t found =
      day->second.index.find(key, [&](std::uint32_t n) { return key_of(records[n]); });
  return found == FlatIndex::kNone ? nullptr : &records[found];
}

const IntentRecord* IntentBook::find(AskKind kind, const TransactionId& id) const {
  return find({.class_ = class_of(kind), .id = id});
}

const IntentRecord* IntentBook::find_parent(const Ask& ask) const {
  if (cites_hold(ask.kind)) {
    return find(AskKind::kHold, ask.parent);
  }
  return ask.kind == AskKind::kRefund ? find(AskKind::kRedeem, ask.parent) : nullptr;
}

void IntentBook::add(const IntentRecord& record) {
  Day& day = by_date_[record.id.date];
  check(day.records.size() < FlatIndex::kNone, "intents of a date fit a 32-bit number");
  const auto number = static_cast<std::uint32_t>(day.records.size());
  day.index.insert(key_of(record), number);
  day.records.push_back(record);
  if (record.pending()) {
    pending_.emplace(record.id.date, number);
  }
}

void IntentBook::asking(const Intent& intent, BusinessTime at) {
  const Ask& ask = intent.ask;
  check(find(ask.kind, ask.id) == nullptr, "an intent is recorded once");
  forget_before(
      BusinessDate(static_cast<std::uint16_t>(std::max(at.date().count() - kAnswersKeptDays, 0))));
  const int flags = IntentRecord::kPending | (ask.final ? IntentRecord::kFinal : 0);
  add({.id = ask.id,
       .parent = ask.parent,
       .kind = ask.kind,
       .form = ask.form,
       .flags = static_cast<std::uint8_t>(flags),
       .seconds = ask.seconds,
       .member = ask.member,
       .points = ask.points,
       .cost = intent.cost,
       .freight = intent.freight,
       .cash = intent.cash,
       .asked = at.seconds()});
}

// Whose ids can't come any more. What has no answer stays.
void IntentBook::forget_before(BusinessDate date) {
  const auto end = by_date_.lower_bound(date);
  for (auto day = by_date_.begin(); day != end;) {
    const auto waits = pending_.lower_bound({day->first, 0});
    const bool pending = waits != pending_.end() && waits->first == day->first;
    day = pending ? std::next(day) : by_date_.erase(day);
  }
}

void IntentBook::answered(const Answer& answer, std::uint8_t own) {
  const auto day = by_date_.find(answer.id.date);
  check(day != by_date_.end() && answer.definite, "a definite answer to an intent");
  std::vector<IntentRecord>& records = day->second.records;
  const EntryKey key{.class_ = class_of(answer.kind), .id = answer.id};
  const std::uint32_t number =
      day->second.index.find(key, [&](std::uint32_t n) { return key_of(records[n]); });
  check(number != FlatIndex::kNone && records[number].pending(), "what is answered was pending");
  IntentRecord& record = records[number];
  record.flags = static_cast<std::uint8_t>(record.flags & ~IntentRecord::kPending);
  record.code = answer.code;
  record.home = answer.home;
  record.own = own;
  record.authorisation = answer.authorisation;
  record.at = answer.at;
  record.ends = answer.ends;
  record.told = answer.points;
  pending_.erase({answer.id.date, number});
}

std::vector<const IntentRecord*> IntentBook::pending() const {
  std::vector<const IntentRecord*> out;
  for (const auto& [date, number] : pending_) {
    out.push_back(&by_date_.at(date).records[number]);
  }
  std::ranges::stable_sort(out, {}, &IntentRecord::asked);
  return out;
}

std::size_t IntentBook::pending_of(Participant home) const {
  return static_cast<std::size_t>(std::ranges::count_if(pending_, [&](const Place& place) {
    return home_of(by_date_.at(place.first).records[place.second]) == home;
  }));
}

bool IntentBook::moving_in(Member member) const {
  return std::ranges::any_of(pending_, [&](const Place& place) {
    const IntentRecord& record = by_date_.at(place.first).records[place.second];
    return record.kind == AskKind::kMove && record.member == member;
  });
}

void IntentBook::save(ByteWriter& out) const {
  std::uint64_t count = 0;
  for (const auto& [date, day] : by_date_) {
    count += day.records.size();
  }
  out.put(count);
  for (const auto& [date, day] : by_date_) {
    for (const IntentRecord& record : day.records) {
      out.put_record(record);
    }
  }
}

bool IntentBook::load(ByteReader& in, Participant province) {
  check(by_date_.empty(), "a book is loaded when it is empty");
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t n = 0; n < count && in.good(); ++n) {
    const auto record = in.get<IntentRecord>();
    const bool ascends = by_date_.empty() || by_date_.rbegin()->first <= record.id.date;
    if (!in.good() || !ascends || word(record.kind).empty() || record.kind == AskKind::kAccrual ||
        record.kind == AskKind::kExchangeOut || record.kind == AskKind::kExchangeIn ||
        record.kind == AskKind::kReversal || record.id.participant != province ||
        record.member.none() || record.flags > IntentRecord::kFlagsMax || record.zero_8 != 0 ||
        record.zero_32 != 0 || (record.pending() && record.code != 0) ||
        find(key_of(record)) != nullptr) {
      return false;
    }
    add(record);
  }
  return in.good();
}

bool same_content(const IntentRecord& record, const Intent& intent) {
  const Ask& ask = intent.ask;
  return record.kind == ask.kind && record.form == ask.form &&
         record.has(IntentRecord::kFinal) == ask.final && record.parent == ask.parent &&
         (record.member == ask.member || cites_hold(ask.kind)) && record.seconds == ask.seconds &&
         record.points == ask.points && record.cost == intent.cost &&
         record.freight == intent.freight && record.cash == intent.cash;
}

Intent intent_of(const IntentRecord& record, Participant province) {
  return {.ask = {.kind = record.kind,
                  .form = record.form,
                  .final = record.has(IntentRecord::kFinal),
                  .id = record.id,
                  .parent = record.parent,
                  .member = record.member,
                  .giver = province,
                  .seconds = record.seconds,
                  .points = record.points},
          .cost = record.cost,
          .freight = record.freight,
          .cash = record.cash};
}

Answer answer_of(const IntentRecord& record) {
  return {.kind = record.kind,
          .id = record.id,
          .definite = !record.pending(),
          .code = record.code,
          .home = record.home,
          .authorisation = record.authorisation,
          .at = record.at,
          .ends = record.ends,
          .points = record.told};
}

std::optional<LiveCommand> own_record(const Intent& intent, const Answer& answer) {
  const Ask& ask = intent.ask;
  const bool goods = ask.kind == AskKind::kRedeem || ask.kind == AskKind::kCapture;
  if (ask.kind == AskKind::kMove && answer.code == 0) {
    return LiveCommand{.row = {.kind = RowKind::kMoveIn,
                               .other = answer.home,
                               .member = ask.member,
                               .id = ask.id,
                               .child_count = static_cast<std::uint32_t>(answer.slices.size())},
                       .children = answer.slices,
                       .standing = answer.standing};
  }
  if (answer.code != 0 || answer.home == ask.giver || (!goods && ask.kind != AskKind::kRefund)) {
    return std::nullopt;
  }
  return LiveCommand{.row = {.kind = goods ? RowKind::kDelivery : RowKind::kDeliveryRefund,
                             .form = ask.form,
                             .other = answer.home,
                             .member = ask.member,
                             .authorisation = goods ? answer.authorisation : EntryId(),
                             .id = ask.id,
                             .parent = goods ? TransactionId{} : ask.parent,
                             .points = ask.points,
                             .cost = intent.cost,
                             .freight = intent.freight,
                             .cash = intent.cash}};
}

}  // namespace ph
