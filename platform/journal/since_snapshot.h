// What has been journaled since the newest snapshot: what a start would have to do again, so that
// it is known when another one is worth its cost. Live commands come a few to a block: they count
// each, as a row of a file does, and their blocks don't.
#pragma once

#include <cstdint>
#include <vector>

namespace ph {

class SinceSnapshot {
 public:
  // A command of that block, and the rows that it makes a start post again. Blocks ascend.
  void count(std::uint64_t block, std::uint64_t rows);
  void count_live(std::uint64_t block);
  // A snapshot stands at that block: a start has loaded it, or it was taken.
  void taken(std::uint64_t block);
  // Where the newest one stands; 0 for none.
  [[nodiscard]] std::uint64_t block() const { return block_; }
  // Up to the last block so many blocks, or so many rows and live commands, have come.
  [[nodiscard]] bool due(std::uint64_t last, std::uint64_t blocks_max,
                         std::uint64_t rows_max) const;

 private:
  struct Work {
    std::uint64_t block{};  // the last one
    std::uint64_t rows{};
    std::uint64_t live_blocks{};  // that hold nothing but live commands
  };
  std::uint64_t block_{0};
  std::vector<Work> work_;
};

}  // namespace ph
