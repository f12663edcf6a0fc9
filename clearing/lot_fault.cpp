#include "clearing/lot_fault.h"

#include "core/statement/names.h"

namespace ph {

Fault fault_of(const LotFault& fault, const RuleBook& rules) {
  if (fault.other.empty()) {
    return {.code = FaultCode::kSetPoints,
            .column = "member " + fault.member.text(),
            .value = std::to_string(fault.remaining) + " points",
            .expected = "0 to " + std::to_string(fault.original)};
  }
  return {.code = FaultCode::kSetLot,
          .column = std::string(fault.other),
          .value = "lot " + Names(rules).text(fault.lot) + ", member " + fault.member.text(),
          .expected = "what was said of this lot before"};
}

}  // namespace ph
