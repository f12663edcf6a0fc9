// Files that hold secrets: made once, never overwritten, closed to others than their owner.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/result.h"

namespace ph {

// Why a directory may not get keys: it is none, or group or others may write in it.
[[nodiscard]] std::optional<std::string> unsafe_directory(const std::filesystem::path& directory);

// A new file, durable on return (but for its directory); false when the name is taken, whatever by.
// Throws std::system_error when the disk fails; the file is then gone again.
[[nodiscard]] bool create_file(const std::filesystem::path& file, std::string_view contents,
                               mode_t mode);

// The files of a new key, `<name>.secret` (mode 0600), `<name>.pub` and, when there is a `pem`,
// `<name>.pem` (mode 0600), all or none; overwrites nothing. The error says why not: one is there,
// or others than the owner may write there. Throws std::system_error when the disk fails.
[[nodiscard]] std::optional<std::string> save_key_files(const std::filesystem::path& directory,
                                                        const std::string& name,
                                                        std::string_view secret,
                                                        std::string_view open,
                                                        std::string_view pem = {});

void sync_directory(const std::filesystem::path& directory);

// Replaces a file in one step, so that a reader sees the old bytes or the new ones.
void replace_file(const std::filesystem::path& file, std::string_view contents);

inline constexpr std::size_t kKeyFileBytesMax = 4'096;
// Refused when group or others have any right to it, or when it is larger than `bytes_max`. Throws
// std::system_error when it cannot be read.
[[nodiscard]] Result<std::string, std::string> read_private_file(
    const std::filesystem::path& file, std::size_t bytes_max = kKeyFileBytesMax);

// A file that is no secret; refused when it isn't a plain file or is larger than `bytes_max`.
// Throws std::system_error when it cannot be read.
[[nodiscard]] Result<std::string, std::string> read_open_file(const std::filesystem::path& file,
                                                              std::size_t bytes_max);

}  // namespace ph
