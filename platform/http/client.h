// A blocking client for one request: for commands that ask a running process, over its control
// socket or the loopback.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "platform/http/request_reader.h"

namespace ph::http {

inline constexpr std::uint64_t kResponseBytesMax = 64U << 20U;

struct Endpoint {
  std::filesystem::path socket{};  // or, when empty:
  std::string address{};           // numeric
  std::uint16_t port{};

  [[nodiscard]] static Endpoint at_socket(std::filesystem::path file);
  [[nodiscard]] static Endpoint at_tcp(std::string address, std::uint16_t port);
  [[nodiscard]] std::string text() const;
};

// Further fields of a request's header: name, value.
using RequestFields = std::vector<std::pair<std::string, std::string>>;

// Any status is an answer. Throws std::system_error when nobody can be reached (the process isn't
// running, or isn't ours to command) or `ms_max` went by, std::runtime_error for what is no HTTP.
[[nodiscard]] ReadResponse http_get(const Endpoint& to, const std::string& target,
                                    std::int64_t ms_max);
[[nodiscard]] ReadResponse http_post(const Endpoint& to, const std::string& target,
                                     const std::string& body, std::int64_t ms_max,
                                     const std::string& content_type = "application/json",
                                     const RequestFields& fields = {});

}  // namespace ph::http
