#include "platform/crypto/transport_key.h"

#include <sodium.h>

#include <utility>

#include "core/types/check.h"
#include "core/types/id.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/key_line.h"

namespace ph {

namespace {

static_assert(crypto_box_SECRETKEYBYTES == 32 && crypto_box_PUBLICKEYBYTES == 32);

unsigned char* raw(std::array<std::byte, 32>& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// The multiplication ignores these five bits; fixing them changes no key, and makes a change of one
// of them in a file as visible as of any other.
void clamp(std::array<std::byte, 32>& secret) {
  secret.front() &= std::byte{248};
  secret.back() &= std::byte{127};
  secret.back() |= std::byte{64};
}

bool clamped(const std::array<std::byte, 32>& secret) {
  return (secret.front() & std::byte{7}) == std::byte{0} &&
         (secret.back() & std::byte{192}) == std::byte{64};
}

}  // namespace

TransportSecret TransportSecret::generate(std::string_view participant) {
  check(valid_code(participant), "a participant's code");
  start_sodium();
  TransportSecret key(participant);
  check(crypto_box_keypair(raw(key.open_.key), raw(key.secret_)) == 0, "a pair of keys is made");
  clamp(key.secret_);
  return key;
}

TransportSecret::TransportSecret(TransportSecret&& other) noexcept
    : open_(std::move(other.open_)), secret_(other.secret_) {
  other.wipe();
}

TransportSecret& TransportSecret::operator=(TransportSecret&& other) noexcept {
  if (this != &other) {
    open_ = std::move(other.open_);
    secret_ = other.secret_;
    other.wipe();
  }
  return *this;
}

TransportSecret::~TransportSecret() {
  wipe();
}

void TransportSecret::wipe() noexcept {
  sodium_memzero(secret_.data(), secret_.size());
}

Result<TransportKeyRecord, std::string> save_new_transport_key(
    const TransportSecret& key, const std::filesystem::path& directory) {
  std::string secret =
      secret_key_line(kTransportRole, key.participant(), key.open_key(), key.secret_bytes());
  const auto why =
      save_key_files(directory, key.participant() + "-" + std::string(kTransportRole), secret,
                     public_key_line(kTransportRole, key.participant(), key.open_key()));
  wipe(secret);
  if (why) return Fail{*why};
  return TransportKeyRecord{key.participant(), key.open_key()};
}

Result<TransportSecret, std::string> load_transport_key(const std::filesystem::path& file) {
  start_sodium();
  auto contents = read_private_file(file);
  if (!contents) return Fail{contents.error()};
  std::string text = std::move(contents).value();
  KeyLine line;
  const bool read = parse_key_line(kSecretKeyType, text, line) && line.role == kTransportRole;
  wipe(text);
  if (!read) return Fail{file.string() + " isn't a secret transport key file"};
  TransportSecret key(line.participant);
  key.secret_ = line.bytes;
  const bool made = crypto_scalarmult_base(raw(key.open_.key), raw(key.secret_)) == 0;
  if (!made || !clamped(key.secret_) || key_id(key.open_.key) != line.id) {
    return Fail{file.string() + " is damaged: the key isn't the one of its key id"};
  }
  return key;
}

std::optional<TransportKeyRecord> parse_transport_key_file(std::string_view text) {
  KeyLine line;
  if (!parse_key_line(kPublicKeyType, text, line) || line.role != kTransportRole ||
      key_id(line.bytes) != line.id) {
    return std::nullopt;
  }
  return TransportKeyRecord{line.participant, line.bytes};
}

}  // namespace ph
