// What tells one state of a file from another without reading it. A file that is replaced has
// another inode, one that is written to has other times: both are asked because an inode is used
// again, and times may be set back.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

namespace ph {

using FileStamp = std::array<std::int64_t, 4>;

// Zeros when there is no such file.
[[nodiscard]] FileStamp file_stamp(const std::filesystem::path& file);

}  // namespace ph
