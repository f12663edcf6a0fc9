// `pointhouse bench wire`: what the peers' sockets cost beside bare ones (docs/benchmarks.md).
#include <zmq.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "app/bench/options.h"
#include "app/bench/store.h"
#include "app/bench/wire.h"
#include "platform/crypto/transport_key.h"
#include "platform/net/peer_client.h"
#include "platform/net/peer_server.h"
#include "platform/sys/loop.h"

namespace ph::bench {

namespace {

constexpr std::size_t kChunkBytes = 1 << 20;
constexpr std::uint64_t kWindow = 8;  // Chunks under way, as docs/wire.md has it.
constexpr std::size_t kAnswerBytes = 64;
constexpr int kWireGiveUpMs = 60'000;
constexpr std::uint64_t kNoRate = 8'000'000'000;

using Chunk = std::vector<std::byte>;

struct Keys {
  TransportSecret clearing = TransportSecret::generate("CLR");
  TransportSecret node = TransportSecret::generate("P01");
};

// A bare socket in a context of its own; whatever fails ends the run.
class Bare {
 public:
  explicit Bare(int type) : context_(zmq_ctx_new()), socket_(zmq_socket(context_, type)) {
    set(ZMQ_LINGER, 0);
    set(ZMQ_SNDTIMEO, kWireGiveUpMs);
    set(ZMQ_RCVTIMEO, kWireGiveUpMs);
    set(ZMQ_SNDHWM, 32);
    set(ZMQ_RCVHWM, 16);
  }
  ~Bare() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  void set(int option, int value) { done(zmq_setsockopt(socket_, option, &value, sizeof value)); }
  void set(int option, Bytes value) {
    done(zmq_setsockopt(socket_, option, value.data(), value.size()));
  }
  [[nodiscard]] std::string bind() {
    done(zmq_bind(socket_, "tcp://127.0.0.1:*"));
    std::array<char, 256> endpoint{};
    std::size_t size = endpoint.size();
    done(zmq_getsockopt(socket_, ZMQ_LAST_ENDPOINT, endpoint.data(), &size));
    return endpoint.data();
  }
  void connect(const std::string& endpoint) { done(zmq_connect(socket_, endpoint.c_str())); }
  void send(const void* bytes, std::size_t size, int flags = 0) {
    done(zmq_send(socket_, bytes, size, flags));
  }
  // Into `room`, all of which it needs at most; returns how much.
  std::size_t receive(Chunk& room) {
    const int size = zmq_recv(socket_, room.data(), room.size(), 0);
    done(size);
    return static_cast<std::size_t>(size);
  }

 private:
  static void done(int result) {
    if (result < 0) throw std::runtime_error(std::string("bare socket: ") + zmq_strerror(errno));
  }
  void* context_;
  void* socket_;
};

double since(std::chrono::steady_clock::time_point begin) {
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  return took.count();
}

// Milliseconds from a first message that was answered, so the connection stands, to the last
// answer. With `window` 0 only the last chunk is answered.
double run_bare(const Keys& keys, const Chunk& chunk, std::uint64_t chunks, std::uint64_t window) {
  Bare server(ZMQ_ROUTER);
  server.set(ZMQ_CURVE_SERVER, 1);
  server.set(ZMQ_CURVE_SECRETKEY, Bytes(keys.clearing.secret_bytes()));
  const std::string endpoint = server.bind();
  double took = 0;
  on_threads(2, [&](unsigned number) {
    if (number == 0) {
      Chunk route(256);
      Chunk room(kChunkBytes);
      for (std::uint64_t got = 0; got <= chunks; ++got) {
        const std::size_t route_bytes = server.receive(route);
        server.receive(room);
        if (window == 0 && got > 0 && got < chunks) continue;
        server.send(route.data(), route_bytes, ZMQ_SNDMORE);
        server.send(room.data(), kAnswerBytes);
      }
      return;
    }
    Bare client(ZMQ_DEALER);
    client.set(ZMQ_CURVE_SERVERKEY, Bytes(keys.clearing.open_key()));
    client.set(ZMQ_CURVE_PUBLICKEY, Bytes(keys.node.open_key()));
    client.set(ZMQ_CURVE_SECRETKEY, Bytes(keys.node.secret_bytes()));
    client.connect(endpoint);
    Chunk room(kChunkBytes);
    client.send(chunk.data(), kAnswerBytes);
    client.receive(room);
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t answered = 0;
    const std::uint64_t answers = window == 0 ? 1 : chunks;
    for (std::uint64_t sent = 0; sent < chunks; ++sent) {
      for (; window > 0 && sent - answered >= window; ++answered)
        client.receive(room);
      client.send(chunk.data(), chunk.size());
    }
    for (; answered < answers; ++answered)
      client.receive(room);
    took = since(begin);
  });
  return took;
}

// The node's side of a run: sends while its window allows, until all is answered.
class Pusher {
 public:
  Pusher(const Keys& keys, std::string endpoint, const Chunk& chunk, std::uint64_t chunks)
      : chunk_(chunk),
        chunks_(chunks),
        timer_(loop_),
        client_(loop_.context(), {.endpoint = std::move(endpoint),
                                  .server_key = keys.clearing.open_key(),
                                  .secret = &keys.node}) {
    client_.on_message([this](Bytes) {
      if (++answered_ == chunks_) loop_.stop();
      push();
    });
  }
  // Milliseconds from when the connection stands; 0 when it wasn't over in time.
  double run() {
    Timer guard(loop_);
    guard.after_ms(kWireGiveUpMs, [this] { loop_.stop(); });
    client_.connect();
    connect();
    loop_.run();
    return answered_ == chunks_ ? since(begin_) : 0;
  }

 private:
  void connect() {
    if (!client_.connected()) {
      timer_.after_ms(1, [this] { connect(); });
      return;
    }
    begin_ = std::chrono::steady_clock::now();
    push();
  }
  void push() {
    while (sent_ < chunks_ && sent_ - answered_ < kWindow) {
      if (!client_.send(chunk_)) {  // Its queue is full.
        timer_.after_ms(1, [this] { push(); });
        return;
      }
      ++sent_;
    }
  }

  const Chunk& chunk_;
  std::uint64_t chunks_;
  std::uint64_t sent_{0};
  std::uint64_t answered_{0};
  std::chrono::steady_clock::time_point begin_{};
  Loop loop_;
  Timer timer_;
  PeerClient client_;
};

double run_peers(const Keys& keys, const Chunk& chunk, std::uint64_t chunks) {
  Loop loop;
  PeerServerOptions options;
  options.endpoint = "tcp://127.0.0.1:*";
  options.secret = &keys.clearing;
  options.rate = {.messages_per_second = kNoRate, .bytes_per_second = kNoRate};
  PeerServer server(loop.context(), options);
  server.set_allowed({{keys.node.open_key(), "P01"}});
  Chunk room;
  server.on_message([&](const PeerMessage& message) {
    room.assign(message.bytes.begin(), message.bytes.end());
    server.send(message.route, Chunk(kAnswerBytes));
  });
  server.bind();
  const std::string endpoint = server.endpoint();
  double took = 0;
  on_threads(2, [&](unsigned number) {
    if (number == 0) {
      loop.run();
      return;
    }
    took = Pusher(keys, endpoint, chunk, chunks).run();
    loop.stop();
  });
  if (took == 0) throw std::runtime_error("the peers have not taken all chunks in time");
  return took;
}

// By the clock what the run says, which leaves connecting out; the processor's time with it.
void add_run(Runs& runs, const std::function<double()>& work) {
  const std::clock_t begin = std::clock();
  runs.wall_ms.push_back(work());
  runs.processor_ms.push_back(static_cast<double>(std::clock() - begin) * 1000 / CLOCKS_PER_SEC);
}

double mebibytes_per_second(const Runs& runs, std::uint64_t chunks) {
  return static_cast<double>(chunks) * 1'000 / median(runs.wall_ms);
}

}  // namespace

double bare_curve_ms(std::uint64_t bytes) {
  const Chunk chunk(kChunkBytes, std::byte{0x5a});
  return run_bare(Keys(), chunk, (bytes + kChunkBytes - 1) / kChunkBytes, kWindow);
}

int run_wire(const WireOptions& options) {
  const Keys keys;
  const Chunk chunk(kChunkBytes, std::byte{0x5a});
  Runs pushed;
  Runs windowed;
  Runs peers;
  for (unsigned n = 0; n <= options.repeat; ++n) {
    Runs warm;  // The first round isn't counted.
    add_run(n == 0 ? warm : pushed, [&] { return run_bare(keys, chunk, options.mebibytes, 0); });
    add_run(n == 0 ? warm : windowed,
            [&] { return run_bare(keys, chunk, options.mebibytes, kWindow); });
    add_run(n == 0 ? warm : peers, [&] { return run_peers(keys, chunk, options.mebibytes); });
  }
  Figures figures;
  const auto add = [&](const std::string& name, const Runs& runs) {
    figures.add_runs(name, runs);
    figures.add(name + "_mebibytes_per_second",
                static_cast<std::uint64_t>(mebibytes_per_second(runs, options.mebibytes)));
  };
  add("bare_pushed", pushed);
  add("bare_windowed", windowed);
  add("peers", peers);
  figures.add("peers_percent_of_bare",
              static_cast<std::uint64_t>(median(windowed.wall_ms) * 100 / median(peers.wall_ms)));
  figures.print(options.json);
  return 0;
}

}  // namespace ph::bench
