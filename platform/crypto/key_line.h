// What the files of signing keys and of transport keys have in common: one line of fields with 32
// bytes in hexadecimal at its end (docs/proof.md, section 4). For this folder's own use.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/digest.h"
#include "platform/crypto/keys.h"

namespace ph {

inline constexpr std::string_view kPublicKeyType = "POINTHOUSE-PUBLIC-KEY";
inline constexpr std::string_view kSecretKeyType = "POINTHOUSE-SECRET-KEY";

// Idempotent, and safe from any thread.
void start_sodium();

[[nodiscard]] std::string to_hex(Bytes bytes);
// False unless the text is as many bytes in lower-case hexadecimal as `out` takes.
[[nodiscard]] bool from_hex(std::string_view text, std::span<std::byte> out);

// The fields of the only line of a file; empty when it isn't one line.
[[nodiscard]] std::vector<std::string_view> fields_of_line(std::string_view text);

// `type,1,role,participant,key id,32 bytes`. The bytes may be a secret: they are wiped when it
// goes.
struct KeyLine {
  KeyLine() = default;
  KeyLine(const KeyLine&) = delete;
  KeyLine& operator=(const KeyLine&) = delete;
  ~KeyLine();

  std::string role;
  std::string participant;
  std::string id;
  std::array<std::byte, 32> bytes{};
};

// False when the text isn't such a line; what `out` then holds means nothing.
[[nodiscard]] bool parse_key_line(std::string_view type, std::string_view text, KeyLine& out);
[[nodiscard]] std::string public_key_line(std::string_view role, std::string_view participant,
                                          const PublicKey& key);
// The caller wipes what it gets.
[[nodiscard]] std::string secret_key_line(std::string_view role, std::string_view participant,
                                          const PublicKey& key,
                                          std::span<const std::byte, 32> secret);

// Puts zeros over a text that held a secret.
void wipe(std::string& text) noexcept;

}  // namespace ph
