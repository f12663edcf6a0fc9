#include "platform/http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <span>
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

constexpr int kBacklog = 1'024;
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
  std::unique_ptr<Tls> tls{};
};

// An open connection, and what its server knows of it.
struct Held {
  std::shared_ptr<Connection> connection{};
  std::list<Connection*>::iterator by_age{};
  std::string address{};
};

// What counts as one caller's address: an IPv4 address, a /64 of IPv6. Empty: none.
std::string address_of(int fd) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  if (::getpeername(fd, static_cast<sockaddr*>(static_cast<void*>(&from)), &size) != 0) return {};
  std::array<char, 16> bytes{};
  if (from.ss_family == AF_INET) {
    const auto* v4 = static_cast<const sockaddr_in*>(static_cast<const void*>(&from));
    std::memcpy(bytes.data(), &v4->sin_addr, 4);
    return {bytes.data(), 4};
  }
  if (from.ss_family != AF_INET6) return {};
  const auto* v6 = static_cast<const sockaddr_in6*>(static_cast<const void*>(&from));
  std::memcpy(bytes.data(), &v6->sin6_addr, 16);
  constexpr std::array<char, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '\xff', '\xff'};
  const bool mapped = std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
  return mapped ? std::string(bytes.data() + 12, 4) : std::string(bytes.data(), 8);
}

constexpr std::size_t kScratchBytes = 16'384;

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

  Decision decide(const Head& head, std::map<std::string, std::string> fields,
                  bool control) override;
  [[nodiscard]] Response refuse(int status, std::string_view what) const override {
    return refusals ? refusals(status, what) : refusal(status, what);
  }
  [[nodiscard]] bool reserve(std::uint64_t bytes) override {
    if (bytes > given_limits.bodies_bytes_max - bodies_bytes) return false;
    bodies_bytes += bytes;
    return true;
  }
  void release(std::uint64_t bytes) override { bodies_bytes -= bytes; }
  [[nodiscard]] std::span<char> scratch() override { return its_scratch; }
  [[nodiscard]] const Limits& limits() const override { return given_limits; }
  [[nodiscard]] bool stopping() const override { return is_stopping; }
  [[nodiscard]] std::shared_ptr<Gate> gate() const override { return its_gate; }
  void count_request() override { ++counts.requests; }
  void count_answer(const std::string& route, const std::string& method, int status,
                    std::chrono::steady_clock::duration time, bool handled) override;
  void count_timeout() override { ++counts.timed_out; }
  void closed(Connection& connection) override;

  void find_route(const Head& head, Decision& decision) const;
  void ask_admission(Decision& decision) const;
  [[nodiscard]] std::uint16_t listen_tcp(const std::string& address, std::uint16_t port,
                                         std::unique_ptr<Tls> tls);
  void listen(int fd, std::unique_ptr<Listener> listener);
  void accept(Listener& listener);
  void take(Socket socket, const Listener& listener);
  [[nodiscard]] bool make_room(bool control, const std::string& address);
  [[nodiscard]] bool host_allowed(const std::string& host) const;
  void stop(std::function<void()> done);
  void stopped();
  void close_all();

  // Read by whoever collects metrics.
  struct AtomicCounts {
    std::atomic<std::uint64_t> connections{};
    std::atomic<std::uint64_t> open{};
    std::atomic<std::uint64_t> turned_away{};
    std::atomic<std::uint64_t> requests{};
    std::atomic<std::uint64_t> refused{};
    std::atomic<std::uint64_t> timed_out{};
  };

  Loop& loop;
  const Limits given_limits;
  std::vector<Route> routes{};
  Admit admit{};
  Handler handler{};
  Refuse refusals{};
  std::vector<std::string> hosts{};
  bool everywhere{};  // listens on an address that isn't the loopback's
  std::vector<std::unique_ptr<Listener>> listeners{};
  std::map<Connection*, Held> connections{};
  std::list<Connection*> by_age{};    // oldest first
  std::array<std::size_t, 2> open{};  // by `control`
  std::map<std::string, std::size_t> by_address{};
  std::vector<char> its_scratch = std::vector<char>(kScratchBytes);
  std::uint64_t bodies_bytes{};
  AtomicCounts counts{};
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

Owner::Decision Server::State::decide(const Head& head, std::map<std::string, std::string> fields,
                                      bool control) {
  Decision decision;
  auto target = parse_target(head.target);
  // A page in somebody's browser may send requests here: under a name of its own, or from itself.
  const bool reads = head.method == "GET" || head.method == "HEAD";
  const bool foreign = !reads && !head.origin.empty() && head.origin != "http://" + head.host &&
                       head.origin != "https://" + head.host;
  if (!target) {
    decision.refused = refuse(400, "the target isn't a path with a query");
  } else if (!control && !host_allowed(head.host)) {
    decision.refused = refuse(421, "this server has another name");
  } else if (foreign) {
    decision.refused = refuse(403, "not from a page of another origin");
  } else {
    const std::size_t mark = head.target.find('?');
    decision.request.method = head.method;
    decision.request.path = std::move(target->path);
    decision.request.query = std::move(target->query);
    decision.request.content_type = head.content_type;
    decision.request.control = control;
    decision.request.fields = std::move(fields);
    if (mark != std::string::npos) decision.request.raw_query = head.target.substr(mark);
    if (admit) {
      ask_admission(decision);
    } else {
      find_route(head, decision);
    }
  }
  return decision;
}

void Server::State::ask_admission(Decision& decision) const {
  Admission admission = admit(decision.request);
  decision.route = std::move(admission.name);
  if (admission.refusal) {
    decision.refused = std::move(*admission.refusal);
    return;
  }
  decision.handler = &handler;
  decision.options = admission.options;
  decision.request.sink = std::move(admission.sink);
  decision.request.context = std::move(admission.context);
  decision.turned_away = std::move(admission.turned_away);
}

void Server::State::find_route(const Head& head, Decision& decision) const {
  const Match match = match_route(routes, head.method, decision.request.path);
  if (match.route == nullptr) {
    decision.refused = match.allowed.empty() ? refuse(404, "there is nothing here")
                                             : refuse(405, "not with this method");
    for (const std::string& method : match.allowed) {
      decision.refused.allow += (decision.refused.allow.empty() ? "" : ", ") + method;
    }
    return;
  }
  decision.route = match.route->pattern;
  if (match.route->pattern.ends_with('}') && !match.parameter) {
    decision.refused = refuse(400, "the last segment has a broken escape");
  } else if (match.route->options.control_only && !decision.request.control) {
    decision.refused = refuse(403, "over the control socket alone");
  } else {
    decision.handler = &match.route->handler;
    decision.options = match.route->options;
    decision.request.parameter = match.parameter.value_or("");
  }
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
        self->take(std::move(socket), listener);
        self->accept(listener);
      });
}

// Closes what has waited longest when there are too many.
bool Server::State::make_room(bool control, const std::string& address) {
  const std::size_t of_address_max = given_limits.address_max;
  const auto same = by_address.find(address);
  if (of_address_max > 0 && !address.empty() && same != by_address.end() &&
      same->second >= of_address_max) {
    return false;  // Whoever has many of them closes one first.
  }
  if (open[control ? 1 : 0] < given_limits.connections_max) return true;
  const auto oldest = std::find_if(by_age.begin(), by_age.end(), [control](const Connection* held) {
    return held->control() == control && held->idle();
  });
  if (oldest == by_age.end()) return false;
  (*oldest)->close();
  return true;
}

void Server::State::take(Socket socket, const Listener& listener) {
  ++counts.connections;
  if (is_stopping) return;
  const bool control = listener.control;
  const int fd = socket.native_handle();
  std::string address = control ? std::string() : address_of(fd);
  if (!make_room(control, address)) {
    ++counts.turned_away;
    static constexpr std::string_view kBusy =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n"
        "Retry-After: 1\r\n\r\n";
    // It fits into the empty buffer of a new socket, or is lost.
    if (!listener.tls) (void)!::send(fd, kBusy.data(), kBusy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  const int on = 1;
  if (!control) (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto stream =
      listener.tls ? listener.tls->accept(std::move(socket)) : plain_stream(std::move(socket));
  const auto connection = std::make_shared<Connection>(std::move(stream), *this, control);
  by_age.push_back(connection.get());
  ++open[control ? 1 : 0];
  ++counts.open;
  if (!address.empty()) ++by_address[address];
  connections.emplace(connection.get(),
                      Held{connection, std::prev(by_age.end()), std::move(address)});
  connection->start();
}

void Server::State::closed(Connection& connection) {
  const auto found = connections.find(&connection);
  if (found == connections.end()) return;
  const Held held = std::move(found->second);
  connections.erase(found);
  by_age.erase(held.by_age);
  --open[connection.control() ? 1 : 0];
  --counts.open;
  const auto same = by_address.find(held.address);
  if (same != by_address.end() && --same->second == 0) by_address.erase(same);
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
  for (const auto& [key, held] : present)
    held.connection->finish();
  if (connections.empty()) {
    stopped();
    return;
  }
  stop_timer.after_ms(given_limits.stop_ms_max, [this] {
    const auto late = connections;
    for (const auto& [key, held] : late)
      held.connection->close();
  });
}

void Server::State::stopped() {
  stop_timer.cancel();
  for (auto& done : std::exchange(on_stopped, {}))
    loop.post(std::move(done));
}

std::uint16_t Server::State::listen_tcp(const std::string& address, std::uint16_t port,
                                        std::unique_ptr<Tls> tls) {
  error_code error;
  const auto numeric = asio::ip::make_address(address, error);
  if (error) {
    throw std::system_error(EINVAL, std::generic_category(), "not an address: " + address);
  }
  const asio::ip::tcp::endpoint at(numeric, port);
  const auto [fd, bound] = listening(at);
  everywhere = everywhere || !numeric.is_loopback();
  auto listener = std::make_unique<Listener>(loop, at.protocol().family(), false);
  listener->tls = std::move(tls);
  listen(fd, std::move(listener));
  return bound;
}

// --- the server
// -----------------------------------------------------------------------------------

Server::Server(Loop& loop, const Limits& limits) : state_(std::make_shared<State>(loop, limits)) {}

Server::~Server() {
  state_->its_gate->close();
  state_->close_all();
  const auto present = std::exchange(state_->connections, {});
  for (const auto& [key, held] : present)
    held.connection->abandon();
}

void Server::route(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  const std::size_t brace = pattern.find('{');
  check(pattern.starts_with('/') && (brace == std::string::npos || pattern[brace - 1] == '/') &&
            (brace == std::string::npos || pattern.find('}') == pattern.size() - 1),
        "a route is a path, with at most one parameter, its last segment");
  state_->routes.push_back({std::move(method), std::move(pattern), std::move(handler), options});
}

void Server::serve(Admit admit, Handler handler) {
  state_->admit = std::move(admit);
  state_->handler = std::move(handler);
}

void Server::refuse_with(Refuse refuse) {
  state_->refusals = std::move(refuse);
}

void Server::watch(Metrics& metrics, const std::string& prefix) {
  state_->requests_total =
      metrics.counters(prefix + "_requests_total", "Requests over HTTP, by route and status.",
                       {"route", "method", "status"});
  state_->request_seconds =
      metrics.histograms(prefix + "_request_seconds", "From a request's first byte to its answer.",
                         {"route"}, latency_bounds());
  const Counter turned_away = metrics.counter(prefix + "_turned_away_total",
                                              "Connections refused, as there were too many.");
  const Counter timed_out = metrics.counter(prefix + "_timed_out_total",
                                            "Connections closed, as the caller was too slow.");
  const Gauge open = metrics.gauge(prefix + "_connections", "Open connections.");
  metrics.on_collect([weak = std::weak_ptr<State>(state_), turned_away, timed_out, open] {
    const auto state = weak.lock();
    if (!state) return;
    turned_away.raise_to(state->counts.turned_away.load());
    timed_out.raise_to(state->counts.timed_out.load());
    open.set(state->counts.open.load());
  });
}

void Server::allow_host(std::string name) {
  state_->hosts.push_back(host_name(name));
}

std::uint16_t Server::listen_tcp(const std::string& address, std::uint16_t port) {
  return state_->listen_tcp(address, port, {});
}

std::uint16_t Server::listen_tls(const std::string& address, std::uint16_t port,
                                 const TlsFiles& files) {
  return state_->listen_tcp(address, port, std::make_unique<Tls>(files));
}

void Server::reload_tls() {
  for (const auto& listener : state_->listeners) {
    if (listener->tls) listener->tls->reload();
  }
}

std::int64_t Server::tls_not_after() const {
  std::int64_t first = 0;
  for (const auto& listener : state_->listeners) {
    if (!listener->tls) continue;
    const std::int64_t ends = listener->tls->not_after();
    first = first == 0 ? ends : std::min(first, ends);
  }
  return first;
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
  const auto& now = state_->counts;
  return {now.connections, now.open, now.turned_away, now.requests, now.refused, now.timed_out};
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
