#include "platform/crypto/key_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace ph {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file) {
  throw std::system_error(errno, std::generic_category(), file.string());
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0;
}

// `size` bytes, or fewer when the file has become shorter.
std::string read_all(int fd, std::size_t size, const std::filesystem::path& file) {
  std::string text(size, '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t n = ::read(fd, text.data() + got, text.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(file);
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
  }
  text.resize(got);
  return text;
}

}  // namespace

std::optional<std::string> unsafe_directory(const std::filesystem::path& directory) {
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) fail(directory);
  if (!S_ISDIR(info.st_mode)) return directory.string() + " isn't a directory";
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return directory.string() + ": others than its owner may write there; no key is put in it";
  }
  return std::nullopt;
}

bool create_file(const std::filesystem::path& file, std::string_view contents, mode_t mode) {
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd.open()) {
    if (errno == EEXIST) return false;
    fail(file);
  }
  if (!write_all(fd.get(), contents)) {
    const int why = errno;
    ::unlink(file.c_str());
    errno = why;
    fail(file);
  }
  return true;
}

std::optional<std::string> save_key_files(const std::filesystem::path& directory,
                                          const std::string& name, std::string_view secret,
                                          std::string_view open, std::string_view pem) {
  if (auto why = unsafe_directory(directory)) return why;
  const auto secret_file = directory / (name + ".secret");
  const auto public_file = directory / (name + ".pub");
  const std::string taken = " is there already; keys aren't overwritten";
  if (!create_file(secret_file, secret, 0600)) return secret_file.string() + taken;
  if (!create_file(public_file, open, 0644)) {
    std::filesystem::remove(secret_file);  // Made a moment ago, by us: nobody has used it.
    return public_file.string() + taken;
  }
  const auto pem_file = directory / (name + ".pem");
  if (!pem.empty() && !create_file(pem_file, pem, 0600)) {
    std::filesystem::remove(secret_file);
    std::filesystem::remove(public_file);
    return pem_file.string() + taken;
  }
  sync_directory(directory);
  return std::nullopt;
}

void sync_directory(const std::filesystem::path& directory) {
  const Descriptor fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.open() || ::fsync(fd.get()) != 0) fail(directory);
}

void replace_file(const std::filesystem::path& file, std::string_view contents) {
  std::filesystem::path part = file;
  part += ".part";
  std::filesystem::remove(part);
  if (!create_file(part, contents, 0644)) fail(part);
  std::filesystem::rename(part, file);
  sync_directory(file.has_parent_path() ? file.parent_path() : ".");
}

Result<std::string, std::string> read_private_file(const std::filesystem::path& file,
                                                   std::size_t bytes_max) {
  // A pipe is not waited for.
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd.open() || ::fstat(fd.get(), &info) != 0) fail(file);
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail{file.string() + ": others than its owner have rights to this secret; chmod 600"};
  }
  if (!S_ISREG(info.st_mode) || static_cast<std::size_t>(info.st_size) > bytes_max) {
    return Fail{file.string() + " isn't a secret file of " + std::to_string(bytes_max) +
                " bytes at most"};
  }
  return read_all(fd.get(), static_cast<std::size_t>(info.st_size), file);
}

Result<std::string, std::string> read_open_file(const std::filesystem::path& file,
                                                std::size_t bytes_max) {
  // A pipe is not waited for.
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!fd.open() || ::fstat(fd.get(), &info) != 0) fail(file);
  if (!S_ISREG(info.st_mode)) return Fail{file.string() + " isn't a plain file"};
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > bytes_max) {
    return Fail{file.string() + " is larger than the " + std::to_string(bytes_max) +
                " bytes that such a file can have"};
  }
  return read_all(fd.get(), size, file);
}

}  // namespace ph
