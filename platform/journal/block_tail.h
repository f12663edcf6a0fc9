// The newest blocks of a journal, which its LMDB hasn't yet: a file of fixed size beside it. LMDB
// waits for the disk twice a commit, for its pages and then for what leads to them; a block here is
// written in its place and waited for once. Layout: docs/journal.md, section 12.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/journal/journal.h"
#include "platform/journal/posix.h"

namespace ph {

class BlockTail {
 public:
  struct Block {
    std::uint16_t shard{};
    std::uint64_t sequence{};
    std::vector<std::byte> bytes{};
  };
  using Last = std::function<std::uint64_t(std::uint16_t shard)>;

  // Takes up what a process before has left here, and makes nothing. `last` says where the journal
  // ends without it. Throws Damaged when a block between lacks.
  BlockTail(const std::string& path, const Last& last);

  // In the order in which they were appended.
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] bool has_room_for(Bytes block) const;
  // Durable on return. There is room for it.
  void append(std::uint16_t shard, std::uint64_t sequence, Bytes block);
  // The journal has them all: what comes is written from the file's beginning again.
  void clear();
  // The same, and the file goes, too.
  void remove();

 private:
  void take_up(Bytes content, const Last& last);
  void make();

  std::string path_;
  std::unique_ptr<FileHandle> file_{};  // none until something is appended
  std::vector<Block> blocks_{};
  std::size_t end_{0};  // of what is in use of the file
  std::vector<std::byte> record_{};
};

}  // namespace ph
