// A server with TLS in a thread of its own, certificates made on the spot, and callers that do what
// they like: for the tests of TLS and of the partners' gate.
#pragma once

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "platform/http/server.h"
#include "tests/contract/http_fixture.h"

namespace ph::http::test {

// A self-signed certificate for `name` and its key, in PEM; of RSA or on a curve.
inline void make_certificate(const TlsFiles& files, const std::string& name, bool rsa = false) {
  std::string curve = "P-256";
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})
          : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data()),
      EVP_PKEY_free);
  const std::unique_ptr<X509, void (*)(X509*)> made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  ASSERT_GT(X509_sign(made.get(), key.get(), EVP_sha256()), 0);
  const auto write = [](const fs::path& file, mode_t mode, auto put) {
    FILE* out = std::fopen(file.c_str(), "w");
    ASSERT_NE(out, nullptr);
    EXPECT_EQ(put(out), 1);
    std::fclose(out);
    ::chmod(file.c_str(), mode);
  };
  write(files.certificate, 0644, [&](FILE* out) { return PEM_write_X509(out, made.get()); });
  write(files.key, 0600, [&](FILE* out) {
    return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

struct CallerOptions {
  int version_min{TLS1_2_VERSION};
  int version_max{TLS1_3_VERSION};
  std::string ciphers{};  // of TLS 1.2
  std::string alpn{};     // with its lengths
};

// A caller over TLS. What it waits for ends in time.
class TlsCaller {
 public:
  explicit TlsCaller(std::uint16_t port, const CallerOptions& options = {})
      : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        ssl_(nullptr, SSL_free),
        fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    const timeval wait{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (::connect(fd_, generic, sizeof address) != 0) return;
    SSL_CTX_set_min_proto_version(context_.get(), options.version_min);
    SSL_CTX_set_max_proto_version(context_.get(), options.version_max);
    SSL_CTX_set_security_level(context_.get(), 0);  // It asks for what it shouldn't get.
    SSL_CTX_set_mode(context_.get(), SSL_MODE_AUTO_RETRY);
    if (!options.ciphers.empty()) {
      EXPECT_EQ(SSL_CTX_set_cipher_list(context_.get(), options.ciphers.c_str()), 1);
    }
    ssl_.reset(SSL_new(context_.get()));
    if (!options.alpn.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                          static_cast<unsigned int>(options.alpn.size()));
    }
    SSL_set_fd(ssl_.get(), fd_);
    ERR_clear_error();
    open_ = SSL_connect(ssl_.get()) == 1;
  }
  ~TlsCaller() {
    ssl_.reset();
    if (fd_ >= 0) ::close(fd_);
  }
  TlsCaller(const TlsCaller&) = delete;
  TlsCaller& operator=(const TlsCaller&) = delete;

  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
  [[nodiscard]] int fd() const { return fd_; }
  // Gives the connection's descriptor away, as it is: it stays open, without a word.
  [[nodiscard]] int release() {
    SSL_set_quiet_shutdown(ssl_.get(), 1);
    BIO_set_close(SSL_get_rbio(ssl_.get()), BIO_NOCLOSE);
    ssl_.reset();
    return std::exchange(fd_, -1);
  }
  [[nodiscard]] std::string peer_name() const {
    const std::unique_ptr<X509, void (*)(X509*)> peer(SSL_get1_peer_certificate(ssl_.get()),
                                                      X509_free);
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(),
                              name.size());
    return name.data();
  }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      ERR_clear_error();
      std::size_t sent = 0;
      const std::string_view part = bytes.substr(0, 16'384);
      if (SSL_write_ex(ssl_.get(), part.data(), part.size(), &sent) != 1) return false;
      bytes.remove_prefix(sent);
    }
    return true;
  }
  // What comes until `end` is in it, or the server closes.
  std::string read(const std::string& end = "") {
    std::string text;
    std::array<char, 16'384> buffer{};
    while (end.empty() || text.find(end) == std::string::npos) {
      ERR_clear_error();
      std::size_t size = 0;
      if (SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size) != 1) {
        closed_ = true;
        clean_ = SSL_get_error(ssl_.get(), 0) == SSL_ERROR_ZERO_RETURN;
        return text;
      }
      text.append(buffer.data(), size);
    }
    return text;
  }
  std::string ask(std::string_view bytes, const std::string& end = "") {
    return send(bytes) ? read(end) : std::string("not sent");
  }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] bool clean() const { return clean_; }  // with a word that it was the end

 private:
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  int fd_;
  bool open_{};
  bool closed_{};
  bool clean_{};
};

inline int status_of(const std::string& answer) {
  return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
}

// The same server as `Http` has, over TLS.
class TlsHttp : public Http {
 protected:
  TlsHttp() {
    limits_.body_ms_max = 10'000;
    limits_.write_ms_max = 10'000;
    limits_.header_ms_max = 10'000;
    files_ = {directory_ / "server.crt", directory_ / "server.key"};
    make_certificate(files_, "first");
    ::signal(SIGPIPE, SIG_DFL);  // The server may not raise it; its callers do.
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
  }
  ~TlsHttp() override {
    const timespec none{};
    while (::sigtimedwait(&pipe_, nullptr, &none) > 0) {
    }
    ::pthread_sigmask(SIG_UNBLOCK, &pipe_, nullptr);
  }
  void start_tls(const std::function<void(Server&)>& more = {}) {
    start([&](Server& server) {
      server.route("POST", "/sum",
                   [](const Request& request) {
                     return text_response(200, std::to_string(request.body.size()));
                   },
                   {.body_bytes_max = 1U << 20U});
      if (more) more(server);
      tls_port_ = server.listen_tls("127.0.0.1", 0, files_);
    });
    ::pthread_sigmask(SIG_BLOCK, &pipe_, nullptr);  // Of this thread, not of the server's.
  }

  TlsFiles files_{};
  std::uint16_t tls_port_{};
  sigset_t pipe_{};
};

}  // namespace ph::http::test
