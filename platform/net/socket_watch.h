// Brings a ZeroMQ socket to an io_context: calls `drain` in its thread whenever there may be
// something to receive. The descriptor that ZeroMQ offers tells of changes alone, and any call of
// the socket may use one up: hence a look before each wait and after each send, and a slow timer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "platform/net/socket.h"

namespace ph {

class SocketWatch : public std::enable_shared_from_this<SocketWatch> {
 public:
  // Receives until nothing is left, or as much as one turn may. True: there may be more.
  using Drain = std::function<bool()>;

  SocketWatch(boost::asio::io_context& io, const Socket& socket, Drain drain);
  ~SocketWatch() { close(); }
  SocketWatch(const SocketWatch&) = delete;
  SocketWatch& operator=(const SocketWatch&) = delete;

  void start();
  // Looks again, later: after a send, which may have used up the descriptor's word.
  void soon();
  // Before the socket is closed; nothing is called afterwards.
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  void turn();
  void wait();
  void tick();

  boost::asio::io_context& io_;
  boost::asio::posix::stream_descriptor descriptor_;
  boost::asio::steady_timer timer_;
  Drain drain_;
  bool draining_{false};
  bool posted_{false};
  bool waiting_{false};
  bool closed_{false};
};

}  // namespace ph
