// Random live events between the files of some days, held against a model of its own
// (live_oracle.h): every answer, every record of every batch, every lot, repeats of whatever came
// before, through midnights, holds that run out, and snapshots.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>

#include "core/batch/seal.h"
#include "core/intake/lot_ledger.h"
#include "platform/crypto/sha256.h"
#include "platform/files/batch_check.h"
#include "tests/property/live_oracle.h"
#include "tests/property/live_steps.h"
#include "tests/property/live_words.h"

namespace ph::test {
namespace PH_FILE {

// What was played how often: a test that never comes to what it looks for proves nothing.
struct Counts {
  std::map<std::string, int> of{};
  void add(const std::string& what) { ++of[what]; }
};

class Play {
 public:
  explicit Play(Counts* counts = nullptr) : counts_(counts) {
    Opening opening{.province = kP1};
    for (std::uint8_t who = 0; who < 2; ++who) {
      for (std::uint32_t n = 0; n < 4; ++n) {
        const OpeningLot lot =
            opening_lot_of(who * 4U + n + 1, member_number(who), 20 + 10 * n,
                           kDay.plus_days(static_cast<int>(n * n) + 1),
                           month_of(2004, static_cast<int>(12 - n)), n % 2 == 0 ? kP1 : kP2);
        opening.lots.push_back(lot);
        model_.open_lot(lot.member, {.id = lot.lot,
                                     .earned = lot.earned_month,
                                     .expires = lot.expires_on,
                                     .source = lot.source,
                                     .rating = lot.rating,
                                     .original = lot.original,
                                     .remaining = lot.remaining});
        maker_.note(lot.member, lot.lot);
      }
    }
    opening.debts = {{.member = member_number(0), .issuer = kP1, .points = 3}};
    model_.open_debt(member_number(0), kP1, 3);
    home_.open(opening);
    ledger_.open(opening);
  }

  // By number of the step: there the home goes on from its own snapshot, if it can be taken.
  void reload_before(std::set<int> steps) { reload_before_ = std::move(steps); }
  void reload_always() { reload_always_ = true; }

  void play(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (reload_always_ || reload_before_.contains(steps_)) {
        reload();
      }
      ++steps_;
      take(step);
      compare();
    }
    finish();
  }
  [[nodiscard]] const std::vector<std::byte>& batches() const { return batches_; }
  [[nodiscard]] const std::vector<std::string>& answers() const { return answers_; }
  [[nodiscard]] const Home& home() const { return home_; }

 private:
  void take(const Step& step) {
    maker_.date(now_.date(), last_);
    if (step.what < 13) {
      live(maker_.make(step, static_cast<What>(step.kind % 11), true), step);
    } else if (step.what < 17) {
      repeat(step);
    } else if (step.what < 20) {
      rows_.push_back(maker_.make(step, static_cast<What>(step.kind % 19), false));
    } else if (step.what < 25) {
      wait(step);
    } else if (step.what < 26) {
      bring();
    } else if (step.what < 30) {
      slice(1 + step.chance % 4);
    } else {
      seal_day();
    }
  }

  // --- time
  void wait(const Step& step) {
    const std::int64_t small = step.chance % 3 - 1;
    const BusinessTime midnight = end_of(now_.date());
    switch (step.kind % 8) {
      case 0:
      case 1:
        if (now_.date() <= last_) {
          now_ = midnight.plus_seconds(small);
        } else {
          seal_day();
        }
        return;
      case 2:
      case 3:
      case 4:
        if (const auto end = model_.next_end(now_); end && end->date() <= last_.plus_days(1)) {
          now_ = end->plus_seconds(small);
          count("time at a hold's end");
        }
        return;
      case 5:
        now_ = now_.plus_seconds(step.which * std::int64_t{60});
        return;
      case 6:
        now_ = now_.plus_seconds(-(step.which % 16));  // The clock was set.
        return;
      default:
        now_ = now_.plus_seconds(step.which);
    }
  }

  // --- days
  void open_day() {
    const auto waits = home_.put_off_day();
    const BusinessDate next = waits ? *waits : last_.plus_days(1);
    if (home_.open_date() || next > now_.date()) {
      return;
    }
    last_ = next;
    home_.open_day(next, ++sequence_);
    model_.open_day(next, sequence_);
    posted_ = false;
  }
  void bring() {
    open_day();
    if (!home_.open_date() || brought_) {
      return;
    }
    brought_ = true;
    file_ = DayFile{.sender = kP1, .date = last_, .sequence = sequence_};
    std::vector<Event> rows = std::move(rows_);
    rows_.clear();
    // A file cites earlier ones; its reader sees to that.
    std::erase_if(rows, [this](const Event& event) { return event.cited_sequence >= sequence_; });
    std::vector<Row> of_file;
    for (Event& event : rows) {
      const auto serial = static_cast<std::uint32_t>(of_file.size() + 1);
      event.id = event.id.none() ? own_id(last_, serial) : event.id;
      of_file.push_back(row_of(event));
      maker_.note(event, EntryId(kP1, last_, serial), sequence_);
      sent_.push_back(event);
    }
    add_rows(file_, std::move(of_file));
    home_.bring_file(file_);
    model_.bring(std::move(rows));
    posted_ = false;
  }
  // While the day is being opened no hold ends by time: what it would free in a lot that has
  // expired goes with this run or with the next one, as it comes.
  void slice(std::size_t count) {
    if (!home_.open_date()) {
      return;
    }
    if (home_.opening_is_over()) {
      home_.end_live_holds(now_);
      model_.end_live_holds(now_);
    }
    const bool more = home_.take_rows(count);
    model_.post(count);
    posted_ = brought_ && !more;
    if (home_.opening_is_over()) {
      RC_ASSERT(!model_.opening_remains());
    }
  }
  void finish_opening() {
    while (home_.open_date() && !home_.opening_is_over()) {
      slice(1);
    }
  }
  void seal_day() {
    bring();
    if (!brought_ || now_ < end_of(last_)) {
      return;
    }
    while (!posted_) {
      slice(3);
    }
    const DayResult result = home_.end_day();
    const oracle::Day day = model_.end_day();
    const oracle::Day said = day_of(result);
    RC_ASSERT(said.movements == day.movements);
    RC_ASSERT(said.items == day.items);
    RC_ASSERT(said.returned == day.returned);
    brought_ = false;
    check_batch_of(result);
    count("days sealed");
  }
  // As the clearing takes it.
  void check_batch_of(const DayResult& result) {
    const OwnedBatch batch =
        seal({.sender = kP1, .date = last_, .sequence = sequence_, .previous = previous_},
             result.movements, result.items, result.slices, &sha256);
    previous_ = batch.view().digest;
    batches_.insert(batches_.end(), batch.bytes().begin(), batch.bytes().end());
    std::vector<Fault> faults;
    {
      FaultSink sink("batch", faults);
      check_batch(batch.view(), {}, sink);
    }
    std::string text;
    for (const Fault& fault : faults) {
      text += fault.column + " " + fault.value + ", not " + fault.expected + "\n";
    }
    RC_ASSERT(text == "");
    RC_ASSERT(!ledger_.apply(batch.view(), Part::kOpen).has_value());
    for (const LotState& lot : ledger_.lots()) {
      RC_ASSERT(lot.remaining >= 0 && lot.remaining <= lot.original);
      const std::vector<Lot> lots = home_.lots(lot.member);
      const auto here = std::ranges::find(lots, lot.lot, &Lot::id);
      RC_ASSERT(here != lots.end());
      RC_ASSERT(here->remaining == lot.remaining);
    }
  }
  // Days are sealed until nothing waits; then everybody's points are what the batches said.
  void finish() {
    do {
      now_ = std::max(now_, end_of(last_.plus_days(1)));
      seal_day();
      compare();
    } while (home_.put_off_day());
  }

  // --- what is compared after each step
  void compare() {
    for (const Member member : model_.members()) {
      std::vector<std::string> lots;
      for (const Lot& lot : home_.lots(member)) {
        lots.push_back(text_of(lot));
      }
      RC_ASSERT(lots == model_.lots_of(member));
    }
  }
  void reload() {
    const bool can = !brought_ && (!home_.open_date() || home_.opening_is_over());
    if (!can) {
      return;
    }
    const std::vector<std::byte> saved = saved_bytes(home_);
    std::optional<Home> loaded = loaded_home(saved);
    RC_ASSERT(loaded.has_value());
    home_ = std::move(*loaded);
    RC_ASSERT(saved_bytes(home_) == saved);
    count(home_.put_off_day() ? "snapshots with something put off" : "snapshots");
  }

  // --- live
  void live(const Event& event, const Step& step) {
    if (step.chance % 4 != 0) {
      open_day();
    }
    if (home_.open_date() && !home_.opening_is_over() && model_.frees_expired(event, now_)) {
      finish_opening();
    }
    const bool opened = home_.open_date() && home_.opening_is_over();
    RC_ASSERT(!(opened && model_.opening_remains()));
    const oracle::Said right = model_.live(event, now_, opened);
    const LiveCommand command = live_of(row_of(event), event.seconds);
    const LiveAnswer answer = home_.take_live(command, now_);
    RC_ASSERT(text_of(said_of(answer)) == text_of(right));
    answers_.push_back(text_of(right));
    const bool put_off = right.code == Code::kDone && home_.open_date() &&
                         (now_.date() != *home_.open_date() || !opened);
    count(std::string(put_off ? "put off: " : "live: ") + std::string(word(row_kind(event.what))) +
          (right.code == Code::kDone
               ? ""
               : " " + std::string(word(static_cast<ReturnCode>(answer.code)))));
    if (right.code == Code::kDone) {
      maker_.note(event, right.entry, sequence_ + (right.entry.date() > last_ ? 1 : 0));
    }
    sent_.push_back(event);
  }
  // Any event again, of a file or live; now and then with other content.
  void repeat(const Step& step) {
    if (sent_.empty()) {
      return;
    }
    Event event = sent_[step.which % sent_.size()];
    if (step.chance % 8 == 1) {
      event.points += 1;
    } else if (step.chance % 8 == 2) {
      event.seconds += event.what == What::kHold ? 1 : 0;
    } else if (step.chance % 8 == 3 && event.brought.empty()) {
      event.member = event.member.none() ? Member() : member_number(step.who);
    }
    const bool void_with_points = event.what == What::kVoid && event.points > 0;
    const bool can_be_live =
        event.what <= What::kDeliveryRefund && !void_with_points &&
        event.expires == BusinessDate() &&
        (event.id.participant != kP1 || !std::ranges::all_of(event.id.reference_text(), [](char c) {
           return c >= '0' && c <= '9';
         }));
    if (step.chance % 3 != 0 && can_be_live) {
      live(event, step);
      count("repeats");
    } else if (event.what != What::kVoid) {
      event.seconds = 0;
      rows_.push_back(event);
    }
  }

  void count(const std::string& what) {
    if (counts_ != nullptr) {
      counts_->add(what);
    }
  }

  Home home_{kP1};
  oracle::Home model_{kP1};
  LotLedger ledger_;
  BusinessTime now_ = BusinessTime::of(kDay, 8 * 3600);
  BusinessDate last_ = kDay.plus_days(-1);  // the open day, or the last one
  std::uint32_t sequence_{0};
  bool brought_{false};
  bool posted_{false};
  DayFile file_;
  std::vector<Event> rows_;  // of the next file
  Digest previous_{};

  std::vector<Event> sent_;
  EventMaker maker_;

  std::set<int> reload_before_;
  bool reload_always_{false};
  int steps_{0};
  std::vector<std::byte> batches_;
  std::vector<std::string> answers_;
  Counts* counts_;
};

// The redemption was a capture of a hold, and its lot has expired since.
TEST(LiveProperty, AWithdrawalGivesBackToALotThatHasExpiredSince) {
  EXPECT_TRUE(rc::check("these steps", [] {
    Play play;
    play.play({{20, 0, 0, 0, 0, 0},
               {0, 1, 0, 0, 2, 0},
               {0, 2, 0, 0, 21, 0},
               {17, 18, 0, 0, 0, 0},
               {20, 0, 0, 0, 0, 1},
               {0, 0, 0, 0, 1, 0}});
  }));
}

TEST(LiveProperty, EveryAnswerAndEveryBatchIsThatOfTheModel) {
  EXPECT_TRUE(rc::check("any steps", [] {
    Play play;
    play.play(*rc::gen::scale(3.0, rc::gen::container<std::vector<Step>>(any_step())));
  }));
}

TEST(LiveProperty, LongRunsAreThatOfTheModelToo) {
  EXPECT_TRUE(rc::check("many steps", [] {
    Play play;
    play.reload_before(*rc::gen::container<std::set<int>>(rc::gen::inRange(0, 400)));
    play.play(*rc::gen::container<std::vector<Step>>(400, any_step()));
  }));
}

TEST(LiveProperty, AHomeFromItsSnapshotsGoesOnToTheByte) {
  EXPECT_TRUE(rc::check("snapshots", [] {
    const auto steps = *rc::gen::scale(3.0, rc::gen::container<std::vector<Step>>(any_step()));
    Play undisturbed;
    Play reloaded;
    reloaded.reload_always();
    undisturbed.play(steps);
    reloaded.play(steps);
    RC_ASSERT(undisturbed.batches() == reloaded.batches());
    RC_ASSERT(undisturbed.answers() == reloaded.answers());
    RC_ASSERT(saved_bytes(undisturbed.home()) == saved_bytes(reloaded.home()));
  }));
}

// What has to come up for the others to mean something. The same steps each time, so that it
// doesn't hang on how much is tried elsewhere.
TEST(LiveProperty, TheStepsComeToWhatMatters) {
  Counts counts;
  const auto any_steps = rc::gen::container<std::vector<Step>>(200, any_step());
  for (std::uint64_t n = 0; n < 50; ++n) {
    Play play(&counts);
    play.reload_before({40, 120});
    play.play(any_steps(rc::Random(n), 100).value());
  }
  for (const auto& [what, times] : counts.of) {
    if (std::getenv("PH_TRACE") != nullptr) {
      std::cout << times << " " << what << "\n";
    }
  }
  for (const char* kind : {"REDEEM", "HOLD", "CAPTURE", "VOID", "EXCHANGE_OUT", "ACCRUAL",
                           "EXCHANGE_IN", "REFUND", "UNISSUE", "DELIVERY", "DELIVERY_REFUND"}) {
    EXPECT_GE(counts.of[std::string("live: ") + kind], 3) << kind;
    EXPECT_GE(counts.of[std::string("put off: ") + kind], 3) << kind;
  }
}

}  // namespace PH_FILE
}  // namespace ph::test
