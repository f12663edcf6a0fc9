// A participant's statement of a period, ready to be written: figures and the words that stand
// beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/close/calendar.h"
#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/words.h"

namespace ph {

struct StatementLine {
  std::string counterparty{};  // code
  std::string reason{};        // with its partner: EXCHANGE_OUT_AIR1
  std::string version{};       // price version(s), empty for gifts
  std::string unit{};          // point, mile, ...
  std::int64_t quantity{};
  std::string price{};    // fen per unit, num/den; `cost` for gifts
  std::string exact{};    // fen before rounding, num/den
  std::int64_t fen{};     // may be negative
  std::string residue{};  // exact - fen, num/den
  std::uint64_t items{};
  std::uint64_t prior_items{};
  std::int64_t prior_quantity{};
  std::uint64_t first_leaf{};
};

struct SuspenseCount {
  std::string reason{};
  std::uint64_t count{};
  std::int64_t points{};
};

// Points of one issuer over the period; movements are signed.
struct RollForward {
  std::int64_t opening{};
  std::int64_t issued{};
  std::int64_t redeemed{};
  std::int64_t expired{};
  std::int64_t forfeited{};
  std::int64_t moved{};
  std::int64_t closing{};
  std::int64_t breakage_fen{};
};

struct Statement {
  Month period{};
  std::string participant{};  // code
  Participant number{};
  ParticipantKind kind{};
  std::string name_zh{};
  std::string name_en{};
  PeriodDates calendar{};
  std::vector<StatementLine> receivable{};
  std::int64_t receivable_total{};
  std::vector<StatementLine> payable{};
  std::int64_t payable_total{};
  std::int64_t net{};
  std::int64_t brought_forward{};
  std::int64_t carried_forward{};
  std::int64_t pays{};
  std::int64_t receives{};
  std::vector<SuspenseCount> suspense{};
  std::optional<RollForward> rollforward{};  // provinces only
  std::uint64_t tree_size{};
  Digest root{};
  Digest cutoff{};
};

// Canonical JSON and CSV (docs/outputs.md): the same statement gives the same bytes on any machine.
[[nodiscard]] std::string statement_json(const Statement& statement);
[[nodiscard]] std::string statement_csv(const Statement& statement);

}  // namespace ph
