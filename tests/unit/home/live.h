// A home that takes live events beside its files: what tests of them share. Each batch is held
// against what the clearing asks of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/batch/seal.h"
#include "core/intake/lot_ledger.h"
#include "platform/crypto/sha256.h"
#include "platform/files/batch_check.h"
#include "tests/unit/home/rows.h"

namespace ph::test {

inline BusinessTime at(BusinessDate date, int hour, int minute = 0) {
  return BusinessTime::of(date, std::int64_t{hour} * 3600 + std::int64_t{minute} * 60);
}
inline Row named(Row row, const TransactionId& id) {
  row.row.id = id;
  return row;
}
// As a live command; its id is given.
inline LiveCommand live_of(const Row& row, std::uint32_t seconds = 0) {
  LiveCommand command{.row = row.row, .children = row.children, .hold_seconds = seconds};
  command.row.child_count = static_cast<std::uint32_t>(row.children.size());
  return command;
}
// `OK 100: 1 -50` or `INSUFFICIENT_POINTS 100`: what is available, slices.
inline std::string text_of(const LiveAnswer& answer) {
  std::string out =
      answer.code == 0 ? "OK" : std::string(word(static_cast<ReturnCode>(answer.code)));
  out += " " + std::to_string(answer.available);
  for (const LiveSlice& slice : answer.slices) {
    out += (&slice == answer.slices.data() ? ": " : ", ") + std::to_string(slice.lot.number()) +
           " " + std::to_string(slice.points);
  }
  return out;
}

class LiveHome {
 public:
  explicit LiveHome(Opening opening = {}) {
    opening.province = kP1;
    home_.open(opening);
    ledger_.open(opening);
  }

  // Opens the day without its file.
  void open(BusinessDate date) {
    date_ = date;
    home_.open_day(date, ++sequence_);
    post();
  }
  // All that can be posted.
  void post() {
    while (home_.take_rows(slice_)) {
    }
  }
  LiveAnswer take(const LiveCommand& command, BusinessTime when) {
    return home_.take_live(command, when);
  }
  LiveAnswer live(const Row& row, const TransactionId& id, BusinessTime when,
                  BusinessTime ends = {}) {
    const std::int64_t seconds = ends == BusinessTime() ? 0 : ends.seconds() - when.seconds();
    return take(live_of(named(row, id), static_cast<std::uint32_t>(seconds)), when);
  }
  std::string said(const Row& row, const TransactionId& id, BusinessTime when,
                   BusinessTime ends = {}) {
    return text_of(live(row, id, when, ends));
  }
  // The open day's file comes, is posted, and the day ends. What the batch says is what the
  // clearing may be told.
  DayResult close(std::vector<Row> rows = {}) {
    file_ = DayFile{.sender = kP1, .date = date_, .sequence = sequence_};
    add_rows(file_, std::move(rows));
    home_.bring_file(file_);
    post();
    DayResult result = home_.end_day();
    check_batch_of(result);
    return result;
  }
  void slice(std::size_t rows) { slice_ = rows; }
  void reload() {
    const std::vector<std::byte> saved = saved_bytes(home_);
    home_ = loaded_home(saved).value();
    ASSERT_EQ(saved_bytes(home_), saved);
  }
  [[nodiscard]] const Home& home() const { return home_; }
  [[nodiscard]] Home& home() { return home_; }
  [[nodiscard]] const LotLedger& ledger() const { return ledger_; }
  [[nodiscard]] std::uint32_t sequence() const { return sequence_; }
  [[nodiscard]] std::int64_t remaining(Member member) const {
    std::int64_t points = 0;
    for (const Lot& lot : home_.lots(member)) {
      points += lot.remaining;
    }
    return points;
  }
  [[nodiscard]] std::int64_t held(Member member) const {
    return home_.balance(member, date_)->held;
  }

 private:
  void check_batch_of(const DayResult& result) {
    const OwnedBatch batch =
        seal({.sender = kP1, .date = date_, .sequence = sequence_, .previous = previous_},
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

  Home home_{kP1};
  LotLedger ledger_;
  DayFile file_;
  BusinessDate date_{};
  std::uint32_t sequence_{0};
  std::size_t slice_{std::numeric_limits<std::size_t>::max()};
  Digest previous_{};
};

}  // namespace ph::test
