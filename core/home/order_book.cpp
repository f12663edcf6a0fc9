#include "core/home/order_book.h"

#include <algorithm>
#include <span>

#include "core/types/amount.h"
#include "core/types/check.h"

namespace ph {

namespace {

using programme::OrderState;

// What failed orders put back, which STOCK rows have replaced: fewer than 2^32 of 16 bits each.
constexpr std::int64_t kPutBackMax = std::int64_t{1} << 48;
constexpr std::uint8_t kComplaintWhyMax = 4;
constexpr std::uint8_t kComplaintEndMax = 3;

bool is_open(const book::OrderRecord& order) {
  const auto state = static_cast<OrderState>(order.state);
  return state == OrderState::kCreated || state == OrderState::kShipped;
}

bool right_order(const book::OrderRecord& order, std::size_t members, std::size_t items) {
  const bool dates = std::ranges::all_of(
      order.dates, [](std::uint16_t date) { return date < BusinessDate::kCount; });
  return dates && order.member < members && order.item < items && order.quantity > 0 &&
         order.state >= static_cast<std::uint8_t>(OrderState::kCreated) &&
         order.state <= static_cast<std::uint8_t>(OrderState::kReturned) && order.counted <= 1 &&
         order.form >= static_cast<std::uint8_t>(Form::kPhoneCredit) &&
         order.form <= static_cast<std::uint8_t>(Form::kFunding) &&
         order.zero == decltype(order.zero){} && order.points > 0 && is_amount(order.points) &&
         is_amount(order.cash) && is_amount(order.cost) && is_amount(order.freight);
}

bool right_complaint(const book::ComplaintRecord& complaint, std::size_t orders) {
  return complaint.order < orders && complaint.opened < BusinessDate::kCount &&
         complaint.ended < BusinessDate::kCount && complaint.why >= 1 &&
         complaint.why <= kComplaintWhyMax && complaint.outcome <= kComplaintEndMax &&
         (complaint.outcome != 0 || complaint.ended == 0) && complaint.zero == 0;
}

// False: it has one of the same id.
template <class Record>
bool index_all(const Chunks<Record>& table, FlatIndex& index) {
  const auto id_at = [&table](std::uint32_t n) { return table[n].id; };
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    if (index.find(table[n].id, id_at) != FlatIndex::kNone) {
      return false;
    }
    index.insert(table[n].id, n);
  }
  return true;
}

}  // namespace

programme::OrderSteps steps_of(const book::OrderRecord& order) {
  return {.state = static_cast<OrderState>(order.state),
          .created = BusinessDate(order.dates[book::OrderRecord::kCreated]),
          .delivered = BusinessDate(order.dates[book::OrderRecord::kDelivered])};
}

std::optional<OrderBook> OrderBook::of(Tables tables, std::size_t members, std::size_t items) {
  OrderBook made;
  made.tables_ = std::move(tables);
  return made.adopt(members, items) ? std::optional(std::move(made)) : std::nullopt;
}

bool OrderBook::adopt(std::size_t members, std::size_t items) {
  for (std::uint32_t n = 0; n < tables_.orders.size(); ++n) {
    if (!right_order(tables_.orders[n], members, items) || !is_in_turn(n)) {
      return false;
    }
    if (is_open(tables_.orders[n])) {
      open_.insert(open_.end(), n);
    }
  }
  for (std::uint32_t n = 0; n < tables_.complaints.size(); ++n) {
    if (!right_complaint(tables_.complaints[n], tables_.orders.size())) {
      return false;
    }
    note_complaint(n);
  }
  return tables_.stock.size() <= items &&
         std::ranges::all_of(tables_.stock,
                             [](const book::StockRecord& stock) {
                               return stock.pieces >= 0 && stock.pieces <= kStockMax + kPutBackMax;
                             }) &&
         index_all(tables_.orders, by_id_) && index_all(tables_.complaints, complaint_by_id_);
}

bool OrderBook::is_in_turn(std::uint32_t number) const {
  constexpr std::size_t kCreated = book::OrderRecord::kCreated;
  return number == 0 ||
         tables_.orders[number - 1].dates[kCreated] <= tables_.orders[number].dates[kCreated];
}

void OrderBook::save(const std::function<void(Bytes)>& sink) const {
  tables_.orders.visit_bytes(sink);
  tables_.complaints.visit_bytes(sink);
}

void OrderBook::save_stock(const std::function<void(Bytes)>& sink) const {
  sink(std::as_bytes(std::span(tables_.stock)));
}

void OrderBook::count(book::Header& header) const {
  header.orders = tables_.orders.size();
  header.complaints = tables_.complaints.size();
  header.stock = tables_.stock.size();
}

std::uint32_t OrderBook::find(const TransactionId& id) const {
  return by_id_.find(id, [this](std::uint32_t n) { return tables_.orders[n].id; });
}

std::uint32_t OrderBook::find_complaint(const TransactionId& id) const {
  return complaint_by_id_.find(id, [this](std::uint32_t n) { return tables_.complaints[n].id; });
}

std::uint32_t OrderBook::add(const book::OrderRecord& order) {
  check(find(order.id) == kNone, "an order has an id of its own");
  const auto number = static_cast<std::uint32_t>(tables_.orders.size());
  tables_.orders.push_back(order);
  check(is_in_turn(number), "orders come day by day");
  by_id_.insert(order.id, number);
  open_.insert(open_.end(), number);
  return number;
}

void OrderBook::change(std::uint32_t number, const book::OrderRecord& order) {
  tables_.orders[number] = order;
  if (!is_open(order)) {
    open_.erase(number);
  }
}

void OrderBook::add_complaint(const book::ComplaintRecord& complaint) {
  check(find_complaint(complaint.id) == kNone, "a complaint has an id of its own");
  const auto number = static_cast<std::uint32_t>(tables_.complaints.size());
  complaint_by_id_.insert(complaint.id, number);
  tables_.complaints.push_back(complaint);
  note_complaint(number);
}

void OrderBook::note_complaint(std::uint32_t number) {
  const book::ComplaintRecord& complaint = tables_.complaints[number];
  complaints_of_[complaint.order].push_back(number);
  if (complaint.outcome == 0) {
    open_complaints_.insert(open_complaints_.end(), number);
  }
}

bool OrderBook::has_open_complaint(std::uint32_t order) const {
  bool open = false;
  visit_complaints(order,
                   [&](const book::ComplaintRecord& one) { open = open || one.outcome == 0; });
  return open;
}

void OrderBook::visit_complaints(
    std::uint32_t order, const std::function<void(const book::ComplaintRecord&)>& visit) const {
  const auto found = complaints_of_.find(order);
  if (found == complaints_of_.end()) {
    return;
  }
  for (const std::uint32_t number : found->second) {
    visit(tables_.complaints[number]);
  }
}

void OrderBook::change_complaint(std::uint32_t number, const book::ComplaintRecord& complaint) {
  tables_.complaints[number] = complaint;
  if (complaint.outcome != 0) {
    open_complaints_.erase(number);
  }
}

std::int64_t OrderBook::stock(std::uint16_t item) const {
  return item < tables_.stock.size() ? tables_.stock[item].pieces : 0;
}

void OrderBook::add_stock(std::uint16_t item, std::int64_t change) {
  if (item >= tables_.stock.size()) {
    tables_.stock.resize(std::size_t{item} + 1);
  }
  tables_.stock[item].pieces += change;
}

}  // namespace ph
