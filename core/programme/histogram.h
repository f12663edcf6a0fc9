// How many units have which score, of one province or of all: from it the clearing reads its cuts
// (docs/decisions/0023-programme-format.md, sections 1.4 and 4.2). Merged, it is that of all units,
// whatever the split into provinces and the order of their coming.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ph::programme {

// Of a unit, over the common denominator of the grading's factors: score / scale is exact.
using Score = std::uint64_t;

class Histogram {
 public:
  struct Entry {
    Score score{};
    std::uint64_t units{};

    friend bool operator==(const Entry&, const Entry&) = default;
  };
  static constexpr std::uint64_t kUnitsMax = std::uint64_t{1} << 40;
  // A threshold of it is still an amount, in whatever scale and multiple.
  static constexpr Score kScoreMax = 4'000'000'000'000'000'000;

  Histogram() = default;
  // None unless scores strictly descend from at most kScoreMax on, and units are above 0 and at
  // most kUnitsMax in all.
  [[nodiscard]] static std::optional<Histogram> from(std::vector<Entry> entries);
  [[nodiscard]] static Histogram merge(std::span<const Histogram> parts);

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] std::uint64_t units() const { return units_; }
  // Score of the unit at this rank, 1 highest; none beyond the last one.
  [[nodiscard]] std::optional<Score> at_rank(std::uint64_t rank) const;

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  friend class HistogramBuilder;
  [[nodiscard]] static Histogram merged(const Histogram& a, const Histogram& b);

  std::vector<Entry> entries_;  // scores strictly descending
  std::uint64_t units_{0};
};

// Takes scores in any order. Its memory is that of the different scores, twice at most.
class HistogramBuilder {
 public:
  void add(Score score, std::uint64_t units = 1);
  [[nodiscard]] Histogram build() &&;

 private:
  void settle();

  Histogram settled_;
  std::vector<Histogram::Entry> coming_;  // in any order, equal ones too
};

// Rank of the last unit within the first `percent` of n: max(1, ceil(n x percent / 100)).
[[nodiscard]] constexpr std::uint64_t rank_of(std::uint64_t n, int percent) {
  const std::uint64_t rank = (n * static_cast<std::uint64_t>(percent) + 99) / 100;
  return rank == 0 ? 1 : rank;
}

// A scaled score, at most Histogram::kScoreMax, rounded half up to a multiple. Scale and multiple
// are above 0.
[[nodiscard]] std::int64_t threshold_of(Score score, std::uint32_t scale, std::int64_t multiple);

}  // namespace ph::programme
