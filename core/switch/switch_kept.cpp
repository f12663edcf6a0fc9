// What is kept of partners' asks, and how long: records that are old and that nothing waits for are
// forgotten (docs/decisions/0020). As bytes, and back.
#include <algorithm>

#include "core/programme/earning.h"
#include "core/switch/switch_book.h"
#include "core/types/check.h"

namespace ph {

bool SwitchBook::waits_for_batch(const SwitchRecord& record) {
  return record.carried_out() && item_of(record).kind != Kind::kNone &&
         !record.has(SwitchRecord::kInBatch);
}

// However old it is.
bool SwitchBook::is_needed(std::uint32_t number) const {
  const SwitchRecord& record = records_[number];
  const bool open_hold =
      record.kind == AskKind::kHold && record.carried_out() && !record.has(SwitchRecord::kEnded);
  return record.has(SwitchRecord::kPending) || open_hold || waits_for_batch(record) ||
         captures_pending_.contains(number);
}

// When the first ask of a day is recorded. What goes depends on the records alone, so a replay
// forgets the same, wherever it begins. Caps no longer look at days that are so old.
void SwitchBook::forget(BusinessDate today) {
  for (std::uint32_t n = records_.next(0);
       n != records_.end() && today.count() - records_[n].asked.count() > kAnswersKeptDays;
       n = records_.next(n + 1)) {
    if (is_needed(n)) {
      continue;
    }
    const SwitchRecord& record = records_[n];
    if (record.code == 0) {
      count(record, record.released - record.points);
    }
    by_key_.erase(key_of(n), [this](std::uint32_t number) { return key_of(number); });
    records_.erase(n);
  }
}

void SwitchBook::save(ByteWriter& out) const {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t n = records_.next(0); n != records_.end(); n = records_.next(n + 1)) {
    numbers.push_back(n);
  }
  const auto place = [&numbers](std::uint32_t n) {
    const auto at = std::ranges::lower_bound(numbers, n);
    return at != numbers.end() && *at == n ? static_cast<std::uint32_t>(at - numbers.begin())
                                           : SwitchRecord::kNoHold;
  };
  out.put(static_cast<std::uint64_t>(numbers.size()));
  for (const std::uint32_t n : numbers) {
    SwitchRecord record = records_[n];
    record.hold = place(record.hold);
    out.put_record(record);
  }
  out.put(static_cast<std::uint64_t>(days_.size()));
  for (const auto& [key, of_day] : days_) {
    out.put(key.first.number());
    out.put(key.second.count());
    std::vector<std::uint32_t> places(of_day.size());
    std::ranges::transform(of_day, places.begin(), place);
    out.put_all(places);
  }
}

bool SwitchBook::load(ByteReader& in) {
  check(records_.end() == 0, "a book is loaded when it is empty");
  const auto count = in.get<std::uint64_t>();
  for (std::uint64_t n = 0; n < count && in.good(); ++n) {
    records_.add(in.get<SwitchRecord>());
  }
  if (!in.good() || !could_be()) {
    return false;
  }
  for (std::uint32_t n = 0; n < records_.size(); ++n) {
    const SwitchRecord& record = records_[n];
    if (find_number(record.kind, record.id) != FlatIndex::kNone) {
      return false;
    }
    index(n);
    if (record.kind == AskKind::kHold && record.carried_out() &&
        !record.has(SwitchRecord::kEnded)) {
      holds_ending_.emplace(record.ends, n);
    }
  }
  const auto days = in.get<std::uint64_t>();
  for (std::uint64_t n = 0; n < days && in.good(); ++n) {
    const Participant partner(in.get<std::uint16_t>());
    const BusinessDate date(in.get<std::uint16_t>());
    auto numbers = in.get_all<std::uint32_t>();
    const bool right = std::ranges::all_of(numbers, [&](std::uint32_t number) {
      return number < records_.size() && waits_for_batch(records_[number]) &&
             records_[number].partner == partner && records_[number].answered == date;
    });
    if (!right || numbers.empty()) {
      return false;
    }
    days_[{partner, date}] = std::move(numbers);
  }
  return in.good();
}

// Every record holds values that the commands can have made.
bool SwitchBook::could_be() const {
  for (std::uint32_t n = 0; n < records_.size(); ++n) {
    const SwitchRecord& record = records_[n];
    const bool cites = record.hold != SwitchRecord::kNoHold;
    const bool holds = !cites || (record.hold < n && cites_hold(record.kind) &&
                                  records_[record.hold].kind == AskKind::kHold);
    const std::int64_t counted = record.points - record.released;
    const bool used = record.used >= 0 && (record.kind == AskKind::kVoid || record.used <= counted);
    if (word(record.kind).empty() || !holds || record.points < 0 || record.released < 0 || !used ||
        (record.has(SwitchRecord::kPending) && record.code != 0)) {
      return false;
    }
  }
  return true;
}

}  // namespace ph
