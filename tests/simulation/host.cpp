#include "tests/simulation/host.h"

#include <system_error>

#include "platform/crypto/sha256.h"
#include "tests/simulation/key_ring.h"

namespace ph::sim {

namespace {

constexpr std::uint32_t kLongOutage = 60;  // per thousand deaths

}  // namespace

Storage open_disk(MemoryDisk& disk, bool rotten, Bug bug, void (*plant)(Bug, Storage&)) {
  Storage storage = open_memory_storage(disk);
  if (rotten) {
    rot_newest_snapshot(storage);
  }
  plant(bug, storage);
  return storage;
}

std::string told(const Message& message) {
  wire::Message decoded;
  if (wire::decode(message, decoded) != wire::DecodeFault::kNone) {
    return "garbage";
  }
  if (const auto* offer = std::get_if<wire::Offer>(&decoded)) {
    return "offer " + std::to_string(offer->sequence) + " of " + std::to_string(offer->size);
  }
  if (const auto* want = std::get_if<wire::Want>(&decoded)) {
    return "want " + std::to_string(want->sequence) + " from " + std::to_string(want->offset) +
           " until " + std::to_string(want->until);
  }
  if (const auto* chunk = std::get_if<wire::Chunk>(&decoded)) {
    return "chunk " + std::to_string(chunk->sequence) + " from " + std::to_string(chunk->offset) +
           ", " + std::to_string(chunk->bytes.size());
  }
  if (const auto* held = std::get_if<wire::Held>(&decoded)) {
    return "held " + std::to_string(held->sequence) + ", missing " + std::to_string(held->missing);
  }
  if (const auto* receipt = std::get_if<wire::Receipt>(&decoded)) {
    return "receipt " + std::to_string(receipt->sequence);
  }
  if (const auto* refusal = std::get_if<wire::Refusal>(&decoded)) {
    return "refusal " + std::to_string(refusal->sequence) + ": " + refusal->detail;
  }
  if (const auto* beat = std::get_if<wire::Heartbeat>(&decoded)) {
    return "heartbeat " + std::to_string(beat->last_receipted) + ", advices " +
           std::to_string(beat->last_advice);
  }
  if (const auto* ask = std::get_if<Ask>(&decoded)) {
    return "ask " + std::string(word(ask->kind)) + " " + std::string(ask->id.reference_text()) +
           ", " + std::to_string(ask->points);
  }
  if (const auto* answer = std::get_if<Answer>(&decoded)) {
    return "answer " + std::string(answer->id.reference_text()) + ": " +
           std::to_string(answer->code) + (answer->definite ? "" : ", not definite");
  }
  return "advices, or a question for them";
}

Host::Host(Setting& setting, std::string code, std::uint64_t seed)
    : setting_(setting), random_(seed), code_(std::move(code)) {
  const Faults& faults = setting.faults;
  skew_ms_ = static_cast<std::int64_t>(random_.below(2 * faults.skew_ms + 1)) - faults.skew_ms;
  disk_.set_hook([this](const DiskStep& step, DiskMoment moment) {
    setting_.steps += moment == DiskMoment::kBefore ? 1U : 0U;
    const bool due = setting_.steps == setting_.faults.death_at &&
                     setting_.faults.death_after == (moment == DiskMoment::kAfter);
    if (due || happens(setting_.faults.death)) {
      throw Died{std::string(moment == DiskMoment::kBefore ? "before: " : "after: ") +
                 std::string(word(step.operation))};
    }
  });
  disk_.set_faults([this](const DiskStep& step) { return disk_fault(step); });
}

DiskFault Host::disk_fault(const DiskStep&) {
  if (!happens(setting_.faults.failed_write)) {
    return DiskFault::kNone;
  }
  constexpr std::array<DiskFault, 3> kKinds{DiskFault::kFails, DiskFault::kTears,
                                            DiskFault::kFailsAfterwards};
  return kKinds[random_.below(kKinds.size())];
}

BusinessTime Host::now() const {
  const std::int64_t ms = setting_.schedule.now_ms() + skew_ms_;
  return BusinessTime::of(setting_.world.first, 0).plus_seconds(ms / kSecondMs);
}

std::int64_t Host::next_time_of_day(std::int64_t seconds) const {
  const std::int64_t local = setting_.schedule.now_ms() + skew_ms_;
  const std::int64_t of_day = seconds * kSecondMs;
  std::int64_t next = local / kDayMs * kDayMs + of_day;
  if (next <= local) {
    next += kDayMs;
  }
  return next - skew_ms_;
}

void Host::maybe_die(const char* where) {
  if (happens(setting_.faults.killed)) {
    throw Died{where};
  }
}

void Host::archive(Storage& storage) {
  const std::vector<std::uint64_t> newest = storage.snapshots->list(kShard);
  if (newest.size() >= 2 && happens(setting_.faults.archived)) {
    storage.journal->drop(kShard, newest[1] + 1);
  }
}

bool Host::step(const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const Died& death) {
    died(death.where);
  } catch (const std::system_error& error) {
    died(error.what());
  } catch (const Fenced& fenced) {
    died(fenced.what());
  } catch (const Damaged& damaged) {
    throw Failed(code_ + " can't read its own store: " + damaged.what());
  }
  return false;
}

void Host::kill(const char* where) {
  if (alive()) {
    died(where);
  }
}

void Host::died(const std::string& where) {
  ++deaths_;
  halt();
  std::int64_t out_ms = kSecondMs + random_.below(2 * kMinuteMs);
  if (!setting_.calm && random_.below(1'000) < kLongOutage) {
    out_ms = random_.below(2 * kHourMs);
  }
  setting_.trace([&] { return code_ + " dies: " + where; });
  setting_.schedule.after(out_ms, [this] { start(); });
}

void Host::start() {
  if (alive()) {
    return;
  }
  born_ms_ = setting_.schedule.now_ms() - 1;
  turn_ms_ = -1;
  if (step([this] { boot(); })) {
    setting_.trace([&] { return code_ + " starts"; });
    turn_at(setting_.schedule.now_ms());
  }
}

void Host::turn_at(std::int64_t ms) {
  if (turn_ms_ >= 0 && turn_ms_ <= ms) {
    return;
  }
  turn_ms_ = ms;
  setting_.schedule.at(ms, [this, ms] {
    if (turn_ms_ != ms || !alive()) {
      return;  // An earlier one has been asked for since.
    }
    turn_ms_ = -1;
    step([this] { turn(); });
  });
}

void Host::drop(Drop drop) {
  const DroppedFile& file = drop.file;
  if (file.fate == FileFate::kAltered &&
      !accepted_.contains(file.name.substr(std::string_view("other-").size()))) {
    setting_.schedule.after(kHourMs, [this, drop = std::move(drop)] { this->drop(drop); });
    return;
  }
  setting_.trace([&] { return code_ + " <- " + file.name; });
  folder_.erase(drop.removes);
  folder_[file.name] = file;
  if (alive()) {
    turn_at(setting_.schedule.now_ms() + 20 + random_.below(2'000));
  }
}

std::string Host::signature_of(const DroppedFile& file) const {
  return file.signer.empty()
             ? std::string()
             : KeyRing::shared().key_of(file.signer).sign("DAY", sha256(as_bytes(file.text)));
}

void Host::settle(const std::string& name, const IntakeAnswer& answer) {
  const DroppedFile& file = folder_.at(name);
  if (answer.verdict == IntakeVerdict::kWaiting) {
    setting_.watch.file_answered(file, answer);
    return;
  }
  maybe_die("a file is decided, and still in the folder");
  setting_.trace([&] {
    return code_ + " " + name + ": " + std::string(word(answer.verdict)) + " " + answer.why;
  });
  setting_.watch.file_answered(file, answer);
  if (file.fate == FileFate::kGood && answer.verdict != IntakeVerdict::kRefused) {
    ++accepted_[name];
  }
  folder_.erase(name);
}

}  // namespace ph::sim
