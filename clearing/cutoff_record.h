// The cut-off of a period: how the clearing chooses it, and how a record that was written is held
// against what is there (docs/formats.md, section 5).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/close/cutoff.h"

namespace ph {

// A batch that is there: its sequence and business date.
struct BatchPlace {
  std::uint32_t sequence{};
  BusinessDate date{};
};

// The last sequence such that all from 1 on are there and lie in or before the period; 0 for none.
// `batches` ascend by sequence.
[[nodiscard]] std::uint32_t last_gapless(std::span<const BatchPlace> batches, Month period);

// Does a record cite the close and opening files of `found`, and, when it is the period's being
// settled, its rule book and calendar? Those of earlier periods may have grown since.
[[nodiscard]] bool cites_inputs_of(const Cutoff& record, const Cutoff& found, bool settled_now);

// A sender whose last batch is not the one that the record cites.
struct CutoffMismatch {
  CutoffSender cited{};
  CutoffSender found{};
};
// `found` has each sender's last batch taken, ascending by number.
[[nodiscard]] std::vector<CutoffMismatch> mismatches(const Cutoff& record,
                                                     std::span<const CutoffSender> found);

}  // namespace ph
