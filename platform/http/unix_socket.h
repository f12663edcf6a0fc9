// Where a Unix domain socket may stand: a directory that only its user enters, one process at a
// time. And how a path becomes an address.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ph::http {

struct UnixAddress {
  sockaddr_un address{};
  socklen_t size{};
  [[nodiscard]] const sockaddr* generic() const {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
  }
};
// Throws std::runtime_error when the path is too long for the system.
[[nodiscard]] UnixAddress unix_address(const std::filesystem::path& file);

// Why no socket can be made there, for whoever is the process's user; nullopt: nothing stands in
// its way. Makes nothing.
[[nodiscard]] std::optional<std::string> socket_fault(const std::filesystem::path& file);

// A listening socket in the file system. Its lock file beside it says who may replace a stale one.
class UnixListener {
 public:
  // Throws as Server::listen_unix says.
  explicit UnixListener(const std::filesystem::path& file);
  // Removes the socket's file if it is still this one.
  ~UnixListener();
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  // The listening descriptor, given away: who takes it closes it.
  [[nodiscard]] int release();

 private:
  void lock();
  void refuse_or_remove_old() const;
  void listen();

  std::filesystem::path file_;
  int lock_fd_{-1};
  int fd_{-1};
  std::uint64_t device_{};
  std::uint64_t inode_{};
};

}  // namespace ph::http
