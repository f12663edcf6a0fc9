// What `--check-config` looks at behind the form of the settings, without a start: endpoints, keys
// and the registry, certificates, folders. Nothing is made, bound, or written.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/process/keys.h"
#include "core/types/time.h"
#include "platform/http/tls.h"
#include "platform/sys/clock.h"

namespace ph {

class SettingsCheck {
 public:
  // Forbids core dumps: secrets are read.
  explicit SettingsCheck(const ClockOptions& clock);

  // `setting` is `section.key`, as faults name it. Empty texts and paths stand for nothing.
  void listens(const std::string& setting, const std::string& listen);
  void binds(const std::string& setting, const std::string& endpoint, bool beyond_loopback);
  void connects(const std::string& setting, const std::string& endpoint);
  // Where a process keeps something: a folder, or one that can be made.
  void folder(const std::string& setting, const std::filesystem::path& folder);
  void socket(const std::string& setting, const std::filesystem::path& file);
  // The section [keys]. `clearing`: whose transport key has to count today; empty: nobody's.
  void keys(const KeyFiles& files, const std::string& clearing);
  // `certificate` and `key` of a section.
  void certificate(const std::string& section, const http::TlsFiles& files);
  // What keeps no process from starting.
  void warn(const std::string& setting, const std::string& why);

  // A start would fail, a line each.
  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void fault(const std::string& setting, const std::string& why);
  // `load` gives an error's text, or throws it.
  bool is_good(const std::string& setting, const std::function<std::optional<std::string>()>& load);

  std::optional<BusinessTime> now_{};  // none: the clock is at fault
  std::vector<std::string> listening_{};
  std::vector<std::string> faults_{};
  std::vector<std::string> warnings_{};
};

}  // namespace ph
