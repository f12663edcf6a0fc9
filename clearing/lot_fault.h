// How the fault of a batch against the lots of its home (core/intake/lot_ledger.h) is told.
#pragma once

#include "core/intake/lot_ledger.h"
#include "core/rules/rulebook.h"
#include "platform/files/fault.h"

namespace ph {

// SET_POINTS or SET_LOT.
[[nodiscard]] Fault fault_of(const LotFault& fault, const RuleBook& rules);

}  // namespace ph
