#include "core/netting/totals.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>

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
  const auto* bytes = reinterpret_cast<const std::byte*>(&leg);
  Key key;
  std::memcpy(&key.high, bytes, sizeof key.high);
  std::memcpy(&key.low, bytes + sizeof key.high, sizeof key.low);
  key.high &= kNotPrior;
  return key;
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

std::size_t LineTotals::find(const Key& key, std::size_t at) {
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

inline std::uint64_t LineTotals::add_to(Row& row, std::size_t at, const PackedLeg& leg) {
  std::uint64_t magnitudes = add_wrapping(row.quantity, leg.quantity);
  ++row.items;
  if ((leg.fen | leg.prior) != 0) [[unlikely]] {
    magnitudes |= add_rest(rests_[at], leg);
  }
  return magnitudes;
}

std::uint64_t LineTotals::add_rest(Rest& rest, const PackedLeg& leg) {
  std::uint64_t magnitudes = add_wrapping(rest.fen, leg.fen);
  if (leg.prior != 0) {
    ++rest.prior_items;
    magnitudes |= add_wrapping(rest.prior_quantity, leg.quantity);
  }
  return magnitudes;
}

void LineTotals::add(const PackedLeg& leg) {
  const Key key = key_of(leg);
  const std::size_t at = find(key, hash_of(key) & mask_);
  check_magnitudes(add_to(rows_[at], at, leg));
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
  Row* rows = rows_.data();
  std::size_t mask = mask_;
  for (; end - leg >= static_cast<std::ptrdiff_t>(kBlock); leg += kBlock) {
    const auto* ahead = reinterpret_cast<const std::byte*>(leg) + kAheadBytes;
    for (std::size_t n = 0; n < kBlock; n += kLegsALine) {
      __builtin_prefetch(ahead + n * sizeof(PackedLeg));
    }
    for (std::size_t n = 0; n < kBlock; ++n) {
      hashes[n] = hash_of(key_of(leg[n]));
      __builtin_prefetch(rows + (hashes[n] & mask), 1);
    }
    std::uint64_t magnitudes = 0;
    for (std::size_t n = 0; n < kBlock; ++n) {
      const Key key = key_of(leg[n]);
      std::size_t at = hashes[n] & mask;
      if (rows[at].key != key) [[unlikely]] {
        at = find(key, at);
        rows = rows_.data();  // A new line may have moved them.
        mask = mask_;
      }
      magnitudes |= add_to(rows[at], at, leg[n]);
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

// The total of a place in the order; those of places to come are fetched.
LineTotal LineTotals::total_at(const std::vector<Place>& order, std::size_t place) const {
  constexpr std::size_t kAhead = 12;
  if (place + kAhead < order.size()) {
    __builtin_prefetch(&rows_[order[place + kAhead].at]);
    __builtin_prefetch(&rests_[order[place + kAhead].at]);
  }
  return total_at(order[place].at);
}

// Counted out by debtor, then sorted within each: there are many debtors with some lines each.
std::vector<LineTotals::Place> LineTotals::canonical_order() const {
  constexpr std::size_t kDebtors = 0x10000;
  const auto field = [](const Row& row, int shift) { return row.key.high >> shift & 0xFFFF; };
  std::vector<Place> rows;
  rows.reserve(rows_.size() + 1);
  std::vector<std::uint32_t> starts(kDebtors + 1);
  for (std::size_t at = 0; at < rows_.size(); ++at) {
    const Row& row = rows_[at];
    rows.push_back({.key = field(row, 16) << 32 | field(row, 32) << 16 | field(row, 48),
                    .at = static_cast<std::uint32_t>(at),
                    .debtor = static_cast<std::uint32_t>(field(row, 0))});
    if (row.items == 0) {
      rows.pop_back();
    } else {
      ++starts[field(row, 0) + 1];
    }
  }
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<Place> order(size_);
  std::vector<std::uint32_t> next = starts;
  for (const Place& place : rows) {
    order[next[place.debtor]++] = place;
  }
  const auto low = [this](const Place& place) {
    return std::rotl(rows_[place.at].key.low, 32);  // version, second
  };
  const auto before = [&low](const Place& a, const Place& b) {
    return a.key != b.key ? a.key < b.key : low(a) < low(b);
  };
  for (std::size_t debtor = 0; debtor < kDebtors; ++debtor) {
    if (starts[debtor + 1] - starts[debtor] > 1) {
      std::sort(order.begin() + starts[debtor], order.begin() + starts[debtor + 1], before);
    }
  }
  return order;
}

std::vector<LineTotal> LineTotals::totals() const {
  std::vector<LineTotal> totals;
  totals.reserve(size_);
  const std::vector<Place> order = canonical_order();
  for (std::size_t n = 0; n < order.size(); ++n) {
    totals.push_back(total_at(order, n));
  }
  return totals;
}

std::vector<Line> LineTotals::lines(const RuleBook& rules) const {
  std::vector<Line> lines;
  lines.reserve(size_);
  Prices prices(rules);
  std::uint64_t leaf = 0;
  const std::vector<Place> order = canonical_order();
  for (std::size_t n = 0; n < order.size(); ++n) {
    const LineTotal total = total_at(order, n);
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
