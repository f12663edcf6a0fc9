// What a TOML file holds, without TOML's types: toml++ stays behind it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/sys/config.h"

namespace ph {

// One `key = value`, in the order of the file; or a section's head, whose key is empty.
struct TomlEntry {
  std::string section{};
  std::string key{};
  std::uint32_t line{};
  ConfigValue value{};
};

struct TomlFile {
  std::vector<TomlEntry> entries{};
  // Not TOML: `expected` says why, and nothing was read.
  std::optional<ConfigFault> fault{};
};

[[nodiscard]] TomlFile read_toml(std::string_view text);

}  // namespace ph
