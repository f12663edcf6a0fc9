// The registry of keys as it may be relied on: read from its file together with the root's
// signature beside it (docs/proof.md, sections 5 and 6).
#pragma once

#include <filesystem>
#include <string>

#include "core/types/result.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"

namespace ph {

// Every refusal says what is wrong with which file, and what to do. All throw std::system_error
// when a file cannot be read.

[[nodiscard]] Result<PublicKeyRecord, std::string> load_root_key(const std::filesystem::path& file);

// Refused unless `<registry>.sig` is this root's signature on it, it is a registry, and of the
// clearing that the root is of.
[[nodiscard]] Result<KeyRegistry, std::string> load_registry(const std::filesystem::path& registry,
                                                             const PublicKeyRecord& root);
[[nodiscard]] Result<KeyRegistry, std::string> load_registry(
    const std::filesystem::path& registry, const std::filesystem::path& root_file);

}  // namespace ph
