#include "core/batch/history_index.h"

#include <algorithm>
#include <utility>

namespace ph {

namespace {

constexpr std::size_t kOwnDigest = sizeof(HistoryHeader) - sizeof(Digest);

Digest digest_of(const HistoryHeader& header, Sha256 sha256) {
  return sha256(std::as_bytes(std::span(&header, 1)).first(kOwnDigest), {});
}

}  // namespace

HistoryOfDay::HistoryOfDay(const BatchHeader& header) : day_(header.date) {
  records_.reserve(header.movements + header.items);
  entries_.reserve(header.movements + header.items);
}

void HistoryOfDay::add(const Movement& movement) {
  const auto place = static_cast<std::uint32_t>(entries_.size());
  records_.push_back({.key = history_key(movement.member, day_), .place = place});
  entries_.push_back(movement.entry);
}

void HistoryOfDay::add(const Item& item) {
  if (is_history_item(item.kind)) {
    const auto place = static_cast<std::uint32_t>(entries_.size());
    records_.push_back({.key = history_key(item.member, day_), .place = place, .slice = slice_});
  }
  entries_.push_back(item.entry);
  slice_ += item.slice_count;
}

std::vector<HistoryRecord> HistoryOfDay::finish() {
  std::ranges::sort(records_, [this](const HistoryRecord& a, const HistoryRecord& b) {
    if (a.key != b.key) return a.key < b.key;
    const std::uint32_t entry = entries_[a.place];
    const std::uint32_t other = entries_[b.place];
    return entry != other ? entry < other : a.place < b.place;
  });
  return std::move(records_);
}

std::vector<HistoryRecord> history_records(const BatchView& batch) {
  HistoryOfDay day(batch.header);
  for (const Movement& movement : batch.movements)
    day.add(movement);
  for (const Item& item : batch.items)
    day.add(item);
  return day.finish();
}

// std::push_heap keeps the highest in front.
bool HistoryMerge::behind(const Part& a, const Part& b) {
  return a.rest.front().key > b.rest.front().key;
}

HistoryMerge::HistoryMerge(std::vector<Day> days) : days_(std::move(days)) {
  for (std::size_t n = 0; n < days_.size(); ++n) {
    if (const auto first = days_[n](); !first.empty()) parts_.push_back({first, n});
  }
  std::ranges::make_heap(parts_, behind);
}

std::size_t HistoryMerge::next(std::span<HistoryRecord> into) {
  std::size_t count = 0;
  while (count < into.size() && !parts_.empty()) {
    std::ranges::pop_heap(parts_, behind);
    Part& lowest = parts_.back();
    into[count++] = lowest.rest.front();
    lowest.rest = lowest.rest.subspan(1);
    if (lowest.rest.empty()) lowest.rest = days_[lowest.day]();
    if (lowest.rest.empty()) {
      parts_.pop_back();
    } else {
      std::ranges::push_heap(parts_, behind);
    }
  }
  return count;
}

HistoryHeader sealed_header(HistoryHeader header, Sha256 sha256) {
  header.header = digest_of(header, sha256);
  return header;
}

bool is_history(const HistoryHeader& header, std::uint64_t size, Sha256 sha256) {
  const HistoryHeader own{};
  return header.magic == own.magic && header.layout == own.layout &&
         header.header == digest_of(header, sha256) && size >= sizeof(HistoryHeader) &&
         (size - sizeof(HistoryHeader)) % sizeof(HistoryRecord) == 0 &&
         header.records == (size - sizeof(HistoryHeader)) / sizeof(HistoryRecord);
}

}  // namespace ph
