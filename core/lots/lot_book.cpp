#include "core/lots/lot_book.h"

#include <algorithm>
#include <utility>

#include "core/types/check.h"

namespace ph {

bool LotBook::taken_before(const LotRecord& a, const LotRecord& b) {
  // Expiry and earned month lie side by side, as they are compared.
  return std::pair(a.origin >> kPointsBits, id_bits(a)) <
         std::pair(b.origin >> kPointsBits, id_bits(b));
}

std::int64_t LotBook::held(std::uint32_t node) const {
  return held_.at(node);
}

void LotBook::put(std::uint32_t node, const Lot& lot) {
  lot.keeps();
  LotRecord& record = records_[node];
  check(lot.id.packed() == id_bits(record) &&
            lot.original == static_cast<std::int64_t>(record.origin & low(kPointsBits)),
        "a lot is put where it came from");
  constexpr std::uint64_t kTransit = std::uint64_t{1} << kTransitAt;
  constexpr std::uint64_t kHeld = std::uint64_t{1} << kHeldAt;
  if (lot.held > 0) {
    held_[node] = lot.held;
  } else if ((record.identity & kHeld) != 0) {
    held_.erase(node);
  }
  record.identity = (record.identity & ~(kTransit | kHeld)) | (lot.transit ? kTransit : 0) |
                    (lot.held > 0 ? kHeld : 0);
  record.state = (record.state & ~low(kPointsBits)) | static_cast<std::uint64_t>(lot.remaining);
}

std::uint32_t LotBook::find(List list, LotId id) const {
  std::uint32_t node = list.head;
  while (node != kEnd && id_bits(records_[node]) != id.packed()) {
    node = next(node);
  }
  return node;
}

std::uint32_t LotBook::search(LotId id) const {
  std::uint32_t node = 0;
  while (node < records_.size() && id_bits(records_[node]) != id.packed()) {
    ++node;
  }
  return node < records_.size() ? node : kEnd;
}

void LotBook::link(List& list, std::uint32_t node) {
  LotRecord& record = records_[node];
  std::uint32_t before = kEnd;
  std::uint32_t after = list.head;
  while (after != kEnd && taken_before(records_[after], record)) {
    before = std::exchange(after, next(after));
  }
  set_next(record, after);
  if (before == kEnd) {
    list.head = node;
  } else {
    set_next(records_[before], node);
  }
}

std::uint32_t LotBook::insert(List& list, const Lot& lot) {
  check(records_.size() < kEnd, "lots of one home fit a 29-bit number");
  check(lot.id.packed() <= low(kIdBits) && lot.earned_month.count() <= low(kMonthBits) &&
            static_cast<std::uint64_t>(lot.source) <= low(4) && lot.rating <= 1 &&
            static_cast<std::uint64_t>(lot.original) <= low(kPointsBits),
        "a lot fits its record: its issuer is a province, its values are in their ranges");
  const auto node = static_cast<std::uint32_t>(records_.size());
  records_.push_back({.identity = lot.id.packed() |
                                  static_cast<std::uint64_t>(lot.source) << kSourceAt |
                                  std::uint64_t{lot.rating} << kRatingAt,
                      .origin = static_cast<std::uint64_t>(lot.original) |
                                std::uint64_t{lot.earned_month.count()} << kPointsBits |
                                std::uint64_t{lot.expires_on.count()} << kExpiresAt});
  put(node, lot);
  link(list, node);
  return node;
}

void LotBook::unlink(List& list, std::uint32_t node) {
  if (list.head == node) {
    list.head = next(node);
    return;
  }
  std::uint32_t before = list.head;
  while (before != kEnd && next(before) != node) {
    before = next(before);
  }
  check(before != kEnd, "the lot is in its member's list");
  set_next(records_[before], next(node));
}

void LotBook::pass(List& from, List& to, std::uint32_t node) {
  unlink(from, node);
  link(to, node);
}

void LotBook::set_expiry(List& list, std::uint32_t node, BusinessDate expires_on) {
  unlink(list, node);
  LotRecord& record = records_[node];
  record.origin = (record.origin & low(kExpiresAt)) | std::uint64_t{expires_on.count()}
                                                          << kExpiresAt;
  link(list, node);
}

bool LotBook::adopt(std::map<std::uint32_t, std::int64_t> held) {
  held_ = std::move(held);
  auto next_held = held_.begin();
  for (std::size_t n = 0; n < records_.size(); ++n) {
    const LotRecord& record = records_[n];
    std::int64_t points = 0;
    if (next_held != held_.end() && next_held->first == n) {
      points = (next_held++)->second;
    }
    const bool flagged = (record.identity >> kHeldAt & 1) != 0;
    const auto remaining = static_cast<std::int64_t>(record.state & low(kPointsBits));
    const auto original = static_cast<std::int64_t>(record.origin & low(kPointsBits));
    if (flagged != (points > 0) || points > remaining || remaining > original) {
      return false;
    }
  }
  return next_held == held_.end();
}

bool LotBook::reach(std::uint32_t node, std::vector<bool>& reached) {
  if (node == kEnd) {
    return true;
  }
  if (node >= reached.size() || reached[node]) {
    return false;
  }
  reached[node] = true;
  return true;
}

bool LotBook::reach_all(std::vector<bool>& reached) const {
  std::size_t n = 0;
  while (n < records_.size() && reach(next_of(records_[n]), reached)) {
    ++n;
  }
  return n == records_.size();
}

std::vector<std::uint32_t> LotBook::canonical(List list) const {
  std::vector<std::uint32_t> nodes;
  for (std::uint32_t node = list.head; node != kEnd; node = next(node)) {
    nodes.push_back(node);
  }
  std::ranges::sort(nodes, {}, [this](std::uint32_t node) { return id_bits(records_[node]); });
  return nodes;
}

}  // namespace ph
