// The cut-off record: the only input of a period (docs/formats.md, section 5).
#pragma once

#include <cstdint>
#include <vector>

#include "core/types/digest.h"
#include "core/types/id.h"

namespace ph {

struct CutoffSender {
  Participant sender{};
  std::uint32_t sequence{};  // last one included; 0 = none
  Digest batch{};            // its digest; zeros = none
};
struct CutoffOpening {
  Participant province{};
  Digest digest{};
};
struct Cutoff {
  Month period{};
  BusinessDate close{};
  Digest rulebook{};
  Digest calendar{};
  std::vector<CutoffOpening> openings{};  // ascending by number
  std::vector<CutoffSender> senders{};    // ascending by number, every province and partner

  // Last sequence included of a sender; 0 when it isn't named.
  [[nodiscard]] std::uint32_t sequence_of(Participant sender) const {
    for (const CutoffSender& row : senders) {
      if (row.sender == sender) {
        return row.sequence;
      }
    }
    return 0;
  }
};

}  // namespace ph
