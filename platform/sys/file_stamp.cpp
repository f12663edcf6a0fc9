#include "platform/sys/file_stamp.h"

#include <sys/stat.h>

namespace ph {

namespace {

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp file_stamp(const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return {};
  return {static_cast<std::int64_t>(info.st_ino), std::int64_t{info.st_size},
          nanoseconds_of(info.st_mtim), nanoseconds_of(info.st_ctim)};
}

}  // namespace ph
