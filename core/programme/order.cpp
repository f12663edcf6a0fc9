#include "core/programme/order.h"

namespace ph::programme {

namespace {

bool is_open(OrderState state) {
  return state == OrderState::kCreated || state == OrderState::kShipped;
}

}  // namespace

std::string_view word(OrderState state) {
  switch (state) {
    case OrderState::kCreated:
      return "CREATED";
    case OrderState::kShipped:
      return "SHIPPED";
    case OrderState::kDelivered:
      return "DELIVERED";
    case OrderState::kFailed:
      return "FAILED";
    case OrderState::kReturned:
      return "RETURNED";
  }
  return "";
}

Result<OrderSteps, Refusal> step(const OrderSteps& order, OrderEvent event, BusinessDate on,
                                 const OrderRule& rule) {
  const bool over = is_overdue(order, on, rule);
  OrderSteps now = order;
  switch (event) {
    case OrderEvent::kShipped:
      if (order.state != OrderState::kCreated || over) return Fail{Refusal::kState};
      now.state = OrderState::kShipped;
      return now;
    case OrderEvent::kDelivered:
      if (!is_open(order.state) || over) return Fail{Refusal::kState};
      now.state = OrderState::kDelivered;
      now.delivered = on;
      return now;
    case OrderEvent::kFailed:
      if (!is_open(order.state)) return Fail{Refusal::kState};
      now.state = OrderState::kFailed;
      return now;
    case OrderEvent::kReturned:
      if (!may_complain(order, on, rule)) return Fail{Refusal::kState};
      now.state = OrderState::kReturned;
      return now;
    case OrderEvent::kRefunded:
      // The complaint came in time; how long it took to decide is not the member's fault.
      if (order.state != OrderState::kDelivered) return Fail{Refusal::kState};
      now.state = OrderState::kReturned;
      return now;
  }
  return Fail{Refusal::kState};
}

bool is_overdue(const OrderSteps& order, BusinessDate on, const OrderRule& rule) {
  return is_open(order.state) && on.count() > order.created.count() + rule.hold_days;
}

bool may_complain(const OrderSteps& order, BusinessDate on, const OrderRule& rule) {
  return order.state == OrderState::kDelivered &&
         on.count() <= order.delivered.count() + rule.complaint_days;
}

}  // namespace ph::programme
