// One connection of the server: reads a request, has it answered, writes the answer, and again. The
// loop's thread alone touches it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "platform/http/http.h"
#include "platform/http/request_reader.h"
#include "platform/http/stream.h"
#include "platform/sys/loop.h"

namespace ph::http {

class Connection;

// The way from any thread back into the loop. The server closes it at its end: answers that come
// later, or never, touch nothing that is gone.
class Gate {
 public:
  explicit Gate(Loop& loop) : loop_(&loop) {}
  void post(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    if (loop_ != nullptr) loop_->post(std::move(work));
  }
  void close() {
    const std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }

 private:
  std::mutex mutex_{};
  Loop* loop_;
};

// What a connection asks of its server.
class Owner {
 public:
  Owner() = default;
  virtual ~Owner() = default;
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;

  // What is to be done with a request whose header is there.
  struct Decision {
    Response refused{};  // when there is no handler
    const Handler* handler{};
    RouteOptions options{};
    std::string route{};  // for the metrics
    Request request{};    // all but the body
    std::function<void(int)> turned_away{};
  };
  [[nodiscard]] virtual Decision decide(const Head& head, std::map<std::string, std::string> fields,
                                        bool control) = 0;
  // What a request gets that reaches no handler.
  [[nodiscard]] virtual Response refuse(int status, std::string_view what) const = 0;
  // Room for a body in memory; false: there is none now.
  [[nodiscard]] virtual bool reserve(std::uint64_t bytes) = 0;
  virtual void release(std::uint64_t bytes) = 0;
  // For what is read; nobody keeps it. One for all connections: the loop has one thread.
  [[nodiscard]] virtual std::span<char> scratch() = 0;
  [[nodiscard]] virtual const Limits& limits() const = 0;
  [[nodiscard]] virtual bool stopping() const = 0;
  [[nodiscard]] virtual std::shared_ptr<Gate> gate() const = 0;
  virtual void count_request() = 0;
  virtual void count_answer(const std::string& route, const std::string& method, int status,
                            std::chrono::steady_clock::duration time, bool handled) = 0;
  virtual void count_timeout() = 0;
  virtual void closed(Connection& connection) = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // The owner outlives it, or has called `abandon`.
  Connection(std::unique_ptr<Stream> stream, Owner& owner, bool control);

  void start();
  // Waits for a request and has got nothing of it.
  [[nodiscard]] bool idle() const { return phase_ == Phase::kIdle; }
  [[nodiscard]] bool control() const { return control_; }
  // After the answer that is under way, if there is one.
  void finish();
  void close();
  // The owner goes: nothing is asked of it any more.
  void abandon();

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kIdle,
    kHeader,
    kContinue,  // `100 Continue` is written
    kBody,
    kHandler,
    kWrite,
    kShut,
    kLinger,
    kClosed
  };

  void enter(Phase phase, std::int64_t ms_max);
  void set_alarm();
  void expired();
  void wait(Io io);
  // Does what can be done without waiting, then waits.
  void pump();
  [[nodiscard]] IoResult step();
  [[nodiscard]] IoResult write_out();
  void read(std::string_view bytes);
  void advance();
  void decide();
  [[nodiscard]] bool sink();
  void call();
  void answer(std::uint64_t request, const Response& response);
  void refuse(const Response& response);
  void write(const Response& response);
  void written();
  void release();

  std::unique_ptr<Stream> stream_;
  boost::asio::steady_timer timer_;
  Owner* owner_;
  const bool control_;
  Phase phase_{Phase::kHandshake};
  bool pumping_{};  // what calls itself anew goes on in the same loop
  bool waiting_{};  // for the socket
  using Time = std::chrono::steady_clock::time_point;
  Time deadline_{};          // of the present phase
  Time alarm_{Time::max()};  // when the timer looks at it
  RequestReader reader_;
  Owner::Decision decision_{};
  bool head_seen_{};  // of the present request
  bool keep_alive_{};
  bool finishing_{};
  bool handled_{};            // the present request reached a handler
  std::uint64_t request_{};   // number of the present request
  std::uint64_t reserved_{};  // of the owner's room
  std::size_t requests_left_;
  std::size_t lingered_{};
  std::chrono::steady_clock::time_point began_{};
  std::string out_{};
  std::size_t out_done_{};  // of it, written
};

}  // namespace ph::http
