// A small HTTP/1.1 server: for control, health and metrics, over TCP (loopback unless told
// otherwise) and a Unix domain socket; for partners over TLS. Everything happens in the loop's
// thread; a handler may answer later, from any thread.
//
//   http::Server server(loop, {});
//   server.route("GET", "/health", [](const http::Request&) { return text_response(200, "ok\n");
//   }); server.listen_tcp("127.0.0.1", 9100); server.listen_unix("/run/pointhouse/node-P01.sock");
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "platform/http/http.h"
#include "platform/http/tls.h"
#include "platform/sys/loop.h"

namespace ph {
class ConfigSchema;
class Metrics;
}  // namespace ph

namespace ph::http {

class Server {
 public:
  Server(Loop& loop, const Limits& limits);
  // Closes everything at once.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Before listening. `pattern` is an exact path, or ends with one parameter:
  // `/batches/{sequence}`. HEAD is answered from the route of GET.
  void route(std::string method, std::string pattern, Handler handler, RouteOptions options = {});
  template <class Quick>
  requires std::is_invocable_r_v<Response, Quick, const Request&>
  void route(std::string method, std::string pattern, Quick quick, RouteOptions options = {}) {
    route(std::move(method), std::move(pattern),
          Handler([quick = std::move(quick)](const Request& request, const Reply& reply) {
            reply(quick(request));
          }),
          options);
  }
  // Before listening, instead of routes: every request is admitted or refused by its header, and
  // one that was admitted comes to the handler whole.
  void serve(Admit admit, Handler handler);
  // Before listening: what the server's own refusals look like; `refusal` of http.h unless told.
  void refuse_with(Refuse refuse);
  // Counts requests by route, method and status, and their seconds, under names with this
  // beginning. The metrics may be collected in another thread.
  void watch(Metrics& metrics, const std::string& prefix = "pointhouse_http");
  // Names besides the loopback's that a request over TCP may give as its host. On another address
  // than loopback every name is taken until one was allowed.
  void allow_host(std::string name);

  // Port 0: any that is free. Returns the port. Throws std::system_error.
  std::uint16_t listen_tcp(const std::string& address, std::uint16_t port);
  // The same with TLS. Throws what `Tls` throws, too.
  std::uint16_t listen_tls(const std::string& address, std::uint16_t port, const TlsFiles& files);
  // Certificates and keys anew (SIGHUP), for connections from now on. Throws what `Tls` throws;
  // those in force stay then.
  void reload_tls();
  // When the certificate that ends first does, in seconds since 1970; 0 without TLS.
  [[nodiscard]] std::int64_t tls_not_after() const;
  // Makes the socket with mode 0600 in a directory of mode 0700, which is made when it isn't there
  // and refused when others may enter it. Replaces a socket that nobody answers on; throws
  // std::runtime_error when somebody does, std::system_error otherwise.
  void listen_unix(const std::filesystem::path& file);

  // Takes nothing new, closes what is idle, lets what is under way end within its limit, then calls
  // `done` in the loop.
  void stop(std::function<void()> done = {});

  struct Counts {
    std::uint64_t connections{};  // accepted
    std::uint64_t open{};         // now
    std::uint64_t turned_away{};  // as there were too many: with 503, over TLS without a word
    std::uint64_t requests{};     // that reached a handler
    std::uint64_t refused{};      // answered without one
    std::uint64_t timed_out{};    // connections closed because the caller was too slow
  };
  [[nodiscard]] Counts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

struct ServerOptions {
  std::string address{};
  std::uint16_t port{};
  std::filesystem::path socket{};
  std::vector<std::string> hosts{};
};
// The section [http]. `socket` is where the control socket is by default, relative to the file.
void declare_http(ConfigSchema& schema, ServerOptions& options, std::uint16_t port,
                  const std::string& socket);

}  // namespace ph::http
