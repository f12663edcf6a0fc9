#include "platform/crypto/key_line.h"

#include <sodium.h>

#include "core/types/check.h"
#include "core/types/id.h"

namespace ph {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// With room for the last field, so that a secret which is appended is not left behind in a buffer
// that was outgrown.
std::string start_of_line(std::string_view type, std::string_view role,
                          std::string_view participant, const PublicKey& key) {
  std::string out;
  out.reserve(256);
  out.append(type).append(",1,").append(role).append(",").append(participant);
  return out.append(",").append(key_id(key)).append(",");
}

void append_hex(std::string& out, Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::byte b : bytes) {
    out.push_back(kDigits[std::to_integer<std::size_t>(b >> 4)]);
    out.push_back(kDigits[std::to_integer<std::size_t>(b & std::byte{15})]);
  }
}

}  // namespace

void start_sodium() {
  static const bool started = sodium_init() >= 0;
  check(started, "libsodium starts");
}

std::string to_hex(Bytes bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  append_hex(out, bytes);
  return out;
}

bool from_hex(std::string_view text, std::span<std::byte> out) {
  if (text.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::byte>(high * 16 + low);
  }
  return true;
}

std::vector<std::string_view> fields_of_line(std::string_view text) {
  if (text.empty() || text.find('\n') != text.size() - 1) return {};
  text.remove_suffix(1);
  std::vector<std::string_view> fields;
  std::size_t start = 0;
  for (std::size_t comma = text.find(','); comma != text.npos; comma = text.find(',', start)) {
    fields.push_back(text.substr(start, comma - start));
    start = comma + 1;
  }
  fields.push_back(text.substr(start));
  return fields;
}

KeyLine::~KeyLine() {
  sodium_memzero(bytes.data(), bytes.size());
}

bool parse_key_line(std::string_view type, std::string_view text, KeyLine& out) {
  const auto fields = fields_of_line(text);
  if (fields.size() != 6 || fields[0] != type || fields[1] != "1") return false;
  if (!valid_code(fields[3]) || !from_hex(fields[5], out.bytes)) return false;
  out.role = fields[2];
  out.participant = fields[3];
  out.id = fields[4];
  return true;
}

std::string public_key_line(std::string_view role, std::string_view participant,
                            const PublicKey& key) {
  return start_of_line(kPublicKeyType, role, participant, key).append(to_hex(key)).append("\n");
}

std::string secret_key_line(std::string_view role, std::string_view participant,
                            const PublicKey& key, std::span<const std::byte, 32> secret) {
  std::string out = start_of_line(kSecretKeyType, role, participant, key);
  append_hex(out, secret);
  return out.append("\n");
}

void wipe(std::string& text) noexcept {
  sodium_memzero(text.data(), text.size());
}

}  // namespace ph
