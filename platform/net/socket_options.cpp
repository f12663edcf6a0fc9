#include "platform/net/socket_options.h"

#include "platform/net/endpoint.h"

namespace ph {

namespace {

// A peer that is gone without a word: found by the kernel after about a minute, should ZeroMQ's
// heartbeats be off.
constexpr int kKeepaliveIdleSeconds = 30;
constexpr int kKeepaliveEverySeconds = 10;
constexpr int kKeepaliveTimes = 3;

int count(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

}  // namespace

void set_link_options(Socket& socket, const std::string& endpoint,
                      std::chrono::milliseconds handshake_max, std::chrono::milliseconds heartbeat,
                      std::chrono::milliseconds heartbeat_max) {
  socket.set(ZMQ_MAXMSGSIZE, kMessageBytesMax + kCurveBytes);
  socket.set(ZMQ_HANDSHAKE_IVL, count(handshake_max));
  socket.set(ZMQ_HEARTBEAT_IVL, count(heartbeat));
  socket.set(ZMQ_HEARTBEAT_TIMEOUT, count(heartbeat_max));
  socket.set(ZMQ_HEARTBEAT_TTL, count(heartbeat_max));
  socket.set(ZMQ_TCP_KEEPALIVE, 1);
  socket.set(ZMQ_TCP_KEEPALIVE_IDLE, kKeepaliveIdleSeconds);
  socket.set(ZMQ_TCP_KEEPALIVE_INTVL, kKeepaliveEverySeconds);
  socket.set(ZMQ_TCP_KEEPALIVE_CNT, kKeepaliveTimes);
  if (is_ipv6(endpoint)) socket.set(ZMQ_IPV6, 1);
}

}  // namespace ph
