// What a partner's prices make of an amount, before anything is asked (docs/partners.md). It moves
// nothing and promises nothing: what is asked later is judged anew.
#pragma once

#include "core/rules/rulebook.h"
#include "core/types/ask.h"

namespace ph {

// A redemption: the points of a price in fen (rounded up: they are worth it), or what the merchant
// gets for points. An accrual: what the partner pays for points. An exchange: points and units that
// can be exchanged, in whole blocks, at least the least: of what the member gives, no more than was
// asked about where that suffices; of what he gets, no less. The request has values that can be.
[[nodiscard]] Quote quote_of(const QuoteRequest& request, const RuleBook& rules);

}  // namespace ph
