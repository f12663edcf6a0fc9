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

// Adds, and gives the bits of how large part and sum are. While all of them are below 2^62 no sum
// can have wrapped around; so many are looked at together. Amount's own bound is held by `totals`.
std::uint64_t add_wrapping(std::int64_t& sum, std::int64_t part) {
  const std::uint64_t added = static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(part);
  sum = static_cast<std::int64_t>(added);
  const auto magnitude = [](std::int64_t n) { return static_cast<std::uint64_t>(n ^ (n >> 63)); };
  return magnitude(part) | magnitude(sum);
}

void check_magnitudes(std::uint64_t magnitudes) {
  check(magnitudes >> 62 == 0, "sums of amounts within their bound");
}

// A line's place in the canonical order, as numbers that sort fast.
struct Order {
  std::uint64_t high{};
  std::uint64_t low{};
  std::size_t at{};

  friend bool operator<(const Order& a, const Order& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  }
};

// Prices by version. A line's neighbours often have the same one, other lines a near one.
class Prices {
 public:
  explicit Prices(const RuleBook& rules) : rules_(rules), known_(kKnown) {}

  [[nodiscard]] Ratio of(const PackedLeg& sum) {
    if (sum.version == 0) {
      return {};
    }
    return sum.second == 0 ? of_version(sum.version)
                           : of_version(sum.version) * of_version(sum.second);
  }

 private:
  static constexpr std::size_t kKnown = 4096;

  const Ratio& of_version(std::uint32_t version) {
    auto& [known, price] = known_[version % kKnown];
    if (known != version) {
      const PriceRow* row = rules_.by_version(version);
      check(row != nullptr, "a leg's price version is in the book");
      known = version;
      price = row->ratio();
    }
    return price;
  }

  const RuleBook& rules_;
  std::vector<std::pair<std::uint32_t, Ratio>> known_;
};

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

LineTotals::LineTotals(std::size_t lines_expected) {
  grow(lines_expected);
}

inline LineTotals::Key LineTotals::key_of(const PackedLeg& leg) {
  const auto words = std::bit_cast<std::array<std::uint64_t, sizeof(PackedLeg) / 8>>(leg);
  return {.high = words[0] & kNotPrior, .low = words[1]};
}

// The keys are small numbers side by side: only a full product spreads them well.
inline std::uint64_t LineTotals::hash_of(const Key& key) {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{key.high ^ 0x9e3779b97f4a7c15} * (key.low ^ 0xbf58476d1ce4e5b9);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
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
      while (rows_[at].key != Key()) {
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
    while (rows_[at].key != Key()) {
      at = (at + 1) & mask_;
    }
  }
  ++size_;
  rows_[at].key = key;
  return at;
}

inline std::size_t LineTotals::find(const Key& key, std::size_t at) {
  const Row* const rows = rows_.data();
  for (;; at = (at + 1) & mask_) {
    if (rows[at].key == key) [[likely]] {
      return at;
    }
    if (rows[at].key == Key()) [[unlikely]] {
      return take(key, at);
    }
  }
}

inline std::uint64_t LineTotals::add_at(std::size_t at, const PackedLeg& leg) {
  Row& row = rows_.data()[at];  // `find` gave the index.
  std::uint64_t magnitudes = add_wrapping(row.quantity, leg.quantity);
  ++row.items;
  if ((leg.fen | leg.prior) != 0) [[unlikely]] {
    Rest& rest = rests_[at];
    magnitudes |= add_wrapping(rest.fen, leg.fen);
    if (leg.prior != 0) {
      ++rest.prior_items;
      magnitudes |= add_wrapping(rest.prior_quantity, leg.quantity);
    }
  }
  return magnitudes;
}

void LineTotals::add(const PackedLeg& leg) {
  const Key key = key_of(leg);
  check_magnitudes(add_at(find(key, hash_of(key) & mask_), leg));
}

// In blocks, since with tens of thousands of lines a row is seldom in the nearest cache: so the
// fetches of a whole block are under way together, and those of the legs far ahead of them.
void LineTotals::add(std::span<const PackedLeg> legs) {
  constexpr std::size_t kBlock = 16;
  constexpr std::size_t kLegsALine = 2;
  constexpr std::size_t kAheadBytes = 4096;
  std::array<std::uint64_t, kBlock> hashes;
  const PackedLeg* leg = legs.data();
  const PackedLeg* const end = leg + legs.size();
  for (; end - leg >= static_cast<std::ptrdiff_t>(kBlock); leg += kBlock) {
    const auto* ahead = reinterpret_cast<const std::byte*>(leg) + kAheadBytes;
    for (std::size_t n = 0; n < kBlock; n += kLegsALine) {
      __builtin_prefetch(ahead + n * sizeof(PackedLeg));
    }
    for (std::size_t n = 0; n < kBlock; ++n) {
      hashes[n] = hash_of(key_of(leg[n]));
      __builtin_prefetch(rows_.data() + (hashes[n] & mask_), 1);
    }
    std::uint64_t magnitudes = 0;
    for (std::size_t n = 0; n < kBlock; ++n) {
      magnitudes |= add_at(find(key_of(leg[n]), hashes[n] & mask_), leg[n]);
    }
    check_magnitudes(magnitudes);
  }
  for (; leg != end; ++leg) {
    add(*leg);
  }
}

void LineTotals::add(const LineTotal& other) {
  check(other.items != 0, "a total has items");
  const Key key = key_of(other.sum);
  const std::size_t at = find(key, hash_of(key) & mask_);
  rows_[at].items += other.items;
  rests_[at].prior_items += other.prior_items;
  check_magnitudes(add_wrapping(rows_[at].quantity, other.sum.quantity) |
                   add_wrapping(rests_[at].fen, other.sum.fen) |
                   add_wrapping(rests_[at].prior_quantity, other.prior_quantity));
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
  check(Points::from(row.quantity) && Fen::from(rests_[at].fen), "amounts within their bound");
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
      const Key key = rows_[at].key;
      const auto field = [&key](int shift) { return key.high >> shift & 0xFFFF; };
      order.push_back({.high = field(0) << 48 | field(16) << 32 | field(32) << 16 | field(48),
                       .low = key.low << 32 | key.low >> 32,
                       .at = at});
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
  Prices prices(rules);
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
                                         .price = prices.of(sum),
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
