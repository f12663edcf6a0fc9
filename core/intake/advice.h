// What a batch says to the issuers whose points it changed at another home (docs/wire.md,
// "Advices"): sums by account, which decide nothing.
#pragma once

#include <vector>

#include "core/batch/item.h"
#include "core/intake/lot_ledger.h"

namespace ph {

struct IssuerAdvice {
  Participant issuer{};
  PointSums sums{};

  friend bool operator==(const IssuerAdvice&, const IssuerAdvice&) = default;
};

// Of every issuer but the batch's sender: the sums of the deltas of its lots and debts, over
// movements and slices. Ascending by issuer; whoever has only zeros isn't there.
[[nodiscard]] std::vector<IssuerAdvice> advices_of(const BatchView& batch);

}  // namespace ph
