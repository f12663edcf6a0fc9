// Where the control socket may stand: closed to others, and nobody's place taken.
#include "tests/contract/http_fixture.h"

namespace ph::http::test {
namespace PH_FILE {

class HttpSockets : public Http {
 protected:
  static mode_t mode(const fs::path& file) {
    struct stat info {};
    EXPECT_EQ(::lstat(file.c_str(), &info), 0) << file;
    return info.st_mode & 07777U;
  }
  void expect_refused(const std::string& part) {
    Server server(loop_, limits_);
    try {
      server.listen_unix(socket_);
      ADD_FAILURE() << "not refused: " << part;
    } catch (const std::exception& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }
};

TEST_F(HttpSockets, AreClosedToOthersWhateverTheMask) {
  const mode_t before = ::umask(0);
  start();
  ::umask(before);
  EXPECT_EQ(mode(socket_), 0600U);
  EXPECT_EQ(mode(socket_.parent_path()), 0700U);
}

TEST_F(HttpSockets, AreNotMadeWhereOthersMayEnter) {
  fs::create_directory(socket_.parent_path());
  for (const mode_t open : {0755U, 0710U, 0707U}) {
    ASSERT_EQ(::chmod(socket_.parent_path().c_str(), open), 0);
    expect_refused("mode 0700");
  }
  ASSERT_EQ(::chmod(socket_.parent_path().c_str(), 0700), 0);
  start();
}

TEST_F(HttpSockets, ReplaceOnlyWhatNobodyAnswersOn) {
  fs::create_directory(socket_.parent_path());
  fs::permissions(socket_.parent_path(), fs::perms::owner_all);
  {  // A stale one, as a killed process leaves it.
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const UnixAddress address = unix_address(socket_);
    ASSERT_EQ(::bind(fd, address.generic(), address.size), 0);
    ASSERT_EQ(::listen(fd, 1), 0);
    expect_refused("another process answers");  // It listens still, without our lock.
    ::close(fd);
  }
  ASSERT_TRUE(fs::exists(socket_));
  start();
  EXPECT_EQ(http_get(Endpoint::at_socket(socket_), "/hello", kWaitMs).status, 200);
  expect_refused("another process answers");
  EXPECT_EQ(http_get(Endpoint::at_socket(socket_), "/hello", kWaitMs).status, 200);
}

TEST_F(HttpSockets, NeverReplaceAFile) {
  fs::create_directory(socket_.parent_path());
  fs::permissions(socket_.parent_path(), fs::perms::owner_all);
  std::ofstream(socket_) << "precious";
  expect_refused("no socket");
  fs::remove(socket_);
  fs::create_symlink(directory_ / "elsewhere", socket_);
  expect_refused("no socket");
}

TEST_F(HttpSockets, HavePathsThatFit) {
  socket_ = directory_ / std::string(120, 'x');
  expect_refused("a socket's path");
}

}  // namespace PH_FILE
}  // namespace ph::http::test
