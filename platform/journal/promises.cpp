#include "platform/journal/promises.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "core/journal/block.h"

namespace ph {

namespace {

class BlobSource final : public ByteSource {
 public:
  explicit BlobSource(Blob blob) : blob_(std::move(blob)) {}

  [[nodiscard]] std::uint64_t size() const override { return blob_.bytes().size(); }
  void read(std::uint64_t at, std::span<std::byte> into) const override {
    const Bytes bytes = blob_.bytes();
    if (at > bytes.size() || into.size() > bytes.size() - at) {
      throw std::system_error(EIO, std::generic_category(), "can't read beyond the end of a blob");
    }
    std::ranges::copy(bytes.subspan(at, into.size()), into.begin());
  }

 private:
  Blob blob_;
};

}  // namespace

std::shared_ptr<const ByteSource> source_of(Blob blob) {
  return std::make_shared<const BlobSource>(std::move(blob));
}

std::shared_ptr<const ByteSource> BlobStore::open(const Digest& address, bool verify) {
  auto blob = get(address, verify);
  return blob ? source_of(std::move(*blob)) : nullptr;
}

Digest BlobStore::put(Bytes bytes) {
  const auto writer = create();
  writer->write(bytes);
  return writer->finish();
}

void check_append(std::uint16_t shard, std::uint64_t sequence, Bytes block, std::uint64_t last) {
  const std::string name = block_name(shard, sequence);
  if (sequence == 0 || sequence > last + 1) {
    throw std::logic_error(name + " would leave a gap: the last is " + std::to_string(last));
  }
  if (block.empty() || block.size() > kBlockBytesMax) {
    throw std::logic_error(name + " has " + std::to_string(block.size()) + " bytes; 1 to " +
                           std::to_string(kBlockBytesMax) + " are allowed");
  }
}

void check_drop(std::uint16_t shard, std::uint64_t before, std::uint64_t last) {
  if (before > last) {
    throw std::logic_error("shard " + std::to_string(shard) + " keeps its last block, " +
                           std::to_string(last) + ": blocks before " + std::to_string(before) +
                           " can't be dropped");
  }
}

void check_not_finished(bool finished) {
  if (finished) {
    throw std::logic_error("a blob that is finished takes no more");
  }
}

Fenced fenced(std::uint16_t shard, std::uint64_t sequence) {
  return Fenced(block_name(shard, sequence) +
                " was written by another process: it has taken over, this one must end");
}

Damaged damaged_blob(std::string_view where, const Digest& address) {
  return Damaged("blob " + hex(address) + " in " + std::string(where) +
                 " has other bytes than were put: bring it back from a copy or from who sent it");
}

Damaged damaged_snapshot(std::string_view where, std::uint16_t shard, std::uint64_t sequence,
                         std::string_view what) {
  return Damaged("the snapshot of shard " + std::to_string(shard) + " at block " +
                 std::to_string(sequence) + " in " + std::string(where) + " " + std::string(what) +
                 ": the one before it, or a copy, must do");
}

}  // namespace ph
