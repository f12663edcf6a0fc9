#include "platform/sys/config_toml.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace ph {

namespace {

constexpr std::size_t kShownMax = 80;

std::string shown(const toml::node& node) {
  std::ostringstream out;
  if (const auto* array = node.as_array()) {
    out << *array;
  } else if (const auto* table = node.as_table()) {
    out << toml::toml_formatter(*table);
  } else {
    node.visit([&out](const auto& value) {
      if constexpr (toml::is_value<decltype(value)>) out << value;
    });
  }
  std::string text = out.str();
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > kShownMax) text.replace(kShownMax, std::string::npos, "...");
  return text;
}

std::optional<std::vector<std::string>> texts_of(const toml::array& array) {
  std::vector<std::string> texts;
  for (const toml::node& node : array) {
    const auto* text = node.as_string();
    if (text == nullptr) return std::nullopt;
    texts.push_back(text->get());
  }
  return texts;
}

ConfigValue value_of(const toml::node& node) {
  ConfigValue value;
  value.shown = shown(node);
  if (const auto* boolean = node.as_boolean()) {
    value.value = boolean->get();
  } else if (const auto* integer = node.as_integer()) {
    value.value = integer->get();
  } else if (const auto* text = node.as_string()) {
    value.value = text->get();
  } else if (const auto* array = node.as_array()) {
    if (auto texts = texts_of(*array)) value.value = std::move(*texts);
  } else if (const auto* time = node.as_time(); time != nullptr && time->get().second == 0) {
    value.value = value.shown.substr(0, 5);
  }
  return value;
}

void add_table(const toml::table& table, const std::string& section,
               std::vector<TomlEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::uint32_t line = static_cast<std::uint32_t>(key.source().begin.line);
    if (const auto* inner = node.as_table()) {
      const std::string inner_name = section.empty() ? name : section + "." + name;
      entries.push_back({inner_name, "", line, {}});
      add_table(*inner, inner_name, entries);
    } else {
      entries.push_back({section, name, line, value_of(node)});
    }
  }
}

}  // namespace

TomlFile read_toml(std::string_view text) {
  TomlFile file;
  try {
    const toml::table root = toml::parse(text);
    add_table(root, "", file.entries);
  } catch (const toml::parse_error& error) {
    ConfigFault fault;
    fault.line = static_cast<std::uint32_t>(error.source().begin.line);
    fault.expected = "TOML: " + std::string(error.description());
    file.fault = std::move(fault);
    return file;
  }
  std::stable_sort(file.entries.begin(), file.entries.end(),
                   [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
  return file;
}

}  // namespace ph
