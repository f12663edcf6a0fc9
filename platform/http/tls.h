// TLS for the server: 1.3, and 1.2 with ECDHE and an authenticated cipher alone; the certificate
// and its key come from files and can be read anew. OpenSSL stays behind this file. An idle
// connection keeps no buffers: some kilobytes each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "platform/http/stream.h"

namespace ph::http {

struct TlsFiles {
  std::filesystem::path certificate{};  // PEM: the server's, then those that signed it
  std::filesystem::path key{};          // PEM, without a passphrase; for its owner's eyes alone
};

class Tls {
 public:
  // Throws std::runtime_error that says what to do: a file isn't what it should be, the key isn't
  // the certificate's, or others may read it; std::system_error when it can't be read.
  explicit Tls(TlsFiles files);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // Reads both files anew, for connections from now on. Throws as above; what is in force stays.
  void reload();
  // Seconds since 1970 at which the certificate ends.
  [[nodiscard]] std::int64_t not_after() const;

  [[nodiscard]] std::unique_ptr<Stream> accept(Socket socket) const;

 private:
  struct State;
  TlsFiles files_;
  std::shared_ptr<const State> state_;
};

}  // namespace ph::http
