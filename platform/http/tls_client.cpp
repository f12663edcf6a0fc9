#include "platform/http/tls_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "core/types/check.h"

namespace ph::http {

namespace {

[[nodiscard]] std::string openssl_says() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "the connection ended" : reason;
}

// A connected socket, closed unless it is released.
class Descriptor {
 public:
  Descriptor(const std::string& address, std::uint16_t port)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (fd_ < 0 || ::inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) fail(EINVAL, address);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&to));
    if (::connect(fd_, generic, sizeof to) != 0) fail(errno, address);
    const int on = 1;
    (void)::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }

 private:
  [[noreturn]] void fail(int error, const std::string& address) {
    ::close(fd_);
    fd_ = -1;
    throw std::system_error(error, std::generic_category(), "connecting to " + address);
  }
  int fd_;
};

}  // namespace

struct TlsConnection::State {
  State(const std::string& address, std::uint16_t port, SSL_CTX* context)
      : socket(address, port), ssl(SSL_new(context), SSL_free) {
    check(ssl != nullptr && SSL_set_fd(ssl.get(), socket.get()) == 1, "memory for a connection");
  }

  IoResult of(int result, std::size_t size) {
    if (result > 0) return {Io::kDone, size};
    switch (SSL_get_error(ssl.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {Io::kWaitRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return {Io::kWaitWrite, 0};
      default:
        ERR_clear_error();
        return {Io::kClosed, 0};
    }
  }

  Descriptor socket;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl;
};

TlsConnection::TlsConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsConnection::~TlsConnection() = default;

IoResult TlsConnection::read(std::span<char> into) {
  ERR_clear_error();
  std::size_t size = 0;
  const int result = SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &size);
  return state_->of(result, size);
}

IoResult TlsConnection::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t size = 0;
  const int result = SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &size);
  return state_->of(result, size);
}

int TlsConnection::socket() const {
  return state_->socket.get();
}

struct TlsClient::State {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{SSL_CTX_new(TLS_client_method()),
                                                       SSL_CTX_free};
};

TlsClient::TlsClient(const std::filesystem::path& authority) : state_(std::make_unique<State>()) {
  SSL_CTX* context = state_->context.get();
  check(context != nullptr && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1,
        "OpenSSL knows these settings");
  if (SSL_CTX_load_verify_locations(context, authority.c_str(), nullptr) != 1) {
    throw std::runtime_error(authority.string() +
                             " holds no certificate in PEM: " + openssl_says());
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

TlsClient::~TlsClient() = default;

std::unique_ptr<TlsConnection> TlsClient::connect(const std::string& address, std::uint16_t port,
                                                  const std::string& name) const {
  auto made = std::make_unique<TlsConnection::State>(address, port, state_->context.get());
  SSL* ssl = made->ssl.get();
  ERR_clear_error();
  std::string told = name;  // The macro of this call casts in the old way.
  check(
      SSL_set1_host(ssl, name.c_str()) == 1 &&
          SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, told.data()) == 1,
      "memory for a name");
  if (SSL_connect(ssl) != 1) {
    throw std::runtime_error("no TLS with " + name + " at " + address + ":" + std::to_string(port) +
                             ": " + openssl_says());
  }
  if (::fcntl(made->socket.get(), F_SETFL, O_NONBLOCK) != 0) {
    throw std::system_error(errno, std::generic_category(), "a socket that doesn't wait");
  }
  return std::make_unique<TlsConnection>(std::move(made));
}

}  // namespace ph::http
