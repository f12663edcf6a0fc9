#include "core/home/answers.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/types/bytes.h"

namespace ph {

namespace {

EntryKey key_of(const AnswerRecord& record) {
  return {.class_ = record.class_, .id = record.id};
}

bool is_move_done(const AnswerRecord& record) {
  return record.class_ == EntryClass::kMoveOut && record.code == 0;
}

using Slices = std::span<const LiveSlice>;

Slices slices_of(const AnswerBook::Answers& answers, const AnswerRecord& record) {
  return Slices(answers.slices).subspan(record.first_slice, record.slices);
}

void append(AnswerBook::Answers& to, AnswerRecord record, Slices slices) {
  check(to.slices.size() + slices.size() < FlatIndex::kNone,
        "slices answered for a date fit a 32-bit number");
  record.first_slice = static_cast<std::uint32_t>(to.slices.size());
  record.slices = static_cast<std::uint32_t>(slices.size());
  to.index.insert(key_of(record), static_cast<std::uint32_t>(to.records.size()));
  to.records.push_back(record);
  to.slices.insert(to.slices.end(), slices.begin(), slices.end());
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
  const Slices slices = slices_of(by_date_.at(record.id.date), record);
  const auto standing = is_move_done(record) ? standings_.find(record.id) : standings_.end();
  return {.code = record.code,
          .entry = record.entry,
          .authorisation = record.authorisation,
          .at = record.at,
          .ends = record.ends,
          .points = record.points,
          .available = record.available,
          .slices = {slices.begin(), slices.end()},
          .standing = standing == standings_.end() ? std::vector<std::byte>() : standing->second};
}

void AnswerBook::add(const EntryKey& key, const Fingerprint& content, const LiveAnswer& answer) {
  append(by_date_[key.id.date],
         {.id = key.id,
          .content = content,
          .class_ = key.class_,
          .code = answer.code,
          .entry = answer.entry,
          .authorisation = answer.authorisation,
          .at = answer.at,
          .ends = answer.ends,
          .points = answer.points,
          .available = answer.available},
         answer.slices);
  if (!answer.standing.empty()) {
    standings_.emplace(key.id, answer.standing);
  }
}

std::vector<std::byte> AnswerBook::standings() const {
  ByteWriter out;
  for (const auto& [date, day] : by_date_) {
    for (const AnswerRecord& record : day.records) {
      if (is_move_done(record) && !standings_.empty()) {
        const auto found = standings_.find(record.id);
        const Bytes standing = found == standings_.end() ? Bytes() : Bytes(found->second);
        out.put(static_cast<std::uint32_t>(standing.size()));
        out.put_raw(standing);
      }
    }
  }
  return out.take();
}

bool AnswerBook::adopt_standings(Bytes bytes) {
  ByteReader in(bytes);
  for (const auto& [date, day] : by_date_) {
    for (const AnswerRecord& record : day.records) {
      if (!is_move_done(record) || bytes.empty()) {
        continue;
      }
      const Bytes standing = in.get_raw(in.get<std::uint32_t>());
      if (!standing.empty()) {
        standings_.emplace(record.id, std::vector<std::byte>(standing.begin(), standing.end()));
      }
    }
  }
  return in.done() && standings_.empty() == bytes.empty();
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
  const auto end = by_date_.lower_bound(date);
  for (auto day = by_date_.begin(); day != end;) {
    Answers& answers = day->second;
    if (!std::ranges::all_of(answers.records, is_move_done)) {
      Answers kept;
      for (const AnswerRecord& record : answers.records) {
        if (is_move_done(record)) {
          append(kept, record, slices_of(answers, record));
        }
      }
      answers = std::move(kept);
    }
    day = answers.records.empty() ? by_date_.erase(day) : std::next(day);
  }
}

}  // namespace ph
