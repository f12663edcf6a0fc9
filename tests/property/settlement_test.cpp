// Random months: splits sum to the whole, nets to zero, and what settles depends on the records
// alone, not on when and in which order they came.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "tests/unit/intake/world.h"

namespace ph::test {
namespace {

const Member kAnn = member_of(1);
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

// A transaction both of whose sides may be late, wrong or missing.
struct Deal {
  std::uint8_t kind{};
  std::uint8_t home{};
  std::uint8_t fault{};
  std::uint8_t late{};  // bit 0: the home's record comes in May; bit 1: the other's
  std::uint16_t one{};
  std::uint16_t two{};
};

std::ostream& operator<<(std::ostream& out, const Deal& deal) {
  return out << "{" << int{deal.kind} << "," << int{deal.home} << "," << int{deal.fault} << ","
             << int{deal.late} << "," << deal.one << "," << deal.two << "}";
}

rc::Gen<std::vector<Deal>> any_deals() {
  return rc::gen::container<std::vector<Deal>>(
      rc::gen::build<Deal>(rc::gen::set(&Deal::kind, inRange<std::uint8_t>(0, 7)),
                           rc::gen::set(&Deal::home, inRange<std::uint8_t>(0, 2)),
                           rc::gen::set(&Deal::fault, inRange<std::uint8_t>(0, 8)),
                           rc::gen::set(&Deal::late, inRange<std::uint8_t>(0, 4)),
                           rc::gen::set(&Deal::one, inRange<std::uint16_t>(1, 400)),
                           rc::gen::set(&Deal::two, inRange<std::uint16_t>(1, 400))));
}

struct Sent {
  Participant sender{};
  bool late{};
  Report report{};
};

void add_deal(std::vector<Sent>& out, const Deal& deal, std::size_t number) {
  const Participant home = deal.home == 0 ? kP1 : kP3;
  const std::string name = std::to_string(number);
  const TransactionId id = id_of(kP2, kDay, name);
  const TransactionId sale = id_of(kShop, kDay, name);
  const TransactionId miles = id_of(kAir, kDay, name);
  const TransactionId back = id_of(kP2, on(2007, 4, 20), name);
  const Shares shares{{kP1, deal.one}, {kP2, deal.two}, {kP3, 3}};
  const std::int64_t all = sum_of(shares);
  std::vector<Sent> sides;
  const auto both = [&](Report at_home, Participant giver, Report other) {
    sides.push_back({.sender = home, .report = std::move(at_home)});
    sides.push_back({.sender = giver, .report = std::move(other)});
  };
  switch (deal.kind) {
    case 0:
      both(redeemed(id, kAnn, shares, kP2), kP2, delivered(id, kAnn, all, home));
      break;
    case 1:
      both(redeemed(id, kAnn, shares, kP2, Form::kGift), kP2,
           gift_costs(delivered(id, kAnn, all, home, Form::kGift), deal.one, 7, deal.two));
      break;
    case 2:
      both(redeemed(sale, kAnn, shares, kShop, Form::kMerchant), kShop, at_shop(sale, kAnn, all));
      break;
    case 3: {
      const Shares blocks{{kP1, 400}, {kP2, 600 + 100 * deal.one}};
      both(exchanged_out(miles, kAnn, blocks, sum_of(blocks) / 10), kAir,
           partner_exchanged(Kind::kPartnerExchangeOut, miles, kAnn, sum_of(blocks),
                             sum_of(blocks) / 10));
      break;
    }
    case 4:
      both(issued(Kind::kAccrual, miles, kAnn, deal.one, home), kAir,
           from_partner(Kind::kPartnerAccrual, miles, kAnn, deal.one));
      break;
    case 5:
      both(redeemed(id, kAnn, shares, kP2), kP2, delivered(id, kAnn, all, home));
      both(refunded(back, id, kAnn, {{kP1, 1}}, kP2), kP2, took_back(back, id, kAnn, 1, home));
      break;
    default:
      sides.push_back(
          {.sender = kP1,
           .report = redeemed(id_of(kP1, kDay, name), kAnn, shares, kP1, Form::kOwnProduct)});
  }
  if (deal.fault == 1) {
    ++sides.back().report.item.points;
  } else if (deal.fault == 2) {
    sides.pop_back();
  } else if (deal.fault == 3) {
    sides.erase(sides.begin());
  } else if (deal.fault == 4) {
    sides.back().report.item.authorisation = {};
  }
  for (std::size_t n = 0; n < sides.size(); ++n) {
    sides[n].late = ((deal.late >> (n % 2)) & 1) != 0;
    out.push_back(std::move(sides[n]));
  }
}

std::vector<Sent> sent_of(const std::vector<Deal>& deals) {
  std::vector<Sent> out;
  for (std::size_t n = 0; n < deals.size(); ++n) {
    add_deal(out, deals[n], n + 1);
  }
  return out;
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

}  // namespace
}  // namespace ph::test
