#include "core/programme/limits.h"

namespace ph::programme {

Refusal may_redeem(const Limits& limits, const MemberFacts& facts, Points points, BusinessDate on) {
  if (facts.blacklisted && limits.blacklist == Redeeming::kBlock) return Refusal::kBlacklisted;
  if (facts.in_arrears && limits.arrears == Redeeming::kBlock) return Refusal::kInArrears;
  if (limits.new_days > 0 && facts.joined &&
      on.count() <= last_day(*facts.joined).count() + limits.new_days) {
    return Refusal::kNewAccount;
  }
  if (facts.earned.count() < limits.earned_min) return Refusal::kEarnedTooLittle;
  if (limits.single_max > 0 && points.count() > limits.single_max) return Refusal::kOverSingle;
  if (limits.daily_max > 0 && (facts.taken_today + points).count() > limits.daily_max) {
    return Refusal::kOverDaily;
  }
  return Refusal::kNone;
}

}  // namespace ph::programme
