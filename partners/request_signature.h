// Who sent a request: its signature after RFC 9421 with Ed25519, over the parts that
// docs/partners.md, section 4, names, and the digest of its body after RFC 9530. Everything here is
// a function of its arguments; the caller has the clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/types/date.h"
#include "core/types/digest.h"
#include "core/types/result.h"
#include "partners/problem.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/registry.h"

namespace ph {

inline constexpr std::int64_t kSignatureAgeMaxSeconds = 300;
inline constexpr std::int64_t kSignatureAheadMaxSeconds = 60;

// What of a request a signature can be about, as it came; fields that lack are nullopt.
struct SignedParts {
  std::string method{};
  std::string path{};                  // of the request line, up to its `?`
  std::optional<std::string> query{};  // from the `?` on, with it
  std::optional<std::string> content_digest{};
  std::optional<std::string> idempotency_key{};
  std::optional<std::string> signature_input{};
  std::optional<std::string> signature{};
};

struct SignatureParameters {
  std::string label{};
  std::vector<std::string> covered{};  // in their order
  std::int64_t created{};              // seconds since 1970
  std::string nonce{};
  std::string key_id{};
  std::string text{};  // the value behind `label=`: what `@signature-params` is
};

[[nodiscard]] Result<SignatureParameters, Problem> parse_signature_input(std::string_view value);
// `label=:<base64>:` of that label.
[[nodiscard]] std::optional<RawSignature> parse_signature_field(std::string_view value,
                                                                std::string_view label);
// The bytes that are signed; nullopt when a covered part isn't there, or none that counts.
[[nodiscard]] std::optional<std::string> signature_base(const SignedParts& parts,
                                                        const SignatureParameters& parameters);

[[nodiscard]] std::string content_digest(const Digest& digest);
[[nodiscard]] std::optional<Digest> parse_content_digest(std::string_view value);

// The headers of a request that is signed; `parts` says what the others are.
struct SignatureHeaders {
  std::string signature_input{};
  std::string signature{};
  std::string base{};
};
// 16 to 64 of A-Z a-z 0-9 - _.
[[nodiscard]] bool valid_nonce(std::string_view text);
[[nodiscard]] SignatureHeaders sign_parts(const SignedParts& parts, const SecretKey& key,
                                          std::int64_t created, std::string_view nonce);

// The keys that may sign requests, out of the registry as it is now.
class ApiKeys {
 public:
  explicit ApiKeys(const KeyRegistry& registry);
  // Null when none of this id counts on that day.
  [[nodiscard]] const ApiRow* find(std::string_view key_id, BusinessDate day) const;

 private:
  std::map<std::string, ApiRow, std::less<>> rows_{};
};

// The nonces of requests that were taken, for as long as their signatures could be taken again. No
// more of them are kept than the limits say: then nothing more is taken, and what was is still
// known.
class NonceStore {
 public:
  struct Limits {
    std::size_t all{2'000'000};  // some 75 bytes each
    std::size_t of_a_participant{1'000'000};
  };
  enum class Taken : std::uint8_t { kYes, kSeen, kFull };

  explicit NonceStore(const Limits& limits) : limits_(limits) {}
  // `until`: the last second in which a request of this nonce could be taken.
  [[nodiscard]] Taken take(const std::string& participant, std::string_view nonce,
                           std::int64_t until, std::int64_t now);
  [[nodiscard]] std::size_t size() const { return seen_.size(); }

 private:
  // The first half of a SHA-256: nobody finds two nonces with one.
  struct Mark {
    std::uint64_t high{};
    std::uint64_t low{};
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  struct Hash {
    std::size_t operator()(const Mark& mark) const { return mark.high; }
  };
  struct Due {
    Mark mark{};
    std::size_t* of_participant{};
  };
  void forget(std::int64_t now);

  const Limits limits_;
  std::unordered_set<Mark, Hash> seen_{};
  std::map<std::string, std::size_t> of_participant_{};  // Of the registry alone: bounded by it.
  std::map<std::int64_t, std::vector<Due>> due_{};       // by their last second
};

// Whose request it is.
struct Signer {
  std::string participant{};
  std::string key_id{};
  Digest request{};  // SHA-256 of the signature base: what was signed
};

class SignatureJudge {
 public:
  SignatureJudge(ApiKeys keys, const NonceStore::Limits& limits)
      : keys_(std::move(keys)), nonces_(limits) {}
  void set_keys(ApiKeys keys) { keys_ = std::move(keys); }

  // `now`: seconds since 1970; `day`: business date of the same moment. Of the body only its
  // digest's header is looked at: who has the body compares it. The nonce is kept last: strangers
  // can't fill the store, and a request that is refused uses none up.
  [[nodiscard]] Result<Signer, Problem> judge(const SignedParts& parts, std::int64_t now,
                                              BusinessDate day);
  [[nodiscard]] const NonceStore& nonces() const { return nonces_; }

 private:
  ApiKeys keys_;
  NonceStore nonces_;
};

}  // namespace ph
