// Running totals: one for each debtor, creditor, reason, partner and price version. Legs are added
// as they settle, so that pricing and netting cost the number of lines, not of legs; a rescan of
// all legs is the audit, and must give the same lines to the byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/netting/lines.h"
#include "core/pricing/leg.h"

namespace ph {

// What a line is summed from: a settled leg without its id. The struct is the layout of a store of
// legs, little-endian, without padding.
struct PackedLeg {
  Participant debtor{};
  Participant creditor{};
  Reason reason{};
  std::uint8_t prior{};  // 1: business date before the period
  Participant partner{};
  std::uint32_t version{};
  std::uint32_t second{};
  std::int64_t quantity{};  // points, or the partner's units of a purchase
  std::int64_t fen{};       // gifts only

  friend bool operator==(const PackedLeg&, const PackedLeg&) = default;
};
static_assert(sizeof(PackedLeg) == 32 && std::is_trivially_copyable_v<PackedLeg>);

[[nodiscard]] PackedLeg pack(const Leg& leg, Month period);

// A line as it runs: exact sums, nothing multiplied or rounded. Also the layout of a snapshot.
struct LineTotal {
  PackedLeg sum{};  // `prior` 0
  std::uint64_t items{};
  std::uint64_t prior_items{};
  std::int64_t prior_quantity{};
  std::uint64_t zero{};

  friend bool operator==(const LineTotal&, const LineTotal&) = default;
};
static_assert(sizeof(LineTotal) == 64 && std::is_trivially_copyable_v<LineTotal>);

class LineTotals {
 public:
  explicit LineTotals(std::size_t lines_expected = kLinesExpected);

  void add(const PackedLeg& leg);
  void add(std::span<const PackedLeg> legs);
  // Of another part of the legs, or from a snapshot.
  void add(const LineTotal& total);
  void add(const LineTotals& other);

  [[nodiscard]] std::size_t size() const { return size_; }
  // In canonical order.
  [[nodiscard]] std::vector<LineTotal> totals() const;
  // Priced and rounded, in canonical order; `first_leaf` counts the items of the lines before. The
  // same as `lines_of` the same legs. Versions are in the book.
  [[nodiscard]] std::vector<Line> lines(const RuleBook& rules) const;

 private:
  static constexpr std::size_t kLinesExpected = 4096;

  // The first 16 bytes of a leg without `prior`: what makes a line. That of a free row has ones
  // where `prior` was.
  struct Key {
    std::uint64_t high{~std::uint64_t{0}};
    std::uint64_t low{};
    friend bool operator==(const Key&, const Key&) = default;
  };
  // What nearly every leg changes, 32 bytes; the rest lies apart.
  struct Row {
    Key key{};
    std::int64_t quantity{};
    std::uint64_t items{};
  };
  struct Rest {
    std::int64_t fen{};
    std::uint64_t prior_items{};
    std::int64_t prior_quantity{};
  };

  [[nodiscard]] static Key key_of(const PackedLeg& leg);
  [[nodiscard]] static std::uint64_t hash_of(const Key& key);
  // Gives how large the sums have become, for a check.
  std::uint64_t add_to(Row& row, std::size_t at, const PackedLeg& leg);
  static std::uint64_t add_rest(Rest& rest, const PackedLeg& leg);
  // The row of a key, looked for from `at` on, which its hash gave; a free one is taken.
  [[nodiscard]] std::size_t find(const Key& key, std::size_t at);
  [[nodiscard]] std::size_t take(const Key& key, std::size_t at);
  void grow(std::size_t lines);
  [[nodiscard]] LineTotal total_at(std::size_t at) const;
  // A line's place in the canonical order but for its versions, and its row.
  struct Place {
    std::uint64_t key{};  // creditor, reason, partner
    std::uint32_t at{};
    std::uint32_t debtor{};
  };
  [[nodiscard]] LineTotal total_at(const std::vector<Place>& order, std::size_t place) const;
  [[nodiscard]] std::vector<Place> canonical_order() const;

  std::vector<Row> rows_;    // open addressing; a power of two, at most half of them in use
  std::vector<Rest> rests_;  // of the same index
  std::size_t mask_{0};
  std::size_t size_{0};
};

// A cell of the bilateral matrix: what the lines of a pair come to.
struct MatrixCell {
  Participant debtor{};
  Participant creditor{};
  std::int64_t fen{};
};
// All cells that have a line, by debtor, creditor. `lines` in canonical order.
[[nodiscard]] std::vector<MatrixCell> matrix_of(const std::vector<Line>& lines);

}  // namespace ph
