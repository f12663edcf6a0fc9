// The body of a partner's request: one JSON object of texts, whole numbers and flags, and nothing
// else. What a reader could take in two ways is refused: names that stand twice, numbers with a
// point or an exponent, anything nested.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/types/result.h"
#include "partners/problem.h"

namespace ph {

inline constexpr std::size_t kFieldsMax = 32;
inline constexpr std::size_t kFieldNameMax = 64;
inline constexpr std::size_t kFieldTextMax = 256;

using FlatValue = std::variant<bool, std::uint64_t, std::string>;
using FlatObject = std::vector<std::pair<std::string, FlatValue>>;  // in their order

// Any bytes may come. The problem names the field, where there is one.
[[nodiscard]] Result<FlatObject, Problem> parse_flat_json(std::string_view text);

}  // namespace ph
