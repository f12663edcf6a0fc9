#include "platform/net/zap.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "core/types/check.h"

namespace ph {

namespace {

constexpr const char* kZapAddress = "inproc://zeromq.zap.01";
constexpr std::string_view kZapVersion = "1.0";
constexpr int kTurnRequests = 16;
// Version, request, domain, address, routing id, mechanism, then credentials: with CURVE, the key.
constexpr std::size_t kFields = 7;

Socket zap_socket(std::shared_ptr<PeerContext> context) {
  Socket socket(std::move(context), ZMQ_REP);
  try {
    socket.bind(kZapAddress);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(
        "keys of peers can't be judged, so no peer may connect (another server in this "
        "context?): " +
        std::string(error.what()));
  }
  return socket;
}

}  // namespace

std::string user_id(const PeerName& name) {
  return name.participant + "/" + key_text(name.key);
}

std::optional<PeerName> parse_user_id(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto key = parse_key(text.substr(slash + 1));
  if (!key) return std::nullopt;
  return PeerName{std::string(text.substr(0, slash)), *key};
}

struct ZapHandler::Request {
  std::array<std::string, kFields> fields;
  bool whole{false};
  [[nodiscard]] std::optional<PublicKey> key() const {
    PublicKey key{};
    if (!whole || fields[0] != kZapVersion || fields[2] != kZapDomain || fields[5] != "CURVE" ||
        fields[6].size() != key.size()) {
      return std::nullopt;
    }
    std::ranges::copy(as_bytes(fields[6]), key.begin());
    return key;
  }
};

ZapHandler::ZapHandler(boost::asio::io_context& io, std::shared_ptr<PeerContext> context,
                       Judge judge)
    : judge_(std::move(judge)),
      socket_(zap_socket(std::move(context))),
      watch_(std::make_shared<SocketWatch>(io, socket_, [this] { return drain(); })) {
  watch_->start();
}

ZapHandler::~ZapHandler() {
  watch_->close();
}

bool ZapHandler::drain() {
  for (int n = 0; n < kTurnRequests; ++n) {
    Frame frame;
    if (!socket_.receive(frame)) return false;
    Request request;
    std::size_t count = 0;
    request.fields[count++] = frame.text();
    while (frame.more()) {
      check(socket_.receive(frame), "a request is there whole");
      if (count < kFields) request.fields[count] = frame.text();
      ++count;
    }
    request.whole = count == kFields;
    answer(request);
  }
  return true;
}

void ZapHandler::answer(const Request& request) {
  const auto key = request.key();
  const auto participant = key ? judge_(*key) : std::nullopt;
  const std::string who = participant ? user_id({*participant, *key}) : std::string();
  const std::array<std::string_view, 6> reply{
      kZapVersion,
      request.fields[1],
      participant ? "200" : "400",
      participant ? "OK" : "This key isn't registered, or not valid today",
      who,
      ""};
  for (std::size_t i = 0; i < reply.size(); ++i) {
    // Refused alone when who asked is gone: then nobody waits.
    static_cast<void>(socket_.send(as_bytes(reply[i]), i + 1 < reply.size()));
  }
}

}  // namespace ph
