// A node's end of the wire (docs/wire.md, section 1): one connection to the clearing, made again by
// itself when it breaks. Messages may be lost at any time; who sends them repeats them. All is
// called, and calls back, in the thread that runs the io_context; nothing blocks there.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/types/digest.h"
#include "platform/crypto/keys.h"
#include "platform/net/peer_context.h"
#include "platform/net/peer_statistics.h"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace ph {

class TransportSecret;

struct PeerClientOptions {
  std::string endpoint;  // tcp://clearing.example:5555
  PublicKey server_key{};
  const TransportSecret* secret{};  // Has to outlive the connection.
  int send_queue_messages{32};      // Beyond them `send` returns false.
  int receive_queue_messages{128};
  std::chrono::milliseconds reconnect{100};        // Twice as long each time,
  std::chrono::milliseconds reconnect_max{5'000};  // up to this.
  std::chrono::milliseconds handshake_max{10'000};
  std::chrono::milliseconds heartbeat{5'000};       // Of ZeroMQ, below the protocol's own;
  std::chrono::milliseconds heartbeat_max{30'000};  // silence after which it connects again.
  std::shared_ptr<PeerContext> context{};           // None: one of its own.
};

class PeerClient {
 public:
  // Doesn't connect yet: `connect` does.
  PeerClient(boost::asio::io_context& io, PeerClientOptions options);
  ~PeerClient();
  PeerClient(const PeerClient&) = delete;
  PeerClient& operator=(const PeerClient&) = delete;

  // With the options it has, or with new ones: a new socket each time. The old one is closed at
  // once and what it had queued is lost. Throws std::runtime_error when the endpoint is none.
  void connect();
  void connect(PeerClientOptions options);
  void on_message(std::function<void(Bytes)> handler);  // Bytes valid during the call.
  // Never blocks. False when it was not queued: not connected, or the queue is full.
  bool send(const std::vector<std::byte>& message);
  // The handshake is over and the connection stands.
  [[nodiscard]] bool connected() const;
  // The server refused this key. That is final for this socket: only `connect` tries again.
  [[nodiscard]] bool handshake_refused() const;
  void close();

  [[nodiscard]] PeerStatistics statistics() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ph
