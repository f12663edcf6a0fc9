#include "app/node/out_folder.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

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
  {
    std::ofstream file(part, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush()) {
      throw std::runtime_error("the file " + part.string() +
                               " can't be written: see whether the disk is full (node.out)");
    }
  }
  kill_point<"node_out_file">();
  fs::rename(part, path);
  return true;
}

}  // namespace ph
