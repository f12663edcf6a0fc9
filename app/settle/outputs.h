// Writes a settled period as the output directory of docs/outputs.md: whole or not at all.
#pragma once

#include <string>
#include <vector>

#include "app/proofs.h"
#include "app/settle/pipeline.h"
#include "core/statement/statement.h"
#include "platform/crypto/keys.h"

namespace ph {

struct OutputOptions {
  std::string directory{};
  bool force{false};  // replace an earlier settlement's directory
  bool pdf{true};
  unsigned threads{1};
  std::vector<LogRow> previous_log{};
  const SecretKey* key{nullptr};  // signs, when there is one
};

struct WrittenSettlement {
  std::vector<Statement> statements{};
  std::uint64_t tree_size{};
  Digest root{};
  std::size_t files{};
  std::uint64_t bytes{};
};

// Why `directory` can't take the outputs; empty when it can.
[[nodiscard]] std::string output_directory_fault(const std::string& directory, bool force);

// Throws std::system_error when the disk fails, std::runtime_error when the log refuses the period.
[[nodiscard]] WrittenSettlement write_settlement(const SettledPeriod& period,
                                                 const std::vector<const SenderBook*>& books,
                                                 const RuleBook& rules,
                                                 const OutputOptions& options);

}  // namespace ph
