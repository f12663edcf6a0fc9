#include "core/programme/catalogue.h"

#include <gtest/gtest.h>

#include <array>
#include <map>

#include "core/programme/order.h"
#include "tests/unit/programme/figures.h"

namespace ph::programme {
namespace PH_FILE {

BusinessTime at(const char* date, int hour, int minute = 0) {
  return BusinessTime::of(day(date), hour * 3'600 + minute * 60);
}
CatalogueItem phone_credit() {
  CatalogueItem item{.name = "phone-credit", .form = Form::kPhoneCredit, .kind = ItemKind::kOwn};
  item.credit = Ratio{3, 5};
  item.step = 100;
  return item;
}
Price price(std::int64_t quantity, std::int64_t points, std::int64_t cash = 0) {
  return {.quantity = quantity, .points = points, .cash = cash};
}
CatalogueItem handset() {
  CatalogueItem item{.name = "handset", .form = Form::kGift, .kind = ItemKind::kBought};
  item.cost = 150'000;
  item.stock = Stock::kCounted;
  item.prices = {price(1, 5'000, 150'000)};
  return item;
}
CatalogueItem night_minutes() {
  CatalogueItem item{.name = "night-minutes", .form = Form::kOwnProduct, .kind = ItemKind::kOwn};
  Price night = price(1, 600);
  night.in_force = {.from = day("2008-05-01"), .to = day("2008-06-01")};
  night.minute_to = 7 * 60;
  item.prices = {price(1, 1'000), night};
  return item;
}

TEST(Catalogue, FiveThousandAreThirtyYuan) {
  EXPECT_EQ(credit_of(phone_credit(), Points::of(5'000)), Fen::of(3'000));
  EXPECT_EQ(credit_of(phone_credit(), Points::of(100)), Fen::of(60));
  EXPECT_EQ(credit_of(phone_credit(), Points::of(150)), std::nullopt);
  EXPECT_EQ(credit_of(phone_credit(), Points{}), std::nullopt);
  EXPECT_EQ(credit_of(handset(), Points::of(100)), std::nullopt);
}

TEST(Catalogue, PhoneCreditForSomebodyElse) {
  CatalogueItem item = phone_credit();
  const Wanted wanted{.points = Points::of(5'000), .for_other = true};
  EXPECT_EQ(may_order(item, wanted, {}, 0, at("2008-03-05", 9)), Refusal::kNone);
  item.beneficiary = Beneficiary::kSelf;
  EXPECT_EQ(may_order(item, wanted, {}, 0, at("2008-03-05", 9)), Refusal::kNotEntitled);
}

TEST(Catalogue, PointsAndCash) {
  const auto refusal = [](std::int64_t points, std::int64_t cash) {
    const Wanted wanted{.points = Points::of(points), .cash = Fen::of(cash)};
    return may_order(handset(), wanted, {}, 1, at("2008-03-05", 9));
  };
  EXPECT_EQ(refusal(5'000, 150'000), Refusal::kNone);
  EXPECT_EQ(refusal(5'000, 149'999), Refusal::kPrice);
  EXPECT_EQ(refusal(4'999, 150'000), Refusal::kPrice);
}

// A special service, such as a lounge card, is delivered when somebody says so, as a gift is.
TEST(Catalogue, OwnProductsAreDeliveredAtOnceServicesAndGiftsAreNot) {
  EXPECT_TRUE(is_delivered_at_once(night_minutes()));
  EXPECT_TRUE(is_delivered_at_once(phone_credit()));
  EXPECT_FALSE(is_delivered_at_once(handset()));
  CatalogueItem lounge = night_minutes();
  lounge.kind = ItemKind::kService;
  EXPECT_FALSE(is_delivered_at_once(lounge));
}

// A top-up card for 500 points + 20 yuan, for oneself or somebody else.
TEST(Catalogue, OwnProductForPointsAndCash) {
  CatalogueItem card{.name = "card", .form = Form::kOwnProduct, .kind = ItemKind::kOwn};
  card.prices = {price(1, 500, 2'000)};
  const auto refusal = [&card](std::int64_t points, std::int64_t cash, bool for_other) {
    const Wanted wanted{
        .points = Points::of(points), .cash = Fen::of(cash), .for_other = for_other};
    return may_order(card, wanted, {}, 0, at("2008-03-05", 9));
  };
  EXPECT_EQ(refusal(500, 2'000, false), Refusal::kNone);
  EXPECT_EQ(refusal(500, 2'000, true), Refusal::kNone);
  EXPECT_EQ(refusal(500, 0, false), Refusal::kPrice);
  card.beneficiary = Beneficiary::kSelf;
  EXPECT_EQ(refusal(500, 2'000, true), Refusal::kNotEntitled);
}

TEST(Catalogue, TwiceThePointsBuyThreeTimes) {
  CatalogueItem voucher{.name = "voucher", .form = Form::kGift, .kind = ItemKind::kBought};
  voucher.prices = {price(1, 10'000), price(3, 20'000)};
  EXPECT_EQ(price_at(voucher, 1, at("2008-03-05", 9))->points, 10'000);
  EXPECT_EQ(price_at(voucher, 3, at("2008-03-05", 9))->points, 20'000);
  EXPECT_EQ(price_at(voucher, 2, at("2008-03-05", 9)), nullptr);
}

TEST(Catalogue, PromotionHoldsOnItsDays) {
  CatalogueItem item = night_minutes();
  item.prices[1].minute_to = 24 * 60;
  const auto points = [&](const char* date, int hour) {
    return price_at(item, 1, at(date, hour))->points;
  };
  EXPECT_EQ(points("2008-04-30", 23), 1'000);
  EXPECT_EQ(points("2008-05-01", 0), 600);  // as many hours: the later `from`
  EXPECT_EQ(points("2008-05-31", 23), 600);
  EXPECT_EQ(points("2008-06-01", 0), 1'000);
}

TEST(Catalogue, NightPriceByTheHour) {
  const CatalogueItem item = night_minutes();
  EXPECT_EQ(price_at(item, 1, at("2008-05-10", 0))->points, 600);
  EXPECT_EQ(price_at(item, 1, at("2008-05-10", 6, 59))->points, 600);
  EXPECT_EQ(price_at(item, 1, at("2008-05-10", 7))->points, 1'000);
}

TEST(Catalogue, NarrowestRowCounts) {
  CatalogueItem item = night_minutes();
  Price saturday = price(1, 500);
  saturday.weekdays = 1U << 5U;
  item.prices.push_back(saturday);  // 24 hours a week, fewer than 7 nights of 7
  EXPECT_EQ(price_at(item, 1, at("2008-05-10", 3))->points, 500);  // a Saturday
  EXPECT_EQ(price_at(item, 1, at("2008-05-11", 3))->points, 600);
  EXPECT_EQ(price_at(item, 1, at("2008-05-11", 12))->points, 1'000);
}

TEST(Catalogue, MoreThanThereIsInStock) {
  CatalogueItem item = handset();
  item.prices.push_back(price(3, 14'000, 400'000));
  const Wanted three{.quantity = 3, .points = Points::of(14'000), .cash = Fen::of(400'000)};
  EXPECT_EQ(may_order(item, three, {}, 3, at("2008-03-05", 9)), Refusal::kNone);
  EXPECT_EQ(may_order(item, three, {}, 2, at("2008-03-05", 9)), Refusal::kOutOfStock);
  item.stock = Stock::kOpen;
  EXPECT_EQ(may_order(item, three, {}, 0, at("2008-03-05", 9)), Refusal::kNone);
}

TEST(Catalogue, WhatIsRefusedFirst) {
  CatalogueItem item = handset();
  item.levels = refs({kGold});
  item.in_force = {.from = day("2008-01-01"), .to = day("2009-01-01")};
  const std::vector<Held> gold{{.grade = kGold}};
  Wanted wanted{.points = Points::of(1)};
  EXPECT_EQ(may_order(item, wanted, {}, 0, at("2009-01-01", 0)), Refusal::kUnknownName);
  EXPECT_EQ(may_order(item, wanted, {}, 0, at("2008-12-31", 23)), Refusal::kNotEntitled);
  EXPECT_EQ(may_order(item, wanted, gold, 0, at("2008-12-31", 23)), Refusal::kPrice);
  wanted = {.points = Points::of(5'000), .cash = Fen::of(150'000)};
  EXPECT_EQ(may_order(item, wanted, gold, 0, at("2008-12-31", 23)), Refusal::kOutOfStock);
  EXPECT_EQ(may_order(item, wanted, gold, 1, at("2008-12-31", 23)), Refusal::kNone);
  EXPECT_EQ(price_at(item, 1, at("2009-01-01", 0)), nullptr);
}

// --- orders
// ---------------------------------------------------------------------------------------

const OrderRule kRule;
const BusinessDate kCreated = BusinessDate::of(2008, 3, 5);

OrderSteps in_state(OrderState state) {
  return {.state = state, .created = kCreated, .delivered = kCreated.plus_days(3)};
}

TEST(Orders, StepsOfTheTable) {
  using S = OrderState;
  using E = OrderEvent;
  const std::array<S, 5> states{S::kCreated, S::kShipped, S::kDelivered, S::kFailed, S::kReturned};
  const std::array<E, 5> events{E::kShipped, E::kDelivered, E::kReturned, E::kFailed, E::kRefunded};
  const std::map<std::pair<S, E>, S> table{
      {{S::kCreated, E::kShipped}, S::kShipped},    {{S::kCreated, E::kDelivered}, S::kDelivered},
      {{S::kCreated, E::kFailed}, S::kFailed},      {{S::kShipped, E::kDelivered}, S::kDelivered},
      {{S::kShipped, E::kFailed}, S::kFailed},      {{S::kDelivered, E::kReturned}, S::kReturned},
      {{S::kDelivered, E::kRefunded}, S::kReturned}};
  for (const S state : states) {
    for (const E event : events) {
      const auto now = step(in_state(state), event, kCreated.plus_days(4), kRule);
      const auto expected = table.find({state, event});
      ASSERT_EQ(now.ok(), expected != table.end()) << word(state);
      if (now.ok()) {
        EXPECT_EQ(now->state, expected->second);
      } else {
        EXPECT_EQ(now.error(), Refusal::kState);
      }
    }
  }
}

TEST(Orders, ReturnedWithinTheDaysOfComplaints) {
  const OrderSteps delivered =
      *step(in_state(OrderState::kShipped), OrderEvent::kDelivered, kCreated.plus_days(10), kRule);
  EXPECT_EQ(delivered.delivered, kCreated.plus_days(10));
  EXPECT_TRUE(step(delivered, OrderEvent::kReturned, kCreated.plus_days(25), kRule));
  EXPECT_FALSE(step(delivered, OrderEvent::kReturned, kCreated.plus_days(26), kRule));
  EXPECT_TRUE(may_complain(delivered, kCreated.plus_days(25), kRule));
  EXPECT_FALSE(may_complain(delivered, kCreated.plus_days(26), kRule));
  // A complaint that came in time may end later.
  EXPECT_TRUE(step(delivered, OrderEvent::kRefunded, kCreated.plus_days(60), kRule));
}

TEST(Orders, FailWhenTheHoldIsOver) {
  for (const OrderState state : {OrderState::kCreated, OrderState::kShipped}) {
    const OrderSteps order = in_state(state);
    EXPECT_FALSE(is_overdue(order, kCreated.plus_days(90), kRule));
    EXPECT_TRUE(step(order, OrderEvent::kDelivered, kCreated.plus_days(90), kRule));
    EXPECT_TRUE(is_overdue(order, kCreated.plus_days(91), kRule));
    EXPECT_FALSE(step(order, OrderEvent::kDelivered, kCreated.plus_days(91), kRule));
    EXPECT_TRUE(step(order, OrderEvent::kFailed, kCreated.plus_days(91), kRule));
  }
  EXPECT_FALSE(
      step(in_state(OrderState::kCreated), OrderEvent::kShipped, kCreated.plus_days(91), kRule));
  EXPECT_FALSE(is_overdue(in_state(OrderState::kDelivered), kCreated.plus_days(200), kRule));
}

TEST(Orders, OwnProductsAreDeliveredAtOnce) {
  EXPECT_TRUE(is_delivered_at_once(night_minutes()));
  EXPECT_TRUE(is_delivered_at_once(phone_credit()));
  EXPECT_FALSE(is_delivered_at_once(handset()));
}

TEST(Orders, WhatFailsIsInStockAgain) {
  EXPECT_EQ(stock_back(OrderState::kFailed, 3), 3);
  EXPECT_EQ(stock_back(OrderState::kReturned, 3), 0);
  EXPECT_EQ(stock_back(OrderState::kDelivered, 3), 0);
}

}  // namespace PH_FILE
}  // namespace ph::programme
