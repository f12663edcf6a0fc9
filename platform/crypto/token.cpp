#include "platform/crypto/token.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "core/types/check.h"
#include "platform/crypto/base64.h"
#include "platform/crypto/key_line.h"
#include "platform/crypto/sha256.h"

namespace ph {

std::string new_token() {
  start_sodium();
  std::array<std::byte, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::string out = base64(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.pop_back();  // The `=`.
  check(is_token(out), "32 bytes are 43 characters");
  return out;
}

Digest token_digest(std::string_view token) {
  return sha256(as_bytes(token));
}

std::optional<Digest> digest_of_hex(std::string_view text) {
  Digest out{};
  return from_hex(text, out) ? std::optional(out) : std::nullopt;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.size() == kTokenCharacters &&
         text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

bool same_secret(const Digest& a, const Digest& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace ph
