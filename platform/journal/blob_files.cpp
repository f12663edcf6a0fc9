#include "platform/journal/blob_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "platform/crypto/sha256.h"
#include "platform/journal/posix.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

// So much is handed to the disk at once, while the next bytes come: the sync finds little to do.
constexpr std::uint64_t kStartBytes = std::uint64_t{8} << 20U;

std::string folder_of(const std::string& directory, const Digest& address) {
  return directory + "/" + hex(address).substr(0, 2);
}

std::string path_of(const std::string& directory, const Digest& address) {
  return folder_of(directory, address) + "/" + hex(address);
}

class BlobFileWriter final : public BlobWriter {
 public:
  explicit BlobFileWriter(const std::string& directory) : part_(directory) {}

  void write(Bytes part) override { part_.write(part); }
  [[nodiscard]] std::uint64_t size() const override { return part_.size(); }
  Digest finish() override {
    const Digest address = part_.seal();
    part_.publish(address);
    return address;
  }

 private:
  BlobPart part_;
};

}  // namespace

BlobPart::BlobPart(const std::string& directory)
    : directory_(directory),
      file_(directory + "/tmp/" + random_name() + ".part", O_RDWR | O_CREAT | O_EXCL) {}

BlobPart::~BlobPart() {
  if (!published_) {
    ::unlink(file_.path().c_str());
  }
}

void BlobPart::write(Bytes part) {
  check_not_finished(sealed_);
  file_.write(part);
  stream_.update(part);
  size_ += part.size();
  if (size_ - started_ >= kStartBytes) {
    file_.start_writing(started_, size_ - started_);
    started_ = size_;
  }
}

Digest BlobPart::seal() {
  check_not_finished(sealed_);
  sealed_ = true;
  file_.sync();
  return stream_.finish();
}

Blob BlobPart::content() const {
  const auto file = std::make_shared<const MappedFile>(file_);
  return {file, file->bytes()};
}

void BlobPart::publish(const Digest& address) {
  make_directory(folder_of(directory_, address));
  rename_durably(file_.path(), path_of(directory_, address));
  published_ = true;
}

BlobFiles::BlobFiles(std::string directory) : directory_(std::move(directory)) {
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
  return std::make_unique<BlobFileWriter>(directory_);
}

std::optional<Blob> BlobFiles::get(const Digest& address, bool verify) {
  const std::string path = path_of(directory_, address);
  if (!exists(path)) {
    return std::nullopt;
  }
  const auto file = std::make_shared<const MappedFile>(FileHandle(path, O_RDONLY));
  if (verify && sha256(file->bytes()) != address) {
    throw damaged_blob(directory_, address);
  }
  return Blob(file, file->bytes());
}

}  // namespace ph
