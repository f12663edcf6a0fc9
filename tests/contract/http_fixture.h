// A server in a thread of its own, and callers that send what they like: for the tests of http.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "platform/http/client.h"
#include "platform/http/server.h"
#include "platform/http/unix_socket.h"
#include "platform/sys/metrics.h"

namespace ph::http::test {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

inline constexpr std::int64_t kWaitMs = 10'000;  // far more than anything takes

inline std::int64_t ms_since(steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start).count();
}

// A caller that sends what it likes, when it likes.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    EXPECT_EQ(::connect(fd_, generic, sizeof address), 0);
  }
  explicit Caller(const fs::path& file) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const UnixAddress address = unix_address(file);
    EXPECT_EQ(::connect(fd_, address.generic(), address.size), 0);
  }
  ~Caller() { ::close(fd_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  // False when the server has closed.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void half_close() const { ::shutdown(fd_, SHUT_WR); }

  // What comes until `end` is in it, the server closes, or the time is over.
  std::string read(const std::string& end = "", std::int64_t ms_max = kWaitMs) {
    const auto start = steady_clock::now();
    std::array<char, 65'536> buffer{};
    std::string text;
    while (ms_since(start) < ms_max) {
      if (!end.empty() && text.find(end) != std::string::npos) return text;
      pollfd entry{fd_, POLLIN, 0};
      if (::poll(&entry, 1, 10) <= 0) continue;
      const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        closed_ = true;
        return text;
      }
      text.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return text;
  }
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  int fd_;
  bool closed_{};
};

inline std::string get(const std::string& target, const std::string& fields = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

inline std::string post(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++n;
  return n;
}

// A server in a thread of its own, with short limits.
class Http : public testing::Test {
 protected:
  Http() {
    limits_.idle_ms_max = 30'000;
    limits_.header_ms_max = 300;
    limits_.body_ms_max = 300;
    limits_.write_ms_max = 300;
    limits_.stop_ms_max = 300;
    std::string name = (fs::temp_directory_path() / "ph-http-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
    socket_ = directory_ / "run" / "node.sock";
  }
  ~Http() override {
    if (thread_.joinable()) {
      loop_.stop();
      thread_.join();
    }
    server_.reset();
    fs::remove_all(directory_);
  }

  void start(const std::function<void(Server&)>& more = {}) {
    server_ = std::make_unique<Server>(loop_, limits_);
    server_->watch(metrics_);
    server_->route("GET", "/hello", [](const Request&) { return text_response(200, "hello\n"); });
    server_->route("GET", "/items/{name}", [](const Request& request) {
      const auto found = request.query.find("q");
      return text_response(
          200, request.parameter + " " + (found == request.query.end() ? "-" : found->second));
    });
    server_->route("POST", "/echo", [](const Request& request) {
      return Response{201, request.content_type, request.body};
    });
    server_->route("POST", "/small", [](const Request&) { return text_response(200, "taken"); },
                   {.body_bytes_max = 10});
    server_->route("POST", "/stop",
                   [](const Request& request) {
                     return text_response(200, request.control ? "stopping" : "no");
                   },
                   {.control_only = true});
    server_->route("GET", "/large",
                   [](const Request&) { return text_response(200, std::string(8U << 20U, 'x')); });
    if (more) more(*server_);
    port_ = server_->listen_tcp("127.0.0.1", 0);
    server_->listen_unix(socket_);
    thread_ = std::thread([this] { loop_.run(); });
  }

  // Asks in the loop's thread.
  Server::Counts counts() {
    Server::Counts found;
    in_loop([&] { found = server_->counts(); });
    return found;
  }
  void in_loop(const std::function<void()>& work) {
    std::mutex mutex;
    std::condition_variable done;
    bool ready = false;
    loop_.post([&] {
      work();
      const std::lock_guard lock(mutex);
      ready = true;
      done.notify_one();
    });
    std::unique_lock lock(mutex);
    ASSERT_TRUE(done.wait_for(lock, std::chrono::milliseconds(kWaitMs), [&] { return ready; }));
  }
  void wait_for(const std::function<bool(const Server::Counts&)>& condition) {
    const auto start = steady_clock::now();
    while (ms_since(start) < kWaitMs) {
      if (condition(counts())) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ADD_FAILURE() << "it didn't come to that";
  }
  // All that is answered to some bytes, until the server closes.
  std::string ask(const std::string& bytes) {
    Caller caller(port_);
    caller.send(bytes);
    caller.half_close();
    return caller.read();
  }

  Limits limits_{};
  Metrics metrics_{};
  Loop loop_{};
  std::unique_ptr<Server> server_{};
  std::thread thread_{};
  fs::path directory_{};
  fs::path socket_{};
  std::uint16_t port_{};
};

}  // namespace ph::http::test
