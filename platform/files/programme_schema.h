// The sections and keys of the programme file (docs/programme-file.md), as data: the same table
// drives reading, faults, defaults and the listing that the page is held against. Private to this
// folder, but for the listing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/programme/programme_rows.h"
#include "platform/files/schema.h"

namespace ph::programme_keys {

inline constexpr std::size_t kProgrammeBytesMax = 1U << 20U;
inline constexpr std::size_t kProgrammeSectionsMax = 4096;

enum class ProgrammeType : std::uint8_t {
  kName,
  kOfficer,
  kCode,
  kText,
  kRate,   // may be 0
  kRatio,  // may not
  kInteger,
  kBoolean,
  kDate,
  kDayOrNext,
  kTime,
  kWord,
  kNames,
  kWords,
};

// A value of a key, read.
struct ProgrammeValue {
  std::int64_t number{};  // integer, boolean, word, date, minutes of a time, month x 100 + day
  std::string text{};
  Ratio ratio{};
  std::vector<std::string> names{};
};

struct ProgrammeKey {
  using Set = void (*)(programme::Rows&, const ProgrammeValue&);

  std::string_view name{};
  ProgrammeType type{};
  std::string_view unit{};      // of an integer or ratio, for people
  std::string_view fallback{};  // as the file would write it, without quotes; empty: none
  bool needed{};
  std::int64_t min{};  // of an integer, a rate, a ratio, the length of a list
  std::int64_t max{};
  std::span<const WordSpec> words{};
  Set set{};

  [[nodiscard]] constexpr ProgrammeKey range(std::int64_t from, std::int64_t to) const {
    ProgrammeKey key = *this;
    key.min = from;
    key.max = to;
    return key;
  }
};

struct ProgrammeSection {
  std::string_view name{};
  bool repeated{};
  bool dated{};
  bool needed{};
  std::span<const ProgrammeKey> keys{};
  void (*begin)(programme::Rows&, std::uint32_t line){};  // the rows that follow are its last one
};

// In the order of the page.
[[nodiscard]] const std::vector<ProgrammeSection>& programme_sections();
// The parts of it: earning and gradings; service and the catalogue.
void add_earning_sections(std::vector<ProgrammeSection>& sections);
void add_service_sections(std::vector<ProgrammeSection>& sections);

// `name`, `rate`, `word`: the type as the page calls it.
[[nodiscard]] std::string_view type_word(const ProgrammeKey& key);

// `section|key|type|default|values`, a line each; a section's own line has no key.
void print_programme_keys(std::string& out);

}  // namespace ph::programme_keys
