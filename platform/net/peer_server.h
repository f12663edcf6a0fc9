// The clearing's end of the wire (docs/wire.md, section 1): admits peers by their transport key,
// hands on whole messages with the name of who sent them, and bounds what one peer can cost. All is
// called, and calls back, in the thread that runs the io_context; nothing blocks there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
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

// Beyond its rate, a participant's messages are dropped: it offers again. A second's worth may come
// at once.
struct PeerRate {
  std::uint64_t messages_per_second{2'000};
  std::uint64_t bytes_per_second{600'000'000};
};

struct PeerServerOptions {
  std::string endpoint;             // tcp://127.0.0.1:5555; port 0 or *: any that is free.
  const TransportSecret* secret{};  // Has to outlive the server.
  bool beyond_loopback{false};      // Else only 127.0.0.0/8 and [::1].
  PeerRate rate{};
  // That of a participant, instead of `rate`; asked when it is heard first.
  std::function<PeerRate(const std::string& participant)> rate_of{};
  int send_queue_messages{128};        // A peer; beyond them `send` returns false.
  int receive_queue_messages{16};      // A connection; beyond them TCP makes its peer wait.
  int turn_messages{64};               // At most, before other handlers get their turn,
  std::uint64_t turn_bytes{16 << 20};  // or about so many bytes.
  std::chrono::milliseconds handshake_max{10'000};  // Who takes longer is disconnected.
  std::chrono::milliseconds heartbeat{5'000};       // Of ZeroMQ, below the protocol's own;
  std::chrono::milliseconds heartbeat_max{30'000};  // silence after which a peer is gone.
  std::shared_ptr<PeerContext> context{};           // None: one of its own.
};

// Valid during the call that brings it.
struct PeerMessage {
  std::string participant;  // By the key alone, whatever the peer says.
  PublicKey key{};
  std::string route;  // The connection, for `send`; it never becomes another participant's.
  Bytes bytes;
};

class PeerServer {
 public:
  PeerServer(boost::asio::io_context& io, PeerServerOptions options);
  ~PeerServer();
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;

  // Key -> participant; none at first. It counts at once: for handshakes, and for the messages of
  // connections that are open already.
  void set_allowed(std::map<PublicKey, std::string> allowed);
  void on_message(std::function<void(const PeerMessage&)> handler);
  // A message of an open connection whose key is no longer allowed, with the participant that it
  // had; counted as dropped. For the answer KEY_NOT_VALID; may be left unset.
  void on_expired(std::function<void(const PeerMessage&)> handler);

  // Throws std::runtime_error with a sentence for the operator when it can't; nothing is bound
  // then.
  void bind();
  // Never blocks. False when it was not queued: the peer is gone, or reads nothing.
  bool send(const std::string& route, const std::vector<std::byte>& message);
  // At once; what is queued is lost. May be bound again.
  void close();

  [[nodiscard]] PeerStatistics statistics() const;
  [[nodiscard]] std::string endpoint() const;  // Once bound, with the true port.

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ph
