// The registry of keys: which key signs for a participant, from which sequence to which. Signed by
// the offline root (docs/proof.md, section 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/date.h"
#include "core/types/result.h"
#include "platform/crypto/keys.h"

namespace ph {

// A sender's key counts for its batches of sequence [from, to); the clearing's for periods, whose
// sequence is YYYYMM.
struct RegistryKey {
  static constexpr std::uint32_t kSequenceMax = 999'999'999;

  std::string participant;
  PublicKey key{};
  std::uint32_t from{1};
  std::optional<std::uint32_t> to;  // Exclusive; none = still in use.
};

// Invariant: sorted by (participant, from); ranges of one participant don't overlap and none is
// empty; no key stands twice.
class KeyRegistry {
 public:
  static constexpr std::size_t kKeysMax = 20'000;

  KeyRegistry(std::string clearing, BusinessDate date)
      : clearing_(std::move(clearing)), date_(date) {}

  // The file's text; the error names the line.
  [[nodiscard]] static Result<KeyRegistry, std::string> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  // The error says why not; the registry is then as it was. Each change makes a new revision of
  // `date`.
  [[nodiscard]] std::optional<std::string> add(RegistryKey key, BusinessDate date);
  // Ends the range of the participant's key that is still in use.
  [[nodiscard]] std::optional<std::string> end(std::string_view participant, std::uint32_t to,
                                               BusinessDate date);

  [[nodiscard]] const std::string& clearing() const { return clearing_; }
  [[nodiscard]] BusinessDate date() const { return date_; }
  [[nodiscard]] std::uint32_t revision() const { return revision_; }
  [[nodiscard]] const std::vector<RegistryKey>& keys() const { return keys_; }
  // The key that counts for the participant at that sequence; null when none does.
  [[nodiscard]] const RegistryKey* at(std::string_view participant, std::uint32_t sequence) const;

 private:
  [[nodiscard]] std::optional<std::string> insert(RegistryKey key);
  [[nodiscard]] std::optional<std::string> revise(BusinessDate date);

  std::string clearing_;
  BusinessDate date_;
  std::uint32_t revision_{0};
  std::vector<RegistryKey> keys_;
};

inline constexpr std::string_view kRegistryKind = "REGISTRY";

}  // namespace ph
