#include "core/pricing/quote.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "core/types/amount.h"
#include "core/types/check.h"
#include "core/types/ratio.h"

namespace ph {

namespace {

bool covered(const QuoteRequest& request, const RuleBook& rules) {
  const ContractRow* contract = rules.contract(request.partner, request.date);
  if (contract == nullptr) {
    return false;
  }
  switch (request.kind) {
    case AskKind::kRedeem:
      return contract->use;
    case AskKind::kAccrual:
      return contract->accumulating;
    case AskKind::kExchangeOut:
    case AskKind::kExchangeIn:
      return contract->exchanging;
    case AskKind::kHold:
    case AskKind::kCapture:
    case AskKind::kVoid:
    case AskKind::kRefund:
    case AskKind::kReversal:
    case AskKind::kMove:
      break;
  }
  return false;
}

Int128 divided_up(Int128 n, Int128 by) {
  return (n + by - 1) / by;
}

// nullopt: beyond what an amount can be.
std::optional<std::int64_t> amount(Int128 n) {
  return n > kAmountMax ? std::nullopt : std::optional(static_cast<std::int64_t>(n));
}

// `points` and `fen` by a price in fen a point.
Quote priced(const QuoteRequest& request, const PriceRow& row, Quote out) {
  std::optional<std::int64_t> points = request.points;
  if (request.fen > 0) {
    points = row.num == 0 ? std::nullopt
                          : amount(divided_up(static_cast<Int128>(request.fen) * row.den, row.num));
  }
  // Half up, in Int128: the fen of many points at a high price are no amount.
  const auto fen =
      points ? amount((static_cast<Int128>(*points) * row.num * 2 + row.den) / (row.den * 2))
             : std::nullopt;
  if (!fen) {
    out.code = AskCode::kRate;
    return out;
  }
  out.points = *points;
  out.fen = *fen;
  return out;
}

// `num/den` of the row is what the member gets for one that he gives.
Quote exchanged(const QuoteRequest& request, const PriceRow& row, Quote out) {
  const bool gives_points = request.kind == AskKind::kExchangeOut;
  const std::int64_t asked_given = gives_points ? request.points : request.units;
  const std::int64_t asked_got = gives_points ? request.units : request.points;
  // Whole blocks for which a whole number is got.
  const std::int64_t step = std::lcm(row.block, row.den / std::gcd(row.num, row.den));
  const Int128 least = divided_up(row.min, step) * step;
  const Int128 given =
      asked_given > 0
          ? Int128{asked_given / step} * step
          : divided_up(divided_up(static_cast<Int128>(asked_got) * row.den, row.num), step) * step;
  const auto gives = amount(std::max(given, least));
  const auto gets = gives ? amount(static_cast<Int128>(*gives) * row.num / row.den) : std::nullopt;
  if (!gets) {
    out.code = AskCode::kRate;
    return out;
  }
  out.points = gives_points ? *gives : *gets;
  out.units = gives_points ? *gets : *gives;
  out.block = row.block;
  out.min = row.min;
  return out;
}

}  // namespace

Quote quote_of(const QuoteRequest& request, const RuleBook& rules) {
  const auto in_force = [&](PriceKind kind) {
    return rules.partner_price(kind, request.partner, request.date);
  };
  const bool out = request.kind == AskKind::kExchangeOut;
  const bool exchange = out || request.kind == AskKind::kExchangeIn;
  const PriceRow* row = in_force(out                                ? PriceKind::kOut
                                 : exchange                         ? PriceKind::kIn
                                 : request.kind == AskKind::kRedeem ? PriceKind::kReimburse
                                                                    : PriceKind::kSale);
  // An exchange takes place while both directions are in force (rate_fits).
  const bool both = !exchange || in_force(out ? PriceKind::kIn : PriceKind::kOut) != nullptr;
  if (!covered(request, rules) || row == nullptr || !both) {
    return {.number = request.number, .code = AskCode::kNoContract};
  }
  const Quote head{
      .number = request.number, .rate = row->version, .num = row->num, .den = row->den};
  return exchange ? exchanged(request, *row, head) : priced(request, *row, head);
}

}  // namespace ph
