#include "app/node/out_folder.h"

#include <fcntl.h>

#include <fstream>
#include <iterator>

#include "core/types/digest.h"
#include "platform/journal/posix.h"
#include "platform/sys/kill_points.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

bool OutFolder::put(const std::string& name, const std::string& text) const {
  const fs::path path = path_of(name);
  if (fs::exists(path) && text_of(path) == text) {
    return false;
  }
  fs::create_directories(path_);
  const fs::path part = path.string() + ".part";
  fs::remove(part);
  {
    FileHandle file(part, O_WRONLY | O_CREAT | O_EXCL);
    file.write(as_bytes(text));
    file.sync();
  }
  // For whoever takes it from there: a user of the node's group.
  fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  kill_point<"node_out_file">();
  rename_durably(part, path);
  return true;
}

}  // namespace ph
