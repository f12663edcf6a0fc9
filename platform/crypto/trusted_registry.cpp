#include "platform/crypto/trusted_registry.h"

#include <cstddef>
#include <utility>

#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::size_t kRowBytesMax = 128;
constexpr std::size_t kRegistryBytesMax = (KeyRegistry::kKeysMax + 2) * kRowBytesMax;
constexpr std::size_t kKeyBytesMax = 4096;

}  // namespace

Result<PublicKeyRecord, std::string> load_root_key(const std::filesystem::path& file) {
  const auto text = read_open_file(file, kKeyBytesMax);
  if (!text) return Fail{text.error()};
  auto root = parse_public_key_file(*text);
  if (!root || root->role != KeyRole::kRoot) {
    return Fail{file.string() +
                " isn't the public key file of a root; it is the one that the clearing gave out"};
  }
  return std::move(*root);
}

Result<KeyRegistry, std::string> load_registry(const std::filesystem::path& file,
                                               const PublicKeyRecord& root) {
  std::filesystem::path signature_file = file;
  signature_file += ".sig";
  const auto text = read_open_file(file, kRegistryBytesMax);
  if (!text) return Fail{text.error()};
  if (!std::filesystem::exists(signature_file)) {
    return Fail{signature_file.string() + " isn't there: a registry counts when the root has " +
                "signed it (pointhouse registry sign)"};
  }
  const auto signature_text = read_open_file(signature_file, kSignatureBytesMax);
  if (!signature_text) return Fail{signature_text.error()};
  const auto signature = parse_signature(*signature_text);
  if (!signature || !verifies(*signature, root.key, kRegistryKind, sha256(as_bytes(*text)))) {
    return Fail{signature_file.string() + " isn't the signature of root key " + key_id(root.key) +
                " on " + file.string() + ": take both files from the clearing again"};
  }
  auto registry = KeyRegistry::parse(*text);
  if (!registry) return Fail{file.string() + ": " + registry.error()};
  if (registry->clearing() != root.participant) {
    return Fail{file.string() + " is the registry of " + registry->clearing() +
                ", the root key that of " + root.participant + ": take both from one clearing"};
  }
  return registry;
}

Result<KeyRegistry, std::string> load_registry(const std::filesystem::path& file,
                                               const std::filesystem::path& root_file) {
  const auto root = load_root_key(root_file);
  if (!root) return Fail{root.error()};
  return load_registry(file, *root);
}

}  // namespace ph
