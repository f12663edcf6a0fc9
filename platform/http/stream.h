// Bytes to and from one caller, without waiting: over a plain socket, or over TLS on one (tls.h).
// Who has a stream waits on its socket when it is told to.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace ph::http {

using Socket = boost::asio::generic::stream_protocol::socket;

enum class Io : std::uint8_t {
  kDone,
  kWaitRead,   // call again, with the same, once the socket can be read
  kWaitWrite,  // ... can be written
  kClosed,     // the caller has closed, or the stream is broken
};
struct IoResult {
  Io io{};
  std::size_t size{};  // kDone: bytes, 1 at least
};

class Stream {
 public:
  explicit Stream(Socket socket) : socket_(std::move(socket)) {}
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Before anything else.
  [[nodiscard]] virtual IoResult handshake() = 0;
  [[nodiscard]] virtual IoResult read(std::span<char> into) = 0;
  [[nodiscard]] virtual IoResult write(std::string_view bytes) = 0;
  // Nothing more will be written; what comes may still be read.
  [[nodiscard]] virtual IoResult shut() = 0;

  [[nodiscard]] Socket& socket() { return socket_; }

 private:
  Socket socket_;
};

[[nodiscard]] std::unique_ptr<Stream> plain_stream(Socket socket);

}  // namespace ph::http
