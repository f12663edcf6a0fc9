#include "platform/journal/since_snapshot.h"

namespace ph {

namespace {

// Live commands that are counted together.
constexpr std::uint64_t kCountedTogether = 10'000;

}  // namespace

void SinceSnapshot::count(std::uint64_t block, std::uint64_t rows) {
  work_.push_back({.block = block, .rows = rows});
}

void SinceSnapshot::count_live(std::uint64_t block) {
  if (work_.empty() || work_.back().live_blocks == 0 || work_.back().rows >= kCountedTogether) {
    work_.push_back({.block = block, .live_blocks = 1});
  }
  Work& work = work_.back();
  work.rows += 1;
  work.live_blocks += work.block == block ? 0 : 1;
  work.block = block;
}

void SinceSnapshot::taken(std::uint64_t block) {
  block_ = block;
  std::erase_if(work_, [block](const Work& work) { return work.block <= block; });
}

bool SinceSnapshot::due(std::uint64_t last, std::uint64_t blocks_max,
                        std::uint64_t rows_max) const {
  std::uint64_t rows = 0;
  std::uint64_t live_blocks = 0;
  for (const Work& work : work_) {
    rows += work.rows;
    live_blocks += work.live_blocks;
  }
  return last >= block_ + live_blocks + blocks_max || rows >= rows_max;
}

}  // namespace ph
