// Runs at a node's process: their files, what an operator asks and says of them, their progress as
// metrics. The loop's thread owns it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/node/out_folder.h"
#include "app/process/shell.h"
#include "node/node.h"

namespace ph {

class RunDesk {
 public:
  RunDesk(Node& node, const OutFolder& out, Shell& shell);

  // Writes the files of runs that were counted since the last time; the first time, of all whose
  // file lacks or is another one.
  void write_files();
  // Routes of the control socket.
  void serve();
  void watch();
  // What somebody must look at.
  [[nodiscard]] std::vector<std::string> alarms() const;

 private:
  [[nodiscard]] http::Response preview(const std::string& parameter) const;
  [[nodiscard]] http::Response kpi(const std::string& parameter) const;
  [[nodiscard]] http::Response begin(const std::string& parameter);
  [[nodiscard]] http::Response publish(const std::string& parameter);
  [[nodiscard]] http::Response drop(const std::string& parameter);
  void write_file(std::uint32_t number);
  // How much of something waits, and since which day the oldest of it.
  struct Waiting {
    std::size_t count{};
    std::uint16_t since{0xffff};
    void add(std::uint16_t day) {
      ++count;
      since = std::min(since, day);
    }
  };
  void watch_programme();
  void put_waiting(const char* what, const Waiting& waiting, std::uint16_t today);

  Node& node_;
  const OutFolder& out_;
  Shell& shell_;
  Gauge state_;
  Gauge done_;
  Gauge steps_;
  Gauge late_;
  Gauge version_;
  Gauge undecided_;
  GaugeFamily waits_;
  GaugeFamily longest_;
  std::int64_t counted_ms_{-1};              // when what waits for staff was counted last
  std::string told_{};                       // the alarm that was logged last
  std::map<std::uint32_t, bool> written_{};  // by number: its file is that of its count
};

}  // namespace ph
