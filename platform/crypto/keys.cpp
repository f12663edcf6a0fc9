#include "platform/crypto/keys.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/types/check.h"
#include "platform/crypto/base64.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/key_line.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::string_view kSignatureType = "POINTHOUSE-SIGNATURE";

// RFC 8410: what stands before the 32 bytes in DER (docs/proof.md, section 4).
constexpr std::array<std::uint8_t, 16> kPrivateDer{0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                   0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
constexpr std::array<std::uint8_t, 12> kPublicDer{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                  0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
constexpr std::string_view kPublicPemHead = "-----BEGIN PUBLIC KEY-----\n";
constexpr std::string_view kPublicPemTail = "\n-----END PUBLIC KEY-----\n";

std::string signed_text(std::string_view kind, const Digest& digest) {
  return "pointhouse-v1\n" + std::string(kind) + "\n" + hex(digest);
}

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string_view word(KeyRole role) {
  switch (role) {
    case KeyRole::kRoot:
      return "root";
    case KeyRole::kClearing:
      return "clearing";
    case KeyRole::kSender:
      return "sender";
    case KeyRole::kApi:
      return "api";
  }
  return {};
}

std::optional<KeyRole> key_role(std::string_view text) {
  for (const KeyRole role : {KeyRole::kRoot, KeyRole::kClearing, KeyRole::kSender, KeyRole::kApi}) {
    if (text == word(role)) return role;
  }
  return std::nullopt;
}

std::string key_id(const PublicKey& key) {
  return hex(sha256(key)).substr(0, 16);
}

std::string key_text(const PublicKey& key) {
  return to_hex(key);
}

std::optional<PublicKey> parse_key(std::string_view text) {
  PublicKey key;
  if (!from_hex(text, key)) return std::nullopt;
  return key;
}

SecretKey SecretKey::generate(KeyRole role, std::string_view participant) {
  check(valid_code(participant), "a participant's code");
  start_sodium();
  SecretKey key(PublicKeyRecord{role, std::string(participant), {}});
  auto* open = reinterpret_cast<unsigned char*>(key.open_.key.data());
  check(crypto_sign_keypair(open, key.secret_.data()) == 0, "a pair of keys is made");
  return key;
}

SecretKey::SecretKey(SecretKey&& other) noexcept
    : open_(std::move(other.open_)), secret_(other.secret_) {
  other.wipe();
}

SecretKey& SecretKey::operator=(SecretKey&& other) noexcept {
  if (this != &other) {
    open_ = std::move(other.open_);
    secret_ = other.secret_;
    other.wipe();
  }
  return *this;
}

SecretKey::~SecretKey() {
  wipe();
}

void SecretKey::wipe() noexcept {
  sodium_memzero(secret_.data(), secret_.size());
}

std::string SecretKey::sign(std::string_view kind, const Digest& digest) const {
  check(valid_kind(kind), "a kind of signature");
  start_sodium();
  const std::string text = signed_text(kind, digest);
  std::array<std::byte, 64> signature;
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, raw(text),
                       text.size(), secret_.data());
  std::string out(kSignatureType);
  out.append(",1,").append(kind).append(",").append(key_id(open_.key));
  return out.append(",").append(to_hex(signature)).append("\n");
}

RawSignature SecretKey::sign_request(std::string_view base) const {
  check(open_.role == KeyRole::kApi, "a key that signs requests");
  start_sodium();
  RawSignature signature;
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, raw(base),
                       base.size(), secret_.data());
  return signature;
}

std::string SecretKey::pem_text() const {
  std::array<std::byte, kPrivateDer.size() + 32> der;
  std::memcpy(der.data(), kPrivateDer.data(), kPrivateDer.size());
  std::memcpy(der.data() + kPrivateDer.size(), secret_.data(), 32);
  std::string middle = base64(der);
  std::string out;
  out.reserve(256);
  out.append("-----BEGIN PRIVATE KEY-----\n")
      .append(middle)
      .append("\n-----END PRIVATE KEY-----\n");
  ::ph::wipe(middle);
  sodium_memzero(der.data(), der.size());
  return out;
}

std::string SecretKey::file_text() const {
  std::array<std::byte, 32> seed;
  std::copy_n(reinterpret_cast<const std::byte*>(secret_.data()), seed.size(), seed.begin());
  std::string out = secret_key_line(word(open_.role), open_.participant, open_.key, seed);
  sodium_memzero(seed.data(), seed.size());
  return out;
}

Result<PublicKeyRecord, std::string> save_new_key(const SecretKey& key,
                                                  const std::filesystem::path& directory,
                                                  bool with_pem) {
  const std::string name = key.open().participant + "-" + std::string(word(key.open().role));
  std::string secret = key.file_text();
  std::string pem = with_pem ? key.pem_text() : std::string();
  const auto why = save_key_files(directory, name, secret, public_key_file_text(key.open()), pem);
  wipe(secret);
  wipe(pem);
  if (why) return Fail{*why};
  return key.open();
}

Result<SecretKey, std::string> load_secret_key(const std::filesystem::path& file) {
  start_sodium();
  auto contents = read_private_file(file);
  if (!contents) return Fail{contents.error()};
  std::string text = std::move(contents).value();
  KeyLine line;
  const bool read = parse_key_line(kSecretKeyType, text, line);
  wipe(text);
  const auto role = key_role(line.role);
  if (!read || !role) return Fail{file.string() + " isn't a secret key file of a key that signs"};
  SecretKey key(PublicKeyRecord{*role, line.participant, {}});
  auto* open = reinterpret_cast<unsigned char*>(key.open_.key.data());
  crypto_sign_seed_keypair(open, key.secret_.data(), raw(line.bytes.data()));
  if (key_id(key.open_.key) != line.id) {
    return Fail{file.string() + " is damaged: the key isn't the one of its key id"};
  }
  return key;
}

std::string public_key_file_text(const PublicKeyRecord& record) {
  return public_key_line(word(record.role), record.participant, record.key);
}

std::optional<PublicKeyRecord> parse_public_key_file(std::string_view text) {
  KeyLine line;
  if (!parse_key_line(kPublicKeyType, text, line) || key_id(line.bytes) != line.id) {
    return std::nullopt;
  }
  const auto role = key_role(line.role);
  if (!role) return std::nullopt;
  return PublicKeyRecord{*role, line.participant, line.bytes};
}

std::optional<PublicKey> parse_public_pem(std::string_view text) {
  if (!text.starts_with(kPublicPemHead) || !text.ends_with(kPublicPemTail) ||
      text.size() < kPublicPemHead.size() + kPublicPemTail.size()) {
    return std::nullopt;
  }
  text.remove_prefix(kPublicPemHead.size());
  text.remove_suffix(kPublicPemTail.size());
  std::array<std::byte, kPublicDer.size() + 32> der;
  if (!from_base64(text, der) ||
      std::memcmp(der.data(), kPublicDer.data(), kPublicDer.size()) != 0) {
    return std::nullopt;
  }
  PublicKey key;
  std::copy_n(der.begin() + kPublicDer.size(), key.size(), key.begin());
  return key;
}

bool valid_kind(std::string_view text) {
  return !text.empty() && text.size() <= 24 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_';
  });
}

std::optional<Signature> parse_signature(std::string_view text) {
  const auto fields = fields_of_line(text);
  if (fields.size() != 5 || fields[0] != kSignatureType || fields[1] != "1") return std::nullopt;
  std::array<std::byte, 8> id;
  Signature signature{std::string(fields[2]), std::string(fields[3]), {}};
  if (!valid_kind(fields[2]) || !from_hex(fields[3], id) || !from_hex(fields[4], signature.bytes)) {
    return std::nullopt;
  }
  return signature;
}

std::string signature_line(std::string text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

std::optional<Signature> parse_signature_line(std::string_view line) {
  return parse_signature(std::string(line) + "\n");
}

bool verifies(const Signature& signature, const PublicKey& key, std::string_view kind,
              const Digest& digest) {
  start_sodium();
  if (signature.kind != kind || signature.key_id != key_id(key)) return false;
  const std::string text = signed_text(kind, digest);
  return crypto_sign_verify_detached(raw(signature.bytes.data()), raw(text), text.size(),
                                     raw(key.data())) == 0;
}

std::string random_nonce() {
  start_sodium();
  std::array<std::byte, 18> bytes;
  randombytes_buf(bytes.data(), bytes.size());
  std::string out = base64(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

bool verifies_request(const RawSignature& signature, const PublicKey& key, std::string_view base) {
  start_sodium();
  return crypto_sign_verify_detached(raw(signature.data()), raw(base), base.size(),
                                     raw(key.data())) == 0;
}

}  // namespace ph
