// A body that goes to a file while it comes, and its digest with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "core/types/digest.h"
#include "platform/crypto/sha256.h"
#include "platform/http/http.h"

namespace ph::http {

// The file lies in `folder` without a name, and goes with this object, or with its process.
class BodyFile final : public BodySink {
 public:
  // Throws std::system_error.
  explicit BodyFile(const std::filesystem::path& folder);
  ~BodyFile() override;

  // A disk that is full refuses the request with 503.
  [[nodiscard]] std::optional<Response> take(std::string_view part) override;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Up to `bytes_max` bytes from `offset` on. Throws std::system_error.
  [[nodiscard]] std::vector<std::byte> read(std::uint64_t offset, std::size_t bytes_max) const;
  // Once, when the body is there.
  [[nodiscard]] Digest finish() { return digest_.finish(); }

 private:
  int fd_{-1};
  std::uint64_t size_{};
  Sha256Stream digest_{};
};

}  // namespace ph::http
