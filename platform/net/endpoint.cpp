#include "platform/net/endpoint.h"

#include <arpa/inet.h>

#include <charconv>

namespace ph {

namespace {

constexpr std::string_view kTcp = "tcp://";
constexpr unsigned kPortMax = 65'535;

struct HostPort {
  std::string_view host;  // With its brackets, if any.
  std::string_view port;
};

std::optional<HostPort> split(std::string_view endpoint) {
  if (!endpoint.starts_with(kTcp)) return std::nullopt;
  endpoint.remove_prefix(kTcp.size());
  const std::size_t colon = endpoint.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  return HostPort{endpoint.substr(0, colon), endpoint.substr(colon + 1)};
}

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port <= kPortMax;
}

bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string text(host.substr(0, host.find('%')));  // Behind it IPv6 names an interface.
  in_addr four{};
  in6_addr six{};
  return inet_pton(AF_INET, text.c_str(), &four) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &six) == 1;
}

bool is_loopback(std::string_view host) {
  in_addr address{};
  return host == "[::1]" || (inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 &&
                             ntohl(address.s_addr) >> 24 == 127);
}

std::string not_tcp(std::string_view endpoint) {
  return "\"" + std::string(endpoint) + "\" isn't an endpoint: tcp://<host>:<port>";
}

}  // namespace

std::optional<std::string> bind_fault(std::string_view endpoint, bool beyond_loopback) {
  const auto parts = split(endpoint);
  if (!parts || (parts->port != "*" && !is_port(parts->port))) return not_tcp(endpoint);
  if (!beyond_loopback && !is_loopback(parts->host)) {
    return std::string(endpoint) +
           " can be reached from other machines; that has to be asked for, else only "
           "127.0.0.1 and [::1] are bound";
  }
  return std::nullopt;
}

std::optional<std::string> connect_fault(std::string_view endpoint) {
  const auto parts = split(endpoint);
  return parts && is_port(parts->port) ? std::nullopt : std::optional(not_tcp(endpoint));
}

std::optional<std::string> listen_fault(std::string_view listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon != std::string_view::npos && is_port(listen.substr(colon + 1)) &&
      is_address(listen.substr(0, colon))) {
    return std::nullopt;
  }
  return "'" + std::string(listen) +
         "' isn't address:port, such as 127.0.0.1:9101; an address of numbers, no name";
}

bool is_ipv6(std::string_view endpoint) {
  return endpoint.starts_with("tcp://[");
}

}  // namespace ph
