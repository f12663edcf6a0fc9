#include "platform/sys/config.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/types/check.h"
#include "platform/sys/config_toml.h"

namespace ph {

namespace {

constexpr std::size_t kHelpColumns = 96;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string toml_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  quoted.reserve(texts.size());
  for (const std::string& text : texts)
    quoted.push_back(toml_text(text));
  return "[" + joined(quoted) + "]";
}

std::string two_digits(std::int64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

std::string time_text(std::int64_t seconds) {
  return two_digits(seconds / 3600) + ":" + two_digits(seconds / 60 % 60);
}

// `HH:MM`, before 24:00.
std::optional<std::int64_t> time_of(const std::string& text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + text[1] - '0';
  const int minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (hours >= 24 || minutes >= 60) return std::nullopt;
  return hours * 3600 + minutes * 60;
}

// A comment of lines that fit.
void add_comment(std::string& out, const std::string& text) {
  std::string line = "#";
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (line.size() > 1 && line.size() + 1 + end - at > kHelpColumns) {
      out += line + "\n";
      line = "#";
    }
    line += " " + text.substr(at, end - at);
    at = end + 1;
  }
  out += line + "\n";
}

std::string full_key(const std::string& section, const std::string& key) {
  return section.empty() ? key : section + "." + key;
}

}  // namespace

std::string ConfigFault::text() const {
  std::string out = file;
  if (line != 0) out += ":" + std::to_string(line);
  out += ": ";
  if (!key.empty()) out += key + (value.empty() ? "" : " = " + value) + ": ";
  return out + "expected " + expected;
}

std::string faults_text(const std::vector<ConfigFault>& faults) {
  std::string out;
  for (const ConfigFault& fault : faults)
    out += fault.text() + "\n";
  return out;
}

std::string toml_text(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20 || code == 0x7f) {
      out += "\\u00";
      out += kHex[code >> 4U];
      out += kHex[code & 15U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string without_password(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "(hidden)";
  // Up to the last @ of all: a password may hold any of /?#@, wrong as that is.
  const std::size_t colon = url.find(':', scheme + 3);
  const std::size_t at = url.rfind('@');
  std::string out(url);
  if (at != std::string_view::npos && colon < at) {
    out.replace(colon + 1, at - colon - 1, "(hidden)");
  }
  // libpq takes them as parameters, too: password, sslpassword.
  static constexpr std::string_view kParameter = "password=";
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  for (auto from = out.begin();;) {
    from = std::search(from, out.end(), kParameter.begin(), kParameter.end(), same);
    if (from == out.end()) {
      return out;
    }
    from += static_cast<std::ptrdiff_t>(kParameter.size());
    const auto begin = from - out.begin();
    out.replace(from, std::find(from, out.end(), '&'), "(hidden)");
    from = out.begin() + begin;
  }
}

ConfigSchema::Option& ConfigSchema::Option::required() {
  required_ = true;
  return *this;
}

ConfigSchema::Option& ConfigSchema::Option::example(std::string text) {
  example_ = toml_text(text);
  return *this;
}

ConfigSchema::Option& ConfigSchema::Option::examples(const std::vector<std::string>& texts) {
  example_ = toml_texts(texts);
  return *this;
}

ConfigSchema::Option& ConfigSchema::Option::secret() {
  secret_ = true;
  return *this;
}

// --- declaring
// ------------------------------------------------------------------------------------

void ConfigSchema::section(std::string name, std::string help) {
  check(!has_section(name), "a section of settings is declared once");
  sections_.push_back({std::move(name), std::move(help)});
}

ConfigSchema::Option& ConfigSchema::add(std::string key, std::string expected, std::string fallback,
                                        std::string help) {
  check(!sections_.empty(), "an option stands in a section");
  const std::string& section = sections_.back().name;
  check(find(section, key) == nullptr, "an option is declared once");
  auto option = std::make_unique<Option>();
  option->section_ = section;
  option->key_ = std::move(key);
  option->expected_ = std::move(expected);
  option->default_ = std::move(fallback);
  option->help_ = std::move(help);
  options_.push_back(std::move(option));
  return *options_.back();
}

ConfigSchema::Option& ConfigSchema::parsed(std::string key, std::string fallback,
                                           std::string expected, std::string help,
                                           std::function<bool(const std::string&)> take) {
  const auto present = std::make_shared<std::string>(fallback);
  Option& option = add(std::move(key), expected, toml_text(fallback), std::move(help));
  option.reset_ = [=] {
    check(take(fallback) || fallback.empty(), "the default of an option is of its form");
    *present = fallback;
  };
  option.set_ = [=](const ConfigValue& value) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&value.value);
    if (text == nullptr || !take(*text)) return expected;
    *present = *text;
    return std::nullopt;
  };
  option.show_ = [present] { return toml_text(*present); };
  option.reset_();
  return option;
}

ConfigSchema::Option& ConfigSchema::text(std::string key, std::string* to, std::string fallback,
                                         std::string help) {
  return parsed(std::move(key), std::move(fallback), "a text", std::move(help),
                [to](const std::string& given) {
                  *to = given;
                  return true;
                });
}

ConfigSchema::Option& ConfigSchema::path(std::string key, std::filesystem::path* to,
                                         std::string fallback, std::string help) {
  Option& option =
      parsed(std::move(key), std::move(fallback), "a path", std::move(help),
             [this, to](const std::string& given) {
               if (given.find('\0') != std::string::npos) return false;
               *to = given.empty() ? std::filesystem::path() : (folder_ / given).lexically_normal();
               return true;
             });
  option.show_ = [to] { return toml_text(to->string()); };
  return option;
}

ConfigSchema::Option& ConfigSchema::boolean(std::string key, bool* to, bool fallback,
                                            std::string help) {
  Option& option =
      add(std::move(key), "true or false", fallback ? "true" : "false", std::move(help));
  option.reset_ = [=] { *to = fallback; };
  option.set_ = [to](const ConfigValue& value) -> std::optional<std::string> {
    const auto* given = std::get_if<bool>(&value.value);
    if (given == nullptr) return "true or false";
    *to = *given;
    return std::nullopt;
  };
  option.show_ = [to] { return std::string(*to ? "true" : "false"); };
  option.reset_();
  return option;
}

ConfigSchema::Option& ConfigSchema::texts(std::string key, std::vector<std::string>* to,
                                          std::vector<std::string> fallback, std::string help) {
  Option& option = add(std::move(key), "a list of texts", toml_texts(fallback), std::move(help));
  option.reset_ = [to, fallback = std::move(fallback)] { *to = fallback; };
  option.set_ = [to](const ConfigValue& value) -> std::optional<std::string> {
    const auto* given = std::get_if<std::vector<std::string>>(&value.value);
    if (given == nullptr) return "a list of texts, as [\"a\", \"b\"]";
    *to = *given;
    return std::nullopt;
  };
  option.show_ = [to] { return toml_texts(*to); };
  option.reset_();
  return option;
}

ConfigSchema::Option& ConfigSchema::time_of_day(std::string key, std::int64_t* to,
                                                std::int64_t fallback, std::string help) {
  return parsed(std::move(key), time_text(fallback), "a time of day, as \"18:30\"", std::move(help),
                [to](const std::string& given) {
                  const auto seconds = time_of(given);
                  if (seconds) *to = *seconds;
                  return seconds.has_value();
                });
}

ConfigSchema::Option& ConfigSchema::add_integer(std::string key, std::int64_t fallback,
                                                std::int64_t min, std::int64_t max,
                                                std::string help,
                                                std::function<void(std::int64_t)> set,
                                                std::function<std::int64_t()> get) {
  check(min <= fallback && fallback <= max, "the default of an option is within its bounds");
  const std::string expected =
      "an integer from " + std::to_string(min) + " to " + std::to_string(max);
  Option& option = add(std::move(key), expected, std::to_string(fallback), std::move(help));
  option.reset_ = [=] { set(fallback); };
  option.set_ = [=](const ConfigValue& value) -> std::optional<std::string> {
    const auto* given = std::get_if<std::int64_t>(&value.value);
    if (given == nullptr || *given < min || *given > max) return expected;
    set(*given);
    return std::nullopt;
  };
  option.show_ = [get = std::move(get)] { return std::to_string(get()); };
  option.reset_();
  return option;
}

ConfigSchema::Option& ConfigSchema::add_choice(std::string key, std::vector<std::string> names,
                                               std::string fallback, std::string help,
                                               std::function<void(std::size_t)> set,
                                               std::function<std::size_t()> get) {
  const std::string expected = "one of " + toml_texts(names);
  Option& option = add(std::move(key), expected, toml_text(fallback), std::move(help));
  const auto of_fallback = std::find(names.begin(), names.end(), fallback);
  check(of_fallback != names.end(), "the default of an option is one of its words");
  option.reset_ = [set, index = static_cast<std::size_t>(of_fallback - names.begin())] {
    set(index);
  };
  option.set_ = [=](const ConfigValue& value) -> std::optional<std::string> {
    const auto* given = std::get_if<std::string>(&value.value);
    const auto at = given == nullptr ? names.end() : std::find(names.begin(), names.end(), *given);
    if (at == names.end()) return expected;
    set(static_cast<std::size_t>(at - names.begin()));
    return std::nullopt;
  };
  option.show_ = [names, get = std::move(get)] { return toml_text(names[get()]); };
  option.reset_();
  return option;
}

void ConfigSchema::rule(std::string key, std::function<std::string()> broken) {
  rules_.push_back({std::move(key), std::move(broken)});
}

// --- reading
// --------------------------------------------------------------------------------------

struct ConfigSchema::Loading {
  std::string name{};
  std::vector<TomlEntry> entries{};
  std::vector<ConfigFault> faults{};

  void fault(std::uint32_t line, std::string key, std::string value, std::string expected) {
    faults.push_back({name, line, std::move(key), std::move(value), std::move(expected)});
  }
};

ConfigSchema::Option* ConfigSchema::find(std::string_view section, std::string_view key) {
  for (const auto& option : options_) {
    if (option->section_ == section && option->key_ == key) return option.get();
  }
  return nullptr;
}

bool ConfigSchema::has_section(std::string_view name) const {
  return std::any_of(sections_.begin(), sections_.end(), [&](const Section& section) {
    return section.name == name ||
           (section.name.starts_with(name) && section.name[name.size()] == '.');
  });
}

std::string ConfigSchema::known_keys(std::string_view section) const {
  std::vector<std::string> keys;
  for (const auto& option : options_) {
    if (option->section_ == section) keys.push_back(option->key_);
  }
  return joined(keys);
}

std::string ConfigSchema::known_sections() const {
  std::vector<std::string> names;
  for (const Section& section : sections_)
    names.push_back("[" + section.name + "]");
  return joined(names);
}

void ConfigSchema::take_entries(Loading& loading) {
  std::string unknown_section;  // One fault for all that stands in it.
  for (const TomlEntry& entry : loading.entries) {
    const std::string key = full_key(entry.section, entry.key);
    if (entry.key.empty()) {
      if (!has_section(entry.section)) {
        loading.fault(entry.line, "[" + entry.section + "]", "", "one of " + known_sections());
        unknown_section = entry.section;
      }
      continue;
    }
    if (!unknown_section.empty() && entry.section == unknown_section) continue;
    Option* option = find(entry.section, entry.key);
    if (option == nullptr) {
      const std::string known = known_keys(entry.section);
      loading.fault(entry.line, key, entry.value.shown,
                    known.empty() ? "options within a section: " + known_sections()
                                  : "one of the keys of this section: " + known);
      continue;
    }
    option->line_ = entry.line;
    if (const auto expected = option->set_(entry.value)) {
      loading.fault(entry.line, key, option->secret_ ? "(hidden)" : entry.value.shown, *expected);
    }
  }
}

void ConfigSchema::ask_required(Loading& loading) {
  for (const auto& option : options_) {
    if (option->required_ && option->line_ == 0) {
      loading.fault(0, full_key(option->section_, option->key_), "",
                    option->expected_ + "; it lacks and has no default");
    }
  }
}

void ConfigSchema::ask_rules(Loading& loading) {
  for (const Rule& rule : rules_) {
    const std::string expected = rule.broken();
    if (expected.empty()) continue;
    const std::size_t dot = rule.key.rfind('.');
    check(dot != std::string::npos, "a rule names an option with its section");
    const Option* option = find(rule.key.substr(0, dot), rule.key.substr(dot + 1));
    check(option != nullptr, "a rule names an option that there is");
    loading.fault(option->line_, rule.key, option->secret_ ? "(hidden)" : option->show_(),
                  expected);
  }
}

std::vector<ConfigFault> ConfigSchema::load_text(std::string_view text, const std::string& name,
                                                 const std::filesystem::path& folder) {
  folder_ = folder;
  Loading loading;
  loading.name = name;
  for (const auto& option : options_) {
    option->line_ = 0;
    option->reset_();
  }
  TomlFile toml = read_toml(text);
  if (toml.fault) {
    toml.fault->file = name;
    return {*toml.fault};
  }
  loading.entries = std::move(toml.entries);
  take_entries(loading);
  ask_required(loading);
  if (loading.faults.empty()) ask_rules(loading);
  std::stable_sort(loading.faults.begin(), loading.faults.end(),
                   [](const ConfigFault& a, const ConfigFault& b) { return a.line < b.line; });
  return loading.faults;
}

std::vector<ConfigFault> ConfigSchema::load(const std::filesystem::path& file) {
  std::error_code gone;
  const auto size = std::filesystem::file_size(file, gone);
  if (gone) throw std::system_error(gone, file.string());
  if (size > kConfigBytesMax) {
    return {{file.string(), 0, "", "",
             "a file of settings, of at most " + std::to_string(kConfigBytesMax) + " bytes"}};
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::system_error(errno, std::generic_category(), file.string());
  return load_text(text, file.string(), std::filesystem::absolute(file).parent_path());
}

// --- showing
// --------------------------------------------------------------------------------------

void ConfigSchema::add_section_lines(std::string& out, const Section& section) {
  out += out.empty() ? "" : "\n";
  out += "[" + section.name + "]\n";
}

std::string ConfigSchema::effective() const {
  std::string out;
  for (const Section& section : sections_) {
    add_section_lines(out, section);
    for (const auto& option : options_) {
      if (option->section_ != section.name) continue;
      std::string value = option->show_();
      if (option->secret_ && value != "\"\"") {
        value = "\"" + without_password(std::string_view(value).substr(1, value.size() - 2)) + "\"";
      }
      out += option->key_ + " = " + value + "  # " +
             (option->line_ == 0 ? "default" : "line " + std::to_string(option->line_)) + "\n";
    }
  }
  return out;
}

std::string ConfigSchema::example() const {
  std::string out;
  add_comment(out, title_);
  add_comment(out,
              "What stands behind a # is the default. Paths are relative to this file's folder.");
  for (const Section& section : sections_) {
    add_section_lines(out, section);
    add_comment(out, section.help);
    for (const auto& option : options_) {
      if (option->section_ != section.name) continue;
      out += "\n";
      add_comment(out, option->help_ + (option->required_ ? " Required: " : " Takes ") +
                           option->expected_ + ".");
      const std::string& value = option->example_.empty() ? option->default_ : option->example_;
      out += (option->required_ ? "" : "#") + option->key_ + " = " + value + "\n";
    }
  }
  return out;
}

}  // namespace ph
