#include "platform/net/peer_server.h"

#include <malloc.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/types/check.h"
#include "platform/crypto/transport_key.h"
#include "platform/net/endpoint.h"
#include "platform/net/rate.h"
#include "platform/net/socket.h"
#include "platform/net/socket_options.h"
#include "platform/net/socket_watch.h"
#include "platform/net/zap.h"

namespace ph {

namespace {

// ZeroMQ's own routing ids: a zero and a number that no other connection of this socket had.
constexpr std::size_t kOwnRouteBytes = 5;
// A message of many frames, which ZeroMQ gathers whole: what it took goes back to the system.
constexpr std::uint64_t kGiveBackBytes = 8 << 20;

bool own_route(std::string_view route) {
  return route.size() == kOwnRouteBytes && route.front() == '\0';
}

struct Budget {
  TokenBucket messages;
  TokenBucket bytes;
};

}  // namespace

struct PeerServer::State : std::enable_shared_from_this<PeerServer::State> {
  State(boost::asio::io_context& its_io, PeerServerOptions its_options)
      : io(its_io), options(std::move(its_options)) {}

  void bind();
  void close();
  bool drain();
  void take(const std::string& route, Frame& frame);
  bool within_budget(const std::string& participant, std::uint64_t bytes);
  std::optional<std::string> judge(const PublicKey& key);

  boost::asio::io_context& io;
  PeerServerOptions options;
  std::map<PublicKey, std::string> allowed;
  std::map<std::string, Budget> budgets;  // By participant.
  std::function<void(const PeerMessage&)> handler;
  std::function<void(const PeerMessage&)> expired_handler;
  PeerStatistics statistics;
  std::string endpoint;
  std::uint64_t turn_bytes{0};
  std::unique_ptr<ZapHandler> zap;
  Socket socket;
  std::shared_ptr<SocketWatch> watch;
};

PeerServer::PeerServer(boost::asio::io_context& io, PeerServerOptions options)
    : state_(std::make_shared<State>(io, std::move(options))) {
  check(state_->options.secret != nullptr, "a server has a key");
}

PeerServer::~PeerServer() {
  state_->close();
}

void PeerServer::set_allowed(std::map<PublicKey, std::string> allowed) {
  state_->allowed = std::move(allowed);
}

void PeerServer::on_message(std::function<void(const PeerMessage&)> handler) {
  state_->handler = std::move(handler);
}

void PeerServer::on_expired(std::function<void(const PeerMessage&)> handler) {
  state_->expired_handler = std::move(handler);
}

void PeerServer::bind() {
  check(!state_->socket.open(), "a server is bound once");
  if (const auto fault = bind_fault(state_->options.endpoint, state_->options.beyond_loopback)) {
    throw std::runtime_error(*fault);
  }
  try {
    state_->bind();
  } catch (...) {
    state_->close();
    throw;
  }
}

void PeerServer::State::bind() {
  const auto context = options.context ? options.context : make_peer_context();
  zap = std::make_unique<ZapHandler>(io, context,
                                     [this](const PublicKey& key) { return judge(key); });
  socket = Socket(context, ZMQ_ROUTER);
  socket.set(ZMQ_CURVE_SERVER, 1);
  socket.set(ZMQ_CURVE_SECRETKEY, Bytes(options.secret->secret_bytes()));
  socket.set(ZMQ_ZAP_DOMAIN, kZapDomain);
  socket.set(kZapEnforceDomain, 1);
  socket.set(ZMQ_ROUTER_MANDATORY, 1);
  socket.set(ZMQ_SNDHWM, options.send_queue_messages);
  socket.set(ZMQ_RCVHWM, options.receive_queue_messages);
  set_link_options(socket, options.endpoint, options.handshake_max, options.heartbeat,
                   options.heartbeat_max);
  socket.bind(options.endpoint);
  endpoint = socket.get_text(ZMQ_LAST_ENDPOINT);
  watch = std::make_shared<SocketWatch>(io, socket, [weak = weak_from_this()] {
    const auto state = weak.lock();
    return state && state->drain();
  });
  watch->start();
}

void PeerServer::State::close() {
  if (watch) watch->close();
  watch.reset();
  socket.close();
  zap.reset();  // After the socket that it guards.
  endpoint.clear();
}

std::optional<std::string> PeerServer::State::judge(const PublicKey& key) {
  const auto found = allowed.find(key);
  ++(found == allowed.end() ? statistics.handshakes_refused : statistics.handshakes_accepted);
  return found == allowed.end() ? std::nullopt : std::optional(found->second);
}

bool PeerServer::State::drain() {
  const auto its_watch = watch;  // A handler may close the server.
  turn_bytes = 0;
  for (int n = 0; n < options.turn_messages && turn_bytes < options.turn_bytes; ++n) {
    Frame frame;
    if (!socket.receive(frame)) return false;
    const std::string route(frame.text());
    if (!frame.more()) continue;  // Nothing but the route: no peer can send that.
    check(socket.receive(frame), "a message is there whole");
    take(route, frame);
    if (its_watch->closed()) return false;
  }
  return true;
}

void PeerServer::State::take(const std::string& route, Frame& frame) {
  const std::uint64_t bytes = frame.bytes().size();
  turn_bytes += bytes;
  auto name = parse_user_id(frame.property("User-Id"));
  if (frame.more()) {
    const std::uint64_t rest = socket.skip_rest(frame);
    turn_bytes += rest;
    ++statistics.dropped_shape;
    if (rest > kGiveBackBytes) ::malloc_trim(0);
    return;
  }
  if (!own_route(route)) {
    ++statistics.dropped_route;
    return;
  }
  if (!name) {  // Not one that this handler let in.
    ++statistics.dropped_key;
    return;
  }
  const auto found = allowed.find(name->key);
  const bool valid = found != allowed.end() && found->second == name->participant;
  if (!within_budget(name->participant, bytes)) {
    ++statistics.dropped_rate;
    return;
  }
  const PeerMessage message{std::move(name->participant), name->key, route, frame.bytes()};
  if (!valid) {
    ++statistics.dropped_key;
    if (expired_handler) expired_handler(message);
    return;
  }
  ++statistics.received;
  statistics.received_bytes += bytes;
  if (handler) handler(message);
}

bool PeerServer::State::within_budget(const std::string& participant, std::uint64_t bytes) {
  auto found = budgets.find(participant);
  if (found == budgets.end()) {
    const PeerRate rate = options.rate_of ? options.rate_of(participant) : options.rate;
    found = budgets
                .emplace(participant, Budget{TokenBucket(rate.messages_per_second),
                                             TokenBucket(rate.bytes_per_second)})
                .first;
  }
  Budget& budget = found->second;
  const auto now = TokenBucket::Clock::now();
  budget.messages.fill(now);
  budget.bytes.fill(now);
  if (!budget.messages.has(1) || !budget.bytes.has(bytes)) return false;
  budget.messages.take(1);
  budget.bytes.take(bytes);
  return true;
}

bool PeerServer::send(const std::string& route, const std::vector<std::byte>& message) {
  State& state = *state_;
  check(message.size() <= kMessageBytesMax, "no message is longer than 2 MiB");
  const bool queued =
      state.socket.open() && state.socket.send(as_bytes(route), true) && state.socket.send(message);
  if (state.watch) state.watch->soon();
  if (!queued) {
    ++state.statistics.not_sent;
    return false;
  }
  ++state.statistics.sent;
  state.statistics.sent_bytes += message.size();
  return true;
}

void PeerServer::close() {
  state_->close();
}

PeerStatistics PeerServer::statistics() const {
  return state_->statistics;
}

std::string PeerServer::endpoint() const {
  return state_->endpoint;
}

}  // namespace ph
