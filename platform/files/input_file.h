// An input file's bytes in memory: mapped from disk, or a view of bytes that someone else keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/digest.h"
#include "platform/files/fault.h"

namespace ph {

class InputFile {
 public:
  // Maps a regular file read-only. nullopt and FILE_UNREADABLE when that can't be done.
  // Nobody may truncate the file while it is mapped: files are renamed into place when complete.
  [[nodiscard]] static std::optional<InputFile> open(const std::string& path,
                                                     std::vector<Fault>& faults);
  // The caller keeps `bytes` alive. They are copied when not aligned for the records of a batch.
  InputFile(std::string name, Bytes bytes);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&& other) noexcept;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Bytes bytes() const { return bytes_; }  // Aligned to 8 bytes.
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  InputFile() = default;
  void unmap();

  std::string name_;
  Bytes bytes_{};
  void* mapping_{nullptr};
  std::vector<std::uint64_t> copy_{};
};

}  // namespace ph
