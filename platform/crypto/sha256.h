// SHA-256: what core asks for through `Sha256` (core/types/digest.h), and the same for data that
// comes in parts.
#pragma once

#include <cstddef>
#include <span>

#include "core/types/digest.h"

namespace ph {

// Of the concatenation of both parts. Allocates nothing, cannot fail, any thread may call it.
// `&sha256` is a `Sha256`.
[[nodiscard]] Digest sha256(Bytes first, Bytes second = {});

// The digest of data that comes in parts. A copy goes on from where the original stands.
class Sha256Stream {
 public:
  Sha256Stream();
  void update(Bytes data);
  // Of everything since the start; the stream then starts anew.
  [[nodiscard]] Digest finish();

 private:
  static constexpr std::size_t kStateBytes = 112;  // SHA256_CTX; asserted where it is known.
  alignas(8) std::byte state_[kStateBytes];
};

}  // namespace ph
