#include "app/keygen.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "platform/crypto/key_files.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

namespace fs = std::filesystem;

int say(int code, const std::string& command, const std::string& what) {
  std::fprintf(code == 0 ? stdout : stderr, "%s: %s\n", command.c_str(), what.c_str());
  return code;
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::system_error(errno, std::generic_category(), file.string());
  return text;
}

std::string describe(const RegistryKey& row) {
  return row.participant + " " + key_id(row.key) + " from " + std::to_string(row.from) +
         (row.to ? " to before " + std::to_string(*row.to) : std::string(" on"));
}

class RegistryCommand {
 public:
  explicit RegistryCommand(const RegistryOptions& options) : options_(options) {}

  int run() {
    if (options_.file.empty()) return usage("the registry's file is needed");
    if (options_.action == "add") return add();
    if (options_.action == "end") return end();
    if (options_.action == "sign") return sign();
    if (options_.action == "show") return show();
    return usage("add, end, sign or show");
  }

 private:
  static int usage(const std::string& what) { return say(2, "registry", what); }
  static int refuse(const std::string& what) { return say(1, "registry", what); }

  int add() {
    const auto date = BusinessDate::parse(options_.date);
    if (!date) return usage("--date takes a date, YYYY-MM-DD");
    if (options_.key.empty()) return usage("--key takes a public key file");
    const auto open = parse_public_key_file(read_text(options_.key));
    if (!open) return refuse(options_.key + " isn't a public key file");
    if (open->role == KeyRole::kRoot) return refuse("the root's key is in no registry");
    auto registry = load_or_start(*date);
    if (!registry) return refuse(registry.error());
    KeyRegistry changed = std::move(registry).value();
    if ((open->role == KeyRole::kClearing) != (open->participant == changed.clearing())) {
      return refuse("a clearing's key is that of " + changed.clearing() + ", and of no other");
    }
    RegistryKey row{open->participant, open->key, options_.from, options_.to};
    const std::string what = describe(row);
    if (const auto why = changed.add(std::move(row), *date)) return refuse(*why);
    return save(changed, "added " + what);
  }

  int end() {
    const auto date = BusinessDate::parse(options_.date);
    if (!date) return usage("--date takes a date, YYYY-MM-DD");
    if (!options_.to || options_.participant.empty()) {
      return usage("--participant and --to are needed");
    }
    auto registry = KeyRegistry::parse(read_text(options_.file));
    if (!registry) return refuse(options_.file + ": " + registry.error());
    KeyRegistry changed = std::move(registry).value();
    if (const auto why = changed.end(options_.participant, *options_.to, *date)) {
      return refuse(*why);
    }
    return save(changed,
                "ended " + options_.participant + " before " + std::to_string(*options_.to));
  }

  int sign() {
    if (options_.key.empty()) return usage("--key takes the root's secret key file");
    const std::string text = read_text(options_.file);
    const auto registry = KeyRegistry::parse(text);
    if (!registry) return refuse(options_.file + ": " + registry.error());
    const auto key = load_secret_key(options_.key);
    if (!key) return refuse(key.error());
    if (key->open().role != KeyRole::kRoot) return refuse("only a root signs the registry");
    if (key->open().participant != registry->clearing()) {
      return refuse("the root is that of " + key->open().participant + ", the registry that of " +
                    registry->clearing());
    }
    replace_file(options_.file + ".sig", key->sign(kRegistryKind, sha256(as_bytes(text))));
    return say(0, "registry",
               "revision " + std::to_string(registry->revision()) + " signed by root key " +
                   key_id(key->open().key));
  }

  int show() {
    const std::string text = read_text(options_.file);
    const auto registry = KeyRegistry::parse(text);
    if (!registry) return refuse(options_.file + ": " + registry.error());
    std::printf("registry of %s, revision %u of %s\n", registry->clearing().c_str(),
                registry->revision(), registry->date().text().c_str());
    for (const RegistryKey& row : registry->keys()) {
      std::printf("%s\n", describe(row).c_str());
    }
    if (options_.root.empty()) {
      std::printf("signature not checked: --root isn't given\n");
      return 0;
    }
    const auto root = parse_public_key_file(read_text(options_.root));
    if (!root || root->role != KeyRole::kRoot) {
      return refuse(options_.root + " isn't the public key file of a root");
    }
    const auto signature = parse_signature(read_text(options_.file + ".sig"));
    if (!signature || !verifies(*signature, root->key, kRegistryKind, sha256(as_bytes(text)))) {
      return refuse("the signature of root key " + key_id(root->key) + " doesn't hold");
    }
    std::printf("signed by root key %s\n", key_id(root->key).c_str());
    return 0;
  }

  Result<KeyRegistry, std::string> load_or_start(BusinessDate date) const {
    if (fs::exists(options_.file)) {
      auto registry = KeyRegistry::parse(read_text(options_.file));
      if (!registry) return Fail{options_.file + ": " + registry.error()};
      return registry;
    }
    if (!valid_code(options_.clearing)) {
      return Fail{options_.file + " isn't there: --clearing says whose registry to start"};
    }
    return KeyRegistry(options_.clearing, date);
  }

  // The signature on the revision before no longer holds: it goes first, so that it is never beside
  // a text that it doesn't cover.
  int save(const KeyRegistry& registry, const std::string& what) const {
    fs::remove(options_.file + ".sig");
    replace_file(options_.file, registry.text());
    return say(
        0, "registry",
        what + "; revision " + std::to_string(registry.revision()) + ", to be signed by the root");
  }

  const RegistryOptions& options_;
};

}  // namespace

int run_keygen(const KeygenOptions& options) {
  const auto role = key_role(options.role);
  if (!role) return say(2, "keygen", "--role is root, clearing or sender");
  if (!valid_code(options.participant)) {
    return say(2, "keygen", "--participant takes a participant's code");
  }
  try {
    const SecretKey key = SecretKey::generate(*role, options.participant);
    const auto saved = save_new_key(key, options.out);
    if (!saved) return say(1, "keygen", saved.error());
    return say(0, "keygen",
               options.role + " key " + key_id(saved->key) + " of " + options.participant +
                   " is in " + options.out);
  } catch (const std::exception& failure) {
    return say(3, "keygen", failure.what());
  }
}

int run_registry(const RegistryOptions& options) {
  try {
    return RegistryCommand(options).run();
  } catch (const std::exception& failure) {
    return say(3, "registry", failure.what());
  }
}

}  // namespace ph
