// Blobs as files named by their digest, `<directory>/ab/<64 hex digits>`, mapped when they are
// read.
#pragma once

#include <string>

#include "platform/crypto/sha256.h"
#include "platform/journal/journal.h"
#include "platform/journal/posix.h"

namespace ph {

// A blob that is being written below a directory of blobs, in `tmp`. Removed unless it was
// published.
class BlobPart {
 public:
  explicit BlobPart(const std::string& directory);
  ~BlobPart();
  BlobPart(const BlobPart&) = delete;
  BlobPart& operator=(const BlobPart&) = delete;

  void write(Bytes part);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Nothing can be written any more. Once.
  [[nodiscard]] Digest seal();
  // What was written, after `seal`.
  [[nodiscard]] Blob content() const;
  // Gives it its name, durably.
  void publish(const Digest& address);

 private:
  std::string directory_;
  FileHandle file_;
  Sha256Stream stream_;
  std::uint64_t size_{};
  std::uint64_t started_{};  // up to here the disk is at work
  bool sealed_{false};
  bool published_{false};
};

// Makes the directory where there is none. Removes what a process that died left in `tmp`, so only
// one process may have it open.
class BlobFiles final : public BlobStore {
 public:
  explicit BlobFiles(std::string directory);

  [[nodiscard]] std::unique_ptr<BlobWriter> create() override;
  [[nodiscard]] std::optional<Blob> get(const Digest& address, bool verify) override;
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
};

}  // namespace ph
