#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "app/bench/w2.h"
#include "partners/request_signature.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"
#include "platform/http/tls_client.h"

namespace ph::bench {

namespace {

constexpr std::string_view kEnd = "\r\n\r\n";

[[noreturn]] void failed(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// Bytes to the server and from it, without waiting. 0: nothing now. Throws when it is gone; `read`
// says -1 when the server has ended the connection.
class Wire {
 public:
  Wire() = default;
  virtual ~Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ssize_t read(std::span<char> into) = 0;
  virtual std::size_t write(std::string_view bytes) = 0;
  [[nodiscard]] virtual int socket() const = 0;
};

class UnixWire final : public Wire {
 public:
  explicit UnixWire(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
      throw std::runtime_error("the path of the socket is too long: " + path);
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 ||
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::fcntl(socket_, F_SETFL, O_NONBLOCK) != 0) {
      failed(path.c_str());
    }
  }
  ~UnixWire() override { ::close(socket_); }
  UnixWire(const UnixWire&) = delete;
  UnixWire& operator=(const UnixWire&) = delete;

  ssize_t read(std::span<char> into) override {
    const ssize_t got = ::recv(socket_, into.data(), into.size(), 0);
    if (got < 0 && errno != EAGAIN && errno != EINTR) {
      failed("reading from the node");
    }
    return got > 0 ? got : got == 0 ? -1 : 0;
  }
  std::size_t write(std::string_view bytes) override {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      failed("writing to the node");
    }
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  [[nodiscard]] int socket() const override { return socket_; }

 private:
  int socket_{-1};
};

class TlsWire final : public Wire {
 public:
  explicit TlsWire(std::unique_ptr<http::TlsConnection> made) : connection_(std::move(made)) {}

  ssize_t read(std::span<char> into) override {
    const http::IoResult got = connection_->read(into);
    return got.io == http::Io::kDone     ? static_cast<ssize_t>(got.size)
           : got.io == http::Io::kClosed ? -1
                                         : 0;
  }
  std::size_t write(std::string_view bytes) override {
    const http::IoResult sent = connection_->write(bytes);
    if (sent.io == http::Io::kClosed) {
      throw std::runtime_error("the gateway closed the connection");
    }
    return sent.size;
  }
  [[nodiscard]] int socket() const override { return connection_->socket(); }

 private:
  std::unique_ptr<http::TlsConnection> connection_;
};

// What differs between a counter, a partner and a channel.
class Door {
 public:
  Door() = default;
  virtual ~Door() = default;
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;
  [[nodiscard]] virtual std::unique_ptr<Wire> connect() = 0;
  // All of it, to its last byte.
  [[nodiscard]] virtual std::string request(const W2Step& step) = 0;
  // What stands in an answer that is none of a refusal.
  [[nodiscard]] virtual std::string_view sign_of_success() const = 0;
};

// A counter or a partner: holds and captures.
class RedeemingDoor : public Door {
 public:
  std::string request(const W2Step& step) override {
    std::string path = "/v1/holds";
    std::string body =
        R"({"member":")" + step.member + R"(","points":)" + std::to_string(step.points) + "}";
    if (!step.hold.empty()) {
      path += "/" + step.hold + "/captures";
      body = R"({"points":)" + std::to_string(step.points);
      body.append(capture_fields()).append("}");
    }
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
           header(path, step.id, body) + "Idempotency-Key: " + step.id +
           "\r\nContent-Length: " + std::to_string(body.size()) + std::string(kEnd) + body;
  }
  [[nodiscard]] std::string_view sign_of_success() const override { return R"("state":"DONE")"; }

 protected:
  // Of a capture's body, after its points.
  [[nodiscard]] virtual std::string_view capture_fields() const = 0;
  // Lines of the header, each with its end.
  [[nodiscard]] virtual std::string header(const std::string& path, const std::string& id,
                                           const std::string& body) = 0;
};

class Counter final : public RedeemingDoor {
 public:
  explicit Counter(std::string path) : path_(std::move(path)) {}
  std::unique_ptr<Wire> connect() override { return std::make_unique<UnixWire>(path_); }
  [[nodiscard]] std::string_view capture_fields() const override {
    return R"(,"final":true,"form":"OWN_PRODUCT")";
  }
  std::string header(const std::string&, const std::string&, const std::string&) override {
    return {};
  }

 private:
  std::string path_;
};

class Gateway final : public RedeemingDoor {
 public:
  explicit Gateway(const W2Gateway& gateway)
      : gateway_(gateway), client_(gateway.authority), key_(key_of(gateway.key)) {
    (void)std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes as to a pipe.
  }
  std::unique_ptr<Wire> connect() override {
    return std::make_unique<TlsWire>(client_.connect("127.0.0.1", gateway_.port, "localhost"));
  }
  [[nodiscard]] std::string_view capture_fields() const override { return R"(,"final":true)"; }
  std::string header(const std::string& path, const std::string& id,
                     const std::string& body) override {
    SignedParts parts{.method = "POST", .path = path};
    parts.content_digest = content_digest(sha256(as_bytes(body)));
    parts.idempotency_key = id;
    const SignatureHeaders made = sign_parts(parts, key_, gateway_.created, random_nonce());
    return "Content-Digest: " + *parts.content_digest +
           "\r\nSignature-Input: " + made.signature_input + "\r\nSignature: " + made.signature +
           "\r\n";
  }

 private:
  static SecretKey key_of(const std::string& file) {
    auto key = load_secret_key(file);
    if (!key) {
      throw std::runtime_error(key.error());
    }
    return std::move(key).value();
  }

  W2Gateway gateway_;
  http::TlsClient client_;
  SecretKey key_;
};

class MemberDoor final : public Door {
 public:
  MemberDoor(const W2Gateway& service, const std::string& token_file, const std::string& look_up)
      : port_(service.port), client_(service.authority), look_up_(look_up) {
    auto token = read_private_file(token_file);
    if (!token) {
      throw std::runtime_error(token.error());
    }
    token_ = std::move(token).value();
    (void)std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes as to a pipe.
  }
  std::unique_ptr<Wire> connect() override {
    return std::make_unique<TlsWire>(client_.connect("127.0.0.1", port_, "localhost"));
  }
  std::string request(const W2Step& step) override {
    return "GET /v1/members/" + step.member + "/" + look_up_ +
           " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token_ + std::string(kEnd);
  }
  [[nodiscard]] std::string_view sign_of_success() const override { return R"("time":)"; }

 private:
  std::uint16_t port_;
  http::TlsClient client_;
  std::string look_up_;
  std::string token_{};
};

// A client of as few instructions as libpq has: what is measured is who answers.
class HttpCaller final : public W2Caller {
 public:
  explicit HttpCaller(std::shared_ptr<Door> door) : door_(std::move(door)) {
    wire_ = door_->connect();
  }

  void begin(const W2Step& step) override {
    if (closing_) {  // The server ends a connection after so many requests.
      wire_ = door_->connect();
      closing_ = false;
    }
    out_ = door_->request(step);
    in_.clear();
    write();
  }

  bool turn() override {
    write();
    std::array<char, 4096> bytes{};
    while (true) {
      const ssize_t got = wire_->read(bytes);
      if (got < 0) {
        throw std::runtime_error("the server closed the connection: " + in_);
      }
      in_.append(bytes.data(), static_cast<std::size_t>(got));
      if (got == 0 || answered()) {
        return got > 0;
      }
    }
  }

  [[nodiscard]] int socket() const override { return wire_->socket(); }
  [[nodiscard]] bool writes() const override { return !out_.empty(); }

 private:
  void write() {
    while (!out_.empty()) {
      const std::size_t sent = wire_->write(out_);
      if (sent == 0) {
        return;
      }
      out_.erase(0, sent);
    }
  }

  // The value of a header's field, whose name stands as the server writes it.
  [[nodiscard]] static std::string_view field(std::string_view header, std::string_view name) {
    const std::size_t at = header.find(name);
    if (at == std::string_view::npos) {
      return {};
    }
    const std::string_view rest = header.substr(at + name.size());
    return rest.substr(0, rest.find("\r\n"));
  }

  [[nodiscard]] bool answered() {
    const std::size_t end = in_.find(kEnd);
    if (end == std::string::npos) {
      return false;
    }
    const std::string_view header = std::string_view(in_).substr(0, end);
    const std::string_view length = field(header, "\r\nContent-Length: ");
    std::size_t bytes = 0;
    if (std::from_chars(length.data(), length.data() + length.size(), bytes).ec != std::errc{}) {
      throw std::runtime_error("an answer without a length: " + in_);
    }
    if (in_.size() < end + kEnd.size() + bytes) {
      return false;
    }
    if (header.substr(0, 12) != "HTTP/1.1 200" ||
        in_.find(door_->sign_of_success()) == std::string::npos) {
      throw std::runtime_error("the server refuses: " + in_);
    }
    closing_ = field(header, "\r\nConnection: ") == "close";
    return true;
  }

  std::shared_ptr<Door> door_;
  std::unique_ptr<Wire> wire_{};
  bool closing_{false};
  std::string out_{};  // not sent yet
  std::string in_{};
};

}  // namespace

W2CallerMaker counter_callers(const std::string& socket) {
  return [door = std::make_shared<Counter>(socket)] { return std::make_unique<HttpCaller>(door); };
}

W2CallerMaker gateway_callers(const W2Gateway& gateway) {
  return [door = std::make_shared<Gateway>(gateway)] { return std::make_unique<HttpCaller>(door); };
}

W2CallerMaker member_callers(const W2Gateway& service, const std::string& token_file,
                             const std::string& look_up) {
  return [door = std::make_shared<MemberDoor>(service, token_file, look_up)] {
    return std::make_unique<HttpCaller>(door);
  };
}

}  // namespace ph::bench
