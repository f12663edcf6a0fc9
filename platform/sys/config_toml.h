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

// One `[section]`, or one of several `[[section]]`, with its keys in the order of the file.
struct TomlSection {
  std::string name{};
  bool repeated{};  // `[[section]]`
  std::uint32_t line{};
  std::vector<TomlEntry> entries{};
};

// Sections in the order of the file. Values have one spelling
// each: floats, dates, times, tables within a line, arrays of other than texts and keys outside a
// section are faults; each fault names its line and what stands there.
struct TomlSections {
  std::vector<TomlSection> sections{};
  std::vector<ConfigFault> faults{};
  // The text isn't TOML because one section stands twice: `faults` has that alone.
  bool section_twice{};
};

[[nodiscard]] TomlSections read_toml_sections(std::string_view text);

}  // namespace ph
