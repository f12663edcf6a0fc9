// The proofs: period.json, the log of period roots, and each participant's range proofs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/proofs.h"
#include "app/verify/lines.h"
#include "app/verify/report.h"
#include "core/types/digest.h"

namespace ph::verify {

// What proof/period.json says.
struct Period {
  std::string period;  // YYYY-MM
  std::uint64_t tree_size{};
  Digest root{};
  Digest cutoff{};
  std::uint64_t lines{};
  std::int64_t total_fen{};
  std::uint64_t log_size{};
  Digest log_root{};
  std::vector<Digest> log_consistency;
};

inline constexpr std::string_view kPeriodFile = "proof/period.json";
inline constexpr std::string_view kLogFile = "proof/log.csv";

// nullopt when it isn't canonical JSON of that form: a fault then.
[[nodiscard]] std::optional<Period> read_period(std::string_view text, Report& report);

// The log ends with this period, gives log_root, and starts with the one before.
void check_log(std::string_view log, const Period& period, Report& report);

// That the log starts with the whole log of an earlier settlement. `previous_*`: its two files.
void check_previous_log(std::string_view log, std::string_view previous_log,
                        std::string_view previous_period, Report& report);

// One entry of proof/<code>.json.
struct LineProof {
  Line line;  // debtor, creditor, reason, version, first_leaf, items
  std::vector<Digest> proof;
};

struct ParticipantProof {
  std::string file;        // proof/<code>.json
  std::string items_file;  // proof/<code>.items.csv
  std::vector<LineProof> lines;
};

// nullopt when it isn't canonical JSON of that form for this period and participant: a fault then.
[[nodiscard]] std::optional<ParticipantProof> read_proof(std::string_view text,
                                                         const std::string& code,
                                                         const Period& period, Report& report);

// Verifies each line's range proof with the rows of the items file. With `tree`, that of items.csv,
// compares each row with it too, and tells which of the two the root contradicts.
// `expected`: the participant's lines, as `told_by` tells them.
void check_proof(const ParticipantProof& proof, std::string_view items,
                 const std::vector<Line>& expected, std::string_view told_by, const Period& period,
                 const PeriodTree* tree, Report& report);

}  // namespace ph::verify
