#include "core/netting/totals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <tuple>

#include "core/types/check.h"

namespace ph {

namespace {

using Key = std::array<std::uint64_t, 2>;

static_assert(std::endian::native == std::endian::little, "the layout is the memory");
static_assert(offsetof(PackedLeg, prior) == 5 && offsetof(PackedLeg, quantity) == 16);
constexpr std::uint64_t kNotPrior = ~(std::uint64_t{0xFF} << 40);

// The 16 bytes before the quantity, `prior` masked out: what makes a line.
Key key_of(const PackedLeg& leg) {
  Key key;
  std::memcpy(key.data(), &leg, sizeof key);
  key[0] &= kNotPrior;
  return key;
}

std::uint64_t hash_of(const Key& key) {
  const std::uint64_t sum = key[0] * 0x9e3779b97f4a7c15 + key[1] * 0xbf58476d1ce4e5b9;
  return sum ^ sum >> 32;
}

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

auto order_of(const LineTotal& total) {
  const PackedLeg& sum = total.sum;
  return std::tuple(sum.debtor, sum.creditor, sum.reason, sum.partner, sum.version, sum.second);
}

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

// At most a quarter of the slots is in use.
void LineTotals::grow(std::size_t lines) {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(lines, 16) * 4), kNone);
  mask_ = slots_.size() - 1;
  totals_.reserve(slots_.size() / 4);
  for (std::uint32_t n = 0; n < totals_.size(); ++n) {
    place(n);
  }
}

void LineTotals::place(std::uint32_t number) {
  std::size_t at = hash_of(key_of(totals_[number].sum)) & mask_;
  while (slots_[at] != kNone) {
    at = (at + 1) & mask_;
  }
  slots_[at] = number;
}

LineTotal& LineTotals::insert(const PackedLeg& key, std::size_t at) {
  LineTotal total{.sum = key};
  total.sum.prior = 0;
  total.sum.quantity = 0;
  total.sum.fen = 0;
  check(totals_.size() < kNone, "lines are numbered by 32 bits");
  slots_[at] = static_cast<std::uint32_t>(totals_.size());
  totals_.push_back(total);
  if (totals_.size() * 4 > slots_.size()) {
    grow(totals_.size() * 2);
  }
  return totals_.back();
}

inline LineTotal& LineTotals::total_of(const PackedLeg& key) {
  const Key wanted = key_of(key);
  for (std::size_t at = hash_of(wanted) & mask_;; at = (at + 1) & mask_) {
    const std::uint32_t number = slots_[at];
    if (number == kNone) [[unlikely]] {
      return insert(key, at);
    }
    if (key_of(totals_[number].sum) == wanted) [[likely]] {
      return totals_[number];
    }
  }
}

void LineTotals::add(const PackedLeg& leg) {
  LineTotal& total = total_of(leg);
  add_within(total.sum.quantity, leg.quantity);
  add_within(total.sum.fen, leg.fen);
  ++total.items;
  if (leg.prior != 0) [[unlikely]] {
    ++total.prior_items;
    total.prior_quantity += leg.quantity;
  }
}

void LineTotals::add(std::span<const PackedLeg> legs) {
  for (const PackedLeg& leg : legs) {
    add(leg);
  }
}

void LineTotals::add(const LineTotal& other) {
  LineTotal& total = total_of(other.sum);
  add_within(total.sum.quantity, other.sum.quantity);
  add_within(total.sum.fen, other.sum.fen);
  total.items += other.items;
  total.prior_items += other.prior_items;
  add_within(total.prior_quantity, other.prior_quantity);
}

std::vector<Line> LineTotals::lines(const RuleBook& rules) const {
  std::vector<const LineTotal*> order;
  order.reserve(totals_.size());
  for (const LineTotal& total : totals_) {
    order.push_back(&total);
  }
  std::ranges::sort(order, {}, [](const LineTotal* total) { return order_of(*total); });
  std::vector<Line> lines;
  lines.reserve(order.size());
  std::uint64_t leaf = 0;
  for (const LineTotal* total : order) {
    const PackedLeg& sum = total->sum;
    Line& line = lines.emplace_back(Line{.debtor = sum.debtor,
                                         .creditor = sum.creditor,
                                         .reason = sum.reason,
                                         .partner = sum.partner,
                                         .version = sum.version,
                                         .second = sum.second,
                                         .quantity = sum.quantity,
                                         .price = price_of(sum, rules),
                                         .fen = sum.fen,
                                         .items = total->items,
                                         .prior_items = total->prior_items,
                                         .prior_quantity = total->prior_quantity,
                                         .first_leaf = leaf});
    if (line.at_cost()) {
      line.exact = Ratio(line.fen, 1);
    } else {
      line.exact = line.price * line.quantity;
      line.fen = line.exact.round_half_up();
    }
    leaf += total->items;
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
