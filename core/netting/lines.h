// From obligations to money: the period's legs, one line for each debtor, creditor, reason and
// price version, multiplied and rounded once; the bilateral matrix and the net positions
// (domain 8.3, 8.5).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/match/judge.h"
#include "core/pricing/leg.h"
#include "core/rules/rulebook.h"
#include "core/types/ratio.h"

namespace ph {

// The legs of what settled at `now` less what had settled at `before` (nullptr: nothing had). A
// transaction that didn't change gives nothing; one that did gives its old legs negative and its
// new ones. In canonical order: debtor, creditor, reason, partner, version, second, id, quantity,
// fen.
[[nodiscard]] std::vector<Leg> period_legs(const Judgement& now, const Judgement* before);

struct Line {
  Participant debtor{};
  Participant creditor{};
  Reason reason{};
  Participant partner{};
  std::uint32_t version{};
  std::uint32_t second{};
  std::int64_t quantity{};
  Ratio price{};  // fen per unit; meaningless for gifts
  Ratio exact{};  // fen
  std::int64_t fen{};
  std::uint64_t items{};
  std::uint64_t prior_items{};
  std::int64_t prior_quantity{};
  std::uint64_t first_leaf{};

  [[nodiscard]] bool at_cost() const { return reason == Reason::kGiftCost; }
};

// `legs` in canonical order; items of business date before the period are prior-period.
[[nodiscard]] std::vector<Line> lines_of(const std::vector<Leg>& legs, Month period,
                                         const RuleBook& rules);

struct Position {
  Participant participant{};
  std::int64_t receivable{};
  std::int64_t payable{};
  std::int64_t net{};
  std::int64_t brought_forward{};
  std::int64_t carried_forward{};
  std::int64_t pays{};
  std::int64_t receives{};
};

// All participants by number. `carried` is what each carried forward from the period before (<= 0).
[[nodiscard]] std::vector<Position> positions_of(
    const std::vector<Line>& lines, Month period, const RuleBook& rules,
    const std::map<Participant, std::int64_t>& carried);

}  // namespace ph
