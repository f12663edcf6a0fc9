// A province's scores on their way: in parts, from where they are wanted on, until they are taken;
// then its questions for thresholds.
#include "node/score_sender.h"

#include <gtest/gtest.h>

#include "platform/crypto/sha256.h"
#include "platform/wire/thresholds.h"
#include "tests/support/small_world.h"

namespace ph {
namespace PH_FILE {

const Month kMarch = *Month::parse("2026-03");
const ScoreSender::Key kStar{"star", kMarch};

class Port final : public UplinkPort {
 public:
  bool send(const std::vector<std::byte>& bytes) override {
    wire::Message message;
    EXPECT_EQ(wire::decode(bytes, message), wire::DecodeFault::kNone);
    sent.push_back(std::move(message));
    return true;
  }
  void reconnect() override {}
  std::vector<wire::Message> sent{};
};

class Scores : public ::testing::Test {
 protected:
  Scores()
      : sender_({.part_bytes = 100}, "CLR", keys_.of("P01"), keys_.registry(),
                [this] { return last_; }) {
    for (int n = 0; n < 250; ++n) {
      scores_.bytes.push_back(static_cast<std::byte>(n));
    }
    sender_.send(scores_);
  }
  void hear(const wire::Message& message) { sender_.on_message(message, now_ms_, port_); }
  void speak() { hear(wire::Heartbeat{.speaks = 1}); }
  void tick(std::int64_t later_ms = 0) {
    now_ms_ += later_ms;
    sender_.tick(now_ms_, port_);
  }
  // The parts that were sent since the last time: offset and size each.
  std::vector<std::pair<std::uint64_t, std::size_t>> parts() {
    std::vector<std::pair<std::uint64_t, std::size_t>> out;
    for (const wire::Message& message : std::exchange(port_.sent, {})) {
      if (const auto* part = std::get_if<wire::Scores>(&message)) {
        out.emplace_back(part->offset, part->bytes.size());
      }
    }
    return out;
  }
  std::size_t asked() {
    return static_cast<std::size_t>(
        std::ranges::count_if(std::exchange(port_.sent, {}), [](const wire::Message& message) {
          return std::holds_alternative<wire::ThresholdsRequest>(message);
        }));
  }
  [[nodiscard]] wire::ScoresTaken answer(wire::ScoresState state, std::uint64_t offset = 0) const {
    return {.grading = "star",
            .month = kMarch,
            .digest = sha256(scores_.bytes),
            .offset = offset,
            .state = state,
            .detail = "why"};
  }
  [[nodiscard]] wire::Thresholds published(const char* signer = "CLR") const {
    wire::Thresholds out{
        .grading = "star", .month = kMarch, .state = wire::ThresholdsState::kPublished};
    out.text = wire::thresholds_text(
        {.clearing = "CLR", .grading = "star", .month = kMarch, .units = 0, .scale = 10});
    out.signature = signature_line(keys_.of(signer).sign("THRESHOLDS", sha256(as_bytes(out.text))));
    return out;
  }

  test::Keys keys_;
  ScoresToSend scores_{.grading = "star", .month = kMarch, .revision = 1};
  Port port_;
  std::uint32_t last_{3};
  std::int64_t now_ms_{1'000};
  ScoreSender sender_;
};

using Parts = std::vector<std::pair<std::uint64_t, std::size_t>>;

TEST_F(Scores, NothingIsSentToAClearingThatDoesNotSpeakOfRatings) {
  tick();
  hear(wire::Heartbeat{});
  tick();
  EXPECT_TRUE(port_.sent.empty());
  speak();
  tick();
  EXPECT_EQ(parts(), (Parts{{0, 0}}));
  sender_.on_connected();  // Another release may have been started there.
  tick(60'000);
  EXPECT_TRUE(port_.sent.empty());
}

TEST_F(Scores, NothingIsSentBeforeABatchHasItsReceipt) {
  last_ = 0;
  speak();
  tick();
  EXPECT_TRUE(port_.sent.empty());
  EXPECT_FALSE(sender_.status().front().why.empty());
  last_ = 1;
  tick(1'000);
  EXPECT_EQ(parts().size(), 1U);
}

TEST_F(Scores, PartsGoFromWhereTheyAreWantedOn) {
  speak();
  tick();
  const auto first = std::get<wire::Scores>(port_.sent.front());
  EXPECT_EQ(first.sequence, 3U);
  const auto signature = parse_signature_line(first.signature);
  ASSERT_TRUE(signature);
  EXPECT_TRUE(verifies(*signature, keys_.of("P01").open().key, "SCORES", first.digest));
  EXPECT_EQ(parts(), (Parts{{0, 0}}));
  hear(answer(wire::ScoresState::kWanted, 0));
  hear(answer(wire::ScoresState::kWanted, 0));  // The network doubles.
  EXPECT_EQ(parts(), (Parts{{0, 100}}));
  hear(answer(wire::ScoresState::kWanted, 100));
  EXPECT_EQ(parts(), (Parts{{100, 100}}));
  tick(1'000);  // Lost: once more.
  EXPECT_EQ(parts(), (Parts{{100, 100}}));
  hear(answer(wire::ScoresState::kWanted, 0));  // The clearing was started anew.
  EXPECT_EQ(parts(), (Parts{{0, 100}}));
  hear(answer(wire::ScoresState::kWanted, 200));
  EXPECT_EQ(parts(), (Parts{{200, 50}}));
  hear(answer(wire::ScoresState::kTaken));
  EXPECT_TRUE(sender_.status().front().taken);
  tick();
  EXPECT_EQ(asked(), 1U);
}

TEST_F(Scores, WhatIsNotAnsweredIsRepeatedEverMoreSlowly) {
  speak();
  std::vector<std::int64_t> at;
  for (int n = 0; n < 300; ++n) {
    tick(1'000);
    if (!parts().empty()) {
      at.push_back(n);
    }
  }
  EXPECT_EQ(at, (std::vector<std::int64_t>{0, 1, 3, 7, 15, 31, 63, 123, 183, 243}));
}

TEST_F(Scores, ARefusalIsShownAndAskedAgain) {
  speak();
  tick();
  (void)parts();
  for (const auto state :
       {wire::ScoresState::kNotOpen, wire::ScoresState::kOtherProgramme, wire::ScoresState::kOther,
        wire::ScoresState::kWrong, wire::ScoresState::kBusy}) {
    hear(answer(state));
    EXPECT_EQ(sender_.status().front().why, std::string(wire::word(state)) + ": why");
    EXPECT_FALSE(sender_.status().front().taken);
    EXPECT_TRUE(sender_.status().front().refused);
    tick(60'000);
    EXPECT_EQ(parts(), (Parts{{0, 0}}));
  }
  hear(answer(wire::ScoresState::kWanted, 0));
  EXPECT_TRUE(sender_.status().front().why.empty());
  EXPECT_FALSE(sender_.status().front().refused);
}

// Thresholds were made with an earlier count of the province, or without it.
TEST_F(Scores, WhoIsRefusedAsksForTheThresholds) {
  speak();
  tick();
  EXPECT_EQ(asked(), 0U);
  hear(answer(wire::ScoresState::kOther));
  tick(60'000);
  EXPECT_EQ(asked(), 1U);
  hear(published());
  ASSERT_NE(sender_.thresholds(kStar), nullptr);
  sender_.on_connected();  // Whom it reaches now may say otherwise.
  EXPECT_FALSE(sender_.status().front().refused);
}

TEST_F(Scores, AnswersAboutAnotherHistogramAreLeftAlone) {
  speak();
  tick();
  (void)parts();
  wire::ScoresTaken other = answer(wire::ScoresState::kTaken);
  other.digest[0] ^= std::byte{1};
  hear(other);
  other = answer(wire::ScoresState::kTaken);
  other.month = kMarch.next();
  hear(other);
  hear(answer(wire::ScoresState::kWanted, 250));  // There is nothing behind its end.
  EXPECT_FALSE(sender_.status().front().taken);
  EXPECT_TRUE(parts().empty());
}

TEST_F(Scores, ThresholdsAreAskedForUntilTheyAreThereAndSigned) {
  speak();
  tick();
  hear(answer(wire::ScoresState::kTaken));
  (void)parts();
  tick();
  EXPECT_EQ(asked(), 1U);
  hear(wire::Thresholds{.grading = "star",
                        .month = kMarch,
                        .state = wire::ThresholdsState::kWaits,
                        .waiting = {Participant(2)}});
  EXPECT_EQ(sender_.thresholds(kStar), nullptr);
  tick(1'000);
  EXPECT_EQ(asked(), 1U);
  hear(published("P02"));  // Another's signature.
  EXPECT_EQ(sender_.thresholds(kStar), nullptr);
  EXPECT_FALSE(sender_.status().front().why.empty());
  wire::Thresholds other = published();
  other.month = kMarch.next();
  hear(other);
  wire::Thresholds changed = published();
  changed.text.back() = '1';
  hear(changed);
  EXPECT_EQ(sender_.thresholds(kStar), nullptr);
  hear(published());
  ASSERT_NE(sender_.thresholds(kStar), nullptr);
  EXPECT_EQ(sender_.thresholds(kStar)->text, published().text);
  tick(60'000);
  EXPECT_EQ(asked(), 0U);
}

TEST_F(Scores, ThresholdsOfAMonthWithoutScoresMayBeAskedFor) {
  sender_.forget(kStar);
  sender_.ask(kStar);
  speak();
  tick();
  EXPECT_EQ(asked(), 1U);
  hear(published());
  EXPECT_NE(sender_.thresholds(kStar), nullptr);
}

}  // namespace PH_FILE
}  // namespace ph
