// The settings of the gateway's process (docs/operating.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "app/process/keys.h"
#include "app/process/settings_check.h"
#include "platform/http/http.h"
#include "platform/http/tls.h"
#include "platform/sys/clock.h"
#include "platform/sys/config.h"
#include "platform/sys/log.h"

namespace ph {

struct GatewayConfig {
  std::string code{};
  std::string clearing{};  // whose gateway it is
  std::filesystem::path control{};
  std::filesystem::path spool{};
  std::string listen{};
  bool beyond_loopback{false};
  http::TlsFiles tls{};
  std::vector<std::string> hosts{};
  // What is under way when it stops is answered, or ends as UNDECIDED.
  http::Limits limits{.stop_ms_max = 10'000};
  std::size_t requests_of_partner_max{};
  std::filesystem::path transport_key{};
  std::filesystem::path registry{};
  std::filesystem::path root_key{};
  std::string endpoint{};
  std::size_t questions_max{};
  std::string http{};  // address:port of metrics and health; empty: none
  ClockOptions clock{};
  LogOptions log{};
  std::function<LogOptions()> log_anew{};  // see ShellOptions
};

void declare(ConfigSchema& schema, GatewayConfig& config);
[[nodiscard]] KeyFiles key_files(const GatewayConfig& config);
// What a start would find, for `--check-config`.
void look_at(const GatewayConfig& config, SettingsCheck& check);

}  // namespace ph
