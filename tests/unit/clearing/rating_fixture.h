// A clearing with a programme of stars, three provinces that have each pushed a batch, and the
// histograms that they send.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/programme/histogram_bytes.h"
#include "platform/wire/thresholds.h"
#include "tests/support/star_programme.h"
#include "tests/unit/clearing/clearing_fixture.h"

namespace ph::test {

using programme::Histogram;

class RatingTest : public ClearingTest {
 protected:
  RatingTest() {
    EXPECT_EQ(bring_programme(star_programme()).verdict, IntakeVerdict::kAccepted);
    for (const int number : {1, 2, 3}) {
      const std::string code = "P0" + std::to_string(number);
      senders_[number] = std::make_unique<Sender>(number, clearing_->house().rules());
      push(senders_[number]->seal(kFirst, 5'000), code, code.c_str());
    }
    now_ = BusinessTime::of(BusinessDate::of(2026, 4, 5), 9 * 3600);
  }

  IntakeAnswer bring_programme(const std::string& text) {
    const PreparedFile file =
        prepare_file("stars.toml", as_bytes(text), clearing_->rules(), clearing_->blobs());
    return clearing_->take_file(file, now_);
  }
  RatingAnswer open(const std::vector<std::string>& codes = {}) {
    return clearing_->open_rating(kMarch, codes, now_);
  }
  [[nodiscard]] static Digest programme() { return sha256(as_bytes(star_programme())); }
  static std::vector<std::byte> bytes_of(int province, const std::vector<Histogram::Entry>& entries,
                                         std::uint32_t revision = 1) {
    return programme::histogram_bytes(
        {.province = Participant(static_cast<std::uint16_t>(province)),
         .grading = "star",
         .month = kMarch.month,
         .scale = 10,
         .programme = programme(),
         .revision = revision},
        *Histogram::from(entries));
  }
  wire::Scores part_of(int province, const std::vector<std::byte>& bytes,
                       std::uint32_t revision = 1) {
    const Digest digest = sha256(bytes);
    return {.grading = "star",
            .month = kMarch.month,
            .programme = programme(),
            .revision = revision,
            .digest = digest,
            .size = bytes.size(),
            .signature = signature_line(
                keys_.of("P0" + std::to_string(province)).sign(wire::kScoresKind, digest)),
            .bytes = bytes,
            .sequence = 1};
  }
  // The answer to a message.
  wire::ScoresTaken tell(int province, const wire::Scores& part) {
    say(part, "P0" + std::to_string(province));
    clearing_->commit_live(answers_);
    const auto* last = answers_.last<wire::ScoresTaken>();
    return last == nullptr ? wire::ScoresTaken{} : *last;
  }
  wire::ScoresState send(int province, const std::vector<Histogram::Entry>& entries,
                         std::uint32_t revision = 1) {
    return tell(province, part_of(province, bytes_of(province, entries, revision), revision)).state;
  }
  wire::Thresholds ask(int province = 1) {
    say(wire::ThresholdsRequest{.grading = "star", .month = kMarch.month},
        "P0" + std::to_string(province));
    clearing_->commit_live(answers_);
    const auto* last = answers_.last<wire::Thresholds>();
    return last == nullptr ? wire::Thresholds{} : *last;
  }
  void tick() {
    steady_ms_ += 20;
    clearing_->tick(now_, steady_ms_, answers_);
  }

  static const RatingKey kMarch;
  std::map<int, std::unique_ptr<Sender>> senders_;
};
inline const RatingKey RatingTest::kMarch{.grading = "star", .month = *Month::parse("2026-03")};

}  // namespace ph::test
