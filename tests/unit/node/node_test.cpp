#include "node/node.h"

#include <gtest/gtest.h>

#include "platform/crypto/sha256.h"
#include "platform/journal/memory.h"
#include "platform/wire/receipt.h"
#include "tests/support/small_world.h"

namespace ph {
namespace PH_FILE {

using test::day_text;

constexpr BusinessDate kFirst = BusinessDate::of(2026, 3, 1);

// What a node sends, decoded; what the test wants to be lost is lost.
class Sent final : public UplinkPort {
 public:
  bool send(const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    messages.push_back(std::move(message));
    return true;
  }
  void reconnect() override { ++reconnects; }

  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> out;
    for (const wire::Message& message : messages) {
      if (const T* found = std::get_if<T>(&message)) {
        out.push_back(*found);
      }
    }
    return out;
  }

  std::vector<wire::Message> messages{};
  int reconnects{0};
};

class NodeTest : public ::testing::Test {
 protected:
  NodeTest() { restart(); }

  // The process dies and starts again on the same disk.
  void restart() {
    node_.reset();
    if (storage_) {
      disk_.crash();
    }
    storage_.emplace(open_memory_storage(disk_));
    node_ = std::make_unique<Node>(NodeSettings{.code = "P01"}, *storage_, keys_.of("P01"),
                                   keys_.registry());
    node_->recover();
  }

  IntakeAnswer bring(const std::string& text, BusinessTime now) {
    PreparedFile file = prepare_file("file", as_bytes(text), node_->rules(), node_->blobs());
    return node_->take_file(file, now);
  }
  IntakeVerdict verdict(const std::string& text, BusinessTime now) {
    return bring(text, now).verdict;
  }
  static BusinessTime morning(BusinessDate date) { return BusinessTime::of(date, 9 * 3600); }

  void open() {
    ASSERT_EQ(verdict(test::rulebook_text(), morning(kFirst)), IntakeVerdict::kAccepted);
    ASSERT_EQ(verdict(test::opening_text(1), morning(kFirst)), IntakeVerdict::kAccepted);
  }
  // Posts and seals all that is due.
  void turn(BusinessTime now) {
    bool more = true;
    while (more) {
      while (node_->post_slice(now)) {
      }
      more = node_->seal_due(now, [] { return true; });
    }
  }
  // A day with its file, to its end.
  void live(BusinessDate date, std::uint32_t sequence) {
    ASSERT_EQ(verdict(day_text(1, date, sequence, 5'000), morning(date)), IntakeVerdict::kAccepted);
    turn(end_of(date));
  }
  // The clearing has given its receipt for the first day. Gives the receipt's time.
  std::int64_t receipted(Sent& port) {
    open();
    live(kFirst, 1);
    node_->tick(end_of(kFirst), 0, port);
    hear(receipt_for(1), port);
    return morning(kFirst.plus_days(1)).seconds();
  }
  [[nodiscard]] std::int64_t points() const {
    const auto member = Member::parse(test::member_text(1, 1));
    return node_->province().poster()->home().balance(*member, kFirst)->points;
  }
  // Of the first lot that the day sealed last has made.
  [[nodiscard]] std::string last_expiry() {
    const auto blob = node_->blobs().get(last_day().blob, true);
    const BatchView view = view_of(blob->bytes());
    return view.movements.empty() ? "none" : view.movements[0].slice.expires_on.text();
  }
  [[nodiscard]] const SealedDay& last_day() const { return node_->province().sealed().back(); }

  // The clearing's receipt for a sealed day.
  [[nodiscard]] wire::Receipt receipt_for(std::uint32_t sequence) const {
    const SealedDay& day = *node_->province().sealed_at(sequence);
    const std::string text = wire::receipt_text({.clearing = "CLR",
                                                 .sender = "P01",
                                                 .sequence = sequence,
                                                 .date = day.date,
                                                 .digest = day.batch,
                                                 .taken_at = morning(day.date.plus_days(1)),
                                                 .returned_digest = sha256({})});
    return {.sequence = sequence,
            .text = text,
            .signature =
                signature_line(keys_.of("CLR").sign(wire::kReceiptKind, sha256(as_bytes(text))))};
  }
  void hear(const wire::Message& message, Sent& port) {
    node_->on_message(wire::encode(message), morning(kFirst.plus_days(1)), 1'000, port);
  }

  test::Keys keys_;
  MemoryDisk disk_;
  std::optional<Storage> storage_;
  std::unique_ptr<Node> node_;
};

TEST_F(NodeTest, AsksForRuleBookThenOpeningThenDays) {
  EXPECT_EQ(verdict(test::opening_text(1), morning(kFirst)), IntakeVerdict::kWaiting);
  ASSERT_EQ(verdict(test::rulebook_text(), morning(kFirst)), IntakeVerdict::kAccepted);
  EXPECT_EQ(verdict(day_text(1, kFirst, 1, 5'000), morning(kFirst)), IntakeVerdict::kWaiting);
  ASSERT_EQ(verdict(test::opening_text(1), morning(kFirst)), IntakeVerdict::kAccepted);
  EXPECT_EQ(verdict(day_text(1, kFirst, 1, 5'000), morning(kFirst)), IntakeVerdict::kAccepted);
}

TEST_F(NodeTest, RefusesADayWithRowsOfMembersWholeWhileNoProgrammeIsInForce) {
  open();
  const std::string member = test::member_text(1, 1);
  const std::string head = "POINTHOUSE,PROVINCE_DAY,1,P01," + kFirst.text() + ",1\n";
  const std::string bill = "BILL,1,A-1," + member + ",2026-02,5000\n";
  const std::uint64_t before = node_->last_block();
  const IntakeAnswer answer =
      bring(head + bill + "BLACKLIST,2," + member + ",1\nEND,2,0,5000\n", morning(kFirst));
  EXPECT_EQ(answer.verdict, IntakeVerdict::kRefused);
  ASSERT_EQ(answer.faults.size(), 1U);
  EXPECT_EQ(answer.faults[0].code, FaultCode::kIntakeProgramme);
  EXPECT_EQ(answer.faults[0].line, 3U);
  EXPECT_EQ(answer.faults[0].value, "BLACKLIST");
  EXPECT_EQ(node_->last_block(), before);
  EXPECT_FALSE(node_->post_slice(morning(kFirst)));
  // Its sequence is free still.
  EXPECT_EQ(verdict(head + bill + "END,1,0,5000\n", morning(kFirst)), IntakeVerdict::kAccepted);
}

TEST_F(NodeTest, SealsADayOnceItIsOverAndPosted) {
  open();
  ASSERT_EQ(verdict(day_text(1, kFirst, 1, 5'000), morning(kFirst)), IntakeVerdict::kAccepted);
  turn(morning(kFirst));
  EXPECT_EQ(points(), 1'050);
  EXPECT_TRUE(node_->province().sealed().empty());
  turn(end_of(kFirst));
  ASSERT_EQ(node_->province().sealed().size(), 1U);
  EXPECT_EQ(last_day().date, kFirst);
  EXPECT_FALSE(last_day().empty);
}

TEST_F(NodeTest, SealsAnEmptyDayAtItsCutOffAndSaysSoToWhoComesLate) {
  open();
  const BusinessTime cut_off = end_of(kFirst).plus_seconds(5 * 3600);
  turn(cut_off.plus_seconds(-1));
  EXPECT_TRUE(node_->province().sealed().empty());
  turn(cut_off);
  ASSERT_EQ(node_->province().sealed().size(), 1U);
  EXPECT_TRUE(last_day().empty);
  const IntakeAnswer late = bring(day_text(1, kFirst, 1, 5'000), cut_off);
  EXPECT_EQ(late.verdict, IntakeVerdict::kRefused);
  EXPECT_EQ(late.faults.at(0).code, FaultCode::kIntakeTaken);
  EXPECT_NE(late.faults.at(0).expected.find("sequence 2"), std::string::npos);
}

TEST_F(NodeTest, SealsNoEmptyDayWhileItsFileMayLieInTheInbox) {
  open();
  const BusinessTime cut_off = end_of(kFirst).plus_seconds(5 * 3600);
  EXPECT_FALSE(node_->seal_due(cut_off, [] { return false; }));
  EXPECT_EQ(verdict(day_text(1, kFirst, 1, 5'000), cut_off), IntakeVerdict::kAccepted);
  turn(cut_off);
  ASSERT_EQ(node_->province().sealed().size(), 1U);
  EXPECT_FALSE(last_day().empty);
}

TEST_F(NodeTest, GivesTheSameBytesHoweverOftenItDies) {
  open();
  const BusinessDate second = kFirst.plus_days(1);
  for (int lives = 0; lives < 2; ++lives) {
    SCOPED_TRACE(lives);
    const std::string first_day = day_text(1, kFirst, 1, 5'000);
    EXPECT_EQ(verdict(first_day, morning(second)),
              lives == 0 ? IntakeVerdict::kAccepted : IntakeVerdict::kCopy);
    restart();
    turn(morning(second));
    restart();
    ASSERT_EQ(node_->province().sealed().size(), 1U);
    EXPECT_EQ(points(), 1'050);
  }
  const Digest batch = last_day().batch;
  DayPoster undisturbed(Participant(1), &sha256);
  std::vector<Fault> faults;
  const RuleBook& rules = *node_->rules();
  undisturbed.open(*read_opening(InputFile("o", as_bytes(test::opening_text(1))), rules, faults));
  const std::string text = day_text(1, kFirst, 1, 5'000);
  const auto day = read_day(InputFile("d", as_bytes(text)), rules, faults);
  EXPECT_EQ(undisturbed.post_day(*day).batch.view().digest, batch);
}

TEST_F(NodeTest, GoesOnFromASnapshot) {
  open();
  live(kFirst, 1);
  node_->put_snapshot_into(*storage_->snapshots);
  const BusinessDate second = kFirst.plus_days(1);
  ASSERT_EQ(verdict(day_text(1, second, 2, 7'000), morning(second)), IntakeVerdict::kAccepted);
  turn(end_of(second));
  const Digest batch = last_day().batch;
  storage_->journal->drop(1, 3);  // The start is archived: nothing but the snapshot tells it.
  restart();
  ASSERT_EQ(node_->province().sealed().size(), 2U);
  EXPECT_EQ(last_day().batch, batch);
  EXPECT_EQ(points(), 1'120);
}

TEST_F(NodeTest, AnOpeningFileIsWorthASnapshot) {
  ASSERT_EQ(verdict(test::rulebook_text(), morning(kFirst)), IntakeVerdict::kAccepted);
  EXPECT_FALSE(node_->snapshot_due());
  const std::uint64_t before = node_->last_block();
  ASSERT_EQ(verdict(test::opening_text(1), morning(kFirst)), IntakeVerdict::kAccepted);
  EXPECT_TRUE(node_->snapshot_due());
  node_->snapshot_taken(before);  // Of a moment before the file was taken.
  EXPECT_TRUE(node_->snapshot_due());
  restart();  // It has to be done again at each start.
  EXPECT_TRUE(node_->snapshot_due());
  node_->put_snapshot_into(*storage_->snapshots);
  node_->snapshot_taken(node_->last_block());
  EXPECT_FALSE(node_->snapshot_due());
  restart();
  EXPECT_FALSE(node_->snapshot_due());
}

TEST_F(NodeTest, RefusesFilesOutOfPlaceWhole) {
  open();
  const auto code = [this](const std::string& text, BusinessTime now) {
    const IntakeAnswer answer = bring(text, now);
    return answer.faults.empty() ? FaultCode::kNone : answer.faults.front().code;
  };
  const BusinessTime now = morning(kFirst.plus_days(2));
  EXPECT_EQ(code(day_text(2, kFirst, 1, 100), now), FaultCode::kIntakeSender);
  EXPECT_EQ(code(day_text(1, kFirst.plus_days(3), 1, 100), now), FaultCode::kIntakeFuture);
  EXPECT_EQ(code(day_text(1, kFirst.plus_days(-1), 1, 100), now), FaultCode::kIntakeDateOrder);
  EXPECT_EQ(code(test::calendar_text(), now), FaultCode::kIntakeType);
  EXPECT_EQ(code(test::rulebook_text("PRICE,9,SALE,AIR1,,,,1,1,,,2025-01-01,2026-01-01"), now),
            FaultCode::kIntakeRules);
  EXPECT_EQ(code("POINTHOUSE,PROVINCE_DAY,1,P01,2026-03-01,1\nEND,1,0,0\n", now),
            FaultCode::kTrailerRows);
  EXPECT_EQ(verdict(day_text(1, kFirst, 2, 100), now), IntakeVerdict::kWaiting);
  ASSERT_EQ(verdict(day_text(1, kFirst, 1, 100), now), IntakeVerdict::kAccepted);
  turn(now);
  EXPECT_EQ(code(day_text(1, kFirst, 1, 200), now), FaultCode::kIntakeTaken);
  EXPECT_EQ(verdict(day_text(1, kFirst, 1, 100), now), IntakeVerdict::kCopy);
  EXPECT_EQ(node_->province().next_sequence(), 3U);  // The day after was sealed empty.
  EXPECT_EQ(code(day_text(1, kFirst, 3, 200), now), FaultCode::kIntakeDateOrder);
}

// The bill of 2026-02 that each day brings: the rule comes with the rule book, a start included.
TEST_F(NodeTest, MakesLotsThatExpireAsTheRuleBookSays) {
  ASSERT_EQ(verdict(test::rulebook_text("EXPIRY,YEAR,2,2026-02"), morning(kFirst)),
            IntakeVerdict::kAccepted);
  ASSERT_EQ(verdict(test::opening_text(1), morning(kFirst)), IntakeVerdict::kAccepted);
  live(kFirst, 1);
  EXPECT_EQ(last_expiry(), "2029-01-01");
  restart();
  live(kFirst.plus_days(1), 2);
  EXPECT_EQ(last_expiry(), "2029-01-01");
  node_->put_snapshot_into(*storage_->snapshots);
  storage_->journal->drop(1, 3);
  restart();
  live(kFirst.plus_days(2), 3);
  EXPECT_EQ(last_expiry(), "2029-01-01");
}

TEST_F(NodeTest, TakesARuleOfExpiryWithALaterRuleBook) {
  open();
  live(kFirst, 1);
  EXPECT_EQ(last_expiry(), "2029-04-01");
  const std::string later = test::rulebook_text("EXPIRY,YEAR,2,2026-04");
  ASSERT_EQ(verdict(later, morning(kFirst.plus_days(1))), IntakeVerdict::kAccepted);
  live(kFirst.plus_days(1), 2);
  EXPECT_EQ(last_expiry(), "2029-04-01");  // The bill's month counts, not the day's.
  const BusinessDate april = BusinessDate::of(2026, 4, 2);
  const std::string bill = "BILL,1,A-4," + test::member_text(1, 1) + ",2026-04,5000";
  ASSERT_EQ(verdict(test::file_text("POINTHOUSE,PROVINCE_DAY,1,P01," + april.text() + ",3", {bill},
                                    0, 5'000),
                    morning(april)),
            IntakeVerdict::kAccepted);
  turn(end_of(april));
  EXPECT_EQ(last_expiry(), "2029-01-01");
  restart();
  EXPECT_EQ(last_expiry(), "2029-01-01");
}

TEST_F(NodeTest, RefusesARuleOfExpiryForMonthsThatMayHavePoints) {
  open();
  const auto taken = [this](const char* row, BusinessTime now) {
    const IntakeAnswer answer = bring(test::rulebook_text(row), now);
    EXPECT_TRUE(answer.faults.empty() || answer.faults.front().code == FaultCode::kIntakeRules);
    return answer.verdict == IntakeVerdict::kAccepted;
  };
  const BusinessTime late = morning(BusinessDate::of(2026, 4, 1));
  EXPECT_TRUE(taken("EXPIRY,YEAR,2,2026-03", late));  // Nothing was opened: the clock binds nobody.
  ASSERT_EQ(verdict(day_text(1, kFirst, 1, 5'000), morning(kFirst)), IntakeVerdict::kAccepted);
  turn(morning(kFirst));
  EXPECT_FALSE(taken("EXPIRY,YEAR,3,2026-03", morning(kFirst)));
  turn(end_of(kFirst));
  EXPECT_FALSE(taken("EXPIRY,YEAR,3,2026-03", morning(kFirst)));
  EXPECT_FALSE(taken("", morning(kFirst)));
  restart();
  EXPECT_FALSE(taken("EXPIRY,YEAR,3,2026-03", late));
  EXPECT_FALSE(taken("", late));
}

// Until its month has begun here, a row may come and may still change.
TEST_F(NodeTest, TakesAnotherRuleOfExpiryUntilItsMonthBegins) {
  open();
  live(kFirst, 1);
  const BusinessDate last = BusinessDate::of(2026, 3, 31);
  const auto brought = [this](const char* row) {
    return verdict(test::rulebook_text(row), morning(BusinessDate::of(2026, 4, 2)));
  };
  EXPECT_EQ(brought("EXPIRY,YEAR,2,2026-04"), IntakeVerdict::kAccepted);
  EXPECT_EQ(brought("EXPIRY,YEAR,1,2026-04"), IntakeVerdict::kAccepted);
  live(last, 2);
  EXPECT_EQ(brought(""), IntakeVerdict::kAccepted);
  EXPECT_EQ(brought("EXPIRY,YEAR,2,2026-04"), IntakeVerdict::kAccepted);
  live(last.plus_days(1), 3);
  EXPECT_EQ(brought("EXPIRY,YEAR,1,2026-04"), IntakeVerdict::kRefused);
  EXPECT_EQ(brought(""), IntakeVerdict::kRefused);
}

TEST_F(NodeTest, OffersUntilAReceiptThatIsGenuineIsDurable) {
  open();
  live(kFirst, 1);
  Sent port;
  for (std::int64_t ms = 0; ms < 10'000; ms += 100) {
    node_->tick(end_of(kFirst), ms, port);
  }
  EXPECT_EQ(port.all<wire::Offer>().size(), 4U);  // At 0, 1, 3, 7 s.
  wire::Receipt forged = receipt_for(1);
  forged.signature =
      signature_line(keys_.of("P02").sign(wire::kReceiptKind, sha256(as_bytes(forged.text))));
  hear(forged, port);
  wire::Receipt other = receipt_for(1);
  other.text.replace(other.text.find(",1,2026"), 2, ",2");
  hear(other, port);
  EXPECT_EQ(node_->status().receipted, 0U);
  EXPECT_EQ(node_->status().alarms.size(), 2U);
  hear(receipt_for(1), port);
  EXPECT_EQ(node_->status().receipted, 1U);
  restart();
  EXPECT_EQ(node_->status().receipted, 1U);
  EXPECT_EQ(node_->province().sealed_at(1)->receipt->text, receipt_for(1).text);
}

TEST_F(NodeTest, OffersTheNextBatchAtOnceWhenAReceiptHasCome) {
  open();
  const BusinessDate second = kFirst.plus_days(1);
  live(kFirst, 1);
  live(second, 2);
  Sent port;
  std::int64_t ms = 0;
  for (; ms < 40'000; ms += 100) {  // The clearing is busy: both have backed off to 32 s.
    node_->tick(end_of(second), ms, port);
  }
  hear(receipt_for(1), port);
  Sent then;
  node_->tick(end_of(second), ms, then);
  ASSERT_EQ(then.all<wire::Offer>().size(), 1U);
  EXPECT_EQ(then.all<wire::Offer>()[0].sequence, 2U);
}

TEST_F(NodeTest, SendsChunksFromWhereTheClearingWants) {
  open();
  live(kFirst, 1);
  Sent port;
  node_->tick(end_of(kFirst), 0, port);
  const SealedDay day = last_day();
  hear(wire::Want{.sequence = 1, .digest = day.batch, .offset = 10, .until = 50}, port);
  std::uint64_t bytes = 0;
  for (const wire::Chunk& chunk : port.all<wire::Chunk>()) {
    EXPECT_EQ(chunk.offset, 10 + bytes);
    bytes += chunk.bytes.size();
  }
  EXPECT_EQ(bytes, 40U);
}

// What the clearing says of the connection, not of a batch (docs/wire.md, section 1).
TEST_F(NodeTest, SaysThatItsTransportKeyIsOverAndConnectsAnew) {
  open();
  live(kFirst, 1);
  Sent port;
  node_->on_connected(0);
  const wire::Refusal over{.code = static_cast<std::uint16_t>(wire::RefusalCode::kKeyNotValid),
                           .retry = true,
                           .detail = "the days of this transport key are over"};
  for (std::int64_t ms = 0; ms <= 15'000; ms += 1'000) {
    node_->tick(end_of(kFirst), ms, port);
    node_->on_message(wire::encode(over), end_of(kFirst), ms, port);
  }
  EXPECT_EQ(port.reconnects, 1);  // It is heard, but a new connection is what helps.
  EXPECT_FALSE(node_->heard(15'000));
  ASSERT_EQ(node_->status().alarms.size(), 1U);
  EXPECT_NE(node_->status().alarms[0].find("set keys.transport"), std::string::npos);
  hear(wire::Heartbeat{.last_receipted = 0}, port);
  EXPECT_TRUE(node_->status().alarms.empty());  // It counts again.
}

TEST_F(NodeTest, AWantTakesBackWhyABatchHadToWait) {
  open();
  live(kFirst, 1);
  Sent port;
  node_->tick(end_of(kFirst), 0, port);
  const Digest batch = last_day().batch;
  hear(wire::Refusal{.sequence = 1, .digest = batch, .code = 16, .retry = true, .detail = "busy"},
       port);
  EXPECT_EQ(node_->status().flights.at(0).why, "BUSY: busy");
  hear(wire::Want{.sequence = 1, .digest = batch, .offset = 0, .until = 50}, port);
  EXPECT_EQ(node_->status().flights.at(0).why, "");
}

TEST_F(NodeTest, EveryAlarmSaysWhatToDo) {
  Sent port;
  const std::int64_t taken_at = receipted(port);
  live(kFirst.plus_days(1), 2);
  node_->tick(end_of(kFirst.plus_days(1)), 1'000, port);
  hear(wire::Heartbeat{.last_receipted = 0, .at = taken_at + 1}, port);
  hear(wire::Refusal{.code = 1, .detail = "what?"}, port);
  hear(wire::Refusal{.sequence = 2, .digest = last_day().batch, .code = 10, .detail = "no"}, port);
  wire::Receipt forged = receipt_for(2);
  forged.signature = "none";
  hear(forged, port);
  const std::vector<std::string> alarms = node_->status().alarms;
  ASSERT_EQ(alarms.size(), 4U);
  for (const std::string& alarm : alarms) {
    EXPECT_NE(alarm.find("`pointhouse node retry`"), std::string::npos) << alarm;
  }
}

// The process before may have died before it wrote the day's report.
TEST_F(NodeTest, KnowsWhatTheLastDaySentBackUnlessASnapshotStandsBehindIt) {
  open();
  EXPECT_EQ(node_->province().last_returned(), nullptr);
  live(kFirst, 1);
  EXPECT_NE(node_->province().last_returned(), nullptr);
  restart();
  ASSERT_NE(node_->province().last_returned(), nullptr);
  EXPECT_TRUE(node_->province().last_returned()->empty());
  node_->put_snapshot_into(*storage_->snapshots);
  restart();
  EXPECT_EQ(node_->province().last_returned(), nullptr);
}

TEST_F(NodeTest, StopsWhenTheClearingHasLostWhatItGaveAReceiptFor) {
  Sent port;
  const std::int64_t taken_at = receipted(port);
  hear(wire::Heartbeat{.last_receipted = 0, .at = taken_at + 1}, port);
  ASSERT_EQ(node_->status().alarms.size(), 1U);
  EXPECT_NE(node_->status().alarms[0].find("lost"), std::string::npos);
}

TEST_F(NodeTest, SendsNothingThatIsWantedWhileItHasStoppedOrWasRefused) {
  Sent port;
  const std::int64_t taken_at = receipted(port);
  live(kFirst.plus_days(1), 2);
  node_->tick(end_of(kFirst.plus_days(1)), 1'000, port);
  const Digest batch = last_day().batch;
  const wire::Want want{.sequence = 2, .digest = batch, .offset = 0, .until = 50};
  hear(wire::Heartbeat{.last_receipted = 0, .at = taken_at + 1}, port);
  hear(want, port);
  EXPECT_TRUE(port.all<wire::Chunk>().empty());
  hear(wire::Heartbeat{.last_receipted = 1, .at = taken_at + 2}, port);
  hear(wire::Refusal{.sequence = 2, .digest = batch, .code = 10, .detail = "no"}, port);
  hear(want, port);
  EXPECT_TRUE(port.all<wire::Chunk>().empty());
  node_->retry(2'000);
  node_->tick(end_of(kFirst.plus_days(1)), 2'000, port);
  hear(want, port);
  EXPECT_EQ(port.all<wire::Chunk>().size(), 1U);
}

// The clearing has given up what it had of the second batch, to take the first.
TEST_F(NodeTest, OffersABatchAnewThatWasBeingSentWhenTheOneBeforeWasTaken) {
  open();
  live(kFirst, 1);
  live(kFirst.plus_days(1), 2);
  Sent port;
  node_->tick(end_of(kFirst.plus_days(1)), 0, port);
  hear(wire::Want{.sequence = 2, .digest = last_day().batch, .offset = 0, .until = 50}, port);
  hear(receipt_for(1), port);
  Sent then;
  node_->tick(end_of(kFirst.plus_days(1)), 100, then);
  ASSERT_EQ(then.all<wire::Offer>().size(), 1U);
  EXPECT_EQ(then.all<wire::Offer>()[0].sequence, 2U);
}

// A clearing that was replaced and doesn't know speaks once more, then the right one.
TEST_F(NodeTest, GoesOnWhenTheClearingSaysThatItHasAllOfThem) {
  Sent port;
  const std::int64_t taken_at = receipted(port);
  hear(wire::Heartbeat{.last_receipted = 0, .at = taken_at + 1}, port);
  const BusinessDate second = kFirst.plus_days(1);
  live(second, 2);
  Sent stopped;
  node_->tick(end_of(second), 60'000, stopped);
  EXPECT_TRUE(stopped.all<wire::Offer>().empty());
  hear(wire::Heartbeat{.last_receipted = 1, .at = taken_at + 2}, port);
  Sent again;
  node_->tick(end_of(second), 60'001, again);
  EXPECT_EQ(again.all<wire::Offer>().size(), 1U);
  EXPECT_EQ(node_->status().alarms.size(), 1U);  // Somebody should know.
}

TEST_F(NodeTest, AHeartbeatThatTheReceiptHasOvertakenSaysNothing) {
  Sent port;
  const std::int64_t taken_at = receipted(port);
  hear(wire::Heartbeat{.last_receipted = 0, .at = taken_at}, port);
  EXPECT_TRUE(node_->status().alarms.empty());
}

TEST_F(NodeTest, ASecondProcessOnTheSameJournalIsFencedOff) {
  open();
  Storage second = open_memory_storage(disk_);
  Node rival(NodeSettings{.code = "P01"}, second, keys_.of("P01"), keys_.registry());
  rival.recover();
  ASSERT_EQ(verdict(day_text(1, kFirst, 1, 5'000), morning(kFirst)), IntakeVerdict::kAccepted);
  const std::string text = day_text(1, kFirst, 1, 6'000);
  PreparedFile file = prepare_file("file", as_bytes(text), rival.rules(), rival.blobs());
  EXPECT_THROW(rival.check_not_replaced(), Fenced);
  EXPECT_THROW(static_cast<void>(rival.take_file(file, morning(kFirst))), Fenced);
}

}  // namespace PH_FILE
}  // namespace ph
