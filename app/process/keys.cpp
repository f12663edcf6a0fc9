#include "app/process/keys.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "platform/crypto/key_files.h"
#include "platform/crypto/sha256.h"
#include "platform/crypto/trusted_registry.h"

namespace ph {

namespace {

template <class T>
T need(Result<T, std::string> result) {
  if (!result) throw std::runtime_error(result.error());
  return std::move(result).value();
}

template <class Row>
bool listed(const std::vector<Row>& rows, const std::string& participant, const PublicKey& key) {
  return std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
    return row.participant == participant && row.key == key;
  });
}

constexpr const char* kMissing = " isn't in the registry: pointhouse registry add, then sign";

// Why a process can't do its work with these.
std::optional<std::string> unfit(const TransportSecret& transport, const std::string& participant,
                                 const KeyRegistry& registry) {
  if (!participant.empty() && transport.participant() != participant) {
    return "the settings are of " + participant + ", the transport key of " +
           transport.participant() + ": give that participant's keys, or its code";
  }
  if (!listed(registry.transports(), transport.participant(), transport.open_key())) {
    return "transport key " + key_id(transport.open_key()) + " of " + transport.participant() +
           kMissing;
  }
  return std::nullopt;
}

std::optional<std::string> unfit(const SecretKey& signing, const TransportSecret& transport,
                                 const std::string& participant, const KeyRegistry& registry) {
  const PublicKeyRecord& open = signing.open();
  if (open.role == KeyRole::kRoot) {
    return "the root's key signs the registry alone and belongs on no machine that is connected; "
           "a process signs with a key of role sender or clearing (pointhouse keygen)";
  }
  if (transport.participant() != open.participant) {
    return "the key that signs is that of " + open.participant + ", the transport key that of " +
           transport.participant() + ": both must be of one participant";
  }
  if ((open.role == KeyRole::kClearing) != (open.participant == registry.clearing())) {
    return "the registry's clearing is " + registry.clearing() + ", the key that signs is one of " +
           open.participant + " as a " + std::string(word(open.role)) + ": make the right one";
  }
  if (!listed(registry.keys(), open.participant, open.key)) {
    return "key " + key_id(open.key) + " of " + open.participant + kMissing;
  }
  if (!participant.empty() && open.participant != participant) {
    return "the settings are of " + participant + ", the key that signs of " + open.participant +
           ": give that participant's keys, or its code";
  }
  return unfit(transport, participant, registry);
}

}  // namespace

ProcessKeys::ProcessKeys(const KeyFiles& files)
    : transport_(std::make_unique<TransportSecret>(need(load_transport_key(files.transport)))),
      registry_file_(files.registry),
      root_(need(load_root_key(files.root))),
      stamp_(stamp()),
      registry_(std::make_unique<KeyRegistry>(need(load_registry(registry_file_, root_)))) {
  const auto refuse = [](const std::optional<std::string>& why) {
    if (why) throw std::runtime_error(*why);
  };
  const auto load = [&](const std::filesystem::path& file) -> std::unique_ptr<SecretKey> {
    if (file.empty()) return nullptr;
    auto key = std::make_unique<SecretKey>(need(load_secret_key(file)));
    refuse(unfit(*key, *transport_, files.participant, *registry_));
    return key;
  };
  signing_ = load(files.signing);
  signing_next_ = load(files.signing_next);
  if (!signing_) refuse(unfit(*transport_, files.participant, *registry_));
}

ProcessKeys::Stamp ProcessKeys::stamp() const {
  std::filesystem::path signature = registry_file_;
  signature += ".sig";
  return {file_stamp(registry_file_), file_stamp(signature)};
}

std::string ProcessKeys::line_of(const KeyRegistry& registry) {
  return std::to_string(registry.revision()) + "," + hex(sha256(as_bytes(registry.text()))) + "\n";
}

void ProcessKeys::remember(const KeyRegistry& registry) const {
  if (!memory_.empty()) replace_file(memory_, line_of(registry));
}

void ProcessKeys::remember_in(const std::filesystem::path& file) {
  memory_ = file;
  if (std::filesystem::exists(file)) {
    const std::string known = need(read_open_file(file, 256));
    std::uint32_t revision = 0;
    const char* end = known.data() + known.size();
    const auto [after, error] = std::from_chars(known.data(), end, revision);
    if (error != std::errc() || after == end || *after != ',') {
      throw std::runtime_error(file.string() + " doesn't say which registry was taken last");
    }
    const bool other = revision == registry_->revision() && known != line_of(*registry_);
    if (registry_->revision() < revision || other) {
      throw std::runtime_error(
          registry_file_.string() + " is revision " + std::to_string(registry_->revision()) +
          (other ? ", another than" : ";") + " revision " + std::to_string(revision) +
          " was taken before: bring back the latest one that the root signed");
    }
    if (known == line_of(*registry_)) return;
  }
  remember(*registry_);
}

bool ProcessKeys::changed() const {
  return stamp() != stamp_;
}

std::string ProcessKeys::take(KeyRegistry fresh) {
  if (fresh.clearing() != registry_->clearing()) {
    return "the registry in the file is that of " + fresh.clearing() +
           ", the one in force that of " + registry_->clearing();
  }
  if (fresh.revision() <= registry_->revision() && fresh.text() != registry_->text()) {
    return "the registry in the file is revision " + std::to_string(fresh.revision()) +
           ", the one in force " + std::to_string(registry_->revision()) +
           ": only a later one takes its place";
  }
  if (fresh.revision() > registry_->revision()) {
    remember(fresh);
    registry_ = std::make_unique<KeyRegistry>(std::move(fresh));
  }
  return {};
}

bool ProcessKeys::reload_if_changed() {
  // Taken before the files are read: what is replaced meanwhile is seen at the next call.
  const Stamp now = stamp();
  if (now == stamp_) return false;
  const std::uint32_t before = registry_->revision();
  try {
    auto fresh = load_registry(registry_file_, root_);
    fault_ = fresh ? take(std::move(fresh).value()) : fresh.error();
    stamp_ = now;
  } catch (const std::system_error& failure) {
    fault_ = failure.what();  // The stamp stays as it was, so that it is tried again.
  }
  return registry_->revision() != before;
}

std::vector<PublicKey> ProcessKeys::transports_of(const std::string& participant,
                                                  BusinessDate day) const {
  std::vector<PublicKey> keys;
  for (const TransportRow& row : registry_->transports()) {  // Sorted by `from`.
    if (row.participant == participant && row.counts_on(day)) keys.insert(keys.begin(), row.key);
  }
  return keys;
}

std::map<PublicKey, std::string> ProcessKeys::transport_keys_on(BusinessDate day) const {
  std::map<PublicKey, std::string> keys;
  for (const TransportRow& row : registry_->transports()) {
    if (row.counts_on(day)) keys.emplace(row.key, row.participant);
  }
  return keys;
}

}  // namespace ph
