#include "platform/crypto/base64.h"

#include <sodium.h>

namespace ph {

std::string base64(Bytes bytes) {
  std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // The zero byte at its end.
  return out;
}

bool from_base64(std::string_view text, std::span<std::byte> out) {
  if (text.size() != (out.size() + 2) / 3 * 4) return false;
  std::size_t size = 0;
  const char* end = nullptr;
  const bool decoded =
      sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL) == 0;
  // libsodium takes some bytes beyond ASCII for characters of the alphabet.
  return decoded && size == out.size() && end == text.data() + text.size() && base64(out) == text;
}

}  // namespace ph
