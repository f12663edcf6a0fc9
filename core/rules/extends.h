// May a rule book take another's place in a running system? Rows are only ever added, and begin
// today or later; of an old row only an open `to` is filled in (docs/formats.md, section 4). So
// what was judged by the old book is judged alike by the new one. Rows of when points expire begin
// behind every month that points may have been made of here; the clock doesn't count, so that who
// was late can still follow the others.
#pragma once

#include <optional>
#include <string>

#include "core/rules/rulebook.h"

namespace ph {

// What breaks the rule: the line of the row (in the new book; 0 for a row that is missing) and why.
struct ExtensionFault {
  std::uint32_t line{};
  std::string what{};
  std::string expected{};
};
// `used`: the newest month of a day that was opened or a batch that was taken; nullopt: none was.
[[nodiscard]] std::optional<ExtensionFault> extension_fault(const RuleBook& before,
                                                            const RuleBook& after,
                                                            BusinessDate today,
                                                            std::optional<Month> used);

}  // namespace ph
