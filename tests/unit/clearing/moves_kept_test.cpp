// The directory of who has moved is the journal's: from live moves, and from batches.
#include <gtest/gtest.h>

#include "tests/unit/clearing/clearing_fixture.h"

namespace ph {
namespace PH_FILE {

using test::kFirst;

const Member kAnn = Member::make(Participant(1), 1);

class MovesKept : public test::ClearingTest {
 protected:
  [[nodiscard]] Participant home() const { return clearing_->house().directory().home_of(kAnn); }
  static TransactionId id(std::string_view name, Participant by) {
    TransactionId out{.participant = by, .date = kFirst};
    std::copy(name.begin(), name.end(), out.reference.begin());
    return out;
  }
  void commit() { clearing_->commit_live(answers_); }
  static Ask wanted() {
    return {.kind = AskKind::kMove,
            .id = id("m", Participant(2)),
            .member = kAnn,
            .giver = Participant(2)};
  }
  // The member moves from P01 to P02, whose answer is passed on.
  void move() {
    say(wire::Heartbeat{.at = now_.seconds()}, "P01");
    say(wanted(), "P02");
    commit();
    say(Answer{.kind = AskKind::kMove,
               .id = wanted().id,
               .definite = true,
               .home = Participant(1),
               .at = now_.seconds()},
        "P01");
  }
  // A batch of P02 that says that the member came.
  OwnedBatch batch(const TransactionId& move) {
    return seal({.sender = Participant(2), .date = kFirst, .sequence = 1}, {},
                {{.kind = Kind::kMoveIn,
                  .counterparty = Participant(1),
                  .member = kAnn,
                  .id = move,
                  .entry = 1}},
                {}, &sha256);
  }
};

TEST_F(MovesKept, ALiveMoveIsDurableBeforeTheAnswerIsPassedOn) {
  const std::uint64_t blocks = clearing_->last_block();
  move();
  EXPECT_EQ(clearing_->last_block(), blocks);
  EXPECT_EQ(answers_.last<Answer>(), nullptr);
  restart();  // It dies before its block.
  EXPECT_EQ(home(), Participant(1));
  move();
  commit();
  EXPECT_EQ(clearing_->last_block(), blocks + 1);
  ASSERT_NE(answers_.last<Answer>(), nullptr);
  EXPECT_EQ(answers_.last_route, "P02-1");
  restart();
  EXPECT_EQ(home(), Participant(2));
  (void)take_snapshot();
  const auto saved_state = saved(clearing_->house());
  restart();
  EXPECT_EQ(home(), Participant(2));
  EXPECT_EQ(saved(clearing_->house()), saved_state);
  EXPECT_EQ(replayed(), saved_state);
  move();  // The new home asks again.
  commit();
  EXPECT_EQ(clearing_->last_block(), blocks + 1);
}

// Before the journal began: by a row MEMBER, a lot or a debt of the opening file.
TEST_F(MovesKept, AnOpeningFileTellsWhoIsAtHomeElsewhere) {
  const auto of = [](std::uint64_t serial) { return test::member_text(1, serial); };
  const std::string opening = test::file_text(
      "POINTHOUSE,OPENING_LOTS,1,P02,2026-03-01,0",
      {"MEMBER," + of(7), "LOT,P01/20260110/7," + of(8) + ",2026-01,CONSUMPTION,1,2029-04-01,9,9",
       "DEBT," + of(9) + ",P01,5"},
      23, 0);
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  Clearing clearing(settings_, storage, keys_.of("CLR"), keys_.registry(), {});
  clearing.recover();
  for (const std::string& text : {test::rulebook_text(), test::opening_text(1), opening}) {
    const auto file = prepare_file("file", as_bytes(text), clearing.rules(), clearing.blobs());
    EXPECT_EQ(clearing.take_file(file, now_).verdict, IntakeVerdict::kAccepted);
  }
  clearing.put_snapshot_into(*storage.snapshots);
  Clearing again(settings_, storage, keys_.of("CLR"), keys_.registry(), {});
  again.recover();
  for (const Clearing* one : {&clearing, &again}) {
    const HomeDirectory& directory = one->house().directory();
    for (const std::uint64_t serial : {7U, 8U, 9U}) {
      EXPECT_EQ(directory.home_of(Member::make(Participant(1), serial)), Participant(2));
    }
    EXPECT_EQ(directory.home_of(kAnn), Participant(1));
    EXPECT_EQ(directory.size(), 3U);
  }
}

TEST_F(MovesKept, ABatchThatIsTakenTellsOfMovesByFile) {
  push(batch(id("f", Participant(2))), "P02", "P02");
  EXPECT_EQ(refusal(), "none");
  EXPECT_EQ(home(), Participant(2));
  (void)take_snapshot();
  restart();
  EXPECT_EQ(home(), Participant(2));
  EXPECT_EQ(replayed(), saved(clearing_->house()));
}

TEST_F(MovesKept, ABatchWithALiveMoveTellsNothingNew) {
  move();
  commit();
  push(batch(wanted().id), "P02", "P02");
  EXPECT_EQ(refusal(), "none");
  ASSERT_EQ(clearing_->house().directory().moves_of(kAnn).size(), 1U);
  EXPECT_TRUE(clearing_->house().directory().moves_of(kAnn)[0].live);
  EXPECT_EQ(replayed(), saved(clearing_->house()));
}

}  // namespace PH_FILE
}  // namespace ph
