// The keys of a running process, and the registry that says whose keys count: read from files,
// checked against the offline root, read anew when the registry's file has changed.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/types/date.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"
#include "platform/crypto/signing_keys.h"
#include "platform/crypto/transport_key.h"
#include "platform/sys/file_stamp.h"

namespace ph {

struct KeyFiles {
  std::string participant{};        // whose keys they have to be; empty: anybody's
  std::filesystem::path signing{};  // Empty: none; a process that signs nothing holds no such key.
  std::filesystem::path signing_next{};  // Empty: none.
  std::filesystem::path transport{};
  std::filesystem::path registry{};
  std::filesystem::path root{};
};

class ProcessKeys {
 public:
  // Throws std::runtime_error, with what to do, when one of them is no good: a file that can't be
  // read, keys of two participants, a key that is not in the registry.
  explicit ProcessKeys(const KeyFiles& files);

  // Holds the registry against the latest one that was ever taken, and remembers in this file, from
  // now on, which one that is: one line, `<revision>,<SHA-256 of the registry>`. Throws
  // std::runtime_error when the registry is an earlier one or another of that revision, and when
  // the file holds something else; std::system_error when it can't be read or written.
  void remember_in(const std::filesystem::path& file);

  // Of a process that has one.
  [[nodiscard]] const SecretKey& signing() const { return *signing_; }
  [[nodiscard]] SigningKeys signing_keys() const { return {*signing_, signing_next_.get()}; }
  [[nodiscard]] const TransportSecret& transport() const { return *transport_; }
  [[nodiscard]] const KeyRegistry& registry() const { return *registry_; }

  // Has the registry's file, or its signature, been replaced since it was looked at? Two calls of
  // the system.
  [[nodiscard]] bool changed() const;
  // True when the file held a newer registry, signed by the root; one that isn't good is left alone
  // and `fault()` says why, until a good one or the present one is there. References to the old
  // registry hold no longer.
  [[nodiscard]] bool reload_if_changed();
  [[nodiscard]] const std::string& fault() const { return fault_; }

  // The participant's transport keys of that day, the one that began last first.
  [[nodiscard]] std::vector<PublicKey> transports_of(const std::string& participant,
                                                     BusinessDate day) const;
  // All that may connect that day: key -> participant.
  [[nodiscard]] std::map<PublicKey, std::string> transport_keys_on(BusinessDate day) const;

 private:
  // Inode, size, times of change (of contents, of inode; ns) of the registry and of its signature.
  using Stamp = std::array<FileStamp, 2>;  // of the registry and its signature

  [[nodiscard]] Stamp stamp() const;
  // What is wrong with what the file holds now; empty when nothing is.
  [[nodiscard]] std::string take(KeyRegistry fresh);
  [[nodiscard]] static std::string line_of(const KeyRegistry& registry);
  void remember(const KeyRegistry& registry) const;

  std::unique_ptr<SecretKey> signing_;
  std::unique_ptr<SecretKey> signing_next_;
  std::unique_ptr<TransportSecret> transport_;
  std::filesystem::path registry_file_;
  std::filesystem::path memory_;  // Empty: none.
  PublicKeyRecord root_;          // Of the start: whoever replaces the file later changes nothing.
  Stamp stamp_{};
  std::unique_ptr<KeyRegistry> registry_;
  std::string fault_;
};

}  // namespace ph
