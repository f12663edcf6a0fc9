// Orders from the catalogue at a home: their points are held until they are delivered, which
// captures them, or have failed, which frees them; what is returned is refunded whole
// (docs/decisions/0023-programme-format.md, section 2).
#include <algorithm>

#include "core/home/home.h"
#include "core/programme/catalogue.h"
#include "core/programme/earning.h"
#include "core/programme/order.h"
#include "core/types/check.h"

namespace ph {

namespace {

using book::OrderRecord;
using programme::CatalogueItem;
using programme::OrderEvent;
using programme::OrderState;

// No time ends an order's hold: it fails by its own rule before.
constexpr BusinessDate kNever{BusinessDate::kCount - 1};
constexpr int kMinutesADay = 24 * 60;
// Days that the id of an order may always be old, however long the programme holds its points.
constexpr int kIdDays = 30;

OrderEvent event_of(std::uint8_t word) {
  constexpr OrderEvent kEvents[] = {OrderEvent::kShipped, OrderEvent::kDelivered,
                                    OrderEvent::kReturned, OrderEvent::kFailed};
  return kEvents[word - 1];
}

void set(OrderRecord& order, const programme::OrderSteps& steps, std::size_t date,
         BusinessDate on) {
  order.state = static_cast<std::uint8_t>(steps.state);
  order.dates[date] = on.count();
}

}  // namespace

// The row of the version in force that holds today; nullptr: none.
const CatalogueItem* Home::item_in_force(std::string_view name) const {
  const Programme* version = book_->programmes().of_day(date_);
  if (version == nullptr) {
    return nullptr;
  }
  const auto& items = version->rows().items;
  const auto found = std::ranges::find_if(items, [&](const CatalogueItem& item) {
    return item.name == name && item.in_force.holds(date_);
  });
  return found == items.end() ? nullptr : &*found;
}

const programme::OrderRule& Home::order_rule() const {
  return book_->programmes().of_day(date_)->rows().orders;
}

// A row of a file has no hour, so no price that holds at some hours alone is its.
Home::Outcome Home::may_order(const DayRow& row, const MemberRow& says,
                              std::uint32_t account) const {
  const CatalogueItem* found = item_in_force(text_of(says.name[0]));
  if (found == nullptr) {
    return ReturnCode::kUnknownName;
  }
  CatalogueItem item = *found;
  BusinessTime at = asked_at_;
  if (telling_ == nullptr) {
    at = BusinessTime::of(date_, 0);
    std::erase_if(item.prices, [](const programme::Price& price) {
      return price.minute_from != 0 || price.minute_to != kMinutesADay;
    });
  }
  const programme::Wanted wanted{.quantity = says.number[0],
                                 .points = Points::of(says.points),
                                 .cash = Fen::of(says.fen[0]),
                                 .for_other = !says.other.none() && says.other != row.member};
  const auto refusal =
      programme::may_order(item, wanted, book_->held_on(account, date_),
                           book_->orders().stock(book_->names().items.find(item.name)), at);
  return refusal == programme::Refusal::kNone ? kDone : static_cast<ReturnCode>(refusal);
}

// Under its id it is delivered while the clearing takes its item: of an older one there wouldn't be
// time left, and its points would be held for nothing.
bool Home::has_time_left(const DayRow& row, const CatalogueItem& item) const {
  const int days = std::max(kLateDaysMax - order_rule().hold_days, kIdDays);
  return is_delivered_at_once(item) || date_.count() - row.id.date.count() <= days;
}

Home::Outcome Home::order(const DayRow& row, const MemberRow& says) {
  const std::uint32_t account = find_account(row.member);
  if (find_entry(Class::kRedemption, row.id) != FlatIndex::kNone) {
    return ReturnCode::kDuplicate;  // Its item would have an id that another one has.
  }
  if (const Outcome state = state_of(account, false); state != kDone) {
    return state;
  }
  DayRow held = row;
  held.points = says.points;
  held.id = TransactionId::of(EntryId(province_, date_, row.serial));
  if (const Outcome limit = may_redeem(held, account); limit != kDone) {
    return limit;
  }
  if (const Outcome fault = may_order(row, says, account); fault != kDone) {
    return fault;
  }
  if (says.points == 0) {
    return ReturnCode::kZeroPoints;
  }
  if (says.points > available(accounts_[account])) {
    return ReturnCode::kInsufficientPoints;
  }
  const CatalogueItem& item = *item_in_force(text_of(says.name[0]));
  if (!has_time_left(row, item)) {
    return ReturnCode::kTooOld;
  }
  const std::uint32_t hold = make_entry(held, Class::kHold, account);
  entries_[hold].set(EntryRecord::kOfOrder);
  open_hold(hold, says.points,
            {.expires = kNever, .authorisation = EntryId(province_, date_, row.serial)});
  OrderRecord order{
      .id = row.id,
      .hold = hold,
      .beneficiary = (says.other.none() ? row.member : says.other).number(),
      .member = account,
      .item = book_->names().items.find(item.name),
      .quantity = static_cast<std::uint16_t>(says.number[0]),
      .state = static_cast<std::uint8_t>(OrderState::kCreated),
      .form = static_cast<std::uint8_t>(item.form),
      .counted = item.stock == programme::Stock::kCounted ? std::uint8_t{1} : std::uint8_t{0},
      .points = says.points,
      .cash = says.fen[0],
      .cost = item.cost,
      .freight = item.freight};
  order.dates[OrderRecord::kCreated] = date_.count();
  const std::uint32_t number = book_->orders().add(order);
  if (order.counted != 0) {
    book_->orders().add_stock(order.item, -std::int64_t{order.quantity});
  }
  if (!is_delivered_at_once(item)) {
    tell_parts(holds_.at(hold).slices);
    return kDone;
  }
  const Outcome outcome = deliver(number, row);
  check(outcome == kDone, "what was held a moment ago can be captured");
  return kDone;
}

// The hold's points under the order's id, as any redemption: of a gift with what it costs.
Home::Outcome Home::deliver(std::uint32_t number, const DayRow& row) {
  OrderRecord order = book_->orders().order(number);
  if (date_.count() - order.id.date.count() > kLateDaysMax) {
    return ReturnCode::kTooOld;  // The clearing would give the item back, and nobody be paid.
  }
  if (!holds_.contains(order.hold) || entries_[order.hold].left < order.points) {
    return ReturnCode::kHoldEnded;
  }
  if (find_entry(Class::kRedemption, order.id) != FlatIndex::kNone) {
    return ReturnCode::kState;  // Somebody redeemed under its id meanwhile: it can only fail.
  }
  if (says_->kind == MemberKind::kOrderState) {
    order.cost = says_->flag[0] != 0 ? says_->fen[0] : order.cost;
    order.freight = says_->flag[1] != 0 ? says_->fen[1] : order.freight;
  }
  DayRow captured = row;
  captured.id = order.id;
  captured.parent = {};
  captured.form = static_cast<Form>(order.form);
  captured.giver = province_;
  captured.points = order.points;
  if (captured.form == Form::kGift) {
    captured.cost = order.cost;
    captured.freight = order.freight;
    captured.cash = order.cash;
  }
  const std::uint32_t entry = make_entry(captured, Class::kRedemption, order.member);
  capture_hold(item_of(captured, Kind::kRedeem, accounts_[order.member].member), entry, order.hold,
               true);
  const auto steps = programme::OrderSteps{.state = OrderState::kDelivered, .delivered = date_};
  set(order, steps, OrderRecord::kDelivered, date_);
  book_->orders().change(number, order);
  return kDone;
}

// Its points are free again, its pieces are back.
void Home::fail_order(std::uint32_t number) {
  OrderRecord order = book_->orders().order(number);
  if (const auto hold = holds_.find(order.hold); hold != holds_.end()) {
    count_released(order.hold, hold->second, date_);
    release(order.hold);
  }
  const auto steps = programme::OrderSteps{.state = OrderState::kFailed};
  set(order, steps, OrderRecord::kEnded, date_);
  book_->orders().change(number, order);
  if (order.counted != 0) {
    book_->orders().add_stock(order.item, programme::stock_back(steps.state, order.quantity));
  }
}

// The whole order is refunded, by an item of this row's own id.
Home::Outcome Home::give_back_order(std::uint32_t number, const DayRow& row) {
  OrderRecord order = book_->orders().order(number);
  const std::uint32_t parent = find_entry(Class::kRedemption, order.id);
  check(parent != FlatIndex::kNone, "a delivered order was captured");
  DayRow back = row;
  back.id = TransactionId::of(EntryId(province_, date_, row.serial));
  back.member = accounts_[order.member].member;
  back.parent = order.id;
  back.points = order.points;
  back.giver = province_;
  std::int64_t left = 0;
  for (const auto& [lot, points] : refundable(back, parent)) {
    left += points;
  }
  if (left < order.points) {
    return entries_[parent].form == Form::kGift ? ReturnCode::kWholeOnly
                                                : ReturnCode::kAlreadyRefunded;
  }
  LotPoints restored;
  if (const Outcome fault = restorable(back, order.member, parent, restored); fault != kDone) {
    return fault;
  }
  lower_parent(parent, restored);
  count_given_back(parent, back.points);
  const std::uint32_t entry = make_entry(back, Class::kRefund, order.member);
  Item item = item_of(back, Kind::kRefund, back.member);
  item.parent = order.id;
  give_back(item, entry, order.member, restored);
  const auto steps = programme::OrderSteps{.state = OrderState::kReturned};
  set(order, steps, OrderRecord::kEnded, date_);
  book_->orders().change(number, order);
  return kDone;
}

Home::Outcome Home::order_state(const DayRow& row, const MemberRow& says) {
  const std::uint32_t number = book_->orders().find(says.parent);
  if (number == OrderBook::kNone) {
    return ReturnCode::kUnknownParent;
  }
  OrderRecord order = book_->orders().order(number);
  const OrderEvent event = event_of(says.word);
  const Outcome state = event == OrderEvent::kReturned ? refund_state_of(order.member)
                                                       : state_of(order.member, false);
  if (state != kDone) {
    return state;
  }
  const auto steps = programme::step(steps_of(order), event, date_, order_rule());
  if (!steps.ok()) {
    return static_cast<ReturnCode>(steps.error());
  }
  switch (event) {
    case OrderEvent::kShipped:
      set(order, steps.value(), OrderRecord::kShipped, date_);
      book_->orders().change(number, order);
      return kDone;
    case OrderEvent::kDelivered:
      return deliver(number, row);
    case OrderEvent::kFailed:
      fail_order(number);
      return kDone;
    case OrderEvent::kReturned:
    case OrderEvent::kRefunded:
      break;
  }
  return give_back_order(number, row);
}

Home::Outcome Home::stock(const MemberRow& says) {
  const CatalogueItem* item = item_in_force(text_of(says.name[0]));
  if (item == nullptr) {
    return ReturnCode::kUnknownName;
  }
  const std::uint16_t number = book_->names().items.find(item->name);
  const std::int64_t left = book_->orders().stock(number) + says.points;
  if (left < 0) {
    return ReturnCode::kOutOfStock;
  }
  if (says.points > 0 && left > OrderBook::kStockMax) {
    return ReturnCode::kInvalid;
  }
  book_->orders().add_stock(number, says.points);
  return kDone;
}

Home::Outcome Home::complaint(const DayRow& row, const MemberRow& says) {
  const std::uint32_t number = book_->orders().find(says.parent);
  if (number == OrderBook::kNone) {
    return ReturnCode::kUnknownParent;
  }
  const OrderRecord& order = book_->orders().order(number);
  if (const Outcome state = state_of(order.member, false); state != kDone) {
    return state;
  }
  if (!programme::may_complain(steps_of(order), date_, order_rule()) ||
      book_->orders().has_open_complaint(number)) {
    return ReturnCode::kState;
  }
  book_->orders().add_complaint(
      {.id = row.id, .order = number, .opened = date_.count(), .why = says.word});
  return kDone;
}

// Refused is always an end; what was given back isn't replaced, too.
Home::Outcome Home::complaint_end(const DayRow& row, const MemberRow& says) {
  constexpr std::uint8_t kReplaced = 2;
  constexpr std::uint8_t kRefunded = 3;
  const std::uint32_t found = book_->orders().find_complaint(says.parent);
  if (found == OrderBook::kNone) {
    return ReturnCode::kUnknownParent;
  }
  book::ComplaintRecord complaint = book_->orders().complaint(found);
  const OrderRecord& order = book_->orders().order(complaint.order);
  const Outcome state = refund_state_of(order.member);
  if (says.word == kRefunded && state != kDone) {
    return state;
  }
  const auto steps = programme::step(steps_of(order), OrderEvent::kRefunded, date_, order_rule());
  const bool delivered = order.state == static_cast<std::uint8_t>(OrderState::kDelivered);
  if (complaint.outcome != 0 || (says.word == kRefunded && !steps.ok()) ||
      (says.word == kReplaced && !delivered)) {
    return ReturnCode::kState;
  }
  if (says.word == kRefunded) {
    if (const Outcome outcome = give_back_order(complaint.order, row); outcome != kDone) {
      return outcome;
    }
  }
  complaint.outcome = says.word;
  complaint.ended = date_.count();
  book_->orders().change_complaint(found, complaint);
  return kDone;
}

// Whose a row is that names an order or a complaint instead of him.
std::uint32_t Home::account_of_row(const DayRow& row, const MemberRow& says) const {
  const OrderBook& orders = book_->orders();
  std::uint32_t order = OrderBook::kNone;
  if (says.kind == MemberKind::kOrderState || says.kind == MemberKind::kComplaint) {
    order = orders.find(says.parent);
  } else if (says.kind == MemberKind::kComplaintEnd) {
    const std::uint32_t complaint = orders.find_complaint(says.parent);
    order = complaint == OrderBook::kNone ? complaint : orders.complaint(complaint).order;
  }
  return order == OrderBook::kNone ? find_account(row.member) : orders.order(order).member;
}

// With the day's opening: those that are neither delivered nor failed behind their days. They were
// made day by day, so none is overdue when the first one isn't.
bool Home::has_overdue_orders() const {
  if (!book_ || book_->programmes().of_day(day_) == nullptr || book_->orders().open().empty()) {
    return false;
  }
  const std::uint32_t first = *book_->orders().open().begin();
  return is_overdue(steps_of(book_->orders().order(first)), day_,
                    book_->programmes().of_day(day_)->rows().orders);
}

// What is left of `count`; 0 while some remain.
std::size_t Home::fail_overdue_orders(std::size_t count) {
  if (!overdue_orders_ || count == 0 || !opening_but_orders_is_over()) {
    return count;
  }
  date_ = day_;
  for (; overdue_orders_ && count > 0; --count) {
    fail_order(*book_->orders().open().begin());
    overdue_orders_ = has_overdue_orders();
  }
  return overdue_orders_ ? 0 : count;
}

}  // namespace ph
