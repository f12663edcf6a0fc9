// A period's outputs as text, made by the functions that `settle` and the clearing's process use;
// and those of a settlement that is fed with the batches directly, in their canonical order.
#pragma once

#include <string>
#include <vector>

#include "clearing/house.h"
#include "core/close/settlement.h"
#include "tests/simulation/world.h"

namespace ph::sim {

struct PeriodTexts {
  std::string cutoff{};
  std::string items{};
  std::string lines{};
  std::string positions{};
  std::string suspense{};
  std::string returned{};
  std::string rollforward{};
  std::string closing_lots{};
  std::string closing_debts{};
  std::string statements{};  // JSON, one after the other

  friend bool operator==(const PeriodTexts&, const PeriodTexts&) = default;
  // The name of the first in which the two differ, and where; empty when they are equal.
  [[nodiscard]] std::string difference(const PeriodTexts& other) const;
};

[[nodiscard]] PeriodTexts texts_of(const ClosedPeriod& closed,
                                   const std::vector<const SenderBook*>& books,
                                   const RuleBook& rules);

// The periods of the records, in their order; `batches[sequence - 1]` of each sender.
[[nodiscard]] std::vector<PeriodTexts> settle_directly(
    const World& world, const std::map<Participant, std::vector<Bytes>>& batches,
    const std::vector<std::string>& cutoffs);

}  // namespace ph::sim
