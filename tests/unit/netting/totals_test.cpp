// Running totals against the lines that are summed from all legs.
#include "core/netting/totals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>

#include "app/generate/random.h"

namespace ph {
namespace PH_FILE {

using generate::Random;

constexpr Month kPeriod{(2026 - 2000) * 12 + 2};

RuleBook rule_book() {
  RuleRows rows;
  rows.participants = {
      {.code = "P01", .participant = Participant(1), .kind = ParticipantKind::kProvince, .line = 1},
      {.code = "P02", .participant = Participant(2), .kind = ParticipantKind::kProvince, .line = 2},
      {.code = "P03", .participant = Participant(3), .kind = ParticipantKind::kProvince, .line = 3},
      {.code = "CLR", .participant = kClearingHouse, .kind = ParticipantKind::kClearing, .line = 4},
      {.code = "MER1",
       .participant = Participant(101),
       .kind = ParticipantKind::kMerchant,
       .line = 5}};
  std::uint32_t line = 6;
  for (std::uint32_t version = 1; version <= 6; ++version) {
    rows.prices.push_back({.version = version,
                           .kind = version < 4 ? PriceKind::kInter : PriceKind::kReimburse,
                           .partner = version < 4 ? Participant() : Participant(101),
                           .num = version * 7,
                           .den = 10 + version,
                           .from = BusinessDate(static_cast<std::uint16_t>(version * 100)),
                           .to = BusinessDate(static_cast<std::uint16_t>(version * 100 + 100)),
                           .line = line++});
  }
  auto book = RuleBook::build(std::move(rows));
  EXPECT_TRUE(book);
  return std::move(book).value();
}

std::vector<Leg> random_legs(Random& random, std::uint32_t count) {
  std::vector<Leg> legs;
  for (std::uint32_t n = 0; n < count; ++n) {
    Leg leg{.debtor = Participant(static_cast<std::uint16_t>(random.between(1, 3))),
            .creditor = Participant(static_cast<std::uint16_t>(random.between(100, 101))),
            .reason = static_cast<Reason>(random.between(1, 11))};
    leg.partner = random.one_in(2) ? Participant(101) : Participant();
    leg.version = random.between(1, 6);
    leg.second = random.one_in(4) ? random.between(1, 6) : 0;
    leg.quantity = std::int64_t{random.between(0, 2'000)} - 1'000;
    if (leg.reason == Reason::kGiftCost) {
      leg.version = leg.second = 0;
      leg.fen = leg.quantity * 3 + 1;
    }
    leg.id.participant = leg.debtor;
    leg.id.date = first_day(kPeriod).plus_days(static_cast<int>(random.below(40)) - 5);
    const std::string text = std::to_string(n);
    std::memcpy(leg.id.reference.data(), text.data(), text.size());
    legs.push_back(leg);
  }
  return legs;
}

auto key_of(const Leg& leg) {
  return std::tuple(leg.debtor, leg.creditor, leg.reason, leg.partner, leg.version, leg.second);
}

void expect_same(const std::vector<Line>& a, const std::vector<Line>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t n = 0; n < a.size(); ++n) {
    const auto all = [](const Line& l) {
      return std::tuple(l.debtor, l.creditor, l.reason, l.partner, l.version, l.second, l.quantity,
                        l.price.text(), l.exact.text(), l.fen, l.items, l.prior_items,
                        l.prior_quantity, l.first_leaf);
    };
    EXPECT_EQ(all(a[n]), all(b[n])) << "line " << n;
  }
}

TEST(LineTotals, GiveTheLinesOfTheLegsHoweverTheyWereAdded) {
  const RuleBook rules = rule_book();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::vector<Leg> legs = random_legs(random, 1'000 + random.below(40));
    std::vector<PackedLeg> packed;
    LineTotals one_by_one(1);
    for (const Leg& leg : legs) {
      packed.push_back(pack(leg, kPeriod));
      one_by_one.add(packed.back());
    }
    const std::span<const PackedLeg> all(packed);
    const std::size_t half = random.below(1'000);
    LineTotals first;
    LineTotals second(1);
    first.add(all.first(half));
    second.add(all.subspan(half));
    first.add(second);
    std::ranges::stable_sort(legs, {}, key_of);
    const std::vector<Line> wanted = lines_of(legs, kPeriod, rules);
    expect_same(one_by_one.lines(rules), wanted);
    expect_same(first.lines(rules), wanted);
    LineTotals restored;
    for (const LineTotal& total : first.totals()) {
      restored.add(total);
    }
    EXPECT_EQ(restored.totals(), one_by_one.totals());
  }
}

TEST(LineTotals, OfNothingAreNothing) {
  const LineTotals totals;
  EXPECT_EQ(totals.size(), 0U);
  EXPECT_TRUE(totals.totals().empty());
  EXPECT_TRUE(matrix_of(totals.lines(rule_book())).empty());
}

TEST(LineTotals, ALineThatCameToNothingIsStillALine) {
  PackedLeg leg{.debtor = Participant(1), .creditor = Participant(2), .reason = Reason{1}};
  leg.version = 1;
  leg.quantity = 40;
  LineTotals totals;
  totals.add(leg);
  leg.quantity = -40;
  totals.add(leg);
  const std::vector<Line> lines = totals.lines(rule_book());
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].items, 2U);
  EXPECT_EQ(lines[0].fen, 0);
  ASSERT_EQ(matrix_of(lines).size(), 1U);
}

TEST(LineTotalsDeathTest, SumsBeyondTheBoundStopTheProcess) {
  PackedLeg leg{.debtor = Participant(1), .creditor = Participant(2), .reason = Reason{1}};
  leg.version = 1;
  leg.quantity = Points::kMax;
  const std::vector<PackedLeg> legs(20, leg);
  LineTotals totals;
  EXPECT_DEATH(totals.add(legs), "bound");
  totals.add(leg);
  EXPECT_DEATH(totals.add(leg), "bound");
}

}  // namespace PH_FILE
}  // namespace ph
