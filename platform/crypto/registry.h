// The registry of keys: which key signs for a participant, from which sequence to which; which key
// it may connect with, and which one signs its requests over HTTP, from which day to which. Signed
// by the offline root (docs/proof.md, section 6).
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

// A key that counts on the days [from, to). Several of one participant may count on one day.
struct DatedKey {
  std::string participant;
  PublicKey key{};
  BusinessDate from;
  std::optional<BusinessDate> to;  // Exclusive; none = still in use; `from` = it never counts.

  [[nodiscard]] bool counts_on(BusinessDate day) const { return from <= day && (!to || day < *to); }
};
using TransportRow = DatedKey;  // The participant may connect with it.
using ApiRow = DatedKey;        // It signs the participant's requests over HTTP (docs/partners.md).

// Invariant: keys sorted by (participant, from); ranges of one participant don't overlap and none
// is empty; transports and apis sorted by (participant, from, key); no key stands twice in all.
class KeyRegistry {
 public:
  static constexpr std::size_t kKeysMax = 20'000;  // Of all kinds together.

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

  // Refuses an empty range.
  [[nodiscard]] std::optional<std::string> add_transport(TransportRow row, BusinessDate date);
  // The transport key counts no more from day `to` on. An end that stands can be brought forward,
  // not put off; a key that leaked before its first day ends on that day.
  [[nodiscard]] std::optional<std::string> end_transport(std::string_view key_id, BusinessDate to,
                                                         BusinessDate date);
  // The same for a key that signs requests.
  [[nodiscard]] std::optional<std::string> add_api(ApiRow row, BusinessDate date);
  [[nodiscard]] std::optional<std::string> end_api(std::string_view key_id, BusinessDate to,
                                                   BusinessDate date);

  [[nodiscard]] const std::string& clearing() const { return clearing_; }
  [[nodiscard]] BusinessDate date() const { return date_; }
  [[nodiscard]] std::uint32_t revision() const { return revision_; }
  [[nodiscard]] const std::vector<RegistryKey>& keys() const { return keys_; }
  [[nodiscard]] const std::vector<TransportRow>& transports() const { return transports_; }
  [[nodiscard]] const std::vector<ApiRow>& apis() const { return apis_; }
  // The key that counts for the participant at that sequence; null when none does.
  [[nodiscard]] const RegistryKey* at(std::string_view participant, std::uint32_t sequence) const;

 private:
  using Dated = std::vector<DatedKey>;
  [[nodiscard]] std::optional<std::string> insert(RegistryKey key);
  [[nodiscard]] std::optional<std::string> insert(Dated KeyRegistry::*rows, DatedKey row);
  [[nodiscard]] std::optional<std::string> add(Dated KeyRegistry::*rows, DatedKey row,
                                               BusinessDate date);
  [[nodiscard]] std::optional<std::string> end(Dated& rows, const std::string& what,
                                               std::string_view key_id, BusinessDate to,
                                               BusinessDate date);
  // Why a further row of the participant with this key has no place.
  [[nodiscard]] std::optional<std::string> refuse(const std::string& participant,
                                                  const PublicKey& key) const;
  [[nodiscard]] std::optional<std::string> revise(BusinessDate date);

  std::string clearing_;
  BusinessDate date_;
  std::uint32_t revision_{0};
  std::vector<RegistryKey> keys_;
  Dated transports_;
  Dated apis_;
};

inline constexpr std::string_view kRegistryKind = "REGISTRY";

}  // namespace ph
