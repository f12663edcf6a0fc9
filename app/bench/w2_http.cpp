#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "app/bench/w2.h"

namespace ph::bench {

namespace {

constexpr std::string_view kEnd = "\r\n\r\n";

[[noreturn]] void failed(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

// A client of as few instructions as libpq has: what is measured is who answers.
class HttpCaller final : public W2Caller {
 public:
  explicit HttpCaller(std::string path) : path_(std::move(path)) { connect(); }
  ~HttpCaller() override { ::close(socket_); }
  HttpCaller(const HttpCaller&) = delete;
  HttpCaller& operator=(const HttpCaller&) = delete;

  void begin(const W2Step& step) override {
    if (closing_) {  // The server ends a connection after so many requests.
      ::close(socket_);
      connect();
    }
    std::string path = "/v1/holds";
    std::string body = R"({"member":")" + step.member + R"(","points":)";
    if (!step.hold.empty()) {
      path += "/" + step.hold + "/captures";
      body = R"({"final":true,"form":"OWN_PRODUCT","points":)";
    }
    body += std::to_string(step.points) + "}";
    out_ = "POST " + path +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: " +
           step.id + "\r\nContent-Length: " + std::to_string(body.size()) + std::string(kEnd) +
           body;
    in_.clear();
    write();
  }

  bool turn() override {
    if (!out_.empty()) {
      write();
    }
    std::array<char, 4096> bytes{};
    while (true) {
      const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (got > 0) {
        in_.append(bytes.data(), static_cast<std::size_t>(got));
        continue;
      }
      if (got == 0) {
        if (!answered()) {
          throw std::runtime_error("the node closed the connection: " + in_);
        }
        closing_ = true;
        return true;
      }
      if (errno != EAGAIN && errno != EINTR) {
        failed("reading from the node");
      }
      break;
    }
    return answered();
  }

  [[nodiscard]] int socket() const override { return socket_; }
  [[nodiscard]] bool writes() const override { return !out_.empty(); }

 private:
  void connect() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) {
      throw std::runtime_error("the path of the socket is too long: " + path_);
    }
    std::memcpy(address.sun_path, path_.data(), path_.size());
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 ||
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::fcntl(socket_, F_SETFL, O_NONBLOCK) != 0) {
      failed(path_.c_str());
    }
    closing_ = false;
  }

  void write() {
    while (!out_.empty()) {
      const ssize_t sent = ::send(socket_, out_.data(), out_.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        if (errno == EAGAIN || errno == EINTR) {
          return;
        }
        failed("writing to the node");
      }
      out_.erase(0, static_cast<std::size_t>(sent));
    }
  }

  // The value of a header's field, whose name stands as the server writes it.
  [[nodiscard]] static std::string_view field(std::string_view header, std::string_view name) {
    const std::size_t at = header.find(name);
    if (at == std::string_view::npos) {
      return {};
    }
    const std::string_view rest = header.substr(at + name.size());
    return rest.substr(0, rest.find("\r\n"));
  }

  [[nodiscard]] bool answered() {
    const std::size_t end = in_.find(kEnd);
    if (end == std::string::npos) {
      return false;
    }
    const std::string_view header = std::string_view(in_).substr(0, end);
    const std::string_view length = field(header, "\r\nContent-Length: ");
    std::size_t bytes = 0;
    if (std::from_chars(length.data(), length.data() + length.size(), bytes).ec != std::errc{}) {
      throw std::runtime_error("an answer without a length: " + in_);
    }
    if (in_.size() < end + kEnd.size() + bytes) {
      return false;
    }
    if (header.substr(0, 12) != "HTTP/1.1 200" ||
        in_.find(R"("state":"DONE")") == std::string::npos) {
      throw std::runtime_error("the node refuses: " + in_);
    }
    closing_ = field(header, "\r\nConnection: ") == "close";
    return true;
  }

  std::string path_;
  int socket_{-1};
  bool closing_{false};
  std::string out_{};  // not sent yet
  std::string in_{};
};

}  // namespace

std::unique_ptr<W2Caller> http_caller(const std::string& socket) {
  return std::make_unique<HttpCaller>(socket);
}

}  // namespace ph::bench
