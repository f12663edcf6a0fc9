#include "app/bench/processes.h"

#include <stdexcept>
#include <thread>

#include "core/types/check.h"
#include "platform/files/input_file.h"

namespace ph::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTurnMs = 20;  // As the processes turn when nothing is to be done.
constexpr std::int64_t kMorning = 9 * 3'600;

std::string made(const std::string& folder) {
  fs::create_directories(folder);
  return folder;
}

}  // namespace

BenchKeys::BenchKeys()
    : clearing(SecretKey::generate(KeyRole::kClearing, "CLR")),
      node(SecretKey::generate(KeyRole::kSender, kW1Code)),
      registry("CLR", w1_day(1)) {
  const auto add = [this](std::string participant, const SecretKey& key, std::uint32_t from) {
    const auto fault = registry.add(
        {.participant = std::move(participant), .key = key.open().key, .from = from, .to = {}},
        w1_day(1));
    check(!fault.has_value(), "a fresh key can be added");
  };
  add("CLR", clearing, 202'601);
  add(std::string(kW1Code), node, 1);
}

BenchNode::BenchNode(const std::string& folder, const BenchKeys& keys)
    : clock_(BusinessTime::of(w1_day(1), kMorning)),
      log_({.level = LogLevel::kOff}, clock_),
      storage_(open_storage("lmdb:" + made(folder + "/data"), folder + "/data")),
      node_({.code = std::string(kW1Code)}, storage_, keys.node, keys.registry),
      desk_(made(folder + "/inbox"), *storage_.blobs,
            {.early =
                 [this](const PreparedFile& file) {
                   staged_ms_ = since_drop();
                   return node_.early_answer(file, clock_.now());
                 },
             .rules = [this] { return node_.rules(); },
             .decide =
                 [this](PreparedFile& file) {
                   read_ms_ = since_drop();
                   return node_.take_file(file, clock_.now());
                 }},
            log_, metrics_) {
  node_.recover();
}

void BenchNode::drop(const std::string& path, const std::string& name) {
  const fs::path inbox = desk_.inbox().folder();
  fs::copy_file(path, inbox / (name + ".part"));
  dropped_ = std::chrono::steady_clock::now();
  fs::rename(inbox / (name + ".part"), inbox / name);
}

void BenchNode::turn_until(const std::function<bool()>& done) {
  while (!done()) {
    const bool reading = desk_.turn(
        [this] {
          return FileDesk::State{node_.last_block(), clock_.now().date().count(), 0};
        },
        clock_.steady_ms());
    const bool more = node_.post_slice(clock_.now());
    if (!fs::is_empty(desk_.inbox().folder() / "refused")) {
      throw std::runtime_error("the node has refused a file, see " +
                               (desk_.inbox().folder() / "refused").string());
    }
    if (!reading && !more && !done()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kTurnMs));
    }
  }
}

bool BenchNode::posted(unsigned day) const {
  const auto& open = node_.province().open();
  return open && open->posted && open->taken.sequence == day;
}

std::uint64_t BenchNode::points_of(std::uint64_t number) const {
  const auto found =
      node_.province().poster()->home().balance(w1_member(number), clock_.now().date());
  return found ? static_cast<std::uint64_t>(found->available) : 0;
}

void BenchNode::end_day(unsigned day) {
  clock_.set(end_of(w1_day(day)));
  while (node_.seal_due(clock_.now(), [] { return true; })) {
  }
  clock_.set(BusinessTime::of(w1_day(day + 1), kMorning));
}

double BenchNode::since_drop() const {
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - dropped_;
  return took.count();
}

BenchClearing::BenchClearing(const std::string& folder, const BenchKeys& keys)
    : clock_(BusinessTime::of(w1_day(1), kMorning)),
      storage_(open_storage("lmdb:" + made(folder + "/data"), folder + "/data")),
      clearing_({}, storage_, keys.clearing, keys.registry, [](const ClosedPeriod&) {}) {
  clearing_.recover();
}

void BenchClearing::take_file(const std::string& path) {
  std::vector<Fault> faults;
  const auto file = InputFile::open(path, faults);
  if (file) {
    const PreparedFile prepared =
        prepare_file(path, file->bytes(), clearing_.rules(), clearing_.blobs());
    if (clearing_.take_file(prepared, clock_.now()).verdict == IntakeVerdict::kAccepted) {
      return;
    }
  }
  throw std::runtime_error("the clearing does not take " + path);
}

std::uint32_t BenchClearing::taken() const {
  const SenderState* state = clearing_.house().sender(kW1Province);
  return state == nullptr ? 0 : state->last();
}

}  // namespace ph::bench
