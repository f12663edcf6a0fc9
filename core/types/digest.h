// A SHA-256 digest and how the core asks for one: the function is an argument, its maker is
// platform/crypto.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ph {

using Digest = std::array<std::byte, 32>;
using Bytes = std::span<const std::byte>;

// SHA-256 of the concatenation of two parts (either may be empty).
using Sha256 = Digest (*)(Bytes first, Bytes second);

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

// 64 lower-case hexadecimal digits.
[[nodiscard]] inline std::string hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(64);
  for (const std::byte b : digest) {
    out.push_back(kDigits[std::to_integer<std::size_t>(b >> 4)]);
    out.push_back(kDigits[std::to_integer<std::size_t>(b & std::byte{15})]);
  }
  return out;
}

}  // namespace ph
