// The input directory of a settlement: every file read once by its header, grouped by what it is.
// File names mean nothing; two files that claim to be the same must be the same.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/close/calendar.h"
#include "core/close/cutoff.h"
#include "core/home/day.h"
#include "core/rules/rulebook.h"
#include "platform/files/fault.h"
#include "platform/files/input_file.h"
#include "platform/files/read.h"

namespace ph {

struct DailyFile {
  InputFile file;
  FileHeader header{};
};

// A file that the settlement used: named by its header, not by its path.
struct UsedFile {
  std::string identity{};  // `<type>/<sender>/<date>/<sequence>`
  Digest digest{};
  std::uint64_t bytes{};
};

struct InputSet {
  std::optional<RuleBook> rules{};
  Digest rules_digest{};
  std::vector<CalendarYear> calendar_years{};
  std::map<int, Digest> calendar_digests{};     // by year
  std::map<Participant, DailyFile> openings{};  // read when the sender's work begins
  std::map<Participant, Digest> opening_digests{};
  std::map<Month, Cutoff> cutoffs{};
  // By sender, ascending by sequence, each sequence once.
  std::map<Participant, std::vector<DailyFile>> daily{};
  std::vector<UsedFile> used{};  // all but cut-off records and daily files
  std::map<Month, UsedFile> used_cutoffs{};
  Month first_period{};
};

// Reads the directory. nullopt when anything is wrong: then `faults` says what.
[[nodiscard]] std::optional<InputSet> read_input_set(const std::string& directory,
                                                     std::vector<Fault>& faults);

[[nodiscard]] UsedFile used_file(const InputFile& file, const FileHeader& header,
                                 const RuleBook& rules);

}  // namespace ph
