// What the simulated processes do, as somebody outside sees it: the cluster tells it as it happens,
// the auditor judges. And the trace of a run for whoever replays a seed.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>

#include "clearing/clearing.h"
#include "node/node.h"
#include "platform/intake/prepare.h"
#include "tests/simulation/dropper.h"
#include "tests/simulation/network.h"
#include "tests/simulation/schedule.h"

namespace ph::sim {

// The run has shown something that may not be.
class Failed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline void must(bool holds, const std::string& what) {
  if (!holds) {
    throw Failed(what);
  }
}

class Trace {
 public:
  Trace(const Schedule& schedule, bool on) : schedule_(schedule), on_(on) {}
  template <class Text>
  void operator()(Text text) const {
    if (on_) {
      const std::int64_t ms = schedule_.now_ms();
      std::printf("%3lld %02lld:%02lld:%02lld.%03lld  %s\n", static_cast<long long>(ms / kDayMs),
                  static_cast<long long>(ms / kHourMs % 24),
                  static_cast<long long>(ms / kMinuteMs % 60),
                  static_cast<long long>(ms / kSecondMs % 60),
                  static_cast<long long>(ms % kSecondMs), std::string(text()).c_str());
    }
  }

 private:
  const Schedule& schedule_;
  bool on_;
};

class Watch {
 public:
  Watch() = default;
  virtual ~Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  virtual void node_sent(std::size_t node, const Message& message) = 0;
  virtual void clearing_sent(std::size_t node, const Message& message) = 0;
  virtual void file_answered(const DroppedFile& file, const IntakeAnswer& answer) = 0;
  // The outputs of a period are written, for the first time or again after a restart.
  virtual void period_closed(const ClosedPeriod& closed, Clearing& clearing) = 0;
  virtual void node_started(std::size_t node, const Node& process) = 0;
  virtual void clearing_started(const Clearing& process) = 0;
};

}  // namespace ph::sim
