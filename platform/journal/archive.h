// Segments of the journal that no start needs any more: files that are written, read back, and then
// never changed or deleted (docs/journal.md).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/journal/block.h"
#include "platform/journal/journal.h"

namespace ph {

struct ArchiveSegment {
  std::uint64_t from{};
  std::uint64_t to{};
  std::string path{};
};

// What is at a url of `open_storage`, to be looked at and archived: nothing is made, and `blobs`
// may be null. Throws std::runtime_error when there is no journal there, or a process has it open
// (LMDB).
[[nodiscard]] Storage open_existing(const std::string& url);

// The segments of a shard in `directory`, in their order; the first of them may have been moved
// elsewhere.
[[nodiscard]] std::vector<ArchiveSegment> archive_segments(const std::string& directory,
                                                           std::uint16_t shard);

// Where a chain stands: the last block that was looked at, and its digest.
struct ChainPoint {
  std::uint64_t sequence{};
  Digest digest{};
};

using BlockVisit = std::function<void(const JournalBlock& block, std::size_t bytes)>;

// The block decoded, once it is whole and follows `point`, which then moves to it. `where` is named
// in what Damaged says.
[[nodiscard]] JournalBlock next_in_chain(Bytes bytes, std::uint16_t shard, ChainPoint& point,
                                         const std::string& where);

// Reads a segment to its end along the chain. Throws Damaged.
void read_segment(const ArchiveSegment& segment, std::uint16_t shard, ChainPoint& point,
                  const BlockVisit& visit);

// All that there is of a shard, from its first block on: the archive, then the journal. Gives where
// the chain ends. Throws Damaged at the first block that is missing, changed or out of place.
ChainPoint read_history(Journal& journal, const std::string& directory, std::uint16_t shard,
                        const BlockVisit& visit);

struct ArchiveResult {
  std::vector<ArchiveSegment> written{};
  std::uint64_t dropped{};  // blocks
  std::string nothing{};    // why there was nothing to do
};

inline constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{256} << 20U;

// Moves the blocks before the one that the older of two snapshots was taken at. Both snapshots are
// read and must be whole, and begin with the digest of their block (platform/journal/recover.h).
// Segments have at most `segment_bytes_max`. The journal drops a segment's blocks once it was read
// back; what an earlier run wrote and didn't come to drop is dropped now.
ArchiveResult archive_journal(Storage& storage, const std::string& directory, std::uint16_t shard,
                              std::uint64_t segment_bytes_max = kSegmentBytesMax);

}  // namespace ph
