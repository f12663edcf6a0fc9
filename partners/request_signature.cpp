#include "partners/request_signature.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "core/types/check.h"
#include "platform/crypto/base64.h"
#include "platform/crypto/sha256.h"

namespace ph {

namespace {

constexpr std::size_t kLabelMax = 32;
constexpr std::size_t kKeyIdSize = 16;
constexpr std::size_t kNonceMin = 16;
constexpr std::size_t kNonceMax = 64;
constexpr std::size_t kCreatedDigitsMax = 11;
constexpr std::string_view kAlgorithm = "ed25519";
constexpr std::string_view kDigestStart = "sha-256=:";

bool lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

// The value of a header, from its left to its right.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  // The longest start of such characters.
  template <class Of>
  [[nodiscard]] std::string_view take_while(Of of) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), of);
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  // A key of structured fields (RFC 8941, section 3.1.2).
  [[nodiscard]] std::string_view take_name() {
    if (rest_.empty() || (!lower(rest_[0]) && rest_[0] != '*')) return {};
    return take_while([](char c) {
      return lower(c) || digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
    });
  }
  // Between quotes, without any escape: nothing that is quoted here needs one.
  [[nodiscard]] std::optional<std::string_view> take_quoted() {
    if (!take("\"")) return std::nullopt;
    const std::string_view inner =
        take_while([](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    if (!take("\"")) return std::nullopt;
    return inner;
  }

 private:
  std::string_view rest_;
};

Problem bad_input(std::string detail) {
  return problem(ProblemCode::kSignatureSyntax, std::move(detail), "Signature-Input");
}

// `("a" "b")`; false when it isn't one, or has a part twice.
bool take_covered(Scanner& in, std::vector<std::string>& covered) {
  if (!in.take("(")) return false;
  while (!in.take(")")) {
    if (!covered.empty() && !in.take(" ")) return false;
    const auto name = in.take_quoted();
    if (!name || name->empty() ||
        std::find(covered.begin(), covered.end(), *name) != covered.end()) {
      return false;
    }
    covered.emplace_back(*name);
  }
  return true;
}

// Without sign and leading zero.
std::optional<std::int64_t> take_created(Scanner& in) {
  const std::string_view digits = in.take_while(digit);
  if (digits.empty() || digits.size() > kCreatedDigitsMax || digits[0] == '0') return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// What is wrong with one `;name=value`; empty when nothing is.
std::string take_parameter(Scanner& in, SignatureParameters& out, std::string& algorithm) {
  const std::string name(in.take_name());
  if (name.empty() || !in.take("=")) return "a parameter is ;name=value, without blanks";
  if (name == "created") {
    const auto created = take_created(in);
    if (!created || out.created != 0) return "created is one number of seconds since 1970";
    out.created = *created;
    return {};
  }
  std::string* to = name == "nonce"   ? &out.nonce
                    : name == "keyid" ? &out.key_id
                    : name == "alg"   ? &algorithm
                                      : nullptr;
  if (to == nullptr) return "the parameters are created, nonce, keyid and alg, not " + name;
  const auto value = in.take_quoted();
  if (!value || value->empty() || !to->empty()) return name + " is one text in quotes";
  *to = *value;
  return {};
}

// A covered part's value.
const std::string* value_of(const SignedParts& parts, std::string_view name) {
  const auto given = [](const std::optional<std::string>& field) {
    return field ? &*field : nullptr;
  };
  if (name == "@method") return &parts.method;
  if (name == "@path") return &parts.path;
  if (name == "@query") return given(parts.query);
  if (name == "content-digest") return given(parts.content_digest);
  if (name == "idempotency-key") return given(parts.idempotency_key);
  return nullptr;
}

// What a request of these parts must cover.
std::vector<std::string_view> needed(const SignedParts& parts) {
  std::vector<std::string_view> names{"@method", "@path"};
  if (parts.query) names.emplace_back("@query");
  if (parts.content_digest) names.emplace_back("content-digest");
  if (parts.idempotency_key) names.emplace_back("idempotency-key");
  return names;
}

// Exactly those, in any order.
bool covers(const SignatureParameters& parameters, const SignedParts& parts) {
  const auto names = needed(parts);
  return parameters.covered.size() == names.size() &&
         std::all_of(names.begin(), names.end(), [&](std::string_view name) {
           return std::find(parameters.covered.begin(), parameters.covered.end(), name) !=
                  parameters.covered.end();
         });
}

std::string list_of(const std::vector<std::string_view>& names) {
  std::string out = "(";
  for (const std::string_view name : names) {
    out.append(out.size() > 1 ? " \"" : "\"").append(name).append("\"");
  }
  return out + ")";
}

}  // namespace

bool valid_nonce(std::string_view text) {
  return text.size() >= kNonceMin && text.size() <= kNonceMax &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return lower(c) || digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

Result<SignatureParameters, Problem> parse_signature_input(std::string_view value) {
  Scanner in(value);
  SignatureParameters out;
  out.label = in.take_name();
  if (out.label.empty() || out.label.size() > kLabelMax || !in.take("=")) {
    return Fail{bad_input("it begins with a label, as sig1=")};
  }
  out.text = in.rest();
  if (!take_covered(in, out.covered)) {
    return Fail{bad_input("the covered parts are (\"a\" \"b\"), each once, one blank between")};
  }
  std::string algorithm;
  while (!in.at_end()) {
    if (!in.take(";")) {
      return Fail{bad_input("one signature, and nothing behind its parameters")};
    }
    if (auto why = take_parameter(in, out, algorithm); !why.empty()) {
      return Fail{bad_input(std::move(why))};
    }
  }
  if (out.created == 0) return Fail{bad_input("the parameter created lacks")};
  if (!valid_nonce(out.nonce)) {
    return Fail{bad_input("nonce is 16 to 64 of A-Z a-z 0-9 - _")};
  }
  if (out.key_id.size() != kKeyIdSize) return Fail{bad_input("keyid is a key id of 16 digits")};
  if (algorithm != kAlgorithm) return Fail{bad_input("alg is \"ed25519\"")};
  return out;
}

std::optional<RawSignature> parse_signature_field(std::string_view value, std::string_view label) {
  Scanner in(value);
  if (!in.take(label) || !in.take("=:") || !value.ends_with(':')) return std::nullopt;
  std::string_view text = in.rest();
  if (text.empty()) return std::nullopt;
  text.remove_suffix(1);
  RawSignature signature;
  if (!from_base64(text, signature)) return std::nullopt;
  return signature;
}

std::optional<std::string> signature_base(const SignedParts& parts,
                                          const SignatureParameters& parameters) {
  std::string base;
  for (const std::string& name : parameters.covered) {
    const std::string* value = value_of(parts, name);
    if (value == nullptr) return std::nullopt;
    base.append("\"").append(name).append("\": ").append(*value).append("\n");
  }
  return base.append("\"@signature-params\": ").append(parameters.text);
}

std::string content_digest(const Digest& digest) {
  return std::string(kDigestStart) + base64(digest) + ":";
}

std::optional<Digest> parse_content_digest(std::string_view value) {
  if (!value.starts_with(kDigestStart) || !value.ends_with(':') ||
      value.size() == kDigestStart.size() - 1) {
    return std::nullopt;
  }
  value.remove_prefix(kDigestStart.size());
  if (value.empty()) return std::nullopt;
  value.remove_suffix(1);
  Digest digest;
  if (!from_base64(value, digest)) return std::nullopt;
  return digest;
}

SignatureHeaders sign_parts(const SignedParts& parts, const SecretKey& key, std::int64_t created,
                            std::string_view nonce) {
  check(valid_nonce(nonce) && created > 0, "a nonce and a time that can be signed");
  SignatureParameters parameters;
  const auto names = needed(parts);
  parameters.covered.assign(names.begin(), names.end());
  parameters.text = list_of(names) + ";created=" + std::to_string(created) + ";nonce=\"";
  parameters.text.append(nonce).append("\";keyid=\"").append(key_id(key.open().key));
  parameters.text.append("\";alg=\"").append(kAlgorithm).append("\"");
  auto base = signature_base(parts, parameters);
  check(base.has_value(), "parts that are there can be signed");
  const std::string signature = base64(key.sign_request(*base));
  return {"sig1=" + parameters.text, "sig1=:" + signature + ":", std::move(*base)};
}

// --- keys, nonces
// ---------------------------------------------------------------------------------

ApiKeys::ApiKeys(const KeyRegistry& registry) {
  for (const ApiRow& row : registry.apis()) {
    rows_.emplace(key_id(row.key), row);
  }
}

const ApiRow* ApiKeys::find(std::string_view id, BusinessDate day) const {
  const auto found = rows_.find(id);
  return found == rows_.end() || !found->second.counts_on(day) ? nullptr : &found->second;
}

void NonceStore::forget(std::int64_t now) {
  while (!due_.empty() && due_.begin()->first < now) {
    for (const Due& due : due_.begin()->second) {
      seen_.erase(due.mark);
      --*due.of_participant;
    }
    due_.erase(due_.begin());
  }
}

NonceStore::Taken NonceStore::take(const std::string& participant, std::string_view nonce,
                                   std::int64_t until, std::int64_t now) {
  forget(now);
  const Digest digest = sha256(as_bytes(participant + "\n"), as_bytes(nonce));
  Mark mark;
  std::memcpy(&mark, digest.data(), sizeof mark);
  if (seen_.contains(mark)) return Taken::kSeen;
  std::size_t& of_participant = of_participant_[participant];
  if (seen_.size() >= limits_.all || of_participant >= limits_.of_a_participant)
    return Taken::kFull;
  seen_.insert(mark);
  ++of_participant;
  due_[until].push_back({mark, &of_participant});
  return Taken::kYes;
}

// --- the judgement
// --------------------------------------------------------------------------------

Result<Signer, Problem> SignatureJudge::judge(const SignedParts& parts, std::int64_t now,
                                              BusinessDate day) {
  if (!parts.signature_input || !parts.signature) {
    return Fail{problem(ProblemCode::kSignatureMissing, {},
                        parts.signature_input ? "Signature" : "Signature-Input")};
  }
  const auto parameters = parse_signature_input(*parts.signature_input);
  if (!parameters) return Fail{parameters.error()};
  const auto signature = parse_signature_field(*parts.signature, parameters->label);
  if (!signature) {
    return Fail{
        problem(ProblemCode::kSignatureSyntax,
                "it is " + parameters->label + "=:<88 characters of base64>:", "Signature")};
  }
  if (!covers(*parameters, parts)) {
    return Fail{problem(ProblemCode::kSignatureComponents,
                        "this request has to cover " + list_of(needed(parts)), "Signature-Input")};
  }
  const ApiRow* key = keys_.find(parameters->key_id, day);
  if (key == nullptr) {
    return Fail{problem(ProblemCode::kSignatureKey, parameters->key_id + " on " + day.text())};
  }
  const auto base = signature_base(parts, *parameters);
  check(base.has_value(), "what is covered is there");
  if (!verifies_request(*signature, key->key, *base)) {
    return Fail{problem(ProblemCode::kSignatureWrong, {}, "Signature")};
  }
  const std::string times =
      "created " + std::to_string(parameters->created) + ", here it is " + std::to_string(now);
  if (parameters->created < now - kSignatureAgeMaxSeconds) {
    return Fail{problem(ProblemCode::kSignatureOld, times)};
  }
  if (parameters->created > now + kSignatureAheadMaxSeconds) {
    return Fail{problem(ProblemCode::kSignatureNew, times)};
  }
  switch (nonces_.take(key->participant, parameters->nonce,
                       parameters->created + kSignatureAgeMaxSeconds, now)) {
    case NonceStore::Taken::kYes:
      break;
    case NonceStore::Taken::kSeen:
      return Fail{problem(ProblemCode::kNonceSeen, {})};
    case NonceStore::Taken::kFull:
      return Fail{problem(ProblemCode::kTooMany, {})};
  }
  return Signer{key->participant, parameters->key_id, sha256(as_bytes(*base))};
}

}  // namespace ph
