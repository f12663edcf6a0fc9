#include "core/pricing/rate.h"

#include "core/types/amount.h"

namespace ph {

bool rate_fits(const RatedExchange& exchange, bool out, const RuleBook& rules) {
  const auto in_force = [&](PriceKind kind) {
    return rules.partner_price(kind, exchange.partner, exchange.date);
  };
  const PriceRow* row = in_force(out ? PriceKind::kOut : PriceKind::kIn);
  const PriceRow* back = in_force(out ? PriceKind::kIn : PriceKind::kOut);
  if (row == nullptr || back == nullptr || row->version != exchange.version) {
    return false;
  }
  const std::int64_t given = out ? exchange.points : exchange.units;
  const std::int64_t received = out ? exchange.units : exchange.points;
  return static_cast<Int128>(received) * row->den == static_cast<Int128>(given) * row->num &&
         given % row->block == 0 && given >= row->min;
}

}  // namespace ph
