// Random batches for the clearing's ledger of a home's lots: one that is refused leaves no trace.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/unit/intake/ledger_text.h"
#include "tests/unit/intake/world.h"

namespace ph::test {
namespace PH_FILE {

using rc::gen::inRange;

// A change of a lot or debt, small enough that some leave the bounds.
struct Change {
  std::uint8_t issuer{};
  std::uint8_t which{};
  std::uint8_t account{};
  std::uint8_t grace{};
  std::int16_t delta{};
  bool debt{};
  bool in_item{};
};

std::ostream& operator<<(std::ostream& out, const Change& change) {
  return out << "{" << int{change.issuer} << "," << int{change.which} << "," << int{change.account}
             << "," << int{change.grace} << "," << change.delta << "," << change.debt << ","
             << change.in_item << "}";
}

struct Day {
  std::vector<Change> changes{};
  std::uint8_t planted{};  // 1: a lot too far down; 2: a new lot above its original; 3: a debt
  bool next_period{};      // before it
  bool ahead{};            // of the next part, and so all that follow up to there
};

std::ostream& operator<<(std::ostream& out, const Day& day) {
  rc::show(day.changes, out);
  return out << " planted " << int{day.planted} << " next " << day.next_period << " ahead "
             << day.ahead;
}

rc::Gen<Day> any_day() {
  const auto change = rc::gen::build<Change>(
      rc::gen::set(&Change::issuer, inRange<std::uint8_t>(1, 4)),
      rc::gen::set(&Change::which, inRange<std::uint8_t>(0, 5)),
      rc::gen::set(&Change::account, inRange<std::uint8_t>(1, 7)),
      rc::gen::set(&Change::grace, inRange<std::uint8_t>(0, 3)),
      rc::gen::set(&Change::delta, inRange<std::int16_t>(-15, 25)),
      rc::gen::set(&Change::debt, rc::gen::map(inRange(0, 4), [](int n) { return n == 0; })),
      rc::gen::set(&Change::in_item, rc::gen::arbitrary<bool>()));
  return rc::gen::build<Day>(
      rc::gen::set(&Day::changes, rc::gen::container<std::vector<Change>>(change)),
      rc::gen::set(&Day::planted, inRange<std::uint8_t>(0, 6)),
      rc::gen::set(&Day::next_period, rc::gen::map(inRange(0, 5), [](int n) { return n == 0; })),
      rc::gen::set(&Day::ahead, rc::gen::map(inRange(0, 3), [](int n) { return n == 0; })));
}

Slice slice_of(const Change& change) {
  const Participant issuer{change.issuer};
  Slice slice{.lot = LotId(issuer, BusinessDate(), 0),
              .source = Source::kDebt,
              .account = static_cast<Account>(change.account),
              .delta = change.debt ? -change.delta : change.delta};
  if (!change.debt) {
    slice.lot = LotId(issuer, kDay, change.which + 1U);
    slice.earned_month = month_of(2006, 1 + change.which * 2);
    slice.expires_on = on(2010, 1, 1).plus_days(change.grace * 30);
    slice.source = Source::kConsumption;
    slice.original = 100;
  }
  return slice;
}

// Too much for any batch to make up for.
Slice planted_slice(std::uint8_t planted) {
  Slice slice = slice_of({.issuer = 3, .which = 4, .account = 3});
  slice.delta = -1'000'000;
  if (planted == 2) {
    slice = slice_of({.issuer = 4, .which = 5, .account = 1});
    slice.delta = 1'000'000;
  } else if (planted == 3) {
    slice = slice_of({.issuer = 2, .account = 6, .debt = true});
    slice.delta = 1'000'000;
  }
  return slice;
}

class Batches {
 public:
  BatchView batch(const Day& day, bool planted) {
    std::vector<Movement> movements;
    std::vector<Report> reports;
    const auto add = [&](const Slice& slice, bool in_item) {
      const Member member = member_of(1 + slice.lot.number() % 2);
      if (in_item) {
        Report item = report(Kind::kRefund, id_of(kP1, kDay, "1"), member, 0);
        item.slices = {slice};
        reports.push_back(item);
      } else {
        movements.push_back({.member = member, .entry = 1, .kind = Kind::kEarn, .slice = slice});
      }
    };
    for (const Change& change : day.changes) {
      add(slice_of(change), change.in_item);
    }
    if (planted) {
      add(planted_slice(day.planted), day.planted == 2);
    }
    date_ = date_.plus_days(1);
    return world_.hold(kP1, date_, 1, std::move(reports), std::move(movements));
  }

 private:
  World world_;
  BusinessDate date_ = kDay;
};

Opening any_opening() {
  Opening opening{.province = kP1};
  for (std::uint8_t which = 0; which < 3; ++which) {
    const Slice lot = slice_of({.issuer = 1, .which = which});
    opening.lots.push_back({.lot = lot.lot,
                            .member = member_of(1 + lot.lot.number() % 2),
                            .earned_month = lot.earned_month,
                            .expires_on = lot.expires_on,
                            .source = lot.source,
                            .original = lot.original,
                            .remaining = 50});
  }
  opening.debts = {{.member = member_of(1), .issuer = kP2, .points = 20}};
  return opening;
}

TEST(LedgerProperty, ARefusedBatchLeavesNoTrace) {
  std::size_t refused_days = 0;
  std::size_t taken_days = 0;
  EXPECT_TRUE(rc::check("with and without what is refused", [&] {
    Batches batches;
    LotLedger tried;  // Takes all, also what it has to refuse.
    LotLedger spared;
    tried.open(any_opening());
    spared.open(any_opening());
    Part part = Part::kOpen;
    for (const Day& day : *rc::gen::container<std::vector<Day>>(any_day())) {
      if (day.next_period) {
        tried.next_period();
        spared.next_period();
        part = Part::kOpen;
        RC_ASSERT(texts_of(tried) == texts_of(spared));
      }
      part = day.ahead ? Part::kNext : part;
      if (day.planted >= 1 && day.planted <= 3) {
        const Texts before = texts_of(tried);
        RC_ASSERT(tried.apply(batches.batch(day, true), part).has_value());
        RC_ASSERT(texts_of(tried) == before);
      }
      const Texts before = texts_of(tried);
      const BatchView batch = batches.batch(day, false);
      const bool refused = tried.apply(batch, part).has_value();
      if (refused) {
        RC_ASSERT(texts_of(tried) == before);
        ++refused_days;
      } else {
        RC_ASSERT(!spared.apply(batch, part).has_value());
        ++taken_days;
      }
      RC_ASSERT(texts_of(tried) == texts_of(spared));
    }
    tried.next_period();
    spared.next_period();
    RC_ASSERT(texts_of(tried) == texts_of(spared));
  }));
  EXPECT_GT(refused_days, 0U);
  EXPECT_GT(taken_days, 0U);
}

}  // namespace PH_FILE
}  // namespace ph::test
