// The loop of a process: one thread runs it, and what is posted or timed is called there, one after
// the other. Boost.Asio stays behind it, so that node and clearing can do without its headers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace ph {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // For the adapters with sockets of their own (platform/http, platform/net).
  [[nodiscard]] boost::asio::io_context& context();

  // Calls `work` in the loop's thread, later. Any thread may post; what isn't called by the end of
  // `run` is dropped with the loop.
  void post(std::function<void()> work);
  // Until `stop`. An exception of something called comes out of it.
  void run();
  // Calls what is ready, without waiting; for tests. Returns how much that was.
  std::size_t poll();
  // Any thread. What is being called is finished, the rest is not.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Calls once, `ms` after it was asked to, in the loop's thread. Setting it again forgets what was
// set before; so does destroying it. Used in the loop's thread alone.
class Timer {
 public:
  explicit Timer(Loop& loop);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void after_ms(std::int64_t ms, std::function<void()> work);
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ph
