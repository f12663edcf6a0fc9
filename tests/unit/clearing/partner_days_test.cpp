// Partners' days of live events: sealed with a file or without one, each event once, whatever dies.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/clearing/partner_desk.h"
#include "tests/unit/clearing/clearing_fixture.h"

namespace ph {
namespace PH_FILE {

using test::kClose;
using test::kFirst;
using test::member_text;

constexpr Participant kShop{102};

class PartnerDaysTest : public test::ClearingTest {
 protected:
  static TransactionId id(std::string_view reference, BusinessDate date) {
    TransactionId out{.participant = kShop, .date = date};
    std::copy(reference.begin(), reference.end(), out.reference.begin());
    return out;
  }
  [[nodiscard]] Ask redemption(std::string_view reference, std::int64_t points = 100) const {
    return {.kind = AskKind::kRedeem,
            .form = Form::kMerchant,
            .id = id(reference, now_.date()),
            .member = *Member::parse(member_text(1, 1)),
            .partner = kShop,
            .points = points};
  }
  void ask(const Ask& ask) {
    say(wire::Heartbeat{}, "P01");
    say(ask, "GATE1");
    clearing_->commit_live(answers_);
  }
  void answer(const Ask& ask, std::uint8_t code = 0) {
    say(Answer{.kind = ask.kind,
               .id = ask.id,
               .definite = true,
               .code = code,
               .authorisation = EntryId(Participant(1), ask.id.date, 3'500'000'000),
               .at = now_.seconds(),
               .points = ask.points},
        "P01");
    clearing_->commit_live(answers_);
  }
  Ask redeem(std::string_view reference, std::int64_t points = 100) {
    const Ask what = redemption(reference, points);
    ask(what);
    answer(what);
    return what;
  }
  // A day's file of the shop, with redemptions of 100 points.
  IntakeAnswer file(BusinessDate date, std::uint32_t sequence,
                    const std::vector<std::string>& ids) {
    std::vector<std::string> rows;
    for (const std::string& one : ids) {
      rows.push_back("REDEMPTION,MER1/" + one + "," + member_text(1, 1) + ",100,");
    }
    const std::string text = test::file_text(
        "POINTHOUSE,PARTNER_DAY,1,MER1," + date.text() + "," + std::to_string(sequence), rows,
        100 * static_cast<std::int64_t>(rows.size()), 0);
    PreparedFile prepared =
        prepare_file("day.csv", as_bytes(text), clearing_->rules(), clearing_->blobs());
    EXPECT_TRUE(prepared.good) << text;
    PartnerDesk desk(*clearing_, false);
    if (auto early = desk.early_answer(prepared, now_)) {
      return std::move(*early);
    }
    return desk.take(prepared, "", keys_.registry(), now_);
  }
  // Seals all that is due; how many days that were.
  std::size_t seal() {
    PartnerDesk desk(*clearing_, false);
    std::size_t days = 0;
    while (desk.seal_live_day(now_) != nullptr) {
      ++days;
    }
    return days;
  }
  void at(BusinessDate date, int hour) { now_ = BusinessTime::of(date, hour * 3600); }
  [[nodiscard]] std::vector<std::string> items(std::uint32_t sequence) const {
    std::vector<std::string> out;
    const SenderState* state = clearing_->house().sender(kShop);
    if (state == nullptr || sequence > state->last()) {
      return out;
    }
    for (const Item& item : view_of(state->blobs[sequence - 1].bytes()).items) {
      out.emplace_back(item.id.reference_text());
    }
    return out;
  }
  [[nodiscard]] const BatchTaken& batch(std::uint32_t sequence) const {
    return clearing_->house().sender(kShop)->batches[sequence - 1].taken;
  }
  using Refs = std::vector<std::string>;
};

TEST_F(PartnerDaysTest, ADayWithoutAFileIsSealedFromItsEventsAtSix) {
  at(kFirst, 12);
  redeem("R1");
  const Ask poor = redemption("R2");
  ask(poor);
  answer(poor, 15);
  at(kFirst.plus_days(1), 5);
  redeem("R3");
  EXPECT_EQ(seal(), 0U);
  at(kFirst.plus_days(1), 6);
  EXPECT_EQ(seal(), 1U);
  EXPECT_EQ(items(1), Refs{"R1"});
  EXPECT_EQ(batch(1).date, kFirst);
  EXPECT_TRUE(batch(1).live_alone());
  EXPECT_FALSE(batch(1).receipt.empty());
  EXPECT_EQ(seal(), 0U);
  at(kFirst.plus_days(2), 6);
  EXPECT_EQ(seal(), 1U);
  EXPECT_EQ(items(2), Refs{"R3"});
  EXPECT_EQ(seal(), 0U);
}

// Each in a block of its own, as at a quiet hour.
TEST_F(PartnerDaysTest, BlocksOfLiveEventsAloneMakeNoSnapshotDue) {
  (void)take_snapshot();
  for (int n = 0; n < 300; ++n) {
    redeem("R" + std::to_string(n), 1);
  }
  EXPECT_GT(clearing_->last_block(), clearing_->snapshot_block() + 512);
  EXPECT_FALSE(clearing_->snapshot_due());
  restart();
  EXPECT_FALSE(clearing_->snapshot_due());
}

TEST_F(PartnerDaysTest, APartnerThatDidNothingLiveHasNoBatchMadeForIt) {
  at(kFirst.plus_days(9), 12);
  EXPECT_EQ(seal(), 0U);
  EXPECT_TRUE(clearing_->live_days(now_).empty());
}

TEST_F(PartnerDaysTest, AFileInTimeIsSealedWithTheEventsThatItLacks) {
  at(kFirst, 12);
  redeem("R1");
  redeem("R2");
  at(kFirst.plus_days(1), 1);
  const IntakeAnswer answer = file(kFirst, 1, {"20260301/R2", "20260301/S1"});
  ASSERT_EQ(answer.verdict, IntakeVerdict::kAccepted) << answer.why;
  ASSERT_TRUE(answer.live.has_value());
  EXPECT_EQ(answer.live->both, 1U);
  EXPECT_EQ(answer.live->added, 1U);
  EXPECT_EQ(answer.items, 3U);
  EXPECT_TRUE(answer.returned->empty());
  const std::string text = intake_report_text({.name = "day.csv"}, answer);
  EXPECT_NE(text.find("1 rows came through the API, too"), std::string::npos) << text;
  EXPECT_NE(text.find("1 events of the API are in no row"), std::string::npos) << text;
  EXPECT_NE(intake_report_json({.name = "day.csv"}, answer).find(R"("live":{"both":1,)"),
            std::string::npos);
  EXPECT_EQ(items(1), (Refs{"R1", "R2", "S1"}));
  EXPECT_FALSE(batch(1).live_alone());
  at(kFirst.plus_days(1), 6);
  EXPECT_EQ(seal(), 0U);
  EXPECT_EQ(file(kFirst, 1, {"20260301/R2", "20260301/S1"}).verdict, IntakeVerdict::kCopy);
}

TEST_F(PartnerDaysTest, AFileThatContradictsAnEventIsRefusedWithLineColumnAndBothValues) {
  at(kFirst, 12);
  redeem("R1", 70);
  at(kFirst.plus_days(1), 1);
  const IntakeAnswer answer = file(kFirst, 1, {"20260301/S1", "20260301/R1"});
  ASSERT_EQ(answer.verdict, IntakeVerdict::kRefused);
  ASSERT_EQ(answer.faults.size(), 1U);
  const Fault& fault = answer.faults.front();
  EXPECT_EQ(fault.code, FaultCode::kIntakeLive);
  EXPECT_EQ(fault.line, 3U);
  EXPECT_EQ(fault.column, "points");
  EXPECT_EQ(fault.value, "100");
  EXPECT_EQ(fault.expected, "70, as MER1/20260301/R1 came through the API");
  EXPECT_EQ(clearing_->house().sender(kShop), nullptr);
  EXPECT_EQ(file(kFirst, 1, {"20260301/S1"}).verdict, IntakeVerdict::kAccepted);
  EXPECT_EQ(items(1), (Refs{"R1", "S1"}));
}

TEST_F(PartnerDaysTest, AFileAfterTheSealIsComparedAndNothingOfItIsPosted) {
  at(kFirst, 12);
  redeem("R1");
  redeem("R2");
  at(kFirst.plus_days(1), 6);
  ASSERT_EQ(seal(), 1U);
  const IntakeAnswer same = file(kFirst, 1, {"20260301/R1"});
  EXPECT_EQ(same.verdict, IntakeVerdict::kCopy);
  EXPECT_NE(same.why.find("sequence 1, sealed at 2026-03-02T06:00:00+08:00"), std::string::npos)
      << same.why;
  const IntakeAnswer more = file(kFirst, 1, {"20260301/R1", "20260301/S1"});
  ASSERT_EQ(more.verdict, IntakeVerdict::kRefused);
  ASSERT_EQ(more.faults.size(), 1U);
  EXPECT_EQ(more.faults.front().code, FaultCode::kIntakeAfterSeal);
  EXPECT_EQ(more.faults.front().line, 3U);
  EXPECT_EQ(more.faults.front().value, "MER1/20260301/S1");
  EXPECT_NE(more.faults.front().expected.find("sequence 2 or later"), std::string::npos);
  EXPECT_EQ(clearing_->house().sender(kShop)->last(), 1U);
  // What it says to do: a later day's file, and rows that came live may stay there.
  at(kFirst.plus_days(2), 1);
  const IntakeAnswer later = file(kFirst.plus_days(1), 2, {"20260301/R1", "20260301/S1"});
  ASSERT_EQ(later.verdict, IntakeVerdict::kAccepted);
  EXPECT_EQ(later.live->before, 1U);
  EXPECT_EQ(items(2), Refs{"S1"});
  EXPECT_TRUE(later.returned->empty());
}

TEST_F(PartnerDaysTest, ANumberThatTheEventsTookIsNamedToTheFileThatWantsIt) {
  at(kFirst, 12);
  redeem("R1");
  at(kFirst.plus_days(1), 6);
  ASSERT_EQ(seal(), 1U);
  at(kFirst.plus_days(2), 1);
  const IntakeAnswer answer = file(kFirst.plus_days(1), 1, {"20260302/S1"});
  ASSERT_EQ(answer.verdict, IntakeVerdict::kRefused);
  EXPECT_EQ(answer.faults.front().code, FaultCode::kIntakeTaken);
  EXPECT_EQ(answer.faults.front().expected,
            "the next sequence, 2; this one was sealed for 2026-03-01 from the events of the API");
}

// Days that were due while the clearing could take nothing come before a later day's file.
TEST_F(PartnerDaysTest, AFileWaitsForTheEventsOfTheDaysBeforeIt) {
  at(kFirst, 12);
  redeem("R1");
  at(kFirst.plus_days(2), 1);
  const IntakeAnswer answer = file(kFirst.plus_days(1), 1, {"20260302/S1"});
  EXPECT_EQ(answer.verdict, IntakeVerdict::kWaiting);
  EXPECT_NE(answer.why.find("2026-03-01"), std::string::npos) << answer.why;
  EXPECT_EQ(seal(), 1U);
  EXPECT_EQ(file(kFirst.plus_days(1), 2, {"20260302/S1"}).verdict, IntakeVerdict::kAccepted);
}

// The partner dates a row by its ask, the clearing by its answer.
TEST_F(PartnerDaysTest, AnEventAnsweredAfterMidnightIsWhereTheFileHasItAndNowhereElse) {
  at(kFirst, 23);
  const Ask late = redemption("R1");
  ask(late);
  at(kFirst.plus_days(1), 0);
  answer(late);
  at(kFirst.plus_days(1), 1);
  EXPECT_EQ(file(kFirst, 1, {"20260301/R1"}).verdict, IntakeVerdict::kAccepted);
  at(kFirst.plus_days(5), 6);
  EXPECT_EQ(seal(), 0U);
  EXPECT_EQ(items(1), Refs{"R1"});
}

TEST_F(PartnerDaysTest, ABatchThatThePartnerSendsItselfContradictsNothingAndLosesNothing) {
  at(kFirst, 12);
  redeem("R1");
  redeem("R2");
  at(kFirst.plus_days(1), 1);
  Item item{.kind = Kind::kPartnerRedemption,
            .partner = kShop,
            .member = *Member::parse(member_text(1, 1)),
            .id = id("R1", kFirst),
            .entry = 1,
            .points = 99};
  const auto sent = [&](BusinessDate date) {
    push(ph::seal({.sender = kShop, .date = date, .sequence = 1}, {}, {item}, {}, &sha256), "MER1",
         "MER1");
  };
  sent(kFirst);
  EXPECT_EQ(refusal(), "BATCH_FAULT");
  EXPECT_NE(answers_.last<wire::Refusal>()->detail.find("another points"), std::string::npos)
      << answers_.last<wire::Refusal>()->detail;
  item.points = 100;
  sent(kFirst);
  ASSERT_NE(answers_.last<wire::Receipt>(), nullptr) << refusal();
  // A day has one batch: what that one lacks is in the next day's.
  ASSERT_EQ(clearing_->live_days(now_).size(), 1U);
  EXPECT_EQ(clearing_->live_days(now_)[0].date, kFirst.plus_days(1));
  at(kFirst.plus_days(2), 6);
  EXPECT_EQ(seal(), 1U);
  EXPECT_EQ(items(2), Refs{"R2"});
}

TEST_F(PartnerDaysTest, ACloseNamesTheEventsThatAreInNoBatchAndTakesThemOnceTheyAre) {
  const Month march = *Month::parse("2026-03");
  at(last_day(march), 12);
  redeem("R1");
  at(last_day(march).plus_days(1), 5);
  auto answer = clearing_->close(march, now_, true);
  const auto named = [&] {
    return std::ranges::count(answer.missing, std::string("MER1"), &Obstacle::who);
  };
  ASSERT_EQ(named(), 1);
  EXPECT_EQ(answer.missing.front().what,
            "1 events of the API, from 2026-03-31 on, are in no batch yet");
  EXPECT_NE(answer.missing.front().what_now.find("2026-04-01T06:00:00"), std::string::npos);
  EXPECT_FALSE(answer.obstacles.empty());
  now_ = now_.plus_seconds(3'600);
  ASSERT_EQ(seal(), 1U);
  answer = clearing_->close(march, now_, true);
  EXPECT_EQ(named(), 0);
  now_ = end_of(kClose);
  ASSERT_TRUE(clearing_->close(march, now_, false).closed);
  const auto& senders = closed_.back().senders;
  const auto shop = std::ranges::find(senders, kShop, &CutoffSender::sender);
  ASSERT_NE(shop, senders.end());
  EXPECT_EQ(shop->sequence, 1U);
}

// Days of a month whose period is two ahead wait, and say why; they are sealed when it may be.
TEST_F(PartnerDaysTest, ADayThatHasToWaitSaysSo) {
  at(kFirst, 12);
  redeem("R1");
  at(BusinessDate::of(2026, 5, 2), 6);
  ASSERT_EQ(seal(), 1U);  // Of March.
  redeem("R2");
  at(BusinessDate::of(2026, 5, 3), 6);
  EXPECT_EQ(seal(), 0U);
  ASSERT_EQ(clearing_->live_days(now_).size(), 1U);
  EXPECT_NE(clearing_->live_days(now_)[0].waits.find("has to be closed first"), std::string::npos);
}

TEST_F(PartnerDaysTest, AStartKnowsWhatIsSealed) {
  at(kFirst, 12);
  redeem("R1");
  const Ask pending = redemption("R2");
  ask(pending);
  at(kFirst.plus_days(1), 6);
  redeem("R3");
  ASSERT_EQ(seal(), 1U);
  const auto check_start = [&] {
    restart();
    EXPECT_EQ(seal(), 0U);
    ASSERT_EQ(clearing_->live_days(now_).size(), 1U);
    EXPECT_EQ(clearing_->live_days(now_)[0].items, 1U);
    EXPECT_EQ(saved(clearing_->house()), replayed());
  };
  check_start();
  take_snapshot();
  check_start();
}

// --- whatever dies -------------------------------------------------------------------------------

struct Death {};

// The same days in each life: what came live, files in time and late, seals; each step is done
// again after a death, as its doer would.
class Life : public PartnerDaysTest {
 public:
  void TestBody() override {}
  // Dies at a step of the disk, before or after it; 0: never.
  void play(std::uint64_t dies_at, DiskMoment moment) {
    begin(dies_at, moment);
    step(kFirst, 12, [this] { redeem("R1"); });
    step(kFirst, 13, [this] { redeem("R2"); });
    step(kFirst.plus_days(1), 6, [this] { seal(); });
    step(kFirst.plus_days(1), 12, [this] { redeem("R3"); });
    step(kFirst.plus_days(1), 13, [this] { redeem("R4"); });
    step(kFirst.plus_days(1), 14, [this] { file(kFirst, 1, {"20260301/R1"}); });
    step(kFirst.plus_days(2), 1, [this] {
      file(kFirst.plus_days(1), 2, {"20260302/R3", "20260302/S1"});
    });
    step(kFirst.plus_days(2), 6, [this] { seal(); });
    step(kFirst.plus_days(2), 12, [this] { redeem("R5"); });
    step(kFirst.plus_days(3), 6, [this] {
      seal();
      take_snapshot();
    });
    step(kFirst.plus_days(3), 7, [this] { restart(); });
  }
  [[nodiscard]] std::uint64_t steps() const { return passed_; }
  [[nodiscard]] bool died() const { return died_; }
  [[nodiscard]] std::vector<Digest> batches() const {
    std::vector<Digest> out;
    for (const TakenBatch& batch : clearing_->house().sender(kShop)->batches) {
      out.push_back(batch.taken.batch);
    }
    return out;
  }
  void expect_all() {
    EXPECT_EQ(items(1), (Refs{"R1", "R2"}));
    EXPECT_EQ(items(2), (Refs{"R3", "R4", "S1"}));
    EXPECT_EQ(items(3), Refs{"R5"});
    EXPECT_EQ(saved(clearing_->house()), replayed());
    EXPECT_TRUE(clearing_->live_days(now_).empty());
    for (const TakenBatch& batch : clearing_->house().sender(kShop)->batches) {
      EXPECT_TRUE(batch.returned.empty());
    }
  }

 private:
  void begin(std::uint64_t dies_at, DiskMoment moment) {
    disk_.set_hook([this, dies_at, moment](const DiskStep&, DiskMoment now) {
      passed_ += now == DiskMoment::kBefore ? 1U : 0U;
      if (passed_ == dies_at && now == moment && !died_) {
        died_ = true;
        throw Death{};
      }
    });
  }
  void step(BusinessDate date, int hour, const std::function<void()>& what) {
    at(date, hour);
    for (int lives = 2; lives > 0; --lives) {
      try {
        what();
        return;
      } catch (const Death&) {
        restart();
      }
    }
    ADD_FAILURE() << "died twice";
  }
  std::uint64_t passed_{0};
  bool died_{false};
};

TEST(PartnerDaysDeaths, AtEveryDurableStepGiveTheSameBatches) {
  Life whole;
  whole.play(0, DiskMoment::kBefore);
  whole.expect_all();
  const std::uint64_t steps = whole.steps();
  ASSERT_GT(steps, 15U);
  for (std::uint64_t step = 1; step <= steps; ++step) {
    for (const DiskMoment moment : {DiskMoment::kBefore, DiskMoment::kAfter}) {
      SCOPED_TRACE(std::to_string(step) + (moment == DiskMoment::kBefore ? " before" : " after"));
      Life life;
      life.play(step, moment);
      EXPECT_TRUE(life.died());
      life.expect_all();
      EXPECT_EQ(life.batches(), whole.batches());
    }
  }
}

}  // namespace PH_FILE
}  // namespace ph
