#include "platform/net/peer_client.h"

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "core/types/check.h"
#include "platform/crypto/transport_key.h"
#include "platform/net/endpoint.h"
#include "platform/net/socket.h"
#include "platform/net/socket_options.h"
#include "platform/net/socket_watch.h"

namespace ph {

namespace {

constexpr int kTurnMessages = 64;
constexpr auto kConnectMaxMs = 5'000;
constexpr int kEvents = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                        ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED;

}  // namespace

struct PeerClient::State : std::enable_shared_from_this<PeerClient::State> {
  State(boost::asio::io_context& its_io, PeerClientOptions its_options)
      : io(its_io), options(std::move(its_options)) {}

  void connect();
  void close();
  bool drain();
  bool drain_events();
  void take_event(std::uint16_t event);
  std::shared_ptr<SocketWatch> watching(const Socket& its_socket, bool (State::*its_drain)());

  boost::asio::io_context& io;
  PeerClientOptions options;
  std::function<void(Bytes)> handler;
  PeerStatistics statistics;
  bool connected{false};
  bool refused{false};
  Socket socket;
  Socket monitor;
  std::shared_ptr<SocketWatch> watch;
  std::shared_ptr<SocketWatch> monitor_watch;
};

PeerClient::PeerClient(boost::asio::io_context& io, PeerClientOptions options)
    : state_(std::make_shared<State>(io, std::move(options))) {}

PeerClient::~PeerClient() {
  state_->close();
}

void PeerClient::on_message(std::function<void(Bytes)> handler) {
  state_->handler = std::move(handler);
}

void PeerClient::connect(PeerClientOptions options) {
  state_->options = std::move(options);
  connect();
}

void PeerClient::connect() {
  state_->close();
  check(state_->options.secret != nullptr, "a client has a key");
  if (const auto fault = connect_fault(state_->options.endpoint)) throw std::runtime_error(*fault);
  try {
    state_->connect();
  } catch (...) {
    state_->close();
    throw;
  }
}

void PeerClient::State::connect() {
  const auto context = options.context ? options.context : make_peer_context();
  socket = Socket(context, ZMQ_DEALER);
  socket.set(ZMQ_CURVE_SERVERKEY, Bytes(options.server_key));
  socket.set(ZMQ_CURVE_PUBLICKEY, Bytes(options.secret->open_key()));
  socket.set(ZMQ_CURVE_SECRETKEY, Bytes(options.secret->secret_bytes()));
  socket.set(ZMQ_SNDHWM, options.send_queue_messages);
  socket.set(ZMQ_RCVHWM, options.receive_queue_messages);
  socket.set(ZMQ_IMMEDIATE, 1);  // Nothing is queued for a connection that doesn't stand.
  socket.set(ZMQ_RECONNECT_IVL, static_cast<int>(options.reconnect.count()));
  socket.set(ZMQ_RECONNECT_IVL_MAX, static_cast<int>(options.reconnect_max.count()));
  socket.set(ZMQ_CONNECT_TIMEOUT, kConnectMaxMs);
  set_link_options(socket, options.endpoint, options.handshake_max, options.heartbeat,
                   options.heartbeat_max);
  const std::string address = "inproc://peer-monitor-" + std::to_string(context->next_number());
  if (zmq_socket_monitor(socket.raw(), address.c_str(), kEvents) != 0) {
    throw std::runtime_error("a socket can't be watched: " + zmq_reason());
  }
  monitor = Socket(context, ZMQ_PAIR);
  monitor.connect(address);
  monitor_watch = watching(monitor, &State::drain_events);
  watch = watching(socket, &State::drain);
  socket.connect(options.endpoint);
}

std::shared_ptr<SocketWatch> PeerClient::State::watching(const Socket& its_socket,
                                                         bool (State::*its_drain)()) {
  auto made = std::make_shared<SocketWatch>(io, its_socket, [weak = weak_from_this(), its_drain] {
    const auto state = weak.lock();
    return state && ((*state).*its_drain)();
  });
  made->start();
  return made;
}

void PeerClient::State::close() {
  for (auto* each : {&watch, &monitor_watch}) {
    if (*each) (*each)->close();
    each->reset();
  }
  if (socket.open()) zmq_socket_monitor(socket.raw(), nullptr, 0);
  monitor.close();
  socket.close();
  connected = false;
  refused = false;
}

bool PeerClient::State::drain() {
  const auto its_watch = watch;  // A handler may close the client, or connect it anew.
  for (int n = 0; n < kTurnMessages; ++n) {
    Frame frame;
    if (!socket.receive(frame)) return false;
    if (frame.more()) {
      socket.skip_rest(frame);
      ++statistics.dropped_shape;
      continue;
    }
    ++statistics.received;
    statistics.received_bytes += frame.bytes().size();
    if (handler) handler(frame.bytes());
    if (its_watch->closed()) return false;
  }
  return true;
}

// An event is a frame with its number and a value, and one with the address.
bool PeerClient::State::drain_events() {
  for (int n = 0; n < kTurnMessages; ++n) {
    Frame frame;
    if (!monitor.receive(frame)) return false;
    std::uint16_t event = 0;
    if (frame.bytes().size() >= sizeof event) {
      std::memcpy(&event, frame.bytes().data(), sizeof event);
    }
    monitor.skip_rest(frame);
    take_event(event);
  }
  return true;
}

void PeerClient::State::take_event(std::uint16_t event) {
  if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
    connected = true;
    ++statistics.handshakes_accepted;
  } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
    refused = true;
    ++statistics.handshakes_refused;
  } else {
    connected = false;
  }
}

bool PeerClient::send(const std::vector<std::byte>& message) {
  State& state = *state_;
  check(message.size() <= kMessageBytesMax, "no message is longer than 2 MiB");
  const bool queued = state.socket.open() && state.socket.send(message);
  if (state.watch) state.watch->soon();
  if (!queued) {
    ++state.statistics.not_sent;
    return false;
  }
  ++state.statistics.sent;
  state.statistics.sent_bytes += message.size();
  return true;
}

bool PeerClient::connected() const {
  return state_->connected;
}

bool PeerClient::handshake_refused() const {
  return state_->refused;
}

void PeerClient::close() {
  state_->close();
}

PeerStatistics PeerClient::statistics() const {
  return state_->statistics;
}

}  // namespace ph
