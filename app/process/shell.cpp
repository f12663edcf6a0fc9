#include "app/process/shell.h"

#include <charconv>
#include <stdexcept>
#include <system_error>

#include "platform/net/endpoint.h"
#include "platform/sys/config.h"

namespace ph {

namespace {

const ClockOptions& after_no_dumps(const ClockOptions& clock) {
  forbid_core_dumps();
  return clock;
}

}  // namespace

Shell::Shell(ShellOptions options)
    : options_(std::move(options)),
      clock_(make_clock(after_no_dumps(options_.clock))),
      log_(options_.log, *clock_),
      server_(loop_, {}),
      timer_(loop_) {
  add_process_metrics(metrics_, *clock_, log_, PH_VERSION, options_.disks);
  server_.watch(metrics_);
  signals_ = std::make_unique<Signals>(
      loop_,
      [this](int signal) {
        log_.info("stopping", {{"signal", signal}});
        manager_.stopping("stopping");
        stopping_ = true;
      },
      [this] {
        reload_ = true;
        reload_log();
      });
}

Shell::~Shell() = default;

void Shell::get(const std::string& pattern, Answer answer) {
  server_.route("GET", pattern,
                [answer = std::move(answer)](const http::Request& request) {
                  return answer(request.parameter);
                },
                {.control_only = true});
}

void Shell::post(const std::string& pattern, Answer answer, std::int64_t answer_ms_max) {
  server_.route("POST", pattern,
                [answer = std::move(answer)](const http::Request& request) {
                  return answer(request.parameter);
                },
                {.answer_ms_max = answer_ms_max, .control_only = true});
}

std::string Shell::ill() const {
  if (stopping_) {
    return "it is stopping";
  }
  for (const WatchedDisk& disk : options_.disks) {
    try {
      if (disk_space(disk.path).free_bytes == 0) {
        return disk.name + ": no space is left in " + disk.path.string();
      }
    } catch (const std::system_error& failure) {
      return disk.name + ": " + failure.what();
    }
  }
  return health_ ? health_() : std::string();
}

void Shell::reload_log() {
  if (!options_.log_anew) {
    return;
  }
  try {
    log_.set_level(options_.log_anew().level);
    log_.info("settings_reloaded");
  } catch (const std::exception& failure) {
    log_.error("settings_refused", {{"why", failure.what()}});
  }
}

void Shell::open() {
  server_.route("GET", "/health", [this](const http::Request&) {
    const std::string fault = ill();
    return http::text_response(fault.empty() ? 200 : 503, fault.empty() ? "ok\n" : fault + "\n");
  });
  server_.route("GET", "/metrics", [this](const http::Request&) {
    return http::Response{.content_type = std::string(kMetricsContentType),
                          .body = metrics_.text()};
  });
  server_.listen_unix(options_.control);
  if (!options_.listen.empty()) {
    const auto [address, port] = address_of(options_.listen, "http.listen");
    server_.listen_tcp(address, port);
  }
  watchdog_ = std::make_unique<Watchdog>(loop_, manager_, [] { return true; });
  manager_.ready(options_.kind + " " + options_.code + " is running");
  log_.info("running", {{"kind", options_.kind}, {"participant", options_.code}});
}

void Shell::run(std::int64_t ms, std::function<bool()> turn, std::function<void()> closing) {
  turn_ms_ = ms;
  turn_ = std::move(turn);
  closing_ = std::move(closing);
  next(0);
  loop_.run();
}

void Shell::next(std::int64_t ms) {
  timer_.after_ms(ms, [this] { step(); });
}

void Shell::step() {
  if (!stopping_) {
    next(turn_() ? 0 : turn_ms_);
    return;
  }
  closing_();
  if (ending_) {
    ending_([this] { end(); });
  } else {
    end();
  }
}

void Shell::end() {
  server_.stop([this] {
    log_.info("stopped");
    loop_.stop();
  });
}

std::pair<std::string, std::uint16_t> address_of(const std::string& text,
                                                 const std::string& setting) {
  if (const auto fault = listen_fault(text)) {
    throw std::runtime_error(setting + ": " + *fault);
  }
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  std::string address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  return {address, port};
}

bool on_loopback(std::string_view listen) {
  return listen.starts_with("127.") || listen.starts_with("[::1]:");
}

const std::filesystem::path& make_folder(const std::filesystem::path& folder) {
  if (std::filesystem::create_directories(folder)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  }
  return folder;
}

std::string storage_url(const std::string& setting, const std::filesystem::path& data) {
  return setting.empty() ? "lmdb:" + data.string() : setting;
}

bool holds_password(const std::string& url) {
  return url.find("://") != std::string::npos && without_password(url) != url;
}

}  // namespace ph
