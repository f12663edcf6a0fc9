#include "platform/http/tls.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/types/check.h"
#include "platform/crypto/key_files.h"

namespace ph::http {

namespace {

// Of TLS 1.2; all that TLS 1.3 has are of this kind.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::string_view kAlpn = "\x08http/1.1";

// What OpenSSL says last went wrong.
std::string why() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "not what was expected" : reason;
}

// --- a socket as OpenSSL sees it: its own one would raise SIGPIPE
// ------------------------------------

int fd_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

bool later() {
  return errno == EAGAIN || errno == EINTR;
}

int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      ::send(fd_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && later()) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(fd_of(bio), data, static_cast<std::size_t>(size), MSG_DONTWAIT);
  if (got < 0 && later()) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* bio_method() {
  static const BIO_METHOD* const kMade = [] {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    check(method != nullptr && BIO_meth_set_write(method, bio_write) == 1 &&
              BIO_meth_set_read(method, bio_read) == 1 &&
              BIO_meth_set_ctrl(method, bio_control) == 1,
          "OpenSSL takes a kind of socket");
    return method;
  }();
  return kMade;
}

// --- settings
// -------------------------------------------------------------------------------------

// HTTP/1.1 for who asks for something; who asks for other things alone gets none.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                    unsigned int in_size, void*) {
  unsigned char* chosen = nullptr;
  const auto* ours = reinterpret_cast<const unsigned char*>(kAlpn.data());
  const int found = SSL_select_next_proto(&chosen, size, ours,
                                          static_cast<unsigned int>(kAlpn.size()), in, in_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Nobody is there to be asked.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> settings() {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_server_method()),
                                                       SSL_CTX_free);
  SSL_CTX* made = context.get();
  check(made != nullptr && SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION) == 1 &&
            SSL_CTX_set_cipher_list(made, kCiphers) == 1,
        "OpenSSL knows these settings");
  SSL_CTX_set_options(
      made, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection gives its buffers back; a write may end early and go on elsewhere.
  SSL_CTX_set_mode(made, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                             SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);  // Tickets: the caller keeps them.
  SSL_CTX_set_num_tickets(made, 1);
  SSL_CTX_set_alpn_select_cb(made, choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(made, no_passphrase);
  return context;
}

void use_key(SSL_CTX* context, const std::filesystem::path& file) {
  auto contents = read_private_file(file);
  if (!contents) throw std::runtime_error(contents.error());
  std::string text = std::move(contents).value();
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  OPENSSL_cleanse(text.data(), text.size());
  if (!key) {
    throw std::runtime_error(file.string() +
                             " isn't a private key in PEM without a passphrase: " + why());
  }
  // A key of another type has a place of its own: it is taken, and has no certificate.
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    throw std::runtime_error(file.string() + " isn't the key of the certificate: " + why());
  }
}

std::int64_t end_of(SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm time{};
  check(certificate != nullptr && ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1,
        "a certificate that was taken has an end");
  return std::int64_t{::timegm(&time)};
}

class TlsStream final : public Stream {
 public:
  TlsStream(Socket socket, SSL_CTX* context)
      : Stream(std::move(socket)), ssl_(SSL_new(context), SSL_free) {
    check(ssl_ != nullptr, "memory for a connection");
    BIO* bio = BIO_new(bio_method());
    check(bio != nullptr, "memory for a connection");
    BIO_set_data(
        bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(this->socket().native_handle())));
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);  // Owns it now.
    SSL_set_accept_state(ssl_.get());
  }

  IoResult handshake() override {
    ERR_clear_error();
    return of(SSL_do_handshake(ssl_.get()), 0);
  }
  IoResult read(std::span<char> into) override {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
    return of(result, size);
  }
  IoResult write(std::string_view bytes) override {
    ERR_clear_error();
    std::size_t size = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
    return of(result, size);
  }
  IoResult shut() override {
    if (broken_ || SSL_in_init(ssl_.get()) != 0) return {Io::kClosed, 0};
    ERR_clear_error();
    const int sent = SSL_shutdown(ssl_.get());
    if (sent < 0) {
      const IoResult result = of(sent, 0);
      if (result.io != Io::kClosed) return result;
    }
    return {::shutdown(socket().native_handle(), SHUT_WR) == 0 ? Io::kDone : Io::kClosed, 0};
  }

 private:
  IoResult of(int result, std::size_t size) {
    if (result > 0) return {Io::kDone, size};
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return {Io::kWaitRead, 0};
      case SSL_ERROR_WANT_WRITE:
        return {Io::kWaitWrite, 0};
      case SSL_ERROR_ZERO_RETURN:
        return {Io::kClosed, 0};
      default:
        broken_ = true;
        ERR_clear_error();
        return {Io::kClosed, 0};
    }
  }

  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  bool broken_{};
};

}  // namespace

struct Tls::State {
  explicit State(const TlsFiles& files) : context(settings()) {
    const std::string certificate = files.certificate.string();
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
      throw std::runtime_error(certificate + " isn't a certificate in PEM: " + why());
    }
    use_key(context.get(), files.key);
    not_after = end_of(context.get());
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context;
  std::int64_t not_after{};
};

Tls::Tls(TlsFiles files) : files_(std::move(files)), state_(std::make_shared<State>(files_)) {}

Tls::~Tls() = default;

void Tls::reload() {
  state_ = std::make_shared<State>(files_);
}

std::int64_t Tls::not_after() const {
  return state_->not_after;
}

// A connection keeps the settings it began with: OpenSSL counts who uses them.
std::unique_ptr<Stream> Tls::accept(Socket socket) const {
  return std::make_unique<TlsStream>(std::move(socket), state_->context.get());
}

}  // namespace ph::http
