// The period tree over items.csv, the log of period roots, and each participant's proofs: the files
// below proof/ (docs/proof.md, sections 1 and 2).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/proof/merkle.h"
#include "core/types/digest.h"
#include "core/types/result.h"

namespace ph {

inline constexpr std::string_view kPeriodKind = "PERIOD";
inline constexpr std::string_view kItemsHeader =
    "debtor,creditor,reason,version,id,quantity,fen,prior\n";

// The tree whose leaves are the lines of items.csv after the first, without LF. Views `items_csv`,
// which the caller keeps alive; its first line is kItemsHeader and its last byte LF.
class PeriodTree {
 public:
  explicit PeriodTree(std::string_view items_csv);

  [[nodiscard]] const MerkleTree& tree() const { return tree_; }
  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] const Digest& root() const { return root_; }
  // The text of the leaves [first, first + count), each with its LF.
  [[nodiscard]] std::string_view lines(std::uint64_t first, std::uint64_t count) const;

 private:
  static constexpr std::uint64_t kStride = 64;  // Every so many leaves the offset is kept.

  [[nodiscard]] std::size_t offset(std::uint64_t leaf) const;

  std::string_view text_;
  MerkleTree tree_;
  std::vector<std::size_t> offsets_;
  Digest root_{};
};

// A row of proof/log.csv. Its entry is derived from the rest.
struct LogRow {
  std::string period;  // YYYY-MM
  std::uint64_t tree_size{};
  Digest root{};
  Digest cutoff{};

  [[nodiscard]] Digest entry() const;
};

[[nodiscard]] std::string log_text(const std::vector<LogRow>& rows);
// The rows if the text is a log to the byte, with ascending periods; else what is wrong, and where.
[[nodiscard]] Result<std::vector<LogRow>, std::string> parse_log(std::string_view text);
[[nodiscard]] MerkleTree log_tree(const std::vector<LogRow>& rows);

// The log of an earlier settlement, from its output directory: checked against its period.json.
// Throws std::system_error when a file cannot be read.
[[nodiscard]] Result<std::vector<LogRow>, std::string> load_previous_log(
    const std::filesystem::path& directory);

// A statement line: its items are the leaves [first_leaf, first_leaf + count).
struct ProofLine {
  std::string debtor;
  std::string creditor;
  std::string reason;
  std::string version;
  std::uint64_t first_leaf{};
  std::uint64_t count{};
};

struct ProofInput {
  const PeriodTree& tree;
  std::string period;                     // YYYY-MM
  Digest cutoff{};                        // SHA-256 of cutoff.csv
  std::vector<std::string> participants;  // all of the rule book, by number
  std::vector<ProofLine> lines;           // in the order of lines.csv
  std::int64_t total_fen{};               // the sum of `fen` of lines.csv
  std::vector<LogRow> previous_log;       // empty: the log starts here
};

// Gets a file's path below the output directory, and its bytes.
using OutputSink = std::function<void(const std::string& path, std::string&& bytes)>;

// Gives the sink proof/period.json, proof/log.csv, and <code>.json and <code>.items.csv of each
// participant. Refused when the previous log has this period, or a later one.
[[nodiscard]] std::optional<std::string> write_proofs(const ProofInput& input,
                                                      const OutputSink& sink);

}  // namespace ph
