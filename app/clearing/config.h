// The settings of the clearing's process (docs/operating.md).
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "app/process/keys.h"
#include "app/process/settings_check.h"
#include "clearing/clearing.h"
#include "platform/sys/clock.h"
#include "platform/sys/config.h"
#include "platform/sys/log.h"

namespace ph {

struct ClearingConfig {
  ClearingSettings clearing{};
  std::filesystem::path data{};
  std::filesystem::path inbox{};
  std::filesystem::path periods{};
  std::string journal{};  // empty: LMDB below `data`
  bool pdf{true};
  bool partner_signatures{true};
  std::filesystem::path signing_key{};
  std::filesystem::path signing_key_next{};  // Empty: none.
  std::filesystem::path transport_key{};
  std::filesystem::path registry{};
  std::filesystem::path root_key{};
  std::string endpoint{};
  bool beyond_loopback{false};
  std::string http{};
  std::filesystem::path control{};
  ClockOptions clock{};
  LogOptions log{};
  std::function<LogOptions()> log_anew{};  // see ShellOptions
};

void declare(ConfigSchema& schema, ClearingConfig& config);
[[nodiscard]] KeyFiles key_files(const ClearingConfig& config);
// What a start would find, for `--check-config`.
void look_at(const ClearingConfig& config, SettingsCheck& check);

}  // namespace ph
