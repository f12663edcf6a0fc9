// Base64 (RFC 4648, section 4) with padding: one text for some bytes, and no other.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/types/digest.h"

namespace ph {

[[nodiscard]] std::string base64(Bytes bytes);
// False unless the text is exactly as many bytes as `out` takes, in the only form they have.
[[nodiscard]] bool from_base64(std::string_view text, std::span<std::byte> out);

}  // namespace ph
