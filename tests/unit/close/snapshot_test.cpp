// A clearing that starts again from a snapshot goes on as if it had never ended; damaged bytes give
// none.
#include "core/close/snapshot.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/intake/ledger_text.h"
#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

const Member kAnn = member_of(1);
const TransactionId kGoods = id_of(kP2, kDay, "1");
const TransactionId kSale = id_of(kShop, kDay, "S");
const BusinessDate kInMay = on(2007, 5, 7);
constexpr std::size_t kPart = 1000;

Report sold() {
  return redeemed(kSale, kAnn, {{kP1, 10}}, kShop, Form::kMerchant);
}

// April is closed: P01 owes P02 for goods, P03 has the shop's answer, the bank carries 30 forward.
// Of May there are the first batches, and two of June.
class BooksSnapshot : public testing::Test {
 protected:
  BooksSnapshot() { begin(world_); }

  static void begin(World& world) {
    const TransactionId accrued = id_of(kBank, kDay, "A");
    world.opened();
    world.send(kP1, kDay,
               {redeemed(kGoods, kAnn, {{kP1, 100}}, kP2, Form::kOwnProduct),
                issued(Kind::kAccrual, accrued, kAnn, 30, kP1, kBank)});
    world.send(kP2, kDay,
               {delivered(kGoods, kAnn, 100, kP1, Form::kOwnProduct),
                delivered(kGoods, kAnn, 90, kP1, Form::kOwnProduct)});
    world.send(kP3, kDay, {sold()});
    world.send(kShop, kDay, {at_shop(kSale, kAnn, 10)});
    world.send(kBank, kDay, {from_partner(Kind::kPartnerAccrual, accrued, kAnn, 30, kBank)});
    EXPECT_EQ(world.closed(kApril).suspended.size(), 0U);
    world.settlement().next_period();
    Movement debt{.member = kAnn, .entry = 1, .kind = Kind::kUnearn};
    debt.slice = {.lot = LotId(kP1, BusinessDate(), 0),
                  .source = Source::kDebt,
                  .account = Account::kIssued,
                  .delta = -8};
    Movement expired{.member = kAnn, .entry = 1, .kind = Kind::kExpire};
    expired.slice = slice_of(kP1, Account::kExpired, -5);
    world.send(kP1, kInMay, {sold()}, {debt, expired});
    world.send(kP2, kInMay,
               {citing(Action::kCorrect, 1, 1, delivered(kGoods, kAnn, 60, kP1, Form::kOwnProduct)),
                delivered(kGoods, kAnn, 100, kP1, Form::kOwnProduct)});
    debt.slice.account = Account::kRepaid;
    debt.slice.delta = 8;
    world.send(kP1, kInMay, {}, {debt, expired}, Part::kNext);
    world.send(
        kP2, kInMay,
        {citing(Action::kCorrect, 2, 1, delivered(kGoods, kAnn, 100, kP1, Form::kOwnProduct)),
         delivered(id_of(kP2, kInMay, "2"), kAnn, 5), delivered(id_of(kP2, kInMay, "2"), kAnn, 6)},
        {}, Part::kNext);
  }

  // What comes of it all.
  static Texts end(World& world) {
    Texts out;
    const auto add = [&](const Texts& texts) { out.insert(out.end(), texts.begin(), texts.end()); };
    for (const Month month : {kMay, kMay.next()}) {
      if (month != kMay) {
        world.send(
            kP2, kInMay,
            {citing(Action::kWithdraw, 3, 1, delivered(kGoods, kAnn, 0, kP1, Form::kOwnProduct))});
        add(texts_of(world.taken().returned));
      }
      const PeriodResult result = world.closed(month);
      add(texts_of(result.legs));
      add(suspense_of(result.suspended));
      for (const Position& position : result.positions) {
        out.push_back(std::to_string(position.net) + " " +
                      std::to_string(position.brought_forward));
      }
      for (const SenderBook* book : std::as_const(world.settlement()).books()) {
        add(returned_of(*book));
        add(texts_of(book->ledger()));
      }
      world.settlement().next_period();
    }
    return out;
  }

  World world_;
};

TEST_F(BooksSnapshot, GoesOnAsIfItHadNeverEnded) {
  const std::vector<std::byte> snapshot = world_.saved();
  for (const std::size_t part : {snapshot.size(), kPart, std::size_t{7}}) {
    World again;
    begin(again);
    ASSERT_TRUE(again.restart(snapshot, part));
    EXPECT_EQ(again.saved(), snapshot);
    World never;
    begin(never);
    EXPECT_EQ(end(again), end(never));
  }
  // The settled ones were marked, what was carried was kept, the next part was apart.
  const Texts texts = end(world_);
  const auto count = [&texts](const std::string& text) { return std::ranges::count(texts, text); };
  EXPECT_EQ(count("MISSING_ACQUIRER 1 REDEEM"), 3);
  EXPECT_EQ(count("AMOUNT 2 DELIVERY"), 1);
  EXPECT_EQ(count("0 -30"), 2);
}

// A lot that passed is told in layout 2, which nothing else is.
TEST_F(BooksSnapshot, KnowsWhichNumbersHaveHadALot) {
  constexpr std::size_t kLayoutAt = 12;  // Behind the section's length and the magic.
  EXPECT_EQ(world_.saved()[kLayoutAt], std::byte{1});
  const auto pass = [](World& world) {
    Movement first{.member = kAnn, .entry = 1, .kind = Kind::kReassign};
    first.slice = slice_of(kP1, Account::kMoved, -1);
    Movement second = first;
    second.member = member_of(2);
    second.slice.delta = 1;
    world.send(kP1, kInMay.plus_days(1), {}, {first, second}, Part::kNext);
    EXPECT_FALSE(world.taken().fault.has_value());
  };
  pass(world_);
  const std::vector<std::byte> snapshot = world_.saved();
  EXPECT_EQ(snapshot[kLayoutAt], std::byte{2});
  World again;
  begin(again);
  pass(again);
  ASSERT_TRUE(again.restart(snapshot, kPart));
  EXPECT_EQ(again.saved(), snapshot);
  EXPECT_EQ(end(again), end(world_));
  std::vector<std::byte> torn = snapshot;
  torn[kLayoutAt] = std::byte{1};
  EXPECT_FALSE(again.restart(torn, kPart));
}

TEST_F(BooksSnapshot, GivesWhatLiesBehindItBack) {
  std::vector<std::byte> snapshot = world_.saved();
  const std::size_t size = snapshot.size();
  snapshot.resize(size + 5, std::byte{7});
  Settlement into(world_.rules());
  SettlementLoader loader(
      into, [](Participant, std::uint32_t, const Digest&) { return std::optional<BatchView>(); });
  EXPECT_TRUE(loader.take(snapshot).empty());
  EXPECT_FALSE(loader.finish());  // It has no batches.
  Settlement empty(world_.rules());
  std::vector<std::byte> bytes;
  empty.save([&](Bytes part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  bytes.resize(bytes.size() + 5, std::byte{7});
  SettlementLoader second(into, nullptr);
  EXPECT_EQ(second.take(bytes).size(), 5U);
  EXPECT_TRUE(second.finish());
}

TEST_F(BooksSnapshot, NeedsTheVeryBatchesThatWereTaken) {
  const std::vector<std::byte> snapshot = world_.saved();
  world_.hold(kP2, kDay, 1, {delivered(kGoods, kAnn, 5)});  // Another under the same number.
  EXPECT_FALSE(world_.restart(snapshot, kPart));
}

TEST_F(BooksSnapshot, KnowsParticipantsThatTheRuleBookHasGotSince) {
  const Participant late{5};
  RuleRows rows = rule_rows();
  rows.participants.insert(rows.participants.begin() + 3, {.code = "P05",
                                                           .participant = late,
                                                           .kind = ParticipantKind::kProvince,
                                                           .name_zh = "某",
                                                           .name_en = "Late"});
  World world(rows);
  ASSERT_TRUE(world.restart(World().saved(), kPart));
  EXPECT_EQ(world.book(late).sender(), late);
}

TEST_F(BooksSnapshot, CutShortGivesNone) {
  const std::vector<std::byte> snapshot = world_.saved();
  for (std::size_t size = 0; size < snapshot.size(); size += 13) {
    EXPECT_FALSE(world_.restart(Bytes(snapshot).first(size), kPart));
  }
}

TEST_F(BooksSnapshot, WithASectionLongerThanItsBookGivesNone) {
  constexpr std::size_t kFirstBook = 24;  // Behind the header's section: its length.
  std::vector<std::byte> snapshot = world_.saved();
  std::uint64_t length = 0;
  std::memcpy(&length, &snapshot[kFirstBook], sizeof length);
  const auto end = snapshot.begin() + kFirstBook + 8 + static_cast<std::ptrdiff_t>(length);
  snapshot.insert(end, 8, std::byte{0});
  length += 8;
  std::memcpy(&snapshot[kFirstBook], &length, sizeof length);
  EXPECT_FALSE(world_.restart(snapshot, kPart));
}

// Whatever is changed, it is refused or gives books that can be used.
TEST_F(BooksSnapshot, OfDamagedBytesReachesNowhere) {
  const std::vector<std::byte> snapshot = world_.saved();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < snapshot.size(); ++at) {
    for (const std::byte change : {std::byte{1}, std::byte{0x80}, std::byte{0xFF}}) {
      std::vector<std::byte> damaged = snapshot;
      damaged[at] ^= change;
      if (!world_.restart(damaged, kPart)) {
        ++refused;
      } else {
        (void)world_.saved();
        (void)judge(std::as_const(world_.settlement()).books(), world_.rules());
      }
    }
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace PH_FILE
}  // namespace ph::test
