// What goes wrong in a run: how often, per thousand chances, and how badly. A seed draws the kinds
// of fault and their rates, so that each comes alone in some runs and with all the others in
// others.
#pragma once

#include <cstdint>

#include "app/generate/random.h"

namespace ph::sim {

struct Faults {
  // The network, per message.
  std::uint32_t lost{0};
  std::uint32_t doubled{0};
  std::uint32_t refused{0};  // `send` says false
  std::uint32_t delay_min_ms{5};
  std::uint32_t delay_max_ms{5};
  // Per link and day.
  std::uint32_t cut{0};
  // Processes, per durable step: death before it or after it, a write that fails, is torn, or
  // fails after it was carried out.
  std::uint32_t death{0};
  std::uint32_t failed_write{0};
  // Per turn of a process: death between durable steps.
  std::uint32_t killed{0};
  // Per turn of a process: another is started in its place, and it doesn't know.
  std::uint32_t rival{0};
  // Per turn of the clearing, or of a node without an open day.
  std::uint32_t snapshot{0};
  std::uint32_t archived{0};  // of the snapshots: the blocks that two stand behind are dropped
  std::uint32_t rotten_snapshot{0};  // of the starts
  // Per dropped file.
  std::uint32_t mischief{0};
  // Business clocks differ from true time by up to so much.
  std::uint32_t skew_ms{0};
  // Rows of a slice; bytes of a chunk, and how many chunks may be under way.
  std::uint32_t slice_steps{65'536};
  std::uint32_t chunk_bytes{1U << 20U};
  std::uint32_t window_chunks{8};
  // One death, at this durable step of all that the run has, before or after it; 0: none.
  std::uint64_t death_at{0};
  bool death_after{false};
};

[[nodiscard]] inline Faults draw_faults(std::uint64_t seed) {
  generate::Random random(seed ^ 0xFA17'5EEDU);
  const auto sometimes = [&random](std::uint32_t low, std::uint32_t high) {
    const std::uint32_t rate = random.between(low, high);
    return random.below(100) < 70 ? rate : 0U;
  };
  Faults faults;
  faults.lost = sometimes(20, 250);
  faults.doubled = sometimes(20, 200);
  faults.refused = sometimes(10, 100);
  faults.delay_max_ms = 5 + sometimes(20, 3'000);
  faults.cut = sometimes(100, 1'000);
  faults.death = sometimes(2, 12);
  faults.failed_write = sometimes(1, 5);
  faults.killed = sometimes(1, 8);
  faults.rival = sometimes(1, 8);
  faults.snapshot = sometimes(5, 60);
  faults.archived = sometimes(100, 500);
  faults.rotten_snapshot = sometimes(50, 200);
  faults.mischief = sometimes(50, 500);
  faults.skew_ms = sometimes(500, 4'000);
  faults.slice_steps = random.between(2, 24);
  faults.chunk_bytes = random.between(400, 4'000);
  faults.window_chunks = random.between(1, 6);
  return faults;
}

}  // namespace ph::sim
