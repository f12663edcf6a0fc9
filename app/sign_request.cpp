#include "app/sign_request.h"

#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "partners/api.h"
#include "partners/request_signature.h"
#include "platform/crypto/keys.h"
#include "platform/crypto/sha256.h"
#include "platform/sys/clock.h"

namespace ph {

namespace {

int say(int code, const std::string& what) {
  std::fprintf(stderr, "sign-request: %s\n", what.c_str());
  return code;
}

std::string read_body(const std::string& file) {
  if (std::filesystem::is_directory(file)) {
    throw std::system_error(EISDIR, std::generic_category(), file);
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw std::system_error(errno, std::generic_category(), file);
  return text;
}

// Empty when the parts can be signed.
std::string usage(const SignRequestOptions& options) {
  if (options.method != "GET" && options.method != "POST" && options.method != "PUT") {
    return "--method is GET, POST or PUT";
  }
  if (!options.target.starts_with('/')) return "--path begins with /v1/, without the host";
  if (!options.id.empty() && !ApiId::parse(options.id)) {
    return "--id is <code>/<YYYYMMDD>/<reference>, as MER1/20260305/A-17";
  }
  if (!options.nonce.empty() && !valid_nonce(options.nonce)) {
    return "--nonce is 16 to 64 of A-Z a-z 0-9 - _";
  }
  if (options.created.value_or(1) < 1) return "--created is seconds since 1970";
  return {};
}

int sign(const SignRequestOptions& options) {
  if (const std::string fault = usage(options); !fault.empty()) return say(2, fault);
  const auto key = load_secret_key(options.key);
  if (!key) return say(1, key.error());
  if (key->open().role != KeyRole::kApi) {
    return say(
        1, options.key + " is a key of role " + std::string(word(key->open().role)) + ", not api");
  }
  const std::size_t mark = options.target.find('?');
  SignedParts parts{.method = options.method, .path = options.target.substr(0, mark)};
  if (mark != std::string::npos) parts.query = options.target.substr(mark);
  if (!options.id.empty()) parts.idempotency_key = options.id;
  if (!options.body.empty() || options.method != "GET") {
    const std::string body = options.body.empty() ? std::string() : read_body(options.body);
    parts.content_digest = content_digest(sha256(as_bytes(body)));
  }
  const std::int64_t created =
      options.created ? *options.created : unix_seconds(SystemClock().now());
  const auto signed_parts =
      sign_parts(parts, *key, created, options.nonce.empty() ? random_nonce() : options.nonce);
  if (options.base) {
    std::printf("%s", signed_parts.base.c_str());
    return 0;
  }
  if (options.method != "GET") {
    std::printf("Content-Type: %s\n", options.method == "PUT" ? "text/csv" : "application/json");
  }
  if (parts.content_digest) std::printf("Content-Digest: %s\n", parts.content_digest->c_str());
  if (parts.idempotency_key) std::printf("Idempotency-Key: %s\n", parts.idempotency_key->c_str());
  std::printf("Signature-Input: %s\nSignature: %s\n", signed_parts.signature_input.c_str(),
              signed_parts.signature.c_str());
  return 0;
}

}  // namespace

int run_sign_request(const SignRequestOptions& options) {
  try {
    return sign(options);
  } catch (const std::exception& failure) {
    return say(3, failure.what());
  }
}

}  // namespace ph
