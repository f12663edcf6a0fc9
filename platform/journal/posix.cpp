#include "platform/journal/posix.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <map>
#include <mutex>
#include <utility>

namespace ph {

namespace {

std::string advice_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "the disk is full: free some space and start again, nothing that was promised is lost";
    case EACCES:
    case EPERM:
      return "give it to the user that runs pointhouse (" + std::to_string(::geteuid()) +
             "), or run it as the user who owns it";
    case EROFS:
      return "the disk is mounted read-only: look at the kernel's log, then mount it for writing";
    case EIO:
      return "the disk fails: look at the kernel's log, and start on another one from a copy";
    case EMFILE:
    case ENFILE:
      return "too many files are open: raise the limit (ulimit -n)";
    case ENOENT:
      return "make the directory that it lies in first";
    case ENOTDIR:
    case EEXIST:
      return "something else has that name: move it away or choose another directory";
    default:
      return "the system refused";
  }
}

}  // namespace

std::system_error world_error(int error, std::string_view action, const std::string& path) {
  return std::system_error(error, std::generic_category(),
                           "can't " + std::string(action) + " " + path + ": " + advice_for(error));
}

FileHandle::FileHandle(const std::string& path, int flags)
    : path_(path), fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
  if (fd_ < 0) {
    throw world_error(errno, "open", path);
  }
}

FileHandle::~FileHandle() {
  ::close(fd_);
}

std::uint64_t FileHandle::size() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) {
    throw world_error(errno, "look at", path_);
  }
  return static_cast<std::uint64_t>(status.st_size);
}

void FileHandle::write(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      throw world_error(written == 0 ? ENOSPC : errno, "write", path_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void FileHandle::write_at(std::uint64_t at, Bytes bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      throw world_error(written == 0 ? ENOSPC : errno, "write", path_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    at += static_cast<std::uint64_t>(written);
  }
}

void FileHandle::read_at(std::uint64_t at, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      throw world_error(got == 0 ? EIO : errno, "read", path_);
    }
    at += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

void FileHandle::sync() {
  if (::fsync(fd_) != 0) {
    throw world_error(errno, "sync", path_);
  }
}

void FileHandle::start_writing(std::uint64_t from, std::uint64_t count) const {
  static_cast<void>(::sync_file_range(fd_, static_cast<off_t>(from), static_cast<off_t>(count),
                                      SYNC_FILE_RANGE_WRITE));
}

namespace {

std::atomic<std::uint64_t> mapped_files{0};

}  // namespace

std::uint64_t MappedFile::count() {
  return mapped_files;
}

MappedFile::MappedFile(const FileHandle& file) {
  const auto size = static_cast<std::size_t>(file.size());
  if (size == 0) {
    return;  // Nothing can't be mapped.
  }
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (mapping == MAP_FAILED) {
    throw world_error(errno, "map", file.path());
  }
  bytes_ = {static_cast<const std::byte*>(mapping), size};
  ++mapped_files;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    --mapped_files;
  }
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

void sync_directory(const std::string& path) {
  FileHandle(path, O_RDONLY | O_DIRECTORY).sync();
}

void make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    sync_directory(parent_of(path));
    return;
  }
  struct stat status {};
  if (errno != EEXIST) {
    throw world_error(errno, "make the directory", path);
  }
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw world_error(ENOTDIR, "make the directory", path);
  }
}

void rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) {
    throw world_error(errno, "rename " + from + " to", to);
  }
  sync_directory(parent_of(to));
  if (parent_of(from) != parent_of(to)) {
    sync_directory(parent_of(from));
  }
}

bool exists(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    return true;
  }
  if (errno != ENOENT) {
    throw world_error(errno, "look at", path);
  }
  return false;
}

std::string random_name() {
  std::array<unsigned char, 16> bytes{};
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got < 0 && errno != EINTR) {
      throw world_error(errno, "read", "the system's random numbers");
    }
    have += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  std::string name;
  for (const unsigned char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    name.push_back(kDigits[byte >> 4U]);
    name.push_back(kDigits[byte & 15U]);
  }
  return name;
}

// --- the lock
// -------------------------------------------------------------------------------------

namespace {

// A record lock (fcntl) is the process's: a forked child that outlives its parent doesn't keep the
// place shut. It doesn't know two openings in one process apart, and closing either would free it:
// so a process remembers what it holds, and by its number whether it is still the same process.
struct HeldHere {
  std::mutex mutex;
  std::map<std::pair<dev_t, ino_t>, pid_t> directories;
};

HeldHere& held_here() {
  static HeldHere held;
  return held;
}

std::pair<dev_t, ino_t> identity(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    throw world_error(errno, "look at", directory);
  }
  return {status.st_dev, status.st_ino};
}

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

struct ProcessLock::File {
  File(const std::string& path, std::pair<dev_t, ino_t> its_directory)
      : handle(path, O_RDWR | O_CREAT), directory(its_directory) {}
  FileHandle handle;
  std::pair<dev_t, ino_t> directory;
};

ProcessLock::ProcessLock(const std::string& directory) {
  const auto held_directory = identity(directory);
  HeldHere& held = held_here();
  const std::lock_guard guard(held.mutex);
  const auto holder = held.directories.find(held_directory);
  if (holder != held.directories.end() && holder->second == ::getpid()) {
    throw std::runtime_error("this process has " + directory + " open already");
  }
  auto file = std::make_unique<File>(directory + "/lock", held_directory);
  struct flock lock = whole_file();
  if (::fcntl(file->handle.get(), F_SETLK, &lock) != 0) {
    const int error = errno;
    if (error != EACCES && error != EAGAIN) {
      throw world_error(error, "lock", directory);
    }
    struct flock other = whole_file();
    std::string who;
    if (::fcntl(file->handle.get(), F_GETLK, &other) == 0 && other.l_type != F_UNLCK) {
      who = " (pid " + std::to_string(other.l_pid) + ")";
    }
    throw std::runtime_error("another process" + who + " has " + directory +
                             " open: only one may; end it first, or give this one another place");
  }
  held.directories.insert_or_assign(held_directory, ::getpid());
  file_ = std::move(file);
}

ProcessLock::~ProcessLock() {
  HeldHere& held = held_here();
  const std::lock_guard guard(held.mutex);
  held.directories.erase(file_->directory);
  file_.reset();
}

}  // namespace ph
