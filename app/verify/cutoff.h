// cutoff.csv, the manifest and the inputs: what a settlement says it was made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/manifest.h"
#include "app/verify/files.h"
#include "app/verify/lines.h"
#include "app/verify/report.h"
#include "app/verify/statements.h"

namespace ph::verify {

struct CutoffFile {
  std::string clearing;
  std::string close;  // YYYY-MM-DD
  std::string period;
  std::string rulebook;  // digests in hexadecimal
  std::string calendar;
  std::vector<std::pair<std::string, std::string>> openings;   // province, digest
  std::vector<std::pair<std::string, std::uint32_t>> senders;  // code, last sequence
};

// nullopt, and faults, when it isn't one.
[[nodiscard]] std::optional<CutoffFile> read_cutoff_file(std::string_view text, Report& report);

// Digests and sizes of all output files; names what is missing or too much.
void check_outputs(Directory& directory, const std::vector<ManifestRow>& rows, Report& report);

// The manifest's inputs are those that the cut-off record names, and each sender's sequences have
// no gap.
void check_cutoff_inputs(const CutoffFile& cutoff, const std::vector<ManifestRow>& rows,
                         Report& report);

// What rule book and calendars say, for the checks that need it.
struct RulebookFile {
  std::map<std::string, Fraction> prices;           // by version
  std::map<std::string, std::string> participants;  // by code: number,kind,name_zh,name_en
  std::map<std::uint64_t, std::string> codes;       // by number
  std::map<std::string, bool> days;  // of the calendars: worked or not, against the week's rule
};

// Digests of all input files of the manifest, whatever they are called in `input`. The rule book,
// when it is the right one.
[[nodiscard]] std::optional<RulebookFile> check_inputs(const std::string& input,
                                                       const std::vector<ManifestRow>& rows,
                                                       Report& report);

// Numbers, kinds and names of the statements are the rule book's; their days the working days of
// the month after `period`.
void check_heads(const StatementHeads& heads, std::string_view period, const RulebookFile& book,
                 Report& report);

// Each line's price is that of its version.
void check_prices(const std::vector<Line>& lines, const RulebookFile& book, Report& report);

}  // namespace ph::verify
