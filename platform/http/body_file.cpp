#include "platform/http/body_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace ph::http {

BodyFile::BodyFile(const std::filesystem::path& folder) {
  std::string name = (folder / "body-XXXXXX").string();
  fd_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), name);
  path_ = name;
}

BodyFile::~BodyFile() {
  ::close(fd_);
  ::unlink(path_.c_str());
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

}  // namespace ph::http
