// What can be said about the bytes of a text, wherever it came from: UTF-8, and no control
// character (U+0000 to U+001F, U+007F to U+009F).
#pragma once

#include <string_view>

namespace ph {

// Offset of the first byte that is not UTF-8; npos when there is none.
[[nodiscard]] std::size_t first_not_utf8(std::string_view text);

// Offset of the first control character of a text in UTF-8; npos when there is none.
[[nodiscard]] std::size_t first_control_character(std::string_view text);

// UTF-8 without control characters.
[[nodiscard]] bool is_clean_text(std::string_view text);

}  // namespace ph
