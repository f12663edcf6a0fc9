// Random months: splits sum to the whole, nets to zero, and what settles depends on the records
// alone, not on when and in which order they came.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "tests/property/deals.h"

namespace ph::test {
namespace PH_FILE {

using rc::gen::inRange;

TEST(SplitProperty, PartsSumToTheWholeAndDifferFromTheExactByLessThanOne) {
  EXPECT_TRUE(rc::check("largest remainder", [] {
    const std::int64_t total = *inRange<std::int64_t>(0, 100'000'000'001);
    const auto points = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(
        inRange(1LL, *rc::gen::element(4LL, 5000LL))));
    std::vector<IssuerShare> shares;
    for (std::size_t n = 0; n < points.size(); ++n) {
      shares.push_back(
          {.issuer = Participant(static_cast<std::uint16_t>(n + 1)), .points = points[n]});
    }
    const Int128 all = std::accumulate(points.begin(), points.end(), std::int64_t{0});
    const std::vector<std::int64_t> parts = split_by_largest_remainder(total, shares);
    RC_ASSERT(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == total);
    for (std::size_t a = 0; a < parts.size(); ++a) {
      const Int128 exact = Int128{total} * points[a];
      const auto floor = static_cast<std::int64_t>(exact / all);
      RC_ASSERT(parts[a] == floor || parts[a] == floor + 1);
      RC_ASSERT(parts[a] == floor || exact % all != 0);
      // Who was rounded up has at least the remainder of whoever wasn't; an equal one comes first.
      for (std::size_t b = 0; b < parts.size(); ++b) {
        const Int128 other = Int128{total} * points[b];
        if (parts[a] > floor && parts[b] == static_cast<std::int64_t>(other / all)) {
          RC_ASSERT(exact % all > other % all || (exact % all == other % all && a < b));
        }
      }
    }
  }));
}

TEST(RatioProperty, RoundingIsWithinAHalfAndSymmetric) {
  EXPECT_TRUE(rc::check("round half up", [] {
    const std::int64_t num = *inRange<std::int64_t>(0, 1'000'000'000'000);
    const std::int64_t den = *inRange<std::int64_t>(1, *rc::gen::element(9, 1'000'000));
    const std::int64_t rounded = Ratio(num, den).round_half_up();
    RC_ASSERT(Int128{rounded} * 2 * den <= Int128{2} * num + den);
    RC_ASSERT(Int128{rounded} * 2 * den > Int128{2} * num - den);
    RC_ASSERT(Ratio(-num, den).round_half_up() == -rounded);
  }));
}

// Sends what is due, senders in the order given, a batch each.
void send(World& world, const std::vector<Sent>& sent, bool late,
          const std::vector<Participant>& order) {
  for (const Participant sender : order) {
    std::vector<Report> reports;
    for (const Sent& one : sent) {
      if (one.sender == sender && one.late == late) {
        reports.push_back(one.report);
      }
    }
    world.send(sender, late ? on(2007, 5, 10) : on(2007, 4, 25), std::move(reports));
    RC_ASSERT(!world.fault().has_value());
    RC_ASSERT(world.book(sender).returned().empty());
  }
}

const std::vector<Participant> kOrder{kP1, kP2, kP3, kAir, kShop};
const std::vector<Participant> kBackwards{kShop, kAir, kP3, kP2, kP1};

void check_money(const PeriodResult& result) {
  std::map<Participant, std::int64_t> net;
  for (const Line& line : result.lines) {
    net[line.debtor] -= line.fen;
    net[line.creditor] += line.fen;
    RC_ASSERT(line.debtor != line.creditor);
    const Ratio residue = line.exact - Ratio(line.fen, 1);
    RC_ASSERT(residue * 2 <= Ratio(1, 1));
    RC_ASSERT(Ratio(-1, 1) <= residue * 2);
  }
  std::int64_t sum = 0;
  std::int64_t through = 0;
  for (const Position& position : result.positions) {
    RC_ASSERT(position.net == net[position.participant]);
    RC_ASSERT(position.net == position.receivable - position.payable);
    sum += position.net;
    through += position.pays - position.receives;
  }
  RC_ASSERT(sum == 0);
  RC_ASSERT(through == 0);
}

// Everything taken is settled or waits, once.
void check_items(World& world, const Judgement& judgement) {
  std::size_t records = 0;
  for (const SenderBook* book : world.settlement().books()) {
    records += book->records().size();
  }
  std::size_t settled = 0;
  for (const SettledTransaction& one : judgement.settled) {
    settled += one.id.participant == kP1 ? 1U : 2U;  // P01's own stand alone.
  }
  RC_ASSERT(records == settled + judgement.suspended.size());
}

TEST(SettlementProperty, NetsSumToZeroAndEveryItemSettlesOrWaits) {
  EXPECT_TRUE(rc::check("a month", [] {
    World world;
    world.opened();
    const std::vector<Sent> sent = sent_of(*any_deals());
    send(world, sent, false, kOrder);
    send(world, sent, true, kOrder);
    check_items(world, world.judged());
    check_money(world.closed(kApril));
  }));
}

TEST(SettlementProperty, TheOrderOfSendersChangesNothing) {
  EXPECT_TRUE(rc::check("two orders", [] {
    const std::vector<Sent> sent = sent_of(*any_deals());
    const auto run = [&sent](const std::vector<Participant>& order) {
      World world;
      world.opened();
      send(world, sent, false, order);
      const PeriodResult result = world.closed(kApril);
      Texts out = texts_of(result.legs);
      const Texts waiting = suspense_of(result.suspended);
      out.insert(out.end(), waiting.begin(), waiting.end());
      return out;
    };
    RC_ASSERT(run(kOrder) == run(kBackwards));
  }));
}

TEST(SettlementProperty, ClosingAgainWithoutNewBatchesSettlesNothing) {
  EXPECT_TRUE(rc::check("twice", [] {
    World world;
    world.opened();
    send(world, sent_of(*any_deals()), false, kOrder);
    const PeriodResult april = world.closed(kApril);
    const PeriodResult may = world.closed(kMay);
    RC_ASSERT(may.legs.empty());
    RC_ASSERT(suspense_of(may.suspended) == suspense_of(april.suspended));
  }));
}

// Two periods, some records late: their legs together are those of one period that had all.
TEST(SettlementProperty, PeriodsAddUpToWhatSettledAtTheEnd) {
  EXPECT_TRUE(rc::check("two periods", [] {
    const std::vector<Sent> sent = sent_of(*any_deals());
    World world;
    world.opened();
    send(world, sent, false, kOrder);
    const PeriodResult april = world.closed(kApril);
    world.settlement().next_period();
    send(world, sent, true, kBackwards);
    const PeriodResult may = world.closed(kMay);
    check_money(april);
    check_money(may);
    const auto totals = [](const std::vector<const std::vector<Leg>*>& all) {
      std::map<std::string, std::pair<std::int64_t, std::int64_t>> out;
      for (const std::vector<Leg>* legs : all) {
        for (Leg leg : *legs) {
          const auto [quantity, fen] = std::pair(leg.quantity, leg.fen);
          leg.quantity = leg.fen = 0;
          auto& sum = out[text_of(leg) + std::string(leg.id.reference_text())];
          sum.first += quantity;
          sum.second += fen;
        }
      }
      std::erase_if(out, [](const auto& entry) { return entry.second == std::pair(0L, 0L); });
      return out;
    };
    const Judgement now = world.judged();
    RC_ASSERT(totals({&april.legs, &may.legs}) == totals({&now.legs}));
  }));
}

}  // namespace PH_FILE
}  // namespace ph::test
