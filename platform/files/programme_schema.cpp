#include "platform/files/programme_schema.h"

#include "core/types/check.h"

namespace ph::programme_keys {

namespace {

using enum ProgrammeType;

std::string values_of(const ProgrammeKey& key) {
  const auto range = [&] { return std::to_string(key.min) + ".." + std::to_string(key.max); };
  std::string words;
  for (const WordSpec& word : key.words) {
    words += (words.empty() ? "" : " ") + std::string(word.text);
  }
  switch (key.type) {
    case kInteger:
    case kNames:
    case kRate:
    case kText:
      return range();
    case kRatio:
      return key.max == 1 ? "above 0, below 1" : "above 0, up to " + std::to_string(key.max);
    case kWord:
    case kWords:
      return words;
    case kDayOrNext:
      return "MM-DD NEXT_MONTH";
    case kName:
    case kOfficer:
    case kCode:
    case kBoolean:
    case kDate:
    case kTime:
      return {};
  }
  check_failed("type of a programme's key", __FILE__, __LINE__);
}

}  // namespace

const std::vector<ProgrammeSection>& programme_sections() {
  static const std::vector<ProgrammeSection> kSections = [] {
    std::vector<ProgrammeSection> sections;
    add_earning_sections(sections);
    add_service_sections(sections);
    return sections;
  }();
  return kSections;
}

std::string_view type_word(const ProgrammeKey& key) {
  switch (key.type) {
    case kName:
      return "name";
    case kOfficer:
      return "officer";
    case kCode:
      return "code";
    case kText:
      return "text";
    case kRate:
      return "rate";
    case kRatio:
      return "ratio";
    case kInteger:
      return key.unit;
    case kBoolean:
      return "boolean";
    case kDate:
      return "date";
    case kDayOrNext:
      return "day";
    case kTime:
      return "time";
    case kWord:
      return "word";
    case kNames:
      return "names";
    case kWords:
      return "words";
  }
  check_failed("type of a programme's key", __FILE__, __LINE__);
}

void print_programme_keys(std::string& out) {
  for (const ProgrammeSection& section : programme_sections()) {
    const std::string name(section.name);
    out += name + "||" + (section.repeated ? "many" : "once") + '|' +
           (section.needed ? "needed" : "") + '|' + (section.dated ? "dated" : "") + '\n';
    for (const ProgrammeKey& key : section.keys) {
      out += name + '|' + std::string(key.name) + '|' + std::string(type_word(key)) + '|' +
             (key.needed ? "needed" : std::string(key.fallback)) + '|' + values_of(key) + '\n';
    }
  }
}

}  // namespace ph::programme_keys
