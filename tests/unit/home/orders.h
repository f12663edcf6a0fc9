// A catalogue, rows of orders in a few words, and a node that has both.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/unit/home/members.h"

namespace ph::test::of_orders {

inline const Member kAnn = member_of(1);
inline const Member kBob = member_of(2);
inline const BusinessDate kBegin = on(2004, 1, 1);

inline programme::CatalogueItem item(std::string_view name, Form form, programme::ItemKind kind,
                                     std::vector<programme::Price> prices) {
  programme::CatalogueItem out;
  out.name = name;
  out.title = "Item";
  out.supplier = "own";
  out.form = form;
  out.kind = kind;
  out.in_force = {.from = kBegin};
  out.prices = std::move(prices);
  return out;
}
inline programme::Price price(std::string_view of, std::int64_t quantity, std::int64_t points,
                              std::int64_t cash = 0,
                              programme::InForce in_force = {.from = kBegin}) {
  programme::Price out;
  out.item.name = of;
  out.quantity = quantity;
  out.points = points;
  out.cash = cash;
  out.in_force = in_force;
  return out;
}

// kettle: counted, 500 + 20 yuan, cost 50 + 8 yuan; handset: its cost is what is paid; minutes:
// cheaper in June and at night; credit: 3/5 fen a point; club: for gold, and for oneself alone.
inline programme::Rows catalogue() {
  using programme::ItemKind;
  programme::Rows rows = small_programme(kBegin);
  rows.head.profile_required = false;
  rows.orders = {.complaint_days = 15, .hold_days = 10};
  rows.items = {item("kettle", Form::kGift, ItemKind::kBought, {}),
                item("handset", Form::kGift, ItemKind::kBought, {}),
                item("minutes", Form::kOwnProduct, ItemKind::kOwn, {}),
                item("credit", Form::kPhoneCredit, ItemKind::kOwn, {}),
                item("club", Form::kOwnProduct, ItemKind::kService, {})};
  rows.items[0].cost = 5'000;
  rows.items[0].freight = 800;
  rows.items[0].stock = programme::Stock::kCounted;
  rows.items[1].cost = 150'000;
  rows.items[3].credit = Ratio(3, 5);
  rows.items[3].step = 100;
  rows.items[4].levels = {{.name = "gold"}};
  rows.items[4].beneficiary = programme::Beneficiary::kSelf;
  programme::Price night = price("minutes", 1, 30);
  night.minute_to = 7 * 60;
  rows.prices = {price("kettle", 1, 500, 2'000),
                 price("kettle", 2, 900, 4'000),
                 price("handset", 1, 5'000, 150'000),
                 price("minutes", 1, 60),
                 price("minutes", 1, 40, 0, {.from = on(2007, 6, 1), .to = on(2007, 7, 1)}),
                 night,
                 price("club", 1, 120)};
  programme::Grading grading;
  grading.name = "level";
  grading.title = "Level";
  grading.levels = {{.name = "ordinary"}, {.name = "gold"}};
  grading.basis = programme::Basis::kReview;
  rows.gradings = {grading};
  rows.effective_order = {{.name = "gold"}, {.name = "ordinary"}};
  return rows;
}

inline Row order(Member member, std::string_view name, std::int64_t points, std::int64_t cash = 0,
                 std::uint32_t quantity = 1, Member beneficiary = {}) {
  Row out = member_row(MemberKind::kOrder, member);
  std::ranges::copy(name, out.says[0].name[0].begin());
  out.says[0].points = points;
  out.says[0].fen[0] = cash;
  out.says[0].number[0] = quantity;
  out.says[0].other = beneficiary;
  return out;
}
inline Row under(Row row, std::string_view reference, BusinessDate date = kDay) {
  row.row.id = row.says[0].id = id_of(kP1, date, reference);
  return row;
}
inline Row of_order(MemberKind kind, const TransactionId& parent, std::uint8_t word) {
  Row out = member_row(kind, {});
  out.says[0].parent = out.row.parent = parent;
  out.says[0].word = word;
  return out;
}
inline Row shipped(const TransactionId& order) {
  return of_order(MemberKind::kOrderState, order, 1);
}
inline Row delivered(const TransactionId& order) {
  return of_order(MemberKind::kOrderState, order, 2);
}
inline Row sent_back(const TransactionId& order) {
  return of_order(MemberKind::kOrderState, order, 3);
}
inline Row failed(const TransactionId& order) {
  return of_order(MemberKind::kOrderState, order, 4);
}
inline Row complain(const TransactionId& order) {
  return of_order(MemberKind::kComplaint, order, 1);
}
inline Row ended(const TransactionId& complaint, std::uint8_t outcome) {
  return of_order(MemberKind::kComplaintEnd, complaint, outcome);
}
inline Row pieces(std::string_view name, std::int64_t change) {
  Row out = member_row(MemberKind::kStock, {});
  std::ranges::copy(name, out.says[0].name[0].begin());
  out.says[0].points = change;
  return out;
}

class HomeOrders : public ::testing::Test {
 protected:
  HomeOrders() {
    node_.take(on(2007, 4, 1), {earn(kAnn, month_of(2007, 3), 10'000),
                                earn(kBob, month_of(2007, 3), 10'000), pieces("kettle", 3)});
  }
  DayResult take(BusinessDate date, std::vector<Row> rows) {
    DayResult out = node_.take(date, std::move(rows));
    const auto saved = saved_bytes(node_.home());
    node_.reload();
    EXPECT_EQ(saved_bytes(node_.home()), saved);
    return out;
  }
  // Of Ann, under this reference; on kDay.
  TransactionId ordered(std::string_view name, std::int64_t points, std::int64_t cash,
                        std::uint32_t quantity = 1) {
    EXPECT_EQ(returned_of(take(kDay, {under(order(kAnn, name, points, cash, quantity), "O-1")})),
              Texts{});
    return id_of(kP1, kDay, "O-1");
  }
  [[nodiscard]] std::string state(const TransactionId& id) const {
    const OrderBook& orders = node_.book().orders();
    return std::string(word(steps_of(orders.order(orders.find(id))).state));
  }
  [[nodiscard]] std::int64_t stock(std::string_view name = "kettle") const {
    return node_.book().orders().stock(node_.book().names().items.find(name));
  }
  [[nodiscard]] Balance balance(Member member = kAnn) const {
    return *node_.home().balance(member, kDay);
  }

  ProgrammeNode node_{catalogue()};
};

}  // namespace ph::test::of_orders
