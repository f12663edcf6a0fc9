// How the tables of sections say a key, and where its value goes. Private to this folder.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "platform/files/programme_schema.h"

namespace ph::programme_keys {

using programme::Rows;

inline constexpr std::int64_t kWholeMax = 100'000'000'000;
inline constexpr std::int64_t kMonthsMax = 1'200;
inline constexpr std::int64_t kDaysMax = 36'500;
inline constexpr std::int64_t kHoursMax = 8'760;
inline constexpr std::int64_t kRateMax = 10;
inline constexpr std::int64_t kRatioMax = 1'000'000;
inline constexpr std::int64_t kListMax = 64;

// --- Where a value goes
// ---------------------------------------------------------------------------

template <class T>
void assign(T& to, const ProgrammeValue& value) {
  if constexpr (std::is_same_v<T, BusinessDate>) {
    to = BusinessDate(static_cast<std::uint16_t>(value.number));
  } else if constexpr (std::is_same_v<T, programme::EffectiveDay>) {
    to = {static_cast<int>(value.number / 100), static_cast<int>(value.number % 100)};
  } else if constexpr (std::is_same_v<T, Ratio>) {
    to = value.ratio;
  } else if constexpr (std::is_same_v<T, std::string>) {
    to = value.text;
  } else if constexpr (std::is_same_v<T, programme::Ref>) {
    to.name = value.text;
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    to = value.names;
  } else if constexpr (std::is_same_v<T, std::vector<programme::Ref>>) {
    to.clear();
    for (const std::string& name : value.names)
      to.push_back({.name = name});
  } else {
    static_assert(std::is_integral_v<T> || std::is_enum_v<T>);
    to = static_cast<T>(value.number);
  }
}

template <class T>
void assign(std::optional<T>& to, const ProgrammeValue& value) {
  T inner{};
  assign(inner, value);
  to = std::move(inner);
}

template <class Row>
Row& last(std::vector<Row>& rows) {
  return rows.back();
}
template <class Row>
Row& last(std::optional<Row>& row) {
  return *row;
}
template <class Row>
Row& last(Row& row) {
  return row;
}

// The row that is being read gets the value: `set<&Rows::items, &CatalogueItem::name>`.
template <auto Section, auto Field>
void set(Rows& rows, const ProgrammeValue& value) {
  assign(last(rows.*Section).*Field, value);
}
template <auto Section>
void set_from(Rows& rows, const ProgrammeValue& value) {
  assign(last(rows.*Section).in_force.from, value);
}
template <auto Section>
void set_to(Rows& rows, const ProgrammeValue& value) {
  assign(last(rows.*Section).in_force.to, value);
}
// A word that there is one of: the rule has no other way.
inline void set_nothing(Rows& rows, const ProgrammeValue& value) {
  (void)rows;
  (void)value;
}

template <auto Section>
void begin(Rows& rows, std::uint32_t line) {
  auto& section = rows.*Section;
  if constexpr (requires { section.push_back({}); }) {
    section.push_back({});
  } else if constexpr (requires { section.emplace(); }) {
    section.emplace();
  }
  last(section).line = line;
}

// --- Keys
// -----------------------------------------------------------------------------------------

using Set = ProgrammeKey::Set;
using enum ProgrammeType;

constexpr ProgrammeKey key(std::string_view name, ProgrammeType type, Set set) {
  return {.name = name, .type = type, .set = set};
}
constexpr ProgrammeKey integer(std::string_view name, std::string_view unit, std::int64_t max,
                               Set set) {
  return {.name = name, .type = kInteger, .unit = unit, .max = max, .set = set};
}
constexpr ProgrammeKey name(std::string_view of, Set set) {
  return key(of, kName, set);
}
constexpr ProgrammeKey text(std::string_view of, Set set) {
  return key(of, kText, set).range(1, 60);
}
constexpr ProgrammeKey points(std::string_view of, Set set) {
  return integer(of, "points", kWholeMax, set);
}
constexpr ProgrammeKey fen(std::string_view of, Set set) {
  return integer(of, "fen", kWholeMax, set);
}
constexpr ProgrammeKey count(std::string_view of, Set set) {
  return integer(of, "count", kWholeMax, set);
}
constexpr ProgrammeKey months(std::string_view of, Set set) {
  return integer(of, "months", kMonthsMax, set);
}
constexpr ProgrammeKey days(std::string_view of, Set set) {
  return integer(of, "days", kDaysMax, set);
}
constexpr ProgrammeKey hours(std::string_view of, Set set) {
  return integer(of, "hours", kHoursMax, set);
}
constexpr ProgrammeKey boolean(std::string_view of, Set set) {
  return key(of, kBoolean, set);
}
constexpr ProgrammeKey rate(std::string_view of, Set set) {
  return key(of, kRate, set).range(0, kRateMax);
}
constexpr ProgrammeKey ratio(std::string_view of, Set set) {
  return key(of, kRatio, set).range(0, kRatioMax);
}
constexpr ProgrammeKey names(std::string_view of, Set set) {
  return key(of, kNames, set).range(0, kListMax);
}
constexpr ProgrammeKey word_of(std::string_view of, std::span<const WordSpec> words, Set set) {
  return {.name = of, .type = kWord, .words = words, .set = set};
}

// A file says it.
constexpr ProgrammeKey needed(ProgrammeKey key) {
  key.needed = true;
  return key;
}
// A file may leave it out, and then has this.
constexpr ProgrammeKey or_else(std::string_view fallback, ProgrammeKey key) {
  key.fallback = fallback;
  return key;
}

template <class E>
constexpr WordSpec as(std::string_view text, E value) {
  return {text, static_cast<std::uint8_t>(value)};
}

// `from` and `to` of a dated section.
template <auto Section>
constexpr ProgrammeKey from() {
  return needed(key("from", kDate, set_from<Section>));
}
template <auto Section>
constexpr ProgrammeKey to() {
  return key("to", kDate, set_to<Section>);
}

template <auto Section>
ProgrammeSection once(std::string_view name, std::span<const ProgrammeKey> keys) {
  return {.name = name, .keys = keys, .begin = begin<Section>};
}
template <auto Section>
ProgrammeSection many(std::string_view name, std::span<const ProgrammeKey> keys) {
  return {.name = name, .repeated = true, .keys = keys, .begin = begin<Section>};
}
template <auto Section>
ProgrammeSection dated(std::string_view name, std::span<const ProgrammeKey> keys) {
  return {.name = name, .repeated = true, .dated = true, .keys = keys, .begin = begin<Section>};
}

}  // namespace ph::programme_keys
