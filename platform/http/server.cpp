#include "platform/http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <map>
#include <optional>
#include <system_error>

#include "core/types/check.h"
#include "platform/http/connection.h"
#include "platform/http/target.h"
#include "platform/http/unix_socket.h"
#include "platform/sys/config.h"
#include "platform/sys/metrics.h"

namespace ph::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

constexpr int kBacklog = 128;
constexpr std::int64_t kAcceptRetryMs = 100;  // after the system had no descriptor left

// A listening socket, and what belongs to it.
struct Listener {
  Listener(Loop& loop, int family, bool over_unix)
      : acceptor(loop.context()), retry(loop), protocol(family, 0), control(over_unix) {}
  Acceptor acceptor;
  Timer retry;
  asio::generic::stream_protocol protocol;
  bool control;
  std::unique_ptr<UnixListener> file{};
};

// A descriptor bound and listening, and its port.
std::pair<int, std::uint16_t> listening(const asio::ip::tcp::endpoint& at) {
  const int fd = ::socket(at.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  asio::ip::tcp::endpoint bound;
  auto size = static_cast<socklen_t>(bound.capacity());
  if (fd < 0 || ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(fd, at.data(), static_cast<socklen_t>(at.size())) != 0 ||
      ::listen(fd, kBacklog) != 0 || ::getsockname(fd, bound.data(), &size) != 0) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    throw std::system_error(
        error, std::generic_category(),
        "listening on " + at.address().to_string() + " port " + std::to_string(at.port()));
  }
  bound.resize(size);
  return {fd, bound.port()};
}

// Without the port, in small letters.
std::string host_name(std::string_view host) {
  const std::size_t from = host.starts_with('[') ? host.find(']') : 0;
  const std::size_t colon = from == std::string_view::npos ? from : host.find(':', from);
  std::string name(host.substr(0, colon));
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool known_method(std::string_view method) {
  static constexpr std::array<std::string_view, 5> kKnown{"GET", "HEAD", "POST", "PUT", "DELETE"};
  return std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end();
}

}  // namespace

struct Server::State final : Owner, std::enable_shared_from_this<Server::State> {
  State(Loop& its_loop, const Limits& its_limits)
      : loop(its_loop),
        given_limits(its_limits),
        stop_timer(its_loop),
        its_gate(std::make_shared<Gate>(its_loop)) {}

  Decision decide(const Head& head, bool control) override;
  [[nodiscard]] const Limits& limits() const override { return given_limits; }
  [[nodiscard]] bool stopping() const override { return is_stopping; }
  [[nodiscard]] std::shared_ptr<Gate> gate() const override { return its_gate; }
  void count_request() override { ++counts.requests; }
  void count_answer(const std::string& route, const std::string& method, int status,
                    std::chrono::steady_clock::duration time, bool handled) override;
  void count_timeout() override { ++counts.timed_out; }
  void closed(Connection& connection) override;

  void listen(int fd, std::unique_ptr<Listener> listener);
  void accept(Listener& listener);
  void take(Socket socket, bool control);
  [[nodiscard]] bool make_room(bool control);
  [[nodiscard]] bool host_allowed(const std::string& host) const;
  void stop(std::function<void()> done);
  void stopped();
  void close_all();

  Loop& loop;
  const Limits given_limits;
  std::vector<Route> routes{};
  std::vector<std::string> hosts{};
  bool everywhere{};  // listens on an address that isn't the loopback's
  std::vector<std::unique_ptr<Listener>> listeners{};
  std::map<Connection*, std::shared_ptr<Connection>> connections{};
  std::vector<Connection*> by_age{};  // oldest first
  Counts counts{};
  Timer stop_timer;
  std::shared_ptr<Gate> its_gate;
  bool is_stopping{};
  std::vector<std::function<void()>> on_stopped{};
  std::optional<CounterFamily> requests_total{};
  std::optional<HistogramFamily> request_seconds{};
};

// --- requests
// -------------------------------------------------------------------------------------

bool Server::State::host_allowed(const std::string& host) const {
  if (everywhere && hosts.empty()) return true;
  const std::string name = host_name(host);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]" ||
         std::find(hosts.begin(), hosts.end(), name) != hosts.end();
}

Owner::Decision Server::State::decide(const Head& head, bool control) {
  Decision decision;
  const auto refuse = [&decision](int status, std::string_view what) {
    decision.refusal = refusal(status, what);
    return std::move(decision);
  };
  auto target = parse_target(head.target);
  if (!target) return refuse(400, "the target isn't a path with a query");
  // A page in somebody's browser may send requests here: under a name of its own, or from itself.
  if (!control && !host_allowed(head.host)) return refuse(421, "this server has another name");
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (!reads && !head.origin.empty() && head.origin != "http://" + head.host &&
      head.origin != "https://" + head.host) {
    return refuse(403, "not from a page of another origin");
  }
  const Match match = match_route(routes, head.method, target->path);
  if (match.route == nullptr) {
    for (const std::string& method : match.allowed) {
      decision.allow += (decision.allow.empty() ? "" : ", ") + method;
    }
    return match.allowed.empty() ? refuse(404, "there is nothing here")
                                 : refuse(405, "not with this method");
  }
  decision.route = match.route->pattern;
  if (match.route->pattern.ends_with('}') && !match.parameter) {
    return refuse(400, "the last segment has a broken escape");
  }
  if (match.route->options.control_only && !control) {
    return refuse(403, "over the control socket alone");
  }
  decision.handler = &match.route->handler;
  decision.options = match.route->options;
  decision.request = {head.method,
                      target->path,
                      match.parameter.value_or(""),
                      std::move(target->query),
                      head.content_type,
                      {},
                      control};
  return decision;
}

void Server::State::count_answer(const std::string& route, const std::string& method, int status,
                                 std::chrono::steady_clock::duration time, bool handled) {
  if (!handled) ++counts.refused;
  if (!requests_total) return;
  const std::string name = route.empty() ? "none" : route;
  requests_total->with({name, known_method(method) ? method : "other", std::to_string(status)})
      .add();
  if (handled) {
    request_seconds->with({name}).observe(std::chrono::duration<double>(time).count());
  }
}

// --- connections
// ----------------------------------------------------------------------------------

void Server::State::listen(int fd, std::unique_ptr<Listener> listener) {
  listener->acceptor.assign(listener->protocol, fd);
  listeners.push_back(std::move(listener));
  accept(*listeners.back());
}

void Server::State::accept(Listener& listener) {
  if (is_stopping) return;
  listener.acceptor.async_accept(
      [weak = weak_from_this(), &listener](const error_code& error, Socket socket) {
        const auto self = weak.lock();  // The listener is its part.
        if (!self || error == asio::error::operation_aborted) return;
        if (error) {
          listener.retry.after_ms(kAcceptRetryMs,
                                  [state = self.get(), &listener] { state->accept(listener); });
          return;
        }
        self->take(std::move(socket), listener.control);
        self->accept(listener);
      });
}

// Closes what has waited longest when there are too many.
bool Server::State::make_room(bool control) {
  std::size_t same = 0;
  Connection* oldest = nullptr;
  for (Connection* connection : by_age) {
    if (connection->control() != control) continue;
    ++same;
    if (oldest == nullptr && connection->idle()) oldest = connection;
  }
  if (same < given_limits.connections_max) return true;
  if (oldest == nullptr) return false;
  oldest->close();
  return true;
}

void Server::State::take(Socket socket, bool control) {
  ++counts.connections;
  if (is_stopping) return;
  if (!make_room(control)) {
    ++counts.turned_away;
    static constexpr std::string_view kBusy =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n"
        "Retry-After: 1\r\n\r\n";
    // It fits into the empty buffer of a new socket, or is lost.
    (void)!::send(socket.native_handle(), kBusy.data(), kBusy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  if (!control) {
    const int on = 1;
    (void)::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const auto connection = std::make_shared<Connection>(std::move(socket), *this, control);
  connections.emplace(connection.get(), connection);
  by_age.push_back(connection.get());
  connection->start();
}

void Server::State::closed(Connection& connection) {
  std::erase(by_age, &connection);
  connections.erase(&connection);
  if (is_stopping && connections.empty()) stopped();
}

void Server::State::close_all() {
  for (const auto& listener : listeners) {
    error_code ignored;
    listener->acceptor.close(ignored);
    listener->retry.cancel();
    listener->file.reset();
  }
}

void Server::State::stop(std::function<void()> done) {
  if (done) on_stopped.push_back(std::move(done));
  if (std::exchange(is_stopping, true)) {
    if (connections.empty()) stopped();
    return;
  }
  close_all();
  const auto present = connections;  // `finish` takes those that are idle out of it.
  for (const auto& [key, connection] : present)
    connection->finish();
  if (connections.empty()) {
    stopped();
    return;
  }
  stop_timer.after_ms(given_limits.stop_ms_max, [this] {
    const auto late = connections;
    for (const auto& [key, connection] : late)
      connection->close();
  });
}

void Server::State::stopped() {
  stop_timer.cancel();
  for (auto& done : std::exchange(on_stopped, {}))
    loop.post(std::move(done));
}

// --- the server
// -----------------------------------------------------------------------------------

Server::Server(Loop& loop, const Limits& limits) : state_(std::make_shared<State>(loop, limits)) {}

Server::~Server() {
  state_->its_gate->close();
  state_->close_all();
  const auto present = std::exchange(state_->connections, {});
  for (const auto& [key, connection] : present)
    connection->abandon();
}

void Server::route(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  const std::size_t brace = pattern.find('{');
  check(pattern.starts_with('/') && (brace == std::string::npos || pattern[brace - 1] == '/') &&
            (brace == std::string::npos || pattern.find('}') == pattern.size() - 1),
        "a route is a path, with at most one parameter, its last segment");
  state_->routes.push_back({std::move(method), std::move(pattern), std::move(handler), options});
}

void Server::watch(Metrics& metrics) {
  state_->requests_total =
      metrics.counters("pointhouse_http_requests_total", "Requests over HTTP, by route and status.",
                       {"route", "method", "status"});
  state_->request_seconds =
      metrics.histograms("pointhouse_http_request_seconds",
                         "From a request's first byte to its answer.", {"route"}, latency_bounds());
  const Counter turned_away = metrics.counter("pointhouse_http_turned_away_total",
                                              "Connections refused, as there were too many.");
  const Counter timed_out = metrics.counter("pointhouse_http_timed_out_total",
                                            "Connections closed, as the caller was too slow.");
  const Gauge open = metrics.gauge("pointhouse_http_connections", "Open connections.");
  metrics.on_collect([weak = std::weak_ptr<State>(state_), turned_away, timed_out, open] {
    const auto state = weak.lock();
    if (!state) return;
    turned_away.raise_to(state->counts.turned_away);
    timed_out.raise_to(state->counts.timed_out);
    open.set(state->connections.size());
  });
}

void Server::allow_host(std::string name) {
  state_->hosts.push_back(host_name(name));
}

std::uint16_t Server::listen_tcp(const std::string& address, std::uint16_t port) {
  error_code error;
  const auto numeric = asio::ip::make_address(address, error);
  if (error) {
    throw std::system_error(EINVAL, std::generic_category(), "not an address: " + address);
  }
  const asio::ip::tcp::endpoint at(numeric, port);
  const auto [fd, bound] = listening(at);
  state_->everywhere = state_->everywhere || !numeric.is_loopback();
  state_->listen(fd, std::make_unique<Listener>(state_->loop, at.protocol().family(), false));
  return bound;
}

void Server::listen_unix(const std::filesystem::path& file) {
  auto listener = std::make_unique<Listener>(state_->loop, AF_UNIX, true);
  listener->file = std::make_unique<UnixListener>(file);
  const int fd = listener->file->release();
  state_->listen(fd, std::move(listener));
}

void Server::stop(std::function<void()> done) {
  state_->stop(std::move(done));
}

Server::Counts Server::counts() const {
  Counts counts = state_->counts;
  counts.open = state_->connections.size();
  return counts;
}

void declare_http(ConfigSchema& schema, ServerOptions& options, std::uint16_t port,
                  const std::string& socket) {
  schema.section("http", "Health, metrics and control.");
  schema.text("address", &options.address, "127.0.0.1",
              "Where health and metrics are answered over TCP. Keep it on the loopback unless "
              "something in front of it says who may ask; empty: not at all.");
  schema.integer("port", &options.port, port, 1, 65'535, "The TCP port.");
  schema.texts("hosts", &options.hosts, {},
               "Names besides the loopback's under which it may be asked.");
  schema.path("socket", &options.socket, socket,
              "The control socket, for the commands of this executable. Its folder is made with "
              "mode 0700.");
}

}  // namespace ph::http
