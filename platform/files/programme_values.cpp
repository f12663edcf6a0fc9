#include "platform/files/programme_values.h"

#include <algorithm>
#include <charconv>

#include "core/types/date.h"
#include "core/types/text.h"

namespace ph::programme_keys {

namespace {

using enum FaultCode;
using enum ProgrammeType;

constexpr std::size_t kNameMax = 24;
constexpr std::size_t kOfficerMax = 16;
constexpr std::size_t kCodeMax = 12;
constexpr std::int64_t kFractionMax = 1'000'000;
constexpr int kMinutesAnHour = 60;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_small(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameMax &&
         std::ranges::all_of(text, [](char c) { return is_small(c) || is_digit(c) || c == '-'; });
}

bool is_officer(std::string_view text) {
  return !text.empty() && text.size() <= kOfficerMax && std::ranges::all_of(text, [](char c) {
    return is_small(c) || is_capital(c) || is_digit(c) || c == '-';
  });
}

bool is_code(std::string_view text) {
  return text.size() >= 2 && text.size() <= kCodeMax && is_capital(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_capital(c) || is_digit(c); });
}

// Characters of a text in UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Digits without sign, leading zero and separator, at most kFractionMax.
std::optional<std::int64_t> part_of(std::string_view text) {
  constexpr std::size_t kDigitsMax = 18;
  const bool right = !text.empty() && text.size() <= kDigitsMax &&
                     std::ranges::all_of(text, is_digit) && (text.size() == 1 || text[0] != '0');
  std::int64_t number = 0;
  if (!right || std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

std::optional<ValueFault> fault(FaultCode code, const ProgrammeKey& key) {
  return ValueFault{code, expected_text(key)};
}

// `num/den`; a rate may be `0`.
std::optional<ValueFault> parse_ratio(const ProgrammeKey& key, std::string_view text,
                                      ProgrammeValue& value) {
  const bool is_rate = key.type == kRate;
  if (text == "0") {
    if (!is_rate) return fault(kProgrammeRatioZero, key);
    value.ratio = Ratio(0, 1);
    return std::nullopt;
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return fault(kProgrammeType, key);
  const auto num = part_of(text.substr(0, slash));
  const auto den = part_of(text.substr(slash + 1));
  if (!num || !den) return fault(kProgrammeType, key);
  if (*num == 0 || *den == 0) return fault(kProgrammeRatioZero, key);
  if (*num > kFractionMax || *den > kFractionMax) return fault(kProgrammeRange, key);
  value.ratio = Ratio(*num, *den);
  const bool too_high = !(value.ratio <= Ratio(key.max, 1));
  // A share of a level is below 1: all of it would leave nobody.
  const bool all = !is_rate && key.max == 1 && value.ratio == Ratio(1, 1);
  return too_high || all ? fault(kProgrammeRange, key) : std::nullopt;
}

std::optional<int> two_digits(std::string_view text) {
  if (text.size() != 2 || !is_digit(text[0]) || !is_digit(text[1])) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

std::optional<ValueFault> parse_day(const ProgrammeKey& key, std::string_view text,
                                    ProgrammeValue& value) {
  if (text == "NEXT_MONTH") {
    value.number = 0;
    return std::nullopt;
  }
  if (text.size() != 5 || text[2] != '-') return fault(kProgrammeType, key);
  // 2001 has no 29 February, which a rule of each year can't name.
  if (!BusinessDate::parse("2001-" + std::string(text))) return fault(kProgrammeRange, key);
  value.number = *two_digits(text.substr(0, 2)) * 100 + *two_digits(text.substr(3));
  return std::nullopt;
}

std::optional<ValueFault> parse_time(const ProgrammeKey& key, std::string_view text,
                                     ProgrammeValue& value) {
  const auto hours = two_digits(text.substr(0, 2));
  const auto minutes =
      text.size() == 5 && text[2] == ':' ? two_digits(text.substr(3)) : std::nullopt;
  if (!hours || !minutes) return fault(kProgrammeType, key);
  const int all = *hours * kMinutesAnHour + *minutes;
  if (*minutes >= kMinutesAnHour || all > 24 * kMinutesAnHour) return fault(kProgrammeRange, key);
  value.number = all;
  return std::nullopt;
}

std::optional<ValueFault> parse_text(const ProgrammeKey& key, const std::string& text,
                                     ProgrammeValue& value) {
  value.text = text;
  const auto form = [&](bool right) { return right ? std::nullopt : fault(kProgrammeType, key); };
  switch (key.type) {
    case kName:
      return form(is_name(text));
    case kOfficer:
      return form(is_officer(text));
    case kCode:
      return form(is_code(text));
    case kText:
      if (!is_clean_text(text)) return fault(kProgrammeType, key);
      return text.empty() || length_of(text) > static_cast<std::size_t>(key.max)
                 ? fault(kProgrammeRange, key)
                 : std::nullopt;
    case kRate:
    case kRatio:
      return parse_ratio(key, text, value);
    case kDate: {
      const auto date = BusinessDate::parse(text);
      if (date) value.number = date->count();
      return form(date.has_value());
    }
    case kDayOrNext:
      return parse_day(key, text, value);
    case kTime:
      return parse_time(key, text, value);
    case kWord: {
      const auto found = std::ranges::find(key.words, text, &WordSpec::text);
      if (found == key.words.end()) return fault(kProgrammeType, key);
      value.number = found->value;
      return std::nullopt;
    }
    case kInteger:
    case kBoolean:
    case kNames:
    case kWords:
      return fault(kProgrammeType, key);
  }
  check_failed("type of a programme's key", __FILE__, __LINE__);
}

std::optional<ValueFault> parse_list(const ProgrammeKey& key, const std::vector<std::string>& names,
                                     ProgrammeValue& value) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const bool right = key.type == kWords
                           ? std::ranges::find(key.words, name, &WordSpec::text) != key.words.end()
                           : is_name(name);
    if (!right) return fault(kProgrammeType, key);
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(names.begin(), end, name) != end) {
      return ValueFault{kProgrammeTwice, "each name once; " + name + " stands twice"};
    }
  }
  const auto size = static_cast<std::int64_t>(names.size());
  if (size < key.min || size > key.max) return fault(kProgrammeRange, key);
  value.names = names;
  return std::nullopt;
}

std::string words_text(std::span<const WordSpec> words) {
  std::string out;
  for (const WordSpec& word : words) {
    out += (out.empty() ? "" : " ") + std::string(word.text);
  }
  return out;
}

}  // namespace

std::optional<ValueFault> parse_programme_value(const ProgrammeKey& key, const ConfigValue& given,
                                                ProgrammeValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&given.value)) {
    if (key.type != kInteger) return fault(kProgrammeType, key);
    value.number = *number;
    return *number < key.min || *number > key.max ? fault(kProgrammeRange, key) : std::nullopt;
  }
  if (const auto* flag = std::get_if<bool>(&given.value)) {
    value.number = *flag ? 1 : 0;
    return key.type == kBoolean ? std::nullopt : fault(kProgrammeType, key);
  }
  if (const auto* text = std::get_if<std::string>(&given.value)) {
    return parse_text(key, *text, value);
  }
  if (const auto* list = std::get_if<std::vector<std::string>>(&given.value)) {
    return key.type == kNames || key.type == kWords ? parse_list(key, *list, value)
                                                    : fault(kProgrammeType, key);
  }
  return fault(kProgrammeType, key);
}

std::optional<ProgrammeValue> fallback_of(const ProgrammeKey& key) {
  if (key.fallback.empty()) return std::nullopt;
  ConfigValue given;
  if (key.type == kInteger) {
    given.value = part_of(key.fallback).value();
  } else if (key.type == kBoolean) {
    given.value = key.fallback == "true";
  } else {
    given.value = std::string(key.fallback);
  }
  ProgrammeValue value;
  check(!parse_programme_value(key, given, value), "a fallback is a value of its key");
  return value;
}

std::string expected_text(const ProgrammeKey& key) {
  const auto range = [&] { return std::to_string(key.min) + " to " + std::to_string(key.max); };
  switch (key.type) {
    case kName:
      return "a text of 1 to 24 of a-z 0-9 -";
    case kOfficer:
      return "a text of 1 to 16 of A-Z a-z 0-9 -";
    case kCode:
      return "a participant's code: a capital, then 1 to 11 capitals and digits";
    case kText:
      return "a text of " + range() + " characters, without control characters";
    case kRate:
      return "\"num/den\" or \"0\", up to " + std::to_string(key.max) +
             "; num and den 1 to 1000000, without leading zeros";
    case kRatio:
      return "\"num/den\" above 0, " +
             (key.max == 1 ? std::string("below 1") : "up to " + std::to_string(key.max)) +
             "; num and den 1 to 1000000, without leading zeros";
    case kInteger:
      return "an integer, " + range();
    case kBoolean:
      return "true or false";
    case kDate:
      return "a text YYYY-MM-DD, a day from 2000-01-01 to 2099-12-31";
    case kDayOrNext:
      return "a text MM-DD, a day of every year, or NEXT_MONTH";
    case kTime:
      return "a text HH:MM, 00:00 to 24:00";
    case kWord:
      return "one of " + words_text(key.words);
    case kNames:
      return "an array of " + range() + " texts of 1 to 24 of a-z 0-9 -";
    case kWords:
      return "an array of " + range() + " of " + words_text(key.words);
  }
  check_failed("type of a programme's key", __FILE__, __LINE__);
}

}  // namespace ph::programme_keys
