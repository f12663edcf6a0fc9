#include "app/keygen.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/types/id.h"
#include "platform/crypto/key_files.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/sha256.h"
#include "platform/crypto/transport_key.h"
#include "platform/crypto/trusted_registry.h"

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

std::string describe(const DatedKey& row, const std::string& what) {
  return row.participant + " " + what + " " + key_id(row.key) + " from " + row.from.text() +
         (row.to ? " to before " + row.to->text() : std::string(" on"));
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
    const std::string text = read_text(options_.key);
    if (options_.api) return add_api(text, *date);
    if (const auto transport = parse_transport_key_file(text)) {
      return add_dated({transport->participant, transport->key, {}, {}}, "transport", *date);
    }
    if (const auto open = parse_public_key_file(text)) return add(*open, *date);
    return refuse(options_.key + " isn't a public key file");
  }

  // The file that `keygen` made, or a PEM that the participant made with openssl.
  int add_api(const std::string& text, BusinessDate date) {
    if (const auto open = parse_public_key_file(text)) {
      if (open->role != KeyRole::kApi) {
        return refuse(options_.key + " is a key of role " + std::string(word(open->role)) +
                      ", not api: a key does one thing");
      }
      if (!options_.participant.empty() && options_.participant != open->participant) {
        return refuse(options_.key + " is a key of " + open->participant);
      }
      return add_dated({open->participant, open->key, {}, {}}, "api", date);
    }
    const auto key = parse_public_pem(text);
    if (!key) return refuse(options_.key + " isn't a public key of role api, nor an Ed25519 PEM");
    if (!valid_code(options_.participant)) {
      return usage("a PEM doesn't say whose it is: --participant");
    }
    return add_dated({options_.participant, *key, {}, {}}, "api", date);
  }

  int add(const PublicKeyRecord& open, BusinessDate date) {
    if (open.role == KeyRole::kRoot) return refuse("the root's key is in no registry");
    if (open.role == KeyRole::kApi) return refuse("a key of role api is added with --api");
    if (!options_.from_date.empty() || !options_.to_date.empty()) {
      return usage("a key that signs counts for sequences: --from and --to");
    }
    auto registry = load_or_start(date);
    if (!registry) return refuse(registry.error());
    KeyRegistry changed = std::move(registry).value();
    if ((open.role == KeyRole::kClearing) != (open.participant == changed.clearing())) {
      return refuse("a clearing's key is that of " + changed.clearing() + ", and of no other");
    }
    RegistryKey row{open.participant, open.key, options_.from.value_or(1), options_.to};
    const std::string what = describe(row);
    if (const auto why = changed.add(std::move(row), date)) return refuse(*why);
    return save(changed, "added " + what);
  }

  int add_dated(DatedKey row, const std::string& role, BusinessDate date) {
    if (options_.from || options_.to) {
      return usage("a key of role " + role + " counts on days: --from-date and --to-date");
    }
    const auto from = BusinessDate::parse(options_.from_date);
    const auto to = BusinessDate::parse(options_.to_date);
    if (!from && options_.from_date.empty()) {
      return usage(
          "a transport key counts on days: --from-date YYYY-MM-DD, the first of them, is "
          "needed");
    }
    if (!from) return usage("--from-date takes a date, YYYY-MM-DD");
    if (!to && !options_.to_date.empty()) return usage("--to-date takes a date, YYYY-MM-DD");
    auto registry = load_or_start(date);
    if (!registry) return refuse(registry.error());
    KeyRegistry changed = std::move(registry).value();
    row.from = *from;
    row.to = to;
    const std::string what = describe(row, role);
    const auto why = role == "api" ? changed.add_api(std::move(row), date)
                                   : changed.add_transport(std::move(row), date);
    if (why) return refuse(*why);
    return save(changed, "added " + what);
  }

  int end() {
    const auto date = BusinessDate::parse(options_.date);
    if (!date) return usage("--date takes a date, YYYY-MM-DD");
    const auto to_date = BusinessDate::parse(options_.to_date);
    const bool dated = !options_.key_id.empty() && to_date;
    const bool signs = !options_.participant.empty() && options_.to;
    if (dated == signs) {
      return usage(
          "--participant and --to are needed; for a transport or API key --key-id and --to-date");
    }
    auto registry = KeyRegistry::parse(read_text(options_.file));
    if (!registry) return refuse(options_.file + ": " + registry.error());
    KeyRegistry changed = std::move(registry).value();
    const auto& apis = changed.apis();
    const bool api = std::any_of(apis.begin(), apis.end(), [this](const ApiRow& row) {
      return key_id(row.key) == options_.key_id;
    });
    const auto why = signs ? changed.end(options_.participant, *options_.to, *date)
                     : api ? changed.end_api(options_.key_id, *to_date, *date)
                           : changed.end_transport(options_.key_id, *to_date, *date);
    if (why) return refuse(*why);
    return save(changed, dated ? "ended " + options_.key_id + " before " + to_date->text()
                               : "ended " + options_.participant + " before " +
                                     std::to_string(*options_.to));
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
    if (options_.root.empty()) {
      const auto registry = KeyRegistry::parse(read_text(options_.file));
      if (!registry) return refuse(options_.file + ": " + registry.error());
      print(*registry);
      std::printf("signature not checked: --root isn't given\n");
      return 0;
    }
    const auto root = load_root_key(options_.root);
    if (!root) return refuse(root.error());
    const auto registry = load_registry(options_.file, *root);
    if (!registry) return refuse(registry.error());
    print(*registry);
    std::printf("signed by root key %s\n", key_id(root->key).c_str());
    return 0;
  }

  static void print(const KeyRegistry& registry) {
    std::printf("registry of %s, revision %u of %s\n", registry.clearing().c_str(),
                registry.revision(), registry.date().text().c_str());
    for (const RegistryKey& row : registry.keys()) {
      std::printf("%s\n", describe(row).c_str());
    }
    for (const TransportRow& row : registry.transports()) {
      std::printf("%s\n", describe(row, "transport").c_str());
    }
    for (const ApiRow& row : registry.apis()) {
      std::printf("%s\n", describe(row, "api").c_str());
    }
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
  const bool of_channel = !options.channel.empty() || !options.scopes.empty() ||
                          options.per_second != 0 || !options.from_date.empty() ||
                          !options.to_date.empty();
  if (options.role == "channel") {
    if (!options.participant.empty() || !options.out.empty() || options.pem) {
      return say(2, "keygen", "--role channel writes no file: no --participant, --out or --pem");
    }
    return run_channel_keygen(options);
  }
  if (of_channel) {
    return say(2, "keygen",
               "--channel, --scopes, --per-second and the dates go with --role channel");
  }
  const auto role = key_role(options.role);
  const bool transport = options.role == kTransportRole;
  if (!role && !transport) {
    return say(2, "keygen", "--role is root, clearing, sender, transport, api or channel");
  }
  if (options.pem && role != KeyRole::kApi) return say(2, "keygen", "--pem goes with --role api");
  if (!valid_code(options.participant)) {
    return say(2, "keygen", "--participant takes a participant's code");
  }
  if (options.out.empty()) return say(2, "keygen", "--out takes a directory");
  const auto done = [&](const PublicKey& key) {
    return say(0, "keygen",
               options.role + " key " + key_id(key) + " of " + options.participant + " is in " +
                   options.out);
  };
  if (!fs::exists(options.out)) {
    return say(
        3, "keygen",
        options.out + " isn't there: make it for yourself alone, mkdir -m 0700 " + options.out);
  }
  try {
    if (transport) {
      const auto key = TransportSecret::generate(options.participant);
      const auto saved = save_new_transport_key(key, options.out);
      return saved ? done(saved->key) : say(1, "keygen", saved.error());
    }
    const SecretKey key = SecretKey::generate(*role, options.participant);
    const auto saved = save_new_key(key, options.out, options.pem);
    return saved ? done(saved->key) : say(1, "keygen", saved.error());
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
