// W4: settled legs of 31 provinces and 1,000 partners: pricing and netting from running totals, and
// the audit's rescan of all legs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/bench/options.h"
#include "app/bench/store.h"
#include "app/bench/world.h"
#include "core/netting/totals.h"

namespace ph::bench {

// The store of legs: this header, then the records. Its layout is in docs/benchmarks.md.
struct LegsHeader {
  std::array<char, 4> magic{'P', 'H', 'L', '1'};
  std::uint16_t record_bytes{sizeof(PackedLeg)};
  Month period{};
  std::uint64_t legs{};
  std::uint64_t transactions{};
  std::uint64_t zero{};
};
static_assert(sizeof(LegsHeader) == 32);

// Writes `legs.bin`, and `totals.bin`: the running totals as they stood after the last leg, to
// which each leg was added as it settled.
void prepare_w4(const World& world, const BenchOptions& options, const std::string& directory);

struct StoredLegs {
  MappedFile file;
  LegsHeader header{};
  std::span<const PackedLeg> legs{};
};
[[nodiscard]] StoredLegs load_legs(const std::string& directory);
[[nodiscard]] LineTotals load_totals(const std::string& directory);

// legs.csv and prices.csv (docs/benchmarks.md).
void export_w4(const World& world, std::span<const PackedLeg> legs, const std::string& directory);
// `debtor,creditor,reason,partner,version,second,items,prior_items,quantity,fen`, all numbers, a
// line each in canonical order: what the other systems compute, too.
[[nodiscard]] std::string lines_text(const std::vector<Line>& lines);

}  // namespace ph::bench
