// What W1 is measured on: a node and a clearing as their processes have them, with keys of their
// own and business time that stands still until it is set.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "app/bench/w1.h"
#include "app/process/file_desk.h"
#include "clearing/clearing.h"
#include "node/node.h"
#include "platform/crypto/transport_key.h"
#include "platform/sys/clock.h"

namespace ph::bench {

// Steady time is the real one.
class BenchClock final : public Clock {
 public:
  explicit BenchClock(BusinessTime start) : now_(start) {}
  [[nodiscard]] BusinessTime now() const override { return now_; }
  void set(BusinessTime now) { now_ = now; }

 private:
  BusinessTime now_;
};

struct BenchKeys {
  BenchKeys();

  SecretKey clearing;
  SecretKey node;
  KeyRegistry registry;
  TransportSecret clearing_transport = TransportSecret::generate("CLR");
  TransportSecret node_transport = TransportSecret::generate(std::string(kW1Code));
};

// A node as `pointhouse node` runs it, without its sockets: an inbox, the store on the disk, one
// thread that turns it and one that reads files.
class BenchNode {
 public:
  BenchNode(const std::string& folder, const BenchKeys& keys);

  // Puts the file into the inbox; from its last step, the renaming, time counts.
  void drop(const std::string& path, const std::string& name);
  // Turns until `done` says so. Throws when a file was refused.
  void turn_until(const std::function<bool()>& done);

  [[nodiscard]] bool opened() const { return node_.province().opening().has_value(); }
  [[nodiscard]] bool posted(unsigned day) const;
  [[nodiscard]] std::uint64_t points_of(std::uint64_t number) const;
  // Seals the day, and begins the next one's morning.
  void end_day(unsigned day);
  void put_snapshot() { node_.put_snapshot_into(*storage_.snapshots); }

  // Milliseconds since the last file was dropped: now, and when it was staged and read.
  [[nodiscard]] double since_drop() const;
  [[nodiscard]] double staged_ms() const { return staged_ms_; }
  [[nodiscard]] double read_ms() const { return read_ms_; }
  [[nodiscard]] const SealedDay& last_day() const { return node_.province().sealed().back(); }
  [[nodiscard]] Node& node() { return node_; }
  [[nodiscard]] const BenchClock& clock() const { return clock_; }

 private:
  BenchClock clock_;
  Log log_;
  Metrics metrics_;
  Storage storage_;
  Node node_;
  FileDesk desk_;
  std::chrono::steady_clock::time_point dropped_{};
  double staged_ms_{0};
  double read_ms_{0};
};

// A clearing, likewise.
class BenchClearing {
 public:
  BenchClearing(const std::string& folder, const BenchKeys& keys);

  // Throws when it isn't accepted.
  void take_file(const std::string& path);
  [[nodiscard]] Clearing& clearing() { return clearing_; }
  [[nodiscard]] BenchClock& clock() { return clock_; }
  // The last sequence taken of the province.
  [[nodiscard]] std::uint32_t taken() const;

 private:
  BenchClock clock_;
  Storage storage_;
  Clearing clearing_;
};

}  // namespace ph::bench
