#include "core/match/join.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "core/types/check.h"

namespace ph {

namespace {

// The first item at or behind `from` whose counterparty is not below `counterparty`: in leaps that
// double, since it is near.
std::size_t seek(std::span<const Item> items, std::size_t from, Participant counterparty) {
  std::size_t low = from;
  std::size_t leap = 1;
  std::size_t high = from;
  while (high < items.size() && items[high].counterparty < counterparty) {
    low = high + 1;
    high += leap;
    leap *= 2;
  }
  const auto first = items.begin();
  const auto found = std::ranges::lower_bound(
      first + static_cast<std::ptrdiff_t>(low),
      first + static_cast<std::ptrdiff_t>(std::min(high, items.size())), counterparty, {},
      &Item::counterparty);
  return static_cast<std::size_t>(found - first);
}

}  // namespace

ItemRun RunCursor::take(Participant counterparty) {
  if (counterparty <= last_) {
    at_ = 0;
  }
  last_ = counterparty;
  if (at_ < items_.size() && items_[at_].counterparty != counterparty) {
    at_ = seek(items_, at_, counterparty);
  }
  // Each item is read here, in order, a moment before it is joined: that brings it into the cache.
  const std::size_t first = at_;
  while (at_ < items_.size() && items_[at_].counterparty == counterparty) {
    ++at_;
  }
  return {.items = items_.subspan(first, at_ - first), .sender = sender_, .date = date_};
}

void Joiner::start(std::size_t offered_max) {
  constexpr std::size_t kSlotsMin = 16;
  const std::size_t capacity = std::max(kSlotsMin, std::bit_ceil(offered_max * 2));
  if (slots_.size() < capacity) {
    slots_.resize(capacity);
  }
  std::fill_n(slots_.begin(), capacity, Slot{});
  mask_ = capacity - 1;
}

void Joiner::offer(const SentItem& other, std::uint64_t hash) {
  std::size_t at = hash & mask_;
  while (slots_[at].item != nullptr) {
    at = (at + 1) & mask_;
  }
  slots_[at] = {.item = other.item, .tag = tag_of(hash), .sender = other.sender};
}

void Joiner::offer(const ItemRun& others) {
  for (const Item& item : others.items) {
    if (!is_home_item(item)) {
      offer(SentItem{&item, others.sender}, hash_of(item.id));
    }
  }
}

void sort_exceptions(std::vector<MatchException>& exceptions) {
  std::ranges::sort(exceptions, [](const MatchException& a, const MatchException& b) {
    return std::tie(a.id, a.kind, a.reason, a.home, a.other) <
           std::tie(b.id, b.kind, b.reason, b.home, b.other);
  });
}

}  // namespace ph
