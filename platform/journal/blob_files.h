// Blobs as files named by their digest, `<directory>/ab/<64 hex digits>`, mapped when they are
// read, unless they are small or many.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "platform/crypto/sha256.h"
#include "platform/journal/journal.h"
#include "platform/journal/posix.h"

namespace ph {

// Whoever holds blobs for good (the clearing: every batch it has ever taken) may hold more of them
// than the system lets a process map. So small ones are read into memory, and all of them once that
// many are mapped: then the memory is gone, and the process still works.
struct MappingLimits {
  std::uint64_t read_bytes_max{64U << 10U};
  std::uint64_t mapped_files_max{32'768};
};

// The file's bytes, mapped or read.
[[nodiscard]] Blob blob_of(const FileHandle& file, const MappingLimits& limits);

// The file's bytes, read where they are asked for; it stays open. Throws std::system_error.
[[nodiscard]] std::shared_ptr<const ByteSource> file_source(const std::string& path);

// A blob that is being written below a directory of blobs, in `tmp`. Removed unless it was
// published.
class BlobPart {
 public:
  explicit BlobPart(const std::string& directory, const MappingLimits& limits = {});
  ~BlobPart();
  BlobPart(const BlobPart&) = delete;
  BlobPart& operator=(const BlobPart&) = delete;

  void write(Bytes part);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Nothing can be written any more; the bytes are durable, under no name.
  [[nodiscard]] Digest seal();
  // What was written; it is sealed, and no descriptor is held any more.
  [[nodiscard]] const Blob& content();
  // Gives it its name, durably. Once.
  void publish(const Digest& address);

 private:
  std::string directory_;
  MappingLimits limits_;
  std::string path_;
  std::unique_ptr<FileHandle> file_;  // until its content was asked for
  Sha256Stream stream_;
  std::uint64_t size_{};
  std::uint64_t started_{};  // up to here the disk is at work
  bool sealed_{false};
  std::optional<Digest> address_{};  // once it is sealed
  std::optional<Blob> content_{};
  bool published_{false};
};

// Makes the directory where there is none. Removes what a process that died left in `tmp`, so only
// one process may have it open.
class BlobFiles final : public BlobStore {
 public:
  explicit BlobFiles(std::string directory, const MappingLimits& limits = {});

  [[nodiscard]] std::unique_ptr<BlobWriter> create() override;
  [[nodiscard]] std::optional<Blob> get(const Digest& address, bool verify) override;
  [[nodiscard]] std::shared_ptr<const ByteSource> open(const Digest& address, bool verify) override;
  [[nodiscard]] const std::string& directory() const { return directory_; }

 private:
  std::string directory_;
  MappingLimits limits_;
};

}  // namespace ph
