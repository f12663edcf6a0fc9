#include "tests/contract/net/world.h"

#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "core/types/check.h"

namespace ph::net_test {

Message message_of(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

Message message_of(std::size_t size, unsigned seed) {
  Message message(size);
  unsigned state = seed * 2'654'435'761U + 1;
  std::ranges::generate(message, [&state] {
    state = state * 1'664'525U + 1'013'904'223U;
    return static_cast<std::byte>(state >> 24);
  });
  return message;
}

std::string text_of(Bytes bytes) {
  std::string text(bytes.size(), '\0');
  std::ranges::transform(bytes, text.begin(),
                         [](std::byte b) { return static_cast<char>(std::to_integer<int>(b)); });
  return text;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

World::World()
    : clients_context(make_peer_context()),
      server_key(TransportSecret::generate("CLR")),
      p01(TransportSecret::generate("P01")),
      p02(TransportSecret::generate("P02")) {}

bool World::until(const std::function<bool()>& done, Milliseconds at_most) {
  const auto end = std::chrono::steady_clock::now() + at_most;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    if (loop.poll() == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return true;
}

void World::pass(Milliseconds time) {
  static_cast<void>(until([] { return false; }, time));
}

PeerServerOptions World::server_options() const {
  PeerServerOptions options;
  options.endpoint = endpoint.empty() ? "tcp://127.0.0.1:*" : endpoint;
  options.secret = &server_key;
  return options;
}

PeerClientOptions World::client_options(const TransportSecret& key) const {
  PeerClientOptions options;
  options.endpoint = endpoint;
  options.server_key = server_key.open_key();
  options.secret = &key;
  options.context = clients_context;
  return options;
}

void World::serve(PeerServerOptions options) {
  server.reset();
  server = std::make_unique<PeerServer>(loop.context(), std::move(options));
  allow({&p01, &p02});
  server->on_message([this](const PeerMessage& message) {
    heard.push_back({message.participant,
                     message.key,
                     message.route,
                     {message.bytes.begin(), message.bytes.end()}});
    if (echo) server->send(message.route, heard.back().bytes);
  });
  server->bind();
  endpoint = server->endpoint();
}

void World::allow(const std::vector<const TransportSecret*>& keys) {
  std::map<PublicKey, std::string> allowed;
  for (const TransportSecret* key : keys)
    allowed[key->open_key()] = key->participant();
  server->set_allowed(std::move(allowed));
}

std::unique_ptr<PeerClient> World::client(const TransportSecret& key) {
  auto made = std::make_unique<PeerClient>(loop.context(), client_options(key));
  made->connect();
  return made;
}

std::unique_ptr<PeerClient> World::connected(const TransportSecret& key) {
  auto made = client(key);
  EXPECT_TRUE(until([&] { return made->connected(); }));
  return made;
}

RawPeer::RawPeer(const World& world, const TransportSecret& key, const std::string& routing_id,
                 int receive_queue)
    : context_(zmq_ctx_new()), socket_(zmq_socket(context_, ZMQ_DEALER)) {
  const int linger = 0;
  const auto set = [this](int option, const void* value, std::size_t size) {
    check(zmq_setsockopt(socket_, option, value, size) == 0, "an option");
  };
  set(ZMQ_LINGER, &linger, sizeof linger);
  set(ZMQ_RCVHWM, &receive_queue, sizeof receive_queue);
  set(ZMQ_CURVE_SERVERKEY, world.server_key.open_key().data(), 32);
  set(ZMQ_CURVE_PUBLICKEY, key.open_key().data(), 32);
  set(ZMQ_CURVE_SECRETKEY, key.secret_bytes().data(), 32);
  if (!routing_id.empty()) set(ZMQ_ROUTING_ID, routing_id.data(), routing_id.size());
  check(zmq_connect(socket_, world.endpoint.c_str()) == 0, "a connection");
}

RawPeer::~RawPeer() {
  zmq_close(socket_);
  zmq_ctx_term(context_);
}

bool RawPeer::send(const std::vector<Message>& frames, Milliseconds wait) {
  const int ms = static_cast<int>(wait.count());
  zmq_setsockopt(socket_, ZMQ_SNDTIMEO, &ms, sizeof ms);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const int more = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
    if (zmq_send(socket_, frames[i].data(), frames[i].size(), more) < 0) return false;
  }
  return true;
}

int RawPeer::receive() {
  return zmq_recv(socket_, nullptr, 0, ZMQ_DONTWAIT);
}

}  // namespace ph::net_test
