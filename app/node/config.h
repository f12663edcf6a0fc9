// The settings of a node's process (docs/operating.md).
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "app/node/member_desk.h"
#include "app/process/keys.h"
#include "app/process/settings_check.h"
#include "node/node.h"
#include "platform/sys/clock.h"
#include "platform/sys/config.h"
#include "platform/sys/log.h"

namespace ph {

struct NodeConfig {
  NodeSettings node{};
  std::filesystem::path data{};
  std::filesystem::path inbox{};
  std::filesystem::path out{};  // empty: beside the inbox
  std::string journal{};        // empty: LMDB below `data`
  std::filesystem::path signing_key{};
  std::filesystem::path signing_key_next{};  // Empty: none.
  std::filesystem::path transport_key{};
  std::filesystem::path registry{};
  std::filesystem::path root_key{};
  std::string endpoint{};
  std::string http{};  // address:port of metrics and health; empty: none
  std::filesystem::path control{};
  std::filesystem::path counter{};  // empty: beside `control`
  MemberDeskOptions members{};
  ClockOptions clock{};
  LogOptions log{};
  std::function<LogOptions()> log_anew{};  // see ShellOptions
};

void declare(ConfigSchema& schema, NodeConfig& config);
[[nodiscard]] KeyFiles key_files(const NodeConfig& config);
// What a start would find, for `--check-config`.
void look_at(const NodeConfig& config, SettingsCheck& check);
// Where look-ups of members are logged.
[[nodiscard]] std::filesystem::path look_ups_folder(const NodeConfig& config);
// Where the index of members' histories is.
[[nodiscard]] std::filesystem::path history_folder(const NodeConfig& config);
// Where this province's counters ask.
[[nodiscard]] std::filesystem::path counter_socket(const NodeConfig& config);
// Where files of runs are written.
[[nodiscard]] std::filesystem::path out_folder(const NodeConfig& config);

}  // namespace ph
