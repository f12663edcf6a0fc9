#include "platform/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "platform/http/unix_socket.h"

namespace ph::http {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::int64_t kFullBacklogMs = 20;

// One exchange, to be over by its deadline.
class Exchange {
 public:
  Exchange(const Endpoint& to, std::int64_t ms_max)
      : to_(to), end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(ms_max)) {}
  ~Exchange() {
    if (fd_ >= 0) ::close(fd_);
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void connect() {
    if (!to_.socket.empty()) {
      const UnixAddress address = unix_address(to_.socket);
      open(AF_UNIX);
      while (::connect(fd_, address.generic(), address.size) != 0) {
        if (errno != EAGAIN) fail(errno);  // Its backlog is full: there is nothing to wait on.
        if (left_ms() == 0) fail(ETIMEDOUT);
        (void)::poll(nullptr, 0, static_cast<int>(kFullBacklogMs));
      }
      return;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(to_.port);
    if (::inet_pton(AF_INET, to_.address.c_str(), &address.sin_addr) != 1) fail(EINVAL);
    open(AF_INET);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (::connect(fd_, generic, sizeof address) == 0) return;
    if (errno != EINPROGRESS) fail(errno);
    wait(POLLOUT);
    int error = 0;
    socklen_t size = sizeof error;
    (void)::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) fail(error);
  }

  // Stops when the other side no longer listens: it may have answered all the same.
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EAGAIN) {
        wait(POLLOUT);
      } else if (errno == EPIPE || errno == ECONNRESET) {
        return;
      } else {
        fail(errno);
      }
    }
  }

  ReadResponse read() {
    ResponseReader reader(kResponseBytesMax);
    std::array<char, 16'384> buffer{};
    while (true) {
      const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (size > 0) {
        if (reader.add(std::string_view(buffer.data(), static_cast<std::size_t>(size)))) break;
      } else if (size == 0) {
        reader.end();
        break;
      } else if (errno == EAGAIN) {
        wait(POLLIN);
      } else if (errno != EINTR) {
        fail(errno);
      }
    }
    return reader.take();
  }

 private:
  [[noreturn]] void fail(int error) const {
    throw std::system_error(error, std::generic_category(), "asking " + to_.text());
  }
  void open(int family) {
    fd_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd_ < 0) fail(errno);
  }
  [[nodiscard]] std::int64_t left_ms() const {
    const auto left = end_ - std::chrono::steady_clock::now();
    return std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count());
  }
  void wait(short events) const {
    pollfd entry{fd_, events, 0};
    while (true) {
      const std::int64_t left = left_ms();
      if (left == 0) fail(ETIMEDOUT);
      const int ready = ::poll(&entry, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
      if (ready > 0) return;
      if (ready < 0 && errno != EINTR) fail(errno);
    }
  }

  const Endpoint& to_;
  const SteadyTime end_;
  int fd_{-1};
};

void refuse_line_ends(std::string_view text) {
  if (text.find_first_of("\r\n ") != std::string_view::npos) {
    throw std::invalid_argument("a target or type of HTTP with a blank or line end");
  }
}

// `line` is `GET /target`; `rest` what follows after the lines of every request.
ReadResponse request(const Endpoint& to, const std::string& line, const std::string& rest,
                     std::int64_t ms_max) {
  Exchange exchange(to, ms_max);
  exchange.connect();
  exchange.write(line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + rest);
  return exchange.read();
}

}  // namespace

Endpoint Endpoint::at_socket(std::filesystem::path file) {
  Endpoint made;
  made.socket = std::move(file);
  return made;
}

Endpoint Endpoint::at_tcp(std::string address, std::uint16_t port) {
  Endpoint made;
  made.address = std::move(address);
  made.port = port;
  return made;
}

std::string Endpoint::text() const {
  return socket.empty() ? address + ":" + std::to_string(port) : socket.string();
}

ReadResponse http_get(const Endpoint& to, const std::string& target, std::int64_t ms_max) {
  refuse_line_ends(target);
  return request(to, "GET " + target, "\r\n", ms_max);
}

ReadResponse http_post(const Endpoint& to, const std::string& target, const std::string& body,
                       std::int64_t ms_max, const std::string& content_type,
                       const RequestFields& fields) {
  refuse_line_ends(target);
  refuse_line_ends(content_type);
  std::string rest = "Content-Type: " + content_type + "\r\n";
  for (const auto& [name, value] : fields) {
    refuse_line_ends(name);
    refuse_line_ends(value);
    rest.append(name).append(": ").append(value).append("\r\n");
  }
  rest += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return request(to, "POST " + target, rest + body, ms_max);
}

}  // namespace ph::http
