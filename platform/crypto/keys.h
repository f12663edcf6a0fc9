// Ed25519 keys, their files and detached signatures (docs/proof.md, sections 4 and 5). Keys are
// always random: there is no way to make one from a seed that somebody chose.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/types/digest.h"
#include "core/types/id.h"
#include "core/types/result.h"

namespace ph {

enum class KeyRole { kRoot, kClearing, kSender, kApi };

[[nodiscard]] std::string_view word(KeyRole role);
[[nodiscard]] std::optional<KeyRole> key_role(std::string_view text);

using PublicKey = std::array<std::byte, 32>;
using RawSignature = std::array<std::byte, 64>;

// The first 16 hexadecimal digits of the key's SHA-256.
[[nodiscard]] std::string key_id(const PublicKey& key);
[[nodiscard]] std::string key_text(const PublicKey& key);
// 64 lower-case hexadecimal digits.
[[nodiscard]] std::optional<PublicKey> parse_key(std::string_view text);

// What a public key file says.
struct PublicKeyRecord {
  KeyRole role{};
  std::string participant;
  PublicKey key{};
};

// A key that can sign. Its memory is wiped when it goes; it can be moved, not copied.
class SecretKey {
 public:
  static SecretKey generate(KeyRole role, std::string_view participant);

  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  ~SecretKey();

  [[nodiscard]] const PublicKeyRecord& open() const { return open_; }
  // The text of a signature file: that `digest` is a `kind` (PERIOD, MANIFEST, REGISTRY, ...). The
  // kind is signed too, so that a signature on one kind of file never passes on another.
  [[nodiscard]] std::string sign(std::string_view kind, const Digest& digest) const;
  // Plain Ed25519 over a request's signature base (docs/partners.md): for a key of role api, which
  // signs nothing else.
  [[nodiscard]] RawSignature sign_request(std::string_view base) const;

 private:
  friend Result<SecretKey, std::string> load_secret_key(const std::filesystem::path& file);
  friend Result<PublicKeyRecord, std::string> save_new_key(const SecretKey& key,
                                                           const std::filesystem::path& directory,
                                                           bool with_pem);

  explicit SecretKey(PublicKeyRecord open) : open_(std::move(open)) {}
  [[nodiscard]] std::string file_text() const;
  [[nodiscard]] std::string pem_text() const;
  void wipe() noexcept;

  PublicKeyRecord open_;
  std::array<unsigned char, 64> secret_{};  // libsodium's form: seed, then public key.
};

// Writes `<participant>-<role>.secret` (mode 0600) and `.pub`; overwrites nothing. Refused when
// one is there, or when others than the owner may write in the directory. `with_pem`: and
// `<participant>-<role>.pem` (mode 0600), the secret in PKCS #8 for openssl. Throws
// std::system_error when the disk fails.
[[nodiscard]] Result<PublicKeyRecord, std::string> save_new_key(
    const SecretKey& key, const std::filesystem::path& directory, bool with_pem = false);

// Refused when others than the owner have any right to the file, or when it isn't such a file.
// Throws std::system_error when it cannot be read.
[[nodiscard]] Result<SecretKey, std::string> load_secret_key(const std::filesystem::path& file);

[[nodiscard]] std::string public_key_file_text(const PublicKeyRecord& record);
// What a public key file says; nullopt when it isn't one.
[[nodiscard]] std::optional<PublicKeyRecord> parse_public_key_file(std::string_view text);
// An Ed25519 key as `openssl pkey -pubout` writes it (RFC 8410, PEM); nullopt when it isn't one.
[[nodiscard]] std::optional<PublicKey> parse_public_pem(std::string_view text);

// Upper-case letters and `_`, 24 at most: what a signature may name as its file's kind.
[[nodiscard]] bool valid_kind(std::string_view text);

inline constexpr std::size_t kSignatureBytesMax = 256;  // A signature file is shorter.

// What a signature file says. Nothing about it is true before `verifies`.
struct Signature {
  std::string kind;
  std::string key_id;
  std::array<std::byte, 64> bytes{};
};

[[nodiscard]] std::optional<Signature> parse_signature(std::string_view text);
// The same without the LF at its end: as it stands in messages (docs/wire.md).
[[nodiscard]] std::string signature_line(std::string text);
[[nodiscard]] std::optional<Signature> parse_signature_line(std::string_view line);
[[nodiscard]] bool verifies(const Signature& signature, const PublicKey& key, std::string_view kind,
                            const Digest& digest);
// 24 characters of A-Z a-z 0-9 - _, by chance.
[[nodiscard]] std::string random_nonce();
[[nodiscard]] bool verifies_request(const RawSignature& signature, const PublicKey& key,
                                    std::string_view base);

}  // namespace ph
