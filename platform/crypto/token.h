// Tokens by which a channel says who it is: 32 random bytes as 43 characters of A-Z a-z 0-9 - _.
// Whoever judges them keeps their SHA-256 alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/types/digest.h"

namespace ph {

inline constexpr std::size_t kTokenCharacters = 43;

[[nodiscard]] std::string new_token();
// The digest that stands for it; of any text.
[[nodiscard]] Digest token_digest(std::string_view token);
// As `hex` writes it; nullopt when it isn't one.
[[nodiscard]] std::optional<Digest> digest_of_hex(std::string_view text);
[[nodiscard]] bool is_token(std::string_view text);
// In a time that doesn't depend on where they differ.
[[nodiscard]] bool same_secret(const Digest& a, const Digest& b);

}  // namespace ph
