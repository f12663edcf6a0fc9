#include "core/batch/history_index.h"

#include <algorithm>
#include <cstring>

namespace ph {

namespace {

constexpr std::size_t kOwnDigest = sizeof(HistoryHeader) - sizeof(Digest);

std::uint64_t key_of(Member member, BusinessDate day) {
  return member.number() << 16 | day.count();
}

std::uint32_t entry_at(const BatchView& batch, std::uint32_t place) {
  const std::size_t movements = batch.movements.size();
  return place < movements ? batch.movements[place].entry : batch.items[place - movements].entry;
}

// std::push_heap keeps the highest in front.
bool behind(std::span<const HistoryRecord> a, std::span<const HistoryRecord> b) {
  return a.front().key > b.front().key;
}

Digest digest_of(const HistoryHeader& header, Sha256 sha256) {
  return sha256(std::as_bytes(std::span(&header, 1)).first(kOwnDigest), {});
}

}  // namespace

std::span<const HistoryRecord> HistoryView::of(Member member) const {
  const auto key = [](const HistoryRecord& record) { return record.key; };
  const auto first = std::ranges::lower_bound(records, key_of(member, BusinessDate()), {}, key);
  const auto last = std::ranges::lower_bound(
      first, records.end(), key_of(Member(member.number() + 1), BusinessDate()), {}, key);
  return {first, last};
}

std::vector<HistoryRecord> history_records(const BatchView& batch) {
  const BusinessDate day = batch.header.date;
  std::vector<HistoryRecord> out;
  out.reserve(batch.movements.size() + batch.items.size());
  std::uint32_t place = 0;
  for (const Movement& movement : batch.movements) {
    out.push_back({.key = key_of(movement.member, day), .place = place++});
  }
  std::uint32_t slice = 0;
  for (const Item& item : batch.items) {
    if (is_history_item(item.kind)) {
      out.push_back({.key = key_of(item.member, day), .place = place, .slice = slice});
    }
    ++place;
    slice += item.slice_count;
  }
  std::ranges::sort(out, [&batch](const HistoryRecord& a, const HistoryRecord& b) {
    if (a.key != b.key) return a.key < b.key;
    const std::uint32_t entry = entry_at(batch, a.place);
    const std::uint32_t other = entry_at(batch, b.place);
    return entry != other ? entry < other : a.place < b.place;
  });
  return out;
}

HistoryMerge::HistoryMerge(std::vector<std::span<const HistoryRecord>> days)
    : rest_(std::move(days)) {
  std::erase_if(rest_, [](const auto& day) { return day.empty(); });
  std::ranges::make_heap(rest_, behind);
}

std::size_t HistoryMerge::next(std::span<HistoryRecord> into) {
  std::size_t count = 0;
  while (count < into.size() && !rest_.empty()) {
    std::ranges::pop_heap(rest_, behind);
    std::span<const HistoryRecord>& lowest = rest_.back();
    into[count++] = lowest.front();
    lowest = lowest.subspan(1);
    if (lowest.empty()) {
      rest_.pop_back();
    } else {
      std::ranges::push_heap(rest_, behind);
    }
  }
  return count;
}

HistoryHeader sealed_header(HistoryHeader header, Sha256 sha256) {
  header.header = digest_of(header, sha256);
  return header;
}

std::optional<HistoryView> view_of_history(Bytes bytes, Sha256 sha256) {
  HistoryView view;
  if (bytes.size() < sizeof(HistoryHeader)) return std::nullopt;
  std::memcpy(&view.header, bytes.data(), sizeof(HistoryHeader));
  const Bytes records = bytes.subspan(sizeof(HistoryHeader));
  const HistoryHeader own{};
  const bool whole = view.header.magic == own.magic && view.header.layout == own.layout &&
                     view.header.header == digest_of(view.header, sha256) &&
                     records.size() % sizeof(HistoryRecord) == 0 &&
                     view.header.records == records.size() / sizeof(HistoryRecord);
  if (!whole) return std::nullopt;
  view.records = {reinterpret_cast<const HistoryRecord*>(records.data()),
                  static_cast<std::size_t>(view.header.records)};
  return view;
}

}  // namespace ph
