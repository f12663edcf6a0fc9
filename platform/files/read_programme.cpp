#include "platform/files/read_programme.h"

#include <algorithm>
#include <string>

#include "platform/files/programme_values.h"
#include "platform/sys/config_toml.h"

namespace ph {

namespace {

using enum FaultCode;
using programme::Rows;
using programme_keys::ProgrammeKey;
using programme_keys::ProgrammeSection;
using programme_keys::ProgrammeValue;

constexpr std::string_view kEnding = ".toml";

const ProgrammeSection* find_section(std::string_view name) {
  const auto found =
      std::ranges::find(programme_keys::programme_sections(), name, &ProgrammeSection::name);
  return found == programme_keys::programme_sections().end() ? nullptr : &*found;
}

// A value for people: of a text its characters alone.
std::string shown(const TomlEntry& entry) {
  const auto* text = std::get_if<std::string>(&entry.value.value);
  return text != nullptr ? *text : entry.value.shown;
}

// One section as it stands in the file, against its table.
class SectionCheck {
 public:
  SectionCheck(const ProgrammeSection& spec, const TomlSection* given, Rows& rows, FaultSink& sink)
      : spec_(spec), given_(given), rows_(rows), sink_(sink) {}

  // False: something of it is at fault, so that what it says is not to be used.
  bool run() {
    if (given_ != nullptr) {
      for (const TomlEntry& entry : given_->entries)
        take(entry);
    }
    for (const ProgrammeKey& key : spec_.keys)
      lacking(key);
    if (right_ && given_ != nullptr) check_neighbours();
    return right_;
  }

 private:
  [[nodiscard]] std::uint32_t line() const { return given_ == nullptr ? 0 : given_->line; }

  [[nodiscard]] const TomlEntry* find(std::string_view key) const {
    if (given_ == nullptr) return nullptr;
    const auto found = std::ranges::find(given_->entries, key, &TomlEntry::key);
    return found == given_->entries.end() ? nullptr : &*found;
  }

  void fault(FaultCode code, std::uint32_t line, std::string_view key, std::string_view value,
             std::string expected) {
    right_ = false;
    sink_.add(code, line, std::string(spec_.name) + "." + std::string(key), value,
              std::move(expected));
  }

  void take(const TomlEntry& entry) {
    const auto key = std::ranges::find(spec_.keys, entry.key, &ProgrammeKey::name);
    if (key == spec_.keys.end()) {
      std::string known;
      for (const ProgrammeKey& each : spec_.keys) {
        known += (known.empty() ? "" : " ") + std::string(each.name);
      }
      fault(kProgrammeKey, entry.line, entry.key, shown(entry), "one of " + known);
      return;
    }
    ProgrammeValue value;
    if (auto wrong = programme_keys::parse_programme_value(*key, entry.value, value)) {
      fault(wrong->code, entry.line, entry.key, shown(entry), std::move(wrong->expected));
    } else if (spec_.name == "programme" && entry.key == "format" && value.number != 1) {
      fault(kProgrammeFormat, entry.line, entry.key, shown(entry), "1");
    } else {
      key->set(rows_, value);
    }
  }

  void lacking(const ProgrammeKey& key) {
    if (find(key.name) != nullptr) return;
    if (key.needed && given_ != nullptr) {
      fault(kProgrammeMissing, line(), key.name, {}, programme_keys::expected_text(key));
    } else if (const auto fallback = programme_keys::fallback_of(key)) {
      key.set(rows_, *fallback);
    }
  }

  // Keys that their neighbours exclude, where the value alone wouldn't show it.
  void check_neighbours() {
    if (spec_.name == "sheet_band") {
      const bool range = find("min") != nullptr && find("max") != nullptr;
      const bool part = find("min") != nullptr || find("max") != nullptr;
      if (find("points") != nullptr && part) {
        exclude(find("min") != nullptr ? "min" : "max", "`points`, or `min` and `max`");
      } else if (find("points") == nullptr && !range) {
        fault(kProgrammeMissing, line(), "points", {}, "`points`, or `min` and `max`");
      }
    }
    if (spec_.name == "grading") {
      const programme::Grading& grading = rows_.gradings.back();
      if (!grading.apply) exclude("apply_months", "nothing: only with `apply`");
      if (grading.run != programme::GradingRun::kMonthly) {
        exclude("run_day", "nothing: only with run MONTHLY");
      }
    }
  }

  void exclude(std::string_view key, std::string expected) {
    if (const TomlEntry* entry = find(key)) {
      fault(kProgrammeKey, entry->line, key, shown(*entry), std::move(expected));
    }
  }

  const ProgrammeSection& spec_;
  const TomlSection* given_;
  Rows& rows_;
  FaultSink& sink_;
  bool right_{true};
};

class ProgrammeReader {
 public:
  ProgrammeReader(const InputFile& file, std::vector<Fault>& faults)
      : file_(file), sink_(file.name(), faults) {}

  std::optional<Programme> run(std::uint64_t* sections) {
    if (file_.bytes().size() > programme_keys::kProgrammeBytesMax) {
      sink_.add(kProgrammeToml, 0, {}, std::to_string(file_.bytes().size()) + " bytes",
                "at most " + std::to_string(programme_keys::kProgrammeBytesMax) + " bytes");
      return std::nullopt;
    }
    const TomlSections toml = read_toml_sections(file_.text());
    if (sections != nullptr) *sections = toml.sections.size();
    for (const ConfigFault& fault : toml.faults) {
      sink_.add(toml.section_twice ? kProgrammeSection : kProgrammeToml, fault.line, fault.key,
                fault.value, fault.expected);
      broken_.push_back(fault.line);
    }
    whole_ = toml.faults.empty();
    if (!toml.sections.empty() || whole_) {
      take_sections(toml);
    }
    std::optional<Programme> made = build();
    sink_.sort();
    return made;
  }

 private:
  void take_sections(const TomlSections& toml) {
    std::vector<std::string_view> seen;
    for (std::size_t i = 0; i < toml.sections.size(); ++i) {
      const TomlSection& given = toml.sections[i];
      if (i == programme_keys::kProgrammeSectionsMax) {
        section_fault(
            given, std::to_string(toml.sections.size()) + " sections",
            "at most " + std::to_string(programme_keys::kProgrammeSectionsMax) + " sections");
        break;
      }
      const ProgrammeSection* spec = find_section(given.name);
      if (spec == nullptr) {
        section_fault(given, {}, "one of the sections of a programme; see `formats --programme`");
      } else if (spec->repeated != given.repeated) {
        section_fault(given, {},
                      spec->repeated ? "[[" + given.name + "]], in two brackets"
                                     : "[" + given.name + "], once, in one bracket");
      } else {
        seen.push_back(spec->name);
        take(*spec, given);
      }
    }
    for (const ProgrammeSection& spec : programme_keys::programme_sections()) {
      if (spec.repeated || std::ranges::find(seen, spec.name) != seen.end()) continue;
      if (spec.needed) {
        whole_ = false;
        sink_.add(kProgrammeMissing, 0, spec.name, {},
                  "a section [" + std::string(spec.name) + "]");
      } else if (spec.name != "fixed_line") {
        (void)SectionCheck(spec, nullptr, rows_, sink_).run();  // Its defaults.
      }
    }
  }

  void take(const ProgrammeSection& spec, const TomlSection& given) {
    spec.begin(rows_, given.line);
    if (!SectionCheck(spec, &given, rows_, sink_).run()) {
      whole_ = false;
      broken_.push_back(given.line);
    }
  }

  void section_fault(const TomlSection& given, std::string value, std::string expected) {
    whole_ = false;
    sink_.add(kProgrammeSection, given.line, given.name, value, std::move(expected));
  }

  // Of a file that has faults only conflicts between rows that are right themselves are told: what
  // seems to lack may stand where it couldn't be read.
  [[nodiscard]] bool is_told(const ProgrammeFault& fault) const {
    if (whole_) return true;
    const auto broken = [this](std::uint32_t line) {
      return std::ranges::find(broken_, line) != broken_.end();
    };
    if (fault.line == 0 || broken(fault.line) || broken(fault.other_line)) return false;
    switch (fault.code) {
      case ProgrammeFaultCode::kTwice:
      case ProgrammeFaultCode::kRoundTrip:
      case ProgrammeFaultCode::kOverlap:
      case ProgrammeFaultCode::kInterval:
      case ProgrammeFaultCode::kOnePerson:
      case ProgrammeFaultCode::kSection:
        return true;
      case ProgrammeFaultCode::kKey:
      case ProgrammeFaultCode::kRange:
      case ProgrammeFaultCode::kMissing:
      case ProgrammeFaultCode::kBands:
      case ProgrammeFaultCode::kLevelUnknown:
      case ProgrammeFaultCode::kLevelOrder:
      case ProgrammeFaultCode::kThresholdMissing:
      case ProgrammeFaultCode::kCuts:
      case ProgrammeFaultCode::kReference:
      case ProgrammeFaultCode::kSum:
      case ProgrammeFaultCode::kTiers:
      case ProgrammeFaultCode::kVersionCode:
      case ProgrammeFaultCode::kVersionPast:
      case ProgrammeFaultCode::kVersionLevels:
        return false;
    }
    check_failed("programme fault", __FILE__, __LINE__);
  }

  std::optional<Programme> build() {
    Result<Programme, std::vector<ProgrammeFault>> made = Programme::build(std::move(rows_));
    if (made) {
      return whole_ ? std::optional(std::move(made).value()) : std::nullopt;
    }
    for (const ProgrammeFault& fault : made.error()) {
      if (!is_told(fault)) continue;
      std::string expected = fault.expected;
      if (fault.other_line != 0) expected += "; see line " + std::to_string(fault.other_line);
      sink_.add(static_cast<FaultCode>(fault.code), fault.line, fault.key, fault.value,
                std::move(expected));
    }
    return std::nullopt;
  }

  const InputFile& file_;
  FaultSink sink_;
  Rows rows_;
  std::vector<std::uint32_t> broken_;  // lines of sections, and of values, that are at fault
  bool whole_{true};
};

std::string_view policy_word(ExpiryPolicy policy) {
  return policy == ExpiryPolicy::kYear ? "YEAR" : "QUARTER";
}

std::string rule_text(const ExpiryRule& rule) {
  return std::string(policy_word(rule.policy)) + ", " + std::to_string(rule.years) + " years";
}

}  // namespace

bool is_programme_name(std::string_view path) {
  return path.ends_with(kEnding);
}

std::optional<Programme> read_programme(const InputFile& file, std::vector<Fault>& faults,
                                        std::uint64_t* sections) {
  return ProgrammeReader(file, faults).run(sections);
}

namespace {

// Whether nodes have a run for it.
bool is_carried_out(const programme::Grading& grading) {
  constexpr int kStarMonthsMax = 22;  // all of them are still there in the month behind
  using enum programme::Basis;
  switch (grading.run) {
    case programme::GradingRun::kNone:
      return true;
    case programme::GradingRun::kYearly:
      return grading.basis == kRatingPoints || grading.basis == kSpendScore;
    case programme::GradingRun::kMonthly:
      return grading.standards == programme::Standards::kFixed &&
             (grading.basis == kGrowth ||
              (grading.basis == kProduct && grading.score.months <= kStarMonthsMax));
    case programme::GradingRun::kClearing:
      return grading.basis == kProduct;
  }
  return false;
}

// Those in which one of the benefit's grades waits, but not the promised one.
void check_promised_queue(const Rows& rows, const programme::Benefit& row, FaultSink& sink) {
  for (const programme::Ref& grade : row.levels) {
    for (std::size_t n = 0; n < rows.queues.size(); ++n) {
      const auto& grades = rows.queues[n].grades;
      if (n != row.queue.index &&
          std::ranges::find(grades, grade.name, &programme::Ref::name) != grades.end()) {
        sink.add(kProgrammeReference, row.line, "benefit.queue", row.queue.name,
                 rows.queues[n].name + ", the queue in which " + grade.name + " waits; see line " +
                     std::to_string(rows.queues[n].line));
      }
    }
  }
}

}  // namespace

void check_new_programme(const Programme& programme, std::string_view file,
                         std::vector<Fault>& faults) {
  FaultSink sink(std::string(file), faults);
  const Rows& rows = programme.rows();
  for (const programme::Grading& grading : rows.gradings) {
    if (!is_carried_out(grading)) {
      sink.add(kProgrammeKey, grading.line, "grading.run", grading.name,
               "a run that nodes carry out: YEARLY by RATING_POINTS or SPEND_SCORE; MONTHLY by "
               "FIXED thresholds of GROWTH, or of PRODUCT with `months` up to 22; CLEARING by "
               "PRODUCT");
    }
  }
  for (const programme::Benefit& row : rows.benefits) {
    if (row.kind == programme::BenefitKind::kQueue) check_promised_queue(rows, row, sink);
  }
  sink.sort();
}

void check_programme_rules(const Programme& programme, const RuleBook& book, std::string_view file,
                           std::vector<Fault>& faults) {
  FaultSink sink(std::string(file), faults);
  const Rows& rows = programme.rows();
  for (const programme::PartnerSpend& row : rows.partner_spends) {
    const auto participant = book.by_code(row.partner);
    const ParticipantRow* found = participant ? book.find(*participant) : nullptr;
    if (found == nullptr || found->kind == ParticipantKind::kProvince ||
        found->kind == ParticipantKind::kClearing) {
      sink.add(kProgrammeReference, row.line, "partner.partner", row.partner,
               "the code of a partner in the rule book");
    }
  }
  const ExpiryRule in_book = book.expiry_rule(rows.head.effective.month());
  if (rows.expiry.rule != in_book) {
    sink.add(kProgrammeExpiry, rows.expiry.line, "expiry.policy", rule_text(rows.expiry.rule),
             rule_text(in_book) + ", as the rule book beside it says");
  }
  sink.sort();
}

}  // namespace ph
