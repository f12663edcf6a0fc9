// The reader of the programme file (docs/programme-file.md). It gives a programme only when the
// whole file is right; otherwise it lists every fault that it can find in one go.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/programme/programme.h"
#include "core/rules/rulebook.h"
#include "platform/files/fault.h"
#include "platform/files/input_file.h"

namespace ph {

// Whether a file is one by its name: it ends in `.toml`.
[[nodiscard]] bool is_programme_name(std::string_view path);

// `sections` counts those that the file has, faults or not; when given.
[[nodiscard]] std::optional<Programme> read_programme(const InputFile& file,
                                                      std::vector<Fault>& faults,
                                                      std::uint64_t* sections = nullptr);

// What is asked of files that come, but not of those that an earlier release took, which are read
// again from then on: a benefit `QUEUE` promises a queue in which its grades wait (1118), a grading
// has a run that nodes carry out (1103).
void check_new_programme(const Programme& programme, std::string_view file,
                         std::vector<Fault>& faults);

// What of a programme doesn't fit the rule book beside it: partners (1118), expiry in the
// month from which the programme holds (1120).
void check_programme_rules(const Programme& programme, const RuleBook& book, std::string_view file,
                           std::vector<Fault>& faults);

}  // namespace ph
