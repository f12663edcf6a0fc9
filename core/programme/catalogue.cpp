#include "core/programme/catalogue.h"

#include <algorithm>

#include "core/programme/rounding.h"

namespace ph::programme {

namespace {

bool holds_at(const Price& price, BusinessTime at) {
  const BusinessDate date = at.date();
  const auto minute = static_cast<int>(at.seconds_of_day() / 60);
  return price.in_force.holds(date) && price.minute_from <= minute && minute < price.minute_to &&
         (price.weekdays >> date.weekday() & 1) != 0;
}

bool is_entitled(const CatalogueItem& item, std::span<const Held> held) {
  return item.levels.empty() ||
         std::any_of(item.levels.begin(), item.levels.end(), [&](const Ref& level) {
           return std::any_of(held.begin(), held.end(),
                              [&](const Held& has) { return has.grade == level.index; });
         });
}

bool is_priced(const CatalogueItem& item, const Wanted& wanted, BusinessTime at) {
  if (item.credit) {
    return wanted.quantity == 1 && wanted.cash == Fen{} && credit_of(item, wanted.points);
  }
  const Price* price =
      wanted.quantity > kQuantityMax ? nullptr : price_at(item, wanted.quantity, at);
  return price != nullptr && price->points == wanted.points.count() &&
         price->cash == wanted.cash.count();
}

}  // namespace

const Price* price_at(const CatalogueItem& item, std::int64_t quantity, BusinessTime at) {
  if (!item.in_force.holds(at.date())) {
    return nullptr;
  }
  const Price* best = nullptr;
  for (const Price& price : item.prices) {
    if (price.quantity != quantity || !holds_at(price, at)) {
      continue;
    }
    const bool narrower = best == nullptr || price.minutes_a_week() < best->minutes_a_week() ||
                          (price.minutes_a_week() == best->minutes_a_week() &&
                           price.in_force.from > best->in_force.from);
    best = narrower ? &price : best;
  }
  return best;
}

std::optional<Fen> credit_of(const CatalogueItem& item, Points points) {
  if (!item.credit || points <= Points{} || points.count() % item.step != 0) {
    return std::nullopt;
  }
  return Fen::of(rounded_down(item.credit->num() * points.count(), item.credit->den()));
}

Refusal may_order(const CatalogueItem& item, const Wanted& wanted, std::span<const Held> held,
                  std::int64_t stock, BusinessTime at) {
  if (!item.in_force.holds(at.date())) return Refusal::kUnknownName;
  if (!is_entitled(item, held) || (wanted.for_other && item.beneficiary == Beneficiary::kSelf)) {
    return Refusal::kNotEntitled;
  }
  if (!is_priced(item, wanted, at)) return Refusal::kPrice;
  if (item.stock == Stock::kCounted && stock < wanted.quantity) return Refusal::kOutOfStock;
  return Refusal::kNone;
}

}  // namespace ph::programme
