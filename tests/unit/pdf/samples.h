// Statements for the tests of the PDF: from an empty one to one of 240 lines.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "core/statement/statement.h"

namespace ph::test {

struct Sample {
  Statement statement{};
  std::map<std::string, std::pair<std::string, std::string>> names{};
};

// Totals, net, payment and proof follow from the lines.
void close_sample(Statement& statement);

[[nodiscard]] Sample typical_sample();
[[nodiscard]] Sample empty_sample();
// `counterparties` of them, `lines` in all, two thirds of them receivable.
[[nodiscard]] Sample long_sample(std::size_t lines, std::size_t counterparties);
// Cells, quantities and a total below zero.
[[nodiscard]] Sample negative_sample();
// Every figure at the bound of the amounts.
[[nodiscard]] Sample huge_sample();
// Names of 60 characters.
[[nodiscard]] Sample long_names_sample();
// A partner that is not netted: it pays and receives.
[[nodiscard]] Sample partner_sample();

}  // namespace ph::test
