// The commands of a journal's blocks in words: names and values, for `pointhouse journal show`
// (docs/journal.md, sections 4 and 5).
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/journal/block.h"

namespace ph {

enum class JournalOf : std::uint8_t { kUnknown, kNode, kClearing };

// {"name", then its values}; the payload's digits for a command that this build doesn't know, and
// for all of them with kUnknown.
[[nodiscard]] nlohmann::ordered_json command_words(JournalOf of, const JournalCommand& command);

}  // namespace ph
