#include "core/home/answers.h"

namespace ph {

namespace {

EntryKey key_of(const AnswerRecord& record) {
  return {.class_ = record.class_, .id = record.id};
}

std::uint32_t find_in(const AnswerBook::Answers& answers, const EntryKey& key) {
  return answers.index.find(key, [&](std::uint32_t n) { return key_of(answers.records[n]); });
}

}  // namespace

const AnswerRecord* AnswerBook::find(const EntryKey& key) const {
  const auto day = by_date_.find(key.id.date);
  if (day == by_date_.end()) {
    return nullptr;
  }
  const std::uint32_t found = find_in(day->second, key);
  return found == FlatIndex::kNone ? nullptr : &day->second.records[found];
}

LiveAnswer AnswerBook::answer_of(const AnswerRecord& record) const {
  const std::vector<LiveSlice>& slices = by_date_.at(record.id.date).slices;
  const auto first = slices.begin() + static_cast<std::ptrdiff_t>(record.first_slice);
  return {.code = record.code,
          .entry = record.entry,
          .authorisation = record.authorisation,
          .at = record.at,
          .ends = record.ends,
          .points = record.points,
          .available = record.available,
          .slices = {first, first + static_cast<std::ptrdiff_t>(record.slices)}};
}

void AnswerBook::add(const EntryKey& key, const Fingerprint& content, const LiveAnswer& answer) {
  Answers& day = by_date_[key.id.date];
  check(day.slices.size() + answer.slices.size() < FlatIndex::kNone,
        "slices answered for a date fit a 32-bit number");
  day.index.insert(key, static_cast<std::uint32_t>(day.records.size()));
  day.records.push_back({.id = key.id,
                         .content = content,
                         .class_ = key.class_,
                         .code = answer.code,
                         .entry = answer.entry,
                         .authorisation = answer.authorisation,
                         .at = answer.at,
                         .ends = answer.ends,
                         .points = answer.points,
                         .available = answer.available,
                         .first_slice = static_cast<std::uint32_t>(day.slices.size()),
                         .slices = static_cast<std::uint32_t>(answer.slices.size())});
  day.slices.insert(day.slices.end(), answer.slices.begin(), answer.slices.end());
}

bool AnswerBook::adopt(const AnswerRecord& record) {
  if (!by_date_.empty() && by_date_.rbegin()->first > record.id.date) {
    return false;
  }
  Answers& day = by_date_[record.id.date];
  const std::uint64_t before = day.records.empty() ? 0
                                                   : std::uint64_t{day.records.back().first_slice} +
                                                         day.records.back().slices;
  const EntryKey key = key_of(record);
  if (record.first_slice != before || before + record.slices >= FlatIndex::kNone ||
      record.zero != 0 || find_in(day, key) != FlatIndex::kNone) {
    return false;
  }
  day.index.insert(key, static_cast<std::uint32_t>(day.records.size()));
  day.records.push_back(record);
  return true;
}

bool AnswerBook::adopt_slices(const std::vector<LiveSlice>& slices) {
  std::size_t at = 0;
  for (auto& [date, day] : by_date_) {
    const AnswerRecord& last = day.records.back();
    const std::size_t count = std::size_t{last.first_slice} + last.slices;
    if (count > slices.size() - at) {
      return false;
    }
    const auto first = slices.begin() + static_cast<std::ptrdiff_t>(at);
    day.slices.assign(first, first + static_cast<std::ptrdiff_t>(count));
    at += count;
  }
  return at == slices.size();
}

void AnswerBook::forget_before(BusinessDate date) {
  by_date_.erase(by_date_.begin(), by_date_.lower_bound(date));
}

}  // namespace ph
