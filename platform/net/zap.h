// Says who may connect (ZeroMQ's RFC 27, ZAP): asked by the sockets of the same context in each
// handshake, before a peer is heard. CURVE without it lets in everybody.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/crypto/keys.h"
#include "platform/net/socket.h"
#include "platform/net/socket_watch.h"

namespace ph {

inline constexpr std::string_view kZapDomain = "pointhouse";

// Who a connection is, as its messages carry it: participant and key, for two keys may be of one
// participant.
struct PeerName {
  std::string participant;
  PublicKey key{};
};

[[nodiscard]] std::string user_id(const PeerName& name);
[[nodiscard]] std::optional<PeerName> parse_user_id(std::string_view text);

class ZapHandler {
 public:
  // The participant of a key; nullopt: refused.
  using Judge = std::function<std::optional<std::string>(const PublicKey&)>;

  // Throws std::runtime_error when another handler is bound in this context.
  ZapHandler(boost::asio::io_context& io, std::shared_ptr<PeerContext> context, Judge judge);
  ~ZapHandler();
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

 private:
  struct Request;
  bool drain();
  void answer(const Request& request);

  Judge judge_;
  Socket socket_;
  std::shared_ptr<SocketWatch> watch_;
};

}  // namespace ph
