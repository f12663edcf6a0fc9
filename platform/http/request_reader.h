// Reads requests out of the bytes of a connection, one after the other. Any bytes may come, in any
// pieces; what is too large or malformed becomes a status, and the connection is lost then.
// Boost.Beast parses the header, whole; it stays behind this file. Bodies have a Content-Length:
// chunks are refused with 411, as RFC 7230 allows (3.3.3), for Beast's parser of them ends the
// process at some pieces, and one length can't be told in two ways.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ph::http {

struct Head {
  std::string method{};
  std::string target{};
  std::string host{};
  std::string origin{};
  std::string content_type{};
  // Names in small letters; several values of one name are joined by `, ` (RFC 9110, 5.2).
  std::map<std::string, std::string> fields{};
  std::uint64_t content_length{};
  bool expects_continue{};  // waits for `100 Continue` before it sends the body
  bool keep_alive{};
};

class RequestReader {
 public:
  explicit RequestReader(std::size_t header_bytes_max, std::size_t fields_max = 64);

  enum class Step : std::uint8_t {
    kNeedMore,  // all that came is read, and it is not enough
    kHead,      // the header is there: decide, then `allow_body`, then go on
    kDone,      // the request is there; `start` the next
    kBad,       // `fault` says why
  };
  void add(std::string_view bytes) { buffer_ += bytes; }
  [[nodiscard]] Step next();

  [[nodiscard]] const Head& head() const { return head_; }
  // Those of the header, which lacks them then.
  [[nodiscard]] std::map<std::string, std::string> take_fields() { return std::move(head_.fields); }
  // After kHead. False when the body is larger.
  [[nodiscard]] bool allow_body(std::uint64_t bytes_max) const;
  [[nodiscard]] std::string take_body();
  // After `allow_body`: what has come of the body since the last time.
  [[nodiscard]] std::string take_part();
  // Begins a new request with what is left.
  void start();

  // Whether bytes of a request that isn't complete have come.
  [[nodiscard]] bool begun() const;
  // A status and what is wrong.
  [[nodiscard]] int fault_status() const { return fault_status_; }
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  [[nodiscard]] Step bad(int status, std::string what);
  [[nodiscard]] Step read_head();
  [[nodiscard]] Step parse_head(std::string_view header);

  const std::size_t header_bytes_max_;
  const std::size_t fields_max_;
  std::string buffer_{};
  std::uint64_t body_left_{};  // of the body, not yet taken
  Head head_{};
  bool head_read_{};
  int fault_status_{};
  std::string fault_{};
};

// The same for a client, in one piece: what has come so far of one answer.
struct ReadResponse {
  int status{};
  std::string content_type{};
  std::string body{};
};
class ResponseReader {
 public:
  explicit ResponseReader(std::uint64_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  // True once the answer is complete. Throws std::runtime_error for what is no answer, or too
  // large.
  [[nodiscard]] bool add(std::string_view bytes);
  // The other side has closed. Throws std::runtime_error when something lacks.
  void end();
  [[nodiscard]] ReadResponse take();

 private:
  void parse_head(std::string_view header);

  const std::uint64_t body_bytes_max_;
  std::string buffer_{};
  bool head_read_{};
  std::optional<std::uint64_t> content_length_{};  // none: to the end of the connection
  ReadResponse response_{};
};

}  // namespace ph::http
