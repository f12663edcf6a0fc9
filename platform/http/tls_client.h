// The calling end of TLS, for who drives many connections at a time: connecting waits, reading and
// writing don't. The server's certificate has to be signed by the authority that is given.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "platform/http/stream.h"

namespace ph::http {

class TlsConnection {
 public:
  // Both as a Stream's (stream.h).
  [[nodiscard]] IoResult read(std::span<char> into);
  [[nodiscard]] IoResult write(std::string_view bytes);
  [[nodiscard]] int socket() const;

  struct State;
  explicit TlsConnection(std::unique_ptr<State> state);
  ~TlsConnection();
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

 private:
  std::unique_ptr<State> state_;
};

class TlsClient {
 public:
  // `authority`: certificates in PEM. Throws std::runtime_error when it holds none.
  explicit TlsClient(const std::filesystem::path& authority);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Connected, the server's name checked. Waits for it. Throws std::system_error when nobody can be
  // reached, std::runtime_error when it isn't whom it should be.
  [[nodiscard]] std::unique_ptr<TlsConnection> connect(const std::string& address,
                                                       std::uint16_t port,
                                                       const std::string& name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ph::http
