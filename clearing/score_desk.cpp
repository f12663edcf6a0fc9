#include "clearing/score_desk.h"

namespace ph {

wire::ScoresTaken answer_to(const wire::Scores& part, ScoresVerdict verdict, std::uint64_t offset) {
  return {.grading = part.grading,
          .month = part.month,
          .digest = part.digest,
          .offset = offset,
          .state = verdict.state,
          .detail = std::move(verdict.detail)};
}

wire::ScoresTaken ScoreDesk::on_part(const std::string& province, const wire::Scores& part,
                                     std::int64_t steady_ms) {
  auto found = staged_.find(province);
  const auto same = [&](const wire::Scores& offer) {
    return offer.digest == part.digest && offer.size == part.size &&
           offer.grading == part.grading && offer.month == part.month &&
           offer.revision == part.revision;
  };
  if (found != staged_.end() && !same(found->second.offer)) {
    staged_.erase(found);
    found = staged_.end();
  }
  if (found == staged_.end()) {
    if (staged_.size() >= settings_.at_once_max) {
      return answer_to(part, {wire::ScoresState::kBusy, "too many histograms are on their way"});
    }
    Staged begun{.offer = part, .writer = blobs_.create(), .heard_ms = steady_ms};
    begun.offer.bytes.clear();
    found = staged_.emplace(province, std::move(begun)).first;
  }
  Staged& staged = found->second;
  staged.heard_ms = steady_ms;
  if (part.offset == staged.offset && part.bytes.size() <= part.size - staged.offset) {
    staged.writer->write(part.bytes);
    staged.digest.update(part.bytes);
    staged.offset += part.bytes.size();
  }
  if (staged.offset < part.size) {
    return answer_to(part, {.state = wire::ScoresState::kWanted}, staged.offset);
  }
  const std::unique_ptr<BlobWriter> writer = std::move(staged.writer);
  const Digest digest = staged.digest.finish();
  staged_.erase(found);  // Whatever becomes of it: what isn't taken stays nowhere.
  if (digest != part.digest) {
    return answer_to(part, {wire::ScoresState::kWrong,
                            "what arrived is " + hex(digest) + ", not what was offered"});
  }
  return answer_to(part, take_(province, part, *writer));
}

void ScoreDesk::tick(std::int64_t steady_ms) {
  std::erase_if(staged_, [&](const auto& entry) {
    return steady_ms - entry.second.heard_ms >= settings_.silence_ms;
  });
}

std::map<std::string, ScoreDesk::Progress> ScoreDesk::under_way() const {
  std::map<std::string, Progress> out;
  for (const auto& [province, staged] : staged_) {
    out[province] = {.grading = staged.offer.grading,
                     .month = staged.offer.month,
                     .offset = staged.offset,
                     .size = staged.offer.size};
  }
  return out;
}

}  // namespace ph
