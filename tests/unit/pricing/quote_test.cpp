#include "core/pricing/quote.h"

#include <gtest/gtest.h>

#include "core/pricing/rate.h"
#include "core/types/amount.h"

namespace ph {
namespace PH_FILE {

constexpr Participant kShop{101};
constexpr Participant kAirline{102};
constexpr BusinessDate kDay = BusinessDate::of(2026, 3, 5);

PriceRow price(std::uint32_t version, PriceKind kind, Participant partner, std::int64_t num,
               std::int64_t den, std::int64_t block = 0, std::int64_t min = 0) {
  return {.version = version,
          .kind = kind,
          .partner = partner,
          .num = num,
          .den = den,
          .block = block,
          .min = min,
          .from = BusinessDate::of(2026, 1, 1),
          .to = BusinessDate::of(2027, 1, 1)};
}

ContractRow contract(Participant partner, bool exchanging) {
  return {.partner = partner,
          .acquirer = Participant(11),
          .accumulating = !exchanging,
          .use = !exchanging,
          .exchanging = exchanging,
          .unit = exchanging ? "mile" : "",
          .from = BusinessDate::of(2026, 1, 1),
          .to = BusinessDate(BusinessDate::kCount)};
}

class QuoteTest : public testing::Test {
 protected:
  void SetUp() override {
    rows_.participants = {
        {.code = "P11", .participant = Participant(11), .kind = ParticipantKind::kProvince},
        {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing},
        {.code = "MER1", .participant = kShop, .kind = ParticipantKind::kMerchant},
        {.code = "AIR1", .participant = kAirline, .kind = ParticipantKind::kAirline}};
    rows_.contracts = {contract(kShop, false), contract(kAirline, true)};
    rows_.prices = {price(1, PriceKind::kReimburse, kShop, 3, 5),
                    price(2, PriceKind::kSale, kShop, 7, 10),
                    price(3, PriceKind::kOut, kAirline, 2, 25, 10, 1'000),
                    price(4, PriceKind::kIn, kAirline, 10, 1, 1, 500)};
  }
  [[nodiscard]] Quote quote(AskKind kind, std::int64_t points, std::int64_t units = 0,
                            std::int64_t fen = 0, BusinessDate date = kDay) const {
    const auto rules = RuleBook::build(rows_);
    const bool exchange = kind == AskKind::kExchangeOut || kind == AskKind::kExchangeIn;
    const Quote out = quote_of({.number = 4,
                                .kind = kind,
                                .partner = exchange ? kAirline : kShop,
                                .date = date,
                                .points = points,
                                .units = units,
                                .fen = fen},
                               *rules);
    EXPECT_EQ(out.number, 4U);
    if (exchange && out.code == AskCode::kDone) {  // What is quoted is taken.
      EXPECT_TRUE(rate_fits({.partner = kAirline,
                             .date = date,
                             .version = out.rate,
                             .points = out.points,
                             .units = out.units},
                            kind == AskKind::kExchangeOut, *rules));
    }
    return out;
  }

  RuleRows rows_;
};

TEST_F(QuoteTest, ARedemptionIsWorthItsPriceAtLeast) {
  const Quote exact = quote(AskKind::kRedeem, 0, 0, 1'500);
  EXPECT_EQ(exact.code, AskCode::kDone);
  EXPECT_EQ(exact.points, 2'500);
  EXPECT_EQ(exact.fen, 1'500);
  EXPECT_EQ(exact.rate, 1U);
  EXPECT_EQ(exact.num, 3);
  EXPECT_EQ(exact.den, 5);
  EXPECT_EQ(quote(AskKind::kRedeem, 0, 0, 1'501).points, 2'502);  // 2,501.67, rounded up
  EXPECT_EQ(quote(AskKind::kRedeem, 4).fen, 2);                   // 2.4
  EXPECT_EQ(quote(AskKind::kRedeem, 1).fen, 1);                   // 0.6
  EXPECT_EQ(quote(AskKind::kAccrual, 5).fen, 4);                  // 3.5, half up
}

TEST_F(QuoteTest, AnExchangeIsOfWholeBlocksAndWholeUnits) {
  // 2 units for 25 points, blocks of 10 points: steps of 50 points, for 4 units.
  EXPECT_EQ(quote(AskKind::kExchangeOut, 12'549).points, 12'500);
  EXPECT_EQ(quote(AskKind::kExchangeOut, 12'549).units, 1'000);
  EXPECT_EQ(quote(AskKind::kExchangeOut, 7).points, 1'000);  // The least.
  EXPECT_EQ(quote(AskKind::kExchangeOut, 0, 999).units, 1'000);
  EXPECT_EQ(quote(AskKind::kExchangeOut, 0, 1'000).points, 12'500);
  EXPECT_EQ(quote(AskKind::kExchangeOut, 0, 1'001).units, 1'004);
  const Quote in = quote(AskKind::kExchangeIn, 5'001);
  EXPECT_EQ(in.units, 501);
  EXPECT_EQ(in.points, 5'010);
  EXPECT_EQ(in.block, 1);
  EXPECT_EQ(in.min, 500);
  EXPECT_EQ(quote(AskKind::kExchangeIn, 0, 700).points, 7'000);
}

TEST_F(QuoteTest, WithoutContractOrPriceThereIsNone) {
  EXPECT_EQ(quote(AskKind::kRedeem, 1, 0, 0, BusinessDate::of(2025, 12, 31)).code,
            AskCode::kNoContract);
  EXPECT_EQ(quote(AskKind::kRedeem, 1, 0, 0, BusinessDate::of(2027, 1, 1)).code,
            AskCode::kNoContract);  // The contract goes on, the price doesn't.
  rows_.prices.pop_back();
  EXPECT_EQ(quote(AskKind::kExchangeOut, 12'500).code, AskCode::kNoContract);  // One way alone.
  rows_.contracts[0].use = false;
  EXPECT_EQ(quote(AskKind::kRedeem, 1).code, AskCode::kNoContract);
  EXPECT_EQ(quote(AskKind::kAccrual, 1).code, AskCode::kDone);
}

TEST_F(QuoteTest, WhatCanBeNoAmountIsNoQuote) {
  rows_.prices[0].num = 1'000'000;
  rows_.prices[0].den = 1;
  EXPECT_EQ(quote(AskKind::kRedeem, kAmountMax).code, AskCode::kRate);
  EXPECT_EQ(quote(AskKind::kRedeem, 0, 0, kAmountMax).points, 100'000);
  rows_.prices[0].num = 0;
  EXPECT_EQ(quote(AskKind::kRedeem, 0, 0, 1).code, AskCode::kRate);
  EXPECT_EQ(quote(AskKind::kRedeem, 10).fen, 0);
  rows_.prices[0].num = 1;
  rows_.prices[0].den = 1'000'000;
  EXPECT_EQ(quote(AskKind::kRedeem, 0, 0, kAmountMax).code, AskCode::kRate);
  EXPECT_EQ(quote(AskKind::kExchangeIn, 0, kAmountMax).code, AskCode::kRate);
  EXPECT_EQ(quote(AskKind::kExchangeOut, 0, kAmountMax).code, AskCode::kRate);
}

}  // namespace PH_FILE
}  // namespace ph
