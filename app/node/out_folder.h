// The folder of what a node writes for its province's other systems: whole files or none.
#pragma once

#include <filesystem>
#include <string>

namespace ph {

class OutFolder {
 public:
  explicit OutFolder(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] std::filesystem::path path_of(const std::string& name) const {
    return path_ / name;
  }
  // The file has this text when it returns: written aside first, then renamed, durably. False: it
  // had it before. Throws with what to do when it can't be written.
  bool put(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace ph
