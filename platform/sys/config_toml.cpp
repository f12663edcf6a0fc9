#include "platform/sys/config_toml.h"

// Some texts that aren't TOML, such as `[` before a line's end, break assertions of toml++ 3.3
// where an error was meant: a file that somebody sends must not end the process.
namespace ph::toml_assert {
struct Broken {};
[[noreturn]] inline void broken() {
  throw Broken{};
}
}  // namespace ph::toml_assert
#define TOML_ASSERT(expr) \
  (static_cast<bool>(expr) ? static_cast<void>(0) : ::ph::toml_assert::broken())

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

std::uint32_t line_of(const toml::source_region& source) {
  return static_cast<std::uint32_t>(source.begin.line);
}

void add_table(const toml::table& table, const std::string& section,
               std::vector<TomlEntry>& entries) {
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::uint32_t line = line_of(key.source());
    if (const auto* inner = node.as_table()) {
      const std::string inner_name = section.empty() ? name : section + "." + name;
      entries.push_back({inner_name, "", line, {}});
      add_table(*inner, inner_name, entries);
    } else {
      entries.push_back({section, name, line, value_of(node)});
    }
  }
}

ConfigFault fault_of(const toml::parse_error& error) {
  ConfigFault fault;
  fault.line = line_of(error.source());
  fault.expected = "TOML: " + std::string(error.description());
  return fault;
}

bool breaks(std::string_view text) {
  try {
    (void)toml::parse(text);
  } catch (const toml_assert::Broken&) {
    return true;
  } catch (const toml::parse_error&) {
    return false;
  }
  return false;
}

// The line at which such a text breaks: reading goes from the front, so every beginning of it that
// holds that line breaks, and no shorter one does.
ConfigFault fault_of_broken(std::string_view text) {
  std::vector<std::size_t> ends;  // of lines
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n' || at + 1 == text.size()) ends.push_back(at + 1);
  }
  const auto found = std::partition_point(
      ends.begin(), ends.end(), [text](std::size_t end) { return !breaks(text.substr(0, end)); });
  ConfigFault fault;
  fault.line = 1 + static_cast<std::uint32_t>(found - ends.begin());
  fault.expected = "TOML: a section's or key's name";
  return fault;
}

// What would be right instead of a value that has no place in sections of one spelling; or nothing.
std::optional<std::string> forbidden(const toml::node& node) {
  if (node.is_floating_point()) return "no float: an integer, or a text such as \"1/2\"";
  if (node.is_date() || node.is_time() || node.is_date_time()) {
    return "a date or time as a text, in quotes";
  }
  if (node.is_table()) return "no table within a section";
  if (const auto* array = node.as_array(); array != nullptr && !texts_of(*array)) {
    return "an array of texts, not nested";
  }
  return std::nullopt;
}

class SectionReader {
 public:
  TomlSections run(const toml::table& root) {
    for (const auto& [key, node] : root) {
      const std::string name(key.str());
      const auto* array = node.as_array();
      if (const auto* table = node.as_table(); table != nullptr && !table->is_inline()) {
        add(name, false, line_of(key.source()), *table);
      } else if (array != nullptr && is_sections(*array)) {
        for (const toml::node& each : *array) {
          add(name, true, line_of(each.source()), *each.as_table());
        }
      } else {
        fault(line_of(key.source()), name, node, "a key within a section");
      }
    }
    const auto by_line = [](const auto& a, const auto& b) { return a.line < b.line; };
    std::stable_sort(out_.sections.begin(), out_.sections.end(), by_line);
    std::stable_sort(out_.faults.begin(), out_.faults.end(), by_line);
    return std::move(out_);
  }

 private:
  static bool is_sections(const toml::array& array) {
    return !array.empty() && std::all_of(array.begin(), array.end(), [](const toml::node& each) {
      return each.is_table() && !each.as_table()->is_inline();
    });
  }

  void fault(std::uint32_t line, std::string key, const toml::node& node, std::string expected) {
    ConfigFault fault;
    fault.line = line;
    fault.key = std::move(key);
    fault.value = shown(node);
    fault.expected = std::move(expected);
    out_.faults.push_back(std::move(fault));
  }

  void add(const std::string& name, bool repeated, std::uint32_t line, const toml::table& table) {
    TomlSection section{name, repeated, line, {}};
    for (const auto& [key, node] : table) {
      const std::string of(key.str());
      const std::uint32_t at = line_of(key.source());
      if (auto expected = forbidden(node)) {
        fault(at, name + "." + of, node, std::move(*expected));
      } else {
        section.entries.push_back({name, of, at, value_of(node)});
      }
    }
    std::stable_sort(section.entries.begin(), section.entries.end(),
                     [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
    out_.sections.push_back(std::move(section));
  }

  TomlSections out_;
};

}  // namespace

TomlSections read_toml_sections(std::string_view text) {
  try {
    const toml::table root = toml::parse(text);
    return SectionReader().run(root);
  } catch (const toml::parse_error& error) {
    TomlSections out;
    out.section_twice =
        error.description().find("redefine existing table") != std::string_view::npos;
    out.faults.push_back(fault_of(error));
    return out;
  } catch (const toml_assert::Broken&) {
    TomlSections out;
    out.faults.push_back(fault_of_broken(text));
    return out;
  }
}

TomlFile read_toml(std::string_view text) {
  TomlFile file;
  try {
    const toml::table root = toml::parse(text);
    add_table(root, "", file.entries);
  } catch (const toml::parse_error& error) {
    file.fault = fault_of(error);
    return file;
  } catch (const toml_assert::Broken&) {
    file.fault = fault_of_broken(text);
    return file;
  }
  std::stable_sort(file.entries.begin(), file.entries.end(),
                   [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
  return file;
}

}  // namespace ph
