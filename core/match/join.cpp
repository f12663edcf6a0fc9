#include "core/match/join.h"

#include <algorithm>
#include <bit>
#include <tuple>

#include "core/types/check.h"

namespace ph {

namespace {

// The first item at or behind `from` whose counterparty is not below `counterparty`: in leaps,
// each twice the last, since it is near.
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
  const auto found =
      std::ranges::lower_bound(first + static_cast<std::ptrdiff_t>(low),
                               first + static_cast<std::ptrdiff_t>(std::min(high, items.size())),
                               counterparty, {}, &Item::counterparty);
  return static_cast<std::size_t>(found - first);
}

constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kAheadBytes = 4096;  // Streams are fetched so far ahead.
constexpr std::size_t kFirstBytes = 1024;  // Of a run whose turn comes soon.

// An item is two lines and a quarter.
void prefetch_ahead(const Item& item) {
  const auto* at = reinterpret_cast<const std::byte*>(&item) + kAheadBytes;
  __builtin_prefetch(at);
  __builtin_prefetch(at + kLineBytes);
  __builtin_prefetch(at + 2 * kLineBytes);
}

}  // namespace

bool answered_in(const ItemRun& others, const SentItem& home) {
  const TransactionId& id = home.item->id;
  if (others.items.empty() || id < others.items.front().id || others.items.back().id < id) {
    return false;
  }
  auto at = std::ranges::lower_bound(others.items, id, {}, &Item::id);
  while (at != others.items.end() && at->id == id && !answers(home, {&*at, others.sender})) {
    ++at;
  }
  return at != others.items.end() && at->id == id;
}

void RunCursor::prefetch() const {
  const auto* line = reinterpret_cast<const std::byte*>(items_.data() + at_);
  const std::size_t bytes = std::min(kFirstBytes, (items_.size() - at_) * sizeof(Item));
  for (std::size_t n = 0; n < bytes; n += kLineBytes) {
    __builtin_prefetch(line + n);
  }
}

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
  const Item* item = items_.data() + first;
  const Item* const end = items_.data() + items_.size();
  for (; item != end && item->counterparty == counterparty; ++item) {
    prefetch_ahead(*item);
  }
  at_ = static_cast<std::size_t>(item - items_.data());
  return {.items = items_.subspan(first, at_ - first), .sender = sender_, .date = date_};
}

void Joiner::start(std::size_t offered) {
  constexpr std::size_t kSlotsMin = 16;
  const std::size_t capacity = std::max(kSlotsMin, std::bit_ceil(offered * 2));
  if (slots_.size() < capacity) {
    slots_.resize(capacity);
  }
  std::fill_n(slots_.begin(), capacity, Slot{});
  mask_ = capacity - 1;
}

void Joiner::offer(const SentItem& other, std::uint64_t hash) {
  Slot* const slots = slots_.data();
  std::size_t at = hash & mask_;
  while (slots[at].item != nullptr) {
    at = (at + 1) & mask_;
  }
  slots[at] = {.item = other.item, .tag = tag_of(hash), .sender = other.sender, .open = true};
}

void Joiner::offer(const ItemRun& others) {
  for (const Item& item : others.items) {
    prefetch_ahead(item);
    if (!is_home_item(item)) {
      offer(SentItem{&item, others.sender}, hash_of(item.id));
    }
  }
}

void Joiner::collect_unclaimed() {
  for (std::size_t at = 0; at <= mask_; ++at) {
    const Slot& slot = slots_[at];
    if (slot.open) [[unlikely]] {
      others_left_.push_back({slot.item, slot.sender});
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
