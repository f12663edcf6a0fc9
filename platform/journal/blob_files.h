// Blobs as files named by their digest, `<directory>/ab/<64 hex digits>`, mapped when they are
// read.
#pragma once

#include <string>

#include "platform/journal/journal.h"

namespace ph {

// Makes the directory where there is none. Removes what a process that died left in `tmp`, so only
// one process may have it open.
class BlobFiles final : public BlobStore {
 public:
  explicit BlobFiles(std::string directory);

  [[nodiscard]] std::unique_ptr<BlobWriter> create() override;
  [[nodiscard]] std::optional<Blob> get(const Digest& address, bool verify) override;

 private:
  std::string directory_;
};

}  // namespace ph
