// A block of the journal in its canonical bytes (docs/journal.md, section 2): commands in their
// order, chained to the block before by its digest. What is appended, archived and replayed is
// exactly these bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/digest.h"
#include "core/types/time.h"

namespace ph {

// A command as it lies in a block. `kind` and `version` name the payload's layout; each process has
// its own list of kinds. Numbers are never used again.
struct JournalCommand {
  std::uint16_t kind{};
  std::uint16_t version{1};
  BusinessTime at{};  // stamped once, by the process that journals it
  std::vector<std::byte> payload{};
};

struct JournalBlock {
  std::uint16_t shard{};
  std::uint64_t sequence{};  // from 1, step 1
  Digest previous{};         // of the block before; zeros in the first
  std::vector<JournalCommand> commands{};
};

// As people read it.
[[nodiscard]] std::string block_name(std::uint16_t shard, std::uint64_t sequence);

inline constexpr std::size_t kBlockBytesMax = 16U << 20U;
inline constexpr std::size_t kCommandsPerBlockMax = 65'536;

// What a command takes of a block's bytes.
[[nodiscard]] std::size_t bytes_in_block(const JournalCommand& command);
// What header and digest take of them.
inline constexpr std::size_t kBlockFrameBytes = 96;

// The block's bytes; the last 32 are its digest. Checks the limits above, and that each value can
// be: a sequence, kinds and versions from 1, times not negative.
[[nodiscard]] std::vector<std::byte> encode_block(std::uint16_t shard, std::uint64_t sequence,
                                                  const Digest& previous,
                                                  std::span<const JournalCommand> commands,
                                                  Sha256 sha256);
[[nodiscard]] std::vector<std::byte> encode_block(const JournalBlock& block, Sha256 sha256);

// The digest at the end of an encoded block.
[[nodiscard]] Digest block_digest(Bytes encoded);

enum class BlockFault : std::uint8_t { kNone, kMagic, kLayout, kLength, kDigest, kValue };
[[nodiscard]] std::string_view word(BlockFault fault);

// Checks every byte. On a fault `block` is not to be used.
[[nodiscard]] BlockFault decode_block(Bytes encoded, Sha256 sha256, JournalBlock& block);

}  // namespace ph
