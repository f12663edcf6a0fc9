// What is posted or timed is called in the loop's thread, in order, and not after it was cancelled.
#include "platform/sys/loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace ph {
namespace PH_FILE {

TEST(Loops, CallWhatManyThreadsPostInTheirOwn) {
  Loop loop;
  std::size_t calls = 0;  // Without a lock: only the loop's thread touches it.
  std::thread::id wrong{};
  std::thread runner([&] { loop.run(); });
  const std::thread::id its = runner.get_id();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        loop.post([&] {
          if (std::this_thread::get_id() != its) wrong = std::this_thread::get_id();
          if (++calls == 2'000) loop.stop();
        });
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  runner.join();
  EXPECT_EQ(calls, 2'000U);
  EXPECT_EQ(wrong, std::thread::id{});
}

TEST(Loops, LetExceptionsOut) {
  Loop loop;
  loop.post([] { throw std::runtime_error("disk"); });
  EXPECT_THROW(loop.run(), std::runtime_error);
}

TEST(Timers, CallOnceInTheOrderOfTheirTimes) {
  Loop loop;
  std::string order;
  Timer late(loop);
  Timer early(loop);
  late.after_ms(20, [&] {
    order += "late";
    loop.stop();
  });
  early.after_ms(1, [&] { order += "early "; });
  loop.run();
  EXPECT_EQ(order, "early late");
}

TEST(Timers, ForgetWhatWasSetBeforeEvenWhenItIsDue) {
  Loop loop;
  std::string calls;
  Timer timer(loop);
  timer.after_ms(0, [&] { calls += "first "; });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  loop.post([&] { timer.after_ms(1, [&] { calls += "second"; }); });
  Timer end(loop);
  end.after_ms(30, [&] { loop.stop(); });
  // Both are ready now; whichever goes first, the second setting is the one that counts.
  loop.run();
  EXPECT_TRUE(calls == "second" || calls == "first second") << calls;

  Loop another;
  auto gone = std::make_unique<Timer>(another);
  gone->after_ms(0, [&] { calls = "called after its end"; });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  gone.reset();
  another.poll();
  EXPECT_NE(calls, "called after its end");
}

TEST(Timers, MaySetThemselvesAnew) {
  Loop loop;
  Timer timer(loop);
  int calls = 0;
  std::function<void()> again = [&] {
    if (++calls == 5) {
      loop.stop();
    } else {
      timer.after_ms(1, again);
    }
  };
  timer.after_ms(1, again);
  loop.run();
  EXPECT_EQ(calls, 5);
}

}  // namespace PH_FILE
}  // namespace ph
