// Ratings at the clearing: every case of the table of docs/wire.md, section 8.
#include "tests/unit/clearing/rating_fixture.h"

namespace ph {
namespace PH_FILE {

using programme::Histogram;
using test::RatingTest;
using wire::ScoresState;
using wire::ThresholdsState;
using Entries = std::vector<Histogram::Entry>;

// The worked example's twenty accounts, dealt out to three provinces; tenths.
const Entries kFirstOf20{{3'120, 1}, {1'620, 1}, {1'310, 1}, {840, 1}, {450, 1}, {385, 1}};
const Entries kSecondOf20{{2'400, 1}, {1'508, 1}, {1'287, 1}, {1'125, 1},
                          {660, 1},   {432, 1},   {250, 1}};
const Entries kThirdOf20{{1'760, 1}, {1'340, 1}, {1'232, 1}, {500, 1}, {406, 1}, {180, 1}, {65, 1}};
const std::string kCuts =
    ",20,10,five-star:5:1:312:310,four-star:15:3:176:180,three-star:30:6:134:130,"
    "two-star:70:14:45:50";

std::string line() {
  return "THRESHOLDS,1,CLR,star,2026-03," + hex(sha256(as_bytes(test::star_programme()))) + kCuts;
}

class Ratings : public RatingTest {
 protected:
  void send_all() {
    EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
    EXPECT_EQ(send(2, kSecondOf20), ScoresState::kTaken);
    EXPECT_EQ(send(3, kThirdOf20), ScoresState::kTaken);
  }
  void publish() {
    ASSERT_TRUE(open().opened);
    send_all();
    tick();
  }
};

TEST_F(Ratings, ThresholdsOfTheWorkedExampleOverThreeProvinces) {
  publish();
  const wire::Thresholds published = ask();
  EXPECT_EQ(published.state, ThresholdsState::kPublished);
  EXPECT_EQ(published.text, line());
  const auto signature = parse_signature_line(published.signature);
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verifies(*signature, keys_.of("CLR").open().key, "THRESHOLDS",
                       sha256(as_bytes(published.text))));
}

TEST_F(Ratings, NothingIsPublishedBeforeTheLastProvinceHasSent) {
  ASSERT_TRUE(open().opened);
  EXPECT_EQ(send(3, kThirdOf20), ScoresState::kTaken);
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  tick();
  const wire::Thresholds waits = ask();
  EXPECT_EQ(waits.state, ThresholdsState::kWaits);
  EXPECT_EQ(waits.waiting, std::vector<Participant>{Participant(2)});
  const auto obstacle = clearing_->rating_waits(kMarch);
  ASSERT_TRUE(obstacle);
  EXPECT_EQ(obstacle->who, "P02");
  EXPECT_EQ(send(2, kSecondOf20), ScoresState::kTaken);
  tick();
  EXPECT_EQ(ask().text, line());
  EXPECT_FALSE(clearing_->rating_waits(kMarch));
}

TEST_F(Ratings, AProvinceThatWillNeverSendIsTakenOutByOpeningAnew) {
  ASSERT_TRUE(open().opened);
  EXPECT_TRUE(open().again);
  EXPECT_EQ(send(1, {{100, 1}}), ScoresState::kTaken);
  EXPECT_EQ(send(2, {{200, 1}}), ScoresState::kTaken);
  const RatingAnswer anew = open({"P01", "P02"});
  EXPECT_TRUE(anew.opened);
  EXPECT_FALSE(anew.again);
  tick();
  EXPECT_EQ(ask().state, ThresholdsState::kPublished);
  EXPECT_NE(ask(3).text.find(",2,10,five-star:5:1:20:20"), std::string::npos) << ask(3).text;
  EXPECT_EQ(send(3, {{300, 1}}), ScoresState::kNotOpen);
}

// What a province that was taken out had sent doesn't count; opened with it again, it does.
TEST_F(Ratings, ScoresOfAProvinceThatWasTakenOutDoNotCount) {
  ASSERT_TRUE(open().opened);
  EXPECT_EQ(send(3, {{90'000, 1}}), ScoresState::kTaken);
  ASSERT_TRUE(open({"P02", "P01"}).opened);
  EXPECT_EQ(send(1, {{100, 1}}), ScoresState::kTaken);
  ASSERT_TRUE(open().opened);
  ASSERT_TRUE(open({"P01", "P02"}).opened);
  EXPECT_EQ(send(2, {{200, 1}}), ScoresState::kTaken);
  tick();
  EXPECT_NE(ask().text.find(",2,10,five-star:5:1:20:20"), std::string::npos) << ask().text;
}

TEST_F(Ratings, TheSameHistogramAgainIsACopyAndJournalsNothing) {
  ASSERT_TRUE(open().opened);
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  const std::uint64_t blocks = clearing_->last_block();
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  EXPECT_EQ(clearing_->last_block(), blocks);
}

TEST_F(Ratings, AnotherOneNeedsAGreaterRevision) {
  ASSERT_TRUE(open().opened);
  EXPECT_EQ(send(1, {{100, 1}}, 2), ScoresState::kTaken);
  EXPECT_EQ(send(1, {{101, 1}}, 2), ScoresState::kOther);
  EXPECT_EQ(send(1, {{101, 1}}, 1), ScoresState::kOther);
  EXPECT_EQ(send(1, kFirstOf20, 3), ScoresState::kTaken);
  EXPECT_EQ(send(2, kSecondOf20), ScoresState::kTaken);
  EXPECT_EQ(send(3, kThirdOf20), ScoresState::kTaken);
  tick();
  EXPECT_EQ(ask().text, line());
}

TEST_F(Ratings, AfterPublicationEverythingStaysForEver) {
  publish();
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  EXPECT_EQ(send(1, {{100, 1}}, 9), ScoresState::kOther);
  const RatingAnswer anew = open({"P01", "P02"});
  EXPECT_FALSE(anew.opened);
  ASSERT_TRUE(anew.obstacle);
  EXPECT_TRUE(open().again);
  const wire::Thresholds before = ask();
  tick();
  restart();
  tick();
  EXPECT_EQ(ask(), before);
}

TEST_F(Ratings, ARestartForgetsPartsAndKeepsWhatWasTaken) {
  ASSERT_TRUE(open().opened);
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  const auto bytes = bytes_of(2, kSecondOf20);
  wire::Scores part = part_of(2, bytes);
  part.bytes.resize(100);
  wire::ScoresTaken wanted = tell(2, part);
  EXPECT_EQ(wanted.state, ScoresState::kWanted);
  EXPECT_EQ(wanted.offset, 100U);
  restart();
  part.offset = 100;
  part.bytes.assign(bytes.begin() + 100, bytes.end());
  wanted = tell(2, part);
  EXPECT_EQ(wanted.state, ScoresState::kWanted);
  EXPECT_EQ(wanted.offset, 0U);
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  EXPECT_EQ(send(2, kSecondOf20), ScoresState::kTaken);
  EXPECT_EQ(send(3, kThirdOf20), ScoresState::kTaken);
  restart();  // It dies between the last SCORES and THRESHOLDS.
  EXPECT_EQ(ask().state, ThresholdsState::kWaits);
  tick();
  EXPECT_EQ(ask().text, line());
}

TEST_F(Ratings, PartsComeInOrderAndOnesThatAreNotWantedChangeNothing) {
  ASSERT_TRUE(open().opened);
  const auto bytes = bytes_of(1, kFirstOf20);
  const wire::Scores whole = part_of(1, bytes);
  wire::Scores part = whole;
  part.bytes.clear();
  EXPECT_EQ(tell(1, part).offset, 0U);  // Where does it want it from?
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    const std::size_t end = std::min(at + 7, bytes.size());
    part.offset = at;
    part.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                      bytes.begin() + static_cast<std::ptrdiff_t>(end));
    const wire::ScoresTaken answer = tell(1, part);
    if (end == bytes.size()) {
      EXPECT_EQ(answer.state, ScoresState::kTaken);
    } else {
      EXPECT_EQ(answer.offset, end);
      EXPECT_EQ(tell(1, part).offset, end);  // Twice.
      part.offset = end + 1;
      part.bytes.resize(1);
      EXPECT_EQ(tell(1, part).offset, end);  // Too early.
    }
  }
}

// It has the same length: by its digest alone it is another one.
TEST_F(Ratings, AnotherHistogramTakesThePlaceOfWhatWasStaged) {
  ASSERT_TRUE(open().opened);
  wire::Scores first = part_of(1, bytes_of(1, {{200, 1}, {100, 1}}));
  first.bytes.resize(100);
  EXPECT_EQ(tell(1, first).offset, 100U);
  const auto bytes = bytes_of(1, {{300, 1}, {100, 1}});
  wire::Scores second = part_of(1, bytes);
  second.offset = 100;
  second.bytes.assign(bytes.begin() + 100, bytes.end());
  const wire::ScoresTaken answer = tell(1, second);
  EXPECT_EQ(answer.state, ScoresState::kWanted);
  EXPECT_EQ(answer.offset, 0U);
  EXPECT_EQ(tell(1, part_of(1, bytes)).state, ScoresState::kTaken);
}

// A journal that says otherwise can't be this state's.
TEST_F(Ratings, TheBookItselfChangesNothingThatIsPublished) {
  publish();
  RatingBook book = clearing_->house().rating_book();
  EXPECT_FALSE(book.open(kMarch, {Participant(1)}, now_));
  EXPECT_FALSE(book.take(kMarch, Participant(1), SentScores{.revision = 9}));
  EXPECT_FALSE(book.publish(kMarch, "THRESHOLDS", "other"));
  const RatingKey april{"star", *Month::parse("2026-04")};
  EXPECT_FALSE(book.open(april, {}, now_));
  EXPECT_FALSE(book.open(april, {Participant(2), Participant(1)}, now_));
  EXPECT_FALSE(book.open(april, {Participant(100)}, now_));
  EXPECT_TRUE(book.open(april, {Participant(1), Participant(2)}, now_));
  EXPECT_FALSE(book.publish(april, "THRESHOLDS", "early"));
  EXPECT_FALSE(book.take(april, Participant(3), SentScores{.revision = 1}));
  EXPECT_FALSE(book.take(april, Participant(1), SentScores{}));
}

TEST_F(Ratings, SilenceGivesUpWhatIsStaged) {
  ASSERT_TRUE(open().opened);
  wire::Scores part = part_of(1, bytes_of(1, kFirstOf20));
  part.bytes.resize(50);
  EXPECT_EQ(tell(1, part).offset, 50U);
  EXPECT_EQ(clearing_->score_desk().under_way().at("P01").offset, 50U);
  steady_ms_ += 60'000;
  tick();
  EXPECT_TRUE(clearing_->score_desk().under_way().empty());
}

TEST_F(Ratings, WithoutARatingNothingIsTaken) {
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kNotOpen);
  EXPECT_EQ(ask().state, ThresholdsState::kNotOpen);
  ASSERT_TRUE(open({"P02", "P03"}).opened);
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kNotOpen);
  EXPECT_EQ(tell(2, part_of(2, bytes_of(2, kSecondOf20))).state, ScoresState::kTaken);
  say(part_of(1, bytes_of(1, kFirstOf20)), "AIR1");
  clearing_->commit_live(answers_);
  EXPECT_EQ(answers_.last<wire::ScoresTaken>()->state, ScoresState::kNotOpen);
}

TEST_F(Ratings, AnotherProgrammeIsNamed) {
  ASSERT_TRUE(open().opened);
  wire::Scores part = part_of(1, bytes_of(1, kFirstOf20));
  part.programme[0] ^= std::byte{1};
  const wire::ScoresTaken answer = tell(1, part);
  EXPECT_EQ(answer.state, ScoresState::kOtherProgramme);
  EXPECT_NE(answer.detail.find(hex(programme())), std::string::npos);
}

TEST_F(Ratings, OnlyTheProvincesOwnSignatureOfNotLongAgoHolds) {
  ASSERT_TRUE(open().opened);
  const wire::Scores good = part_of(1, bytes_of(1, kFirstOf20));
  wire::Scores part = good;
  part.signature = part_of(2, part.bytes).signature;
  EXPECT_EQ(tell(1, part).state, ScoresState::kWrong);
  part.signature = signature_line(keys_.of("P01").sign("BATCH", part.digest));
  EXPECT_EQ(tell(1, part).state, ScoresState::kWrong);
  part = good;
  part.sequence = 2;  // Not taken yet.
  EXPECT_EQ(tell(1, part).state, ScoresState::kWrong);
  now_ = BusinessTime::of(BusinessDate::of(2026, 6, 1), 0);
  ASSERT_TRUE(clearing_->close(*Month::parse("2026-03"), now_, false).closed);
  for (int day = 1; day <= 65; ++day) {
    push(senders_[1]->seal(test::kFirst.plus_days(day), 5'000));
  }
  ASSERT_EQ(taken(), 66U);
  EXPECT_EQ(tell(1, good).state, ScoresState::kWrong);  // 65 behind.
  part.sequence = 2;
  EXPECT_EQ(tell(1, part).state, ScoresState::kTaken);  // 64 behind.
}

TEST_F(Ratings, BytesThatAreWrongLeaveNothing) {
  ASSERT_TRUE(open().opened);
  const std::uint64_t blocks = clearing_->last_block();
  const auto wrong = [&](std::vector<std::byte> bytes, std::string_view why) {
    const wire::ScoresTaken answer = tell(1, part_of(1, bytes));
    EXPECT_EQ(answer.state, ScoresState::kWrong) << why;
    EXPECT_NE(answer.detail.find(why), std::string::npos) << answer.detail;
    EXPECT_FALSE(clearing_->blobs().get(sha256(bytes), false)) << why;
  };
  wrong(bytes_of(2, kFirstOf20), "header is another one's");
  wrong(bytes_of(1, kFirstOf20, 2), "header is another one's");
  auto bytes = bytes_of(1, kFirstOf20);
  bytes[36] = std::byte{11};  // Another scale.
  wrong(bytes, "header is another one's");
  bytes = bytes_of(1, kFirstOf20);
  bytes[40] ^= std::byte{1};  // Another programme's scores under this one's name.
  wrong(bytes, "header is another one's");
  bytes = bytes_of(1, kFirstOf20);
  bytes[32] ^= std::byte{1};
  wrong(bytes, "header is another one's");
  bytes = bytes_of(1, kFirstOf20);
  bytes[8] = std::byte{'m'};
  wrong(bytes, "header is another one's");
  bytes = bytes_of(1, kFirstOf20);
  bytes[72] ^= std::byte{1};
  wrong(bytes, "units do not add up");
  bytes = bytes_of(1, kFirstOf20);
  bytes.resize(bytes.size() - 1);
  wrong(bytes, "length");
  wire::Scores part = part_of(1, bytes_of(1, kFirstOf20));
  part.bytes[100] ^= std::byte{1};
  const wire::ScoresTaken answer = tell(1, part);
  EXPECT_EQ(answer.state, ScoresState::kWrong);
  EXPECT_NE(answer.detail.find("not what was offered"), std::string::npos);
  EXPECT_EQ(clearing_->last_block(), blocks);
}

TEST_F(Ratings, NobodyIsRatedWithoutUnits) {
  ASSERT_TRUE(open({"P01"}).opened);
  EXPECT_EQ(send(1, {}), ScoresState::kTaken);
  tick();
  EXPECT_EQ(ask().text, "THRESHOLDS,1,CLR,star,2026-03," + hex(programme()) + ",0,10");
}

TEST_F(Ratings, OpeningSaysWhatIsMissing) {
  const auto refused = [this](const RatingKey& key, const std::vector<std::string>& codes) {
    const RatingAnswer answer = clearing_->open_rating(key, codes, now_);
    EXPECT_FALSE(answer.opened);
    return answer.obstacle ? answer.obstacle->what : "";
  };
  EXPECT_NE(refused({"star", *Month::parse("2026-04")}, {}).find("isn't over"), std::string::npos);
  EXPECT_NE(refused({"level", kMarch.month}, {}).find("no programme in force"), std::string::npos);
  EXPECT_NE(refused({"star", *Month::parse("2015-12")}, {}).find("no programme in force"),
            std::string::npos);
  EXPECT_NE(refused(kMarch, {"P04"}).find("no such province"), std::string::npos);
  EXPECT_NE(refused(kMarch, {"AIR1"}).find("no such province"), std::string::npos);
}

TEST_F(Ratings, PublicationWaitsForTheKeyOfTheRatedMonth) {
  now_ = BusinessTime::of(BusinessDate::of(2026, 4, 5), 0);
  const RatingKey december{"star", *Month::parse("2025-12")};  // The clearing's key is of 2026.
  ASSERT_TRUE(clearing_->open_rating(december, {"P01"}, now_).opened);
  auto bytes = programme::histogram_bytes({.province = Participant(1),
                                           .grading = "star",
                                           .month = december.month,
                                           .scale = 10,
                                           .programme = programme(),
                                           .revision = 1},
                                          {});
  wire::Scores part = part_of(1, bytes);
  part.month = december.month;
  EXPECT_EQ(tell(1, part).state, ScoresState::kTaken);
  // Another one that is due is published all the same.
  ASSERT_TRUE(open({"P01"}).opened);
  EXPECT_EQ(send(1, {}), ScoresState::kTaken);
  tick();
  EXPECT_EQ(ask().state, ThresholdsState::kPublished);
  const auto obstacle = clearing_->rating_waits(december);
  ASSERT_TRUE(obstacle);
  EXPECT_NE(obstacle->what.find("2025-12"), std::string::npos);
}

TEST_F(Ratings, StateComesBackFromJournalAndSnapshotToTheByte) {
  const auto same = [this] {
    const auto state = saved(clearing_->house());
    EXPECT_EQ(replayed(), state);
    (void)take_snapshot();
    restart();
    EXPECT_EQ(saved(clearing_->house()), state);
    EXPECT_EQ(state[8 + 4], std::byte{4});  // Behind the length and PHS1: the layout.
  };
  same();
  ASSERT_TRUE(open().opened);
  same();
  EXPECT_EQ(send(2, kSecondOf20), ScoresState::kTaken);
  same();
  EXPECT_EQ(send(1, kFirstOf20), ScoresState::kTaken);
  EXPECT_EQ(send(3, kThirdOf20), ScoresState::kTaken);
  same();
  tick();
  same();
  EXPECT_EQ(ask().text, line());
  EXPECT_EQ(clearing_->house().rating_book().find(kMarch)->scores.at(Participant(1)).units, 6U);
}

TEST_F(Ratings, TheHeartbeatSaysThatTheClearingSpeaksOfRatings) {
  say(wire::Heartbeat{.at = now_.seconds(), .speaks = 1}, "P01");
  ASSERT_NE(answers_.last<wire::Heartbeat>(), nullptr);
  EXPECT_EQ(answers_.last<wire::Heartbeat>()->speaks, wire::kSpeaksRatings);
  EXPECT_EQ(clearing_->exchange().status("P01").speaks, 1);
  EXPECT_EQ(clearing_->exchange().status("P02").speaks, 0);
}

// --- the programme's versions --------------------------------------------------------------------

TEST_F(Ratings, AProgrammeIsTakenOnceAndFollowedByTheNextVersion) {
  EXPECT_EQ(bring_programme(test::star_programme()).verdict, IntakeVerdict::kCopy);
  const auto refused = [this](const std::string& text, FaultCode code) {
    const IntakeAnswer answer = bring_programme(text);
    EXPECT_EQ(answer.verdict, IntakeVerdict::kRefused);
    ASSERT_FALSE(answer.faults.empty());
    EXPECT_EQ(answer.faults.front().code, code);
  };
  refused(test::star_programme(3, "2027-01-01"), FaultCode::kIntakeProgrammeCode);
  refused(test::star_programme(2, "2016-01-01"), FaultCode::kIntakeProgrammePast);
  refused("[programme]\nformat = 1\n", FaultCode::kProgrammeMissing);
  ASSERT_TRUE(open().opened);
  refused(test::star_programme(2, "2026-03-31"), FaultCode::kIntakeProgrammePast);
  EXPECT_EQ(bring_programme(test::star_programme(2, "2026-04-01")).verdict,
            IntakeVerdict::kAccepted);
  // March is rated by the version that was in force on its last day.
  send_all();
  tick();
  EXPECT_EQ(ask().text, line());
  EXPECT_EQ(clearing_->house()
                .rating_book()
                .rules_of({"star", *Month::parse("2026-04")})
                ->version->effective,
            BusinessDate::of(2026, 4, 1));
}

TEST(RatingsWithoutRules, AProgrammeWaitsForTheRuleBook) {
  test::Keys keys;
  MemoryDisk disk;
  Storage storage = open_memory_storage(disk);
  Clearing clearing({}, storage, keys.of("CLR"), keys.registry(), {});
  clearing.recover();
  const PreparedFile file = prepare_file("stars.toml", as_bytes(test::star_programme()),
                                         clearing.rules(), clearing.blobs());
  EXPECT_EQ(clearing.take_file(file, {}).verdict, IntakeVerdict::kWaiting);
}

}  // namespace PH_FILE
}  // namespace ph
