#include "core/batch/seal.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

namespace ph {

namespace {

static_assert(std::endian::native == std::endian::little, "the layout is the memory");

template <class Record>
void put(std::byte*& at, std::span<const Record> records) {
  if (!records.empty()) {
    std::memcpy(at, records.data(), records.size_bytes());
  }
  at += records.size_bytes();
}

template <class Record>
std::span<const Record> records_at(const std::byte*& at, std::uint64_t count) {
  const auto* first = reinterpret_cast<const Record*>(at);
  at += count * sizeof(Record);
  return {first, static_cast<std::size_t>(count)};
}

// Items in their canonical order, and their slices with them.
void sort_items(std::vector<Item>& items, std::vector<Slice>& slices) {
  if (std::ranges::is_sorted(items, item_before)) {
    return;
  }
  std::vector<std::size_t> first_slice(items.size());
  std::size_t slice = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    first_slice[i] = slice;
    slice += items[i].slice_count;
  }
  std::vector<std::uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(
      order, [&](std::uint32_t a, std::uint32_t b) { return item_before(items[a], items[b]); });
  std::vector<Item> sorted_items;
  std::vector<Slice> sorted_slices;
  sorted_items.reserve(items.size());
  sorted_slices.reserve(slices.size());
  for (const std::uint32_t i : order) {
    const auto from = slices.begin() + static_cast<std::ptrdiff_t>(first_slice[i]);
    sorted_items.push_back(items[i]);
    sorted_slices.insert(sorted_slices.end(), from, from + items[i].slice_count);
  }
  items = std::move(sorted_items);
  slices = std::move(sorted_slices);
}

}  // namespace

OwnedBatch OwnedBatch::from_checked_bytes(std::vector<std::byte> bytes) {
  OwnedBatch batch;
  batch.bytes_ = std::move(bytes);
  return batch;
}

BatchView OwnedBatch::view() const {
  return view_of(bytes_);
}

BatchView view_of(Bytes checked) {
  check(checked.size() >= sizeof(BatchHeader) + sizeof(Digest), "bytes of a batch");
  BatchView view;
  const std::byte* at = checked.data();
  std::memcpy(&view.header, at, sizeof(BatchHeader));
  at += sizeof(BatchHeader);
  view.movements = records_at<Movement>(at, view.header.movements);
  view.items = records_at<Item>(at, view.header.items);
  view.slices = records_at<Slice>(at, view.header.slices);
  check(at + sizeof(Digest) == checked.data() + checked.size(), "length of a batch");
  std::memcpy(view.digest.data(), at, sizeof(Digest));
  return view;
}

std::optional<BatchSums> sums_of(std::span<const Movement> movements, std::span<const Item> items) {
  Int128 points = 0;
  Int128 fen = 0;
  for (const Movement& movement : movements) {
    const Int128 delta = movement.slice.delta;
    points += delta < 0 ? -delta : delta;
  }
  for (const Item& item : items) {
    points += item.points;
    fen += Int128{item.cost} + item.freight + item.cash;
  }
  constexpr Int128 kMax = Points::kMax;
  if (points > kMax || points < -kMax || fen > kMax || fen < -kMax) {
    return std::nullopt;
  }
  return BatchSums{.points = static_cast<std::int64_t>(points),
                   .fen = static_cast<std::int64_t>(fen)};
}

bool item_before(const Item& a, const Item& b) {
  if (a.counterparty != b.counterparty) {
    return a.counterparty < b.counterparty;
  }
  const auto order = a.id <=> b.id;
  return order != 0 ? order < 0 : a.entry < b.entry;
}

OwnedBatch seal(BatchHeader proto, std::vector<Movement> movements, std::vector<Item> items,
                std::vector<Slice> slices, Sha256 sha256) {
  std::uint64_t counted = 0;
  for (const Item& item : items) {
    counted += item.slice_count;
  }
  check(counted == slices.size(), "slices belong to items");
  const auto by_entry = [](const Movement& a, const Movement& b) { return a.entry < b.entry; };
  if (!std::ranges::is_sorted(movements, by_entry)) {
    std::ranges::stable_sort(movements, by_entry);
  }
  sort_items(items, slices);

  const std::optional<BatchSums> sums = sums_of(movements, items);
  check(sums.has_value(), "sums of a batch within their bound");
  BatchHeader header;
  header.sender = proto.sender;
  header.date = proto.date;
  header.sequence = proto.sequence;
  header.previous = proto.previous;
  header.movements = movements.size();
  header.items = items.size();
  header.slices = slices.size();
  header.points = sums->points;
  header.fen = sums->fen;

  const std::size_t body = sizeof(BatchHeader) + movements.size() * sizeof(Movement) +
                           items.size() * sizeof(Item) + slices.size() * sizeof(Slice);
  std::vector<std::byte> bytes(body + sizeof(Digest));
  std::byte* at = bytes.data();
  put(at, std::span<const BatchHeader>(&header, 1));
  put(at, std::span<const Movement>(movements));
  put(at, std::span<const Item>(items));
  put(at, std::span<const Slice>(slices));
  const Digest digest = sha256(Bytes(bytes).first(body), {});
  std::memcpy(at, digest.data(), digest.size());
  return OwnedBatch::from_checked_bytes(std::move(bytes));
}

}  // namespace ph
