// Endpoints as ZeroMQ writes them, judged before a socket sees them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ph {

// A sentence when it isn't tcp://<host>:<port>, or when it can be reached from other machines and
// that wasn't asked for. A name or an interface counts as reachable: who knows what it resolves to.
[[nodiscard]] std::optional<std::string> bind_fault(std::string_view endpoint,
                                                    bool beyond_loopback);
// A sentence when it isn't tcp://<host>:<port>.
[[nodiscard]] std::optional<std::string> connect_fault(std::string_view endpoint);
// A sentence when it isn't <address>:<port>, with an address of numbers; one of IPv6 may stand in
// brackets.
[[nodiscard]] std::optional<std::string> listen_fault(std::string_view listen);
[[nodiscard]] bool is_ipv6(std::string_view endpoint);

}  // namespace ph
