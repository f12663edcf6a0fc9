// A partner's day file that comes in parts through the gateway, until it lies in the inbox and is
// decided there; whatever is sent, in whatever order.
#include "app/clearing/day_file_desk.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "app/clearing/partner_desk.h"
#include "app/process/file_desk.h"
#include "platform/sys/clock.h"
#include "tests/support/scratch.h"
#include "tests/unit/clearing/clearing_fixture.h"

namespace ph {
namespace PH_FILE {

namespace fs = std::filesystem;
using test::kFirst;
using test::member_text;
using wire::DayFileState;

constexpr Participant kShop{102};

class DayFileDeskTest : public test::ClearingTest {
 protected:
  DayFileDeskTest() { start(); }

  void start(DayFileSettings settings = {}) {
    desk_.reset();
    files_.reset();
    partners_.emplace(*clearing_, false);
    metrics_.emplace();
    files_.emplace(
        folder(), clearing_->blobs(),
        FileDesk::Owner{
            .early =
                [this](const PreparedFile& file) { return partners_->early_answer(file, now_); },
            .rules = [this] { return clearing_->rules(); },
            .decide =
                [this](PreparedFile& file) {
                  return partners_->take(file, files_->inbox().signature_of(file.name),
                                         keys_.registry(), now_);
                }},
        log_, *metrics_);
    desk_.emplace(settings, clearing_->house(), clearing_->blobs(), files_->inbox(), log_,
                  [this](const Peer& to, const wire::DayFile& day) {
                    EXPECT_EQ(to.route, "gateway");
                    // As it goes over the wire.
                    wire::Message back;
                    ASSERT_EQ(wire::decode(wire::encode(day), back), wire::DecodeFault::kNone);
                    said_.push_back(std::get<wire::DayFile>(back));
                  });
  }
  [[nodiscard]] fs::path folder() const { return fs::path(scratch_.path()) / "inbox"; }
  [[nodiscard]] fs::path name(const std::string& suffix = "") const {
    return folder() / ("MER1-" + kFirst.text() + ".api.csv" + suffix);
  }
  [[nodiscard]] static std::string text_of(const std::string& reference,
                                           const std::string& header = "MER1,2026-03-01,1") {
    return test::file_text(
        "POINTHOUSE,PARTNER_DAY,1," + header,
        {"REDEMPTION,MER1/20260301/" + reference + "," + member_text(1, 1) + ",100,"}, 100, 0);
  }
  [[nodiscard]] wire::DayFilePart part(const std::string& text, std::size_t offset = 0,
                                       std::size_t size = 0) {
    const Bytes bytes = as_bytes(text).subspan(offset, size);
    return {.number = ++number_,
            .partner = kShop,
            .date = kFirst,
            .size = text.size(),
            .digest = sha256(as_bytes(text)),
            .signature = "line",
            .offset = offset,
            .bytes = {bytes.begin(), bytes.end()}};
  }
  void say_part(const wire::DayFilePart& what) {
    desk_->on_part({.participant = "GATE1", .route = "gateway"}, what, steady_ms_);
  }
  // The state that is said; "none": nothing is said yet.
  wire::DayFile told() {
    if (said_.empty()) {
      ADD_FAILURE() << "nothing was said";
      return {};
    }
    EXPECT_EQ(said_.back().number, number_);
    wire::DayFile out = said_.back();
    said_.clear();
    return out;
  }
  DayFileState send(const wire::DayFilePart& what) {
    say_part(what);
    return told().state;
  }
  void tick_until_said() {
    for (int n = 0; n < 2'000 && said_.empty(); ++n) {
      desk_->tick(steady_ms_);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  // All of a file; what is said in the end.
  wire::DayFile bring_by_api(const std::string& text) {
    say_part(part(text));
    if (!said_.empty() && said_.back().state == DayFileState::kWanted) {
      said_.clear();
      say_part(part(text, 0, text.size()));
    }
    tick_until_said();
    return told();
  }
  wire::DayFile look_up() {
    desk_->on_request({.participant = "GATE1", .route = "gateway"},
                      {.number = ++number_, .partner = kShop, .date = kFirst});
    return told();
  }
  // The inbox is read until nothing is left that can be decided.
  void decide() {
    const auto state = [this] { return FileDesk::State{.block = clearing_->last_block()}; };
    int turns = 0;
    do {
      (void)files_->turn(state, inbox_ms_ += 200);
    } while (!files_->is_read(state()) && ++turns < 2'000);
    EXPECT_TRUE(files_->is_read(state()));
  }

  test::Scratch scratch_;
  ManualClock clock_{BusinessTime()};
  Log log_{{.file = scratch_ / "log"}, clock_};
  std::optional<Metrics> metrics_;
  std::optional<PartnerDesk> partners_;
  std::optional<FileDesk> files_;
  std::optional<DayFileDesk> desk_;
  std::vector<wire::DayFile> said_;
  std::uint64_t number_{0};
  std::int64_t inbox_ms_{0};
};

TEST_F(DayFileDeskTest, AFileIsReadOnceItLiesInTheInboxAndThenSealed) {
  now_ = BusinessTime::of(kFirst.plus_days(1), 0);
  EXPECT_EQ(look_up().state, DayFileState::kNone);
  const std::string text = text_of("R1");
  say_part(part(text));
  const wire::DayFile wanted = told();
  EXPECT_EQ(wanted.state, DayFileState::kWanted);
  EXPECT_EQ(wanted.offset, 0U);
  say_part(part(text, 0, 40));
  EXPECT_EQ(told().offset, 40U);
  EXPECT_EQ(send(part(text, 0, 40)), DayFileState::kWanted);  // A repeat changes nothing,
  say_part(part(text, 50, 5));                                // nor what comes too early.
  EXPECT_EQ(told().offset, 40U);
  EXPECT_FALSE(fs::exists(name()));
  say_part(part(text, 40, text.size() - 40));
  EXPECT_TRUE(said_.empty());  // Not before it is durable.
  tick_until_said();
  const wire::DayFile reading = told();
  EXPECT_EQ(reading.state, DayFileState::kReading);
  EXPECT_EQ(reading.digest, sha256(as_bytes(text)));
  EXPECT_EQ(files_->inbox().signature_of(name().filename()), "line\n");
  EXPECT_FALSE(fs::exists(name(".part")));
  decide();
  const wire::DayFile accepted = look_up();
  EXPECT_EQ(accepted.state, DayFileState::kAccepted);
  EXPECT_EQ(accepted.sequence, 1U);
  EXPECT_EQ(accepted.rows, 1U);
  EXPECT_EQ(accepted.digest, sha256(as_bytes(text)));
  EXPECT_EQ(clearing_->house().sender(kShop)->last(), 1U);
  // The same again, and another one.
  wire::DayFile again = bring_by_api(text);
  again.number = accepted.number;
  EXPECT_EQ(again, accepted);
  const wire::DayFile other = bring_by_api(text_of("R2"));
  EXPECT_EQ(other.state, DayFileState::kOther);
  EXPECT_EQ(other.digest, accepted.digest);
  EXPECT_FALSE(fs::exists(name(".part")));
}

TEST_F(DayFileDeskTest, WhatWasSealedFromTheInboxIsKnownHereToo) {
  now_ = BusinessTime::of(kFirst.plus_days(1), 0);
  const std::string text = text_of("R1");
  EXPECT_EQ(send(part(text)), DayFileState::kWanted);
  std::ofstream(folder() / "dropped.csv") << text;
  decide();
  EXPECT_EQ(look_up().state, DayFileState::kAccepted);
  EXPECT_EQ(send(part(text)), DayFileState::kAccepted);
  EXPECT_FALSE(fs::exists(name(".part")));
  EXPECT_EQ(send(part(text_of("R2"))), DayFileState::kOther);
}

TEST_F(DayFileDeskTest, WhatWaitsSaysWhyAndMakesWayForAnother) {
  now_ = BusinessTime::of(kFirst, 43'200);
  EXPECT_EQ(bring_by_api(text_of("R1", "MER1,2026-03-01,2")).state, DayFileState::kReading);
  EXPECT_EQ(look_up().state, DayFileState::kBusy);  // Until the inbox has looked.
  EXPECT_EQ(send(part(text_of("R1"))), DayFileState::kBusy);
  decide();
  const wire::DayFile waits = look_up();
  EXPECT_EQ(waits.state, DayFileState::kReading);
  EXPECT_NE(waits.why.find("sequence 1"), std::string::npos) << waits.why;
  // Lies there already: nothing is to be sent.
  EXPECT_EQ(send(part(text_of("R1", "MER1,2026-03-01,2"))), DayFileState::kReading);
  // But its signature was wrong.
  auto again = part(text_of("R1", "MER1,2026-03-01,2"));
  again.signature = "another";
  EXPECT_EQ(send(again), DayFileState::kWanted);
  steady_ms_ += 10'000;
  EXPECT_EQ(bring_by_api(text_of("R1")).state, DayFileState::kReading);
  decide();
  EXPECT_EQ(look_up().why, "the day is not over");
  now_ = BusinessTime::of(kFirst.plus_days(1), 0);
  files_.reset();
  start();  // As after a restart.
  decide();
  EXPECT_EQ(look_up().state, DayFileState::kAccepted);
}

TEST_F(DayFileDeskTest, ARefusedOneSaysItsFaultsAndMayComeAgain) {
  now_ = BusinessTime::of(kFirst.plus_days(1), 0);
  std::string text = text_of("R1");
  text.replace(text.find(",100,"), 5, ",1x0,");
  EXPECT_EQ(bring_by_api(text).state, DayFileState::kReading);
  decide();
  const wire::DayFile refused = look_up();
  EXPECT_EQ(refused.state, DayFileState::kRefused);
  EXPECT_EQ(refused.digest, sha256(as_bytes(text)));
  EXPECT_EQ(refused.sequence, 1U);
  ASSERT_FALSE(refused.faults.empty());
  EXPECT_EQ(refused.faults.at(0).line, 2U);
  EXPECT_EQ(refused.faults.at(0).value, "1x0");
  EXPECT_EQ(bring_by_api(text).state, DayFileState::kReading);  // It is read once more.
  decide();
  EXPECT_EQ(look_up().state, DayFileState::kRefused);
  EXPECT_EQ(bring_by_api(text_of("R1")).state, DayFileState::kReading);
  decide();
  EXPECT_EQ(look_up().state, DayFileState::kAccepted);
}

TEST_F(DayFileDeskTest, OnlyItsOwnDayFileGetsIntoTheInbox) {
  now_ = BusinessTime::of(kFirst.plus_days(1), 0);
  const auto fault_of = [this](const std::string& text) {
    const wire::DayFile day = bring_by_api(text);
    EXPECT_EQ(day.state, DayFileState::kRefused);
    EXPECT_FALSE(fs::exists(name()));
    EXPECT_FALSE(fs::exists(name(".part")));
    EXPECT_EQ(look_up().state, DayFileState::kNone);
    return day.faults.empty() ? "" : std::to_string(day.faults[0].number) + day.faults[0].value;
  };
  EXPECT_EQ(fault_of(test::rulebook_text()), "1007RULEBOOK");
  EXPECT_EQ(fault_of(text_of("R1", "AIR1,2026-03-01,1")), "1001AIR1");
  EXPECT_EQ(fault_of(text_of("R1", "MER1,2026-03-02,1")), "10102026-03-02");
  EXPECT_EQ(fault_of("PHB1" + std::string(200, '\0')), "1007BATCH");
  // What is no file at all gets its report.
  EXPECT_EQ(bring_by_api("no such file\n").state, DayFileState::kReading);
  decide();
  EXPECT_EQ(look_up().state, DayFileState::kRefused);
}

TEST_F(DayFileDeskTest, WhatCameIsWhatWasOffered) {
  const std::string text = text_of("R1");
  EXPECT_EQ(send(part(text)), DayFileState::kWanted);
  wire::DayFilePart bad = part(text, 0, text.size());
  bad.bytes[70] ^= std::byte{1};
  EXPECT_EQ(send(bad), DayFileState::kBusy);
  EXPECT_FALSE(fs::exists(name(".part")));
  EXPECT_EQ(bring_by_api(text).state, DayFileState::kReading);
}

TEST_F(DayFileDeskTest, OneFileOfADayComesAtATime) {
  const std::string text = text_of("R1");
  const std::string other = text_of("R2");
  EXPECT_EQ(send(part(text, 0, 40)), DayFileState::kWanted);
  EXPECT_EQ(send(part(other, 0, 40)), DayFileState::kBusy);
  say_part(part(text));
  EXPECT_EQ(told().offset, 40U);
  steady_ms_ += 10'000;  // Its gateway has died.
  say_part(part(other, 0, 50));
  EXPECT_EQ(told().offset, 50U);
  EXPECT_EQ(send(part(text, 40, 20)), DayFileState::kBusy);
  steady_ms_ += 60'000;
  desk_->tick(steady_ms_);
  EXPECT_FALSE(fs::exists(name(".part")));
}

TEST_F(DayFileDeskTest, HasBounds) {
  start({.at_once_max = 2, .of_partner_max = 3});
  const auto of_day = [this](int days, const std::string& reference) {
    auto out = part(text_of(reference));
    out.date = kFirst.plus_days(days);
    return out;
  };
  EXPECT_EQ(send(of_day(0, "R1")), DayFileState::kWanted);
  EXPECT_EQ(send(of_day(1, "R1")), DayFileState::kWanted);
  EXPECT_EQ(send(of_day(2, "R1")), DayFileState::kBusy);
  steady_ms_ += 60'000;
  desk_->tick(steady_ms_);
  EXPECT_EQ(send(of_day(0, "R1")), DayFileState::kWanted);
  steady_ms_ += 60'000;
  desk_->tick(steady_ms_);
  EXPECT_EQ(send(of_day(0, "R1")), DayFileState::kBusy);  // The fourth in the hour.
  steady_ms_ += 3'600'000;
  EXPECT_EQ(send(of_day(0, "R1")), DayFileState::kWanted);
  // Nobody who isn't a partner.
  auto stranger = part(text_of("R1"));
  stranger.partner = Participant(140);
  EXPECT_EQ(send(stranger), DayFileState::kBusy);
}

TEST_F(DayFileDeskTest, WhatADeadProcessHasLeftIsRemoved) {
  std::ofstream(name(".part")) << "half";
  std::ofstream(folder() / "other.csv.part") << "somebody is writing it";
  start();
  EXPECT_FALSE(fs::exists(name(".part")));
  EXPECT_TRUE(fs::exists(folder() / "other.csv.part"));
}

TEST_F(DayFileDeskTest, AReportThatIsNoneCountsAsNone) {
  std::ofstream(folder() / "accepted" / (name().filename().string() + ".report.json")) << "{}";
  EXPECT_EQ(look_up().state, DayFileState::kNone);
}

TEST_F(DayFileDeskTest, OnlyTheGatewayIsHeard) {
  std::vector<std::string> heard;
  clearing_->serve_day_files(
      [&heard](const Peer& from, const wire::Message&) { heard.push_back(from.participant); });
  for (const char* who : {"P01", "MER1", "CLR", "GATE1"}) {
    say(part(text_of("R1")), who);
    say(wire::DayFileRequest{.partner = kShop, .date = kFirst}, who);
  }
  EXPECT_EQ(heard, (std::vector<std::string>{"GATE1", "GATE1"}));
}

}  // namespace PH_FILE
}  // namespace ph
