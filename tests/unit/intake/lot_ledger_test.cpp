// Points as the clearing sees them: bounds at the end of each batch, sums by issuer and quarter.
#include "core/intake/lot_ledger.h"

#include <gtest/gtest.h>

#include <cstring>

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

const Member kBob = member_of(2);
const Member kCarl = member_of(3);

// Lots that pass from number to number.
class Passing : public Ledger {
 protected:
  Passing() { open(100); }

  static Movement passes(std::uint32_t entry, Member member, std::int64_t delta) {
    return {.member = member,
            .entry = entry,
            .kind = Kind::kReassign,
            .slice = change(Account::kMoved, delta)};
  }
  static std::vector<Movement> pair(std::uint32_t entry, Member old, Member now,
                                    std::int64_t points) {
    return {passes(entry, old, -points), passes(entry, now, points)};
  }
  static Movement expires(Member member, std::int64_t points) {
    return {.member = member,
            .entry = 3'000'000'000,
            .kind = Kind::kExpire,
            .slice = change(Account::kExpired, -points)};
  }
  std::string_view fault_of(std::vector<Movement> movements, std::vector<Report> items = {},
                            Part part = Part::kOpen) {
    const auto fault =
        ledger_.apply(world_.hold(kP1, kDay, 1, std::move(items), std::move(movements)), part);
    return fault ? fault->other.empty() ? "bounds" : fault->other : "none";
  }
  static Report of(Kind kind, Member member, std::int64_t delta) {
    Report out = report(kind, id_of(kP1, kDay, "1"), member, 0);
    const bool moves = kind == Kind::kMoveIn || kind == Kind::kMoveOut;
    out.slices = {change(moves ? Account::kMoved : Account::kRedeemed, delta)};
    return out;
  }
};

TEST_F(Passing, EachNumberThatHasHadItMayBeNamedAndNoOther) {
  EXPECT_EQ(fault_of({expires(kBob, 1)}), "member");
  EXPECT_EQ(fault_of(pair(1, kAnn, kBob, 100)), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kBob);
  EXPECT_EQ(ledger_.lots().at(0).remaining, 100);
  EXPECT_EQ(fault_of({expires(kBob, 1)}), "none");
  EXPECT_EQ(fault_of({}, {of(Kind::kRefund, kAnn, 1)}), "none");
  EXPECT_EQ(fault_of({expires(kCarl, 1)}), "member");
  EXPECT_EQ(ledger_.issuer(1)->period.at(kQuarter).moved, 0);
}

TEST_F(Passing, WhateverOrderTheEntriesLieIn) {
  // Ann's passed to Bob by a refund's entry, then from Bob to Carl by a row's, which lies before
  // it.
  std::vector<Movement> movements = pair(7, kBob, kCarl, 60);
  for (const Movement& movement : pair(3'000'000'001, kAnn, kBob, 100)) {
    movements.push_back(movement);
  }
  movements.push_back(expires(kAnn, 1));
  EXPECT_EQ(fault_of(movements, {of(Kind::kRedeem, kBob, -40)}), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kCarl);
  // And back again within one batch: it is whose it was.
  movements = pair(1, kCarl, kAnn, 59);
  for (const Movement& movement : pair(2, kAnn, kCarl, 59)) {
    movements.push_back(movement);
  }
  EXPECT_EQ(fault_of(movements), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kCarl);
}

TEST_F(Passing, NobodyPassesWhatIsntHis) {
  const Texts before = texts_of(ledger_);
  EXPECT_EQ(fault_of(pair(1, kBob, kCarl, 10)), "member");
  EXPECT_EQ(
      fault_of({passes(1, kAnn, -5), passes(1, kBob, 5), passes(2, kAnn, -5), passes(2, kCarl, 5)}),
      "member");
  EXPECT_EQ(fault_of({passes(1, kAnn, -101), passes(1, kBob, 101), expires(kCarl, 1)}), "member");
  // The batch is refused for another reason: who gets the lot in it never had it.
  std::vector<Movement> movements = pair(1, kAnn, kBob, 100);
  movements.push_back(expires(kBob, 101));
  EXPECT_EQ(fault_of(movements), "bounds");
  EXPECT_EQ(texts_of(ledger_), before);
  EXPECT_EQ(fault_of({expires(kBob, 1)}), "member");
  EXPECT_FALSE(ledger_.has_former());
}

TEST_F(Passing, ALotComesBackUnderAnotherNumberWhenItIsEmpty) {
  EXPECT_EQ(fault_of({}, {of(Kind::kMoveIn, kBob, 10)}), "member");
  EXPECT_EQ(fault_of({expires(kAnn, 100)}), "none");
  EXPECT_EQ(fault_of({}, {of(Kind::kRedeem, kBob, -1)}), "member");
  // It passes on within the same batch, before the item that brings it.
  EXPECT_EQ(fault_of(pair(5, kBob, kCarl, 10), {of(Kind::kMoveIn, kBob, 10)}), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kCarl);
  EXPECT_EQ(fault_of({expires(kCarl, 10)}), "none");
  // A refund under a number that has had it changes nothing; under another one it is brought.
  EXPECT_EQ(fault_of({}, {of(Kind::kRefund, kAnn, 10)}), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kCarl);
  EXPECT_EQ(fault_of({expires(kCarl, 10)}), "none");
  EXPECT_EQ(fault_of({}, {of(Kind::kRefund, member_of(4), 10)}), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, member_of(4));
}

TEST_F(Passing, ALotLeavesUnderOneNumberAndComesBackUnderAnotherInOneBatch) {
  EXPECT_EQ(fault_of({}, {of(Kind::kMoveOut, kAnn, -100), of(Kind::kMoveIn, kBob, 100)}), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kBob);
  EXPECT_EQ(fault_of({}, {of(Kind::kMoveIn, kCarl, 100), of(Kind::kMoveOut, kBob, -100)}),
            "member");
  EXPECT_EQ(fault_of(pair(9, kCarl, kAnn, 90),
                     {of(Kind::kMoveOut, kBob, -100), of(Kind::kMoveIn, kAnn, 95),
                      of(Kind::kMoveOut, kAnn, -95), of(Kind::kMoveIn, kCarl, 90)}),
            "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kAnn);
  // It comes back to whom it left, and can't be brought a second time.
  EXPECT_EQ(fault_of({}, {of(Kind::kMoveOut, kAnn, -90), of(Kind::kMoveIn, kAnn, 50),
                          of(Kind::kMoveIn, member_of(4), 1)}),
            "member");
}

TEST_F(Passing, ANewLotIsWithWhoMadeItWhateverOrderTheEntriesLieIn) {
  const auto others = [&](std::vector<Movement> movements, std::uint32_t serial) {
    for (Movement& movement : movements) {
      movement.slice.lot = LotId(kP1, on(2007, 1, 5), serial);
    }
    return movements;
  };
  const auto holder = [&](std::uint32_t serial) {
    for (const LotState& lot : ledger_.lots()) {
      if (lot.lot == LotId(kP1, on(2007, 1, 5), serial)) {
        return lot.member;
      }
    }
    return Member();
  };
  const Movement made{.member = kAnn,
                      .entry = 3'000'000'001,
                      .kind = Kind::kEarn,
                      .slice = change(Account::kIssued, 100)};
  // What passed to Bob by a generated entry leaves him before that.
  Movement gone = passes(14, kBob, -100);
  gone.kind = Kind::kForfeit;
  gone.slice.account = Account::kForfeited;
  std::vector<Movement> movements{gone, made};
  for (const Movement& one : pair(3'000'000'002, kAnn, kBob, 100)) {
    movements.push_back(one);
  }
  EXPECT_EQ(fault_of(others(movements, 1)), "none");
  EXPECT_EQ(holder(1), kBob);
  // It passes back.
  movements = pair(14, kBob, kAnn, 100);
  movements.push_back(made);
  for (const Movement& one : pair(3'000'000'002, kAnn, kBob, 100)) {
    movements.push_back(one);
  }
  EXPECT_EQ(fault_of(others(movements, 2)), "none");
  EXPECT_EQ(holder(2), kAnn);
  // Nobody else may be named.
  movements = pair(14, kBob, kCarl, 100);
  movements.push_back(made);
  EXPECT_EQ(fault_of(others(movements, 3)), "member");
}

TEST_F(Passing, OfTheNextPartItIsSeenAfterwardsAndKeptInASnapshot) {
  EXPECT_EQ(fault_of(pair(1, kAnn, kBob, 100)), "none");
  EXPECT_EQ(fault_of(pair(1, kBob, kCarl, 100), {}, Part::kNext), "none");
  EXPECT_EQ(fault_of({expires(kAnn, 1)}, {}, Part::kNext), "none");
  EXPECT_EQ(ledger_.lots().at(0).member, kBob);
  ByteWriter out;
  ledger_.save(out);
  ledger_.save_former(out);
  LotLedger again;
  ByteReader in(out.bytes());
  ASSERT_TRUE(again.load(in) && again.load_former(in) && in.left() == 0);
  for (LotLedger* ledger : {&ledger_, &again}) {
    ledger->next_period();
    EXPECT_EQ(ledger->lots().at(0).member, kCarl);
    EXPECT_FALSE(ledger->apply(world_.hold(kP1, kDay, 1, {}, {expires(kBob, 1)}), Part::kOpen));
    EXPECT_TRUE(
        ledger->apply(world_.hold(kP1, kDay, 1, {}, {expires(member_of(4), 1)}), Part::kOpen));
  }
}

TEST_F(Passing, FormerNumbersThatCantBeAreRefused) {
  EXPECT_EQ(fault_of(pair(1, kAnn, kBob, 100)), "none");
  ByteWriter out;
  ledger_.save(out);
  const std::size_t size = out.bytes().size();
  ledger_.save_former(out);
  const std::vector<std::byte> whole(out.bytes().begin(), out.bytes().end());
  const auto loads = [&](const std::vector<std::byte>& bytes) {
    LotLedger again;
    ByteReader in(bytes);
    return again.load(in) && again.load_former(in) && in.good();
  };
  EXPECT_TRUE(loads(whole));
  std::vector<std::byte> torn = whole;
  torn[size + 8] ^= std::byte{1};  // No such lot.
  EXPECT_FALSE(loads(torn));
  torn = whole;
  const std::uint64_t present = kBob.number();
  std::memcpy(&torn[size + 16], &present, sizeof present);
  EXPECT_FALSE(loads(torn));
}

}  // namespace PH_FILE
}  // namespace ph::test
