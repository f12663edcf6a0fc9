// The steps of an order, from asked for to given or given back
// (docs/decisions/0023-programme-format.md, section 2).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/programme/programme_rows.h"
#include "core/programme/refusal.h"
#include "core/types/date.h"
#include "core/types/result.h"

namespace ph::programme {

enum class OrderState : std::uint8_t {
  kCreated = 1,
  kShipped = 2,
  kDelivered = 3,
  kFailed = 4,
  kReturned = 5,
};
[[nodiscard]] std::string_view word(OrderState);

enum class OrderEvent : std::uint8_t {
  kShipped = 1,
  kDelivered = 2,
  kReturned = 3,
  kFailed = 4,
  kRefunded = 5,  // by a complaint that ended so
};

struct OrderSteps {
  OrderState state{OrderState::kCreated};
  BusinessDate created{};
  BusinessDate delivered{};  // of DELIVERED and RETURNED

  friend bool operator==(const OrderSteps&, const OrderSteps&) = default;
};

// Own products and phone credit are delivered at once.
[[nodiscard]] constexpr bool is_delivered_at_once(const CatalogueItem& item) {
  return item.kind == ItemKind::kOwn || item.form == Form::kPhoneCredit;
}

// kState: it can't become this, or its time is over.
[[nodiscard]] Result<OrderSteps, Refusal> step(const OrderSteps& order, OrderEvent event,
                                               BusinessDate on, const OrderRule& rule);

// The points are freed: it is neither delivered nor failed, and its hold is over.
[[nodiscard]] bool is_overdue(const OrderSteps& order, BusinessDate on, const OrderRule& rule);
// Whether a complaint is still taken.
[[nodiscard]] bool may_complain(const OrderSteps& order, BusinessDate on, const OrderRule& rule);

// Pieces that an order's step puts back: what is returned comes with a row of its own, as somebody
// has to look at it.
[[nodiscard]] constexpr std::int64_t stock_back(OrderState now, std::int64_t quantity) {
  return now == OrderState::kFailed ? quantity : 0;
}

}  // namespace ph::programme
