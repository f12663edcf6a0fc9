#include "app/verify/trust.h"

#include <filesystem>

#include "app/verify/numbers.h"
#include "platform/crypto/sha256.h"
#include "platform/crypto/trusted_registry.h"

namespace ph::verify {

std::optional<KeyRegistry> load_registry(const std::string& root_file,
                                         const std::string& registry_file, Report& report) {
  const auto root = ph::load_root_key(root_file);
  if (!root) {
    report.fault(root_file, 0, root.error());
    return std::nullopt;
  }
  auto registry = ph::load_registry(registry_file, *root);
  if (!registry) {
    report.fault(registry_file, 0, registry.error());
    return std::nullopt;
  }
  report.proven(registry_file + ": revision " + std::to_string(registry->revision()) +
                ", signed by root key " + key_id(root->key));
  return std::move(registry).value();
}

void check_signature(Directory& directory, const std::string& name, std::string_view kind,
                     const KeyRegistry* registry, std::string_view period, Report& report) {
  const std::string signature_file = name + ".sig";
  const auto text = directory.text(signature_file);
  if (registry == nullptr) {
    report.open(name + (text ? " is signed, but without --root and --registry nobody knows by whom"
                             : " isn't signed: nothing shows who wrote it"));
    return;
  }
  if (!text) {
    report.fault(signature_file, 0, "the file is missing: " + name + " isn't signed");
    return;
  }
  const auto signed_file = directory.text(name);
  if (!signed_file) return;  // Reported where it is read.
  const std::string month = std::string(period.substr(0, 4)) + std::string(period.substr(5));
  const auto sequence = static_cast<std::uint32_t>(parse_integer(month).value_or(0));
  const RegistryKey* key = registry->at(registry->clearing(), sequence);
  if (key == nullptr) {
    report.fault(signature_file, 0,
                 "the registry has no key of " + registry->clearing() + " for " + month);
    return;
  }
  const auto signature = parse_signature(*text);
  if (!signature || !verifies(*signature, key->key, kind, sha256(as_bytes(*signed_file)))) {
    report.fault(signature_file, 0,
                 "isn't the signature of " + registry->clearing() + "'s key " + key_id(key->key) +
                     " on " + name + ": one of the two was changed");
    return;
  }
  report.proven(name + ": signed by " + registry->clearing() + " with key " + key_id(key->key));
}

}  // namespace ph::verify
