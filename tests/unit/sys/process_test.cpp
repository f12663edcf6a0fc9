// A process stops when it is asked to, says so to the service manager, and knows its own size.
#include "platform/sys/process.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

namespace ph {
namespace PH_FILE {

// A service manager's end of the socket, with a name of Linux's abstract kind.
class Manager {
 public:
  Manager() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    name_ = "@pointhouse-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name_.data(), name_.size());
    address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    EXPECT_EQ(::bind(fd_, generic, size), 0);
  }
  ~Manager() { ::close(fd_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string next() const {
    std::array<char, 256> buffer{};
    const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    return size < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

 private:
  int fd_;
  std::string name_;
};

TEST(Signals, AskForAStopAndForNewSettings) {
  Loop loop;
  std::string seen;
  const Signals signals(
      loop,
      [&](int signal) {
        seen += signal == SIGTERM ? "stop" : "?";
        loop.stop();
      },
      [&] {
        seen += "reload ";
        (void)std::raise(seen.size() < 10 ? SIGHUP : SIGTERM);
      });
  (void)std::raise(SIGHUP);
  loop.run();
  EXPECT_EQ(seen, "reload reload stop");
}

TEST(SignalsDeathTest, EndTheProcessAtTheSecondStop) {
  EXPECT_EXIT(
      {
        Loop loop;
        const Signals signals(
            loop, [&](int) { (void)std::raise(SIGINT); }, [] {});
        (void)std::raise(SIGTERM);
        loop.run();
      },
      testing::ExitedWithCode(3), "");
}

TEST(Signals, LetAWriteToAClosedPipeFailOnly) {
  Loop loop;
  const Signals signals(
      loop, [](int) {}, [] {});
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(ServiceManagers, HearWhatAProcessSays) {
  const Manager manager;
  ::setenv("NOTIFY_SOCKET", manager.name().c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  ServiceManager service;
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr);
  EXPECT_EQ(service.watchdog_ms(), 30);
  service.ready("P01, batch 5\nREADY=0");
  EXPECT_EQ(manager.next(), "READY=1\nSTATUS=P01, batch 5 READY=0");

  Loop loop;
  bool healthy = true;
  int asked = 0;
  const Watchdog watchdog(loop, service, [&] {
    if (++asked == 3) healthy = false;
    if (asked == 5) loop.stop();
    return healthy;
  });
  loop.run();
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "WATCHDOG=1");
  EXPECT_EQ(manager.next(), "");  // Not while it is ill.
  service.stopping("asked to");
  EXPECT_EQ(manager.next(), "STOPPING=1\nSTATUS=asked to");
}

TEST(ServiceManagers, MayBeAbsent) {
  ServiceManager nobody;
  nobody.ready("x");
  EXPECT_EQ(nobody.watchdog_ms(), std::nullopt);
  ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);  // Meant for another process.
  ServiceManager unreachable;
  unreachable.ready("x");
  EXPECT_EQ(unreachable.watchdog_ms(), std::nullopt);
}

TEST(Process, KnowsItsMemoryAndItsDisk) {
  const MemoryUse before = memory_use();
  EXPECT_GT(before.resident_bytes, before.anonymous_bytes);
  std::vector<char> large(std::size_t{32} << 20U, 'x');
  const MemoryUse after = memory_use();
  EXPECT_GE(after.anonymous_bytes, before.anonymous_bytes + (std::uint64_t{31} << 20U));
  EXPECT_EQ(large.back(), 'x');
  const DiskSpace space = disk_space("/");
  EXPECT_GT(space.size_bytes, 0U);
  EXPECT_LE(space.free_bytes, space.size_bytes);
  EXPECT_THROW((void)disk_space("/no/such/place"), std::system_error);
}

TEST(ProcessDeathTest, LeavesNoCore) {
  EXPECT_EXIT(
      {
        forbid_core_dumps();
        rlimit limit = {};
        limit.rlim_max = 1;
        const bool none = ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
        std::_Exit(none && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? 7 : 8);
      },
      testing::ExitedWithCode(7), "");
}

// Child and parent share what the loop's signal handler writes to: a SIGTERM for all of a service's
// processes must count once.
TEST(Helpers, TakeSignalsForThemselves) {
  Loop loop;
  int stops = 0;
  const Signals signals(
      loop, [&](int) { ++stops; }, [] {});
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    become_helper(self);
    (void)std::raise(SIGTERM);
    std::_Exit(9);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  loop.poll();
  EXPECT_EQ(stops, 0);
}

TEST(Helpers, DieWithTheirParent) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t middle = ::fork();
  if (middle == 0) {
    const pid_t self = ::getpid();
    if (::fork() == 0) {
      become_helper(self);
      (void)!::write(ends[1], "x", 1);
      ::pause();
      std::_Exit(0);
    }
    ::pause();
    std::_Exit(0);
  }
  ::close(ends[1]);
  char byte{};
  ASSERT_EQ(::read(ends[0], &byte, 1), 1);  // The helper is at work.
  ::kill(middle, SIGKILL);
  ASSERT_EQ(::waitpid(middle, nullptr, 0), middle);
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);  // The last holder of the other end is gone.
  ::close(ends[0]);
}

}  // namespace PH_FILE
}  // namespace ph
