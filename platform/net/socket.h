// ZeroMQ's sockets and messages as things with an end; for this folder alone.
#pragma once

#include <zmq.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/types/digest.h"
#include "platform/net/peer_context.h"

namespace ph {

// Of any message (docs/wire.md, section 1); the socket disconnects who sends a longer one.
inline constexpr std::int64_t kMessageBytesMax = 2 << 20;
// What CURVE adds to a frame; ZeroMQ's limit counts it.
inline constexpr std::int64_t kCurveBytes = 33;

class PeerContext {
 public:
  PeerContext();
  // Waits for ZeroMQ's threads: all sockets are closed by then, none lingers.
  ~PeerContext();
  PeerContext(const PeerContext&) = delete;
  PeerContext& operator=(const PeerContext&) = delete;

  [[nodiscard]] void* raw() const { return raw_; }
  [[nodiscard]] std::uint64_t next_number() { return ++number_; }

 private:
  static constexpr int kSocketsMax = 512;
  void* raw_;
  std::atomic<std::uint64_t> number_{0};
};

// One frame of a message.
class Frame {
 public:
  Frame() { zmq_msg_init(&raw_); }
  ~Frame() { zmq_msg_close(&raw_); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

  [[nodiscard]] zmq_msg_t* raw() { return &raw_; }
  [[nodiscard]] Bytes bytes() {
    return {static_cast<const std::byte*>(zmq_msg_data(&raw_)), zmq_msg_size(&raw_)};
  }
  [[nodiscard]] std::string_view text() {
    return {static_cast<const char*>(zmq_msg_data(&raw_)), zmq_msg_size(&raw_)};
  }
  [[nodiscard]] bool more() { return zmq_msg_more(&raw_) != 0; }
  // What the connection that brought it has under this name; empty when nothing.
  [[nodiscard]] std::string_view property(const char* name) {
    const char* value = zmq_msg_gets(&raw_, name);
    return value == nullptr ? std::string_view() : std::string_view(value);
  }

 private:
  zmq_msg_t raw_{};
};

// Doesn't linger: what is queued when it closes is lost. All but a Result of `send` and `receive`
// throws std::runtime_error.
class Socket {
 public:
  Socket() = default;
  Socket(std::shared_ptr<PeerContext> context, int type);
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { close(); }

  [[nodiscard]] bool open() const { return raw_ != nullptr; }
  [[nodiscard]] void* raw() const { return raw_; }
  [[nodiscard]] const std::shared_ptr<PeerContext>& context() const { return context_; }

  void set(int option, int value);
  void set(int option, std::int64_t value);
  void set(int option, std::string_view value);
  void set(int option, Bytes value);
  [[nodiscard]] int get_int(int option) const;
  [[nodiscard]] std::string get_text(int option) const;

  void bind(const std::string& endpoint);
  void connect(const std::string& endpoint);

  // The next frame; false when there is none now, and the descriptor will tell of the next.
  [[nodiscard]] bool receive(Frame& frame);
  // The frames of this message that are left, without a look at them. Returns their bytes.
  std::uint64_t skip_rest(Frame& frame);
  // False when the peer is gone or its queue is full.
  [[nodiscard]] bool send(Bytes bytes, bool more = false);

  void close() noexcept;

 private:
  std::shared_ptr<PeerContext> context_;
  void* raw_{nullptr};
};

[[nodiscard]] std::string zmq_reason();  // Of the last call that failed.

}  // namespace ph
