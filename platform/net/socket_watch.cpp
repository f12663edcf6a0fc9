#include "platform/net/socket_watch.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace ph {

namespace asio = boost::asio;

namespace {

constexpr auto kTick = std::chrono::milliseconds(50);

}  // namespace

SocketWatch::SocketWatch(asio::io_context& io, const Socket& socket, Drain drain)
    : io_(io), descriptor_(io, socket.get_int(ZMQ_FD)), timer_(io), drain_(std::move(drain)) {}

void SocketWatch::start() {
  tick();
  soon();
}

void SocketWatch::soon() {
  if (posted_ || draining_ || closed_) return;
  posted_ = true;
  asio::post(io_, [self = shared_from_this()] {
    self->posted_ = false;
    self->turn();
  });
}

void SocketWatch::close() {
  if (closed_) return;
  closed_ = true;
  timer_.cancel();
  // The descriptor is ZeroMQ's: it is let go, never closed.
  descriptor_.release();
}

void SocketWatch::turn() {
  if (closed_ || draining_) return;
  struct Flag {
    explicit Flag(bool& flag) : flag_(flag) { flag_ = true; }
    ~Flag() { flag_ = false; }
    bool& flag_;
  };
  bool more = false;
  {
    const Flag flag(draining_);
    more = drain_();
  }
  if (more) {
    soon();
  } else if (!closed_) {
    wait();
  }
}

void SocketWatch::wait() {
  if (waiting_) return;
  waiting_ = true;
  descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                           self->waiting_ = false;
                           if (!error) self->turn();
                         });
}

void SocketWatch::tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error || self->closed_) return;
    self->tick();
    self->turn();
  });
}

}  // namespace ph
