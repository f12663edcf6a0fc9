// A row's fingerprint: the same for the same content, another for every column that differs.
#include "core/home/fingerprint.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/unit/home/rows.h"

namespace ph::test {
namespace PH_FILE {

using Change = std::function<void(DayRow&)>;

TEST(Fingerprint, DiffersWithEveryColumn) {
  const std::vector<Change> changes{
      [](DayRow&) {},
      [](DayRow& row) { row.kind = RowKind::kEarn; },
      [](DayRow& row) { row.form = Form::kGift; },
      [](DayRow& row) { row.source = Source::kTenure; },
      [](DayRow& row) { row.flag = 1; },
      [](DayRow& row) { row.month = Month(1); },
      [](DayRow& row) { row.expires = BusinessDate(1); },
      [](DayRow& row) { row.giver = kP1; },
      [](DayRow& row) { row.partner = kP1; },
      [](DayRow& row) { row.other = kP1; },
      [](DayRow& row) { row.member = Member(1); },
      [](DayRow& row) { row.lot = LotId(1); },
      [](DayRow& row) { row.authorisation = EntryId(1); },
      [](DayRow& row) { row.id = id_of(kP1, kDay, "1"); },
      [](DayRow& row) { row.id = id_of(kP1, kDay, "000000000000000000000001"); },
      [](DayRow& row) { row.parent = id_of(kP1, kDay, "1"); },
      [](DayRow& row) { row.account = account_of("1"); },
      [](DayRow& row) { row.account = account_of("0000000000000001"); },
      [](DayRow& row) { row.rate = 1; },
      [](DayRow& row) { row.cited_sequence = 1; },
      [](DayRow& row) { row.cited_entry = 1; },
      [](DayRow& row) { row.child_count = 1; },
      [](DayRow& row) { row.points = 1; },
      [](DayRow& row) { row.units = 1; },
      [](DayRow& row) { row.fen = 1; },
      [](DayRow& row) { row.corrected = 1; },
      [](DayRow& row) { row.cost = 1; },
      [](DayRow& row) { row.freight = 1; },
      [](DayRow& row) { row.cash = 1; },
  };
  std::set<Fingerprint> prints;
  for (const Change& change : changes) {
    DayRow row;
    change(row);
    prints.insert(fingerprint(row, std::vector<ChildRow>(1)));
  }
  EXPECT_EQ(prints.size(), changes.size());
}

TEST(Fingerprint, DiffersWithEveryColumnOfARowBelow) {
  const std::vector<ChildRow> children{{},
                                       {.lot = LotId(1)},
                                       {.earned_month = Month(1)},
                                       {.expires_on = BusinessDate(1)},
                                       {.source = Source::kTenure},
                                       {.rating = 1},
                                       {.original = 1},
                                       {.points = 1}};
  std::set<Fingerprint> prints;
  for (const ChildRow& child : children) {
    prints.insert(fingerprint({.child_count = 1}, {child}));
    prints.insert(fingerprint({.child_count = 2}, {child, {}}));
  }
  EXPECT_EQ(prints.size(), 2 * children.size());
}

TEST(Fingerprint, LeavesOutTheRowsPlaceInItsFile) {
  const std::vector<ChildRow> children{{.points = 7}, {.points = 8}, {.points = 7}};
  const DayRow first{.serial = 1, .line = 2, .first_child = 0, .child_count = 1};
  const DayRow again{.serial = 9, .line = 8, .first_child = 2, .child_count = 1};
  EXPECT_EQ(fingerprint(first, children), fingerprint(again, children));
}

}  // namespace PH_FILE
}  // namespace ph::test
