#include "platform/sys/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace ph {

namespace asio = boost::asio;

struct Loop::State {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

asio::io_context& Loop::context() {
  return state_->context;
}

void Loop::post(std::function<void()> work) {
  asio::post(state_->context, std::move(work));
}

void Loop::run() {
  state_->context.run();
}

std::size_t Loop::poll() {
  return state_->context.poll();
}

void Loop::stop() {
  state_->context.stop();
}

struct Timer::State {
  explicit State(asio::io_context& context) : timer(context) {}
  asio::steady_timer timer;
  std::uint64_t generation{};  // of the latest setting: an older one's call does nothing
};

Timer::Timer(Loop& loop) : state_(std::make_shared<State>(loop.context())) {}

Timer::~Timer() {
  cancel();
}

void Timer::after_ms(std::int64_t ms, std::function<void()> work) {
  const std::uint64_t generation = ++state_->generation;
  state_->timer.expires_after(std::chrono::milliseconds(ms));
  state_->timer.async_wait([state = std::weak_ptr<State>(state_), generation,
                            work = std::move(work)](const boost::system::error_code& error) {
    const auto alive = state.lock();
    if (!error && alive && alive->generation == generation) work();
  });
}

void Timer::cancel() {
  ++state_->generation;
  state_->timer.cancel();
}

}  // namespace ph
