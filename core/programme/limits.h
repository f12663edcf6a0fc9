// Whether a member may redeem now (domain 8.10, 8.11; [limits] of the programme).
#pragma once

#include <optional>

#include "core/programme/programme_rows.h"
#include "core/programme/refusal.h"
#include "core/types/amount.h"
#include "core/types/date.h"

namespace ph::programme {

struct MemberFacts {
  bool blacklisted{};
  bool in_arrears{};              // one of his accounts is suspended
  std::optional<Month> joined{};  // first joining month of his accounts, if any is known
  Points earned{};                // all lots made so far
  Points taken_today{};           // or held, less what was given back of it on the same day
};

// kNone: he may. The order of the checks is that of the codes.
[[nodiscard]] Refusal may_redeem(const Limits& limits, const MemberFacts& facts, Points points,
                                 BusinessDate on);

}  // namespace ph::programme
