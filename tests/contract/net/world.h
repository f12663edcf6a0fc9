// A loop, a server on a free port of loopback, clients, and peers that don't keep to the rules.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/crypto/transport_key.h"
#include "platform/net/peer_client.h"
#include "platform/net/peer_server.h"
#include "platform/sys/loop.h"

namespace ph::net_test {

using Message = std::vector<std::byte>;
using Milliseconds = std::chrono::milliseconds;

[[nodiscard]] Message message_of(std::string_view text);
[[nodiscard]] Message message_of(std::size_t size, unsigned seed);
[[nodiscard]] std::string text_of(Bytes bytes);
[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point start);

struct Heard {
  std::string participant;
  PublicKey key{};
  std::string route;
  Message bytes;
};

class World {
 public:
  World();

  // Runs the loop until it is so; false when it isn't by the end of `at_most`.
  bool until(const std::function<bool()>& done, Milliseconds at_most = Milliseconds(8'000));
  void pass(Milliseconds time);

  [[nodiscard]] PeerServerOptions server_options() const;
  [[nodiscard]] PeerClientOptions client_options(const TransportSecret& key) const;
  // What it hears goes to `heard`; with `echo` it answers the same.
  void serve(PeerServerOptions options);
  void serve() { serve(server_options()); }
  void allow(const std::vector<const TransportSecret*>& keys);
  [[nodiscard]] std::unique_ptr<PeerClient> client(const TransportSecret& key);
  // One that is connected, else the test fails.
  [[nodiscard]] std::unique_ptr<PeerClient> connected(const TransportSecret& key);

  std::shared_ptr<PeerContext> clients_context;
  TransportSecret server_key;
  TransportSecret p01;
  TransportSecret p02;
  Loop loop;
  std::unique_ptr<PeerServer> server;
  std::string endpoint;
  bool echo{false};
  std::vector<Heard> heard;
};

// A peer with the right key and its own idea of the protocol; it has its own thread below.
class RawPeer {
 public:
  RawPeer(const World& world, const TransportSecret& key, const std::string& routing_id = {},
          int receive_queue = 1'000);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  // False when it was not queued within the time.
  bool send(const std::vector<Message>& frames, Milliseconds wait = Milliseconds(0));
  // The size of the next message, -1 when there is none.
  int receive();

 private:
  void* context_;
  void* socket_;
};

}  // namespace ph::net_test
