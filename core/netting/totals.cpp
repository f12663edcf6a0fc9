#include "core/netting/totals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "core/types/check.h"

namespace ph {

namespace {

static_assert(std::endian::native == std::endian::little, "the layout is the memory");
static_assert(offsetof(PackedLeg, prior) == 5 && offsetof(PackedLeg, quantity) == 16);
constexpr std::uint64_t kNotPrior = ~(std::uint64_t{0xFF} << 40);

// As Points::of, for a sum: neither part nor sum beyond the bound.
void add_within(std::int64_t& sum, std::int64_t part) {
  constexpr auto kBound = static_cast<std::uint64_t>(Points::kMax);
  const auto within = [](std::int64_t n) {
    return static_cast<std::uint64_t>(n) + kBound <= 2 * kBound;
  };
  check(within(part), "amount within its bound");
  sum += part;
  check(within(sum), "amount within its bound");
}

// A line's place in the canonical order, as numbers that sort fast.
struct Order {
  std::uint64_t high{};
  std::uint64_t low{};
  std::size_t at{};

  Order(const PackedLeg& sum, std::size_t index)
      : high(static_cast<std::uint64_t>(sum.debtor.number()) << 40 |
             static_cast<std::uint64_t>(sum.creditor.number()) << 24 |
             static_cast<std::uint64_t>(sum.reason) << 16 | sum.partner.number()),
        low(static_cast<std::uint64_t>(sum.version) << 32 | sum.second),
        at(index) {}
  friend bool operator<(const Order& a, const Order& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

Ratio price_of(const PackedLeg& sum, const RuleBook& rules) {
  if (sum.version == 0) {
    return {};
  }
  const PriceRow* row = rules.by_version(sum.version);
  check(row != nullptr, "a leg's price version is in the book");
  if (sum.second == 0) {
    return row->ratio();
  }
  const PriceRow* second = rules.by_version(sum.second);
  check(second != nullptr, "a leg's commission version is in the book");
  return row->ratio() * second->ratio();
}

}  // namespace

PackedLeg pack(const Leg& leg, Month period) {
  const bool prior = leg.id.date < first_day(period);
  return {.debtor = leg.debtor,
          .creditor = leg.creditor,
          .reason = leg.reason,
          .prior = prior ? std::uint8_t{1} : std::uint8_t{0},
          .partner = leg.partner,
          .version = leg.version,
          .second = leg.second,
          .quantity = leg.quantity,
          .fen = leg.fen};
}

LineTotals::LineTotals(std::size_t lines_expected) { grow(lines_expected); }

inline LineTotals::Key LineTotals::key_of(const PackedLeg& leg) {
  const auto words = std::bit_cast<std::array<std::uint64_t, sizeof(PackedLeg) / 8>>(leg);
  return {.high = words[0] & kNotPrior, .low = words[1]};
}

inline std::uint64_t LineTotals::hash_of(const Key& key) {
  const std::uint64_t sum = key.high * 0x9e3779b97f4a7c15 + key.low * 0xbf58476d1ce4e5b9;
  return sum ^ sum >> 32;
}

void LineTotals::grow(std::size_t lines) {
  const std::vector<Row> rows = std::move(rows_);
  const std::vector<Rest> rests = std::move(rests_);
  const std::size_t capacity = std::bit_ceil(std::max<std::size_t>(lines, 16) * 2);
  rows_.assign(capacity, Row{});
  rests_.assign(capacity, Rest{});
  mask_ = capacity - 1;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (rows[n].items != 0) {
      std::size_t at = hash_of(rows[n].key) & mask_;
      while (rows_[at].items != 0) {
        at = (at + 1) & mask_;
      }
      rows_[at] = rows[n];
      rests_[at] = rests[n];
    }
  }
}

std::size_t LineTotals::take(const Key& key, std::size_t at) {
  if ((size_ + 1) * 2 > rows_.size()) {
    grow(rows_.size());
    at = hash_of(key) & mask_;
    while (rows_[at].items != 0) {
      at = (at + 1) & mask_;
    }
  }
  ++size_;
  rows_[at].key = key;
  return at;
}

inline std::size_t LineTotals::find(const Key& key, std::size_t at) {
  for (;; at = (at + 1) & mask_) {
    if (rows_[at].key == key && rows_[at].items != 0) [[likely]] {
      return at;
    }
    if (rows_[at].items == 0) [[unlikely]] {
      return take(key, at);
    }
  }
}

// The next row if this one is another line's: without a branch, since nobody can foretell it.
inline std::size_t LineTotals::step(const Key& key, std::size_t at) const {
  const Row& row = rows_[at];
  const std::uint64_t other = (row.key.high ^ key.high) | (row.key.low ^ key.low);
  return (at + (static_cast<std::size_t>(other != 0) & static_cast<std::size_t>(row.items != 0))) &
         mask_;
}

inline void LineTotals::add_at(std::size_t at, const PackedLeg& leg) {
  Row& row = rows_[at];
  add_within(row.quantity, leg.quantity);
  ++row.items;
  if (leg.fen != 0) {
    add_within(rests_[at].fen, leg.fen);
  }
  if (leg.prior != 0) [[unlikely]] {
    ++rests_[at].prior_items;
    add_within(rests_[at].prior_quantity, leg.quantity);
  }
}

void LineTotals::add(const PackedLeg& leg) {
  const Key key = key_of(leg);
  add_at(find(key, hash_of(key) & mask_), leg);
}

// In blocks, since with tens of thousands of lines a row is seldom in the nearest cache: so the
// fetches of a whole block are under way together.
void LineTotals::add(std::span<const PackedLeg> legs) {
  constexpr std::size_t kBlock = 32;
  std::array<std::uint64_t, kBlock> hashes{};
  while (legs.size() >= kBlock) {
    for (std::size_t n = 0; n < kBlock; ++n) {
      hashes[n] = hash_of(key_of(legs[n]));
      __builtin_prefetch(&rows_[hashes[n] & mask_], 1);
    }
    for (std::size_t n = 0; n < kBlock; ++n) {
      const Key key = key_of(legs[n]);
      add_at(find(key, step(key, step(key, hashes[n] & mask_))), legs[n]);
    }
    legs = legs.subspan(kBlock);
  }
  for (const PackedLeg& leg : legs) {
    add(leg);
  }
}

void LineTotals::add(const LineTotal& other) {
  check(other.items != 0, "a total has items");
  const Key key = key_of(other.sum);
  const std::size_t at = find(key, hash_of(key) & mask_);
  add_within(rows_[at].quantity, other.sum.quantity);
  rows_[at].items += other.items;
  add_within(rests_[at].fen, other.sum.fen);
  rests_[at].prior_items += other.prior_items;
  add_within(rests_[at].prior_quantity, other.prior_quantity);
}

void LineTotals::add(const LineTotals& other) {
  for (std::size_t at = 0; at < other.rows_.size(); ++at) {
    if (other.rows_[at].items != 0) {
      add(other.total_at(at));
    }
  }
}

LineTotal LineTotals::total_at(std::size_t at) const {
  const Row& row = rows_[at];
  const std::array<std::uint64_t, sizeof(PackedLeg) / 8> words{
      row.key.high, row.key.low, static_cast<std::uint64_t>(row.quantity),
      static_cast<std::uint64_t>(rests_[at].fen)};
  LineTotal total{.sum = std::bit_cast<PackedLeg>(words)};
  total.items = row.items;
  total.prior_items = rests_[at].prior_items;
  total.prior_quantity = rests_[at].prior_quantity;
  return total;
}

std::vector<LineTotal> LineTotals::totals() const {
  std::vector<Order> order;
  order.reserve(size_);
  for (std::size_t at = 0; at < rows_.size(); ++at) {
    if (rows_[at].items != 0) {
      order.emplace_back(total_at(at).sum, at);
    }
  }
  std::ranges::sort(order, [](const Order& a, const Order& b) { return a < b; });
  std::vector<LineTotal> totals;
  totals.reserve(size_);
  for (const Order& next : order) {
    totals.push_back(total_at(next.at));
  }
  return totals;
}

std::vector<Line> LineTotals::lines(const RuleBook& rules) const {
  std::vector<Line> lines;
  lines.reserve(size_);
  std::uint64_t leaf = 0;
  for (const LineTotal& total : totals()) {
    const PackedLeg& sum = total.sum;
    Line& line = lines.emplace_back(Line{.debtor = sum.debtor,
                                         .creditor = sum.creditor,
                                         .reason = sum.reason,
                                         .partner = sum.partner,
                                         .version = sum.version,
                                         .second = sum.second,
                                         .quantity = sum.quantity,
                                         .price = price_of(sum, rules),
                                         .fen = sum.fen,
                                         .items = total.items,
                                         .prior_items = total.prior_items,
                                         .prior_quantity = total.prior_quantity,
                                         .first_leaf = leaf});
    if (line.at_cost()) {
      line.exact = Ratio(line.fen, 1);
    } else {
      line.exact = line.price * line.quantity;
      line.fen = line.exact.round_half_up();
    }
    leaf += total.items;
  }
  return lines;
}

std::vector<MatrixCell> matrix_of(const std::vector<Line>& lines) {
  std::vector<MatrixCell> cells;
  for (const Line& line : lines) {
    if (cells.empty() || cells.back().debtor != line.debtor ||
        cells.back().creditor != line.creditor) {
      cells.push_back({.debtor = line.debtor, .creditor = line.creditor});
    }
    cells.back().fen = (Fen::of(cells.back().fen) + Fen::of(line.fen)).count();
  }
  return cells;
}

}  // namespace ph
