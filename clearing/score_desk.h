// Histograms of provinces on their way to the clearing, in parts (docs/wire.md, section 8): what of
// each has come. Whether one may come, and what is done with a whole one, its owner says. One
// thread owns it; steady time in milliseconds is an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "platform/crypto/sha256.h"
#include "platform/journal/journal.h"
#include "platform/wire/message.h"

namespace ph {

struct ScoreDeskSettings {
  std::size_t at_once_max{64};      // histograms under way, one a province
  std::int64_t silence_ms{60'000};  // then what has come of one is dropped
};

// How a part is answered.
struct ScoresVerdict {
  wire::ScoresState state{};
  std::string detail{};
};

class ScoreDesk {
 public:
  // `take`: all bytes are there, and their digest is what the part says; it finishes the blob of
  // what it takes.
  using Take = std::function<ScoresVerdict(const std::string& province, const wire::Scores& part,
                                           BlobWriter& bytes)>;

  ScoreDesk(ScoreDeskSettings settings, BlobStore& blobs, Take take)
      : settings_(settings), blobs_(blobs), take_(std::move(take)) {}

  // A part of a histogram that would be taken. A part that isn't the one wanted changes nothing;
  // another histogram of the province takes the place of what was under way.
  [[nodiscard]] wire::ScoresTaken on_part(const std::string& province, const wire::Scores& part,
                                          std::int64_t steady_ms);
  void tick(std::int64_t steady_ms);

  struct Progress {
    std::string grading{};
    Month month{};
    std::uint64_t offset{};
    std::uint64_t size{};
  };
  // By the province's code.
  [[nodiscard]] std::map<std::string, Progress> under_way() const;

 private:
  struct Staged {
    wire::Scores offer{};  // without bytes
    std::unique_ptr<BlobWriter> writer{};
    Sha256Stream digest{};
    std::uint64_t offset{0};
    std::int64_t heard_ms{};
  };

  ScoreDeskSettings settings_;
  BlobStore& blobs_;
  Take take_;
  std::map<std::string, Staged> staged_;
};

// The answer to a part.
[[nodiscard]] wire::ScoresTaken answer_to(const wire::Scores& part, ScoresVerdict verdict,
                                          std::uint64_t offset = 0);

}  // namespace ph
