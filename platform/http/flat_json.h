// The body of a request: one JSON object of texts, whole numbers and flags, and nothing
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

namespace ph::http {

inline constexpr std::size_t kFieldsMax = 32;
inline constexpr std::size_t kFieldNameMax = 64;
inline constexpr std::size_t kFieldTextMax = 256;

using FlatValue = std::variant<bool, std::uint64_t, std::string>;
using FlatObject = std::vector<std::pair<std::string, FlatValue>>;  // in their order

enum class JsonFault : std::uint8_t {
  kSyntax,  // it isn't one such object
  kTwice,   // a name stands there twice
  kType,    // something that is no text, whole number or flag
  kText,    // a text that is too long, or has control characters
  kRange,   // a number below 0, or too large for 64 bits
};
struct FlatFault {
  JsonFault fault{};
  std::string detail{};
  std::string field{};  // empty: none in particular
};

// Any bytes may come. The fault names the field, where there is one.
[[nodiscard]] Result<FlatObject, FlatFault> parse_flat_json(std::string_view text);

}  // namespace ph::http
