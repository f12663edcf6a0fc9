#include "node/score_sender.h"

#include <algorithm>

#include "platform/crypto/sha256.h"
#include "platform/wire/thresholds.h"

namespace ph {

ScoreSender::ScoreSender(ScoreSenderSettings settings, std::string clearing, SigningKeys signing,
                         const KeyRegistry& registry, std::function<std::uint32_t()> last_receipted)
    : settings_(settings),
      clearing_(std::move(clearing)),
      signing_(signing),
      registry_(&registry),
      last_receipted_(std::move(last_receipted)) {}

void ScoreSender::send(ScoresToSend scores) {
  Job job{.digest = sha256(scores.bytes)};
  const Key key{scores.grading, scores.month};
  job.scores = std::move(scores);
  jobs_[key] = std::move(job);
}

void ScoreSender::ask(const Key& key) {
  jobs_.try_emplace(key, Job{.taken = true});
}

void ScoreSender::on_connected() {
  clearing_speaks_ = false;  // Until its heartbeat says so: another release may run there now.
  for (auto& [key, job] : jobs_) {
    job.next_ms = 0;
    job.pause_ms = 0;
    job.under_way.reset();
    job.refused = false;
  }
}

void ScoreSender::back_off(Job& job, std::int64_t steady_ms) const {
  job.pause_ms = job.pause_ms == 0 ? settings_.back_off_first_ms
                                   : std::min(job.pause_ms * 2, settings_.back_off_max_ms);
  job.next_ms = steady_ms + job.pause_ms;
}

void ScoreSender::send_part(const Key& key, Job& job, bool with_bytes, std::int64_t steady_ms,
                            UplinkPort& port) {
  const std::uint32_t sequence = last_receipted_();
  if (sequence == 0) {
    job.why = "the clearing knows no key of this province before it has a batch of it";
    back_off(job, steady_ms);
    return;
  }
  const std::vector<std::byte>& all = job.scores->bytes;
  wire::Scores part{.grading = key.first,
                    .month = key.second,
                    .programme = job.scores->programme,
                    .revision = job.scores->revision,
                    .digest = job.digest,
                    .size = all.size(),
                    .offset = job.offset,
                    .sequence = sequence};
  part.signature =
      signature_line(signing_.at(*registry_, sequence).sign(wire::kScoresKind, job.digest));
  if (with_bytes) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(job.offset);
    const std::size_t size = std::min(all.size() - job.offset, settings_.part_bytes);
    part.bytes.assign(first, first + static_cast<std::ptrdiff_t>(size));
    job.under_way = job.offset;
  }
  port.send(wire::encode(part));
  back_off(job, steady_ms);
}

void ScoreSender::tick(std::int64_t steady_ms, UplinkPort& port) {
  if (!clearing_speaks_) {
    return;
  }
  for (auto& [key, job] : jobs_) {
    if (job.thresholds || steady_ms < job.next_ms) {
      continue;
    }
    if (!job.taken) {
      send_part(key, job, job.under_way.has_value(), steady_ms, port);
      if (job.refused) {  // By then others may be published.
        port.send(wire::encode(wire::ThresholdsRequest{.grading = key.first, .month = key.second}));
      }
      continue;
    }
    port.send(wire::encode(wire::ThresholdsRequest{.grading = key.first, .month = key.second}));
    back_off(job, steady_ms);
  }
}

void ScoreSender::on_message(const wire::Message& message, std::int64_t steady_ms,
                             UplinkPort& port) {
  if (const auto* beat = std::get_if<wire::Heartbeat>(&message)) {
    clearing_speaks_ = beat->speaks >= wire::kSpeaksRatings;
  } else if (const auto* taken = std::get_if<wire::ScoresTaken>(&message)) {
    on_taken(*taken, steady_ms, port);
  } else if (const auto* thresholds = std::get_if<wire::Thresholds>(&message)) {
    on_thresholds(*thresholds);
  }
}

void ScoreSender::on_taken(const wire::ScoresTaken& taken, std::int64_t steady_ms,
                           UplinkPort& port) {
  const auto found = jobs_.find({taken.grading, taken.month});
  if (found == jobs_.end() || found->second.taken || found->second.digest != taken.digest) {
    return;  // Of one that was given up.
  }
  Job& job = found->second;
  if (taken.state == wire::ScoresState::kTaken) {
    job.taken = true;
    job.refused = false;
    job.offset = job.scores->bytes.size();
    job.next_ms = steady_ms;
    job.pause_ms = 0;
    job.why.clear();
    return;
  }
  if (taken.state != wire::ScoresState::kWanted) {
    job.why = std::string(wire::word(taken.state)) + ": " + taken.detail;
    job.refused = true;
    job.under_way.reset();  // From the beginning, once it is asked again.
    job.offset = 0;
    return;
  }
  // A part is sent once for each offset that is wanted: what the network doubles isn't doubled on.
  if (job.under_way == taken.offset || taken.offset >= job.scores->bytes.size()) {
    return;
  }
  job.why.clear();
  job.refused = false;
  job.offset = taken.offset;
  job.pause_ms = 0;
  send_part(found->first, job, true, steady_ms, port);
}

// Why they aren't the clearing's; empty when they are.
std::string ScoreSender::thresholds_fault(const wire::Thresholds& thresholds) const {
  const auto parsed = wire::parse_thresholds(thresholds.text);
  if (!parsed || parsed->clearing != clearing_ || parsed->grading != thresholds.grading ||
      parsed->month != thresholds.month) {
    return "its text is no line of this grading and month";
  }
  const auto sequence =
      static_cast<std::uint32_t>(parsed->month.year() * 100 + parsed->month.month());
  const RegistryKey* key = registry_->at(clearing_, sequence);
  const auto signature = parse_signature_line(thresholds.signature);
  if (key == nullptr || !signature ||
      !verifies(*signature, key->key, wire::kThresholdsKind, sha256(as_bytes(thresholds.text)))) {
    return "its signature is not the clearing's";
  }
  return {};
}

void ScoreSender::on_thresholds(const wire::Thresholds& thresholds) {
  const auto found = jobs_.find({thresholds.grading, thresholds.month});
  if (found == jobs_.end() || found->second.thresholds) {
    return;
  }
  Job& job = found->second;
  if (thresholds.state != wire::ThresholdsState::kPublished) {
    if (job.refused) {
      return;  // Why is known better.
    }
    job.why = thresholds.state == wire::ThresholdsState::kWaits
                  ? std::to_string(thresholds.waiting.size()) + " provinces have not sent"
                  : "no rating is open";
    return;
  }
  job.why = thresholds_fault(thresholds);
  if (job.why.empty()) {
    job.thresholds = thresholds;
  }
}

const wire::Thresholds* ScoreSender::thresholds(const Key& key) const {
  const auto found = jobs_.find(key);
  return found == jobs_.end() || !found->second.thresholds ? nullptr : &*found->second.thresholds;
}

std::vector<ScoreSender::Status> ScoreSender::status() const {
  std::vector<Status> out;
  for (const auto& [key, job] : jobs_) {
    out.push_back({.key = key,
                   .taken = job.taken && job.scores,
                   .refused = job.refused,
                   .published = job.thresholds.has_value(),
                   .offset = job.offset,
                   .size = job.scores ? job.scores->bytes.size() : 0,
                   .why = job.why});
  }
  return out;
}

}  // namespace ph
