// What the sockets at both ends of the wire have in common.
#pragma once

#include <chrono>
#include <string>

#include "platform/net/socket.h"

namespace ph {

// Of ZeroMQ's drafts, without a name in its header: a socket with a ZAP domain refuses every peer
// when no handler answers, a second lock should the handler ever be gone.
inline constexpr int kZapEnforceDomain = 93;

void set_link_options(Socket& socket, const std::string& endpoint,
                      std::chrono::milliseconds handshake_max, std::chrono::milliseconds heartbeat,
                      std::chrono::milliseconds heartbeat_max);

}  // namespace ph
