#include "clearing/clearing.h"

#include <gtest/gtest.h>

#include "tests/unit/clearing/clearing_fixture.h"

namespace ph {
namespace PH_FILE {

using test::kClose;
using test::kFirst;
using test::Sender;
using ClearingTest = test::ClearingTest;

TEST_F(ClearingTest, TakesABatchAndGivesAReceiptThatIsTheSameForEver) {
  const OwnedBatch batch = sender_->seal(kFirst, 5'000);
  push(batch);
  ASSERT_NE(answers_.last<wire::Receipt>(), nullptr);
  const wire::Receipt first = *answers_.last<wire::Receipt>();
  const auto text = wire::parse_receipt(first.text);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->sender, "P01");
  EXPECT_EQ(text->digest, batch.view().digest);
  EXPECT_EQ(text->taken_at, now_);
  EXPECT_TRUE(verifies(*parse_signature_line(first.signature), keys_.of("CLR").open().key,
                       wire::kReceiptKind, sha256(as_bytes(first.text))));
  restart();
  now_ = now_.plus_seconds(77);
  say(offer_of(batch));
  ASSERT_NE(answers_.last<wire::Receipt>(), nullptr);
  EXPECT_EQ(answers_.last<wire::Receipt>()->text, first.text);
  EXPECT_EQ(answers_.last<wire::Receipt>()->signature, first.signature);
  EXPECT_EQ(taken(), 1U);
}

// The receipt of a batch is the same for ever, so none may be signed by a key that doesn't count.
TEST_F(ClearingTest, TakesNothingInAMonthWhoseKeyItHasNot) {
  KeyRegistry ended = keys_.registry();
  ASSERT_EQ(ended.end("CLR", 202604, kFirst), std::nullopt);
  clearing_->use_registry(ended);
  const OwnedBatch first = sender_->seal(kFirst, 5'000);
  const OwnedBatch second = sender_->seal(kFirst.plus_days(1), 5'000);
  push(first);
  EXPECT_EQ(taken(), 1U);
  now_ = BusinessTime::of(BusinessDate::of(2026, 4, 1), 0);
  push(second);
  EXPECT_EQ(refusal(), "BUSY");
  EXPECT_EQ(taken(), 1U);
  KeyRegistry none = keys_.registry();
  ASSERT_EQ(none.end("CLR", 202603, kFirst), std::nullopt);
  clearing_->use_registry(none);
  const CloseAnswer answer = clearing_->close(*Month::parse("2026-03"), end_of(kClose), false);
  ASSERT_EQ(answer.obstacles.size(), 1U);
  EXPECT_NE(answer.obstacles[0].what.find("2026-03"), std::string::npos);
  clearing_->use_registry(keys_.registry());
  push(second);
  EXPECT_EQ(taken(), 2U);
}

// An opening file could never come after the first batch.
TEST_F(ClearingTest, TakesNoBatchOfAProvinceBeforeItsOpeningFile) {
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  Clearing fresh(ClearingSettings{}, storage, keys_.of("CLR"), keys_.registry(), {});
  fresh.recover();
  const auto take = [&](const std::string& text) {
    return fresh.take_file(prepare_file("file", as_bytes(text), fresh.rules(), fresh.blobs()), now_)
        .verdict;
  };
  ASSERT_EQ(take(test::rulebook_text()), IntakeVerdict::kAccepted);
  ASSERT_EQ(take(test::calendar_text()), IntakeVerdict::kAccepted);
  const auto offer = wire::encode(offer_of(sender_->seal(kFirst, 5'000)));
  fresh.on_message({.participant = "P01", .route = "r"}, offer, now_, steady_ms_, answers_);
  EXPECT_EQ(refusal(), "NOT_A_SENDER");
  EXPECT_TRUE(answers_.last<wire::Refusal>()->retry);
  ASSERT_EQ(take(test::opening_text(1)), IntakeVerdict::kAccepted);
  fresh.on_message({.participant = "P01", .route = "r"}, offer, now_, steady_ms_, answers_);
  EXPECT_NE(answers_.last<wire::Want>(), nullptr);
}

TEST_F(ClearingTest, WhatWasNotOfferedLeavesNothingInTheStore) {
  const OwnedBatch batch = sender_->seal(kFirst, 5'000);
  const wire::Offer offer = offer_of(batch);
  for (const std::size_t at : {std::size_t{100}, batch.bytes().size() - 1}) {
    std::vector<std::byte> other(batch.bytes().begin(), batch.bytes().end());
    other[at] ^= std::byte{1};
    say(offer);
    say(wire::Chunk{.sequence = 1, .digest = offer.digest, .bytes = other});
    EXPECT_EQ(refusal(), "DIGEST");
    EXPECT_FALSE(storage_->blobs->get(sha256(other), false).has_value());
  }
  push(batch);
  EXPECT_EQ(taken(), 1U);
}

TEST_F(ClearingTest, RefusesTheSameNumberWithOtherContent) {
  push(sender_->seal(kFirst, 5'000));
  Sender other(1, clearing_->house().rules());
  push(other.seal(kFirst, 6'000));
  EXPECT_EQ(refusal(), "SEQUENCE_TAKEN");
  EXPECT_EQ(taken(), 1U);
}

TEST_F(ClearingTest, HoldsWhatComesTooEarlyAndTakesItInOrder) {
  const OwnedBatch first = sender_->seal(kFirst, 5'000);
  const OwnedBatch second = sender_->seal(kFirst.plus_days(1), 5'000);
  const OwnedBatch third = sender_->seal(kFirst.plus_days(2), 5'000);
  now_ = BusinessTime::of(kFirst.plus_days(5), 0);
  push(third);
  ASSERT_NE(answers_.last<wire::Held>(), nullptr);
  EXPECT_EQ(answers_.last<wire::Held>()->missing, 1U);
  push(second);
  ASSERT_NE(answers_.last<wire::Held>(), nullptr);
  EXPECT_EQ(taken(), 0U);
  push(first);
  ASSERT_NE(answers_.last<wire::Receipt>(), nullptr);
  EXPECT_EQ(answers_.last<wire::Receipt>()->sequence, 3U);
  EXPECT_EQ(taken(), 3U);
}

TEST_F(ClearingTest, RefusesWhatIsNotTheSendersOwn) {
  const OwnedBatch batch = sender_->seal(kFirst, 5'000);
  push(batch, "P01", "P02");
  EXPECT_EQ(refusal(), "KEY_NOT_VALID");
  wire::Offer forged = offer_of(batch);
  forged.digest = sha256({});
  say(forged);
  EXPECT_EQ(refusal(), "SIGNATURE");
  push(batch, "P02", "P02");
  EXPECT_EQ(refusal(), "SENDER_MISMATCH");
  push(batch, "P09", "P01");
  EXPECT_EQ(refusal(), "NOT_A_SENDER");
  push(batch, "CLR", "CLR");
  EXPECT_EQ(refusal(), "NOT_A_SENDER");
  push(batch, "GATE1", "P01");
  EXPECT_EQ(refusal(), "NOT_A_SENDER");
  EXPECT_EQ(taken(), 0U);
  EXPECT_EQ(clearing_->house().sender(Participant(2)), nullptr);
}

TEST_F(ClearingTest, RefusesBytesThatAreNotThoseOffered) {
  const OwnedBatch batch = sender_->seal(kFirst, 5'000);
  const wire::Offer offer = offer_of(batch);
  for (const std::size_t at : {std::size_t{100}, batch.bytes().size() - 1}) {
    say(offer);
    ASSERT_NE(answers_.last<wire::Want>(), nullptr);
    std::vector<std::byte> bytes(batch.bytes().begin(), batch.bytes().end());
    bytes[at] ^= std::byte{1};
    say(wire::Chunk{.sequence = 1, .digest = offer.digest, .bytes = bytes});
    EXPECT_EQ(refusal(), "DIGEST") << at;
    EXPECT_TRUE(answers_.last<wire::Refusal>()->retry);
  }
  push(batch);
  EXPECT_NE(answers_.last<wire::Receipt>(), nullptr);
}

// Its first bytes are what the fault shows; they have to come over the wire all the same.
TEST_F(ClearingTest, RefusesAFileThatIsNoBatch) {
  const std::string no_batch = "\xB1\n\x85\xFF" + std::string(300, '\x9B');
  wire::Offer offer = offer_of(sender_->seal(kFirst, 5'000));
  offer.size = no_batch.size();
  say(offer);
  ASSERT_NE(answers_.last<wire::Want>(), nullptr);
  const Bytes bytes = as_bytes(no_batch);
  say(wire::Chunk{.sequence = 1, .digest = offer.digest, .bytes = {bytes.begin(), bytes.end()}});
  EXPECT_EQ(refusal(), "DIGEST");
}

TEST_F(ClearingTest, RefusesAChainThatDoesNotHold) {
  push(sender_->seal(kFirst, 5'000));
  Sender other(1, clearing_->house().rules());
  static_cast<void>(other.seal(kFirst, 6'000));
  push(other.seal(kFirst.plus_days(1), 5'000));
  EXPECT_EQ(refusal(), "CHAIN");
  push(sender_->seal(kFirst.plus_days(2), 5'000));
  EXPECT_EQ(refusal(), "DATE_FUTURE");
  EXPECT_TRUE(answers_.last<wire::Refusal>()->retry);
  EXPECT_EQ(taken(), 1U);
}

TEST_F(ClearingTest, RefusesABatchThatBreaksAnInvariantAndTakesTheRightOne) {
  push(expire(1'001));
  EXPECT_EQ(refusal(), "POINTS");
  EXPECT_EQ(taken(), 0U);
  push(expire(1'000));
  EXPECT_NE(answers_.last<wire::Receipt>(), nullptr);
}

TEST_F(ClearingTest, RefusesABatchThatSaysOtherOfALotThanIsKnown) {
  push(expire(1, 2));
  EXPECT_EQ(refusal(), "BATCH_FAULT");
  EXPECT_NE(answers_.last<wire::Refusal>()->detail.find("F908 SET_LOT member"), std::string::npos);
  EXPECT_EQ(taken(), 0U);
}

TEST_F(ClearingTest, AnswersGarbageABoundedNumberOfTimes) {
  const std::vector<std::byte> garbage(64, std::byte{0xFF});
  for (int n = 0; n < 40; ++n) {
    clearing_->on_message({.participant = "P01", .route = "r"}, garbage, now_, steady_ms_,
                          answers_);
  }
  EXPECT_EQ(answers_.messages.size(), 16U);
  EXPECT_EQ(refusal(), "MALFORMED");
  push(sender_->seal(kFirst, 5'000));
  EXPECT_NE(answers_.last<wire::Receipt>(), nullptr);
}

TEST_F(ClearingTest, LosesNothingWhenItDiesWhileABatchIsUnderWay) {
  const OwnedBatch batch = sender_->seal(kFirst, 5'000);
  const wire::Offer offer = offer_of(batch);
  say(offer);
  const Bytes half = batch.bytes().first(50);
  say(wire::Chunk{.sequence = 1, .digest = offer.digest, .bytes = {half.begin(), half.end()}});
  ASSERT_NE(answers_.last<wire::Want>(), nullptr);
  EXPECT_EQ(answers_.last<wire::Want>()->offset, 50U);
  restart();
  say(offer);
  ASSERT_NE(answers_.last<wire::Want>(), nullptr);
  EXPECT_EQ(answers_.last<wire::Want>()->offset, 0U);
  push(batch);
  EXPECT_NE(answers_.last<wire::Receipt>(), nullptr);
}

TEST_F(ClearingTest, ClosesAtTheCutOffAndLateBatchesGoOn) {
  const Month march = *Month::parse("2026-03");
  push(sender_->seal(kFirst, 5'000));
  CloseAnswer answer = clearing_->close(march, now_, false);
  EXPECT_FALSE(answer.closed);
  ASSERT_FALSE(answer.obstacles.empty());
  EXPECT_EQ(answer.missing.size(), 5U);

  now_ = end_of(kClose);
  const OwnedBatch late = sender_->seal(kFirst.plus_days(1), 5'000);
  push(late);  // Accepted after the cut-off: it belongs to April.
  ASSERT_NE(answers_.last<wire::Receipt>(), nullptr);
  const CloseAnswer dry = clearing_->close(march, now_, true);
  EXPECT_FALSE(dry.closed);
  EXPECT_TRUE(dry.obstacles.empty());
  const auto behind = std::ranges::find(dry.missing, std::string("P01"), &Obstacle::who);
  ASSERT_NE(behind, dry.missing.end());
  EXPECT_EQ(behind->what, "sequences 2 to 2, days up to 2026-03-02, came behind the cut-off");
  EXPECT_EQ(behind->what_now, "they settle in 2026-04");
  answer = clearing_->close(march, now_, false);
  ASSERT_TRUE(answer.closed);
  EXPECT_EQ(answer.cutoff, dry.cutoff);
  ASSERT_EQ(closed_.size(), 1U);
  EXPECT_EQ(closed_[0].sequence_of(Participant(1)), 1U);
  EXPECT_TRUE(clearing_->close(march, now_, false).again);

  restart();
  ASSERT_EQ(closed_.size(), 2U);  // The outputs are asked for again; they may be missing.
  EXPECT_EQ(closed_[1].sequence_of(Participant(1)), 1U);
  EXPECT_EQ(clearing_->house().open_period(), march.next());
  EXPECT_EQ(clearing_->house().last_in_period(Participant(1)), 2U);
}

TEST_F(ClearingTest, ClosesEarlyOnceEverybodysDaysAreHere) {
  const BusinessDate end = BusinessDate::of(2026, 3, 31);
  now_ = end_of(end);
  for (const int province : {1, 2, 3}) {
    Sender sender(province, clearing_->house().rules());
    const std::string code = "P0" + std::to_string(province);
    push(sender.seal(end, 5'000), code, code.c_str());
    EXPECT_NE(answers_.last<wire::Receipt>(), nullptr);
  }
  const Month march = *Month::parse("2026-03");
  EXPECT_EQ(clearing_->close(march, now_, true).missing.size(), 2U);  // The partners.
  for (const std::uint16_t partner : {std::uint16_t{101}, std::uint16_t{102}}) {
    DayBatcher batcher(Participant{partner}, &sha256);
    const OwnedBatch batch = batcher.batch(end, 1, {});
    PreparedFile file{.name = "day"};
    EXPECT_EQ(clearing_->take_partner_batch(batch, file.blob, "", now_).verdict,
              IntakeVerdict::kAccepted);
  }
  EXPECT_TRUE(clearing_->close(march, now_, false).closed);
}

TEST_F(ClearingTest, ABatchTwoPeriodsAheadWaits) {
  now_ = BusinessTime::of(BusinessDate::of(2026, 5, 2), 0);
  push(sender_->seal(BusinessDate::of(2026, 5, 1), 5'000));
  EXPECT_EQ(refusal(), "PERIOD_AHEAD");
  EXPECT_TRUE(answers_.last<wire::Refusal>()->retry);
}

TEST_F(ClearingTest, GoesOnFromASnapshotAsIfItHadReplayedTheWholeJournal) {
  push(sender_->seal(kFirst, 5'000));
  now_ = end_of(kClose);
  push(sender_->seal(kFirst.plus_days(1), 5'000));  // Behind the cut-off.
  const std::uint64_t before_close = take_snapshot();
  ASSERT_TRUE(clearing_->close(*Month::parse("2026-03"), now_, false).closed);
  EXPECT_TRUE(clearing_->snapshot_due());  // It would have to be closed again.
  push(sender_->seal(kFirst.plus_days(2), 5'000));
  const std::vector<std::byte> state = saved(clearing_->house());
  EXPECT_EQ(replayed(), state);
  restart();
  EXPECT_EQ(clearing_->snapshot_block(), before_close);
  EXPECT_EQ(saved(clearing_->house()), state);
  EXPECT_EQ(closed_.size(), 2U);
  EXPECT_TRUE(clearing_->snapshot_due());

  const std::uint64_t behind_close = take_snapshot();
  EXPECT_FALSE(clearing_->snapshot_due());
  storage_->journal->drop(1, behind_close);  // The start is archived.
  restart();
  EXPECT_EQ(clearing_->snapshot_block(), behind_close);
  EXPECT_EQ(saved(clearing_->house()), state);
  EXPECT_EQ(closed_.size(), 2U);  // Its outputs were written before the snapshot.
  const OwnedBatch fourth = sender_->seal(kFirst.plus_days(3), 5'000);
  push(fourth);
  ASSERT_NE(answers_.last<wire::Receipt>(), nullptr);
  EXPECT_EQ(taken(), 4U);
}

TEST_F(ClearingTest, PassesDamagedSnapshotsOver) {
  const std::uint64_t first = take_snapshot();
  close_march();
  const std::uint64_t second = take_snapshot();
  const std::vector<std::byte> state = saved(clearing_->house());
  ASSERT_TRUE(disk_.rot_snapshot(1, second, 77));
  restart();
  EXPECT_EQ(clearing_->snapshot_block(), first);
  EXPECT_EQ(saved(clearing_->house()), state);
  ASSERT_TRUE(disk_.rot_snapshot(1, first, 77));
  restart();
  EXPECT_EQ(clearing_->snapshot_block(), 0U);
  EXPECT_EQ(saved(clearing_->house()), state);
  storage_->journal->drop(1, first + 1);
  EXPECT_THROW(restart(), Damaged);
}

TEST_F(ClearingTest, BytesThatAreNoStateGiveNone) {
  close_march();
  const std::vector<std::byte> state = saved(clearing_->house());
  const auto loads = [this](Bytes bytes) {
    ClearingHouse house(*storage_->blobs, {});
    const std::unique_ptr<StateLoader> loader = house.loader();
    try {
      for (Bytes rest = bytes; !rest.empty();) {
        const Bytes part = rest.first(std::min<std::size_t>(rest.size(), 100));
        loader->take(part);
        rest = rest.subspan(part.size());
      }
    } catch (const Damaged&) {
      return false;
    }
    return loader->finish();
  };
  ASSERT_TRUE(loads(state));
  for (std::size_t size = 0; size < state.size(); size += 13) {
    EXPECT_FALSE(loads(Bytes(state).first(size))) << size;
  }
  std::vector<std::byte> more = state;
  more.push_back({});
  EXPECT_FALSE(loads(more));
  for (const std::size_t at : {std::size_t{8}, std::size_t{12}, std::size_t{16}, std::size_t{25}}) {
    std::vector<std::byte> other = state;  // Magic, layout, length of a section, the rule book.
    other[at] ^= std::byte{1};
    EXPECT_FALSE(loads(other)) << at;
  }
  for (std::size_t at = 0; at < state.size(); at += 7) {
    std::vector<std::byte> other = state;
    other[at] ^= std::byte{0x80};
    static_cast<void>(loads(other));  // Whatever comes of it: nothing out of bounds.
  }
}

// Nobody's points change after they were made. The clock doesn't count: the clearing may be late.
TEST_F(ClearingTest, RefusesARuleOfExpiryForMonthsOfBatchesThatWereTaken) {
  const auto code = [this](const char* row) {
    const IntakeAnswer answer = bring(test::rulebook_text(row));
    return answer.faults.empty() ? FaultCode::kNone : answer.faults.front().code;
  };
  Sender other(2, clearing_->house().rules());
  const BusinessDate april = BusinessDate::of(2026, 4, 1);
  push(sender_->seal(kFirst, 5'000));
  ASSERT_EQ(taken(), 1U);
  EXPECT_EQ(code("EXPIRY,YEAR,2,2026-03"), FaultCode::kIntakeRules);
  restart();
  EXPECT_EQ(code("EXPIRY,YEAR,2,2026-03"), FaultCode::kIntakeRules);
  now_ = BusinessTime::of(april, 3600);
  EXPECT_EQ(code("EXPIRY,YEAR,2,2026-04"), FaultCode::kNone);
  EXPECT_EQ(code("EXPIRY,YEAR,3,2026-04"), FaultCode::kNone);
  now_ = end_of(april);
  push(other.seal(kFirst, 5'000), "P02", "P02");
  push(sender_->seal(april, 5'000));
  ASSERT_EQ(taken(), 2U);
  push(other.seal(kFirst.plus_days(1), 5'000), "P02", "P02");  // Whose newest day is older.
  EXPECT_EQ(code("EXPIRY,YEAR,2,2026-04"), FaultCode::kIntakeRules);
  EXPECT_EQ(code(""), FaultCode::kIntakeRules);
  EXPECT_EQ(code("EXPIRY,YEAR,2,2026-05"), FaultCode::kIntakeRules);  // Without the old row.
}

// A province that hasn't got the row makes lots that everybody else refuses.
TEST_F(ClearingTest, RefusesABatchWhoseLotsExpireByAnotherRule) {
  ASSERT_EQ(bring(test::rulebook_text("EXPIRY,YEAR,2,2026-02")).verdict, IntakeVerdict::kAccepted);
  const OwnedBatch wrong = sender_->seal(kFirst, 5'000);
  push(wrong);
  EXPECT_EQ(refusal(), "BATCH_FAULT");
  EXPECT_EQ(taken(), 0U);
  Sender right(1, clearing_->house().rules());
  right.poster.use_expiry(clearing_->house().rules().expiry());
  push(right.seal(kFirst, 5'000));
  EXPECT_EQ(taken(), 1U);
}

TEST_F(ClearingTest, CountsOverdueDaysFromSixOClock) {
  push(sender_->seal(kFirst, 5'000));
  const BusinessTime due = end_of(kFirst.plus_days(1)).plus_seconds(6 * 3600);
  EXPECT_EQ(clearing_->overdue_days(Participant(1), due.plus_seconds(-1)), 0);
  EXPECT_EQ(clearing_->overdue_days(Participant(1), due), 1);
  EXPECT_EQ(clearing_->overdue_days(Participant(1), due.plus_seconds(86'400)), 2);
}

}  // namespace PH_FILE
}  // namespace ph
