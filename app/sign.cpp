#include "app/sign.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "core/types/id.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"
#include "platform/crypto/trusted_registry.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

// What somebody asks a signature file for (docs/proof.md, section 5). Batches and receipts have
// theirs in messages.
constexpr std::array<std::string_view, 3> kKindsOfFiles{"DAY", "MANIFEST", "PERIOD"};
constexpr std::string_view kKindUsage = "--kind takes a word of A to Z and _, as DAY";

int say(int code, std::string_view command, const std::string& what) {
  std::fprintf(code == 0 ? stdout : stderr, "%s: %s\n", std::string(command).c_str(), what.c_str());
  return code;
}

// Files may be larger than memory: in parts.
Digest digest_of(const fs::path& file) {
  constexpr std::size_t kPartBytes = 1 << 16;
  if (fs::is_directory(file)) {
    throw std::system_error(EISDIR, std::generic_category(), file.string());
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::array<char, kPartBytes> part;
  Sha256Stream digest;
  while (in.good()) {
    in.read(part.data(), part.size());
    digest.update(std::as_bytes(std::span(part.data(), static_cast<std::size_t>(in.gcount()))));
  }
  if (!in.eof()) throw std::system_error(errno, std::generic_category(), file.string());
  return digest.finish();
}

int sign(const SignOptions& options) {
  const auto refuse = [](const std::string& what) { return say(1, "sign", what); };
  if (!valid_kind(options.kind)) return say(2, "sign", std::string(kKindUsage));
  if (options.kind == kRegistryKind) {
    return refuse("a registry is signed by the root: pointhouse registry sign");
  }
  if (std::ranges::find(kKindsOfFiles, options.kind) == kKindsOfFiles.end()) {
    return say(2, "sign",
               "nobody asks for a signature of kind " + options.kind +
                   ": --kind is DAY for a daily file of a province or partner, MANIFEST or PERIOD "
                   "for a clearing's files");
  }
  const auto key = load_secret_key(options.key);
  if (!key) return refuse(key.error());
  if (key->open().role == KeyRole::kRoot) {
    return refuse("the root signs nothing but the registry: pointhouse registry sign");
  }
  if (key->open().role == KeyRole::kApi) {
    return refuse("a key of role api signs nothing but requests: pointhouse sign-request");
  }
  const std::string signature_file = options.file + ".sig";
  if (!options.force && fs::exists(fs::symlink_status(signature_file))) {
    return refuse(signature_file + " is there already; --force replaces it");
  }
  // In one step: who watches the directory never sees half a signature.
  replace_file(signature_file, key->sign(options.kind, digest_of(options.file)));
  return say(0, "sign",
             options.file + " is signed as " + options.kind + " by " + key->open().participant +
                 " with key " + key_id(key->open().key));
}

// Why the signature is not that of `key`.
std::string mismatch(const Signature& signature, const RegistryKey& key,
                     const VerifySignatureOptions& options) {
  if (signature.kind != options.kind) {
    return "is a signature of kind " + signature.kind + ", not " + options.kind;
  }
  if (signature.key_id != key_id(key.key)) {
    return "was made with key " + signature.key_id + "; the key of " + key.participant +
           " for sequence " + std::to_string(options.sequence) + " is " + key_id(key.key);
  }
  return "doesn't hold: it or " + options.file + " was changed";
}

int verify_signature(const VerifySignatureOptions& options) {
  const auto refuse = [](const std::string& what) { return say(1, "verify-signature", what); };
  if (!valid_kind(options.kind)) return say(2, "verify-signature", std::string(kKindUsage));
  if (!valid_code(options.participant)) {
    return say(2, "verify-signature", "--participant takes a participant's code");
  }
  const auto registry = load_registry(options.registry, fs::path(options.root));
  if (!registry) return refuse(registry.error());
  const RegistryKey* key = registry->at(options.participant, options.sequence);
  if (key == nullptr) {
    return refuse("the registry has no key of " + options.participant + " for sequence " +
                  std::to_string(options.sequence));
  }
  const Digest digest = digest_of(options.file);
  const std::string signature_file = options.file + ".sig";
  if (!fs::exists(signature_file)) {
    return refuse(options.file + " isn't signed: " + signature_file + " isn't there");
  }
  const auto text = read_open_file(signature_file, kSignatureBytesMax);
  if (!text) return refuse(text.error());
  const auto signature = parse_signature(*text);
  if (!signature) return refuse(signature_file + " isn't a signature file");
  if (!verifies(*signature, key->key, options.kind, digest)) {
    return refuse(signature_file + " " + mismatch(*signature, *key, options));
  }
  return say(0, "verify-signature",
             options.file + " is signed as " + options.kind + " by " + options.participant +
                 " with key " + key_id(key->key) + ", which counts for sequence " +
                 std::to_string(options.sequence));
}

}  // namespace

int run_sign(const SignOptions& options) {
  try {
    return sign(options);
  } catch (const std::exception& failure) {
    return say(3, "sign", failure.what());
  }
}

int run_verify_signature(const VerifySignatureOptions& options) {
  try {
    return verify_signature(options);
  } catch (const std::exception& failure) {
    return say(3, "verify-signature", failure.what());
  }
}

}  // namespace ph
