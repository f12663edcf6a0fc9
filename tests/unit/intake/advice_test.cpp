// What a home's batch tells the issuers of the points that it changed.
#include "core/intake/advice.h"

#include <gtest/gtest.h>

#include "tests/unit/intake/ledger_text.h"
#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);

// `2: issued redeemed expired forfeited moved repaid`.
Texts advices(const BatchView& batch) {
  Texts out;
  for (const IssuerAdvice& advice : advices_of(batch)) {
    out.push_back(std::to_string(advice.issuer.number()) + ":" + text_of(advice.sums));
  }
  return out;
}

Movement moved(Participant issuer, Account account, std::int64_t delta) {
  return {
      .member = kAnn, .entry = 1, .kind = Kind::kEarn, .slice = slice_of(issuer, account, delta)};
}

TEST(Advices, SumEachOtherIssuersSlicesByAccount) {
  World world;
  const BatchView batch =
      world.hold(kP1, kDay, 1,
                 {redeemed(id_of(kP2, kDay, "1"), kAnn, {{kP3, 30}, {kP1, 5}, {kP2, 7}}, kP2),
                  redeemed(id_of(kP2, kDay, "2"), kAnn, {{kP3, 1}}, kP2)},
                 {moved(kP3, Account::kExpired, -4), moved(kP1, Account::kIssued, 9),
                  moved(kP3, Account::kForfeited, -2), moved(kP2, Account::kMoved, 60)});
  EXPECT_EQ(advices(batch), (Texts{"2: 0 -7 0 0 60 0", "3: 0 -31 -4 -2 0 0"}));
}

TEST(Advices, DebtsCountWithTheirIssuersLots) {
  World world;
  Movement debt{.member = kAnn, .entry = 1, .kind = Kind::kRepay};
  debt.slice = {.lot = LotId(kP2, BusinessDate(), 0),
                .source = Source::kDebt,
                .account = Account::kRepaid,
                .delta = 8};
  EXPECT_EQ(advices(world.hold(kP1, kDay, 1, {}, {debt})), Texts{"2: 0 0 0 0 0 8"});
  EXPECT_EQ(advices(world.hold(kP1, kDay, 1, {}, {debt, moved(kP2, Account::kRepaid, -8)})),
            Texts{});
}

TEST(Advices, AreNotGivenToTheHomeItselfNorAboutNothing) {
  World world;
  EXPECT_EQ(advices(world.hold(kP1, kDay, 1, {}, {moved(kP1, Account::kIssued, 9)})), Texts{});
  EXPECT_EQ(
      advices(world.hold(kP1, kDay, 1, {},
                         {moved(kP2, Account::kExpired, -9), moved(kP2, Account::kExpired, 9)})),
      Texts{});
  EXPECT_EQ(advices(world.hold(kShop, kDay, 1, {at_shop(id_of(kShop, kDay, "1"), kAnn, 5)})),
            Texts{});
}

}  // namespace PH_FILE
}  // namespace ph::test
