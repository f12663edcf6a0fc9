#include "platform/http/unix_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace ph::http {

namespace {

namespace fs = std::filesystem;

constexpr int kUnixBacklog = 128;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string not_closed(const fs::path& directory) {
  return directory.string() +
         " must belong to this process's user with mode 0700: whoever may enter it could command "
         "the process";
}

// Made with mode 0700; one that is there must be ours and closed to others.
void prepare_directory(const fs::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) return;
  if (errno != EEXIST) fail("making " + directory.string());
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) fail(directory.string());
  if (!S_ISDIR(info.st_mode)) {
    throw std::runtime_error(directory.string() + " is no directory");
  }
  if (info.st_uid != ::geteuid() || (info.st_mode & 077U) != 0) {
    throw std::runtime_error(not_closed(directory));
  }
}

}  // namespace

UnixAddress unix_address(const fs::path& file) {
  UnixAddress made;
  const std::string name = file.string();
  if (name.empty() || name.size() >= sizeof made.address.sun_path) {
    throw std::runtime_error("a socket's path has 1 to " +
                             std::to_string(sizeof made.address.sun_path - 1) + " bytes: " + name);
  }
  made.address.sun_family = AF_UNIX;
  std::memcpy(made.address.sun_path, name.data(), name.size());
  made.size = static_cast<socklen_t>(sizeof made.address);
  return made;
}

// Whose the folder is isn't asked: root may look at another user's.
std::optional<std::string> socket_fault(const fs::path& file) {
  try {
    (void)unix_address(file);
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
  const fs::path directory = fs::absolute(file).parent_path();
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) {
    const fs::path above = directory.parent_path();
    return errno == ENOENT && !fs::is_directory(above)
               ? std::optional(above.string() + " isn't there, or no folder: only the last one, " +
                               directory.filename().string() + ", is made")
               : std::nullopt;
  }
  if (!S_ISDIR(info.st_mode)) return directory.string() + " is no directory";
  return (info.st_mode & 077U) != 0 ? std::optional(not_closed(directory)) : std::nullopt;
}

UnixListener::UnixListener(const fs::path& file) : file_(file) {
  (void)unix_address(file_);
  prepare_directory(fs::absolute(file_).parent_path());
  try {
    lock();
    refuse_or_remove_old();
    listen();
  } catch (...) {
    if (fd_ >= 0) ::close(fd_);
    if (lock_fd_ >= 0) ::close(lock_fd_);
    throw;
  }
}

UnixListener::~UnixListener() {
  struct stat info {};
  if (::lstat(file_.c_str(), &info) == 0 && info.st_dev == device_ && info.st_ino == inode_) {
    ::unlink(file_.c_str());
  }
  if (fd_ >= 0) ::close(fd_);
  ::close(lock_fd_);  // The lock file stays: removing it would let two processes hold two of them.
}

int UnixListener::release() {
  return std::exchange(fd_, -1);
}

void UnixListener::lock() {
  const std::string name = file_.string() + ".lock";
  lock_fd_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock_fd_ < 0) fail("opening " + name);
  if (::flock(lock_fd_, LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) fail("locking " + name);
  throw std::runtime_error("another process answers at " + file_.string());
}

// With the lock held, an old file is a dead process's, unless one that knows no lock answers there.
void UnixListener::refuse_or_remove_old() const {
  struct stat info {};
  if (::lstat(file_.c_str(), &info) != 0) {
    if (errno == ENOENT) return;
    fail(file_.string());
  }
  if (!S_ISSOCK(info.st_mode)) {
    throw std::runtime_error(file_.string() + " is there and is no socket");
  }
  const UnixAddress address = unix_address(file_);
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) fail("a socket");
  const bool dead = ::connect(probe, address.generic(), address.size) != 0 &&
                    (errno == ECONNREFUSED || errno == ENOENT);
  ::close(probe);
  if (!dead) throw std::runtime_error("another process answers at " + file_.string());
  if (::unlink(file_.c_str()) != 0 && errno != ENOENT) fail("removing " + file_.string());
}

void UnixListener::listen() {
  const UnixAddress address = unix_address(file_);
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // Linux gives the file the mode that the socket has when it is bound.
  if (fd_ < 0 || ::fchmod(fd_, 0600) != 0 || ::bind(fd_, address.generic(), address.size) != 0 ||
      ::listen(fd_, kUnixBacklog) != 0) {
    fail("listening at " + file_.string());
  }
  struct stat info {};
  if (::lstat(file_.c_str(), &info) != 0) fail(file_.string());
  device_ = info.st_dev;
  inode_ = info.st_ino;
  if ((info.st_mode & 0177U) != 0) {
    throw std::runtime_error(file_.string() + " did not get mode 0600");
  }
}

}  // namespace ph::http
