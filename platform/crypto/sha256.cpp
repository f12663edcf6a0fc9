#include "platform/crypto/sha256.h"

#include <openssl/sha.h>

#include <cstring>

// The EVP interface takes a lookup of the method or an allocated context for each digest. Items,
// leaves and nodes of the period tree are hashed by the million and have two blocks at most, so the
// direct interface is used, which OpenSSL 3 keeps but marks as deprecated.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace ph {

namespace {

unsigned char* out(Digest& digest) {
  return reinterpret_cast<unsigned char*>(digest.data());
}

SHA256_CTX load(const std::byte* state) {
  SHA256_CTX context;
  std::memcpy(&context, state, sizeof context);
  return context;
}

}  // namespace

Digest sha256(Bytes first, Bytes second) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, first.data(), first.size());
  SHA256_Update(&context, second.data(), second.size());
  Digest digest;
  SHA256_Final(out(digest), &context);
  return digest;
}

Sha256Stream::Sha256Stream() {
  static_assert(sizeof(SHA256_CTX) == kStateBytes);
  SHA256_CTX context;
  SHA256_Init(&context);
  std::memcpy(state_, &context, sizeof context);
}

void Sha256Stream::update(Bytes data) {
  SHA256_CTX context = load(state_);
  SHA256_Update(&context, data.data(), data.size());
  std::memcpy(state_, &context, sizeof context);
}

Digest Sha256Stream::finish() {
  SHA256_CTX context = load(state_);
  Digest digest;
  SHA256_Final(out(digest), &context);
  *this = Sha256Stream();
  return digest;
}

}  // namespace ph
