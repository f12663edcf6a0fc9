#include "platform/files/input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace ph {

namespace {

class Descriptor {
 public:
  // Does not wait for the writer of a pipe.
  explicit Descriptor(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

}  // namespace

std::optional<InputFile> InputFile::open(const std::string& path, std::vector<Fault>& faults) {
  const auto refuse = [&](const std::string& why) {
    FaultSink(path, faults).add(FaultCode::kFileUnreadable, 0, {}, why, "a readable regular file");
    return std::nullopt;
  };
  const auto system_text = [] { return std::generic_category().message(errno); };
  const Descriptor file(path);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return refuse(system_text());
  }
  if (!S_ISREG(status.st_mode)) {
    return refuse("not a regular file");
  }
  InputFile input;
  input.name_ = path;
  if (status.st_size == 0) {
    return input;
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (mapping == MAP_FAILED) {
    return refuse(system_text());
  }
  ::madvise(mapping, size, MADV_SEQUENTIAL);  // Advice: without it reading is only slower.
  input.mapping_ = mapping;
  input.bytes_ = Bytes(static_cast<const std::byte*>(mapping), size);
  return input;
}

InputFile::InputFile(std::string name, Bytes bytes) : name_(std::move(name)), bytes_(bytes) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (bytes.empty() || reinterpret_cast<std::uintptr_t>(bytes.data()) % kWord == 0) {
    return;
  }
  copy_.resize((bytes.size() + kWord - 1) / kWord);
  std::memcpy(copy_.data(), bytes.data(), bytes.size());
  bytes_ = std::as_bytes(std::span<const std::uint64_t>(copy_)).first(bytes.size());
}

InputFile::InputFile(InputFile&& other) noexcept {
  *this = std::move(other);
}

InputFile& InputFile::operator=(InputFile&& other) noexcept {
  if (this != &other) {
    unmap();
    name_ = std::move(other.name_);
    copy_ = std::move(other.copy_);  // The words stay where they are.
    bytes_ = std::exchange(other.bytes_, {});
    mapping_ = std::exchange(other.mapping_, nullptr);
  }
  return *this;
}

InputFile::~InputFile() {
  unmap();
}

void InputFile::unmap() {
  if (mapping_ != nullptr) {
    ::munmap(mapping_, bytes_.size());
    mapping_ = nullptr;
  }
}

}  // namespace ph
