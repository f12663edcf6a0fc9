#include "platform/journal/blob_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <vector>

#include "platform/crypto/sha256.h"
#include "platform/journal/posix.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

// So much is handed to the disk at once, while the next bytes come: the sync finds little to do.
constexpr std::uint64_t kStartBytes = std::uint64_t{8} << 20U;
constexpr std::uint64_t kReadBytes = std::uint64_t{1} << 20U;  // at once, of what isn't mapped

std::string folder_of(const std::string& directory, const Digest& address) {
  return directory + "/" + hex(address).substr(0, 2);
}

std::string path_of(const std::string& directory, const Digest& address) {
  return folder_of(directory, address) + "/" + hex(address);
}

class BlobFileWriter final : public BlobWriter {
 public:
  BlobFileWriter(const std::string& directory, const MappingLimits& limits)
      : part_(directory, limits) {}

  void write(Bytes part) override { part_.write(part); }
  [[nodiscard]] std::uint64_t size() const override { return part_.size(); }
  [[nodiscard]] Blob content() override { return part_.content(); }
  Digest finish() override {
    const Digest address = part_.seal();
    part_.publish(address);
    return address;
  }

 private:
  BlobPart part_;
};

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : file_(path, O_RDONLY), size_(file_.size()) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  void read(std::uint64_t at, std::span<std::byte> into) const override { file_.read_at(at, into); }

 private:
  FileHandle file_;
  std::uint64_t size_;
};

Digest digest_of(const ByteSource& source) {
  std::vector<std::byte> buffer(std::min(source.size(), kReadBytes));
  Sha256Stream stream;
  for (std::uint64_t at = 0; at < source.size();) {
    const auto part = std::span(buffer).first(std::min(source.size() - at, kReadBytes));
    source.read(at, part);
    stream.update(part);
    at += part.size();
  }
  return stream.finish();
}

}  // namespace

std::shared_ptr<const ByteSource> file_source(const std::string& path) {
  return std::make_shared<const FileSource>(path);
}

Blob blob_of(const FileHandle& file, const MappingLimits& limits) {
  const std::uint64_t size = file.size();
  if (size > limits.read_bytes_max && MappedFile::count() < limits.mapped_files_max) {
    const auto mapped = std::make_shared<const MappedFile>(file);
    return {mapped, mapped->bytes()};
  }
  const std::shared_ptr<std::byte[]> bytes(new std::byte[size]);
  const std::span<std::byte> all(bytes.get(), size);
  file.read(all);
  return {bytes, all};
}

BlobPart::BlobPart(const std::string& directory, const MappingLimits& limits)
    : directory_(directory),
      limits_(limits),
      path_(directory + "/tmp/" + random_name() + ".part"),
      file_(std::make_unique<FileHandle>(path_, O_RDWR | O_CREAT | O_EXCL)) {}

BlobPart::~BlobPart() {
  if (!published_) {
    ::unlink(path_.c_str());
  }
}

void BlobPart::write(Bytes part) {
  check_not_finished(sealed_);
  file_->write(part);
  stream_.update(part);
  size_ += part.size();
  if (size_ - started_ >= kStartBytes) {
    file_->start_writing(started_, size_ - started_);
    started_ = size_;
  }
}

Digest BlobPart::seal() {
  if (!address_) {
    check_not_finished(sealed_);  // It failed before.
    sealed_ = true;
    file_->sync();
    address_ = stream_.finish();
  }
  return *address_;
}

const Blob& BlobPart::content() {
  if (!content_) {
    static_cast<void>(seal());
    content_ = blob_of(*file_, limits_);
    file_.reset();
  }
  return *content_;
}

void BlobPart::publish(const Digest& address) {
  check_not_finished(published_);
  make_directory(folder_of(directory_, address));
  rename_durably(path_, path_of(directory_, address));
  published_ = true;
}

BlobFiles::BlobFiles(std::string directory, const MappingLimits& limits)
    : directory_(std::move(directory)), limits_(limits) {
  make_directory(directory_);
  const std::string temporary = directory_ + "/tmp";
  make_directory(temporary);
  std::error_code error;
  for (const auto& leftover : std::filesystem::directory_iterator(temporary, error)) {
    if (::unlink(leftover.path().c_str()) != 0) {
      throw world_error(errno, "remove", leftover.path());
    }
  }
  if (error) {
    throw world_error(error.value(), "look into", temporary);
  }
}

std::unique_ptr<BlobWriter> BlobFiles::create() {
  return std::make_unique<BlobFileWriter>(directory_, limits_);
}

std::optional<Blob> BlobFiles::get(const Digest& address, bool verify) {
  const std::string path = path_of(directory_, address);
  if (!exists(path)) {
    return std::nullopt;
  }
  Blob blob = blob_of(FileHandle(path, O_RDONLY), limits_);
  if (verify && sha256(blob.bytes()) != address) {
    throw damaged_blob(directory_, address);
  }
  return blob;
}

std::shared_ptr<const ByteSource> BlobFiles::open(const Digest& address, bool verify) {
  const std::string path = path_of(directory_, address);
  if (!exists(path)) {
    return nullptr;
  }
  auto source = file_source(path);
  if (verify && digest_of(*source) != address) {
    throw damaged_blob(directory_, address);
  }
  return source;
}

}  // namespace ph
