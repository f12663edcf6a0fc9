#include "app/process/file_desk.h"

#include <chrono>

namespace ph {

namespace {

constexpr std::int64_t kListMs = 100;

}  // namespace

FileDesk::FileDesk(const std::filesystem::path& folder, BlobStore& blobs, Owner owner, Log& log,
                   Metrics& metrics)
    : inbox_(folder),
      blobs_(blobs),
      owner_(std::move(owner)),
      log_(log),
      counted_(metrics.counters("pointhouse_files_total", "Files of the inbox, by verdict.",
                                {"verdict"})) {
  // A series that begins with its first refusal would show no rise.
  for (const auto verdict : {IntakeVerdict::kAccepted, IntakeVerdict::kRefused}) {
    counted_.with({word(verdict)}).add(0);
  }
}

void FileDesk::settle(const PreparedFile& file, const IntakeAnswer& answer, const State& after) {
  inbox_.settle(file, answer);
  if (answer.verdict == IntakeVerdict::kWaiting) {
    tried_[file.name] = after;
    log_.debug("file_waiting", {{"file", file.name}, {"why", answer.why}});
    return;
  }
  tried_.erase(file.name);
  log_.info("file_" + std::string(word(answer.verdict)),
            {{"file", file.name}, {"faults", answer.faults.size()}});
  counted_.with({word(answer.verdict)}).add();
}

bool FileDesk::turn(const std::function<State()>& state, std::int64_t steady_ms) {
  if (reading_) {
    if (reading_->wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
      return true;
    }
    PreparedFile file = reading_->get();
    reading_.reset();
    const IntakeAnswer answer = owner_.decide(file);
    settle(file, answer, state());
    listed_ms_.reset();  // The next one at once.
  }
  if (listed_ms_ && steady_ms - *listed_ms_ < kListMs && !inbox_.touched()) {
    return false;
  }
  listed_ms_ = steady_ms;
  read_in_.reset();
  const State at_start = state();
  for (Inbox::Dropped& dropped : inbox_.list(blobs_)) {
    const auto tried = tried_.find(dropped.name);
    if (!dropped.changed && tried != tried_.end() && tried->second == state()) {
      continue;
    }
    if (const auto answer = owner_.early(dropped.staged)) {
      settle(dropped.staged, *answer, state());
      continue;
    }
    auto blob = blobs_.get(dropped.staged.blob, false);
    reading_ =
        std::async(std::launch::async, [file = std::move(dropped.staged), blob = std::move(*blob),
                                        rules = owner_.rules()]() mutable {
          read_file(file, blob.bytes(), std::move(rules));
          return std::move(file);
        });
    return true;
  }
  if (inbox_.unreadable() == 0) {
    read_in_ = at_start;
  }
  return false;
}

bool FileDesk::is_read(const State& state) {
  if (!reading_ && read_in_ == state) {
    return true;
  }
  listed_ms_.reset();
  return false;
}

}  // namespace ph
