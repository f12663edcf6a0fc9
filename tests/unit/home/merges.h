// Rows that merge numbers of one customer, in a few words, and a node whose batches a clearing
// takes: each is held against what it asks of it.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "core/batch/seal.h"
#include "core/intake/lot_ledger.h"
#include "platform/crypto/sha256.h"
#include "platform/files/batch_check.h"
#include "tests/unit/home/live.h"
#include "tests/unit/home/members.h"

namespace ph::test {

// A programme in which nothing waits for a profile.
inline programme::Rows plain() {
  programme::Rows rows = small_programme(on(2004, 1, 1));
  rows.head.profile_required = false;
  return rows;
}
inline LotId lot(BusinessDate day, std::uint32_t serial) {
  return LotId(kP1, day, serial);
}

// The account, or the whole number.
inline Row merge_row(Member member, Member into, std::string_view account = {},
                     const TransactionId& id = {}) {
  Row out = member_row(MemberKind::kMerge, member, account);
  out.says[0].other = into;
  out.row.id = id;
  out.says[0].id = id;
  return out;
}
inline Row unmerge_row(const TransactionId& merge, Member member) {
  Row out = member_row(MemberKind::kUnmerge, member);
  out.says[0].parent = merge;
  return out;
}

// A programme's node: what its days give is taken by a clearing, too.
class TakenNode : public ProgrammeNode {
 public:
  explicit TakenNode(programme::Rows rows, Opening opening = {}) {
    opening.province = kP1;
    opened(opening);
    ledger_.open(opening);
    give(std::move(rows));
  }

  DayResult take(BusinessDate date, std::vector<Row> rows) {
    DayResult result = ProgrammeNode::take(date, std::move(rows));
    show(date, result);
    return result;
  }
  // What was decided live comes before the file.
  void open(BusinessDate date) {
    date_ = date;
    home().open_day(date, sequence_of_next());
    post();
  }
  LiveAnswer live(const Row& row, const TransactionId& id, BusinessTime when) {
    return home().take_live(live_of(named(row, id)), when);
  }
  DayResult close(std::vector<Row> rows = {}) {
    DayFile file{.sender = kP1, .date = date_, .sequence = home().last_sequence()};
    add_rows(file, std::move(rows));
    home().bring_file(file);
    post();
    DayResult result = home().end_day();
    show(date_, result);
    return result;
  }

  [[nodiscard]] const LotLedger& ledger() const { return ledger_; }
  // Who has the lot, by the clearing; and what remains of it there.
  [[nodiscard]] Member holder(LotId lot) const { return at_clearing(lot).member; }
  [[nodiscard]] std::int64_t left(LotId lot) const { return at_clearing(lot).remaining; }
  // Lots with points are the same ones on both sides, under the same numbers; so are debts.
  void agree(const std::vector<Member>& members) const {
    std::int64_t points = 0;
    for (const Member member : members) {
      for (const Lot& lot : home().lots(member)) {
        points += lot.remaining;
        if (lot.remaining > 0) {
          EXPECT_EQ(left(lot.id), lot.remaining) << lot.id.number();
          EXPECT_EQ(holder(lot.id), member) << lot.id.number();
        }
      }
      for (const Participant issuer : {kP1, kP2}) {
        const auto debt = ledger_.debts().find({member, issuer});
        if (home().balance(member, BusinessDate()) && issuer == kP1) {
          EXPECT_EQ(debt == ledger_.debts().end() ? 0 : debt->second,
                    home().balance(member, BusinessDate())->debts);
        }
      }
    }
    std::int64_t there = 0;
    for (const LotState& lot : ledger_.lots()) {
      there += lot.remaining;
    }
    EXPECT_EQ(there, points);
    std::int64_t sums = 0;  // I-3
    for (const Participant of : {kP1, kP2}) {
      const IssuerPoints* issuer = ledger_.issuer(of.number());
      for (std::size_t q = 0; issuer != nullptr && q <= IssuerPoints::kDebtQuarter; ++q) {
        sums += issuer->opening.at(q) + issuer->period.at(q).total();
      }
    }
    std::int64_t debts = 0;
    for (const auto& [of, owed] : ledger_.debts()) {
      debts += owed;
    }
    EXPECT_EQ(sums, there - debts);
  }

 private:
  [[nodiscard]] std::uint32_t sequence_of_next() const { return home().last_sequence() + 1; }
  void post() {
    while (home().take_rows(1'000'000)) {
    }
  }
  [[nodiscard]] LotState at_clearing(LotId lot) const {
    for (const LotState& one : ledger_.lots()) {
      if (one.lot == lot) {
        return one;
      }
    }
    return {};
  }
  void show(BusinessDate date, const DayResult& result) {
    const OwnedBatch batch = seal(
        {.sender = kP1, .date = date, .sequence = home().last_sequence(), .previous = previous_},
        result.movements, result.items, result.slices, &sha256);
    previous_ = batch.view().digest;
    std::vector<Fault> faults;
    {
      FaultSink sink("batch", faults);
      check_batch(batch.view(), {}, sink);
    }
    for (const Fault& fault : faults) {
      ADD_FAILURE() << fault.column << " " << fault.value << ", not " << fault.expected;
    }
    const auto fault = ledger_.apply(batch.view(), Part::kOpen);
    EXPECT_FALSE(fault.has_value()) << fault->lot.number() << " " << fault->remaining << " of "
                                    << fault->original << " " << fault->other;
  }

  LotLedger ledger_;
  BusinessDate date_{};
  Digest previous_{};
};

}  // namespace ph::test
