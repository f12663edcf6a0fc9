// Transport keys: Curve25519, for CURVE (docs/wire.md, section 1). They say who speaks on a
// connection; a type of their own, so that none can be made to sign. Files: docs/proof.md,
// section 4.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/types/result.h"
#include "platform/crypto/keys.h"

namespace ph {

inline constexpr std::string_view kTransportRole = "transport";

// What a public transport key file says.
struct TransportKeyRecord {
  std::string participant;
  PublicKey key{};
};

// Its memory is wiped when it goes; it can be moved, not copied.
class TransportSecret {
 public:
  // Always random.
  [[nodiscard]] static TransportSecret generate(std::string_view participant);

  TransportSecret(TransportSecret&& other) noexcept;
  TransportSecret& operator=(TransportSecret&& other) noexcept;
  TransportSecret(const TransportSecret&) = delete;
  TransportSecret& operator=(const TransportSecret&) = delete;
  ~TransportSecret();

  [[nodiscard]] const std::string& participant() const { return open_.participant; }
  [[nodiscard]] const PublicKey& open_key() const { return open_.key; }
  // For the socket alone; valid while this object is.
  [[nodiscard]] std::span<const std::byte, 32> secret_bytes() const { return secret_; }

 private:
  friend Result<TransportSecret, std::string> load_transport_key(const std::filesystem::path& file);

  explicit TransportSecret(std::string_view participant) : open_{std::string(participant), {}} {}
  void wipe() noexcept;

  TransportKeyRecord open_;
  std::array<std::byte, 32> secret_{};  // Clamped (RFC 7748, section 5): one key has one file.
};

// Writes `<participant>-transport.secret` (mode 0600) and `.pub`, under the rules of save_new_key
// (platform/crypto/keys.h).
[[nodiscard]] Result<TransportKeyRecord, std::string> save_new_transport_key(
    const TransportSecret& key, const std::filesystem::path& directory);

// Refused when others than the owner have any right to the file, or when it isn't such a file.
// Throws std::system_error when it cannot be read.
[[nodiscard]] Result<TransportSecret, std::string> load_transport_key(
    const std::filesystem::path& file);

// What a public transport key file says; nullopt when it isn't one.
[[nodiscard]] std::optional<TransportKeyRecord> parse_transport_key_file(std::string_view text);

}  // namespace ph
