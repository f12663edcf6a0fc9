// The rules between the rows of a rule book, apart from its look-ups.
#pragma once

#include <vector>

#include "core/rules/rulebook.h"

namespace ph {

// Every fault, by the line of the row at fault. Empty: the rows make a rule book.
[[nodiscard]] std::vector<RuleFault> check_rules(const RuleRows& rows);

}  // namespace ph
