#include "app/bench/batch_push.h"

#include <chrono>
#include <stdexcept>

#include "app/bench/store.h"
#include "platform/net/peer_client.h"
#include "platform/net/peer_server.h"
#include "platform/sys/loop.h"

namespace ph::bench {

namespace {

constexpr std::int64_t kTickMs = 20;
constexpr std::int64_t kConnectMs = 1;
constexpr std::int64_t kGiveUpMs = 120'000;

class ServerPort final : public ExchangePort {
 public:
  explicit ServerPort(PeerServer& server) : server_(server) {}
  bool send(const Peer& to, const std::vector<std::byte>& message) override {
    return server_.send(to.route, message);
  }

 private:
  PeerServer& server_;
};

class ClientPort final : public UplinkPort {
 public:
  explicit ClientPort(PeerClient& client) : client_(client) {}
  bool send(const std::vector<std::byte>& message) override { return client_.send(message); }
  void reconnect() override {}

 private:
  PeerClient& client_;
};

// The node's thread: from the connection to the receipt.
class NodeSide {
 public:
  NodeSide(BenchNode& node, const BenchKeys& keys, std::string endpoint)
      : node_(node),
        wanted_(node.last_day().sequence),
        timer_(loop_),
        client_(loop_.context(), {.endpoint = std::move(endpoint),
                                  .server_key = keys.clearing_transport.open_key(),
                                  .secret = &keys.node_transport}),
        port_(client_) {
    client_.on_message([this](Bytes message) {
      node_.node().on_message(message, node_.clock().now(), node_.clock().steady_ms(), port_);
      stop_if_over();
    });
  }

  // Milliseconds; 0 when it wasn't over in time.
  double run() {
    Timer guard(loop_);
    guard.after_ms(kGiveUpMs, [this] { loop_.stop(); });
    client_.connect();
    connect();
    loop_.run();
    return took_ms_;
  }

 private:
  void connect() {
    if (!client_.connected()) {
      timer_.after_ms(kConnectMs, [this] { connect(); });
      return;
    }
    begin_ = std::chrono::steady_clock::now();
    node_.node().on_connected(node_.clock().steady_ms());
    tick();
  }
  void tick() {
    node_.node().tick(node_.clock().now(), node_.clock().steady_ms(), port_);
    timer_.after_ms(kTickMs, [this] { tick(); });
  }
  void stop_if_over() {
    if (node_.node().province().last_receipted() >= wanted_) {
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - begin_;
      took_ms_ = took.count();
      loop_.stop();
    }
  }

  BenchNode& node_;
  std::uint32_t wanted_;
  Loop loop_;
  Timer timer_;
  PeerClient client_;
  ClientPort port_;
  std::chrono::steady_clock::time_point begin_{};
  double took_ms_{0};
};

}  // namespace

double push_batch(BenchNode& node, BenchClearing& clearing, const BenchKeys& keys) {
  Loop loop;
  PeerServer server(loop.context(),
                    {.endpoint = "tcp://127.0.0.1:*", .secret = &keys.clearing_transport});
  server.set_allowed({{keys.node_transport.open_key(), std::string(kW1Code)}});
  ServerPort port(server);
  server.on_message([&](const PeerMessage& message) {
    clearing.clearing().on_message({.participant = message.participant, .route = message.route},
                                   message.bytes, clearing.clock().now(),
                                   clearing.clock().steady_ms(), port);
  });
  server.bind();
  const std::string endpoint = server.endpoint();
  double took = 0;
  on_threads(2, [&](unsigned number) {
    if (number == 0) {
      loop.run();
      return;
    }
    try {
      took = NodeSide(node, keys, endpoint).run();
    } catch (...) {
      loop.stop();
      throw;
    }
    loop.stop();
  });
  if (took == 0 || clearing.taken() != node.last_day().sequence) {
    throw std::runtime_error("the batch has not come to the clearing in time");
  }
  return took;
}

}  // namespace ph::bench
