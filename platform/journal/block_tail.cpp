#include "platform/journal/block_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

#include "platform/crypto/sha256.h"
#include "platform/journal/promises.h"

namespace ph {

namespace {

constexpr std::size_t kFileBytes = std::size_t{1} << 20U;
// A record begins a page of its own: what is written never touches what was durable before.
constexpr std::size_t kPageBytes = 4'096;
// A larger one is written but once, into LMDB.
constexpr std::size_t kBlockBytesHere = kFileBytes / 8;

struct Head {
  std::array<char, 4> magic{'P', 'H', 'T', '1'};
  std::uint16_t shard{};
  std::uint16_t zero{};
  std::uint64_t sequence{};
  std::uint64_t length{};
};
static_assert(sizeof(Head) == 24);

std::size_t record_bytes(std::size_t length) {
  const std::size_t bytes = sizeof(Head) + length + sizeof(Digest);
  return (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

// The block whose record begins here; nullopt when none does, or it isn't whole.
std::optional<BlockTail::Block> block_at(Bytes bytes) {
  Head head;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.magic != Head{}.magic || head.zero != 0 || head.length > kBlockBytesHere ||
      record_bytes(head.length) > bytes.size()) {
    return std::nullopt;
  }
  const Bytes signed_part = bytes.first(sizeof head + head.length);
  Digest digest{};
  std::memcpy(digest.data(), bytes.data() + signed_part.size(), digest.size());
  if (digest != sha256(signed_part)) {
    return std::nullopt;
  }
  const Bytes block = signed_part.subspan(sizeof head);
  return BlockTail::Block{head.shard, head.sequence, {block.begin(), block.end()}};
}

}  // namespace

BlockTail::BlockTail(const std::string& path, const Last& last) : path_(path) {
  if (!exists(path_)) {
    return;
  }
  file_ = std::make_unique<FileHandle>(path_, O_RDWR);
  std::vector<std::byte> content(std::min<std::uint64_t>(file_->size(), kFileBytes));
  file_->read(content);
  take_up(content, last);
  if (!blocks_.empty()) {
    file_->sync();  // Its process may have died while it waited for that.
  }
  file_.reset();
}

// Behind the last block there may be one that was cut off, which nobody was told of, and such as
// the journal has already. A block that was durable is followed by none that isn't its next one.
void BlockTail::take_up(Bytes content, const Last& last) {
  std::map<std::uint16_t, std::uint64_t> ends;
  for (std::size_t at = 0, next = 0; at + kPageBytes <= content.size(); at = next) {
    auto block = block_at(content.subspan(at));
    next = at + (block ? record_bytes(block->bytes.size()) : kPageBytes);
    if (!block) {
      continue;
    }
    std::uint64_t& end = ends.try_emplace(block->shard, last(block->shard)).first->second;
    if (block->sequence > end + 1) {
      throw Damaged(path_ + " has block " + std::to_string(block->sequence) + " of shard " +
                    std::to_string(block->shard) + " and lacks block " + std::to_string(end + 1) +
                    ". Keep the file, and bring the directory back from a copy");
    }
    if (block->sequence == end + 1) {
      end = block->sequence;
      end_ = next;
      blocks_.push_back(std::move(*block));
    }
  }
}

bool BlockTail::has_room_for(Bytes block) const {
  return block.size() <= kBlockBytesHere && end_ + record_bytes(block.size()) <= kFileBytes;
}

// All of the file is written once: later on a write changes nothing but its own bytes.
void BlockTail::make() {
  auto file = std::make_unique<FileHandle>(path_, O_RDWR | O_CREAT | O_DSYNC);
  if (const std::uint64_t size = file->size(); size < kFileBytes) {
    file->write_at(size, std::vector<std::byte>(kFileBytes - size));
    file->sync();
  }
  sync_directory(parent_of(path_));  // Who made it may have died before that.
  file_ = std::move(file);
}

void BlockTail::append(std::uint16_t shard, std::uint64_t sequence, Bytes block) {
  if (!file_) {
    make();
  }
  const Head head{.shard = shard, .sequence = sequence, .length = block.size()};
  record_.assign(record_bytes(block.size()), std::byte{0});
  std::memcpy(record_.data(), &head, sizeof head);
  std::memcpy(record_.data() + sizeof head, block.data(), block.size());
  const std::size_t signed_bytes = sizeof head + block.size();
  const Digest digest = sha256(Bytes(record_).first(signed_bytes));
  std::memcpy(record_.data() + signed_bytes, digest.data(), digest.size());
  file_->write_at(end_, record_);
  end_ += record_.size();
  blocks_.push_back({shard, sequence, {block.begin(), block.end()}});
}

void BlockTail::clear() {
  blocks_.clear();
  end_ = 0;
}

void BlockTail::remove() {
  clear();
  file_.reset();
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) {
    throw world_error(errno, "remove", path_);
  }
}

}  // namespace ph
