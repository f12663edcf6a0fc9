// The tables of a settlement as text, to the byte (docs/outputs.md).
#pragma once

#include <string>
#include <vector>

#include "core/close/cutoff.h"
#include "core/close/settlement.h"
#include "core/home/home.h"
#include "core/statement/names.h"
#include "core/statement/statement.h"

namespace ph {

// A row or item that was sent back, from whichever side.
struct ReturnedLine {
  bool by_clearing{};
  Participant sender{};
  std::uint32_t sequence{};
  std::uint32_t entry{};
  std::string_view kind{};
  TransactionId id{};
  ReturnCode code{};
};

[[nodiscard]] std::string cutoff_csv(const Cutoff& cutoff, const Names& names);
[[nodiscard]] std::string items_csv(const PeriodResult& result, const RuleBook& rules,
                                    const Names& names);
[[nodiscard]] std::string lines_csv(const PeriodResult& result, const RuleBook& rules,
                                    const Names& names);
[[nodiscard]] std::string matrix_csv(const PeriodResult& result, const Names& names);
[[nodiscard]] std::string positions_csv(const PeriodResult& result, const Names& names);
[[nodiscard]] std::string ledger_csv(const PeriodResult& result, const RuleBook& rules,
                                     const Names& names);
[[nodiscard]] std::string suspense_csv(const PeriodResult& result, const Names& names);
[[nodiscard]] std::string returned_csv(std::vector<ReturnedLine> lines, const Names& names);
[[nodiscard]] std::string rollforward_csv(const std::vector<const SenderBook*>& books,
                                          const RuleBook& rules, const Names& names);
[[nodiscard]] std::string quarters_csv(const std::vector<const SenderBook*>& books,
                                       const RuleBook& rules, const Names& names);
// One home's rows, without the line of column names: homes can be written side by side.
[[nodiscard]] std::string closing_lots_of(const SenderBook& book, const Names& names);
[[nodiscard]] std::string_view closing_lots_head();
[[nodiscard]] std::string closing_debts_csv(const std::vector<const SenderBook*>& books,
                                            const Names& names);

// Points of an issuer over all homes.
[[nodiscard]] RollForward rollforward_of(Participant issuer,
                                         const std::vector<const SenderBook*>& books,
                                         const RuleBook& rules);
// `12`, for a commission `12+13`, empty for gifts.
[[nodiscard]] std::string version_text(std::uint32_t version, std::uint32_t second);
// The reason with its partner, as it stands in tables.
[[nodiscard]] std::string reason_of(const Line& line, const RuleBook& rules, const Names& names);
[[nodiscard]] std::string unit_of(const Line& line, const RuleBook& rules);

// All but tree and cut-off, which the caller fills in.
[[nodiscard]] std::vector<Statement> statements_of(const PeriodResult& result,
                                                   const std::vector<const SenderBook*>& books,
                                                   const RuleBook& rules, const Names& names);

}  // namespace ph
