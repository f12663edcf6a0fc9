// A body that goes to a file while it comes, and its digest with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/types/digest.h"
#include "platform/crypto/sha256.h"
#include "platform/http/http.h"

namespace ph::http {

// The file has a name of its own in `folder`, mode 0600, and goes with this object.
class BodyFile final : public BodySink {
 public:
  // Throws std::system_error.
  explicit BodyFile(const std::filesystem::path& folder);
  ~BodyFile() override;

  // A disk that is full refuses the request with 503.
  [[nodiscard]] std::optional<Response> take(std::string_view part) override;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Once, when the body is there.
  [[nodiscard]] Digest finish() { return digest_.finish(); }

 private:
  std::filesystem::path path_{};
  int fd_{-1};
  std::uint64_t size_{};
  Sha256Stream digest_{};
};

}  // namespace ph::http
