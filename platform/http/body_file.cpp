#include "platform/http/body_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace ph::http {

BodyFile::BodyFile(const std::filesystem::path& folder) {
  std::string name = (folder / "body-XXXXXX").string();
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), name);
  ::unlink(name.c_str());
}

BodyFile::~BodyFile() {
  ::close(fd_);
}

std::optional<Response> BodyFile::take(std::string_view part) {
  digest_.update(as_bytes(part));
  size_ += part.size();
  while (!part.empty()) {
    const ssize_t written = ::write(fd_, part.data(), part.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return refusal(503, "there is no room for the body now");
    part.remove_prefix(static_cast<std::size_t>(written));
  }
  return std::nullopt;
}

std::vector<std::byte> BodyFile::read(std::uint64_t offset, std::size_t bytes_max) const {
  std::vector<std::byte> out(std::min<std::uint64_t>(size_ - std::min(offset, size_), bytes_max));
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count =
        ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw std::system_error(errno, std::generic_category(), "a body's file");
    done += static_cast<std::size_t>(count);
  }
  return out;
}

}  // namespace ph::http
