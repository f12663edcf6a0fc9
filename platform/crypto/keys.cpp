#include "platform/crypto/keys.h"

#include <sodium.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/types/check.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::string_view kPublicType = "POINTHOUSE-PUBLIC-KEY";
constexpr std::string_view kSecretType = "POINTHOUSE-SECRET-KEY";
constexpr std::string_view kSignatureType = "POINTHOUSE-SIGNATURE";

void start_sodium() {
  static const bool started = sodium_init() >= 0;  // Idempotent, and safe from any thread.
  check(started, "libsodium starts");
}

std::string to_hex(Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    out.push_back(kDigits[std::to_integer<std::size_t>(b >> 4)]);
    out.push_back(kDigits[std::to_integer<std::size_t>(b & std::byte{15})]);
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
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

// The fields of the only line of a file; empty when it isn't one line.
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

std::string signed_text(std::string_view kind, const Digest& digest) {
  return "pointhouse-v1\n" + std::string(kind) + "\n" + hex(digest);
}

bool valid_kind(std::string_view text) {
  return !text.empty() && text.size() <= 24 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '_';
  });
}

const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// `type,1,role,participant,key id,32 bytes`: the common form of both kinds of key file.
struct KeyLine {
  PublicKeyRecord open;  // Its key is the line's last field, public or not.
  std::string id;
};

std::optional<KeyLine> parse_key_line(std::string_view type, std::string_view text) {
  const auto fields = fields_of_line(text);
  if (fields.size() != 6 || fields[0] != type || fields[1] != "1") return std::nullopt;
  const auto role = key_role(fields[2]);
  const auto key = parse_key(fields[5]);
  if (!role || !key || !valid_code(fields[3])) return std::nullopt;
  return KeyLine{{*role, std::string(fields[3]), *key}, std::string(fields[4])};
}

std::string key_line(std::string_view type, const PublicKeyRecord& open, std::string_view last) {
  std::string out(type);
  for (const std::string_view field :
       {std::string_view("1"), word(open.role), std::string_view(open.participant)}) {
    out.append(",").append(field);
  }
  return out.append(",").append(key_id(open.key)).append(",").append(last).append("\n");
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
  }
  return {};
}

std::optional<KeyRole> key_role(std::string_view text) {
  for (const KeyRole role : {KeyRole::kRoot, KeyRole::kClearing, KeyRole::kSender}) {
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

std::string SecretKey::file_text() const {
  std::array<std::byte, 32> seed;
  std::copy_n(reinterpret_cast<const std::byte*>(secret_.data()), seed.size(), seed.begin());
  std::string seed_text = to_hex(seed);
  std::string out = key_line(kSecretType, open_, seed_text);
  sodium_memzero(seed.data(), seed.size());
  sodium_memzero(seed_text.data(), seed_text.size());
  return out;
}

Result<PublicKeyRecord, std::string> save_new_key(const SecretKey& key,
                                                  const std::filesystem::path& directory) {
  if (const auto why = unsafe_directory(directory)) return Fail{*why};
  const std::string name = key.open().participant + "-" + std::string(word(key.open().role));
  const auto secret_file = directory / (name + ".secret");
  const auto public_file = directory / (name + ".pub");
  std::string secret = key.file_text();
  const bool fresh = create_file(secret_file, secret, 0600);
  sodium_memzero(secret.data(), secret.size());
  if (!fresh) return Fail{secret_file.string() + " is there already; keys aren't overwritten"};
  if (!create_file(public_file, public_key_file_text(key.open()), 0644)) {
    std::filesystem::remove(secret_file);  // Made a moment ago, by us: nobody has used it.
    return Fail{public_file.string() + " is there already; keys aren't overwritten"};
  }
  sync_directory(directory);
  return key.open();
}

Result<SecretKey, std::string> load_secret_key(const std::filesystem::path& file) {
  start_sodium();
  auto contents = read_private_file(file);
  if (!contents) return Fail{contents.error()};
  std::string text = std::move(contents).value();
  auto line = parse_key_line(kSecretType, text);
  sodium_memzero(text.data(), text.size());
  if (!line) return Fail{file.string() + " isn't a secret key file"};
  SecretKey key(PublicKeyRecord{line->open.role, line->open.participant, {}});
  auto* open = reinterpret_cast<unsigned char*>(key.open_.key.data());
  crypto_sign_seed_keypair(open, key.secret_.data(), raw(line->open.key.data()));
  sodium_memzero(line->open.key.data(), line->open.key.size());
  if (key_id(key.open_.key) != line->id) {
    return Fail{file.string() + " is damaged: the key isn't the one of its key id"};
  }
  return key;
}

std::string public_key_file_text(const PublicKeyRecord& record) {
  return key_line(kPublicType, record, key_text(record.key));
}

std::optional<PublicKeyRecord> parse_public_key_file(std::string_view text) {
  auto line = parse_key_line(kPublicType, text);
  if (!line || key_id(line->open.key) != line->id) return std::nullopt;
  return std::move(line->open);
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

bool verifies(const Signature& signature, const PublicKey& key, std::string_view kind,
              const Digest& digest) {
  start_sodium();
  if (signature.kind != kind || signature.key_id != key_id(key)) return false;
  const std::string text = signed_text(kind, digest);
  return crypto_sign_verify_detached(raw(signature.bytes.data()), raw(text), text.size(),
                                     raw(key.data())) == 0;
}

}  // namespace ph
