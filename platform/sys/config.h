// The settings of a long-running process, from a TOML file. A process declares each option once,
// with its type, default and help; out of that come the reader, its list of faults, the effective
// values (`--check-config`) and a commented example (`--example-config`).
//
//   struct NodeConfig { std::string province; std::uint16_t port{}; LogOptions log; };
//   void declare(ConfigSchema& schema, NodeConfig& config) {
//     schema.section("node", "Who this process is.");
//     schema.text("province", &config.province, "", "Its code.").required().example("P01");
//     schema.integer("port", &config.port, 9101, 1, 65535, "Where it listens.");
//     declare_log(schema, config.log);
//   }
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ph {

inline constexpr std::size_t kConfigBytesMax = 1U << 20U;

// A fault in a file of settings.
struct ConfigFault {
  std::string file{};
  std::uint32_t line{};    // 0 where there is none: something that lacks
  std::string key{};       // `section.key`
  std::string value{};     // as it stands in the file; empty when nothing stands there
  std::string expected{};  // what would be right

  [[nodiscard]] std::string text() const;
};
// A line each.
[[nodiscard]] std::string faults_text(const std::vector<ConfigFault>& faults);

// A value as the file has it. `std::monostate`: of a type that no option has.
struct ConfigValue {
  std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>> value{};
  std::string shown{};  // for people
};

// A text as TOML writes it, in quotes.
[[nodiscard]] std::string toml_text(std::string_view text);
// A url without the password that stands in it.
[[nodiscard]] std::string without_password(std::string_view url);

class ConfigSchema {
 public:
  class Option {
   public:
    // Must stand in the file.
    Option& required();
    // What stands in the example file instead of the default.
    Option& example(std::string text);
    Option& examples(const std::vector<std::string>& texts);  // of a list
    // It may hold a password: nobody gets to see the value but the process.
    Option& secret();

   private:
    friend class ConfigSchema;
    // Takes a value, or says what would be right.
    using Set = std::function<std::optional<std::string>(const ConfigValue&)>;
    std::string section_{};
    std::string key_{};
    std::string help_{};
    std::string expected_{};  // its type, for people
    std::string default_{};   // as TOML writes it
    std::string example_{};   // likewise; empty: the default
    bool required_{};
    bool secret_{};
    Set set_{};
    std::function<void()> reset_{};        // to the default
    std::function<std::string()> show_{};  // the present value as TOML writes it
    std::uint32_t line_{};                 // where it was found; 0: it has its default
  };

  // `title` opens the example file.
  explicit ConfigSchema(std::string title) : title_(std::move(title)) {}
  // Options hold pointers into it.
  ConfigSchema(const ConfigSchema&) = delete;
  ConfigSchema& operator=(const ConfigSchema&) = delete;

  // The options declared after it stand in [name]. A name may have dots: [uplink.retry].
  void section(std::string name, std::string help);

  // Each sets `*to` to its default at once, and to what a file says in `load`; `to` must outlive
  // the schema. Names end with their unit: `retry_seconds`, `body_bytes_max`.
  Option& text(std::string key, std::string* to, std::string fallback, std::string help);
  // A file or folder. Relative to the folder of the file of settings; empty stays empty.
  Option& path(std::string key, std::filesystem::path* to, std::string fallback, std::string help);
  Option& boolean(std::string key, bool* to, bool fallback, std::string help);
  Option& texts(std::string key, std::vector<std::string>* to, std::vector<std::string> fallback,
                std::string help);
  // A time of day, `HH:MM`, in seconds after midnight.
  Option& time_of_day(std::string key, std::int64_t* to, std::int64_t fallback, std::string help);
  template <class T>
  Option& integer(std::string key, T* to, std::type_identity_t<T> fallback,
                  std::type_identity_t<T> min, std::type_identity_t<T> max, std::string help) {
    static_assert(std::is_integral_v<T> && !std::is_same_v<T, bool>);
    return add_integer(
        std::move(key), static_cast<std::int64_t>(fallback), static_cast<std::int64_t>(min),
        static_cast<std::int64_t>(max), std::move(help),
        [to](std::int64_t value) { *to = static_cast<T>(value); },
        [to] { return static_cast<std::int64_t>(*to); });
  }
  template <class E>
  Option& choice(std::string key, E* to,
                 std::vector<std::pair<std::string, std::type_identity_t<E>>> words, E fallback,
                 std::string help) {
    std::vector<std::string> names;
    std::string fallback_name;
    for (const auto& [name, value] : words) {
      names.push_back(name);
      if (value == fallback) fallback_name = name;
    }
    return add_choice(
        std::move(key), std::move(names), std::move(fallback_name), std::move(help),
        [to, words](std::size_t index) { *to = words[index].second; },
        [to, words] {
          std::size_t index = 0;
          while (index + 1 < words.size() && words[index].second != *to)
            ++index;
          return index;
        });
  }
  // A text of a form of its own. `take` keeps it, or returns false; `expected` says the form. The
  // fallback goes through `take`, too, which may return false only when it is empty.
  Option& parsed(std::string key, std::string fallback, std::string expected, std::string help,
                 std::function<bool(const std::string&)> take);

  // What holds between options. `broken` returns an empty text, or what would be right at `key`
  // (`section.key`); it is asked when every single value is right.
  void rule(std::string key, std::function<std::string()> broken);

  // Reads the file; returns every fault, by line. With faults the values are not to be used.
  // Throws std::system_error when the file can't be read.
  [[nodiscard]] std::vector<ConfigFault> load(const std::filesystem::path& file);
  // The same from memory. `name` is for the faults, `folder` for relative paths.
  [[nodiscard]] std::vector<ConfigFault> load_text(std::string_view text, const std::string& name,
                                                   const std::filesystem::path& folder);

  // Every option with its present value and where it came from, as TOML.
  [[nodiscard]] std::string effective() const;
  // A file with every option, its help and its default. It loads without a fault.
  [[nodiscard]] std::string example() const;

 private:
  struct Section {
    std::string name{};
    std::string help{};
  };
  struct Rule {
    std::string key{};
    std::function<std::string()> broken{};
  };
  struct Loading;

  Option& add(std::string key, std::string expected, std::string fallback, std::string help);
  Option& add_integer(std::string key, std::int64_t fallback, std::int64_t min, std::int64_t max,
                      std::string help, std::function<void(std::int64_t)> set,
                      std::function<std::int64_t()> get);
  Option& add_choice(std::string key, std::vector<std::string> names, std::string fallback,
                     std::string help, std::function<void(std::size_t)> set,
                     std::function<std::size_t()> get);
  [[nodiscard]] Option* find(std::string_view section, std::string_view key);
  [[nodiscard]] bool has_section(std::string_view name) const;
  [[nodiscard]] std::string known_keys(std::string_view section) const;
  [[nodiscard]] std::string known_sections() const;
  void take_entries(Loading& loading);
  void ask_required(Loading& loading);
  void ask_rules(Loading& loading);
  static void add_section_lines(std::string& out, const Section& section);

  std::string title_;
  std::vector<Section> sections_{};
  std::vector<std::unique_ptr<Option>> options_{};
  std::vector<Rule> rules_{};
  std::filesystem::path folder_{};
};

}  // namespace ph
