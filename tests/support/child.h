// What happens in a forked child: its outcome comes back to the test, and it never outlives it.
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace ph::test {

// A child that does `work` and says through a pipe what it has to say. Dies with the test's thread.
class Child {
 public:
  using Say = std::function<void(const std::string&)>;

  explicit Child(const std::function<void(const Say&)>& work) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
      throw std::runtime_error("no pipe");
    }
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::_exit(::getppid() == parent ? run(work, ends[1]) : 1);
    }
    ::close(ends[1]);
    from_child_ = ends[0];
  }
  ~Child() {
    kill();
    ::close(from_child_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  // The next `size` bytes it says, or fewer when it ends before.
  std::string hear(std::size_t size) {
    std::string text;
    while (text.size() < size) {
      std::array<char, 4096> buffer{};
      const std::size_t most = std::min(buffer.size(), size - text.size());
      const ssize_t got = ::read(from_child_, buffer.data(), most);
      if (got <= 0) {
        break;
      }
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }
  // All it says, to its end; an exception of its own is "threw: <what>" at the end.
  std::string all() { return hear(std::string::npos); }

  // Its exit code when it ended by itself, -1 otherwise.
  int wait() {
    int status = 0;
    if (!std::exchange(waited_, true)) {
      ::waitpid(pid_, &status, 0);
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    return code_;
  }
  void kill() {
    if (!waited_) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }

 private:
  static int run(const std::function<void(const Say&)>& work, int to) {
    const auto say = [to](const std::string& text) {
      return ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    };
    try {
      work([&say](const std::string& text) { say(text); });
      return 0;
    } catch (const std::exception& error) {
      say("threw: " + std::string(error.what()));
      return 1;
    }
  }

  pid_t pid_{};
  int from_child_{};
  int code_{};
  bool waited_{false};
};

}  // namespace ph::test
