#include "app/process/file_desk.h"

#include <chrono>
#include <utility>

namespace ph {

namespace {

constexpr std::int64_t kListMs = 100;
// So much is copied before what is there is looked at: small files don't wait for all the others.
constexpr std::int64_t kCopyBytesMax = std::int64_t{64} << 20U;

template <class T>
bool ready(const std::future<T>& future) {
  return future.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready;
}

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

std::vector<Inbox::Copy> FileDesk::copy_all(const std::vector<std::string>& names) {
  std::vector<Inbox::Copy> copies;
  std::int64_t bytes = 0;
  for (const std::string& name : names) {
    if (stop_ || bytes >= kCopyBytesMax) {
      break;
    }
    if (auto copy = Inbox::copy(inbox_.folder(), name, blobs_, stop_)) {
      bytes += copy->stamp.size;
      copies.push_back(std::move(*copy));
    }
  }
  return copies;
}

bool FileDesk::take_copies() {
  if (copying_) {
    if (!ready(*copying_)) {
      return false;
    }
    auto copies = std::exchange(copying_, std::nullopt)->get();
    for (Inbox::Copy& copy : copies) {
      tried_.erase(copy.staged.name);
      inbox_.keep(std::move(copy));
    }
    listed_ms_.reset();
  }
  return true;
}

bool FileDesk::take_read(const std::function<State()>& state) {
  if (reading_) {
    if (!ready(*reading_)) {
      return false;
    }
    PreparedFile file = std::exchange(reading_, std::nullopt)->get();
    listed_ms_.reset();  // The next one at once.
    // Who took it back, or put another one in its place, while it was read need not hurry.
    if (inbox_.digest_of(file.name) == file.blob) {
      const IntakeAnswer answer = owner_.decide(file);
      settle(file, answer, state());
    }
  }
  return true;
}

void FileDesk::begin_to_read(PreparedFile file) {
  auto blob = blobs_.get(file.blob, false);
  reading_ = std::async(std::launch::async, [file = std::move(file), blob = std::move(*blob),
                                             rules = owner_.rules()]() mutable {
    read_file(file, blob.bytes(), std::move(rules));
    return std::move(file);
  });
}

bool FileDesk::turn(const std::function<State()>& state, std::int64_t steady_ms) {
  if (!take_copies() || !take_read(state)) {
    return true;
  }
  if (listed_ms_ && steady_ms - *listed_ms_ < kListMs && !inbox_.touched()) {
    return false;
  }
  listed_ms_ = steady_ms;
  read_in_.reset();
  const State at_start = state();
  // What is staged goes first: a file that somebody keeps writing to, under its last name, is never
  // staged for long.
  std::vector<std::string> fresh;
  for (Inbox::Dropped& dropped : inbox_.list()) {
    if (!dropped.staged) {
      fresh.push_back(dropped.name);
      continue;
    }
    const auto tried = tried_.find(dropped.name);
    if (tried != tried_.end() && tried->second == state()) {
      continue;
    }
    if (const auto answer = owner_.early(*dropped.staged)) {
      settle(*dropped.staged, *answer, state());
      continue;
    }
    begin_to_read(std::move(*dropped.staged));
    return true;
  }
  if (!fresh.empty()) {
    copying_ = std::async(std::launch::async,
                          [this, fresh = std::move(fresh)] { return copy_all(fresh); });
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
