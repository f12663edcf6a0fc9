#include "core/programme/earning.h"

#include "core/programme/rounding.h"

namespace ph::programme {

Points points_of(const EarnRule& rule, Fen eligible) {
  const Int128 num = rule.points_per_unit.num() * eligible.count();
  const Int128 den = rule.points_per_unit.den() * rule.unit_fen;
  switch (rule.round) {
    case Rounding::kFloor:
      return Points::of(rounded_down(num, den));
    case Rounding::kUp:
      return Points::of(rounded_up(num, den));
  }
  return {};
}

std::optional<Fen> eligible(Fen total, Fen third_party, Fen collected) {
  const Fen rest = total - third_party - collected;
  return rest < Fen{} ? std::nullopt : std::optional(rest);
}

Points uplift(Points consumption, Ratio rate) {
  return Points::of(rounded_down(rate.num() * consumption.count(), rate.den()));
}

Points sp_points(const EarnRule& rule, Fen spend, Ratio share) {
  return Points::of(rounded_down(share.num() * spend.count(), share.den() * rule.unit_fen));
}

Points partner_points(Fen spend, Ratio points_per_yuan) {
  return Points::of(
      rounded_down(points_per_yuan.num() * spend.count(), points_per_yuan.den() * 100));
}

Points converted(Units fixed_line, Ratio in) {
  return Points::of(rounded_down(in.num() * fixed_line.count(), in.den()));
}

Units converted(Points mobile, Ratio out) {
  return Units::of(rounded_down(out.num() * mobile.count(), out.den()));
}

}  // namespace ph::programme
