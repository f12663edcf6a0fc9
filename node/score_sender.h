// A province's scores on their way to the clearing, and the thresholds back (docs/wire.md, section
// 8), without a socket: a histogram for each grading and month, in parts from where the clearing
// wants them on, repeated until it was taken; then thresholds are asked for until they are there.
// It keeps nothing: after a start its owner gives the same bytes again. One thread owns it; steady
// time in milliseconds is an argument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/uplink.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/signing_keys.h"
#include "platform/wire/message.h"

namespace ph {

struct ScoresToSend {
  std::string grading{};
  Month month{};
  Digest programme{};  // SHA-256 of its file
  std::uint32_t revision{};
  std::vector<std::byte> bytes{};  // core/programme/histogram_bytes.h
};

struct ScoreSenderSettings {
  std::int64_t back_off_first_ms{1'000};
  std::int64_t back_off_max_ms{60'000};
  std::size_t part_bytes{wire::kChunkBytesMax};  // at most so many
};

class ScoreSender {
 public:
  using Key = std::pair<std::string, Month>;  // grading and month
  // `last_receipted`: the last sequence that the province holds a receipt for.
  ScoreSender(ScoreSenderSettings settings, std::string clearing, SigningKeys signing,
              const KeyRegistry& registry, std::function<std::uint32_t()> last_receipted);

  void use_registry(const KeyRegistry& registry) { registry_ = &registry; }
  // Another one of the same grading and month takes the place of the first.
  void send(ScoresToSend scores);
  // Only asks for the thresholds, of a month that the province has no scores of.
  void ask(const Key& key);
  void forget(const Key& key) { jobs_.erase(key); }
  [[nodiscard]] bool has(const Key& key) const { return jobs_.contains(key); }

  void on_connected();
  void on_message(const wire::Message& message, std::int64_t steady_ms, UplinkPort& port);
  void tick(std::int64_t steady_ms, UplinkPort& port);

  // Published, and signed by the clearing; nullptr: not known yet.
  [[nodiscard]] const wire::Thresholds* thresholds(const Key& key) const;

  struct Status {
    Key key{};
    bool taken{};    // the clearing has the scores
    bool refused{};  // it said that it doesn't take them
    bool published{};
    std::uint64_t offset{};
    std::uint64_t size{};
    std::string why{};  // what it waits for, or what is wrong
  };
  [[nodiscard]] std::vector<Status> status() const;

 private:
  struct Job {
    std::optional<ScoresToSend> scores{};
    Digest digest{};
    bool taken{false};
    bool refused{false};
    std::uint64_t offset{0};
    std::optional<std::uint64_t> under_way{};  // where the part that was sent last begins
    std::int64_t next_ms{0};
    std::int64_t pause_ms{0};
    std::string why{};
    std::optional<wire::Thresholds> thresholds{};
  };

  void send_part(const Key& key, Job& job, bool with_bytes, std::int64_t steady_ms,
                 UplinkPort& port);
  void on_taken(const wire::ScoresTaken& taken, std::int64_t steady_ms, UplinkPort& port);
  void on_thresholds(const wire::Thresholds& thresholds);
  [[nodiscard]] std::string thresholds_fault(const wire::Thresholds& thresholds) const;
  void back_off(Job& job, std::int64_t steady_ms) const;

  ScoreSenderSettings settings_;
  std::string clearing_;
  SigningKeys signing_;
  const KeyRegistry* registry_;
  std::function<std::uint32_t()> last_receipted_;
  bool clearing_speaks_{false};
  std::map<Key, Job> jobs_;
};

}  // namespace ph
