#include "platform/net/socket.h"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "core/types/check.h"

namespace ph {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + zmq_reason());
}

}  // namespace

std::string zmq_reason() {
  return zmq_strerror(zmq_errno());
}

std::shared_ptr<PeerContext> make_peer_context() {
  return std::make_shared<PeerContext>();
}

PeerContext::PeerContext() : raw_(zmq_ctx_new()) {
  if (raw_ == nullptr) fail("ZeroMQ can't start");
  check(zmq_ctx_set(raw_, ZMQ_MAX_SOCKETS, kSocketsMax) == 0, "a number of sockets");
  check(zmq_ctx_set(raw_, ZMQ_IO_THREADS, 1) == 0, "a number of threads");
}

PeerContext::~PeerContext() {
  while (zmq_ctx_term(raw_) != 0 && zmq_errno() == EINTR) {
  }
}

Socket::Socket(std::shared_ptr<PeerContext> context, int type)
    : context_(std::move(context)), raw_(zmq_socket(context_->raw(), type)) {
  if (raw_ == nullptr) fail("no further socket");
  set(ZMQ_LINGER, 0);
}

Socket::Socket(Socket&& other) noexcept
    : context_(std::move(other.context_)), raw_(std::exchange(other.raw_, nullptr)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this != &other) {
    close();
    context_ = std::move(other.context_);
    raw_ = std::exchange(other.raw_, nullptr);
  }
  return *this;
}

void Socket::set(int option, int value) {
  if (zmq_setsockopt(raw_, option, &value, sizeof value) != 0) {
    fail("option " + std::to_string(option) + " of a socket");
  }
}

void Socket::set(int option, std::int64_t value) {
  if (zmq_setsockopt(raw_, option, &value, sizeof value) != 0) {
    fail("option " + std::to_string(option) + " of a socket");
  }
}

void Socket::set(int option, std::string_view value) {
  set(option, as_bytes(value));
}

void Socket::set(int option, Bytes value) {
  if (zmq_setsockopt(raw_, option, value.data(), value.size()) != 0) {
    fail("option " + std::to_string(option) + " of a socket");
  }
}

int Socket::get_int(int option) const {
  int value = 0;
  std::size_t size = sizeof value;
  while (zmq_getsockopt(raw_, option, &value, &size) != 0) {
    if (zmq_errno() != EINTR) fail("option " + std::to_string(option) + " of a socket");
  }
  return value;
}

std::string Socket::get_text(int option) const {
  std::array<char, 512> text{};
  std::size_t size = text.size();
  if (zmq_getsockopt(raw_, option, text.data(), &size) != 0) {
    fail("option " + std::to_string(option) + " of a socket");
  }
  return text.data();
}

void Socket::bind(const std::string& endpoint) {
  if (zmq_bind(raw_, endpoint.c_str()) != 0) fail(endpoint + " can't be bound");
}

void Socket::connect(const std::string& endpoint) {
  if (zmq_connect(raw_, endpoint.c_str()) != 0) fail(endpoint + " can't be connected to");
}

bool Socket::receive(Frame& frame) {
  while (zmq_msg_recv(frame.raw(), raw_, ZMQ_DONTWAIT) < 0) {
    if (zmq_errno() == EINTR) continue;
    if (zmq_errno() != EAGAIN) fail("a message can't be received");
    // The descriptor tells of changes alone, so none may be left unseen before it is waited for.
    if ((get_int(ZMQ_EVENTS) & ZMQ_POLLIN) == 0) return false;
  }
  return true;
}

std::uint64_t Socket::skip_rest(Frame& frame) {
  std::uint64_t bytes = 0;
  while (frame.more()) {
    check(receive(frame), "a message is there whole");
    bytes += frame.bytes().size();
  }
  return bytes;
}

bool Socket::send(Bytes bytes, bool more) {
  const int flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  while (zmq_send(raw_, bytes.data(), bytes.size(), flags) < 0) {
    if (zmq_errno() == EINTR) continue;
    if (zmq_errno() != EAGAIN && zmq_errno() != EHOSTUNREACH) fail("a message can't be sent");
    return false;
  }
  return true;
}

void Socket::close() noexcept {
  if (raw_ != nullptr) zmq_close(std::exchange(raw_, nullptr));
  context_.reset();
}

}  // namespace ph
