// `pointhouse check`: reads files of any type offline, lists every fault and sums up what each file
// holds.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/files/fault.h"
#include "platform/files/read.h"

namespace ph {

struct ProgrammeSummary {
  std::string code{};  // empty: the file has faults
  std::uint32_t version{};
  BusinessDate effective{};
  std::uint64_t sections{};
};

// What a file holds, for the eye of whoever sends it. Sums are those of the rows, not of the
// trailer.
struct FileSummary {
  std::string file{};
  bool readable{true};
  std::optional<ProgrammeSummary> programme{};
  std::optional<FileHeader> header{};
  std::uint64_t rows{};
  std::int64_t points{};
  std::int64_t fen{};
  std::vector<Fault> faults{};
  std::vector<Fault> warnings{};  // what is odd; the file is taken all the same
};

struct CheckReport {
  std::vector<FileSummary> files{};  // in the order given
  bool with_rulebook{};              // references were checked against a rule book among the files
  // 0 no fault, 1 faults, 3 a file could not be read.
  [[nodiscard]] int exit_code() const;
};

// Detects each file's type; what ends in `.toml` is a programme. A RULEBOOK among the files
// resolves participants; without one references are not checked. Versions of one programme are held
// against each other, and the names of a province's days against them.
[[nodiscard]] CheckReport check_files(std::span<const std::string> paths);

void print_text(const CheckReport& report, std::string& out);
void print_json(const CheckReport& report, std::string& out);
// Any bytes as a string of JSON, in quotes.
[[nodiscard]] std::string json_string(std::string_view text);

// The subcommand: appends what it prints to `out` and gives the exit code.
[[nodiscard]] int run_check(std::span<const std::string> files, bool json, std::string& out);

}  // namespace ph
