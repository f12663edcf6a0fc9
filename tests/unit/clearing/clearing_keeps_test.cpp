// What a clearing keeps, and what it tells, when things are refused, wait, or lack.
#include <gtest/gtest.h>

#include "tests/unit/clearing/clearing_fixture.h"

namespace ph {
namespace PH_FILE {

using test::kFirst;
using test::Sender;

class ClearingKeeps : public test::ClearingTest {};

// Whoever has a valid key could fill the disk with batches that nobody wants.
TEST_F(ClearingKeeps, ARefusedBatchLeavesNothingInTheStore) {
  push(sender_->seal(kFirst, 5'000));
  const std::size_t blobs = disk_.blobs();
  Sender other(1, clearing_->house().rules());
  static_cast<void>(other.seal(kFirst, 6'000));
  const auto refused = [&](const std::string& code) {
    EXPECT_EQ(refusal(), code);
    EXPECT_EQ(disk_.blobs(), blobs) << code;
    EXPECT_EQ(disk_.leftovers(), 0U) << code;
  };
  push(other.seal(kFirst.plus_days(1), 5'000));
  refused("CHAIN");
  Sender again(1, clearing_->house().rules());
  push(again.seal(kFirst, 7'000), "P02", "P02");
  refused("SENDER_MISMATCH");
}

TEST_F(ClearingKeeps, ABatchThatTheBookRefusesLeavesNothingInTheStore) {
  const std::size_t blobs = disk_.blobs();
  push(expire(1'001));
  EXPECT_EQ(refusal(), "POINTS");
  push(expire(1, 2));
  EXPECT_EQ(refusal(), "BATCH_FAULT");
  EXPECT_EQ(disk_.blobs(), blobs);
  EXPECT_EQ(disk_.leftovers(), 0U);
  push(expire(1'000));
  EXPECT_EQ(disk_.blobs(), blobs + 1);
  restart();
  EXPECT_EQ(taken(), 1U);
}

TEST_F(ClearingKeeps, HoldsNoMoreBytesOfASenderThanItMay) {
  const OwnedBatch first = sender_->seal(kFirst, 5'000);
  const OwnedBatch second = sender_->seal(kFirst.plus_days(1), 5'000);
  const OwnedBatch third = sender_->seal(kFirst.plus_days(2), 5'000);
  settings_.exchange.held_bytes_max = third.bytes().size() + second.bytes().size() - 1;
  restart();
  now_ = BusinessTime::of(kFirst.plus_days(5), 0);
  const std::size_t blobs = disk_.blobs();
  push(third);
  ASSERT_NE(answers_.last<wire::Held>(), nullptr);
  push(second);
  EXPECT_EQ(refusal(), "BUSY");
  EXPECT_TRUE(answers_.last<wire::Refusal>()->retry);
  EXPECT_EQ(disk_.blobs(), blobs);
  EXPECT_EQ(disk_.leftovers(), 1U);  // The third, which a restart would forget.
  push(first);
  EXPECT_EQ(taken(), 1U);
  EXPECT_EQ(clearing_->exchange().status("P01").last_refusal.substr(0, 7), "2: BUSY");
  push(second);
  EXPECT_EQ(taken(), 3U);
  EXPECT_EQ(clearing_->exchange().status("P01").last_refusal, "");  // It has passed.
}

TEST_F(ClearingKeeps, OneThatWasReplacedNoticesWithoutTakingAnything) {
  clearing_->check_not_replaced();
  Storage second = open_memory_storage(disk_);
  Clearing rival(settings_, second, keys_.of("CLR"), keys_.registry(), {});
  rival.recover();
  clearing_->check_not_replaced();
  const auto book = test::rulebook_text("PRICE,9,SALE,MER1,,,,1,5,,,2027-01-01,");
  CommandLog log(*second.journal, 1, &sha256);
  log.replay(0, {}, [](const JournalCommand&, std::uint64_t) {});
  const JournalCommand command = encode(BookTaken{.blob = second.blobs->put(as_bytes(book))}, now_);
  log.append(std::span(&command, 1));
  EXPECT_THROW(clearing_->check_not_replaced(), Fenced);
}

TEST_F(ClearingKeeps, APartnersDayThatHasToWaitSaysSoByItsHeader) {
  DayBatcher batcher(Participant(101), &sha256);
  now_ = BusinessTime::of(BusinessDate::of(2026, 5, 2), 0);
  const std::size_t blobs = disk_.blobs();
  const IntakeAnswer answer =
      partner_day(batcher, BusinessDate::of(2026, 5, 1), 1, "AIR1/20260501/A");
  EXPECT_EQ(answer.verdict, IntakeVerdict::kWaiting);
  EXPECT_NE(answer.why.find("2026-03 has to be closed first"), std::string::npos) << answer.why;
  PreparedFile staged{.header = FileHeader{.type = FileType::kPartnerDay,
                                           .sender = "AIR1",
                                           .date = BusinessDate::of(2026, 5, 1),
                                           .sequence = 1}};
  ASSERT_TRUE(clearing_->place_of_partner_day(staged, now_).has_value());
  EXPECT_EQ(disk_.blobs(), blobs + 1);  // The day file; no batch was made of it.
}

TEST_F(ClearingKeeps, TheAnswerToAPartnersDaySaysWhatWasSentBack) {
  DayBatcher batcher(Participant(101), &sha256);
  IntakeAnswer answer = partner_day(batcher, kFirst, 1, "AIR1/20260301/A");
  ASSERT_EQ(answer.verdict, IntakeVerdict::kAccepted) << answer.why;
  ASSERT_TRUE(answer.returned.has_value());
  EXPECT_TRUE(answer.returned->empty());
  now_ = now_.plus_seconds(86'400);
  answer = partner_day(batcher, kFirst.plus_days(1), 2, "AIR1/20260301/A");
  ASSERT_EQ(answer.returned.value().size(), 1U);
  EXPECT_EQ(answer.returned->front().code, "COPY");
  EXPECT_EQ(answer.returned->front().id, "AIR1/20260301/A");
  EXPECT_EQ(answer.returned->front().entry, 2U);
  const PreparedFile file{.name = "day.csv"};
  const std::string text = intake_report_text(file, answer);
  EXPECT_NE(text.find("1 items, 1 of them sent back"), std::string::npos) << text;
  EXPECT_NE(text.find("line 2, PARTNER_ACCRUAL AIR1/20260301/A, was sent back: COPY"),
            std::string::npos)
      << text;
  EXPECT_NE(intake_report_json(file, answer).find(R"("returned":[{"entry":2,)"), std::string::npos);
}

// A close would cite them; it is too late then.
TEST_F(ClearingKeeps, AStartSaysWhichFileLacksThatOnlyACloseReads) {
  close_march();
  const std::uint64_t block = take_snapshot();
  const auto says = [this](const std::string& what, const Digest& address) {
    const auto blob = storage_->blobs->get(address, true);
    ASSERT_TRUE(disk_.lose_blob(address));
    try {
      restart();
      ADD_FAILURE() << "a start without the " << what;
    } catch (const Damaged& damaged) {
      EXPECT_NE(std::string(damaged.what()).find(what + " " + hex(address)), std::string::npos)
          << damaged.what();
    }
    EXPECT_EQ(storage_->blobs->put(blob->bytes()), address);
    restart();
  };
  const Digest opening = clearing_->house().openings().at(Participant(2)).blob;
  const Digest record = clearing_->house().closed().begin()->second;
  says("opening file", opening);
  says("cut-off record", record);
  storage_->journal->drop(1, block);  // The snapshot alone tells of them.
  says("opening file", opening);
  says("cut-off record", record);
}

}  // namespace PH_FILE
}  // namespace ph
