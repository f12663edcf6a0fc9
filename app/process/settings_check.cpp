#include "app/process/settings_check.h"

#include <unistd.h>

#include <algorithm>
#include <exception>

#include "platform/crypto/trusted_registry.h"
#include "platform/http/unix_socket.h"
#include "platform/net/endpoint.h"
#include "platform/sys/process.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDayS = 86'400;
constexpr std::int64_t kCertificateDaysMin = 30;

// Of what was loaded only whether it is right.
template <class T>
std::optional<std::string> error_of(const Result<T, std::string>& loaded) {
  return loaded ? std::nullopt : std::optional(loaded.error());
}

}  // namespace

SettingsCheck::SettingsCheck(const ClockOptions& clock) {
  forbid_core_dumps();
  (void)is_good("clock.file", [&]() -> std::optional<std::string> {
    now_ = make_clock(clock)->now();
    return std::nullopt;
  });
}

void SettingsCheck::fault(const std::string& setting, const std::string& why) {
  faults_.push_back(setting + ": " + why);
}

void SettingsCheck::warn(const std::string& setting, const std::string& why) {
  warnings_.push_back(setting + ": " + why);
}

bool SettingsCheck::is_good(const std::string& setting,
                            const std::function<std::optional<std::string>()>& load) {
  std::optional<std::string> why;
  try {
    why = load();
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  if (why) {
    fault(setting, *why);
  }
  return !why;
}

void SettingsCheck::listens(const std::string& setting, const std::string& listen) {
  if (listen.empty()) {
    return;
  }
  if (const auto why = listen_fault(listen)) {
    fault(setting, *why);
    return;
  }
  if (std::ranges::find(listening_, listen) != listening_.end() && !listen.ends_with(":0")) {
    fault(setting, listen + " is what another setting listens at: give it a port of its own");
  }
  listening_.push_back(listen);
}

void SettingsCheck::binds(const std::string& setting, const std::string& endpoint,
                          bool beyond_loopback) {
  if (const auto why = bind_fault(endpoint, beyond_loopback)) {
    fault(setting, *why);
  }
}

void SettingsCheck::connects(const std::string& setting, const std::string& endpoint) {
  if (const auto why = connect_fault(endpoint)) {
    fault(setting, *why);
  }
}

// Whether this user may write there isn't whether the process's may: that is a warning.
void SettingsCheck::folder(const std::string& setting, const fs::path& folder) {
  fs::path there = fs::absolute(folder);
  std::error_code error;
  while (!fs::exists(there, error) && there != there.parent_path()) {
    there = there.parent_path();
  }
  if (!fs::is_directory(there, error)) {
    fault(setting, there.string() + " is no folder");
  } else if (::access(there.c_str(), W_OK | X_OK) != 0) {
    warn(setting, there.string() + ": this user may not write there; the process's must");
  }
}

void SettingsCheck::socket(const std::string& setting, const fs::path& file) {
  (void)is_good(setting, [&] { return http::socket_fault(file); });
}

// Each file by itself, so that all faults are told; then what they are together.
void SettingsCheck::keys(const KeyFiles& files, const std::string& clearing) {
  const auto signs = [this](const std::string& setting, const fs::path& file) {
    return file.empty() || is_good(setting, [&] { return error_of(load_secret_key(file)); });
  };
  bool good = signs("keys.signing", files.signing);
  good = signs("keys.signing_next", files.signing_next) && good;
  good = is_good("keys.transport", [&] { return error_of(load_transport_key(files.transport)); }) &&
         good;
  good = is_good("keys.root", [&] { return error_of(load_root_key(files.root)); }) &&
         is_good("keys.registry",
                 [&] { return error_of(load_registry(files.registry, files.root)); }) &&
         good;
  if (!good) {
    return;
  }
  (void)is_good("keys", [&]() -> std::optional<std::string> {
    const ProcessKeys keys(files);
    if (clearing.empty() || !now_ || !keys.transports_of(clearing, now_->date()).empty()) {
      return std::nullopt;
    }
    return "the registry has no transport key of " + clearing + " for " + now_->date().text() +
           ": pointhouse registry add, then sign";
  });
}

void SettingsCheck::certificate(const std::string& section, const http::TlsFiles& files) {
  const std::string setting = section + ".certificate";
  std::error_code error;
  if (!fs::exists(files.key, error)) {
    fault(section + ".key", files.key.string() + " isn't there, or its folder is closed");
  }
  if (!fs::exists(files.certificate, error)) {
    fault(setting, files.certificate.string() + " isn't there, or its folder is closed");
  }
  if (!fs::exists(files.key, error) || !fs::exists(files.certificate, error)) {
    return;
  }
  (void)is_good(setting, [&]() -> std::optional<std::string> {
    const http::Tls tls(files);
    const std::int64_t left = now_ ? tls.not_after() - unix_seconds(*now_) : kDayS * 365;
    if (left <= 0) {
      warn(setting, files.certificate.string() + " is over: nobody will trust it");
    } else if (left < kCertificateDaysMin * kDayS) {
      warn(setting, files.certificate.string() + " ends in " + std::to_string(left / kDayS) +
                        " days: get another one");
    }
    return std::nullopt;
  });
}

}  // namespace ph
