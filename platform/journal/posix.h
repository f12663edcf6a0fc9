// Directories, files and locks as the adapters need them: every failure names the path and what
// may be done about it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "core/types/digest.h"

namespace ph {

// "can't <action> <path>: <advice>: <the system's words>".
[[nodiscard]] std::system_error world_error(int error, std::string_view action,
                                            const std::string& path);

class FileHandle {
 public:
  FileHandle(const std::string& path, int flags);  // Throws; new files have mode 0600.
  ~FileHandle();
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const;
  void write(Bytes bytes);
  void write_at(std::uint64_t at, Bytes bytes) const;
  // All of it from the first byte on; throws when it has fewer.
  void read(std::span<std::byte> into) const { read_at(0, into); }
  void read_at(std::uint64_t at, std::span<std::byte> into) const;
  void sync();
  // Has the system begin to write these bytes, without waiting: a later sync has less to do. It
  // makes nothing durable and reports no error.
  void start_writing(std::uint64_t from, std::uint64_t count) const;

 private:
  std::string path_;
  int fd_;
};

// A file's bytes, mapped read-only. The system bounds how many mappings a process may have
// (vm.max_map_count, 65,530 unless told otherwise).
class MappedFile {
 public:
  explicit MappedFile(const FileHandle& file);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  // How many this process has now.
  [[nodiscard]] static std::uint64_t count();

 private:
  Bytes bytes_;
};

// Makes the directory with mode 0700 where there is none, durable on return. Its parent must exist.
void make_directory(const std::string& path);
void sync_directory(const std::string& path);
// Durable on return. Both lie in directories that exist.
void rename_durably(const std::string& from, const std::string& to);
[[nodiscard]] bool exists(const std::string& path);
// The directory that a path lies in; "." for a bare name.
[[nodiscard]] std::string parent_of(const std::string& path);
// 32 hexadecimal digits that nobody can guess.
[[nodiscard]] std::string random_name();

// Held by one process at a time, and given up when that process ends, however it ends: a child made
// by fork doesn't have it. Throws std::runtime_error when another process, or this one, has it.
class ProcessLock {
 public:
  // `<directory>/lock`; `directory` is named in the error.
  explicit ProcessLock(const std::string& directory);
  ~ProcessLock();
  ProcessLock(const ProcessLock&) = delete;
  ProcessLock& operator=(const ProcessLock&) = delete;

 private:
  struct File;
  std::unique_ptr<File> file_;
};

}  // namespace ph
