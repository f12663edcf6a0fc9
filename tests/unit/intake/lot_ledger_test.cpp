// Points as the clearing sees them: bounds at the end of each batch, sums by issuer and quarter.
#include "core/intake/lot_ledger.h"

#include <gtest/gtest.h>

#include "tests/unit/intake/ledger_text.h"
#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const LotId kLot = deep_lot(kP1);
constexpr std::size_t kQuarter = 27;  // 2006Q4

Slice change(Account account, std::int64_t delta, Participant issuer = kP1) {
  Slice slice = slice_of(issuer, account, delta);
  slice.original = 100;
  return slice;
}
Slice debt(Account account, std::int64_t delta, Participant issuer = kP1) {
  return {.lot = LotId(issuer, BusinessDate(), 0),
          .source = Source::kDebt,
          .account = account,
          .delta = delta};
}

class Ledger : public testing::Test {
 protected:
  void open(std::int64_t remaining, std::int64_t owed = 0) {
    Opening opening{.province = kP1,
                    .lots = {{.lot = kLot,
                              .member = kAnn,
                              .earned_month = month_of(2006, 12),
                              .expires_on = on(2010, 1, 1),
                              .source = Source::kConsumption,
                              .rating = 1,
                              .original = 100,
                              .remaining = remaining}}};
    if (owed > 0) {
      opening.debts = {{.member = kAnn, .issuer = kP1, .points = owed}};
    }
    ledger_.open(opening);
  }
  bool applies(const std::vector<Slice>& movements, const std::vector<Slice>& of_item = {},
               Part part = Part::kOpen) {
    std::vector<Movement> rows;
    for (const Slice& slice : movements) {
      rows.push_back({.member = kAnn, .entry = 1, .kind = Kind::kEarn, .slice = slice});
    }
    Report item = report(Kind::kRedeem, id_of(kP1, kDay, "1"), kAnn, 0);
    item.slices = of_item;
    return !ledger_.apply(world_.hold(kP1, kDay, 1, {item}, rows), part);
  }

  World world_;
  LotLedger ledger_;
};

TEST_F(Ledger, TakesALotToZeroButNotBelow) {
  open(100);
  EXPECT_TRUE(applies({}, {change(Account::kRedeemed, -100)}));
  EXPECT_EQ(ledger_.lots().at(0).remaining, 0);
  EXPECT_FALSE(applies({}, {change(Account::kRedeemed, -1)}));
}

TEST_F(Ledger, FillsALotToItsOriginalButNotAbove) {
  open(90);
  EXPECT_TRUE(applies({}, {change(Account::kRedeemed, 10)}));
  EXPECT_FALSE(applies({}, {change(Account::kRedeemed, 1)}));
}

TEST_F(Ledger, LooksAtTheEndOfTheBatchOnly) {
  open(100);
  // The movements of a batch come first, whatever their entries.
  EXPECT_TRUE(applies({change(Account::kExpired, -120)}, {change(Account::kRedeemed, 30)}));
  EXPECT_EQ(ledger_.lots().at(0).remaining, 10);
}

TEST_F(Ledger, NamesTheLotAtFault) {
  open(100);
  const auto fault = ledger_.apply(
      world_.hold(kP1, kDay, 1, {},
                  {{.member = kAnn, .entry = 1, .slice = change(Account::kExpired, -101)}}),
      Part::kOpen);
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->lot, kLot);
  EXPECT_EQ(fault->remaining, -1);
  EXPECT_EQ(fault->original, 100);
}

TEST_F(Ledger, ARefusedBatchLeavesLotsDebtsSumsAndBreakageAsTheyWere) {
  open(50, 8);
  const Texts before = texts_of(ledger_);
  Slice graced = change(Account::kRedeemed, 10);
  graced.expires_on = on(2010, 2, 1);
  Slice fresh = change(Account::kIssued, 40, kP2);
  EXPECT_FALSE(applies({fresh, debt(Account::kRepaid, 8), debt(Account::kIssued, -3, kP3),
                        change(Account::kExpired, -20)},
                       {graced, change(Account::kForfeited, -41)}));
  EXPECT_EQ(texts_of(ledger_), before);
  fresh.original = 60;  // That of the refused batch isn't remembered.
  fresh.delta = 60;
  EXPECT_TRUE(applies({fresh, change(Account::kExpired, -50)}));
  EXPECT_EQ(ledger_.lots().at(1).original, 60);
}

TEST_F(Ledger, ADebtIsRepaidToZeroButNotBeyond) {
  open(100, 30);
  EXPECT_TRUE(applies({change(Account::kRepaid, -30), debt(Account::kRepaid, 30)}));
  EXPECT_TRUE(ledger_.debts().empty());
  EXPECT_FALSE(applies({debt(Account::kRepaid, 1)}));
}

TEST_F(Ledger, ADebtGrowsByWhatCannotBeTakenBack) {
  open(0);
  EXPECT_TRUE(applies({debt(Account::kIssued, -7), debt(Account::kIssued, -2)}));
  EXPECT_EQ(ledger_.debts().at({kAnn, kP1}), 9);
}

TEST_F(Ledger, ANewLotComesWithItsFirstSlice) {
  Slice slice = change(Account::kIssued, 40, kP2);
  EXPECT_TRUE(applies({slice}));
  slice.delta = -50;
  EXPECT_FALSE(applies({slice}));
}

TEST_F(Ledger, AGraceOnlyExtendsTheExpiry) {
  open(50);
  Slice graced = change(Account::kRedeemed, 10);
  graced.expires_on = on(2010, 2, 1);
  EXPECT_TRUE(applies({}, {graced, change(Account::kRedeemed, -1)}));
  EXPECT_EQ(ledger_.lots().at(0).expires_on, on(2010, 2, 1));
}

TEST_F(Ledger, HoldsWhatASliceSaysAgainstWhatIsKnown) {
  open(50);
  const Texts before = texts_of(ledger_);
  const Slice right = change(Account::kRedeemed, -1);
  const auto fault_of = [&](const Slice& slice, Member member, Part part = Part::kOpen) {
    const auto fault = ledger_.apply(
        world_.hold(kP1, kDay, 1, {}, {{.member = member, .entry = 1, .slice = slice}}), part);
    EXPECT_TRUE(fault.has_value());
    EXPECT_EQ(texts_of(ledger_), before);
    return fault ? fault->other : "none";
  };
  EXPECT_EQ(fault_of(right, member_of(2)), "member");
  Slice slice = right;
  slice.earned_month = month_of(2006, 9);
  EXPECT_EQ(fault_of(slice, kAnn), "earned_month");
  slice = right;
  slice.source = Source::kLevel;
  EXPECT_EQ(fault_of(slice, kAnn), "source");
  slice = right;
  slice.rating = 0;
  EXPECT_EQ(fault_of(slice, kAnn), "rating");
  slice = right;
  slice.original = 101;
  EXPECT_EQ(fault_of(slice, kAnn), "original");
  slice = right;
  slice.expires_on = on(2009, 12, 31);
  EXPECT_EQ(fault_of(slice, kAnn), "expires_on");
  slice = right;
  slice.rating = 0;
  EXPECT_EQ(fault_of(slice, kAnn, Part::kNext), "rating");
  EXPECT_TRUE(applies({}, {right}, Part::kNext));
}

// Records lie by id: a slice from before the grace may stand behind it, in that batch alone.
TEST_F(Ledger, AnExpiryIsTheOneBeforeTheBatchOrLater) {
  open(50);
  Slice graced = change(Account::kRedeemed, 10);
  graced.expires_on = on(2010, 2, 1);
  EXPECT_TRUE(applies({}, {graced, change(Account::kRedeemed, -1)}));
  EXPECT_FALSE(applies({}, {change(Account::kRedeemed, -1)}));
  graced.expires_on = on(2010, 3, 1);
  EXPECT_FALSE(applies({}, {graced, change(Account::kRedeemed, -1)}));
  graced.expires_on = on(2010, 2, 1);
  EXPECT_TRUE(applies({}, {graced}, Part::kNext));
  EXPECT_FALSE(applies({}, {change(Account::kRedeemed, -1)}, Part::kNext));
}

// Of a lot that comes with this batch any order of its expiries will do.
TEST_F(Ledger, ANewLotMayHaveItsLaterExpiryFirst) {
  open(50);
  Slice later = change(Account::kMoved, 40, kP2);
  later.lot = LotId(kP2, kDay, 9);
  later.expires_on = on(2010, 2, 1);
  Slice first = later;
  first.expires_on = on(2010, 1, 1);
  EXPECT_TRUE(applies({}, {later, first}));
  EXPECT_FALSE(applies({}, {first}));
  first.lot = later.lot = LotId(kP2, kDay, 10);
  EXPECT_TRUE(applies({}, {later, first}, Part::kNext));
  EXPECT_FALSE(applies({}, {first}, Part::kNext));
}

TEST_F(Ledger, SumsByAccountIssuerAndQuarter) {
  open(100, 8);
  EXPECT_TRUE(applies({change(Account::kExpired, -5), change(Account::kForfeited, -6),
                       change(Account::kRepaid, -8), debt(Account::kRepaid, 8)},
                      {change(Account::kRedeemed, -20), change(Account::kMoved, -1),
                       change(Account::kIssued, -2)}));
  const IssuerPoints* points = ledger_.issuer(1);
  ASSERT_NE(points, nullptr);
  const PointSums& sums = points->period.at(kQuarter);
  EXPECT_EQ(points->opening.at(kQuarter), 100);
  EXPECT_EQ(sums.expired, -5);
  EXPECT_EQ(sums.forfeited, -6);
  EXPECT_EQ(sums.redeemed, -20);
  EXPECT_EQ(sums.moved, -1);
  EXPECT_EQ(sums.issued, -2);
  EXPECT_EQ(sums.repaid, -8);
  EXPECT_EQ(points->opening.at(IssuerPoints::kDebtQuarter), -8);
  EXPECT_EQ(points->period.at(IssuerPoints::kDebtQuarter).repaid, 8);
  EXPECT_EQ(ledger_.issuer(2), nullptr);
}

TEST_F(Ledger, OneClosingIsTheNextOpening) {
  open(100);
  EXPECT_TRUE(applies({change(Account::kExpired, -5)}, {change(Account::kRedeemed, -20)}));
  ledger_.next_period();
  EXPECT_EQ(ledger_.issuer(1)->opening.at(kQuarter), 75);
  EXPECT_EQ(ledger_.issuer(1)->period.at(kQuarter).total(), 0);
  EXPECT_TRUE(ledger_.breakage().empty());
  EXPECT_FALSE(ledger_.lots().at(0).shown);
}

TEST_F(Ledger, TheNextPartIsHeldAgainstAllThatCameBeforeAndSeenOnlyAfterwards) {
  open(100, 30);
  EXPECT_TRUE(applies({change(Account::kExpired, -5)}, {change(Account::kRedeemed, -35)}));
  const Texts april = texts_of(ledger_);
  Slice graced = change(Account::kRedeemed, 10);
  graced.expires_on = on(2010, 2, 1);
  Slice fresh = change(Account::kIssued, 40, kP2);
  fresh.lot = LotId(kP2, kDay, 1);
  EXPECT_TRUE(applies({fresh, change(Account::kRepaid, -30), debt(Account::kRepaid, 30)},
                      {graced, change(Account::kForfeited, -40)}, Part::kNext));
  EXPECT_FALSE(applies({change(Account::kExpired, -1)}, {}, Part::kNext));
  EXPECT_FALSE(applies({debt(Account::kRepaid, 1)}, {}, Part::kNext));
  EXPECT_EQ(texts_of(ledger_), april);
  ledger_.next_period();
  EXPECT_EQ(ledger_.lots().at(0).remaining, 0);
  EXPECT_EQ(ledger_.lots().at(0).expires_on, on(2010, 2, 1));
  EXPECT_EQ(ledger_.lots().at(1).remaining, 40);
  EXPECT_TRUE(ledger_.debts().empty());
  const IssuerPoints* points = ledger_.issuer(1);
  EXPECT_EQ(points->opening.at(kQuarter), 60);
  EXPECT_EQ(points->period.at(kQuarter).total(), -60);
  EXPECT_EQ(ledger_.breakage().at({kP1, kDay}), 40);
}

TEST_F(Ledger, BreakageIsWhatExpiredAndWasForfeitedLessDebtsWrittenOff) {
  open(100, 8);
  EXPECT_TRUE(applies({change(Account::kExpired, -5), change(Account::kForfeited, -6),
                       debt(Account::kForfeited, 8)}));
  EXPECT_EQ(ledger_.breakage().at({kP1, kDay}), 3);
}

}  // namespace PH_FILE
}  // namespace ph::test
