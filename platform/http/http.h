// What a request and an answer are, and how a handler gives one. HTTP/1.1 for control, health and
// metrics of a process, and for partners; the server is in server.h, the client in client.h.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ph::http {

struct Response;

// Where a body goes that is not kept in memory.
class BodySink {
 public:
  BodySink() = default;
  virtual ~BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  // The body's next part; an answer ends the request.
  [[nodiscard]] virtual std::optional<Response> take(std::string_view part) = 0;
};

struct Request {
  std::string method{};                        // GET, POST, ...
  std::string path{};                          // as it came, without the query
  std::string parameter{};                     // the last segment of a route `/x/{name}`, decoded
  std::map<std::string, std::string> query{};  // decoded; a name stands once
  std::string content_type{};
  std::string body{};
  bool control{};  // over the Unix socket: from the process's own user, or root
  // Names in small letters; a field that came several times has all its values, joined by `, `.
  std::map<std::string, std::string> fields{};
  std::optional<std::string> raw_query{};  // as it came, with its `?`
  // Of an admission:
  std::shared_ptr<BodySink> sink{};  // has the body
  std::any context{};
};

struct Response {
  int status{200};
  std::string content_type{"application/json"};
  std::string body{};
  int retry_after_seconds{};   // 0: not said
  std::string allow{};         // value of an Allow header; empty: none
  std::string authenticate{};  // of WWW-Authenticate, with 401; empty: none
};

// `{"error": what}` with a status.
[[nodiscard]] Response refusal(int status, std::string_view what);
[[nodiscard]] Response text_response(int status, std::string text);

// The way to answer one request: once, at once or later, from any thread. Further answers are
// dropped, as is one whose caller or server is gone. When the last copy goes without an answer, the
// caller gets 500.
class Reply {
 public:
  using Send = std::function<void(Response)>;
  explicit Reply(Send send);
  void operator()(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// Called in the loop's thread. An exception goes through the loop and ends the process, like any
// other failure of the world: faults of the request are answered, never thrown.
using Handler = std::function<void(const Request&, Reply)>;
using QuickHandler = std::function<Response(const Request&)>;

struct RouteOptions {
  std::uint64_t body_bytes_max{1U << 20U};
  std::int64_t answer_ms_max{30'000};  // then the caller gets 504, and the answer is dropped
  std::int64_t body_ms_max{};          // 0: that of the server's limits
  bool control_only{};                 // over TCP: 403
};

// Asked when the header of a request is there and before its body is read: who isn't admitted sends
// none.
struct Admission {
  std::optional<Response> refusal{};
  std::string name{};  // for the metrics, as a route has its pattern
  RouteOptions options{};
  std::shared_ptr<BodySink> sink{};  // none: the body is kept in memory
  std::any context{};                // for the handler
  // Told with the status when who was admitted is refused before the handler: for his body.
  std::function<void(int)> turned_away{};
};
using Admit = std::function<Admission(const Request&)>;

// What the server itself has to say of a request that reaches nobody.
using Refuse = std::function<Response(int status, std::string_view what)>;

struct Limits {
  std::size_t header_bytes_max{8'192};
  std::size_t fields_max{64};       // of one header
  std::size_t connections_max{64};  // of each of TCP and Unix socket
  std::size_t address_max{};        // of these, from one address (IPv6: one /64); 0: no limit
  std::uint64_t bodies_bytes_max{256U << 20U};  // in memory, of all connections together
  std::int64_t handshake_ms_max{10'000};        // of TLS
  std::size_t requests_max{1'000};              // on one connection, then it is closed
  std::int64_t idle_ms_max{60'000};             // between two requests
  std::int64_t header_ms_max{10'000};           // from the first byte to the end of the header
  std::int64_t body_ms_max{30'000};             // for the whole body
  std::int64_t write_ms_max{60'000};            // for the whole answer
  std::int64_t stop_ms_max{5'000};              // for what is under way when the server stops
};

// `OK`, `Not Found`, ...
[[nodiscard]] std::string_view status_word(int status);

}  // namespace ph::http
